//! The compressed archive: frames, sizes, bombs.

use super::case::{Case, manifest, zstd};
use super::raw_tar::{file, tar};

/// Cases of the transport.
pub(super) fn transports() -> Vec<Case> {
    let good = tar(&[manifest(), file("src/main.lm.md", "hello\n")]);
    let served = |name, served: Vec<u8>, refusal| Case {
        name,
        tar: tar(&[manifest(), file("src/main.lm.md", "hello\n")]),
        served: Some(served),
        refusal,
    };
    let frame = zstd(&good);
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0], b"junk".as_slice()].concat();
    let mut other = good.clone();
    other[512] ^= 1;
    let large = 60 * 1024 * 1024;
    let noise: Vec<u8> = (0..11 * 1024 * 1024_u32)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    let header = |rest: &[u8]| [&[0x28, 0xb5, 0x2f, 0xfd], rest].concat();
    vec![
        served(
            "nothing served",
            Vec::new(),
            "the compressed archive does not begin with a zstd frame",
        ),
        served(
            "not compressed",
            good.clone(),
            "the compressed archive does not begin with a zstd frame",
        ),
        served(
            "gzip",
            vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3],
            "the compressed archive does not begin with a zstd frame",
        ),
        served("only the magic", header(&[]), "the compressed archive is cut off"),
        served(
            "a header that is cut off",
            header(&[0xe0, 1, 2]),
            "the compressed archive is cut off",
        ),
        served(
            "a frame that is cut off",
            frame[..frame.len() - 3].to_vec(),
            "the compressed archive is cut off",
        ),
        served(
            "a second frame",
            [frame.clone(), frame.clone()].concat(),
            "there are bytes after the end of the compressed archive",
        ),
        served(
            "an empty second frame",
            [frame.clone(), zstd(b"")].concat(),
            "there are bytes after the end of the compressed archive",
        ),
        served(
            "a skippable frame behind",
            [frame.clone(), skippable.clone()].concat(),
            "there are bytes after the end of the compressed archive",
        ),
        served(
            "a skippable frame in front",
            [skippable, frame.clone()].concat(),
            "the compressed archive does not begin with a zstd frame",
        ),
        served(
            "a byte behind the frame",
            [frame.clone(), vec![0]].concat(),
            "there are bytes after the end of the compressed archive",
        ),
        served(
            "a window of 16 MiB",
            header(&[0, 0x70]),
            "the compressed archive asks for a window of 16777216 bytes; at most 8388608 are allowed",
        ),
        served(
            "the largest window",
            header(&[0, 0xff]),
            "the compressed archive asks for a window of 4123168604160 bytes; at most 8388608 are allowed",
        ),
        served(
            "a window a little too large",
            header(&[0, 0x69]),
            "the compressed archive asks for a window of 9437184 bytes; at most 8388608 are allowed",
        ),
        served(
            "one segment of 1 GiB",
            header(&[0xa0, 0, 0, 0, 0x40]),
            "the compressed archive asks for a window of 1073741824 bytes; at most 8388608 are allowed",
        ),
        served(
            "a dictionary",
            header(&[1, 0x38, 7]),
            "the compressed archive needs a dictionary",
        ),
        served(
            "a size that is too large",
            zstd(&[good.clone(), vec![0; 512]].concat()),
            "the archive has 3584 bytes or more, and 3072 are expected",
        ),
        served(
            "a size that is too small",
            zstd(&good[..good.len() - 512]),
            "the archive has 2560 bytes, and 3072 are expected",
        ),
        served(
            "more bytes than are expected",
            run_length_bomb(100),
            "the archive has 131072 bytes or more, and 3072 are expected",
        ),
        served(
            "another archive",
            zstd(&other),
            "the archive has the SHA-256 f7db5013235629cce9c7d0ccb1e13e8851b6952cb637572a1fea5bc0d81a54ea, and 617539665294f33de536543b6c5e5d7b77a7ed0d8d37474abc41a166b8825e8a is expected",
        ),
        served(
            "a block of a reserved type",
            header(&[0, 0x38, 7, 0, 0]),
            "the compressed archive is damaged: Data corruption detected",
        ),
        Case {
            name: "a ratio of 32,000 to 1",
            tar: vec![b' '; large],
            served: Some(run_length_bomb(large / (128 * 1024))),
            refusal: "the archive is compressed more than 200 to 1",
        },
        Case {
            name: "a transport of 11 MiB",
            tar: noise.clone(),
            served: Some([header(&[0, 0x38]), raw_blocks(&noise)].concat()),
            refusal: "the compressed archive has more than 10485760 bytes",
        },
    ]
}

/// A frame of RLE blocks: three bytes of header and one of content stand for up to 128 KiB.
fn run_length_bomb(blocks: usize) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 0x38];
    for block in 0..blocks {
        let last = u32::from(block + 1 == blocks);
        let header = ((128 * 1024) << 3) | (1 << 1) | last;
        frame.extend(&u32::to_le_bytes(header)[..3]);
        frame.push(b' ');
    }
    frame
}

/// Blocks that hold their bytes as they are.
fn raw_blocks(bytes: &[u8]) -> Vec<u8> {
    let mut blocks = Vec::new();
    for block in bytes.chunks(128 * 1024) {
        let size = u32::try_from(block.len()).expect("small");
        blocks.extend(&u32::to_le_bytes(size << 3)[..3]);
        blocks.extend(block);
    }
    blocks
}

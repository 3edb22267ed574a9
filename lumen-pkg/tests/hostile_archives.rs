//! Archives that were made to hurt (`raw_tar` writes them): each is refused with its own words, and the package store is as it was before.
//!
//! What a case publishes is what a hostile publisher or registry would: size and digest are those of its own bytes, so that nothing but the format can
//! refuse it.
#![expect(clippy::disallowed_methods, reason = "the store is on a real file system")]

mod raw_tar;

use lumen_pkg::Digest;
use lumen_pkg::archive::receive;
use lumen_pkg::shell::PackageStore;
use raw_tar::{Raw, file, open_tar, tar};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

struct Case {
    name: &'static str,
    /// What is published as size and digest.
    tar: Vec<u8>,
    /// What is served; `None`: the tar, compressed as it should be.
    served: Option<Vec<u8>>,
    refusal: &'static str,
}

fn manifest() -> Raw {
    file("lumen.toml", "[package]\n")
}

/// A tar with the manifest and, before or after it, as the order wants, one other file.
fn with(other: Raw) -> Vec<u8> {
    match other.name.as_slice() < b"lumen.toml".as_slice() {
        true => tar(&[other, manifest()]),
        false => tar(&[manifest(), other]),
    }
}

/// A case of a tar.
fn case(name: &'static str, tar: Vec<u8>, refusal: &'static str) -> Case {
    Case {
        name,
        tar,
        served: None,
        refusal,
    }
}

/// A case of a header that a good file turns into.
fn header(name: &'static str, change: impl Fn(&mut Raw), refusal: &'static str) -> Case {
    let mut raw = file("src/main.lm.md", "hello\n");
    change(&mut raw);
    case(name, with(raw), refusal)
}

/// A case of a path.
fn path(name: &'static str, path: &str, refusal: &'static str) -> Case {
    case(name, with(file(path, "x")), refusal)
}

/// A case of a pair of paths, in the order of their bytes.
fn pair(name: &'static str, first: &str, second: &str, refusal: &'static str) -> Case {
    let mut files = vec![file(first, "1"), file(second, "2"), manifest()];
    files.sort_by(|left, right| left.name.cmp(&right.name));
    case(name, tar(&files), refusal)
}

/// Cases that write a file somewhere else on a naive reader.
fn paths() -> Vec<Case> {
    let long = "d/".repeat(33) + "x";
    vec![
        path(
            "absolute path",
            "/etc/cron.d/x",
            "the file at byte 0 has a header that has a bad path: `/etc/cron.d/x` is absolute",
        ),
        path(
            "parent in front",
            "../x",
            "the file at byte 0 has a header that has a bad path: `../x` has the component `..`",
        ),
        path(
            "parent in the middle",
            "a/../../x",
            "the file at byte 0 has a header that has a bad path: `a/../../x` has the component `..`",
        ),
        path(
            "parent at the end",
            "a/..",
            "the file at byte 0 has a header that has a bad path: `a/..` has the component `..`",
        ),
        path(
            "a dot in front",
            "./a",
            "the file at byte 0 has a header that has a bad path: `./a` has the component `.`",
        ),
        path(
            "an empty component",
            "a//b",
            "the file at byte 0 has a header that has a bad path: `a//b` has an empty component",
        ),
        path(
            "a folder's name",
            "a/",
            "the file at byte 0 has a header that has a bad path: `a/` has an empty component",
        ),
        path(
            "an empty name",
            "",
            "the file at byte 0 has a header that has a bad path: `` is empty",
        ),
        path(
            "backslashes",
            "..\\..\\x",
            "the file at byte 0 has a header that has a bad path: `..\\\\..\\\\x` contains `\\`, which is not allowed in file names on every system",
        ),
        path(
            "a drive",
            "C:/x",
            "the file at byte 0 has a header that has a bad path: `C:/x` is absolute",
        ),
        path(
            "relative to a drive",
            "c:x",
            "the file at byte 0 has a header that has a bad path: `c:x` is absolute",
        ),
        path(
            "a share",
            "//host/share/x",
            "the file at byte 0 has a header that has a bad path: `//host/share/x` is absolute",
        ),
        path(
            "a stream of NTFS",
            "src/a:b",
            "the file at byte 1024 has a header that has a bad path: `src/a:b` contains `:`, which is not allowed in file names on every system",
        ),
        path(
            "a line end",
            "a\nb",
            "the file at byte 0 has a header that has a bad path: `a\\nb` contains '\\n', which may not be in a file name",
        ),
        path(
            "an escape sequence",
            "a\u{1b}[2J",
            "the file at byte 0 has a header that has a bad path: `a\\u{1b}[2J` contains '\\u{1b}', which may not be in a file name",
        ),
        path(
            "a text that runs backwards",
            "a\u{202e}b",
            "the file at byte 0 has a header that has a bad path: `a\\u{202e}b` contains '\\u{202e}', which may not be in a file name",
        ),
        path(
            "a name that HFS+ takes for .git",
            ".g\u{200c}it/config",
            "the file at byte 0 has a header that has a bad path: `.g\\u{200c}it/config` contains '\\u{200c}', which may not be in a file name",
        ),
        path(
            "not in normal form C",
            "cafe\u{301}",
            "the file at byte 0 has a header that has a bad path: `cafe\\u{301}` is not in Unicode normal form C",
        ),
        path(
            "a trailing dot",
            "a./b",
            "the file at byte 0 has a header that has a bad path: `a./b` has a component that ends with a dot, or begins or ends with a space",
        ),
        path(
            "a trailing space",
            "a /b",
            "the file at byte 0 has a header that has a bad path: `a /b` has a component that ends with a dot, or begins or ends with a space",
        ),
        path(
            "a device of Windows",
            "CON",
            "the file at byte 0 has a header that has a bad path: `CON` has the component `CON`, a name that Windows reserves",
        ),
        path(
            "a device with an extension",
            "aux.lm.md",
            "the file at byte 0 has a header that has a bad path: `aux.lm.md` has the component `aux.lm.md`, a name that Windows reserves",
        ),
        path(
            "too many folders",
            &long,
            "the file at byte 0 has a header that has a bad path: `d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/x` has more than 32 components",
        ),
    ]
}

/// Cases of names that are one on some system.
fn collisions() -> Vec<Case> {
    vec![
        pair("the same name twice", "a", "a", "`a` is there twice"),
        pair(
            "a difference of case",
            "A",
            "a",
            "`A` and `a` cannot both be there: some systems take them for one, or one is a file and a folder",
        ),
        pair(
            "a difference of case in a folder",
            "Src/a",
            "src/b",
            "`Src` and `src` cannot both be there: some systems take them for one, or one is a file and a folder",
        ),
        pair(
            "sharp s",
            "stra\u{df}e",
            "strasse",
            "`strasse` and `straße` cannot both be there: some systems take them for one, or one is a file and a folder",
        ),
        pair(
            "a ligature",
            "\u{fb01}le",
            "file",
            "`file` and `ﬁle` cannot both be there: some systems take them for one, or one is a file and a folder",
        ),
        pair(
            "both normal forms",
            "caf\u{e9}",
            "cafe\u{301}",
            "the file at byte 0 has a header that has a bad path: `cafe\\u{301}` is not in Unicode normal form C",
        ),
        pair(
            "a file that is a folder",
            "a",
            "a/b",
            "`a` and `a` cannot both be there: some systems take them for one, or one is a file and a folder",
        ),
        case(
            "two manifests",
            tar(&[file("Lumen.toml", ""), manifest()]),
            "`Lumen.toml` and `lumen.toml` cannot both be there: some systems take them for one, or one is a file and a folder",
        ),
        case(
            "the manifest twice",
            tar(&[manifest(), manifest()]),
            "`lumen.toml` is there twice",
        ),
        case(
            "a manifest in the wrong case",
            tar(&[file("LUMEN.TOML", "")]),
            "the archive has no `lumen.toml` at its top",
        ),
        case(
            "a manifest in a folder",
            tar(&[file("a/lumen.toml", "")]),
            "the archive has no `lumen.toml` at its top",
        ),
        case(
            "no files",
            vec![0; 1024],
            "the archive has no `lumen.toml` at its top",
        ),
        case(
            "not sorted",
            tar(&[manifest(), file("a", "")]),
            "`a` comes after `lumen.toml`; files are sorted by the bytes of their paths",
        ),
    ]
}

/// Cases of what is not a file.
fn kinds() -> Vec<Case> {
    let kind = |name, kind: u8, refusal| {
        header(
            name,
            |raw| {
                raw.kind = kind;
                raw.link = b"target";
            },
            refusal,
        )
    };
    let link_first = |link: &'static [u8]| {
        let mut raw = file("a", "");
        raw.kind = b'2';
        raw.link = link;
        tar(&[raw, file("a/b", "x"), manifest()])
    };
    let pax = |records: &str| {
        let mut raw = file("PaxHeaders/a", records);
        raw.kind = b'x';
        tar(&[raw, file("a", "x"), manifest()])
    };
    vec![
        kind(
            "a symbolic link",
            b'2',
            "the file at byte 1024 has a header that describes a symbolic link; an archive has regular files only",
        ),
        kind(
            "a hard link",
            b'1',
            "the file at byte 1024 has a header that describes a hard link; an archive has regular files only",
        ),
        kind(
            "a character device",
            b'3',
            "the file at byte 1024 has a header that describes a character device; an archive has regular files only",
        ),
        kind(
            "a block device",
            b'4',
            "the file at byte 1024 has a header that describes a block device; an archive has regular files only",
        ),
        kind(
            "a folder",
            b'5',
            "the file at byte 1024 has a header that describes a folder; an archive has regular files only",
        ),
        kind(
            "a pipe",
            b'6',
            "the file at byte 1024 has a header that describes a pipe; an archive has regular files only",
        ),
        kind(
            "a contiguous file",
            b'7',
            "the file at byte 1024 has a header that describes a contiguous file; an archive has regular files only",
        ),
        kind(
            "a sparse file",
            b'S',
            "the file at byte 1024 has a header that describes a sparse file; an archive has regular files only",
        ),
        kind(
            "a file of the old format",
            0,
            "the file at byte 1024 has a header that describes a file of the format before ustar; an archive has regular files only",
        ),
        kind(
            "an unknown type",
            b'Z',
            "the file at byte 1024 has a header that describes something of an unknown type; an archive has regular files only",
        ),
        case(
            "a link out, then a file through it",
            link_first(b"/tmp"),
            "the file at byte 0 has a header that describes a symbolic link; an archive has regular files only",
        ),
        case(
            "a link within, then a file through it",
            link_first(b"src"),
            "the file at byte 0 has a header that describes a symbolic link; an archive has regular files only",
        ),
        case(
            "pax gives another size",
            pax("13 size=9999\n"),
            "the file at byte 0 has a header that describes a pax header; an archive has regular files only",
        ),
        case(
            "pax gives another path",
            pax("11 path=/x\n"),
            "the file at byte 0 has a header that describes a pax header; an archive has regular files only",
        ),
        case(
            "pax gives two paths",
            pax("10 path=b\n10 path=c\n"),
            "the file at byte 0 has a header that describes a pax header; an archive has regular files only",
        ),
        case(
            "malformed pax",
            pax("999 path"),
            "the file at byte 0 has a header that describes a pax header; an archive has regular files only",
        ),
        kind(
            "a global pax header",
            b'g',
            "the file at byte 1024 has a header that describes a global pax header; an archive has regular files only",
        ),
        kind(
            "a long name of GNU tar",
            b'L',
            "the file at byte 1024 has a header that describes a long name of GNU tar; an archive has regular files only",
        ),
        kind(
            "a long link of GNU tar",
            b'K',
            "the file at byte 1024 has a header that describes a long link of GNU tar; an archive has regular files only",
        ),
        kind(
            "a volume label",
            b'V',
            "the file at byte 1024 has a header that describes a volume label; an archive has regular files only",
        ),
    ]
}

/// Cases of the other fields of a header.
fn fields() -> Vec<Case> {
    const NOT_MODE: &str = "the file at byte 1024 has a header that has a mode that is neither 644 nor 755";
    const NOT_SIZE: &str =
        "the file at byte 1024 has a header that has a size that is not eleven octal digits";
    vec![
        header("setuid", |raw| raw.mode = b"0004755\0", NOT_MODE),
        header("writable by everybody", |raw| raw.mode = b"0000666\0", NOT_MODE),
        header("a mode with spaces", |raw| raw.mode = b"000644 \0", NOT_MODE),
        header("no mode", |raw| raw.mode = b"\0\0\0\0\0\0\0\0", NOT_MODE),
        header(
            "an owner's number",
            |raw| raw.uid = b"0001750\0",
            "the file at byte 1024 has a header that is not canonical in the field `uid`",
        ),
        header(
            "a group's number",
            |raw| raw.gid = b"0001750\0",
            "the file at byte 1024 has a header that is not canonical in the field `gid`",
        ),
        header(
            "a time",
            |raw| raw.mtime = b"14000000000\0",
            "the file at byte 1024 has a header that is not canonical in the field `mtime`",
        ),
        header(
            "an owner's name",
            |raw| raw.owner = b"root",
            "the file at byte 1024 has a header that is not canonical in the field `uname`",
        ),
        header(
            "a group's name",
            |raw| raw.group = b"wheel",
            "the file at byte 1024 has a header that is not canonical in the field `gname`",
        ),
        header(
            "a device's number",
            |raw| raw.device = b"0000001\0",
            "the file at byte 1024 has a header that is not canonical in the field `devmajor`",
        ),
        header(
            "a target of a link",
            |raw| raw.link = b"/etc/passwd",
            "the file at byte 1024 has a header that is not canonical in the field `linkname`",
        ),
        header(
            "the magic of GNU",
            |raw| raw.magic = b"ustar  \0",
            "the file at byte 1024 has a header that is not canonical in the field `magic`",
        ),
        header(
            "no magic",
            |raw| raw.magic = b"",
            "the file at byte 1024 has a header that is not canonical in the field `magic`",
        ),
        header(
            "something in the last bytes",
            |raw| raw.tail = b"x",
            "the file at byte 1024 has a header that is not canonical in the field `padding`",
        ),
        header(
            "a wrong sum",
            |raw| raw.checksum = Some(b"000000\0 "),
            "the file at byte 1024 has a header that is not canonical in the field `chksum`",
        ),
        header(
            "a sum in another spelling",
            |raw| raw.checksum = Some(b"0010000\0"),
            "the file at byte 1024 has a header that is not canonical in the field `chksum`",
        ),
        header(
            "a name behind the NUL",
            |raw| raw.name = b"src/main.lm.md\0/../x".to_vec(),
            "the file at byte 1024 has a header that is not canonical in the field `name`",
        ),
        header(
            "a name that is not UTF-8",
            |raw| raw.name = b"src/\xff".to_vec(),
            "the file at byte 1024 has a header that has a path that is not UTF-8",
        ),
        header(
            "a prefix without need",
            |raw| {
                raw.prefix = b"src".to_vec();
                raw.name = b"main.lm.md".to_vec();
            },
            "the file at byte 1024 has a header that is not canonical in the field `name`",
        ),
        header(
            "a prefix that leads out",
            |raw| {
                raw.prefix = b"..".to_vec();
                raw.name = b"x".to_vec();
            },
            "the file at byte 1024 has a header that has a bad path: `../x` has the component `..`",
        ),
        header(
            "a negative size",
            |raw| raw.size = b"-0000000001\0".to_vec(),
            NOT_SIZE,
        ),
        header(
            "a size in base 256",
            |raw| raw.size = vec![0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6],
            NOT_SIZE,
        ),
        header(
            "a negative size in base 256",
            |raw| raw.size = vec![0xff; 12],
            NOT_SIZE,
        ),
        header(
            "a size with spaces",
            |raw| raw.size = b"         6 \0".to_vec(),
            NOT_SIZE,
        ),
        header(
            "a size without its end",
            |raw| raw.size = b"000000000006".to_vec(),
            NOT_SIZE,
        ),
        header(
            "the largest size",
            |raw| raw.size = b"77777777777\0".to_vec(),
            "the archive is cut off at byte 3072",
        ),
        header(
            "a size that hides the end",
            |raw| raw.size = b"00000003000\0".to_vec(),
            "the archive is cut off at byte 3072",
        ),
        header(
            "a size of nothing for something",
            |raw| raw.size = b"00000000000\0".to_vec(),
            "the file at byte 1536 has a header that describes a file of the format before ustar; an archive has regular files only",
        ),
        header(
            "something in the padding",
            |raw| raw.padding = b'x',
            "the content of `src/main.lm.md` is not padded with zeros",
        ),
    ]
}

/// Cases of the end of the tar, and of counts.
fn ends() -> Vec<Case> {
    let good = || tar(&[manifest()]);
    let open = || open_tar(&[manifest()]);
    let many: Vec<Raw> = (0..10_001)
        .map(|number| file(&format!("f{number:05}"), ""))
        .collect();
    let mut bomb = manifest();
    bomb.content = vec![b' '; 65 * 1024 * 1024];
    bomb.size = format!("{:011o}\0", bomb.content.len()).into_bytes();
    vec![
        case("nothing", Vec::new(), "the archive is cut off at byte 0"),
        case(
            "less than a header",
            good()[..300].to_vec(),
            "the archive is cut off at byte 300",
        ),
        case(
            "a header and no content",
            good()[..512].to_vec(),
            "the archive is cut off at byte 512",
        ),
        case(
            "half a content",
            good()[..800].to_vec(),
            "the archive is cut off at byte 800",
        ),
        case("no end", open(), "the archive is cut off at byte 1024"),
        case(
            "half an end",
            [open(), vec![0; 512]].concat(),
            "the archive is cut off at byte 1536",
        ),
        case(
            "an end that is one byte short",
            [open(), vec![0; 1023]].concat(),
            "the archive is cut off at byte 2047",
        ),
        case(
            "a third block of zeros",
            [good(), vec![0; 512]].concat(),
            "there are bytes after the end of the archive, at byte 2048",
        ),
        case(
            "a record of 10 KiB, as tar pads",
            [open(), vec![0; 9216]].concat(),
            "there are bytes after the end of the archive, at byte 2048",
        ),
        case(
            "a byte after the end",
            [good(), vec![1]].concat(),
            "there are bytes after the end of the archive, at byte 2048",
        ),
        case(
            "two archives in a row",
            [good(), tar(&[file("x", "")])].concat(),
            "there are bytes after the end of the archive, at byte 2048",
        ),
        case(
            "a block of zeros, then a file",
            [open(), vec![0; 512], tar(&[file("x", "")])].concat(),
            "there are bytes after the end of the archive, at byte 1536",
        ),
        case(
            "too many files",
            tar(&many),
            "the archive has more than 10000 files",
        ),
        case(
            "too many bytes",
            tar(&[bomb]),
            "an archive of 68158976 bytes is expected; at most 67108864 are allowed",
        ),
    ]
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, 3).expect("compresses")
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

/// Cases of the transport.
fn transports() -> Vec<Case> {
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

/// Every file and folder of the store, with its content.
fn snapshot(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("can be listed").into_path())
        .map(|path| (path.clone(), std::fs::read(path).ok()))
        .collect()
}

#[test]
fn hostile_archives_are_refused_and_leave_no_trace() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let store = PackageStore::new(home.path());
    let good = tar(&[manifest()]);
    let archive = lumen_pkg::archive::read(&good).expect("what the cases depart from is good");
    store.install(&archive).expect("installs");
    let before = snapshot(home.path());

    let tables = [paths(), collisions(), kinds(), fields(), ends(), transports()];
    let cases: Vec<Case> = tables.into_iter().flatten().collect();
    let mut wrong = Vec::new();
    for case in &cases {
        let served = case.served.clone().unwrap_or_else(|| zstd(&case.tar));
        let digest = Digest::of(&case.tar);
        let received = receive(
            served.as_slice(),
            case.tar.len() as u64,
            &digest,
            &archive.tree().root(),
        );
        let found = match received {
            Ok(archive) => store
                .install(&archive)
                .map(|_| "it was installed".to_owned())
                .unwrap_or_else(|error| error.to_string()),
            Err(error) => error.to_string(),
        };
        if found != case.refusal {
            wrong.push(format!(
                "{}:\n  expected {}\n  found    {found}",
                case.name, case.refusal
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(snapshot(home.path()), before, "the store has changed");
    assert!(cases.len() >= 60, "{}", cases.len());
    println!("{} hostile archives refused", cases.len());
}

//! What a tar ends with, and how much it holds.

use super::case::{Case, case, manifest};
use super::raw_tar::{Raw, file, open_tar, tar};

/// Cases of the end of the tar, and of counts.
pub(super) fn ends() -> Vec<Case> {
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

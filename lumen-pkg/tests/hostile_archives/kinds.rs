//! Entries that are no regular files.

use super::case::{Case, case, header, manifest};
use super::raw_tar::{file, tar};

/// Cases of what is not a file.
pub(super) fn kinds() -> Vec<Case> {
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

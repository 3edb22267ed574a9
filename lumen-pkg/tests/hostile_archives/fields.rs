//! Header fields that are not as the canonical form has them.

use super::case::{Case, header};

/// Cases of the other fields of a header.
pub(super) fn fields() -> Vec<Case> {
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

//! Paths that lead out of the package, or mean different things to different readers.

use super::case::{Case, path};

/// Cases that write a file somewhere else on a naive reader.
pub(super) fn paths() -> Vec<Case> {
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

//! Paths that are one file to some file system.

use super::case::{Case, case, manifest, pair};
use super::raw_tar::{file, tar};

/// Cases of names that are one on some system.
pub(super) fn collisions() -> Vec<Case> {
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

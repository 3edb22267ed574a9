//! A hostile archive, and short ways to write one down.

use super::raw_tar::{Raw, file, tar};

pub(super) struct Case {
    pub(super) name: &'static str,
    /// What is published as size and digest.
    pub(super) tar: Vec<u8>,
    /// What is served; `None`: the tar, compressed as it should be.
    pub(super) served: Option<Vec<u8>>,
    pub(super) refusal: &'static str,
}

pub(super) fn manifest() -> Raw {
    file("lumen.toml", "[package]\n")
}

/// A tar with the manifest and, before or after it, as the order wants, one other file.
pub(super) fn with(other: Raw) -> Vec<u8> {
    match other.name.as_slice() < b"lumen.toml".as_slice() {
        true => tar(&[other, manifest()]),
        false => tar(&[manifest(), other]),
    }
}

/// A case of a tar.
pub(super) fn case(name: &'static str, tar: Vec<u8>, refusal: &'static str) -> Case {
    Case {
        name,
        tar,
        served: None,
        refusal,
    }
}

/// A case of a header that a good file turns into.
pub(super) fn header(name: &'static str, change: impl Fn(&mut Raw), refusal: &'static str) -> Case {
    let mut raw = file("src/main.lm.md", "hello\n");
    change(&mut raw);
    case(name, with(raw), refusal)
}

/// A case of a path.
pub(super) fn path(name: &'static str, path: &str, refusal: &'static str) -> Case {
    case(name, with(file(path, "x")), refusal)
}

/// A case of a pair of paths, in the order of their bytes.
pub(super) fn pair(name: &'static str, first: &str, second: &str, refusal: &'static str) -> Case {
    let mut files = vec![file(first, "1"), file(second, "2"), manifest()];
    files.sort_by(|left, right| left.name.cmp(&right.name));
    case(name, tar(&files), refusal)
}

/// As archives travel.
pub(super) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, 3).expect("compresses")
}

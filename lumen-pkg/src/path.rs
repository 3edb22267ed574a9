//! Relative paths in manifests and the lock: `/` between components, resolved lexically, the same text on every system.
//!
//! Lexical means that `a/../b` is `b` even where `a` is a symbolic link: what a manifest says does not depend on the disk.

use std::path::{Component, Path, PathBuf};

/// A path as written in a manifest, checked: relative, not empty, only `/` as separator. `.` and `..` are allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RelativePath(String);

impl RelativePath {
    /// Checks a path; the error completes "`TEXT` ...".
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let drive = matches!(text.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
        match text {
            "" => Err("is empty"),
            _ if text.contains('\0') => Err("contains a NUL character"),
            _ if text.contains('\\') => {
                Err("contains `\\`; paths in manifests are written with `/` on every system")
            }
            _ if text.starts_with('/') || drive => Err("is absolute; paths in manifests are relative"),
            _ => Ok(Self(text.to_owned())),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The path seen from `folder`, without `.` and `..`. At the root of the file system `..` stays there.
    pub(crate) fn resolve(&self, folder: &Path) -> PathBuf {
        let mut resolved = folder.to_path_buf();
        for component in self.0.split('/') {
            match component {
                "" | "." => {}
                ".." => drop(resolved.pop()),
                name => resolved.push(name),
            }
        }
        resolved
    }
}

/// `path` without `.` components and with every `..` that has something before it taken out.
pub(crate) fn normalise(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if normal.file_name().is_some() => drop(normal.pop()),
            Component::ParentDir if normal.has_root() => {}
            other => normal.push(other),
        }
    }
    normal
}

/// `to` as seen from the folder `from`, with `/` and `..`; `.` if they are the same. Both are normal and have the same root.
pub fn relative(from: &Path, to: &Path) -> String {
    let shared = from
        .components()
        .zip(to.components())
        .take_while(|(left, right)| left == right)
        .count();
    let ups = from.components().skip(shared).map(|_| "..".to_owned());
    let downs = to
        .components()
        .skip(shared)
        .map(|component| component.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<String> = ups.chain(downs).collect();
    match parts.is_empty() {
        true => ".".to_owned(),
        false => parts.join("/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_undoes_resolve() {
        let from = Path::new("/home/shop");
        for text in ["../money", "packages/tax", "../../other/deep", "."] {
            let path = RelativePath::parse(text).expect("valid");
            assert_eq!(relative(from, &path.resolve(from)), text);
        }
    }

    #[test]
    fn up_from_the_file_system_root_stays_there() {
        let path = RelativePath::parse("../../../a").expect("valid");
        assert_eq!(path.resolve(Path::new("/w")), Path::new("/a"));
        assert_eq!(normalise(Path::new("/../a/./b/..")), Path::new("/a"));
    }
}

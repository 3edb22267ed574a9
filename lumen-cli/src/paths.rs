//! Paths as people write and read them.

use std::path::{Component, Path, PathBuf};

/// `path` as written in `folder`, absolute and without `.` and `..`. Lexical: symbolic links are not followed.
pub(crate) fn absolute(folder: &Path, path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for component in folder.join(path).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                whole.pop();
            }
            other => whole.push(other),
        }
    }
    whole
}

/// `path`, absolute, as people in `folder` would write it.
pub(crate) fn shown(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::{absolute, shown};
    use std::path::Path;

    #[test]
    fn paths_are_made_absolute_lexically() {
        assert_eq!(
            absolute(Path::new("/a/b"), Path::new("../c/./d.lm.md")),
            Path::new("/a/c/d.lm.md")
        );
        assert_eq!(absolute(Path::new("/a"), Path::new("/x/../y")), Path::new("/y"));
    }

    #[test]
    fn paths_below_the_folder_are_relative() {
        assert_eq!(shown(Path::new("/a/b/c.lm.md"), Path::new("/a")), "b/c.lm.md");
        assert_eq!(shown(Path::new("/a/b/c.lm.md"), Path::new("/x")), "/a/b/c.lm.md");
    }
}

//! Where something may have changed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// More paths than this are "everywhere": to look at all of it costs less than to remember them.
const MAXIMUM_PATHS: usize = 4096;

/// Paths that events named, each once; bounded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hints {
    paths: BTreeSet<PathBuf>,
    everywhere: bool,
}

impl Hints {
    /// Look everywhere.
    pub(crate) fn everywhere() -> Hints {
        Hints {
            paths: BTreeSet::new(),
            everywhere: true,
        }
    }

    /// Adds a path.
    pub(crate) fn add(&mut self, path: PathBuf) {
        if !self.everywhere {
            self.paths.insert(path);
        }
        if self.paths.len() > MAXIMUM_PATHS {
            *self = Hints::everywhere();
        }
    }

    /// Whether there is nowhere to look.
    pub(crate) fn is_empty(&self) -> bool {
        !self.everywhere && self.paths.is_empty()
    }

    /// Whether to look everywhere.
    pub(crate) fn is_everywhere(&self) -> bool {
        self.everywhere
    }

    /// The paths, unless it is everywhere.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.paths.iter().map(PathBuf::as_path)
    }
}

#[cfg(test)]
mod tests {
    use super::{Hints, MAXIMUM_PATHS};
    use std::path::PathBuf;

    #[test]
    fn too_many_paths_are_everywhere() {
        let mut hints = Hints::default();
        for number in 0..MAXIMUM_PATHS {
            hints.add(PathBuf::from(number.to_string()));
        }
        assert!(!hints.is_everywhere());
        hints.add(PathBuf::from("one more"));
        assert_eq!(hints, Hints::everywhere());
        hints.add(PathBuf::from("and another"));
        assert_eq!(hints, Hints::everywhere());
        assert!(!hints.is_empty());
    }
}

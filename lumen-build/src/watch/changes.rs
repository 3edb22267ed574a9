//! What has changed between two looks.

use std::collections::BTreeSet;
use std::path::PathBuf;

/// As many changed paths are named; the others are counted.
const MAXIMUM_NAMED: usize = 20;

/// What has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files and folders, as many as are named.
    pub paths: BTreeSet<PathBuf>,
    /// How many there are.
    pub count: usize,
    /// Whether the packages may be others: a manifest, the lock, or a folder of packages.
    pub(crate) packages: bool,
}

impl Changes {
    pub(super) fn add(&mut self, path: PathBuf) {
        self.count += 1;
        if self.paths.len() < MAXIMUM_NAMED {
            self.paths.insert(path);
        }
    }

    /// Adds others, which come later.
    pub fn join(&mut self, other: Changes) {
        self.count += other.count;
        self.packages |= other.packages;
        self.paths.extend(other.paths);
        while self.paths.len() > MAXIMUM_NAMED {
            self.paths.pop_last();
        }
    }
}

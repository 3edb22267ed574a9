//! The git command as the window that a resolution looks through.

use super::{GitError, GitRepositories, Network};
use crate::git::{CommitId, GitReference, GitUrl};
use crate::sync::{FetchError, Repositories};
use std::path::PathBuf;

impl Repositories for GitRepositories {
    fn commit(&self, url: &GitUrl, reference: &GitReference) -> Result<CommitId, FetchError> {
        self.resolve(url, reference, Network::Allowed).map_err(failed)
    }

    fn stored(&self, url: &GitUrl, commit: &CommitId) -> Option<PathBuf> {
        self.checkout(url, commit, Network::Forbidden).ok()
    }

    fn checkout(&self, url: &GitUrl, commit: &CommitId) -> Result<PathBuf, FetchError> {
        self.checkout(url, commit, Network::Allowed).map_err(failed)
    }
}

fn failed(error: GitError) -> FetchError {
    match error {
        GitError::Unreachable { .. } => FetchError::Unreachable(Box::new(error)),
        _ => FetchError::Failed(Box::new(error)),
    }
}

//! Where a locked package comes from, and the text for it: `workspace`, `path+REL`, `git+URL#COMMIT`, `registry+ORIGIN`.

use crate::digest::Digest;
use crate::git::{CommitId, GitUrl};
use crate::path::RelativePath;
use crate::protocol::is_origin;
use crate::reader::excerpt;
use std::fmt;

/// Where a package comes from, with what proves that it is the same one again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LockedSource {
    /// A member of the workspace.
    Workspace,
    /// A folder outside of it, relative to the workspace's, with `/`.
    Path(String),
    /// A commit of a git repository, whatever its branches and tags name today.
    Git {
        /// The repository.
        url: GitUrl,
        /// The commit.
        commit: CommitId,
    },
    /// A registry.
    Registry {
        /// The origin of its log.
        origin: String,
        /// SHA-256 of the canonical tar.
        archive: Digest,
        /// The root of the Merkle tree over its files.
        files: Digest,
        /// The index of the `publish` leaf.
        leaf: u64,
    },
}

/// A source as the key `source` has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SourceText {
    Workspace,
    Path(String),
    Git { url: GitUrl, commit: CommitId },
    Registry { origin: String },
}

/// Why a text is no source.
pub(super) enum SourceFault {
    /// A kind that this version does not know.
    UnknownKind,
    /// A sentence about the text.
    Wrong(String),
}

impl SourceText {
    pub(super) fn parse(text: &str) -> Result<Self, SourceFault> {
        let wrong = |reason: &str| SourceFault::Wrong(format!("the source `{}` {reason}", excerpt(text)));
        if text == "workspace" {
            return Ok(Self::Workspace);
        }
        match text.split_once('+') {
            Some(("path", path)) => RelativePath::parse(path)
                .map(|_| Self::Path(path.to_owned()))
                .map_err(|reason| SourceFault::Wrong(format!("the path `{}` {reason}", excerpt(path)))),
            Some(("git", rest)) => {
                let (url, commit) = rest
                    .rsplit_once('#')
                    .ok_or_else(|| wrong("has no `#` and commit at the end"))?;
                let url = GitUrl::parse(url).map_err(wrong)?;
                let commit = CommitId::parse(commit)
                    .ok_or_else(|| wrong("does not end in the whole hash of a commit"))?;
                Ok(Self::Git { url, commit })
            }
            Some(("registry", origin)) => match is_origin(origin) {
                true => Ok(Self::Registry {
                    origin: origin.to_owned(),
                }),
                false => Err(wrong("has no usable origin")),
            },
            _ => Err(SourceFault::UnknownKind),
        }
    }
}

impl LockedSource {
    /// The origin of the registry that the package comes from, if it comes from one.
    pub fn origin(&self) -> Option<&str> {
        match self {
            Self::Registry { origin, .. } => Some(origin),
            _ => None,
        }
    }
}

/// The text of the key `source`.
impl fmt::Display for LockedSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workspace => formatter.write_str("workspace"),
            Self::Path(path) => write!(formatter, "path+{path}"),
            Self::Git { url, commit } => write!(formatter, "git+{url}#{commit}"),
            Self::Registry { origin, .. } => write!(formatter, "registry+{origin}"),
        }
    }
}

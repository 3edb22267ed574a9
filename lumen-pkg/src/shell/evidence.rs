//! Files that show what did not verify: `evidence/RULE-HASH.txt`, of each registry in its trust folder, and in Lumen's home for what is no registry's: locks, proofs
//! that were kept, files of the package store.

use super::replace::{Durable, write_whole};
use crate::client::{ClientError, Violation};
use crate::digest::Digest;
use std::fs;
use std::path::{Path, PathBuf};

/// So many pieces of evidence are kept in one folder; a registry that goes on lying cannot fill the disk.
const MAXIMUM_EVIDENCE: usize = 256;

/// A folder of evidence files.
#[derive(Debug, Clone)]
pub struct EvidenceFolder {
    folder: PathBuf,
}

impl EvidenceFolder {
    /// `evidence/` in a folder. Nothing is made yet.
    pub fn new(parent: &Path) -> Self {
        Self {
            folder: parent.join("evidence"),
        }
    }

    /// Keeps the evidence of a violation; says where, for people. Nothing if it cannot be written.
    #[expect(clippy::disallowed_methods, reason = "this is the shell")]
    pub fn keep(&self, violation: &Violation) -> Option<String> {
        let text = violation.file();
        let kept = fs::read_dir(&self.folder).map_or(0, Iterator::count);
        let mut name = Digest::of(text.as_bytes()).to_string();
        name.truncate(16);
        let path = self.folder.join(format!("{}-{name}.txt", violation.rule.code()));
        let there = fs::metadata(&path).is_ok();
        if !there && kept >= MAXIMUM_EVIDENCE {
            return Some(format!("not kept: `{}` is full", self.folder.display()));
        }
        match there || write_whole(&path, text.as_bytes(), Durable::Yes).is_ok() {
            true => Some(path.display().to_string()),
            false => None,
        }
    }

    /// The same error, which names its evidence; one whose evidence is kept already stays as it is.
    pub fn complete(&self, error: ClientError) -> ClientError {
        match error {
            ClientError::Security(mut violation) if violation.kept.is_none() => {
                violation.kept = self.keep(&violation);
                ClientError::Security(violation)
            }
            other => other,
        }
    }
}

//! What a file was when it was last looked at, and whether it is another one now.

use super::window::Look;
use crate::files::Stat;
use lumen_compiler::interface::Digest;
use std::path::Path;

/// What a file was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct FileState {
    pub(super) stat: Option<Stat>,
    /// Whether equal times mean equal content.
    pub(super) settled: bool,
    /// The content, if the times did not tell it once.
    pub(super) digest: Option<Digest>,
}

impl FileState {
    /// What a file is now. Its content is read if its times say too little, now or before.
    pub(super) fn of(
        look: &dyn Look,
        path: &Path,
        stat: Option<Stat>,
        now: i64,
        before: Option<&FileState>,
    ) -> FileState {
        let settled = stat.is_none_or(|stat| stat.is_settled(now));
        if let Some(before) = before
            && before.settled
            && before.stat == stat
        {
            return *before;
        }
        let digest = match stat {
            Some(_) if !settled || before.is_some_and(|before| before.digest.is_some()) => look.digest(path),
            _ => None,
        };
        FileState {
            stat,
            settled,
            digest,
        }
    }

    /// Whether the content is the same, as far as is known.
    pub(super) fn is_same(&self, other: &FileState) -> bool {
        match (self.digest, other.digest) {
            (Some(one), Some(other)) => one == other,
            // It could be read on one side only, or was never read.
            _ => self.stat == other.stat,
        }
    }
}

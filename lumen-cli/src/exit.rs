//! Exit statuses, the same for every command (`docs/spec/lumen-v1.md`, Running).

use lumen_pkg::client::ClientError;
use lumen_pkg::shell::git::GitError;
use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done,
    /// The work failed: diagnostics, failing tests, an `err` from the entry cell.
    Failed,
    /// Wrong usage.
    Usage,
    /// The program halted or failed at run time.
    Halted,
    /// Something did not verify: LIR, or what a registry served.
    Security,
    /// A registry or a git host does not answer.
    Unreachable,
    /// Stopped by Ctrl-C (128 + SIGINT, as shells expect).
    Interrupted,
}

impl Exit {
    /// The status of a command that failed with an error: what a registry did not prove, or did not answer, is told apart.
    pub(crate) fn of(error: &anyhow::Error) -> Exit {
        let mut causes = error
            .chain()
            .filter_map(|cause| cause.downcast_ref::<ClientError>());
        match causes.next() {
            Some(cause) if cause.is_security() => Exit::Security,
            Some(cause) if cause.is_network() => Exit::Unreachable,
            _ => match error.downcast_ref::<GitError>() {
                Some(GitError::Unreachable { .. }) => Exit::Unreachable,
                _ => Exit::Failed,
            },
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Halted => 3,
            Exit::Security => 4,
            Exit::Unreachable => 5,
            Exit::Interrupted => 130,
        })
    }
}

//! What git says about a package's folder: what is not committed, and what it ignores.
//!
//! Only asks. `git status` is the one command that is run; it runs no hooks and writes nothing.

use std::io;
use std::path::Path;
use std::process::Command;

/// The answer for one folder. Paths are relative to it, with `/`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Files that are not as in the last commit, and how: completes "`PATH` ...".
    pub(crate) uncommitted: Vec<(String, &'static str)>,
    /// Files, and folders with `/` at the end.
    pub(crate) ignored: Vec<String>,
}

/// Why git did not answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GitError {
    #[error("git cannot be run: {0}")]
    Start(#[source] io::Error),
    #[error("git says: {0}")]
    Refused(String),
}

/// Asks git about a folder; `None` if it is in no repository, or in one that ignores it.
pub(crate) fn changes(folder: &Path) -> Result<Option<Changes>, GitError> {
    if !folder.ancestors().any(|above| above.join(".git").exists()) {
        return Ok(None);
    }
    let prefix = git(folder, &["rev-parse", "--show-prefix"])?;
    let prefix = prefix.strip_suffix('\n').unwrap_or(&prefix);
    let status = [
        "status",
        "--porcelain=v1",
        "-z",
        "--no-renames",
        "--untracked-files=all",
        "--ignored=matching",
        "--",
        ".",
    ];
    Ok(read_status(&git(folder, &status)?, prefix))
}

/// Reads `git status --porcelain=v1 -z` (git-status(1)): two letters, a space, a path from the top of the repository, NUL.
fn read_status(text: &str, prefix: &str) -> Option<Changes> {
    let mut changes = Changes::default();
    for entry in text.split('\0') {
        let Some((state, path)) = entry.split_at_checked(3) else {
            continue;
        };
        if state == "!! " && (prefix.starts_with(path) || prefix.strip_suffix('/') == Some(path)) {
            return None;
        }
        let Some(path) = path.strip_prefix(prefix) else {
            continue;
        };
        let what = match state {
            "!! " => {
                changes.ignored.push(path.to_owned());
                continue;
            }
            "?? " => "is not in git",
            _ if state.contains('D') => "was deleted, and that is not committed",
            _ => "has changes that are not committed",
        };
        changes.uncommitted.push((path.to_owned(), what));
    }
    Some(changes)
}

/// Runs git in a folder, whatever repository the environment may name.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the shell, and git alone knows what is committed"
)]
fn git(folder: &Path, arguments: &[&str]) -> Result<String, GitError> {
    let mut command = Command::new("git");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    // The file system monitor is a program that the repository's configuration names.
    let output = command
        .args(["-c", "core.fsmonitor=false", "--no-optional-locks"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .map_err(GitError::Start)?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => {
            let reason = String::from_utf8_lossy(&output.stderr);
            Err(GitError::Refused(
                reason.lines().next().unwrap_or("nothing").to_owned(),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_of_git_is_read() {
        let text =
            "?? p/new.md\0 M p/src/a.md\0A  p/b.md\0 D p/gone.md\0!! p/x.log\0!! p/build/\0 M other.md\0";
        assert_eq!(
            read_status(text, "p/"),
            Some(Changes {
                uncommitted: vec![
                    ("new.md".to_owned(), "is not in git"),
                    ("src/a.md".to_owned(), "has changes that are not committed"),
                    ("b.md".to_owned(), "has changes that are not committed"),
                    ("gone.md".to_owned(), "was deleted, and that is not committed"),
                ],
                ignored: vec!["x.log".to_owned(), "build/".to_owned()],
            })
        );
        assert_eq!(read_status("", ""), Some(Changes::default()));
        assert_eq!(read_status("!! a/\0", "a/b/"), None);
        assert_eq!(read_status("!! a/b/\0", "a/b/"), None);
    }
}

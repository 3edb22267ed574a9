//! Lumen as a process of its own: what runs for any time can be stopped at any moment, and takes nothing with it.

use super::Session;
use anyhow::{Context, Result};
use lumen_build::Waker;
use shared_child::SharedChild;
use std::ffi::{OsStr, OsString};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A command of Lumen that runs.
pub(super) struct Child {
    process: Arc<SharedChild>,
    started: Instant,
}

/// Options of `lumen watch` alone.
const OWN_OPTIONS: [&str; 2] = ["--poll", "--clear"];

impl Child {
    /// Starts what stands behind `watch` on the command line. Wakes when it has ended.
    pub(super) fn start(session: &Session, command: &str, waker: Waker) -> Result<Child> {
        let environment = &session.environment;
        let executable = environment
            .executable
            .as_ref()
            .context("the program file of `lumen` cannot be found")?;
        #[expect(
            clippy::disallowed_methods,
            reason = "programs and tests are run in a process of their own"
        )]
        let mut process = Command::new(executable);
        process
            .args(without_watch(&environment.arguments, command))
            .current_dir(&environment.folder)
            .stdin(Stdio::null());
        let process = SharedChild::spawn(&mut process).with_context(|| {
            format!(
                "`lumen {command}` cannot be started in `{}`",
                environment.folder.display()
            )
        })?;
        let process = Arc::new(process);
        let waited = Arc::clone(&process);
        #[expect(clippy::disallowed_methods, reason = "somebody has to wait for the process")]
        std::thread::spawn(move || {
            // If it cannot be waited for, whoever is woken finds that out.
            let _ = waited.wait();
            waker.wake();
        });
        #[expect(clippy::disallowed_methods, reason = "how long a run is left alone")]
        let started = Instant::now();
        Ok(Child { process, started })
    }

    /// Its exit status, once it has ended; 130 if a signal ended it.
    pub(super) fn status(&self) -> Option<i32> {
        match self.process.try_wait() {
            Ok(status) => status.map(|status| status.code().unwrap_or(130)),
            Err(_) => Some(130),
        }
    }

    /// How much of a time from its start on is left.
    pub(super) fn left(&self, time: Duration) -> Duration {
        time.saturating_sub(self.started.elapsed())
    }
}

/// Stopped with whoever started it, in any case.
impl Drop for Child {
    fn drop(&mut self) {
        // One that has ended already cannot be stopped.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The command line without its first word, without `watch`, and without what belongs to that alone. All options before the
/// command that take a value take one of a few words, so that none of them can be mistaken.
fn without_watch(arguments: &[OsString], command: &str) -> Vec<OsString> {
    let position = |from: usize, word: &str| {
        let rest = arguments.get(from..).unwrap_or_default();
        rest.iter()
            .position(|argument| argument == OsStr::new(word))
            .map_or(arguments.len(), |position| from + position)
    };
    let watch = position(1, "watch");
    let start = position(watch, command);
    let before = arguments.get(1..watch).unwrap_or_default();
    let between = arguments.get(watch + 1..start).unwrap_or_default();
    let between = between
        .iter()
        .filter(|argument| !OWN_OPTIONS.iter().any(|own| argument == &OsStr::new(own)));
    let command = arguments.get(start..).unwrap_or_default();
    before.iter().chain(between).chain(command).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::without_watch;
    use std::ffi::OsString;

    #[test]
    fn a_command_line_loses_what_belongs_to_watch() {
        for (given, command, kept) in [
            ("lumen watch test", "test", "test"),
            (
                "lumen watch --poll --clear run notes.lm.md",
                "run",
                "run notes.lm.md",
            ),
            (
                "lumen -q watch --color always --poll test -p @a/b x",
                "test",
                "-q --color always test -p @a/b x",
            ),
            (
                "lumen --message-format json watch run watch.lm.md --arg x=--poll",
                "run",
                "--message-format json run watch.lm.md --arg x=--poll",
            ),
            ("lumen watch run --poll", "run", "run --poll"),
        ] {
            let words: Vec<OsString> = given.split(' ').map(OsString::from).collect();
            let result = without_watch(&words, command);
            let result: Vec<&str> = result.iter().filter_map(|word| word.to_str()).collect();
            assert_eq!(result.join(" "), kept, "{given}");
        }
    }
}

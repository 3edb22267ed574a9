//! Compares what tests show with the snapshots that were accepted.

use super::names::{Named, source_of};
use lumen_build::{PENDING, Snapshot, TestPlace, check_snapshot_name};
use lumen_pkg::shell::replace_file;
use lumen_vm::{MemoryOutput, Output};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What becomes of a snapshot that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// It waits beside the accepted one for somebody to look at it, and the test fails.
    Pend,
    /// The same, but the test goes on, so that all its snapshots can be looked at.
    Review,
    /// It is accepted.
    Accept,
    /// The test fails, and nothing is written.
    Check,
}

/// A snapshot that differs from the accepted one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// The file of the accepted one, as seen from the workspace's folder.
    pub(super) path: String,
    /// Its text; nothing if there is none.
    pub(super) accepted: Option<String>,
    /// What the test shows now.
    pub(super) new: Snapshot,
}

/// Where a test writes to.
pub(super) struct TestOutput<'t> {
    mode: Mode,
    root: &'t Path,
    test: &'t Named,
    place: TestPlace,
    /// Snapshots without a name so far.
    count: usize,
    /// What it printed.
    pub(super) memory: MemoryOutput,
    /// Accepted snapshots that it asked for, as seen from the workspace's folder.
    pub(super) used: BTreeSet<String>,
    pub(super) differences: Vec<Difference>,
    /// Whether a snapshot was accepted.
    pub(super) wrote: bool,
}

impl<'t> TestOutput<'t> {
    pub(super) fn new(mode: Mode, root: &'t Path, test: &'t Named) -> TestOutput<'t> {
        TestOutput {
            mode,
            root,
            test,
            place: TestPlace::of(&test.case),
            count: 0,
            memory: MemoryOutput::default(),
            used: BTreeSet::new(),
            differences: Vec::new(),
            wrote: false,
        }
    }

    /// The file of the next snapshot.
    fn next_path(&mut self, name: Option<&str>) -> Result<String, String> {
        if let Some(name) = name {
            check_snapshot_name(name)?;
        } else {
            self.count += 1;
        }
        let path = self.place.snapshot(self.count, name);
        match self.used.insert(path.clone()) {
            true => Ok(path),
            false => Err(format!(
                "the test has two snapshots named {:?}; give each a name of its own",
                name.unwrap_or_default()
            )),
        }
    }

    fn differs(&mut self, difference: Difference) -> Result<(), String> {
        let accepted = self.root.join(&difference.path);
        let content = difference.new.encode();
        let path = &difference.path;
        let problem = match difference.accepted {
            None => format!("there is no snapshot `{path}` yet"),
            Some(_) => format!("the snapshot `{path}` differs"),
        };
        let command = self.test.command();
        self.differences.push(difference);
        match self.mode {
            Mode::Accept => {
                write(&accepted, &content)?;
                remove_pending(&accepted);
                self.wrote = true;
                Ok(())
            }
            Mode::Check => Err(format!(
                "{problem}; `{command} --accept` in a checkout accepts what the test shows, to be committed"
            )),
            Mode::Review => write(&pending_file(&accepted), &content),
            Mode::Pend => {
                write(&pending_file(&accepted), &content)?;
                Err(format!(
                    "{problem}; `{command} --review` shows both and asks, `{command} --accept` accepts"
                ))
            }
        }
    }
}

impl Output for TestOutput<'_> {
    fn print_line(&mut self, line: &str) {
        self.memory.print_line(line);
    }

    fn debug_line(&mut self, line: &str) {
        self.memory.debug_line(line);
    }

    fn snapshot(&mut self, name: Option<&str>, text: &str) -> Result<(), String> {
        let path = self.next_path(name)?;
        let accepted = self.root.join(&path);
        let old = read(&accepted)?;
        let kept = old.as_deref().map(|file| {
            let snapshot = Snapshot::decode(file);
            snapshot.map_or_else(|| file.to_owned(), |snapshot| snapshot.text)
        });
        let mut new = Snapshot::new(&self.test.name, "", text);
        if kept.as_ref() == Some(&new.text) {
            if self.mode != Mode::Check {
                remove_pending(&accepted);
            }
            return Ok(());
        }
        // To find the line, the document is read again: only where the snapshot is shown or written.
        new.source = source_of(self.root, &self.test.case);
        self.differs(Difference {
            path,
            accepted: kept,
            new,
        })
    }
}

/// The file beside an accepted snapshot that waits to be looked at.
pub(super) fn pending_file(accepted: &Path) -> PathBuf {
    let mut name = accepted.as_os_str().to_owned();
    name.push(PENDING);
    PathBuf::from(name)
}

fn read(file: &Path) -> Result<Option<String>, String> {
    #[expect(clippy::disallowed_methods, reason = "snapshots are files")]
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!(
            "the snapshot `{}` cannot be read: {error}",
            file.display()
        )),
    }
}

/// Writes a snapshot at once: whoever reads it meanwhile sees the old one.
pub(super) fn write(file: &Path, content: &str) -> Result<(), String> {
    let failed =
        |error: std::io::Error| format!("the snapshot `{}` cannot be written: {error}", file.display());
    if let Some(folder) = file.parent() {
        #[expect(clippy::disallowed_methods, reason = "snapshots are files")]
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    replace_file(file, content).map_err(failed)
}

/// A pending snapshot that says nothing new. If it cannot be removed, it is only in the way.
pub(super) fn remove_pending(accepted: &Path) {
    #[expect(clippy::disallowed_methods, reason = "snapshots are files")]
    let _ = std::fs::remove_file(pending_file(accepted));
}

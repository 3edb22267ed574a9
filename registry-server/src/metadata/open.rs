//! The current metadata, out of the files that are there. The caller reads; this says what to read next, so that it serves a folder,
//! an object store and a test alike:
//!
//! ```text
//! let mut opening = Opening::default();
//! while let Some(path) = opening.wants() {
//!     opening.give(read(&path)?)?;
//! }
//! let metadata = opening.finish()?;
//! ```

use super::document::Document;
use super::{Metadata, MetadataError, Online, Written};
use lumen_pkg::tuf::STATE_ROLE;

/// What has been read so far, and what comes next.
#[derive(Debug, Default)]
pub struct Opening {
    step: Step,
    root: Option<Document>,
    timestamp: Option<Document>,
    snapshot: Option<Document>,
    state: Option<Document>,
    targets: Option<Document>,
    written: Written,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Step {
    /// Roots from 1 upwards, each vouched for by the one before.
    #[default]
    Root,
    Timestamp,
    Snapshot,
    State,
    /// The targets that the snapshot names, and newer ones, which an `amend` has left to be taken over.
    Targets,
    /// Files beyond, which a crash has left.
    LaterState,
    LaterSnapshot,
    Done,
}

impl Opening {
    /// The path to read next, relative to the registry's address; `None` when everything has been read.
    pub fn wants(&self) -> Option<String> {
        let name = match self.step {
            Step::Root => format!("{}.root.json", next(self.root.as_ref())),
            Step::Timestamp => "timestamp.json".to_owned(),
            Step::Snapshot => format!(
                "{}.snapshot.json",
                pinned(self.timestamp.as_ref(), "snapshot.json")
            ),
            Step::State => format!("{}.state.json", pinned(self.snapshot.as_ref(), "state.json")),
            Step::Targets => match &self.targets {
                Some(targets) => format!("{}.targets.json", targets.version() + 1),
                None => format!(
                    "{}.targets.json",
                    pinned(self.snapshot.as_ref(), "targets.json").max(1)
                ),
            },
            Step::LaterState => format!("{}.state.json", self.written.state + 1),
            Step::LaterSnapshot => format!("{}.snapshot.json", self.written.snapshot + 1),
            Step::Done => return None,
        };
        Some(format!("tuf/{name}"))
    }

    /// What the file holds that [`Opening::wants`] named; `None` if there is no such file.
    ///
    /// # Errors
    /// If it is not what the files before it call for.
    pub fn give(&mut self, bytes: Option<Vec<u8>>) -> Result<(), MetadataError> {
        let path = self.wants().unwrap_or_default();
        let file = path.strip_prefix("tuf/").unwrap_or(&path).to_owned();
        let read = |kind: &str, bytes| Document::read(&file, kind, bytes);
        match (self.step, bytes) {
            (Step::Root, Some(bytes)) => {
                let root = read("root", bytes)?;
                let before = self
                    .root
                    .as_ref()
                    .is_none_or(|before| root.satisfies(&before.authority("root")));
                if !before
                    || !root.satisfies(&root.authority("root"))
                    || root.version() != next(self.root.as_ref())
                {
                    return Err(fault(
                        &file,
                        "is not signed by enough keys of its own and of the root before",
                    ));
                }
                self.root = Some(root);
            }
            (Step::Root, None) => {
                self.root
                    .as_ref()
                    .ok_or_else(|| fault(&file, "is missing: hold a key ceremony first"))?;
                self.step = Step::Timestamp;
            }
            (Step::Timestamp, Some(bytes)) => {
                self.timestamp = Some(read("timestamp", bytes)?);
                self.step = Step::Snapshot;
            }
            (Step::Timestamp, None) => self.step = Step::Targets,
            (Step::Snapshot, Some(bytes)) => {
                let snapshot = read("snapshot", bytes)?;
                self.written.snapshot = snapshot.version();
                self.snapshot = Some(snapshot);
                self.step = Step::State;
            }
            (Step::State, Some(bytes)) => {
                let state = read("targets", bytes)?;
                self.written.state = state.version();
                self.state = Some(state);
                self.step = Step::Targets;
            }
            (Step::Targets, Some(bytes)) => self.take_targets(&file, read("targets", bytes)?)?,
            (Step::Targets, None) if self.targets.is_some() => self.step = Step::LaterState,
            (Step::Snapshot | Step::State | Step::Targets, None) => return Err(fault(&file, "is missing")),
            (Step::LaterState, Some(_)) => self.written.state += 1,
            (Step::LaterState, None) => self.step = Step::LaterSnapshot,
            (Step::LaterSnapshot, Some(_)) => self.written.snapshot += 1,
            (Step::LaterSnapshot, None) => self.step = Step::Done,
            (Step::Done, _) => {}
        }
        Ok(())
    }

    fn take_targets(&mut self, file: &str, targets: Document) -> Result<(), MetadataError> {
        let root = self
            .root
            .as_ref()
            .ok_or_else(|| fault(file, "comes without a root"))?;
        let newest = self.targets.is_some();
        // Targets of the snapshot may be of keys that a newer root no longer names; the newest must be valid.
        if !targets.satisfies(&root.authority("targets")) && newest {
            return Err(fault(file, "is not signed by enough keys of the targets role"));
        }
        self.targets = Some(targets);
        Ok(())
    }

    /// What was read.
    ///
    /// # Errors
    /// If the newest targets are not signed as the newest root wants it, or do not delegate the state.
    pub fn finish(self) -> Result<Metadata, MetadataError> {
        let (Some(root), Some(targets)) = (self.root, self.targets) else {
            return Err(fault("1.root.json", "is missing: hold a key ceremony first"));
        };
        let file = format!("{}.targets.json", targets.version());
        if !targets.satisfies(&root.authority("targets")) {
            return Err(fault(&file, "is not signed by enough keys of the targets role"));
        }
        if targets.delegated(STATE_ROLE).keys.is_empty() {
            return Err(fault(&file, "does not delegate the state"));
        }
        let online = match (self.state, self.snapshot, self.timestamp) {
            (Some(state), Some(snapshot), Some(timestamp)) => Some(Online {
                state,
                snapshot,
                timestamp,
            }),
            _ => None,
        };
        Ok(Metadata {
            root,
            targets,
            online,
            written: self.written,
        })
    }
}

fn next(document: Option<&Document>) -> u64 {
    document.map_or(0, Document::version) + 1
}

fn pinned(document: Option<&Document>, file: &str) -> u64 {
    let version = document.map(|document| &document.signed["meta"][file]["version"]);
    version.and_then(serde_json::Value::as_u64).unwrap_or_default()
}

fn fault(file: &str, reason: &str) -> MetadataError {
    MetadataError::File {
        file: file.to_owned(),
        reason: reason.to_owned(),
    }
}

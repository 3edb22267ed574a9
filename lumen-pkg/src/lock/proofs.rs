//! `lumen.lock.proofs`, beside the lock: what proves again without a network that the locked packages are in their registries' logs.
//!
//! Text: a line for the format, a table of contents, an empty line, and then the signed notes and proof bundles that it lists, one after the other. What notes
//! and bundles say is `log`'s matter; here they are lines of text.

use crate::name::PackageName;
use crate::protocol::is_origin;
use semver::Version;
use std::fmt::Write;

/// The file name of the proofs, in the workspace's folder.
pub const PROOFS_FILE: &str = "lumen.lock.proofs";

/// The largest that is read, in bytes (64 MiB).
pub const MAXIMUM_PROOFS_BYTES: u64 = 64 * 1024 * 1024;

const FIRST_LINE: &str = "lumen.lock.proofs version 1";

/// The most entries of a table of contents.
const MAXIMUM_ENTRIES: usize = 200_000;

/// The content of the file. Sorted, each registry and each version once; [`Proofs::sort`] sees to the order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proofs {
    /// One a `[[registry]]` of the lock.
    pub checkpoints: Vec<LockedCheckpoint>,
    /// One a package of the lock that comes from a registry.
    pub bundles: Vec<LockedBundle>,
}

/// The checkpoint of a registry's log that everything of it is proved against.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LockedCheckpoint {
    /// The log's origin.
    pub origin: String,
    /// The signed note, lines that end in `\n`.
    pub note: String,
}

/// What proves that a version is in the log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LockedBundle {
    /// The package.
    pub name: PackageName,
    /// The version.
    pub version: Version,
    /// The origin of its registry's log.
    pub origin: String,
    /// The proof bundle, lines that end in `\n`.
    pub bundle: String,
}

/// Why a text is no proofs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofsError {
    /// Another first line.
    #[error("line 1: it should be `{FIRST_LINE}`")]
    Format,
    /// More than the limit.
    #[error("it is larger than {MAXIMUM_PROOFS_BYTES} bytes, or has more than {MAXIMUM_ENTRIES} entries")]
    TooLarge,
    /// A line of the table of contents.
    #[error("line {0}: it is no entry of the table of contents")]
    Entry(usize),
    /// Entries that are not sorted, or twice.
    #[error("line {0}: the entry is not in order")]
    Order(usize),
    /// Fewer or more lines than the table of contents says.
    #[error("it does not end where its table of contents says")]
    Length,
}

impl Proofs {
    /// Brings everything into its order.
    pub fn sort(&mut self) {
        self.checkpoints.sort();
        self.bundles.sort();
    }

    /// The checkpoint of a registry.
    pub fn checkpoint(&self, origin: &str) -> Option<&LockedCheckpoint> {
        self.checkpoints
            .iter()
            .find(|checkpoint| checkpoint.origin == origin)
    }

    /// The bundle of a version. Logarithmic.
    pub fn bundle(&self, name: &PackageName, version: &Version) -> Option<&LockedBundle> {
        let found = self
            .bundles
            .binary_search_by(|bundle| (&bundle.name, &bundle.version).cmp(&(name, version)));
        found.ok().and_then(|index| self.bundles.get(index))
    }

    /// The text of the file. Texts that do not end in `\n` get one.
    pub fn render(&self) -> String {
        let mut contents = format!("{FIRST_LINE}\n");
        let mut texts = String::new();
        let mut entry = |head: String, text: &str| {
            let end = match text.ends_with('\n') {
                true => "",
                false => "\n",
            };
            let lines = text.matches('\n').count() + end.len();
            writeln!(contents, "{head} {lines}").expect("writing to a string does not fail");
            texts.push_str(text);
            texts.push_str(end);
        };
        for checkpoint in &self.checkpoints {
            entry(format!("checkpoint {}", checkpoint.origin), &checkpoint.note);
        }
        for bundle in &self.bundles {
            let LockedBundle {
                name,
                version,
                origin,
                bundle,
            } = bundle;
            entry(format!("package {name} {version} {origin}"), bundle);
        }
        format!("{contents}\n{texts}")
    }

    /// Reads the text of the file.
    ///
    /// # Errors
    /// See [`ProofsError`].
    pub fn parse(text: &str) -> Result<Self, ProofsError> {
        if text.len() as u64 > MAXIMUM_PROOFS_BYTES {
            return Err(ProofsError::TooLarge);
        }
        let mut lines = text.split_inclusive('\n');
        if lines.next() != Some(&format!("{FIRST_LINE}\n")) {
            return Err(ProofsError::Format);
        }
        let mut entries = Vec::new();
        let mut complete = false;
        for (number, line) in (2..).zip(lines.by_ref()) {
            complete = line == "\n";
            if complete {
                break;
            }
            entries.push(Entry::parse(line).ok_or(ProofsError::Entry(number))?);
            if entries.len() > MAXIMUM_ENTRIES {
                return Err(ProofsError::TooLarge);
            }
        }
        if !complete {
            return Err(ProofsError::Length);
        }
        let mut proofs = Self::default();
        for (number, entry) in (2..).zip(entries) {
            let mut body = String::new();
            for _ in 0..entry.lines {
                let line = lines.next().filter(|line| line.ends_with('\n'));
                body.push_str(line.ok_or(ProofsError::Length)?);
            }
            if !proofs.push(entry.head, body) {
                return Err(ProofsError::Order(number));
            }
        }
        match lines.next() {
            None => Ok(proofs),
            Some(_) => Err(ProofsError::Length),
        }
    }

    /// Adds an entry that sorts after all others; false if it does not.
    fn push(&mut self, head: Head, text: String) -> bool {
        match head {
            Head::Checkpoint(origin) => {
                let later = self.checkpoints.last().is_none_or(|last| last.origin < origin);
                self.checkpoints.push(LockedCheckpoint { origin, note: text });
                later && self.bundles.is_empty()
            }
            Head::Package(name, version, origin) => {
                let later = self
                    .bundles
                    .last()
                    .is_none_or(|last| (&last.name, &last.version) < (&name, &version));
                self.bundles.push(LockedBundle {
                    name,
                    version,
                    origin,
                    bundle: text,
                });
                later
            }
        }
    }
}

/// A line of the table of contents.
struct Entry {
    head: Head,
    /// How many lines its text has; at least one.
    lines: usize,
}

enum Head {
    Checkpoint(String),
    Package(PackageName, Version, String),
}

impl Entry {
    fn parse(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.strip_suffix('\n')?.split(' ').collect();
        let origin = |text: &str| is_origin(text).then(|| text.to_owned());
        let (head, lines) = match words.as_slice() {
            ["checkpoint", of, lines] => (Head::Checkpoint(origin(of)?), lines),
            ["package", name, version, of, lines] => {
                let name = PackageName::parse(name).ok()?;
                let version = Version::parse(version).ok()?;
                (Head::Package(name, version, origin(of)?), lines)
            }
            _ => return None,
        };
        let count: usize = lines.parse().ok()?;
        // One text for one number: no sign and no zeros in front.
        (count > 0 && count.to_string() == **lines).then_some(Self { head, lines: count })
    }
}

//! What a registry did not prove: the rule, what was expected, what was found, and the bytes that show it.

use super::printable::{one_line, printable};
use std::fmt;

/// Rules of verification, in the order in which they are checked (`docs/spec/registry-v1.md`). Each has one verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// TUF: signatures, versions, expiry, lengths and hashes of the metadata.
    Metadata,
    /// What TUF pins has the documented form.
    Pinned,
    /// The checkpoint is signed by the log's key and by enough witnesses, and is of this registry.
    Checkpoint,
    /// The log is not shorter than it was.
    Rollback,
    /// The log of this size has one root.
    SplitView,
    /// The log of today begins with the log of yesterday.
    History,
    /// The map's root is of the log's size.
    MapRoot,
    /// The log's last leaf gives the map's root.
    MapLeaf,
    /// The path through the map hashes to its root.
    MapProof,
    /// The record's digest is the one in the map.
    RecordDigest,
    /// The record is well-formed.
    RecordForm,
    /// The record is of the package that was asked for, and of the leaves that the map names.
    RecordContent,
    /// The leaf is in the log at its place.
    Inclusion,
    /// The leaf is well-formed.
    LeafForm,
    /// The leaf says what the record says.
    LeafContent,
    /// The publisher's signature.
    PublisherSignature,
    /// The archive's size and digest.
    ArchiveDigest,
    /// The archive is a canonical tar.
    ArchiveForm,
    /// The Merkle root over the archive's files.
    FileTree,
    /// The digest of the archive's manifest.
    ManifestDigest,
    /// The archive's manifest has the package's name and version.
    ManifestContent,
    /// A proof for offline use.
    ProofBundle,
    /// What a lock holds is what the registry has.
    Lock,
    /// What a lock says of a package is what the package says.
    LockEntry,
    /// The whole log, replayed.
    Audit,
}

impl Rule {
    /// A stable word for the rule: names of evidence files, cases, JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Pinned => "pinned",
            Self::Checkpoint => "checkpoint",
            Self::Rollback => "rollback",
            Self::SplitView => "split-view",
            Self::History => "history",
            Self::MapRoot => "map-root",
            Self::MapLeaf => "map-leaf",
            Self::MapProof => "map-proof",
            Self::RecordDigest => "record-digest",
            Self::RecordForm => "record-form",
            Self::RecordContent => "record-content",
            Self::Inclusion => "inclusion",
            Self::LeafForm => "leaf-form",
            Self::LeafContent => "leaf-content",
            Self::PublisherSignature => "publisher-signature",
            Self::ArchiveDigest => "archive-digest",
            Self::ArchiveForm => "archive-form",
            Self::FileTree => "file-tree",
            Self::ManifestDigest => "manifest-digest",
            Self::ManifestContent => "manifest-content",
            Self::ProofBundle => "proof-bundle",
            Self::Lock => "lock",
            Self::LockEntry => "lock-entry",
            Self::Audit => "audit",
        }
    }

    /// What went wrong, in words, as the first line of a message.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Metadata => "the registry's TUF metadata does not verify",
            Self::Pinned => "what the registry's TUF metadata pins is not well-formed",
            Self::Checkpoint => "the log's checkpoint does not verify",
            Self::Rollback => "the log is shorter than it was when last seen",
            Self::SplitView => "the log of this size had another root when last seen",
            Self::History => {
                "the log does not continue the log last seen: the registry has rewritten history"
            }
            Self::MapRoot => "the map is not of the same state as the log",
            Self::MapLeaf => "the map is not the one that the log's last leaf names",
            Self::MapProof => "the path through the map does not lead to its root",
            Self::RecordDigest => "the package's record is not the one in the map",
            Self::RecordForm => "the package's record is not well-formed",
            Self::RecordContent => "the package's record does not agree with the map and the log",
            Self::Inclusion => "the log does not have the leaf where it should be",
            Self::LeafForm => "a leaf of the log is not well-formed",
            Self::LeafContent => "the log's leaf does not say what the package's record says",
            Self::PublisherSignature => "the publisher's signature does not verify",
            Self::ArchiveDigest => "the archive is not the one that was published",
            Self::ArchiveForm => "the archive is not in canonical form",
            Self::FileTree => "the archive's files are not the ones that were published",
            Self::ManifestDigest => "the archive's manifest is not the one that was published",
            Self::ManifestContent => "the archive's manifest is of another package or version",
            Self::ProofBundle => "the proof does not verify",
            Self::Lock => "the registry does not have what the lock holds",
            Self::LockEntry => "the lock does not say what the package itself says",
            Self::Audit => "the log, replayed, does not give what the registry pins",
        }
    }
}

/// A rule that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub rule: Rule,
    /// What was being verified: `@acme/money 1.2.0`, `the log`.
    pub subject: String,
    /// What the rule asks for.
    pub expected: String,
    /// What there was instead.
    pub found: String,
    /// What shows it, by name.
    pub evidence: Vec<Evidence>,
    /// Where the evidence was kept, for people.
    pub kept: Option<String>,
    /// What to do about it, where that is known.
    pub help: Option<String>,
}

/// Bytes that show a violation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What they are: `checkpoint last seen`.
    pub name: String,
    /// As they came, at most [`Evidence::LIMIT`].
    pub bytes: Vec<u8>,
}

impl Evidence {
    /// How much of one piece is kept, in bytes.
    pub const LIMIT: usize = 256 * 1024;

    /// Keeps the beginning.
    pub fn new(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            bytes: bytes.get(..Self::LIMIT).unwrap_or(bytes).to_vec(),
        }
    }
}

impl Violation {
    /// Without evidence.
    pub fn new(
        rule: Rule,
        subject: impl fmt::Display,
        expected: impl fmt::Display,
        found: impl fmt::Display,
    ) -> Box<Self> {
        Box::new(Self {
            rule,
            subject: subject.to_string(),
            expected: expected.to_string(),
            found: found.to_string(),
            evidence: Vec::new(),
            kept: None,
            help: None,
        })
    }

    /// With one more piece of evidence.
    #[must_use]
    pub fn with(mut self: Box<Self>, name: &str, bytes: &[u8]) -> Box<Self> {
        self.evidence.push(Evidence::new(name, bytes));
        self
    }

    /// With what to do about it.
    #[must_use]
    pub fn helped(mut self: Box<Self>, help: String) -> Box<Self> {
        self.help = Some(help);
        self
    }

    /// The text of the evidence file: the message, then each piece, as text if it is text, else in base64.
    pub fn file(&self) -> String {
        use base64::Engine as _;
        let mut text = format!("{self}\n");
        for piece in &self.evidence {
            text += &format!("\n== {} ({} bytes)\n", piece.name, piece.bytes.len());
            match std::str::from_utf8(&piece.bytes) {
                // Somebody will look at the file in a terminal.
                Ok(content) if printable(content) == content => text += content,
                Ok(_) | Err(_) => text += &base64::engine::general_purpose::STANDARD.encode(&piece.bytes),
            }
            text.push('\n');
        }
        text
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}\n  about:    {}\n  expected: {}\n  found:    {}",
            self.rule.title(),
            one_line(&self.subject),
            one_line(&self.expected),
            one_line(&self.found)
        )?;
        if let Some(kept) = &self.kept {
            write!(formatter, "\n  evidence: {kept}")?;
        }
        match &self.help {
            Some(help) => write!(formatter, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

//! Proof bundles: C2SP tlog-proof v1 with our leaf as extra data, so that a bundle and the keys of a registry are enough to verify offline.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra BASE64 OF THE LEAF
//! index 17
//! BASE64 OF A HASH              any number up to 63, from the leaf's sibling to the root's child
//!
//! CHECKPOINT NOTE
//! ```

use super::checkpoint::{Checkpoint, parse_decimal, parse_hash};
use super::error::LogError;
use super::note::{MAXIMUM_NOTE_BYTES, Note};
use super::policy::{LogPolicy, verify_note};
use super::proof::{MAXIMUM_PROOF_HASHES, verify_inclusion};
use crate::digest::Digest;
use crate::protocol::MAXIMUM_LEAF_BYTES;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The longest bundle that is read, in bytes: the longest leaf, note and list of hashes.
pub const MAXIMUM_BUNDLE_BYTES: usize = MAXIMUM_LEAF_BYTES.div_ceil(3) * 4 + MAXIMUM_NOTE_BYTES + 4096;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// A leaf, where it is, and why that is to be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofBundle {
    /// The bytes of the leaf.
    pub leaf: Vec<u8>,
    /// Its index in the log.
    pub index: u64,
    /// The inclusion proof, from the leaf's sibling to the root's child.
    pub hashes: Vec<Digest>,
    /// The signed checkpoint.
    pub checkpoint: Note,
}

/// What a verified bundle proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvedLeaf {
    /// The bytes of the leaf.
    pub leaf: Vec<u8>,
    /// Its index in the log.
    pub index: u64,
    /// The checkpoint that it is proved in.
    pub checkpoint: Checkpoint,
}

impl ProofBundle {
    /// The text of the bundle.
    pub fn render(&self) -> String {
        let leaf = STANDARD.encode(&self.leaf);
        let mut text = format!("{FIRST_LINE}\nextra {leaf}\nindex {}\n", self.index);
        for hash in &self.hashes {
            text.push_str(&STANDARD.encode(hash.as_bytes()));
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.checkpoint.render());
        text
    }

    /// Reads the text of a bundle. Nothing is verified.
    ///
    /// # Errors
    /// [`LogError::Malformed`], with the rule.
    pub fn parse(bytes: &[u8]) -> Result<Self, LogError> {
        if bytes.len() > MAXIMUM_BUNDLE_BYTES {
            return Err(malformed(format!(
                "it is longer than {MAXIMUM_BUNDLE_BYTES} bytes"
            )));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| malformed("it is not UTF-8"))?;
        let (head, note) = text
            .split_once("\n\n")
            .ok_or_else(|| malformed("it has no empty line before the checkpoint"))?;
        let mut lines = head.split('\n');
        if lines.next() != Some(FIRST_LINE) {
            return Err(malformed(format!("its first line is not `{FIRST_LINE}`")));
        }
        let leaf = lines
            .next()
            .and_then(|line| line.strip_prefix("extra "))
            .and_then(|encoded| STANDARD.decode(encoded).ok())
            .ok_or_else(|| malformed("its second line is not `extra` and a leaf in base64"))?;
        if leaf.len() > MAXIMUM_LEAF_BYTES {
            return Err(malformed("its leaf is longer than 65535 bytes"));
        }
        let index = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .and_then(parse_decimal)
            .ok_or_else(|| malformed("its third line is not `index` and a number"))?;
        let mut hashes = Vec::new();
        for line in lines {
            if hashes.len() == MAXIMUM_PROOF_HASHES {
                return Err(malformed(format!(
                    "it has more than {MAXIMUM_PROOF_HASHES} hashes"
                )));
            }
            hashes.push(parse_hash(line).ok_or_else(|| malformed("a hash is not 32 bytes in base64"))?);
        }
        let checkpoint = Note::parse(note.as_bytes())?;
        Ok(Self {
            leaf,
            index,
            hashes,
            checkpoint,
        })
    }

    /// Verifies the checkpoint under a policy, and the inclusion of the leaf in it. What the leaf means, and whether the checkpoint continues
    /// one that was seen before, is the caller's to check.
    ///
    /// # Errors
    /// See [`LogError`].
    pub fn verify(&self, policy: &LogPolicy, now: u64) -> Result<ProvedLeaf, LogError> {
        let checkpoint = verify_note(&self.checkpoint, policy, now)?;
        verify_inclusion(
            &self.leaf,
            self.index,
            checkpoint.size,
            &checkpoint.root,
            &self.hashes,
        )?;
        Ok(ProvedLeaf {
            leaf: self.leaf.clone(),
            index: self.index,
            checkpoint,
        })
    }
}

fn malformed(why: impl Into<String>) -> LogError {
    LogError::malformed("proof bundle", why)
}

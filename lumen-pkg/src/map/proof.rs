//! Compact proofs that a package has a value, or is absent.
//!
//! ```text
//! proof = depth u16 BE, depth sibling hashes from the top down, end
//! end   = 0                                              nothing there: the package is absent
//!       | 1, last u64 BE, count u64 BE, record[32]       the package itself
//!       | 2, key[32], last, count, record                another key alone in the subtree: the package is absent
//! ```

use super::error::MapError;
use super::hash::{EMPTY_MAP, KEY_BITS, MapKey, leaf_hash, node_hash};
use super::tile::{decode_value, encode_value};
use crate::digest::Digest;
use crate::name::PackageName;
use crate::protocol::MapValue;

/// What is said of a package, to be verified against a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapProof {
    pub(super) siblings: Vec<Digest>,
    pub(super) end: End,
}

/// What is at the end of a package's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Nothing,
    Value(MapValue),
    Other(MapKey, MapValue),
}

impl MapProof {
    /// Reads a proof. Nothing is verified.
    ///
    /// # Errors
    /// [`MapError::MalformedProof`].
    pub fn parse(bytes: &[u8]) -> Result<Self, MapError> {
        let cut_off = MapError::MalformedProof("it is cut off");
        let Some((depth, rest)) = bytes.split_first_chunk::<2>() else {
            return Err(cut_off);
        };
        let depth = usize::from(u16::from_be_bytes(*depth));
        if depth > KEY_BITS {
            return Err(MapError::MalformedProof("it is deeper than 256"));
        }
        let Some((hashes, end)) = rest.split_at_checked(depth * 32) else {
            return Err(cut_off);
        };
        let siblings = hashes.as_chunks::<32>().0.iter().copied().map(Digest::from_bytes);
        Ok(Self {
            siblings: siblings.collect(),
            end: End::parse(end).ok_or(MapError::MalformedProof("its end has no known form"))?,
        })
    }

    /// The bytes of the proof.
    pub fn to_bytes(&self) -> Vec<u8> {
        let depth = u16::try_from(self.siblings.len()).unwrap_or(u16::MAX);
        let mut bytes = depth.to_be_bytes().to_vec();
        bytes.extend(self.siblings.iter().flat_map(|sibling| *sibling.as_bytes()));
        match &self.end {
            End::Nothing => bytes.push(0),
            End::Value(value) => {
                bytes.push(1);
                bytes.extend(encode_value(value));
            }
            End::Other(key, value) => {
                bytes.push(2);
                bytes.extend(key.0);
                bytes.extend(encode_value(value));
            }
        }
        bytes
    }

    /// What the map with this root says of a package: its value, or `None` if it is absent.
    ///
    /// # Errors
    /// [`MapError::Root`] if the proof is of another map, [`MapError::MalformedProof`] if it is not the one proof for the package.
    pub fn verify(&self, root: &Digest, package: &PackageName) -> Result<Option<MapValue>, MapError> {
        let key = MapKey::of(package);
        let depth = self.siblings.len();
        if depth > KEY_BITS {
            return Err(MapError::MalformedProof("it is deeper than 256"));
        }
        // With an empty sibling, what is here would be all of the subtree above, and so at its place.
        if self.siblings.last() == Some(&EMPTY_MAP) {
            return Err(MapError::MalformedProof("it goes deeper than the tree"));
        }
        let (leaf, value) = match &self.end {
            End::Nothing => (EMPTY_MAP, None),
            End::Value(value) => (leaf_hash(&key, value), Some(*value)),
            End::Other(other, _) if *other == key || !other.shares(&key, depth) => {
                return Err(MapError::MalformedProof(
                    "the other key is not on the way of the package",
                ));
            }
            End::Other(other, value) => (leaf_hash(other, value), None),
        };
        let up = (0..depth).rev().zip(self.siblings.iter().rev());
        let found = up.fold(leaf, |node, (level, sibling)| match key.bit(level) {
            true => node_hash(sibling, &node),
            false => node_hash(&node, sibling),
        });
        match found == *root {
            true => Ok(value),
            false => Err(MapError::Root {
                expected: *root,
                found,
            }),
        }
    }
}

impl End {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        let (end, rest) = match kind {
            0 => (Self::Nothing, rest),
            1 => {
                let (value, rest) = decode_value(rest)?;
                (Self::Value(value), rest)
            }
            2 => {
                let (key, rest) = rest.split_first_chunk::<32>()?;
                let (value, rest) = decode_value(rest)?;
                (Self::Other(MapKey(*key), value), rest)
            }
            _ => return None,
        };
        rest.is_empty().then_some(end)
    }
}

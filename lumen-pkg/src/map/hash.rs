//! Keys and hashes of the map, and its root from a full list.

use crate::digest::Digest;
use crate::name::PackageName;
use crate::protocol::MapValue;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// The hash of an empty subtree, and so the root of a map without packages: 32 zero bytes.
pub const EMPTY_MAP: Digest = Digest::from_bytes([0; 32]);

/// Bits of a key, and the largest depth of a leaf.
pub(super) const KEY_BITS: usize = 256;

/// Where a package is: SHA-256 of its name. Bits count from the most significant of the first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MapKey(pub(super) [u8; 32]);

impl MapKey {
    /// The key of a package.
    pub fn of(package: &PackageName) -> Self {
        Self(*Digest::of(package.as_str().as_bytes()).as_bytes())
    }

    /// Bit `depth`: whether the way goes right. Beyond the last bit there is no way.
    pub(super) fn bit(&self, depth: usize) -> bool {
        let byte = self.byte(depth / 8);
        byte >> (7 - depth % 8) & 1 == 1
    }

    pub(super) fn byte(&self, place: usize) -> u8 {
        self.0.get(place).copied().unwrap_or(0)
    }

    /// Whether the first `depth` bits are those of the other key.
    pub(super) fn shares(&self, other: &Self, depth: usize) -> bool {
        let (bytes, rest) = (depth / 8, depth % 8);
        let same = self
            .0
            .iter()
            .zip(&other.0)
            .take_while(|(one, two)| one == two)
            .count();
        same >= bytes.min(32) && (rest == 0 || (self.byte(bytes) ^ other.byte(bytes)) >> (8 - rest) == 0)
    }
}

/// SHA-256(0x00 || key || last || count || record).
pub(super) fn leaf_hash(key: &MapKey, value: &MapValue) -> Digest {
    let hash = Sha256::new()
        .chain_update([0])
        .chain_update(key.0)
        .chain_update(value.last.to_be_bytes())
        .chain_update(value.count.to_be_bytes())
        .chain_update(value.record.as_bytes());
    Digest::from_bytes(hash.finalize().into())
}

/// SHA-256(0x01 || left || right), of a subtree with two keys or more.
pub(super) fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let hash = Sha256::new()
        .chain_update([1])
        .chain_update(left.as_bytes())
        .chain_update(right.as_bytes());
    Digest::from_bytes(hash.finalize().into())
}

/// The root of the map that has exactly these packages, without tiles. Of a package that comes twice, the later value counts.
pub fn root_of(packages: impl IntoIterator<Item = (PackageName, MapValue)>) -> Digest {
    let sorted: BTreeMap<MapKey, MapValue> = packages
        .into_iter()
        .map(|(package, value)| (MapKey::of(&package), value))
        .collect();
    let leaves: Vec<(MapKey, Digest)> = sorted
        .iter()
        .map(|(key, value)| (*key, leaf_hash(key, value)))
        .collect();
    subtree(&leaves, 0)
}

/// The hash of the subtree at `depth` of leaves that are sorted and share the bits before. At most [`KEY_BITS`] deep, since keys differ.
fn subtree(leaves: &[(MapKey, Digest)], depth: usize) -> Digest {
    match leaves {
        [] => EMPTY_MAP,
        [(_, leaf)] => *leaf,
        leaves => {
            let (left, right) = leaves.split_at(leaves.partition_point(|(key, _)| !key.bit(depth)));
            node_hash(&subtree(left, depth + 1), &subtree(right, depth + 1))
        }
    }
}

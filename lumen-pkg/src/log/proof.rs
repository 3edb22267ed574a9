//! Inclusion and consistency (RFC 6962 section 2.1), computed by `tlog_tiles`. Proofs have exactly the length that the sizes give.

use super::error::LogError;
use crate::digest::Digest;
use tlog_tiles::{Hash, check_record, check_tree, record_hash};

/// The most hashes of a proof that are read; a tree of 2^63 leaves needs no more.
pub const MAXIMUM_PROOF_HASHES: usize = 63;

/// The hash of a leaf: SHA-256(0x00 || bytes).
pub fn leaf_hash(leaf: &[u8]) -> Digest {
    from_hash(record_hash(leaf))
}

/// Verifies that `leaf` is number `index` of the tree. `proof` goes from the leaf's sibling to the root's child.
///
/// # Errors
/// [`LogError::OutOfRange`], [`LogError::Inclusion`].
pub fn verify_inclusion(
    leaf: &[u8],
    index: u64,
    size: u64,
    root: &Digest,
    proof: &[Digest],
) -> Result<(), LogError> {
    verify_inclusion_of_hash(&leaf_hash(leaf), index, size, root, proof)
}

/// [`verify_inclusion`] of a leaf whose hash is known.
///
/// # Errors
/// As there.
pub fn verify_inclusion_of_hash(
    leaf: &Digest,
    index: u64,
    size: u64,
    root: &Digest,
    proof: &[Digest],
) -> Result<(), LogError> {
    if index >= size {
        return Err(LogError::OutOfRange { index, size });
    }
    let refused = LogError::Inclusion {
        index,
        size,
        root: *root,
    };
    match bounded(proof).map(|proof| check_record(&proof, size, to_hash(root), index, to_hash(leaf))) {
        Some(Ok(())) => Ok(()),
        _ => Err(refused),
    }
}

/// Verifies that the new tree, size and root, begins with the old one. An empty old tree is refused: nothing follows from it.
///
/// # Errors
/// [`LogError::Consistency`].
pub fn verify_consistency(
    old: (u64, &Digest),
    new: (u64, &Digest),
    proof: &[Digest],
) -> Result<(), LogError> {
    let refused = LogError::Consistency {
        old_size: old.0,
        old_root: *old.1,
        new_size: new.0,
        new_root: *new.1,
    };
    if !(1..=new.0).contains(&old.0) {
        return Err(refused);
    }
    match bounded(proof).map(|proof| check_tree(&proof, new.0, to_hash(new.1), old.0, to_hash(old.1))) {
        Some(Ok(())) => Ok(()),
        _ => Err(refused),
    }
}

fn bounded(proof: &[Digest]) -> Option<Vec<Hash>> {
    (proof.len() <= MAXIMUM_PROOF_HASHES).then(|| proof.iter().map(to_hash).collect())
}

pub(super) const fn to_hash(digest: &Digest) -> Hash {
    Hash(*digest.as_bytes())
}

pub(super) const fn from_hash(hash: Hash) -> Digest {
    Digest::from_bytes(hash.0)
}

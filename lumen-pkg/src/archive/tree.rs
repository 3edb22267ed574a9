//! The Merkle tree over the files of an archive, by which one file can be fetched and proved without the rest.
//!
//! A tree of RFC 6962 section 2.1 over the files in the order of the archive. A leaf's data is
//!
//! ```text
//! path length u16 BE | path | mode u8 (0 = 0644, 1 = 0755) | size u64 BE | SHA-256 of the content [32]
//! ```

use super::path::ArchivePath;
use super::tar::{FileEntry, MAXIMUM_FILES};
use crate::digest::Digest;
use rs_merkle::{Hasher, MerkleProof, MerkleTree};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// What the tree says of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMeta {
    /// Its path.
    pub path: ArchivePath,
    /// Mode 0755 instead of 0644.
    pub executable: bool,
    /// Bytes of content.
    pub size: u64,
    /// SHA-256 of the content.
    pub sha256: Digest,
}

impl FileMeta {
    /// Hashes a file.
    pub fn of(file: &FileEntry) -> Self {
        Self {
            path: file.path.clone(),
            executable: file.executable,
            size: file.content.len() as u64,
            sha256: Digest::of(&file.content),
        }
    }

    /// The leaf's data.
    pub fn leaf(&self) -> Vec<u8> {
        let path = self.path.as_str().as_bytes();
        let length = u16::try_from(path.len()).expect("a path has at most 255 bytes");
        let mut leaf = Vec::with_capacity(path.len() + 43);
        leaf.extend_from_slice(&length.to_be_bytes());
        leaf.extend_from_slice(path);
        leaf.push(u8::from(self.executable));
        leaf.extend_from_slice(&self.size.to_be_bytes());
        leaf.extend_from_slice(self.sha256.as_bytes());
        leaf
    }

    fn hash(&self) -> [u8; 32] {
        Rfc6962::hash(&self.leaf())
    }
}

/// The tree over all files of an archive.
#[derive(Clone)]
pub struct FileTree {
    tree: MerkleTree<Rfc6962>,
    root: Digest,
    count: usize,
}

impl FileTree {
    /// Builds the tree over files that are sorted by path. The root of no files is the hash of nothing.
    pub fn of(files: &[FileMeta]) -> Self {
        let leaves: Vec<[u8; 32]> = files.iter().map(FileMeta::hash).collect();
        let tree = MerkleTree::from_leaves(&leaves);
        let root = tree.root().map_or_else(|| Digest::of(b""), Digest::from_bytes);
        Self {
            tree,
            root,
            count: files.len(),
        }
    }

    /// The root.
    pub fn root(&self) -> Digest {
        self.root
    }

    /// How many files there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The proof of the file at `index` (from 0, in the order of the archive); `None` beyond the last.
    pub fn prove(&self, index: usize) -> Option<FileProof> {
        (index < self.count).then(|| FileProof {
            index: index as u64,
            count: self.count as u64,
            hashes: self
                .tree
                .proof(&[index])
                .proof_hashes()
                .iter()
                .map(|hash| Digest::from_bytes(*hash))
                .collect(),
        })
    }
}

impl fmt::Debug for FileTree {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FileTree({} files, {})", self.count, self.root)
    }
}

/// An audit path (RFC 6962 section 2.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileProof {
    /// The place of the file, from 0.
    pub index: u64,
    /// How many files there are.
    pub count: u64,
    /// Siblings from the leaf upwards.
    pub hashes: Vec<Digest>,
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofFault {
    /// No archive has such a file.
    #[error("the proof is for file {index} of {count}, and there can be no such file")]
    Place {
        /// From 0.
        index: u64,
        /// The files that the proof speaks of.
        count: u64,
    },
    /// Too few or too many hashes.
    #[error("the proof has {found} hashes; one for file {index} of {count} has {expected}")]
    Length {
        /// From 0.
        index: u64,
        /// The files that the proof speaks of.
        count: u64,
        /// How many there must be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// It leads to another root.
    #[error("the proof leads to another root than {root}: the file is not the one that was published")]
    Root {
        /// The expected root.
        root: Digest,
    },
}

/// Checks that a file is in the archive whose file tree has this root. What is proved is path, mode, size and content; the place and
/// the count are only claims, since a root alone does not fix them.
///
/// # Errors
/// If the proof does not show it. Proofs with hashes to spare are refused, which `rs_merkle` alone would accept.
pub fn verify_file(root: &Digest, file: &FileMeta, proof: &FileProof) -> Result<(), ProofFault> {
    let &FileProof { index, count, .. } = proof;
    let place = || ProofFault::Place { index, count };
    let at = usize::try_from(index).map_err(|_| place())?;
    let total = usize::try_from(count).map_err(|_| place())?;
    if at >= total || total > MAXIMUM_FILES {
        return Err(place());
    }
    let expected = path_length(at, total);
    if proof.hashes.len() != expected {
        let found = proof.hashes.len();
        return Err(ProofFault::Length {
            index,
            count,
            expected,
            found,
        });
    }
    let hashes = proof.hashes.iter().map(|hash| *hash.as_bytes()).collect();
    match MerkleProof::<Rfc6962>::new(hashes).verify(*root.as_bytes(), &[at], &[file.hash()], total) {
        true => Ok(()),
        false => Err(ProofFault::Root { root: *root }),
    }
}

/// How many siblings a leaf has on its way up: none on a layer where it is the last one and stands alone.
fn path_length(index: usize, count: usize) -> usize {
    let (mut node, mut last, mut length) = (index, count - 1, 0);
    while last > 0 {
        length += usize::from(node % 2 == 1 || node < last);
        node /= 2;
        last /= 2;
    }
    length
}

/// The hashing of RFC 6962: leaves are prefixed with 0, nodes with 1, and a node without a sibling is its own parent.
#[derive(Clone)]
struct Rfc6962;

impl Hasher for Rfc6962 {
    type Hash = [u8; 32];

    fn hash(data: &[u8]) -> [u8; 32] {
        Sha256::new()
            .chain_update([0])
            .chain_update(data)
            .finalize()
            .into()
    }

    fn concat_and_hash(left: &[u8; 32], right: Option<&[u8; 32]>) -> [u8; 32] {
        match right {
            Some(right) => Sha256::new()
                .chain_update([1])
                .chain_update(left)
                .chain_update(right)
                .finalize()
                .into(),
            None => *left,
        }
    }
}

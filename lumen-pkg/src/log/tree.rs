//! A growing RFC 6962 tree of which only the roots of its complete subtrees are kept: one hash for each bit of its size.

use super::proof::from_hash;
use super::tile::node_hash;
use crate::digest::Digest;

/// Size and root of a list of leaves that grows at its end. A log is replayed with it in constant memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompactTree {
    size: u64,
    /// Roots of complete subtrees, from the largest and leftmost.
    nodes: Vec<Digest>,
}

impl CompactTree {
    /// The tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// The tree of a size from the roots of its complete subtrees, largest first.
    pub(super) const fn from_nodes(size: u64, nodes: Vec<Digest>) -> Self {
        Self { size, nodes }
    }

    /// How many leaves it has.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds the hash of a leaf.
    pub fn push(&mut self, leaf: Digest) {
        self.push_and_tell(leaf, |_, _| ());
    }

    /// Adds the hash of a leaf, and tells of each subtree of 2^level leaves that is complete now, from level 0.
    pub(super) fn push_and_tell(&mut self, leaf: Digest, mut tell: impl FnMut(u32, Digest)) {
        let mut node = leaf;
        tell(0, node);
        for level in 1..=self.size.trailing_ones() {
            if let Some(left) = self.nodes.pop() {
                node = node_hash(&left, &node);
                tell(level, node);
            }
        }
        self.nodes.push(node);
        self.size += 1;
    }

    /// The root; of the empty tree, SHA-256 of nothing.
    pub fn root(&self) -> Digest {
        let mut nodes = self.nodes.iter().rev();
        let Some(last) = nodes.next() else {
            return from_hash(tlog_tiles::EMPTY_HASH);
        };
        nodes.fold(*last, |right, left| node_hash(left, &right))
    }
}

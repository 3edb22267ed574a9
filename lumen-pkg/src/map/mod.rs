//! The verifiable map from package names to what is latest about them: one root hash commits to every value and to every absence.
//!
//! A compact binary trie over SHA-256 of the name, stored as immutable tiles of eight levels that are named by their hash. Pure: tiles come
//! and go through [`TileSource`](crate::log::TileSource) and [`TileStore`](crate::log::TileStore). Whether a root is right is not known here:
//! TUF pins it, the log states it, and an audit computes it again with [`root_of`]. The format is in `docs/spec/registry-v1.md`.

mod error;
mod hash;
mod lookup;
mod proof;
mod tile;
mod tree;

pub use error::MapError;
pub use hash::{EMPTY_MAP, MapKey, root_of};
pub use lookup::{lookup, lookup_many, prove};
pub use proof::MapProof;
pub use tile::MAXIMUM_TILE_BYTES;
pub use tree::MapTree;

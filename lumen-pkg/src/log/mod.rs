//! The transparency log: C2SP signed notes, checkpoints with witness cosignatures, RFC 6962 proofs, tiles, proof bundles, and the writer.
//!
//! Pure: tiles come through [`TileSource`], time is given, secret keys are values. It does not know what leaves mean (`protocol` does),
//! fetches nothing and stores nothing. `client` verifies with it, `registry-server` writes with it. The formats are in
//! `docs/spec/registry-v1.md`.
//!
//! ```text
//! note        text + signature lines          key         names, types, Ed25519
//! checkpoint  origin, size, root              policy      which signatures make a checkpoint good: `verify_checkpoint`
//! proof       inclusion and consistency       tree        compact tree: root of a growing list
//! tile        paths and widths                source      `TileSource`, `TileStore`, memory twin
//! reader      authenticated reading of tiles  bundle      C2SP tlog-proof with the leaf in it
//! writer      appends leaves, yields the files to write, proves
//! ```

mod authenticated;
mod bundle;
mod checkpoint;
mod error;
mod key;
mod note;
mod policy;
mod proof;
mod reader;
mod source;
mod tile;
mod tree;
mod writer;

pub use bundle::{MAXIMUM_BUNDLE_BYTES, ProofBundle, ProvedLeaf};
pub use checkpoint::{Checkpoint, MAXIMUM_TREE_SIZE};
pub use error::LogError;
pub use key::{CosignerKey, SignatureType, SignerKey, VerifierKey};
pub use note::{MAXIMUM_NOTE_BYTES, MAXIMUM_NOTE_SIGNATURES, Note, NoteSignature};
pub use policy::{CLOCK_SKEW, LogPolicy, verify_checkpoint};
pub use proof::{
    MAXIMUM_PROOF_HASHES, leaf_hash, verify_consistency, verify_inclusion, verify_inclusion_of_hash,
};
pub use reader::{consistency_from_tiles, entries_from_tiles, inclusion_from_tiles, leaf_hashes_from_tiles};
pub use source::{MemoryTiles, SourceError, TileSource, TileStore};
pub use tile::{MAXIMUM_ENTRIES_BYTES, MAXIMUM_HASHES_BYTES, TILE_WIDTH, Tile, TileKind};
pub use tree::CompactTree;
pub use writer::{LogWriter, TileFile};

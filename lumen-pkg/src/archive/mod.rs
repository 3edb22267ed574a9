//! Archives of packages: exactly one valid encoding of a tree of files, its Merkle tree, and its transport.
//!
//! ```text
//! path        the one path rule            collision   which paths cannot live beside each other
//! header      512 bytes of ustar           tar         files -> canonical tar, and back, checked by encoding again
//! tree        RFC 6962 tree over the files transport   one zstd frame, bounded while streaming
//! receive     both, for every receiver     listing     what the store keeps beside an unpacked archive
//! selection   which files are packed            ignore      patterns of `.gitignore`, `include`, `exclude`
//! secrets     files that look like secrets      tools       native Rust tools that a package ships
//! ```
//!
//! Pure: bytes in, values out. What is written to a disk is `shell::PackageStore`'s. The format is specified in
//! `docs/spec/archive-v1.md`.

mod collision;
mod header;
mod ignore;
pub(crate) mod listing;
mod path;
mod receive;
pub(crate) mod secrets;
pub(crate) mod selection;
mod tar;
mod tools;
mod transport;
mod tree;

pub use header::HeaderFault;
pub use path::{ArchivePath, MAXIMUM_PATH_BYTES, MAXIMUM_PATH_DEPTH, PathFault};
pub use receive::{ReceiveError, receive};
pub use tar::{Archive, ArchiveError, FileEntry, MAXIMUM_ARCHIVE_BYTES, MAXIMUM_FILES, pack, read};
pub use tools::{NativeTool, ToolFault, native_tools};
pub use transport::{MAXIMUM_TRANSPORT_BYTES, TransportError, compress, decompress};
pub use tree::{FileMeta, FileProof, FileTree, ProofFault, verify_file};

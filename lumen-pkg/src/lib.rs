//! Package manifests, workspaces and the lock file of Lumen.
//!
//! The crate answers one question: *which packages are built here, and how do they depend on each other?* It knows
//! nothing of documents, modules or compilation; it fetches nothing and runs nothing.
//!
//! ```text
//! load(source, start)
//!   discover   from `start` upwards to the nearest `lumen.toml`, then to the workspace that has it as a member
//!   expand     `[workspace] members` globs -> member folders
//!   manifest   text of a `lumen.toml` -> typed sections + findings, each file parsed once
//!   members    inheritance from the workspace, path dependencies (transitively)
//!   graph      names -> packages, cycles, topological order
//! lock         Workspace -> text of `lumen.lock`, and back
//! template     projects to start from: templates, their variables, their files; the `lumen.toml` of `lumen new`
//! archive      files <-> canonical tar, the path rule, the Merkle tree over files, transport
//! log          transparency log: notes, checkpoints, proofs, tiles, the writer
//! map          verifiable map of package names: tiles, lookups, proofs
//! shell        the only module that touches files: `Disk`, and reading and writing the lock
//! ```
//!
//! Everything but [`shell`] is pure: it sees files through [`ManifestSource`], whose in-memory twin is [`MemoryTree`].
//! A manifest that is wrong is data, not an `Err`: [`load`] returns everything wrong, in every manifest, as a list of
//! [`Problem`]s, none of them caused by another. Paths are handled lexically (`a/../b` is `b`), so that one workspace
//! gives one answer wherever it lies.
//!
//! Callers: `lumen-build` (package graph, inputs for its stat cache, lock) and `lumen-cli` (problems, scaffolding).
//! The formats are specified in `docs/spec/manifest-v1.md` and `docs/spec/archive-v1.md`.

pub mod archive;
pub mod client;
pub mod config;
mod digest;
mod discover;
pub mod edit;
mod expand;
mod files;
mod finding;
mod git;
mod glob;
mod grant;
mod graph;
mod join;
mod load;
mod lock;
pub mod log;
mod manifest;
pub mod map;
mod members;
mod memory;
mod moment;
mod name;
mod outside;
mod path;
mod position;
mod problem;
pub mod protocol;
mod published;
mod reader;
mod requirement;
pub mod shell;
pub mod solve;
mod source;
mod suggest;
pub mod sync;
mod template;
mod text_form;
mod tree;
pub mod tuf;

pub use digest::Digest;
pub use git::{CommitId, GitReference, GitUrl};
pub use grant::{Consent, Constraint, Grant, GrantError, new_grants};
pub use graph::{Dependency, Metadata, PackageIndex, PackageNode, PackageSource, Workspace};
pub use join::{Membership, membership};
pub use load::{Inputs, Loaded, load};
pub use lock::{
    LOCK_FILE, LOCK_VERSION, Lock, LockState, LockedBundle, LockedCheckpoint, LockedDependency,
    LockedPackage, LockedRegistry, LockedRepository, LockedSource, MAXIMUM_PROOFS_BYTES, PROOFS_FILE, Proofs,
    ProofsError,
};
pub use memory::MemoryTree;
pub use moment::utc;
pub use name::{NameError, PackageName};
pub use outside::{Outside, Patched, Place, Want};
pub use path::relative as relative_path;
pub use position::Region;
pub use problem::{Label, Location, Problem, Severity};
pub use published::{Disagreement, PublishFault, PublishedManifest, published_manifest};
pub use requirement::Requirement;
pub use semver::Version;
pub use source::{EntryKind, FolderEntry, ManifestSource, ReadError};
pub use template::{
    BUNDLED_TEMPLATES, BundledTemplate, ProjectFile, TEMPLATE_FILE, Template, TemplateError, Variable,
    VariableKind, package_manifest, suggested_name,
};
pub use tree::{TreeLine, TreeOptions, tree};

/// The file name of a manifest, in the root folder of a package or workspace.
pub const MANIFEST_FILE: &str = "lumen.toml";

/// The largest manifest that is read, in bytes (1 MiB). A larger one is refused with a problem.
pub const MAXIMUM_MANIFEST_BYTES: u64 = 1024 * 1024;

/// The largest lock that is read, in bytes (16 MiB): enough for 100,000 packages.
pub const MAXIMUM_LOCK_BYTES: u64 = 16 * 1024 * 1024;

//! Why a module was dealt with, and how: what the build log records and `lumen why` explains.

use lumen_compiler::interface::Digest;
use lumen_vm::lir::ModuleId;

/// What made the build look at a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The workspace has no state of an earlier build.
    FirstBuild,
    /// Its document was not there at the last build.
    NewModule,
    /// Its package has another name, version or folder than at the last build.
    PackageChanged,
    /// Its code is different.
    CodeChanged {
        /// Code hash of the last build.
        old: Digest,
        /// Code hash now.
        new: Digest,
    },
    /// Its document is different, its code is the same.
    ProseChanged,
    /// An item that it uses is different.
    ItemChanged {
        /// Where the item is declared.
        module: ModuleId,
        /// Its name; empty for the set of all names.
        name: String,
        /// Its hash when this module was compiled; nothing if there was no such item.
        old: Option<Digest>,
        /// Its hash now; nothing if there is none.
        new: Option<Digest>,
    },
    /// Its imports lead to other modules than before.
    ImportsMoved,
    /// It had errors at the last build, or imports something that had.
    NoResult,
    /// It was compiled by another version of Lumen, or for another profile.
    NewCompiler,
    /// Its result is no longer in the cache.
    ResultGone,
}

/// What was done with a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Compiled without an error.
    Compiled,
    /// The result of an earlier compilation was found in the cache.
    Cached,
    /// Its result is still the right one.
    Kept,
    /// It has errors.
    Failed,
    /// It imports this module, which has errors or was skipped itself.
    Skipped(ModuleId),
    /// Its document is gone.
    Removed,
}

//! The build tool of Lumen: from a folder to compiled modules, doing again only what a change touches.
//!
//! ```text
//! workspace   start folder -> packages, by the state file or by lumen-pkg; surroundings: where those from elsewhere come from
//! scan        packages -> documents and their states, one walk
//! plan        documents and state file -> what has to be done for each module
//! scheduler   what is done next; session, load, unit, drive do it on threads
//! store       results by content and by what they depended on; shell::packs keeps them in a folder
//! forecast    what a build would do;  graph: which module imports which, as the documents are now
//! testing     which tests are still right; snapshots; shards
//! finish      outcome, new state file, log;  image: programs for the machine;  why: the log explained
//! watch       what matters to a build, and whether it has changed; shell::watch waits for that
//! ```
//!
//! Files, clock and threads are touched in `shell` only. Everything else is pure over [`Files`], [`Store`] and the
//! compiler, each of which has a twin for tests. Formats are specified in `docs/spec/build-cache-v1.md`.
#![forbid(unsafe_code)]

mod action;
mod again;
mod build;
mod bundled;
mod bytes;
mod codec;
mod cycle;
mod digest;
mod drive;
mod environment;
mod files;
mod finish;
mod fix;
mod forecast;
mod graph;
mod image;
mod listing;
mod load;
mod locate;
mod log;
mod lumen;
mod memory;
mod options;
mod outcome;
mod overlay;
mod package;
mod pins;
mod plan;
mod printable;
mod program;
mod progress;
mod reason;
mod replay;
mod result;
mod scan;
mod scheduler;
mod scope;
mod session;
mod settings;
mod shell;
mod snippet;
mod standalone;
mod state;
mod store;
mod surroundings;
mod tell;
mod testing;
#[cfg(test)]
mod tests;
mod timeline;
mod toolchain;
mod topology;
mod trace;
mod unit;
mod watch;
mod why;
mod workspace;

pub use build::{Build, Keep, PackageGraph, UNCHECKED};
pub use bundled::{BUNDLED_PACKAGE, bundled_module, bundled_modules, bundled_text};
pub use bytes::readable_bytes;
pub use digest::{hex, short_hex};
pub use files::{Files, Found, MAXIMUM_DOCUMENT_BYTES, Stat, document_stem};
pub use fix::{AppliedFix, Fixed, FixedDocument, Fixing, fix};
pub use forecast::{Forecast, ModuleForecast, Prediction};
pub use graph::{GraphModule, GraphPackage, ModuleGraph};
pub use image::{Image, ImageModule, LoadError, Program, ProgramModule};
pub use log::{
    BuildLog, CriticalStep, Lookup, Miss, ModuleDifference, ModuleEvent, Phase, PhaseKind, Work, difference,
};
pub use memory::MemoryFiles;
pub use options::{BuildError, Options, Scope};
pub use outcome::{Note, Outcome, Report, Skipped, Unreadable};
pub use program::{ProgramError, TestCase};
pub use progress::{Progress, Silent, Step};
pub use reason::{Decision, PackagePart, Reason, ReasonField, Setting};
pub use shell::{
    Awoken, CacheStatistics, Collected, CollectionRequest, Disk, PackFault, PackInfo, PackStore,
    VerifiedPack, Waker, Watch, WatchOptions, replace_document,
};
pub use snippet::{Snippet, SnippetResult};
pub use store::{BlobKind, MemoryStore, Store};
pub use surroundings::Surroundings;
pub use testing::{
    ACCEPTED, Closures, Division, KnownTest, PENDING, Ran, Shard, Snapshot, TestFiles, TestKey, TestLimits,
    TestMemory, TestPlace, TestScope, TestShape, TestVerdict, check_snapshot_name, divide,
};
pub use watch::changes::Changes;
pub use why::{Explanation, Step as ExplanationStep};

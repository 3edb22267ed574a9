//! What `lumen test` decides by: which tests are still right, which belong to a shard, what a snapshot says.
//!
//! ```text
//! symbols    what a cell or a schema is by itself, with names instead of positions
//! closure    what a cell is together with everything that it reaches
//! place      where the files of a test lie;  files: what is in them
//! key        what decides whether a test passes: closure, files, limits, machine
//! memory     what the last run left in `.lumen/tests`
//! shard      which tests belong to a part of a run;  snapshot: the file of one
//! recall     builds and their tests: whether anything has to be done at all
//! ```
//!
//! Pure over `Files`, `Store` and the modules of a program. Formats are specified in `docs/spec/tests-v1.md`.

mod closure;
mod files;
mod key;
mod memory;
mod place;
mod recall;
mod shard;
mod snapshot;
mod symbols;

pub use closure::Closures;
pub use files::TestFiles;
pub use key::{TestKey, TestLimits, TestShape};
pub use memory::{KnownTest, TestMemory, TestVerdict};
pub use place::{ACCEPTED, PENDING, TestPlace};
pub(crate) use recall::Enough;
pub use recall::{Ran, TestScope};
pub use shard::{Division, Shard, divide};
pub use snapshot::{Snapshot, check_snapshot_name};

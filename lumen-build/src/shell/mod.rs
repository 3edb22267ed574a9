//! The only place of this crate with files, clock and threads. Everything else takes values and small traits.

mod access;
pub(crate) mod clock;
mod collect;
pub(crate) mod compact;
mod disk;
mod folder;
mod listing;
pub(crate) mod packs;
pub(crate) mod pool;
mod replace;
mod sealed;
mod verify;
mod watch;
mod workspaces;

pub use collect::{Collected, CollectionRequest};
pub use disk::Disk;
pub use listing::{CacheStatistics, PackInfo};
pub use packs::PackStore;
pub use replace::replace_document;
pub use verify::{PackFault, VerifiedPack};
pub use watch::{Awoken, Waker, Watch, WatchOptions};

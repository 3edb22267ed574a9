//! The only place of this crate with files, clock and threads. Everything else takes values and small traits.

pub(crate) mod clock;
pub(crate) mod compact;
mod disk;
mod listing;
pub(crate) mod packs;
pub(crate) mod pool;
mod replace;

pub use disk::Disk;
pub use listing::PackInfo;
pub use packs::PackStore;
pub use replace::replace_document;

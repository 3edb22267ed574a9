//! The only part of the crate that touches the world outside: one file a concern. Everything else takes values and traits.
//!
//! ```text
//! disk   manifests and folders as `ManifestSource`, reading and writing the lock
//! ```

mod disk;

pub use disk::{Disk, read_lock, write_lock};

//! The only part of the crate that touches the world outside: one file a concern. Everything else takes values and traits.
//!
//! ```text
//! disk   manifests and folders as `ManifestSource`, reading and writing the lock
//! git    packages in git repositories, by the git command
//! home   where things of one user are, and their configuration
//! credentials  tokens, the publishing key
//! http   a registry over HTTP as `Transport`
//! trust  what is remembered of a registry as `TrustStore`
//! evidence  files that show what did not verify
//! connector  a session with one registry, from pinned root and trust state; the clock
//! registries  all registries of a workspace as `sync::Packages`
//! store  unpacked packages below `~/.lumen`
//! gather files of a package's folder, to be packed
//! ```

mod changes;
mod connector;
mod credentials;
mod disk;
mod evidence;
mod gather;
pub mod git;
mod home;
mod http;
mod registries;
mod replace;
mod store;
mod trust;
mod usage;

pub use connector::{Connector, now};
pub use credentials::{Credentials, PublishingKey, configure_registry};
pub use disk::{Disk, read_lock, read_proofs, replace_file, write_lock, write_proofs};
pub use evidence::EvidenceFolder;
pub use gather::{GatherFault, Secrets, Uncommitted, gather};
pub use home::{Home, ReadConfig};
pub use http::{Http, UrlError};
pub use registries::{LockReport, RegistryPackages};
pub use store::{PackageStore, Proved, StoreError, StoreFault};
pub use trust::TrustFolder;
pub use usage::StoreUsage;

//! From the packages of a disk to the whole package graph: what they need from registries and git repositories is chosen, fetched and
//! written into the lock.
//!
//! ```text
//! packages   the traits through which registries and repositories are seen
//! ```

mod packages;

pub use packages::{FetchError, Packages, Published, Repositories};

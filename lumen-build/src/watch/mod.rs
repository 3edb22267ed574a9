//! What `lumen watch` decides: what matters to a build, what of it has changed, and when to look.
//!
//! Pure. Events of the file system only say *where to look*; what is found there decides. That makes lost, doubled and reordered
//! events harmless, and polling the same thing with the hint "everywhere". `shell::watch` has the clock, the files and the events.

pub(crate) mod changes;
mod file_state;
pub(crate) mod hints;
pub(crate) mod interest;
pub(crate) mod known;
#[cfg(any(target_os = "linux", test))]
pub(crate) mod mounts;
pub(crate) mod settle;
#[cfg(test)]
mod tests;
pub(crate) mod window;

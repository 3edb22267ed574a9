//! Publishing: everything that is checked before a version may go into the log. Each step may be repeated, and then gives the same answer.

mod archive;
mod upload;

pub use archive::check_statement;
pub use upload::{LIFETIME, STAGED, begin, commit, receive, staged};

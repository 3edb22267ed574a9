//! What the tests of the checker share.

pub(crate) mod modules;
pub(crate) mod running;

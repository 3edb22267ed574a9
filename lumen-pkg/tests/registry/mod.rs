//! What the tests of the registry client share.

pub(crate) mod attack;
pub(crate) mod maker;

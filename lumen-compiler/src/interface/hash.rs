//! Hashes of interface items: SHA-256 over their stored form, under a label of its own for each purpose.
//!
//! The stored form is canonical, so two items have one hash exactly if they are equal.

use super::{Digest, InterfaceItem, InterfaceKind, codec};
use sha2::{Digest as _, Sha256};

/// Labels say what is hashed, and in which version.
const ITEM: &[u8] = b"lumen interface item 3\0";
const NAMES: &[u8] = b"lumen interface names 2\0";

/// Hash of an item: name, visibility, kind, and why it is deprecated if it is.
pub(super) fn item(name: &str, public: bool, kind: &InterfaceKind, deprecated: Option<&str>) -> Digest {
    digest(ITEM, &codec::item_bytes(name, public, kind, deprecated))
}

/// Hash of the names and visibilities of sorted items.
pub(super) fn names(items: &[InterfaceItem]) -> Digest {
    digest(NAMES, &codec::names_bytes(items))
}

fn digest(label: &[u8], bytes: &[u8]) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update(label);
    hasher.update(bytes);
    hasher.finalize().into()
}

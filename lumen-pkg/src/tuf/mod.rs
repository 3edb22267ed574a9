//! The one TUF client (The Update Framework, specification 1.0): what a registry says *now*, or a refusal.
//!
//! ```text
//! TufClient::refresh(now)
//!   open       the store: the chain of roots from the pinned one, the last timestamp, snapshot, targets (floors against rollback)
//!   line       sigstore-tuf's `Updater` over `Fetch`: limits, what is already stored, and the bytes last read, kept as evidence
//!   refusal    what a failed check says: role, rule, expected, found, bytes
//!   inline     small targets out of the metadata itself, checked against length and SHA-256
//!   config     the targets' contents: registry.json, checkpoint, map-root
//!   staged     everything verified, written to `MetadataStore` in the order in which it was verified
//! ```
//!
//! Pure apart from its traits: [`Fetch`] brings bytes, [`MetadataStore`] keeps them, `now` is given. `sigstore-tuf` does the
//! verification (signatures, thresholds, versions, expiry, pins, delegations); nothing here repeats a rule of its. The formats
//! are in `docs/spec/registry-v1.md`, the callers are the registry client and the conformance adapter
//! (`examples/tuf_client.rs`). Log and map are *not* verified here: the checkpoint is handed on as the bytes that TUF vouches for.

mod client;
mod clock;
mod config;
mod inline;
mod line;
mod quorum;
mod refusal;
mod source;
mod staged;
mod store;
mod verified;

pub use client::{State, TufClient};
pub use config::{
    CHECKPOINT_TARGET, MAP_ROOT_TARGET, MapRoot, REGISTRY_TARGET, RegistryConfig, STATE_ROLE, WitnessPolicy,
};
pub use refusal::{Refusal, Rule, TufError};
pub use sigstore_tuf::TargetFile;
pub use source::{Fetch, FetchError, Limits, MemoryRepository};
pub use store::{MemoryStore, MetadataStore, StoreError};
pub use verified::Verified;

use serde_json::Value;

/// The bytes that TUF signatures cover: canonical JSON as TUF defines it (OLPC), which is *not* RFC 8785: control characters
/// in strings stay as they are. `None` if `value` holds a number that is no integer.
pub fn signed_bytes(value: &Value) -> Option<Vec<u8>> {
    sigstore_tuf::canonical_json::to_canonical_bytes(value).ok()
}

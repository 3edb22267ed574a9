//! What client and registry say to each other, as data: leaves of the log, index records, signed statements, requests and
//! answers of the API, and the paths of static files. The formats are in `docs/spec/registry-v1.md`.
//!
//! Pure: no transport, no clock. Everything stored, hashed or signed is canonical JSON (RFC 8785), see [`canonical`];
//! what is read is parsed and rendered again, and refused if that gives other bytes.

mod api;
mod canonical;
mod key;
mod leaf;
mod origin;
pub mod paths;
mod problem;
mod record;
mod statement;
#[cfg(test)]
mod tests;

pub use api::{
    Begin, BeginAnswer, Commit, Hit, Identity, KeyRequest, LeafAnswer, OwnerRequest, Owners, PublishAnswer,
    SearchAnswer, TokenAnswer, TokenEntry, TokenList, TokenRequest, TokenScope, UploadState,
};
pub use canonical::{CanonicalError, MAXIMUM_NUMBER, from_canonical, to_canonical};
pub use key::{KeyError, PublicKey, Signature, key_proof_bytes};
pub use leaf::{Change, Event, Leaf, MAXIMUM_LEAF_BYTES};
pub use origin::{MAXIMUM_ORIGIN_BYTES, is_origin};
pub use problem::ApiProblem;
pub use record::{MapValue, PublishedDependency, PublishedVersion, Record, RecordError};
pub use statement::PublishStatement;

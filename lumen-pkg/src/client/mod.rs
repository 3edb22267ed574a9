//! A registry as a verified whole, and an account's calls. What a client verifies, and in which order, is in `docs/spec/registry-v1.md`.
//!
//! ```text
//! transport   files in batches and calls of the API, behind a trait; counted
//! state       what is remembered of a registry, behind a trait
//! refresh     TUF, then checkpoint, consistency, map root: what is true now
//! session     a registry whose answers are all verified
//! records     index records, proved by the map
//! releases    versions, proved by the log and signed by their publishers
//! obtain      archives, verified as a whole before anybody keeps them
//! proof       bundles that stand alone
//! audit       the whole log, replayed
//! tiles       where tiles come from, and what it means if they do not verify
//! account     who am I, keys, owners, yank, search: a function builds the request and reads the answer
//! publish     begin, upload, commit
//! violation   what a registry did not prove
//! ```
//!
//! Pure apart from its traits: HTTP is `shell::http`, the state on disk `shell::trust`, time is given.

mod account;
mod anchor;
mod answer;
mod audit;
mod error;
mod obtain;

mod printable;
mod proof;
mod publish;
mod records;
mod refresh;
mod releases;
mod secret;
mod session;
mod state;
mod tiles;
mod transport;
mod violation;

pub use account::{Account, owners, search};
pub use audit::Audited;
pub use error::ClientError;
pub use obtain::DownloadProgress;

pub use printable::printable;
pub use proof::{ProvedRelease, verify_bundle, verify_kept_checkpoint};
pub use publish::{MAXIMUM_UPLOAD_BYTES, Publication};
pub use releases::VerifiedRelease;
pub use secret::{Token, TokenError};
pub use session::{Freshness, RegistrySession, VerifiedRecord, is_yanked};
pub use state::{MemoryTrust, TRUST_STATE_FORMAT, TrustState, TrustStore};
pub use transport::{
    Answer, Call, Get, MemoryTransport, Metered, Method, NoTransport, Traffic, Transport, TransportError,
};
pub use violation::{Evidence, Rule, Violation};

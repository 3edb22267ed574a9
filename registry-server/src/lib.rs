//! A registry of packages: what is published goes into a transparency log and a verifiable map, signed by TUF, and is served as static files.
//!
//! ```text
//! command      what the binary does: `serve`, `user`, ...
//! config       the configuration file and the flags over it
//! server       puts everything together, recovers, listens, shuts down
//! http         routes, limits, problems; no rule of the registry
//! account      users, tokens, owners, quotas, names that wait for a person
//! policy       the rules of names, look-alikes and quotas; pure
//! authority    whose token, what it may do
//! publish      begin, upload, commit: everything that is checked before a version may go into the log
//! search       the index of packages for people, kept up with the log
//! telemetry    numbers for those who watch
//! maintenance  what is thrown away: abandoned uploads, files and tiles that nothing names any more
//! sequencer    the one writer of log, records, map and TUF metadata
//! metadata     the TUF repository: ceremony, rotation, signing
//! publisher    what the sequencer has written made known through TUF metadata
//! database     SQL, the only module that knows it; migrations are in `migrations/`
//! storage      the static files, over `object_store`
//! tiles        the files as lumen-pkg's tile store
//! backup       backups and restoring them
//! clock, keys  time and secrets, behind traits
//! ```
//!
//! It depends on `lumen-pkg` for every format and every rule that the client checks too, and on nothing else of Lumen.
//! How a request travels, and what is durable when, is in `docs/registry.md` and `docs/spec/registry-v1.md`.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the whole crate is a shell around lumen-pkg; clock and storage are behind traits all the same"
)]

pub mod account;
pub mod authority;
pub mod backup;
mod check;
pub mod clock;
pub mod command;
pub mod config;
pub mod database;
pub mod development;
pub mod http;
pub mod keys;
pub mod maintenance;
pub mod metadata;
pub mod policy;
pub mod publish;
pub mod publisher;
pub mod search;
pub mod sequencer;
pub mod server;
pub mod storage;
pub mod telemetry;
pub mod tiles;

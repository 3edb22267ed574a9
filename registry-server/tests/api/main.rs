//! The registry through its HTTP API, in process, on a free port of the loopback: one file a rule.
#![expect(
    clippy::disallowed_methods,
    reason = "tests look at the folder of the registry and start its binary"
)]

mod archives;
mod authorisation;
mod backups;
mod ceremony;
mod commands;
mod concurrency;
mod crashes;
mod folder;
mod full_disk;
mod interruptions;
mod keys;
mod maintenance;
mod names;
mod openapi;
mod owners;
mod problems;
mod process;
mod publisher;
mod publishing;
mod quotas;
mod reader;
mod recovery;
mod registry;
mod repetition;
mod rotation;
mod search;
mod serving;
mod signatures;
mod tokens;
mod watching;
mod yanking;

//! What must never make a build wrong: any history of edits, any file operation that fails, being killed, and company.
//!
//! The oracle is the same everywhere: a clean build of the same sources.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "the tests make files and read their own settings"
)]

mod histories;
mod history;
mod oracle;

/// How many cases to try: what the environment says, else so many.
fn count(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().expect("a number"))
}

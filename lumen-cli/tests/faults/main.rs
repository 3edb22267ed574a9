//! What must never make a build wrong: any history of edits, any file operation that fails, being killed, and company.
//!
//! The oracle is the same everywhere: a clean build of the same sources.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "the tests make files, start processes, and say what they skip"
)]

mod builds;
mod company;
mod histories;
mod history;
mod injection;
mod kills;
mod oracle;
mod place;
mod scarcity;
mod schedules;
mod shim;
#[path = "../support/mod.rs"]
mod support;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Plays the cases of these seeds on several threads, until one fails.
fn first_failure(
    seeds: std::ops::Range<u64>,
    threads: usize,
    play: impl Fn(u64) -> Option<String> + Sync,
) -> Option<(u64, String)> {
    let next = AtomicU64::new(seeds.start);
    let failed = OnceLock::new();
    let work = || {
        while failed.get().is_none() {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return;
            }
            if let Some(failure) = play(seed) {
                // One is enough.
                let _ = failed.set((seed, failure));
            }
        }
    };
    std::thread::scope(|scope| (0..threads).for_each(|_| _ = scope.spawn(work)));
    failed.into_inner()
}

/// How many cases to try: what the environment says, else so many.
fn count(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().expect("a number"))
}

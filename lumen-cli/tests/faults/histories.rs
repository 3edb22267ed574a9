//! After any history, an incremental build says and yields what a clean one does.
//!
//! `LUMEN_HISTORIES` says how many random histories are played (300), `LUMEN_HISTORY_SEED` the seed of the first one. Those that once went
//! wrong are kept in `cases`.

use crate::history::{Random, Script, World, kept, shrink};
use crate::oracle::compare;
use crate::{count, first_failure};
use std::fmt::Write as _;

/// More than there are cores: histories wait for the clock of the file system.
const THREADS: usize = 6;

/// Plays a history in a folder of its own; what went wrong.
fn play(script: &Script) -> Option<String> {
    let place = tempfile::tempdir().expect("a temporary folder");
    let mut world = World::new(place.path());
    for (number, step) in script.steps.iter().enumerate() {
        let Some(ask) = step.apply(&mut world) else {
            continue;
        };
        if let Err(difference) = compare(&world, &ask, &place.path().join(format!("clean{number}"))) {
            return Some(format!("at step {}, {ask:?}:\n{difference}", number + 1));
        }
    }
    None
}

/// Cases that went wrong once.
#[test]
fn kept_histories_build_as_clean_ones() {
    let mut failures = String::new();
    for (path, script) in kept() {
        if let Some(failure) = play(&script) {
            let _ = writeln!(failures, "{}: {failure}", path.display());
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn random_histories_build_as_clean_ones() {
    let histories = count("LUMEN_HISTORIES", 300);
    let first = count("LUMEN_HISTORY_SEED", 1);
    let script = |seed| Script::random(Random::new(seed).next());
    let failed = first_failure(first..first + histories, THREADS, |seed| play(&script(seed)));
    let failure = failed.map(|(seed, failure)| {
        let (script, failure) = shrink(script(seed), failure, play);
        format!("the history of seed {seed}, made shorter:\n{script}\n{failure}")
    });
    assert!(failure.is_none(), "{}", failure.unwrap_or_default());
}

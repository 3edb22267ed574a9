//! Faults by chance, over histories of edits: several in one build, a clock that stands behind, coarse times of files, and somebody else
//! who takes files away or writes them while they are read.
//!
//! `LUMEN_FAULT_SCHEDULES` says how many histories are played (100), `LUMEN_HISTORY_SEED` the seed of the first one. The histories of
//! `cases` are played too, without a fault: a process says what the oracle does.

use crate::history::{Ask, Random, Script, World, kept};
use crate::oracle::{Built, clean, compare};
use crate::shim::{Ended, Plan, Shim};
use crate::{count, first_failure};
use std::fmt::Write as _;

/// Histories that are played at once.
const THREADS: usize = 4;

fn drawn(random: &mut Random) -> Plan {
    Plan::Drawn {
        seed: random.next(),
        rate: [4, 15, 60, 250][random.below(4)],
        clock: [0, 0, -2, -3600][random.below(4)],
        coarse: [0, 0, 1, 2][random.below(4)],
    }
}

/// What is wrong with how a build ended while things went wrong, given what a clean one gives.
fn judge(world: &World, ask: &Ask, ended: &Ended, clean: &Built) -> Option<String> {
    let wrong = |what: &str| Some(format!("{what}: {ended}"));
    match ended.status {
        _ if ended.is_broken().is_some() => ended.is_broken(),
        // Whoever writes while it builds may get either.
        _ if ended.was_meddled_with() => None,
        None => None,
        Some(0) if !clean.succeeded => wrong("it succeeded, and should not"),
        Some(0) if ask.part.is_none() && ended.image() != clean.image => wrong("another program"),
        Some(0) if ended.findings() != clean.findings => wrong("other findings"),
        Some(0) => None,
        Some(_) if !clean.succeeded || ended.is_excused(&world.root()) => None,
        Some(_) => wrong("it failed for no good reason"),
    }
}

/// Plays a history, each build of which has what `draw` says done to it; what went wrong.
fn play(shim: &Shim, script: &Script, mut draw: impl FnMut() -> Plan) -> Option<String> {
    let place = tempfile::tempdir().expect("a temporary folder");
    let mut world = World::new(place.path());
    for (number, step) in script.steps.iter().enumerate() {
        let Some(ask) = step.apply(&mut world) else {
            continue;
        };
        let expected = clean(&world, &ask, &place.path().join(format!("before{number}")));
        let plan = draw();
        let ended = shim.run(
            &world.root(),
            &world.cache(),
            place.path(),
            &ask.arguments(),
            &plan,
        );
        let after = place.path().join(format!("after{number}"));
        let failure = judge(&world, &ask, &ended, &expected).or_else(|| compare(&world, &ask, &after).err());
        if let Some(failure) = failure {
            let faults: Vec<_> = ended.faults().collect();
            return Some(format!(
                "{script}at step {}, {ask:?}, {plan:?}:\n{failure}\n{faults:#?}",
                number + 1
            ));
        }
    }
    None
}

#[test]
fn faults_by_chance_spoil_nothing() {
    let Some(shim) = Shim::compile() else { return };
    let first = count("LUMEN_HISTORY_SEED", 1);
    let seeds = first..first + count("LUMEN_FAULT_SCHEDULES", 100);
    let failed = first_failure(seeds, THREADS, |seed| {
        let mut random = Random::new(seed);
        let script = Script::random(random.next());
        play(&shim, &script, || drawn(&mut random))
    });
    let failure = failed.map(|(seed, failure)| format!("the schedule of seed {seed}:\n{failure}"));
    assert!(failure.is_none(), "{}", failure.unwrap_or_default());
}

#[test]
fn kept_histories_without_a_fault_are_built_as_in_this_process() {
    let Some(shim) = Shim::compile() else { return };
    let mut failures = String::new();
    for (path, script) in kept() {
        if let Some(failure) = play(&shim, &script, || Plan::Nothing) {
            let _ = writeln!(failures, "{}: {failure}", path.display());
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

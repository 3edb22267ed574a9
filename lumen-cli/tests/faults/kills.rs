//! `kill -9` of a build: at each of its file operations, and at any moment. The next build gives what a clean one does.
//!
//! `LUMEN_BUILD_KILLS` says how often a build is killed at any moment (50).

use crate::builds::command;
use crate::count;
use crate::history::{Ask, Random, World};
use crate::injection::{Expected, recovers};
use crate::oracle::compare;
use crate::place::{BASE, Place, built};
use crate::shim::{Ended, Plan, Shim};
use std::fs;
use std::time::{Duration, Instant};

/// A workspace whose next build leaves so many small packs that they are merged.
fn crowded(shim: &Shim) -> Place {
    let place = built(shim);
    for number in 2..8 {
        place.write("p/src/deep/base.lm.md", &BASE.replace('1', &number.to_string()));
        place.build(shim, &Plan::Nothing);
    }
    place.write("p/src/deep/base.lm.md", &BASE.replace('1', "9"));
    place
}

/// Kills what is run at each of its operations; the next build gives what it should.
fn kill_everywhere(
    start: &Place,
    expected: &Expected,
    operations: usize,
    run: impl Fn(&Place, &Plan) -> Ended,
) {
    for number in 1..=operations {
        let place = start.copy();
        let ended = run(&place, &Plan::At(number, "kill"));
        assert_eq!(ended.status, None, "operation {number}: {ended}");
        assert_eq!(
            recovers(&place, expected),
            None,
            "operation {number}: {:?}",
            ended.operations.last()
        );
    }
}

#[test]
fn a_build_may_be_killed_at_every_operation() {
    let Some(shim) = Shim::compile() else { return };
    let start = crowded(&shim);
    let expected = Expected::of(&shim, &start);
    let packs = |place: &Place| fs::read_dir(place.cache().join("v1")).map_or(0, Iterator::count);
    let merged = start.copy();
    merged.build(&shim, &Plan::Nothing);
    assert!(packs(&merged) < packs(&start), "the build merges packs");
    kill_everywhere(&start, &expected, expected.operations, |place, plan| {
        place.build(&shim, plan)
    });
}

#[test]
fn a_collection_may_be_killed_at_every_operation() {
    let Some(shim) = Shim::compile() else { return };
    let start = crowded(&shim);
    start.build(&shim, &Plan::Nothing);
    let expected = Expected::of(&shim, &start);
    let collect = |place: &Place, plan: &Plan| {
        let arguments = ["cache", "gc", "--max-size", "1 KB"].map(str::to_owned);
        shim.run(&place.root(), &place.cache(), &place.cache(), &arguments, plan)
    };
    let whole = collect(&start.copy(), &Plan::Nothing);
    assert_eq!(whole.status, Some(0), "{whole}");
    assert!(whole.operations.len() > 20, "it collects: {whole}");
    kill_everywhere(&start, &expected, whole.operations.len(), collect);
}

#[test]
fn a_build_may_be_killed_at_any_moment() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let mut world = World::new(place.path());
    let mut random = Random::new(9);
    let ask = Ask::default();
    let begin = Instant::now();
    command(&world, &ask).status().expect("lumen starts");
    let whole = begin.elapsed().as_micros();
    for round in 0..count("LUMEN_BUILD_KILLS", 50) {
        world.edit_bodies(|| (random.below(4), random.below(10)));
        let mut build = command(&world, &ask).spawn().expect("lumen starts");
        let moment = random.below(usize::try_from(whole).expect("it was a short time").max(1));
        std::thread::sleep(Duration::from_micros(moment as u64));
        // It may have ended.
        let _ = build.kill();
        build.wait().expect("it ends");
        let difference = compare(&world, &ask, &place.path().join(format!("clean{round}")));
        assert_eq!(difference.err(), None, "round {round}, killed after {moment} µs");
    }
}

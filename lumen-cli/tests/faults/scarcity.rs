//! Too little of everything: no room, nothing that may be written, few open files, and a cache that is no folder or disappears. Where a
//! build can do without, it does; else it names what it cannot read.

use crate::history::Ask;
use crate::injection::{Expected, recovers};
use crate::oracle::build;
use crate::place::{BASE, Place, built};
use crate::shim::{Ended, Plan, Shim};
use crate::support::{LUMEN, program, text};
use std::fs;
use std::process::Stdio;

fn edited(shim: &Shim) -> Place {
    let place = built(shim);
    place.write("p/src/deep/base.lm.md", &BASE.replace('1', "2"));
    place
}

/// It succeeds, with at most one note about the cache and one about the workspace.
fn succeeds(ended: &Ended, expected: &Expected, what: &str) {
    assert_eq!(ended.status, Some(0), "{what}: {ended}");
    assert_eq!(ended.image(), expected.image, "{what}: {ended}");
    assert_eq!(ended.findings(), expected.findings, "{what}: {ended}");
    assert!(
        ended.output.matches("\"event\":\"note\"").count() <= 2,
        "{what}: {ended}"
    );
}

#[test]
fn a_full_disk_or_one_that_may_not_be_written_fails_no_build() {
    let Some(shim) = Shim::compile() else { return };
    for (state, start) in [("new", Place::new()), ("edited", edited(&shim))] {
        let expected = Expected::of(&shim, &start);
        for fault in ["ENOSPC", "EROFS"] {
            for part in ["", "cache", "work"] {
                // From the first operation on, and full in the middle.
                for first in [1, expected.operations / 2, expected.operations - 5] {
                    let place = start.copy();
                    let arguments = Ask::default().arguments();
                    let below = place.folder().join(part);
                    let plan = Plan::From(first, fault);
                    let ended = shim.run(&place.root(), &place.cache(), &below, &arguments, &plan);
                    let what = format!("{state}, {fault} below `{part}` from {first}");
                    succeeds(&ended, &expected, &what);
                    assert_eq!(recovers(&place, &expected), None, "{what}");
                }
            }
        }
    }
}

#[test]
fn few_open_files_are_enough_or_named_as_the_reason() {
    let Some(shim) = Shim::compile() else { return };
    let start = edited(&shim);
    let expected = Expected::of(&shim, &start);
    for files in 3..20 {
        let place = start.copy();
        let output = program("sh")
            .args(["-c", &format!("ulimit -n {files}; exec \"$0\" build --jobs 2")])
            .arg(LUMEN)
            .current_dir(place.root())
            .env("LUMEN_CACHE_DIR", place.cache())
            .stdin(Stdio::null())
            .output()
            .expect("the shell starts");
        let said = text(&output.stderr);
        let is_named = || said.contains("open files") || said.contains("cannot open shared object");
        assert!(
            output.status.success() || is_named(),
            "{files}: {} {said}",
            output.status
        );
        assert!(!said.contains("panicked"), "{files}: {said}");
        assert_eq!(recovers(&place, &expected), None, "{files}: {said}");
    }
}

#[test]
fn a_cache_may_be_a_file_or_disappear() {
    let Some(shim) = Shim::compile() else { return };
    let start = edited(&shim);
    let expected = Expected::of(&shim, &start);
    let place = start.copy();
    fs::remove_dir_all(place.cache()).expect("it is there");
    fs::write(place.cache(), "no folder").expect("it can be written");
    succeeds(&place.build(&shim, &Plan::Nothing), &expected, "a file");
    fs::remove_file(place.cache()).expect("it is there");
    assert_eq!(recovers(&place, &expected), None);
    for round in 0..10 {
        let place = start.copy();
        let cache = place.cache();
        std::thread::scope(|scope| {
            let building = scope.spawn(|| place.build(&shim, &Plan::Nothing));
            while !building.is_finished() {
                // It may be gone, or just be made.
                let _ = fs::remove_dir_all(&cache);
                std::thread::yield_now();
            }
            let ended = building.join().expect("it ends");
            assert_eq!(ended.status, Some(0), "round {round}: {ended}");
            assert_eq!(ended.image(), expected.image, "round {round}: {ended}");
        });
        assert_eq!(recovers(&place, &expected), None, "round {round}");
        assert!(build(&place.root(), &place.cache(), &Ask::default()).succeeded);
    }
}

//! Every single file operation of a small build fails once, in every way that it can: the build gives what it should, or names the
//! source that could not be read; and the next one gives what it should.
//!
//! With `LUMEN_FAULTS=all` the situations too of which otherwise a sample is tried.

use crate::history::{Ask, copy};
use crate::oracle::build;
use crate::place::{BASE, Place, USER, built};
use crate::shim::{Ended, Operation, Plan, Shim};

/// What can go wrong; the shim knows with which operations.
const FAULTS: [&str; 6] = ["EIO", "EACCES", "EMFILE", "EINTR", "ENOSPC", "short"];

/// Something to build, and how it came to be.
struct Situation {
    name: &'static str,
    /// Brings a workspace there.
    prepare: fn(&Shim) -> Place,
}

const SITUATIONS: [Situation; 4] = [
    Situation {
        name: "the first build",
        prepare: |_| Place::new(),
    },
    Situation {
        name: "a build with another body and other prose",
        prepare: |shim| {
            let place = built(shim);
            place.write("p/src/deep/base.lm.md", &BASE.replace('1', "2"));
            place.write("p/src/user.lm.md", &format!("{USER}\nMore.\n"));
            place
        },
    },
    Situation {
        name: "a build with a new module and a new manifest",
        prepare: |shim| {
            let place = built(shim);
            place.write("p/src/other.lm.md", BASE);
            place.write(
                "p/lumen.toml",
                "[package]\nname = \"@demo/p\"\nversion = \"0.2.0\"\n",
            );
            place
        },
    },
    Situation {
        name: "a build with nothing to do",
        prepare: built,
    },
];

/// What is wrong with how a build with a fault ended, given how it should have.
pub(crate) fn judge(place: &Place, ended: &Ended, expected: &Expected) -> Option<String> {
    if let Some(broken) = ended.is_broken() {
        return Some(broken);
    }
    if place.lock().is_some_and(|lock| !expected.locks.contains(&lock)) {
        return Some("the lock is neither the old nor the new one".to_owned());
    }
    match ended.status {
        Some(0) if ended.image() != expected.image => Some(format!("another program: {ended}")),
        Some(0) if ended.findings() != expected.findings => Some(format!("other findings: {ended}")),
        Some(0) | None => None,
        _ if ended.is_excused(&place.root()) => None,
        _ => Some(format!("it failed for no good reason: {ended}")),
    }
}

/// How a situation ends without faults.
pub(crate) struct Expected {
    pub(crate) image: String,
    pub(crate) findings: Vec<(String, String, String)>,
    /// The lock before and after.
    locks: Vec<String>,
    pub(crate) operations: usize,
}

impl Expected {
    pub(crate) fn of(shim: &Shim, start: &Place) -> Expected {
        let clean = Place::new();
        copy(&start.root(), &clean.root(), &|name| name != ".lumen");
        let ended = clean.build(shim, &Plan::Nothing);
        let place = start.copy();
        let incremental = place.build(shim, &Plan::Nothing);
        assert_eq!(
            (ended.status, incremental.status),
            (Some(0), Some(0)),
            "{ended}{incremental}"
        );
        assert_eq!(
            (incremental.image(), incremental.findings()),
            (ended.image(), ended.findings())
        );
        Expected {
            image: ended.image(),
            findings: ended.findings(),
            locks: start.lock().into_iter().chain(place.lock()).collect(),
            operations: incremental.operations.len(),
        }
    }
}

/// How much is tried.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Every operation in every way.
    Whole,
    /// Every operation in one way; in every way if `LUMEN_FAULTS` is `all`.
    Sample,
}

/// Lets one operation after the other go wrong; what went wrong that should not.
fn try_all(situation: &Situation, extent: Extent) -> Option<String> {
    let shim = Shim::compile()?;
    let start = (situation.prepare)(&shim);
    let expected = Expected::of(&shim, &start);
    let mut failures = Vec::new();
    let mut tried = 0;
    for number in 1..=expected.operations {
        let whole =
            extent == Extent::Whole || std::env::var("LUMEN_FAULTS").is_ok_and(|extent| extent == "all");
        for (position, fault) in FAULTS.iter().enumerate() {
            if !whole && (number + position) % FAULTS.len() != 0 {
                continue;
            }
            let place = start.copy();
            let ended = place.build(&shim, &Plan::At(number, fault));
            // An operation that this cannot happen to.
            if ended.faults().next().is_none() {
                continue;
            }
            tried += 1;
            let failure = judge(&place, &ended, &expected).or_else(|| recovers(&place, &expected));
            failures.extend(failure.map(|failure| {
                format!(
                    "operation {number}, {fault}: {failure}\nfaults: {:?}",
                    ended.faults().collect::<Vec<_>>()
                )
            }));
        }
    }
    assert!(tried * 4 > expected.operations, "{tried} faults");
    (!failures.is_empty()).then(|| format!("{}:\n{}", situation.name, failures.join("\n")))
}

/// What is wrong with the build after the fault, which runs in this process.
pub(crate) fn recovers(place: &Place, expected: &Expected) -> Option<String> {
    let after = build(&place.root(), &place.cache(), &Ask::default());
    let same = after.succeeded
        && after.image == expected.image
        && after.findings == expected.findings
        && place.lock().as_ref() == expected.locks.last();
    (!same).then(|| format!("the next build is another one: {:?}", after.findings))
}

#[test]
fn every_operation_of_a_first_build_may_fail_once() {
    assert_eq!(try_all(&SITUATIONS[0], Extent::Whole).unwrap_or_default(), "");
}

#[test]
fn every_operation_of_a_build_after_edits_may_fail_once() {
    assert_eq!(try_all(&SITUATIONS[1], Extent::Sample).unwrap_or_default(), "");
}

#[test]
fn every_operation_of_a_build_with_another_manifest_may_fail_once() {
    assert_eq!(try_all(&SITUATIONS[2], Extent::Sample).unwrap_or_default(), "");
}

#[test]
fn every_operation_of_a_build_with_nothing_to_do_may_fail_once() {
    assert_eq!(try_all(&SITUATIONS[3], Extent::Sample).unwrap_or_default(), "");
}

#[test]
fn nothing_that_a_build_looks_at_escapes_the_shim() {
    let Some(shim) = Shim::compile() else { return };
    let place = built(&shim);
    let ended = place.build(&shim, &Plan::Nothing);
    for (name, path) in [
        ("read", ".lumen/state"),
        ("stat", "p/lumen.toml"),
        ("open", "p/src"),
        ("getdents", "p/src"),
        ("getdents", "p/src/deep"),
        ("stat", "p/src/user.lm.md"),
        ("stat", "p/src/deep/base.lm.md"),
    ] {
        let path = place.root().join(path);
        let is_it = |operation: &Operation| operation.name.starts_with(name) && operation.path == path;
        assert!(
            ended.operations.iter().any(is_it),
            "{name} {}: {ended}",
            path.display()
        );
    }
}

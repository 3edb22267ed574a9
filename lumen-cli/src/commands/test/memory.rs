//! What a run leaves for the next one.

use super::keys::{Keyed, KeyedTest};
use super::names::Named;
use super::selection::Selection;
use super::unreferenced::unused;
use super::verdict::{Outcome, Verdict};
use crate::commands::builder::Built;
use lumen_build::{KnownTest, Ran, TestKey, TestMemory, TestScope, TestVerdict};
use std::collections::BTreeMap;
use std::time::Duration;

/// Keeps passes, and how the tests of the scope ended. `sound`: nothing else has to be said the next time.
pub(super) fn remember(
    selection: &Selection,
    built: &mut Built<'_>,
    all: &[Named],
    keyed: &Keyed<'_>,
    memory: Option<&TestMemory>,
    ended: &[Verdict],
    sound: bool,
) {
    let mut passed: Vec<TestKey> = Vec::new();
    let mut known: BTreeMap<&str, KnownTest> = BTreeMap::new();
    for (KeyedTest { test, key }, verdict) in keyed.tests.iter().zip(ended) {
        // A test that wrote a snapshot read another one than its key says; one that leaves some unused is to say so again.
        let is_kept = matches!(verdict.outcome, Outcome::Passed)
            && !verdict.wrote
            && verdict.notes.is_empty()
            && unused(keyed, test, verdict).is_empty();
        if is_kept {
            passed.extend(key.clone());
        }
        let holds = is_kept || matches!(verdict.outcome, Outcome::Cached);
        let holding = key.as_ref().filter(|_| holds);
        let old = memory.and_then(|memory| memory.test(&test.name));
        known.insert(
            &test.name,
            KnownTest {
                name: test.name.clone(),
                key: holding.map(TestKey::digest).unwrap_or_default(),
                verdict: verdict.remembered(),
                current: holds,
                duration: verdict.duration,
                weight: weight(selection, verdict, old),
            },
        );
    }
    let still = memory.filter(|memory| {
        memory.is_about(&selection.scope(), selection.test_limits())
            && built.build().is_unchanged(&built.outcome, memory)
    });
    for test in all {
        known
            .entry(&test.name)
            .or_insert_with(|| without_run(&test.name, memory, still.is_some()));
    }
    let mut tests: Vec<KnownTest> = known.into_values().collect();
    if let (TestScope::Package(package), Some(memory)) = (selection.scope(), memory) {
        let others = memory.tests().iter().filter(|test| {
            let rest = test.name.strip_prefix(package.as_str());
            !rest.is_some_and(|rest| rest.starts_with(' '))
        });
        tests.extend(others.map(|test| KnownTest {
            current: false,
            ..test.clone()
        }));
    }
    built.remember_tests(
        &passed,
        Ran {
            scope: selection.scope(),
            limits: selection.test_limits(),
            files: &keyed.files,
            tests,
            sound,
        },
    );
}

/// What a test counts when tests are divided: only a run of all of them may change it.
fn weight(selection: &Selection, verdict: &Verdict, old: Option<&KnownTest>) -> Duration {
    let has_run = !matches!(verdict.outcome, Outcome::Cached | Outcome::NotRun);
    match has_run && selection.is_whole() {
        true => verdict.duration,
        false => old.map(|old| old.weight).unwrap_or_default(),
    }
}

/// A test that was not asked for: as it was known, which counts further if nothing has changed.
fn without_run(name: &str, memory: Option<&TestMemory>, unchanged: bool) -> KnownTest {
    match memory.and_then(|memory| memory.test(name)) {
        Some(known) => KnownTest {
            current: known.current && unchanged,
            ..known.clone()
        },
        None => KnownTest {
            name: name.to_owned(),
            key: Default::default(),
            verdict: TestVerdict::NotRun,
            current: false,
            duration: Duration::ZERO,
            weight: Duration::ZERO,
        },
    }
}

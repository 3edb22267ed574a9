//! The TUF client against registries that lie: each attack of `attacks/*.toml` ends in its exact refusal, with the store as it was.
//! `tough` is the second opinion.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::disallowed_methods, reason = "cases and tough's folder are files")]

mod attack;
mod repository;
mod state;
mod twin;

use attack::{Attack, Bench, Refused, Unreachable};
use jiff::{SignedDuration, Timestamp};
use lumen_pkg::tuf::{MemoryRepository, MemoryStore, State, TufClient, TufError};
use repository::{NOW, checkpoint};
use std::path::Path;
use std::sync::Arc;
use twin::Twin;

fn now(hours: i64) -> Timestamp {
    let now: Timestamp = NOW.parse().unwrap();
    now + SignedDuration::from_hours(hours)
}

/// A client, a store, and a registry.
struct Scene {
    bench: Bench,
    pinned: Vec<u8>,
    store: Arc<MemoryStore>,
}

impl Scene {
    fn new() -> Self {
        let bench = Bench::new();
        Self {
            pinned: bench.repository.files()["1.root.json"].clone(),
            bench,
            store: Arc::default(),
        }
    }

    /// What a new process says, which has only the store.
    fn refresh(&self, hours: i64) -> (Result<State, TufError>, Vec<(String, usize)>) {
        let served = Arc::new(MemoryRepository::default());
        for (file, bytes) in self.bench.repository.files() {
            served.put(&file, &bytes);
        }
        for (file, failure) in &self.bench.failures {
            served.answer(file, Err(failure.clone()));
        }
        let outcome = TufClient::new(&self.pinned, served.clone(), self.store.clone()).refresh(now(hours));
        (outcome, served.take_asked())
    }
}

fn attacks() -> Vec<Attack> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tuf/attacks");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let toml = files
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    toml.flat_map(|path| attack::parse(&std::fs::read_to_string(path).unwrap()))
        .collect()
}

/// What is wrong with the client's answer to an attack.
fn fault(attack: &Attack) -> Option<String> {
    let mut scene = Scene::new();
    if let Some(seen) = &attack.seen {
        seen.iter().for_each(|step| scene.bench.run(step));
        if let Err(error) = scene.refresh(0).0 {
            return Some(format!("the honest registry is refused: {error}"));
        }
    }
    attack.steps.iter().for_each(|step| scene.bench.run(step));
    let before = scene.store.files();
    let outcome = scene.refresh(attack.hours).0;
    let after = scene.store.files();
    let mut changed: Vec<String> = after
        .keys()
        .filter(|name| before.get(*name) != after.get(*name))
        .cloned()
        .collect();
    changed.extend(before.keys().filter(|name| !after.contains_key(*name)).cloned());
    // A long chain of roots is one thing.
    if changed.len() > 20 {
        changed.retain(|name| !name.starts_with("roots/"));
        changed.push("roots/".to_owned());
    }
    let mut keeps = attack.keeps.clone();
    keeps.sort();
    let mut absent = None;
    let (refused, unreachable) = match outcome {
        Err(TufError::Refused(refusal)) => {
            if refusal.evidence.is_empty()
                && !matches!(refusal.role.as_str(), "clock")
                && format!("{:?}", refusal.rule) != "Size"
            {
                return Some("there is no evidence".to_owned());
            }
            let rule = format!("{:?}", refusal.rule);
            let (role, expected, found) = (refusal.role, refusal.expected, refusal.found);
            (
                Some(Refused {
                    role,
                    rule,
                    expected,
                    found,
                }),
                None,
            )
        }
        Err(TufError::Unreachable { file, reason }) => (None, Some(Unreachable { file, reason })),
        Err(TufError::Absent { file }) => {
            absent = Some(file);
            (None, None)
        }
        Err(other) => return Some(other.to_string()),
        Ok(_) => (None, None),
    };
    let right = (
        refused == attack.refused,
        unreachable == attack.unreachable && absent == attack.absent,
        changed == keeps,
    );
    match right {
        (true, true, true) => None,
        _ => Some(format!(
            "{refused:?} {unreachable:?} {absent:?}, changed {changed:?}"
        )),
    }
}

#[test]
fn every_attack_ends_in_its_refusal_and_leaves_the_store_as_it_was() {
    let attacks = attacks();
    let faults: Vec<String> = attacks
        .iter()
        .filter_map(|attack| fault(attack).map(|fault| format!("{}: {fault}", attack.name)))
        .collect();
    assert!(
        faults.is_empty(),
        "{} of {}:\n{}",
        faults.len(),
        attacks.len(),
        faults.join("\n")
    );
    let real = attacks
        .iter()
        .filter(|attack| attack.refused.is_some() || attack.unreachable.is_some() || attack.absent.is_some());
    assert!(real.count() >= 40, "at least 40 attacks are kept");
}

#[test]
fn tough_agrees_but_for_its_known_limits() {
    let mut surprises = Vec::new();
    for attack in attacks() {
        let mut scene = Scene::new();
        let twin = Twin::new(&scene.pinned);
        if let Some(seen) = &attack.seen {
            seen.iter().for_each(|step| scene.bench.run(step));
            twin.refresh(&scene.bench.repository.files())
                .unwrap_or_else(|error| panic!("{}: {error}", attack.name));
        }
        attack.steps.iter().for_each(|step| scene.bench.run(step));
        let mut files = scene.bench.repository.files();
        files.retain(|file, _| !scene.bench.failures.contains_key(file));
        let theirs = twin.refresh(&files);
        let we_refuse = attack.refused.is_some() || attack.unreachable.is_some() || attack.absent.is_some();
        if (theirs.is_err() == we_refuse) == attack.tough.is_some() {
            surprises.push(format!("{}: {theirs:?}, noted {:?}", attack.name, attack.tough));
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

#[test]
fn a_state_is_what_its_targets_say() {
    let mut scene = Scene::new();
    let (state, cold) = scene.refresh(0);
    let state = state.unwrap();
    assert_eq!(state.registry.origin, "test.example");
    assert_eq!(state.checkpoint, checkpoint(1).into_bytes());
    assert_eq!((state.map_root.packages, state.map_root.size), (1, 1));
    assert!(cold.len() <= 7, "{cold:?}");
    let (_, unchanged) = scene.refresh(1);
    assert_eq!(unchanged.len(), 2, "{unchanged:?}");
    scene.bench.run(&attack::Step::Publish(1));
    let (state, changed) = scene.refresh(2);
    assert_eq!(state.unwrap().map_root.size, 2);
    assert!(changed.len() <= 7, "{changed:?}");
}

//! The stored state: damage, other registries, a disk that fails, and crashes between any two writes.

use crate::Scene;
use crate::attack::Step;
use lumen_pkg::tuf::{MemoryRepository, MemoryStore, MetadataStore, Rule, StoreError, TufClient, TufError};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A store that loses power after some writes, or that cannot be read.
struct Failing {
    inner: Arc<MemoryStore>,
    writes: AtomicUsize,
    unreadable: Option<&'static str>,
}

impl Failing {
    fn error(file: &str) -> StoreError {
        StoreError::Io {
            file: file.to_owned(),
            reason: "the disk is gone".to_owned(),
        }
    }
}

impl MetadataStore for Failing {
    fn load(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match self.unreadable {
            Some(file) if file == name => Err(Self::error(name)),
            _ => self.inner.load(name),
        }
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let left = self
            .writes
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        left.map_err(|_| Self::error(name))?;
        self.inner.replace(name, bytes)
    }
}

fn failing(scene: &Scene, writes: usize, unreadable: Option<&'static str>) -> Result<(), TufError> {
    let served = Arc::new(MemoryRepository::default());
    for (file, bytes) in scene.bench.repository.files() {
        served.put(&file, &bytes);
    }
    let store = Failing {
        inner: scene.store.clone(),
        writes: AtomicUsize::new(writes),
        unreadable,
    };
    TufClient::new(&scene.pinned, served, Arc::new(store))
        .refresh(crate::now(0))
        .map(|_| ())
}

fn store_fault(outcome: Result<impl Sized, TufError>) -> String {
    match outcome {
        Err(TufError::Store(error)) => error.to_string(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was accepted"),
    }
}

#[test]
fn a_crash_between_two_writes_leaves_a_state_to_go_on_from() {
    for writes in 0..12 {
        let mut scene = Scene::new();
        scene.refresh(0).0.unwrap();
        scene.bench.run(&Step::Renew(1));
        scene.bench.run(&Step::Bump("targets".to_owned()));
        scene.bench.run(&Step::Publish(1));
        let crashed = failing(&scene, writes, None).is_err();
        assert_eq!(crashed, writes < 6, "{writes} writes");
        let state = scene.refresh(1).0.unwrap();
        assert_eq!(state.map_root.size, 2);
    }
}

#[test]
fn what_cannot_be_read_is_not_taken_for_absent() {
    for file in [
        "root.json",
        "timestamp.json",
        "snapshot.json",
        "targets.json",
        "state.json",
        "roots/2.json",
        "clock",
    ] {
        let mut scene = Scene::new();
        scene.bench.run(&Step::Renew(1));
        scene.refresh(0).0.unwrap();
        let before = scene.store.files();
        let fault = store_fault(failing(&scene, 99, Some(file)));
        assert_eq!(fault, format!("{file}: the disk is gone"));
        assert_eq!(scene.store.files(), before);
    }
}

#[test]
fn damaged_files_are_named() {
    for (file, bytes, fault) in [
        ("timestamp.json", "{", "timestamp.json is not JSON"),
        ("snapshot.json", "", "snapshot.json is not JSON"),
        ("root.json", "{}", "root.json has no version"),
        ("clock", "soon", "clock holds no time"),
    ] {
        let scene = Scene::new();
        scene.refresh(0).0.unwrap();
        scene.store.replace(file, bytes.as_bytes()).unwrap();
        assert_eq!(store_fault(scene.refresh(1).0), fault);
    }
}

#[test]
fn a_lost_chain_of_roots_does_not_lead_back_to_an_old_root() {
    let mut scene = Scene::new();
    scene.bench.run(&Step::Renew(2));
    scene.refresh(0).0.unwrap();
    scene.store.replace("roots/2.json", b"{}").unwrap();
    let fault = store_fault(scene.refresh(1).0);
    assert!(
        fault.starts_with("root.json (version 3) does not follow from the pinned root"),
        "{fault}"
    );
}

#[test]
fn a_pinned_root_of_somebody_else_is_refused() {
    let mut scene = Scene::new();
    scene.refresh(0).0.unwrap();
    let other = crate::repository::Repository::of("other-");
    scene.pinned = other.files()["1.root.json"].clone();
    assert!(store_fault(scene.refresh(1).0).contains("another registry's"));
    scene.store = Arc::default();
    let Err(TufError::Refused(refusal)) = scene.refresh(1).0 else {
        panic!("it was accepted")
    };
    assert_eq!(
        (refusal.role.as_str(), refusal.rule),
        ("timestamp", Rule::Signatures)
    );
    scene.pinned = b"no root".to_vec();
    let Err(TufError::Refused(refusal)) = scene.refresh(1).0 else {
        panic!("it was accepted")
    };
    assert_eq!(
        (refusal.role.as_str(), refusal.rule, refusal.file.as_str()),
        ("root", Rule::Form, "the pinned root")
    );
}

//! The TUF repository that the server signs: our client and `tough` accept every state of it, across rotations and crashes, at
//! the cost in requests and bytes that the registry promises.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(
    clippy::disallowed_methods,
    reason = "tough and reopening are tested with real files"
)]

use jiff::Timestamp;
use lumen_pkg::Digest;
use lumen_pkg::tuf::{
    MapRoot, MemoryRepository, MemoryStore, RegistryConfig, Rule, TufClient, TufError, WitnessPolicy,
};
use registry_server::metadata::{
    Change, Metadata, MetadataError, MetadataFile, OfflineRole, Opening, RoleKey, Update, amend, ceremony,
};
use std::sync::Arc;

const NOW: u64 = 1_800_000_000;
const DAY: u64 = 24 * 60 * 60;

fn time(seconds: u64) -> Timestamp {
    Timestamp::from_second(seconds.try_into().unwrap()).unwrap()
}

fn keys(range: std::ops::Range<u8>) -> Vec<RoleKey> {
    range.map(|byte| RoleKey::from_seed(&[byte; 32])).collect()
}

fn role(keys: &[RoleKey], threshold: u64) -> OfflineRole {
    OfflineRole {
        keys: keys.iter().map(RoleKey::public).collect(),
        threshold,
    }
}

fn registry() -> RegistryConfig {
    let witness = |number| format!("witness-{number}.example+0a1b2c3d+{}", "A".repeat(44));
    let witnesses = WitnessPolicy {
        keys: (0..3).map(witness).collect(),
        quorum: 2,
    };
    let log_key = format!("registry.example+01234567+{}", "A".repeat(44));
    RegistryConfig::new("registry.example", &log_key, witnesses, 3 * DAY).unwrap()
}

/// A registry with all that a client of it needs.
struct Bench {
    metadata: Metadata,
    root: Vec<RoleKey>,
    targets: Vec<RoleKey>,
    online: RoleKey,
    pinned: Vec<u8>,
    served: Arc<MemoryRepository>,
    store: Arc<MemoryStore>,
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let (root, targets, online) = (keys(1..6), keys(11..14), RoleKey::from_seed(&[21; 32]));
        let signers = [&root[..3], &targets[..2]].concat();
        let (metadata, files) = ceremony(
            role(&root, 3),
            role(&targets, 2),
            online.public(),
            &registry(),
            &signers,
            NOW,
        )
        .unwrap();
        let bench = Self {
            pinned: metadata.root_bytes().to_vec(),
            metadata,
            root,
            targets,
            online,
            served: Arc::default(),
            store: Arc::default(),
            folder: tempfile::tempdir().unwrap(),
        };
        bench.write(&files);
        bench
    }

    fn write(&self, files: &[MetadataFile]) {
        for file in files {
            self.served
                .put(file.path.strip_prefix("tuf/").unwrap(), &file.bytes);
            let path = self.folder.path().join(&file.path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, &file.bytes).unwrap();
        }
    }

    fn apply(&mut self, update: Update) {
        self.write(&update.files);
        self.metadata = update.metadata;
    }

    fn publish(&mut self, size: u64, now: u64) {
        let update = self
            .metadata
            .publish_state(&self.online, &checkpoint(size), &map(size), now)
            .unwrap();
        self.apply(update);
    }

    fn reopen(&self) -> Result<Metadata, MetadataError> {
        let mut opening = Opening::default();
        while let Some(path) = opening.wants() {
            opening.give(std::fs::read(self.folder.path().join(path)).ok())?;
        }
        opening.finish()
    }

    fn client(&self) -> TufClient {
        TufClient::new(&self.pinned, self.served.clone(), self.store.clone())
    }

    /// Our client, in a fresh process as it were, and `tough` without a past agree on what is served.
    fn accepted(&self, size: u64, now: u64) -> Vec<(String, usize)> {
        let state = self.client().refresh(time(now)).unwrap();
        assert_eq!(state.checkpoint, checkpoint(size).into_bytes());
        assert_eq!(state.map_root, map(size));
        assert_eq!(state.registry, self.metadata.registry().unwrap());
        assert_eq!(self.tough().unwrap(), checkpoint(size));
        self.served.take_asked()
    }

    /// What `tough` reads as the checkpoint, downloading it as a target. It takes the machine's time, so expiry is not asked of it.
    fn tough(&self) -> Result<String, String> {
        let tuf = self.folder.path().join("tuf");
        let url = |path| reqwest::Url::from_directory_path(path).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let loader =
                tough::RepositoryLoader::new(&self.pinned, url(tuf.clone()), url(tuf.join("targets")))
                    .expiration_enforcement(tough::ExpirationEnforcement::Unsafe);
            let repository = loader.load().await.map_err(|error| error.to_string())?;
            let name = tough::TargetName::new("checkpoint").unwrap();
            let stream = repository
                .read_target(&name)
                .await
                .map_err(|error| error.to_string())?;
            let bytes = tough::IntoVec::into_vec(stream.unwrap())
                .await
                .map_err(|error| error.to_string())?;
            Ok(String::from_utf8(bytes).unwrap())
        })
    }
}

/// As long as a real one with two cosignatures.
fn checkpoint(size: u64) -> String {
    let root = Digest::of(&size.to_be_bytes());
    let line = |name| format!("\u{2014} {name} {}\n", "A".repeat(104));
    let witnesses = [line("witness-0.example"), line("witness-1.example")].concat();
    format!(
        "registry.example\n{size}\n{root}\n\n{}{witnesses}",
        line("registry.example")
    )
}

fn map(size: u64) -> MapRoot {
    MapRoot {
        root: Digest::of(b"map"),
        packages: size / 2,
        size,
    }
}

fn bytes(asked: &[(String, usize)]) -> usize {
    asked.iter().map(|(_, bytes)| bytes).sum()
}

#[test]
fn a_refresh_costs_what_the_registry_promises() {
    let mut bench = Bench::new();
    bench.publish(0, NOW);
    let cold = bench.accepted(0, NOW);
    assert!(
        cold.len() <= 7 && bytes(&cold) + bench.pinned.len() < 10_000,
        "{cold:?} and a root of {}",
        bench.pinned.len()
    );
    let unchanged = bench.accepted(0, NOW + 60);
    assert!(
        unchanged.len() <= 2 && bytes(&unchanged) <= 2_000,
        "{unchanged:?}"
    );
    bench.publish(7, NOW + 120);
    let changed = bench.accepted(7, NOW + 180);
    let names: Vec<_> = changed.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["2.root.json", "timestamp.json", "2.snapshot.json", "2.state.json"]
    );
}

#[test]
fn the_online_roles_are_signed_again_before_they_expire() {
    let mut bench = Bench::new();
    bench.publish(5, NOW);
    assert!(
        bench
            .metadata
            .refresh(&bench.online, NOW + DAY / 4)
            .unwrap()
            .is_none()
    );
    for half_day in 1..40 {
        let now = NOW + half_day * DAY / 2;
        if let Some(update) = bench.metadata.refresh(&bench.online, now).unwrap() {
            bench.apply(update);
        }
        bench.accepted(5, now + DAY / 3);
    }
    let late = bench.client().refresh(time(NOW + 25 * DAY)).unwrap_err();
    let TufError::Refused(refusal) = late else {
        panic!("{late}")
    };
    assert_eq!(
        (refusal.role.as_str(), refusal.rule),
        ("timestamp", Rule::Expired)
    );
}

#[test]
fn every_rotation_is_followed_by_clients_that_saw_the_old_keys() {
    let mut bench = Bench::new();
    bench.publish(1, NOW);
    bench.accepted(1, NOW);
    let signers = || [&bench.root[..], &bench.targets[..]].concat();
    let (new_root, new_targets, new_online) = (keys(31..34), keys(41..43), RoleKey::from_seed(&[51; 32]));
    let all = [signers(), new_root.clone(), new_targets.clone()].concat();
    let mut described = registry();
    described.minimum_release_age = 0;
    let changes = [
        Change {
            root: Some(role(&new_root, 2)),
            ..Change::default()
        },
        Change {
            targets: Some(role(&new_targets, 2)),
            ..Change::default()
        },
        Change {
            online: Some(new_online.public()),
            ..Change::default()
        },
        Change {
            registry: Some(described),
            ..Change::default()
        },
        Change::default(),
    ];
    for (step, change) in changes.into_iter().enumerate() {
        let now = NOW + 60 * (step as u64 + 1);
        if change.online.is_some() {
            bench.online = new_online.clone();
        }
        let files = amend(&bench.metadata, change, &all, now).unwrap();
        bench.write(&files);
        bench.metadata = bench.reopen().unwrap();
        if let Some(update) = bench.metadata.refresh(&bench.online, now).unwrap() {
            bench.apply(update);
        }
        bench.accepted(1, now);
        assert_eq!(bench.reopen().unwrap().expiries(), bench.metadata.expiries());
    }
    bench.publish(2, NOW + 900);
    bench.accepted(2, NOW + 900);
}

#[test]
fn clients_recover_from_a_stolen_online_key_that_ran_ahead() {
    let mut bench = Bench::new();
    bench.publish(1, NOW);
    for size in 2..9 {
        bench.publish(size, NOW);
    }
    bench.accepted(8, NOW);
    // The operator goes back to the last honest state, signed with a new key, with lower versions.
    let mut honest = Bench::new();
    honest.publish(1, NOW);
    honest.online = RoleKey::from_seed(&[51; 32]);
    let change = Change {
        online: Some(honest.online.public()),
        ..Change::default()
    };
    let files = amend(
        &honest.metadata,
        change,
        &[&honest.root[..], &honest.targets[..]].concat(),
        NOW,
    )
    .unwrap();
    honest.write(&files);
    honest.metadata = honest.reopen().unwrap();
    let update = honest.metadata.refresh(&honest.online, NOW).unwrap().unwrap();
    honest.apply(update);
    honest.store = bench.store.clone();
    honest.accepted(1, NOW);
}

#[test]
fn a_crash_between_the_files_is_passed_over() {
    let mut bench = Bench::new();
    bench.publish(1, NOW);
    let lost = bench
        .metadata
        .publish_state(&bench.online, &checkpoint(2), &map(2), NOW)
        .unwrap();
    bench.write(&lost.files[..lost.files.len() - 1]);
    bench.accepted(1, NOW);
    bench.metadata = bench.reopen().unwrap();
    bench.publish(3, NOW);
    bench.accepted(3, NOW);
    for file in &lost.files[2..4] {
        let kept = std::fs::read(bench.folder.path().join(&file.path)).unwrap();
        assert_eq!(kept, file.bytes, "{} was written twice", file.path);
    }
}

#[test]
fn too_few_or_wrong_keys_sign_nothing() {
    let mut bench = Bench::new();
    bench.publish(1, NOW);
    let stranger = RoleKey::from_seed(&[99; 32]);
    let refused = bench
        .metadata
        .publish_state(&stranger, &checkpoint(2), &map(2), NOW);
    assert!(
        matches!(refused, Err(MetadataError::Threshold { role, threshold: 1, found: 0 }) if role == "state")
    );
    let twice = [
        bench.root[0].clone(),
        bench.root[0].clone(),
        bench.root[1].clone(),
        bench.targets[0].clone(),
    ];
    let refused = amend(&bench.metadata, Change::default(), &twice, NOW);
    assert!(
        matches!(refused, Err(MetadataError::Threshold { role, threshold: 3, found: 2 }) if role == "root")
    );
    let impossible = Change {
        root: Some(role(&bench.root[..2], 3)),
        ..Change::default()
    };
    let refused = amend(&bench.metadata, impossible, &bench.root, NOW);
    assert!(matches!(
        refused,
        Err(MetadataError::Keys {
            threshold: 3,
            keys: 2,
            ..
        })
    ));
    let shrunk = MapRoot {
        packages: 3,
        ..map(2)
    };
    assert!(
        bench
            .metadata
            .publish_state(&bench.online, &checkpoint(2), &shrunk, NOW)
            .is_err()
    );
}

#[test]
fn keys_survive_their_files() {
    let key = RoleKey::generate().unwrap();
    let read = RoleKey::from_pem(&key.to_pem().unwrap()).unwrap();
    assert_eq!(read.seed(), key.seed());
    let public = registry_server::metadata::RolePublicKey::from_pem(&key.public().to_pem().unwrap()).unwrap();
    assert_eq!(public.id(), key.public().id());
    assert!(RoleKey::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").is_err());
}

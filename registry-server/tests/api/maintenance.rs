//! What the registry throws away, and when: nothing that anybody may still need, and in the end all that nobody does.

use crate::publisher::{Package, Publisher};
use crate::registry::{START, TestRegistry};
use lumen_pkg::log::MemoryTiles;
use lumen_pkg::map::MapTree;
use lumen_pkg::protocol::{BeginAnswer, UploadState, paths};
use lumen_pkg::{Digest, PackageName};
use registry_server::maintenance::{GRACE, MOST_UPLOADS, Removed};
use std::collections::BTreeSet;
use std::path::Path;

const HOUR: u64 = 3600;

async fn step(registry: &TestRegistry) -> Removed {
    registry.server().registry().maintenance.step().await
}

/// A user whose token lasts longer than the test.
async fn user<'r>(registry: &'r TestRegistry, name: &str) -> Publisher<'r> {
    let token = registry.token(name, |token| token.expires = START + 1000 * HOUR);
    let publisher = Publisher::new(registry, name, token.await);
    publisher.announce().await;
    publisher
}

/// All files below a folder, relative to `top`.
fn files(top: &Path, folder: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![top.join(folder)];
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(folder) else {
            continue;
        };
        for path in entries.map(|entry| entry.expect("an entry").path()) {
            match path.is_dir() {
                true => open.push(path),
                false => {
                    let relative = path.strip_prefix(top).expect("below it");
                    found.insert(relative.to_str().expect("UTF-8").replace('\\', "/"));
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn an_upload_that_nobody_finishes_ends_after_a_day() {
    let registry = TestRegistry::start().await;
    let ann = user(&registry, "ann").await;
    let bob = user(&registry, "bob").await;
    let published = Package::new("@acme/money", "1.0.0");
    ann.publish(&published).await;
    let upload = async |who: &Publisher<'_>, package: &Package| {
        let id = who.begun(package).await.upload;
        assert_eq!(who.upload(&id, package.upload.clone()).await.status, 204);
        id
    };
    let abandoned = Package::new("@acme/abandoned", "1.0.0");
    let kept = Package::new("@acme/kept", "1.0.0");
    let refused = Package::new("@bob/refused", "1.0.0");
    let (first, second) = (upload(&ann, &abandoned).await, upload(&ann, &kept).await);
    // Its archive is put in its place before the sequencer refuses it.
    let third = upload(&bob, &refused).await;
    let mut commit = bob.signed(&refused);
    let stranger = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    commit.key = crate::publisher::public(&stranger);
    commit.signature = crate::publisher::sign(&stranger, &refused.statement.signed_bytes());
    assert_eq!(bob.commit(&third, &commit).await.problem(), "unknown-key");
    let blob = |package: &Package| registry.files.join(paths::archive(&package.statement.archive));
    assert!(blob(&refused).exists());
    // What a request that was cut off leaves behind.
    let torn = registry.files.join("upload").join(format!("{first}.0123"));
    std::fs::write(&torn, b"half").expect("written");

    registry.clock.set(START + 23 * HOUR);
    assert_eq!(
        ann.begun(&kept).await.upload,
        second,
        "the same upload, for another day"
    );
    step(&registry).await;
    assert_eq!(files(&registry.files, "upload").len(), 4, "nothing has expired");
    registry.clock.set(START + 24 * HOUR);
    let late = ann.commit(&first, &ann.signed(&abandoned)).await;
    assert_eq!(late.problem(), "not-found");
    registry.clock.set(START + 25 * HOUR);
    step(&registry).await;
    assert_eq!(
        files(&registry.files, "upload").len(),
        4,
        "an hour is for requests under way"
    );
    registry.clock.set(START + 25 * HOUR + 1);
    let removed = step(&registry).await;
    assert_eq!((removed.uploads, removed.archives), (3, 4), "{removed:?}");
    let left = files(&registry.files, "upload");
    assert_eq!(left, [format!("upload/{second}")].into());
    assert!(!blob(&refused).exists() && blob(&published).exists());

    ann.commit(&second, &ann.signed(&kept))
        .await
        .json::<serde_json::Value>();
    let again: BeginAnswer = ann.begun(&abandoned).await;
    assert!(again.upload != first && again.state == UploadState::Upload);
    ann.publish(&abandoned).await;
    ann.publish(&published).await;
    registry.audit().await;
    registry.stop().await;
}

#[tokio::test]
async fn an_archive_that_another_upload_needs_stays() {
    let registry = TestRegistry::start().await;
    let ann = user(&registry, "ann").await;
    let package = Package::new("@acme/money", "1.0.0");
    let id = ann.begun(&package).await.upload;
    ann.upload(&id, package.upload.clone()).await;
    let other = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let mut commit = ann.signed(&package);
    commit.key = crate::publisher::public(&other);
    commit.signature = crate::publisher::sign(&other, &package.statement.signed_bytes());
    assert_eq!(ann.commit(&id, &commit).await.problem(), "unknown-key");
    registry.clock.set(START + 26 * HOUR);
    let bob = user(&registry, "bob").await;
    bob.begun(&package).await;
    step(&registry).await;
    let blob = registry.files.join(paths::archive(&package.statement.archive));
    assert!(blob.exists(), "bob has begun with the same archive");
    bob.publish(&package).await;
    registry.audit().await;
    registry.stop().await;
}

#[tokio::test]
async fn a_step_ends_a_bounded_number_of_uploads() {
    let registry = TestRegistry::start().await;
    user(&registry, "ann").await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(registry.config.database());
    let pool = sqlx::SqlitePool::connect_with(options)
        .await
        .expect("the database");
    let many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) \
        INSERT INTO uploads (id, user_name, package, version, archive, size, created) \
        SELECT 'id' || i, 'ann', '@acme/money', '1.' || i || '.0', $2, 1, $3 FROM n";
    sqlx::query(many)
        .bind(i64::try_from(MOST_UPLOADS + 5).expect("small"))
        .bind(Digest::of(b"").to_string())
        .bind(START.cast_signed())
        .execute(&pool)
        .await
        .expect("rows");
    pool.close().await;
    registry.clock.set(START + 26 * HOUR);
    assert_eq!(step(&registry).await.uploads, MOST_UPLOADS);
    assert_eq!(step(&registry).await.uploads, 5);
    assert_eq!(step(&registry).await, Removed::default());
    registry.stop().await;
}

#[tokio::test]
async fn files_that_no_metadata_names_go_also_after_a_restart() {
    let mut registry = TestRegistry::start().await;
    let ann = user(&registry, "ann").await;
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        ann.publish(&Package::new("@acme/money", version)).await;
    }
    let token = ann.token.clone();
    let between = files(&registry.files, "tuf");
    registry
        .restart(|config| {
            // What a crash leaves between a snapshot and its timestamp.
            std::fs::write(config.files().join("tuf/999.snapshot.json"), b"{}").expect("written");
        })
        .await;
    step(&registry).await;
    let kept = files(&registry.files, "tuf");
    assert!(
        between.is_subset(&kept),
        "clients may be in the middle of a session"
    );
    registry.clock.set(START + GRACE - 1);
    Publisher::new(&registry, "ann", token)
        .publish(&Package::new("@acme/money", "1.3.0"))
        .await;
    step(&registry).await;
    assert!(kept.is_subset(&files(&registry.files, "tuf")));
    registry.clock.set(START + GRACE);
    step(&registry).await;
    let left = files(&registry.files, "tuf");
    let count = |end: &str| left.iter().filter(|path| path.ends_with(end)).count();
    // Those of the last publish and of the one before, which is superseded since a second.
    let ends = [".state.json", ".snapshot.json", ".checkpoint", ".map-root"];
    assert_eq!(ends.map(count), [2, 2, 2, 2], "{left:#?}");
    registry.clock.set(START + 2 * GRACE);
    step(&registry).await;
    let left = files(&registry.files, "tuf");
    assert_eq!(
        left.len(),
        4 + 4,
        "root, targets, registry.json, timestamp: {left:#?}"
    );
    registry.audit().await;
    registry.restart(|_| {}).await;
    registry.audit().await;
    registry.stop().await;
}

#[tokio::test]
async fn tiles_of_earlier_maps_go_and_those_of_the_present_one_stay() {
    let mut registry = TestRegistry::start().await;
    let ann = user(&registry, "ann").await;
    let names: Vec<PackageName> = (0..300)
        .map(|number| PackageName::parse(&format!("@acme/p{number}")).expect("a name"))
        .collect();
    let packages = names.iter().map(|name| Package::new(name.as_str(), "1.0.0"));
    let packages: Vec<Package> = packages.collect();
    futures_util::future::join_all(packages.iter().map(|package| ann.publish(package))).await;
    for name in &names[..5] {
        ann.publish(&Package::new(name.as_str(), "1.1.0")).await;
    }
    step(&registry).await;
    let before = files(&registry.files, "map");
    registry.clock.set(START + GRACE - 1);
    step(&registry).await;
    ann.publish(&Package::new("@acme/p7", "1.1.0")).await;
    assert!(before.is_subset(&files(&registry.files, "map")));
    let needed = async |registry: &TestRegistry| {
        let names = names.clone();
        registry
            .look(move |seen| {
                let values = names.iter().map(|name| {
                    let (_, value) = seen.record(name).expect("it is there");
                    (name.clone(), value)
                });
                let values: Vec<_> = values.collect();
                let mut tiles = Written::default();
                let root = MapTree::new().update(&mut tiles, &values).expect("a map");
                assert_eq!(root, seen.map_root.root);
                tiles.paths
            })
            .await
    };
    registry.clock.set(START + GRACE);
    let removed = step(&registry).await;
    assert!(removed.tiles > 5, "{removed:?}");
    let left = files(&registry.files, "map");
    assert!(needed(&registry).await.is_subset(&left));
    // The map before the last publish was met by the look before it, so it is not yet an hour out of use.
    assert!(left.len() > needed(&registry).await.len());
    registry.clock.set(START + 2 * GRACE);
    step(&registry).await;
    assert_eq!(files(&registry.files, "map"), needed(&registry).await);
    registry.audit().await;
    let token = ann.token.clone();
    registry.restart(|_| {}).await;
    Publisher::new(&registry, "ann", token)
        .publish(&Package::new("@acme/p7", "1.2.0"))
        .await;
    registry.audit().await;
    registry.stop().await;
}

/// Tiles in memory, and where they are.
#[derive(Default)]
struct Written {
    tiles: MemoryTiles,
    paths: BTreeSet<String>,
}

impl lumen_pkg::log::TileSource for Written {
    fn tile(&self, path: &str) -> Result<Vec<u8>, lumen_pkg::log::SourceError> {
        self.tiles.tile(path)
    }
}

impl lumen_pkg::log::TileStore for Written {
    fn put(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), lumen_pkg::log::SourceError> {
        self.paths.insert(path.to_owned());
        self.tiles.put(path, bytes)
    }
}

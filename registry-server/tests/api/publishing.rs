//! What is published can be proved: TUF, log, map, record, archive, one file of it.

use crate::publisher::{Package, decode};
use crate::registry::{START, TestRegistry};
use lumen_pkg::archive::{FileMeta, FileProof, decompress, verify_file};
use lumen_pkg::log::ProofBundle;
use lumen_pkg::protocol::{Event, Leaf, paths};

#[tokio::test]
async fn what_is_published_is_proved_from_the_root_to_a_file() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let money = Package::with_manifest(
        "@acme/money",
        "1.0.0",
        "[dependencies]\n\"@acme/text\" = \"^1.2\"\n",
        "",
    );
    let money = money.depending_on("@acme/text", "^1.2");
    let leaf = ann.publish(&money).await;
    registry.audit().await;
    let statement = money.statement.clone();
    registry
        .look(move |seen| {
            let (record, value) = seen.record(&statement.package).expect("it is in the map");
            assert_eq!((value.last, value.count), (leaf, 1));
            let version = record.version(&statement.version).expect("it has the version");
            assert_eq!(version.statement(&statement.package), statement);
            assert_eq!((version.leaf, version.time, version.yanked), (leaf, START, false));
            let bundle = ProofBundle::parse(&seen.bundle(leaf)).expect("a bundle");
            let proved = bundle.verify(&seen.policy, START).expect("it verifies");
            let Event::Publish {
                statement: proved,
                user,
                ..
            } = Leaf::from_bytes(&proved.leaf).expect("a leaf").event
            else {
                panic!("not a publish leaf");
            };
            assert_eq!((*proved, user.as_str()), (statement, "ann"));
        })
        .await;
    let statement = &money.statement;
    let blob = registry
        .get(&format!("/{}", paths::archive(&statement.archive)))
        .await;
    decompress(&blob.body[..], statement.size, &statement.archive).expect("the archive");
    let answer = registry
        .get(&format!("/{}", paths::file(&statement.archive, "src/lib.lm")))
        .await;
    let document: serde_json::Value = answer.json();
    let meta: FileMeta = serde_json::from_value(document["file"].clone()).expect("a file");
    let proof: FileProof = serde_json::from_value(document["proof"].clone()).expect("a proof");
    verify_file(&statement.files, &meta, &proof).expect("it verifies");
    let content = decode(document["content"].as_str().expect("text"));
    assert_eq!(lumen_pkg::Digest::of(&content), meta.sha256);
    assert_eq!(
        registry
            .get(&format!("/{}", paths::file(&statement.archive, "src/none.lm")))
            .await
            .problem(),
        "not-found"
    );
    registry.stop().await;
}

#[tokio::test]
async fn a_new_scope_belongs_to_its_first_publisher() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let bob = registry.user("bob").await;
    ann.publish(&Package::new("@acme/money", "1.0.0")).await;
    for name in ["@acme/money", "@acme/other"] {
        let answer = bob.try_publish(&Package::new(name, "2.0.0")).await;
        assert_eq!(answer.problem(), "forbidden", "{name}");
    }
    ann.publish(&Package::new("@acme/other", "1.0.0")).await;
    let kinds = registry
        .look(|seen| {
            let kind = |leaf: Leaf| match leaf.event {
                Event::MapRoot { .. } => "map-root",
                Event::KeyChange { .. } => "key",
                Event::ScopeCreate { .. } => "scope",
                Event::Publish { .. } => "publish",
                _ => "other",
            };
            seen.leaves().into_iter().map(kind).collect::<Vec<_>>().join(" ")
        })
        .await;
    assert_eq!(
        kinds,
        "map-root key map-root key map-root scope publish map-root publish map-root"
    );
    registry.stop().await;
}

#[tokio::test]
async fn time_in_the_log_never_goes_back() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    ann.publish(&Package::new("@acme/money", "1.0.0")).await;
    registry.clock.set(START - 1000);
    ann.publish(&Package::new("@acme/money", "1.0.1")).await;
    registry.clock.set(START + 10);
    ann.publish(&Package::new("@acme/money", "1.0.2")).await;
    registry.audit().await;
    registry.stop().await;
}

#[tokio::test]
async fn a_restart_goes_on_where_it_was_and_lost_files_are_made_anew() {
    let mut registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    ann.publish(&Package::new("@acme/money", "1.0.0")).await;
    let (token, before) = (ann.token.clone(), registry.audit().await);
    registry.restart(|_| {}).await;
    assert_eq!(registry.audit().await, before);
    registry
        .restart(|config| {
            for folder in ["log", "map", "index"] {
                std::fs::remove_dir_all(config.files().join(folder)).expect("removed");
            }
        })
        .await;
    assert_eq!(registry.audit().await, before);
    let ann = crate::publisher::Publisher::new(&registry, "ann", token);
    ann.publish(&Package::new("@acme/money", "1.1.0")).await;
    registry.audit().await;
    registry.look(move |seen| seen.continues(&before)).await;
    registry.stop().await;
}

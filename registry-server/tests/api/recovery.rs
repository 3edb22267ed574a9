//! A batch that was decided and never written: the next start writes it, the very one that was decided.

use crate::folder::copy;
use crate::publisher::Package;
use crate::registry::TestRegistry;

/// Files that a batch writes. Archives are there before.
const WRITTEN: [&str; 4] = ["log", "map", "index", "tuf"];

#[tokio::test]
async fn a_decided_batch_of_which_nothing_was_written_is_written_at_the_next_start() {
    lose(&["@acme/money"]).await;
}

#[tokio::test]
async fn if_the_batch_before_is_lost_too_all_is_made_anew() {
    lose(&["@acme/money", "@other/text"]).await;
}

/// Publishes packages, one a batch, and loses everything that was written of them.
async fn lose(packages: &[&str]) {
    let mut registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    ann.publish(&Package::new("@acme/money", "1.0.0")).await;
    let before = registry.audit().await;
    let kept = tempfile::tempdir().expect("a temporary folder");
    for folder in WRITTEN {
        copy(&registry.files.join(folder), &kept.path().join(folder));
    }
    for package in packages {
        ann.publish(&Package::new(package, "1.1.0")).await;
    }
    let decided = registry.audit().await;
    registry.halt().await;
    for folder in WRITTEN {
        std::fs::remove_dir_all(registry.files.join(folder)).expect("removed");
        copy(&kept.path().join(folder), &registry.files.join(folder));
    }
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(registry.config.database());
    let pool = sqlx::SqlitePool::connect_with(options)
        .await
        .expect("the database");
    let last = "UPDATE batches SET published = 0 WHERE size = (SELECT MAX(size) FROM batches)";
    sqlx::query(last).execute(&pool).await.expect("the mark is gone");
    pool.close().await;
    registry.go_on().await;
    assert_eq!(registry.audit().await, decided);
    registry.look(move |seen| seen.continues(&before)).await;
    registry.stop().await;
}

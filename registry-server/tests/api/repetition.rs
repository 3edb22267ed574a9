//! Every step may be repeated; a version never changes.

use crate::publisher::Package;
use crate::registry::TestRegistry;
use lumen_pkg::protocol::UploadState;

#[tokio::test]
async fn the_same_publish_again_gives_the_same_answers() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let money = Package::new("@acme/money", "1.0.0");
    let first = ann.begun(&money).await;
    assert_eq!(first.state, UploadState::Upload);
    assert_eq!(ann.begun(&money).await, first);
    for _ in 0..2 {
        assert_eq!(ann.upload(&first.upload, money.upload.clone()).await.status, 204);
    }
    assert_eq!(ann.begun(&money).await.state, UploadState::Commit);
    let leaf = ann.publish(&money).await;
    let again = ann.begun(&money).await;
    assert_eq!(
        (again.upload.clone(), again.state),
        (first.upload.clone(), UploadState::Done { leaf })
    );
    assert_eq!(ann.publish(&money).await, leaf);
    let size = registry.audit().await.size;
    assert_eq!(ann.commit(&first.upload, &ann.signed(&money)).await.status, 200);
    assert_eq!(registry.audit().await.size, size, "nothing was added");
    registry.stop().await;
}

#[tokio::test]
async fn other_content_for_a_version_is_a_conflict() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    ann.publish(&Package::new("@acme/money", "1.0.0")).await;
    let other = Package::with_text("@acme/money", "1.0.0", "def two() -> int:\n    return 2\n");
    let answer = ann.try_publish(&other).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (409, "version-exists")
    );
    let build = Package::new("@acme/money", "1.0.0+linux");
    assert_eq!(
        ann.try_publish(&build).await.problem(),
        "version-exists",
        "build metadata makes no other version"
    );
    registry.audit().await;
    registry.stop().await;
}

#[tokio::test]
async fn two_contents_that_race_for_a_version_give_one() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let texts: Vec<String> = (0..8).map(|number| format!("# {number}\n")).collect();
    let packages: Vec<Package> = texts
        .iter()
        .map(|text| Package::with_text("@acme/money", "1.0.0", text))
        .collect();
    let answers =
        futures_util::future::join_all(packages.iter().map(|package| ann.try_publish(package))).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!(won.len(), 1);
    assert!(lost.iter().all(|answer| answer.problem() == "version-exists"));
    registry.audit().await;
    registry.stop().await;
}

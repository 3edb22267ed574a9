//! Yanked versions say so in the record, and every yank is a leaf.

use crate::publisher::Package;
use crate::registry::TestRegistry;
use lumen_pkg::protocol::LeafAnswer;

#[tokio::test]
async fn a_version_is_yanked_and_taken_back_in_the_log() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let bob = registry.user("bob").await;
    let money = Package::new("@acme/money", "1.0.0");
    ann.publish(&money).await;
    let path = "/api/v1/packages/acme/money/1.0.0/yank";
    for (method, yanked) in [("PUT", true), ("DELETE", false), ("PUT", true)] {
        assert_eq!(bob.send(method, path, Vec::new()).await.problem(), "forbidden");
        let first: LeafAnswer = ann.send(method, path, Vec::new()).await.json();
        let second: LeafAnswer = ann.send(method, path, Vec::new()).await.json();
        assert!(
            first.leaf.is_some() && second.leaf.is_none(),
            "{first:?} {second:?}"
        );
        registry.audit().await;
        let package = money.statement.package.clone();
        let seen = registry
            .look(move |seen| seen.record(&package).expect("a record"))
            .await;
        assert_eq!(seen.0.versions[0].yanked, yanked);
        assert_eq!(Some(seen.1.last), first.leaf);
    }
    for path in ["acme/money/9.9.9/yank", "acme/none/1.0.0/yank"] {
        let answer = ann
            .send("PUT", &format!("/api/v1/packages/{path}"), Vec::new())
            .await;
        assert!(
            ["not-found", "forbidden"].contains(&answer.problem().as_str()),
            "{path}"
        );
    }
    let bad = ann
        .send("PUT", "/api/v1/packages/acme/money/one/yank", Vec::new())
        .await;
    assert_eq!(bad.problem(), "bad-request");
    registry.stop().await;
}

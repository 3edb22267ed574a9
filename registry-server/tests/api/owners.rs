//! Owners of a package: every change is a leaf, and takes hold at once.

use crate::publisher::Package;
use crate::registry::TestRegistry;
use lumen_pkg::protocol::{LeafAnswer, Owners};

const OWNERS: &str = "/api/v1/packages/acme/money/owners";

#[tokio::test]
async fn owners_are_added_and_removed_in_the_log() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let bob = registry.user("bob").await;
    ann.publish(&Package::new("@acme/money", "1.0.0")).await;
    let owner = |name: &str| lumen_pkg::protocol::OwnerRequest {
        owner: name.to_owned(),
    };
    let owners = async || registry.get(OWNERS).await.json::<Owners>().owners;
    // (who, method, whom, whether there is a leaf, owners after)
    let steps = [
        (&ann, "PUT", "ann", false, vec!["ann"]),
        (&ann, "PUT", "bob", true, vec!["ann", "bob"]),
        (&bob, "PUT", "bob", false, vec!["ann", "bob"]),
        (&bob, "DELETE", "ann", true, vec!["bob"]),
        (&bob, "DELETE", "nobody", false, vec!["bob"]),
        (&bob, "PUT", "ann", true, vec!["ann", "bob"]),
        (&ann, "DELETE", "bob", true, vec!["ann"]),
    ];
    for (step, (who, method, whom, leaf, after)) in steps.into_iter().enumerate() {
        let answer: LeafAnswer = who.json(method, OWNERS, &owner(whom)).await.json();
        assert_eq!(answer.leaf.is_some(), leaf, "step {step}");
        assert_eq!(owners().await, after, "step {step}");
    }
    assert_eq!(
        bob.json("PUT", OWNERS, &owner("bob")).await.problem(),
        "forbidden"
    );
    assert_eq!(
        bob.try_publish(&Package::new("@acme/money", "1.1.0"))
            .await
            .problem(),
        "forbidden"
    );
    let scope: Owners = registry.get("/api/v1/scopes/acme/owners").await.json();
    assert_eq!(scope.owners, ["ann"]);
    registry.audit().await;
    registry.stop().await;
}

//! How much a user may do in a time; the clock is the test's.

use crate::publisher::Package;
use crate::registry::{Answer, START, TestRegistry};
use lumen_pkg::protocol::paths;
use registry_server::policy::{Quotas, Rate};

async fn registry() -> TestRegistry {
    TestRegistry::with(|config| {
        config.policy.quotas = Quotas {
            account: Rate {
                seconds: 60,
                burst: 3,
            },
            ..Quotas::default()
        };
    })
    .await
}

fn limited(answer: &Answer) -> Option<&str> {
    (answer.status != 200).then(|| {
        assert_eq!((answer.status, answer.problem().as_str()), (429, "too-many"));
        answer.header("retry-after")
    })
}

#[tokio::test]
async fn new_packages_and_versions_are_limited_each_for_itself() {
    let registry = registry().await;
    let ann = registry.user("ann").await;
    for number in 0..5 {
        ann.publish(&Package::new(&format!("@acme/p{number}"), "1.0.0"))
            .await;
    }
    let sixth = Package::new("@acme/p5", "1.0.0");
    assert_eq!(limited(&ann.try_publish(&sixth).await), Some("600"));
    ann.publish(&Package::new("@acme/p0", "1.0.0")).await;
    for patch in 1..=30 {
        ann.publish(&Package::new("@acme/p0", &format!("1.0.{patch}")))
            .await;
    }
    assert_eq!(
        limited(&ann.try_publish(&Package::new("@acme/p0", "1.1.0")).await),
        Some("60")
    );
    assert_eq!(
        limited(
            &registry
                .user("bob")
                .await
                .try_publish(&Package::new("@other/b", "1.0.0"))
                .await
        ),
        None
    );
    registry.clock.set(START + 599);
    assert_eq!(limited(&ann.try_publish(&sixth).await), Some("1"));
    registry.clock.set(START + 600);
    assert_eq!(limited(&ann.try_publish(&sixth).await), None);
    assert_eq!(
        limited(&ann.try_publish(&Package::new("@acme/p6", "1.0.0")).await),
        Some("600")
    );
    registry.audit().await;
    registry.stop().await;
}

#[tokio::test]
async fn a_quota_outlives_a_restart() {
    let mut registry = registry().await;
    let token = registry.token("ann", |_| {}).await;
    let publish = async |registry: &TestRegistry, name: &str| {
        let ann = crate::publisher::Publisher::new(registry, "ann", token.clone());
        ann.announce().await;
        ann.try_publish(&Package::new(name, "1.0.0")).await
    };
    for number in 0..2 {
        assert_eq!(publish(&registry, &format!("@acme/p{number}")).await.status, 200);
    }
    registry.restart(|_| {}).await;
    let bare = crate::publisher::Publisher::new(&registry, "ann", token.clone());
    for number in 2..5 {
        assert_eq!(
            bare.try_publish(&Package::new(&format!("@acme/p{number}"), "1.0.0"))
                .await
                .status,
            200
        );
    }
    assert_eq!(
        limited(&bare.try_publish(&Package::new("@acme/p5", "1.0.0")).await),
        Some("600")
    );
    registry.stop().await;
}

#[tokio::test]
async fn yanks_keys_owners_and_dependencies_are_limited() {
    let registry = registry().await;
    let ann = registry.user("ann").await;
    let bob = registry.user("bob").await;
    let money = Package::new("@acme/money", "1.0.0");
    ann.publish(&money).await;
    let yank = format!(
        "/{}",
        paths::yank(&money.statement.package, &money.statement.version)
    );
    for number in 0..100 {
        let method = if number % 2 == 0 { "PUT" } else { "DELETE" };
        assert_eq!(
            limited(&ann.send(method, &yank, Vec::new()).await),
            None,
            "{number}"
        );
    }
    assert_eq!(limited(&ann.send("PUT", &yank, Vec::new()).await), Some("60"));
    assert_eq!(
        bob.send("PUT", &yank, Vec::new()).await.problem(),
        "forbidden",
        "strangers use no quota"
    );
    // One is gone for the key that was announced at first.
    let token = serde_json::json!({"name": "x", "scopes": ["yank"]});
    let owner = serde_json::json!({"owner": "bob"});
    assert_eq!(limited(&ann.json("POST", "/api/v1/tokens", &token).await), None);
    assert_eq!(
        limited(
            &ann.json("PUT", "/api/v1/packages/acme/money/owners", &owner)
                .await
        ),
        None
    );
    assert_eq!(
        limited(
            &ann.json("DELETE", "/api/v1/packages/acme/money/owners", &owner)
                .await
        ),
        Some("60")
    );
    assert_eq!(
        limited(&ann.json("POST", "/api/v1/tokens", &token).await),
        Some("60")
    );
    let more: String = std::iter::once("[dependencies]\n".to_owned())
        .chain((0..501).map(|number| format!("\"@a/p{number}\" = \"1\"\n")))
        .collect();
    let mut many = Package::with_manifest("@acme/money", "1.1.0", &more, "");
    for number in 0..501 {
        many = many.depending_on(&format!("@a/p{number}"), "1");
    }
    many.statement
        .dependencies
        .sort_by(|one, two| one.name.cmp(&two.name));
    let answer = ann.try_publish(&many).await;
    assert_eq!(
        (answer.status, answer.detail().as_str()),
        (413, "The package has 501 dependencies; at most 500 are allowed.")
    );
    registry.audit().await;
    registry.stop().await;
}

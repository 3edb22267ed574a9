//! Tokens: how they are made, listed and revoked, and what one that is missing, ended or limited may not do.

use crate::publisher::{Package, Publisher};
use crate::registry::{START, TestRegistry};
use lumen_pkg::protocol::{Identity, TokenAnswer, TokenList};

const TOKENS: &str = "/api/v1/tokens";

#[tokio::test]
async fn tokens_that_are_not_good_are_refused_without_saying_why() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let expired = registry.token("ann", |token| token.expires = START).await;
    let revoked = registry.token("ann", |token| token.revoked = true).await;
    let mut unknown = ann.token.clone();
    unknown.replace_range(10..11, if &unknown[10..11] == "A" { "B" } else { "A" });
    let headers = [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Basic {}", ann.token),
        format!("Bearer {unknown}"),
        format!("Bearer {} ", &ann.token[6..]),
        format!("Bearer {expired}"),
        format!("Bearer {revoked}"),
        format!("Bearer {}", "x".repeat(4000)),
    ];
    for header in &headers {
        let answer = registry
            .send("GET", "/api/v1/whoami", &[("authorization", header)], Vec::new())
            .await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (401, "unauthenticated"),
            "{header}"
        );
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    let identity: Identity = ann.send("GET", "/api/v1/whoami", Vec::new()).await.json();
    assert_eq!(
        (identity.user.as_str(), identity.keys.len(), identity.scopes.len()),
        ("ann", 1, 5)
    );
    registry.stop().await;
}

#[tokio::test]
async fn scopes_and_patterns_limit_a_token() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    ann.publish(&Package::new("@acme/money", "1.0.0")).await;
    let cases = [
        ("publish-new", None, "@acme/money", Some("forbidden")),
        ("publish-update", None, "@acme/new", Some("forbidden")),
        (
            "yank account change-owners",
            None,
            "@acme/money",
            Some("forbidden"),
        ),
        (
            "publish-update",
            Some("@acme/text"),
            "@acme/money",
            Some("forbidden"),
        ),
        (
            "publish-update publish-new",
            Some("@other/*"),
            "@acme/money",
            Some("forbidden"),
        ),
        ("publish-new", Some("@acme/*"), "@acme/fresh", None),
        ("publish-update", Some("@acme/money"), "@acme/money", None),
    ];
    for (scopes, packages, name, refused) in cases {
        let token = registry
            .token("ann", |token| {
                token.scopes = scopes.to_owned();
                token.packages = packages.map(str::to_owned);
            })
            .await;
        let limited = Publisher::new(&registry, "ann", token);
        let answer = limited.try_publish(&Package::new(name, "1.1.0")).await;
        match refused {
            Some(kind) => assert_eq!(answer.problem(), kind, "{scopes} {packages:?} {name}"),
            None => assert_eq!(answer.status, 200, "{scopes} {packages:?} {name}"),
        }
        let yanked = limited
            .send("PUT", "/api/v1/packages/acme/money/1.0.0/yank", Vec::new())
            .await;
        assert_eq!(yanked.status == 200, scopes.contains("yank"), "{scopes}");
    }
    registry.stop().await;
}

#[tokio::test]
async fn an_upload_is_its_users_own() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let bob = registry.user("bob").await;
    let money = Package::new("@acme/money", "1.0.0");
    let begun = ann.begun(&money).await;
    assert_eq!(
        bob.upload(&begun.upload, money.upload.clone()).await.problem(),
        "not-found"
    );
    ann.upload(&begun.upload, money.upload.clone()).await;
    assert_eq!(
        bob.commit(&begun.upload, &bob.signed(&money)).await.problem(),
        "not-found"
    );
    for id in ["..", "%2e%2e%2f", "0", &"0".repeat(32)] {
        let answer = ann.upload(id, money.upload.clone()).await;
        assert!(
            answer.status == 404 || answer.status == 405,
            "{id}: {}",
            answer.status
        );
    }
    registry.stop().await;
}

#[tokio::test]
async fn tokens_are_made_listed_and_revoked() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let request = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    let made = request(r#"{"name":"ci","scopes":["publish-update"],"packages":"@acme/*","lifetime":60}"#);
    let answer = ann.json("POST", TOKENS, &made).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let made: TokenAnswer = answer.json();
    assert_eq!(made.expires, START + 60);
    let list: TokenList = ann.send("GET", TOKENS, Vec::new()).await.json();
    let entry = list
        .tokens
        .iter()
        .find(|token| token.id == made.id)
        .expect("it is listed");
    assert_eq!(
        (entry.name.as_str(), entry.packages.as_deref()),
        ("ci", Some("@acme/*"))
    );
    assert!(!String::from_utf8_lossy(&ann.send("GET", TOKENS, Vec::new()).await.body).contains(&made.token));
    ann.publish(&Package::new("@acme/money", "1.0.0")).await;
    let ci = Publisher::new(&registry, "ann", made.token.clone());
    ci.publish(&Package::new("@acme/money", "1.1.0")).await;
    assert_eq!(
        ci.try_publish(&Package::new("@acme/text", "1.0.0"))
            .await
            .problem(),
        "forbidden"
    );
    let path = format!("{TOKENS}/{}", made.id);
    assert_eq!(
        ci.send("DELETE", &path, Vec::new()).await.status,
        204,
        "it revokes itself"
    );
    assert_eq!(
        ci.begin(&Package::new("@acme/money", "1.2.0")).await.problem(),
        "unauthenticated"
    );
    assert_eq!(
        ann.send("DELETE", &path, Vec::new()).await.status,
        204,
        "again is the same"
    );
    let again: TokenAnswer = ann
        .json("POST", TOKENS, &request(r#"{"name":"x","scopes":["yank"]}"#))
        .await
        .json();
    assert_eq!(
        again.expires,
        START + 3600,
        "never longer than the token that makes it"
    );
    registry.clock.set(START + 3600);
    let late = Publisher::new(&registry, "ann", again.token);
    assert_eq!(
        late.send("GET", "/api/v1/whoami", Vec::new()).await.problem(),
        "unauthenticated"
    );
    registry.stop().await;
}

#[tokio::test]
async fn tokens_of_a_user_are_bounded() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let request = serde_json::json!({"name": "x", "scopes": ["yank"]});
    let mut last = 200;
    for _ in 0..100 {
        last = ann.json("POST", TOKENS, &request).await.status;
    }
    assert_eq!(last, 409);
    registry.stop().await;
}

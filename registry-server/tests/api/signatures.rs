//! Only a key that the user has announced can sign, and only what it signed is published.

use crate::publisher::{Package, public, sign};
use crate::registry::TestRegistry;
use ed25519_dalek::SigningKey;
use lumen_pkg::protocol::{Commit, KeyRequest, LeafAnswer};

#[tokio::test]
async fn bad_signatures_and_unknown_keys_are_refused() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let bob = registry.user("bob").await;
    let money = Package::new("@acme/money", "1.0.0");
    let begun = ann.begun(&money).await;
    ann.upload(&begun.upload, money.upload.clone()).await;
    let good = ann.signed(&money);
    let statement = good.statement.signed_bytes();
    let stranger = SigningKey::from_bytes(&[7; 32]);
    let by = |key: &SigningKey| Commit {
        key: public(key),
        signature: sign(key, &statement),
        ..good.clone()
    };
    let cases = [
        (
            "another's signature",
            Commit {
                signature: by(&stranger).signature,
                ..good.clone()
            },
            "bad-signature",
        ),
        (
            "another statement",
            Commit {
                signature: sign(&ann.key, b"x"),
                ..good.clone()
            },
            "bad-signature",
        ),
        ("a key that nobody announced", by(&stranger), "unknown-key"),
        ("another user's key", by(&bob.key), "unknown-key"),
    ];
    for (case, commit, kind) in cases {
        let answer = ann.commit(&begun.upload, &commit).await;
        assert_eq!((answer.status, answer.problem().as_str()), (422, kind), "{case}");
    }
    assert_eq!(ann.commit(&begun.upload, &good).await.status, 200);
    registry.audit().await;
    registry.stop().await;
}

#[tokio::test]
async fn a_key_is_announced_with_a_proof_and_is_of_no_use_when_withdrawn() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let stranger = SigningKey::from_bytes(&[7; 32]);
    let cases = [
        ("no proof", None),
        ("for another user", Some(sign(&stranger, b"lumen key v1\nbob"))),
        ("of another key", Some(sign(&ann.key, b"lumen key v1\nann"))),
    ];
    for (case, proof) in cases {
        let key = public(&stranger);
        let answer = ann.json("PUT", "/api/v1/keys", &KeyRequest { key, proof }).await;
        assert_eq!(answer.problem(), "bad-signature", "{case}");
    }
    let request = KeyRequest {
        key: public(&ann.key),
        proof: None,
    };
    let withdrawn: LeafAnswer = ann.json("DELETE", "/api/v1/keys", &request).await.json();
    assert!(withdrawn.leaf.is_some());
    let again: LeafAnswer = ann.json("DELETE", "/api/v1/keys", &request).await.json();
    assert_eq!(again.leaf, None);
    assert_eq!(
        ann.try_publish(&Package::new("@acme/money", "1.0.0"))
            .await
            .problem(),
        "unknown-key"
    );
    registry.audit().await;
    registry.stop().await;
}

//! Publishing keys: announced with a proof, by the user whose they are.

use crate::publisher::{Package, public, sign};
use crate::registry::TestRegistry;
use ed25519_dalek::SigningKey;
use lumen_pkg::protocol::{KeyRequest, LeafAnswer};

const KEYS: &str = "/api/v1/keys";

#[tokio::test]
async fn keys_need_a_proof_and_are_their_users_own() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let bob = registry.user("bob").await;
    let fresh = SigningKey::from_bytes(&[9; 32]);
    let proof = |key: &SigningKey, text: &str| Some(sign(key, text.as_bytes()));
    let before = registry.audit().await;
    let cases = [
        ("no proof", public(&fresh), None),
        (
            "of another user",
            public(&fresh),
            proof(&fresh, "lumen key v1\nann"),
        ),
        (
            "by another key",
            public(&fresh),
            proof(&bob.key, "lumen key v1\nbob"),
        ),
        (
            "another user's key",
            public(&ann.key),
            proof(&bob.key, "lumen key v1\nbob"),
        ),
        (
            "another user's key and proof",
            public(&ann.key),
            proof(&ann.key, "lumen key v1\nann"),
        ),
        ("without the context", public(&fresh), proof(&fresh, "bob")),
        (
            "another context",
            public(&fresh),
            proof(&fresh, "lumen publish v1\nbob"),
        ),
    ];
    for (case, key, proof) in cases {
        let answer = bob.json("PUT", KEYS, &KeyRequest { key, proof }).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (422, "bad-signature"),
            "{case}"
        );
    }
    let of_ann = KeyRequest {
        key: public(&ann.key),
        proof: None,
    };
    let withdrawn: LeafAnswer = bob.json("DELETE", KEYS, &of_ann).await.json();
    assert_eq!(withdrawn.leaf, None, "it is not bob's, so nothing is withdrawn");
    assert_eq!(registry.audit().await, before);
    ann.publish(&Package::new("@acme/money", "1.0.0")).await;
    registry.stop().await;
}

//! Names that are refused or held, as data, with the exact words.

use crate::publisher::{Package, Publisher};
use crate::registry::{Answer, TestRegistry};
use futures_util::future::join_all;
use lumen_pkg::PackageName;
use lumen_pkg::protocol::PublishAnswer;
use registry_server::database::HoldState;
use registry_server::policy::Policy;

/// Names that are no names, and what is wrong with them.
const MALFORMED: [(&str, &str); 24] = [
    ("money", "it has no scope"),
    ("acme/money", "it has no scope"),
    ("", "it has no scope"),
    ("@acme", "it has a scope but no name after it"),
    ("@acme/", "its name is empty"),
    ("@/money", "its scope is empty"),
    ("@acme/Money", "its name contains 'M'"),
    ("@ACME/money", "its scope contains 'A'"),
    ("@acme/mo_ney", "its name contains '_'"),
    ("@acme/mo.ney", "its name contains '.'"),
    ("@acme/..", "its name contains '.'"),
    ("@../money", "its scope contains '.'"),
    ("@acme/a/b", "its name contains '/'"),
    ("@acme/a\\\\b", "its name contains '\\\\'"),
    ("@acme/mo ney", "its name contains ' '"),
    ("@acme/mоney", "its name contains 'о'"),
    ("@acme/money\\u0000", "its name contains '\\0'"),
    ("@acme/money\\n", "its name contains '\\n'"),
    ("@acme/%2e%2e", "its name contains '%'"),
    ("@@acme/money", "its scope contains '@'"),
    ("@acme/money@1", "its name contains '@'"),
    ("@acme/-money", "its name begins or ends with `-`"),
    ("@acme-/money", "its scope begins or ends with `-`"),
    ("@acme/ﬁ", "its name contains 'ﬁ'"),
];

/// Names that are well-formed and refused.
const REFUSED: [(&str, &str); 9] = [
    (
        "@mallory/con",
        "`@mallory/con` cannot be published: its name is the name of a device on Windows.",
    ),
    (
        "@mallory/lpt1",
        "`@mallory/lpt1` cannot be published: its name is the name of a device on Windows.",
    ),
    (
        "@nul/money",
        "`@nul/money` cannot be published: its scope is the name of a device on Windows.",
    ),
    (
        "@mallory/a--b",
        "`@mallory/a--b` cannot be published: its name has two `-` after each other.",
    ),
    (
        "@xn--acme/money",
        "`@xn--acme/money` cannot be published: its scope has two `-` after each other.",
    ),
    (
        "@mallory/xn--80ak6aa92e",
        "`@mallory/xn--80ak6aa92e` cannot be published: its name has two `-` after each other.",
    ),
    (
        "@mallory/123",
        "`@mallory/123` cannot be published: its name has no letter.",
    ),
    (
        "@1-2/money",
        "`@1-2/money` cannot be published: its scope has no letter.",
    ),
    (
        "@0/money",
        "`@0/money` cannot be published: its scope has no letter.",
    ),
];

/// Names that a person looks at first.
const HELD: [(&str, &str); 21] = [
    ("@lumen/anything", "the scope `@lumen` is reserved"),
    ("@std/list", "the scope `@std` is reserved"),
    ("@iumen/x", "the scope `@iumen` looks like `@lumen`"),
    ("@1umen/x", "the scope `@1umen` looks like `@lumen`"),
    (
        "@lu-men/x",
        "the scope `@lu-men` differs only in `-` from `@lumen`",
    ),
    ("@lumens/x", "the scope `@lumens` is one letter from `@lumen`"),
    ("@c0re/x", "the scope `@c0re` looks like `@core`"),
    ("@acrne/x", "the scope `@acrne` looks like `@acme`"),
    ("@ac-me/x", "the scope `@ac-me` differs only in `-` from `@acme`"),
    ("@acne/x", "the scope `@acne` is one letter from `@acme`"),
    ("@amce/x", "the scope `@amce` is one letter from `@acme`"),
    ("@acmee/x", "the scope `@acmee` is one letter from `@acme`"),
    ("@vvave/x", "the scope `@vvave` looks like `@wave`"),
    ("@wav3/x", "the scope `@wav3` is one letter from `@wave`"),
    (
        "@tools-big/x",
        "the scope `@tools-big` has the same words as `@big-tools`",
    ),
    (
        "@t00ls-big/x",
        "the scope `@t00ls-big` has the same words as `@big-tools`",
    ),
    (
        "@bigtools/x",
        "the scope `@bigtools` differs only in `-` from `@big-tools`",
    ),
    (
        "@mallory/acme-money",
        "`@mallory/acme-money` reads like `@acme/money`",
    ),
    (
        "@mallory/acmem0ney",
        "`@mallory/acmem0ney` reads like `@acme/money`",
    ),
    ("@acme-money/x", "`@acme-money/x` reads like `@acme/money`"),
    ("@acmemon/ey", "`@acmemon/ey` reads like `@acme/money`"),
];

/// Names that are as good as any other.
const FINE: [&str; 7] = [
    "@mallory/money",
    "@mallory/text",
    "@mallory/m0ney",
    "@other-company/money",
    "@zeta7/a",
    "@mallory/con-text",
    "@x/y",
];

async fn registry() -> TestRegistry {
    TestRegistry::with(|config| {
        let quotas = config.policy.quotas;
        config.policy = Policy {
            quotas,
            ..Policy::default()
        };
    })
    .await
}

fn outcome(answer: &Answer) -> String {
    match answer.status {
        200 => match answer.json() {
            PublishAnswer::Published { .. } => "published".to_owned(),
            PublishAnswer::Held { reason } => format!("held: {reason}"),
        },
        _ => format!("{}: {}", answer.problem(), answer.detail()),
    }
}

async fn publish(user: &Publisher<'_>, name: &str) -> String {
    outcome(&user.try_publish(&Package::new(name, "1.0.0")).await)
}

#[tokio::test]
async fn bad_names_are_refused_or_held_with_the_reason() {
    let registry = registry().await;
    let ann = registry.user("ann").await;
    for name in ["@acme/money", "@big-tools/a", "@wave/b"] {
        assert_eq!(publish(&ann, name).await, "published", "{name}");
    }
    let mallory = registry.user("mallory").await;
    let before = registry.audit().await;
    for (name, words) in MALFORMED {
        let body = format!(
            r#"{{"package":"{name}","version":"1.0.0","archive":"{}","size":1}}"#,
            "ab".repeat(32)
        );
        let answer = mallory
            .send("POST", "/api/v1/publish/begin", body.into_bytes())
            .await;
        assert_eq!(answer.problem(), "bad-request", "{name}");
        assert!(answer.detail().contains(words), "{name}: {}", answer.detail());
    }
    for (name, words) in REFUSED {
        assert_eq!(publish(&mallory, name).await, format!("bad-name: {words}"));
    }
    for (name, words) in HELD {
        let expected = format!("held: {words}; the registry's operator looks at it, then publish again");
        assert_eq!(publish(&mallory, name).await, expected);
        assert_eq!(publish(&mallory, name).await, expected, "again is the same");
    }
    assert_eq!(registry.audit().await, before, "not a leaf");
    assert_eq!(
        registry.database().held_names().await.expect("a number"),
        HELD.len() as u64
    );
    for name in FINE {
        assert_eq!(publish(&mallory, name).await, "published", "{name}");
    }
    registry.audit().await;
    registry.stop().await;
}

#[tokio::test]
async fn a_held_name_is_released_or_refused() {
    let registry = registry().await;
    let ann = registry.user("ann").await;
    ann.publish(&Package::new("@acme/money", "1.0.0")).await;
    let bob = registry.user("bob").await;
    let name = |text| PackageName::parse(text).expect("a name");
    let (first, second) = (name("@acne/cream"), name("@acmes/cream"));
    assert!(publish(&bob, "@acne/cream").await.starts_with("held"));
    assert!(publish(&bob, "@acmes/cream").await.starts_with("held"));
    let database = registry.database();
    for (package, state) in [(&first, HoldState::Released), (&second, HoldState::Refused)] {
        assert!(
            database
                .decide_hold(package, "bob", state)
                .await
                .expect("decided")
        );
        assert!(
            !database
                .decide_hold(package, "eve", state)
                .await
                .expect("decided")
        );
    }
    assert_eq!(publish(&bob, "@acne/cream").await, "published");
    assert_eq!(
        publish(&bob, "@acne/soap").await,
        "published",
        "the scope is his now"
    );
    assert_eq!(
        publish(&bob, "@acmes/cream").await,
        "forbidden: The registry's operator has refused `@acmes/cream`: the scope `@acmes` is one letter from `@acme`."
    );
    assert_eq!(
        publish(&ann, "@acme/creams").await,
        "published",
        "an owner's own names may be alike"
    );
    assert_eq!(publish(&ann, "@acme/cream").await, "published");
    registry.audit().await;
    registry.stop().await;
}

/// Scopes of which each looks like every other.
const ALIKE: [&str; 5] = ["farm", "farrn", "fa-rm", "f-arm", "far-m"];

// The registry decides in one place: what was looked at before cannot have changed by then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_look_alikes_published_at_the_same_instant_all_but_one_are_held() {
    let registry = registry().await;
    let users = join_all(["ann", "bob", "cid", "dan", "eve"].map(|name| registry.user(name))).await;
    for round in 0..5 {
        let packages: Vec<Package> = ALIKE
            .iter()
            .map(|scope| Package::new(&format!("@{scope}{}/x", "z".repeat(round * 3)), "1.0.0"))
            .collect();
        let mut uploads = Vec::new();
        for (user, package) in users.iter().zip(&packages) {
            let id = user.begun(package).await.upload;
            assert_eq!(user.upload(&id, package.upload.clone()).await.status, 204);
            uploads.push((user, package, id));
        }
        let commits = uploads.iter().map(async |(user, package, id)| {
            let answer = user.commit(id, &user.signed(package)).await;
            outcome(&answer)
        });
        let outcomes = join_all(commits).await;
        let published = outcomes.iter().filter(|outcome| *outcome == "published");
        assert_eq!(published.count(), 1, "{outcomes:#?}");
        let held = outcomes
            .iter()
            .filter(|outcome| outcome.starts_with("held: the scope"));
        assert_eq!(held.count(), 4, "{outcomes:#?}");
        for ((user, package, id), before) in uploads.iter().zip(&outcomes) {
            let again = user.commit(id, &user.signed(package)).await;
            assert_eq!(outcome(&again), *before, "again is the same");
        }
        let wait = registry.database().held_names().await.expect("a number");
        assert_eq!(wait, 4 * (round as u64 + 1));
    }
    registry.audit().await;
    registry.stop().await;
}

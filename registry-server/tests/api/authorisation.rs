//! Attempts to do what is not allowed, as data: who, what, and the exact refusal. After all of them nothing has changed.

use crate::publisher::Package;
use crate::registry::{START, TestRegistry};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const OWNERS: &str = "/api/v1/packages/acme/money/owners";
const YANK: &str = "/api/v1/packages/acme/money/1.0.0/yank";
const TOKENS: &str = "/api/v1/tokens";
const KEYS: &str = "/api/v1/keys";
const BEGIN: &str = "/api/v1/publish/begin";
const BOB: &str = r#"{"owner":"bob"}"#;

/// A token of a user, limited.
struct Limit {
    user: &'static str,
    scopes: &'static str,
    packages: Option<&'static str>,
    revoked: bool,
    lifetime: u64,
}

const ALL: &str = "publish-new publish-update yank change-owners account";

const fn limit(user: &'static str, scopes: &'static str) -> Limit {
    Limit {
        user,
        scopes,
        packages: None,
        revoked: false,
        lifetime: 3600,
    }
}

/// What is tried, with which `Authorization`, and what comes back.
type Attempt = (
    &'static str,
    &'static str,
    &'static str,
    String,
    (u16, &'static str),
);

/// Tokens by the names that attempts use.
async fn tokens(registry: &TestRegistry) -> Vec<(&'static str, String)> {
    let limits = [
        ("ann", limit("ann", ALL)),
        ("bob", limit("bob", ALL)),
        (
            "ann expired",
            Limit {
                lifetime: 0,
                ..limit("ann", ALL)
            },
        ),
        (
            "ann revoked",
            Limit {
                revoked: true,
                ..limit("ann", ALL)
            },
        ),
        ("ann only yank", limit("ann", "yank")),
        ("ann only account", limit("ann", "account")),
        ("ann only update", limit("ann", "publish-update")),
        (
            "ann without account",
            limit("ann", "publish-new publish-update yank change-owners"),
        ),
        (
            "ann only @acme/text",
            Limit {
                packages: Some("@acme/text"),
                ..limit("ann", ALL)
            },
        ),
        (
            "ann only @other/*",
            Limit {
                packages: Some("@other/*"),
                ..limit("ann", ALL)
            },
        ),
        ("eve disabled", limit("eve", ALL)),
    ];
    let mut tokens = vec![
        ("nobody", String::new()),
        ("gibberish", "Bearer lumen_x".to_owned()),
    ];
    for (name, limit) in limits {
        let token = registry
            .token(limit.user, |token| {
                token.scopes = limit.scopes.to_owned();
                token.packages = limit.packages.map(str::to_owned);
                token.revoked = limit.revoked;
                token.expires = START + limit.lifetime;
            })
            .await;
        tokens.push((name, format!("Bearer {token}")));
    }
    let ann = tokens[2].1.clone();
    tokens.push(("basic", ann.replace("Bearer", "Basic")));
    tokens.push(("lower case", ann.replace("Bearer", "bearer ")));
    tokens.push(("two tokens", format!("{ann}, {ann}")));
    tokens.push(("upper case token", ann.replace("lumen_", "LUMEN_")));
    tokens.push(("token and more", format!("{ann}A")));
    tokens
}

fn attempts() -> Vec<Attempt> {
    let begin = |name: &str| {
        let archive = "ab".repeat(32);
        format!(r#"{{"package":"{name}","version":"2.0.0","archive":"{archive}","size":10}}"#)
    };
    let token = |rest: &str| format!(r#"{{"name":"x",{rest}}}"#);
    let everything = token(r#""scopes":["publish-new","publish-update","yank","change-owners","account"]"#);
    let none = String::new;
    let bob = || BOB.to_owned();
    let (unknown, forbidden, bad) = ((401, "unauthenticated"), (403, "forbidden"), (400, "bad-request"));
    let missing = (404, "not-found");
    vec![
        // No token, or one that is not good.
        ("nobody", "GET", "/api/v1/whoami", none(), unknown),
        ("nobody", "POST", BEGIN, begin("@acme/money"), unknown),
        ("nobody", "PUT", YANK, none(), unknown),
        ("nobody", "PUT", OWNERS, bob(), unknown),
        ("nobody", "GET", TOKENS, none(), unknown),
        ("nobody", "POST", TOKENS, everything.clone(), unknown),
        ("gibberish", "PUT", YANK, none(), unknown),
        ("basic", "PUT", YANK, none(), unknown),
        ("lower case", "PUT", YANK, none(), unknown),
        ("two tokens", "PUT", YANK, none(), unknown),
        ("upper case token", "PUT", YANK, none(), unknown),
        ("token and more", "PUT", YANK, none(), unknown),
        ("ann expired", "PUT", YANK, none(), unknown),
        ("ann revoked", "PUT", YANK, none(), unknown),
        ("eve disabled", "GET", "/api/v1/whoami", none(), unknown),
        ("eve disabled", "POST", BEGIN, begin("@eve/new"), unknown),
        // Another user's things.
        ("bob", "POST", BEGIN, begin("@acme/money"), forbidden),
        (
            "bob",
            "POST",
            BEGIN,
            begin("@acme/new-in-another-scope"),
            forbidden,
        ),
        ("bob", "PUT", YANK, none(), forbidden),
        ("bob", "DELETE", YANK, none(), forbidden),
        ("bob", "PUT", OWNERS, bob(), forbidden),
        (
            "bob",
            "DELETE",
            OWNERS,
            r#"{"owner":"ann"}"#.to_owned(),
            forbidden,
        ),
        // A token that may not.
        ("ann only yank", "POST", BEGIN, begin("@acme/money"), forbidden),
        ("ann only yank", "PUT", OWNERS, bob(), forbidden),
        (
            "ann only yank",
            "POST",
            TOKENS,
            token(r#""scopes":["yank"]"#),
            forbidden,
        ),
        ("ann only yank", "GET", TOKENS, none(), forbidden),
        ("ann only update", "POST", BEGIN, begin("@acme/fresh"), forbidden),
        ("ann only update", "PUT", YANK, none(), forbidden),
        ("ann only account", "PUT", YANK, none(), forbidden),
        (
            "ann without account",
            "POST",
            TOKENS,
            token(r#""scopes":["yank"]"#),
            forbidden,
        ),
        (
            "ann only @acme/text",
            "POST",
            BEGIN,
            begin("@acme/money"),
            forbidden,
        ),
        ("ann only @acme/text", "PUT", YANK, none(), forbidden),
        ("ann only @acme/text", "PUT", OWNERS, bob(), forbidden),
        (
            "ann only @other/*",
            "POST",
            BEGIN,
            begin("@acme/money"),
            forbidden,
        ),
        (
            "ann only @other/*",
            "POST",
            TOKENS,
            token(r#""scopes":["yank"],"packages":"@other/*""#),
            forbidden,
        ),
        // A token that makes a bigger one.
        ("ann only account", "POST", TOKENS, everything.clone(), forbidden),
        (
            "ann only account",
            "POST",
            TOKENS,
            token(r#""scopes":["account","yank"]"#),
            forbidden,
        ),
        (
            "ann",
            "POST",
            TOKENS,
            token(r#""scopes":["yank"],"lifetime":3601"#),
            forbidden,
        ),
        (
            "ann",
            "POST",
            TOKENS,
            token(r#""scopes":["yank"],"lifetime":0"#),
            bad,
        ),
        (
            "ann",
            "POST",
            TOKENS,
            token(r#""scopes":["yank"],"lifetime":99999999999"#),
            bad,
        ),
        ("ann", "POST", TOKENS, token(r#""scopes":["admin"]"#), bad),
        ("ann", "POST", TOKENS, token(r#""scopes":[]"#), bad),
        ("ann", "POST", TOKENS, token(r#""scopes":["yank","yank"]"#), bad),
        (
            "ann",
            "POST",
            TOKENS,
            token(r#""scopes":["yank"],"packages":"*""#),
            bad,
        ),
        (
            "ann",
            "POST",
            TOKENS,
            token(r#""scopes":["yank"],"packages":"@acme/m*""#),
            bad,
        ),
        (
            "ann",
            "POST",
            TOKENS,
            token(r#""scopes":["yank"],"user":"bob""#),
            bad,
        ),
        (
            "ann",
            "POST",
            TOKENS,
            r#"{"name":"","scopes":["yank"]}"#.to_owned(),
            bad,
        ),
        (
            "ann",
            "POST",
            TOKENS,
            r#"{"name":"a\nb","scopes":["yank"]}"#.to_owned(),
            bad,
        ),
        ("bob", "DELETE", "/api/v1/tokens/of-ann", none(), missing),
        // Owners that are none.
        (
            "ann",
            "PUT",
            OWNERS,
            r#"{"owner":"nobody"}"#.to_owned(),
            (422, "unknown-user"),
        ),
        (
            "ann",
            "PUT",
            OWNERS,
            r#"{"owner":"eve"}"#.to_owned(),
            (422, "unknown-user"),
        ),
        (
            "ann",
            "PUT",
            OWNERS,
            r#"{"owner":"Bob"}"#.to_owned(),
            (422, "unknown-user"),
        ),
        (
            "ann",
            "PUT",
            OWNERS,
            r#"{"owner":"bob","as":"eve"}"#.to_owned(),
            bad,
        ),
        (
            "ann",
            "DELETE",
            OWNERS,
            r#"{"owner":"ann"}"#.to_owned(),
            (409, "wrong-state"),
        ),
        (
            "ann",
            "PUT",
            "/api/v1/packages/acme/none/owners",
            bob(),
            forbidden,
        ),
        ("ann", "GET", "/api/v1/packages/acme/none/owners", none(), missing),
        ("ann", "GET", "/api/v1/scopes/none/owners", none(), missing),
        // Tricks with paths.
        (
            "ann",
            "PUT",
            "/api/v1/packages/acme/../money/owners",
            bob(),
            missing,
        ),
        ("ann", "PUT", "/api/v1/packages/%2e%2e/money/owners", bob(), bad),
        (
            "ann",
            "PUT",
            "/api/v1/packages/acme/money%2fother/owners",
            bob(),
            bad,
        ),
        ("ann", "PUT", "/api/v1/packages/acme/money%00/owners", bob(), bad),
        ("ann", "PUT", "/api/v1/packages/ACME/money/owners", bob(), bad),
        ("ann", "PUT", "/api/v1/packages/%40acme/money/owners", bob(), bad),
        (
            "ann",
            "PUT",
            "/api/v1/packages/acme/money/1.0.0%2f..%2f2.0.0/yank",
            none(),
            bad,
        ),
        ("ann", "PUT", "/api/v1/packages/acme/money/1.0/yank", none(), bad),
        ("ann", "PUT", "/api/v1/packages/acme/money/%FF/yank", none(), bad),
        (
            "ann",
            "PUT",
            "/api/v1/packages/acme%2fmoney/1.0.0/yank",
            none(),
            missing,
        ),
        ("ann", "PUT", "/api/v1/packages//money/owners", bob(), bad),
        (
            "ann",
            "PUT",
            "/api/v1/packages/acme/money/owners/",
            bob(),
            missing,
        ),
        (
            "ann",
            "POST",
            "/api/v1/publish/..%2fbegin/commit",
            "{}".to_owned(),
            bad,
        ),
        (
            "ann",
            "GET",
            "/api/v1/scopes/..%2f..%2fkeys/owners",
            none(),
            missing,
        ),
        // Bodies.
        ("ann", "PUT", OWNERS, none(), bad),
        ("ann", "PUT", OWNERS, "[".repeat(10_000), bad),
        (
            "ann",
            "PUT",
            OWNERS,
            format!(r#"{{"owner":"{}"}}"#, "b".repeat(300_000)),
            (413, "too-large"),
        ),
        (
            "ann",
            "PUT",
            KEYS,
            r#"{"key":"AAAA","proof":"AAAA"}"#.to_owned(),
            bad,
        ),
        (
            "ann",
            "PUT",
            KEYS,
            format!(r#"{{"key":"{}="}}"#, "A".repeat(43)),
            bad,
        ),
    ]
}

#[tokio::test]
async fn nobody_does_what_he_may_not() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    registry.user("bob").await;
    ann.publish(&Package::new("@acme/money", "1.0.0")).await;
    let tokens = tokens(&registry).await;
    registry
        .token("ann", |token| token.id = "of-ann".to_owned())
        .await;
    assert!(
        registry
            .database()
            .disable_user("eve", true)
            .await
            .expect("disabled")
    );
    let before = registry.audit().await;
    let (mut wrong, attempts) = (Vec::new(), attempts());
    for (who, method, path, body, expected) in &attempts {
        let (_, header) = tokens.iter().find(|(name, _)| name == who).expect("a token");
        let headers = [("authorization", header.as_str())];
        let answer = raw(&registry, method, path, &headers, body).await;
        if (answer.0, answer.1.as_str()) != *expected {
            wrong.push(format!(
                "{who}: {method} {path} {body:.80}: {answer:?}, not {expected:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(
        registry.audit().await,
        before,
        "{} attempts, not a leaf",
        attempts.len()
    );
    registry.stop().await;
}

/// A request whose path is sent as it stands; a client library would clean it.
async fn raw(
    registry: &TestRegistry,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (u16, String) {
    let address = registry.url.strip_prefix("http://").expect("an address");
    let mut stream = tokio::net::TcpStream::connect(address)
        .await
        .expect("a connection");
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    // The registry may refuse before it has read everything.
    let _ = stream.write_all(body.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer
        .get(9..12)
        .and_then(|text| text.parse().ok())
        .unwrap_or_default();
    let kind = answer
        .split("/problems/")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    (status, kind.unwrap_or_default().to_owned())
}

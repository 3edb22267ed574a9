//! Numbers and logs: that they are there, and that no secret is in them.

use crate::publisher::{Package, Publisher};
use crate::registry::TestRegistry;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

/// Reads the text format of Prometheus, strictly: `NAME{LABEL="VALUE",...} NUMBER`, each described before it comes.
fn parse(text: &str) -> BTreeMap<String, f64> {
    let mut described: BTreeMap<&str, &str> = BTreeMap::new();
    let mut samples = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a type");
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert!(described.insert(name, kind).is_none(), "described twice: {line}");
            continue;
        }
        if line.starts_with("# HELP ") {
            continue;
        }
        let (series, value) = line.rsplit_once(' ').expect("a sample");
        let name = series.split('{').next().expect("a name");
        let base = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|end| name.strip_suffix(end));
        let known = described.contains_key(name)
            || base.is_some_and(|base| described.get(base) == Some(&"histogram"));
        assert!(known, "not described: {line}");
        assert!(
            name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
            "{line}"
        );
        samples.insert(series.to_owned(), value.parse().expect("a number"));
    }
    samples
}

async fn metrics(registry: &TestRegistry) -> BTreeMap<String, f64> {
    let answer = registry.get("/metrics").await;
    assert_eq!(
        answer.header("content-type"),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    parse(&String::from_utf8(answer.body).expect("text"))
}

#[tokio::test]
async fn requests_batches_and_totals_are_counted() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    ann.publish(&Package::new("@acme/money", "1.0.0")).await;
    ann.publish(&Package::new("@acme/money", "1.1.0")).await;
    ann.publish(&Package::new("@acme/money", "1.1.0")).await;
    for path in [
        "/api/v1/packages/acme/none/owners",
        "/no/such/thing",
        "/no/other/thing",
    ] {
        assert_eq!(registry.get(path).await.status, 404);
    }
    registry.send("BREW", "/healthz", &[], Vec::new()).await;
    let size = registry.audit().await.size;
    let samples = metrics(&registry).await;
    let expected = [
        ("registry_publishes_total", 2.0),
        ("registry_packages", 1.0),
        ("registry_held_names", 0.0),
        ("registry_log_leaves", size as f64),
        (
            r#"registry_requests_total{route="/api/v1/publish/{id}/commit",method="POST",status="200"}"#,
            3.0,
        ),
        (
            r#"registry_requests_total{route="other",method="GET",status="404"}"#,
            2.0,
        ),
        (
            r#"registry_requests_total{route="/healthz",method="other",status="405"}"#,
            1.0,
        ),
        (
            r#"registry_request_duration_seconds_count{route="/api/v1/publish/{id}/commit"}"#,
            3.0,
        ),
        ("registry_batch_duration_seconds_count", 4.0),
        ("registry_batch_leaves_count", 4.0),
        ("registry_batch_leaves_sum", size as f64),
    ];
    for (series, value) in expected {
        assert_eq!(samples.get(series), Some(&value), "{series} in {samples:#?}");
    }
    let text = format!("{samples:?}");
    assert!(
        !text.contains("acme") && !text.contains("ann") && !text.contains("thing"),
        "no names in labels"
    );
    registry.stop().await;
}

#[tokio::test]
async fn it_is_told_when_each_role_expires() {
    const DAY: f64 = 86_400.0;
    let registry = TestRegistry::start().await;
    let left = async || {
        let samples = metrics(&registry).await;
        ["root", "targets", "state", "snapshot", "timestamp"].map(|role| {
            let series = format!("registry_metadata_expires_seconds{{role=\"{role}\"}}");
            *samples.get(&series).expect(&series)
        })
    };
    let day = [365.0, 365.0, 7.0, 7.0, 1.0];
    assert_eq!(left().await, day.map(|days| days * DAY));
    registry.clock.set(crate::registry::START + 400 * 86_400);
    assert_eq!(left().await, day.map(|days| (days - 400.0) * DAY));
    registry.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_token_is_in_the_log() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut child = Command::new(env!("CARGO_BIN_EXE_registry-server"))
        .args(["serve", "--dev", "--data"])
        .arg(folder.path().join("data"))
        .env("LUMEN_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut errors = child.stderr.take().expect("its log");
    let log = std::thread::spawn(move || {
        let mut log = String::new();
        errors.read_to_string(&mut log).map(|_| log)
    });
    let mut told = BTreeMap::new();
    for line in BufReader::new(child.stdout.take().expect("its output"))
        .lines()
        .map(|line| line.expect("text"))
    {
        if let Some((key, value)) = line.split_once(" = ") {
            told.insert(key.to_owned(), value.to_owned());
        }
        if told.contains_key("token") {
            break;
        }
    }
    let remote = crate::registry::Remote {
        url: told["url"].clone(),
        client: reqwest::Client::new(),
        root: told["root"].clone().into(),
        clock: std::sync::Arc::new(registry_server::clock::SystemClock),
    };
    let token = &told["token"];
    let secret = &token["lumen_".len()..];
    let dev = Publisher::new(&remote, "dev", token.clone());
    dev.announce().await;
    dev.publish(&Package::new("@dev/money", "1.0.0")).await;
    let made = dev
        .json(
            "POST",
            "/api/v1/tokens",
            &serde_json::json!({"name": "x", "scopes": ["yank"]}),
        )
        .await;
    let made: lumen_pkg::protocol::TokenAnswer = made.json();
    // Tokens where they do not belong.
    remote.get(&format!("/api/v1/{token}")).await;
    remote.get(&format!("/api/v1/search?q={token}")).await;
    remote.get(&format!("/index/{secret}/{secret}")).await;
    dev.send("DELETE", &format!("/api/v1/tokens/{token}"), Vec::new())
        .await;
    dev.send("PUT", "/api/v1/keys", token.clone().into_bytes()).await;
    for header in [
        token.clone(),
        format!("Basic {token}"),
        format!("Bearer {token}x"),
        format!("Bearer  {token}"),
    ] {
        remote
            .send("GET", "/api/v1/whoami", &[("authorization", &header)], Vec::new())
            .await;
    }
    remote
        .send(
            "GET",
            "/api/v1/whoami",
            &[("x-request-id", token), ("cookie", token)],
            Vec::new(),
        )
        .await;
    let stopped = Command::new("kill")
        .arg(child.id().to_string())
        .status()
        .expect("kill");
    assert!(stopped.success() && child.wait().expect("it ends").success());
    let log = log.join().expect("no panic").expect("text");
    assert!(
        log.contains("\"user\":\"dev\"") && log.contains("\"route\":\"/api/v1/whoami\""),
        "the log is there"
    );
    assert!(
        log.contains("\"level\":\"TRACE\"") || log.contains("\"level\":\"DEBUG\""),
        "all of it"
    );
    for secret in [secret, &made.token["lumen_".len()..]] {
        let found = log.lines().find(|line| line.contains(secret));
        assert_eq!(found, None);
    }
    assert!(
        log.lines()
            .all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()),
        "JSON lines"
    );
}

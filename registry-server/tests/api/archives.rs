//! Archives and statements that are refused, and leave nothing behind.

use crate::publisher::{Package, Publisher, file};
use crate::registry::{Answer, TestRegistry};
use lumen_pkg::Digest;
use lumen_pkg::archive::pack;
use lumen_pkg::protocol::paths;

/// Announces one archive and sends another.
async fn send_other(ann: &Publisher<'_>, package: &Package, body: Vec<u8>) -> Answer {
    let begun = ann.begun(package).await;
    ann.upload(&begun.upload, body).await
}

#[tokio::test]
async fn archives_that_are_not_the_announced_one_or_not_canonical_are_refused() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let money = Package::new("@acme/money", "1.0.0");
    let other = Package::with_text("@acme/money", "1.0.0", "def tow() -> int:\n    return 2\n");
    let mut cut = money.upload.clone();
    cut.truncate(cut.len() / 2);
    let trailing = [money.upload.as_slice(), b"more"].concat();
    let twice = [money.upload.as_slice(), money.upload.as_slice()].concat();
    let cases = [
        ("another archive of the same length", other.upload),
        ("cut off", cut),
        ("bytes after the frame", trailing),
        ("two frames", twice),
        ("not zstd", b"not zstd".to_vec()),
        ("nothing", Vec::new()),
    ];
    for (case, body) in cases {
        let answer = send_other(&ann, &money, body).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (422, "bad-archive"),
            "{case}"
        );
    }
    let mut tar = pack(&[file(
        "lumen.toml",
        "[package]\nname = \"@acme/money\"\nversion = \"1.0.0\"\n",
    )])
    .expect("a tar");
    tar[136] = b'1';
    let mut noisy = money.clone();
    noisy.statement.archive = Digest::of(&tar);
    noisy.statement.size = tar.len() as u64;
    let compressed = lumen_pkg::archive::compress(&tar).expect("compressed");
    let answer = send_other(&ann, &noisy, compressed).await;
    assert_eq!(
        answer.problem(),
        "bad-archive",
        "a tar with another modification time"
    );
    let left: Vec<_> = std::fs::read_dir(registry.files.join("upload"))
        .map(|found| found.flatten().collect())
        .unwrap_or_default();
    assert!(left.is_empty(), "{left:?}");
    ann.publish(&money).await;
    registry.audit().await;
    registry.stop().await;
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_and_while_it_comes() {
    let registry = TestRegistry::with(|config| {
        config.limits.upload = 300;
        config.limits.body = 4096;
        config.limits.archive = 1 << 20;
    })
    .await;
    let ann = registry.user("ann").await;
    let mut huge = Package::new("@acme/money", "1.0.0");
    let begun = ann.begun(&huge).await;
    let answer = ann.upload(&begun.upload, vec![0; 301]).await;
    assert_eq!((answer.status, answer.problem().as_str()), (413, "too-large"));
    huge.statement.size = (1 << 20) + 1;
    assert_eq!(ann.begin(&huge).await.problem(), "too-large");
    let long = ann.send("POST", "/api/v1/publish/begin", vec![b' '; 5000]).await;
    assert_eq!(long.problem(), "too-large");
    registry.stop().await;
}

#[tokio::test]
async fn statements_that_do_not_agree_with_the_archive_are_refused() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let money = Package::new("@acme/money", "1.0.0");
    let begun = ann.begun(&money).await;
    assert_eq!(
        ann.commit(&begun.upload, &ann.signed(&money)).await.problem(),
        "wrong-state",
        "nothing uploaded"
    );
    ann.upload(&begun.upload, money.upload.clone()).await;
    let change = |change: fn(&mut Package)| {
        let mut changed = money.clone();
        change(&mut changed);
        changed
    };
    let cases = [
        (
            "package",
            change(|package| {
                package.statement.package = lumen_pkg::PackageName::parse("@acme/muney").expect("a name")
            }),
        ),
        ("version", change(|package| package.statement.version.patch = 9)),
        (
            "archive",
            change(|package| package.statement.archive = Digest::of(b"")),
        ),
        ("size", change(|package| package.statement.size += 1)),
        (
            "files",
            change(|package| package.statement.files = Digest::of(b"")),
        ),
        (
            "manifest",
            change(|package| package.statement.manifest = Digest::of(b"")),
        ),
        ("requirement", money.clone().depending_on("@acme/text", "one")),
        ("dependency", money.clone().depending_on("@acme/text", "1")),
        (
            "order",
            money.clone().depending_on("@b/b", "1").depending_on("@a/a", "1"),
        ),
        (
            "twice",
            money.clone().depending_on("@a/a", "1").depending_on("@a/a", "2"),
        ),
        (
            "grants",
            change(|package| package.statement.grants = vec!["b".to_owned(), "a".to_owned()]),
        ),
    ];
    for (case, package) in cases {
        let answer = ann.commit(&begun.upload, &ann.signed(&package)).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (422, "bad-statement"),
            "{case}"
        );
    }
    let other = pack(&[file(
        "lumen.toml",
        "[package]\nname = \"@acme/other\"\nversion = \"1.0.0\"\n",
    )])
    .expect("a tar");
    let answer = ann
        .try_publish(&Package::of_tar("@acme/money", "1.0.0", &other))
        .await;
    assert_eq!(
        answer.problem(),
        "bad-statement",
        "the manifest is another package's"
    );
    let blob = registry
        .get(&format!("/{}", paths::archive(&money.statement.archive)))
        .await;
    assert_eq!(blob.status, 404, "nothing is served before it is published");
    registry.stop().await;
}

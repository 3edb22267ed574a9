//! Static files: what caches may keep, conditional requests, ranges, and nothing else of the folder.

use crate::publisher::Package;
use crate::registry::TestRegistry;
use lumen_pkg::protocol::paths;

const IMMUTABLE: &str = "public, max-age=31536000, immutable";

#[tokio::test]
async fn what_never_changes_says_so_and_what_does_is_asked_for_again() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let money = Package::new("@acme/money", "1.0.0");
    ann.publish(&money).await;
    let root = registry.look(|seen| seen.map_root.root).await;
    let size = registry.audit().await.size;
    let cases = [
        (
            format!("/{}", paths::archive(&money.statement.archive)),
            IMMUTABLE,
        ),
        (format!("/{}", paths::map_tile(&root)), IMMUTABLE),
        (format!("/log/tile/0/000.p/{size}"), IMMUTABLE),
        (format!("/log/tile/entries/000.p/{size}"), IMMUTABLE),
        ("/tuf/1.root.json".to_owned(), IMMUTABLE),
        ("/tuf/timestamp.json".to_owned(), "public, no-cache"),
        ("/log/checkpoint".to_owned(), "public, no-cache"),
        ("/index/acme/money".to_owned(), "public, no-cache"),
    ];
    for (path, cache) in cases {
        let first = registry.get(&path).await;
        assert_eq!(
            (first.status, first.header("cache-control")),
            (200, cache),
            "{path}"
        );
        let tag = first.header("etag").to_owned();
        for known in [tag.clone(), format!("\"x\", W/{tag}"), "*".to_owned()] {
            let again = registry
                .send("GET", &path, &[("if-none-match", &known)], Vec::new())
                .await;
            assert_eq!(
                (again.status, again.body.len(), again.header("etag")),
                (304, 0, tag.as_str()),
                "{path} {known}"
            );
        }
        let other = registry
            .send("GET", &path, &[("if-none-match", "\"x\"")], Vec::new())
            .await;
        assert_eq!((other.status, other.body == first.body), (200, true), "{path}");
        let head = registry.send("HEAD", &path, &[], Vec::new()).await;
        assert_eq!(
            (head.status, head.body.len(), head.header("etag")),
            (200, 0, tag.as_str()),
            "{path}"
        );
    }
    registry.stop().await;
}

#[tokio::test]
async fn parts_of_an_archive_are_served() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let money = Package::new("@acme/money", "1.0.0");
    ann.publish(&money).await;
    let path = format!("/{}", paths::archive(&money.statement.archive));
    let whole = registry.get(&path).await.body;
    assert_eq!(whole, money.upload);
    let length = whole.len();
    let part = registry
        .send("GET", &path, &[("range", "bytes=10-19")], Vec::new())
        .await;
    assert_eq!((part.status, part.body.as_slice()), (206, &whole[10..20]));
    assert_eq!(part.header("content-range"), format!("bytes 10-19/{length}"));
    let end = registry
        .send("GET", &path, &[("range", "bytes=-5")], Vec::new())
        .await;
    assert_eq!((end.status, end.body.as_slice()), (206, &whole[length - 5..]));
    let beyond = registry
        .send(
            "GET",
            &path,
            &[("range", &format!("bytes={length}-"))],
            Vec::new(),
        )
        .await;
    assert_eq!(
        (beyond.problem().as_str(), beyond.header("content-range")),
        ("bad-range", format!("bytes */{length}").as_str())
    );
    let stale = registry
        .send(
            "GET",
            &path,
            &[("range", "bytes=0-1"), ("if-range", "\"x\"")],
            Vec::new(),
        )
        .await;
    assert_eq!((stale.status, stale.body.len()), (200, length));
    registry.stop().await;
}

#[tokio::test]
async fn nothing_else_of_the_folder_is_served() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let money = Package::new("@acme/money", "1.0.0");
    let begun = ann.begun(&money).await;
    ann.upload(&begun.upload, money.upload.clone()).await;
    assert!(registry.files.join("upload").join(&begun.upload).exists());
    let id = &begun.upload;
    let cases = [
        format!("/upload/{id}"),
        format!("/log/tile/..%2f..%2fupload/{id}"),
        format!("/log/%2e%2e/upload/{id}"),
        format!("/tuf/..%2fupload%2f{id}"),
        "/log/..%2f..%2fregistry.sqlite".to_owned(),
        "/tuf/../../keys/log.pem".to_owned(),
        "/index/acme/..%2f..%2f..%2fkeys%2flog.pem".to_owned(),
        "/blob/sha256/../../keys/log.pem".to_owned(),
        "/log/checkpoint/".to_owned(),
        "/log/proof/99999".to_owned(),
        "/log/proof/-1".to_owned(),
        "/index/acme/money".to_owned(),
    ];
    for path in cases {
        assert_eq!(registry.get(&path).await.problem(), "not-found", "{path}");
    }
    registry.stop().await;
}

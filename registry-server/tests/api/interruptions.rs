//! Uploads that break off or come too slowly.

use crate::publisher::Package;
use crate::registry::TestRegistry;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Opens a connection and sends the head of an upload and half of its body.
async fn half(registry: &TestRegistry, token: &str, id: &str, package: &Package) -> TcpStream {
    let address = registry.url.strip_prefix("http://").expect("an address");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let length = package.upload.len();
    let head = format!(
        "PUT /api/v1/publish/{id}/archive HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    stream
        .write_all(&package.upload[..length / 2])
        .await
        .expect("sent");
    stream
}

fn staged(registry: &TestRegistry) -> usize {
    std::fs::read_dir(registry.files.join("upload")).map_or(0, Iterator::count)
}

#[tokio::test]
async fn an_upload_that_breaks_off_can_be_sent_again() {
    let registry = TestRegistry::start().await;
    let ann = registry.user("ann").await;
    let money = Package::new("@acme/money", "1.0.0");
    let begun = ann.begun(&money).await;
    drop(half(&registry, &ann.token, &begun.upload, &money).await);
    assert_eq!(ann.begun(&money).await, begun);
    ann.publish(&money).await;
    registry.audit().await;
    registry.stop().await;
}

#[tokio::test]
async fn an_upload_that_stands_still_is_ended() {
    let registry = TestRegistry::with(|config| config.limits.idle = Duration::from_millis(50)).await;
    let ann = registry.user("ann").await;
    let money = Package::new("@acme/money", "1.0.0");
    let begun = ann.begun(&money).await;
    let mut stream = half(&registry, &ann.token, &begun.upload, &money).await;
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(answer, b"HTTP/1.1 408");
    assert_eq!(staged(&registry), 0, "nothing is left of it");
    ann.publish(&money).await;
    registry.stop().await;
}

/// What keeps a place without asking for anything: nothing at all, the beginning of an HTTP/2 preface, and an answer that nobody takes.
#[tokio::test]
async fn a_connection_on_which_nothing_moves_is_ended() {
    let registry = TestRegistry::with(|config| {
        config.limits.silence = Duration::from_millis(50);
        config.limits.connections = 1;
    })
    .await;
    let address = registry.url.strip_prefix("http://").expect("an address");
    for sent in ["", "PRI * HTTP/2", "GET /healthz HTTP/1.1\r\nhost"] {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.write_all(sent.as_bytes()).await.expect("sent");
        let mut rest = Vec::new();
        // Closed, or reset: in either case it does not last.
        let _ = stream.read_to_end(&mut rest).await;
        assert_eq!(rest, b"", "{sent:?}");
    }
    // The one place is free again.
    assert_eq!(registry.get("/healthz").await.status, 200);
    registry.stop().await;
}

#[tokio::test]
async fn a_body_that_stands_still_is_ended() {
    let registry = TestRegistry::with(|config| config.limits.request = Duration::from_millis(50)).await;
    let token = registry.token("ann", |_| {}).await;
    let address = registry.url.strip_prefix("http://").expect("an address");
    let mut stream = tokio::net::TcpStream::connect(address)
        .await
        .expect("a connection");
    let head = format!(
        "PUT /api/v1/packages/acme/money/owners HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-length: 100\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 408");
    registry.stop().await;
}

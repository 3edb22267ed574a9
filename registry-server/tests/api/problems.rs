//! What is not there is refused with a problem document and a request id.

use crate::registry::TestRegistry;

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let registry = TestRegistry::start().await;
    assert_eq!(registry.get("/healthz").await.body, b"ok\n");
    let cases = [
        ("GET", "/", 404, "not-found"),
        ("GET", "/api/v1/nothing", 404, "not-found"),
        ("GET", "/api/v2/whoami", 404, "not-found"),
        ("POST", "/healthz", 405, "method-not-allowed"),
    ];
    for (method, path, status, kind) in cases {
        let answer = registry.send(method, path, &[], Vec::new()).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (status, kind),
            "{method} {path}"
        );
    }
    registry.stop().await;
}

#[tokio::test]
async fn request_ids_are_the_registrys_own() {
    let registry = TestRegistry::start().await;
    let id = registry.get("/healthz").await.header("x-request-id").to_owned();
    assert_eq!(id.len(), 32, "{id}");
    let forged = registry
        .send("GET", "/healthz", &[("x-request-id", "forged")], Vec::new())
        .await;
    assert_ne!(forged.header("x-request-id"), "forged");
    registry.stop().await;
}

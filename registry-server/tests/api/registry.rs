//! A registry to test with, and what a test wants to say about it.

use registry_server::clock::ManualClock;
use registry_server::config::Config;
use registry_server::server::Server;
use std::sync::Arc;

/// Some time in 2026.
pub(crate) const START: u64 = 1_790_000_000;

/// A registry that runs until the test ends.
pub(crate) struct TestRegistry {
    /// Where it is reached.
    pub(crate) url: String,
    /// Its files go with it.
    _folder: tempfile::TempDir,
    server: Server,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl TestRegistry {
    /// An empty registry.
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// An empty registry with another configuration.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut config = Config::development(folder.path().join("data"), "localhost-dev-01234567".to_owned());
        change(&mut config);
        let server = Server::start(&config, Arc::new(ManualClock::at(START)))
            .await
            .expect("it starts");
        Self {
            url: format!("http://{}", server.address()),
            _folder: folder,
            server,
        }
    }

    /// Sends a request.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let method = method.parse().expect("a method");
        let mut request = reqwest::Client::new()
            .request(method, format!("{}{path}", self.url))
            .body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.expect("an answer");
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await.expect("a body").to_vec(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], Vec::new()).await
    }

    /// Ends it in order.
    pub(crate) async fn stop(self) {
        self.server.stop().await;
    }
}

impl Answer {
    /// The last part of the problem's type; panics if it is none.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem: lumen_pkg::protocol::ApiProblem = serde_json::from_slice(&self.body).expect("a problem");
        assert_eq!(problem.status, self.status);
        problem.kind.rsplit('/').next().unwrap_or_default().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

//! A registry to test with.

use crate::publisher::Publisher;
use registry_server::authority::full_token;
use registry_server::clock::{Clock, ManualClock};
use registry_server::config::Config;
use registry_server::database::StoredToken;
use registry_server::development::prepare;
use registry_server::server::Server;
use std::path::PathBuf;
use std::sync::Arc;

/// Some time in 2026.
pub(crate) const START: u64 = 1_790_000_000;

/// A registry as its clients know it.
#[derive(Clone)]
pub(crate) struct Remote {
    /// Where it is reached.
    pub(crate) url: String,
    pub(crate) client: reqwest::Client,
    /// Where the pinned root lies.
    pub(crate) root: PathBuf,
    /// The clients' time.
    pub(crate) clock: Arc<dyn Clock>,
}

/// A registry that runs until the test ends.
pub(crate) struct TestRegistry {
    remote: Remote,
    pub(crate) clock: Arc<ManualClock>,
    /// What is served.
    pub(crate) files: PathBuf,
    /// Its files go with it.
    _folder: tempfile::TempDir,
    pub(crate) config: Config,
    server: Option<Server>,
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
        let clock = Arc::new(ManualClock::at(START));
        let mut config = prepare(&folder.path().join("data"), &*clock)
            .await
            .expect("it is made");
        change(&mut config);
        let server = Server::start(&config, Arc::clone(&clock) as _)
            .await
            .expect("it starts");
        Self {
            remote: Remote {
                url: format!("http://{}", server.address()),
                client: reqwest::Client::new(),
                root: config.files().join("tuf/1.root.json"),
                clock: Arc::clone(&clock) as _,
            },
            clock,
            files: config.files(),
            _folder: folder,
            config,
            server: Some(server),
        }
    }

    /// Stops it in order, lets the test change its files, and starts it again.
    pub(crate) async fn restart(&mut self, between: impl FnOnce(&Config)) {
        self.halt().await;
        between(&self.config);
        self.go_on().await;
    }

    /// Stops it in order, to go on later.
    pub(crate) async fn halt(&mut self) {
        self.server.take().expect("it runs").stop().await;
    }

    /// Starts it again.
    pub(crate) async fn go_on(&mut self) {
        let server = Server::start(&self.config, Arc::clone(&self.clock) as _).await;
        let server = server.expect("it starts again");
        self.remote.url = format!("http://{}", server.address());
        self.server = Some(server);
    }

    /// A user with a token that may do everything and an announced key.
    pub(crate) async fn user(&self, name: &str) -> Publisher<'_> {
        let publisher = Publisher::new(self, name, self.token(name, |_| {}).await);
        publisher.announce().await;
        publisher
    }

    /// A token, limited as the test says; the user is made if need be.
    pub(crate) async fn token(&self, user: &str, limit: impl FnOnce(&mut StoredToken)) -> String {
        let database = self.database();
        database.add_user(user, START).await.expect("a user");
        let token = registry_server::authority::new_token().expect("random numbers");
        let mut stored = full_token(token[6..20].to_owned(), &token, user, START, 3600);
        limit(&mut stored);
        database.add_token(&stored).await.expect("a token");
        token
    }

    /// The server itself.
    pub(crate) fn server(&self) -> &Server {
        self.server.as_ref().expect("it runs")
    }

    /// Its database, as the commands of an operator use it.
    pub(crate) fn database(&self) -> &registry_server::database::Database {
        &self.server().registry().database
    }

    /// Ends it in order.
    pub(crate) async fn stop(mut self) {
        self.server.take().expect("it runs").stop().await;
    }
}

impl std::ops::Deref for TestRegistry {
    type Target = Remote;

    fn deref(&self) -> &Remote {
        &self.remote
    }
}

impl Remote {
    /// Sends a request.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let method = method.parse().expect("a method");
        let mut request = self
            .client
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
}

impl Answer {
    /// The last part of the problem's type; panics if it is none.
    pub(crate) fn problem(&self) -> String {
        let body = String::from_utf8_lossy(&self.body);
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{} {body}",
            self.status
        );
        let problem: lumen_pkg::protocol::ApiProblem = serde_json::from_slice(&self.body).expect("a problem");
        assert_eq!(problem.status, self.status);
        problem.kind.rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// The problem's words.
    pub(crate) fn detail(&self) -> String {
        let problem: Option<lumen_pkg::protocol::ApiProblem> = serde_json::from_slice(&self.body).ok();
        problem.map(|problem| problem.detail).unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The answer of a request that succeeded.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self) -> T {
        let body = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, 200, "{body}");
        serde_json::from_str(&body).expect(&body)
    }
}

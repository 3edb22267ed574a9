//! How the client reaches a registry: static files in batches, and calls of the API. A trait, so that everything above it runs
//! against a map of paths in tests, and a counter around it, so that what a step costs on the wire is a number.
//!
//! Not HTTP itself: that is `shell::http`.

use super::secret::Token;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A static file to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Get {
    /// Relative to the registry's URL, without a leading `/` (`protocol::paths`).
    pub path: String,
    /// The most bytes that its body may have; more is [`TransportError::TooLarge`], found while it streams.
    pub limit: u64,
}

/// A call of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What to do.
    pub method: Method,
    /// Relative to the registry's URL, query included.
    pub path: String,
    /// What is sent; empty with `GET`.
    pub body: Vec<u8>,
    /// The body's `Content-Type`.
    pub content_type: &'static str,
    /// Sent as `Idempotency-Key`, so that a repeated call does its work once.
    pub idempotency: Option<String>,
    /// Whose call it is; `None` for those that anybody may make.
    pub token: Option<Token>,
    /// The most bytes that the answer may have.
    pub limit: u64,
}

/// The methods that the API uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Sets; the same again changes nothing.
    Put,
    /// Does.
    Post,
    /// Takes away; the same again changes nothing.
    Delete,
}

/// What came back, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, whole.
    pub body: Vec<u8>,
}

/// Why nothing came back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The host was not reached, or stopped talking.
    #[error("{host} cannot be reached: {reason}")]
    Unreachable {
        /// Of the registry.
        host: String,
        /// The system's words.
        reason: String,
    },
    /// The command runs with `--offline`.
    #[error("`--offline` keeps from asking {host}")]
    Offline {
        /// Of the registry.
        host: String,
    },
    /// The body is longer than it may be.
    #[error("{host} answered `{path}` with more than {limit} bytes")]
    TooLarge {
        /// Of the registry.
        host: String,
        /// What was asked for.
        path: String,
        /// In bytes.
        limit: u64,
    },
}

/// A way to a registry. Implementations bound time and size, and retry what may be retried.
pub trait Transport: Send + Sync {
    /// The host, for messages.
    fn host(&self) -> &str;

    /// Fetches files, several at a time, and hands each over as it comes, with its place in `requests`. `done` must not ask the same transport: answers that wait
    /// for it may hold all places.
    fn each(&self, requests: &[Get], done: &mut dyn FnMut(usize, Result<Answer, TransportError>));

    /// Calls the API.
    ///
    /// # Errors
    /// See [`TransportError`]; a refusal by the registry is an [`Answer`].
    fn call(&self, call: &Call) -> Result<Answer, TransportError>;

    /// Fetches files, several at a time; answers in the order of `requests`.
    fn get(&self, requests: &[Get]) -> Vec<Result<Answer, TransportError>> {
        let mut answers: Vec<Option<Result<Answer, TransportError>>> =
            requests.iter().map(|_| None).collect();
        self.each(requests, &mut |place, answer| {
            if let Some(slot) = answers.get_mut(place) {
                *slot = Some(answer);
            }
        });
        let silent = || TransportError::Unreachable {
            host: self.host().to_owned(),
            reason: "the request was dropped".to_owned(),
        };
        answers
            .into_iter()
            .map(|answer| answer.unwrap_or_else(|| Err(silent())))
            .collect()
    }
}

impl Answer {
    /// Whether the status says that all went well.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// What it says of a file: its content, or that there is none (404 and 410, and 403 of object stores).
    ///
    /// # Errors
    /// With any other status somebody else speaks than the registry's files: a proxy, or a registry that is overloaded.
    pub fn file(self, host: &str) -> Result<Option<Vec<u8>>, TransportError> {
        match self.status {
            200..300 => Ok(Some(self.body)),
            403 | 404 | 410 => Ok(None),
            status => Err(TransportError::Unreachable {
                host: host.to_owned(),
                reason: format!("it answers with status {status}"),
            }),
        }
    }
}

/// No way at all: `--offline`.
#[derive(Debug, Clone)]
pub struct NoTransport {
    host: String,
}

impl NoTransport {
    /// Does not reach `host`.
    pub fn new(host: &str) -> Self {
        Self {
            host: host.to_owned(),
        }
    }

    fn refusal(&self) -> TransportError {
        TransportError::Offline {
            host: self.host.clone(),
        }
    }
}

impl Transport for NoTransport {
    fn host(&self) -> &str {
        &self.host
    }

    fn each(&self, requests: &[Get], done: &mut dyn FnMut(usize, Result<Answer, TransportError>)) {
        for place in 0..requests.len() {
            done(place, Err(self.refusal()));
        }
    }

    fn call(&self, _call: &Call) -> Result<Answer, TransportError> {
        Err(self.refusal())
    }
}

/// What went over the wire so far. Bytes are those of bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// Files asked for.
    pub requests: u64,
    /// Bytes of all bodies that came.
    pub bytes: u64,
    /// Tiles of log and map asked for; part of `requests`.
    pub tiles: u64,
    /// Bytes of tiles; part of `bytes`.
    pub tile_bytes: u64,
}

/// Counts what goes through a transport.
pub struct Metered {
    inner: Arc<dyn Transport>,
    requests: AtomicU64,
    bytes: AtomicU64,
    tiles: AtomicU64,
    tile_bytes: AtomicU64,
}

impl Metered {
    /// Counts from zero.
    pub fn new(inner: Arc<dyn Transport>) -> Self {
        Self {
            inner,
            requests: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            tiles: AtomicU64::new(0),
            tile_bytes: AtomicU64::new(0),
        }
    }

    /// What was counted.
    pub fn traffic(&self) -> Traffic {
        Traffic {
            requests: self.requests.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            tiles: self.tiles.load(Ordering::Relaxed),
            tile_bytes: self.tile_bytes.load(Ordering::Relaxed),
        }
    }

    fn count(&self, path: &str, bytes: usize) {
        let bytes = bytes as u64;
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        if path.starts_with("log/tile/") || path.starts_with("map/tile/") {
            self.tiles.fetch_add(1, Ordering::Relaxed);
            self.tile_bytes.fetch_add(bytes, Ordering::Relaxed);
        }
    }
}

impl Transport for Metered {
    fn host(&self) -> &str {
        self.inner.host()
    }

    fn each(&self, requests: &[Get], done: &mut dyn FnMut(usize, Result<Answer, TransportError>)) {
        self.inner.each(requests, &mut |place, answer| {
            let bytes = answer.as_ref().map_or(0, |answer| answer.body.len());
            let path = requests.get(place).map_or("", |request| &request.path);
            self.count(path, bytes);
            done(place, answer);
        });
    }

    fn call(&self, call: &Call) -> Result<Answer, TransportError> {
        let answer = self.inner.call(call);
        self.count(&call.path, answer.as_ref().map_or(0, |answer| answer.body.len()));
        answer
    }
}

/// Files in memory: the twin for tests. Calls of the API are answered by a function.
pub struct MemoryTransport {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    api: Box<dyn Fn(&Call) -> Answer + Send + Sync>,
}

impl Default for MemoryTransport {
    fn default() -> Self {
        Self::with_api(|_| Answer {
            status: 404,
            body: Vec::new(),
        })
    }
}

impl MemoryTransport {
    /// No files, and an API.
    pub fn with_api(api: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> Self {
        Self {
            files: Mutex::default(),
            api: Box::new(api),
        }
    }

    /// Puts a file; a file that is there is replaced.
    pub fn put(&self, path: &str, content: Vec<u8>) {
        self.lock().insert(path.to_owned(), content);
    }

    /// Takes a file away.
    pub fn remove(&self, path: &str) -> Option<Vec<u8>> {
        self.lock().remove(path)
    }

    /// A file's content.
    pub fn file(&self, path: &str) -> Option<Vec<u8>> {
        self.lock().get(path).cloned()
    }

    /// The paths of all files, sorted.
    pub fn paths(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for MemoryTransport {
    fn host(&self) -> &str {
        "memory.example"
    }

    fn each(&self, requests: &[Get], done: &mut dyn FnMut(usize, Result<Answer, TransportError>)) {
        for (place, request) in requests.iter().enumerate() {
            let answer = match self.file(&request.path) {
                Some(body) if body.len() as u64 > request.limit => Err(TransportError::TooLarge {
                    host: self.host().to_owned(),
                    path: request.path.clone(),
                    limit: request.limit,
                }),
                Some(body) => Ok(Answer { status: 200, body }),
                None => Ok(Answer {
                    status: 404,
                    body: Vec::new(),
                }),
            };
            done(place, answer);
        }
    }

    fn call(&self, call: &Call) -> Result<Answer, TransportError> {
        Ok((self.api)(call))
    }
}

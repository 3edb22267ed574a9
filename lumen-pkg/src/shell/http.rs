//! HTTP: one `reqwest` client and one runtime inside, plain calls outside.
//!
//! A body is read no further than its limit, a request takes no longer than [`TOTAL`], redirects are not followed (a registry's files are
//! where its URL says), and a token leaves only over TLS or to the own machine.

use crate::client::{Answer, Call, Get, Method, Transport, TransportError};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, RequestBuilder, Url};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;

/// Requests under way at a time, to one registry.
const PARALLEL: usize = 16;

/// For a connection.
const CONNECT: Duration = Duration::from_secs(10);

/// Without a byte.
const SILENCE: Duration = Duration::from_secs(30);

/// For a request with its answer, and for a file with all repetitions; a slow drip of bytes ends here.
const TOTAL: Duration = Duration::from_secs(300);

/// Waits before a file is asked for again, after a connection failed or the registry was busy.
const RETRIES: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(1_000)];

/// Said of a registry that lets its time pass.
const SLOW: &str = "it does not answer in time";

/// A registry, over HTTP.
pub struct Http {
    client: Client,
    runtime: Runtime,
    base: Url,
    host: String,
    /// Over TLS, or to this machine.
    private: bool,
    slots: Arc<Semaphore>,
}

/// Why a registry's URL cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UrlError {
    /// Not a URL, or not one of HTTP.
    #[error("`{url}` is not the URL of a registry: {reason}")]
    Url {
        /// As written.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The system gives no threads or no certificates.
    #[error("HTTP is not available: {0}")]
    System(String),
}

impl Http {
    /// A way to the registry at `url`. Nothing is sent yet.
    ///
    /// # Errors
    /// If it is not an `https` URL, or an `http` one of this machine.
    pub fn new(url: &str) -> Result<Self, UrlError> {
        let wrong = |reason: &str| UrlError::Url {
            url: url.to_owned(),
            reason: reason.to_owned(),
        };
        let mut base = Url::parse(url).map_err(|error| wrong(&error.to_string()))?;
        let host = base.host_str().ok_or_else(|| wrong("it has no host"))?.to_owned();
        let loopback = is_loopback(&base);
        match base.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => {
                return Err(wrong(
                    "`http` is for registries on this machine only; use `https`",
                ));
            }
            _ => return Err(wrong("it is neither `https` nor `http`")),
        }
        if !base.username().is_empty() || base.password().is_some() || base.query().is_some() {
            return Err(wrong(
                "it has a user, password or query; `lumen login` takes the token",
            ));
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let system = |error: &dyn std::error::Error| UrlError::System(innermost(error));
        let builder = Client::builder()
            .user_agent(concat!("lumen/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .timeout(TOTAL);
        // A plain connection needs no certificates, and this machine is behind no proxy.
        let builder = match base.scheme() {
            "http" => builder.no_proxy().tls_certs_only([]),
            _ => builder,
        };
        Ok(Self {
            client: builder.build().map_err(|error| system(&error))?,
            runtime: tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .thread_name("http")
                .enable_all()
                .build()
                .map_err(|error| system(&error))?,
            private: base.scheme() == "https" || loopback,
            base,
            host,
            slots: Arc::new(Semaphore::new(PARALLEL)),
        })
    }

    fn url(&self, path: &str) -> Result<Url, TransportError> {
        self.base.join(path).map_err(|error| TransportError::Unreachable {
            host: self.host.clone(),
            reason: format!("`{path}` is no path: {error}"),
        })
    }
}

impl Transport for Http {
    fn host(&self) -> &str {
        &self.host
    }

    fn each(&self, requests: &[Get], done: &mut dyn FnMut(usize, Result<Answer, TransportError>)) {
        let (sender, receiver) = mpsc::channel();
        for (place, request) in requests.iter().enumerate() {
            let url = match self.url(&request.path) {
                Ok(url) => url,
                Err(error) => {
                    done(place, Err(error));
                    continue;
                }
            };
            let exchange = Exchange {
                host: self.host.clone(),
                path: request.path.clone(),
                limit: request.limit,
            };
            let (client, slots, sender) = (self.client.clone(), Arc::clone(&self.slots), sender.clone());
            self.runtime.spawn(async move {
                // The semaphore is never closed; without a permit the request would only be more eager.
                let permit = slots.acquire_owned().await.ok();
                let answer = exchange.get(&client, url).await;
                // The permit goes along, so that no more than `PARALLEL` answers ever wait for a caller who is slower than the network. The receiver is gone only
                // if the caller is.
                drop(sender.send((place, answer, permit)));
            });
        }
        drop(sender);
        for (place, answer, permit) in receiver {
            drop(permit);
            done(place, answer);
        }
    }

    fn call(&self, call: &Call) -> Result<Answer, TransportError> {
        let url = self.url(&call.path)?;
        let exchange = Exchange {
            host: self.host.clone(),
            path: call.path.clone(),
            limit: call.limit,
        };
        let mut request = match call.method {
            Method::Get => self.client.get(url),
            Method::Put => self.client.put(url),
            Method::Post => self.client.post(url),
            Method::Delete => self.client.delete(url),
        };
        if let Some(key) = &call.idempotency {
            request = request.header("Idempotency-Key", key);
        }
        if let Some(token) = call.token.as_ref().filter(|_| self.private) {
            // A token's characters all fit in a header.
            if let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {}", token.reveal())) {
                value.set_sensitive(true);
                request = request.header(AUTHORIZATION, value);
            }
        }
        if call.method != Method::Get {
            request = request
                .header(CONTENT_TYPE, call.content_type)
                .body(call.body.clone());
        }
        self.runtime.block_on(exchange.once(request))
    }
}

/// One request, as its errors need it.
struct Exchange {
    host: String,
    path: String,
    limit: u64,
}

impl Exchange {
    /// Fetches a file; asks again if that can help and there is time.
    async fn get(&self, client: &Client, url: Url) -> Result<Answer, TransportError> {
        let fetched = tokio::time::timeout(TOTAL, self.repeated(client, url)).await;
        fetched.unwrap_or_else(|_| Err(self.silent(SLOW.to_owned())))
    }

    async fn repeated(&self, client: &Client, url: Url) -> Result<Answer, TransportError> {
        for wait in RETRIES {
            match self.once(client.get(url.clone())).await {
                Ok(answer) if !is_busy(answer.status) => return Ok(answer),
                Err(error @ TransportError::TooLarge { .. }) => return Err(error),
                Ok(_) | Err(_) => tokio::time::sleep(wait).await,
            }
        }
        self.once(client.get(url)).await
    }

    async fn once(&self, request: RequestBuilder) -> Result<Answer, TransportError> {
        let mut response = request.send().await.map_err(|error| self.unreachable(&error))?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.unreachable(&error))? {
            if (body.len() + chunk.len()) as u64 > self.limit {
                return Err(TransportError::TooLarge {
                    host: self.host.clone(),
                    path: self.path.clone(),
                    limit: self.limit,
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, body })
    }

    fn unreachable(&self, error: &reqwest::Error) -> TransportError {
        let reason = match error.is_timeout() {
            true => SLOW.to_owned(),
            false => innermost(error),
        };
        self.silent(reason)
    }

    fn silent(&self, reason: String) -> TransportError {
        TransportError::Unreachable {
            host: self.host.clone(),
            reason,
        }
    }
}

fn is_busy(status: u16) -> bool {
    matches!(status, 429 | 502..=504)
}

fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}

/// The words of the error at the bottom: `connection refused` and the like.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::Http;

    #[test]
    fn only_tls_and_this_machine_are_spoken_to() {
        for url in [
            "https://registry.example",
            "http://127.0.0.1:8080/x",
            "http://[::1]:1",
            "http://localhost",
        ] {
            assert!(Http::new(url).is_ok(), "{url}");
        }
        for url in [
            "http://registry.example",
            "http://127.0.0.1.example",
            "ftp://registry.example",
            "file:///etc/passwd",
            "https://user@registry.example",
            "https://registry.example?q",
            "registry.example",
        ] {
            assert!(Http::new(url).is_err(), "{url}");
        }
    }
}

//! The configuration: a TOML file, and flags over it. Relative paths in the file are relative to its folder.

mod policy;

use crate::policy::Policy;
use lumen_pkg::protocol::is_origin;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How a registry runs.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder of database and files.
    pub data: PathBuf,
    /// Where it listens. TLS is the work of a proxy in front.
    pub listen: SocketAddr,
    /// The name of the registry: in the log's checkpoints and in locks, fixed for ever.
    pub origin: String,
    /// The folder of the online keys.
    pub keys: PathBuf,
    /// What a client may ask for.
    pub limits: Limits,
    /// Rules of names and quotas.
    pub policy: Policy,
}

/// Bounds of requests.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bodies of requests other than uploads, in bytes.
    pub body: usize,
    /// Compressed archives, in bytes.
    pub upload: u64,
    /// Canonical tars, in bytes.
    pub archive: u64,
    /// How long a whole request may take, uploads excepted.
    pub request: Duration,
    /// How long the next piece of an upload may take.
    pub idle: Duration,
    /// How long a whole upload may take.
    pub whole_upload: Duration,
    /// How long nothing may move on a connection, in either direction. Longer than a request may take, since an answer that is being made moves nothing.
    pub silence: Duration,
    /// How many connections may be open.
    pub connections: usize,
    /// How many archives may be unpacked and checked at once; each takes up to `archive` bytes of memory twice.
    pub checks: usize,
    /// How long a shutdown waits for requests under way.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 256 * 1024,
            upload: 10 * 1024 * 1024,
            archive: 64 * 1024 * 1024,
            request: Duration::from_secs(30),
            idle: Duration::from_secs(20),
            whole_upload: Duration::from_secs(300),
            silence: Duration::from_secs(60),
            connections: 4096,
            checks: 4,
            drain: Duration::from_secs(20),
        }
    }
}

/// Why a configuration is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there or may not be read.
    #[error("cannot read the configuration {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// It is not TOML.
    #[error("the configuration {path} is not TOML: {source}")]
    Toml {
        /// The file.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: toml_edit::TomlError,
    },
    /// A key is unknown or missing, or has a value of another type or form.
    #[error("the configuration {path}: `{key}` {fault}")]
    Key {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
        /// What is wrong with it.
        fault: &'static str,
    },
}

impl Config {
    /// The folder of what is served.
    pub fn files(&self) -> PathBuf {
        self.data.join("files")
    }

    /// The file of the database.
    pub fn database(&self) -> PathBuf {
        self.data.join("registry.sqlite")
    }

    /// Reads a configuration file.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let document: toml_edit::DocumentMut = text.parse().map_err(|source| ConfigError::Toml {
            path: path.to_owned(),
            source,
        })?;
        let fault = |key: &str, fault| ConfigError::Key {
            path: path.to_owned(),
            key: key.to_owned(),
            fault,
        };
        const KEYS: [&str; 6] = ["data", "listen", "origin", "keys", "policy", "quotas"];
        if let Some((key, _)) = document.iter().find(|(key, _)| !KEYS.contains(key)) {
            return Err(fault(
                key,
                "is unknown; known are data, listen, origin, keys, policy and quotas",
            ));
        }
        let text_of = |key: &'static str| match document.get(key).map(toml_edit::Item::as_str) {
            Some(Some(value)) if !value.is_empty() => Ok(Some(value)),
            Some(_) => Err(fault(key, "must be a text that is not empty")),
            None => Ok(None),
        };
        let required = |key: &'static str| text_of(key)?.ok_or_else(|| fault(key, "is missing"));
        let folder = path.parent().unwrap_or(Path::new(""));
        let data = folder.join(required("data")?);
        let listen = required("listen")?
            .parse()
            .map_err(|_| fault("listen", "must be an address and a port, `127.0.0.1:8080`"))?;
        let origin = required("origin")?.to_owned();
        if !is_origin(&origin) {
            return Err(fault(
                "origin",
                "must be a name such as `registry.example`: at most 128 visible ASCII characters without `+`",
            ));
        }
        Ok(Self {
            keys: text_of("keys")?.map_or_else(|| data.join("keys"), |keys| folder.join(keys)),
            data,
            listen,
            origin,
            limits: Limits::default(),
            policy: policy::read(&document).map_err(|(key, wrong)| fault(&key, wrong))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> String {
        match Config::parse(text, Path::new("/etc/r/registry.toml")) {
            Ok(config) => format!(
                "{} {} {} {}",
                config.data.display(),
                config.listen,
                config.origin,
                config.keys.display()
            ),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_configuration_is_read_or_refused_with_its_key() {
        let whole = "data = 'd'\nlisten = '127.0.0.1:80'\norigin = 'r.example'\nkeys = '/k'\n";
        let cases = [
            (whole.to_owned(), "/etc/r/d 127.0.0.1:80 r.example /k"),
            (
                whole.replace("keys = '/k'\n", ""),
                "/etc/r/d 127.0.0.1:80 r.example /etc/r/d/keys",
            ),
            (whole.replace("r.example", "a b"), "`origin` must be a name"),
            (
                whole.replace("r.example", &"o".repeat(129)),
                "`origin` must be a name",
            ),
            (whole.replace("127.0.0.1:80", "80"), "`listen` must be an address"),
            (whole.replace("'d'", "1"), "`data` must be a text"),
            (whole.replace("data", "date"), "`date` is unknown"),
            (whole.replace("data = 'd'\n", ""), "`data` is missing"),
            (
                format!("{whole}[quotas]\nyank = {{ seconds = 1, burst = 2 }}\n"),
                "/etc/r/d",
            ),
            (
                format!("{whole}[quotas]\nyank = {{ seconds = 1 }}\n"),
                "`quotas.yank` must be",
            ),
            (
                format!("{whole}[quotas]\nyank = {{ seconds = 1, burst = 0 }}\n"),
                "`quotas.yank` must be",
            ),
            (
                format!("{whole}[quotas]\nyanks = 1\n"),
                "`quotas.yanks` is unknown",
            ),
            (
                format!("{whole}[quotas]\ndependencies = -1\n"),
                "`quotas.dependencies` must be",
            ),
            (
                format!("{whole}[policy]\nlook-alikes = 'no'\n"),
                "`policy.look-alikes` must be",
            ),
            (
                format!("{whole}[policy]\nreserved-scopes = ['A']\n"),
                "`policy.reserved-scopes` must be",
            ),
            (format!("{whole}policy = 1\n"), "`policy` must be a table"),
            ("data".to_owned(), "is not TOML"),
        ];
        for (text, expected) in cases {
            let found = check(&text);
            assert!(found.contains(expected), "{text}\n{found}\n{expected}");
        }
    }
}

//! Sessions with registries, over HTTP and with what is in Lumen's home: the pinned root, trust state, and the clock. What counts as verified is
//! decided in `client`.

use super::home::Home;
use super::http::Http;
use super::replace::read_bounded;
use super::trust::TrustFolder;
use crate::client::{ClientError, Freshness, NoTransport, RegistrySession, Transport};
use crate::config::{Registries, Registry, UserConfig};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// The largest pinned root that is read, in bytes.
const MAXIMUM_ROOT_BYTES: u64 = 64 * 1024;

/// Seconds since 1970, by the clock of this machine.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
pub fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// Opens sessions with what is in Lumen's home: pinned roots and trust state.
#[derive(Debug, Clone)]
pub struct Connector {
    home: PathBuf,
    freshness: Freshness,
}

impl Connector {
    /// With `home` (`$LUMEN_HOME`, `~/.lumen`).
    pub fn new(home: &Path, freshness: Freshness) -> Self {
        Self {
            home: home.to_path_buf(),
            freshness,
        }
    }

    /// The same, asking nobody.
    #[must_use]
    pub fn last_seen(&self) -> Self {
        Self::new(&self.home, Freshness::LastSeen)
    }

    /// The user's own configuration; what is wrong with it is an error, since registries are not to be guessed.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn user_config(&self) -> Result<UserConfig, ClientError> {
        let home = Home::new(&self.home);
        let read = home.read_config();
        let error = (read.problems.into_iter()).find(|problem| problem.severity == crate::Severity::Error);
        match error {
            Some(problem) => Err(ClientError::Local {
                what: format!("`{}` is wrong", home.config_file().display()),
                reason: problem.message,
            }),
            None => Ok(read.config),
        }
    }

    /// The root that is pinned for a registry: the file that its entry names, or the one that `lumen login` keeps for the same address.
    ///
    /// # Errors
    /// If there is none.
    pub fn pinned_root(&self, registry: &Registry) -> Result<Vec<u8>, ClientError> {
        let own = match &registry.root {
            Some(root) => Some(root.clone()),
            None => Registries::of_user(&self.user_config()?)
                .iter()
                .find(|known| known.url == registry.url)
                .and_then(|known| known.root.clone()),
        };
        let path = own.ok_or_else(|| ClientError::Local {
            what: format!("no root is pinned for the registry `{}`", registry.name),
            reason: format!(
                "get its root.json from somebody you trust, then `lumen login {} --root root.json`, or name the file in `[registries]`",
                registry.url
            ),
        })?;
        read_bounded(&path, MAXIMUM_ROOT_BYTES).map_err(|error| ClientError::Local {
            what: format!(
                "the pinned root `{}` of the registry `{}` cannot be read",
                path.display(),
                registry.name
            ),
            reason: error.to_string(),
        })
    }

    /// A way to a registry; none with [`Freshness::LastSeen`].
    ///
    /// # Errors
    /// If its address cannot be used.
    pub fn transport(&self, url: &str) -> Result<Arc<dyn Transport>, ClientError> {
        match self.freshness {
            Freshness::LastSeen => Ok(Arc::new(NoTransport::new(url))),
            Freshness::Now => Http::new(url)
                .map(|http| Arc::new(http) as Arc<dyn Transport>)
                .map_err(|error| ClientError::Local {
                    what: "the registry cannot be asked".to_owned(),
                    reason: error.to_string(),
                }),
        }
    }

    /// A verified session with a registry.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn connect(&self, registry: &Registry) -> Result<RegistrySession, ClientError> {
        self.connect_with(registry.url.as_str(), &self.pinned_root(registry)?)
    }

    /// A verified session with the registry at an address, by a pinned root.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn connect_with(&self, url: &str, pinned_root: &[u8]) -> Result<RegistrySession, ClientError> {
        let trust = Arc::new(TrustFolder::new(&self.home, pinned_root));
        RegistrySession::open(pinned_root, self.transport(url)?, trust, now(), self.freshness)
    }
}

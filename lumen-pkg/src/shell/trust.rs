//! Trust state on disk: `registries/<id>/` in Lumen's home.
//!
//! ```text
//! root.json      the pinned TUF root, if `lumen login` made the folder
//! state.json     TrustState, replaced as a whole
//! lock           held while the state is read, verified against and replaced
//! cache/PATH     what was verified and never changes: complete tiles, records by digest
//! evidence/      RULE-HASH.txt, one a violation (`EvidenceFolder`)
//! ```
//!
//! The id is the beginning of the SHA-256 of the *pinned root*: that is what is known before anything has been fetched, and whoever pins
//! another root trusts another registry.

use super::evidence::EvidenceFolder;
use super::replace::{Durable, read_bounded, write_whole};
use crate::client::{ClientError, TRUST_STATE_FORMAT, TrustState, TrustStore, Violation};
use crate::digest::Digest;
use crate::protocol::{from_canonical, to_canonical};
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The largest state that is read, in bytes. Roots are the only part that grows, once in a few years.
const MAXIMUM_STATE_BYTES: u64 = 16 * 1024 * 1024;

/// The largest cached file that is read, in bytes.
const MAXIMUM_CACHED_BYTES: u64 = 16 * 1024 * 1024;

/// The trust state of one registry, in a folder.
#[derive(Debug, Clone)]
pub struct TrustFolder {
    folder: PathBuf,
}

impl TrustFolder {
    /// The folder for a pinned root, in Lumen's home. Nothing is made yet.
    pub fn new(home: &Path, pinned_root: &[u8]) -> Self {
        Self {
            folder: home.join("registries").join(Self::id(pinned_root)),
        }
    }

    /// The name of the folder: the first 16 digits of the root's SHA-256.
    pub fn id(pinned_root: &[u8]) -> String {
        let mut id = Digest::of(pinned_root).to_string();
        id.truncate(16);
        id
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// Keeps the pinned root in the folder, for configurations to name.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn pin(&self, root: &[u8]) -> Result<PathBuf, ClientError> {
        let path = self.folder.join("root.json");
        write_whole(&path, root, Durable::Yes)
            .map_err(|error| local("the pinned root cannot be kept", &path, &error))?;
        Ok(path)
    }

    fn state_file(&self) -> PathBuf {
        self.folder.join("state.json")
    }

    /// A path of the registry as a file of the cache; `None` if it is not made of plain names.
    fn cache_file(&self, path: &str) -> Option<PathBuf> {
        let plain = |name: &str| {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
            !name.is_empty() && !name.starts_with('.') && name.bytes().all(allowed)
        };
        let mut file = self.folder.join("cache");
        for name in path.split('/') {
            if !plain(name) {
                return None;
            }
            file.push(name);
        }
        Some(file)
    }
}

impl TrustStore for TrustFolder {
    fn load(&self) -> Result<Option<TrustState>, ClientError> {
        let path = self.state_file();
        let bytes = match read_bounded(&path, MAXIMUM_STATE_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(local(
                    "what is known of the registry cannot be read",
                    &path,
                    &error,
                ));
            }
        };
        let damaged = |reason: String| ClientError::Local {
            what: format!("`{}` is damaged", path.display()),
            reason: format!("{reason}; remove it to trust the pinned root afresh"),
        };
        let state: TrustState = from_canonical(&bytes).map_err(|error| damaged(error.to_string()))?;
        match state.format {
            TRUST_STATE_FORMAT => Ok(Some(state)),
            other => Err(damaged(format!(
                "it has format {other}, which this version of lumen does not read"
            ))),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "this is the shell")]
    fn update(
        &self,
        change: &mut dyn FnMut(Option<TrustState>) -> Result<TrustState, ClientError>,
    ) -> Result<TrustState, ClientError> {
        let path = self.folder.join("lock");
        let failed =
            |error: io::Error| local("what is known of the registry cannot be locked", &path, &error);
        fs::create_dir_all(&self.folder).map_err(failed)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(failed)?;
        // Given back when the file is closed, by the system if the process is killed.
        lock.lock().map_err(failed)?;
        let before = self.load()?;
        let next = change(before.clone())?;
        if before.as_ref() != Some(&next) {
            let path = self.state_file();
            write_whole(&path, &to_canonical(&next), Durable::Yes)
                .map_err(|error| local("what is known of the registry cannot be kept", &path, &error))?;
        }
        Ok(next)
    }

    fn cached(&self, path: &str) -> Option<Vec<u8>> {
        read_bounded(&self.cache_file(path)?, MAXIMUM_CACHED_BYTES).ok()
    }

    fn cache(&self, path: &str, content: &[u8]) {
        if let Some(file) = self.cache_file(path) {
            // A cache can only miss.
            drop(write_whole(&file, content, Durable::No));
        }
    }

    fn keep(&self, violation: &Violation) -> Option<String> {
        EvidenceFolder::new(&self.folder).keep(violation)
    }
}

fn local(what: &str, path: &Path, error: &io::Error) -> ClientError {
    ClientError::Local {
        what: format!("{what} (`{}`)", path.display()),
        reason: error.to_string(),
    }
}

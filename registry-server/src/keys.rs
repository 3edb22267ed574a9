//! Online secret keys, behind a trait: a folder of files, and its twin in memory.

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::PathBuf;

/// The key that signs checkpoints.
pub const LOG_KEY: &str = "log";

/// The key that signs the online TUF roles: timestamp, snapshot and state.
pub const ONLINE_KEY: &str = "online";

/// Bits of a file's mode that let others at it.
const OTHERS: u32 = 0o077;

/// Gives Ed25519 keys by name.
pub trait Keys: Send + Sync + 'static {
    /// A key that is there.
    ///
    /// # Errors
    /// See [`KeysError`].
    fn key(&self, name: &str) -> Result<SigningKey, KeysError>;
}

/// Why a key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// There is no key of this name.
    #[error(
        "there is no key `{name}`, {place}; `registry-server keys ceremony` makes it, and `keys` in the configuration says where it is"
    )]
    Absent {
        /// Its name.
        name: String,
        /// Where it should be.
        place: String,
    },
    /// The file cannot be read or written.
    #[error("cannot use the key file {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// Others may read the file.
    #[error("the key file {path} has mode {mode:o}; nobody but its owner may have access: chmod 600")]
    Open {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The file holds no Ed25519 key in PKCS#8 PEM.
    #[error("the key file {path} holds no Ed25519 key in PKCS#8 PEM")]
    Form {
        /// The file.
        path: PathBuf,
    },
}

/// Keys in files `NAME.pem` of mode 0600, PKCS#8.
#[derive(Debug, Clone)]
pub struct KeyFolder(PathBuf);

impl KeyFolder {
    /// Keys in a folder.
    pub const fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Makes a key, unless there is one of this name.
    ///
    /// # Errors
    /// See [`KeysError`].
    pub fn generate(&self, name: &str) -> Result<(), KeysError> {
        let path = self.path(name);
        let failed = |source| KeysError::File {
            path: path.clone(),
            source,
        };
        if path.exists() {
            return Ok(());
        }
        std::fs::create_dir_all(&self.0).map_err(failed)?;
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| failed(std::io::Error::other(error.to_string())))?;
        let pem = SigningKey::from_bytes(&seed)
            .to_pkcs8_pem(LineEnding::LF)
            .map_err(|_| KeysError::Form { path: path.clone() })?;
        let mut file = tempfile_beside(&path).map_err(failed)?;
        file.1.write_all(pem.as_bytes()).map_err(failed)?;
        file.1.sync_all().map_err(failed)?;
        std::fs::rename(&file.0, &path).map_err(failed)?;
        std::fs::File::open(&self.0)
            .and_then(|folder| folder.sync_all())
            .map_err(failed)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.pem"))
    }
}

fn tempfile_beside(path: &std::path::Path) -> std::io::Result<(PathBuf, std::fs::File)> {
    let temporary = path.with_extension("new");
    let file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)?;
    Ok((temporary, file))
}

impl Keys for KeyFolder {
    fn key(&self, name: &str) -> Result<SigningKey, KeysError> {
        let path = self.path(name);
        let failed = |source: std::io::Error| match source.kind() {
            std::io::ErrorKind::NotFound => KeysError::Absent {
                name: name.to_owned(),
                place: path.display().to_string(),
            },
            _ => KeysError::File {
                path: path.clone(),
                source,
            },
        };
        let mode = std::fs::metadata(&path).map_err(failed)?.permissions().mode() & 0o7777;
        if mode & OTHERS != 0 {
            return Err(KeysError::Open { path, mode });
        }
        let text = std::fs::read_to_string(&path).map_err(failed)?;
        SigningKey::from_pkcs8_pem(&text).map_err(|_| KeysError::Form { path })
    }
}

/// Keys in memory, for tests.
#[derive(Debug, Default)]
pub struct MemoryKeys(pub BTreeMap<String, SigningKey>);

impl Keys for MemoryKeys {
    fn key(&self, name: &str) -> Result<SigningKey, KeysError> {
        self.0.get(name).cloned().ok_or_else(|| KeysError::Absent {
            name: name.to_owned(),
            place: "in memory".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_refused_when_others_may_read_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let keys = KeyFolder::new(folder.path().join("keys"));
        assert!(matches!(keys.key("log"), Err(KeysError::Absent { .. })));
        keys.generate("log").expect("it is made");
        let first = keys.key("log").expect("it is read");
        keys.generate("log").expect("it is there");
        assert_eq!(keys.key("log").expect("it is read").to_bytes(), first.to_bytes());
        let path = folder.path().join("keys/log.pem");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("chmod");
        assert!(matches!(
            keys.key("log"),
            Err(KeysError::Open { mode: 0o644, .. })
        ));
    }
}

//! A registry for development: everything that a real one gets from people (keys, ceremony, configuration, a user) made in one go, in one folder.
//! Its offline keys lie beside the online ones, so it is not to be trusted by anybody else.

use crate::authority::{full_token, new_token};
use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::database::{Database, DatabaseError};
use crate::keys::{KeyFolder, Keys as _, KeysError, LOG_KEY, ONLINE_KEY};
use crate::metadata::{MetadataError, OfflineRole, RoleKey, ceremony};
use crate::publisher;
use crate::server::{StartError, random_name};
use crate::storage::{Storage, StorageError};
use lumen_pkg::log::{LogError, SignerKey};
use lumen_pkg::tuf::{RegistryConfig, WitnessPolicy};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The configuration file in the folder.
const CONFIGURATION: &str = "registry.toml";

/// A port that nobody else has.
const ANY_PORT: &str = "listen = \"127.0.0.1:0\"";

/// One person tries things: nobody to protect from the others, and nothing to wait for.
const UNLIMITED: &str = "\
[policy]
look-alikes = \"allow\"
reserved-scopes = []

[quotas]
new-package = { seconds = 0, burst = 1 }
update = { seconds = 0, burst = 1 }
yank = { seconds = 0, burst = 1 }
account = { seconds = 0, burst = 1 }
";

/// How long a token lasts, in seconds: 90 days.
pub const LIFETIME: u64 = 90 * 24 * 60 * 60;

/// Why such a registry cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// A file cannot be written.
    #[error("cannot write {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The ceremony.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// The log's key.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The files.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// Random numbers.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The description of the registry.
    #[error("{0}")]
    Description(String),
}

/// Makes a registry in a folder, or finds the one that is there.
///
/// # Errors
/// See [`PrepareError`].
pub async fn prepare(data: &Path, clock: &dyn Clock) -> Result<Config, PrepareError> {
    let file = data.join(CONFIGURATION);
    let failed = |source| PrepareError::File {
        path: file.clone(),
        source,
    };
    std::fs::create_dir_all(data).map_err(failed)?;
    if !file.exists() {
        let name = random_name()?;
        let origin = format!("localhost-dev-{}", name.get(..8).unwrap_or_default());
        let text = format!("data = \".\"\n{ANY_PORT}\norigin = \"{origin}\"\n\n{UNLIMITED}");
        std::fs::write(&file, text).map_err(failed)?;
    }
    let config = Config::read(&file)?;
    let storage = Storage::folder(&config.files())?;
    let keys = KeyFolder::new(config.keys.clone());
    for name in [LOG_KEY, ONLINE_KEY, "root", "targets"] {
        keys.generate(name)?;
    }
    if storage.size("tuf/1.targets.json").await?.is_none() {
        let role = |name| Ok::<_, KeysError>(RoleKey::from_seed(&keys.key(name)?.to_bytes()));
        let (root, targets, online) = (role("root")?, role("targets")?, role(ONLINE_KEY)?);
        let log = SignerKey::from_seed(&config.origin, &keys.key(LOG_KEY)?.to_bytes())?;
        let vkey = log.verifier().to_string();
        let description = RegistryConfig::new(&config.origin, &vkey, WitnessPolicy::default(), 0);
        let description = description.map_err(PrepareError::Description)?;
        let alone = |key: &RoleKey| OfflineRole {
            keys: vec![key.public()],
            threshold: 1,
        };
        let (first, second, online) = (alone(&root), alone(&targets), online.public());
        let (_, files) = ceremony(first, second, online, &description, &[root, targets], clock.now())?;
        publisher::write(&storage, files).await?;
    }
    Ok(config)
}

/// Writes the port that the system has given into the configuration: at the next start the registry is where its clients know it.
///
/// # Errors
/// If the file cannot be read or written.
pub fn keep_address(data: &Path, address: SocketAddr) -> Result<(), PrepareError> {
    let path = data.join(CONFIGURATION);
    let failed = |source| PrepareError::File {
        path: path.clone(),
        source,
    };
    let text = std::fs::read_to_string(&path).map_err(failed)?;
    if !text.contains(ANY_PORT) {
        return Ok(());
    }
    std::fs::write(&path, text.replace(ANY_PORT, &format!("listen = \"{address}\""))).map_err(failed)
}

/// Adds a user if there is none of the name, and makes a token that may do everything.
///
/// # Errors
/// If the database fails.
pub async fn user_with_token(
    database: &Database,
    user: &str,
    now: u64,
    lifetime: u64,
) -> Result<String, PrepareError> {
    database.add_user(user, now).await?;
    let token = new_token().map_err(StartError::Random)?;
    let id = random_name()?;
    database
        .add_token(&full_token(id, &token, user, now, lifetime))
        .await?;
    Ok(token)
}

//! The offline roles: the first root and targets, and every change of them (keys, thresholds, the registry's description, or only
//! a later expiry).

use super::document::{Authority, Document};
use super::key::{RoleKey, RolePublicKey};
use super::{Metadata, MetadataError, MetadataFile, Written};
use lumen_pkg::tuf::{CHECKPOINT_TARGET, MAP_ROOT_TARGET, REGISTRY_TARGET, RegistryConfig, STATE_ROLE};
use lumen_pkg::{Digest, protocol};
use serde_json::{Map, Value, json};

/// How long root and targets are valid, in seconds.
const YEAR: u64 = 365 * 24 * 60 * 60;

/// The keys of an offline role, and how many of them must sign.
#[derive(Debug, Clone)]
pub struct OfflineRole {
    /// All of its keys.
    pub keys: Vec<RolePublicKey>,
    /// How many must sign.
    pub threshold: u64,
}

/// What an [`amend`] changes. With nothing set, root and targets are signed again and are valid for another year.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// New keys of the root role.
    pub root: Option<OfflineRole>,
    /// New keys of the targets role.
    pub targets: Option<OfflineRole>,
    /// A new key for timestamp, snapshot and state.
    pub online: Option<RolePublicKey>,
    /// What the registry is.
    pub registry: Option<RegistryConfig>,
}

/// The first root and targets of a registry. The files are not yet what clients can use: state, snapshot and timestamp
/// come with the first [`Metadata::publish_state`].
///
/// # Errors
/// If a threshold makes no sense, or `signers` do not meet it.
pub fn ceremony(
    root: OfflineRole,
    targets: OfflineRole,
    online: RolePublicKey,
    registry: &RegistryConfig,
    signers: &[RoleKey],
    now: u64,
) -> Result<(Metadata, Vec<MetadataFile>), MetadataError> {
    let expires = now.saturating_add(YEAR);
    let content = root_content(&root, &targets, &online)?;
    let unsigned = Document::sign("root", 1, expires, content.clone(), []);
    let root = Document::sign(
        "root",
        1,
        expires,
        content,
        unsigned.authority("root").among(signers)?,
    );
    let targets = targets_document(&root, registry, &online, 1, expires, signers)?;
    let files = vec![
        root.file("1.root.json"),
        registry_file(registry),
        targets.file("1.targets.json"),
    ];
    let metadata = Metadata {
        root,
        targets,
        online: None,
        written: Written::default(),
    };
    Ok((metadata, files))
}

/// The next root and targets, as far as `change` touches them. Root is signed by enough keys of the old and of the new root,
/// targets by enough of the (new) targets role. The server takes the files over with its next [`Metadata::refresh`].
///
/// # Errors
/// If `signers` are too few, or a threshold makes no sense.
pub fn amend(
    current: &Metadata,
    change: Change,
    signers: &[RoleKey],
    now: u64,
) -> Result<Vec<MetadataFile>, MetadataError> {
    let renew = change.root.is_none()
        && change.targets.is_none()
        && change.online.is_none()
        && change.registry.is_none();
    let touches_root = renew || change.root.is_some() || change.targets.is_some() || change.online.is_some();
    let touches_targets =
        renew || change.targets.is_some() || change.online.is_some() || change.registry.is_some();
    let expires = now.saturating_add(YEAR);
    let old = &current.root;
    let online = match change.online {
        Some(key) => key,
        None => only_key(&old.authority("timestamp"))?,
    };
    let mut files = Vec::new();
    let mut root = old.clone();
    if touches_root {
        let kept = |role: &str| offline(&old.authority(role));
        let content = root_content(
            &change.root.unwrap_or_else(|| kept("root")),
            &change.targets.unwrap_or_else(|| kept("targets")),
            &online,
        )?;
        let version = old.version() + 1;
        let next = Document::sign("root", version, expires, content.clone(), []);
        let mut keys = old.authority("root").among(signers)?;
        keys.extend(next.authority("root").among(signers)?);
        root = Document::sign("root", version, expires, content, keys);
        files.push(root.file(&format!("{version}.root.json")));
    }
    if touches_targets {
        let registry = match change.registry {
            Some(registry) => registry,
            None => current.registry()?,
        };
        let version = current.targets.version() + 1;
        let targets = targets_document(&root, &registry, &online, version, expires, signers)?;
        files.push(registry_file(&registry));
        files.push(targets.file(&format!("{version}.targets.json")));
    }
    Ok(files)
}

impl Metadata {
    /// What the registry is, as its targets say.
    ///
    /// # Errors
    /// If the targets do not say it.
    pub fn registry(&self) -> Result<RegistryConfig, MetadataError> {
        let inline = &self.targets.signed["targets"][REGISTRY_TARGET]["custom"]["inline"];
        let text = inline.as_str().unwrap_or_default();
        protocol::from_canonical(text.as_bytes()).map_err(|error| {
            MetadataError::Input(format!("the registry's description is not valid: {error}"))
        })
    }

    /// The bytes of the newest root, which clients may pin.
    pub fn root_bytes(&self) -> &[u8] {
        &self.root.bytes
    }
}

/// A target's entry, with the content inlined.
pub(super) fn inlined(text: &str) -> Value {
    json!({
        "length": text.len(),
        "hashes": {"sha256": Digest::of(text.as_bytes()).to_string()},
        "custom": {"inline": text},
    })
}

/// The same content as a file, for clients that download targets.
pub(super) fn target_file(name: &str, text: &str) -> MetadataFile {
    MetadataFile {
        path: format!("tuf/targets/{}.{name}", Digest::of(text.as_bytes())),
        bytes: text.as_bytes().to_vec(),
    }
}

fn registry_text(registry: &RegistryConfig) -> String {
    String::from_utf8_lossy(&protocol::to_canonical(registry)).into_owned()
}

fn registry_file(registry: &RegistryConfig) -> MetadataFile {
    target_file(REGISTRY_TARGET, &registry_text(registry))
}

fn root_content(
    root: &OfflineRole,
    targets: &OfflineRole,
    online: &RolePublicKey,
) -> Result<Value, MetadataError> {
    let mut keys = Map::new();
    let mut entry = |role: &str, offline: &OfflineRole| {
        let mut ids: Vec<String> = offline.keys.iter().map(RolePublicKey::id).collect();
        ids.sort();
        ids.dedup();
        if offline.threshold == 0 || offline.threshold > ids.len() as u64 {
            return Err(MetadataError::Keys {
                role: role.to_owned(),
                threshold: offline.threshold,
                keys: ids.len() as u64,
            });
        }
        keys.extend(offline.keys.iter().map(|key| (key.id(), key.object())));
        Ok(json!({"keyids": ids, "threshold": offline.threshold}))
    };
    let single = OfflineRole {
        keys: vec![*online],
        threshold: 1,
    };
    let roles = json!({
        "root": entry("root", root)?,
        "targets": entry("targets", targets)?,
        "snapshot": entry("snapshot", &single)?,
        "timestamp": entry("timestamp", &single)?,
    });
    Ok(json!({"consistent_snapshot": true, "keys": keys, "roles": roles}))
}

fn targets_document(
    root: &Document,
    registry: &RegistryConfig,
    online: &RolePublicKey,
    version: u64,
    expires: u64,
    signers: &[RoleKey],
) -> Result<Document, MetadataError> {
    let content = json!({
        "targets": {REGISTRY_TARGET: inlined(&registry_text(registry))},
        "delegations": {
            "keys": {online.id(): online.object()},
            "roles": [{
                "name": STATE_ROLE,
                "keyids": [online.id()],
                "threshold": 1,
                "terminating": true,
                "paths": [CHECKPOINT_TARGET, MAP_ROOT_TARGET],
            }],
        },
    });
    Ok(Document::sign(
        "targets",
        version,
        expires,
        content,
        root.authority("targets").among(signers)?,
    ))
}

fn offline(authority: &Authority) -> OfflineRole {
    OfflineRole {
        keys: authority.keys.iter().map(|(_, key)| *key).collect(),
        threshold: authority.threshold,
    }
}

fn only_key(authority: &Authority) -> Result<RolePublicKey, MetadataError> {
    match authority.keys.as_slice() {
        [(_, key)] => Ok(*key),
        keys => Err(MetadataError::Keys {
            role: authority.role.clone(),
            threshold: authority.threshold,
            keys: keys.len() as u64,
        }),
    }
}

//! One signed file of the repository.

use super::key::{RoleKey, RolePublicKey};
use super::{MetadataError, MetadataFile};
use jiff::Timestamp;
use lumen_pkg::Digest;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The version of the TUF specification that is followed.
const SPECIFICATION: &str = "1.0.33";

/// A signed file.
#[derive(Debug, Clone)]
pub(super) struct Document {
    pub(super) bytes: Vec<u8>,
    pub(super) signed: Value,
    signatures: Vec<(String, String)>,
}

/// Who may sign a role.
pub(super) struct Authority {
    pub(super) role: String,
    pub(super) keys: Vec<(String, RolePublicKey)>,
    pub(super) threshold: u64,
}

/// What TUF signs.
///
/// # Panics
/// If there is a number that is no integer; no document of this module has one.
pub(super) fn signed_bytes(value: &Value) -> Vec<u8> {
    lumen_pkg::tuf::signed_bytes(value).expect("metadata holds integers only")
}

impl Document {
    /// Signs `content`, to which the parts that every role has are added. `expires` is in seconds since 1970.
    pub(super) fn sign<'a>(
        kind: &str,
        version: u64,
        expires: u64,
        mut content: Value,
        keys: impl IntoIterator<Item = &'a RoleKey>,
    ) -> Self {
        content["_type"] = json!(kind);
        content["spec_version"] = json!(SPECIFICATION);
        content["version"] = json!(version);
        content["expires"] = json!(time(expires));
        let covered = signed_bytes(&content);
        let keys: Vec<_> = keys.into_iter().map(|key| (key.public().id(), key)).collect();
        let mut signatures: Vec<_> = keys
            .into_iter()
            .map(|(id, key)| (id, key.sign(&covered)))
            .collect();
        signatures.sort();
        signatures.dedup();
        let listed: Vec<Value> = signatures
            .iter()
            .map(|(id, sig)| json!({"keyid": id, "sig": sig}))
            .collect();
        let bytes = serde_json::to_vec(&json!({"signatures": listed, "signed": content}));
        Self {
            bytes: bytes.expect("JSON values serialise"),
            signed: content,
            signatures,
        }
    }

    /// Reads a file that `kind` names.
    pub(super) fn read(file: &str, kind: &str, bytes: Vec<u8>) -> Result<Self, MetadataError> {
        let fault = |reason: &str| MetadataError::File {
            file: file.to_owned(),
            reason: reason.to_owned(),
        };
        let mut value: Value =
            serde_json::from_slice(&bytes).map_err(|error| fault(&format!("is not JSON: {error}")))?;
        let signed = value["signed"].take();
        if signed["_type"] != kind
            || signed["version"].as_u64().is_none()
            || lumen_pkg::tuf::signed_bytes(&signed).is_none()
        {
            return Err(fault(&format!("is no {kind} metadata")));
        }
        let listed = value["signatures"]
            .as_array()
            .ok_or_else(|| fault("has no signatures"))?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let signatures = listed
            .iter()
            .map(|one| (text(&one["keyid"]), text(&one["sig"])))
            .collect();
        Ok(Self {
            bytes,
            signed,
            signatures,
        })
    }

    pub(super) fn version(&self) -> u64 {
        self.signed["version"].as_u64().unwrap_or_default()
    }

    /// Seconds since 1970.
    pub(super) fn expires(&self) -> u64 {
        let text = self.signed["expires"].as_str().unwrap_or_default();
        let time: Option<Timestamp> = text.parse().ok();
        time.and_then(|time| time.as_second().try_into().ok())
            .unwrap_or_default()
    }

    /// The entry of this file in the role above it.
    pub(super) fn pin(&self) -> Value {
        json!({"version": self.version(), "length": self.bytes.len(), "hashes": {"sha256": Digest::of(&self.bytes).to_string()}})
    }

    pub(super) fn file(&self, name: &str) -> MetadataFile {
        MetadataFile {
            path: format!("tuf/{name}"),
            bytes: self.bytes.clone(),
        }
    }

    /// Whether enough different keys of `authority` have signed.
    pub(super) fn satisfies(&self, authority: &Authority) -> bool {
        let covered = signed_bytes(&self.signed);
        let valid = |id: &str, signature: &str| {
            let key = authority.keys.iter().find(|(known, _)| known == id);
            key.is_some_and(|(_, key)| key.verifies(&covered, signature))
        };
        let signers: BTreeSet<&str> = self
            .signatures
            .iter()
            .filter(|(id, signature)| valid(id, signature))
            .map(|(id, _)| id.as_str())
            .collect();
        authority.threshold > 0 && signers.len() as u64 >= authority.threshold
    }

    /// The authority that this root gives to a top-level role.
    pub(super) fn authority(&self, role: &str) -> Authority {
        Authority::of(role, &self.signed["keys"], &self.signed["roles"][role])
    }

    /// The authority that this targets role delegates.
    pub(super) fn delegated(&self, role: &str) -> Authority {
        let delegations = &self.signed["delegations"];
        let roles = delegations["roles"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let entry = roles
            .iter()
            .find(|entry| entry["name"] == role)
            .unwrap_or(&Value::Null);
        Authority::of(role, &delegations["keys"], entry)
    }
}

impl Authority {
    fn of(role: &str, keys: &Value, entry: &Value) -> Self {
        let ids = entry["keyids"].as_array().map(Vec::as_slice).unwrap_or_default();
        let known = |id: &str| Some((id.to_owned(), RolePublicKey::of_object(keys.get(id)?)?));
        Self {
            role: role.to_owned(),
            keys: ids.iter().filter_map(Value::as_str).filter_map(known).collect(),
            threshold: entry["threshold"].as_u64().unwrap_or_default(),
        }
    }

    /// Those of `signers` that belong to the role.
    ///
    /// # Errors
    /// [`MetadataError::Threshold`] if they are too few.
    pub(super) fn among<'a>(&self, signers: &'a [RoleKey]) -> Result<Vec<&'a RoleKey>, MetadataError> {
        let mine = |key: &&RoleKey| self.keys.iter().any(|(_, known)| *known == key.public());
        let mut chosen: Vec<&RoleKey> = signers.iter().filter(mine).collect();
        chosen.sort_by_key(|key| key.public().id());
        chosen.dedup_by_key(|key| key.public().id());
        match self.threshold > 0 && chosen.len() as u64 >= self.threshold {
            true => Ok(chosen),
            false => Err(MetadataError::Threshold {
                role: self.role.clone(),
                threshold: self.threshold,
                found: chosen.len() as u64,
            }),
        }
    }
}

/// RFC 3339, UTC, whole seconds.
fn time(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds)
        .unwrap_or(Timestamp::MAX)
        .to_string()
}

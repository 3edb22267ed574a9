//! One key counts once: a role in which one public key stands under two key ids is refused.
//!
//! TUF counts distinct key *ids* (specification 1.0.33, section 4.2.1), and ids are the producer's own; with one key under two
//! ids, one thief would reach a threshold of two. `sigstore-tuf` follows the ids, so this is checked before it.

use serde_json::Value;
use std::collections::BTreeMap;

/// Two ids of one key in one role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SharedKey {
    pub(super) role: String,
    pub(super) first: String,
    pub(super) second: String,
}

/// The first role of a root, or delegated role of a targets file, in which a public key has two ids.
pub(super) fn shared_key(bytes: &[u8]) -> Option<SharedKey> {
    let document: Value = serde_json::from_slice(bytes).ok()?;
    let signed = document.get("signed")?;
    if let Some(Value::Object(roles)) = signed.get("roles") {
        let keys = signed.get("keys")?;
        return roles.iter().find_map(|(name, role)| shared(keys, name, role));
    }
    let delegations = signed.get("delegations")?;
    let keys = delegations.get("keys")?;
    let roles = delegations.get("roles")?.as_array()?;
    roles.iter().find_map(|role| {
        let name = role.get("name").and_then(Value::as_str).unwrap_or_default();
        shared(keys, name, role)
    })
}

fn shared(keys: &Value, name: &str, role: &Value) -> Option<SharedKey> {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for id in role.get("keyids")?.as_array()?.iter().filter_map(Value::as_str) {
        let Some(public) = keys
            .get(id)
            .and_then(|key| key.pointer("/keyval/public"))
            .and_then(Value::as_str)
        else {
            continue;
        };
        match seen.insert(public, id) {
            Some(first) if first != id => {
                return Some(SharedKey {
                    role: name.to_owned(),
                    first: first.to_owned(),
                    second: id.to_owned(),
                });
            }
            _ => {}
        }
    }
    None
}

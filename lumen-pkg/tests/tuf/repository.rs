//! A generator of TUF repositories for tests: valid ones, and whatever a step of an attack makes of them. It shares nothing with
//! the server's signing but TUF's canonical form.

use base64::Engine as _;
use ed25519_dalek::{Signer as _, SigningKey};
use lumen_pkg::Digest;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Everything happens at this time unless a case says otherwise.
pub(crate) const NOW: &str = "2027-01-15T08:00:00Z";

/// A role: what is signed, and the names of the keys that sign it. A name with `!` signs wrongly.
#[derive(Clone)]
pub(crate) struct Role {
    pub(crate) signed: Value,
    pub(crate) signers: Vec<String>,
}

#[derive(Clone)]
pub(crate) struct Repository {
    /// Oldest first.
    pub(crate) roots: Vec<Role>,
    /// `timestamp`, `snapshot`, `targets`, `state`, and other delegated roles.
    pub(crate) roles: BTreeMap<String, Role>,
    /// Files instead of those that the roles give; `None` for none.
    pub(crate) overlay: BTreeMap<String, Option<Vec<u8>>>,
}

pub(crate) fn names(stem: &str, count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("{stem}-{number}")).collect()
}

fn key(name: &str) -> SigningKey {
    SigningKey::from_bytes(Digest::of(name.as_bytes()).as_bytes())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn key_object(name: &str) -> Value {
    json!({"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": hex(key(name).verifying_key().as_bytes())}})
}

/// The id of a key; `alias:NAME` is the key NAME under an id of its own.
pub(crate) fn key_id(name: &str) -> String {
    match name.strip_prefix("alias:") {
        Some(_) => Digest::of(name.as_bytes()).to_string(),
        None => Digest::of(&lumen_pkg::tuf::signed_bytes(&key_object(name)).unwrap()).to_string(),
    }
}

fn bare(name: &str) -> &str {
    let name = name.strip_prefix("alias:").unwrap_or(name);
    name.strip_suffix('!').unwrap_or(name)
}

pub(crate) fn entry(text: &str) -> Value {
    json!({
        "length": text.len(),
        "hashes": {"sha256": Digest::of(text.as_bytes()).to_string()},
        "custom": {"inline": text},
    })
}

pub(crate) fn checkpoint(size: u64) -> String {
    let root = base64::engine::general_purpose::STANDARD.encode(Digest::of(&size.to_be_bytes()).as_bytes());
    format!("test.example\n{size}\n{root}\n\n\u{2014} test.example AAAA\n")
}

fn map_root(size: u64) -> String {
    format!(
        r#"{{"packages":{size},"root":"{}","size":{size}}}"#,
        Digest::of(b"map")
    )
}

fn registry() -> String {
    let key = "A".repeat(44);
    format!(
        r#"{{"format":1,"log_key":"test.example+01234567+{key}","minimum_release_age":0,"origin":"test.example","witnesses":{{"keys":[],"quorum":0}}}}"#
    )
}

impl Role {
    fn new(kind: &str, expires: &str, mut content: Value, signers: Vec<String>) -> Self {
        content["_type"] = json!(kind);
        content["spec_version"] = json!("1.0.33");
        content["version"] = json!(1);
        content["expires"] = json!(expires);
        Self {
            signed: content,
            signers,
        }
    }

    pub(crate) fn version(&self) -> u64 {
        self.signed["version"].as_u64().unwrap_or_default()
    }

    pub(crate) fn render(&self) -> Vec<u8> {
        let covered = lumen_pkg::tuf::signed_bytes(&self.signed).unwrap_or_default();
        let sign = |name: &String| {
            let mut signature = key(bare(name)).sign(&covered).to_bytes();
            if name.ends_with('!') {
                signature[0] ^= 1;
            }
            json!({"keyid": key_id(name.strip_suffix('!').unwrap_or(name)), "sig": hex(&signature)})
        };
        let signatures: Vec<Value> = self.signers.iter().map(sign).collect();
        serde_json::to_vec(&json!({"signatures": signatures, "signed": self.signed})).unwrap()
    }
}

/// `{"keyids": .., "threshold": ..}`, and the keys into `keys`.
pub(crate) fn authority(keys: &mut Value, names: &[String], threshold: u64) -> Value {
    let ids: Vec<String> = names.iter().map(|name| key_id(name)).collect();
    for (name, id) in names.iter().zip(&ids) {
        keys[id] = key_object(bare(name));
    }
    json!({"keyids": ids, "threshold": threshold})
}

impl Repository {
    /// Version 1 of everything: root 3 of 5, targets 2 of 3, the rest signed by `online`.
    pub(crate) fn new() -> Self {
        Self::of("")
    }

    /// The same with keys of other names.
    pub(crate) fn of(prefix: &str) -> Self {
        let online = vec![format!("{prefix}online")];
        let names = |stem, count| names(&format!("{prefix}{stem}"), count);
        let mut keys = json!({});
        let roles = json!({
            "root": authority(&mut keys, &names("root", 5), 3),
            "targets": authority(&mut keys, &names("targets", 3), 2),
            "snapshot": authority(&mut keys, &online, 1),
            "timestamp": authority(&mut keys, &online, 1),
        });
        let root = json!({"consistent_snapshot": true, "keys": keys, "roles": roles});
        let targets = json!({"targets": {"registry.json": entry(&registry())}, "delegations": {"keys": {}, "roles": []}});
        let year = "2028-01-15T08:00:00Z";
        let week = "2027-01-22T08:00:00Z";
        let role =
            |kind, expires, content, signers: &[String]| Role::new(kind, expires, content, signers.to_vec());
        let mut repository = Self {
            roots: vec![role("root", year, root, &names("root", 3))],
            roles: BTreeMap::from([
                (
                    "targets".to_owned(),
                    role("targets", year, targets, &names("targets", 2)),
                ),
                (
                    "state".to_owned(),
                    role("targets", week, json!({"targets": {}}), &online),
                ),
                (
                    "snapshot".to_owned(),
                    role("snapshot", week, json!({"meta": {}}), &online),
                ),
                (
                    "timestamp".to_owned(),
                    role("timestamp", "2027-01-16T08:00:00Z", json!({"meta": {}}), &online),
                ),
            ]),
            overlay: BTreeMap::new(),
        };
        let paths = ["checkpoint".to_owned(), "map-root".to_owned()];
        repository.delegate("targets", "state", &online, 1, &paths, true);
        repository.fill_state();
        repository.pin();
        repository
    }

    pub(crate) fn role(&mut self, name: &str) -> &mut Role {
        match name {
            "root" => self.roots.last_mut().unwrap(),
            _ => self
                .roles
                .get_mut(name)
                .unwrap_or_else(|| panic!("no role {name}")),
        }
    }

    pub(crate) fn delegate(
        &mut self,
        from: &str,
        name: &str,
        keys: &[String],
        threshold: u64,
        paths: &[String],
        terminating: bool,
    ) {
        let role = self.role(from);
        if role.signed["delegations"].is_null() {
            role.signed["delegations"] = json!({"keys": {}, "roles": []});
        }
        let delegations = &mut role.signed["delegations"];
        let mut entry = authority(&mut delegations["keys"], keys, threshold);
        entry["name"] = json!(name);
        entry["paths"] = json!(paths);
        entry["terminating"] = json!(terminating);
        delegations["roles"].as_array_mut().unwrap().push(entry);
    }

    pub(crate) fn add_role(&mut self, name: &str, signers: &[String]) {
        let role = Role::new(
            "targets",
            "2027-01-22T08:00:00Z",
            json!({"targets": {}}),
            signers.to_vec(),
        );
        self.roles.insert(name.to_owned(), role);
    }

    fn fill_state(&mut self) {
        let state = self.role("state");
        let size = state.version();
        state.signed["targets"] =
            json!({"checkpoint": entry(&checkpoint(size)), "map-root": entry(&map_root(size))});
    }

    pub(crate) fn bump(&mut self, name: &str) {
        let role = self.role(name);
        role.signed["version"] = json!(role.version() + 1);
    }

    /// What the server does with every batch.
    pub(crate) fn publish(&mut self) {
        for role in ["state", "snapshot", "timestamp"] {
            self.bump(role);
        }
        self.fill_state();
        self.pin();
    }

    /// Makes snapshot and timestamp name what there is.
    pub(crate) fn pin(&mut self) {
        let pin = |role: &Role| {
            let bytes = role.render();
            json!({"version": role.version(), "length": bytes.len(), "hashes": {"sha256": Digest::of(&bytes).to_string()}})
        };
        let listed = self
            .roles
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "snapshot" | "timestamp"));
        let meta: BTreeMap<String, Value> = listed
            .map(|(name, role)| (format!("{name}.json"), pin(role)))
            .collect();
        self.role("snapshot").signed["meta"] = json!(meta);
        let snapshot = pin(self.role("snapshot"));
        self.role("timestamp").signed["meta"] = json!({"snapshot.json": snapshot});
    }

    /// A new root with other keys for a role, signed by `signers`.
    pub(crate) fn rotate(&mut self, role: &str, keys: &[String], threshold: u64, signers: &[String]) {
        let mut root = self.role("root").clone();
        root.signed["version"] = json!(root.version() + 1);
        let mut known = root.signed["keys"].clone();
        root.signed["roles"][role] = authority(&mut known, keys, threshold);
        root.signed["keys"] = known;
        root.signers = signers.to_vec();
        self.roots.push(root);
    }

    /// Every file that is served.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        for (index, root) in self.roots.iter().enumerate() {
            files.insert(format!("{}.root.json", index + 1), root.render());
        }
        for (name, role) in &self.roles {
            let file = match name.as_str() {
                "timestamp" => "timestamp.json".to_owned(),
                _ => format!("{}.{name}.json", role.version()),
            };
            files.insert(file, role.render());
            for (target, entry) in role.signed["targets"].as_object().into_iter().flatten() {
                if let Some(text) = entry["custom"]["inline"].as_str() {
                    let hash = entry["hashes"]["sha256"].as_str().unwrap_or_default();
                    files.insert(format!("targets/{hash}.{target}"), text.as_bytes().to_vec());
                }
            }
        }
        for (file, bytes) in &self.overlay {
            match bytes {
                Some(bytes) => drop(files.insert(file.clone(), bytes.clone())),
                None => drop(files.remove(file)),
            }
        }
        files
    }
}

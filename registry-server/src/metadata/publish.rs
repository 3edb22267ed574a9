//! The online roles: what log and map say now (`state`), which versions belong together (`snapshot`), and that this is fresh (`timestamp`).

use super::ceremony::{inlined, target_file};
use super::document::Document;
use super::key::RoleKey;
use super::{Metadata, MetadataError, Online, Update, Written};
use lumen_pkg::protocol;
use lumen_pkg::tuf::{CHECKPOINT_TARGET, MAP_ROOT_TARGET, MapRoot, STATE_ROLE};
use serde_json::json;

/// How long a timestamp is valid, in seconds.
const DAY: u64 = 24 * 60 * 60;
/// How long state and snapshot are valid, in seconds.
const WEEK: u64 = 7 * DAY;

/// When a role stops being valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiry {
    /// The role.
    pub role: &'static str,
    /// Seconds since 1970.
    pub expires: u64,
}

impl Metadata {
    /// New state, snapshot and timestamp for a checkpoint (a signed note, as text) and the map after its leaves. The log's tiles and
    /// records must be durable before the files are written. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// If `online` is not the key that root and targets name, or the map cannot belong to any log.
    pub fn publish_state(
        &self,
        online: &RoleKey,
        checkpoint: &str,
        map_root: &MapRoot,
        now: u64,
    ) -> Result<Update, MetadataError> {
        if map_root.packages > map_root.size {
            let sentence = format!("{} packages after {} leaves", map_root.packages, map_root.size);
            return Err(MetadataError::Input(sentence));
        }
        let map_text = String::from_utf8_lossy(&protocol::to_canonical(map_root)).into_owned();
        self.sign_state(online, checkpoint, &map_text, now)
    }

    /// Signs again what expires before the next look in half a day, and takes over new targets and keys that [`amend`](super::amend)
    /// has made; `None` if nothing is to be done.
    ///
    /// # Errors
    /// If `online` is not the key that root and targets name, or nothing has been published yet.
    pub fn refresh(&self, online: &RoleKey, now: u64) -> Result<Option<Update>, MetadataError> {
        let Some(current) = &self.online else {
            return Err(MetadataError::Input("no state has been published yet".to_owned()));
        };
        let lasts = |document: &Document, seconds: u64| document.expires() > now.saturating_add(seconds);
        let pinned = &current.snapshot.signed["meta"]["targets.json"]["version"];
        let settled = *pinned == self.targets.version()
            && lasts(&current.state, WEEK / 2)
            && lasts(&current.snapshot, WEEK / 2)
            && current.state.satisfies(&self.targets.delegated(STATE_ROLE))
            && current.snapshot.satisfies(&self.root.authority("snapshot"));
        if !settled {
            let text = |name: &str| {
                let inline = &current.state.signed["targets"][name]["custom"]["inline"];
                inline.as_str().unwrap_or_default().to_owned()
            };
            return self
                .sign_state(online, &text(CHECKPOINT_TARGET), &text(MAP_ROOT_TARGET), now)
                .map(Some);
        }
        if lasts(&current.timestamp, DAY / 2)
            && current.timestamp.satisfies(&self.root.authority("timestamp"))
        {
            return Ok(None);
        }
        let timestamp = self.timestamp(online, &current.snapshot, now)?;
        let files = vec![timestamp.file("timestamp.json")];
        let mut metadata = self.clone();
        metadata.online = Some(Online {
            timestamp,
            ..current.clone()
        });
        Ok(Some(Update {
            metadata,
            files,
            superseded: Vec::new(),
        }))
    }

    /// When each role stops being valid; of those that are signed.
    pub fn expiries(&self) -> Vec<Expiry> {
        let mut roles = vec![("root", &self.root), ("targets", &self.targets)];
        if let Some(online) = &self.online {
            roles.extend([
                ("state", &online.state),
                ("snapshot", &online.snapshot),
                ("timestamp", &online.timestamp),
            ]);
        }
        let expiry = |(role, document): (&'static str, &Document)| Expiry {
            role,
            expires: document.expires(),
        };
        roles.into_iter().map(expiry).collect()
    }

    /// The checkpoint that clients see, as text of a signed note.
    pub fn checkpoint(&self) -> Option<&str> {
        let state = &self.online.as_ref()?.state;
        state.signed["targets"][CHECKPOINT_TARGET]["custom"]["inline"].as_str()
    }

    fn sign_state(
        &self,
        online: &RoleKey,
        checkpoint: &str,
        map_text: &str,
        now: u64,
    ) -> Result<Update, MetadataError> {
        let signer = std::slice::from_ref(online);
        let expires = now.saturating_add(WEEK);
        let written = Written {
            state: self.written.state + 1,
            snapshot: self.written.snapshot + 1,
        };
        let content =
            json!({"targets": {CHECKPOINT_TARGET: inlined(checkpoint), MAP_ROOT_TARGET: inlined(map_text)}});
        let keys = self.targets.delegated(STATE_ROLE).among(signer)?;
        let state = Document::sign("targets", written.state, expires, content, keys);
        let content = json!({"meta": {"targets.json": self.targets.pin(), "state.json": state.pin()}});
        let keys = self.root.authority("snapshot").among(signer)?;
        let snapshot = Document::sign("snapshot", written.snapshot, expires, content, keys);
        let timestamp = self.timestamp(online, &snapshot, now)?;
        let files = vec![
            target_file(CHECKPOINT_TARGET, checkpoint),
            target_file(MAP_ROOT_TARGET, map_text),
            state.file(&format!("{}.state.json", written.state)),
            snapshot.file(&format!("{}.snapshot.json", written.snapshot)),
            timestamp.file("timestamp.json"),
        ];
        let superseded = self.superseded(&files);
        let metadata = Self {
            root: self.root.clone(),
            targets: self.targets.clone(),
            online: Some(Online {
                state,
                snapshot,
                timestamp,
            }),
            written,
        };
        Ok(Update {
            metadata,
            files,
            superseded,
        })
    }

    fn timestamp(&self, online: &RoleKey, snapshot: &Document, now: u64) -> Result<Document, MetadataError> {
        let version = self
            .online
            .as_ref()
            .map_or(0, |online| online.timestamp.version())
            + 1;
        let content = json!({"meta": {"snapshot.json": snapshot.pin()}});
        let keys = self
            .root
            .authority("timestamp")
            .among(std::slice::from_ref(online))?;
        Ok(Document::sign(
            "timestamp",
            version,
            now.saturating_add(DAY),
            content,
            keys,
        ))
    }

    /// Whether a file is one of the online roles, and none that the current metadata names. Roots, targets and the registry's description stay.
    pub fn is_superseded(&self, path: &str) -> bool {
        let ends = [".state.json".to_owned(), ".snapshot.json".to_owned()];
        let targets = [CHECKPOINT_TARGET, MAP_ROOT_TARGET].map(|name| format!(".{name}"));
        let online = match path.strip_prefix("tuf/targets/") {
            Some(file) => targets.iter().any(|end| file.ends_with(end)),
            None => path.starts_with("tuf/") && ends.iter().any(|end| path.ends_with(end)),
        };
        online && self.named().iter().all(|named| named != path)
    }

    /// The files of the current state that `files` do not write again.
    fn superseded(&self, files: &[super::MetadataFile]) -> Vec<String> {
        let mut names = self.named();
        names.retain(|name| files.iter().all(|file| file.path != *name));
        names
    }

    /// The files of the current state.
    fn named(&self) -> Vec<String> {
        let Some(online) = &self.online else {
            return Vec::new();
        };
        let mut names = vec![
            format!("tuf/{}.state.json", online.state.version()),
            format!("tuf/{}.snapshot.json", online.snapshot.version()),
        ];
        for name in [CHECKPOINT_TARGET, MAP_ROOT_TARGET] {
            let hash = &online.state.signed["targets"][name]["hashes"]["sha256"];
            names.push(format!(
                "tuf/targets/{}.{name}",
                hash.as_str().unwrap_or_default()
            ));
        }
        names
    }
}

//! A small registry in memory, with all its keys: it makes what a registry serves, and can be made to lie in every part of it.

use ed25519_dalek::{Signer as _, SigningKey};
use lumen_pkg::archive::{ArchivePath, FileEntry, compress, pack, read};
use lumen_pkg::client::MemoryTransport;
use lumen_pkg::log::{
    Checkpoint, CosignerKey, LogWriter, MemoryTiles, Note, ProofBundle, SignerKey, inclusion_from_tiles,
};
use lumen_pkg::map::MapTree;
use lumen_pkg::protocol::{
    Change, Event, Leaf, MapValue, PublicKey, PublishStatement, PublishedVersion, Record, Signature, paths,
    to_canonical,
};
use lumen_pkg::tuf::{MapRoot, RegistryConfig, WitnessPolicy, signed_bytes};
use lumen_pkg::{Digest, PackageName, Version};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// When everything happens, in seconds since 1970.
pub(crate) const NOW: u64 = 1_800_000_000;

const EXPIRES: &str = "2030-01-01T00:00:00Z";
const USER: &str = "ada";

/// A registry. Fields are open, so that an attack can change any of them before [`Maker::serve`].
pub(crate) struct Maker {
    pub(crate) origin: String,
    pub(crate) log: SignerKey,
    pub(crate) witnesses: Vec<CosignerKey>,
    pub(crate) quorum: u64,
    /// Which witnesses sign, and when.
    pub(crate) cosigned: Vec<(usize, u64)>,
    pub(crate) publisher: SigningKey,
    pub(crate) leaves: Vec<Vec<u8>>,
    pub(crate) records: BTreeMap<PackageName, Record>,
    pub(crate) values: BTreeMap<PackageName, MapValue>,
    pub(crate) archives: BTreeMap<Digest, Vec<u8>>,
    /// Leaves that have a proof bundle; `None`: all.
    pub(crate) bundled: Option<Vec<u64>>,
    /// In place of the note of the log.
    pub(crate) note: Option<Vec<u8>>,
    /// In place of the size in `map-root`.
    pub(crate) map_size: Option<u64>,
    pub(crate) version: u64,
}

pub(crate) fn name(text: &str) -> PackageName {
    PackageName::parse(text).expect("a name")
}

pub(crate) fn version(text: &str) -> Version {
    Version::parse(text).expect("a version")
}

fn seed(number: u8) -> [u8; 32] {
    [number; 32]
}

impl Maker {
    pub(crate) fn new(origin: &str) -> Self {
        let log = SignerKey::from_seed(origin, &seed(1)).expect("a key");
        let witness =
            |number: u8| CosignerKey::from_seed(&format!("witness-{number}.example"), &seed(10 + number));
        let mut maker = Self {
            origin: origin.to_owned(),
            log,
            witnesses: (0..3).map(|number| witness(number).expect("a key")).collect(),
            quorum: 2,
            cosigned: vec![(0, NOW), (1, NOW), (2, NOW)],
            publisher: SigningKey::from_bytes(&seed(2)),
            leaves: Vec::new(),
            records: BTreeMap::new(),
            values: BTreeMap::new(),
            archives: BTreeMap::new(),
            bundled: None,
            note: None,
            map_size: None,
            version: 0,
        };
        maker.append(Event::KeyChange {
            owner: USER.to_owned(),
            key: maker.public(),
            change: Change::Add,
        });
        maker
    }

    pub(crate) fn public(&self) -> PublicKey {
        PublicKey::from_bytes(self.publisher.verifying_key().as_bytes()).expect("a key")
    }

    pub(crate) fn sign(&self, statement: &PublishStatement) -> Signature {
        Signature::from_bytes(self.publisher.sign(&statement.signed_bytes()).to_bytes())
    }

    /// Appends a leaf, with the map's values of its package.
    pub(crate) fn append(&mut self, event: Event) -> u64 {
        let index = self.leaves.len() as u64;
        let mut leaf = Leaf {
            time: NOW - 10_000 + index,
            previous: None,
            event,
        };
        if let Some(package) = leaf.package().cloned() {
            let before = self.values.get(&package).copied();
            leaf.previous = before.map(|value| value.last);
            self.values.insert(
                package,
                MapValue {
                    last: index,
                    count: before.map_or(0, |value| value.count) + 1,
                    record: Digest::of(b""),
                },
            );
        }
        self.leaves.push(leaf.to_bytes());
        index
    }

    /// The archive of a package with a manifest, and the statement about it.
    pub(crate) fn packed(&mut self, package: &str, release: &str) -> PublishStatement {
        let manifest = format!("[package]\nname = \"{package}\"\nversion = \"{release}\"\n");
        self.packed_with(package, release, &manifest)
    }

    pub(crate) fn packed_with(&mut self, package: &str, release: &str, manifest: &str) -> PublishStatement {
        let file = |path: &str, content: &str| FileEntry {
            path: ArchivePath::parse(path).expect("a path"),
            executable: false,
            content: content.as_bytes().to_vec(),
        };
        let tar = pack(&[
            file("lumen.toml", manifest),
            file("src/main.lm.md", &format!("# {package} {release}\n")),
        ]);
        let tar = tar.expect("an archive");
        let archive = read(&tar).expect("canonical");
        self.archives
            .insert(archive.digest(), compress(&tar).expect("compressible"));
        PublishStatement {
            package: name(package),
            version: version(release),
            archive: archive.digest(),
            size: archive.size(),
            files: archive.tree().root(),
            manifest: Digest::of(archive.manifest()),
            dependencies: Vec::new(),
            grants: Vec::new(),
        }
    }

    pub(crate) fn publish(&mut self, package: &str, release: &str) {
        let statement = self.packed(package, release);
        let signature = self.sign(&statement);
        self.publish_signed(statement, signature);
    }

    pub(crate) fn publish_signed(&mut self, statement: PublishStatement, signature: Signature) {
        let key = self.public();
        let leaf = self.append(Event::Publish {
            statement: Box::new(statement.clone()),
            user: USER.to_owned(),
            key,
            signature,
        });
        let record = self
            .records
            .entry(statement.package.clone())
            .or_insert_with(|| Record {
                package: statement.package.clone(),
                versions: Vec::new(),
            });
        record.versions.push(PublishedVersion {
            version: statement.version,
            leaf,
            time: NOW - 10_000 + leaf,
            archive: statement.archive,
            size: statement.size,
            files: statement.files,
            manifest: statement.manifest,
            dependencies: statement.dependencies,
            grants: statement.grants,
            yanked: false,
            user: USER.to_owned(),
            key,
            signature,
        });
    }

    pub(crate) fn yank(&mut self, package: &str, release: &str) {
        self.append(Event::Yank {
            package: name(package),
            version: version(release),
            user: USER.to_owned(),
        });
        self.published(package, release).yanked = true;
    }

    /// The line of a version in its record, to be changed.
    pub(crate) fn published(&mut self, package: &str, release: &str) -> &mut PublishedVersion {
        let record = self.records.get_mut(&name(package)).expect("a record");
        let wanted = version(release);
        record
            .versions
            .iter_mut()
            .find(|one| one.version == wanted)
            .expect("a version")
    }

    /// Puts the digests of the records into the map's values, and the map's root into the log.
    pub(crate) fn settle(&mut self) {
        self.bind_records();
        let root = self.map().0;
        self.append(Event::MapRoot {
            root,
            packages: self.values.len() as u64,
        });
    }

    pub(crate) fn bind_records(&mut self) {
        for (package, record) in &self.records {
            if let Some(value) = self.values.get_mut(package) {
                value.record = Digest::of(&record.to_bytes());
            }
        }
    }

    fn map(&self) -> (Digest, MemoryTiles) {
        let mut tiles = MemoryTiles::new();
        let mut tree = MapTree::new();
        let changes: Vec<_> = self
            .values
            .iter()
            .map(|(name, value)| (name.clone(), *value))
            .collect();
        tree.update(&mut tiles, &changes).expect("a map");
        (tree.root(), tiles)
    }

    fn writer(&self) -> (LogWriter, MemoryTiles) {
        let mut writer = LogWriter::new();
        let mut tiles = MemoryTiles::new();
        for leaf in &self.leaves {
            writer.append(leaf).expect("a leaf");
        }
        for file in writer.take_files() {
            tiles.insert(file.path, file.bytes);
        }
        (writer, tiles)
    }

    pub(crate) fn checkpoint(&self) -> Checkpoint {
        let writer = self.writer().0;
        Checkpoint {
            origin: self.origin.clone(),
            size: writer.size(),
            root: writer.root(),
        }
    }

    /// The signed and cosigned note of a checkpoint.
    pub(crate) fn signed(&self, checkpoint: &Checkpoint) -> Note {
        let mut note = checkpoint.sign(&self.log).expect("a note");
        for (witness, time) in &self.cosigned {
            note.add(self.witnesses[*witness].cosign(&checkpoint.text(), *time));
        }
        note
    }

    /// The bundle of a leaf, as `log/proof/N` serves it.
    pub(crate) fn bundle(&self, index: u64) -> ProofBundle {
        let checkpoint = self.checkpoint();
        self.bundle_from(index, &checkpoint, &self.signed(&checkpoint), &self.writer().1)
    }

    fn bundle_from(
        &self,
        index: u64,
        checkpoint: &Checkpoint,
        note: &Note,
        tiles: &MemoryTiles,
    ) -> ProofBundle {
        ProofBundle {
            leaf: self.leaves[usize::try_from(index).expect("small")].clone(),
            index,
            hashes: inclusion_from_tiles(index, checkpoint, tiles).expect("a proof"),
            checkpoint: note.clone(),
        }
    }

    /// Writes everything that is served, with TUF metadata of the next version.
    pub(crate) fn serve(&mut self, transport: &MemoryTransport) {
        let (_, log) = self.writer();
        let (root, map) = self.map();
        for (path, bytes) in log.all().iter().chain(map.all()) {
            transport.put(path, bytes.clone());
        }
        for (package, record) in &self.records {
            transport.put(&paths::record(package), record.to_bytes());
        }
        for (digest, archive) in &self.archives {
            transport.put(&paths::archive(digest), archive.clone());
        }
        let checkpoint = self.checkpoint();
        let honest = self.signed(&checkpoint);
        let all = || (0..self.leaves.len() as u64).collect();
        for index in self.bundled.clone().unwrap_or_else(all) {
            let bundle = self.bundle_from(index, &checkpoint, &honest, &log);
            transport.put(&paths::leaf_proof(index), bundle.render().into_bytes());
        }
        let note = self.note.clone().unwrap_or_else(|| honest.render().into_bytes());
        let map_root = MapRoot {
            root,
            packages: self.values.len() as u64,
            size: self.map_size.unwrap_or(checkpoint.size),
        };
        self.version += 1;
        for (file, bytes) in self.metadata(&note, &map_root) {
            transport.put(&format!("tuf/{file}"), bytes);
        }
    }

    /// The pinned root.
    pub(crate) fn root(&self) -> Vec<u8> {
        let key = tuf_key();
        let role = json!({"keyids": [key.0], "threshold": 1});
        sign(&json!({
            "_type": "root", "spec_version": "1.0.33", "version": 1, "expires": EXPIRES, "consistent_snapshot": true,
            "keys": {key.0.clone(): key.1},
            "roles": {"root": role, "targets": role, "snapshot": role, "timestamp": role},
        }))
    }

    fn metadata(&self, note: &[u8], map_root: &MapRoot) -> Vec<(String, Vec<u8>)> {
        let witnesses = WitnessPolicy {
            keys: self
                .witnesses
                .iter()
                .map(|key| key.verifier().to_string())
                .collect(),
            quorum: self.quorum,
        };
        let config = RegistryConfig::new(&self.origin, &self.log.verifier().to_string(), witnesses, 0);
        let config = to_canonical(&config.expect("a configuration"));
        let key = tuf_key();
        let head = |kind: &str, body: Value| {
            let mut signed =
                json!({"_type": kind, "spec_version": "1.0.33", "version": self.version, "expires": EXPIRES});
            for (name, value) in body.as_object().expect("an object") {
                signed[name.as_str()] = value.clone();
            }
            sign(&signed)
        };
        let state = head(
            "targets",
            json!({"targets": {"checkpoint": target(note), "map-root": target(&to_canonical(map_root))}}),
        );
        let targets = head(
            "targets",
            json!({
                "targets": {"registry.json": target(&config)},
                "delegations": {"keys": {key.0.clone(): key.1}, "roles": [{
                    "name": "state", "keyids": [key.0], "threshold": 1, "terminating": true, "paths": ["checkpoint", "map-root"],
                }]},
            }),
        );
        let pin = |bytes: &[u8]| json!({"version": self.version, "length": bytes.len(), "hashes": {"sha256": Digest::of(bytes).to_string()}});
        let snapshot = head(
            "snapshot",
            json!({"meta": {"targets.json": pin(&targets), "state.json": pin(&state)}}),
        );
        let timestamp = head("timestamp", json!({"meta": {"snapshot.json": pin(&snapshot)}}));
        let number = self.version;
        vec![
            (format!("{number}.targets.json"), targets),
            (format!("{number}.state.json"), state),
            (format!("{number}.snapshot.json"), snapshot),
            ("timestamp.json".to_owned(), timestamp),
            ("1.root.json".to_owned(), self.root()),
        ]
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn tuf_secret() -> SigningKey {
    SigningKey::from_bytes(&seed(3))
}

/// The key of all roles, and its id.
fn tuf_key() -> (String, Value) {
    let public = hex(tuf_secret().verifying_key().as_bytes());
    let key = json!({"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": public}});
    let id = Digest::of(&signed_bytes(&key).expect("canonical"));
    (id.to_string(), key)
}

fn sign(signed: &Value) -> Vec<u8> {
    let signature = tuf_secret().sign(&signed_bytes(signed).expect("canonical"));
    let signatures = json!([{"keyid": tuf_key().0, "sig": hex(&signature.to_bytes())}]);
    serde_json::to_vec(&json!({"signatures": signatures, "signed": signed})).expect("JSON")
}

fn target(content: &[u8]) -> Value {
    let text = std::str::from_utf8(content).expect("text");
    json!({"length": content.len(), "hashes": {"sha256": Digest::of(content).to_string()}, "custom": {"inline": text}})
}

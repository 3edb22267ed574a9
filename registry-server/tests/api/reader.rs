//! What a client sees: TUF, then log, map and records, each verified with the client's own verifiers.

use crate::registry::Remote;
use lumen_pkg::log::{
    Checkpoint, LogPolicy, SourceError, TileSource, VerifierKey, consistency_from_tiles, entries_from_tiles,
    verify_checkpoint, verify_consistency,
};
use lumen_pkg::map::{lookup, root_of};
use lumen_pkg::protocol::{Leaf, MapValue, Record, paths};
use lumen_pkg::tuf::{Fetch, FetchError, MapRoot, MemoryStore, TufClient};
use lumen_pkg::{Digest, PackageName};
use std::sync::Arc;
use tokio::runtime::Handle;

/// Files of a registry over HTTP, for synchronous verifiers.
struct Http {
    url: String,
    client: reqwest::Client,
    runtime: Handle,
}

impl Http {
    fn get(&self, path: &str) -> Option<Vec<u8>> {
        self.runtime.block_on(async {
            let response = self
                .client
                .get(format!("{}/{path}", self.url))
                .send()
                .await
                .expect("an answer");
            match response.status().as_u16() {
                200 => Some(response.bytes().await.expect("a body").to_vec()),
                404 => None,
                status => panic!("{path}: {status}"),
            }
        })
    }
}

impl TileSource for Http {
    fn tile(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        self.get(path).ok_or(SourceError::Absent)
    }
}

impl Fetch for Http {
    fn fetch(&self, file: &str, _: u64) -> Result<Option<Vec<u8>>, FetchError> {
        Ok(self.get(&format!("tuf/{file}")))
    }
}

/// A state of the registry, verified.
pub(crate) struct Seen {
    pub(crate) policy: LogPolicy,
    pub(crate) checkpoint: Checkpoint,
    pub(crate) map_root: MapRoot,
    /// Seconds for which new versions are passed over.
    pub(crate) release_age: u64,
    http: Http,
}

impl Remote {
    fn http(&self) -> Http {
        Http {
            url: self.url.clone(),
            client: self.client.clone(),
            runtime: Handle::current(),
        }
    }

    /// Looks at the registry as a client does, and lets the test look further, on a thread that may block.
    pub(crate) async fn look<T: Send + 'static>(&self, look: impl FnOnce(Seen) -> T + Send + 'static) -> T {
        let root = std::fs::read(&self.root).expect("the pinned root");
        let (http, tuf) = (self.http(), Arc::new(self.http()));
        let now = self.clock.now();
        let looking = tokio::task::spawn_blocking(move || {
            let mut client = TufClient::new(&root, tuf, Arc::new(MemoryStore::default()));
            let time = i64::try_from(now).expect("a time");
            let state = client
                .refresh(jiff::Timestamp::from_second(time).expect("a time"))
                .expect("a good state");
            let key = VerifierKey::parse(&state.registry.log_key).expect("a key");
            let policy = LogPolicy::new(key, Vec::new(), 0).expect("a policy");
            let checkpoint = verify_checkpoint(&state.checkpoint, &policy, now).expect("a good checkpoint");
            look(Seen {
                policy,
                checkpoint,
                release_age: state.registry.minimum_release_age,
                map_root: state.map_root,
                http,
            })
        });
        looking.await.expect("no panic")
    }

    /// Audits everything: each leaf, each record, the map against the log. The answer is the checkpoint.
    pub(crate) async fn audit(&self) -> Checkpoint {
        self.look(|seen| {
            seen.audit();
            seen.checkpoint
        })
        .await
    }
}

impl Seen {
    /// All leaves, in order.
    pub(crate) fn leaves(&self) -> Vec<Leaf> {
        let tiles = self.checkpoint.size.div_ceil(256);
        let entries = (0..tiles)
            .flat_map(|tile| entries_from_tiles(tile, &self.checkpoint, &self.http).expect("good entries"));
        entries
            .map(|bytes| Leaf::from_bytes(&bytes).expect("a leaf"))
            .collect()
    }

    /// The record of a package, if the map has it.
    pub(crate) fn record(&self, package: &PackageName) -> Option<(Record, MapValue)> {
        let value = lookup(&self.map_root.root, package, &self.http).expect("a good map")?;
        let bytes = self.http.get(&paths::record(package)).expect("a record");
        assert_eq!(
            Digest::of(&bytes),
            value.record,
            "the record of {package} is the one of the map"
        );
        Some((Record::from_bytes(&bytes).expect("a record"), value))
    }

    /// That a checkpoint of before is one of this log.
    pub(crate) fn continues(&self, before: &Checkpoint) {
        let proof = consistency_from_tiles(before, &self.checkpoint, &self.http).expect("tiles");
        verify_consistency(
            (before.size, &before.root),
            (self.checkpoint.size, &self.checkpoint.root),
            &proof,
        )
        .expect("consistent");
    }

    fn audit(&self) {
        let leaves = self.leaves();
        assert_eq!(leaves.len() as u64, self.checkpoint.size);
        assert_eq!(self.map_root.size, self.checkpoint.size);
        assert!(leaves.is_sorted_by_key(|leaf| leaf.time), "time never goes back");
        let mut packages: std::collections::BTreeMap<PackageName, (u64, u64)> = Default::default();
        for (index, leaf) in (0..).zip(&leaves) {
            let Some(package) = leaf.package() else { continue };
            let entry = packages.entry(package.clone());
            let before = match &entry {
                std::collections::btree_map::Entry::Occupied(known) => Some(known.get().0),
                std::collections::btree_map::Entry::Vacant(_) => None,
            };
            assert_eq!(leaf.previous, before, "leaf {index} names the one before it");
            let value = entry.or_default();
            *value = (index, value.1 + 1);
        }
        let values: Vec<(PackageName, MapValue)> = packages
            .iter()
            .map(|(package, (last, count))| {
                let (record, value) = self
                    .record(package)
                    .expect("every package of the log is in the map");
                assert_eq!((value.last, value.count), (*last, *count), "{package}");
                for version in &record.versions {
                    let leaf = &leaves[usize::try_from(version.leaf).expect("an index")];
                    let statement = version.statement(package);
                    version
                        .key
                        .verify(&statement.signed_bytes(), &version.signature)
                        .expect("signed");
                    assert_eq!(leaf.package(), Some(package));
                    assert!(
                        self.http.get(&paths::archive(&version.archive)).is_some(),
                        "{package}: the archive is there"
                    );
                }
                (package.clone(), value)
            })
            .collect();
        let count = values.len() as u64;
        assert_eq!(
            root_of(values),
            self.map_root.root,
            "the map is the one of the log"
        );
        assert_eq!(count, self.map_root.packages);
    }

    /// The proof bundle of a leaf, as text.
    pub(crate) fn bundle(&self, leaf: u64) -> Vec<u8> {
        self.http.get(&paths::leaf_proof(leaf)).expect("a bundle")
    }
}

//! The audit of a registry: the whole log is read and replayed, and everything that the registry pins is recomputed from it. Whoever audits takes neither the
//! map nor the records on trust.

use super::error::ClientError;
use super::session::RegistrySession;
use super::tiles::{log_failure, with_tiles};
use super::violation::{Rule, Violation};
use crate::digest::Digest;
use crate::log::{CompactTree, MemoryTiles, TILE_WIDTH, entries_from_tiles, leaf_hash};
use crate::map::MapTree;
use crate::moment::utc;
use crate::name::PackageName;
use crate::protocol::{
    Change, Event, Leaf, MapValue, PublicKey, PublishStatement, PublishedVersion, Record, Signature,
};
use semver::Version;
use std::collections::{BTreeMap, BTreeSet};

/// What an audit went through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Audited {
    /// Leaves of the log.
    pub leaves: u64,
    /// Packages of the map.
    pub packages: u64,
    /// Versions published.
    pub releases: u64,
    /// Map roots in the log, each recomputed.
    pub map_roots: u64,
}

impl RegistrySession {
    /// Replays the log and compares: its root, the map root at every map-root leaf and the pinned one, the records, the chain of leaves of every package, and that
    /// every publishing key was announced before.
    ///
    /// # Errors
    /// The first disagreement; see [`ClientError`].
    pub fn audit(&self) -> Result<Audited, ClientError> {
        self.replay().map_err(|error| self.refuse(error))
    }

    fn replay(&self) -> Result<Audited, ClientError> {
        let verified = self.verified();
        let checkpoint = &verified.checkpoint;
        let mut replay = Replay::default();
        let mut tree = CompactTree::new();
        for tile in 0..checkpoint.size.div_ceil(TILE_WIDTH) {
            let entries = with_tiles(self.transport.as_ref(), self.trust.as_ref(), |tiles| {
                entries_from_tiles(tile, checkpoint, tiles)
            });
            let subject = format!("leaves {} and on", tile * TILE_WIDTH);
            for entry in entries.map_err(|error| log_failure(Rule::Audit, subject, error))? {
                tree.push(leaf_hash(&entry));
                replay
                    .leaf(&entry)
                    .map_err(|violation| violation.with("leaf", &entry))?;
            }
        }
        let disagrees = |subject: &str, expected: String, found: String| -> ClientError {
            Violation::new(Rule::Audit, subject, expected, found).into()
        };
        if tree.root() != checkpoint.root {
            return Err(disagrees(
                "the log's root",
                checkpoint.root.to_string(),
                tree.root().to_string(),
            ));
        }
        let (root, packages) = replay.map_root()?;
        let pinned = verified.map_root;
        if (root, packages) != (pinned.root, pinned.packages) {
            let expected = format!("{root} of {packages} packages, from the log");
            let found = format!("{} of {} packages, pinned", pinned.root, pinned.packages);
            return Err(disagrees("the map's root", expected, found));
        }
        self.compare_records(&replay)?;
        Ok(Audited {
            leaves: replay.size,
            packages,
            releases: replay.releases,
            map_roots: replay.map_roots,
        })
    }

    /// The records that are served are the ones that the log gives.
    fn compare_records(&self, replay: &Replay) -> Result<(), ClientError> {
        let names: Vec<PackageName> = replay.packages.keys().cloned().collect();
        for (name, served) in names.iter().zip(self.records(&names)?) {
            let own = replay.packages.get(name).map(|history| &history.record);
            if served.as_ref().map(|served| served.record.as_ref()) != own {
                let expected = "the record that the log gives";
                return Err(Violation::new(
                    Rule::Audit,
                    format_args!("the record of {name}"),
                    expected,
                    "another",
                )
                .into());
            }
        }
        Ok(())
    }
}

/// What the leaves so far say.
#[derive(Default)]
struct Replay {
    size: u64,
    time: u64,
    releases: u64,
    map_roots: u64,
    packages: BTreeMap<PackageName, History>,
    /// Announced and not withdrawn.
    keys: BTreeSet<(String, [u8; 32])>,
    map: MapTree,
    tiles: MemoryTiles,
    /// Packages that the map does not have as they are.
    changed: BTreeSet<PackageName>,
}

struct History {
    record: Record,
    last: u64,
    count: u64,
}

impl Replay {
    fn leaf(&mut self, bytes: &[u8]) -> Result<(), Box<Violation>> {
        let index = self.size;
        let wrong = |expected: String, found: String| {
            Violation::new(
                Rule::Audit,
                format_args!("leaf {index} of the log"),
                expected,
                found,
            )
        };
        let leaf = Leaf::from_bytes(bytes)
            .map_err(|error| wrong("a well-formed leaf".to_owned(), error.to_string()))?;
        if leaf.time < self.time {
            return Err(wrong(
                format!("a time from {} on", utc(self.time)),
                utc(leaf.time),
            ));
        }
        let before = leaf
            .package()
            .and_then(|package| self.packages.get(package))
            .map(|history| history.last);
        if leaf.previous != before {
            let shown = |index: Option<u64>| {
                index.map_or("no leaf before".to_owned(), |index| {
                    format!("leaf {index} before")
                })
            };
            return Err(wrong(shown(before), shown(leaf.previous)));
        }
        self.event(&leaf)
            .map_err(|(expected, found)| wrong(expected, found))?;
        if let Some(package) = leaf.package() {
            self.touch(package.clone(), index);
        }
        self.time = leaf.time;
        self.size += 1;
        Ok(())
    }

    /// What an event asks for, and what there is instead.
    fn event(&mut self, leaf: &Leaf) -> Result<(), (String, String)> {
        match &leaf.event {
            Event::Publish {
                statement,
                user,
                key,
                signature,
            } => self.publish(leaf.time, statement, user, *key, *signature),
            Event::Yank { package, version, .. } => self.set_yanked(package, version, true),
            Event::Unyank { package, version, .. } => self.set_yanked(package, version, false),
            Event::KeyChange { owner, key, change } => {
                let key = (owner.clone(), *key.as_bytes());
                match change {
                    Change::Add => drop(self.keys.insert(key)),
                    Change::Remove => drop(self.keys.remove(&key)),
                }
                Ok(())
            }
            Event::MapRoot { root, packages } => {
                self.map_roots += 1;
                let (own, count) = self
                    .map_root()
                    .map_err(|violation| (violation.expected, violation.found))?;
                match (own, count) == (*root, *packages) {
                    true => Ok(()),
                    false => Err((
                        format!("the map root {own} of {count} packages"),
                        format!("{root} of {packages} packages"),
                    )),
                }
            }
            Event::OwnerChange { .. }
            | Event::ScopeCreate { .. }
            | Event::Transfer { .. }
            | Event::Takedown { .. }
            | Event::RebuildAttestation { .. } => Ok(()),
        }
    }

    fn publish(
        &mut self,
        time: u64,
        statement: &PublishStatement,
        user: &str,
        key: PublicKey,
        signature: Signature,
    ) -> Result<(), (String, String)> {
        if !self.keys.contains(&(user.to_owned(), *key.as_bytes())) {
            let expected = format!("a key that {user} announced before");
            return Err((expected, format!("the key {}", key.id())));
        }
        if let Err(error) = key.verify(&statement.signed_bytes(), &signature) {
            return Err((
                format!("a signature of {user}'s key {}", key.id()),
                error.to_string(),
            ));
        }
        let leaf = self.size;
        let record = &mut self.history(&statement.package).record;
        if record.version(&statement.version).is_some() {
            let expected = format!("a version that {} does not have", statement.package);
            return Err((expected, format!("{} again", statement.version)));
        }
        record.versions.push(PublishedVersion {
            version: statement.version.clone(),
            leaf,
            time,
            archive: statement.archive,
            size: statement.size,
            files: statement.files,
            manifest: statement.manifest,
            dependencies: statement.dependencies.clone(),
            grants: statement.grants.clone(),
            yanked: false,
            user: user.to_owned(),
            key,
            signature,
        });
        self.releases += 1;
        Ok(())
    }

    fn set_yanked(
        &mut self,
        package: &PackageName,
        version: &Version,
        yanked: bool,
    ) -> Result<(), (String, String)> {
        let versions = &mut self.history(package).record.versions;
        let published = versions
            .iter_mut()
            .find(|published| published.version == *version);
        match published {
            Some(published) => published.yanked = yanked,
            None => return Err((format!("a version of {package}"), version.to_string())),
        }
        Ok(())
    }

    fn history(&mut self, package: &PackageName) -> &mut History {
        self.packages.entry(package.clone()).or_insert_with(|| History {
            record: Record {
                package: package.clone(),
                versions: Vec::new(),
            },
            last: 0,
            count: 0,
        })
    }

    fn touch(&mut self, package: PackageName, index: u64) {
        let history = self.history(&package);
        history.last = index;
        history.count += 1;
        self.changed.insert(package);
    }

    /// The root of the map over everything so far, and how many packages it has.
    fn map_root(&mut self) -> Result<(Digest, u64), Box<Violation>> {
        let value = |(package, history): (PackageName, &History)| {
            let value = MapValue {
                last: history.last,
                count: history.count,
                record: Digest::of(&history.record.to_bytes()),
            };
            (package, value)
        };
        let changes: Vec<(PackageName, MapValue)> = std::mem::take(&mut self.changed)
            .into_iter()
            .filter_map(|package| self.packages.get(&package).map(|history| (package, history)))
            .map(value)
            .collect();
        let root = self.map.update(&mut self.tiles, &changes);
        let root =
            root.map_err(|error| Violation::new(Rule::Audit, "the map", "a map over the log", error))?;
        Ok((root, self.packages.len() as u64))
    }
}

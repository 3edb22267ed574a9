//! Makes room in the cache (`docs/spec/build-cache-v1.md`, Collection): what was used least recently goes, what live workspaces
//! need stays, and packs of which little is kept are written again.
//!
//! No lock: a pack is removed only after what is kept of it lies in another one, so a process that is killed in between leaves
//! entries that are there twice. Two collections at once do some work twice. A build that meets a pack that is gone lists the
//! folder again, and at worst compiles something again.

use super::access;
use super::compact::{remove, size};
use super::packs::{sealed_packs, write_whole};
use super::sealed::Pack;
use super::workspaces;
use crate::bytes::readable_bytes;
use crate::store::MAXIMUM_TRACES;
use crate::store::access::{AccessTable, KeyPrefix, prefix};
use crate::store::collection::{Decision, Goal, Group, Step, Worth, decide};
use crate::store::pack::{self, EntryKind, INDEX_ENTRY_LENGTH, PackBuilder};
use rustc_hash::{FxHashMap, FxHashSet};
use std::io;
use std::path::Path;
use std::time::Duration;

/// In nanoseconds.
pub(super) const DAY: i64 = 24 * 60 * 60 * 1_000_000_000;
/// What a collection after a build copies at most, in bytes.
const COPIES_AFTER_BUILD: u64 = 64 << 20;
/// No process takes that long to write a file.
const ABANDONED_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// What a collection is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CollectionRequest {
    /// What all packs together may take, in bytes.
    pub capacity: u64,
    /// Whether to say what would be done, and do nothing.
    pub dry_run: bool,
}

/// What a collection did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// What the packs took before, in bytes.
    pub bytes_before: u64,
    /// What they take after it.
    pub bytes_after: u64,
    /// Packs that were removed.
    pub removed: usize,
    /// Packs that were written again with a part of their entries.
    pub rewritten: usize,
    /// Workspaces that are there.
    pub workspaces: usize,
    /// Workspaces that were known and are gone.
    pub gone: usize,
    /// What the workspaces that are there need of the packs, in bytes, if it is more than there is room for.
    pub overflow: Option<u64>,
    /// What there is room for.
    pub capacity: u64,
}

impl Collected {
    /// What to say if not even what workspaces need fits.
    pub fn overflow_note(&self) -> Option<String> {
        let needed = self.overflow?;
        Some(format!(
            "the cache may take {}, and what workspaces need takes {}: some of that goes; allow more with LUMEN_CACHE_SIZE \
             or with `size` in `[cache]` of Lumen's config.toml",
            readable_bytes(self.capacity),
            readable_bytes(needed)
        ))
    }
}

/// The collection that follows a build: once a day, and whenever there is no room. Nothing if neither is the case.
pub(super) fn after_build(folder: &Path, capacity: u64, now: i64) -> Option<Collected> {
    let since = now.saturating_sub(access::last_collection(folder));
    let is_due = !(0..DAY).contains(&since);
    let is_over = || {
        let names = sealed_packs(folder).unwrap_or_default();
        names
            .iter()
            .filter_map(|name| size(&folder.join(name)))
            .sum::<u64>()
            > capacity
    };
    if !is_due && !is_over() {
        return None;
    }
    let goal = Goal {
        // Not every build that follows is to make room again.
        bytes: capacity - capacity / 10,
        capacity,
        copies: COPIES_AFTER_BUILD,
    };
    Some(Collection::read(folder, now, capacity).run(&goal, false))
}

/// The collection that somebody asked for. Ends when there is room.
///
/// # Errors
/// If the folder cannot be listed.
pub(super) fn requested(folder: &Path, request: &CollectionRequest, now: i64) -> io::Result<Collected> {
    match sealed_packs(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let goal = Goal {
        bytes: request.capacity,
        capacity: request.capacity,
        copies: u64::MAX,
    };
    Ok(Collection::read(folder, now, request.capacity).run(&goal, request.dry_run))
}

/// What the workspaces that use a cache need of it, in bytes, and how many they are.
pub(super) fn pinned(folder: &Path, now: i64) -> (usize, u64) {
    let mut collection = Collection::read(folder, now, u64::MAX);
    let groups = collection.groups();
    let pinned = groups
        .iter()
        .filter(|group| matches!(group.worth, Worth::Pinned(_)));
    (collection.workspaces, pinned.map(|group| group.bytes).sum())
}

/// What is known before anything is decided.
struct Collection<'f> {
    folder: &'f Path,
    capacity: u64,
    packs: Vec<Surveyed>,
    uses: AccessTable,
    folded: Vec<std::path::PathBuf>,
    /// When a workspace that needs the entry was last built.
    pins: FxHashMap<KeyPrefix, i64>,
    workspaces: usize,
    gone: Vec<std::path::PathBuf>,
}

/// A pack that can be read.
struct Surveyed {
    name: String,
    bytes: u64,
    time: i64,
    /// Positions in the index of entries that lie in newer packs too, ascending.
    superseded: Vec<u32>,
}

impl<'f> Collection<'f> {
    fn read(folder: &'f Path, now: i64, capacity: u64) -> Collection<'f> {
        let (mut uses, folded) = access::load(folder);
        let known = workspaces::load(folder);
        let mut pins = FxHashMap::default();
        for workspace in &known.live {
            for key in &workspace.keys {
                let built = pins.entry(*key).or_insert(workspace.built);
                *built = workspace.built.max(*built);
                // Needed today: when the workspace goes, or goes on without it, it counts as used until now.
                uses.note(*key, now);
            }
        }
        uses.collected = now;
        uses.limit();
        let names = sealed_packs(folder).unwrap_or_default();
        let packs = names.into_iter().filter_map(|name| {
            Some(Surveyed {
                bytes: size(&folder.join(&name))?,
                time: super::sealed::time_of(&name),
                superseded: Vec::new(),
                name,
            })
        });
        Collection {
            folder,
            capacity,
            packs: packs.collect(),
            uses,
            folded,
            pins,
            workspaces: known.live.len(),
            gone: known.gone,
        }
    }

    fn run(mut self, goal: &Goal, dry_run: bool) -> Collected {
        let before = self.packs.iter().map(|pack| pack.bytes).sum();
        let mut collected = Collected {
            bytes_before: before,
            bytes_after: before,
            workspaces: self.workspaces,
            gone: self.gone.len(),
            capacity: self.capacity,
            ..Collected::default()
        };
        if before > self.capacity {
            let groups = self.groups();
            let sizes: Vec<u64> = self.packs.iter().map(|pack| pack.bytes).collect();
            let decision = decide(&sizes, &groups, goal);
            collected.overflow = decision.overflow;
            self.make_room(&decision, dry_run, &mut collected);
        }
        if !dry_run {
            access::save(self.folder, &self.uses, &self.folded);
            self.gone.iter().for_each(|path| remove(path));
            remove_abandoned(self.folder);
        }
        collected
    }

    fn worth(&self, key: KeyPrefix, pack: &Surveyed) -> Worth {
        match self.pins.get(&key) {
            Some(built) => Worth::Pinned(*built),
            None => Worth::Used(self.uses.last_use(key).max(pack.time)),
        }
    }

    /// What lies in each pack, by its worth. Packs that cannot be opened are left out, and left alone.
    fn groups(&mut self) -> Vec<Group> {
        let mut groups = Vec::new();
        let mut seen: FxHashMap<(KeyPrefix, EntryKind), usize> = FxHashMap::default();
        let mut packs = std::mem::take(&mut self.packs);
        packs.retain(|surveyed| {
            let pack = Pack::new(self.folder, surveyed.name.clone());
            pack.open().is_some() || pack.is_damaged()
        });
        for (number, surveyed) in packs.iter_mut().enumerate() {
            let pack = Pack::new(self.folder, surveyed.name.clone());
            let index = pack.open().and_then(|open| open.index()).unwrap_or_default();
            let mut sums: FxHashMap<Worth, u64> = FxHashMap::default();
            for (position, (key, kind, place)) in (0..).zip(pack::index_entries(&index)) {
                let copies = seen.entry((prefix(&key), kind)).or_default();
                *copies += 1;
                // No more actions than that are ever looked at for one key.
                let useful = if kind == EntryKind::Action {
                    MAXIMUM_TRACES
                } else {
                    1
                };
                let worth = if *copies > useful {
                    surveyed.superseded.push(position);
                    Worth::Superseded
                } else {
                    self.worth(prefix(&key), surveyed)
                };
                *sums.entry(worth).or_default() += u64::from(place.length) + INDEX_ENTRY_LENGTH as u64;
            }
            groups.extend(sums.into_iter().map(|(worth, bytes)| Group {
                pack: number,
                worth,
                bytes,
            }));
        }
        self.packs = packs;
        groups
    }

    fn make_room(&self, decision: &Decision, dry_run: bool, collected: &mut Collected) {
        for step in &decision.steps {
            let (Step::Remove(number) | Step::Rewrite(number)) = *step;
            let pack = &self.packs[number];
            let written = match step {
                _ if dry_run => continue,
                Step::Remove(_) => Some(0),
                Step::Rewrite(_) => self.rewrite(number, pack, decision),
            };
            // What cannot be written again stays whole.
            if let Some(written) = written {
                remove(&self.folder.join(&pack.name));
                collected.bytes_after = (collected.bytes_after + written).saturating_sub(pack.bytes);
            }
        }
        let removed = decision
            .steps
            .iter()
            .filter(|step| matches!(step, Step::Remove(_)));
        collected.removed = removed.count();
        collected.rewritten = decision.steps.len() - collected.removed;
        if dry_run {
            collected.bytes_after = decision.left;
        }
    }

    /// Copies what is kept, and is sound, to a new pack of the same age; its size.
    fn rewrite(&self, number: usize, surveyed: &Surveyed, decision: &Decision) -> Option<u64> {
        let pack = Pack::new(self.folder, surveyed.name.clone());
        let open = pack.open()?;
        let index = open.index()?;
        let superseded: FxHashSet<u32> = surveyed.superseded.iter().copied().collect();
        let mut builder = PackBuilder::default();
        for (position, (key, kind, place)) in (0..).zip(pack::index_entries(&index)) {
            let worth = match superseded.contains(&position) {
                true => Worth::Superseded,
                false => self.worth(prefix(&key), surveyed),
            };
            if !decision.keeps(number, worth) || !open.holds(place) {
                continue;
            }
            // If this fails, it is not known that the entry is damaged.
            let stored = open.read(place)?;
            if pack::checked_payload(&key, kind, stored.clone()).is_some() {
                builder.add_stored(&key, kind, &stored);
            }
        }
        if builder.is_empty() {
            return Some(0);
        }
        let bytes = builder.encode();
        let time = surveyed.name.split('-').next().unwrap_or_default();
        let name = format!(
            "{time}-{:x}-g{:x}.pack",
            std::process::id(),
            super::clock::nanoseconds()
        );
        write_whole(self.folder, &name, &bytes).ok()?;
        Some(bytes.len() as u64)
    }
}

/// Removes temporary files that a killed process left behind: those older than a day.
fn remove_abandoned(folder: &Path) {
    #[expect(clippy::disallowed_methods, reason = "the shell keeps the cache small")]
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let is_temporary = entry.file_name().as_encoded_bytes().ends_with(b".tmp");
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if is_temporary && age().is_some_and(|age| age > ABANDONED_AFTER) {
            remove(&entry.path());
        }
    }
}

//! What was there when it was last looked at, and what has changed since.
//!
//! A folder is followed *before* it is listed, so that nothing falls between the two. It is told by its device and number, not by
//! its path alone: one that was deleted and made again is another one, and has to be followed anew.

use super::changes::Changes;
use super::file_state::FileState;
use super::hints::Hints;
use super::interest::{Interest, Kind};
use super::window::{Follow, Found, Listing, Look};
use lumen_compiler::interface::Digest;
use lumen_pkg::MANIFEST_FILE;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// A deeper nest of folders is passed over, as by the build.
const MAXIMUM_DEPTH: usize = 64;

/// What was in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Folder {
    kind: Kind,
    /// Levels below the folder that is asked for.
    depth: usize,
    readable: bool,
    subfolders: BTreeSet<OsString>,
    links: BTreeSet<OsString>,
    files: BTreeMap<OsString, FileState>,
}

/// A folder to look at.
struct Task {
    folder: PathBuf,
    kind: Kind,
    depth: usize,
    /// Whether its subfolders are looked at even if they are known.
    deep: bool,
}

/// Device and number.
type Identity = (u64, u64);

/// What was there.
#[derive(Debug, Default)]
pub(crate) struct Known {
    interest: Interest,
    folders: BTreeMap<PathBuf, Folder>,
    points: BTreeMap<PathBuf, FileState>,
    /// Folders that events come from.
    followed: BTreeMap<PathBuf, Identity>,
    /// Those of them that are followed for what may appear in them.
    anchors: BTreeSet<PathBuf>,
}

impl Known {
    /// What is watched.
    pub(crate) fn interest(&self) -> &Interest {
        &self.interest
    }

    /// How many folders events come from, or would.
    pub(crate) fn followed(&self) -> usize {
        self.followed.len()
    }

    /// The files that are there, sorted.
    #[cfg(test)]
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let in_folders = self
            .folders
            .iter()
            .flat_map(|(folder, known)| known.files.keys().map(|name| folder.join(name)));
        let points = self
            .points
            .iter()
            .filter(|(_, state)| state.stat.is_some())
            .map(|(point, _)| point.clone());
        let files: BTreeSet<PathBuf> = in_folders.chain(points).collect();
        files.into_iter().collect()
    }

    /// Watches something else from the next look on. What is new counts as unchanged when it is first seen.
    pub(crate) fn set_interest(&mut self, interest: Interest) {
        let kept = |folder: &Path, kind: Kind| {
            let mut above = folder.ancestors();
            above.any(|above| interest.trees.get(above) == Some(&kind))
        };
        self.folders.retain(|folder, known| kept(folder, known.kind));
        self.points.retain(|point, _| interest.points.contains(point));
        self.interest = interest;
    }

    /// Follows nothing: the next look everywhere starts again.
    pub(crate) fn forget_followed(&mut self) {
        self.followed.clear();
        self.anchors.clear();
    }

    /// Whether hints name a file that matters, or a folder that is followed. Of others, as logs that somebody writes here, nobody wants to
    /// hear that nothing came of them: with the answer in such a log there would be no end.
    pub(crate) fn is_about(&self, hints: &Hints) -> bool {
        let counts = |hint: &Path| {
            let folder = hint.parent().and_then(|parent| self.folders.get(parent));
            let has_file = |folder: &Folder| hint.file_name().is_some_and(|name| folder.kind.has_file(name));
            self.interest.points.contains(hint)
                || self.folders.contains_key(hint)
                || folder.is_some_and(has_file)
        };
        hints.is_everywhere() || hints.paths().any(counts)
    }

    /// Looks where the hints say, and at what was missing; remembers what is there.
    ///
    /// # Errors
    /// In words, if events cannot be relied on any longer. What is known is then what it was, in part; a look everywhere mends that.
    pub(crate) fn look(
        &mut self,
        look: &dyn Look,
        follow: &mut dyn Follow,
        hints: &Hints,
    ) -> Result<Changes, String> {
        let mut changes = Changes::default();
        let replaced = self.leave_hinted(follow, hints)?;
        self.follow_anchors(look, follow)?;
        self.look_at_points(look, &mut changes);
        let tasks = self.tasks(hints, &replaced);
        self.walk(look, follow, tasks, &mut changes)?;
        self.leave_unneeded(follow)?;
        Ok(changes)
    }

    /// Looks at the folders of a kind, and takes what is there for what was there.
    ///
    /// # Errors
    /// As [`Known::look`].
    pub(crate) fn absorb(
        &mut self,
        look: &dyn Look,
        follow: &mut dyn Follow,
        kind: Kind,
    ) -> Result<(), String> {
        let roots = self.interest.trees.iter().filter(|(_, of)| **of == kind);
        let tasks = roots.map(|(folder, _)| Task {
            folder: folder.clone(),
            kind,
            depth: 0,
            deep: true,
        });
        let tasks = tasks.collect();
        self.walk(look, follow, tasks, &mut Changes::default())
    }

    /// Takes a file for what was there before, if it has this content.
    pub(crate) fn absorb_file(&mut self, look: &dyn Look, path: &Path, content: Digest) {
        let now = look.now();
        let stat = look.stat(path);
        if self.points.contains_key(path) && look.digest(path) == Some(content) {
            let settled = stat.is_none_or(|stat| stat.is_settled(now));
            let digest = Some(content);
            self.points.insert(
                path.to_owned(),
                FileState {
                    stat,
                    settled,
                    digest,
                },
            );
        }
    }

    /// Lists folders level by level, so that each level is followed in one step.
    fn walk(
        &mut self,
        look: &dyn Look,
        follow: &mut dyn Follow,
        mut level: Vec<Task>,
        changes: &mut Changes,
    ) -> Result<(), String> {
        while !level.is_empty() {
            let folders: Vec<PathBuf> = level.iter().map(|task| task.folder.clone()).collect();
            self.join(look, follow, &folders)?;
            let mut next = Vec::new();
            for task in level {
                self.look_at_folder(look, task, changes, &mut next);
            }
            level = next;
        }
        Ok(())
    }

    /// An event about a followed folder itself: it, and what is below it, may be another one now. Gives those to look at again.
    fn leave_hinted(&mut self, follow: &mut dyn Follow, hints: &Hints) -> Result<Vec<PathBuf>, String> {
        let mut left = Vec::new();
        for hint in hints.paths().filter(|hint| self.followed.contains_key(*hint)) {
            let below = self.followed.range(hint.to_owned()..);
            let below = below
                .map(|(folder, _)| folder)
                .take_while(|folder| folder.starts_with(hint));
            left.extend(below.cloned());
        }
        left.sort();
        left.dedup();
        for folder in &left {
            self.followed.remove(folder);
        }
        if !left.is_empty() {
            follow.change(&left, &[])?;
        }
        Ok(left)
    }

    /// What is to be listed.
    fn tasks(&self, hints: &Hints, replaced: &[PathBuf]) -> Vec<Task> {
        let roots = self.interest.trees.iter();
        let mut tasks: BTreeMap<PathBuf, Task> = BTreeMap::new();
        for (folder, kind) in
            roots.filter(|(folder, _)| hints.is_everywhere() || !self.folders.contains_key(*folder))
        {
            let (kind, folder) = (*kind, folder.clone());
            tasks.insert(
                folder.clone(),
                Task {
                    folder,
                    kind,
                    depth: 0,
                    deep: true,
                },
            );
        }
        let named = hints
            .paths()
            .flat_map(|hint| [Some(hint), hint.parent()])
            .flatten();
        for folder in named.chain(replaced.iter().map(PathBuf::as_path)) {
            if let Some(Folder { kind, depth, .. }) = self.folders.get(folder) {
                let (kind, depth, folder) = (*kind, *depth, folder.to_owned());
                tasks.entry(folder.clone()).or_insert(Task {
                    folder,
                    kind,
                    depth,
                    deep: false,
                });
            }
        }
        tasks.into_values().collect()
    }

    /// The folders that something may appear in: for each point and root the nearest folder above that there is.
    fn follow_anchors(&mut self, look: &dyn Look, follow: &mut dyn Follow) -> Result<(), String> {
        // A folder may appear between the search and the following; then it is searched again. It ends as soon as nothing is new,
        // and a few rounds are enough for anybody who does not build folders in order to disturb.
        for _ in 0..8 {
            let wanted: BTreeSet<PathBuf> = {
                let places = self.interest.points.iter().chain(self.interest.trees.keys());
                let parents: BTreeSet<&Path> = places.filter_map(|place| place.parent()).collect();
                let there = |folder: &&Path| look.stat(folder).is_some();
                parents
                    .into_iter()
                    .filter_map(|parent| parent.ancestors().find(there))
                    .map(Path::to_owned)
                    .collect()
            };
            let joined = self.join(look, follow, &Vec::from_iter(wanted.iter().cloned()))?;
            self.anchors = wanted;
            if joined == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Follows folders that are not followed, or are others by now. How many those were.
    fn join(
        &mut self,
        look: &dyn Look,
        follow: &mut dyn Follow,
        folders: &[PathBuf],
    ) -> Result<usize, String> {
        let (mut leave, mut join) = (Vec::new(), Vec::new());
        for folder in folders {
            let identity = look.stat(folder).map(|stat| (stat.device, stat.inode));
            if identity.as_ref() == self.followed.get(folder) {
                continue;
            }
            if self.followed.remove(folder).is_some() {
                leave.push(folder.clone());
            }
            if let Some(identity) = identity {
                self.followed.insert(folder.clone(), identity);
                join.push(folder.clone());
            }
        }
        if !leave.is_empty() || !join.is_empty() {
            follow.change(&leave, &join)?;
        }
        Ok(join.len())
    }

    fn leave_unneeded(&mut self, follow: &mut dyn Follow) -> Result<(), String> {
        let needed = |folder: &PathBuf| self.folders.contains_key(folder) || self.anchors.contains(folder);
        let leave: Vec<PathBuf> = self
            .followed
            .keys()
            .filter(|folder| !needed(folder))
            .cloned()
            .collect();
        for folder in &leave {
            self.followed.remove(folder);
        }
        match leave.is_empty() {
            true => Ok(()),
            false => follow.change(&leave, &[]),
        }
    }

    fn look_at_points(&mut self, look: &dyn Look, changes: &mut Changes) {
        let now = look.now();
        for point in &self.interest.points {
            let before = self.points.get(point);
            let state = FileState::of(look, point, look.stat(point), now, before);
            if before.is_some_and(|before| !before.is_same(&state)) {
                changes.add(point.clone());
                changes.packages = true;
            }
            self.points.insert(point.clone(), state);
        }
    }

    /// Lists a folder, compares, and adds the subfolders that have to be looked at too.
    fn look_at_folder(&mut self, look: &dyn Look, task: Task, changes: &mut Changes, next: &mut Vec<Task>) {
        let Task {
            folder,
            kind,
            depth,
            deep,
        } = task;
        let now = look.now();
        let (entries, readable) = match look.list(&folder, &|name| kind.has_file(name)) {
            Listing::Gone => return self.drop_folder(&folder, changes),
            Listing::Unreadable => (BTreeMap::new(), false),
            Listing::Entries(entries) => (entries, true),
        };
        let before = self.folders.remove(&folder);
        let mut after = Folder {
            kind,
            depth,
            readable,
            subfolders: BTreeSet::new(),
            links: BTreeSet::new(),
            files: BTreeMap::new(),
        };
        // A package of its own: what it has is no part of this one.
        let is_package =
            depth > 0 && kind == Kind::Sources && entries.contains_key(OsStr::new(MANIFEST_FILE));
        for (name, found) in entries {
            match found {
                Found::File(_) if is_package && name != MANIFEST_FILE => {}
                Found::File(stat) => {
                    let old = before.as_ref().and_then(|before| before.files.get(&name));
                    let state = FileState::of(look, &folder.join(&name), stat, now, old);
                    after.files.insert(name, state);
                }
                Found::FolderLink => drop(after.links.insert(name)),
                Found::Folder if !is_package && kind.has_folder(&name) && depth < MAXIMUM_DEPTH => {
                    after.subfolders.insert(name);
                }
                Found::Folder => {}
            }
        }
        compare(&folder, before.as_ref(), &after, changes);
        for name in before
            .iter()
            .flat_map(|before| before.subfolders.difference(&after.subfolders))
        {
            self.drop_folder(&folder.join(name), changes);
        }
        if kind.is_deep() {
            let below = after.subfolders.iter().map(|name| folder.join(name));
            let below = below.filter(|below| deep || !self.folders.contains_key(below));
            next.extend(below.map(|folder| Task {
                folder,
                kind,
                depth: depth + 1,
                deep: true,
            }));
        }
        self.folders.insert(folder, after);
    }

    /// A folder is gone, and all that was in it.
    fn drop_folder(&mut self, folder: &Path, changes: &mut Changes) {
        let below = self.folders.range(folder.to_owned()..).map(|(below, _)| below);
        let gone: Vec<PathBuf> = below
            .take_while(|below| below.starts_with(folder))
            .cloned()
            .collect();
        for folder in gone {
            if let Some(known) = self.folders.remove(&folder) {
                known.files.keys().for_each(|name| changes.add(folder.join(name)));
                changes.packages |=
                    known.kind == Kind::Packages || known.files.contains_key(OsStr::new(MANIFEST_FILE));
            }
        }
    }
}

/// Notes what differs between two looks at a folder.
fn compare(folder: &Path, before: Option<&Folder>, after: &Folder, changes: &mut Changes) {
    let none = BTreeMap::new();
    let old = before.map_or(&none, |before| &before.files);
    let differs = |name: &OsStr| match (old.get(name), after.files.get(name)) {
        (Some(one), Some(other)) => !one.is_same(other),
        _ => true,
    };
    let names: BTreeSet<&OsString> = old.keys().chain(after.files.keys()).collect();
    for name in names.into_iter().filter(|name| differs(name)) {
        changes.packages |= name == MANIFEST_FILE;
        changes.add(folder.join(name));
    }
    let Some(before) = before else { return };
    if before.readable != after.readable {
        changes.add(folder.to_owned());
    }
    for name in before.links.symmetric_difference(&after.links) {
        changes.add(folder.join(name));
    }
    if after.kind == Kind::Packages {
        for name in before.subfolders.symmetric_difference(&after.subfolders) {
            changes.packages = true;
            changes.add(folder.join(name));
        }
    }
}

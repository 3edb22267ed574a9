//! The files that tests read besides documents: accepted snapshots and failing examples, found by one walk.

use super::place::{ACCEPTED, PENDING, TestPlace, owner};
use crate::digest;
use crate::files::{Files, MAXIMUM_DOCUMENT_BYTES, Stat};
use lumen_compiler::interface::Digest;
use lumen_pkg::EntryKind;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Folders lie no deeper below `tests` than this; what does is not looked at.
const MAXIMUM_DEPTH: usize = 24;

/// The files of tests.
#[derive(Clone, Debug, Default)]
pub struct TestFiles {
    /// What was looked at, files and folders, and what was looked for and is absent.
    pub(crate) inputs: Vec<(String, Option<Stat>)>,
    /// Whether a change of any of them must show in the stats from now on.
    pub(crate) settled: bool,
    /// Names and hashes of files by the test that they belong to, ascending.
    by_owner: BTreeMap<String, Vec<(String, Digest)>>,
    /// Snapshots that wait, and the tests that they belong to. No test reads them.
    pending: Vec<(String, String)>,
}

impl TestFiles {
    /// What lies in some folders, as seen from `root`.
    pub(crate) fn of(files: &dyn Files, root: &Path, folders: &BTreeSet<String>) -> TestFiles {
        let now = files.now();
        let mut found = TestFiles {
            settled: true,
            ..TestFiles::default()
        };
        let mut pending: Vec<(String, usize)> = folders.iter().map(|folder| (folder.clone(), 0)).collect();
        while let Some((folder, depth)) = pending.pop() {
            let stat = files.stat(&root.join(&folder));
            found.look(&folder, stat, now);
            if stat.is_none() {
                continue;
            }
            for entry in files.manifests().list(&root.join(&folder)).unwrap_or_default() {
                let Some(name) = entry.name.to_str() else { continue };
                let path = format!("{folder}/{name}");
                match entry.kind {
                    EntryKind::Folder if depth < MAXIMUM_DEPTH => pending.push((path, depth + 1)),
                    EntryKind::Folder => {}
                    _ => found.read(files, root, path, now),
                }
            }
        }
        found.by_owner.values_mut().for_each(|files| files.sort());
        found.inputs.sort_by(|(left, _), (right, _)| left.cmp(right));
        found
    }

    fn look(&mut self, path: &str, stat: Option<Stat>, now: i64) {
        self.settled &= stat.is_none_or(|stat| stat.is_settled(now));
        self.inputs.push((path.to_owned(), stat));
    }

    /// Files that belong to no test, whatever somebody put there, are passed over.
    fn read(&mut self, files: &dyn Files, root: &Path, path: String, now: i64) {
        let accepted = path.strip_suffix(PENDING).filter(|path| path.ends_with(ACCEPTED));
        if let Some(owner) = accepted.and_then(owner) {
            self.pending.push((owner, path));
            return;
        }
        let Some(owner) = owner(&path) else { return };
        let (content, stat) = match files.read(&root.join(&path), MAXIMUM_DOCUMENT_BYTES) {
            Ok((bytes, stat)) => (digest::of(&bytes), stat),
            Err(reason) => (digest::of(reason.as_bytes()), None),
        };
        self.settled &= stat.is_some();
        self.look(&path, stat, now);
        self.by_owner.entry(owner).or_default().push((path, content));
    }

    /// The files of a test with their hashes, ascending.
    pub fn of_test(&self, place: &TestPlace) -> Vec<(String, Digest)> {
        let owners = place.owners();
        let files = owners.iter().filter_map(|owner| self.by_owner.get(owner));
        files.flatten().cloned().collect()
    }

    /// Whether everything is as it was.
    pub(crate) fn are_unchanged(files: &dyn Files, root: &Path, inputs: &[(String, Option<Stat>)]) -> bool {
        inputs
            .iter()
            .all(|(path, stat)| files.stat(&root.join(path)) == *stat)
    }

    /// Snapshots, those that wait too, and examples that belong to none of these tests, ascending.
    pub fn unreferenced<'p>(&self, places: impl IntoIterator<Item = &'p TestPlace>) -> Vec<&str> {
        let owners: BTreeSet<String> = places.into_iter().flat_map(TestPlace::owners).collect();
        let read = self.by_owner.iter();
        let read = read.flat_map(|(owner, files)| files.iter().map(move |(path, _)| (owner, path)));
        let pending = self.pending.iter().map(|(owner, path)| (owner, path));
        let orphans = read.chain(pending).filter(|(owner, _)| !owners.contains(*owner));
        let mut paths: Vec<&str> = orphans.map(|(_, path)| path.as_str()).collect();
        paths.sort_unstable();
        paths
    }
}

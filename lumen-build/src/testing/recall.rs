//! Builds and their tests: whether the last run still says everything, and what a run leaves for the next one.

use super::{KnownTest, TestFiles, TestKey, TestLimits, TestMemory, TestPlace};
use crate::build::Build;
use crate::digest;
use crate::outcome::{Note, Outcome};
use crate::state::State;
use crate::store::BlobKind;
use std::collections::BTreeSet;
use std::path::Path;

/// Says of what the last run left whether nothing else is wanted.
pub(crate) type Enough = Box<dyn Fn(&TestMemory) -> bool + Send + Sync>;

/// Which tests a run is about, before any are left out by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestScope {
    /// Those of all members of the workspace.
    Workspace,
    /// Those of one package.
    Package(String),
    /// Those of one document.
    Document,
}

/// A run of tests that ended.
#[derive(Debug)]
pub struct Ran<'a> {
    /// Which tests were looked at.
    pub scope: TestScope,
    /// What each might use.
    pub limits: TestLimits,
    /// The files that they could read.
    pub files: &'a TestFiles,
    /// All tests in scope, as far as they are known: those that ran, and the others as they were known before.
    pub tests: Vec<KnownTest>,
    /// Whether all fences of the documents are what they announce, so that nothing has to be said about them.
    pub sound: bool,
}

impl TestMemory {
    /// Whether it knows the tests of a scope, run within these limits by this machine.
    pub fn is_about(&self, scope: &TestScope, limits: TestLimits) -> bool {
        let in_scope = match scope {
            TestScope::Workspace => self.scope.is_empty(),
            TestScope::Package(name) => self.scope.is_empty() || self.scope == *name,
            TestScope::Document => false,
        };
        in_scope && self.circumstances == limits.circumstances()
    }
}

impl Build {
    /// Makes a run with snippets end as soon as nothing has changed since tests last ran, and `enough` says that what was found
    /// then is all that is wanted: it is in [`Outcome::known_tests`], and snippets were not looked at.
    pub fn unless_known(mut self, enough: impl Fn(&TestMemory) -> bool + Send + Sync + 'static) -> Build {
        self.enough = Some(Box::new(enough));
        self
    }

    /// What the last run of tests left, if nothing has changed since and that is enough.
    pub(crate) fn recall(&self, root: &Path, state: &State) -> Option<TestMemory> {
        let enough = self.enough.as_ref()?;
        let memory = self.test_memory(root)?;
        let unchanged = memory.state != digest::NONE
            && memory.state == state.digest()
            && TestFiles::are_unchanged(&*self.files, root, &memory.inputs);
        (unchanged && enough(&memory)).then_some(memory)
    }

    /// Whether nothing has changed since tests left this.
    pub fn is_unchanged(&self, outcome: &Outcome, memory: &TestMemory) -> bool {
        let state = outcome.image.as_ref().map(crate::image::Image::state_digest);
        memory.state != digest::NONE
            && state == Some(memory.state)
            && TestFiles::are_unchanged(&*self.files, &outcome.root, &memory.inputs)
    }

    /// What the last runs of tests in a workspace left, whatever has changed since.
    pub fn test_memory(&self, root: &Path) -> Option<TestMemory> {
        TestMemory::decode(&self.files.load_tests(root)?)
    }

    /// The files that tests of `outcome` read, or might have read: those of all packages of the workspace, or those beside the
    /// document.
    pub fn test_files(&self, outcome: &Outcome, places: &[TestPlace]) -> TestFiles {
        let mut folders: BTreeSet<String> = places.iter().flat_map(TestPlace::folders).collect();
        if let Some(image) = &outcome.image {
            folders.extend(image.test_folders());
        }
        // One walk over a folder is enough.
        let roots: BTreeSet<String> = folders
            .iter()
            .filter(|folder| {
                let mut above = folder.match_indices('/').filter_map(|(end, _)| folder.get(..end));
                !above.any(|above| folders.contains(above))
            })
            .cloned()
            .collect();
        TestFiles::of(&*self.files, &outcome.root, &roots)
    }

    /// Whether the store says that a test with this key passed.
    pub fn has_passed(&self, key: &TestKey) -> bool {
        self.store.blob(BlobKind::Pass, &key.digest()).is_some()
    }

    /// Keeps that tests with these keys passed, and what ran. Trouble is a note.
    pub fn remember_tests(&self, outcome: &mut Outcome, passed: &[TestKey], ran: Ran<'_>) {
        for key in passed {
            self.store
                .put_blob(BlobKind::Pass, &key.digest(), key.description());
        }
        if !passed.is_empty() {
            self.store.seal();
            outcome.notes.extend(self.store.take_notes());
        }
        let scope = match ran.scope {
            TestScope::Workspace => String::new(),
            TestScope::Package(name) => name,
            TestScope::Document => return,
        };
        let image = outcome.image.as_ref();
        let known = ran.sound && ran.files.settled;
        let state = image.filter(|_| known).map(crate::image::Image::state_digest);
        let mut tests = ran.tests;
        tests.sort_by(|left, right| left.name.cmp(&right.name));
        tests.dedup_by(|left, right| left.name == right.name);
        let memory = TestMemory {
            state: state.unwrap_or(digest::NONE),
            circumstances: ran.limits.circumstances(),
            scope,
            inputs: ran.files.inputs.clone(),
            tests,
        };
        let content = memory.encode();
        let unchanged = self
            .files
            .load_tests(&outcome.root)
            .is_some_and(|old| old == content);
        if !unchanged && let Err(reason) = self.files.save_tests(&outcome.root, &content) {
            outcome.notes.push(Note::new(format!(
                "what the tests did cannot be kept for the next run: {reason}"
            )));
        }
    }
}

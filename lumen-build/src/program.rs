//! What is run after a build: programs loaded from the store, and the tests that there are.

use crate::build::Build;
use crate::digest;
use crate::image::{ImageModule, LoadError, Program};
use crate::options::BuildError;
use crate::outcome::Outcome;
use crate::progress::Progress;
use crate::snippet::SnippetResult;
use crate::store::BlobKind;
use lumen_compiler::check::Test;
use lumen_compiler::document::SnippetKind;
use lumen_compiler::interface::decode_tests;
use lumen_vm::lir::ModuleId;

/// A test to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCase {
    /// The module that holds it: of a document, or of a snippet.
    pub module: ModuleId,
    /// Its document, as seen from the workspace's folder, with `/`.
    pub path: String,
    /// For a snippet its position among the document's snippets.
    pub snippet: Option<usize>,
    /// Cell, name and place of its name, relative to the module's fences.
    pub test: Test,
}

/// Why there is nothing to run.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// Modules are missing even after they were built again.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Building again failed.
    #[error(transparent)]
    Build(#[from] BuildError),
}

impl Build {
    /// Loads everything that can be reached from `entries`, modules or snippets of `outcome`. What the cache has lost is compiled
    /// again, and `outcome` is then that of the new build.
    ///
    /// # Errors
    /// If a module has no result, or has none again.
    pub fn program(
        &self,
        outcome: &mut Outcome,
        entries: &[ModuleId],
        progress: &dyn Progress,
    ) -> Result<Program, ProgramError> {
        match self.load(outcome, entries) {
            Err(LoadError::Missing(missing)) if outcome.failed == 0 && !outcome.cancelled => {
                self.forget(missing);
                *outcome = self.run(progress)?;
                Ok(self.load(outcome, entries)?)
            }
            loaded => Ok(loaded?),
        }
    }

    /// The tests of all modules in scope and of their snippets, by module, in the order of the document. Tests of packages
    /// outside the workspace are theirs to run.
    pub fn tests(&self, outcome: &Outcome) -> Vec<TestCase> {
        let Some(image) = &outcome.image else {
            return Vec::new();
        };
        let mut cases = Vec::new();
        let wanted = |module: &ModuleId| outcome.is_in_scope(module) && image.is_member(module);
        for module in image.modules().iter().filter(|module| wanted(&module.id)) {
            cases.extend(self.cases(module, None));
        }
        let snippets = outcome
            .snippets
            .iter()
            .filter(|snippet| image.is_member(&snippet.host));
        for snippet in snippets.filter(|snippet| snippet.kind == SnippetKind::Test) {
            if let SnippetResult::Compiled(module) = &snippet.result {
                cases.extend(self.cases(module, Some(snippet.number)));
            }
        }
        cases
    }

    fn cases(&self, module: &ImageModule, snippet: Option<usize>) -> Vec<TestCase> {
        let stored = match module.tests == digest::NONE {
            true => None,
            false => self.store.blob(BlobKind::Plain, &module.tests),
        };
        let tests = stored
            .and_then(|stored| decode_tests(&stored))
            .unwrap_or_default();
        let case = |test| TestCase {
            module: module.id.clone(),
            path: module.path.clone(),
            snippet,
            test,
        };
        tests.into_iter().map(case).collect()
    }

    fn load(&self, outcome: &Outcome, entries: &[ModuleId]) -> Result<Program, LoadError> {
        let Some(image) = &outcome.image else {
            return Err(LoadError::Missing(entries.to_vec()));
        };
        let snippets = outcome
            .snippets
            .iter()
            .filter_map(|snippet| match &snippet.result {
                SnippetResult::Compiled(module) => Some(module.clone()),
                _ => None,
            });
        image.load(&*self.store, snippets, entries)
    }
}

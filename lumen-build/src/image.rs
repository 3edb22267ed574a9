//! What a build leaves behind for linking: every module with the digests of its results, and programs loaded from them.
//!
//! An image is a view of the state that the build wrote, so it costs nothing until somebody asks.

use crate::digest::PartHasher;
use crate::package::PackageTable;
use crate::state::{Head, RecordRef, Results, State, StateFile};
use crate::store::{BlobKind, Store};
use lumen_compiler::interface::Digest;
use lumen_vm::lir::{Debug, Module, ModuleId, Origin, PRELUDE};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The modules of a finished build.
#[derive(Clone, Debug)]
pub struct Image {
    state: State,
}

/// A module of an image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImageModule {
    /// Its logical name.
    pub id: ModuleId,
    /// Its document, as seen from the workspace's folder, with `/`.
    pub path: String,
    /// Digest of its LIR.
    pub artefact: Digest,
    /// Digest of its debug section.
    pub debug: Digest,
    /// Digest of its stored list of tests, zeros if it has none.
    pub(crate) tests: Digest,
    /// Snippets in its document that are compiled for tests.
    pub snippets: u32,
}

/// A module, ready to be verified and run.
#[derive(Clone, Debug)]
pub struct ProgramModule {
    /// Its document, as seen from the workspace's folder, with `/`.
    pub path: String,
    /// Its LIR.
    pub module: Module,
    /// Where its instructions come from.
    pub debug: Debug,
}

/// Everything that can be reached from one module.
#[derive(Clone, Debug)]
pub struct Program {
    /// The entry first, then the others as they are met.
    pub modules: Vec<ProgramModule>,
}

/// Why a program cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// These modules were not built, or the cache has lost them.
    #[error("{} modules have no result", .0.len())]
    Missing(Vec<ModuleId>),
}

impl Program {
    /// The modules among these that can be reached from `entries`, in the order in which they stand.
    pub fn reachable(&self, entries: &[ModuleId]) -> Vec<&ProgramModule> {
        let known: BTreeMap<&ModuleId, &ProgramModule> = self
            .modules
            .iter()
            .map(|module| (&module.module.id, module))
            .collect();
        let mut reached: BTreeSet<&ModuleId> = entries.iter().collect();
        let mut pending: Vec<&ModuleId> = entries.iter().collect();
        while let Some(id) = pending.pop() {
            let module = known.get(id);
            for referred in module.into_iter().flat_map(|module| references(&module.module)) {
                if reached.insert(referred) {
                    pending.push(referred);
                }
            }
        }
        let modules = self.modules.iter();
        modules
            .filter(|module| reached.contains(&module.module.id))
            .collect()
    }
}

impl Image {
    pub(crate) fn new(state: State) -> Image {
        Image { state }
    }

    /// All modules with a result, by name.
    pub fn modules(&self) -> Vec<ImageModule> {
        let mut modules = Vec::new();
        if let (Some(head), Some(body)) = (self.state.head(), self.state.body()) {
            let built = head.files.iter().filter(|file| file.has_result);
            modules.extend(built.filter_map(|file| image_module(&head, body, file)));
        }
        modules.sort();
        modules
    }

    /// All modules that there were, with a result or without, and the paths of their documents; without the bundled
    /// package's.
    pub fn documents(&self) -> Vec<(ModuleId, String)> {
        let Some(head) = self.state.head() else {
            return Vec::new();
        };
        let named = |file: &StateFile<'_>| Some((module_id(&head.packages, file)?, file.path.to_owned()));
        let own = head
            .files
            .iter()
            .filter(|file| !head.packages.is_bundled(file.package));
        own.filter_map(named).collect()
    }

    /// The source folders of all packages whose files can change, as seen from the workspace's folder.
    pub(crate) fn source_folders(&self) -> Vec<String> {
        let packages = self.state.head().map(|head| head.packages).unwrap_or_default();
        let own = packages
            .packages
            .iter()
            .filter(|package| !package.is_on_demand() && !package.name.is_empty());
        own.map(|package| package.source_folder()).collect()
    }

    /// Whether a module belongs to a package of the workspace, not to one that is only reached by path.
    pub fn is_member(&self, module: &ModuleId) -> bool {
        self.state
            .head()
            .is_some_and(|head| head.packages.is_member(module))
    }

    /// The folders in which members of the workspace keep files of tests, by path as seen from the workspace's folder.
    pub(crate) fn test_folders(&self) -> Vec<String> {
        let Some(head) = self.state.head() else {
            return Vec::new();
        };
        let members = head.packages.packages.iter();
        let members = members.filter(|package| package.member && !package.name.is_empty());
        members
            .map(|package| match package.root.as_str() {
                "." => "tests".to_owned(),
                root => format!("{root}/tests"),
            })
            .collect()
    }

    /// The module of a document, by its path as seen from the workspace's folder.
    pub fn module_at(&self, path: &str) -> Option<ModuleId> {
        let head = self.state.head()?;
        let file = head.files.iter().find(|file| file.path == path)?;
        module_id(&head.packages, file)
    }

    /// The hash of the link manifest: all modules with their artefact and debug digests. Two builds with the same hash
    /// behave the same, and say so at the same places.
    pub fn hash(&self) -> Digest {
        let mut hasher = PartHasher::new("lumen link manifest v1");
        for module in self.modules() {
            hasher
                .part(module.id.as_str().as_bytes())
                .part(&module.artefact)
                .part(&module.debug);
        }
        hasher.finish()
    }

    /// A hash of everything that the build saw and made: two workspaces in which it is the same have the same modules, tests and
    /// positions.
    pub(crate) fn state_digest(&self) -> Digest {
        self.state.digest()
    }

    /// Loads the modules that can be reached from `entries`: cells that are called, records and enums that are used.
    /// `snippets` are modules that the image does not list.
    pub(crate) fn load(
        &self,
        store: &dyn Store,
        snippets: impl Iterator<Item = ImageModule>,
        entries: &[ModuleId],
    ) -> Result<Program, LoadError> {
        let modules = self.modules().into_iter().chain(snippets);
        let known: BTreeMap<ModuleId, ImageModule> =
            modules.map(|module| (module.id.clone(), module)).collect();
        let mut program = Program { modules: Vec::new() };
        let mut reached: BTreeSet<ModuleId> = entries.iter().cloned().collect();
        let mut pending: VecDeque<ModuleId> = entries.iter().cloned().collect();
        let mut missing = Vec::new();
        while let Some(id) = pending.pop_front() {
            let Some(loaded) = known.get(&id).and_then(|module| load_module(store, module)) else {
                missing.push(id);
                continue;
            };
            for referred in references(&loaded.module) {
                if !reached.contains(referred) {
                    reached.insert(referred.clone());
                    pending.push_back(referred.clone());
                }
            }
            program.modules.push(loaded);
        }
        match missing.is_empty() {
            true => Ok(program),
            false => Err(LoadError::Missing(missing)),
        }
    }
}

/// Modules that a module refers to, with repetitions.
fn references(module: &Module) -> impl Iterator<Item = &ModuleId> {
    let cells = module.imported_cells.iter().map(|cell| &cell.module);
    let nominals = module
        .nominals
        .iter()
        .filter_map(|nominal| match &nominal.origin {
            Origin::Here => None,
            // What the language itself declares is in no file.
            Origin::Module(module) if module.as_str() == PRELUDE => None,
            Origin::Module(module) => Some(module),
        });
    cells.chain(nominals)
}

fn load_module(store: &dyn Store, module: &ImageModule) -> Option<ProgramModule> {
    Some(ProgramModule {
        path: module.path.clone(),
        module: Module::decode(&store.blob(BlobKind::Module, &module.artefact)?).ok()?,
        debug: Debug::decode(&store.blob(BlobKind::Debug, &module.debug)?).ok()?,
    })
}

fn image_module(head: &Head<'_>, body: &[u8], file: &StateFile<'_>) -> Option<ImageModule> {
    let record = RecordRef::parse(body.get(file.offset as usize..)?.get(..file.length as usize)?)?;
    let Results {
        module, debug, tests, ..
    } = record.results;
    Some(ImageModule {
        id: module_id(&head.packages, file)?,
        path: file.path.to_owned(),
        artefact: module,
        debug,
        tests,
        snippets: record.snippets,
    })
}

/// The id of the module of a document in a state file.
pub(crate) fn module_id(packages: &PackageTable, file: &StateFile<'_>) -> Option<ModuleId> {
    packages.get(file.package)?.module_of(file.path)
}

//! Which module imports which, as the documents are now: asked without building. Documents that changed since the last build are
//! read and taken apart, nothing is compiled, and nothing is written.

use crate::build::{Build, Keep};
use crate::load::Loaded;
use crate::locate::Located;
use crate::options::BuildError;
use crate::outcome::Note;
use crate::plan::{Plan, written};
use crate::progress::Silent;
use crate::session::Session;
use crate::shell::pool;
use crate::state::{Import, State};
use crate::timeline::Timeline;
use crate::topology::{Importer, Target};
use lumen_pkg::Loaded as Manifests;
use lumen_vm::lir::ModuleId;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// The modules of a workspace, or of a part of it, and their imports.
#[derive(Clone, Debug, Default)]
pub struct ModuleGraph {
    /// The workspace's folder.
    pub root: PathBuf,
    /// Packages that have modules here, by name and version.
    pub packages: Vec<GraphPackage>,
    /// Modules by name.
    pub modules: Vec<GraphModule>,
    /// Trouble on the way.
    pub notes: Vec<Note>,
    /// The manifests with what is wrong with them, if they had to be read; warnings only.
    pub manifests: Option<Manifests>,
}

/// A package of a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphPackage {
    /// `@scope/name`; empty for a document without a package.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Whether it belongs to the workspace.
    pub member: bool,
}

/// A module of a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphModule {
    /// Its logical name.
    pub id: ModuleId,
    /// Position of its package.
    pub package: usize,
    /// Its document, as seen from the workspace's folder, with `/`.
    pub path: String,
    /// Positions of the modules that it imports, ascending.
    pub imports: Vec<usize>,
    /// Imports that lead nowhere, as written.
    pub missing: Vec<String>,
    /// Why its document cannot be read, if so.
    pub unreadable: Option<String>,
}

/// What a module imports.
#[derive(Default)]
struct Imports {
    targets: Vec<u32>,
    missing: Vec<String>,
    unreadable: Option<String>,
}

impl Build {
    /// The graph of what the options ask for, and of what that imports.
    ///
    /// # Errors
    /// If it cannot be said which modules there are.
    pub fn graph(&self) -> Result<ModuleGraph, BuildError> {
        let timeline = Timeline::begin();
        let Some(Located { mut found, state }) = self.locate(Keep::Nothing)? else {
            let session = self.open_standalone(&timeline, &Silent)?;
            return Ok(session.graph(&[0], self.options.jobs));
        };
        let head = state.as_ref().and_then(State::head);
        let scan = self.scan(&found, head.as_ref())?;
        let modules = self.scoped_modules(&found.packages, &scan, &found.root)?;
        let session = self.open(&mut found, scan, head.zip(state.as_ref()), &timeline, &Silent);
        let mut graph = session.graph(&modules, self.options.jobs);
        graph.notes.splice(0..0, found.notes);
        graph.manifests = found.loaded;
        Ok(graph)
    }
}

impl Session<'_> {
    fn graph(&self, modules: &[u32], threads: usize) -> ModuleGraph {
        let mut known: FxHashMap<u32, Imports> = FxHashMap::default();
        let mut wave: BTreeSet<u32> = modules.iter().copied().collect();
        while !wave.is_empty() {
            let pending: Vec<u32> = wave.iter().copied().collect();
            let read = Mutex::new(Vec::with_capacity(pending.len()));
            pool::each(pending.len(), threads, |index| {
                if let Some(module) = pending.get(index) {
                    let imports = self.imports_now(*module);
                    let mut read = read.lock().unwrap_or_else(PoisonError::into_inner);
                    read.push((*module, imports));
                }
            });
            known.extend(read.into_inner().unwrap_or_else(PoisonError::into_inner));
            let targets = pending.iter().filter_map(|module| known.get(module));
            let targets = targets.flat_map(|imports| &imports.targets).copied();
            wave = targets.filter(|target| !known.contains_key(target)).collect();
        }
        self.numbered_by_name(known)
    }

    /// What a module imports, by its document as it is now.
    fn imports_now(&self, module: u32) -> Imports {
        let mut unreadable = None;
        let mut imports: Option<Vec<Import>> = None;
        if *self.plan(module) != Plan::Keep {
            let loaded = self.load(module);
            let mut slot = self.slot(module);
            imports = slot.document.take().map(|document| document.reading.imports);
            if let Loaded::Unreadable = loaded {
                let report = slot
                    .finished
                    .as_ref()
                    .and_then(|finished| finished.report.as_ref());
                let why = report.and_then(|report| report.unreadable.as_ref());
                unreadable = why.map(|why| why.reason.clone());
                imports = Some(Vec::new());
            }
        }
        let imports = imports.or_else(|| {
            let old = self.old.record(module)?.imports()?;
            Some(old.into_iter().map(|(import, _)| import).collect())
        });
        let package = self.topology.file(module).package;
        let mut answer = Imports {
            unreadable,
            ..Imports::default()
        };
        for import in imports.unwrap_or_default() {
            match self.topology.resolve(package, &import, Importer::Module) {
                Target::Module(target) => answer.targets.push(target),
                Target::NoPackage(_) | Target::NoModule(_) => answer.missing.push(written(&import)),
            }
        }
        answer.targets.sort_unstable();
        answer.targets.dedup();
        answer
    }

    fn numbered_by_name(&self, known: FxHashMap<u32, Imports>) -> ModuleGraph {
        let mut named: Vec<(ModuleId, u32, Imports)> = known
            .into_iter()
            .map(|(module, imports)| (self.topology.id(module), module, imports))
            .collect();
        named.sort_by(|(left, ..), (right, ..)| left.cmp(right));
        let positions: FxHashMap<u32, usize> = named
            .iter()
            .enumerate()
            .map(|(position, (_, module, _))| (*module, position))
            .collect();
        let mut graph = ModuleGraph {
            root: self.root.clone(),
            notes: self.topology.scan.notes.clone(),
            ..ModuleGraph::default()
        };
        let used: BTreeSet<u32> = named
            .iter()
            .map(|(_, module, _)| self.topology.file(*module).package)
            .collect();
        let packages: Vec<u32> = used.into_iter().collect();
        graph.packages = packages
            .iter()
            .filter_map(|number| self.topology.packages.get(*number))
            .map(|package| GraphPackage {
                name: package.name.clone(),
                version: package.version.clone(),
                member: package.member,
            })
            .collect();
        for (id, module, imports) in named {
            let package = self.topology.file(module).package;
            let mut targets: Vec<usize> = imports
                .targets
                .iter()
                .filter_map(|target| positions.get(target).copied())
                .collect();
            targets.sort_unstable();
            graph.modules.push(GraphModule {
                id,
                package: packages.binary_search(&package).unwrap_or_default(),
                path: self.topology.path(module).to_owned(),
                imports: targets,
                missing: imports.missing,
                unreadable: imports.unreadable,
            });
        }
        graph
    }
}

impl ModuleGraph {
    /// How many imports lead from a module to another.
    pub fn import_count(&self) -> usize {
        self.modules.iter().map(|module| module.imports.len()).sum()
    }

    /// The part of the graph that lies within `depth` imports of a module, in either direction.
    pub fn around(&self, module: usize, depth: usize) -> ModuleGraph {
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); self.modules.len()];
        for (position, module) in self.modules.iter().enumerate() {
            for import in &module.imports {
                if let Some(users) = users.get_mut(*import) {
                    users.push(position);
                }
            }
        }
        let imports = |position: usize| self.modules.get(position).map(|module| &module.imports);
        let mut kept = reach(module, depth, |position| {
            imports(position).into_iter().flatten().copied()
        });
        kept.extend(reach(module, depth, |position| {
            users.get(position).into_iter().flatten().copied()
        }));
        self.only(&kept)
    }

    /// The part of the graph with these modules alone.
    fn only(&self, kept: &BTreeSet<usize>) -> ModuleGraph {
        let positions: FxHashMap<usize, usize> =
            kept.iter().enumerate().map(|(new, old)| (*old, new)).collect();
        let modules: Vec<&GraphModule> = kept.iter().filter_map(|old| self.modules.get(*old)).collect();
        let used: BTreeSet<usize> = modules.iter().map(|module| module.package).collect();
        let packages: Vec<usize> = used.into_iter().collect();
        ModuleGraph {
            root: self.root.clone(),
            packages: packages
                .iter()
                .filter_map(|old| self.packages.get(*old).cloned())
                .collect(),
            modules: modules
                .into_iter()
                .map(|module| GraphModule {
                    package: packages.binary_search(&module.package).unwrap_or_default(),
                    imports: module
                        .imports
                        .iter()
                        .filter_map(|import| positions.get(import).copied())
                        .collect(),
                    ..module.clone()
                })
                .collect(),
            notes: self.notes.clone(),
            manifests: self.manifests.clone(),
        }
    }
}

/// Everything within `depth` steps, the start included.
fn reach<I: Iterator<Item = usize>>(
    start: usize,
    depth: usize,
    steps: impl Fn(usize) -> I,
) -> BTreeSet<usize> {
    let mut reached = BTreeSet::from([start]);
    let mut edge = vec![start];
    for _ in 0..depth {
        let mut next = Vec::new();
        for position in edge {
            next.extend(steps(position).filter(|step| reached.insert(*step)));
        }
        if next.is_empty() {
            break;
        }
        edge = next;
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_holds_what_lies_within_so_many_imports() {
        // 0 <- 1 <- 2 <- 3, 1 <- 4, 5 apart; packages alternate.
        let imports: [&[usize]; 6] = [&[], &[0], &[1], &[2], &[1], &[]];
        let module = |(position, imports): (usize, &&[usize])| GraphModule {
            id: ModuleId::document(&position.to_string()),
            package: position % 2,
            path: String::new(),
            imports: imports.to_vec(),
            missing: Vec::new(),
            unreadable: None,
        };
        let package = |name: &str| GraphPackage {
            name: name.to_owned(),
            version: String::new(),
            member: true,
        };
        let graph = ModuleGraph {
            packages: vec![package("even"), package("odd")],
            modules: imports.iter().enumerate().map(module).collect(),
            ..ModuleGraph::default()
        };
        let cases = [
            (1, 0, "1: odd"),
            (1, 1, "0: even 1:0 odd 2:1 even 4:1 even"),
            (3, 1, "2: even 3:0 odd"),
            (3, 9, "0: even 1:0 odd 2:1 even 3:2 odd"),
            (5, 9, "5: odd"),
        ];
        for (module, depth, expected) in cases {
            let part = graph.around(module, depth);
            let shown: Vec<String> = part
                .modules
                .iter()
                .map(|module| {
                    let imports: Vec<String> = module.imports.iter().map(usize::to_string).collect();
                    format!(
                        "{}:{} {}",
                        module.id.path(),
                        imports.join(","),
                        part.packages[module.package].name
                    )
                })
                .collect();
            assert_eq!(shown.join(" "), expected, "{module} {depth}");
        }
    }
}

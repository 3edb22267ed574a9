//! Compares the workspace with the state file: what has to be done for each module, as far as that can be said without
//! reading a document.

use crate::image;
use crate::package::Package;
use crate::reason::{PackagePart, Reason};
use crate::scan::Scan;
use crate::scheduler::{Dependencies, Known};
use crate::session::{Old, Session, has_results};
use crate::settings::Settings;
use crate::state::{Head, Import, NO_EDGE, RecordRef};
use crate::store::Store;
use crate::topology::{Importer, Target, Topology};
use lumen_vm::lir::ModuleId;
use rustc_hash::FxHashMap;
use std::cell::OnceCell;
use std::sync::PoisonError;

/// What has to be done for a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Nothing, unless something that it depends on changes.
    Keep,
    /// Its document may have changed. If its code has not, as [`Plan::Keep`].
    Reread,
    /// It has no result that could hold.
    Build(Reason),
}

/// What all plans depend on.
pub(crate) struct Circumstances<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) store: &'a dyn Store,
    /// Whether times of files say nothing.
    pub(crate) paranoid: bool,
}

/// Whether nothing at all has to be done.
pub(crate) fn is_up_to_date(head: &Head<'_>, scan: &Scan, circumstances: &Circumstances<'_>) -> bool {
    let same_files = || {
        scan.files.iter().zip(&head.files).all(|(file, old)| {
            let has_result = old.has_result && old.settled || head.packages.is_on_demand(old.package);
            has_result && file.stat.as_ref() == Ok(&old.stat) && scan.path(file) == old.path
        })
    };
    !circumstances.paranoid
        && head.settings == *circumstances.settings
        && head.files.len() == scan.files.len()
        && same_files()
        && has_packs(head, circumstances.store)
}

/// Whether every pack that was there after the last build still is.
fn has_packs(head: &Head<'_>, store: &dyn Store) -> bool {
    let packs = store.packs();
    head.packs.iter().all(|old| packs.iter().any(|pack| pack == old))
}

/// Matches documents with those of the state file.
pub(crate) fn match_old<'s>(head: Head<'s>, body: &'s [u8], topology: &Topology) -> Old<'s> {
    let known: Vec<Option<u32>> = (0..head.packages.packages.len() as u32)
        .map(|number| {
            let old = head.packages.get(number)?;
            // A module's name is made of these; with another name it is another module.
            let new = topology.packages.find(&old.name, &old.version)?;
            let same = topology.packages.get(new)?;
            (same.root == old.root && same.content == old.content).then_some(new)
        })
        .collect();
    let package = |old: u32| known.get(old as usize).copied().flatten();
    let files = head.files;
    let packages = head.packages;
    let matches = |position: usize, module: u32| {
        let file = topology.file(module);
        files.get(position).is_some_and(|old| {
            package(old.package) == Some(file.package) && topology.scan.path(file) == old.path
        })
    };
    let mut old = Old {
        body,
        ..Old::default()
    };
    old.position = (0..topology.len() as u32).collect();
    let in_step = files.len() == topology.len()
        && old
            .position
            .iter()
            .all(|module| matches(*module as usize, *module));
    if in_step {
        old.module.clone_from(&old.position);
    } else {
        let by_path: FxHashMap<&str, usize> = files
            .iter()
            .enumerate()
            .map(|(position, file)| (file.path, position))
            .collect();
        old.module = vec![NO_EDGE; files.len()];
        for module in 0..topology.len() as u32 {
            let position = by_path
                .get(topology.path(module))
                .copied()
                .filter(|position| matches(*position, module));
            if let Some(slot) = old.position.get_mut(module as usize) {
                *slot = position.map_or(NO_EDGE, |position| position as u32);
            }
            if let Some(slot) = position.and_then(|position| old.module.get_mut(position)) {
                *slot = module;
            }
        }
    }
    old.files = files;
    old.packages = packages;
    old
}

/// What is not what it was at the last build, for all modules.
pub(crate) struct Since {
    /// Compiler, LIR version or profile: the first that differs.
    settings: Option<Reason>,
    /// Packages or documents, so imports may lead elsewhere.
    topology: bool,
    /// Some packs are gone.
    packs: bool,
}

impl Since {
    pub(crate) fn of(head: &Head<'_>, topology: &Topology, circumstances: &Circumstances<'_>) -> Since {
        let scan = &topology.scan;
        let mut files = head.files.iter().zip(&scan.files);
        Since {
            settings: circumstances.settings.difference(&head.settings),
            topology: head.packages != topology.packages
                || head.files.len() != scan.files.len()
                || files.any(|(old, file)| old.path != scan.path(file)),
            packs: !has_packs(head, circumstances.store),
        }
    }
}

/// What has to be done for each module.
pub(crate) fn plans(
    topology: &Topology,
    old: &Old<'_>,
    since: &Since,
    circumstances: &Circumstances<'_>,
) -> Vec<Plan> {
    let paths = OnceCell::new();
    let old_paths = || {
        paths.get_or_init(|| {
            let packages = old.files.iter().map(|file| (file.path, file.package));
            packages.collect::<FxHashMap<&str, u32>>()
        })
    };
    let plan = |module: u32| {
        let Some(known) = old.file(module) else {
            let package = old_paths().get(topology.path(module));
            let package = package.and_then(|number| old.packages.get(*number));
            let difference = package.and_then(|old| package_difference(old, topology, module));
            return Plan::Build(difference.unwrap_or(Reason::NewModule));
        };
        if let Some(reason) = &since.settings {
            return Plan::Build(reason.clone());
        }
        let Some(record) = old
            .record_bytes(known)
            .and_then(RecordRef::parse)
            .filter(|_| known.has_result || known.is_held)
        else {
            return Plan::Build(Reason::NoResult);
        };
        if since.packs && !has_results(circumstances.store, &record.results) {
            return Plan::Build(Reason::ResultGone);
        }
        let moved = since
            .topology
            .then(|| moved_import(topology, old, module, &record));
        if let Some(reason) = moved.flatten() {
            return Plan::Build(reason);
        }
        let same = !circumstances.paranoid
            && known.settled
            && topology.file(module).stat.as_ref() == Ok(&known.stat);
        match same {
            true => Plan::Keep,
            false => Plan::Reread,
        }
    };
    (0..topology.len() as u32).map(plan).collect()
}

/// What is different about the package of a module whose document was there under another name.
fn package_difference(old: &Package, topology: &Topology, module: u32) -> Option<Reason> {
    let new = topology.packages.get(topology.file(module).package)?;
    let parts = [
        (PackagePart::Name, &old.name, &new.name),
        (PackagePart::Version, &old.version, &new.version),
        (PackagePart::Folder, &old.root, &new.root),
        (PackagePart::Content, &old.content, &new.content),
    ];
    let (part, old, new) = parts.into_iter().find(|(_, old, new)| old != new)?;
    Some(Reason::PackageChanged {
        part,
        old: old.clone(),
        new: new.clone(),
    })
}

/// The first import of a module that does not resolve to what it did, or else what its trace names and is gone.
fn moved_import(topology: &Topology, old: &Old<'_>, module: u32, record: &RecordRef<'_>) -> Option<Reason> {
    let package = topology.file(module).package;
    let Some(imports) = record.imports() else {
        return Some(Reason::NoResult);
    };
    for (import, edge) in &imports {
        let edge = record.edge(*edge);
        let before = edge.and_then(|edge| old.target(edge));
        let now = match topology.resolve(package, import, Importer::Module) {
            Target::Module(now) => Some(now),
            Target::NoPackage(_) | Target::NoModule(_) => None,
        };
        if now.is_none() || now != before {
            return Some(Reason::ImportMoved {
                import: written(import),
                old: edge.and_then(|edge| old.id(edge)),
                new: now.map(|now| topology.id(now)),
            });
        }
    }
    let gone = record.edges().find(|edge| old.target(*edge).is_none())?;
    Some(Reason::gone(old.id(gone)))
}

/// An import as people write it.
pub(crate) fn written(import: &Import) -> String {
    match (&import.package, import.path.as_str()) {
        (Some(package), "") => package.clone(),
        (Some(package), path) => format!("{package}.{path}"),
        (None, path) => path.to_owned(),
    }
}

impl Reason {
    /// A module that was met through imports is met no more.
    pub(crate) fn gone(module: Option<ModuleId>) -> Reason {
        Reason::ImportMoved {
            import: String::new(),
            old: module,
            new: None,
        }
    }
}

impl Old<'_> {
    /// What the module at the end of an edge was called.
    pub(crate) fn id(&self, edge: u32) -> Option<ModuleId> {
        image::module_id(&self.packages, self.files.get(edge as usize)?)
    }
}

impl Session<'_> {
    /// Brings modules into the build: they and everything that they depend on, as far as the state file knows.
    /// Those that are in it already are passed over.
    pub(crate) fn activate(&self, modules: impl IntoIterator<Item = u32>) {
        // Held to the end: nobody may wait for a module that is active and not yet marked.
        let mut active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        let mut order = Vec::new();
        // Depth first; `order` gets each module after all that it depends on. A second visit marks the way back.
        let mut open: Vec<(u32, bool)> = modules.into_iter().map(|module| (module, false)).collect();
        open.reverse();
        while let Some((module, done)) = open.pop() {
            if done {
                order.push(module);
                continue;
            }
            match active.get_mut(module as usize) {
                Some(active) if !*active => *active = true,
                _ => continue,
            }
            open.push((module, true));
            if *self.plan(module) == Plan::Keep {
                open.extend(self.old_imports(module).map(|target| (target, false)));
            }
        }
        let mut scheduler = self.scheduler();
        let mut suspects = Vec::new();
        for module in order {
            if self.old.file(module).is_some_and(|file| file.has_warnings) {
                scheduler.expect_findings(module);
            }
            // Whoever joins late may find what it depends on changed, or failed.
            let suspect = || {
                self.old_targets(module)
                    .any(|target| !scheduler.is_as_it_was(target))
            };
            match self.plan(module) {
                Plan::Keep if suspect() => {
                    scheduler.mark_suspect(module);
                    suspects.push(module);
                }
                Plan::Keep => scheduler.place(module, self.old_targets(module)),
                Plan::Reread | Plan::Build(_) => scheduler.mark_dirty(module),
            }
        }
        for module in suspects {
            scheduler.connect(module, &self.old_dependencies(module));
        }
    }

    /// What a module has to wait for if its code is what it was.
    pub(crate) fn old_dependencies(&self, module: u32) -> Dependencies {
        Dependencies {
            imports: self.old_imports(module).collect(),
            known: Known::By(self.old_targets(module).collect()),
        }
    }

    /// What a module imported, as far as it is still there.
    pub(crate) fn old_imports(&self, module: u32) -> impl Iterator<Item = u32> + '_ {
        let record = self.old.record(module);
        record
            .into_iter()
            .flat_map(|record| record.import_edges())
            .filter_map(|edge| self.old.target(edge))
    }

    /// What a module imported or met through its imports, as far as it is still there.
    pub(crate) fn old_targets(&self, module: u32) -> impl Iterator<Item = u32> + '_ {
        let record = self.old.record(module);
        record
            .into_iter()
            .flat_map(|record| record.edges())
            .filter_map(|edge| self.old.target(edge))
    }
}

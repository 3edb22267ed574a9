//! Which modules there are and what their imports mean: packages and scan put together.
//!
//! A module's number is its document's position in the scan. Names are only made for modules that are looked at.

use crate::package::{Package, PackageTable, ROOT_MODULE};
use crate::scan::{Scan, ScannedFile};
use crate::state::Import;
use lumen_compiler::document::Form;
use lumen_vm::lir::ModuleId;
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// The modules of a workspace.
pub(crate) struct Topology {
    pub(crate) packages: PackageTable,
    pub(crate) scan: Scan,
    by_path: OnceLock<FxHashMap<(u32, String), u32>>,
}

/// What an import means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A module.
    Module(u32),
    /// The package is not a dependency; those that are.
    NoPackage(Vec<String>),
    /// The package has no such module; those that it has.
    NoModule(Vec<String>),
}

/// Who asks: test snippets may use what only tests may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Importer {
    /// A module.
    Module,
    /// A snippet of a document.
    Snippet,
}

impl Topology {
    pub(crate) fn new(packages: PackageTable, scan: Scan) -> Topology {
        Topology {
            packages,
            scan,
            by_path: OnceLock::new(),
        }
    }

    /// Number of modules.
    pub(crate) fn len(&self) -> usize {
        self.scan.files.len()
    }

    pub(crate) fn file(&self, module: u32) -> &ScannedFile {
        self.scan
            .files
            .get(module as usize)
            .expect("module numbers are positions in the scan")
    }

    /// The document's path as seen from the workspace's folder.
    pub(crate) fn path(&self, module: u32) -> &str {
        self.scan.path(self.file(module))
    }

    /// How the document is written.
    pub(crate) fn form(&self, module: u32) -> Form {
        Form::of_path(self.path(module))
    }

    /// Whether a module belongs to the bundled package.
    pub(crate) fn is_bundled(&self, module: u32) -> bool {
        self.packages.is_bundled(self.file(module).package)
    }

    /// Whether a module is only built for those who import it.
    pub(crate) fn is_on_demand(&self, module: u32) -> bool {
        self.packages.is_on_demand(self.file(module).package)
    }

    /// Whether a module's document never changes.
    pub(crate) fn is_fixed(&self, module: u32) -> bool {
        let package = self.packages.get(self.file(module).package);
        package.is_some_and(Package::is_fixed)
    }

    pub(crate) fn id(&self, module: u32) -> ModuleId {
        let file = self.file(module);
        let package = self
            .packages
            .get(file.package)
            .expect("the scan knows its packages");
        package.module_id(&self.scan.module_path(file))
    }

    /// The module of that id.
    pub(crate) fn find(&self, id: &ModuleId) -> Option<u32> {
        let package = self.packages.of_module(id)?;
        let module = self.module_at(package, id.path())?;
        (self.id(module) == *id).then_some(module)
    }

    /// What an import in a document of package `from` means.
    pub(crate) fn resolve(&self, from: u32, import: &Import, importer: Importer) -> Target {
        let Some(own) = self.packages.get(from) else {
            return Target::NoPackage(Vec::new());
        };
        let package = match &import.package {
            None => Some(from),
            Some(name) if *name == own.name => Some(from),
            Some(name) => {
                let dev: &[u32] = match importer {
                    Importer::Module => &[],
                    Importer::Snippet => &own.dev_dependencies,
                };
                let reachable = own.dependencies.iter().chain(dev);
                let named = |number: &u32| {
                    let package = self.packages.get(*number);
                    package.is_some_and(|package| package.name == *name)
                };
                let bundled = || {
                    self.packages
                        .packages
                        .iter()
                        .position(|package| package.is_bundled())
                };
                reachable
                    .copied()
                    .find(named)
                    .or_else(|| bundled().map(|number| number as u32).filter(named))
            }
        };
        let Some(package) = package else {
            let names = own
                .dependencies
                .iter()
                .filter_map(|number| Some(self.packages.get(*number)?.name.clone()));
            return Target::NoPackage(names.collect());
        };
        let path = match import.path.as_str() {
            "" => ROOT_MODULE,
            path => path,
        };
        match self.module_at(package, path) {
            Some(module) => Target::Module(module),
            None => Target::NoModule(self.module_paths(package)),
        }
    }

    fn module_at(&self, package: u32, path: &str) -> Option<u32> {
        let by_path = self.by_path.get_or_init(|| {
            let files = self.scan.files.iter().enumerate();
            files
                .map(|(number, file)| ((file.package, self.scan.module_path(file)), number as u32))
                .collect()
        });
        by_path.get(&(package, path.to_owned())).copied()
    }

    fn module_paths(&self, package: u32) -> Vec<String> {
        let files = self.scan.files.iter().filter(|file| file.package == package);
        let mut paths: Vec<String> = files.map(|file| self.scan.module_path(file)).collect();
        paths.sort();
        paths
    }
}

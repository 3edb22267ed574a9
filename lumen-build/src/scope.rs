//! What a build is asked for: all of a workspace, a package, a document. Which modules that is, and what is shown of the outcome.

use crate::build::{Build, UNCHECKED};
use crate::options::{BuildError, Scope};
use crate::outcome::{ModuleScope, Note, Outcome};
use crate::package::PackageTable;
use crate::scan::{Scan, markdown_twin};
use crate::workspace::FoundWorkspace;
use lumen_vm::lir::ModuleId;
use std::path::Path;

/// Of a folder that was asked for as a document; completes "`PATH` ...".
pub(crate) const A_FOLDER: &str =
    "is a folder, no document; to build a package, name it with `-p PACKAGE`, or none to build all";

impl Build {
    /// Whether a folder that can be read is there.
    pub(crate) fn is_folder(&self, path: &Path) -> bool {
        self.files.list(path, &mut |_, _| {}).is_ok()
    }

    /// Modules that the scope asks for.
    pub(crate) fn scoped_modules(
        &self,
        packages: &PackageTable,
        scan: &Scan,
        root: &Path,
    ) -> Result<Vec<u32>, BuildError> {
        let numbered = || {
            scan.files
                .iter()
                .enumerate()
                .map(|(number, file)| (number as u32, file))
        };
        match &self.options.scope {
            // What nobody here can change comes with those who import it.
            Scope::Workspace => Ok(numbered()
                .filter(|(_, file)| !packages.is_on_demand(file.package))
                .map(|(number, _)| number)
                .collect()),
            Scope::Package(name) => {
                let package = packages.named(name).ok_or_else(|| BuildError::NoPackage {
                    name: name.clone(),
                    packages: packages
                        .packages
                        .iter()
                        .filter(|package| !package.is_bundled())
                        .map(|package| package.name.clone())
                        .collect(),
                })?;
                Ok(numbered()
                    .filter(|(_, file)| file.package == package)
                    .map(|(number, _)| number)
                    .collect())
            }
            Scope::Document(path) => {
                let document = |path: &Path| numbered().find(|(_, file)| root.join(scan.path(file)) == *path);
                // Of a module that is written twice, the Markdown document has the error.
                let found = document(path).or_else(|| document(Path::new(&markdown_twin(path.to_str()?))));
                let no_document = |reason: &str| BuildError::NoDocument {
                    path: path.clone(),
                    reason: reason.to_owned(),
                };
                match found {
                    Some((number, _)) => Ok(vec![number]),
                    None if self.files.stat(path).is_none() => Err(no_document("does not exist")),
                    None if self.is_folder(path) => Err(no_document(A_FOLDER)),
                    None => Err(no_document(
                        "is not a document of a package: those lie in the package's `src` folder",
                    )),
                }
            }
        }
    }

    /// An outcome that knows its workspace and its scope.
    pub(crate) fn scoped(&self, mut outcome: Outcome, found: &FoundWorkspace) -> Outcome {
        outcome.root.clone_from(&found.root);
        if self.options.offline && found.packages.has_fetched() {
            outcome.notes.push(Note::new(UNCHECKED.to_owned()));
        }
        outcome.scope = self.module_scope(&found.root, &found.packages);
        outcome
    }

    pub(crate) fn module_scope(&self, root: &Path, packages: &PackageTable) -> Option<ModuleScope> {
        match &self.options.scope {
            Scope::Workspace => None,
            Scope::Package(name) => Some(ModuleScope::Package(name.clone())),
            Scope::Document(path) => {
                let path = path.strip_prefix(root).ok()?.to_str()?;
                packages
                    .packages
                    .iter()
                    .find_map(|package| package.module_of(path))
                    .map(ModuleScope::Module)
            }
        }
    }
}

/// Whether warnings of a module are shown: not if it was only needed by others, or belongs to a package outside of the workspace.
pub(crate) fn shows_warnings(
    module: &ModuleId,
    scope: Option<&ModuleScope>,
    packages: &PackageTable,
) -> bool {
    scope.is_none_or(|scope| scope.contains(module)) && packages.is_member(module)
}

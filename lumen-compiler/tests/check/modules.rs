//! Modules in memory: an environment for documents that import one another.

use lumen_compiler::check::Request;
use lumen_compiler::compile::{Compilation, compile};
use lumen_compiler::diagnostic::Severity;
use lumen_compiler::document::{Document, parse_document};
use lumen_compiler::interface::{Environment, Interface, Resolved};
use lumen_vm::lir::ModuleId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The package that modules without another one belong to.
pub(crate) const PACKAGE: &str = "@case/own";

/// Interfaces by module, `None` for modules with errors.
#[derive(Default)]
pub(crate) struct Modules {
    known: BTreeMap<(String, String), Module>,
}

struct Module {
    id: ModuleId,
    interface: Option<Arc<Interface>>,
}

impl Modules {
    /// The logical name of `models.user` or `@acme/money fx`.
    pub(crate) fn id(name: &str) -> ModuleId {
        let (package, path) = split(name);
        ModuleId::in_package(package, "1.0.0", if path.is_empty() { "lib" } else { path })
    }

    /// Checks a document and adds it under its name.
    pub(crate) fn add(&mut self, name: &str, text: &str) -> (Document, Compilation) {
        let document = parse_document(text);
        let id = Modules::id(name);
        let checked = self.check_document(&id, &document);
        let interface = checked
            .lowered
            .is_some()
            .then(|| Arc::new(checked.interface.clone()));
        self.insert(name, interface);
        (document, checked)
    }

    /// Adds an interface as it is.
    fn insert(&mut self, name: &str, interface: Option<Arc<Interface>>) {
        let (package, path) = split(name);
        self.known.insert(
            (package.to_owned(), path.to_owned()),
            Module {
                id: Modules::id(name),
                interface,
            },
        );
    }

    /// Checks a document.
    pub(crate) fn check_document(&self, id: &ModuleId, document: &Document) -> Compilation {
        let syntax_errors = document
            .diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error);
        compile(&Request {
            id,
            ast: &document.module,
            environment: self,
            host: None,
            unresolved: lumen_compiler::check::Unresolved::Reported,
            syntax_errors,
        })
    }
}

fn split(name: &str) -> (&str, &str) {
    if name.starts_with('@') {
        name.split_once(' ').unwrap_or((name, ""))
    } else {
        (PACKAGE, name)
    }
}

impl Environment for Modules {
    fn resolve(&self, package: Option<&str>, path: &str) -> Resolved {
        let package = package.unwrap_or(PACKAGE);
        if path == "cycle" {
            return Resolved::Cycle(vec!["main".to_owned(), "cycle".to_owned(), "main".to_owned()]);
        }
        match self.known.get(&(package.to_owned(), path.to_owned())) {
            Some(Module {
                interface: Some(interface),
                ..
            }) => Resolved::Found(Arc::clone(interface)),
            Some(Module { interface: None, .. }) => Resolved::Broken,
            None => {
                let mut packages: Vec<String> =
                    self.known.keys().map(|(package, _)| package.clone()).collect();
                packages.dedup();
                if package != PACKAGE && !packages.iter().any(|known| known == package) {
                    packages.retain(|package| package != PACKAGE);
                    return Resolved::NoPackage(packages);
                }
                let modules = self.known.keys().filter(|(known, _)| known == package);
                Resolved::NoModule(modules.map(|(_, path)| path.clone()).collect())
            }
        }
    }

    fn interface(&self, module: &ModuleId) -> Option<Arc<Interface>> {
        self.known
            .values()
            .find(|known| known.id == *module)
            .and_then(|known| known.interface.clone())
    }
}

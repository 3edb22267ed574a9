//! Modules as people name them: `@acme/money fx`, `fx` if only one package has it, or the document's path.

use super::Session;
use crate::paths::{absolute, shown};
use lumen_build::{BUNDLED_PACKAGE, Image};
use lumen_vm::lir::ModuleId;
use std::collections::BTreeSet;
use std::path::Path;

/// The words that name a module.
pub(crate) struct Naming {
    text: String,
    /// The words as a document's path, as seen from the workspace's folder.
    path: String,
}

impl Naming {
    /// In the workspace at `root`.
    pub(crate) fn new(session: &Session, root: &Path, words: &[String]) -> Naming {
        let text = words.join(" ");
        let path = absolute(&session.environment.folder, Path::new(&text));
        Naming {
            path: shown(&path, root),
            text,
        }
    }

    /// The words, with a blank between them.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The module of the document at this path.
    pub(crate) fn module_at(&self, image: &Image) -> Option<ModuleId> {
        image.module_at(&self.path)
    }

    /// As [`Naming::module_at`], among modules with the paths of their documents.
    pub(crate) fn is_path(&self, path: &str) -> bool {
        self.path == path
    }

    /// Those of `modules` that the words can mean, each once.
    pub(crate) fn among<'m>(&self, modules: &'m [ModuleId]) -> Vec<&'m ModuleId> {
        // Quoted as one argument, as messages show them, names mean the same.
        let words: Vec<&str> = self.text.split_whitespace().collect();
        let (package, path) = match words.as_slice() {
            [package] if package.starts_with('@') => (Some(*package), "lib"),
            [package, path] => (Some(*package), *path),
            _ => (None, self.text.as_str()),
        };
        let mut found: Vec<&ModuleId> = modules
            .iter()
            .filter(|module| {
                module.as_str() == self.text
                    || module.path() == path && package.is_none_or(|name| module.package() == Some(name))
            })
            .collect();
        found.sort();
        found.dedup();
        // What comes with Lumen is not in the way of what people wrote.
        let is_bundled = |module: &&ModuleId| module.package() == Some(BUNDLED_PACKAGE);
        if !found.iter().all(is_bundled) {
            found.retain(|module| !is_bundled(module));
        }
        found
    }

    /// What to say if the words can mean several modules.
    pub(crate) fn ambiguous(&self, several: &[ModuleId]) -> String {
        // Two versions of one package are told apart by their full names.
        let names: BTreeSet<String> = several.iter().map(spoken).collect();
        let (names, advice): (Vec<String>, _) = match names.len() == several.len() {
            true => (names.into_iter().collect(), "name the package too"),
            false => (
                several.iter().map(ToString::to_string).collect(),
                "write one of these",
            ),
        };
        format!("`{}` can be {}: {advice}", self.text, names.join(" or "))
    }

    /// The one of `modules` that the words mean. Nothing after a printed error.
    pub(crate) fn only(&self, session: &Session, modules: &[ModuleId]) -> Option<ModuleId> {
        let found: Vec<ModuleId> = self.among(modules).into_iter().cloned().collect();
        match found.as_slice() {
            [module] => return Some(module.clone()),
            [] => session.output.error(&format!(
                "there is no module `{}`; name it like `@acme/money fx`, or by its document's path",
                self.text
            )),
            several => session.output.error(&self.ambiguous(several)),
        }
        None
    }
}

/// The module of an image that the words name. Nothing after a printed error.
pub(crate) fn find_module(
    session: &Session,
    root: &Path,
    image: &Image,
    words: &[String],
) -> Option<ModuleId> {
    let naming = Naming::new(session, root, words);
    if let Some(module) = naming.module_at(image) {
        return Some(module);
    }
    let modules: Vec<ModuleId> = image.documents().into_iter().map(|(id, _)| id).collect();
    naming.only(session, &modules)
}

/// A module as people write it.
pub(crate) fn spoken(module: &ModuleId) -> String {
    match module.package() {
        Some(package) => format!("{package} {}", module.path()),
        None => module.path().to_owned(),
    }
}

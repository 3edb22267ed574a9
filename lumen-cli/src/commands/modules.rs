//! Modules as people name them: `@acme/money fx`, `fx` if only one package has it, or the document's path.

use super::Session;
use crate::paths::{absolute, shown};
use lumen_build::Image;
use lumen_vm::lir::ModuleId;
use std::collections::BTreeSet;
use std::path::Path;

/// The module of an image that the words name. Nothing after a printed error.
pub(crate) fn find_module(
    session: &Session,
    root: &Path,
    image: &Image,
    words: &[String],
) -> Option<ModuleId> {
    let folder = &session.environment.folder;
    let text = words.join(" ");
    if let Some(module) = image.module_at(&shown(&absolute(folder, Path::new(&text)), root)) {
        return Some(module);
    }
    let modules: Vec<ModuleId> = image.documents().into_iter().map(|(id, _)| id).collect();
    let (package, path) = match words {
        [package] if package.starts_with('@') => (Some(package.as_str()), "lib"),
        [package, path] => (Some(package.as_str()), path.as_str()),
        _ => (None, text.as_str()),
    };
    let found: Vec<&ModuleId> = modules
        .iter()
        .filter(|module| {
            module.as_str() == text
                || module.path() == path && package.is_none_or(|name| module.package() == Some(name))
        })
        .collect();
    match found.as_slice() {
        [module] => return Some((*module).clone()),
        [] => session.output.error(&format!(
            "there is no module `{text}`; name it like `@acme/money fx`, or by its document's path"
        )),
        several => {
            // Two versions of one package are told apart by their full names.
            let names: BTreeSet<String> = several.iter().map(|module| spoken(module)).collect();
            let (names, advice): (Vec<String>, _) = match names.len() == several.len() {
                true => (names.into_iter().collect(), "name the package too"),
                false => (
                    several.iter().map(ToString::to_string).collect(),
                    "write one of these",
                ),
            };
            session
                .output
                .error(&format!("`{text}` can be {}: {advice}", names.join(" or ")));
        }
    }
    None
}

/// A module as people write it.
pub(crate) fn spoken(module: &ModuleId) -> String {
    match module.package() {
        Some(package) => format!("{package} {}", module.path()),
        None => module.path().to_owned(),
    }
}

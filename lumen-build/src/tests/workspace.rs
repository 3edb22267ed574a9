//! A workspace in memory with a cache in memory, and short ways to edit and build it.

use super::Toy;
use crate::build::Build;
use crate::memory::MemoryFiles;
use crate::options::Options;
use crate::outcome::Outcome;
use crate::progress::Silent;
use crate::store::{MemoryStore, Store};
use crate::{BuildError, Scope};
use lumen_compiler::interface::Digest;
use lumen_vm::lir::ModuleId;
use std::path::PathBuf;
use std::sync::Arc;

/// A workspace at `/w` with members `packages/*`.
pub(crate) struct Workspace {
    pub(crate) files: MemoryFiles,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) toy: Toy,
    pub(crate) options: Options,
}

impl Workspace {
    /// Packages with their dependencies, by the part after `@w/`.
    pub(crate) fn new(packages: &[(&str, &[&str])]) -> Workspace {
        let workspace = Workspace {
            files: MemoryFiles::new(),
            store: Arc::new(MemoryStore::new()),
            toy: Toy::default(),
            options: Options::new("/w", "/cache"),
        };
        workspace
            .files
            .write("/w/lumen.toml", "[workspace]\nmembers = [\"packages/*\"]\n");
        for (name, dependencies) in packages {
            workspace.manifest(name, dependencies);
        }
        workspace
    }

    /// Writes the manifest of a package.
    pub(crate) fn manifest(&self, name: &str, dependencies: &[&str]) {
        let mut text = format!("[package]\nname = \"@w/{name}\"\nversion = \"0.1.0\"\n\n[dependencies]\n");
        for dependency in dependencies {
            text += &format!("\"@w/{dependency}\" = {{ path = \"../{dependency}\" }}\n");
        }
        self.files.write(format!("/w/packages/{name}/lumen.toml"), text);
    }

    pub(crate) fn path(module: &str) -> PathBuf {
        let (package, path) = module.split_once('.').expect("PACKAGE.PATH");
        format!("/w/packages/{package}/src/{}.lm.md", path.replace('.', "/")).into()
    }

    /// Writes the document of `PACKAGE.PATH`.
    pub(crate) fn write(&self, module: &str, text: &str) {
        self.files.write(Workspace::path(module), text);
    }

    pub(crate) fn remove(&self, module: &str) {
        self.files.remove(Workspace::path(module));
    }

    pub(crate) fn tool(&self) -> Build {
        let store: Box<dyn Store> = Box::new(Arc::clone(&self.store));
        Build::with(
            self.options.clone(),
            Box::new(self.files.clone()),
            store,
            Box::new(self.toy.clone()),
        )
    }

    pub(crate) fn try_build(&self) -> Result<Outcome, BuildError> {
        self.tool().run(&Silent)
    }

    pub(crate) fn build(&self) -> Outcome {
        self.try_build().expect("the workspace can be built")
    }

    pub(crate) fn build_scope(&self, scope: Scope) -> Outcome {
        let options = Options {
            scope,
            ..self.options.clone()
        };
        let store: Box<dyn Store> = Box::new(Arc::clone(&self.store));
        let build = Build::with(
            options,
            Box::new(self.files.clone()),
            store,
            Box::new(self.toy.clone()),
        );
        build.run(&Silent).expect("the scope can be built")
    }
}

/// Compiled, cached, failed, skipped.
pub(crate) fn counts(outcome: &Outcome) -> (usize, usize, usize, usize) {
    (
        outcome.compiled,
        outcome.cached,
        outcome.failed,
        outcome.skipped.len(),
    )
}

/// Messages with their paths.
pub(crate) fn messages(outcome: &Outcome) -> Vec<String> {
    let message = |path: &str, text: &str| format!("{path}: {text}");
    let mut messages = Vec::new();
    for report in &outcome.reports {
        messages.extend(report.diagnostics.iter().map(|diagnostic| {
            message(
                &report.path,
                &format!("{} {}", diagnostic.code.info().name, diagnostic.message),
            )
        }));
        messages.extend(
            report
                .unreadable
                .iter()
                .map(|unreadable| message(&report.path, &unreadable.reason)),
        );
    }
    messages
}

/// Every module with its digests.
pub(crate) fn digests(outcome: &Outcome) -> Vec<(ModuleId, Digest, Digest)> {
    let modules = outcome
        .image
        .as_ref()
        .map(|image| image.modules())
        .unwrap_or_default();
    modules
        .into_iter()
        .map(|module| (module.id, module.artefact, module.debug))
        .collect()
}

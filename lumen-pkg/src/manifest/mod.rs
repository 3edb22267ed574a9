//! One `lumen.toml`: text in, typed sections and findings out. Knows nothing of other files; see `members` for those.
//!
//! Every key of the format is in a table here or in the modules below. A key that is known but belongs to a part of the
//! package manager that does not exist yet is an E0060 finding; an unknown key is a warning with a suggestion.

mod dependency;
mod grants;
mod package;
mod patch;
mod workspace;

pub(crate) use dependency::{Declaration, Origin, PathOrigin};
pub(crate) use package::{Field, PackageSection, SharedFields};
pub(crate) use workspace::{MemberPattern, WorkspaceSection};

use crate::config::RegistrySection;
use crate::finding::{Finding, Findings, NOT_SUPPORTED};
use crate::grant::{Consent, Grant};
use crate::position::{Span, Spanned};
use crate::reader::{UnknownKeys, entries, excerpt};
use toml_edit::Document;

/// The sections of a manifest. Sections and entries that are wrong are left out and reported as findings, except where
/// that would lead to a second report elsewhere.
#[derive(Debug, Default)]
pub(crate) struct Manifest {
    pub(crate) package: Option<PackageSection>,
    pub(crate) workspace: Option<WorkspaceSection>,
    pub(crate) dependencies: Vec<Declaration>,
    pub(crate) dev_dependencies: Vec<Declaration>,
    /// What the package asks for, sorted; each at its key.
    pub(crate) tools: Vec<Spanned<Grant>>,
    /// What the root gives.
    pub(crate) grants: Consent,
    pub(crate) registries: RegistrySection,
    /// Sorted by name; origins are paths, git repositories or broken.
    pub(crate) patches: Vec<Declaration>,
    /// The sections that count in a root manifest only, and where they begin.
    pub(crate) root_only: Vec<(&'static str, Span)>,
}

/// What is done with a top-level key.
#[derive(Clone, Copy)]
enum Section {
    Package,
    Workspace,
    Dependencies,
    DevDependencies,
    Tools,
    Grants,
    Registries,
    Patch,
    /// Known, but answered with E0060: nothing here uses what it says.
    NotSupported(&'static str),
}

const SECTIONS: [(&str, Section); 10] = [
    ("package", Section::Package),
    ("workspace", Section::Workspace),
    ("dependencies", Section::Dependencies),
    ("dev-dependencies", Section::DevDependencies),
    ("tools", Section::Tools),
    ("registries", Section::Registries),
    ("patch", Section::Patch),
    (
        "providers",
        Section::NotSupported(
            "no tool or model is run yet, so there is nothing to configure; take the section out",
        ),
    ),
    (
        "profile",
        Section::NotSupported(
            "there is one way to compile, so there is nothing to choose; take the section out",
        ),
    ),
    ("grants", Section::Grants),
];

/// Parses a manifest. `None` only if the text is not TOML, or nested too deeply (80 levels); then there is one finding.
/// Findings come in no particular order.
pub(crate) fn parse(text: &str) -> (Option<Manifest>, Vec<Finding>) {
    let mut findings = Findings::default();
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            findings.syntax(text, &error);
            return (None, findings.into_list());
        }
    };
    let mut manifest = Manifest::default();
    let mut unknown = UnknownKeys::default();
    for entry in entries(document.as_table()) {
        let section = SECTIONS.iter().find(|(key, _)| *key == entry.key);
        match section.map(|(_, section)| *section) {
            None => unknown.push(entry),
            Some(Section::Package) => manifest.package = PackageSection::read(&entry, &mut findings),
            Some(Section::Workspace) => manifest.workspace = WorkspaceSection::read(&entry, &mut findings),
            Some(Section::Dependencies) => {
                manifest.dependencies = Declaration::read_all(&entry, &mut findings)
            }
            Some(Section::DevDependencies) => {
                manifest.dev_dependencies = Declaration::read_all(&entry, &mut findings);
            }
            Some(Section::Tools) => manifest.tools = grants::read_tools(&entry, &mut findings),
            Some(Section::Grants) => {
                manifest.grants = grants::read_consent(&entry, &mut findings);
                manifest.root_only.push(("grants", entry.key_span));
            }
            Some(Section::Registries) => {
                manifest.registries = RegistrySection::read(&entry, &mut findings);
                manifest.root_only.push(("registries", entry.key_span));
            }
            Some(Section::Patch) => {
                manifest.patches = patch::read_patches(&entry, &mut findings);
                manifest.root_only.push(("patch", entry.key_span));
            }
            Some(Section::NotSupported(why)) => {
                let message = format!("`[{}]` is not supported yet", entry.key);
                let finding = findings.error(entry.key_span, message);
                finding.code = Some(NOT_SUPPORTED);
                finding.help = Some(why.to_owned());
            }
        }
    }
    let contains = |key: &str| document.contains_key(key);
    check_sections(&manifest, contains, &mut unknown, &mut findings);
    unknown.warn("section", &SECTIONS.map(|(key, _)| key), &mut findings);
    drop_repeated(&mut manifest, &mut findings);
    (Some(manifest), findings.into_list())
}

/// A manifest describes a package, a workspace, or both; dependencies belong to a package.
fn check_sections(
    manifest: &Manifest,
    contains: impl Fn(&str) -> bool,
    unknown: &mut UnknownKeys<'_>,
    findings: &mut Findings,
) {
    if contains("package") {
        return;
    }
    if !contains("workspace") {
        let message = "the manifest has neither `[package]` nor `[workspace]`";
        match unknown.take_misspelt(&["package", "workspace"], &SECTIONS.map(|(key, _)| key)) {
            Some((entry, key)) => {
                let help = format!("did you mean `[{key}]` instead of `[{}]`?", excerpt(entry.key));
                findings.error(entry.key_span, message).help = Some(help);
            }
            None => {
                let help =
                    "a package needs `[package]` with `name = \"@scope/name\"` and `version = \"0.1.0\"`";
                findings.error(Span::default(), message).help = Some(help.to_owned());
            }
        }
        return;
    }
    if let Some(first) = manifest.tools.first() {
        let message = "`[tools]` has no effect without `[package]`";
        findings.error(first.span, message).help =
            Some("each package says itself which tools it asks for".to_owned());
    }
    let sections = [
        ("dependencies", &manifest.dependencies),
        ("dev-dependencies", &manifest.dev_dependencies),
    ];
    for (key, declarations) in sections {
        if let Some(first) = declarations.first() {
            let message = format!("`[{key}]` has no effect without `[package]`");
            let help = "dependencies that members share belong in `[workspace.dependencies]`";
            findings.error(first.key_span, message).help = Some(help.to_owned());
        }
    }
}

/// What a package's modules may import its tests may import too.
fn drop_repeated(manifest: &mut Manifest, findings: &mut Findings) {
    let Manifest {
        dependencies,
        dev_dependencies,
        ..
    } = manifest;
    let names: std::collections::BTreeSet<&str> = dependencies
        .iter()
        .map(|declaration| declaration.key.as_str())
        .collect();
    dev_dependencies.retain(|declaration| {
        let repeated = names.contains(declaration.key.as_str());
        if repeated {
            let message = format!(
                "`{}` is already in `[dependencies]`, its entry in `[dev-dependencies]` has no effect",
                declaration.key
            );
            findings.warning(declaration.key_span, message);
        }
        !repeated
    });
}

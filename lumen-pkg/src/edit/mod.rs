//! Changing a manifest's dependencies: text in, text out. Everything that is not changed stays byte for byte as it was: comments, order, line ends.
//!
//! `toml_edit` says where entries are; the text is cut and joined there. What comes out is read again: it must be a manifest that is no
//! worse than before, and differ from the old one in the one entry that was to change. Otherwise nothing is given out.

mod add;
mod check;
mod newest;
mod remove;
mod table;
mod value;

pub use newest::{Available, Versions, newest};
pub use value::NewDependency;

use crate::manifest;
use crate::name::PackageName;
use crate::problem::Severity;
use semver::Version;

/// A table of dependencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DependencyTable {
    /// `[dependencies]`.
    Dependencies,
    /// `[dev-dependencies]`.
    DevDependencies,
}

impl DependencyTable {
    /// The key of the table.
    pub fn key(self) -> &'static str {
        match self {
            Self::Dependencies => "dependencies",
            Self::DevDependencies => "dev-dependencies",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Dependencies => Self::DevDependencies,
            Self::DevDependencies => Self::Dependencies,
        }
    }
}

/// What came of adding a dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// There was none: the new text.
    New(String),
    /// There was another entry: the new text, and the entry's value before.
    Changed {
        /// The new text.
        text: String,
        /// The value before, as written.
        before: String,
    },
    /// The entry says this already.
    Unchanged,
}

/// Why a manifest is not changed. Shown to people as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Not TOML.
    #[error("the manifest is not valid TOML: {0}")]
    Syntax(String),
    /// No `[package]`.
    #[error("the manifest has no `[package]`; choose a package of the workspace with `--package`")]
    NoPackage,
    /// Inline, or with dots.
    #[error("`{0}` is not written as `[{0}]`, and is not changed for that; write it so first")]
    Form(&'static str),
    /// An entry of several lines or keys.
    #[error(
        "the entry of `{0}` has several lines, and is not changed for that; take it out with `lumen remove` first"
    )]
    Entry(PackageName),
    /// It is in the other table.
    #[error("`{name}` is in `[{table}]` already{}", match .table { &"dependencies" => ", and tests may use that too", _ => "; take it out with `lumen remove --dev` first" })]
    Elsewhere {
        /// The dependency.
        name: PackageName,
        /// The key of the table that has it.
        table: &'static str,
    },
    /// There is nothing to remove.
    #[error("`{name}` is not in `[{table}]`{}", match .other { true => " but in the other table; see `--dev`", false => "" })]
    Absent {
        /// The dependency.
        name: PackageName,
        /// The key of the table.
        table: &'static str,
        /// Whether the other table has it.
        other: bool,
    },
    /// The new text is worse than the old one.
    #[error("the change would break the manifest: {0}")]
    Broken(String),
    /// The new text differs in something else.
    #[error("the change would touch more than `{0}`; make it by hand")]
    Collateral(PackageName),
}

/// Adds a dependency, or changes the one that is there.
///
/// # Errors
/// See [`EditError`].
pub fn add_dependency(
    text: &str,
    table: DependencyTable,
    name: &PackageName,
    dependency: &NewDependency,
) -> Result<Added, EditError> {
    let (mark, text) = split_mark(text);
    let mut added = add::add(text, table, name, dependency)?;
    let new = match &mut added {
        Added::New(new) | Added::Changed { text: new, .. } => new,
        Added::Unchanged => return Ok(added),
    };
    check::only_changed(text, new, table, name, Some(&dependency.render()))?;
    no_worse(text, new)?;
    new.insert_str(0, mark);
    Ok(added)
}

/// Takes a dependency out. Comments on lines of their own stay; a table that is then empty and has no comment goes with it.
///
/// # Errors
/// See [`EditError`].
pub fn remove_dependency(
    text: &str,
    table: DependencyTable,
    name: &PackageName,
) -> Result<String, EditError> {
    let (mark, text) = split_mark(text);
    let new = remove::remove(text, table, name)?;
    check::only_changed(text, &new, table, name, None)?;
    no_worse(text, &new)?;
    Ok(format!("{mark}{new}"))
}

/// A byte order mark, and the text behind it.
fn split_mark(text: &str) -> (&str, &str) {
    text.split_at(text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len())
}

/// Whether `[workspace.dependencies]` of a workspace's manifest has `name`.
pub fn shares_dependency(workspace: &str, name: &PackageName) -> bool {
    let (manifest, _) = manifest::parse(workspace);
    manifest
        .and_then(|manifest| manifest.workspace)
        .is_some_and(|workspace| {
            workspace
                .dependencies
                .iter()
                .any(|shared| shared.name.as_ref() == Some(name))
        })
}

/// Name and version of the package that a manifest describes. Nothing without a name, or with a wrong one; no version if it is inherited or wrong.
pub fn declared_package(manifest: &str) -> Option<(PackageName, Option<Version>)> {
    let (manifest, _) = manifest::parse(split_mark(manifest).1);
    let package = manifest?.package?;
    let version = match package.shared.version {
        manifest::Field::Value(version) => Some(version.value),
        _ => None,
    };
    Some((package.name?.value, version))
}

/// The new text has no error that the old one did not have.
fn no_worse(old: &str, new: &str) -> Result<(), EditError> {
    let errors = |text: &str| -> Vec<String> {
        let (_, findings) = manifest::parse(text);
        findings
            .into_iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| finding.message)
            .collect()
    };
    let before = errors(old);
    match errors(new).into_iter().find(|error| !before.contains(error)) {
        None => Ok(()),
        Some(error) => Err(EditError::Broken(error)),
    }
}

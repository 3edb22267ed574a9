//! Which package `lumen publish` and `lumen pkg pack` are about, and the files of it that are published: one rule for both, so that what is packed
//! and what is sent are the same bytes.

use super::Session;
use crate::arguments::AllowedArguments;
use crate::output::plural;
use anyhow::{Context, Result, anyhow};
use lumen_pkg::archive::FileEntry;
use lumen_pkg::shell::{Disk, Secrets, Uncommitted, gather};
use lumen_pkg::{
    MANIFEST_FILE, MAXIMUM_MANIFEST_BYTES, ManifestSource as _, PackageNode, Workspace, published_manifest,
};
use std::path::Path;

/// The member that is meant: the named one, else the one around the current folder, else the only one.
pub(super) fn choose<'w>(
    session: &Session,
    workspace: &'w Workspace,
    name: Option<&str>,
) -> Option<&'w PackageNode> {
    let members: Vec<&PackageNode> = workspace.members().map(|(_, package)| package).collect();
    let chosen = match (name, workspace.current, members.as_slice()) {
        (Some(name), _, _) => members
            .iter()
            .find(|package| package.name.as_str() == name)
            .copied(),
        (None, Some(current), _) => Some(workspace.package(current)),
        (None, None, [only]) => Some(*only),
        (None, None, _) => None,
    };
    let chosen = chosen.filter(|package| package.is_member());
    if chosen.is_none() {
        let names: Vec<&str> = members.iter().map(|package| package.name.as_str()).collect();
        let wanted = name.map_or_else(
            || "say which package with `--package`".to_owned(),
            |name| format!("the workspace has no package `{name}`"),
        );
        session
            .output
            .error(&format!("{wanted}; it has {}", names.join(", ")));
    }
    chosen
}

/// The files to publish, the manifest as it is published among them. What speaks against the files is printed.
///
/// # Errors
/// If the manifest cannot be published.
pub(super) fn files_to_publish(
    session: &Session,
    workspace: &Workspace,
    package: &PackageNode,
    allowed: Allowed,
) -> Result<Option<Vec<FileEntry>>> {
    match gather(
        &package.root,
        &package.metadata,
        allowed.secrets,
        allowed.uncommitted,
    ) {
        Ok(mut files) => {
            as_published(workspace, package, &mut files)?;
            Ok(Some(files))
        }
        Err(faults) => {
            for fault in &faults {
                session.output.error(&fault.to_string());
            }
            session.output.error(&format!(
                "{} was not packed: {} to mend",
                package.name,
                plural(faults.len(), "fault")
            ));
            Ok(None)
        }
    }
}

/// What `--allow-secrets` and `--allow-dirty` let through.
#[derive(Clone, Copy)]
pub(super) struct Allowed {
    secrets: Secrets,
    uncommitted: Uncommitted,
}

impl Allowed {
    /// By the two flags.
    pub(super) fn of(arguments: AllowedArguments) -> Self {
        Self {
            secrets: match arguments.allow_secrets {
                true => Secrets::Allow,
                false => Secrets::Refuse,
            },
            uncommitted: match arguments.allow_dirty {
                true => Uncommitted::Allow,
                false => Uncommitted::Refuse,
            },
        }
    }
}

/// Puts the manifest as it is published in the place of the one that was written: what is packed and what is sent are the same bytes.
fn as_published(workspace: &Workspace, package: &PackageNode, files: &mut [FileEntry]) -> Result<()> {
    let own = text(&package.manifest_path)?;
    let root = workspace.root.join(MANIFEST_FILE);
    let shared = match root == package.manifest_path {
        true => None,
        false => Some(text(&root)?),
    };
    let manifest = published_manifest(&own, shared.as_deref().or(Some(&own)))
        .with_context(|| format!("{} cannot be published", package.name))?;
    replace_manifest(files, &manifest)
}

fn text(path: &Path) -> Result<String> {
    let bytes = Disk
        .read(path, MAXIMUM_MANIFEST_BYTES)
        .map_err(|error| anyhow!("`{}` cannot be read: {error}", path.display()))?;
    String::from_utf8(bytes).with_context(|| format!("`{}` is not UTF-8", path.display()))
}

fn replace_manifest(files: &mut [FileEntry], manifest: &str) -> Result<()> {
    let own = files.iter_mut().find(|file| file.path.as_str() == MANIFEST_FILE);
    own.context("the package has no manifest")?.content = manifest.as_bytes().to_vec();
    Ok(())
}

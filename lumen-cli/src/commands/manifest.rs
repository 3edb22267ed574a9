//! The manifest that `lumen add` and `lumen remove` change.

use super::Session;
use crate::output::print_problems;
use crate::paths::shown;
use anyhow::{Context, Result};
use lumen_pkg::shell::{Disk, replace_file};
use lumen_pkg::{MANIFEST_FILE, MAXIMUM_MANIFEST_BYTES, ManifestSource, ReadError};
use std::path::{Path, PathBuf};

/// A manifest to change, and the one of its workspace.
pub(crate) struct Target {
    /// The package's folder.
    pub(crate) folder: PathBuf,
    pub(crate) text: String,
    /// The workspace's manifest.
    pub(crate) root_text: String,
}

/// The manifest of a package of the workspace, or the nearest one. Nothing after a printed error.
pub(crate) fn find(session: &Session, package: Option<&str>) -> Result<Option<Target>> {
    let start = &session.environment.folder;
    let loaded = lumen_pkg::load(&Disk, start);
    let Some(root) = loaded.root.clone() else {
        let message = format!(
            "there is no `{MANIFEST_FILE}` in `{}` or above it",
            start.display()
        );
        session.output.error(&message);
        return Ok(None);
    };
    let folder = match (package, &loaded.workspace) {
        (None, _) => nearest(start).unwrap_or_else(|| root.clone()),
        (Some(package), Some(workspace)) => {
            let found = workspace
                .members()
                .find(|(_, member)| member.name.as_str() == package);
            let Some((_, member)) = found else {
                let message = format!("there is no package `{package}` in this workspace");
                session.output.error(&message);
                return Ok(None);
            };
            member.root.clone()
        }
        (Some(_), None) => {
            print_problems(
                &session.output,
                &loaded.problems,
                |file| loaded.source_text(file),
                start,
            );
            return Ok(None);
        }
    };
    Ok(Some(Target {
        text: read(&folder, start)?,
        root_text: read(&root, start)?,
        folder,
    }))
}

fn nearest(start: &Path) -> Option<PathBuf> {
    start
        .ancestors()
        .find(|folder| {
            !matches!(
                Disk.read(&folder.join(MANIFEST_FILE), MAXIMUM_MANIFEST_BYTES),
                Err(ReadError::Absent)
            )
        })
        .map(Path::to_path_buf)
}

/// The text of the manifest in a folder.
pub(crate) fn read(folder: &Path, start: &Path) -> Result<String> {
    let file = folder.join(MANIFEST_FILE);
    let name = || format!("`{}`", shown(&file, start));
    let bytes = Disk
        .read(&file, MAXIMUM_MANIFEST_BYTES)
        .with_context(|| format!("{} cannot be read", name()))?;
    String::from_utf8(bytes).with_context(|| format!("{} is not valid UTF-8", name()))
}

impl Target {
    /// The manifest's file.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join(MANIFEST_FILE)
    }

    /// Replaces the manifest's text.
    pub(crate) fn write(&self, text: &str) -> Result<()> {
        let file = self.file();
        replace_file(&file, text).with_context(|| format!("`{}` cannot be written", file.display()))
    }
}

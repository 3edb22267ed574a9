//! `lumen pkg pack`: the archive of a package, as `lumen publish` would send it, or the list of its files.

use crate::arguments::PackArguments;
use crate::commands::Session;
use crate::commands::packing::{Allowed, choose, files_to_publish};
use crate::exit::Exit;
use crate::output::{MessageFormat, plural, print_problems};
use crate::paths::{absolute, shown};
use anyhow::{Context, Result};
use lumen_pkg::archive::{Archive, compress, pack as pack_files, read};
use lumen_pkg::shell::Disk;
use lumen_pkg::{PackageNode, Workspace};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Where archives go if nobody says where: beside the build state, which is never packed.
const FOLDER: &str = ".lumen/packages";

/// Lists or writes.
pub(crate) fn pack(session: &Session, arguments: &PackArguments) -> Result<Exit> {
    let Some(workspace) = load(session) else {
        return Ok(Exit::Failed);
    };
    let Some(package) = choose(session, &workspace, arguments.package.as_deref()) else {
        return Ok(Exit::Usage);
    };
    let allowed = Allowed::of(arguments.allowed);
    let Some(files) = files_to_publish(session, &workspace, package, allowed)? else {
        return Ok(Exit::Failed);
    };
    let tar = pack_files(&files).with_context(|| format!("{} cannot be packed", package.name))?;
    let archive = read(&tar).with_context(|| format!("{} cannot be packed", package.name))?;
    let compressed = compress(&tar).with_context(|| format!("{} cannot be packed", package.name))?;
    if arguments.list {
        list(session, &archive);
    }
    let path = match (&arguments.output, arguments.list) {
        (None, true) => None,
        (None, false) => Some(default_path(&workspace, package)),
        (Some(path), _) => Some(absolute(&session.environment.folder, path)),
    };
    if let Some(path) = &path {
        let is_transport = path.extension().is_some_and(|extension| extension == "zst");
        write(path, if is_transport { &compressed } else { &tar })?;
    }
    summary(session, package, &archive, compressed.len(), path.as_deref());
    Ok(Exit::Done)
}

/// The workspace around the current folder; what is wrong with it is printed.
fn load(session: &Session) -> Option<Workspace> {
    let folder = &session.environment.folder;
    let loaded = lumen_pkg::load(&Disk, folder);
    let errors = print_problems(
        &session.output,
        &loaded.problems,
        |file| loaded.source_text(file),
        folder,
    );
    match (&loaded.root, errors) {
        (None, _) => session.output.error(&format!(
            "there is no `lumen.toml` in `{}` or above it",
            folder.display()
        )),
        (Some(_), 0) => {}
        (Some(_), _) => session.output.error(&format!(
            "nothing was packed: {} to mend",
            plural(errors, "error")
        )),
    }
    loaded.workspace
}

/// A line a file: its size in bytes and its path.
fn list(session: &Session, archive: &Archive) {
    for file in archive.files() {
        let line = format!("{:>10}  {}", file.content.len(), file.path);
        let event = json!({
            "event": "packed-file",
            "version": 1,
            "path": file.path,
            "size": file.content.len(),
            "executable": file.executable,
        });
        session.output.item(&line, &event);
    }
}

fn summary(
    session: &Session,
    package: &PackageNode,
    archive: &Archive,
    compressed: usize,
    path: Option<&Path>,
) {
    let folder = &session.environment.folder;
    let written = path
        .map(|path| format!(" to {}", shown(path, folder)))
        .unwrap_or_default();
    session.output.status(
        if path.is_some() { "Packed" } else { "Would pack" },
        &format!(
            "{} {}: {}, {} bytes, {compressed} compressed{written}",
            package.name,
            package.version,
            plural(archive.files().len(), "file"),
            archive.size(),
        ),
    );
    session
        .output
        .note(&format!("           archive sha256 {}", archive.digest()));
    session
        .output
        .note(&format!("           files root     {}", archive.tree().root()));
    if session.output.format == MessageFormat::Json {
        session.output.event(&json!({
            "event": "packed",
            "version": 1,
            "package": package.name,
            "package_version": package.version.to_string(),
            "files": archive.files().len(),
            "size": archive.size(),
            "compressed": compressed,
            "archive": archive.digest(),
            "root": archive.tree().root(),
            "path": path,
        }));
    }
}

/// `.lumen/packages/SCOPE-NAME-VERSION.tar`, below the workspace.
fn default_path(workspace: &Workspace, package: &PackageNode) -> PathBuf {
    let (scope, name) = (package.name.scope(), package.name.base());
    workspace
        .root
        .join(FOLDER)
        .join(format!("{scope}-{name}-{}.tar", package.version))
}

/// Writes a file, and the folders above it.
#[expect(
    clippy::disallowed_methods,
    reason = "making the file is this command's purpose"
)]
fn write(path: &Path, content: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("`{}` cannot be made", folder.display()))?;
    }
    std::fs::write(path, content).with_context(|| format!("`{}` cannot be written", path.display()))
}

//! `lumen new` and `lumen init`: a package to start from, that builds, runs and tests as it is.

mod template;

use super::Session;
use crate::arguments::{InitArguments, NewArguments, ProjectArguments};
use crate::exit::Exit;
use crate::paths::shown;
use anyhow::{Context, Result, bail};
use lumen_pkg::shell::{Disk, replace_file};
use lumen_pkg::{MANIFEST_FILE, Membership, PackageName, membership, package_manifest, suggested_name};
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

/// What a new package's entry document says. The name of the package stands for `NAME`.
const MAIN_DOCUMENT: &str = include_str!("new/main.lm.md");

/// Keeps the build state out of version control.
const GITIGNORE: &str = ".lumen/\n";

/// `lumen new FOLDER`: the folder must not exist, or be empty.
pub(crate) fn new(session: &Session, arguments: &NewArguments) -> Result<Exit> {
    let Some(folder) = &arguments.folder else {
        return Ok(template::list(session));
    };
    let shown = folder.display().to_string();
    let folder = session.environment.folder.join(folder);
    #[expect(clippy::disallowed_methods, reason = "making files is this command's purpose")]
    let entries = fs::read_dir(&folder).map(|mut entries| entries.next().is_some());
    match entries {
        Ok(true) => bail!("`{shown}` is not empty; `lumen init` makes a package in an existing folder"),
        Ok(false) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("`{shown}` cannot be read")),
    }
    start(session, &folder, &arguments.project, &shown)
}

/// `lumen init [FOLDER]`: existing files stay as they are; an existing manifest is an error.
pub(crate) fn init(session: &Session, arguments: &InitArguments) -> Result<Exit> {
    if arguments.project.list {
        return Ok(template::list(session));
    }
    let (folder, shown) = match &arguments.folder {
        Some(folder) => (
            session.environment.folder.join(folder),
            folder.display().to_string(),
        ),
        None => (session.environment.folder.clone(), ".".to_owned()),
    };
    start(session, &folder, &arguments.project, &shown)
}

/// Names the project and makes it, from a template or as the smallest package.
fn start(session: &Session, folder: &Path, project: &ProjectArguments, shown: &str) -> Result<Exit> {
    let name = match &project.name {
        Some(name) => PackageName::parse(name)
            .map_err(|error| anyhow::anyhow!("`{name}` is not a package name: {error}"))?,
        None => suggested_name(&folder.file_name().unwrap_or_default().to_string_lossy()),
    };
    match &project.template {
        Some(template) => {
            template::make(session, template, folder, &name, project, shown)?;
            join_workspace(session, folder)?;
            Ok(Exit::Done)
        }
        None => make(session, folder, &name, shown),
    }
}

/// Writes manifest, entry document and `.gitignore`; the manifest first, and only if there is none.
fn make(session: &Session, folder: &Path, name: &PackageName, shown: &str) -> Result<Exit> {
    #[expect(clippy::disallowed_methods, reason = "making files is this command's purpose")]
    fs::create_dir_all(folder.join("src")).with_context(|| format!("`{shown}` cannot be made"))?;
    if !write_new(&folder.join(MANIFEST_FILE), &package_manifest(name))? {
        bail!("`{shown}` has a {MANIFEST_FILE} already");
    }
    write_new(
        &folder.join("src/main.lm.md"),
        &MAIN_DOCUMENT.replace("NAME", name.as_str()),
    )?;
    write_new(&folder.join(".gitignore"), GITIGNORE)?;
    session
        .output
        .status("Made", &format!("package {name} in {shown}"));
    session
        .output
        .note("           `lumen run` runs src/main.lm.md, `lumen test` tests it");
    join_workspace(session, folder)?;
    Ok(Exit::Done)
}

/// Makes the package a member of the workspace around it, if there is one that does not have it yet.
fn join_workspace(session: &Session, folder: &Path) -> Result<()> {
    let shown = |path: &Path| shown(path, &session.environment.folder);
    match membership(&Disk, folder) {
        Membership::Alone => {}
        Membership::Member(root) => {
            let manifest = shown(&root.join(MANIFEST_FILE));
            session.output.note(&format!(
                "           it is a member of the workspace of {manifest}"
            ));
        }
        Membership::Missing {
            manifest,
            text: Some(text),
            path,
        } => {
            replace_file(&manifest, &text).with_context(|| {
                format!(
                    "`{}` cannot be written: add \"{path}\" to its `members`",
                    shown(&manifest)
                )
            })?;
            session.output.status(
                "Added",
                &format!("\"{path}\" to `members` in {}", shown(&manifest)),
            );
        }
        Membership::Missing { manifest, .. } => session.output.note(&format!(
            "           it lies below the workspace of {}, whose `members` cannot name it",
            shown(&manifest)
        )),
    }
    Ok(())
}

/// Writes a file that does not exist yet; says whether it did.
fn write_new(path: &Path, text: &str) -> Result<bool> {
    #[expect(clippy::disallowed_methods, reason = "making files is this command's purpose")]
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    match file {
        Ok(mut file) => {
            file.write_all(text.as_bytes())
                .with_context(|| format!("`{}` cannot be written", path.display()))?;
            Ok(true)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error).with_context(|| format!("`{}` cannot be written", path.display())),
    }
}

//! `lumen publish`: check, pack, sign, send, and verify that it is in the log.

use super::Session;
use super::builder::{Builder, Target};
use super::packing::{Allowed, choose, files_to_publish};
use super::registry::Access;
use crate::arguments::{BuildOptions, PublishArguments};
use crate::exit::Exit;
use crate::output::{plural, print_problems};
use anyhow::{Context, Result, anyhow, bail};
use lumen_pkg::archive::{Archive, compress, pack, read};
use lumen_pkg::client::{
    Account, ClientError, Freshness, MAXIMUM_UPLOAD_BYTES, Publication, RegistrySession,
};
use lumen_pkg::protocol::{Commit, PublishAnswer, PublishStatement, PublishedDependency, PublishedVersion};
use lumen_pkg::shell::{Disk, PublishingKey};
use lumen_pkg::{Digest, PackageNode, PublishedManifest, Requirement, Workspace};
use serde_json::json;

/// Publishes a package of the workspace, or with `--dry-run` shows what would be published.
pub(crate) fn publish(session: &Session, arguments: &PublishArguments) -> Result<Exit> {
    let loaded = lumen_pkg::load(&Disk, &session.environment.folder);
    let folder = &session.environment.folder;
    print_problems(
        &session.output,
        &loaded.problems,
        |file| loaded.source_text(file),
        folder,
    );
    let Some(workspace) = &loaded.workspace else {
        bail!("there is no package to publish");
    };
    let Some(package) = choose(session, workspace, arguments.package.as_deref()) else {
        return Ok(Exit::Usage);
    };
    if let Some(exit) = check(session, package)? {
        return Ok(exit);
    }
    let Some(packed) = packed(session, workspace, package, arguments)? else {
        return Ok(Exit::Failed);
    };
    show(session, &packed, arguments.dry_run);
    if arguments.dry_run {
        session.output.status(
            "Checked",
            &format!("{} {}; nothing was sent", package.name, package.version),
        );
        return Ok(Exit::Done);
    }
    send(session, arguments, package, packed)
}

/// A package, ready to be signed.
struct Packed {
    archive: Archive,
    upload: Vec<u8>,
    statement: PublishStatement,
}

/// `lumen check` of the package and what it depends on.
fn check(session: &Session, package: &PackageNode) -> Result<Option<Exit>> {
    let target = Target::of(session, None, Some(package.name.as_str()));
    match Builder::new(session, target, &BuildOptions::default()).run() {
        Ok(built) => {
            session.output.ended(&built.outcome);
            let exit = built.exit();
            Ok((exit != Exit::Done).then_some(exit))
        }
        Err(exit) => Ok(Some(exit)),
    }
}

/// Packs the files, and reads the result as everybody else will.
fn packed(
    session: &Session,
    workspace: &Workspace,
    package: &PackageNode,
    arguments: &PublishArguments,
) -> Result<Option<Packed>> {
    let allowed = Allowed::of(arguments.allowed);
    let Some(files) = files_to_publish(session, workspace, package, allowed)? else {
        return Ok(None);
    };
    let tar = pack(&files)?;
    let archive = read(&tar)?;
    let upload = compress(&tar)?;
    if upload.len() as u64 > MAXIMUM_UPLOAD_BYTES {
        bail!(
            "the archive has {} bytes, compressed; at most {MAXIMUM_UPLOAD_BYTES} are taken",
            upload.len()
        );
    }
    let manifest = PublishedManifest::read(archive.manifest())?;
    if (&manifest.package, &manifest.version) != (&package.name, &package.version) {
        bail!(
            "the manifest to publish is of {} {}",
            manifest.package,
            manifest.version
        );
    }
    let statement = PublishStatement {
        package: manifest.package,
        version: manifest.version,
        archive: archive.digest(),
        size: archive.size(),
        files: archive.tree().root(),
        manifest: Digest::of(archive.manifest()),
        dependencies: manifest.dependencies,
        grants: manifest.grants,
    };
    Ok(Some(Packed {
        archive,
        upload,
        statement,
    }))
}

/// The exact files, their sizes, and what was checked. The list is the result of a dry run, otherwise a note.
fn show(session: &Session, packed: &Packed, dry_run: bool) {
    let statement = &packed.statement;
    for file in packed.archive.files() {
        let mode = if file.executable { "x" } else { "-" };
        let event = json!({
            "event": "file", "version": 1, "path": file.path.as_str(), "bytes": file.content.len(), "executable": file.executable,
        });
        let line = format!("{:>9} {mode} {}", file.content.len(), file.path);
        if dry_run {
            session.output.item(&line, &event);
        } else {
            session.output.note(&line);
            session.output.event(&event);
        }
    }
    let files = plural(packed.archive.files().len(), "file");
    session.output.status(
        "Packed",
        &format!(
            "{} {}: {files}, {} bytes, {} compressed",
            statement.package,
            statement.version,
            statement.size,
            packed.upload.len()
        ),
    );
    session
        .output
        .note(&format!("  archive:    {}", statement.archive));
    session.output.note(&format!("  files:      {}", statement.files));
    for dependency in &statement.dependencies {
        session.output.note(&format!(
            "  depends on: {} {}",
            dependency.name, dependency.requirement
        ));
    }
    for grant in &statement.grants {
        session.output.note(&format!("  asks for:   {grant}"));
    }
    session.output.event(
        &json!({"event": "packed", "version": 1, "statement": statement, "upload": packed.upload.len()}),
    );
}

fn send(
    session: &Session,
    arguments: &PublishArguments,
    package: &PackageNode,
    packed: Packed,
) -> Result<Exit> {
    let access = Access::new(session, Freshness::Now)?;
    let registry = access.choose(&arguments.registry, Some(&package.name))?;
    let token = access.token(registry)?;
    let key = PublishingKey::load(&session.environment.home)?.with_context(|| {
        format!(
            "there is no publishing key; `lumen login {}` makes and announces one",
            registry.url
        )
    })?;
    let opened = access.open(registry)?;
    if let Some(leaf) = published_before(&opened, &packed.statement)? {
        let line = format!(
            "{} {}, leaf {leaf} in the log of {}",
            package.name,
            package.version,
            opened.origin()
        );
        session.output.status(
            "Kept",
            &format!("{line}: it is published already, with the same files"),
        );
        session.output.event(&published_event(package, leaf, &opened));
        return Ok(Exit::Done);
    }
    check_dependencies(&opened, &packed.statement)?;
    let publication = Publication {
        commit: Commit {
            signature: key.sign(&packed.statement.signed_bytes()),
            key: key.public(),
            statement: packed.statement,
        },
        upload: packed.upload,
    };
    match Account::new(opened.transport(), &token).publish(&publication)? {
        PublishAnswer::Published { leaf } => {
            prove(&opened, &publication.commit.statement, leaf)?;
            let size = opened.checkpoint().size;
            session.output.status(
                "Published",
                &format!(
                    "{} {}, leaf {leaf} of {size} in the log of {}",
                    package.name,
                    package.version,
                    opened.origin()
                ),
            );
            session.output.event(&published_event(package, leaf, &opened));
            Ok(Exit::Done)
        }
        PublishAnswer::Held { reason } => {
            session.output.error(&format!(
                "{} {} is held, not published: {reason}; somebody at the registry looks at it",
                package.name, package.version
            ));
            session.output.event(&json!({
                "event": "held", "version": 1, "package": package.name, "release": package.version, "reason": reason,
            }));
            Ok(Exit::Failed)
        }
    }
}

fn published_event(package: &PackageNode, leaf: u64, opened: &RegistrySession) -> serde_json::Value {
    json!({
        "event": "published", "version": 1, "package": package.name, "release": package.version, "leaf": leaf,
        "registry": opened.origin(), "size": opened.checkpoint().size,
    })
}

/// The leaf of this very version, if it is in the log: to publish twice is no mistake. Other content under its number is one.
fn published_before(opened: &RegistrySession, statement: &PublishStatement) -> Result<Option<u64>> {
    let release = match opened.release(&statement.package, &statement.version) {
        Err(ClientError::NoPackage { .. } | ClientError::NoVersion { .. }) => return Ok(None),
        release => release?,
    };
    if release.published.statement(&release.package) != *statement {
        bail!(
            "{} {} is published already, with other files; a version never changes, so give this one a new `version`",
            statement.package,
            statement.version
        );
    }
    Ok(Some(release.published.leaf))
}

/// What nobody could use is not published: a published package has its dependencies from its own registry, which must have a version that fits.
fn check_dependencies(opened: &RegistrySession, statement: &PublishStatement) -> Result<()> {
    let unusable = |dependency: &PublishedDependency, why: &str| {
        let PublishStatement { package, version, .. } = statement;
        let PublishedDependency {
            name, requirement, ..
        } = dependency;
        let origin = opened.origin();
        anyhow!(
            "nobody could use {package} {version}: it needs {name} {requirement}, and the registry `{origin}` {why}; publish that first"
        )
    };
    let names: Vec<_> = statement
        .dependencies
        .iter()
        .map(|dependency| dependency.name.clone())
        .collect();
    let records = opened.records(&names)?;
    for (dependency, record) in statement.dependencies.iter().zip(records) {
        let Some(record) = record else {
            return Err(unusable(dependency, "has no such package"));
        };
        let requirement = Requirement::parse(&dependency.requirement).map_err(anyhow::Error::msg)?;
        let fits = |published: &PublishedVersion| requirement.matches(&published.version);
        if !record.record.versions.iter().any(fits) {
            return Err(unusable(dependency, "has no version that fits"));
        }
    }
    Ok(())
}

/// The registry's word is not enough: the version must be what was signed, at the leaf that it names, in a log that continues the one last seen.
fn prove(opened: &RegistrySession, statement: &PublishStatement, leaf: u64) -> Result<()> {
    opened.refresh()?;
    let release = match opened.release(&statement.package, &statement.version) {
        Err(error @ (ClientError::NoPackage { .. } | ClientError::NoVersion { .. })) => {
            bail!(
                "the registry has accepted it and does not show it: {error}; publish again to find out how it stands"
            )
        }
        release => release?,
    };
    let found = release.published.statement(&release.package);
    if found != *statement || release.published.leaf != leaf {
        bail!(
            "the registry shows something else under this version, at leaf {}",
            release.published.leaf
        );
    }
    Ok(())
}

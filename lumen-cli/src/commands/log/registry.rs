//! `lumen log prove`, `verify`, `audit`: proofs of versions, and the audit of a registry.

use super::super::Session;
use super::super::registry::{Access, exact, traffic_event};
use crate::arguments::RegistryArguments;
use crate::exit::Exit;
use crate::output::plural;
use anyhow::{Context, Result, anyhow};
use lumen_pkg::ManifestSource as _;
use lumen_pkg::client::{Freshness, ProvedRelease, verify_bundle};
use lumen_pkg::log::{LogPolicy, MAXIMUM_BUNDLE_BYTES, ProofBundle, VerifierKey};
use lumen_pkg::shell::{Disk, EvidenceFolder, now};
use serde_json::json;
use std::path::Path;

pub(super) fn prove(
    session: &Session,
    version: &str,
    output: Option<&Path>,
    registry: &RegistryArguments,
) -> Result<Exit> {
    let (package, version) = exact(version)?;
    let access = Access::new(session, Freshness::Now)?;
    let opened = access.open(access.choose(registry, Some(&package))?)?;
    let release = opened.release(&package, &version)?;
    let text = opened.bundle(release.published.leaf)?.render();
    match output {
        Some(file) => {
            let path = session.environment.folder.join(file);
            #[expect(
                clippy::disallowed_methods,
                reason = "making the file is this command's purpose"
            )]
            std::fs::write(&path, &text)
                .with_context(|| format!("`{}` cannot be written", file.display()))?;
        }
        None => session.output.data(text.strip_suffix('\n').unwrap_or(&text)),
    }
    if let Some(file) = output {
        session.output.event(&json!({
            "event": "proof", "version": 1, "package": package, "release": version, "leaf": release.published.leaf,
            "origin": opened.origin(), "size": opened.checkpoint().size, "file": file.display().to_string(), "bytes": text.len(),
        }));
    }
    session.output.status(
        "Proved",
        &format!(
            "{package} {version}: leaf {} of {} in the log of {}, {} bytes",
            release.published.leaf,
            opened.checkpoint().size,
            opened.origin(),
            text.len()
        ),
    );
    Ok(Exit::Done)
}

/// Offline: with a key that is given, or with what is known of a registry.
pub(super) fn verify(
    session: &Session,
    file: &Path,
    key: Option<&str>,
    registry: &RegistryArguments,
) -> Result<Exit> {
    let path = session.environment.folder.join(file);
    let bytes = Disk
        .read(&path, MAXIMUM_BUNDLE_BYTES as u64)
        .map_err(|error| anyhow!("`{}` cannot be read: {error}", file.display()))?;
    let policy = match key {
        Some(key) => LogPolicy::new(VerifierKey::parse(key)?, Vec::new(), 0)?,
        None => known_policy(session, &bytes, registry)?,
    };
    let ProvedRelease {
        statement,
        user,
        key,
        index,
        checkpoint,
    } = verify_bundle(&bytes, &policy, now())
        .map_err(|error| EvidenceFolder::new(&session.environment.home).complete(error))?;
    let event = json!({
        "event": "proved", "version": 1, "statement": statement, "user": user, "key": key, "leaf": index,
        "origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root,
    });
    session
        .output
        .item(&format!("{} {}", statement.package, statement.version), &event);
    session
        .output
        .note(&format!("  archive:      {}", statement.archive));
    session
        .output
        .note(&format!("  published by: {user}, key {}", key.id()));
    session.output.status(
        "Verified",
        &format!(
            "leaf {index} of {} in the log of {}; whether it is the newest state only `lumen verify` can tell",
            checkpoint.size, checkpoint.origin
        ),
    );
    Ok(Exit::Done)
}

/// What the registry that is named wants of a checkpoint, or else the one among those known here whose log the proof is of.
fn known_policy(session: &Session, bytes: &[u8], registry: &RegistryArguments) -> Result<LogPolicy> {
    let access = Access::new(session, Freshness::LastSeen)?;
    let origin = ProofBundle::parse(bytes)
        .ok()
        .and_then(|bundle| bundle.checkpoint.text().lines().next().map(str::to_owned));
    let (None, Some(origin)) = (&registry.registry, origin) else {
        return Ok(access.open(access.choose(registry, None)?)?.policy());
    };
    let mut opened = access
        .registries()
        .iter()
        .filter_map(|registry| access.open(registry).ok());
    let found = opened.find(|opened| opened.origin() == origin);
    let found = found.with_context(|| {
        format!("the proof is of the log `{origin}`, which no registry that is known here has; `lumen login URL --root root.json --no-token` makes one known, `--key` gives the log's key")
    })?;
    Ok(found.policy())
}

pub(super) fn audit(session: &Session, registry: &RegistryArguments) -> Result<Exit> {
    let access = Access::new(session, Freshness::Now)?;
    let opened = access.open(access.choose(registry, None)?)?;
    let audited = opened.audit()?;
    let event = json!({
        "event": "audit", "version": 1, "origin": opened.origin(), "leaves": audited.leaves, "packages": audited.packages,
        "releases": audited.releases, "map_roots": audited.map_roots,
    });
    session.output.event(&event);
    session.output.status(
        "Audited",
        &format!(
            "{}: {} leaves, {}, {}, {}; log root, map roots and records are as pinned",
            opened.origin(),
            audited.leaves,
            plural(usize::try_from(audited.packages).unwrap_or(usize::MAX), "package"),
            plural(usize::try_from(audited.releases).unwrap_or(usize::MAX), "version"),
            plural(
                usize::try_from(audited.map_roots).unwrap_or(usize::MAX),
                "map root"
            ),
        ),
    );
    session
        .output
        .event(&traffic_event(&opened.origin(), opened.traffic()));
    Ok(Exit::Done)
}

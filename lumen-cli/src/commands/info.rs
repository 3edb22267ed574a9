//! `lumen info`: what a registry proves about a package.

use super::Session;
use super::registry::{Access, optional_version, traffic_event};
use crate::arguments::InfoArguments;
use crate::exit::Exit;
use crate::output::plural;
use anyhow::{Result, bail};
use lumen_pkg::client::{ClientError, Freshness, RegistrySession};
use lumen_pkg::protocol::PublishedVersion;
use lumen_pkg::{PackageName, Version, utc};
use serde_json::json;

/// Prints one version: the one that is asked for, else the newest that is not yanked.
pub(crate) fn info(session: &Session, arguments: &InfoArguments) -> Result<Exit> {
    let (package, version) = optional_version(&arguments.package)?;
    let freshness = match arguments.offline {
        true => Freshness::LastSeen,
        false => Freshness::Now,
    };
    let access = Access::new(session, freshness)?;
    let registry = access.choose(&arguments.registry, Some(&package))?;
    let opened = access.open(registry)?;
    let Some(record) = opened.record(&package)? else {
        return Err(ClientError::NoPackage {
            package,
            registry: opened.origin(),
        }
        .into());
    };
    let Some(version) = version.or_else(|| newest(&record.record.versions)) else {
        bail!("all versions of {package} are yanked; name one, `lumen info {package}@1.2.0`");
    };
    let release = opened.release(&package, &version)?.published;
    print(session, &opened, &package, &release);
    let mut sorted: Vec<&PublishedVersion> = record.record.versions.iter().collect();
    sorted.sort_by(|one, other| other.version.cmp(&one.version));
    let mut versions: Vec<String> = (sorted.into_iter())
        .map(|published| match published.yanked {
            true => format!("{} (yanked)", published.version),
            false => published.version.to_string(),
        })
        .collect();
    versions.truncate(10);
    let all = plural(record.record.versions.len(), "version");
    session
        .output
        .note(&format!("  versions:     {} ({all})", versions.join(", ")));
    session
        .output
        .event(&traffic_event(&opened.origin(), opened.traffic()));
    Ok(Exit::Done)
}

/// The highest that is not yanked; pre-releases only if there is nothing else.
pub(super) fn newest(versions: &[PublishedVersion]) -> Option<Version> {
    let usable = || {
        versions
            .iter()
            .filter(|published| !published.yanked)
            .map(|published| &published.version)
    };
    let newest = usable()
        .filter(|version| version.pre.is_empty())
        .max()
        .or_else(|| usable().max());
    newest.cloned()
}

fn print(session: &Session, opened: &RegistrySession, package: &PackageName, release: &PublishedVersion) {
    let yanked = if release.yanked { " (yanked)" } else { "" };
    let event = json!({
        "event": "release", "version": 1, "package": package, "release": release.version, "yanked": release.yanked,
        "registry": opened.origin(), "leaf": release.leaf, "time": release.time, "archive": release.archive, "size": release.size,
        "files": release.files, "user": release.user, "key": release.key, "grants": release.grants,
        "dependencies": release.dependencies,
    });
    session
        .output
        .item(&format!("{package} {}{yanked}", release.version), &event);
    let note = |name: &str, value: String| session.output.note(&format!("  {name:<13} {value}"));
    note("registry:", opened.origin());
    if opened.freshness() == Freshness::LastSeen {
        note("last seen:", utc(opened.refreshed()));
    }
    note(
        "published by:",
        format!("{}, key {}", release.user, release.key.id()),
    );
    note("published at:", utc(release.time));
    note(
        "leaf:",
        format!("{} of {} in the log", release.leaf, opened.checkpoint().size),
    );
    note(
        "archive:",
        format!("{} bytes, SHA-256 {}", release.size, release.archive),
    );
    for dependency in &release.dependencies {
        note(
            "depends on:",
            format!("{} {}", dependency.name, dependency.requirement),
        );
    }
    for grant in &release.grants {
        note("asks for:", grant.clone());
    }
}

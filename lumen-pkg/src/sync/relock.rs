//! From what a resolution has chosen to a lock.

use super::packages::FetchError;
use super::world::World;
use crate::git::{CommitId, GitUrl};
use crate::grant::Grant;
use crate::lock::{Lock, LockedDependency, LockedPackage, LockedSource};
use crate::solve::{Chosen, Resolved, Solution, Source, SourcedName};
use std::collections::BTreeSet;

/// The lock of a solution. What `old` says of registries stays as it is where nothing else changes.
pub(super) fn lock_of(
    world: &World<'_>,
    solution: &Solution,
    old: Option<&Lock>,
) -> Result<Lock, FetchError> {
    let mut lock = Lock::default();
    for resolved in &solution.packages {
        lock.packages.push(package(world, solution, resolved)?);
    }
    let commits: BTreeSet<(&str, &str)> = solution
        .packages
        .iter()
        .filter_map(|resolved| match &resolved.chosen.source {
            Source::Git { url, revision } => Some((&**url, &**revision)),
            _ => None,
        })
        .collect();
    lock.repositories = world.repositories();
    lock.repositories
        .retain(|known| commits.contains(&(known.url.as_str(), known.commit.as_str())));
    lock.sort();
    let origins: BTreeSet<&str> = lock
        .packages
        .iter()
        .filter_map(|package| package.source.origin())
        .collect();
    let same = old.filter(|old| old.packages == lock.packages && old.repositories == lock.repositories);
    lock.registries = match same {
        Some(old) => old.registries.clone(),
        None => origins
            .into_iter()
            .map(|origin| world.packages.registry(origin))
            .collect::<Result<_, _>>()?,
    };
    lock.sort();
    Ok(lock)
}

fn package(world: &World<'_>, solution: &Solution, resolved: &Resolved) -> Result<LockedPackage, FetchError> {
    let Chosen {
        name,
        version,
        source,
    } = &resolved.chosen;
    let (source, grants) = match source {
        Source::Workspace => (LockedSource::Workspace, Vec::new()),
        Source::Path(path) => (LockedSource::Path(path.to_string()), Vec::new()),
        Source::Git { url, revision } => git(world, &resolved.chosen, url, revision)?,
        Source::Registry(origin) => {
            let sourced = SourcedName {
                name: name.clone(),
                source: source.clone(),
            };
            let published = world.packages.published(&sourced, version)?;
            let source = LockedSource::Registry {
                origin: origin.to_string(),
                archive: published.archive,
                files: published.files,
                leaf: published.leaf,
            };
            (source, published.grants)
        }
    };
    let edges = |places: &[usize]| -> Vec<LockedDependency> {
        let ends = places.iter().filter_map(|place| solution.packages.get(*place));
        ends.map(|end| LockedDependency {
            name: end.chosen.name.clone(),
            version: Some(end.chosen.version.clone()),
        })
        .collect()
    };
    Ok(LockedPackage {
        name: name.clone(),
        version: version.clone(),
        source,
        grants,
        dependencies: edges(&resolved.dependencies),
        dev_dependencies: edges(&resolved.dev_dependencies),
    })
}

fn git(
    world: &World<'_>,
    chosen: &Chosen,
    url: &str,
    revision: &str,
) -> Result<(LockedSource, Vec<Grant>), FetchError> {
    let known = GitUrl::parse(url).ok().zip(CommitId::parse(revision));
    let (url, commit) =
        known.ok_or_else(|| FetchError::failed(format!("{url} at {revision} is no commit")))?;
    let checkout = world.checkout(&url, &commit)?;
    let grants = match checkout.find(&chosen.name) {
        Some((_, package)) => package.grants.clone(),
        None => Vec::new(),
    };
    Ok((LockedSource::Git { url, commit }, grants))
}

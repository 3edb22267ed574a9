//! What a lock says of packages from registries is what their archives say: name, version, grants, and which packages they need in which versions. A lock is
//! edited, merged and reviewed in a hurry; so that an entry which leads to another package, or to a version that its user never asked for, builds nowhere, it is
//! compared with the manifests in the package store, which are named by their digests.
//!
//! Not whether the registry has published them: that is asked when they are fetched, and by `lumen verify`.

use super::packages::FetchError;
use super::world::World;
use crate::client::{Rule, Violation};
use crate::lock::{LOCK_ENTRY, Lock, LockedPackage, LockedSource};
use crate::name::PackageName;
use crate::published::PublishedManifest;
use crate::requirement::Requirement;
use crate::{MANIFEST_FILE, MAXIMUM_MANIFEST_BYTES};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Compares. `folders` runs parallel to the lock's packages; only packages of registries have one.
///
/// # Errors
/// The first difference, which is one of security; or a manifest cannot be read.
pub(super) fn check(world: &World<'_>, lock: &Lock, folders: &[Option<PathBuf>]) -> Result<(), FetchError> {
    for (locked, folder) in lock.packages.iter().zip(folders) {
        if let (LockedSource::Registry { origin, .. }, Some(folder)) = (&locked.source, folder) {
            let bytes = read(world, folder)?;
            let checked = PublishedManifest::read(&bytes).map_err(|error| {
                refused(
                    locked,
                    "a manifest fit for publishing".to_owned(),
                    error.to_string(),
                )
            });
            let checked = checked.and_then(|manifest| {
                identity(locked, &manifest)?;
                edges(world, lock, locked, origin, &manifest)
            });
            checked.map_err(|violation| {
                let shown = violation
                    .with(LOCK_ENTRY, locked.render().as_bytes())
                    .with(MANIFEST_FILE, &bytes);
                world.packages.refused(shown)
            })?;
        }
    }
    Ok(())
}

fn read(world: &World<'_>, folder: &Path) -> Result<Vec<u8>, FetchError> {
    let path = folder.join(MANIFEST_FILE);
    let bytes = world.manifests.read(&path, MAXIMUM_MANIFEST_BYTES);
    bytes.map_err(|error| FetchError::failed(format!("`{}` cannot be read: {error}", path.display())))
}

fn identity(locked: &LockedPackage, manifest: &PublishedManifest) -> Result<(), Box<Violation>> {
    let said = (&locked.name, &locked.version);
    if said != (&manifest.package, &manifest.version) {
        let expected = format!("its archive to be of {} {}", locked.name, locked.version);
        let found = format!("one of {} {}", manifest.package, manifest.version);
        return Err(refused(locked, expected, found));
    }
    let mut grants: Vec<String> = locked.grants.iter().map(ToString::to_string).collect();
    grants.sort();
    if grants != manifest.grants {
        let shown = |grants: &[String]| format!("grants [{}]", grants.join(", "));
        let found = format!("{} in the lock", shown(&grants));
        return Err(refused(locked, shown(&manifest.grants), found));
    }
    Ok(())
}

fn edges(
    world: &World<'_>,
    lock: &Lock,
    locked: &LockedPackage,
    origin: &str,
    manifest: &PublishedManifest,
) -> Result<(), Box<Violation>> {
    let needed: BTreeSet<&PackageName> = manifest.dependencies.iter().map(|need| &need.name).collect();
    let extra = (locked.dependencies.iter()).find(|edge| !needed.contains(&edge.name));
    if let Some(extra) = extra {
        let found = format!("`{}` in the lock", extra.name);
        return Err(refused(
            locked,
            "the dependencies of its manifest".to_owned(),
            found,
        ));
    }
    for need in &manifest.dependencies {
        let (name, requirement) = (&need.name, &need.requirement);
        let expected = || format!("`{name} {requirement}`, as its manifest says");
        let edge = locked.dependencies.iter().find(|edge| edge.name == *name);
        let Some(target) = edge.and_then(|edge| lock.find(edge)) else {
            return Err(refused(
                locked,
                expected(),
                "no such entry in the lock".to_owned(),
            ));
        };
        if !Requirement::parse(requirement).is_ok_and(|requirement| requirement.matches(&target.version)) {
            return Err(refused(
                locked,
                expected(),
                format!("{} in the lock", target.version),
            ));
        }
        if !may_come_from(world, target, origin) {
            let expected = format!("`{name}` of the registry {origin}");
            return Err(refused(
                locked,
                expected,
                format!("`{}` in the lock", target.source),
            ));
        }
    }
    Ok(())
}

/// What a package of a registry needs comes from the same one, unless its scope is bound to a registry or the name is patched; whether it then comes from there is
/// looked at for all packages of the lock (`satisfied`).
fn may_come_from(world: &World<'_>, target: &LockedPackage, origin: &str) -> bool {
    if world.outside.patches.contains_key(&target.name) {
        return true;
    }
    let is_bound = || world.registries.bound_to(target.name.scope()).is_some();
    match &target.source {
        LockedSource::Registry { origin: of, .. } => of == origin || is_bound(),
        LockedSource::Workspace | LockedSource::Path(_) | LockedSource::Git { .. } => false,
    }
}

fn refused(locked: &LockedPackage, expected: String, found: String) -> Box<Violation> {
    let subject = format_args!("`lumen.lock`, at {} {}", locked.name, locked.version).to_string();
    Violation::new(Rule::LockEntry, subject, expected, found)
}

//! What the solver is asked: what the workspace needs, which versions of the lock are to be kept, and where packages may come from.

use super::{Sync, SyncError, Update};
use crate::graph::{PackageIndex, PackageNode};
use crate::lock::{LockedPackage, LockedSource};
use crate::name::PackageName;
use crate::solve::{Bucket, Locked, Need, Policy, Preference, Source, SourcedName};

impl Sync<'_> {
    /// Every member.
    pub(super) fn roots(&self) -> Vec<Need> {
        let need = |(_, package): (PackageIndex, &PackageNode)| Need {
            package: SourcedName {
                name: package.name.clone(),
                source: self.world.source_of(package),
            },
            requirement: None,
        };
        self.workspace.members().map(need).collect()
    }

    /// The versions of the lock that are not given up.
    pub(super) fn preferences(&self) -> Result<Vec<Locked>, SyncError> {
        let given_up: &[PackageName] = match &self.request.update {
            Update::Nothing => &[],
            Update::Everything => return Ok(Vec::new()),
            Update::Packages(names) => names,
            Update::Precise(name, _) => std::slice::from_ref(name),
        };
        self.check_known(given_up)?;
        let Some(lock) = self.lock else {
            return Ok(Vec::new());
        };
        let mut kept = Vec::new();
        for package in &lock.packages {
            let Some(locked) = preference(package) else {
                continue;
            };
            match &self.request.update {
                Update::Precise(name, version) if *name == package.name => {
                    if lock.of_name(name).len() == 1 || Bucket::of(version) == Bucket::of(&package.version) {
                        kept.push(Locked {
                            version: version.clone(),
                            ..locked
                        });
                    } else {
                        kept.push(locked);
                    }
                }
                _ if given_up.contains(&package.name) => {}
                _ => kept.push(locked),
            }
        }
        Ok(kept)
    }

    pub(super) fn policy(&self) -> Result<Policy, SyncError> {
        let world = &self.world;
        let mut policy = Policy {
            now: self.request.now,
            preference: match self.request.minimal {
                true => Preference::Oldest,
                false => Preference::Newest,
            },
            patches: world.patches()?,
            ..Policy::default()
        };
        for want in &world.outside.wants {
            world.need(want)?;
        }
        for registry in world.registries.iter() {
            let is_locked = || {
                let locked = self.lock.iter().flat_map(|lock| &lock.registries);
                locked
                    .map(|locked| &locked.name)
                    .any(|name| *name == registry.name)
            };
            if !registry.scopes.is_empty() || is_locked() {
                match world.origin(&registry.name) {
                    Err(error) if error.is_security() => return Err(error.into()),
                    // It is asked again if something is to come from there; until then nothing of its scopes comes from elsewhere.
                    Err(_) | Ok(_) => {}
                }
            }
        }
        let origins = world.origins();
        for registry in world.registries.iter() {
            let origin = origins.get(&registry.name);
            for scope in &registry.scopes {
                let bound = origin.map_or_else(
                    || format!("the registry {}", registry.name),
                    |origin| origin.to_string(),
                );
                policy.scopes.insert(scope.clone(), bound);
            }
            let Some(origin) = origin else { continue };
            let age = match registry.minimum_release_age {
                Some(age) => Some(age),
                None => world.packages.minimum_release_age(origin)?,
            };
            if let Some(age) = age {
                policy.minimum_release_age.insert(origin.to_string(), age);
            }
        }
        Ok(policy)
    }
}

/// What a locked package means to the solver; nothing for packages of this disk, of which there is one version only.
fn preference(package: &LockedPackage) -> Option<Locked> {
    let source = match &package.source {
        LockedSource::Workspace | LockedSource::Path(_) => return None,
        LockedSource::Git { .. } | LockedSource::Registry { .. } => {
            Source::parse(&package.source.to_string())?
        }
    };
    Some(Locked {
        package: SourcedName {
            name: package.name.clone(),
            source,
        },
        version: package.version.clone(),
    })
}

//! Whether a lock still says what the manifests say, without solving: every edge of the workspace's own packages is there and leads to a
//! version that fits, and nothing else is. What fetched packages need does not change, so it is not looked at again.

use super::world::local_source;
use crate::config::Registries;
use crate::graph::{Dependency, PackageIndex, PackageNode, Workspace};
use crate::lock::{Lock, LockedDependency, LockedPackage, LockedSource};
use crate::name::PackageName;
use crate::outside::{Outside, Patched, Place, Want};
use std::collections::{BTreeMap, BTreeSet};

/// What the lock does not say as the manifests do, each a sentence without a full stop; empty if it holds.
pub(super) fn differences(
    workspace: &Workspace,
    outside: &Outside,
    registries: &Registries,
    lock: &Lock,
) -> Vec<String> {
    let mut check = Check {
        workspace,
        outside,
        registries,
        lock,
        found: Vec::new(),
    };
    let reached = check.own_packages();
    check.leftovers(&reached);
    check.patches();
    check.scopes();
    check.found
}

struct Check<'c> {
    workspace: &'c Workspace,
    outside: &'c Outside,
    registries: &'c Registries,
    lock: &'c Lock,
    found: Vec<String>,
}

/// Name and version.
type Key<'c> = (&'c PackageName, &'c semver::Version);

impl<'c> Check<'c> {
    /// Checks the packages of this disk that are needed, from the members on; the locked packages that are reached.
    fn own_packages(&mut self) -> BTreeSet<Key<'c>> {
        let mut reached: BTreeSet<Key<'c>> = BTreeSet::new();
        let mut open: Vec<&'c LockedPackage> = Vec::new();
        let (workspace, lock) = (self.workspace, self.lock);
        for (_, member) in workspace.members() {
            match self.locked(member) {
                Some(locked) => open.push(locked),
                None => self.found.push(match lock.of_name(&member.name) {
                    [] => format!("the lock does not have `{}`", member.name),
                    _ => format!("`{}` is {} of this workspace now", member.name, member.version),
                }),
            }
        }
        while let Some(package) = open.pop() {
            if !reached.insert((&package.name, &package.version)) {
                continue;
            }
            if let LockedSource::Workspace | LockedSource::Path(_) = &package.source {
                match self.here(package) {
                    Some(index) => self.edges(package, index),
                    None => self.found.push(format!(
                        "`{} {}` is not where the lock has it ({})",
                        package.name, package.version, package.source
                    )),
                }
            }
            let edges = package.dependencies.iter().chain(&package.dev_dependencies);
            open.extend(edges.filter_map(|edge| lock.find(edge)));
        }
        reached
    }

    /// The lock's entry of a package of this disk.
    fn locked(&self, package: &PackageNode) -> Option<&'c LockedPackage> {
        let source = local_source(self.workspace, package).to_string();
        let same = |locked: &&LockedPackage| {
            locked.version == package.version && locked.source.to_string() == source
        };
        self.lock.of_name(&package.name).iter().find(same)
    }

    /// The package of this disk that an entry stands for.
    fn here(&self, locked: &LockedPackage) -> Option<PackageIndex> {
        let source = locked.source.to_string();
        self.workspace.named(locked.name.as_str()).find(|index| {
            let package = self.workspace.package(*index);
            package.version == locked.version && local_source(self.workspace, package).to_string() == source
        })
    }

    fn edges(&mut self, locked: &'c LockedPackage, index: PackageIndex) {
        let (workspace, outside) = (self.workspace, self.outside);
        let package = workspace.package(index);
        let parts = [
            (&package.dependencies, &locked.dependencies, false),
            (&package.dev_dependencies, &locked.dev_dependencies, true),
        ];
        for (here, edges, dev) in parts {
            let mut by_name: BTreeMap<&PackageName, &LockedDependency> =
                edges.iter().map(|edge| (&edge.name, edge)).collect();
            for dependency in here {
                let edge = by_name.remove(&dependency.name);
                self.edge_here(package, dependency, edge);
            }
            let wants = outside.wants.iter();
            for want in wants.filter(|want| want.owner == index && want.dev == dev) {
                let edge = by_name.remove(&want.name);
                self.edge_elsewhere(package, want, edge);
            }
            for name in by_name.keys() {
                self.found
                    .push(format!("`{}` does not need `{name}` any more", package.name));
            }
        }
    }

    fn edge_here(&mut self, owner: &PackageNode, dependency: &Dependency, edge: Option<&LockedDependency>) {
        let Some(edge) = edge else {
            return self.new_edge(owner, &dependency.name);
        };
        let target = self.workspace.package(dependency.package);
        let wanted = self.locked(target);
        if wanted.is_none() || self.lock.find(edge) != wanted {
            self.found.push(format!(
                "`{}` uses `{} {}` in `{}` now",
                owner.name,
                target.name,
                target.version,
                self.workspace.relative_root(target)
            ));
        }
    }

    fn edge_elsewhere(&mut self, owner: &PackageNode, want: &Want, edge: Option<&LockedDependency>) {
        let Some(edge) = edge else {
            return self.new_edge(owner, &want.name);
        };
        let Some(locked) = self.lock.find(edge) else {
            self.found
                .push(format!("the lock does not say which `{}` is used", want.name));
            return;
        };
        if let Some(requirement) = &want.requirement
            && !requirement.matches(&locked.version)
        {
            self.found.push(format!(
                "`{}` needs `{} {requirement}`, the lock has {}",
                owner.name, want.name, locked.version
            ));
        }
        if !self.comes_from(locked, want) {
            self.found.push(format!(
                "`{}` takes `{}` from another place than the lock ({})",
                owner.name, want.name, locked.source
            ));
        }
    }

    fn new_edge(&mut self, owner: &PackageNode, name: &PackageName) {
        self.found.push(format!(
            "`{}` needs `{name}`, the lock does not say so",
            owner.name
        ));
    }

    fn comes_from(&self, locked: &LockedPackage, want: &Want) -> bool {
        match (&want.place, &locked.source) {
            (Place::Git { url, reference }, LockedSource::Git { url: of, commit }) => {
                url == of && self.lock.commit(url, reference) == Some(commit)
            }
            (Place::Registry { asked }, LockedSource::Registry { origin, .. }) => {
                let chosen = self.registries.choose(&want.name, asked.as_deref());
                chosen.is_ok_and(|chosen| self.is_registry(&chosen.name, origin))
            }
            _ => false,
        }
    }

    /// Whether the registry of that name in the configuration is the one of that origin in the lock.
    fn is_registry(&self, name: &str, origin: &str) -> bool {
        self.registries.get(name).is_some_and(|registry| {
            self.lock.registries.iter().any(|locked| {
                let same_place = locked
                    .url
                    .as_deref()
                    .is_none_or(|url| url == registry.url.as_str());
                locked.name == name && locked.origin == origin && same_place
            })
        })
    }

    /// Entries that nobody leads to.
    fn leftovers(&mut self, reached: &BTreeSet<Key<'c>>) {
        for package in &self.lock.packages {
            if !reached.contains(&(&package.name, &package.version)) {
                self.found.push(format!(
                    "nothing needs `{} {}` any more",
                    package.name, package.version
                ));
            }
        }
    }

    /// Every package of a patched name is the patch.
    fn patches(&mut self) {
        for (name, patched) in &self.outside.patches {
            for locked in self.lock.of_name(name) {
                let holds = match (patched, &locked.source) {
                    (Patched::Here(index), _) => self.here(locked) == Some(*index),
                    (Patched::Git { url, reference }, LockedSource::Git { url: of, commit }) => {
                        url == of && self.lock.commit(url, reference) == Some(commit)
                    }
                    (Patched::Git { .. }, _) => false,
                };
                if !holds {
                    self.found.push(format!(
                        "`[patch]` has another `{name}` than the lock ({})",
                        locked.source
                    ));
                }
            }
        }
    }

    /// Nothing comes from another registry than the one that its scope is bound to.
    fn scopes(&mut self) {
        for locked in &self.lock.packages {
            let LockedSource::Registry { origin, .. } = &locked.source else {
                continue;
            };
            let mut names = self
                .lock
                .registries
                .iter()
                .filter(|known| known.origin == *origin);
            let holds = names.any(|known| {
                self.registries.choose(&locked.name, Some(&known.name)).is_ok()
                    && self.is_registry(&known.name, origin)
            });
            if !holds {
                self.found.push(format!(
                    "`{}` does not come from the registry {origin} any more",
                    locked.name
                ));
            }
        }
    }
}

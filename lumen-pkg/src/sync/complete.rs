//! From a lock and the folders of what it names to the whole package graph.

use super::checkout::content;
use super::packages::FetchError;
use super::world::{World, local_source};
use crate::graph::{
    Dependency, Metadata, PackageIndex, PackageNode, PackageSource, Workspace, topological_order,
};
use crate::lock::{Lock, LockedDependency, LockedPackage, LockedSource};
use crate::name::PackageName;
use std::path::PathBuf;

/// Builds the graph. `folders` runs parallel to the lock's packages; only packages of registries have one.
///
/// # Errors
/// If the lock does not hang together: an edge that leads nowhere, or packages that need each other, which nobody but an editor of the
/// lock can bring about.
pub(super) fn graph(
    world: &World<'_>,
    lock: &Lock,
    folders: &[Option<PathBuf>],
) -> Result<Workspace, FetchError> {
    let mut packages = Vec::with_capacity(lock.packages.len());
    for (locked, folder) in lock.packages.iter().zip(folders) {
        packages.push(node(world, lock, locked, folder.clone())?);
    }
    let edges: Vec<Vec<usize>> = packages
        .iter()
        .map(|package| {
            let ends = package.dependencies.iter();
            ends.map(|dependency| dependency.package.as_usize()).collect()
        })
        .collect();
    let order = topological_order(&edges).map_err(|cycles| circle(&packages, &cycles))?;
    let old = world.workspace;
    let current = old.current.and_then(|index| {
        let package = old.package(index);
        let same = |other: &PackageNode| other.root == package.root;
        packages.iter().position(same).map(PackageIndex::new)
    });
    Ok(Workspace {
        root: old.root.clone(),
        packages,
        order: order.into_iter().map(PackageIndex::new).collect(),
        current,
    })
}

fn node(
    world: &World<'_>,
    lock: &Lock,
    locked: &LockedPackage,
    folder: Option<PathBuf>,
) -> Result<PackageNode, FetchError> {
    let dependencies = ends(lock, locked, &locked.dependencies)?;
    let dev_dependencies = ends(lock, locked, &locked.dev_dependencies)?;
    let known = match &locked.source {
        LockedSource::Workspace | LockedSource::Path(_) => here(world, locked),
        LockedSource::Git { url, commit } => {
            let checkout = world.checkout(url, commit)?;
            let package = checkout.find(&locked.name).map(|(_, package)| PackageNode {
                source: PackageSource::Fetched {
                    content: content(commit),
                },
                ..package.clone()
            });
            package.filter(|package| package.version == locked.version)
        }
        LockedSource::Registry { archive, .. } => folder.map(|root| PackageNode {
            name: locked.name.clone(),
            version: locked.version.clone(),
            manifest_path: root.join(crate::MANIFEST_FILE),
            root,
            source: PackageSource::Fetched {
                content: format!("sha256:{archive}"),
            },
            dependencies: Vec::new(),
            dev_dependencies: Vec::new(),
            grants: locked.grants.clone(),
            metadata: Metadata::default(),
        }),
    };
    let known = known.ok_or_else(|| {
        FetchError::failed(format!(
            "`{} {}` is not where the lock has it ({})",
            locked.name, locked.version, locked.source
        ))
    })?;
    Ok(PackageNode {
        dependencies,
        dev_dependencies,
        ..known
    })
}

fn here(world: &World<'_>, locked: &LockedPackage) -> Option<PackageNode> {
    let source = locked.source.to_string();
    let packages = world.workspace.named(locked.name.as_str());
    packages
        .map(|index| world.workspace.package(index))
        .find(|package| local_source(world.workspace, package).to_string() == source)
        .cloned()
}

/// Edges, by name.
fn ends(
    lock: &Lock,
    locked: &LockedPackage,
    edges: &[LockedDependency],
) -> Result<Vec<Dependency>, FetchError> {
    let end = |edge: &LockedDependency| {
        let target = lock.find(edge).ok_or_else(|| nowhere(locked, &edge.name))?;
        let key = (&target.name, &target.version);
        let place = lock
            .packages
            .binary_search_by(|package| (&package.name, &package.version).cmp(&key))
            .map_err(|_| nowhere(locked, &edge.name))?;
        Ok(Dependency {
            name: target.name.clone(),
            package: PackageIndex::new(place),
        })
    };
    let mut ends: Vec<Dependency> = edges.iter().map(end).collect::<Result<_, FetchError>>()?;
    ends.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(ends)
}

fn nowhere(locked: &LockedPackage, name: &PackageName) -> FetchError {
    FetchError::failed(format!(
        "the lock does not say which `{name}` is used by `{} {}`; delete the file and build again",
        locked.name, locked.version
    ))
}

fn circle(packages: &[PackageNode], cycles: &[Vec<usize>]) -> FetchError {
    let shortest = cycles.iter().min_by_key(|cycle| cycle.len());
    let members = shortest.into_iter().flatten();
    let mut names: Vec<String> = members
        .filter_map(|place| packages.get(*place))
        .map(|package| format!("{} {}", package.name, package.version))
        .collect();
    names.extend(names.first().cloned());
    FetchError::failed(format!(
        "packages need each other in a circle: {}\n  help: choose versions without the circle",
        names.join(" -> ")
    ))
}

//! From the records of a registry's index to candidates.

use super::model::{Candidate, Need, Source, SourcedName};
use crate::name::PackageName;
use crate::protocol::{PublishedVersion, Record};
use crate::requirement::Requirement;
use semver::Version;
use std::sync::Arc;

/// A version of a record needs something that cannot be read. Registries refuse to publish such versions.
#[derive(Debug, thiserror::Error)]
#[error(
    "{package} {version} has the requirement `{requirement}` on {dependency}, which cannot be read: {reason}"
)]
pub struct PublishedError {
    /// The package of the record.
    pub package: PackageName,
    /// Its version.
    pub version: Version,
    /// What it needs.
    pub dependency: PackageName,
    /// As it was published.
    pub requirement: String,
    /// In words.
    pub reason: String,
}

impl Candidate {
    /// The versions of a record of the registry `origin`. Dependencies that name no registry come from the same one.
    ///
    /// # Errors
    /// If a requirement cannot be read.
    pub fn published(record: &Record, origin: &Arc<str>) -> Result<Vec<Self>, PublishedError> {
        let versions = record.versions.iter();
        versions
            .map(|version| from_version(&record.package, version, origin))
            .collect()
    }
}

fn from_version(
    package: &PackageName,
    published: &PublishedVersion,
    origin: &Arc<str>,
) -> Result<Candidate, PublishedError> {
    let need = |dependency: &crate::protocol::PublishedDependency| {
        let requirement = Requirement::parse(&dependency.requirement).map_err(|reason| PublishedError {
            package: package.clone(),
            version: published.version.clone(),
            dependency: dependency.name.clone(),
            requirement: dependency.requirement.clone(),
            reason,
        })?;
        let registry = dependency.registry.as_deref().map(Arc::from);
        Ok(Need {
            package: SourcedName {
                name: dependency.name.clone(),
                source: Source::Registry(registry.unwrap_or_else(|| Arc::clone(origin))),
            },
            requirement: Some(requirement),
        })
    };
    Ok(Candidate {
        needs: published
            .dependencies
            .iter()
            .map(need)
            .collect::<Result<_, _>>()?,
        yanked: published.yanked,
        time: Some(published.time),
        ..Candidate::new(published.version.clone())
    })
}

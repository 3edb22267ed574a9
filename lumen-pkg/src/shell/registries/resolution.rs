//! The registries of a workspace as the solver and `sync` see them.

use super::verify::seen_checkpoint;
use super::{RegistryPackages, not_of_a_registry};
use crate::archive::Archive;
use crate::client::is_yanked;
use crate::client::{ClientError, Rule, VerifiedRelease, Violation};
use crate::config::Registry;
use crate::grant::Grant;
use crate::lock::{LockedBundle, LockedCheckpoint, LockedPackage, LockedRegistry, LockedSource, Proofs};
use crate::shell::store::Proved;
use crate::shell::trust::TrustFolder;
use crate::solve::{Candidate, Provider, ProviderError, Source, SourcedName};
use crate::sync::{FetchError, Packages, Published};
use semver::Version;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

impl Provider for RegistryPackages {
    fn candidates(&self, package: &SourcedName) -> Result<Arc<[Candidate]>, ProviderError> {
        let Source::Registry(origin) = &package.source else {
            return Err(ProviderError::NotFound);
        };
        // What did not verify has to stay recognisable as that.
        let failed = |error: ClientError| ProviderError::Failed(Box::new(self.fetch_error(error)));
        let session = self.session_of(origin, Some(&package.name)).map_err(failed)?;
        let record = session.record(&package.name).map_err(failed)?;
        let record = record.ok_or(ProviderError::NotFound)?;
        let candidates = self.candidates_of(&record.record, origin).map_err(failed)?;
        Ok(candidates.into())
    }

    fn prefetch(&self, packages: &[SourcedName]) {
        let mut by_origin: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for package in packages {
            if let Source::Registry(origin) = &package.source {
                by_origin.entry(origin).or_default().push(package.name.clone());
            }
        }
        for (origin, names) in by_origin {
            // What fails fails again, and is reported, when the package is asked for.
            drop(
                self.session_of(origin, names.first())
                    .and_then(|session| session.prefetch(&names)),
            );
        }
    }
}

impl Packages for RegistryPackages {
    fn origin(&self, registry: &Registry) -> Result<String, FetchError> {
        self.session(registry)
            .map(|session| session.origin())
            .map_err(|error| self.fetch_error(error))
    }

    fn minimum_release_age(&self, origin: &str) -> Result<Option<u64>, FetchError> {
        let session = self
            .session_of(origin, None)
            .map_err(|error| self.fetch_error(error))?;
        let age = session.registry().minimum_release_age;
        Ok((age > 0).then_some(age))
    }

    fn published(&self, package: &SourcedName, version: &Version) -> Result<Published, FetchError> {
        let Source::Registry(origin) = &package.source else {
            return Err(self.fetch_error(not_of_a_registry(&package.name)));
        };
        let session = self
            .session_of(origin, Some(&package.name))
            .map_err(|error| self.fetch_error(error))?;
        let release = session
            .release(&package.name, version)
            .map_err(|error| self.fetch_error(error))?
            .published;
        let grants: Result<Vec<Grant>, _> = release.grants.iter().map(|text| Grant::parse(text)).collect();
        Ok(Published {
            archive: release.archive,
            files: release.files,
            leaf: release.leaf,
            grants: grants.map_err(|error| {
                let subject = format!("{} {version}", package.name);
                self.fetch_error(
                    Violation::new(Rule::RecordForm, subject, "well-formed grants", error).into(),
                )
            })?,
        })
    }

    fn registry(&self, origin: &str) -> Result<LockedRegistry, FetchError> {
        let sessions = self.sessions();
        let known = sessions.iter().find_map(|(name, opened)| {
            let session = opened.as_ref().ok()?;
            (session.origin() == origin).then(|| (name.clone(), session.checkpoint()))
        });
        let (name, checkpoint) = known.ok_or_else(|| {
            FetchError::failed(format!("the registry with the origin `{origin}` was not asked"))
        })?;
        Ok(LockedRegistry {
            url: self
                .registries
                .get(&name)
                .map(|registry| registry.url.to_string()),
            name,
            origin: checkpoint.origin,
            size: checkpoint.size,
            root: checkpoint.root,
        })
    }

    fn continues(&self, seen: &LockedRegistry) -> Result<(), FetchError> {
        let opened: Vec<_> = self.sessions().values().flatten().map(Arc::clone).collect();
        for session in opened.iter().filter(|session| session.origin() == seen.origin) {
            session
                .continues(&seen_checkpoint(seen))
                .map_err(|error| self.fetch_error(error))?;
        }
        Ok(())
    }

    fn stored(&self, package: &LockedPackage) -> Option<PathBuf> {
        match &package.source {
            LockedSource::Registry {
                origin,
                archive,
                files,
                leaf,
            } => {
                let roots = self.roots().iter();
                let publications = roots.map(|root| Proved::new(root, origin, *leaf));
                let found = self.store.find(archive, files);
                found.filter(|_| self.store.is_proved(archive, publications))
            }
            _ => None,
        }
    }

    fn obtain(&self, packages: &[&LockedPackage]) -> Result<Vec<PathBuf>, FetchError> {
        let missing: Vec<&LockedPackage> = (packages.iter().copied())
            .filter(|package| self.stored(package).is_none())
            .collect();
        for (session, releases) in self
            .locked_releases(&missing)
            .map_err(|error| self.fetch_error(error))?
        {
            let (root, origin) = (TrustFolder::id(session.pinned_root()), session.origin());
            let install = &mut |release: &VerifiedRelease, archive: &Archive| {
                let proved = Proved::new(&root, &origin, release.published.leaf);
                let installed = self.store.install(archive);
                let installed = installed.and_then(|_| self.store.keep_proved(&archive.digest(), &proved));
                installed.map_err(|error| ClientError::Local {
                    what: "the package cannot be stored".to_owned(),
                    reason: error.to_string(),
                })
            };
            session
                .obtain(&releases, self.progress.as_ref(), install)
                .map_err(|error| self.fetch_error(error))?;
        }
        let folder = |package: &&LockedPackage| {
            self.stored(package).ok_or_else(|| {
                FetchError::failed(format!(
                    "{} {} was stored and is gone",
                    package.name, package.version
                ))
            })
        };
        packages.iter().map(folder).collect()
    }

    fn prove(
        &self,
        registry: &LockedRegistry,
        packages: &[&LockedPackage],
    ) -> Result<(LockedCheckpoint, Vec<LockedBundle>), FetchError> {
        self.prove_locked(registry, packages)
            .map_err(|error| self.fetch_error(error))
    }

    fn check_proofs(&self, proofs: &Proofs, packages: &[&LockedPackage]) -> Result<(), FetchError> {
        self.verify_proofs(packages, proofs)
            .map_err(|error| self.fetch_error(error))
    }

    fn is_yanked(&self, package: &LockedPackage) -> bool {
        self.yanked(package).unwrap_or_default()
    }

    fn refused(&self, violation: Box<Violation>) -> FetchError {
        self.fetch_error(violation.into())
    }
}

impl RegistryPackages {
    /// Nothing if it is not known. A registry that was not asked in this command is looked at as it was last seen: what is cached of it is verified again.
    fn yanked(&self, package: &LockedPackage) -> Option<bool> {
        let origin = package.source.origin()?;
        let opened: Vec<_> = self.sessions().values().flatten().map(Arc::clone).collect();
        let asked = opened.iter().find(|session| session.origin() == origin);
        if let Some(known) = asked.and_then(|session| session.known_yank(&package.name, &package.version)) {
            return Some(known);
        }
        let registry = self.registries.choose(&package.name, None);
        let mut registries = registry.into_iter().chain(self.registries.iter());
        registries.find_map(|registry| {
            let session = self.last_seen(registry)?;
            if session.origin() != origin {
                return None;
            }
            let record = session.record(&package.name).ok().flatten()?;
            Some(is_yanked(&record.record, &package.version))
        })
    }

    /// As those see it who resolve and build. Evidence that nobody has kept yet is kept.
    fn fetch_error(&self, error: ClientError) -> FetchError {
        let error = self.evidence.complete(error);
        match &error {
            ClientError::Security(_) => FetchError::Security(Box::new(error)),
            ClientError::Network { .. } => FetchError::Unreachable(Box::new(error)),
            _ => FetchError::Failed(Box::new(error)),
        }
    }
}

//! A lock against its registries as of now, or against its proofs without asking anybody; and the files in the store.

use super::{RegistryPackages, not_of_a_registry};
use crate::client::{
    ClientError, RegistrySession, Rule, VerifiedRelease, Violation, verify_bundle, verify_kept_checkpoint,
};
use crate::digest::Digest;
use crate::lock::{
    LOCK_ENTRY, Lock, LockedBundle, LockedCheckpoint, LockedPackage, LockedRegistry, LockedSource,
    PROOFS_FILE, Proofs,
};
use crate::log::Checkpoint;
use crate::name::PackageName;
use crate::shell::connector::now;
use crate::shell::store::StoreFault;
use crate::sync::check_checkpoints;
use semver::Version;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// What became of a lock's verification.
#[derive(Debug, Default)]
pub struct LockReport {
    /// Packages of registries, all of them verified.
    pub packages: usize,
    /// Those whose files are in the store, all of them read and compared.
    pub stored: usize,
    /// The proofs, for [`RegistryPackages::verify_offline`].
    pub proofs: Proofs,
}

impl RegistryPackages {
    /// Verifies every package of a lock again, as of now: the logs continue those of the lock, each version is what the lock holds, and so are the files in the
    /// store.
    ///
    /// # Errors
    /// The first failure; see [`ClientError`].
    pub fn verify(&self, lock: &Lock) -> Result<LockReport, ClientError> {
        self.verify_now(lock)
            .map_err(|error| self.evidence.complete(error))
    }

    fn verify_now(&self, lock: &Lock) -> Result<LockReport, ClientError> {
        let mut report = LockReport::default();
        let packages = of_registries(lock);
        for registry in &lock.registries {
            let of_it: Vec<&LockedPackage> = (packages.iter().copied())
                .filter(|package| package.source.origin() == Some(&registry.origin))
                .collect();
            let (checkpoint, bundles) = self.prove_locked(registry, &of_it)?;
            report.proofs.checkpoints.push(checkpoint);
            report.proofs.bundles.extend(bundles);
        }
        report.proofs.sort();
        report.stored = self.verify_stored(&packages)?;
        report.packages = packages.len();
        Ok(report)
    }

    /// Proves packages of one registry: its log continues that of the lock, each version is what the lock holds, and the proof of each.
    pub(super) fn prove_locked(
        &self,
        registry: &LockedRegistry,
        packages: &[&LockedPackage],
    ) -> Result<(LockedCheckpoint, Vec<LockedBundle>), ClientError> {
        let mut session = self.session_of_lock(registry)?;
        session.continues(&seen_checkpoint(registry))?;
        let mut bundles = Vec::with_capacity(packages.len());
        for (own, releases) in self.locked_releases(packages)? {
            // Where the packages are proved, the checkpoint is, too.
            session = own;
            for release in releases {
                bundles.push(LockedBundle {
                    name: release.package,
                    version: release.published.version,
                    origin: session.origin(),
                    bundle: session.bundle(release.published.leaf)?.render(),
                });
            }
        }
        let checkpoint = LockedCheckpoint {
            origin: registry.origin.clone(),
            note: session.note().render(),
        };
        Ok((checkpoint, bundles))
    }

    /// The same without asking anybody: the proofs of the sidecar under the keys that were last seen, and the files in the store. How things stand now it cannot
    /// tell.
    ///
    /// # Errors
    /// The first failure; see [`ClientError`].
    pub fn verify_offline(&self, lock: &Lock, proofs: &Proofs) -> Result<LockReport, ClientError> {
        let packages = of_registries(lock);
        let verified = self.verify_proofs(&packages, proofs);
        let verified = verified.and_then(|()| Ok(check_checkpoints(lock, proofs)?));
        let stored = verified.and_then(|()| self.verify_stored(&packages));
        Ok(LockReport {
            packages: packages.len(),
            stored: stored.map_err(|error| self.evidence.complete(error))?,
            proofs: Proofs::default(),
        })
    }

    /// The checkpoint of a registry, as it was kept beside its proofs.
    fn kept_checkpoint(
        &self,
        session: &RegistrySession,
        origin: &str,
        proofs: &Proofs,
    ) -> Result<Checkpoint, ClientError> {
        let kept = proofs.checkpoint(origin).ok_or_else(|| ClientError::Local {
            what: format!("`{PROOFS_FILE}` has no checkpoint of {origin}"),
            reason: "`lumen verify` with a network makes it".to_owned(),
        })?;
        verify_kept_checkpoint(kept.note.as_bytes(), &session.policy(), now())
    }

    /// Each package has a proof that verifies under the keys that were last seen, against the one checkpoint of its registry, and proves what the lock holds.
    pub(super) fn verify_proofs(
        &self,
        packages: &[&LockedPackage],
        proofs: &Proofs,
    ) -> Result<(), ClientError> {
        let mut checkpoints: BTreeMap<&str, Checkpoint> = BTreeMap::new();
        for package in packages {
            let LockedSource::Registry {
                origin,
                archive,
                files,
                leaf,
            } = &package.source
            else {
                continue;
            };
            let subject = format!("{} {}", package.name, package.version);
            let session = self.session_of(origin, Some(&package.name))?;
            let checkpoint = match checkpoints.entry(origin) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(self.kept_checkpoint(&session, origin, proofs)?),
            };
            let bundle =
                (proofs.bundle(&package.name, &package.version)).filter(|bundle| bundle.origin == *origin);
            let bundle = bundle.ok_or_else(|| ClientError::Local {
                what: format!("there is no proof of {subject}"),
                reason: "`lumen verify` with a network makes it".to_owned(),
            })?;
            let proved = verify_bundle(bundle.bundle.as_bytes(), &session.policy(), now())
                .map_err(|error| with_entry(error, package))?;
            if proved.checkpoint != *checkpoint {
                let stated = |checkpoint: &Checkpoint| {
                    format!(
                        "the log of size {} with root {}",
                        checkpoint.size, checkpoint.root
                    )
                };
                let expected = format!("a proof against the checkpoint beside it, {}", stated(checkpoint));
                let found = format!("one against {}", stated(&proved.checkpoint));
                let violation = Violation::new(Rule::ProofBundle, subject, expected, found)
                    .with("proof", bundle.bundle.as_bytes());
                return Err(violation.into());
            }
            let expected = (&package.name, &package.version, archive, files, *leaf);
            let statement = &proved.statement;
            let found = (
                &statement.package,
                &statement.version,
                &statement.archive,
                &statement.files,
                proved.index,
            );
            if expected != found {
                let violation = Violation::new(Rule::Lock, subject, shown(expected), shown(found))
                    .with("proof", bundle.bundle.as_bytes());
                return Err(with_entry(violation.into(), package));
            }
        }
        Ok(())
    }

    /// Reads the files of packages that are in the store; says of how many.
    fn verify_stored(&self, packages: &[&LockedPackage]) -> Result<usize, ClientError> {
        let mut stored = 0;
        for package in packages {
            let LockedSource::Registry { archive, files, .. } = &package.source else {
                continue;
            };
            match self.store.verify(archive, files) {
                Ok(()) => stored += 1,
                Err(StoreFault::Absent) => {}
                Err(StoreFault::Unreadable { path, source }) => {
                    return Err(ClientError::Local {
                        what: format!("`{}` cannot be read", path.display()),
                        reason: source.to_string(),
                    });
                }
                Err(fault) => {
                    let subject = format!(
                        "the files of {} {} in the package store",
                        package.name, package.version
                    );
                    let expected = format!("the files with the root {files}");
                    let help = format!(
                        "delete the folder `{}`, then run `lumen fetch`, which fetches and proves the package again",
                        self.store.package(archive).display()
                    );
                    let violation = Violation::new(Rule::FileTree, subject, expected, fault).helped(help);
                    return Err(with_entry(violation.into(), package));
                }
            }
        }
        Ok(stored)
    }
}

/// With the entry of a lock as evidence.
fn with_entry(error: ClientError, package: &LockedPackage) -> ClientError {
    match error {
        ClientError::Security(violation) => violation.with(LOCK_ENTRY, package.render().as_bytes()).into(),
        other => other,
    }
}

/// What a lock holds of a package, and what a proof proves: name, version, archive, files, leaf.
type Held<'h> = (&'h PackageName, &'h Version, &'h Digest, &'h Digest, u64);

fn shown((name, version, archive, files, leaf): Held<'_>) -> String {
    format!("{name} {version}, archive {archive}, files {files}, leaf {leaf}")
}

/// What a lock has seen of a log.
pub(super) fn seen_checkpoint(registry: &LockedRegistry) -> Checkpoint {
    Checkpoint {
        origin: registry.origin.clone(),
        size: registry.size,
        root: registry.root,
    }
}

fn of_registries(lock: &Lock) -> Vec<&LockedPackage> {
    let packages = lock.packages.iter();
    packages
        .filter(|package| package.source.origin().is_some())
        .collect()
}

/// The lock holds what the registry proved.
pub(super) fn check_lock(package: &LockedPackage, release: &VerifiedRelease) -> Result<(), ClientError> {
    let LockedSource::Registry {
        archive, files, leaf, ..
    } = &package.source
    else {
        return Err(not_of_a_registry(&package.name));
    };
    let published = &release.published;
    let pairs = [
        ("archive", archive.to_string(), published.archive.to_string()),
        ("files", files.to_string(), published.files.to_string()),
        ("leaf", leaf.to_string(), published.leaf.to_string()),
    ];
    match pairs
        .into_iter()
        .find(|(_, locked, published)| locked != published)
    {
        Some((key, locked, published)) => Err(Violation::new(
            Rule::Lock,
            format_args!("{} {}", package.name, package.version),
            format_args!("{key} = {locked}, as in the lock"),
            published,
        )
        .with(LOCK_ENTRY, package.render().as_bytes())
        .with("leaf of the log", &release.leaf)
        .into()),
        None => Ok(()),
    }
}

//! The registries of a workspace, over HTTP and the disk: sessions are opened when they are first needed, archives go into the store.
//!
//! What counts as proved is decided in `client`; this file connects it with Lumen's home.

use super::home::Home;
use super::http::Http;
use super::replace::read_bounded;
use super::store::{PackageStore, StoreFault};
use super::trust::TrustFolder;
use crate::client::{
    ClientError, DownloadProgress, Freshness, NoTransport, RegistrySession, Rule, Traffic, Transport,
    VerifiedRelease, Violation, verify_bundle,
};
use crate::config::{Registries, Registry, UserConfig};
use crate::grant::Grant;
use crate::lock::{
    Lock, LockedBundle, LockedCheckpoint, LockedPackage, LockedRegistry, LockedSource, Proofs,
};
use crate::log::Checkpoint;
use crate::name::PackageName;
use crate::protocol::Record;
use crate::solve::{Candidate, Provider, ProviderError, Source, SourcedName};
use crate::sync::{FetchError, Packages, Published};
use semver::Version;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// The largest pinned root that is read, in bytes.
const MAXIMUM_ROOT_BYTES: u64 = 64 * 1024;

/// Seconds since 1970, by the clock of this machine.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
pub fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// Opens sessions with what is in Lumen's home: pinned roots and trust state.
#[derive(Debug, Clone)]
pub struct Connector {
    home: PathBuf,
    freshness: Freshness,
}

impl Connector {
    /// With `home` (`$LUMEN_HOME`, `~/.lumen`).
    pub fn new(home: &Path, freshness: Freshness) -> Self {
        Self {
            home: home.to_path_buf(),
            freshness,
        }
    }

    /// The user's own configuration; what is wrong with it is an error, since registries are not to be guessed.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn user_config(&self) -> Result<UserConfig, ClientError> {
        let home = Home::new(&self.home);
        let read = home.read_config();
        let error = (read.problems.into_iter()).find(|problem| problem.severity == crate::Severity::Error);
        match error {
            Some(problem) => Err(ClientError::Local {
                what: format!("`{}` is wrong", home.config_file().display()),
                reason: problem.message,
            }),
            None => Ok(read.config),
        }
    }

    /// The root that is pinned for a registry: the file that its entry names, or the one that `lumen login` keeps for the same address.
    ///
    /// # Errors
    /// If there is none.
    pub fn pinned_root(&self, registry: &Registry) -> Result<Vec<u8>, ClientError> {
        let own = match &registry.root {
            Some(root) => Some(root.clone()),
            None => Registries::of_user(&self.user_config()?)
                .iter()
                .find(|known| known.url == registry.url)
                .and_then(|known| known.root.clone()),
        };
        let path = own.ok_or_else(|| ClientError::Local {
            what: format!("no root is pinned for the registry `{}`", registry.name),
            reason: format!(
                "get its root.json from somebody you trust, then `lumen login {} --root root.json`, or name the file in `[registries]`",
                registry.url
            ),
        })?;
        read_bounded(&path, MAXIMUM_ROOT_BYTES).map_err(|error| ClientError::Local {
            what: format!(
                "the pinned root `{}` of the registry `{}` cannot be read",
                path.display(),
                registry.name
            ),
            reason: error.to_string(),
        })
    }

    /// A way to a registry; none with [`Freshness::LastSeen`].
    ///
    /// # Errors
    /// If its address cannot be used.
    pub fn transport(&self, url: &str) -> Result<Arc<dyn Transport>, ClientError> {
        match self.freshness {
            Freshness::LastSeen => Ok(Arc::new(NoTransport::new(url))),
            Freshness::Now => Http::new(url)
                .map(|http| Arc::new(http) as Arc<dyn Transport>)
                .map_err(|error| ClientError::Local {
                    what: "the registry cannot be asked".to_owned(),
                    reason: error.to_string(),
                }),
        }
    }

    /// A verified session with a registry.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn connect(&self, registry: &Registry) -> Result<RegistrySession, ClientError> {
        self.connect_with(registry.url.as_str(), &self.pinned_root(registry)?)
    }

    /// A verified session with the registry at an address, by a pinned root.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn connect_with(&self, url: &str, pinned_root: &[u8]) -> Result<RegistrySession, ClientError> {
        let trust = Arc::new(TrustFolder::new(&self.home, pinned_root));
        RegistrySession::open(pinned_root, self.transport(url)?, trust, now(), self.freshness)
    }
}

/// All registries of a workspace, as resolution and build see them.
pub struct RegistryPackages {
    registries: Registries,
    connector: Connector,
    store: PackageStore,
    progress: Box<dyn DownloadProgress>,
    sessions: Mutex<BTreeMap<String, Opened>>,
}

/// A session, or why there is none: a registry that does not answer is asked once in a command.
type Opened = Result<Arc<RegistrySession>, ClientError>;

impl RegistryPackages {
    /// With Lumen's home. Nobody is asked yet.
    pub fn new(
        registries: Registries,
        home: &Path,
        freshness: Freshness,
        progress: Box<dyn DownloadProgress>,
    ) -> Self {
        Self {
            registries,
            connector: Connector::new(home, freshness),
            store: PackageStore::new(home),
            progress,
            sessions: Mutex::default(),
        }
    }

    /// The session with a registry; opened if it was not yet.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub fn session(&self, registry: &Registry) -> Result<Arc<RegistrySession>, ClientError> {
        let mut sessions = self.sessions();
        if let Some(opened) = sessions.get(&registry.name) {
            return opened.clone();
        }
        let opened = self.connector.connect(registry).map(Arc::new);
        let opened = opened.and_then(|session| check_own_origin(&sessions, &registry.name, session));
        sessions.insert(registry.name.clone(), opened.clone());
        opened
    }

    /// The session whose registry has this origin. The registry that the package's scope points to is always asked first, so that none that claims its origin can pass
    /// for it; then those that are open, then all.
    fn session_of(
        &self,
        origin: &str,
        package: Option<&PackageName>,
    ) -> Result<Arc<RegistrySession>, ClientError> {
        let own = package.and_then(|package| self.registries.choose(package, None).ok());
        match own.map(|registry| self.session(registry)) {
            Some(Ok(session)) if session.origin() == origin => return Ok(session),
            Some(Err(error)) if error.is_security() => return Err(error),
            Some(Ok(_) | Err(_)) | None => {}
        }
        let opened: Vec<_> = self.sessions().values().flatten().map(Arc::clone).collect();
        if let Some(session) = opened.into_iter().find(|session| session.origin() == origin) {
            return Ok(session);
        }
        let mut failure = None;
        for registry in self.registries.iter() {
            match self.session(registry) {
                Ok(session) if session.origin() == origin => return Ok(session),
                Ok(_) => {}
                Err(error) => failure = Some(error),
            }
        }
        Err(failure.unwrap_or_else(|| ClientError::Local {
            what: format!("no registry has the origin `{origin}`"),
            reason: "add it to `[registries]`".to_owned(),
        }))
    }

    /// The session of a registry of a lock: by its name, if that is still the one of its origin.
    fn session_of_lock(&self, locked: &LockedRegistry) -> Result<Arc<RegistrySession>, ClientError> {
        match self.registries.get(&locked.name).map(|known| self.session(known)) {
            Some(Ok(session)) if session.origin() == locked.origin => Ok(session),
            Some(Err(error)) => Err(error),
            Some(Ok(_)) | None => self.session_of(&locked.origin, None),
        }
    }

    /// What went over the wire so far, by name of the registry.
    pub fn traffic(&self) -> Vec<(String, Traffic)> {
        let sessions = self.sessions();
        let opened = sessions.iter().filter_map(|(name, opened)| {
            let session = opened.as_ref().ok()?;
            Some((name.clone(), session.traffic()))
        });
        opened.collect()
    }

    fn sessions(&self) -> MutexGuard<'_, BTreeMap<String, Opened>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The versions of a record, with their dependencies' sources: a scope that is bound comes from its registry and from nowhere else, whatever the
    /// record says.
    fn candidates_of(&self, record: &Record, origin: &str) -> Result<Vec<Candidate>, ClientError> {
        let mut candidates = Candidate::published(record, &origin.into()).map_err(|error| {
            let subject = format!("the record of {}", record.package);
            Violation::new(Rule::RecordForm, subject, "requirements that can be read", error)
        })?;
        for need in candidates.iter_mut().flat_map(|candidate| &mut candidate.needs) {
            let scope = need.package.name.scope();
            let bound =
                (self.registries.iter()).find(|registry| registry.scopes.iter().any(|bound| bound == scope));
            if let Some(registry) = bound {
                need.package.source = Source::Registry(self.session(registry)?.origin().into());
            }
        }
        Ok(candidates)
    }

    /// The releases that a lock names, by registry, if the registries have exactly those.
    fn locked_releases(&self, packages: &[&LockedPackage]) -> Result<Vec<Releases>, ClientError> {
        let mut by_origin: BTreeMap<&str, Vec<&LockedPackage>> = BTreeMap::new();
        for package in packages {
            let LockedSource::Registry { origin, .. } = &package.source else {
                return Err(not_of_a_registry(&package.name));
            };
            by_origin.entry(origin).or_default().push(package);
        }
        let mut found = Vec::with_capacity(by_origin.len());
        for (origin, packages) in by_origin {
            let session = self.session_of(origin, packages.first().map(|package| &package.name))?;
            let wanted: Vec<_> = (packages.iter())
                .map(|package| (package.name.clone(), package.version.clone()))
                .collect();
            let releases = session.releases(&wanted)?;
            for (package, release) in packages.into_iter().zip(&releases) {
                check_lock(package, release)?;
            }
            found.push((session, releases));
        }
        Ok(found)
    }
}

/// An origin is a registry's identity: two registries with one origin and different logs cannot be told apart in a lock.
fn check_own_origin(
    sessions: &BTreeMap<String, Opened>,
    name: &str,
    session: Arc<RegistrySession>,
) -> Result<Arc<RegistrySession>, ClientError> {
    let (origin, log_key) = (session.origin(), session.registry().log_key);
    let same = sessions.iter().find(|(_, opened)| {
        opened
            .as_ref()
            .is_ok_and(|other| other.origin() == origin && other.registry().log_key != log_key)
    });
    match same {
        None => Ok(session),
        Some((other, _)) => Err(Violation::new(
            Rule::Pinned,
            format_args!("the registry `{name}`"),
            "an origin that no other registry has",
            format_args!("`{origin}`, which is the origin of the registry `{other}` with another log"),
        )
        .into()),
    }
}

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
        let mut report = LockReport::default();
        let packages = of_registries(lock);
        for registry in &lock.registries {
            let of_it: Vec<&LockedPackage> = (packages.iter().copied())
                .filter(|package| is_of(package, &registry.origin))
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
    fn prove_locked(
        &self,
        registry: &LockedRegistry,
        packages: &[&LockedPackage],
    ) -> Result<(LockedCheckpoint, Vec<LockedBundle>), ClientError> {
        let session = self.session_of_lock(registry)?;
        session.continues(&seen_checkpoint(registry))?;
        let mut bundles = Vec::with_capacity(packages.len());
        for (session, releases) in self.locked_releases(packages)? {
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
        self.verify_proofs(&packages, proofs)?;
        Ok(LockReport {
            packages: packages.len(),
            stored: self.verify_stored(&packages)?,
            proofs: Proofs::default(),
        })
    }

    /// Each package has a proof that verifies under the keys that were last seen, and proves what the lock holds.
    fn verify_proofs(&self, packages: &[&LockedPackage], proofs: &Proofs) -> Result<(), ClientError> {
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
            let policy = self.session_of(origin, Some(&package.name))?.policy();
            let bundle =
                (proofs.bundle(&package.name, &package.version)).filter(|bundle| bundle.origin == *origin);
            let bundle = bundle.ok_or_else(|| ClientError::Local {
                what: format!("there is no proof of {subject}"),
                reason: "`lumen verify` with a network makes it".to_owned(),
            })?;
            let proved = verify_bundle(bundle.bundle.as_bytes(), &policy, now())?;
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
                let shown = |(name, version, archive, files, leaf): (&_, &Version, &_, &_, u64)| -> String {
                    let name: &crate::name::PackageName = name;
                    let (archive, files): (&crate::digest::Digest, &crate::digest::Digest) = (archive, files);
                    format!("{name} {version}, archive {archive}, files {files}, leaf {leaf}")
                };
                return Err(Violation::new(Rule::Lock, subject, shown(expected), shown(found)).into());
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
                    return Err(Violation::new(Rule::FileTree, subject, expected, fault).into());
                }
            }
        }
        Ok(stored)
    }
}

fn is_of(package: &LockedPackage, registry: &str) -> bool {
    matches!(&package.source, LockedSource::Registry { origin, .. } if origin == registry)
}

/// What a lock has seen of a log.
fn seen_checkpoint(registry: &LockedRegistry) -> Checkpoint {
    Checkpoint {
        origin: registry.origin.clone(),
        size: registry.size,
        root: registry.root,
    }
}

fn of_registries(lock: &Lock) -> Vec<&LockedPackage> {
    let from_registry = |package: &&LockedPackage| matches!(package.source, LockedSource::Registry { .. });
    lock.packages.iter().filter(from_registry).collect()
}

/// Verified releases of one registry.
type Releases = (Arc<RegistrySession>, Vec<VerifiedRelease>);

/// The lock holds what the registry proved.
pub fn check_lock(package: &LockedPackage, release: &VerifiedRelease) -> Result<(), ClientError> {
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
        .into()),
        None => Ok(()),
    }
}

impl Provider for RegistryPackages {
    fn candidates(&self, package: &SourcedName) -> Result<Arc<[Candidate]>, ProviderError> {
        let Source::Registry(origin) = &package.source else {
            return Err(ProviderError::NotFound);
        };
        // What did not verify has to stay recognisable as that.
        let failed = |error: ClientError| ProviderError::Failed(Box::new(fetch_error(error)));
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
            .map_err(fetch_error)
    }

    fn minimum_release_age(&self, origin: &str) -> Result<Option<u64>, FetchError> {
        let session = self.session_of(origin, None).map_err(fetch_error)?;
        let age = session.registry().minimum_release_age;
        Ok((age > 0).then_some(age))
    }

    fn published(&self, package: &SourcedName, version: &Version) -> Result<Published, FetchError> {
        let Source::Registry(origin) = &package.source else {
            return Err(fetch_error(not_of_a_registry(&package.name)));
        };
        let session = self
            .session_of(origin, Some(&package.name))
            .map_err(fetch_error)?;
        let release = session
            .release(&package.name, version)
            .map_err(fetch_error)?
            .published;
        let grants: Result<Vec<Grant>, _> = release.grants.iter().map(|text| Grant::parse(text)).collect();
        Ok(Published {
            archive: release.archive,
            files: release.files,
            leaf: release.leaf,
            grants: grants.map_err(|error| {
                let subject = format!("{} {version}", package.name);
                fetch_error(Violation::new(Rule::RecordForm, subject, "well-formed grants", error).into())
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
            session.continues(&seen_checkpoint(seen)).map_err(fetch_error)?;
        }
        Ok(())
    }

    fn stored(&self, package: &LockedPackage) -> Option<PathBuf> {
        match &package.source {
            LockedSource::Registry { archive, files, .. } => self.store.find(archive, files),
            _ => None,
        }
    }

    fn obtain(&self, packages: &[&LockedPackage]) -> Result<Vec<PathBuf>, FetchError> {
        let missing: Vec<&LockedPackage> = (packages.iter().copied())
            .filter(|package| self.stored(package).is_none())
            .collect();
        for (session, releases) in self.locked_releases(&missing).map_err(fetch_error)? {
            let install = &mut |_: &VerifiedRelease, archive: &crate::archive::Archive| {
                let installed = self.store.install(archive);
                installed.map(drop).map_err(|error| ClientError::Local {
                    what: "the package cannot be stored".to_owned(),
                    reason: error.to_string(),
                })
            };
            session
                .obtain(&releases, self.progress.as_ref(), install)
                .map_err(fetch_error)?;
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
        self.prove_locked(registry, packages).map_err(fetch_error)
    }

    fn check_proofs(&self, proofs: &Proofs, packages: &[&LockedPackage]) -> Result<(), FetchError> {
        self.verify_proofs(packages, proofs).map_err(fetch_error)
    }
}

fn not_of_a_registry(package: &crate::name::PackageName) -> ClientError {
    ClientError::Local {
        what: format!("{package} cannot be fetched"),
        reason: "it comes from no registry".to_owned(),
    }
}

fn fetch_error(error: ClientError) -> FetchError {
    match &error {
        ClientError::Security(_) => FetchError::Security(Box::new(error)),
        ClientError::Network { .. } => FetchError::Unreachable(Box::new(error)),
        _ => FetchError::Failed(Box::new(error)),
    }
}

//! The registries of a workspace, over HTTP and the disk: sessions are opened when they are first needed, archives go into the store.
//!
//! What counts as proved is decided in `client`; this file connects it with Lumen's home.
//!
//! ```text
//! resolution   the same as `solve::Provider` and `sync::Packages`
//! verify       a lock against its registries, or against its proofs
//! ```

mod resolution;
mod verify;

use verify::check_lock;

pub use verify::LockReport;

use super::connector::Connector;
use super::evidence::EvidenceFolder;
use super::store::PackageStore;
use super::trust::TrustFolder;
use crate::client::{
    ClientError, DownloadProgress, Freshness, RegistrySession, Rule, Traffic, VerifiedRelease, Violation,
};
use crate::config::{Registries, Registry};
use crate::lock::{LockedPackage, LockedRegistry};
use crate::name::PackageName;
use crate::protocol::Record;
use crate::solve::{Candidate, Source};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// All registries of a workspace, as resolution and build see them.
pub struct RegistryPackages {
    registries: Registries,
    connector: Connector,
    store: PackageStore,
    evidence: EvidenceFolder,
    progress: Box<dyn DownloadProgress>,
    sessions: Mutex<BTreeMap<String, Opened>>,
    /// The ids of all pinned roots, once they are needed.
    roots: OnceLock<Vec<String>>,
    /// Registries as they were last seen, by name; nothing for those that never were.
    last_seen: Mutex<BTreeMap<String, Option<Arc<RegistrySession>>>>,
}

/// Verified releases of one registry.
type Releases = (Arc<RegistrySession>, Vec<VerifiedRelease>);

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
            evidence: EvidenceFolder::new(home),
            progress,
            sessions: Mutex::default(),
            roots: OnceLock::new(),
            last_seen: Mutex::default(),
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
        let opened = opened.map_err(|error| self.evidence.complete(error));
        sessions.insert(registry.name.clone(), opened.clone());
        opened
    }

    /// The ids of the roots that this workspace and its user trust. One that cannot be read proves nothing; whoever asks its registry is told.
    fn roots(&self) -> &[String] {
        self.roots.get_or_init(|| {
            let pinned = self
                .registries
                .iter()
                .map(|known| self.connector.pinned_root(known));
            pinned.flatten().map(|root| TrustFolder::id(&root)).collect()
        })
    }

    /// A registry as it was last seen. Asks nobody.
    fn last_seen(&self, registry: &Registry) -> Option<Arc<RegistrySession>> {
        let mut sessions = self.last_seen.lock().unwrap_or_else(PoisonError::into_inner);
        let known = sessions.entry(registry.name.clone());
        let opened = known.or_insert_with(|| self.connector.last_seen().connect(registry).ok().map(Arc::new));
        opened.clone()
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
            if let Some(registry) = self.registries.bound_to(need.package.name.scope()) {
                need.package.source = Source::Registry(self.session(registry)?.origin().into());
            }
        }
        Ok(candidates)
    }

    /// The releases that a lock names, by registry, if the registries have exactly those.
    fn locked_releases(&self, packages: &[&LockedPackage]) -> Result<Vec<Releases>, ClientError> {
        let mut by_origin: BTreeMap<&str, Vec<&LockedPackage>> = BTreeMap::new();
        for package in packages {
            let origin = package.source.origin();
            let origin = origin.ok_or_else(|| not_of_a_registry(&package.name))?;
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

fn not_of_a_registry(package: &PackageName) -> ClientError {
    ClientError::Local {
        what: format!("{package} cannot be fetched"),
        reason: "it comes from no registry".to_owned(),
    }
}

//! [`TufClient`]: one registry, seen through its pinned root.

use super::config::{
    CHECKPOINT_TARGET, MAP_ROOT_TARGET, MapRoot, REGISTRY_TARGET, RegistryConfig, STATE_ROLE,
};
use super::refusal::{Refusal, Rule, TufError};
use super::source::{Fetch, Limits};
use super::staged::Staged;
use super::store::MetadataStore;
use super::verified::Verified;
use super::{clock, inline};
use jiff::Timestamp;
use sigstore_tuf::TargetFile;
use std::sync::Arc;

/// What the registry vouches for, fresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// What the registry is.
    pub registry: RegistryConfig,
    /// The signed note of the log's checkpoint. Its signatures and its consistency are the log client's to verify.
    pub checkpoint: Vec<u8>,
    /// The map after the leaves of that checkpoint.
    pub map_root: MapRoot,
}

/// A client of one registry's `tuf/` folder.
pub struct TufClient {
    pinned: Vec<u8>,
    fetch: Arc<dyn Fetch>,
    store: Arc<dyn MetadataStore>,
    limits: Limits,
}

impl TufClient {
    /// A client that trusts `pinned_root` (the bytes of a root, of any version, however old) and nothing else. `store` belongs
    /// to this registry alone.
    pub fn new(pinned_root: &[u8], fetch: Arc<dyn Fetch>, store: Arc<dyn MetadataStore>) -> Self {
        Self {
            pinned: pinned_root.to_vec(),
            fetch,
            store,
            limits: Limits::default(),
        }
    }

    /// Other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// What the registry says at `now`. Asks for at most two files when nothing is new since the last time.
    ///
    /// # Errors
    /// See [`TufError`]. The store then holds what it held, and what was verified before the failure; never what failed.
    pub fn refresh(&mut self, now: Timestamp) -> Result<State, TufError> {
        self.with_verified(now, |verified| {
            let registry = target(verified, "targets", REGISTRY_TARGET)?;
            let registry =
                RegistryConfig::read("targets", &registry).map_err(|error| about(verified, *error))?;
            for name in [CHECKPOINT_TARGET, MAP_ROOT_TARGET] {
                entitled(verified, name)?;
            }
            let checkpoint = target(verified, STATE_ROLE, CHECKPOINT_TARGET)?;
            let map_root = target(verified, STATE_ROLE, MAP_ROOT_TARGET)?;
            let map_root = MapRoot::read(STATE_ROLE, &map_root).map_err(|error| about(verified, *error))?;
            Ok(State {
                registry,
                checkpoint,
                map_root,
            })
        })
    }

    /// Refreshes the top-level roles, and hands the verified repository to `body`.
    ///
    /// # Errors
    /// See [`TufClient::refresh`].
    pub fn with_verified<T>(
        &mut self,
        now: Timestamp,
        body: impl FnOnce(&mut Verified) -> Result<T, TufError>,
    ) -> Result<T, TufError> {
        let staged = Arc::new(Staged::new(Arc::clone(&self.fetch), Arc::clone(&self.store)));
        clock::check(&staged, now, self.limits.clock)?;
        let outcome = Verified::open(&self.pinned, &staged, &self.limits, now)
            .and_then(|mut verified| body(&mut verified))
            .and_then(|value| clock::note(&staged, now).map(|()| value));
        if !matches!(outcome, Err(TufError::Store(_))) {
            staged.commit()?;
        }
        outcome
    }
}

/// `state` must be entitled to the target by its delegation, and be the role that lists it.
fn entitled(verified: &mut Verified, name: &str) -> Result<(), TufError> {
    let found = verified.find(name)?;
    let listed = verified.listed(STATE_ROLE, name);
    match (&found, listed) {
        (Some(found), Some(listed)) if found == listed => Ok(()),
        _ => {
            let found = match found {
                Some(_) => "another role lists it",
                None => "no role that is entitled to it lists it",
            };
            let refusal = Refusal::new(
                STATE_ROLE,
                Rule::NotListed,
                format!("{name} in role {STATE_ROLE}"),
                found,
            );
            Err(about(verified, refusal))
        }
    }
}

fn target(verified: &Verified, role: &str, name: &str) -> Result<Vec<u8>, TufError> {
    let Some(entry): Option<&TargetFile> = verified.listed(role, name) else {
        let refusal = Refusal::new(
            role,
            Rule::NotListed,
            format!("{name} in role {role}"),
            "no such target",
        );
        return Err(about(verified, refusal));
    };
    inline::read(role, name, entry).map_err(|error| about(verified, *error))
}

/// A refusal of what a verified role says, with the role's metadata as evidence; if it was never reached, the targets'.
fn about(verified: &Verified, refusal: Refusal) -> TufError {
    let role = match verified.has(&refusal.role) {
        true => refusal.role.clone(),
        false => "targets".to_owned(),
    };
    match verified.bytes(&role) {
        Ok(bytes) => refusal.about(&format!("{role}.json"), &bytes).into(),
        Err(error) => error,
    }
}

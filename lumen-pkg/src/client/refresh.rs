//! A refresh: TUF, then the checkpoint that it pins, then its consistency with the one last seen, then the map's root. What comes out is
//! verified as a whole or not there.

use super::error::ClientError;
use super::state::{TRUST_STATE_FORMAT, TrustState, TrustStore};
use super::tiles::{log_failure, with_tiles};
use super::transport::{Get, Transport, TransportError};
use super::violation::{Rule, Violation};
use crate::log::{
    Checkpoint, LogError, LogPolicy, Note, VerifierKey, consistency_from_tiles, verify_checkpoint,
};
use crate::protocol::paths;
use crate::tuf::{
    Fetch, FetchError, MapRoot, MemoryStore, MetadataStore, RegistryConfig, TufClient, TufError,
};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// A refresh that finds nothing new is noted on disk at most once in so many seconds.
const NOTE_AFTER: u64 = 3_600;

/// What the rest is verified against.
#[derive(Debug, Clone)]
pub(super) struct Verified {
    pub(super) registry: RegistryConfig,
    pub(super) policy: LogPolicy,
    pub(super) note: Note,
    pub(super) checkpoint: Checkpoint,
    pub(super) map_root: MapRoot,
    /// When it was fresh, in seconds since 1970.
    pub(super) refreshed: u64,
    /// Set when the log's last leaf was seen to give the map (`anchor`).
    pub(super) anchored: OnceLock<()>,
}

/// Asks the registry what is true now, and replaces the state if all of it verifies.
pub(super) fn refresh(
    pinned_root: &[u8],
    transport: &Arc<dyn Transport>,
    trust: &dyn TrustStore,
    now: u64,
) -> Result<Verified, ClientError> {
    let mut verified = None;
    trust.update(&mut |before| {
        let (state, result) = next(pinned_root, transport, trust, now, before)?;
        verified = Some(result);
        Ok(state)
    })?;
    verified.ok_or_else(|| ClientError::Local {
        what: "the state of the registry was not refreshed".to_owned(),
        reason: "the store did not ask for it".to_owned(),
    })
}

/// What was true at the last refresh, without asking anybody: for `--offline`.
pub(super) fn remembered(state: TrustState) -> Result<Verified, ClientError> {
    let damaged = |reason: String| ClientError::Local {
        what: "what is known of the registry is damaged".to_owned(),
        reason,
    };
    let policy = policy(&state.registry).map_err(|error| damaged(error.to_string()))?;
    let note = Note::parse(state.checkpoint.as_bytes()).map_err(|error| damaged(error.to_string()))?;
    // Cosignatures were not in the future then, so they are not now.
    let checkpoint = verify_checkpoint(state.checkpoint.as_bytes(), &policy, state.refreshed)
        .map_err(|error| damaged(error.to_string()))?;
    Ok(Verified {
        registry: state.registry,
        policy,
        note,
        checkpoint,
        map_root: state.map_root,
        refreshed: state.refreshed,
        anchored: OnceLock::new(),
    })
}

fn next(
    pinned_root: &[u8],
    transport: &Arc<dyn Transport>,
    trust: &dyn TrustStore,
    now: u64,
    before: Option<TrustState>,
) -> Result<(TrustState, Verified), ClientError> {
    let store = Arc::new(MemoryStore::default());
    for (name, text) in before.iter().flat_map(|before| &before.metadata) {
        store
            .replace(name, text.as_bytes())
            .map_err(|error| tuf_failure(transport.host(), error.into()))?;
    }
    let fetch = Arc::new(TufFolder(Arc::clone(transport)));
    let time = Timestamp::from_second(i64::try_from(now).unwrap_or(i64::MAX)).unwrap_or(Timestamp::MAX);
    let pinned = TufClient::new(pinned_root, fetch, Arc::clone(&store) as Arc<dyn MetadataStore>)
        .refresh(time)
        .map_err(|error| tuf_failure(transport.host(), error))?;
    let refused = |error: LogError| match log_failure(Rule::Checkpoint, "the log's checkpoint", error) {
        ClientError::Security(violation) => violation.with("checkpoint", &pinned.checkpoint).into(),
        other => other,
    };
    let policy =
        policy(&pinned.registry).map_err(|error| log_failure(Rule::Pinned, "registry.json", error))?;
    let checkpoint = verify_checkpoint(&pinned.checkpoint, &policy, now).map_err(refused)?;
    let note = Note::parse(&pinned.checkpoint).map_err(refused)?;
    check_map_root(&checkpoint, &pinned.map_root)?;
    if let Some(before) = &before {
        check_origin(&before.registry, &pinned.registry)?;
        check_continues(
            before,
            &note,
            &checkpoint,
            &pinned.map_root,
            transport.as_ref(),
            trust,
        )?;
    }
    let mut state = TrustState {
        format: TRUST_STATE_FORMAT,
        refreshed: now,
        metadata: metadata(&store)?,
        registry: pinned.registry.clone(),
        checkpoint: note.render(),
        map_root: pinned.map_root,
    };
    if let Some(before) = before.filter(|before| now.saturating_sub(before.refreshed) < NOTE_AFTER) {
        // Nothing but the time is new: the file may stay as it is.
        let same = TrustState {
            refreshed: before.refreshed,
            ..state.clone()
        };
        if same == before {
            state = same;
        }
    }
    let verified = Verified {
        registry: pinned.registry,
        policy,
        note,
        checkpoint,
        map_root: pinned.map_root,
        refreshed: now,
        anchored: OnceLock::new(),
    };
    Ok((state, verified))
}

/// The keys that a checkpoint needs.
fn policy(registry: &RegistryConfig) -> Result<LogPolicy, LogError> {
    let key = VerifierKey::parse(&registry.log_key)?;
    let witnesses: Result<Vec<VerifierKey>, LogError> = registry
        .witnesses
        .keys
        .iter()
        .map(|key| VerifierKey::parse(key))
        .collect();
    // More than there are witnesses is refused there.
    let quorum = usize::try_from(registry.witnesses.quorum).unwrap_or(usize::MAX);
    LogPolicy::new(key, witnesses?, quorum)
}

fn check_map_root(checkpoint: &Checkpoint, map_root: &MapRoot) -> Result<(), ClientError> {
    match map_root.size == checkpoint.size {
        true => Ok(()),
        false => Err(Violation::new(
            Rule::MapRoot,
            "the map's root",
            format_args!("a map at size {} of the log", checkpoint.size),
            format_args!("one at size {}", map_root.size),
        )
        .into()),
    }
}

fn check_origin(before: &RegistryConfig, now: &RegistryConfig) -> Result<(), ClientError> {
    match before.origin == now.origin {
        true => Ok(()),
        false => Err(Violation::new(
            Rule::Pinned,
            "the registry's origin, which never changes",
            format_args!("`{}`", before.origin),
            format_args!("`{}`", now.origin),
        )
        .into()),
    }
}

/// The log of now begins with the log of before.
fn check_continues(
    before: &TrustState,
    note: &Note,
    now: &Checkpoint,
    map_root: &MapRoot,
    transport: &dyn Transport,
    trust: &dyn TrustStore,
) -> Result<(), ClientError> {
    let damaged = |error: LogError| ClientError::Local {
        what: "what is known of the registry is damaged".to_owned(),
        reason: error.to_string(),
    };
    let old_note = Note::parse(before.checkpoint.as_bytes()).map_err(damaged)?;
    let old = Checkpoint::parse(old_note.text()).map_err(damaged)?;
    let both = |violation: Box<Violation>| -> ClientError {
        violation
            .with("checkpoint last seen", before.checkpoint.as_bytes())
            .with("checkpoint now", note.render().as_bytes())
            .into()
    };
    let violation =
        |rule, expected: String, found: String| both(Violation::new(rule, "the log", expected, found));
    if now.size < old.size {
        let expected = format!("at least the {} leaves that it had when last seen", old.size);
        return Err(violation(Rule::Rollback, expected, format!("{}", now.size)));
    }
    if now.size == old.size {
        if now.root != old.root {
            let expected = format!("the root {} at size {}", old.root, old.size);
            return Err(violation(Rule::SplitView, expected, now.root.to_string()));
        }
        if before.map_root.root != map_root.root {
            let expected = format!("the map root {} at size {}", before.map_root.root, old.size);
            return Err(violation(Rule::SplitView, expected, map_root.root.to_string()));
        }
        return Ok(());
    }
    let proved = with_tiles(transport, trust, |tiles| consistency_from_tiles(&old, now, tiles));
    proved
        .map(drop)
        .map_err(|error| match log_failure(Rule::History, "the log", error) {
            ClientError::Security(violation) => both(violation),
            other => other,
        })
}

fn metadata(store: &MemoryStore) -> Result<BTreeMap<String, String>, ClientError> {
    let texts = store.files().into_iter().map(|(name, bytes)| {
        let text = String::from_utf8(bytes)
            .map_err(|_| Violation::new(Rule::Metadata, &name, "JSON in UTF-8", "something else"))?;
        Ok((name, text))
    });
    texts.collect()
}

/// The registry's `tuf/` folder.
struct TufFolder(Arc<dyn Transport>);

impl Fetch for TufFolder {
    fn fetch(&self, file: &str, maximum: u64) -> Result<Option<Vec<u8>>, FetchError> {
        let request = Get {
            path: format!("{}/{file}", paths::TUF),
            limit: maximum,
        };
        let answer = self.0.get(std::slice::from_ref(&request)).pop();
        // Not to be answered is not to be told that there is none.
        let answer = answer.ok_or_else(|| FetchError::Unreachable("the request was dropped".to_owned()))?;
        let content = answer.and_then(|answer| answer.file(self.0.host()));
        content.map_err(|error| match error {
            TransportError::TooLarge { limit, .. } => FetchError::TooLarge { maximum: limit },
            TransportError::Unreachable { reason, .. } => FetchError::Unreachable(reason),
            error => FetchError::Unreachable(error.to_string()),
        })
    }
}

fn tuf_failure(host: &str, error: TufError) -> ClientError {
    match error {
        TufError::Refused(refusal) => {
            let found = format!("{}: {}", refusal.rule, refusal.found);
            Violation::new(
                Rule::Metadata,
                format_args!("TUF role {}", refusal.role),
                &refusal.expected,
                found,
            )
            .with(&refusal.file, &refusal.evidence)
            .into()
        }
        TufError::Unreachable { file, reason } => ClientError::Network {
            needed: format!("for `tuf/{file}`, which says what is true now"),
            failure: TransportError::Unreachable {
                host: host.to_owned(),
                reason,
            },
        },
        TufError::Absent { file } => ClientError::NoMetadata {
            host: host.to_owned(),
            file,
        },
        TufError::Store(error) => ClientError::Local {
            what: "what is known of the registry cannot be used".to_owned(),
            reason: error.to_string(),
        },
    }
}

//! Tiles of log and map, from memory, the cache or the registry, and what a failure to verify them means.

use super::error::ClientError;
use super::state::TrustStore;
use super::transport::{Get, Transport, TransportError};
use super::violation::{Rule, Violation};
use crate::log::{LogError, MAXIMUM_ENTRIES_BYTES, MAXIMUM_HASHES_BYTES, SourceError, TileSource};
use crate::map::{MAXIMUM_TILE_BYTES, MapError};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt::Display;

/// Whether what is cached may be read. It is always verified; but a damaged cache must not look like a lying registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cache {
    Read,
    Ignore,
}

/// One reader of tiles, for one verification.
pub(super) struct Tiles<'s> {
    transport: &'s dyn Transport,
    trust: &'s dyn TrustStore,
    cache: Cache,
    memory: RefCell<BTreeMap<String, Vec<u8>>>,
    from_cache: Cell<bool>,
}

/// Runs a verification over tiles. If it fails although a cached tile was used, it runs again without the cache.
pub(super) fn with_tiles<T, E: IsSecurity>(
    transport: &dyn Transport,
    trust: &dyn TrustStore,
    run: impl Fn(&Tiles<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let tiles = |cache| Tiles {
        transport,
        trust,
        cache,
        memory: RefCell::default(),
        from_cache: Cell::new(false),
    };
    let first = tiles(Cache::Read);
    match run(&first) {
        Err(error) if error.is_security() && first.from_cache.get() => run(&tiles(Cache::Ignore)),
        outcome => outcome,
    }
}

/// Tells failures of trust from others.
pub(super) trait IsSecurity {
    /// Whether it is one of trust.
    fn is_security(&self) -> bool;
}

impl IsSecurity for LogError {
    fn is_security(&self) -> bool {
        LogError::is_security(self)
    }
}

impl IsSecurity for MapError {
    fn is_security(&self) -> bool {
        MapError::is_security(self)
    }
}

impl TileSource for Tiles<'_> {
    fn tile(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        self.tiles(std::slice::from_ref(&path.to_owned()))
            .pop()
            .unwrap_or(Err(SourceError::Absent))
    }

    fn tiles(&self, paths: &[String]) -> Vec<Result<Vec<u8>, SourceError>> {
        let mut found: Vec<Option<Result<Vec<u8>, SourceError>>> =
            paths.iter().map(|path| self.kept(path).map(Ok)).collect();
        let open: Vec<usize> = (0..paths.len())
            .filter(|place| found.get(*place).is_some_and(Option::is_none))
            .collect();
        let requests: Vec<Get> = open
            .iter()
            .filter_map(|place| paths.get(*place))
            .map(|path| Get {
                path: path.clone(),
                limit: largest(path),
            })
            .collect();
        for (place, answer) in open.iter().zip(self.transport.get(&requests)) {
            let answer = match answer.and_then(|answer| answer.file(self.transport.host())) {
                Ok(content) => content.ok_or(SourceError::Absent),
                Err(error) => Err(SourceError::Failed(Box::new(error))),
            };
            if let (Ok(bytes), Some(path)) = (&answer, paths.get(*place)) {
                self.memory.borrow_mut().insert(path.clone(), bytes.clone());
            }
            if let Some(slot) = found.get_mut(*place) {
                *slot = Some(answer);
            }
        }
        found
            .into_iter()
            .map(|answer| answer.unwrap_or(Err(SourceError::Absent)))
            .collect()
    }

    fn keep(&self, path: &str, bytes: &[u8]) {
        match narrow(path) {
            None => self.trust.cache(path, bytes),
            Some(Narrow { edge: Some(edge), .. }) => self.trust.cache(&edge, bytes),
            Some(Narrow { edge: None, .. }) => {}
        }
    }
}

impl Tiles<'_> {
    fn kept(&self, path: &str) -> Option<Vec<u8>> {
        if let Some(bytes) = self.memory.borrow().get(path) {
            return Some(bytes.clone());
        }
        let bytes = match (self.cache, narrow(path)) {
            (Cache::Ignore, _) => return None,
            (Cache::Read, None) => self.trust.cached(path)?,
            (Cache::Read, Some(narrow)) => {
                let mut bytes = self.trust.cached(&narrow.edge?)?;
                // The edge as it is now begins with the edge as it was.
                bytes.get(..narrow.bytes)?;
                bytes.truncate(narrow.bytes);
                bytes
            }
        };
        self.from_cache.set(true);
        self.memory.borrow_mut().insert(path.to_owned(), bytes.clone());
        Some(bytes)
    }
}

/// The most that a tile at this path may have, in bytes. Many are asked for at once, so each kind has its own bound.
fn largest(path: &str) -> u64 {
    match path {
        _ if path.starts_with("log/tile/entries/") => MAXIMUM_ENTRIES_BYTES as u64,
        _ if path.starts_with("log/tile/") => MAXIMUM_HASHES_BYTES as u64,
        _ => MAXIMUM_TILE_BYTES as u64,
    }
}

/// A narrow tile of the log.
struct Narrow {
    /// Where it is cached: one for all widths of a tile, so that a growing log leaves nothing behind. Leaves are cached one by one instead.
    edge: Option<String>,
    /// How long a tile of hashes of this width is.
    bytes: usize,
}

/// Reads `log/tile/0/000.p/17`; `None` for a full tile.
fn narrow(path: &str) -> Option<Narrow> {
    let (tile, width) = path.split_once(".p/")?;
    let is_entries = tile.starts_with("log/tile/entries/");
    Some(Narrow {
        edge: (!is_entries).then(|| format!("{tile}.p/edge")),
        bytes: width.parse::<usize>().unwrap_or(0).saturating_mul(32),
    })
}

/// What a failure of the log means for the caller. `subject` is what was verified, `needed` what the tiles were for.
pub(super) fn log_failure(rule: Rule, subject: impl Display, error: LogError) -> ClientError {
    let (expected, found) = match &error {
        LogError::Source { path, source } => return source_failure(rule, subject, path, source),
        LogError::Origin { expected, found } => {
            (format!("the log `{expected}`"), format!("the log `{found}`"))
        }
        LogError::Quorum { needed, found, early } => {
            let early = match early.as_slice() {
                [] => String::new(),
                names => format!(" (dated in the future: {})", names.join(", ")),
            };
            (
                format!("cosignatures of {needed} witnesses"),
                format!("{found}{early}"),
            )
        }
        LogError::Unsigned { key } => (format!("a signature by `{key}`"), "none".to_owned()),
        LogError::Consistency {
            old_size,
            old_root,
            new_size,
            new_root,
        } => (
            format!("a log that continues the one of size {old_size} with root {old_root}"),
            format!("a log of size {new_size} with root {new_root} that does not"),
        ),
        LogError::Inclusion { index, size, root } => (
            format!("the leaf at {index} of the log of size {size} with root {root}"),
            "another one".to_owned(),
        ),
        LogError::Tile { size, root } => (
            format!("tiles that hash to the root {root} of size {size}"),
            "tiles that do not".to_owned(),
        ),
        LogError::OutOfRange { index, size } => (format!("a leaf below {size}"), format!("leaf {index}")),
        other => ("what the specification asks for".to_owned(), other.to_string()),
    };
    Violation::new(rule, subject, expected, found).into()
}

/// What a failure of the map means for the caller.
pub(super) fn map_failure(subject: impl Display, error: MapError) -> ClientError {
    let rule = Rule::MapProof;
    let (expected, found) = match &error {
        MapError::Source { path, source } => return source_failure(rule, subject, path, source),
        MapError::Tile { expected, found } => (
            format!("the map tile {expected}"),
            format!("one with hash {found}"),
        ),
        MapError::Root { expected, found } => (format!("the root {expected}"), found.to_string()),
        other => ("a well-formed map".to_owned(), other.to_string()),
    };
    Violation::new(rule, subject, expected, found).into()
}

/// A tile that the pinned state commits to and that is withheld is not the network's fault.
fn source_failure(rule: Rule, subject: impl Display, path: &str, source: &SourceError) -> ClientError {
    match source {
        SourceError::Absent => Violation::new(
            rule,
            subject,
            format!("the file `{path}`"),
            "the registry has none",
        )
        .into(),
        SourceError::Failed(error) => match error.downcast_ref::<TransportError>() {
            Some(TransportError::TooLarge { limit, .. }) => Violation::new(
                rule,
                subject,
                format!("`{path}` with at most {limit} bytes"),
                "more",
            )
            .into(),
            Some(failure) => ClientError::Network {
                needed: format!("for `{path}`, to verify {subject}"),
                failure: failure.clone(),
            },
            None => ClientError::Local {
                what: format!("`{path}` cannot be read"),
                reason: error.to_string(),
            },
        },
    }
}

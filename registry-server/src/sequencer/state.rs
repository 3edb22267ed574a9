//! The seam to what speaks for the registry's state: TUF metadata.

use async_trait::async_trait;
use bytes::Bytes;
use lumen_pkg::tuf::MapRoot;

/// Where log and map stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicState {
    /// The signed note.
    pub checkpoint: Bytes,
    /// The map's root.
    pub map_root: MapRoot,
}

/// Why a state cannot be published.
#[derive(Debug, thiserror::Error)]
#[error("cannot publish the state: {0}")]
pub struct StateError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Makes a state known to clients.
#[async_trait]
pub trait StatePublisher: Send + Sync + 'static {
    /// Publishes a state, durably, the part that clients ask for first last. The same state again changes nothing that matters.
    ///
    /// # Errors
    /// If it cannot be published; it may be tried again.
    async fn publish(&self, state: &PublicState, now: u64) -> Result<(), StateError>;

    /// Renews what would expire soon.
    ///
    /// # Errors
    /// If it cannot be renewed; it is tried again later.
    async fn renew(&self, now: u64) -> Result<(), StateError>;

    /// Removes files that no state has named for a while, and says how many. Nobody who publishes waits for it.
    ///
    /// # Errors
    /// If they cannot be listed or removed; it is tried again later.
    async fn collect(&self, now: u64) -> Result<u64, StateError>;

    /// When each role stops being valid, in seconds since 1970; of those that are signed.
    fn expiries(&self) -> Vec<(&'static str, u64)>;
}

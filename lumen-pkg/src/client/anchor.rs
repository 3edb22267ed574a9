//! The map is the log's: its root is what the last leaf of the log says. TUF pins log and map at once, but only the log is what witnesses have cosigned and what
//! auditors replay. Without this, one victim could be shown another map to the same log.
//!
//! Not whether the leaf is right about the leaves before it: that takes all of them (`audit`).

use super::error::ClientError;
use super::refresh::Verified;
use super::releases::read_leaf;
use super::session::RegistrySession;
use super::violation::{Rule, Violation};
use crate::map::EMPTY_MAP;
use crate::protocol::Event;
use std::collections::BTreeSet;

impl RegistrySession {
    /// Checks once for a state, before anything is looked up in its map. The leaf is cached, so that it is fetched once for all commands.
    pub(super) fn anchor(&self, verified: &Verified) -> Result<(), ClientError> {
        if verified.anchored.get().is_some() {
            return Ok(());
        }
        let pinned = verified.map_root;
        let found = match verified.checkpoint.size.checked_sub(1) {
            None => (EMPTY_MAP, 0),
            Some(last) => {
                let leaves = self.leaves(&BTreeSet::from([last]))?;
                let bytes = leaves.get(&last).map(Vec::as_slice).unwrap_or_default();
                match read_leaf(last, bytes)?.event {
                    Event::MapRoot { root, packages } => (root, packages),
                    _ => {
                        let expected = format!("leaf {last}, the last of the log, to be a `map-root` leaf");
                        let found = String::from_utf8_lossy(bytes).into_owned();
                        return Err(Violation::new(Rule::MapLeaf, "the map's root", expected, found)
                            .with("last leaf", bytes)
                            .into());
                    }
                }
            }
        };
        if found != (pinned.root, pinned.packages) {
            let (root, packages) = found;
            let expected = format!("the map root {root} of {packages} packages, as in the log");
            let found = format!("{} of {} packages, pinned by TUF", pinned.root, pinned.packages);
            return Err(Violation::new(Rule::MapLeaf, "the map's root", expected, found)
                .with("checkpoint", verified.note.render().as_bytes())
                .into());
        }
        // Another thread may have been faster.
        let _ = verified.anchored.set(());
        Ok(())
    }
}

//! What a workspace needs of the cache, by its state file: everything that its next build would look for.

use crate::action;
use crate::digest;
use crate::state::{RecordRef, State};
use crate::store::access::{KeyPrefix, prefix};

/// The keys of everything that a state leads to: results, and the actions that lead to them without the state. Nothing of a
/// state that is damaged or another version's.
pub(crate) fn pinned_keys(state: Vec<u8>) -> Vec<KeyPrefix> {
    keys(&State::parse(state).ok()).unwrap_or_default()
}

fn keys(state: &Option<State>) -> Option<Vec<KeyPrefix>> {
    let state = state.as_ref()?;
    let (head, body) = (state.head()?, state.body()?);
    let mut keys = Vec::with_capacity(head.files.len() * 5);
    for file in head.files.iter().filter(|file| file.has_result || file.is_held) {
        let bytes = body.get(file.offset as usize..)?.get(..file.length as usize)?;
        let Some(record) = RecordRef::parse(bytes) else {
            continue;
        };
        let results = record
            .results
            .digests()
            .into_iter()
            .filter(|digest| **digest != digest::NONE);
        keys.extend(results.map(prefix));
        let package = head.packages.get(file.package);
        if let Some(module) = package.and_then(|package| package.module_of(file.path)) {
            keys.push(prefix(&action::weak_key(&head.settings, &module, &record.code)));
        }
    }
    Some(keys)
}

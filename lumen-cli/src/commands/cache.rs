//! `lumen cache`: what is in the cache of compiled modules, and how to empty it.

use super::Session;
use crate::arguments::{CacheArguments, CacheCommand};
use crate::exit::Exit;
use crate::output::plural;
use anyhow::Result;
use lumen_build::PackStore;
use serde_json::json;

/// Lists or clears.
pub(crate) fn cache(session: &Session, arguments: &CacheArguments) -> Result<Exit> {
    let store = PackStore::open(&session.environment.cache);
    match arguments.command {
        CacheCommand::Ls => list(session, &store),
        CacheCommand::Clear => clear(session, &store),
    }
}

/// One line a pack, then the sum.
fn list(session: &Session, store: &PackStore) -> Result<Exit> {
    let packs = store.listing();
    for pack in &packs {
        let line = format!(
            "{:>10}  {:>10}  {}",
            size(pack.bytes),
            plural(pack.entries, "entry"),
            pack.name
        );
        session.output.item(
            &line,
            &json!({
                "event": "pack",
                "version": 1,
                "name": pack.name,
                "bytes": pack.bytes,
                "entries": pack.entries,
            }),
        );
    }
    let bytes = packs.iter().map(|pack| pack.bytes).sum();
    let place = session.environment.cache.display();
    session.output.status(
        "Cache",
        &format!("{} in {} at {place}", size(bytes), plural(packs.len(), "pack")),
    );
    Ok(Exit::Done)
}

fn clear(session: &Session, store: &PackStore) -> Result<Exit> {
    let (packs, bytes) = store.clear()?;
    session.output.status(
        "Cleared",
        &format!("{} in {}", size(bytes), plural(packs, "pack")),
    );
    Ok(Exit::Done)
}

/// Bytes for people.
fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}

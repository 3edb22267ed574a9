//! `lumen cache`: what is in the cache of compiled modules, making room in it, verifying and emptying it.

use super::Session;
use crate::arguments::{CacheArguments, CacheCollectArguments, CacheCommand};
use crate::capacity::capacity;
use crate::exit::Exit;
use crate::output::{MessageFormat, plural};
use anyhow::Result;
use lumen_build::{
    CacheStatistics, Collected, CollectionRequest, PackFault, PackStore, VerifiedPack, readable_bytes,
};
use lumen_pkg::shell::{PackageStore, StoreUsage};
use serde_json::json;

/// Does what was asked for.
pub(crate) fn cache(session: &Session, arguments: &CacheArguments) -> Result<Exit> {
    let store = PackStore::open(&session.environment.cache);
    match &arguments.command {
        CacheCommand::Ls => list(session, &store),
        CacheCommand::Stats => count(session, &store),
        CacheCommand::Gc(arguments) => collect(session, &store, arguments),
        CacheCommand::Verify => verify(session, &store),
        CacheCommand::Clear => clear(session, &store),
    }
}

/// One line a pack, then the sum.
fn list(session: &Session, store: &PackStore) -> Result<Exit> {
    let packs = store.listing();
    for pack in &packs {
        let line = format!(
            "{:>10}  {:>10}  {}",
            readable_bytes(pack.bytes),
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
        &format!(
            "{} in {} at {place}",
            readable_bytes(bytes),
            plural(packs.len(), "pack")
        ),
    );
    Ok(Exit::Done)
}

/// What takes how much room, for whom.
fn count(session: &Session, store: &PackStore) -> Result<Exit> {
    let Some(capacity) = room(session) else {
        return Ok(Exit::Usage);
    };
    let statistics = store.statistics();
    let packages = PackageStore::new(&session.environment.home).usage();
    match session.output.format {
        MessageFormat::Text => print_statistics(session, &statistics, &packages, capacity),
        MessageFormat::Json => session.output.event(&json!({
            "event": "cache-stats",
            "version": 1,
            "folder": session.environment.cache.to_string_lossy(),
            "capacity": capacity,
            "packs": statistics.packs,
            "bytes": statistics.bytes,
            "kinds": statistics.kinds.iter().map(|(kind, (entries, bytes))| {
                ((*kind).to_owned(), json!({"entries": entries, "bytes": bytes}))
            }).collect::<serde_json::Map<_, _>>(),
            "workspaces": statistics.workspaces,
            "needed": statistics.needed,
            "collected": statistics.collected,
            "packages": {"count": packages.packages, "bytes": packages.bytes},
        })),
    }
    Ok(Exit::Done)
}

fn print_statistics(session: &Session, statistics: &CacheStatistics, packages: &StoreUsage, capacity: u64) {
    let row = |what: &str, bytes: u64, rest: &str| {
        let line = format!("{what:>10}  {:>10}  {rest}", readable_bytes(bytes));
        session.output.data(line.trim_end());
    };
    row("cache", statistics.bytes, &plural(statistics.packs, "pack"));
    for (kind, (entries, bytes)) in &statistics.kinds {
        row(kind, *bytes, &plural(*entries, "entry"));
    }
    row(
        "needed",
        statistics.needed,
        &format!("by {}", plural(statistics.workspaces, "workspace")),
    );
    row("room", capacity, "");
    row("packages", packages.bytes, &plural(packages.packages, "package"));
}

/// What the cache may take, in bytes; nothing if what was set is no size, which is printed.
fn room(session: &Session) -> Option<u64> {
    capacity(session)
        .inspect_err(|error| session.output.error(&format!("{error:#}")))
        .ok()
}

/// Makes room now.
fn collect(session: &Session, store: &PackStore, arguments: &CacheCollectArguments) -> Result<Exit> {
    let Some(capacity) = arguments.max_size.or_else(|| room(session)) else {
        return Ok(Exit::Usage);
    };
    let request = CollectionRequest {
        capacity,
        dry_run: arguments.dry_run,
    };
    let collected = store.collect(&request)?;
    print_collected(session, &collected, arguments.dry_run);
    if let Some(note) = collected.overflow_note() {
        session.output.note(&format!("note: {note}"));
    }
    Ok(Exit::Done)
}

fn print_collected(session: &Session, collected: &Collected, dry_run: bool) {
    let after = readable_bytes(collected.bytes_after);
    let before = readable_bytes(collected.bytes_before);
    let removed = match (collected.removed, collected.rewritten) {
        (0, 0) => "nothing".to_owned(),
        (0, rewritten) => format!("a part of {}", plural(rewritten, "pack")),
        (removed, 0) => plural(removed, "pack"),
        (removed, rewritten) => format!("{}, and a part of {rewritten} more", plural(removed, "pack")),
    };
    match dry_run {
        true => {
            let rest = format!("remove {removed}: {after} of {before} would be left");
            session.output.status("Would", &rest);
        }
        false => session
            .output
            .status("Removed", &format!("{removed}: {after} of {before} are left")),
    }
    session.output.event(&json!({
        "event": "cache-collected",
        "version": 1,
        "dry_run": dry_run,
        "capacity": collected.capacity,
        "bytes_before": collected.bytes_before,
        "bytes_after": collected.bytes_after,
        "packs_removed": collected.removed,
        "packs_rewritten": collected.rewritten,
        "workspaces": collected.workspaces,
        "workspaces_gone": collected.gone,
        "needed_too_much": collected.overflow,
    }));
}

/// One line a damaged pack, then the sum.
fn verify(session: &Session, store: &PackStore) -> Result<Exit> {
    let (mut packs, mut sound, mut damaged_packs, mut damaged) = (0, 0, 0, 0);
    store.verify(|pack| {
        packs += 1;
        sound += pack.sound;
        damaged += pack.damaged;
        if let Some(fault) = pack.fault {
            damaged_packs += 1;
            print_fault(session, pack, fault);
        }
    })?;
    session.output.event(&json!({
        "event": "cache-verified",
        "version": 1,
        "packs": packs,
        "entries": sound,
        "damaged_packs": damaged_packs,
        "damaged_entries": damaged,
    }));
    let verified = format!("{} in {}", plural(sound, "entry"), plural(packs, "pack"));
    match damaged_packs {
        0 => {
            session.output.status("Verified", &verified);
            Ok(Exit::Done)
        }
        _ => {
            session.output.status(
                "Verified",
                &format!("{verified}; {} had damage", plural(damaged_packs, "pack")),
            );
            Ok(Exit::Failed)
        }
    }
}

fn print_fault(session: &Session, pack: &VerifiedPack, fault: PackFault) {
    let what = match fault {
        PackFault::Unreadable => "it is no whole pack, and was removed".to_owned(),
        PackFault::DamagedEntries => format!(
            "{} damaged, and removed; {} kept in a new pack",
            plural(pack.damaged, "entry"),
            pack.sound
        ),
        PackFault::Left if pack.damaged > 0 => {
            format!(
                "{} damaged; it could not be replaced",
                plural(pack.damaged, "entry")
            )
        }
        PackFault::Left => "it cannot be read".to_owned(),
    };
    session.output.item(
        &format!("{}: {what}", pack.name),
        &json!({
            "event": "pack-damaged",
            "version": 1,
            "name": pack.name,
            "bytes": pack.bytes,
            "sound": pack.sound,
            "damaged": pack.damaged,
            "removed": fault != PackFault::Left,
        }),
    );
}

fn clear(session: &Session, store: &PackStore) -> Result<Exit> {
    let (packs, bytes) = store.clear()?;
    session.output.status(
        "Cleared",
        &format!("{} in {}", readable_bytes(bytes), plural(packs, "pack")),
    );
    Ok(Exit::Done)
}

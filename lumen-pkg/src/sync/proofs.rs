//! What `lumen.lock.proofs` is to say after a command, and what it is good for: `--offline --locked` goes by it.
//!
//! All packages of a registry are proved against one checkpoint, so a registry of which one proof is missing is proved as a whole; the others stay as they
//! are. Without having asked anybody nothing new can be proved: then what still belongs to the lock is kept.

use super::{FetchError, KeptProofs, Packages, Request, SyncError};
use crate::client::{Rule, Violation};
use crate::lock::{LOCK_FILE, Lock, LockedPackage, LockedRegistry, Proofs};
use crate::log::{Checkpoint, Note};

/// The proofs of `lock`. `asked`: whether registries were asked in this command.
///
/// # Errors
/// If a proof cannot be had, or with `--offline --locked` is missing or does not verify.
pub(super) fn proofs(
    lock: &Lock,
    kept: KeptProofs<'_>,
    packages: &dyn Packages,
    request: &Request,
    asked: bool,
) -> Result<Proofs, SyncError> {
    let published: Vec<&LockedPackage> = lock
        .packages
        .iter()
        .filter(|package| package.source.origin().is_some())
        .collect();
    if published.is_empty() {
        return Ok(Proofs::default());
    }
    if request.offline && request.locked {
        let kept = match kept {
            KeptProofs::Whole(kept) => kept,
            KeptProofs::Damaged(reason) => return Err(SyncError::DamagedProofs(reason.to_owned())),
            KeptProofs::Absent => return Err(SyncError::NoProofs),
        };
        packages.check_proofs(kept, &published)?;
        check_checkpoints(lock, kept).map_err(|violation| packages.refused(violation))?;
        return Ok(kept.clone());
    }
    let none = Proofs::default();
    let kept = match kept {
        KeptProofs::Whole(kept) => kept,
        KeptProofs::Absent | KeptProofs::Damaged(_) => &none,
    };
    let mut proofs = Proofs::default();
    for registry in &lock.registries {
        let of_it = of_registry(&published, registry);
        let is_proved = |package: &&LockedPackage| {
            let bundle = kept.bundle(&package.name, &package.version);
            bundle.is_some_and(|bundle| bundle.origin == registry.origin)
        };
        if asked && !(kept.checkpoint(&registry.origin).is_some() && of_it.iter().all(is_proved)) {
            let (checkpoint, bundles) = packages.prove(registry, &of_it)?;
            proofs.checkpoints.push(checkpoint);
            proofs.bundles.extend(bundles);
            continue;
        }
        proofs
            .checkpoints
            .extend(kept.checkpoint(&registry.origin).cloned());
        let bundles = of_it.iter().filter(|package| is_proved(package));
        let bundles = bundles.filter_map(|package| kept.bundle(&package.name, &package.version));
        proofs.bundles.extend(bundles.cloned());
    }
    proofs.sort();
    Ok(proofs)
}

/// A log of one size has one root: the checkpoint of a lock, and the one beside its proofs if that is of the same size. Those of different sizes can only be compared by
/// the registry.
///
/// # Errors
/// If somebody has changed one of them, or the registry has shown two logs.
pub(crate) fn check_checkpoints(lock: &Lock, proofs: &Proofs) -> Result<(), Box<Violation>> {
    for locked in &lock.registries {
        let kept = proofs.checkpoint(&locked.origin);
        // One that cannot be read has been refused before, where its signatures are verified.
        let note = kept.and_then(|kept| Note::parse(kept.note.as_bytes()).ok());
        let proved = note.and_then(|note| Checkpoint::parse(note.text()).ok());
        if let (Some(kept), Some(proved)) = (kept, proved)
            && proved.size == locked.size
            && proved.root != locked.root
        {
            let subject = format!("the log of {} in `{LOCK_FILE}`", locked.origin);
            let expected = format!("the root {} at size {}", proved.root, proved.size);
            let violation = Violation::new(Rule::SplitView, subject, expected, locked.root);
            return Err(violation.with("checkpoint beside the proofs", kept.note.as_bytes()));
        }
    }
    Ok(())
}

fn of_registry<'l>(published: &[&'l LockedPackage], registry: &LockedRegistry) -> Vec<&'l LockedPackage> {
    let from_it = |package: &&&LockedPackage| package.source.origin() == Some(registry.origin.as_str());
    published.iter().filter(from_it).copied().collect()
}

/// What a proof of something that is not there is answered with.
pub(super) fn not_proved(package: &LockedPackage) -> FetchError {
    FetchError::failed(format!(
        "there is no proof of {} {} in `{}`\n  help: `lumen verify` with a network makes it",
        package.name,
        package.version,
        crate::lock::PROOFS_FILE
    ))
}

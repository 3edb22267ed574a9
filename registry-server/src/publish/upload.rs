//! The three steps: begin, upload, commit.

use super::archive::{check_archive, check_statement};
use crate::account::{Charge, Verdict, charge, check, held_words, look, would_charge};
use crate::authority::{Action, Caller};
use crate::check::in_place;
use crate::database::{Standing, Upload};
use crate::http::{Kind, Refusal};
use crate::sequencer::{Outcome, Proposal};
use crate::server::Registry;
use bytes::Bytes;
use futures_util::stream::{Stream, StreamExt as _};
use lumen_pkg::PackageName;
use lumen_pkg::archive::Archive;
use lumen_pkg::protocol::{Begin, BeginAnswer, Commit, PublishAnswer, UploadState, paths};
use object_store::{MultipartUpload, PutPayload};
use std::sync::Arc;

/// Pieces that are written to storage at once, in bytes; S3 takes none smaller but the last.
const PIECE: usize = 5 * 1024 * 1024;

/// How long an upload waits for its archive and its commit, in seconds; each begin gives it as long again.
pub const LIFETIME: u64 = 24 * 60 * 60;

/// Begins a publish, or says where it stands.
///
/// # Errors
/// If the caller may not, or the version is there with other content.
pub async fn begin(registry: &Registry, caller: &Caller, begin: Begin) -> Result<BeginAnswer, Refusal> {
    registry
        .authority
        .allow(caller, Action::Publish(&begin.package))
        .await?;
    if begin.size > registry.limits.archive {
        let detail = format!(
            "The archive has {} bytes; at most {} are allowed.",
            begin.size, registry.limits.archive
        );
        return Err(Refusal::new(Kind::TooLarge, detail));
    }
    let existing = registry.database.existing(&begin.package, &begin.version).await?;
    let id = registry.random_name()?;
    let now = registry.clock.now();
    if let Some(there) = existing.filter(|there| there.archive != begin.archive) {
        let detail = format!(
            "{} {} is published already, as leaf {}, with other content; a version never changes, so publish a new one.",
            begin.package, begin.version, there.leaf
        );
        return Err(Refusal::new(Kind::VersionExists, detail));
    }
    if existing.is_none() {
        let what = would_be(registry, caller, &begin.package).await?;
        check(registry, &caller.user, &begin.package).await?;
        would_charge(registry, &caller.user, what).await?;
    }
    let upload = registry
        .database
        .begin_upload(&id, &caller.user, &begin, now, now.saturating_sub(LIFETIME))
        .await?;
    let state = match existing {
        // Until its batch is published the leaf cannot be proved; a commit waits for that.
        Some(there) if there.leaf < registry.sequencer.published().size => {
            UploadState::Done { leaf: there.leaf }
        }
        Some(_) => UploadState::Commit,
        None if upload.received => UploadState::Commit,
        None => UploadState::Upload,
    };
    Ok(BeginAnswer {
        upload: upload.id,
        state,
    })
}

/// Takes the archive of an upload and checks it.
///
/// # Errors
/// If it is too large, comes too slowly, or is not the archive that was announced.
pub async fn receive<E>(
    registry: &Registry,
    caller: &Caller,
    id: &str,
    body: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<(), Refusal> {
    let upload = own_upload(registry, caller, id).await?;
    if upload.received {
        return Ok(());
    }
    let whole = registry.limits.whole_upload;
    let path = staged(id);
    // Several requests may send the same upload at once; each has a file of its own until it has passed.
    let temporary = format!("{path}.{}", registry.random_name()?);
    let received = tokio::time::timeout(whole, store(registry, &temporary, body)).await;
    received.map_err(|_| too_slow())??;
    let checked = check_stored(registry, &temporary, upload.begin).await;
    if let Err(refusal) = checked {
        registry.storage.remove(&temporary).await?;
        return Err(refusal);
    }
    registry.storage.rename(&temporary, &path).await?;
    registry.database.mark_received(id).await?;
    Ok(())
}

/// Puts a version into the log.
///
/// # Errors
/// If anything about it is not as it should be; nothing is published then.
pub async fn commit(
    registry: &Registry,
    caller: &Caller,
    id: &str,
    commit: Commit,
) -> Result<PublishAnswer, Refusal> {
    let upload = own_upload(registry, caller, id).await?;
    let package = commit.statement.package.clone();
    registry
        .authority
        .allow(caller, Action::Publish(&package))
        .await?;
    let existing = registry
        .database
        .existing(&package, &commit.statement.version)
        .await?;
    let mut compared = 0;
    if existing.is_none() {
        if !upload.received {
            return Err(Refusal::new(
                Kind::WrongState,
                "The archive is not there yet; upload it, then commit.",
            ));
        }
        check_dependencies(registry, &commit)?;
        let archive = check_stored(registry, &staged(id), upload.begin.clone()).await?;
        check_statement(&commit, &upload.begin, &archive)?;
        compared = match look(registry, &caller.user, &package).await? {
            Verdict::Held { reason } => return Ok(PublishAnswer::Held { reason }),
            Verdict::Publish { compared } => compared,
        };
        let what = would_be(registry, caller, &package).await?;
        charge(registry, &caller.user, what).await?;
        place(registry, id, &upload.begin).await?;
    }
    let user = caller.user.clone();
    let proposal = Proposal::Publish {
        commit: Box::new(commit),
        user,
        compared,
    };
    match registry.sequencer.propose(proposal).await? {
        Outcome::Added { leaf } | Outcome::Already { leaf: Some(leaf) } => {
            registry.storage.remove(&staged(id)).await?;
            Ok(PublishAnswer::Published { leaf })
        }
        Outcome::Held { reason } => Ok(PublishAnswer::Held {
            reason: held_words(&reason),
        }),
        Outcome::Already { leaf: None } => Err(Refusal::new(Kind::Internal, "The version has no leaf.")),
    }
}

/// What a publish is counted as.
async fn would_be(registry: &Registry, caller: &Caller, package: &PackageName) -> Result<Charge, Refusal> {
    Ok(match registry.database.standing(&caller.user, package).await? {
        Standing::NewPackage | Standing::NewScope => Charge::NewPackage,
        Standing::Owner | Standing::Stranger => Charge::Update,
    })
}

fn check_dependencies(registry: &Registry, commit: &Commit) -> Result<(), Refusal> {
    let (count, most) = (
        commit.statement.dependencies.len(),
        registry.policy.quotas.dependencies,
    );
    match count <= most {
        true => Ok(()),
        false => {
            let detail = format!("The package has {count} dependencies; at most {most} are allowed.");
            Err(Refusal::new(Kind::TooLarge, detail))
        }
    }
}

/// The caller's upload; somebody else's is not there for him, nor one that has expired.
async fn own_upload(registry: &Registry, caller: &Caller, id: &str) -> Result<Upload, Refusal> {
    let upload = registry.database.upload(id).await?;
    let now = registry.clock.now();
    upload
        .filter(|upload| upload.user == caller.user && now < upload.created.saturating_add(LIFETIME))
        .ok_or_else(|| Refusal::new(Kind::NotFound, "There is no such upload; begin one."))
}

/// The folder of archives that wait for their commit. Not served.
pub const STAGED: &str = "upload";

/// Where an archive waits for its commit.
pub fn staged(id: &str) -> String {
    format!("{STAGED}/{id}")
}

/// Copies an archive to where it is served from, durably. What is there already has passed the same checks and stays.
async fn place(registry: &Registry, id: &str, begin: &Begin) -> Result<(), Refusal> {
    let path = paths::archive(&begin.archive);
    if registry.storage.size(&path).await?.is_some() {
        return Ok(());
    }
    let limit = registry.limits.upload;
    let bytes = registry.storage.read(&staged(id), limit).await?;
    let bytes = bytes.ok_or_else(|| Refusal::new(Kind::WrongState, "The upload has ended; begin again."))?;
    registry.storage.write(vec![(path, bytes)]).await?;
    Ok(())
}

async fn check_stored(registry: &Registry, path: &str, begin: Begin) -> Result<Archive, Refusal> {
    let busy = || Refusal::new(Kind::Unavailable, "The registry is shutting down.");
    let place = Arc::clone(&registry.checks).acquire_owned().await;
    let place = place.map_err(|_| busy())?;
    let bytes = registry.storage.read(path, registry.limits.upload).await?;
    let bytes =
        bytes.ok_or_else(|| Refusal::new(Kind::WrongState, "The archive is not there; upload it again."))?;
    let checked = in_place(place, move || check_archive(&bytes, &begin)).await;
    checked.unwrap_or_else(|_| Err(Refusal::new(Kind::Internal, "Checking the archive failed.")))
}

/// Streams a body into a temporary file.
async fn store<E>(
    registry: &Registry,
    path: &str,
    mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<(), Refusal> {
    let mut file = registry.storage.receive(path).await?;
    match pour(registry, file.as_mut(), &mut body).await {
        Ok(()) => Ok(()),
        Err(refusal) => {
            // What is left of it is never seen, and swept at the next start.
            let _ = file.abort().await;
            Err(refusal)
        }
    }
}

async fn pour<E>(
    registry: &Registry,
    file: &mut dyn MultipartUpload,
    body: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin),
) -> Result<(), Refusal> {
    let failed = |error: object_store::Error| Refusal::from(crate::storage::StorageError::from(error));
    let limit = registry.limits.upload;
    let mut piece = Vec::new();
    let mut count: u64 = 0;
    loop {
        let next = tokio::time::timeout(registry.limits.idle, body.next()).await;
        let Some(bytes) = next.map_err(|_| too_slow())? else {
            break;
        };
        let bytes =
            bytes.map_err(|_| Refusal::new(Kind::BadRequest, "The upload was cut off; send it again."))?;
        count = count.saturating_add(bytes.len() as u64);
        if count > limit {
            let detail = format!("The compressed archive has more than {limit} bytes.");
            return Err(Refusal::new(Kind::TooLarge, detail));
        }
        piece.extend_from_slice(&bytes);
        if piece.len() >= PIECE {
            let full = std::mem::take(&mut piece);
            file.put_part(PutPayload::from(full)).await.map_err(failed)?;
        }
    }
    file.put_part(PutPayload::from(piece)).await.map_err(failed)?;
    file.complete().await.map_err(failed)?;
    Ok(())
}

fn too_slow() -> Refusal {
    Refusal::new(Kind::Timeout, "The upload came too slowly; send it again.")
}

//! Archives: fetched, verified as a whole, and only then handed to whoever keeps them.

use super::error::ClientError;
use super::releases::VerifiedRelease;
use super::session::RegistrySession;
use super::transport::{Get, TransportError};
use super::violation::{Rule, Violation};
use crate::archive::{self, Archive, MAXIMUM_TRANSPORT_BYTES, ReceiveError};
use crate::digest::Digest;
use crate::protocol::paths;
use crate::published::PublishedManifest;

/// Told how far a download is. Called on the thread of the caller.
pub trait DownloadProgress {
    /// So many archives are to be fetched.
    fn planned(&self, archives: usize);
    /// One has come and passed; `bytes` were on the wire.
    fn arrived(&self, release: &VerifiedRelease, bytes: usize);
}

/// Nobody is told.
impl DownloadProgress for () {
    fn planned(&self, _archives: usize) {}
    fn arrived(&self, _release: &VerifiedRelease, _bytes: usize) {}
}

impl RegistrySession {
    /// Fetches the archives of verified releases, in parallel. Each is handed to `install` once all of it has passed. After a failure nothing more is
    /// installed.
    ///
    /// # Errors
    /// The first failure; see [`ClientError`].
    pub fn obtain(
        &self,
        releases: &[VerifiedRelease],
        progress: &dyn DownloadProgress,
        install: &mut dyn FnMut(&VerifiedRelease, &Archive) -> Result<(), ClientError>,
    ) -> Result<(), ClientError> {
        let requests: Vec<Get> = releases
            .iter()
            .map(|release| Get {
                path: paths::archive(&release.published.archive),
                limit: MAXIMUM_TRANSPORT_BYTES,
            })
            .collect();
        progress.planned(requests.len());
        let mut outcome = Ok(());
        self.transport.each(&requests, &mut |place, answer| {
            let Some(release) = releases.get(place).filter(|_| outcome.is_ok()) else {
                return;
            };
            let bytes = answer.as_ref().map_or(0, |answer| answer.body.len());
            let content = answer.and_then(|answer| answer.file(self.transport.host()));
            outcome = verify_archive(release, content).and_then(|archive| install(release, &archive));
            if outcome.is_ok() {
                progress.arrived(release, bytes);
            }
        });
        outcome.map_err(|error| self.refuse(error))
    }
}

/// The one verifier of archives: size, digest and form (`archive::receive`), then the manifest.
fn verify_archive(
    release: &VerifiedRelease,
    content: Result<Option<Vec<u8>>, TransportError>,
) -> Result<Archive, ClientError> {
    let published = &release.published;
    let subject = format!("the archive of {} {}", release.package, published.version);
    let expected = format!("{} bytes with SHA-256 {}", published.size, published.archive);
    let withheld = |found: String| Violation::new(Rule::ArchiveDigest, &subject, &expected, found);
    let bytes = match content {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Err(withheld("the registry has none".to_owned()).into()),
        Err(TransportError::TooLarge { limit, .. }) => {
            return Err(withheld(format!("more than {limit} bytes, compressed")).into());
        }
        Err(failure) => {
            return Err(ClientError::Network {
                needed: format!("for {subject}"),
                failure,
            });
        }
    };
    let archive = archive::receive(
        bytes.as_slice(),
        published.size,
        &published.archive,
        &published.files,
    )
    .map_err(|error| received(&subject, &expected, error))?;
    verify_manifest(release, &archive, &subject)?;
    Ok(archive)
}

/// The manifest is the published one, and of this package and version, and asks for what the record says.
fn verify_manifest(
    release: &VerifiedRelease,
    archive: &Archive,
    subject: &str,
) -> Result<(), Box<Violation>> {
    let published = &release.published;
    let found = Digest::of(archive.manifest());
    if found != published.manifest {
        let expected = format!("a manifest with SHA-256 {}", published.manifest);
        return Err(Violation::new(Rule::ManifestDigest, subject, expected, found));
    }
    let manifest = PublishedManifest::read(archive.manifest()).map_err(|error| {
        Violation::new(
            Rule::ManifestContent,
            subject,
            "a manifest fit for publishing",
            error,
        )
        .with("lumen.toml", archive.manifest())
    })?;
    let statement = published.statement(&release.package);
    match manifest.agrees_with(&statement) {
        Ok(()) => Ok(()),
        Err(fault) => Err(
            Violation::new(Rule::ManifestContent, subject, fault.expected, fault.found)
                .with("lumen.toml", archive.manifest()),
        ),
    }
}

fn received(subject: &str, expected: &str, error: ReceiveError) -> Box<Violation> {
    match error {
        ReceiveError::Transport(error) => Violation::new(Rule::ArchiveDigest, subject, expected, error),
        ReceiveError::Archive(error) => {
            Violation::new(Rule::ArchiveForm, subject, "a canonical archive", error)
        }
        ReceiveError::Files { expected, found } => Violation::new(
            Rule::FileTree,
            subject,
            format_args!("files with the root {expected}"),
            found,
        ),
    }
}

//! Publishing: begin, upload, commit. Each step may be repeated, so that a publish goes on after a crash or a lost answer.
//!
//! Whether the version is in the log is not taken from the registry's word: the caller looks it up in a refreshed session.

use super::account::Account;
use super::answer::{ask, refusal, with_json};
use super::error::ClientError;
use super::transport::{Call, Method};
use crate::protocol::{Begin, BeginAnswer, Commit, PublishAnswer, UploadState, paths};

/// Attempts for a step, when the network fails in between.
const ATTEMPTS: usize = 3;

/// The most that an upload may have, compressed, in bytes (`docs/spec/registry-v1.md`).
pub const MAXIMUM_UPLOAD_BYTES: u64 = 10 * 1024 * 1024;

/// What is to be published, ready to be sent.
#[derive(Debug, Clone)]
pub struct Publication {
    /// Statement, key and signature.
    pub commit: Commit,
    /// The archive, compressed.
    pub upload: Vec<u8>,
}

impl Account<'_> {
    /// Publishes. The answer is the registry's word.
    ///
    /// # Errors
    /// If the registry does not answer, or refuses.
    pub fn publish(&self, publication: &Publication) -> Result<PublishAnswer, ClientError> {
        let statement = &publication.commit.statement;
        let doing = format!("publish {} {}", statement.package, statement.version);
        let begin = Begin {
            package: statement.package.clone(),
            version: statement.version.clone(),
            archive: statement.archive,
            size: statement.size,
        };
        let begun: BeginAnswer = again(|| {
            let call = with_json(
                Method::Post,
                paths::PUBLISH_BEGIN.to_owned(),
                &begin,
                self.token(),
            );
            ask(self.transport(), &call, &doing)
        })?;
        self.check_upload(&begun.upload, &doing)?;
        if let UploadState::Done { leaf } = begun.state {
            return Ok(PublishAnswer::Published { leaf });
        }
        if begun.state == UploadState::Upload {
            again(|| self.upload(&begun.upload, &publication.upload, &doing))?;
        }
        again(|| {
            let call = Call {
                idempotency: Some(begun.upload.clone()),
                ..with_json(
                    Method::Post,
                    paths::publish_commit(&begun.upload),
                    &publication.commit,
                    self.token(),
                )
            };
            ask(self.transport(), &call, &doing)
        })
    }

    fn upload(&self, id: &str, archive: &[u8], doing: &str) -> Result<(), ClientError> {
        let call = Call {
            body: archive.to_vec(),
            content_type: "application/zstd",
            idempotency: Some(id.to_owned()),
            ..super::answer::bare(Method::Put, paths::publish_archive(id), Some(self.token()))
        };
        let answer = self
            .transport()
            .call(&call)
            .map_err(ClientError::network(format_args!("to {doing}")))?;
        match answer.is_success() {
            true => Ok(()),
            false => Err(refusal(self.transport().host(), &answer, doing)),
        }
    }

    /// The id becomes part of a path.
    fn check_upload(&self, id: &str, doing: &str) -> Result<(), ClientError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        match (1..=128).contains(&id.len()) && id.bytes().all(plain) {
            true => Ok(()),
            false => Err(ClientError::Answer {
                host: self.transport().host().to_owned(),
                doing: doing.to_owned(),
                reason: "the id of the upload is not made of letters and digits".to_owned(),
            }),
        }
    }
}

/// Repeats a step that failed on the way. All steps give the same answer when they are repeated.
fn again<T>(mut step: impl FnMut() -> Result<T, ClientError>) -> Result<T, ClientError> {
    for _ in 1..ATTEMPTS {
        match step() {
            Err(ClientError::Network { .. }) => {}
            other => return other,
        }
    }
    step()
}

//! Refusals as RFC 9457 problem documents: one table of kinds, one way out.

use crate::sequencer::Rejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lumen_pkg::protocol::ApiProblem;
use std::borrow::Cow;

/// Where the kinds are explained.
const PREFIX: &str = "https://lumen-lang.org/problems/";

/// What is wrong, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// There is nothing at this path.
    NotFound,
    /// There is something, but not for this method.
    MethodNotAllowed,
    /// The request is not well-formed.
    BadRequest,
    /// No token, or one that is unknown, ended or withdrawn.
    Unauthenticated,
    /// The token or its user may not do this.
    Forbidden,
    /// The version is there, with other content.
    VersionExists,
    /// The publish is not where this request needs it to be.
    WrongState,
    /// The body is larger than allowed.
    TooLarge,
    /// The body did not come in time.
    Timeout,
    /// The archive is not what it should be: digest, size, canonical form, limits.
    BadArchive,
    /// The statement does not agree with the archive.
    BadStatement,
    /// The signature does not verify.
    BadSignature,
    /// The key is not one that the user has announced.
    UnknownKey,
    /// The name cannot be published.
    BadName,
    /// There is no such user.
    UnknownUser,
    /// The range lies outside of the file.
    BadRange,
    /// More than the user may do in this time.
    TooMany,
    /// The registry is shutting down or cannot write.
    Unavailable,
    /// The registry has no space left for its files.
    Full,
    /// The registry itself has failed.
    Internal,
}

impl Kind {
    /// Last part of the type, status, title.
    const fn row(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::NotFound => ("not-found", 404, "There is nothing here"),
            Self::MethodNotAllowed => ("method-not-allowed", 405, "This cannot be done here"),
            Self::BadRequest => ("bad-request", 400, "The request is not well-formed"),
            Self::Unauthenticated => ("unauthenticated", 401, "A valid token is needed"),
            Self::Forbidden => ("forbidden", 403, "This is not allowed"),
            Self::VersionExists => ("version-exists", 409, "The version is already published"),
            Self::WrongState => ("wrong-state", 409, "The publish is at another step"),
            Self::TooLarge => ("too-large", 413, "The body is too large"),
            Self::Timeout => ("timeout", 408, "The request took too long"),
            Self::BadArchive => ("bad-archive", 422, "The archive is refused"),
            Self::BadStatement => (
                "bad-statement",
                422,
                "The statement does not agree with the archive",
            ),
            Self::BadSignature => ("bad-signature", 422, "The signature does not verify"),
            Self::UnknownKey => ("unknown-key", 422, "The key is not announced"),
            Self::BadName => ("bad-name", 422, "The name is refused"),
            Self::UnknownUser => ("unknown-user", 422, "There is no such user"),
            Self::BadRange => ("bad-range", 416, "The range lies outside of the file"),
            Self::TooMany => ("too-many", 429, "Too many requests"),
            Self::Unavailable => ("unavailable", 503, "The registry cannot do this now"),
            Self::Full => ("full", 507, "The registry has no space left"),
            Self::Internal => ("internal", 500, "The registry failed"),
        }
    }
}

/// Why a request is refused. What failed inside is logged, and never part of `detail`.
#[derive(Debug)]
pub struct Refusal {
    /// What is wrong, for programs.
    pub kind: Kind,
    /// What is wrong in this case and what to do.
    pub detail: Cow<'static, str>,
    /// After how many seconds the request may be sent again, if that is known.
    pub retry_after: Option<u64>,
}

impl Refusal {
    /// A refusal.
    pub fn new(kind: Kind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            retry_after: None,
        }
    }

    /// More than the user may do in this time; in `seconds` he may again.
    pub fn too_many(seconds: u64, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::new(Kind::TooMany, detail)
        }
    }

    /// The document.
    pub fn problem(&self) -> ApiProblem {
        let (name, status, title) = self.kind.row();
        ApiProblem {
            kind: format!("{PREFIX}{name}"),
            title: title.to_owned(),
            status,
            detail: self.detail.clone().into_owned(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.kind == Kind::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Failures inside: logged with their cause, answered without it. That there is no space left is said, since only the operator can do something about it.
macro_rules! internal {
    ($($error:ty),+) => {
        $(impl From<$error> for Refusal {
            fn from(error: $error) -> Self {
                tracing::error!(error = %error, "request failed inside");
                if error.is_full() {
                    return Self::new(Kind::Full, "The registry has no space left for this; tell its operator, and try again later.");
                }
                Self::new(Kind::Internal, "The failure is in the registry's log, under this request's id; try again later.")
            }
        })+
    };
}

internal!(crate::storage::StorageError, crate::database::DatabaseError);

pub(super) async fn no_such_route() -> Refusal {
    Refusal::new(
        Kind::NotFound,
        "No such path; docs/spec/registry-v1.md lists those there are.",
    )
}

pub(super) async fn no_such_method() -> Refusal {
    Refusal::new(Kind::MethodNotAllowed, "This path does not take this method.")
}

/// The variable parts of a path; what is wrong with them is a problem document as well.
pub(super) struct Path<T>(pub(super) T);

impl<S, T> axum::extract::FromRequestParts<S> for Path<T>
where
    S: Send + Sync,
    T: serde::de::DeserializeOwned + Send,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, state: &S) -> Result<Self, Refusal> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(path)) => Ok(Self(path)),
            Err(_) => Err(Refusal::new(
                Kind::BadRequest,
                "The path is not UTF-8 in percent-encoding.",
            )),
        }
    }
}

/// JSON in and out; what is wrong with a body is a problem document as well.
pub(super) struct Json<T>(pub(super) T);

impl<S: Send + Sync, T: serde::de::DeserializeOwned> axum::extract::FromRequest<S> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, Refusal> {
        let bytes = bytes::Bytes::from_request(request, state)
            .await
            .map_err(
                |rejection| match rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                    true => Refusal::new(Kind::TooLarge, "The body is larger than this request may have."),
                    false => Refusal::new(Kind::BadRequest, "The body was cut off."),
                },
            )?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            Refusal::new(
                Kind::BadRequest,
                format!("The body is not what this request needs: {error}."),
            )
        })
    }
}

impl<T: serde::Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
            Err(_) => Refusal::new(Kind::Internal, "The answer cannot be written.").into_response(),
        }
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        let kind = match &rejection {
            Rejection::VersionExists { .. } => Kind::VersionExists,
            Rejection::NoSuchVersion { .. } => Kind::NotFound,
            Rejection::NotOwner { .. } | Rejection::NameRefused { .. } => Kind::Forbidden,
            Rejection::LastOwner { .. } => Kind::WrongState,
            Rejection::UnknownKey { .. } => Kind::UnknownKey,
            Rejection::TooLong { .. } => Kind::TooLarge,
            Rejection::Unavailable => Kind::Unavailable,
        };
        Self::new(kind, rejection.to_string())
    }
}

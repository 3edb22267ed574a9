//! `PUT` brings something about and `DELETE` takes it back: one handler for both, which is told by this which it was.

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use lumen_pkg::protocol::Change;
use std::convert::Infallible;

/// What the method asks for, on routes that take no others.
pub(super) struct Asked(pub(super) Change);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self(match parts.method == Method::DELETE {
            true => Change::Remove,
            false => Change::Add,
        }))
    }
}

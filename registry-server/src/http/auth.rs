//! Who asks: the bearer token of a request.

use super::problem::{Kind, Refusal};
use crate::authority::Caller;
use crate::server::Registry;
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use std::sync::Arc;

impl FromRequestParts<Arc<Registry>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, registry: &Arc<Registry>) -> Result<Self, Refusal> {
        let token = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .ok_or_else(|| {
                Refusal::new(
                    Kind::Unauthenticated,
                    "Send a token: `Authorization: Bearer lumen_...`; `lumen login` stores one.",
                )
            })?;
        let caller = registry.authority.identify(token).await?;
        tracing::Span::current().record("user", &caller.user);
        Ok(caller)
    }
}

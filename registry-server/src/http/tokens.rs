//! `/api/v1/tokens`.

use super::problem::{Json, Path, Refusal};
use crate::account::{list_tokens, make_token, revoke_token};
use crate::authority::Caller;
use crate::server::Registry;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use lumen_pkg::protocol::{TokenList, TokenRequest};
use std::sync::Arc;

/// `POST`. The answer is the only one that has the token, so nothing between may keep it.
pub(super) async fn make(
    State(registry): State<Arc<Registry>>,
    caller: Caller,
    Json(request): Json<TokenRequest>,
) -> Result<Response, Refusal> {
    let answer = make_token(&registry, &caller, request).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

/// `GET`.
pub(super) async fn list(
    State(registry): State<Arc<Registry>>,
    caller: Caller,
) -> Result<Json<TokenList>, Refusal> {
    let tokens = list_tokens(&registry, &caller).await?;
    Ok(Json(TokenList { tokens }))
}

/// `DELETE ID`.
pub(super) async fn revoke(
    State(registry): State<Arc<Registry>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    revoke_token(&registry, &caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

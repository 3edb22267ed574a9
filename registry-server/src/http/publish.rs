//! `/api/v1/publish/*`.

use super::problem::{Json, Path, Refusal};
use crate::authority::Caller;
use crate::publish;
use crate::server::Registry;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use lumen_pkg::protocol::{Begin, BeginAnswer, Commit, PublishAnswer};
use std::sync::Arc;

/// `POST begin`.
pub(super) async fn begin(
    State(registry): State<Arc<Registry>>,
    caller: Caller,
    Json(begin): Json<Begin>,
) -> Result<Json<BeginAnswer>, Refusal> {
    Ok(Json(publish::begin(&registry, &caller, begin).await?))
}

/// `PUT ID/archive`.
pub(super) async fn archive(
    State(registry): State<Arc<Registry>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Result<StatusCode, Refusal> {
    publish::receive(&registry, &caller, &id, body.into_data_stream()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST ID/commit`.
pub(super) async fn commit(
    State(registry): State<Arc<Registry>>,
    caller: Caller,
    Path(id): Path<String>,
    Json(commit): Json<Commit>,
) -> Result<Json<PublishAnswer>, Refusal> {
    Ok(Json(publish::commit(&registry, &caller, &id, commit).await?))
}

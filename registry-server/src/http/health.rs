//! `GET /healthz`: for those who watch the process.

use super::problem::Refusal;
use crate::server::Registry;
use axum::extract::State;
use std::sync::Arc;

/// `ok` while the database answers.
pub(super) async fn healthz(State(registry): State<Arc<Registry>>) -> Result<&'static str, Refusal> {
    registry.database.ping().await?;
    Ok("ok\n")
}

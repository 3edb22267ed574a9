//! HTTP: routes, limits, request ids, problems. One file a group of routes; no rule of the registry is here.

mod auth;
mod connection;
mod files;
mod health;
mod keys;
mod limits;
mod owners;
mod problem;
mod proof;
mod publish;
mod tokens;
mod yank;

pub use connection::{Listening, listen};
pub use problem::{Kind, Refusal};

use crate::server::Registry;
use axum::Router;
use axum::routing::{delete, get, post, put};
use std::sync::Arc;

/// Everything that the registry answers.
pub fn router(registry: Arc<Registry>) -> Router {
    let limits = registry.limits;
    let router = Router::new()
        .route("/healthz", get(health::healthz))
        .route("/tuf/{*path}", get(files::get_file))
        .route("/log/{*path}", get(files::get_file))
        .route("/log/proof/{index}", get(proof::leaf))
        .route("/map/{*path}", get(files::get_file))
        .route("/index/{scope}/{name}", get(files::get_file))
        .route("/blob/sha256/{start}/{hash}", get(files::get_file))
        .route("/blob/sha256/{start}/{hash}/file/{*path}", get(proof::file))
        .route("/api/v1/whoami", get(keys::whoami))
        .route("/api/v1/keys", put(keys::announce).delete(keys::withdraw))
        .route("/api/v1/tokens", get(tokens::list).post(tokens::make))
        .route("/api/v1/tokens/{id}", delete(tokens::revoke))
        .route(
            "/api/v1/packages/{scope}/{name}/owners",
            get(owners::list).put(owners::add).delete(owners::remove),
        )
        .route("/api/v1/scopes/{scope}/owners", get(owners::of_scope))
        .route("/api/v1/publish/begin", post(publish::begin))
        .route("/api/v1/publish/{id}/commit", post(publish::commit))
        .route(
            "/api/v1/packages/{scope}/{name}/{version}/yank",
            put(yank::yank).delete(yank::unyank),
        )
        .layer(axum::middleware::from_fn_with_state(
            Arc::clone(&registry),
            limits::in_time,
        ))
        .route("/api/v1/publish/{id}/archive", put(publish::archive))
        .fallback(problem::no_such_route)
        .method_not_allowed_fallback(problem::no_such_method)
        .with_state(registry);
    limits::around(router, limits)
}

//! HTTP: routes, limits, request ids, problems. One file a group of routes; no rule of the registry is here.

mod connection;
mod health;
mod limits;
mod problem;

pub use connection::{Listening, listen};
pub use problem::{Kind, Refusal};

use crate::server::Registry;
use axum::Router;
use axum::routing::get;
use std::sync::Arc;

/// Everything that the registry answers.
pub fn router(registry: Arc<Registry>) -> Router {
    let limits = registry.limits;
    let api = Router::new().fallback(problem::no_such_route);
    let router = Router::new()
        .route("/healthz", get(health::healthz))
        .nest("/api/v1", api)
        .fallback(problem::no_such_route)
        .method_not_allowed_fallback(problem::no_such_method)
        .with_state(registry);
    limits::around(router, limits)
}

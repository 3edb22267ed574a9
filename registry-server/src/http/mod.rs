//! HTTP: routes, limits, request ids, problems. One file a group of routes; no rule of the registry is here.

mod auth;
mod change;
mod connection;
mod files;
mod health;
mod keys;
mod limits;
mod metrics;
mod openapi;
mod owners;
mod problem;
mod proof;
mod publish;
mod search;
mod tokens;
mod watched;
mod yank;

pub use connection::{Listening, listen};
pub use problem::{Kind, Refusal};

use crate::server::Registry;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, delete, get, post, put};
use std::sync::Arc;

/// The route that has its own limits of time.
const UPLOAD: &str = "/api/v1/publish/{id}/archive";

/// Every path that is answered, as the document of the API has to list it.
fn routes() -> Vec<(&'static str, MethodRouter<Arc<Registry>>)> {
    let owners = "/api/v1/packages/{scope}/{name}/owners";
    let yank = "/api/v1/packages/{scope}/{name}/{version}/yank";
    vec![
        ("/healthz", get(health::healthz)),
        ("/metrics", get(metrics::metrics)),
        ("/openapi.json", get(openapi::openapi)),
        ("/tuf/{*path}", get(files::get_file)),
        ("/log/{*path}", get(files::get_file)),
        ("/log/proof/{index}", get(proof::leaf)),
        ("/map/{*path}", get(files::get_file)),
        ("/index/{scope}/{name}", get(files::get_file)),
        ("/blob/sha256/{start}/{hash}", get(files::get_file)),
        ("/blob/sha256/{start}/{hash}/file/{*path}", get(proof::file)),
        ("/api/v1/search", get(search::search)),
        ("/api/v1/whoami", get(keys::whoami)),
        ("/api/v1/keys", put(keys::announce).delete(keys::withdraw)),
        ("/api/v1/tokens", get(tokens::list).post(tokens::make)),
        ("/api/v1/tokens/{id}", delete(tokens::revoke)),
        (
            owners,
            get(owners::list).put(owners::change).delete(owners::change),
        ),
        ("/api/v1/scopes/{scope}/owners", get(owners::of_scope)),
        ("/api/v1/publish/begin", post(publish::begin)),
        (UPLOAD, put(publish::archive)),
        ("/api/v1/publish/{id}/commit", post(publish::commit)),
        (yank, put(yank::set).delete(yank::set)),
    ]
}

/// The paths of all routes.
pub fn paths() -> Vec<&'static str> {
    routes().into_iter().map(|(path, _)| path).collect()
}

/// Everything that the registry answers.
pub fn router(registry: Arc<Registry>) -> Router {
    let limits = registry.limits;
    let add = |router: Router<Arc<Registry>>, (path, methods)| router.route(path, methods);
    let (uploads, others): (Vec<_>, Vec<_>) = routes().into_iter().partition(|(path, _)| *path == UPLOAD);
    let timed = others.into_iter().fold(Router::new(), add);
    let timed = timed.layer(from_fn_with_state(Arc::clone(&registry), limits::in_time));
    let counted = uploads
        .into_iter()
        .fold(timed, add)
        .fallback(problem::no_such_route)
        .method_not_allowed_fallback(problem::no_such_method)
        .layer(from_fn_with_state(Arc::clone(&registry), metrics::count));
    limits::around(counted.with_state(registry), limits)
}

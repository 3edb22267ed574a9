//! `GET /metrics`, and what is counted of each request.

use super::problem::Refusal;
use crate::server::Registry;
use crate::telemetry::Totals;
use axum::body::Body;
use axum::extract::{MatchedPath, State};
use axum::http::{Method, Request, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::time::Instant;

/// What clients may make up is one label.
const OTHER: &str = "other";

pub(super) async fn metrics(State(registry): State<Arc<Registry>>) -> Result<impl IntoResponse, Refusal> {
    let batch = registry.sequencer.published();
    let now = registry.clock.now();
    let totals = Totals {
        leaves: batch.size,
        packages: batch.packages,
        held: registry.database.held_names().await?,
        expiries: registry
            .publisher
            .expiries()
            .into_iter()
            .map(|(role, expires)| (role, expires.cast_signed().saturating_sub(now.cast_signed())))
            .collect(),
    };
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, registry.telemetry.render(totals)))
}

/// Counts a request and its time, until the head of the answer.
pub(super) async fn count(
    State(registry): State<Arc<Registry>>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let started = Instant::now();
    let method = method(request.method());
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| OTHER.to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    let status = response.status().as_u16();
    registry
        .telemetry
        .request(method, route, status, started.elapsed());
    response
}

fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::PUT => "PUT",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        _ => OTHER,
    }
}

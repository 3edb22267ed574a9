//! What surrounds every route: a request id, a line in the log, a panic caught, a bound on bodies.

use super::problem::{Kind, Refusal};
use crate::config::Limits;
use crate::server::Registry;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, MatchedPath, State};
use axum::http::{HeaderName, HeaderValue, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::trace::TraceLayer;
use tracing::Span;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Random, and never the client's: two requests must not share one.
#[derive(Clone, Copy)]
struct RandomId;

impl MakeRequestId for RandomId {
    fn make_request_id<B>(&mut self, _request: &Request<B>) -> Option<RequestId> {
        HeaderValue::from_str(&crate::server::random_name().ok()?)
            .ok()
            .map(RequestId::new)
    }
}

/// Puts a router behind the limits that all routes share.
pub(super) fn around(router: Router, limits: Limits) -> Router {
    let trace = TraceLayer::new_for_http()
        .make_span_with(span)
        .on_request(())
        .on_response(|response: &Response, latency: Duration, _: &Span| {
            let status = response.status().as_u16();
            let milliseconds = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
            tracing::info!(status, milliseconds, "answered");
        });
    router
        .layer(DefaultBodyLimit::max(limits.body))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(trace)
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, RandomId))
        .layer(axum::middleware::map_request(without_foreign_id))
}

/// Answers with a problem if a request takes too long. Uploads have their own limits.
pub(super) async fn in_time(
    State(registry): State<Arc<Registry>>,
    request: Request<Body>,
    next: Next,
) -> Result<Response, Refusal> {
    let answered = tokio::time::timeout(registry.limits.request, next.run(request)).await;
    answered.map_err(|_| Refusal::new(Kind::Timeout, "The request took too long; send it again."))
}

async fn without_foreign_id(mut request: Request<Body>) -> Request<Body> {
    request.headers_mut().remove(REQUEST_ID);
    request
}

/// The path as the route names it, so that no file name, token or id is in the log.
fn span(request: &Request<Body>) -> Span {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("", MatchedPath::as_str);
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok());
    tracing::info_span!("request", method = %request.method(), route, id, user = tracing::field::Empty)
}

fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = text, "a request panicked");
    Refusal::new(
        Kind::Internal,
        "The failure is in the registry's log, under this request's id.",
    )
    .into_response()
}

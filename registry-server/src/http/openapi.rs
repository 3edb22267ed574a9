//! `GET /openapi.json`: what the API looks like, for programs. Written by hand; a test holds it against the routes and the types.

use axum::http::header;
use axum::response::IntoResponse;

pub(super) async fn openapi() -> impl IntoResponse {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (kind, include_str!("../../openapi.json"))
}

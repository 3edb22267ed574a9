//! Static files: everything that a cache or a mirror can serve as well. What is named by its content never changes and says so.

use super::problem::{Kind, Refusal};
use crate::server::Registry;
use crate::storage::Object;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use lumen_pkg::{Digest, PackageName};
use std::ops::Range;
use std::sync::Arc;

/// For files that are named by their content, or whose name is never used for other content.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// For files that change: a cache has to ask, which costs no body while the `ETag` is the same.
const REVALIDATE: HeaderValue = HeaderValue::from_static("public, no-cache");

/// Files that are read whole, to have their digest as `ETag`, in bytes. The largest is a record.
const MAXIMUM_WHOLE: u64 = 64 * 1024 * 1024;

/// What is served under a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Named by its digest; streamed, in ranges if asked for.
    Content(Digest),
    /// Its name is never used again for other content.
    Fixed(&'static str),
    /// It changes.
    Changing(&'static str),
}

/// `GET` of any static file.
pub(super) async fn get_file(
    State(registry): State<Arc<Registry>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let path = uri.path().strip_prefix('/').unwrap_or_default();
    let class = classify(path).ok_or_else(not_there)?;
    match class {
        Class::Content(digest) => content(&registry, path, &digest, &headers).await,
        Class::Fixed(kind) => whole(&registry, path, kind, IMMUTABLE, &headers).await,
        Class::Changing(kind) => whole(&registry, path, kind, REVALIDATE, &headers).await,
    }
}

/// The only paths that lead to storage. Uploads, which lie there too, are not among them.
fn classify(path: &str) -> Option<Class> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let mut parts = path.split('/');
    if !parts
        .clone()
        .all(|part| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain))
    {
        return None;
    }
    let parts: Vec<&str> = parts.by_ref().collect();
    match *parts.as_slice() {
        ["log", "checkpoint"] => Some(Class::Changing("text/plain; charset=utf-8")),
        ["log", "tile", ..] => Some(Class::Fixed("application/octet-stream")),
        ["map", "tile", start, hash] => spread(start, hash).map(|_| Class::Fixed("application/octet-stream")),
        ["blob", "sha256", start, hash] => spread(start, hash).map(Class::Content),
        ["index", scope, name] => PackageName::parse(&format!("@{scope}/{name}"))
            .is_ok()
            .then_some(Class::Changing("application/jsonl")),
        ["tuf", "timestamp.json"] => Some(Class::Changing("application/json")),
        ["tuf", name]
            if name.ends_with(".json") && name.starts_with(|first: char| first.is_ascii_digit()) =>
        {
            Some(Class::Fixed("application/json"))
        }
        ["tuf", "targets", _] => Some(Class::Fixed("application/octet-stream")),
        _ => None,
    }
}

fn spread(start: &str, hash: &str) -> Option<Digest> {
    Digest::parse(hash).filter(|_| hash.starts_with(start) && start.len() == 2)
}

/// A small file: read whole, its digest is its tag.
async fn whole(
    registry: &Registry,
    path: &str,
    kind: &'static str,
    cache: HeaderValue,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let bytes = registry
        .storage
        .read(path, MAXIMUM_WHOLE)
        .await?
        .ok_or_else(not_there)?;
    let tag = tag(&Digest::of(&bytes));
    if is_known(headers, &tag) {
        return Ok(unchanged(&tag, cache));
    }
    let mut response = bytes.into_response();
    describe(&mut response, kind, &tag, cache);
    Ok(response)
}

/// An archive: streamed, in part if asked for. What it is compressed from has the digest; the compressed form never changes once it is there.
async fn content(
    registry: &Registry,
    path: &str,
    digest: &Digest,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let tag = tag(digest);
    let size = registry.storage.size(path).await?.ok_or_else(not_there)?;
    if is_known(headers, &tag) {
        return Ok(unchanged(&tag, IMMUTABLE));
    }
    let range = match wanted(headers, &tag, size) {
        Wanted::Whole => None,
        Wanted::Part(range) => Some(range),
        Wanted::Outside => {
            let mut response =
                Refusal::new(Kind::BadRange, format!("The file has {size} bytes.")).into_response();
            insert(&mut response, header::CONTENT_RANGE, format!("bytes */{size}"));
            return Ok(response);
        }
    };
    let object = registry
        .storage
        .open(path, range.clone())
        .await?
        .ok_or_else(not_there)?;
    let Object {
        range: sent, body, ..
    } = object;
    let mut response = Body::from_stream(body).into_response();
    describe(&mut response, "application/zstd", &tag, IMMUTABLE);
    insert(&mut response, header::ACCEPT_RANGES, "bytes".to_owned());
    insert(
        &mut response,
        header::CONTENT_LENGTH,
        (sent.end - sent.start).to_string(),
    );
    if range.is_some() {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let last = sent.end.saturating_sub(1);
        insert(
            &mut response,
            header::CONTENT_RANGE,
            format!("bytes {}-{last}/{size}", sent.start),
        );
    }
    Ok(response)
}

/// Which bytes are asked for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    Part(Range<u64>),
    Outside,
}

/// RFC 9110 section 14.2: one range; several, other units and forms that are not understood mean the whole file, as does an `If-Range` with another tag.
fn wanted(headers: &HeaderMap, tag: &str, size: u64) -> Wanted {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    if text(header::IF_RANGE).is_some_and(|condition| condition != tag) {
        return Wanted::Whole;
    }
    let Some((first, last)) = text(header::RANGE)
        .and_then(|range| range.strip_prefix("bytes="))
        .and_then(|range| range.split_once('-'))
    else {
        return Wanted::Whole;
    };
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Ok(first), Err(_)) if last.is_empty() => first..size,
        (Err(_), Ok(length)) if first.is_empty() => size.saturating_sub(length)..size,
        _ => return Wanted::Whole,
    };
    match range.start < range.end {
        true => Wanted::Part(range),
        false => Wanted::Outside,
    }
}

fn tag(digest: &Digest) -> String {
    format!("\"{digest}\"")
}

/// RFC 9110 section 13.1.2, weak comparison.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

fn unchanged(tag: &str, cache: HeaderValue) -> Response {
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    insert(&mut response, header::ETAG, tag.to_owned());
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    response
}

fn describe(response: &mut Response, kind: &'static str, tag: &str, cache: HeaderValue) {
    insert(response, header::ETAG, tag.to_owned());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, cache);
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
}

fn insert(response: &mut Response, name: header::HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}

pub(super) fn not_there() -> Refusal {
    Refusal::new(Kind::NotFound, "There is no such file.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_published_paths_lead_to_storage() {
        let hash = "ab".repeat(32);
        let there = [
            "log/checkpoint".to_owned(),
            "log/tile/0/x001/234.p/5".to_owned(),
            format!("blob/sha256/ab/{hash}"),
            format!("map/tile/ab/{hash}"),
            "index/acme/money".to_owned(),
            "tuf/12.snapshot.json".to_owned(),
        ];
        for path in there {
            assert!(classify(&path).is_some(), "{path}");
        }
        let hidden = [
            "upload/0123".to_owned(),
            "log/tile/../../upload/1".to_owned(),
            "log/tile//0".to_owned(),
            "log/tile/0/%2e%2e/1".to_owned(),
            format!("blob/sha256/aa/{hash}"),
            format!("blob/sha256/ab/{}", hash.to_uppercase()),
            "index/acme/Money".to_owned(),
            "index/acme".to_owned(),
            "tuf/state.json".to_owned(),
            "tuf/.json".to_owned(),
        ];
        for path in hidden {
            assert_eq!(classify(&path), None, "{path}");
        }
    }

    #[test]
    fn one_range_is_a_part_and_everything_else_the_whole() {
        let cases = [
            ("bytes=0-9", Wanted::Part(0..10)),
            ("bytes=90-", Wanted::Part(90..100)),
            ("bytes=-10", Wanted::Part(90..100)),
            ("bytes=-1000", Wanted::Part(0..100)),
            ("bytes=90-1000", Wanted::Part(90..100)),
            ("bytes=100-", Wanted::Outside),
            ("bytes=-0", Wanted::Outside),
            ("bytes=9-0", Wanted::Whole),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("lines=0-1", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
        ];
        for (range, expected) in cases {
            let headers = HeaderMap::from_iter([(header::RANGE, HeaderValue::from_static(range))]);
            assert_eq!(wanted(&headers, "\"t\"", 100), expected, "{range}");
        }
    }
}

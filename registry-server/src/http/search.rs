//! `GET /api/v1/search`.

use super::problem::{Json, Kind, Refusal};
use crate::database::Words;
use crate::server::Registry;
use axum::extract::{RawQuery, State};
use lumen_pkg::protocol::SearchAnswer;
use std::sync::Arc;

/// The longest text to look for, in bytes.
const LONGEST: usize = 200;

/// Hits in an answer: unless said otherwise, and at most.
const LIMIT: (u64, u64) = (10, 100);

/// How far an answer may begin from the best hit.
const DEEPEST: u64 = 10_000;

pub(super) async fn search(
    State(registry): State<Arc<Registry>>,
    RawQuery(query): RawQuery,
) -> Result<Json<SearchAnswer>, Refusal> {
    let bad = |detail: String| Refusal::new(Kind::BadRequest, detail);
    let (mut text, mut limit, mut offset) = (None, LIMIT.0, 0);
    for (key, value) in form(query.as_deref().unwrap_or_default()) {
        let number = |least, most| {
            let number = value
                .parse()
                .ok()
                .filter(|number| (least..=most).contains(number));
            number.ok_or_else(|| bad(format!("`{key}` must be a number from {least} to {most}.")))
        };
        match key.as_str() {
            "q" => text = Some(value),
            "limit" => limit = number(1, LIMIT.1)?,
            "offset" => offset = number(0, DEEPEST)?,
            _ => return Err(bad("Known are `q`, `limit` and `offset`.".to_owned())),
        }
    }
    let words = text
        .filter(|text| text.len() <= LONGEST)
        .and_then(|text| Words::parse(&text));
    let words =
        words.ok_or_else(|| bad(format!("`q` must have 1 to 8 words in at most {LONGEST} bytes.")))?;
    registry.search.reach(registry.sequencer.published().size).await;
    let (hits, total) = registry.database.search(&words, limit, offset).await?;
    Ok(Json(SearchAnswer { hits, total }))
}

/// The pairs of a query (WHATWG URL, `application/x-www-form-urlencoded`); bytes that are not UTF-8 are replaced.
fn form(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(key), decoded(value))
        })
        .collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let code = after.get(..2).filter(|_| *first == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => bytes.push(if *first == b'+' { b' ' } else { *first }),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_decoded() {
        let cases = [
            ("q=a+b&limit=5", vec![("q", "a b"), ("limit", "5")]),
            ("q=%40acme%2Fmoney", vec![("q", "@acme/money")]),
            ("q=%zz%4", vec![("q", "%zz%4")]),
            ("q=%ff", vec![("q", "\u{fffd}")]),
            ("q", vec![("q", "")]),
            ("", vec![]),
        ];
        for (query, expected) in cases {
            let found = form(query);
            let found: Vec<(&str, &str)> = found
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str()))
                .collect();
            assert_eq!(found, expected, "{query}");
        }
    }
}

//! Small targets that are written into the metadata: `custom: {"inline": "<text>"}`.
//!
//! The entry's own length and SHA-256 are checked as for a target that is downloaded, so an inlined target is no weaker
//! than a file; other clients, which know nothing of `inline`, download `targets/HASH.NAME`.

use super::refusal::{Refusal, Rule};
use crate::digest::Digest;
use serde_json::Value;
use sigstore_tuf::TargetFile;

/// The inlined bytes of target `name`, listed by `role`.
///
/// # Errors
/// [`Rule::Inline`].
pub(super) fn read(role: &str, name: &str, target: &TargetFile) -> Result<Vec<u8>, Box<Refusal>> {
    let refuse = |expected: String, found: String| {
        let refusal = Refusal::new(role, Rule::Inline, format!("{name} {expected}"), found);
        Box::new(refusal)
    };
    let text = target
        .custom
        .as_ref()
        .and_then(|custom| custom.get("inline"))
        .and_then(Value::as_str);
    let Some(text) = text else {
        return Err(refuse("inlined".to_owned(), "no inlined text".to_owned()));
    };
    if text.len() as u64 != target.length {
        return Err(refuse(
            format!("of {} bytes", target.length),
            text.len().to_string(),
        ));
    }
    let digest = Digest::of(text.as_bytes()).to_string();
    match target.hashes.get("sha256") {
        Some(signed) if *signed == digest => Ok(text.as_bytes().to_vec()),
        Some(signed) => Err(refuse(format!("with SHA-256 {signed}"), digest)),
        None => Err(refuse("with a SHA-256".to_owned(), "none".to_owned())),
    }
}

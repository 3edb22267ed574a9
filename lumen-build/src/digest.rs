//! SHA-256 with the domain in front and every part length-prefixed, so that no two different inputs run together.

use lumen_compiler::interface::Digest;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// Stands where there is no content: no warnings, no tests.
pub(crate) const NONE: Digest = [0; 32];

/// Plain SHA-256 of `bytes`: the name of a blob, and the source hash of a document.
pub(crate) fn of(bytes: &[u8]) -> Digest {
    Sha256::digest(bytes).into()
}

/// A hash over a domain and a list of parts.
pub(crate) struct PartHasher(Sha256);

impl PartHasher {
    /// Starts with `domain`, which names the format and its version.
    pub(crate) fn new(domain: &str) -> PartHasher {
        let mut hasher = PartHasher(Sha256::new());
        hasher.part(domain.as_bytes());
        hasher
    }

    /// Adds a part, its length first.
    pub(crate) fn part(&mut self, bytes: &[u8]) -> &mut PartHasher {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// The hash of everything added.
    pub(crate) fn finish(self) -> Digest {
        self.0.finalize().into()
    }
}

/// All 64 hexadecimal digits.
pub fn hex(digest: &Digest) -> String {
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}

/// The first twelve hexadecimal digits, for people.
pub fn short_hex(digest: &Digest) -> String {
    hex(digest).get(..12).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        let hash = |parts: &[&str]| {
            let mut hasher = PartHasher::new("test");
            parts.iter().for_each(|part| _ = hasher.part(part.as_bytes()));
            hasher.finish()
        };
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
        assert_ne!(hash(&["ab"]), hash(&["ab", ""]));
    }
}

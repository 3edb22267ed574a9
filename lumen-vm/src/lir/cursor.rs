//! A place in a short text that is read word by word: written types, signatures of intrinsics.

/// A text and how far it was read.
pub(super) struct Cursor<'t> {
    pub(super) text: &'t str,
    /// Bytes that were read.
    pub(super) at: usize,
}

impl<'t> Cursor<'t> {
    /// At the start of a text.
    pub(super) fn new(text: &'t str) -> Cursor<'t> {
        Cursor { text, at: 0 }
    }

    /// What was not read yet.
    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Passes over spaces.
    pub(super) fn space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start_matches(' ').len();
    }

    /// Letters, digits and underscores; empty if there is none of them here.
    pub(super) fn word(&mut self) -> &'t str {
        let rest = self.rest();
        let length = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// Whether this token is here; if so it is read.
    pub(super) fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }
}

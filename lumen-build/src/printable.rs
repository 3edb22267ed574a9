//! Names of files as one line that shows all of them: they may hold anything but `/` and NUL, and notes are printed as they are.

use std::borrow::Cow;

/// The text with control characters, and others that nobody sees, escaped as in a string of Rust.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let is_plain =
        |character: char| character == ' ' || character.is_ascii_graphic() || character.is_alphanumeric();
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut result = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match is_plain(character) {
            true => result.push(character),
            false => result.extend(character.escape_debug()),
        }
    }
    Cow::Owned(result)
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn what_cannot_be_seen_is_escaped() {
        for (text, shown) in [
            ("src/lib.lm.md", "src/lib.lm.md"),
            ("it's a \"größe\" \\ 東京", "it's a \"größe\" \\ 東京"),
            ("a\nb\r\tc", "a\\nb\\r\\tc"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("\u{202e}dm", "\\u{202e}dm"),
            ("\u{9b}\u{7f}", "\\u{9b}\\u{7f}"),
            ("bad\u{fffd}", "bad\u{fffd}"),
        ] {
            assert_eq!(printable(text), shown);
        }
    }
}

//! Words of others, fit for a terminal. Registries, repositories and archives choose words that end up in messages; a control sequence in them could recolour
//! the screen, retitle the window or hide a line, and an override of the direction of writing could make a name look like another one.

use std::borrow::Cow;

/// The most characters of a text on one line.
const MAXIMUM_LINE: usize = 1_000;

/// Whether a terminal would act on a character rather than show it: control characters, and those that change the direction of writing or are not seen.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// The text with everything but line feeds, tabs and what can be seen replaced by `U+FFFD`.
pub fn printable(text: &str) -> Cow<'_, str> {
    let is_bad = |character: char| is_hidden(character) && character != '\n' && character != '\t';
    match text.contains(is_bad) {
        true => Cow::Owned(text.replace(is_bad, "\u{fffd}")),
        false => Cow::Borrowed(text),
    }
}

/// One line, not endless.
pub(super) fn one_line(text: &str) -> String {
    let mut line: String = (text.chars().take(MAXIMUM_LINE))
        .map(|character| match character {
            _ if character.is_whitespace() => ' ',
            _ if is_hidden(character) => '\u{fffd}',
            _ => character,
        })
        .collect();
    if text.chars().nth(MAXIMUM_LINE).is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::{one_line, printable};
    use crate::client::{Rule, Violation};

    const HOSTILE: &str = "a\x1b]0;owned\x07\u{9b}2J\u{202e}b\r\nc\td\u{200b}";

    #[test]
    fn nothing_is_left_that_a_terminal_acts_on() {
        assert_eq!(
            printable(HOSTILE),
            "a\u{fffd}]0;owned\u{fffd}\u{fffd}2J\u{fffd}b\u{fffd}\nc\td\u{fffd}"
        );
        assert_eq!(
            one_line(HOSTILE),
            "a\u{fffd}]0;owned\u{fffd}\u{fffd}2J\u{fffd}b  c d\u{fffd}"
        );
        assert_eq!(printable("Größe 3 €\n"), "Größe 3 €\n");
        assert_eq!(one_line(&"x".repeat(5_000)).chars().count(), 1_001);
    }

    #[test]
    fn neither_a_message_nor_its_evidence_carries_it() {
        let violation =
            Violation::new(Rule::RecordForm, HOSTILE, HOSTILE, HOSTILE).with("record", HOSTILE.as_bytes());
        for text in [violation.to_string(), violation.file()] {
            assert_eq!(printable(&text), text);
        }
        assert_eq!(violation.to_string().lines().count(), 4, "one line each");
    }
}

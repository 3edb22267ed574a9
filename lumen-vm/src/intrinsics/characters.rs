//! Positions in text: Strings are UTF-8 inside and count Unicode scalar values outside.
//!
//! Each function takes the text and whatever the caller knows of its length, so that text of one octet a character is
//! handled in constant time. `text` and the interpreter's String indexing call them.

/// A text and its number of characters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Characters<'a> {
    text: &'a str,
    length: usize,
}

impl<'a> Characters<'a> {
    /// Counts the characters of a text.
    pub(crate) fn of(text: &'a str) -> Characters<'a> {
        Characters {
            text,
            length: text.chars().count(),
        }
    }

    /// A text whose number of characters is known. A wrong number gives wrong positions, never a panic.
    pub(crate) fn counted(text: &'a str, length: usize) -> Characters<'a> {
        Characters { text, length }
    }

    /// How many characters the text has.
    pub(crate) fn length(self) -> usize {
        self.length
    }

    /// The character at a position, if there is one.
    pub(crate) fn at(self, index: i64) -> Option<&'a str> {
        let index = usize::try_from(index).ok().filter(|index| *index < self.length)?;
        let rest = self.text.get(self.octet(index)..)?;
        let character = rest.chars().next()?;
        rest.get(..character.len_utf8())
    }

    /// Characters `from..to`, both clamped to the text; empty when they are crossed.
    pub(crate) fn slice(self, from: i64, to: i64) -> &'a str {
        let (from, to) = clamped_range(from, to, self.length);
        let start = self.octet(from);
        let rest = self.text.get(start..).unwrap_or("");
        let end = Characters {
            text: rest,
            length: self.length - from,
        }
        .octet(to - from);
        rest.get(..end).unwrap_or("")
    }

    /// Position of the first occurrence of `part`, if any.
    pub(crate) fn position_of(self, part: &str) -> Option<usize> {
        let octet = self.text.find(part)?;
        Some(match self.is_one_octet_each() {
            true => octet,
            false => self.text[..octet].chars().count(),
        })
    }

    /// Octet at which the character at `index` starts; the text's end if there is none.
    fn octet(self, index: usize) -> usize {
        if self.is_one_octet_each() {
            return index.min(self.text.len());
        }
        self.text
            .char_indices()
            .nth(index)
            .map_or(self.text.len(), |(octet, _)| octet)
    }

    fn is_one_octet_each(self) -> bool {
        self.length == self.text.len()
    }
}

/// The part of `0..length` that lies in `from..to`; both ends equal when nothing does.
pub(crate) fn clamped_range(from: i64, to: i64, length: usize) -> (usize, usize) {
    let clamp = |position: i64| usize::try_from(position.max(0)).unwrap_or(usize::MAX).min(length);
    let from = clamp(from);
    (from, clamp(to).max(from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn slices_are_clamped() {
        for (text, from, to, expected) in [
            ("hello", 1, 3, "el"),
            ("hello", 0, 5, "hello"),
            ("hello", -3, 2, "he"),
            ("hello", 3, 99, "lo"),
            ("hello", 4, 2, ""),
            ("hello", i64::MIN, i64::MAX, "hello"),
            ("hello", 9, 12, ""),
            ("", 0, 1, ""),
            ("aß漢🎉z", 1, 4, "ß漢🎉"),
            ("aß漢🎉z", 4, 9, "z"),
            ("e\u{301}x", 0, 1, "e"),
        ] {
            assert_eq!(
                Characters::of(text).slice(from, to),
                expected,
                "{text}[{from}..{to}]"
            );
        }
    }

    #[test]
    fn characters_are_scalar_values() {
        for (text, index, expected) in [
            ("abc", 0, Some("a")),
            ("abc", 2, Some("c")),
            ("abc", 3, None),
            ("abc", -1, None),
            ("aß漢🎉", 3, Some("🎉")),
            ("", 0, None),
            ("a", i64::MAX, None),
        ] {
            assert_eq!(Characters::of(text).at(index), expected, "{text:?}[{index}]");
        }
    }

    #[test]
    fn positions_count_characters() {
        for (text, part, expected) in [
            ("hello", "l", Some(2)),
            ("hello", "lo", Some(3)),
            ("hello", "x", None),
            ("hello", "", Some(0)),
            ("", "", Some(0)),
            ("漢字かな", "か", Some(2)),
        ] {
            assert_eq!(
                Characters::of(text).position_of(part),
                expected,
                "{part:?} in {text:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn slices_agree_with_a_list_of_characters(text: String, from in -4i64..20, to in -4i64..20) {
            let characters: Vec<char> = text.chars().collect();
            let expected: String = (from.max(0)..to)
                .filter_map(|index| characters.get(index as usize))
                .collect();
            prop_assert_eq!(Characters::of(&text).slice(from, to), expected);
            let expected = usize::try_from(from).ok().and_then(|index| characters.get(index)).map(char::to_string);
            prop_assert_eq!(Characters::of(&text).at(from), expected.as_deref());
        }
    }
}

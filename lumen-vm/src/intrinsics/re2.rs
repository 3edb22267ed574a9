//! RE2 patterns in the `regex` crate's syntax (<https://github.com/google/re2/wiki/Syntax>).
//!
//! Most of a pattern is the same in both. Translated is what means something else there: the Perl classes and word
//! boundaries, which RE2 confines to ASCII; set operators and nesting inside `[...]`, which RE2 does not have; `\Q..\E`;
//! escaped punctuation. What RE2 does not have is refused rather than passed on. Whether the rest is well-formed is
//! the `regex` crate's to say.

use super::pattern::PatternError;

/// The pattern in the `regex` crate's syntax.
pub(super) fn translate(pattern: &str) -> Result<String, PatternError> {
    let mut translator = Translator {
        rest: pattern,
        output: String::with_capacity(pattern.len() + 16),
    };
    while let Some(character) = translator.next() {
        match character {
            '\\' => translator.escape(Place::Outside)?,
            '[' => translator.class()?,
            '(' if translator.rest.starts_with('?') => translator.group()?,
            _ => translator.output.push(character),
        }
    }
    Ok(translator.output)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    Class,
}

/// What the Perl classes and assertions mean, outside and inside a class.
const ASCII_ESCAPES: &[(char, &str, Option<&str>)] = &[
    ('d', "[0-9]", Some("0-9")),
    ('D', "[^0-9]", Some("[^0-9]")),
    ('s', r"[\t\n\f\r ]", Some(r"\t\n\f\r ")),
    ('S', r"[^\t\n\f\r ]", Some(r"[^\t\n\f\r ]")),
    // Not subject to `i`, which would let U+017F and U+212A in.
    ('w', "(?-i:[0-9A-Za-z_])", Some("0-9A-Za-z_")),
    ('W', "(?-i:[^0-9A-Za-z_])", Some("[^0-9A-Za-z_]")),
    ('b', r"(?-u:\b)", None),
    ('B', r"(?-u:\B)", None),
    ('A', r"\A", None),
    ('z', r"\z", None),
];

/// Names in `[[:name:]]`.
const POSIX_CLASSES: &[&str] = &[
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "word", "xdigit",
];

struct Translator<'a> {
    rest: &'a str,
    output: String,
}

impl Translator<'_> {
    fn next(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.rest = &self.rest[character.len_utf8()..];
        Some(character)
    }

    /// After a `\`.
    fn escape(&mut self, place: Place) -> Result<(), PatternError> {
        let character = self
            .next()
            .ok_or_else(|| fault("incomplete escape: the pattern ends with `\\`"))?;
        if let Some((_, outside, inside)) = ASCII_ESCAPES.iter().find(|(letter, _, _)| *letter == character) {
            let meaning = match place {
                Place::Outside => Some(*outside),
                Place::Class => *inside,
            };
            let meaning =
                meaning.ok_or_else(|| fault(&format!("`\\{character}` has no meaning inside `[...]`")))?;
            self.output.push_str(meaning);
            return Ok(());
        }
        match character {
            'Q' => self.quoted(),
            '1'..='9' => return Err(fault("RE2 has no backreferences")),
            '0' => self.output.push_str(r"\x00"),
            'p' | 'P' | 'x' | 'a' | 'f' | 't' | 'n' | 'r' | 'v' => {
                self.output.push('\\');
                self.output.push(character);
            }
            _ if character.is_ascii_alphanumeric() => {
                return Err(fault(&format!("`\\{character}` is no escape of RE2")));
            }
            _ => self.literal(character),
        }
        Ok(())
    }

    /// After `\Q`: everything up to `\E` or the end is itself.
    fn quoted(&mut self) {
        let (quoted, rest) = self.rest.split_once(r"\E").unwrap_or((self.rest, ""));
        self.rest = rest;
        quoted.chars().for_each(|character| self.literal(character));
    }

    fn literal(&mut self, character: char) {
        self.output
            .push_str(&regex::escape(character.encode_utf8(&mut [0; 4])));
    }

    /// After a `[`.
    fn class(&mut self) -> Result<(), PatternError> {
        self.output.push('[');
        if self.rest.starts_with('^') {
            self.next();
            self.output.push('^');
        }
        let mut first = true;
        while let Some(character) = self.next() {
            match character {
                ']' if !first => {
                    self.output.push(']');
                    return Ok(());
                }
                ']' => self.output.push_str(r"\]"),
                '\\' => self.escape(Place::Class)?,
                '[' if self.rest.starts_with(':') => self.posix_class()?,
                '[' | '&' | '~' => self.literal(character),
                // Two in a row would be a difference of sets; one before `]` or first is itself in both syntaxes.
                '-' if first || self.rest.starts_with(']') || self.rest.starts_with('-') => {
                    self.output.push_str(r"\-");
                }
                _ => self.output.push(character),
            }
            first = false;
        }
        Err(fault("unclosed character class: `[` without `]`"))
    }

    /// After a `[` inside a class, before the `:`.
    fn posix_class(&mut self) -> Result<(), PatternError> {
        let Some((name, rest)) = self.rest.split_once(":]") else {
            self.output.push_str(r"\[");
            return Ok(());
        };
        self.rest = rest;
        let letters = name.trim_start_matches(':');
        let letters = letters.strip_prefix('^').unwrap_or(letters);
        if !POSIX_CLASSES.contains(&letters) {
            return Err(fault(&format!("`[{name}:]` is no character class of RE2")));
        }
        self.output.push('[');
        self.output.push_str(name);
        self.output.push_str(":]");
        Ok(())
    }

    /// After a `(`, before the `?`.
    fn group(&mut self) -> Result<(), PatternError> {
        let rest = &self.rest[1..];
        if ["=", "!", "<=", "<!"].iter().any(|mark| rest.starts_with(mark)) {
            return Err(fault("RE2 has no look-around"));
        }
        self.output.push_str("(?");
        self.rest = rest;
        if rest.starts_with("P<") || rest.starts_with('<') {
            return Ok(());
        }
        while let Some(character) = self.next() {
            self.output.push(character);
            match character {
                ':' | ')' => return Ok(()),
                'i' | 'm' | 's' | 'U' | '-' => {}
                _ => {
                    return Err(fault(&format!(
                        "`{character}` is no flag of RE2, which has `i m s U`"
                    )));
                }
            }
        }
        Err(fault("unclosed group: `(` without `)`"))
    }
}

fn fault(message: &str) -> PatternError {
    PatternError {
        message: message.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_syntaxes_share_stays_and_the_rest_is_translated() {
        for (pattern, expected) in [
            (r"a(b|c)*?\.d{2,3}", r"a(b|c)*?\.d{2,3}"),
            (r"\d+\W", "[0-9]+(?-i:[^0-9A-Za-z_])"),
            (r"[\d\-x]", r"[0-9\-x]"),
            (r"[^\W]", "[^[^0-9A-Za-z_]]"),
            (r"[]a]", r"[\]a]"),
            (r"[^]a]", r"[^\]a]"),
            (r"[-a]", r"[\-a]"),
            (r"[a-c-]", r"[a-c\-]"),
            (r"[a--z]", r"[a\--z]"),
            (r"[a[b]", r"[a\[b]"),
            (r"[[:^alpha:]&&x]", r"[[:^alpha:]\&\&x]"),
            (r"\Q.*\E+", r"\.\*+"),
            (r"\Qa", "a"),
            (r"\<\é", "<é"),
            (r"(?i-s:a)", "(?i-s:a)"),
            (r"\x{1F600}\pL", r"\x{1F600}\pL"),
        ] {
            assert_eq!(translate(pattern).as_deref(), Ok(expected), "{pattern}");
        }
    }
}

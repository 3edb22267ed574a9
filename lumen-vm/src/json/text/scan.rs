//! The tokens of JSON text, and where in the text something is wrong.

use super::TextError;

/// What a value begins with.
pub(super) enum Token {
    /// A value without parts, all of it.
    Scalar(Scalar),
    /// `[`
    OpenArray,
    /// `{`
    OpenObject,
}

/// A value without parts.
pub(super) enum Scalar {
    Null,
    Bool(bool),
    Int(i64),
    /// Finite.
    Float(f64),
    String(String),
}

/// Reads tokens one after the other.
pub(super) struct Scanner<'a> {
    text: &'a str,
    /// In bytes.
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Scanner<'a> {
        Scanner { text, at: 0 }
    }

    /// The first token of a value.
    pub(super) fn token(&mut self, expected: &str) -> Result<Token, TextError> {
        self.space();
        let start = self.at;
        let scalar = match self.peek() {
            Some(b'[') => {
                self.at += 1;
                return Ok(Token::OpenArray);
            }
            Some(b'{') => {
                self.at += 1;
                return Ok(Token::OpenObject);
            }
            Some(b'"') => Scalar::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => {
                let words = [
                    ("null", Scalar::Null),
                    ("true", Scalar::Bool(true)),
                    ("false", Scalar::Bool(false)),
                ];
                let word = self.word();
                match words.into_iter().find(|(name, _)| *name == word) {
                    Some((_, scalar)) => scalar,
                    None => {
                        self.at = start;
                        return Err(self.expected(expected));
                    }
                }
            }
        };
        Ok(Token::Scalar(scalar))
    }

    /// A String, as the name of a member.
    pub(super) fn name(&mut self) -> Result<String, TextError> {
        self.space();
        if self.peek() == Some(b'"') {
            self.string()
        } else {
            Err(self.expected("a name in double quotes"))
        }
    }

    /// Where the next token starts.
    pub(super) fn here(&mut self) -> usize {
        self.space();
        self.at
    }

    pub(super) fn take(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    pub(super) fn is_at_end(&mut self) -> bool {
        self.space();
        self.peek().is_none()
    }

    /// Something else stands here than was expected.
    pub(super) fn expected(&self, what: &str) -> TextError {
        let found = match self.text[self.at..].chars().next() {
            None => "the end of the text".to_owned(),
            Some(found) if found.is_control() => format!("the character U+{:04X}", u32::from(found)),
            Some(found) => format!("`{found}`"),
        };
        self.error_at(self.at, &format!("expected {what}, found {found}"))
    }

    /// Something is wrong with the byte before.
    pub(super) fn error_before(&self, message: &str) -> TextError {
        self.error_at(self.at - 1, message)
    }

    /// Lines end with LF and count from 1, as do columns, in characters.
    pub(super) fn error_at(&self, at: usize, message: &str) -> TextError {
        let before = &self.text[..at];
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = before.matches('\n').count() + 1;
        let column = before[line_start..].chars().count() + 1;
        TextError::Malformed(format!("{message} at line {line}, column {column}"))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn word(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let length = rest
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            .count();
        self.at += length;
        &rest[..length]
    }

    fn digits(&mut self) -> Result<(), TextError> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.expected("a digit"));
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Scalar, TextError> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        if self.peek() == Some(b'0') {
            self.at += 1;
            if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                return Err(self.error_at(start, "a number with a leading zero"));
            }
        } else {
            self.digits()?;
        }
        let mut whole = true;
        if self.peek() == Some(b'.') {
            whole = false;
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            whole = false;
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        let number = &self.text[start..self.at];
        if whole && let Ok(value) = number.parse() {
            return Ok(Scalar::Int(value));
        }
        match number.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Scalar::Float(value)),
            _ => Err(self.error_at(start, "a number that no Float can hold")),
        }
    }

    fn string(&mut self) -> Result<String, TextError> {
        let start = self.at;
        self.at += 1;
        let mut value = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest
                .bytes()
                .take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..32))
                .count();
            value.push_str(&rest[..plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(value);
                }
                Some(b'\\') => value.push(self.escape()?),
                Some(_) => return Err(self.error_at(self.at, "a control character in a string")),
                None => return Err(self.error_at(start, "a string that does not end")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, TextError> {
        let start = self.at;
        self.at += 2;
        let byte = self.text.as_bytes().get(start + 1);
        Ok(match byte {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.code_point(start),
            _ => return Err(self.error_at(start, "an unknown escape")),
        })
    }

    /// The rest of `\uXXXX`, and of the second one of a surrogate pair.
    fn code_point(&mut self, start: usize) -> Result<char, TextError> {
        let high = self.hex(start)?;
        let code = match high {
            0xd800..=0xdbff if self.text[self.at..].starts_with("\\u") => {
                self.at += 2;
                match self.hex(start)? {
                    low @ 0xdc00..=0xdfff => 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00),
                    _ => high,
                }
            }
            _ => high,
        };
        char::from_u32(code).ok_or_else(|| self.error_at(start, "half of a surrogate pair"))
    }

    fn hex(&mut self, start: usize) -> Result<u32, TextError> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4);
        let value = digits.and_then(|digits| {
            digits.iter().try_fold(0, |value, byte| {
                char::from(*byte).to_digit(16).map(|digit| value << 4 | digit)
            })
        });
        self.at += 4;
        value.ok_or_else(|| self.error_at(start, "`\\u` without four hex digits"))
    }
}

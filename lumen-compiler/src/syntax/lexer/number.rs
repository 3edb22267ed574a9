//! Integers and floats. A faulty one is reported (E0004) and keeps its type, with the value 0.

use super::Lexer;
use crate::diagnostic::Code;
use crate::syntax::token::TokenKind;

/// Magnitude of the least Int: the one integer literal that needs a minus sign.
const GREATEST_MAGNITUDE: u64 = 1 << 63;

impl Lexer<'_> {
    pub(super) fn number(&mut self) {
        let start = self.position;
        if self.follows_dot(start) {
            let rest = &self.bytes[start..];
            let length = rest
                .iter()
                .position(|byte| !byte.is_ascii_digit())
                .unwrap_or(rest.len());
            self.position = start + length;
            return self.integer(start, 10, 0);
        }
        match (self.peek(0), self.peek(1)) {
            (Some(b'0'), Some(b'x' | b'X')) => self.prefixed(16),
            (Some(b'0'), Some(b'b' | b'B')) => self.prefixed(2),
            (Some(b'0'), Some(b'o' | b'O')) => self.prefixed(8),
            _ => self.decimal(),
        }
    }

    /// Whether the digits here are a tuple index.
    fn follows_dot(&self, start: usize) -> bool {
        self.out.tokens.last().is_some_and(|token| {
            matches!(token.kind, TokenKind::Dot | TokenKind::QuestionDot) && token.end as usize == start
        })
    }

    fn prefixed(&mut self, radix: u32) {
        let start = self.position;
        self.position = self.word_end(start);
        if radix == 8 {
            let end = self.position;
            self.report(Code::E0004, start, end, "there are no octal literals")
                .help
                .push("write it in decimal, `0x` hexadecimal or `0b` binary".into());
            return self.push_int(start, 0);
        }
        self.integer(start, radix, 2);
    }

    fn decimal(&mut self) {
        let start = self.position;
        self.digits();
        let mut float = false;
        if self.peek(0) == Some(b'.') && self.peek(1).is_some_and(|byte| byte.is_ascii_digit()) {
            float = true;
            self.position += 1;
            self.digits();
        }
        let sign = usize::from(matches!(self.peek(1), Some(b'+' | b'-')));
        if matches!(self.peek(0), Some(b'e' | b'E'))
            && self.peek(1 + sign).is_some_and(|byte| byte.is_ascii_digit())
        {
            float = true;
            self.position += 1 + sign;
            self.digits();
        }
        self.position = self.word_end(self.position);
        if float {
            self.float(start)
        } else {
            self.integer(start, 10, 0)
        }
    }

    fn digits(&mut self) {
        while self
            .peek(0)
            .is_some_and(|byte| byte.is_ascii_digit() || byte == b'_')
        {
            self.position += 1;
        }
    }

    fn float(&mut self, start: usize) {
        let text = &self.source[start..self.position];
        let value = if underscores_fit(text) {
            text.replace('_', "").parse::<f64>().ok()
        } else {
            None
        };
        let value = match value {
            Some(value) if value.is_finite() => value,
            Some(_) => {
                let message = format!("`{text}` is larger than any Float");
                self.report(Code::E0004, start, self.position, message)
                    .help
                    .push("the largest Float is about 1.8e308".into());
                0.0
            }
            None => {
                let message = format!("`{text}` is not a number");
                self.report(Code::E0004, start, self.position, message);
                0.0
            }
        };
        let data = self.out.literals.floats.len();
        self.out.literals.floats.push(value);
        self.push(TokenKind::Float, start, self.position, data);
    }

    /// The integer from `start` to the position, its digits after `prefix` bytes.
    fn integer(&mut self, start: usize, radix: u32, prefix: usize) {
        let text = &self.source[start..self.position];
        let digits = &text[prefix..];
        let fits = underscores_fit(digits)
            && digits
                .bytes()
                .all(|byte| byte == b'_' || char::from(byte).is_digit(radix));
        if !fits {
            let message = format!("`{text}` is not a number");
            let help = match radix {
                16 => "after `0x` come hexadecimal digits, `_` between them".to_owned(),
                2 => "after `0b` come the digits 0 and 1, `_` between them".to_owned(),
                _ => "a number has digits, `_` between them; a name does not begin with a digit".to_owned(),
            };
            self.report(Code::E0004, start, self.position, message)
                .help
                .push(help.into());
            return self.push_int(start, 0);
        }
        let mut value = Some(0u64);
        for byte in digits.bytes().filter(|byte| *byte != b'_') {
            let digit = char::from(byte).to_digit(radix).expect("checked above");
            value = value
                .and_then(|value| value.checked_mul(u64::from(radix)))
                .and_then(|value| value.checked_add(u64::from(digit)));
        }
        match value {
            Some(value) if value <= GREATEST_MAGNITUDE => self.push_int(start, value),
            _ => {
                let message = format!("`{text}` is out of range for Int");
                self.report(Code::E0004, start, self.position, message)
                    .help
                    .push("an Int lies between -9223372036854775808 and 9223372036854775807".into());
                self.push_int(start, 0);
            }
        }
    }

    fn push_int(&mut self, start: usize, value: u64) {
        let data = self.out.literals.ints.len();
        self.out.literals.ints.push(value);
        self.push(TokenKind::Int, start, self.position, data);
    }
}

/// Whether there are digits, and each `_` stands between two of them.
fn underscores_fit(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_hexdigit);
    !bytes.is_empty()
        && bytes
            .iter()
            .enumerate()
            .all(|(index, byte)| *byte != b'_' || (index > 0 && digit(index - 1) && digit(index + 1)))
}

//! From the stretches of a string's text to their values: indentation stripped, escapes resolved; and the bounds of
//! role texts.

use super::{Lexer, StringFrame, Style};
use crate::diagnostic::Code;
use crate::syntax::token::TokenKind;

impl Lexer<'_> {
    /// Gives the text tokens of a finished string their values.
    pub(super) fn resolve_texts(&mut self, frame: &StringFrame) {
        let strip = if frame.style == Style::Line {
            String::new()
        } else {
            self.common_indent(frame)
        };
        let last = frame.texts.len().saturating_sub(1);
        for (index, (token, start, end)) in frame.texts.iter().copied().enumerate() {
            let value = if frame.style == Style::Line {
                self.unescape(start, end)
            } else {
                let line_begins = index == 0 && matches!(frame.style, Style::Role(_));
                self.unindent(start, end, &strip, index == 0, line_begins, index == last)
            };
            let data = self.out.literals.texts.len();
            self.out.literals.texts.push(value);
            self.out.tokens[token].data = data as u32;
        }
    }

    /// The white space that all lines of a block string begin with: those that begin inside it and hold anything.
    fn common_indent(&self, frame: &StringFrame) -> String {
        let mut common: Option<&str> = None;
        for (index, (_, start, end)) in frame.texts.iter().copied().enumerate() {
            let text = &self.source[start..end];
            let whole_first = index == 0 && matches!(frame.style, Style::Role(_));
            let last_stretch = index + 1 == frame.texts.len();
            let mut lines = text.split('\n').peekable();
            if !whole_first {
                lines.next();
            }
            while let Some(line) = lines.next() {
                let content = line.trim_start_matches([' ', '\t']);
                // A stretch that ends in blanks before an interpolation holds the interpolation.
                let blank = content.is_empty() && (lines.peek().is_some() || last_stretch);
                if blank {
                    continue;
                }
                let indent = &line[..line.len() - content.len()];
                common = Some(match common {
                    None => indent,
                    Some(known) => {
                        let same = known
                            .bytes()
                            .zip(indent.bytes())
                            .take_while(|(a, b)| a == b)
                            .count();
                        &known[..same]
                    }
                });
            }
        }
        common.unwrap_or("").to_owned()
    }

    /// The value of a stretch of a block text. The line break after the opening and the one before the closing are
    /// not part of it, nor is what stands beside them if it is blank.
    fn unindent(
        &mut self,
        start: usize,
        end: usize,
        strip: &str,
        first: bool,
        line_begins: bool,
        last: bool,
    ) -> String {
        let mut value = String::with_capacity(end - start);
        let mut position = start;
        let mut at_line_begin = line_begins;
        let source = self.source;
        let count = source[start..end].split('\n').count();
        for (index, line) in source[start..end].split('\n').enumerate() {
            let opening = first && index == 0 && !line_begins;
            let closing = last && index + 1 == count;
            let blank = line.bytes().all(|byte| matches!(byte, b' ' | b'\t'));
            let skip_break = index == 0
                || (first && !line_begins && index == 1 && value.is_empty() && {
                    let opening_line = source[start..end].split('\n').next().unwrap_or("");
                    opening_line.trim_matches([' ', '\t']).is_empty()
                });
            if closing && blank && index > 0 {
                break;
            }
            if !skip_break {
                value.push('\n');
            }
            let whole_line_blank = blank && at_line_begin && (index + 1 < count || last);
            if !(whole_line_blank || (opening && blank && count > 1)) {
                let text_start = if at_line_begin && line.starts_with(strip) {
                    position + strip.len()
                } else {
                    position
                };
                let text = self.unescape(text_start, position + line.len());
                value.push_str(&text);
            }
            position += line.len() + 1;
            at_line_begin = true;
        }
        value
    }

    /// The text between two positions, escapes resolved; reports faulty ones (E0004) and keeps them as written.
    fn unescape(&mut self, start: usize, end: usize) -> String {
        let source = self.source;
        let text = &source[start..end];
        if !text.contains('\\') {
            return text.to_owned();
        }
        let mut value = String::with_capacity(text.len());
        let mut position = 0;
        while let Some(offset) = text[position..].find('\\') {
            value.push_str(&text[position..position + offset]);
            position += offset;
            let rest = &text[position..];
            let second = rest[1..].chars().next();
            let length = 1 + second.map_or(0, char::len_utf8);
            let simple = match second {
                Some('n') => Some('\n'),
                Some('t') => Some('\t'),
                Some('r') => Some('\r'),
                Some(same @ ('\\' | '"' | '{' | '}')) => Some(same),
                _ => None,
            };
            if let Some(character) = simple {
                value.push(character);
                position += length;
                continue;
            }
            let whole = if second == Some('u') {
                escape_length(rest.as_bytes()).max(length)
            } else {
                length
            };
            let whole = whole.min(rest.len());
            let written = &rest[..whole];
            match unicode_escape(written) {
                Some(character) => value.push(character),
                None => {
                    value.push_str(written);
                    self.faulty_escape(start + position, written);
                }
            }
            position += whole;
        }
        value.push_str(&text[position..]);
        value
    }

    fn faulty_escape(&mut self, start: usize, written: &str) {
        let (message, help) = if written.starts_with("\\u") {
            (
                format!("`{written}` is not a Unicode character"),
                "write \\u{...} with the hexadecimal number of a character, at most 10FFFF",
            )
        } else {
            (
                format!("unknown escape `{written}`"),
                "the escapes are \\n \\t \\r \\\\ \\\" \\{ \\} and \\u{...}; write a backslash as `\\\\`, or use r\"...\"",
            )
        };
        self.report(Code::E0004, start, start + written.len(), message)
            .help
            .push(help.into());
    }

    /// After the word `role`: if `name:` and a line end follow, reads them and the text.
    pub(in crate::syntax::lexer) fn role_text(&mut self, role_start: usize) {
        let blanks = |from: usize| {
            let rest = &self.bytes[from..];
            from + rest
                .iter()
                .position(|byte| !matches!(byte, b' ' | b'\t'))
                .unwrap_or(rest.len())
        };
        let name_start = blanks(self.position);
        let name_end = self.word_end(name_start);
        let colon = blanks(name_end);
        let after = blanks((colon + 1).min(self.bytes.len()));
        let starts_name = self
            .bytes
            .get(name_start)
            .is_some_and(|byte| !byte.is_ascii_digit());
        let fits = name_end > name_start
            && starts_name
            && self.bytes.get(colon) == Some(&b':')
            && self.bytes.get(after).is_none_or(|byte| *byte == b'\n');
        if !fits || !self.frames.is_empty() {
            return;
        }
        let line = &self.bytes[..role_start];
        let line_begin = line
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |index| index + 1);
        let column = role_start - line_begin;
        self.push(TokenKind::Identifier, name_start, name_end, 0);
        self.push(TokenKind::Colon, colon, colon + 1, 0);
        let text_start = (after + 1).min(self.bytes.len());
        self.open_string(Style::Role(column), text_start, text_start);
    }

    /// Whether a line begins here that ends a role text: its first word is `end`, indented at most `column` bytes.
    pub(super) fn ends_role(&self, column: usize) -> bool {
        if self.position > 0 && self.bytes[self.position - 1] != b'\n' {
            return false;
        }
        let rest = &self.bytes[self.position..];
        let indent = rest
            .iter()
            .position(|byte| !matches!(byte, b' ' | b'\t'))
            .unwrap_or(rest.len());
        let word = &rest[indent..];
        indent <= column
            && word.starts_with(b"end")
            && !word
                .get(3)
                .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    }
}

/// Length in bytes of the quantifier of a regular expression that begins here: `{3}`, `{2,}`, `{2,4}`. It stands for
/// itself; nobody has a use for the interpolation of a literal number.
pub(super) fn quantifier_length(bytes: &[u8]) -> Option<usize> {
    let inside = bytes.get(1..)?;
    let length = inside
        .iter()
        .position(|byte| !byte.is_ascii_digit() && *byte != b',')?;
    let (numbers, rest) = inside.split_at(length);
    let commas = numbers.iter().filter(|byte| **byte == b',').count();
    let fits = numbers.first()?.is_ascii_digit() && commas <= 1 && rest.first() == Some(&b'}');
    fits.then_some(length + 2)
}

/// Length in bytes of the escape that begins here (`\n`, `\u{...}`); a backslash before a line end stands alone.
pub(super) fn escape_length(bytes: &[u8]) -> usize {
    match bytes.get(1) {
        None | Some(b'\n') => 1,
        Some(b'u') if bytes.get(2) == Some(&b'{') => {
            let digits = bytes[3..]
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric())
                .count();
            3 + digits + usize::from(bytes.get(3 + digits) == Some(&b'}'))
        }
        Some(_) => 2,
    }
}

fn unicode_escape(written: &str) -> Option<char> {
    let digits = written.strip_prefix("\\u{")?.strip_suffix('}')?;
    if digits.is_empty() || digits.len() > 6 {
        return None;
    }
    u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
}

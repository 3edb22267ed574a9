//! Strings of all forms, with their interpolations; role texts; bytes.
//!
//! A string without interpolation is one `String` token. One with interpolations is `StringOpen`, then `StringText`
//! and `InterpolationOpen` ... [`FormatSpec`] `InterpolationClose` in turn, then `StringClose`; all of them are
//! always closed, with an E0003 if the source does not.

mod text;

use super::Lexer;
use crate::diagnostic::{Code, Edit, Help, Span};
use crate::syntax::token::TokenKind;

/// How a text ends and what its line ends mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// `"..."`: on its line.
    Line,
    /// `"""..."""`.
    Block,
    /// After `role name:`, to an `end` indented no deeper than this column.
    Role(usize),
}

/// A string that is being read.
#[derive(Debug)]
pub(super) struct StringFrame {
    style: Style,
    /// Index of its opening token.
    open: usize,
    /// First byte, of the quotes.
    start: usize,
    /// Stretches of text: their token, and where they stand.
    texts: Vec<(usize, usize, usize)>,
    /// `(` and `[` open in the current interpolation.
    brackets: usize,
    /// `{` open in it. A `}` closes the interpolation if there is none, whatever other bracket is open.
    braces: usize,
    /// Where the current interpolation began.
    interpolation: usize,
}

impl Lexer<'_> {
    pub(super) fn string(&mut self) {
        let start = self.position;
        if self.bytes[start..].starts_with(b"\"\"\"") {
            return self.open_string(Style::Block, start, start + 3);
        }
        let rest = &self.bytes[start + 1..];
        let plain = rest
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\' | b'{' | b'\n'));
        if let Some(length) = plain.filter(|length| rest[*length] == b'"') {
            let text = self.source[start + 1..start + 1 + length].to_owned();
            self.position = start + length + 2;
            return self.push_text(TokenKind::String, start, text);
        }
        self.open_string(Style::Line, start, start + 1);
    }

    /// A token from `start` to the position whose value is `text`.
    fn push_text(&mut self, kind: TokenKind, start: usize, text: String) {
        let data = self.out.literals.texts.len();
        self.out.literals.texts.push(text);
        self.push(kind, start, self.position, data);
    }

    fn open_string(&mut self, style: Style, start: usize, text_start: usize) {
        if style == Style::Line {
            if self.open_lines == 0 {
                self.first_line = self.frames.len();
            }
            self.open_lines += 1;
        }
        self.frames.push(StringFrame {
            style,
            open: self.out.tokens.len(),
            start,
            texts: Vec::new(),
            brackets: 0,
            braces: 0,
            interpolation: 0,
        });
        let kind = if matches!(style, Style::Role(_)) {
            TokenKind::RoleText
        } else {
            TokenKind::StringOpen
        };
        self.push(kind, start, text_start, 0);
        self.position = text_start;
        self.text();
    }

    /// Reads text of the innermost string up to its end or its next interpolation.
    fn text(&mut self) {
        let start = self.position;
        let style = self.frames.last().expect("inside a string").style;
        let in_line = self.open_lines > 0;
        let end = loop {
            if let Style::Role(column) = style
                && self.ends_role(column)
            {
                break Some(0);
            }
            match self.peek(0) {
                None => break None,
                Some(b'\n') if in_line => break None,
                Some(b'"') if style == Style::Line => break Some(1),
                Some(b'"') if style == Style::Block && self.bytes[self.position..].starts_with(b"\"\"\"") => {
                    break Some(3);
                }
                Some(b'{') if text::quantifier_length(&self.bytes[self.position..]).is_some() => {
                    self.position += 1;
                }
                Some(b'{') => {
                    self.push_stretch(start);
                    let brace = self.position;
                    self.position += 1;
                    self.push(TokenKind::InterpolationOpen, brace, brace + 1, 0);
                    let frame = self.frames.last_mut().expect("inside a string");
                    frame.brackets = 0;
                    frame.braces = 0;
                    frame.interpolation = brace;
                    return;
                }
                Some(b'\\') => self.position += text::escape_length(&self.bytes[self.position..]),
                Some(_) => self.position += 1,
            }
        };
        self.push_stretch(start);
        match (end, style) {
            (Some(length), _) => self.close_string(length),
            // The parser finds the `end` missing: a block left open.
            (None, Style::Role(_)) if !in_line => self.close_string(0),
            (None, _) => self.cut_strings(),
        }
    }

    fn push_stretch(&mut self, start: usize) {
        let token = self.out.tokens.len();
        let end = self.position;
        self.push(TokenKind::StringText, start, end, 0);
        self.frames
            .last_mut()
            .expect("inside a string")
            .texts
            .push((token, start, end));
    }

    /// Ends the innermost string, with closing quotes of `length` bytes here.
    fn close_string(&mut self, length: usize) {
        let frame = self.frames.pop().expect("inside a string");
        self.open_lines -= usize::from(frame.style == Style::Line);
        let end = self.position;
        self.position += length;
        self.resolve_texts(&frame);
        if let [(token, ..)] = frame.texts[..]
            && !matches!(frame.style, Style::Role(_))
        {
            let mut whole = self.out.tokens[frame.open];
            whole.kind = TokenKind::String;
            whole.end = self.position as u32;
            whole.data = self.out.tokens[token].data;
            self.out.tokens.truncate(frame.open);
            self.out.tokens.push(whole);
        } else {
            self.push(TokenKind::StringClose, end, self.position, 0);
        }
        if matches!(frame.style, Style::Role(_)) {
            self.line_start = true;
            self.indentation();
        }
    }

    /// Handles a mark inside an interpolation; false if it is an ordinary one.
    pub(super) fn interpolation_mark(&mut self, kind: TokenKind) -> bool {
        use TokenKind::*;
        let frame = self.frames.last_mut().expect("inside an interpolation");
        match kind {
            ParenOpen | BracketOpen | QuestionBracket => frame.brackets += 1,
            BraceOpen => frame.braces += 1,
            BraceClose if frame.braces == 0 => {
                let start = self.position;
                self.position += 1;
                self.push(InterpolationClose, start, start + 1, 0);
                self.text();
                return true;
            }
            ParenClose | BracketClose => frame.brackets = frame.brackets.saturating_sub(1),
            BraceClose => frame.braces -= 1,
            Colon if frame.brackets == 0 && frame.braces == 0 => {
                self.format_spec();
                return true;
            }
            _ => {}
        }
        false
    }

    /// `:spec`, up to the closing brace.
    fn format_spec(&mut self) {
        let start = self.position + 1;
        let rest = &self.bytes[start..];
        let length = rest
            .iter()
            .position(|byte| matches!(byte, b'}' | b'"' | b'\n'))
            .unwrap_or(rest.len());
        self.position = start + length;
        let text = self.source[start..self.position].to_owned();
        self.push_text(TokenKind::FormatSpec, start, text);
    }

    /// At a line end in code: ends the strings that end on their line, and the interpolation around them. Whether there
    /// was any, so that the line end belongs to a text or is to be looked at again.
    pub(super) fn cut_interpolations(&mut self) -> bool {
        let cut = self.open_lines > 0;
        if cut {
            self.cut_strings();
        }
        let Some(frame) = self.frames.last() else {
            return cut;
        };
        if !cut {
            let brace = frame.interpolation;
            self.report(
                Code::E0003,
                brace,
                brace + 1,
                "this interpolation is not closed on its line",
            )
            .help
            .push("add the closing `}`; write a literal brace as `\\{`".into());
        }
        self.push(TokenKind::InterpolationClose, self.position, self.position, 0);
        self.out.tokens.last_mut().expect("just pushed").faulty = true;
        self.text();
        true
    }

    /// At the end of the fence.
    pub(super) fn close_open_strings(&mut self) {
        if !self.frames.is_empty() {
            self.cut_strings();
        }
    }

    /// Ends the outermost string that cannot go on here, and all inside it, with one E0003.
    fn cut_strings(&mut self) {
        let at_end = self.position >= self.bytes.len();
        let cut = if at_end { 0 } else { self.first_line };
        let (style, start) = (self.frames[cut].style, self.frames[cut].start);
        let interpolation = self.frames[cut].interpolation;
        while self.frames.len() > cut {
            let in_code = !matches!(
                self.out.tokens.last().map(|token| token.kind),
                Some(TokenKind::StringText | TokenKind::StringOpen | TokenKind::RoleText)
            );
            if in_code {
                self.push(TokenKind::InterpolationClose, self.position, self.position, 0);
            }
            self.close_string(0);
            self.out.tokens.last_mut().expect("a string was closed").faulty = true;
        }
        let end = self.position;
        let (message, help) = match style {
            Style::Line => (
                "this string is not closed on its line",
                "add the closing `\"`; a text of several lines stands between `\"\"\"`",
            ),
            Style::Block => ("this string is not closed", "add the closing `\"\"\"`"),
            Style::Role(_) => (
                "an interpolation in this text is not closed",
                "add the closing `}`",
            ),
        };
        let line_length = self.bytes[start..end]
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(end - start);
        let fence_span = self.span(interpolation, interpolation + 1);
        let diagnostic = self.report(Code::E0003, start, start + line_length, message);
        diagnostic.help.push(help.into());
        if interpolation > start {
            diagnostic.related.push(crate::diagnostic::Label {
                span: fence_span,
                text: "an interpolation begins here; write a literal brace as `\\{`".to_owned(),
            });
        }
    }

    /// `r"..."`.
    pub(super) fn raw_string(&mut self) {
        let start = self.position;
        let (text_end, closed) = self.quoted_end(start + 2, b'"');
        let text = self.source[start + 2..text_end].to_owned();
        self.position = text_end + usize::from(closed);
        self.push_text(TokenKind::String, start, text);
        if !closed {
            self.unterminated(start, "this raw string is not closed on its line");
        }
    }

    /// `b"00ff"`.
    pub(super) fn byte_string(&mut self) {
        let start = self.position;
        let (text_end, closed) = self.quoted_end(start + 2, b'"');
        let digits = &self.bytes[start + 2..text_end];
        let mut bytes = Vec::with_capacity(digits.len() / 2);
        let mut valid = digits.len().is_multiple_of(2);
        for pair in digits.chunks_exact(2) {
            let high = char::from(pair[0]).to_digit(16);
            let low = char::from(pair[1]).to_digit(16);
            match (high, low) {
                (Some(high), Some(low)) => bytes.push((high * 16 + low) as u8),
                _ => valid = false,
            }
        }
        self.position = text_end + usize::from(closed);
        let data = self.out.literals.bytes.len();
        self.out.literals.bytes.push(bytes);
        self.push(TokenKind::Bytes, start, self.position, data);
        if !closed {
            self.unterminated(start, "these bytes are not closed on their line");
        } else if !valid {
            self.report(
                Code::E0004,
                start,
                text_end + 1,
                "bytes are pairs of hexadecimal digits",
            )
            .help
            .push("for example b\"48656c6c6f\"".into());
        }
    }

    /// Text in quotes that other languages or word processors have: reported, and read as the string that it means.
    pub(super) fn foreign_quoted(&mut self, opening: char, closing: char) {
        let start = self.position;
        let text_start = start + opening.len_utf8();
        let line = self.source[text_start..].lines().next().unwrap_or("");
        let Some(length) = line.find(closing) else {
            self.position = text_start;
            let message = format!("unexpected character `{opening}`");
            self.report(Code::E0001, start, text_start, message)
                .help
                .push("strings are written with straight double quotes: \"text\"".into());
            self.push(TokenKind::Unknown, start, text_start, 0);
            self.out.tokens.last_mut().expect("just pushed").faulty = true;
            return;
        };
        let text = line[..length].to_owned();
        self.position = text_start + length + closing.len_utf8();
        let span = self.span(start, self.position);
        let message = "strings are written with straight double quotes";
        self.report(Code::E0001, start, self.position, message)
            .help
            .push(requoted(&text, opening, closing, span));
        self.push_text(TokenKind::String, start, text);
    }

    /// From `from` to `quote` or the end of the line, and whether the quote was there.
    fn quoted_end(&self, from: usize, quote: u8) -> (usize, bool) {
        let rest = &self.bytes[from..];
        let length = rest
            .iter()
            .position(|byte| *byte == quote || *byte == b'\n')
            .unwrap_or(rest.len());
        (from + length, rest.get(length) == Some(&quote))
    }

    fn unterminated(&mut self, start: usize, message: &str) {
        self.out.tokens.last_mut().expect("just pushed").faulty = true;
        self.report(Code::E0003, start, self.position, message)
            .help
            .push("add the closing `\"`".into());
    }
}

/// The advice to write a text in straight quotes. Where braces interpolate they do so here, elsewhere they are text.
fn requoted(text: &str, opening: char, closing: char, span: Span) -> Help {
    let words = format!("replace `{opening}` and `{closing}` with `\"`");
    if text.contains(['"', '\\']) {
        return words.into();
    }
    let text = match opening {
        '`' => text.replace("${", "{"),
        _ => text.replace('{', "\\{"),
    };
    Help::sure(words, [Edit::replace(span, format!("\"{text}\""))])
}

//! The lexer: the content of one fence in, tokens, comments and diagnostics out. Never fails and never recurses:
//! strings inside interpolations inside strings are an explicit stack ([`string`]).
//!
//! It knows nothing of layout but where lines begin; the parser decides what a line end means.

mod number;
mod string;

use super::token::{Literals, Token, TokenKind};
use crate::diagnostic::{Code, Diagnostic, Span};
use string::StringFrame;

/// What a fence consists of.
#[derive(Debug, Default)]
pub struct Lexed {
    /// Tokens in order; the last one is [`TokenKind::EndOfFence`].
    pub tokens: Vec<Token>,
    /// Values of literals.
    pub literals: Literals,
    /// Comments in order.
    pub comments: Vec<Comment>,
    /// E0001 (unknown characters), E0003, E0004.
    pub diagnostics: Vec<Diagnostic>,
}

/// `# text`, to the end of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// With the `#`, without the line end.
    pub span: Span,
}

/// Splits the content of fence number `fence` into tokens. `source` is shorter than 4 GiB.
pub fn lex(source: &str, fence: u32) -> Lexed {
    let mut lexer = Lexer {
        source,
        bytes: source.as_bytes(),
        fence,
        position: 0,
        line_start: true,
        indent: 0,
        frames: Vec::new(),
        open_lines: 0,
        first_line: 0,
        out: Lexed::default(),
    };
    lexer.out.tokens.reserve(source.len() / 4 + 1);
    lexer.run();
    lexer.out
}

pub(super) struct Lexer<'a> {
    source: &'a str,
    bytes: &'a [u8],
    fence: u32,
    /// Next byte.
    position: usize,
    /// No token of the current line yet.
    line_start: bool,
    /// Of the current line, columns.
    indent: u16,
    /// Strings whose interpolation is being read, outermost first.
    frames: Vec<StringFrame>,
    /// How many of them end on their line.
    open_lines: usize,
    /// Index of the outermost of those.
    first_line: usize,
    out: Lexed,
}

impl Lexer<'_> {
    fn run(&mut self) {
        self.indentation();
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' | b'\t' => self.position += 1,
                b'\n' => self.line_end(),
                b'#' => self.comment(),
                b'0'..=b'9' => self.number(),
                b'"' => self.string(),
                b'r' if self.peek(1) == Some(b'"') => self.raw_string(),
                b'b' if self.peek(1) == Some(b'"') => self.byte_string(),
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
                _ => self.mark(byte),
            }
        }
        self.close_open_strings();
        let end = self.bytes.len();
        self.line_start = true;
        self.push(TokenKind::EndOfFence, end, end, 0);
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.position + ahead).copied()
    }

    fn push(&mut self, kind: TokenKind, start: usize, end: usize, data: usize) {
        self.out.tokens.push(Token {
            kind,
            line_start: self.line_start,
            faulty: false,
            indent: self.indent,
            start: start as u32,
            end: end as u32,
            data: data as u32,
        });
        self.line_start = false;
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span {
            fence: self.fence,
            start: start as u32,
            end: end as u32,
        }
    }

    fn report(
        &mut self,
        code: Code,
        start: usize,
        end: usize,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let span = self.span(start, end);
        self.out.diagnostics.push(Diagnostic::new(code, span, message));
        self.out.diagnostics.last_mut().expect("just pushed")
    }

    fn line_end(&mut self) {
        if !self.frames.is_empty() && self.cut_interpolations() {
            return;
        }
        self.position += 1;
        self.line_start = true;
        self.indentation();
    }

    /// Measures the indentation of the line that begins here.
    fn indentation(&mut self) {
        let mut column = 0usize;
        loop {
            match self.peek(0) {
                Some(b' ') => column += 1,
                Some(b'\t') => column = (column / 4 + 1) * 4,
                _ => break,
            }
            self.position += 1;
        }
        self.indent = column.min(usize::from(u16::MAX)) as u16;
    }

    fn comment(&mut self) {
        let start = self.position;
        let rest = &self.bytes[start..];
        let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        self.position += length;
        let span = self.span(start, self.position);
        self.out.comments.push(Comment { span });
    }

    fn word_end(&self, from: usize) -> usize {
        let rest = &self.bytes[from..];
        from + rest
            .iter()
            .position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
            .unwrap_or(rest.len())
    }

    fn word(&mut self) {
        let start = self.position;
        let end = self.word_end(start);
        if self.bytes.get(end).is_some_and(|byte| *byte >= 0x80) {
            return self.foreign();
        }
        let text = &self.source[start..end];
        self.position = end;
        let kind = TokenKind::of_word(text).unwrap_or(TokenKind::Identifier);
        self.push(kind, start, end, 0);
        if text == "role" {
            self.role_text(start);
        }
    }

    /// An operator or a piece of punctuation: the longest that fits.
    fn mark(&mut self, byte: u8) {
        let start = self.position;
        if byte == b'@' && self.after_import() {
            return self.package_name();
        }
        let Some((kind, length)) = longest_mark(byte, self.peek(1), self.peek(2)) else {
            return self.foreign();
        };
        if !self.frames.is_empty() && self.interpolation_mark(kind) {
            return;
        }
        self.position += length;
        self.push(kind, start, self.position, 0);
    }

    /// Whether the last token of this line is the word `import`, and not a name after `@` or `.`.
    fn after_import(&self) -> bool {
        let mut tokens = self.out.tokens.iter().rev().map(|token| token.kind);
        !self.line_start
            && tokens.next() == Some(TokenKind::Import)
            && !matches!(tokens.next(), Some(TokenKind::At | TokenKind::Dot))
    }

    /// `@scope/name` after `import`.
    fn package_name(&mut self) {
        let start = self.position;
        let rest = &self.bytes[start + 1..];
        let length = rest
            .iter()
            .position(|byte| !byte.is_ascii_alphanumeric() && !b"-_/".contains(byte))
            .unwrap_or(rest.len());
        self.position += 1 + length;
        self.push(TokenKind::PackageName, start, self.position, 0);
    }

    /// Characters that begin no token: one E0001 for the run, and a token that stands for what was meant.
    fn foreign(&mut self) {
        let start = self.position;
        let first = self.source[start..].chars().next().expect("not at the end");
        if let Some(closing) = foreign_quotes(first) {
            return self.foreign_quoted(first, closing);
        }
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        let is_foreign = |c: char| !c.is_ascii() || c == first;
        let named = is_name(first);
        let rest = &self.source[start..];
        let length = rest
            .find(|c: char| {
                if named {
                    !is_name(c)
                } else {
                    !is_foreign(c) || is_name(c)
                }
            })
            .unwrap_or(rest.len())
            .max(first.len_utf8());
        let end = start + length;
        self.position = end;
        let text = &self.source[start..end];
        let (message, help) = if named {
            let message = format!("a name consists of ASCII letters, digits and `_`, not `{text}`");
            (message, None)
        } else {
            let shown = if first.is_control() || first == '\u{feff}' {
                format!("unexpected character U+{:04X}", u32::from(first))
            } else {
                format!("unexpected character `{first}`")
            };
            (shown, foreign_help(first))
        };
        let kind = if named {
            TokenKind::Identifier
        } else {
            TokenKind::Unknown
        };
        let diagnostic = self.report(Code::E0001, start, end, message);
        diagnostic.help.extend(help.map(Into::into));
        self.push(kind, start, end, 0);
        self.out.tokens.last_mut().expect("just pushed").faulty = !named;
    }
}

/// What closes a text that this character opens, if it is a quotation mark of other languages or word processors.
fn foreign_quotes(opening: char) -> Option<char> {
    match opening {
        '\'' => Some('\''),
        '`' => Some('`'),
        '\u{201c}' | '\u{201d}' => Some('\u{201d}'),
        '\u{2018}' | '\u{2019}' => Some('\u{2019}'),
        _ => None,
    }
}

fn foreign_help(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{2013}' | '\u{2014}' | '\u{2212}' => "write the minus sign as `-`",
        '\u{2192}' => "write the arrow as `->`",
        '\u{2264}' => "write it as `<=`",
        '\u{2265}' => "write it as `>=`",
        '\u{2260}' => "write it as `!=`",
        '\u{a0}' => "it looks like a space and is none; replace it with one",
        '\r' => "a carriage return ends no line; end lines with a line feed",
        '$' => "interpolate with `{name}` inside a string; names have no `$`",
        '\\' => {
            "a function is written `fn(x) => ...`; a line continues by itself inside brackets and after an operator"
        }
        _ => return None,
    })
}

/// The longest mark that begins with these bytes, and its length.
fn longest_mark(first: u8, second: Option<u8>, third: Option<u8>) -> Option<(TokenKind, usize)> {
    use TokenKind::*;
    let second = second.unwrap_or(0);
    let third = third.unwrap_or(0);
    let three = match (first, second, third) {
        (b'.', b'.', b'=') => Some(DotDotEqual),
        (b'.', b'.', b'.') => Some(Ellipsis),
        (b'/', b'/', b'=') => Some(SlashSlashEqual),
        (b'*', b'*', b'=') => Some(StarStarEqual),
        _ => None,
    };
    if let Some(kind) = three {
        return Some((kind, 3));
    }
    let two = match (first, second) {
        (b'.', b'.') => Some(DotDot),
        (b'?', b'.') => Some(QuestionDot),
        (b'?', b'[') => Some(QuestionBracket),
        (b'?', b'?') => Some(QuestionQuestion),
        (b'-', b'>') => Some(Arrow),
        (b'=', b'>') => Some(FatArrow),
        (b'|', b'>') => Some(PipeArrow),
        (b'~', b'>') => Some(TildeArrow),
        (b'*', b'*') => Some(StarStar),
        (b'/', b'/') => Some(SlashSlash),
        (b'+', b'+') => Some(PlusPlus),
        (b'<', b'<') => Some(ShiftLeft),
        (b'>', b'>') => Some(ShiftRight),
        (b'=', b'=') => Some(EqualEqual),
        (b'!', b'=') => Some(BangEqual),
        (b'<', b'=') => Some(LessEqual),
        (b'>', b'=') => Some(GreaterEqual),
        (b'+', b'=') => Some(PlusEqual),
        (b'-', b'=') => Some(MinusEqual),
        (b'*', b'=') => Some(StarEqual),
        (b'/', b'=') => Some(SlashEqual),
        (b'%', b'=') => Some(PercentEqual),
        (b'&', b'=') => Some(AmpersandEqual),
        (b'|', b'=') => Some(BarEqual),
        (b'^', b'=') => Some(CaretEqual),
        (b'&', b'&') => Some(AmpersandAmpersand),
        (b'|', b'|') => Some(BarBar),
        (b':', b'=') => Some(ColonEqual),
        _ => None,
    };
    if let Some(kind) = two {
        return Some((kind, 2));
    }
    let one = match first {
        b'(' => ParenOpen,
        b')' => ParenClose,
        b'[' => BracketOpen,
        b']' => BracketClose,
        b'{' => BraceOpen,
        b'}' => BraceClose,
        b',' => Comma,
        b':' => Colon,
        b';' => Semicolon,
        b'@' => At,
        b'.' => Dot,
        b'?' => Question,
        b'!' => Bang,
        b'+' => Plus,
        b'-' => Minus,
        b'*' => Star,
        b'/' => Slash,
        b'%' => Percent,
        b'&' => Ampersand,
        b'^' => Caret,
        b'|' => Bar,
        b'~' => Tilde,
        b'<' => Less,
        b'>' => Greater,
        b'=' => Equal,
        _ => return None,
    };
    Some((one, 1))
}

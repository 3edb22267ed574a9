//! The compiler's tokens as the terminals of the grammar: the pieces of strings joined to `LINE_BEGIN` and so on.

use lumen_compiler::syntax::{Token, TokenKind, lex};

/// A terminal of a fence.
#[derive(Clone, Debug)]
pub(crate) struct Term<'a> {
    /// The rule of the lexis that it is one of; empty for a mark.
    pub(crate) class: &'static str,
    pub(crate) text: &'a str,
    pub(crate) line_start: bool,
    pub(crate) indent: u16,
    /// A `-` stands before it.
    pub(crate) negated: bool,
    /// First byte.
    pub(crate) start: u32,
}

/// The terminals of a fence's content; none if the lexer finds it faulty.
pub(crate) fn terms(source: &str) -> Option<Vec<Term<'_>>> {
    let lexed = lex(source, 0);
    if !lexed.diagnostics.is_empty() {
        return None;
    }
    let mut terms: Vec<Term<'_>> = Vec::new();
    // Kinds of the strings that are open.
    let mut open: Vec<&'static str> = Vec::new();
    let mut tokens = lexed.tokens.iter().peekable();
    while let Some(token) = tokens.next() {
        let class = match token.kind {
            TokenKind::EndOfFence => break,
            TokenKind::StringOpen | TokenKind::RoleText => {
                let quotes = &source[token.start as usize..token.end as usize];
                open.push(match (token.kind, quotes) {
                    (TokenKind::RoleText, _) => "ROLE",
                    (_, "\"\"\"") => "BLOCK",
                    _ => "LINE",
                });
                let kind = *open.last().expect("just pushed");
                tokens.next();
                let next = tokens.next().expect("strings are closed");
                let class = if next.kind == TokenKind::InterpolationOpen {
                    begin(kind)
                } else {
                    open.pop();
                    "ROLE_TEXT"
                };
                // The line end that begins a role text is part of it.
                let start = token.start - u32::from(kind == "ROLE" && token.start > 0);
                terms.push(term(source, class, token, start, next.end));
                continue;
            }
            TokenKind::InterpolationClose => {
                let kind = *open.last().expect("inside a string");
                tokens.next();
                let next = tokens.next().expect("strings are closed");
                let class = if next.kind == TokenKind::InterpolationOpen {
                    middle(kind)
                } else {
                    open.pop();
                    end(kind)
                };
                terms.push(term(source, class, token, token.start, next.end));
                continue;
            }
            TokenKind::Identifier => "NAME",
            TokenKind::PackageName => "PACKAGE",
            TokenKind::Int => "INT",
            TokenKind::Float => "FLOAT",
            TokenKind::String => "STRING",
            TokenKind::Bytes => "BYTES",
            TokenKind::FormatSpec => "FORMAT",
            kind if kind.is_word() => "RESERVED",
            _ => "",
        };
        let start = token.start - u32::from(class == "FORMAT");
        terms.push(term(source, class, token, start, token.end));
    }
    Some(terms)
}

fn term<'a>(source: &'a str, class: &'static str, token: &Token, start: u32, end: u32) -> Term<'a> {
    Term {
        class,
        text: &source[start as usize..end as usize],
        line_start: token.line_start && !matches!(token.kind, TokenKind::RoleText),
        indent: token.indent,
        negated: source[..start as usize].trim_end().ends_with('-'),
        start,
    }
}

fn begin(kind: &str) -> &'static str {
    match kind {
        "LINE" => "LINE_BEGIN",
        "BLOCK" => "BLOCK_BEGIN",
        _ => "ROLE_BEGIN",
    }
}

fn middle(kind: &str) -> &'static str {
    match kind {
        "LINE" => "LINE_MIDDLE",
        "BLOCK" => "BLOCK_MIDDLE",
        _ => "ROLE_MIDDLE",
    }
}

fn end(kind: &str) -> &'static str {
    match kind {
        "LINE" => "LINE_END",
        "BLOCK" => "BLOCK_END",
        _ => "ROLE_END",
    }
}

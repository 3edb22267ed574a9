//! Declarations that the language reserves and this version does not build: read to their end, one E0060 each.

use super::Parser;
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::ast::ItemKind;
use crate::syntax::token::TokenKind;

/// How far such a declaration reaches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Its line, and the deeper indented lines below.
    Lines,
    /// To the `end` that is indented as its first word, if the lines below are indented deeper.
    Block,
}

/// One kind.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// Its first words.
    words: &'static [&'static str],
    extent: Extent,
    /// How many words before the name that it declares; `None` if it declares none.
    name_at: Option<usize>,
}

const ROWS: &[Row] = &[
    Row {
        words: &["use", "tool"],
        extent: Extent::Lines,
        name_at: None,
    },
    Row {
        words: &["bind", "effect"],
        extent: Extent::Lines,
        name_at: None,
    },
    Row {
        words: &["grant"],
        extent: Extent::Lines,
        name_at: None,
    },
    Row {
        words: &["effect"],
        extent: Extent::Block,
        name_at: Some(1),
    },
    Row {
        words: &["handler"],
        extent: Extent::Block,
        name_at: Some(1),
    },
    Row {
        words: &["agent"],
        extent: Extent::Block,
        name_at: Some(1),
    },
    Row {
        words: &["memory"],
        extent: Extent::Block,
        name_at: Some(1),
    },
    Row {
        words: &["machine"],
        extent: Extent::Block,
        name_at: Some(1),
    },
    Row {
        words: &["pipeline"],
        extent: Extent::Block,
        name_at: Some(1),
    },
    Row {
        words: &["orchestration"],
        extent: Extent::Block,
        name_at: Some(1),
    },
    Row {
        words: &["macro"],
        extent: Extent::Block,
        name_at: Some(1),
    },
];

impl Parser<'_> {
    /// The reserved declaration that begins here, after `pub` perhaps.
    pub(super) fn reserved_kind(&self) -> Option<Row> {
        let token = self.peek();
        if token.kind != TokenKind::Identifier {
            return None;
        }
        let row = ROWS.iter().find(|row| {
            row.words.iter().enumerate().all(|(ahead, word)| {
                let token = self.peek_at(ahead);
                token.kind == TokenKind::Identifier && self.text(token) == *word
            })
        })?;
        let name = self.peek_at(row.words.len());
        let named = matches!(name.kind, TokenKind::Identifier | TokenKind::String) || name.kind.is_word();
        (named && !name.line_start).then_some(*row)
    }

    pub(super) fn reserved(&mut self, row: Row) -> ItemKind {
        let first = self.peek();
        let what = row.words.join(" ");
        let span = self.span(first.start, self.peek_at(row.words.len() - 1).end);
        let diagnostic = Diagnostic::new(Code::E0060, span, format!("`{what}` is not supported yet"));
        self.complain(diagnostic);
        let name = match row.name_at {
            Some(at) => {
                let token = self.peek_at(at);
                (token.kind == TokenKind::Identifier).then(|| self.ident_of(token))
            }
            None => self.tool_alias(),
        };
        self.bump();
        self.skip_line();
        while !self.at_fence_end() && self.peek().indent > first.indent {
            self.bump();
            self.skip_line();
        }
        let closed =
            row.extent == Extent::Block && self.at(TokenKind::End) && self.peek().indent == first.indent;
        if closed {
            self.bump();
        }
        self.tainted = false;
        ItemKind::Reserved { what, name }
    }

    /// The name after `as` in `use tool x.y as Name`.
    fn tool_alias(&mut self) -> Option<crate::syntax::ast::Ident> {
        let mut ahead = 0;
        loop {
            ahead += 1;
            let token = self.peek_at(ahead);
            if token.line_start || token.kind == TokenKind::EndOfFence {
                return None;
            }
            if token.kind == TokenKind::As {
                break;
            }
        }
        let token = self.peek_at(ahead + 1);
        (token.kind == TokenKind::Identifier && !token.line_start).then(|| self.ident_of(token))
    }
}

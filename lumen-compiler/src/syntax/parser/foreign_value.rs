//! Values as other languages write them, read as what they mean: `f"..."`, `a if c else b`, `new P(...)`, `P { x: 1 }`,
//! `xs[1:2]`. One finding each, with the edits that put it right.

use super::Parser;
use super::cursor::Draft;
use crate::diagnostic::Edit;
use crate::syntax::ast::{Argument, Block, ExprId, ExprKind, StatementKind};
use crate::syntax::token::{Token, TokenKind};

/// Tokens that are looked at ahead on a line.
const LOOK_AHEAD: usize = 200;

impl Parser<'_> {
    /// `f` right before a String, and `new` before a construction: reported and taken, so that the value itself is next.
    pub(super) fn foreign_prefix(&mut self) {
        let (token, next) = (self.peek(), self.peek_at(1));
        if self.panicking || token.kind != TokenKind::Identifier || next.line_start {
            return;
        }
        let is_string = matches!(next.kind, TokenKind::String | TokenKind::StringOpen);
        let is_construction =
            next.kind == TokenKind::Identifier && self.peek_at(2).kind == TokenKind::ParenOpen;
        let span = self.span(token.start, next.start);
        match self.text(token) {
            "f" if is_string && next.start == token.end => {
                Draft::at(span, "a String interpolates without a letter before it")
                    .instead("remove the `f`: `{value}` works in every String", "")
                    .note(self);
            }
            "new" if is_construction => {
                Draft::at(self.token_span(token), "`new` is not a word of Lumen")
                    .fix(
                        "leave it out: a record is made by `R(field: value)`",
                        [Edit::delete(span)],
                    )
                    .note(self);
            }
            _ => return,
        }
        self.bump();
    }

    /// Whether `if c else b` follows on this line, as Python writes a choice after its first value.
    fn at_trailing_choice(&self) -> bool {
        if !self.at(TokenKind::If) || self.at_line_end() || self.at_line_start() {
            return false;
        }
        let mut depth = 0usize;
        for ahead in 1..LOOK_AHEAD {
            let token = self.peek_at(ahead);
            match token.kind {
                _ if token.line_start => return false,
                TokenKind::Else if depth == 0 => return true,
                TokenKind::EndOfFence | TokenKind::Then | TokenKind::Arrow | TokenKind::If => return false,
                TokenKind::ParenOpen | TokenKind::BracketOpen | TokenKind::BraceOpen => depth += 1,
                TokenKind::ParenClose | TokenKind::BracketClose | TokenKind::BraceClose => {
                    match depth.checked_sub(1) {
                        Some(outer) => depth = outer,
                        None => return false,
                    }
                }
                _ => {}
            }
        }
        false
    }

    /// `a if c else b` after `a`: reported, and read as `if c then a else b`.
    pub(super) fn trailing_choice(&mut self, value: ExprId) -> ExprId {
        if self.panicking || !self.at_trailing_choice() {
            return value;
        }
        let first = self.expr_span(value);
        let word = self.bump();
        let condition = self.expression();
        if self.panicking || !self.at(TokenKind::Else) {
            self.expected("`else` and the other value");
            return value;
        }
        let condition_span = self.expr_span(condition);
        let text = self
            .source
            .get(condition_span.start as usize..condition_span.end as usize);
        let edits = [
            Edit::before(first, format!("if {} then ", text.unwrap_or("condition"))),
            Edit::delete(self.span(word.start, self.peek().start)),
        ];
        Draft::at(self.token_span(word), "a choice begins with its condition")
            .fix("write `if condition then a else b`", edits)
            .note(self);
        self.bump();
        let then = self.block_of_value(value);
        let other = self.expression();
        let otherwise = Some(self.block_of_value(other));
        let span = self.span_from(first.start);
        let kind = ExprKind::If {
            condition,
            then,
            otherwise,
        };
        self.expr(kind, span)
    }

    fn block_of_value(&mut self, value: ExprId) -> Block {
        let span = self.expr_span(value);
        let statement = self.add_statement(StatementKind::Expr(value), span);
        Block {
            statements: vec![statement],
            span,
        }
    }

    /// Whether `{ field: ...` or `{ field,` follows the name of a type on its line.
    pub(super) fn at_braced_record(&self, operand: ExprId) -> bool {
        let ExprKind::Name(name) = self.ast.exprs[operand].kind else {
            return false;
        };
        let is_type = self
            .ast
            .names
            .text(name)
            .starts_with(|c: char| c.is_ascii_uppercase());
        let (field, after) = (self.peek_at(1), self.peek_at(2).kind);
        is_type
            && self.at(TokenKind::BraceOpen)
            && !self.at_line_start()
            && field.kind == TokenKind::Identifier
            && after == TokenKind::Colon
            && !self.is_double_colon(2)
    }

    /// `P { x: 1 }`: reported, and read as `P(x: 1)`.
    pub(super) fn braced_record(&mut self, callee: ExprId) -> ExprKind {
        let (before, open, first) = (self.previous_end(), self.peek(), self.peek_at(1));
        let arguments = self.arguments(TokenKind::BraceClose);
        let close = self.tokens[self.position.saturating_sub(1)];
        if !self.panicking && close.kind == TokenKind::BraceClose {
            let inside = self.source[..close.start as usize].trim_end().len() as u32;
            let edits = [
                Edit::replace(self.span(before, first.start), "("),
                Edit::replace(self.span(inside, close.end), ")"),
            ];
            Draft::at(
                self.span(open.start, close.end),
                "a record is made with parentheses",
            )
            .fix("write `R(field: value)`", edits)
            .note(self);
        }
        ExprKind::Call { callee, arguments }
    }

    /// `xs[a:b]` at its `:`: reported, and read as `xs[a..b]`.
    pub(super) fn sliced(&mut self, from: ExprId) -> ExprId {
        let has_end = self.peek_at(1).kind != TokenKind::BracketClose;
        if self.panicking || !self.at(TokenKind::Colon) || !has_end {
            return from;
        }
        self.error_here("a slice is a range: `xs[a..b]`")
            .instead("write `..` in place of `:`", "..")
            .note(self);
        self.bump();
        let to = self.expression();
        let span = self.span(self.expr_span(from).start, self.expr_span(to).end);
        let kind = ExprKind::Range {
            from,
            to,
            inclusive: false,
        };
        self.expr(kind, span)
    }

    /// `..base` among arguments: reported, and read as `...base` before them.
    pub(super) fn foreign_spread(&mut self, first: Token) -> Option<Argument> {
        if self.panicking || !self.at(TokenKind::DotDot) {
            return None;
        }
        let previous = self.tokens[self.position.saturating_sub(1)];
        let dots = self.bump();
        let base = self.expression();
        let span = self.expr_span(base);
        let text = self
            .source
            .get(span.start as usize..span.end as usize)
            .unwrap_or("base");
        let edits = match first.start == dots.start {
            true => vec![Edit::replace(self.token_span(dots), "...")],
            false => vec![
                Edit::before(self.token_span(first), format!("...{text}, ")),
                Edit::delete(self.span(previous.start, span.end)),
            ],
        };
        Draft::at(
            self.token_span(dots),
            "the fields of another record are taken over with `...`",
        )
        .fix("write `R(...base, field: value)`", edits)
        .note(self);
        Some(Argument::Spread(base))
    }
}

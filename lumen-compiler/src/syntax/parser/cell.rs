//! Cells: signature and body.

use super::Parser;
use super::block::Opener;
use super::cursor::Draft;
use crate::diagnostic::{Edit, Span};
use crate::syntax::ast::{Block, Cell, Generic, Ident, Parameter};
use crate::syntax::token::TokenKind;

/// What follows the signature of a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// Statements and `end`.
    Present,
    /// Nothing: `extern` cells and the signatures of traits.
    Absent,
}

impl Parser<'_> {
    pub(super) fn cell(&mut self, body: Body) -> Option<Cell> {
        let mut opener = self.opener("cell");
        let start = self.peek().start;
        let mut is_async = false;
        let mut is_extern = false;
        loop {
            match self.kind() {
                TokenKind::Async => is_async = true,
                TokenKind::Extern => is_extern = true,
                _ => break,
            }
            self.bump();
        }
        if is_async || is_extern {
            if !self.at(TokenKind::Cell) {
                self.expected("`cell`");
                return None;
            }
            opener = self.opener("cell");
        }
        self.bump();
        let Some(name) = self.ident("the name of the cell") else {
            // Its body is read all the same, so that its mistakes are found and its `end` is not left over.
            self.recover_line();
            let _ = self.cell_body(opener, body);
            return None;
        };
        let generics = self.generics();
        let (parameters, changing) = self.parameters();
        let (mut result, mut yields) = (None, false);
        if !self.panicking && self.eat(TokenKind::Arrow) {
            yields = self.eat(TokenKind::Yield);
            result = Some(self.type_expr());
        } else if !self.panicking
            && self.at(TokenKind::Colon)
            && self.peek_at(1).kind == TokenKind::Identifier
        {
            self.error_here("the type of the result stands after `->`")
                .instead("write `->` in place of `:`", " ->")
                .note(self);
            self.bump();
            result = Some(self.type_expr());
        }
        let effects = self.effects();
        self.bounds_behind();
        let outer_indent = std::mem::replace(&mut self.cell_indent, opener.indent);
        let signature_span = self.span_from(start);
        let copies = self.mutable_copies(&changing, signature_span);
        let mut body = self.cell_body(opener, if is_extern { Body::Absent } else { body });
        body.statements.splice(0..0, copies);
        self.cell_indent = outer_indent;
        Some(Cell {
            name,
            is_async,
            is_extern,
            generics,
            parameters,
            result,
            yields,
            effects,
            body,
            signature_span,
        })
    }

    fn cell_body(&mut self, opener: Opener, body: Body) -> Block {
        if body == Body::Present {
            return self.block_to_end(opener);
        }
        let at = self.previous_end();
        self.block_of(Vec::new(), at)
    }

    /// `[T: Bound + Bound, U]`, if it stands here.
    pub(super) fn generics(&mut self) -> Vec<Generic> {
        let mut generics = Vec::new();
        let close = self.close_of_generics();
        if let Some(close) = close {
            let open = self.bump();
            self.list(open, close, "the name of a type parameter", |parser| {
                let Some(name) = parser.ident("the name of a type parameter") else {
                    return;
                };
                let mut bounds = Vec::new();
                if parser.eat(TokenKind::Colon) {
                    bounds.push(parser.type_expr());
                    while !parser.panicking && parser.eat(TokenKind::Plus) {
                        bounds.push(parser.type_expr());
                    }
                }
                generics.push(Generic { name, bounds });
            });
        }
        generics
    }

    /// The parameters, and those of them that are written with `mut`.
    fn parameters(&mut self) -> (Vec<Parameter>, Vec<(Span, Ident)>) {
        let (mut parameters, mut changing) = (Vec::new(), Vec::new());
        if self.panicking {
            return (parameters, changing);
        }
        if !self.at(TokenKind::ParenOpen) || self.at_line_end() {
            let found = self.found();
            self.error_here(format!("expected `(` and parameters, found {found}"))
                .help("a cell without parameters has empty parentheses: `cell name()`")
                .report(self);
            return (parameters, changing);
        }
        let open = self.bump();
        self.list(open, TokenKind::ParenClose, "a parameter", |parser| {
            let word = parser.mutable_word();
            let parameter = parser.parameter();
            changing.extend(word.zip(parameter.as_ref().map(|parameter| parameter.name)));
            parameters.extend(parameter);
        });
        (parameters, changing)
    }

    fn parameter(&mut self) -> Option<Parameter> {
        let name = self.ident("the name of a parameter")?;
        let mut ty = None;
        if self.eat(TokenKind::Colon) {
            ty = Some(self.type_expr());
        } else {
            let text = self.ast.names.text(name.name).to_owned();
            let draft = Draft::at(name.span, format!("the parameter `{text}` has no type"));
            let draft = match text.as_str() {
                "self" => draft.fix("write `self: Self`", [Edit::after(name.span, ": Self")]),
                _ => draft.help(format!("write `{text}: Type`")),
            };
            draft.note(self);
            if !matches!(
                self.kind(),
                TokenKind::Comma | TokenKind::ParenClose | TokenKind::Equal
            ) {
                self.panicking = true;
            }
        }
        let defaulted = !self.panicking && self.eat(TokenKind::Equal);
        let default = defaulted.then(|| self.expression());
        Some(Parameter { name, ty, default })
    }
}

//! What stands right after an operand: calls, fields, indexes, `?` and `!`; and operands themselves.

use super::Parser;
use crate::syntax::ast::{Argument, ExprId, ExprKind};
use crate::syntax::token::{Token, TokenKind};

impl Parser<'_> {
    /// An operand with everything after it.
    pub(super) fn operand(&mut self) -> ExprId {
        let operand = self.primary();
        self.postfix(operand)
    }

    /// Calls, fields and so on, in a row. Only `.` and `?.` may begin a line.
    pub(super) fn postfix(&mut self, operand: ExprId) -> ExprId {
        let mut operand = operand;
        while !self.panicking {
            let token = self.peek();
            let new_line = self.lines_count && token.line_start;
            if new_line && !matches!(token.kind, TokenKind::Dot | TokenKind::QuestionDot) {
                break;
            }
            let start = self.expr_span(operand).start;
            let kind = match token.kind {
                TokenKind::Dot | TokenKind::QuestionDot => match self.field(operand, token) {
                    Some(kind) => kind,
                    None => break,
                },
                TokenKind::ParenOpen => ExprKind::Call {
                    callee: operand,
                    arguments: self.arguments(TokenKind::ParenClose),
                },
                TokenKind::BraceOpen if self.at_braced_record(operand) => self.braced_record(operand),
                TokenKind::BracketOpen | TokenKind::QuestionBracket => self.index(operand),
                TokenKind::Question if self.ends_at_choice() => break,
                TokenKind::Question => {
                    self.bump();
                    ExprKind::Try(operand)
                }
                TokenKind::Colon if self.at_double_colon() && self.nodes_path(operand) => {
                    self.double_colon();
                    match self.field_ident("a name after `::`") {
                        Some(field) => ExprKind::Field {
                            object: operand,
                            field,
                            safe: false,
                        },
                        None => break,
                    }
                }
                TokenKind::Bang => {
                    self.bump();
                    ExprKind::Unwrap(operand)
                }
                _ => break,
            };
            let span = self.span_from(start);
            operand = self.expr(kind, span);
        }
        operand
    }

    fn field(&mut self, object: ExprId, dot: Token) -> Option<ExprKind> {
        let safe = dot.kind == TokenKind::QuestionDot;
        self.bump();
        if self.at(TokenKind::Int) {
            let token = self.bump();
            let position_span = self.token_span(token);
            let position = u32::try_from(self.int_magnitude(token)).unwrap_or(u32::MAX);
            return Some(ExprKind::TupleField {
                object,
                position,
                position_span,
                safe,
            });
        }
        let field = self.field_ident("the name of a field after `.`")?;
        Some(ExprKind::Field { object, field, safe })
    }

    fn index(&mut self, object: ExprId) -> ExprKind {
        let open = self.bump();
        let safe = open.kind == TokenKind::QuestionBracket;
        let lines_count = std::mem::replace(&mut self.lines_count, false);
        let index = self.expression();
        let index = self.sliced(index);
        self.close_bracket(open, TokenKind::BracketClose);
        self.lines_count = lines_count;
        ExprKind::Index { object, index, safe }
    }

    /// `(a, name: b, ...c)`, up to `close`.
    pub(super) fn arguments(&mut self, close: TokenKind) -> Vec<Argument> {
        let open = self.bump();
        let first = self.peek();
        let mut arguments = Vec::new();
        self.list(open, close, "an argument", |parser| {
            match parser.foreign_spread(first) {
                Some(spread) => arguments.insert(0, spread),
                None => arguments.push(parser.argument()),
            }
        });
        arguments
    }

    fn argument(&mut self) -> Argument {
        if self.eat(TokenKind::Ellipsis) {
            return Argument::Spread(self.expression());
        }
        let token = self.peek();
        let named = (token.kind == TokenKind::Identifier || token.kind.is_word())
            && self.peek_at(1).kind == TokenKind::Colon
            && !self.is_double_colon(1);
        if named {
            self.bump();
            let name = self.ident_of(token);
            self.bump();
            return Argument::Named(name, self.expression());
        }
        let value = self.expression();
        if !self.panicking && self.at(TokenKind::Equal) && self.nodes_name(value) {
            self.error_here("an argument is named with `:`")
                .help("write `name: value`")
                .note(self);
            self.bump();
            let name = self.ident_of(token);
            return Argument::Named(name, self.expression());
        }
        Argument::Positional(value)
    }

    /// Whether an expression is a name, or names joined by points.
    fn nodes_path(&self, id: ExprId) -> bool {
        matches!(
            self.ast.exprs[id].kind,
            ExprKind::Name(_) | ExprKind::Field { .. }
        )
    }

    fn nodes_name(&self, id: ExprId) -> bool {
        matches!(self.ast.exprs[id].kind, ExprKind::Name(_))
    }

    /// `)` or `]` of a bracket that was opened by `open`.
    pub(super) fn close_bracket(&mut self, open: Token, close: TokenKind) {
        if self.eat(close) {
            return;
        }
        let found = self.found();
        let opened = self.token_span(open);
        let written = self.text(open);
        self.error_here(format!("expected {}, found {found}", close.describe()))
            .related(opened, format!("this `{written}` is not closed"))
            .report(self);
    }
}

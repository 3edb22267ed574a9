//! `fn(x) => e` and `fn(x: T) -> R ... end`.

use super::Parser;
use crate::syntax::ast::{Block, ExprKind, LambdaParameter, StatementKind};
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    pub(super) fn lambda(&mut self) -> ExprKind {
        let opener = self.opener("fn");
        self.bump();
        let mut parameters = Vec::new();
        if self.at(TokenKind::ParenOpen) {
            parameters = self.lambda_parameters();
        } else {
            self.expected("`(` and parameters after `fn`");
        }
        if !self.panicking && self.at_lambda_arrow() {
            let (result, body) = (None, self.lambda_arrow());
            return ExprKind::Lambda {
                parameters,
                result,
                body,
            };
        }
        let typed = !self.panicking && self.eat(TokenKind::Arrow);
        let result = typed.then(|| self.in_lines(Self::type_expr));
        let body = if self.panicking {
            let at = self.previous_end();
            self.block_of(Vec::new(), at)
        } else if self.eat(TokenKind::FatArrow) {
            self.lambda_expression()
        } else if self.at_lambda_value() {
            self.lambda_value()
        } else {
            self.block_to_end(opener)
        };
        ExprKind::Lambda {
            parameters,
            result,
            body,
        }
    }

    pub(super) fn lambda_parameter(&mut self) -> LambdaParameter {
        let pattern = self.binding_pattern();
        let typed = !self.panicking && self.eat(TokenKind::Colon);
        let ty = typed.then(|| self.type_expr());
        LambdaParameter { pattern, ty }
    }

    pub(super) fn lambda_expression(&mut self) -> Block {
        let value = self.expression();
        let span = self.expr_span(value);
        let statement = self.add_statement(StatementKind::Expr(value), span);
        Block {
            statements: vec![statement],
            span,
        }
    }
}

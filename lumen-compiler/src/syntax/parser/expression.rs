//! Expressions: precedence climbing over the table of [`operator`](super::operator), and prefix operators.

use super::Parser;
use super::operator::{self, Build, Grouping, Operator, operator};
use crate::diagnostic::{Edit, Span};
use crate::syntax::ast::{BinaryOp, ExprId, ExprKind, UnaryOp};
use crate::syntax::token::{Token, TokenKind};

impl Parser<'_> {
    /// An expression of any kind.
    pub(super) fn expression(&mut self) -> ExprId {
        match self.nested(|parser| parser.operators(0)) {
            Some(expr) => {
                let choice = self.choice(expr);
                self.trailing_choice(choice)
            }
            None => self.error_expr(),
        }
    }

    /// The condition of an `if`, `while` or guard: `=` in place of `==` is understood.
    pub(super) fn condition(&mut self) -> ExprId {
        let left = self.expression();
        if self.panicking || !self.at(TokenKind::Equal) {
            return left;
        }
        let token = self.peek();
        self.error_here("`=` assigns, and a condition compares")
            .instead("write `==`", "==")
            .note(self);
        self.bump();
        let right = self.expression();
        self.binary(BinaryOp::Equal, token, left, right)
    }

    fn binary(&mut self, operator: BinaryOp, token: Token, left: ExprId, right: ExprId) -> ExprId {
        let operator_span = self.token_span(token);
        let span = self.joined(left, right);
        let kind = ExprKind::Binary {
            operator,
            operator_span,
            left,
            right,
        };
        self.expr(kind, span)
    }

    pub(super) fn expr_span(&self, id: ExprId) -> Span {
        self.ast.exprs[id].span
    }

    fn joined(&self, left: ExprId, right: ExprId) -> Span {
        self.span(self.expr_span(left).start, self.expr_span(right).end)
    }

    /// Operands joined by operators of at least this strength.
    fn operators(&mut self, least: u8) -> ExprId {
        let mut left = self.prefixed(least);
        // The strength of the operator taken last, if nothing tighter may follow it any more.
        let mut most = u8::MAX;
        while !self.panicking {
            let token = self.peek();
            let Some(next) = self.next_operator(token) else {
                break;
            };
            if next.strength < least {
                break;
            }
            if next.strength > most || (next.strength == most && next.grouping == Grouping::None) {
                self.does_not_chain(token, most, left);
                break;
            }
            self.foreign_operator(token);
            self.bump();
            left = self.operation(left, token, &next);
            let closed = next.grouping == Grouping::None || matches!(next.build, Build::ExpectSchema);
            most = if closed { next.strength } else { u8::MAX };
        }
        left
    }

    /// The operator that goes on with the expression here, if there is one. On a new line a `-` begins a statement,
    /// and a word before a `:` is the name of a field.
    fn next_operator(&self, token: Token) -> Option<Operator> {
        let next = operator(token.kind)?;
        let new_line = self.lines_count && token.line_start;
        if new_line && (token.kind == TokenKind::Minus || self.peek_at(1).kind == TokenKind::Colon) {
            return None;
        }
        // `expect` begins an expression nowhere, so a line that begins with it goes on too.
        Some(next)
    }

    /// `left`, the operator just taken, and what follows it.
    fn operation(&mut self, left: ExprId, token: Token, next: &Operator) -> ExprId {
        let start = self.expr_span(left).start;
        let kind = match next.build {
            Build::Is => ExprKind::Is {
                operand: left,
                ty: self.tested_type(),
            },
            Build::As => ExprKind::As {
                operand: left,
                ty: self.tested_type(),
            },
            Build::ExpectSchema => {
                if !self.at_name("schema") {
                    let found = self.found();
                    self.error_here(format!("expected `schema` after `expect`, found {found}"))
                        .help("write `value expect schema Type`")
                        .report(self);
                    return left;
                }
                self.bump();
                ExprKind::ExpectSchema {
                    operand: left,
                    ty: self.tested_type(),
                }
            }
            _ => return self.two_operands(left, token, next),
        };
        let span = self.span_from(start);
        self.expr(kind, span)
    }

    fn two_operands(&mut self, left: ExprId, token: Token, next: &Operator) -> ExprId {
        let least = match next.grouping {
            Grouping::Right => next.strength,
            Grouping::Left | Grouping::None => next.strength + 1,
        };
        if let Build::Range { .. } = next.build
            && !self.kind().starts_expression()
        {
            self.error_here("a range has both ends")
                .help("write the end: `xs[1..length(xs)]`")
                .report(self);
            return left;
        }
        let right = if next.grouping == Grouping::Right {
            // The one place where operators recurse without a bracket.
            match self.nested(|parser| parser.operators(least)) {
                Some(right) => right,
                None => self.error_expr(),
            }
        } else {
            self.operators(least)
        };
        let span = self.joined(left, right);
        let kind = match next.build {
            Build::Binary(operator) => return self.binary(operator, token, left, right),
            Build::Range { inclusive } => ExprKind::Range {
                from: left,
                to: right,
                inclusive,
            },
            Build::Pipe => ExprKind::Pipe {
                value: left,
                target: right,
            },
            _ => ExprKind::Compose {
                first: left,
                second: right,
            },
        };
        self.expr(kind, span)
    }

    /// Operators of other languages that the table reads as what they mean.
    fn foreign_operator(&mut self, token: Token) {
        let meant = match token.kind {
            TokenKind::AmpersandAmpersand => "and",
            TokenKind::BarBar => "or",
            _ => return,
        };
        let written = self.text(token);
        self.error_here(format!("`{written}` is not an operator of Lumen"))
            .instead(format!("write `{meant}`"), meant)
            .note(self);
    }

    fn does_not_chain(&mut self, token: Token, most: u8, left: ExprId) {
        let written = self.text(token);
        // `a < b < c`: what stands in the middle is compared twice.
        let edits: Vec<Edit> = match self.ast.exprs[left].kind {
            ExprKind::Binary { right, .. } => {
                let middle = self.expr_span(right);
                let text = self.source.get(middle.start as usize..middle.end as usize);
                let span = self.token_span(token);
                text.map(|text| Edit::before(span, format!("and {text} ")))
                    .into_iter()
                    .collect()
            }
            _ => Vec::new(),
        };
        let draft = if most == operator::COMPARISON
            && operator(token.kind).is_some_and(|next| next.strength == most)
        {
            self.error_here("comparisons do not chain")
                .fix("join them with `and`: `a < b and b < c`", edits)
        } else {
            self.error_here(format!("`{written}` cannot follow here"))
                .help("put parentheses around what stands before it")
        };
        draft.report(self);
    }

    /// Prefix operators and the operand they stand before. A chain of them is read without recursion.
    fn prefixed(&mut self, least: u8) -> ExprId {
        let mut prefixes = Vec::new();
        while let Some(operator) = prefix(self.kind()) {
            let token = self.peek();
            if operator == UnaryOp::Not && least > operator::NOT {
                self.error_here("`not` binds less tightly than the operator before it")
                    .help("put parentheses around `not ...`")
                    .note(self);
            }
            if token.kind == TokenKind::Bang {
                self.error_here("`!` before a value is not an operator of Lumen")
                    .instead("write `not`", "not ")
                    .note(self);
            }
            self.bump();
            prefixes.push((operator, token));
            if operator == UnaryOp::Not && token.kind == TokenKind::Not {
                break;
            }
        }
        let Some((last, last_token)) = prefixes.last().copied() else {
            return self.operand();
        };
        let mut operand = if last_token.kind == TokenKind::Not {
            // `not` takes a comparison; more of them recurse through here.
            match self.nested(|parser| parser.operators(operator::NOT)) {
                Some(operand) => operand,
                None => self.error_expr(),
            }
        } else {
            let minimum = last == UnaryOp::Negate;
            let operand = if minimum {
                self.minimum_int(last_token)
            } else {
                None
            };
            if let Some(literal) = operand {
                prefixes.pop();
                self.postfix(literal)
            } else {
                self.operand()
            }
        };
        if !self.panicking && last != UnaryOp::Not && self.at(TokenKind::StarStar) {
            let sign = self.text(last_token);
            let message = format!("`{sign}a ** b` could mean two things");
            self.error_here(message)
                .help(format!("write `{sign}(a ** b)` or `({sign}a) ** b`"))
                .report(self);
        }
        for (operator, token) in prefixes.into_iter().rev() {
            let span = self.span(token.start, self.expr_span(operand).end);
            operand = self.expr(ExprKind::Unary { operator, operand }, span);
        }
        operand
    }

    /// After a minus: the digits of -2^63, which are a literal with it.
    fn minimum_int(&mut self, minus: Token) -> Option<ExprId> {
        let token = self.peek();
        if token.kind != TokenKind::Int || self.int_magnitude(token) != 1 << 63 {
            return None;
        }
        self.bump();
        let span = self.span_from(minus.start);
        Some(self.expr(ExprKind::Int(i64::MIN), span))
    }
}

fn prefix(kind: TokenKind) -> Option<UnaryOp> {
    Some(match kind {
        TokenKind::Minus => UnaryOp::Negate,
        TokenKind::Tilde => UnaryOp::BitNot,
        TokenKind::Not | TokenKind::Bang => UnaryOp::Not,
        TokenKind::Await => UnaryOp::Await,
        _ => return None,
    })
}

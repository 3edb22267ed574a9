//! Adds nodes to the tree and keeps its height below [`MAX_HEIGHT`](super::MAX_HEIGHT); bounds the parser's own
//! recursion.

use super::{MAX_HEIGHT, MAX_NESTING, Parser};
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::syntax::ast::*;
use crate::syntax::token::TokenKind;

impl Parser<'_> {
    /// Adds an expression, or an error in its place if the tree would become too high.
    pub(super) fn expr(&mut self, kind: ExprKind, span: Span) -> ExprId {
        let height = self.expr_kind_height(&kind).saturating_add(1);
        let (kind, height) = if height > MAX_HEIGHT {
            self.too_high(span);
            (ExprKind::Error, 1)
        } else {
            (kind, height)
        };
        self.expr_heights.push(height);
        self.ast.exprs.push(Expr { kind, span })
    }

    /// Adds a statement, or an error in its place if the tree would become too high.
    pub(super) fn add_statement(&mut self, kind: StatementKind, span: Span) -> StatementId {
        let height = self.statement_kind_height(&kind).saturating_add(1);
        let (kind, height) = if height > MAX_HEIGHT {
            self.too_high(span);
            (StatementKind::Error, 1)
        } else {
            (kind, height)
        };
        self.statement_heights.push(height);
        self.ast.all_statements.push(Statement { kind, span })
    }

    fn too_high(&mut self, span: Span) {
        let start = self.span(span.start, span.start);
        let diagnostic = Diagnostic::new(Code::E0001, start, "this expression is too long").help(format!(
            "name parts of it with `let`; at most {MAX_HEIGHT} operations may build on one another"
        ));
        self.complain(diagnostic);
        self.panicking = true;
    }

    /// Runs `parse` one level deeper; beyond the limit, reports that once, skips the declaration and yields nothing.
    pub(super) fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.nesting >= MAX_NESTING {
            self.error_here("the code is nested too deeply")
                .help(format!(
                    "at most {MAX_NESTING} brackets and blocks may stand inside one another"
                ))
                .report(self);
            self.abandon();
            return None;
        }
        self.nesting += 1;
        let value = parse(self);
        self.nesting -= 1;
        Some(value)
    }

    /// Skips to the next declaration and stays silent until it is reached.
    fn abandon(&mut self) {
        self.abandoned = true;
        while !self.at_fence_end() {
            let token = self.peek();
            if token.line_start && token.indent == 0 && token.kind.starts_item() {
                break;
            }
            self.bump();
        }
    }

    fn expr_height(&self, id: ExprId) -> u16 {
        // Expressions of earlier fences are no children of this one's.
        self.expr_heights[id.index() - self.height_offsets.0]
    }

    fn highest(&self, ids: impl IntoIterator<Item = ExprId>) -> u16 {
        ids.into_iter().map(|id| self.expr_height(id)).max().unwrap_or(0)
    }

    fn block_height(&self, block: &Block) -> u16 {
        let heights = block
            .statements
            .iter()
            .map(|id| self.statement_heights[id.index() - self.height_offsets.1]);
        heights.max().unwrap_or(0)
    }

    fn parts_height(&self, parts: &[StringPart]) -> u16 {
        self.highest(parts.iter().filter_map(|part| match part {
            StringPart::Interpolation { value, .. } => Some(*value),
            StringPart::Text(_) => None,
        }))
    }

    fn elements_height(&self, elements: &[Element]) -> u16 {
        self.highest(elements.iter().map(|element| match element {
            Element::Item(value) | Element::Spread(value) => *value,
        }))
    }

    fn expr_kind_height(&self, kind: &ExprKind) -> u16 {
        use ExprKind::*;
        match kind {
            Null
            | Bool(_)
            | Int(_)
            | Float(_)
            | Bytes(_)
            | Name(_)
            | SchemaArgument(_)
            | Continue { .. }
            | Error => 0,
            String(parts) | Role { text: parts, .. } => self.parts_height(parts),
            List(elements) | Set(elements) => self.elements_height(elements),
            Map(entries) => self.highest(entries.iter().flat_map(|entry| match entry {
                MapEntry::Item(key, value) => [*key, *value],
                MapEntry::Spread(value) => [*value, *value],
            })),
            Tuple(items) => self.highest(items.iter().copied()),
            Comprehension {
                element,
                value,
                clauses,
                ..
            } => {
                let clauses = clauses
                    .iter()
                    .flat_map(|clause| [Some(clause.iterable), clause.filter]);
                self.highest([Some(*element), *value].into_iter().chain(clauses).flatten())
            }
            Call { callee, arguments } => {
                let arguments = arguments.iter().map(|argument| match argument {
                    Argument::Positional(value) | Argument::Named(_, value) | Argument::Spread(value) => {
                        *value
                    }
                });
                self.highest(arguments.chain([*callee]))
            }
            Field { object: one, .. }
            | TupleField { object: one, .. }
            | Unary { operand: one, .. }
            | Is { operand: one, .. }
            | As { operand: one, .. }
            | ExpectSchema { operand: one, .. }
            | Spread(one)
            | Try(one)
            | Unwrap(one)
            | Halt(one)
            | Parenthesized(one) => self.expr_height(*one),
            Index {
                object: a, index: b, ..
            }
            | Binary {
                left: a, right: b, ..
            }
            | Range { from: a, to: b, .. }
            | Pipe { value: a, target: b }
            | Compose { first: a, second: b } => self.highest([*a, *b]),
            If {
                condition,
                then,
                otherwise,
            } => {
                let otherwise = otherwise.as_ref().map_or(0, |block| self.block_height(block));
                self.expr_height(*condition)
                    .max(self.block_height(then))
                    .max(otherwise)
            }
            Match { scrutinee, arms } => {
                let arms = arms
                    .iter()
                    .map(|arm| self.highest(arm.guard).max(self.block_height(&arm.body)));
                self.expr_height(*scrutinee).max(arms.max().unwrap_or(0))
            }
            When { arms, otherwise } => {
                let arms = arms
                    .iter()
                    .map(|arm| self.expr_height(arm.condition).max(self.block_height(&arm.body)));
                let otherwise = otherwise.as_ref().map_or(0, |block| self.block_height(block));
                arms.max().unwrap_or(0).max(otherwise)
            }
            Loop { body, .. } | Do(body) | Lambda { body, .. } => self.block_height(body),
            Return(value) | Break { value, .. } => self.highest(*value),
        }
    }

    fn statement_kind_height(&self, kind: &StatementKind) -> u16 {
        use StatementKind::*;
        match kind {
            Expr(value) | Yield(value) | Emit(value) | Let { value, .. } => self.expr_height(*value),
            Assign { place, value, .. } => self.highest([*place, *value]),
            While { condition, body, .. } => self.expr_height(*condition).max(self.block_height(body)),
            For {
                iterable,
                filter,
                body,
                ..
            } => self
                .highest([Some(*iterable), *filter].into_iter().flatten())
                .max(self.block_height(body)),
            Defer(body) => self.block_height(body),
            Error => 0,
        }
    }

    /// An expression that could not be read.
    pub(super) fn error_expr(&mut self) -> ExprId {
        let token = self.peek();
        let start = if self.at_line_end() || token.kind == TokenKind::EndOfFence {
            self.previous_end()
        } else {
            token.start
        };
        let span = self.span(start, start);
        self.expr(ExprKind::Error, span)
    }
}

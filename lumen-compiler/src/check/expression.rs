//! Expressions: one entry for all forms; each form has its file.

use super::body::{Body, Mode, Want};
use super::messages::{e0001, e0012, e0060};
use super::types::{Type, Types};
use crate::diagnostic::Span;
use crate::hir::{self, LocalId, Ty};
use crate::syntax::ast::{self, BinaryOp, ExprKind, Ident, UnaryOp};
use lumen_vm::lir::{Intrinsic, PreludeRecord};

use super::body::Role;

impl<'a> Body<'_, 'a> {
    /// Checks an expression. With [`Mode::Check`] the answer is of the wanted type (or `Never`).
    pub(crate) fn expr(&mut self, id: ast::ExprId, mode: Mode) -> hir::ExprId {
        let value = self.expr_in_mode(id, mode);
        match mode {
            Mode::Check(want) => self.coerce(value, want, Some(id)),
            Mode::Infer | Mode::Hint(_) | Mode::Discard => value,
        }
    }

    fn expr_in_mode(&mut self, id: ast::ExprId, mode: Mode) -> hir::ExprId {
        let ast = self.checker.ast;
        let ast::Expr { kind, span } = &ast.exprs[id];
        let span = *span;
        match kind {
            ExprKind::Null => self.push(hir::ExprKind::Null, Types::NULL, span),
            ExprKind::Bool(value) => self.push(hir::ExprKind::Bool(*value), Types::BOOL, span),
            ExprKind::Int(value) => self.push(hir::ExprKind::Int(*value), Types::INT, span),
            ExprKind::Float(value) => self.push(hir::ExprKind::Float(*value), Types::FLOAT, span),
            ExprKind::Bytes(value) => self.push(hir::ExprKind::Bytes(value.clone()), Types::BYTES, span),
            ExprKind::String(parts) => self.string(parts, span),
            ExprKind::Name(name) => self.name(*name, span, mode),
            ExprKind::List(elements) => self.list(elements, span, mode),
            ExprKind::Set(elements) => self.set(elements, span, mode),
            ExprKind::Map(entries) => self.map(entries, span, mode),
            ExprKind::Spread(operand) => self.spread(*operand, span, mode),
            ExprKind::Tuple(parts) => self.tuple(parts, span, mode),
            ExprKind::Call { .. }
            | ExprKind::Field { .. }
            | ExprKind::TupleField { .. }
            | ExprKind::Index { .. } => self.chain(id, mode),
            ExprKind::Binary {
                operator: BinaryOp::Coalesce,
                left,
                right,
                ..
            } => self.coalesce(*left, *right, span, mode),
            ExprKind::Binary {
                operator,
                operator_span,
                left,
                right,
            } => match operator {
                BinaryOp::And
                | BinaryOp::Or
                | BinaryOp::Equal
                | BinaryOp::NotEqual
                | BinaryOp::Less
                | BinaryOp::LessEqual
                | BinaryOp::Greater
                | BinaryOp::GreaterEqual => self.truth(id).0,
                BinaryOp::In => self.contained(*left, *right, span),
                _ => self.arithmetic(*operator, *operator_span, *left, *right, span, mode),
            },
            ExprKind::Unary { operator, operand } => self.unary(id, *operator, *operand, span),
            ExprKind::Range { from, to, inclusive } => self.range(*from, *to, *inclusive, span),
            ExprKind::Pipe { value, target } => self.pipe(*value, *target, span, mode),
            ExprKind::Try(operand) => self.try_expr(*operand, span),
            ExprKind::Unwrap(operand) => self.unwrap_expr(*operand, span),
            ExprKind::Is { .. } => self.truth(id).0,
            ExprKind::As { operand, ty } => self.cast(*operand, *ty, span),
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => self.if_expr(*condition, then, otherwise.as_ref(), mode, span),
            ExprKind::Match { scrutinee, arms } => self.match_expr(*scrutinee, arms, mode, span),
            ExprKind::When { arms, otherwise } => self.when_expr(arms, otherwise.as_ref(), mode, span),
            ExprKind::Loop { label, body } => self.loop_expr(*label, body, mode, span),
            ExprKind::Do(body) => self.block(body, mode),
            ExprKind::Return(value) => self.return_expr(*value, span),
            ExprKind::Break { label, value } => self.break_expr(*label, *value, span),
            ExprKind::Continue { label } => self.continue_expr(*label, span),
            ExprKind::Halt(message) => self.halt_expr(*message, span),
            ExprKind::Parenthesized(inner) => self.expr(*inner, mode),
            ExprKind::SchemaArgument(_) => {
                self.checker.report(e0001::misplaced_schema(span));
                self.error(span)
            }
            ExprKind::Error => {
                self.report_unread(span);
                self.error(span)
            }
            ExprKind::Comprehension {
                kind,
                element,
                value,
                clauses,
            } => self.comprehension(*kind, (*element, *value), clauses, span, mode),
            ExprKind::Compose { first, second } => self.compose(*first, *second, span, mode),
            ExprKind::ExpectSchema { operand, ty } => self.expect_schema(*operand, *ty, span),
            ExprKind::Lambda {
                parameters,
                result,
                body,
            } => self.lambda(parameters, *result, body, span, mode),
            ExprKind::Role { role, text } => self.role_text(*role, text, span),
        }
    }

    /// `role name: text`.
    fn role_text(&mut self, role: Ident, text: &'a [ast::StringPart], span: Span) -> hir::ExprId {
        let record = self.checker.prelude_nominal(PreludeRecord::RoleText);
        let ty = self.checker.own_type(record);
        let name = self.checker.text(role.name).to_owned();
        let role = self.push(hir::ExprKind::String(name), Types::STRING, role.span);
        let text = self.string(text, span);
        let kind = hir::ExprKind::Construct {
            record,
            constructor: None,
            base: None,
            written: vec![(0, role), (1, text)],
            defaults: Vec::new(),
        };
        self.push(kind, ty, span)
    }

    /// E0060, once, and nothing that follows from it.
    pub(crate) fn not_supported(&mut self, span: Span, subject: &str) -> hir::ExprId {
        self.checker.report(e0060::not_supported(span, subject));
        self.error(span)
    }

    /// A generated local that holds a value, and the statement that puts it there.
    pub(crate) fn hold(&mut self, value: hir::ExprId, span: Span) -> (LocalId, hir::Statement) {
        let ty = self.ty(value);
        let local = self.add_local("held", ty, false, span, Role::Generated);
        let kind = hir::PatternKind::Bind(local, None);
        let pattern = self.patterns.push(hir::Pattern { kind, ty, span });
        (local, hir::Statement::Let { pattern, value })
    }

    /// Whether evaluating an expression early or late makes no difference.
    pub(crate) fn is_simple(&self, value: hir::ExprId) -> bool {
        match &self.exprs[value].kind {
            hir::ExprKind::Null
            | hir::ExprKind::Bool(_)
            | hir::ExprKind::Int(_)
            | hir::ExprKind::Float(_)
            | hir::ExprKind::String(_)
            | hir::ExprKind::Bytes(_) => true,
            hir::ExprKind::Local(local) => !self.locals[*local].mutable,
            hir::ExprKind::Closure { captured, .. } => captured.is_empty() && !self.is_lambda(value),
            hir::ExprKind::Widen(inner) | hir::ExprKind::Narrow(inner) => self.is_simple(*inner),
            _ => false,
        }
    }

    fn unary(&mut self, id: ast::ExprId, operator: UnaryOp, operand: ast::ExprId, span: Span) -> hir::ExprId {
        match operator {
            UnaryOp::Not => self.truth(id).0,
            UnaryOp::Await => self.not_supported(span, "`await` is"),
            UnaryOp::BitNot => {
                let value = self.expr(operand, Mode::Check(Want::of(Types::INT)));
                let ones = self.push(hir::ExprKind::Int(-1), Types::INT, span);
                let kind = hir::ExprKind::Arithmetic(hir::ArithmeticOp::BitXor, value, ones);
                self.push(kind, Types::INT, span)
            }
            UnaryOp::Negate => {
                let value = self.expr(operand, Mode::Infer);
                let ty = self.ty(value);
                if let Type::Variable(_) = self.checker.types.get(ty) {
                    self.report_open(ty, span);
                    return self.error(span);
                }
                if !self.checker.is_number(ty) {
                    let shown = self.checker.show(ty);
                    let diagnostic = e0012::operand(&self.place, span, "-", &shown);
                    self.checker.report(diagnostic);
                    self.checker.poison(ty);
                    return self.error(span);
                }
                self.push(hir::ExprKind::Negate(value), ty, span)
            }
        }
    }

    /// `a..b` as a list.
    fn range(&mut self, from: ast::ExprId, to: ast::ExprId, inclusive: bool, span: Span) -> hir::ExprId {
        let from = self.expr(from, Mode::Check(Want::of(Types::INT)));
        let to = self.expr(to, Mode::Check(Want::of(Types::INT)));
        let intrinsic = if inclusive {
            Intrinsic::RangeInclusive
        } else {
            Intrinsic::Range
        };
        let ty = self.checker.types.list(Types::INT);
        self.intrinsic(intrinsic, vec![from, to], ty, span)
    }

    /// `e as T`.
    fn cast(&mut self, operand: ast::ExprId, ty: ast::TypeExprId, span: Span) -> hir::ExprId {
        let value = self.expr(operand, Mode::Infer);
        let wanted = self.checker.annotation(ty);
        let from = self.ty(value);
        if from == Types::ERROR || wanted == Types::ERROR || from == Types::NEVER {
            return self.error_of(wanted, span);
        }
        if from == wanted {
            return value;
        }
        let parts = self.checker.types.alternatives(from);
        let members = self.checker.types.alternatives(wanted);
        if !members.iter().all(|member| parts.contains(member)) {
            let (found, shown) = (self.checker.show(from), self.checker.show(wanted));
            let diagnostic = e0012::cannot_cast(&self.place, span, &found, &shown);
            let mut help = self.advice(from, wanted, Some(operand));
            // What converts the value stands in the place of the whole cast.
            help.iter_mut().for_each(|help| help.edits.clear());
            let diagnostic = self.checker.if_opaque(diagnostic.advice(help), from);
            self.checker.report(diagnostic);
            return self.error_of(wanted, span);
        }
        self.push(hir::ExprKind::Cast(value), wanted, span)
    }

    /// The type of several values, E0012 if they have none.
    pub(crate) fn join_types(&mut self, types: &[Ty], span: Span) -> Ty {
        match self.checker.join(types) {
            Ok(ty) => ty,
            Err((first, second)) => {
                let (a, b) = (self.checker.show(first), self.checker.show(second));
                let diagnostic = e0012::indistinct_join(&self.place, span, &a, &b);
                self.checker.report(diagnostic);
                for ty in types {
                    self.checker.poison(*ty);
                }
                Types::ERROR
            }
        }
    }
}

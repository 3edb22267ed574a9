//! Flow typing: what conditions say about immutable names, and conditions themselves.

use super::accept::Fit;
use super::body::{Body, Mode, Want};
use super::messages::e0012;
use super::types::{Type, Types};
use crate::diagnostic::Span;
use crate::hir::{self, LocalId, Ty};
use crate::syntax::ast::{self, BinaryOp, ExprKind, UnaryOp};
use lumen_vm::lir::VariableClass;

/// What holds of names if a condition does, and if it does not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// If it holds.
    pub(crate) when_true: Vec<(LocalId, Ty)>,
    /// If it does not.
    pub(crate) when_false: Vec<(LocalId, Ty)>,
}

impl Facts {
    fn negated(self) -> Facts {
        Facts {
            when_true: self.when_false,
            when_false: self.when_true,
        }
    }
}

impl<'a> Body<'_, 'a> {
    /// A condition: a Bool, and what it says.
    pub(crate) fn condition(&mut self, id: ast::ExprId) -> (hir::ExprId, Facts) {
        let (value, facts) = self.truth(id);
        (self.coerce(value, Want::of(Types::BOOL), Some(id)), facts)
    }

    /// An expression and what it says if it is a Bool.
    pub(crate) fn truth(&mut self, id: ast::ExprId) -> (hir::ExprId, Facts) {
        let ast = self.checker.ast;
        let span = ast.exprs[id].span;
        match &ast.exprs[id].kind {
            ExprKind::Parenthesized(inner) => self.truth(*inner),
            ExprKind::Unary {
                operator: UnaryOp::Not,
                operand,
            } => {
                let (operand, facts) = self.condition(*operand);
                (
                    self.push(hir::ExprKind::Not(operand), Types::BOOL, span),
                    facts.negated(),
                )
            }
            ExprKind::Binary {
                operator: BinaryOp::And,
                left,
                right,
                ..
            } => self.both(*left, *right, span),
            ExprKind::Binary {
                operator: BinaryOp::Or,
                left,
                right,
                ..
            } => self.either(*left, *right, span),
            ExprKind::Binary {
                operator,
                operator_span,
                left,
                right,
            } if is_comparison(*operator) => self.comparison(*operator, *operator_span, *left, *right, span),
            ExprKind::Is { operand, ty } => self.type_test(*operand, *ty, span),
            _ => (self.expr(id, Mode::Infer), Facts::default()),
        }
    }

    fn both(&mut self, left: ast::ExprId, right: ast::ExprId, span: Span) -> (hir::ExprId, Facts) {
        let (left, first) = self.condition(left);
        let mark = self.assume(&first.when_true);
        let (right, second) = self.condition(right);
        self.retract(mark);
        let facts = Facts {
            when_false: self.alternatives(&first.when_false, &second.when_false),
            when_true: first.when_true.into_iter().chain(second.when_true).collect(),
        };
        (
            self.push(hir::ExprKind::And(left, right), Types::BOOL, span),
            facts,
        )
    }

    fn either(&mut self, left: ast::ExprId, right: ast::ExprId, span: Span) -> (hir::ExprId, Facts) {
        let (left, first) = self.condition(left);
        let mark = self.assume(&first.when_false);
        let (right, second) = self.condition(right);
        self.retract(mark);
        let facts = Facts {
            when_true: self.alternatives(&first.when_true, &second.when_true),
            when_false: first.when_false.into_iter().chain(second.when_false).collect(),
        };
        (
            self.push(hir::ExprKind::Or(left, right), Types::BOOL, span),
            facts,
        )
    }

    /// What holds if one of two lists of facts does: for names in both, either type.
    fn alternatives(&mut self, first: &[(LocalId, Ty)], second: &[(LocalId, Ty)]) -> Vec<(LocalId, Ty)> {
        let mut common = Vec::new();
        for (local, ty) in first {
            if let Some((_, other)) = second.iter().rev().find(|(candidate, _)| candidate == local) {
                common.push((*local, self.checker.types.union(&[*ty, *other])));
            }
        }
        common
    }

    /// Narrows names until [`Body::retract`].
    pub(crate) fn assume(&mut self, facts: &[(LocalId, Ty)]) -> usize {
        let mark = self.narrowings.len();
        for (local, ty) in facts {
            let known = &mut self.facts[local.index()];
            self.narrowings.push((*local, known.narrowed));
            known.narrowed = Some(*ty);
        }
        mark
    }

    /// Takes narrowings back to a mark.
    pub(crate) fn retract(&mut self, mark: usize) {
        while self.narrowings.len() > mark {
            let Some((local, before)) = self.narrowings.pop() else {
                return;
            };
            self.facts[local.index()].narrowed = before;
        }
    }

    /// The immutable local that an expression is, which flow can narrow.
    pub(crate) fn narrowable(&self, id: ast::ExprId) -> Option<LocalId> {
        match &self.checker.ast.exprs[id].kind {
            ExprKind::Parenthesized(inner) => self.narrowable(*inner),
            ExprKind::Name(name) => self
                .scope
                .find(*name)
                .filter(|local| !self.locals[*local].mutable),
            _ => None,
        }
    }

    /// Facts of a test that splits the type of a name in two; `Never` on one side says nothing.
    pub(crate) fn split(&self, local: Option<LocalId>, yes: Ty, no: Ty) -> Facts {
        let Some(local) = local else {
            return Facts::default();
        };
        let fact = |ty: Ty| {
            if ty == Types::NEVER {
                Vec::new()
            } else {
                vec![(local, ty)]
            }
        };
        Facts {
            when_true: fact(yes),
            when_false: fact(no),
        }
    }

    fn comparison(
        &mut self,
        operator: BinaryOp,
        operator_span: Span,
        left: ast::ExprId,
        right: ast::ExprId,
        span: Span,
    ) -> (hir::ExprId, Facts) {
        let is_equality = matches!(operator, BinaryOp::Equal | BinaryOp::NotEqual);
        if is_equality && self.is_null_literal(right) {
            return self.null_test(operator, left, span);
        }
        if is_equality && self.is_null_literal(left) {
            return self.null_test(operator, right, span);
        }
        let left_value = self.expr(left, Mode::Infer);
        let left_ty = self.ty(left_value);
        let right_value = self.expr(right, Mode::Hint(left_ty));
        let right_ty = self.ty(right_value);
        let Some(common) = self.checker.common(left_ty, right_ty) else {
            // Of an Int and a Float the Int is the one to convert.
            let blames_left = left_ty == Types::INT && right_ty == Types::FLOAT;
            let (wanted, other, found, blamed) = if blames_left {
                (right_ty, right, left_ty, left)
            } else {
                (left_ty, left, right_ty, right)
            };
            let want = Want::because(wanted, Some(ast_span(self, other)), "it is compared with this");
            self.mismatch(found, want, ast_span(self, blamed), Some(blamed));
            return (self.error_of(Types::BOOL, span), Facts::default());
        };
        let left = self.coerce(left_value, Want::of(common), Some(left));
        let right = self.coerce(right_value, Want::of(common), Some(right));
        let (operator, symbol) = comparison(operator);
        let class = match is_equality {
            true => VariableClass::Equatable,
            false => VariableClass::Ordered,
        };
        self.require_class(common, class, operator_span, symbol);
        (
            self.push(hir::ExprKind::Compare(operator, left, right), Types::BOOL, span),
            Facts::default(),
        )
    }

    fn is_null_literal(&self, id: ast::ExprId) -> bool {
        match &self.checker.ast.exprs[id].kind {
            ExprKind::Null => true,
            ExprKind::Parenthesized(inner) => self.is_null_literal(*inner),
            _ => false,
        }
    }

    fn null_test(&mut self, operator: BinaryOp, operand: ast::ExprId, span: Span) -> (hir::ExprId, Facts) {
        let local = self.narrowable(operand);
        let value = self.expr(operand, Mode::Infer);
        let ty = self.ty(value);
        if matches!(self.checker.types.get(ty), Type::Variable(_)) {
            self.checker.unify(ty, Types::NULL);
        }
        let ty = self.ty(value);
        if ty == Types::ERROR || ty == Types::NEVER {
            return (self.error_of(Types::BOOL, span), Facts::default());
        }
        if !self.checker.types.holds_null(ty) {
            let shown = self.checker.show(ty);
            let diagnostic = e0012::never_is(&self.place, span, &shown, "null");
            self.checker.report(diagnostic);
            return (self.error_of(Types::BOOL, span), Facts::default());
        }
        let rest = self.checker.types.without(ty, &[Types::NULL]);
        let facts = self.split(local, Types::NULL, rest);
        let test = self.test_of_type(value, ty, Types::NULL, span);
        match operator {
            BinaryOp::Equal => (test, facts),
            _ => (
                self.push(hir::ExprKind::Not(test), Types::BOOL, span),
                facts.negated(),
            ),
        }
    }

    /// Whether a value of type `ty` is of the type `tested`, a member of it or it.
    pub(crate) fn test_of_type(&mut self, value: hir::ExprId, ty: Ty, tested: Ty, span: Span) -> hir::ExprId {
        if ty == tested {
            let yes = self.push(hir::ExprKind::Bool(true), Types::BOOL, span);
            let statements = vec![hir::Statement::Expr(value)];
            return self.push(
                hir::ExprKind::Block {
                    statements,
                    value: Some(yes),
                },
                Types::BOOL,
                span,
            );
        }
        self.push(hir::ExprKind::IsType(value, tested), Types::BOOL, span)
    }

    fn type_test(&mut self, operand: ast::ExprId, ty: ast::TypeExprId, span: Span) -> (hir::ExprId, Facts) {
        let local = self.narrowable(operand);
        let value = self.expr(operand, Mode::Infer);
        let from = self.ty(value);
        match self.tested(ty, from) {
            Tested::Error => (self.error_of(Types::BOOL, span), Facts::default()),
            Tested::Variant { owner, variant } => {
                let test = self.test_of_variant(value, from, owner, variant, span);
                let facts = match local {
                    Some(local) if owner != from => Facts {
                        when_true: vec![(local, owner)],
                        when_false: Vec::new(),
                    },
                    _ => Facts::default(),
                };
                (test, facts)
            }
            Tested::Type(tested) => {
                let members = self.checker.types.alternatives(tested);
                let parts = self.checker.types.alternatives(from);
                if from != Types::ERROR && !members.iter().all(|member| parts.contains(member)) {
                    if self.checker.fit(from, tested) == Fit::No {
                        let (found, shown) = (self.checker.show(from), self.checker.show(tested));
                        let diagnostic = e0012::never_is(&self.place, span, &found, &shown);
                        let diagnostic = self.checker.if_opaque(diagnostic, from);
                        self.checker.report(diagnostic);
                    }
                    return (self.error_of(Types::BOOL, span), Facts::default());
                }
                let rest = self.checker.types.without(from, &members);
                let facts = self.split(local, tested, rest);
                (self.test_of_type(value, from, tested, span), facts)
            }
        }
    }

    /// `value is Variant`, through a union if need be.
    fn test_of_variant(
        &mut self,
        value: hir::ExprId,
        from: Ty,
        owner: Ty,
        variant: u32,
        span: Span,
    ) -> hir::ExprId {
        if owner == from {
            return self.push(hir::ExprKind::IsVariant(value, variant), Types::BOOL, span);
        }
        let (local, binding) = self.hold(value, span);
        let tested = self.read(local, span);
        let is_owner = self.push(hir::ExprKind::IsType(tested, owner), Types::BOOL, span);
        let again = self.read(local, span);
        let narrowed = self.push(hir::ExprKind::Narrow(again), owner, span);
        let is_variant = self.push(hir::ExprKind::IsVariant(narrowed, variant), Types::BOOL, span);
        let both = self.push(hir::ExprKind::And(is_owner, is_variant), Types::BOOL, span);
        self.push(
            hir::ExprKind::Block {
                statements: vec![binding],
                value: Some(both),
            },
            Types::BOOL,
            span,
        )
    }

    /// What stands after `is`: a type, or a variant of the operand's type.
    fn tested(&mut self, written: ast::TypeExprId, from: Ty) -> Tested {
        let ast = self.checker.ast;
        if let ast::TypeExprKind::Named {
            module,
            name,
            arguments,
        } = &ast.types[written].kind
            && arguments.is_empty()
            && !self.checker.names_a_type(*module, *name)
            && let Some(found) = self.find_variant(*module, *name, from)
        {
            return match found {
                Some((owner, variant)) => Tested::Variant { owner, variant },
                None => Tested::Error,
            };
        }
        match self.checker.annotation(written) {
            Types::ERROR => Tested::Error,
            ty => Tested::Type(ty),
        }
    }
}

/// What stands after `is`.
enum Tested {
    Type(Ty),
    Variant { owner: Ty, variant: u32 },
    Error,
}

fn ast_span(body: &Body, id: ast::ExprId) -> Span {
    body.checker.ast.exprs[id].span
}

fn is_comparison(operator: BinaryOp) -> bool {
    use BinaryOp::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
    matches!(
        operator,
        Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual
    )
}

fn comparison(operator: BinaryOp) -> (hir::CompareOp, &'static str) {
    match operator {
        BinaryOp::NotEqual => (hir::CompareOp::NotEqual, "!="),
        BinaryOp::Less => (hir::CompareOp::Less, "<"),
        BinaryOp::LessEqual => (hir::CompareOp::LessEqual, "<="),
        BinaryOp::Greater => (hir::CompareOp::Greater, ">"),
        BinaryOp::GreaterEqual => (hir::CompareOp::GreaterEqual, ">="),
        _ => (hir::CompareOp::Equal, "=="),
    }
}

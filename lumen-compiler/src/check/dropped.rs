//! Statements that compute a value which nothing uses (W0008).

use super::body::{Body, Role};
use super::messages::w0008;
use super::types::{Type, Types};
use crate::diagnostic::{Diagnostic, Edit, Help, Span};
use crate::hir::{self, CompareOp, ExprKind, LocalId};
use crate::syntax::ast;
use lumen_vm::lir::{Intrinsic, Outcome};

impl Body<'_, '_> {
    /// Warns about a statement that is an expression without an effect.
    pub(crate) fn note_dropped(&mut self, value: hir::ExprId, source: ast::ExprId) {
        let ty = self.ty(value);
        if matches!(ty, Types::NULL | Types::ERROR | Types::NEVER) {
            return;
        }
        let span = self.checker.ast.exprs[source].span;
        let diagnostic = match &self.exprs[value].kind {
            ExprKind::Intrinsic { intrinsic, arguments } => {
                let (intrinsic, first) = (*intrinsic, arguments.first().copied());
                if intrinsic.info().outcome == Outcome::Output || intrinsic.info().source_name.is_empty() {
                    return;
                }
                self.dropped_call(intrinsic, first, ty, span)
            }
            ExprKind::Compare(CompareOp::Equal, left, _) => {
                let left = *left;
                self.dropped_comparison(left, source, span)
            }
            ExprKind::Compare(..)
            | ExprKind::Arithmetic(..)
            | ExprKind::Negate(_)
            | ExprKind::Not(_)
            | ExprKind::Concat(_) => w0008::operation(span).advice(bind(span)),
            ExprKind::Call { .. } if matches!(self.checker.form(ty), Type::Result(..)) => {
                let shown = self.checker.show(ty);
                w0008::result(span, &shown).advice(bind(span))
            }
            _ => return,
        };
        self.checker.report(diagnostic);
    }

    /// `xs.append(2)`: what was meant is perhaps `xs = xs.append(2)`.
    fn dropped_call(
        &mut self,
        intrinsic: Intrinsic,
        first: Option<hir::ExprId>,
        ty: hir::Ty,
        span: Span,
    ) -> Diagnostic {
        let diagnostic = w0008::call(span, intrinsic.info().source_name);
        let Some(local) = first.and_then(|first| self.local_of(first)) else {
            return diagnostic.advice(bind(span));
        };
        let (declared, ty) = (
            self.checker.resolve_deep(self.locals[local].ty),
            self.checker.resolve_deep(ty),
        );
        if declared != ty {
            return diagnostic.advice(bind(span));
        }
        let (name, facts) = (&self.locals[local].name, &self.facts[local.index()]);
        let assign = Edit::before(span, format!("{name} = "));
        diagnostic.advice(match (self.locals[local].mutable, facts.role, facts.bound) {
            (true, ..) => Help::sure(
                format!("builtins change nothing in place: assign the value, `{name} = ...`"),
                [assign],
            ),
            (false, Role::Variable, Some(bound)) => Help::sure(
                format!(
                    "builtins change nothing in place: declare `let mut {name}` and assign, `{name} = ...`"
                ),
                [Edit::before(bound, "mut "), assign],
            ),
            _ => Help::maybe(
                format!("builtins change nothing in place: bind the value, `let {name} = ...`"),
                [Edit::before(span, format!("let {name} = "))],
            ),
        })
    }

    /// `a == b`: what was meant is perhaps `a = b`.
    fn dropped_comparison(&mut self, left: hir::ExprId, source: ast::ExprId, span: Span) -> Diagnostic {
        let diagnostic = w0008::operation(span);
        let local = self.local_of(left).filter(|local| self.locals[*local].mutable);
        match (local, &self.checker.ast.exprs[source].kind) {
            (Some(local), ast::ExprKind::Binary { operator_span, .. }) => diagnostic.maybe(
                format!(
                    "`==` compares; to assign write `{} = ...`",
                    self.locals[local].name
                ),
                [Edit::replace(*operator_span, "=")],
            ),
            _ => diagnostic.advice(bind(span)),
        }
    }

    /// The variable that an expression reads.
    fn local_of(&self, value: hir::ExprId) -> Option<LocalId> {
        match self.exprs[value].kind {
            ExprKind::Local(local) => Some(local),
            ExprKind::Widen(inner) | ExprKind::Narrow(inner) => self.local_of(inner),
            _ => None,
        }
    }
}

fn bind(span: Span) -> Help {
    w0008::bind_it(vec![Edit::before(span, "let _ = ")])
}

//! Branches: `if`, `when`, `match`.

use super::body::{Body, Mode, Want};
use super::types::{Type, Types};
use crate::diagnostic::Span;
use crate::hir::{self, LocalId, Ty};
use crate::syntax::ast;

impl<'a> Body<'_, 'a> {
    /// `if c ... else ... end`.
    pub(crate) fn if_expr(
        &mut self,
        condition: ast::ExprId,
        then: &'a ast::Block,
        otherwise: Option<&'a ast::Block>,
        mode: Mode,
        span: Span,
    ) -> hir::ExprId {
        let (condition, facts) = self.condition(condition);
        // Without `else` the value is null, and what the branch yields is dropped.
        let branch_mode = if otherwise.is_some() { mode } else { Mode::Discard };
        let mark = self.assume(&facts.when_true);
        let then = self.block(then, branch_mode);
        self.retract(mark);
        let Some(otherwise) = otherwise else {
            if self.ty(then) == Types::NEVER {
                self.assume(&facts.when_false);
            }
            let kind = hir::ExprKind::If {
                condition,
                then,
                otherwise: None,
            };
            return self.push(kind, Types::NULL, span);
        };
        let mark = self.assume(&facts.when_false);
        let otherwise = self.block(otherwise, branch_mode);
        self.retract(mark);
        let (branches, ty) = self.unite(vec![then, otherwise], mode, span);
        match (self.ty(branches[0]), self.ty(branches[1])) {
            (Types::NEVER, Types::NEVER) => {}
            (Types::NEVER, _) => drop(self.assume(&facts.when_false)),
            (_, Types::NEVER) => drop(self.assume(&facts.when_true)),
            _ => {}
        }
        let kind = hir::ExprKind::If {
            condition,
            then: branches[0],
            otherwise: Some(branches[1]),
        };
        self.push(kind, ty, span)
    }

    /// Branches of one type: the wanted one, null if none is wanted, else the union of theirs.
    fn unite(&mut self, branches: Vec<hir::ExprId>, mode: Mode, span: Span) -> (Vec<hir::ExprId>, Ty) {
        let types: Vec<Ty> = branches.iter().map(|branch| self.ty(*branch)).collect();
        if types.iter().all(|ty| *ty == Types::NEVER) {
            return (branches, Types::NEVER);
        }
        match mode {
            Mode::Check(want) => (branches, want.ty),
            Mode::Discard => {
                let branches = branches.into_iter().map(|branch| self.dropped(branch)).collect();
                (branches, Types::NULL)
            }
            Mode::Infer | Mode::Hint(_) => {
                let ty = self.join_types(&types, span);
                let branches = branches
                    .into_iter()
                    .map(|branch| self.coerce(branch, Want::of(ty), None))
                    .collect();
                (branches, ty)
            }
        }
    }

    /// The expression for its effect: of type Null or Never.
    fn dropped(&mut self, value: hir::ExprId) -> hir::ExprId {
        let (ty, span) = (self.ty(value), self.exprs[value].span);
        if ty == Types::NULL || ty == Types::NEVER {
            return value;
        }
        let statements = vec![hir::Statement::Expr(value)];
        self.push(
            hir::ExprKind::Block {
                statements,
                value: None,
            },
            Types::NULL,
            span,
        )
    }

    /// `when ... end`: an `if` for each arm.
    pub(crate) fn when_expr(
        &mut self,
        arms: &'a [ast::WhenArm],
        otherwise: Option<&'a ast::Block>,
        mode: Mode,
        span: Span,
    ) -> hir::ExprId {
        // Without `_ ->` it is a statement: null, whatever the arms yield.
        let branch_mode = if otherwise.is_some() { mode } else { Mode::Discard };
        let outer = self.narrowings.len();
        let mut conditions = Vec::with_capacity(arms.len());
        let mut branches = Vec::with_capacity(arms.len() + 1);
        for arm in arms {
            let (condition, facts) = self.condition(arm.condition);
            let mark = self.assume(&facts.when_true);
            branches.push(self.block(&arm.body, branch_mode));
            self.retract(mark);
            self.assume(&facts.when_false);
            conditions.push((condition, arm.span));
        }
        if let Some(otherwise) = otherwise {
            branches.push(self.block(otherwise, branch_mode));
        }
        let all_arms_end = branches[..arms.len()]
            .iter()
            .all(|branch| self.exprs[*branch].ty == Types::NEVER);
        if !all_arms_end {
            self.retract(outer);
        }
        let (mut branches, ty) = if otherwise.is_some() {
            self.unite(branches, branch_mode, span)
        } else {
            (
                branches.into_iter().map(|branch| self.dropped(branch)).collect(),
                Types::NULL,
            )
        };
        let mut rest = if otherwise.is_some() { branches.pop() } else { None };
        for ((condition, span), then) in conditions.into_iter().zip(branches).rev() {
            let kind = hir::ExprKind::If {
                condition,
                then,
                otherwise: rest,
            };
            rest = Some(self.push(kind, ty, span));
        }
        rest.unwrap_or_else(|| self.push(hir::ExprKind::Null, Types::NULL, span))
    }

    /// `match e ... end`.
    pub(crate) fn match_expr(
        &mut self,
        scrutinee: ast::ExprId,
        arms: &'a [ast::MatchArm],
        mode: Mode,
        span: Span,
    ) -> hir::ExprId {
        let local = self.narrowable(scrutinee);
        let value = self.expr(scrutinee, Mode::Infer);
        let ty = self.ty(value);
        if matches!(self.checker.types.get(ty), Type::Variable(_)) {
            self.report_not_yet_known(value);
        }
        let ty = self.ty(value);
        let mut remaining = ty;
        let mut lowered = Vec::with_capacity(arms.len());
        let mut branches = Vec::with_capacity(arms.len());
        let mut after: Vec<Ty> = Vec::new();
        for arm in arms {
            let (scope, flow) = (self.scope.mark(), self.narrowings.len());
            let pattern = self.arm_pattern(arm.pattern, ty, remaining);
            let covered = self.cover(pattern, ty);
            let inside = covered.matched.unwrap_or(remaining);
            self.narrow_to(local, ty, inside);
            let guard = arm.guard.map(|guard| {
                let (guard, facts) = self.condition(guard);
                self.assume(&facts.when_true);
                guard
            });
            let body = self.block(&arm.body, mode);
            self.scope.restore(scope);
            self.retract(flow);
            if guard.is_none() {
                remaining = self.checker.types.without(remaining, &covered.whole);
            }
            if self.ty(body) != Types::NEVER {
                after.push(inside);
            }
            lowered.push(hir::Arm { pattern, guard, body });
            branches.push(body);
        }
        let is_exhaustive = self.check_match(ty, &lowered, arms, span);
        let (branches, result) = self.unite(branches, mode, span);
        for (arm, body) in lowered.iter_mut().zip(branches) {
            arm.body = body;
        }
        if is_exhaustive && result != Types::NEVER {
            let rest = self.checker.types.union(&after);
            self.narrow_to(local, ty, rest);
        }
        self.push(
            hir::ExprKind::Match {
                scrutinee: value,
                arms: lowered,
            },
            result,
            span,
        )
    }

    /// Narrows a name to a part of its union, if it is one.
    fn narrow_to(&mut self, local: Option<LocalId>, whole: Ty, part: Ty) {
        if let Some(local) = local
            && part != whole
            && part != Types::NEVER
            && part != Types::ERROR
            && whole != Types::ERROR
        {
            self.assume(&[(local, part)]);
        }
    }
}

//! `match`: arms are tried in order.
//!
//! A `match` is exhaustive, so its last arm, when control gets there, matches: it is bound without a test. Where the arms
//! tell the variants of an enum or result apart, one switch chooses among those for each variant.

use super::Builder;
use super::join::JoinId;
use crate::hir::{Arm, Expr, ExprId, PatternId, PatternKind};
use crate::lower::ssa::Value;

/// What control jumps to if no arm fits, which the checker has excluded save behind a guarded last arm.
const NOTHING_MATCHED: &str = "no arm of this `match` fits the value";

/// A `match` under way.
struct Match<'m> {
    expr: &'m Expr,
    scrutinee: Value,
    wanted: bool,
    end: JoinId,
}

impl<'m> Builder<'m, '_> {
    pub(super) fn match_arms(
        &mut self,
        expr: &'m Expr,
        scrutinee: ExprId,
        arms: &'m [Arm],
        wanted: bool,
    ) -> Option<Value> {
        let scrutinee = self.value(scrutinee)?;
        let end = self.join();
        let of = Match {
            expr,
            scrutinee,
            wanted,
            end,
        };
        match self.plan(scrutinee, arms) {
            Some(plan) => self.by_variant(&of, arms, &plan),
            None => self.one_by_one(&of, arms),
        }
        self.enter_value(end, expr.ty, wanted)
    }

    fn one_by_one(&mut self, of: &Match<'m>, arms: &'m [Arm]) {
        for (index, arm) in arms.iter().enumerate() {
            let is_last = index + 1 == arms.len();
            let next = (!is_last || arm.guard.is_some()).then(|| self.join());
            if self.pattern(arm.pattern, of.scrutinee, next).is_some() {
                self.arm(of, arm, next);
            }
            match next {
                Some(next) if !self.enter(next) => return,
                Some(_) if is_last => self.fail(NOTHING_MATCHED, of.expr.span),
                _ => {}
            }
        }
    }

    /// Guard and body of an arm whose pattern has matched.
    fn arm(&mut self, of: &Match<'m>, arm: &Arm, next: Option<JoinId>) {
        if let (Some(guard), Some(next)) = (arm.guard, next) {
            let holds = self.join();
            self.condition(guard, holds, next);
            if !self.enter(holds) {
                return;
            }
        }
        self.branch_value(arm.body, of.expr.ty, of.wanted, of.end);
    }

    /// How a switch would serve the arms, if it can.
    fn plan(&self, scrutinee: Value, arms: &[Arm]) -> Option<Plan> {
        let mut by_variant: Vec<Vec<usize>> = Vec::new();
        let mut default = None;
        for (index, arm) in arms.iter().enumerate() {
            let kind = &self.source().patterns[arm.pattern].kind;
            if arm.guard.is_none() && matches!(kind, PatternKind::Wildcard | PatternKind::Bind(_, None)) {
                default = Some(index);
                break;
            }
            let mut variants = Vec::new();
            self.variants(arm.pattern, &mut variants)?;
            if by_variant.is_empty() {
                by_variant.resize(self.variant_count(self.ty(scrutinee)), Vec::new());
            }
            variants.sort_unstable();
            variants.dedup();
            if variants.len() > 1 && arm.guard.is_some() {
                return None;
            }
            for variant in variants {
                by_variant[variant as usize].push(index);
            }
        }
        let told_apart = by_variant.iter().filter(|arms| !arms.is_empty()).count();
        (told_apart > 1).then_some(Plan { by_variant, default })
    }

    /// The variants that a pattern can match, if it looks for variants.
    fn variants(&self, pattern: PatternId, variants: &mut Vec<u32>) -> Option<()> {
        match &self.source().patterns[pattern].kind {
            PatternKind::Variant { variant, .. } => variants.push(*variant),
            PatternKind::Bind(_, Some(inner)) => self.variants(*inner, variants)?,
            PatternKind::Or(alternatives) => {
                for alternative in alternatives {
                    self.variants(*alternative, variants)?;
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn by_variant(&mut self, of: &Match<'m>, arms: &'m [Arm], plan: &Plan) {
        let default = self.join();
        let targets: Vec<JoinId> = plan
            .by_variant
            .iter()
            .map(|arms| if arms.is_empty() { default } else { self.join() })
            .collect();
        // Arms that several variants lead to have a body of their own.
        let shared: Vec<Option<JoinId>> = (0..arms.len())
            .map(|arm| (plan.variants_of(arm) > 1).then(|| self.join()))
            .collect();
        self.switch(of.scrutinee, &targets);
        for (variant, candidates) in plan.by_variant.iter().enumerate() {
            if !candidates.is_empty() && self.enter(targets[variant]) {
                self.candidates(of, arms, plan, variant as u32, default, &shared);
            }
        }
        for (arm, body) in arms.iter().zip(shared) {
            if let Some(body) = body
                && self.enter(body)
            {
                self.arm(of, arm, None);
            }
        }
        if self.enter(default) {
            match plan.default {
                Some(index) => {
                    let arm = &arms[index];
                    if self.pattern(arm.pattern, of.scrutinee, None).is_some() {
                        self.arm(of, arm, None);
                    }
                }
                None => self.fail(NOTHING_MATCHED, of.expr.span),
            }
        }
    }

    /// The arms that can match a variant, in order.
    fn candidates(
        &mut self,
        of: &Match<'m>,
        arms: &'m [Arm],
        plan: &Plan,
        variant: u32,
        default: JoinId,
        shared: &[Option<JoinId>],
    ) {
        let candidates = &plan.by_variant[variant as usize];
        for (position, &index) in candidates.iter().enumerate() {
            let arm = &arms[index];
            let is_last = position + 1 == candidates.len();
            let next = match (is_last, plan.default, arm.guard) {
                (false, _, _) => Some(self.join()),
                (true, None, None) => None,
                (true, _, _) => Some(default),
            };
            if self
                .pattern_of_variant(arm.pattern, variant, of.scrutinee, next)
                .is_some()
            {
                match shared[index] {
                    Some(body) => self.jump_to(body),
                    None => self.arm(of, arm, next),
                }
            }
            if let (false, Some(next)) = (is_last, next)
                && !self.enter(next)
            {
                return;
            }
        }
    }
}

/// Which arms are tried for each variant.
struct Plan {
    by_variant: Vec<Vec<usize>>,
    /// The arm for everything else.
    default: Option<usize>,
}

impl Plan {
    fn variants_of(&self, arm: usize) -> usize {
        self.by_variant.iter().filter(|arms| arms.contains(&arm)).count()
    }
}

//! Patterns: typed against what they are matched with, names bound, and both exhaustiveness and reachability checked.

mod bind;
mod exhaustive;
mod pieces;
mod space;
mod structure;
mod witness;

use super::body::Body;
use super::messages::{e0016, w0003};
use super::types::{Type, Types};
use crate::diagnostic::Span;
use crate::hir::{self, PatternId, Ty};
use crate::syntax::ast;
use bind::Binder;
use exhaustive::{Coverage, Limits};

/// What part of a union an arm's pattern is about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Covered {
    /// The members that it can match, as a type; none if it looks at no member in particular.
    pub(crate) matched: Option<Ty>,
    /// Members of which it matches every value.
    pub(crate) whole: Vec<Ty>,
}

impl<'a> Body<'_, 'a> {
    /// A pattern that must match every value of the type.
    pub(crate) fn irrefutable_pattern(
        &mut self,
        id: ast::PatternId,
        ty: Ty,
        mutable: bool,
        word: &str,
    ) -> PatternId {
        let mut binder = Binder::new(mutable);
        self.irrefutable(id, ty, word, &mut binder)
    }

    /// Patterns that must match every value of their types and bind different names.
    pub(crate) fn irrefutable_patterns(
        &mut self,
        patterns: &[(ast::PatternId, Ty)],
        word: &str,
    ) -> Vec<PatternId> {
        let mut binder = Binder::new(false);
        patterns
            .iter()
            .map(|(id, ty)| self.irrefutable(*id, *ty, word, &mut binder))
            .collect()
    }

    fn irrefutable(&mut self, id: ast::PatternId, ty: Ty, word: &str, binder: &mut Binder) -> PatternId {
        let pattern = self.pattern(id, ty, binder);
        let span = self.patterns[pattern].span;
        if !binder.has_errors {
            match self.coverage(ty, &[(pattern, false)], Limits::default()) {
                Ok(Coverage {
                    missing: Some(witness),
                    ..
                }) => {
                    self.checker.report(e0016::refutable(span, word, &witness));
                }
                Ok(_) | Err(exhaustive::Stop::Broken) => {}
                Err(exhaustive::Stop::Effort) => self.checker.report(e0016::too_intricate(span)),
            }
        }
        pattern
    }

    /// The pattern of a `match` arm. A name that catches all has the type of what earlier arms left.
    pub(crate) fn arm_pattern(&mut self, id: ast::PatternId, ty: Ty, remaining: Ty) -> PatternId {
        let ast = self.checker.ast;
        let is_name = match &ast.patterns[id].kind {
            ast::PatternKind::Name(name, None) => !bind::is_capital(self.checker.text(*name)),
            _ => false,
        };
        let mut binder = Binder::new(false);
        let narrows = is_name && remaining != ty && remaining != Types::NEVER;
        let inner_ty = if narrows { remaining } else { ty };
        let pattern = self.pattern(id, inner_ty, &mut binder);
        self.arm_has_errors |= binder.has_errors;
        if !narrows {
            return pattern;
        }
        let span = self.patterns[pattern].span;
        self.patterns.push(hir::Pattern {
            kind: hir::PatternKind::Type(remaining, pattern),
            ty,
            span,
        })
    }

    /// What part of a union the pattern is about.
    pub(crate) fn cover(&mut self, pattern: PatternId, ty: Ty) -> Covered {
        match self.patterns[pattern].kind.clone() {
            hir::PatternKind::Type(member, inner) => {
                let matches_all = self.is_catch_all(inner);
                let whole = if matches_all {
                    self.checker.types.alternatives(member)
                } else {
                    Vec::new()
                };
                Covered {
                    matched: Some(member),
                    whole,
                }
            }
            hir::PatternKind::Bind(_, Some(inner)) => self.cover(inner, ty),
            hir::PatternKind::Or(alternatives) => {
                let mut all = Covered::default();
                let mut matched = Vec::new();
                let mut is_open = false;
                for alternative in alternatives {
                    let covered = self.cover(alternative, ty);
                    match covered.matched {
                        Some(part) => matched.push(part),
                        None => is_open = true,
                    }
                    all.whole.extend(covered.whole);
                }
                all.matched = (!is_open).then(|| self.checker.types.union(&matched));
                all
            }
            _ if self.is_catch_all(pattern) => Covered {
                matched: None,
                whole: self.checker.types.alternatives(ty),
            },
            _ => Covered::default(),
        }
    }

    fn is_catch_all(&self, pattern: PatternId) -> bool {
        match &self.patterns[pattern].kind {
            hir::PatternKind::Wildcard | hir::PatternKind::Bind(_, None) | hir::PatternKind::Null => true,
            hir::PatternKind::Bind(_, Some(inner)) => self.is_catch_all(*inner),
            _ => false,
        }
    }

    /// E0016 and W0003 of a `match`; whether it is exhaustive, or nothing is known to be missing.
    pub(crate) fn check_match(
        &mut self,
        ty: Ty,
        arms: &[hir::Arm],
        written: &'a [ast::MatchArm],
        span: Span,
    ) -> bool {
        let ty = self.checker.resolve_deep(ty);
        if std::mem::take(&mut self.arm_has_errors) || self.checker.types.is_erroneous(ty) {
            return true;
        }
        if matches!(self.checker.types.get(ty), Type::Variable(_) | Type::Never) {
            return true;
        }
        let rows: Vec<(PatternId, bool)> = arms
            .iter()
            .map(|arm| (arm.pattern, arm.guard.is_some()))
            .collect();
        match self.coverage(ty, &rows, Limits::default()) {
            Ok(Coverage { missing, unreachable }) => {
                for index in unreachable {
                    let span = self.checker.ast.patterns[written[index].pattern].span;
                    self.checker.report(w0003::arm(span));
                }
                if let Some(witness) = &missing {
                    let last = written.last().map(|arm| arm.span);
                    let mut diagnostic = e0016::missing_case(span, witness, last);
                    if let Type::Nominal(nominal, ..) = self.checker.form(ty)
                        && let Some(declared) = self.checker.nominal(nominal).span
                    {
                        diagnostic =
                            diagnostic.related(declared, "the type that is matched is declared here");
                    }
                    self.checker.report(diagnostic);
                }
                missing.is_none()
            }
            Err(exhaustive::Stop::Effort) => {
                self.checker.report(e0016::too_intricate(span));
                false
            }
            Err(exhaustive::Stop::Broken) => true,
        }
    }
}

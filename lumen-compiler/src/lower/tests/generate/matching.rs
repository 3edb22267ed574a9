//! `match` over Ints, optionals, enums and lists.

use super::Growth;
use crate::hir::{ExprId, LocalId, PatternId, PatternKind, Ty};
use crate::lower::tests::maker::{BOOL, INT, NULL};

impl Growth<'_, '_, '_> {
    pub(super) fn match_on(&mut self, ty: Ty, depth: usize) -> ExprId {
        let kinds = self.kinds;
        match self.tape.below(4) {
            0 => self.match_int(ty, depth),
            1 => {
                let scrutinee = self.expr(kinds.optional, depth);
                let null = self.cell.pattern(PatternKind::Null, NULL);
                let null = self.cell.pattern(PatternKind::Type(NULL, null), kinds.optional);
                let first = (null, None, self.expr(ty, depth));
                let (local, inner) = self.bound(INT);
                let some = self.cell.pattern(PatternKind::Type(INT, inner), kinds.optional);
                self.scope.push(local);
                let second = (some, None, self.expr(ty, depth));
                self.scope.pop();
                self.cell.match_on(ty, scrutinee, &[first, second])
            }
            2 => self.match_shape(ty, depth),
            _ => {
                let scrutinee = self.expr(kinds.ints, depth);
                let (head, rest) = (self.cell.local("head", INT), self.cell.local("rest", kinds.ints));
                let elements = vec![self.cell.bind(head)];
                let rest_pattern = Some((self.tape.below(2) == 1).then_some(rest));
                let pattern = PatternKind::List {
                    elements,
                    rest: rest_pattern,
                };
                let pattern = self.cell.pattern(pattern, kinds.ints);
                self.scope.push(head);
                if rest_pattern == Some(Some(rest)) {
                    self.scope.push(rest);
                }
                let first = (pattern, None, self.expr(ty, depth));
                self.scope.retain(|local| *local != head && *local != rest);
                let any = self.cell.pattern(PatternKind::Wildcard, kinds.ints);
                let second = (any, None, self.expr(ty, depth));
                self.cell.match_on(ty, scrutinee, &[first, second])
            }
        }
    }

    pub(super) fn bound(&mut self, ty: Ty) -> (LocalId, PatternId) {
        let local = self.cell.local("bound", ty);
        (local, self.cell.bind(local))
    }

    pub(super) fn match_int(&mut self, ty: Ty, depth: usize) -> ExprId {
        let scrutinee = self.expr(INT, depth);
        let mut arms = Vec::new();
        for _ in 0..self.tape.below(3) {
            let value = self.tape.below(5) as i64;
            let kind = match self.tape.below(3) {
                0 => PatternKind::Int(value),
                1 => PatternKind::IntRange(value, value + 2),
                _ => {
                    let either = [PatternKind::Int(value), PatternKind::Int(value + 3)];
                    PatternKind::Or(either.map(|kind| self.cell.pattern(kind, INT)).to_vec())
                }
            };
            let pattern = self.cell.pattern(kind, INT);
            let guard = (self.tape.below(2) == 1).then(|| self.expr(BOOL, depth));
            arms.push((pattern, guard, self.expr(ty, depth)));
        }
        let (local, pattern) = self.bound(INT);
        self.scope.push(local);
        arms.push((pattern, None, self.expr(ty, depth)));
        self.scope.pop();
        self.cell.match_on(ty, scrutinee, &arms)
    }

    pub(super) fn match_shape(&mut self, ty: Ty, depth: usize) -> ExprId {
        let shape = self.kinds.shape;
        let scrutinee = self.expr(shape, depth);
        let mut arms = Vec::new();
        for _ in 0..self.tape.below(4) {
            let (local, pattern) = match self.tape.below(4) {
                0 => {
                    let value = self.tape.below(4) as i64;
                    let payload = vec![self.cell.pattern(PatternKind::Int(value), INT)];
                    (
                        None,
                        self.cell
                            .pattern(PatternKind::Variant { variant: 0, payload }, shape),
                    )
                }
                1 => {
                    let (local, bound) = self.bound(INT);
                    let payload = vec![bound, self.cell.pattern(PatternKind::Bool(true), BOOL)];
                    let kind = PatternKind::Variant { variant: 1, payload };
                    (Some(local), self.cell.pattern(kind, shape))
                }
                2 => {
                    let (local, bound) = self.bound(INT);
                    let any = self.cell.pattern(PatternKind::Wildcard, BOOL);
                    let payloads = [vec![bound], vec![bound, any]];
                    let alternatives = payloads.into_iter().zip(0..).map(|(payload, variant)| {
                        self.cell
                            .pattern(PatternKind::Variant { variant, payload }, shape)
                    });
                    let alternatives = alternatives.collect();
                    (
                        Some(local),
                        self.cell.pattern(PatternKind::Or(alternatives), shape),
                    )
                }
                _ => {
                    let payload = vec![];
                    (
                        None,
                        self.cell
                            .pattern(PatternKind::Variant { variant: 2, payload }, shape),
                    )
                }
            };
            self.scope.extend(local);
            let guard = (self.tape.below(3) == 1).then(|| self.expr(BOOL, depth));
            arms.push((pattern, guard, self.expr(ty, depth)));
            if local.is_some() {
                self.scope.pop();
            }
        }
        let any = self.cell.pattern(PatternKind::Wildcard, shape);
        arms.push((any, None, self.expr(ty, depth)));
        self.cell.match_on(ty, scrutinee, &arms)
    }
}

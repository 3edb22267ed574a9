//! Comprehensions, as the loops that they abbreviate: `[e for x in xs if c]` appends each `e` to a list.

use super::body::{Body, Mode, Want};
use super::messages::e0014;
use super::types::{Type, Types};
use crate::diagnostic::Span;
use crate::hir::{self, ExprKind, Iterable, LoopId, PatternId, Statement, Ty};
use crate::syntax::ast::{self, ComprehensionKind, ForClause};
use lumen_vm::lir::{Intrinsic, VariableClass};

/// A clause that was checked.
struct Round {
    id: LoopId,
    iterable: Iterable,
    pattern: PatternId,
    filter: Option<hir::ExprId>,
}

impl<'a> Body<'_, 'a> {
    /// `[e for ...]`, `{e for ...}`, `{k: v for ...}`.
    pub(crate) fn comprehension(
        &mut self,
        kind: ComprehensionKind,
        (element, value): (ast::ExprId, Option<ast::ExprId>),
        clauses: &'a [ForClause],
        span: Span,
        mode: Mode,
    ) -> hir::ExprId {
        let (scope, flow) = (self.scope.mark(), self.narrowings.len());
        let rounds: Vec<Round> = clauses.iter().map(|clause| self.clause(clause)).collect();
        let expected = self.expected_elements(kind, mode);
        let mut values = Vec::with_capacity(2);
        for (position, written) in [Some(element), value].into_iter().flatten().enumerate() {
            let mode = match expected.get(position) {
                Some(ty) => Mode::Check(Want::of(*ty)),
                None => Mode::Infer,
            };
            values.push(self.expr(written, mode));
        }
        self.scope.restore(scope);
        self.retract(flow);
        let types: Vec<Ty> = values
            .iter()
            .enumerate()
            .map(|(position, value)| expected.get(position).copied().unwrap_or_else(|| self.ty(*value)))
            .collect();
        self.gathered(kind, rounds, values, &types, span)
    }

    /// `for pattern in iterable if filter`: its names are those of all that follows.
    fn clause(&mut self, clause: &'a ForClause) -> Round {
        let (iterable, element) = self.iterable(clause.iterable);
        let id = self.new_loop();
        let pattern = self.irrefutable_pattern(clause.pattern, element, false, "for");
        let filter = clause.filter.map(|filter| {
            let (filter, facts) = self.condition(filter);
            self.assume(&facts.when_true);
            filter
        });
        Round {
            id,
            iterable,
            pattern,
            filter,
        }
    }

    /// Types of the element, or of key and value, that are expected; none if a later use decides.
    fn expected_elements(&mut self, kind: ComprehensionKind, mode: Mode) -> Vec<Ty> {
        let form = match kind {
            ComprehensionKind::List => self.expected_form(mode, |form| matches!(form, Type::List(_))),
            ComprehensionKind::Set => self.expected_form(mode, |form| matches!(form, Type::Set(_))),
            ComprehensionKind::Map => self.expected_form(mode, |form| matches!(form, Type::Map(..))),
        };
        let types = match form {
            Some(Type::List(element) | Type::Set(element)) => vec![element],
            Some(Type::Map(key, value)) => vec![key, value],
            _ => Vec::new(),
        };
        let is_open = types
            .iter()
            .any(|ty| matches!(self.checker.form(*ty), Type::Variable(_)));
        if is_open { Vec::new() } else { types }
    }

    /// The loops around what is gathered.
    fn gathered(
        &mut self,
        kind: ComprehensionKind,
        rounds: Vec<Round>,
        values: Vec<hir::ExprId>,
        types: &[Ty],
        span: Span,
    ) -> hir::ExprId {
        let (ty, empty, intrinsic) = match kind {
            ComprehensionKind::List => {
                let ty = self.checker.types.list(types[0]);
                (ty, ExprKind::List(Vec::new()), Intrinsic::Append)
            }
            ComprehensionKind::Set => {
                self.require_class(types[0], VariableClass::Equatable, span, "a set");
                let ty = self.checker.types.set(types[0]);
                (ty, ExprKind::Set(Vec::new()), Intrinsic::AddSet)
            }
            ComprehensionKind::Map => {
                let key = self.key_type(types[0], self.exprs[values[0]].span);
                let ty = self.checker.types.map(key, types[1]);
                (ty, ExprKind::Map(Vec::new()), Intrinsic::InsertMap)
            }
        };
        let mut statements = Vec::new();
        let empty = self.push(empty, ty, span);
        let out = self.accumulator("gathered", ty, empty, &mut statements);
        let mut statement = self.update(out, intrinsic, &values, span);
        for round in rounds.into_iter().rev() {
            let body = self.sequence(vec![statement], span);
            statement = Statement::For {
                id: round.id,
                iterable: round.iterable,
                pattern: round.pattern,
                filter: round.filter,
                body,
            };
        }
        statements.push(statement);
        let value = self.local_value(out, span);
        self.after(statements, value)
    }

    fn key_type(&mut self, key: Ty, span: Span) -> Ty {
        if self.checker.is_no_key(key) {
            let shown = self.checker.show(key);
            self.checker.report(e0014::map_key(span, &shown));
            return Types::ERROR;
        }
        self.require_class(key, VariableClass::Key, span, "a map");
        key
    }
}

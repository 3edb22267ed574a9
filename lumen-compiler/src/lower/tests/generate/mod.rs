//! Random well-typed modules, grown from a tape of choices: a shorter tape or smaller numbers make a simpler module.

use super::maker::{BOOL, CellMaker, INT, ModuleMaker, NULL, STRING};
use crate::hir::{Callee, CompareOp, Constraint, ExprId, LocalId, LoopId, Module, NominalId, Ty, Type};

mod matching;
mod statements;
mod values;

/// Makes a module whose last cell, `main`, takes nothing and returns an Int.
pub(super) fn module(tape: &[u16]) -> Module {
    let mut maker = ModuleMaker::new();
    let ints = maker.list(INT);
    let optional = maker.ty(Type::Union(vec![NULL, INT]));
    let (point, point_ty) = maker.record("Point", &[("a", INT), ("xs", ints)], false);
    let fields = [("low", INT), ("high", INT)];
    let span = maker.record("Span", &fields, true);
    let (_, shape) = maker.enumeration("Shape", &[("One", &[INT]), ("Two", &[INT, BOOL]), ("None", &[])]);
    let points = maker.list(point_ty);
    let new_span = maker.constructor(span, &fields, |cell| {
        let mut constraints = Vec::new();
        for (field, most) in [(0, 7), (1, 9)] {
            let value = cell.get(cell.parameter(field));
            let most = cell.int(most);
            let condition = cell.compare(CompareOp::LessEqual, value, most);
            constraints.push(Constraint {
                field: field as u32,
                condition,
                text: "it is small".to_owned(),
            });
        }
        constraints
    });
    let result = maker.ty(Type::Result(INT, INT));
    let types = Kinds {
        result,
        ints,
        optional,
        point,
        point_ty,
        points,
        span: span.0,
        span_ty: span.1,
        shape,
        new_span,
    };
    let (helpers, main) = tape.split_at(tape.len() / 4);
    let mut tape = Tape { rest: helpers };
    let default = maker.cell("helper.default.b", &[("a", INT)], INT, |cell| {
        Growth::new(cell, &mut tape, &types, &Known::default()).body(INT, 2)
    });
    let mut known = Known::default();
    known.test = Some(maker.cell("test", &[("a", INT)], BOOL, |cell| {
        Growth::new(cell, &mut tape, &types, &known).body(BOOL, 2)
    }));
    known.attempt = Some(maker.cell("attempt", &[("a", INT)], result, |cell| {
        Growth::new(cell, &mut tape, &types, &known).body(result, 2)
    }));
    for name in ["helper", "other"] {
        let callee = maker.cell(name, &[("a", INT), ("b", INT)], INT, |cell| {
            Growth::new(cell, &mut tape, &types, &known).body(INT, 3)
        });
        known.ints.push((callee, default));
    }
    let mut tape = Tape { rest: main };
    known.attempt = Some(maker.cell("again", &[("a", INT)], result, |cell| {
        Growth::new(cell, &mut tape, &types, &known).body(result, 3)
    }));
    maker.cell("main", &[], INT, |cell| {
        Growth::new(cell, &mut tape, &types, &known).body(INT, 5)
    });
    maker.module
}

/// The types that values have.
struct Kinds {
    result: Ty,
    ints: Ty,
    optional: Ty,
    point: NominalId,
    point_ty: Ty,
    points: Ty,
    span: NominalId,
    span_ty: Ty,
    shape: Ty,
    new_span: Callee,
}

/// Cells that can be called.
#[derive(Default)]
struct Known {
    /// Cells of two Ints, and the default of the second.
    ints: Vec<(Callee, Callee)>,
    /// A cell that tells something of an Int.
    test: Option<Callee>,
    /// A cell that makes a result of an Int.
    attempt: Option<Callee>,
}

/// Choices, zero when they are used up.
struct Tape<'t> {
    rest: &'t [u16],
}

impl Tape<'_> {
    pub(super) fn below(&mut self, count: usize) -> usize {
        match self.rest.split_first() {
            Some((first, rest)) => {
                self.rest = rest;
                usize::from(*first) % count
            }
            None => 0,
        }
    }
}

/// A cell being grown.
struct Growth<'c, 't, 'a> {
    cell: &'c mut CellMaker,
    tape: &'c mut Tape<'t>,
    kinds: &'a Kinds,
    known: &'a Known,
    /// Locals in scope.
    scope: Vec<LocalId>,
    /// Loops around, and whether a `break` takes an Int.
    loops: Vec<(LoopId, bool)>,
    /// Whether it is in a `defer`, which nothing leaves.
    in_defer: bool,
}

impl<'c, 't, 'a> Growth<'c, 't, 'a> {
    fn new(
        cell: &'c mut CellMaker,
        tape: &'c mut Tape<'t>,
        kinds: &'a Kinds,
        known: &'a Known,
    ) -> Growth<'c, 't, 'a> {
        let scope = cell.cell.parameters.clone();
        Growth {
            cell,
            tape,
            kinds,
            known,
            scope,
            loops: Vec::new(),
            in_defer: false,
        }
    }

    pub(super) fn body(&mut self, ty: Ty, depth: usize) -> ExprId {
        self.block(ty, depth)
    }

    /// A local of the type, if there is one in scope.
    pub(super) fn local(&mut self, ty: Ty) -> Option<LocalId> {
        let fitting: Vec<LocalId> = self
            .scope
            .iter()
            .copied()
            .filter(|&local| self.cell.cell.locals[local].ty == ty)
            .collect();
        (!fitting.is_empty()).then(|| fitting[self.tape.below(fitting.len())])
    }

    /// One that may be assigned: parameters and pattern names are not.
    pub(super) fn variable(&mut self, ty: Ty) -> Option<LocalId> {
        let variable = self.local(ty)?;
        (self.cell.cell.locals[variable].name == "variable").then_some(variable)
    }

    pub(super) fn expr(&mut self, ty: Ty, depth: usize) -> ExprId {
        if let Some(local) = self.local(ty)
            && self.tape.below(3) == 0
        {
            return self.cell.get(local);
        }
        if depth > 0 {
            match self.tape.below(8) {
                1 => return self.branch(ty, depth - 1),
                2 => return self.block(ty, depth - 1),
                3 => return self.match_on(ty, depth - 1),
                _ => {}
            }
        }
        match ty {
            INT => self.int(depth),
            BOOL => self.bool(depth),
            STRING => self.string(depth),
            _ if ty == self.kinds.ints => self.list(depth),
            _ if ty == self.kinds.optional => self.optional(depth),
            _ if ty == self.kinds.point_ty => self.point(depth),
            _ if ty == self.kinds.span_ty => self.span(depth),
            _ if ty == self.kinds.shape => self.shape(depth),
            _ if ty == self.kinds.result => self.result(depth),
            _ => {
                let items: Vec<ExprId> = (0..self.tape.below(3))
                    .map(|_| self.expr(self.kinds.point_ty, depth.saturating_sub(1)))
                    .collect();
                self.cell.list(ty, &items)
            }
        }
    }

    pub(super) fn branch(&mut self, ty: Ty, depth: usize) -> ExprId {
        let condition = self.expr(BOOL, depth);
        let then = self.block(ty, depth);
        let otherwise = match self.tape.below(6) {
            0 => self.leave(depth),
            _ => self.expr(ty, depth),
        };
        self.cell.if_else(ty, condition, then, Some(otherwise))
    }

    pub(super) fn block(&mut self, ty: Ty, depth: usize) -> ExprId {
        let scope = self.scope.len();
        let mut statements = Vec::new();
        self.statements(&mut statements, depth);
        let value = self.expr(ty, depth.saturating_sub(1));
        self.scope.truncate(scope);
        self.cell.block(statements, Some(value))
    }
}

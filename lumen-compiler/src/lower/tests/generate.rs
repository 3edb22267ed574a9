//! Random well-typed modules, grown from a tape of choices: a shorter tape or smaller numbers make a simpler module.

use super::maker::{BOOL, CellMaker, INT, ModuleMaker, NEVER, NULL, STRING};
use crate::hir::{
    ArithmeticOp, AssignOp, Callee, CompareOp, Constraint, Element, ExprId, ExprKind, Iterable, LocalId,
    LoopId, Module, NominalId, PatternId, PatternKind, Statement, Step, Ty, Type,
};
use lumen_vm::lir::Intrinsic;

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
    let types = Kinds {
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
        Growth::new(cell, &mut tape, &types, &[]).body(INT, 2)
    });
    let mut callees = Vec::new();
    for name in ["helper", "other"] {
        let callee = maker.cell(name, &[("a", INT), ("b", INT)], INT, |cell| {
            Growth::new(cell, &mut tape, &types, &callees).body(INT, 3)
        });
        callees.push((callee, default));
    }
    let mut tape = Tape { rest: main };
    maker.cell("main", &[], INT, |cell| {
        Growth::new(cell, &mut tape, &types, &callees).body(INT, 5)
    });
    maker.module
}

/// The types that values have.
struct Kinds {
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

/// Choices, zero when they are used up.
struct Tape<'t> {
    rest: &'t [u16],
}

impl Tape<'_> {
    fn below(&mut self, count: usize) -> usize {
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
    /// Cells of two Ints, and the default of the second.
    callees: &'a [(Callee, Callee)],
    /// Locals in scope.
    scope: Vec<LocalId>,
    /// Loops around, and whether a `break` takes an Int.
    loops: Vec<(LoopId, bool)>,
}

impl<'c, 't, 'a> Growth<'c, 't, 'a> {
    fn new(
        cell: &'c mut CellMaker,
        tape: &'c mut Tape<'t>,
        kinds: &'a Kinds,
        callees: &'a [(Callee, Callee)],
    ) -> Growth<'c, 't, 'a> {
        let scope = cell.cell.parameters.clone();
        Growth {
            cell,
            tape,
            kinds,
            callees,
            scope,
            loops: Vec::new(),
        }
    }

    fn body(&mut self, ty: Ty, depth: usize) -> ExprId {
        self.block(ty, depth)
    }

    /// A local of the type, if there is one in scope.
    fn local(&mut self, ty: Ty) -> Option<LocalId> {
        let fitting: Vec<LocalId> = self
            .scope
            .iter()
            .copied()
            .filter(|&local| self.cell.cell.locals[local].ty == ty)
            .collect();
        (!fitting.is_empty()).then(|| fitting[self.tape.below(fitting.len())])
    }

    /// One that may be assigned: parameters and pattern names are not.
    fn variable(&mut self, ty: Ty) -> Option<LocalId> {
        let variable = self.local(ty)?;
        (self.cell.cell.locals[variable].name == "variable").then_some(variable)
    }

    fn expr(&mut self, ty: Ty, depth: usize) -> ExprId {
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
            _ => {
                let items: Vec<ExprId> = (0..self.tape.below(3))
                    .map(|_| self.expr(self.kinds.point_ty, depth.saturating_sub(1)))
                    .collect();
                self.cell.list(ty, &items)
            }
        }
    }

    fn literal(&mut self) -> ExprId {
        const INTS: [i64; 16] = [0, 1, 2, 0, 1, 2, 0, 1, 3, 4, 5, 6, -1, 100, i64::MAX, i64::MIN];
        let value = INTS[self.tape.below(INTS.len())];
        self.cell.int(value)
    }

    fn int(&mut self, depth: usize) -> ExprId {
        let Some(depth) = depth.checked_sub(1) else {
            return self.literal();
        };
        let kinds = self.kinds;
        match self.tape.below(12) {
            0 => self.literal(),
            1..=3 => {
                use ArithmeticOp::*;
                const OPERATORS: [ArithmeticOp; 10] = [
                    Add,
                    Subtract,
                    Multiply,
                    Add,
                    Divide,
                    FloorDivide,
                    Remainder,
                    BitAnd,
                    BitXor,
                    ShiftLeft,
                ];
                let operator = OPERATORS[self.tape.below(OPERATORS.len())];
                let left = self.expr(INT, depth);
                let right = self.expr(INT, depth);
                self.cell.arithmetic(operator, left, right)
            }
            4 => {
                let inner = self.expr(INT, depth);
                self.cell.expr(ExprKind::Negate(inner), INT)
            }
            5 => {
                let list = self.expr(kinds.ints, depth);
                let index = self.expr(INT, 0);
                self.cell.index(list, index, INT)
            }
            6 => {
                let list = self.expr(kinds.ints, depth);
                self.cell.intrinsic(Intrinsic::LengthOfList, INT, &[list])
            }
            7 => {
                let of = [kinds.point_ty, kinds.span_ty][self.tape.below(2)];
                let record = self.expr(of, depth);
                self.cell.expr(ExprKind::Field(record, 0), INT)
            }
            8 => {
                let optional = self.expr(kinds.optional, depth);
                let other = self.expr(INT, depth);
                self.cell.expr(ExprKind::Coalesce(optional, other), INT)
            }
            9 => {
                let optional = self.expr(kinds.optional, depth);
                self.cell.expr(ExprKind::UnwrapOptional(optional), INT)
            }
            10 => self.endless(depth),
            _ => self.call(depth),
        }
    }

    fn call(&mut self, depth: usize) -> ExprId {
        if self.callees.is_empty() {
            return self.literal();
        }
        let (callee, default) = self.callees[self.tape.below(self.callees.len())];
        let first = self.expr(INT, depth);
        let (written, defaults) = match self.tape.below(3) {
            0 => (vec![(0, first)], vec![(1, default)]),
            1 => (vec![(1, first), (0, self.expr(INT, depth))], vec![]),
            _ => (vec![(0, first), (1, self.expr(INT, depth))], vec![]),
        };
        self.cell.expr(
            ExprKind::Call {
                callee,
                written,
                defaults,
            },
            INT,
        )
    }

    /// A `loop` that ends by itself, with a value.
    fn endless(&mut self, depth: usize) -> ExprId {
        let id = self.cell.loop_id();
        let (count, mut statements) = self.counter();
        let scope = self.scope.len();
        self.loops.push((id, true));
        let value = self.expr(INT, depth);
        self.loops.pop();
        let leave = self.cell.expr(ExprKind::Break(id, Some(value)), NEVER);
        let (mut body, stop) = self.step(count);
        let stop = self.cell.if_else(NULL, stop, leave, None);
        body.push(Statement::Expr(stop));
        self.loops.push((id, true));
        self.statements(&mut body, depth);
        self.loops.pop();
        self.scope.truncate(scope);
        let body = self.cell.block(body, None);
        let value = self.cell.expr(ExprKind::Loop { id, body }, INT);
        self.scope.pop();
        self.cell.block(std::mem::take(&mut statements), Some(value))
    }

    /// A variable that counts rounds, in scope but for assignments, and its declaration.
    fn counter(&mut self) -> (LocalId, Vec<Statement>) {
        let count = self.cell.local("count", INT);
        let zero = self.cell.int(0);
        let declaration = self.cell.declare(count, zero);
        self.scope.push(count);
        (count, vec![declaration])
    }

    /// Counts a round; the condition holds in the last.
    fn step(&mut self, count: LocalId) -> (Vec<Statement>, ExprId) {
        let (old, one) = (self.cell.get(count), self.cell.int(1));
        let next = self.cell.arithmetic(ArithmeticOp::Add, old, one);
        let step = self.cell.assign(count, vec![], next);
        let most = self.tape.below(4) as i64;
        let (count, most) = (self.cell.get(count), self.cell.int(most));
        let last = self.cell.compare(CompareOp::Greater, count, most);
        (vec![step], last)
    }

    fn bool(&mut self, depth: usize) -> ExprId {
        let Some(depth) = depth.checked_sub(1) else {
            let value = self.tape.below(2) == 1;
            return self.cell.expr(ExprKind::Bool(value), BOOL);
        };
        let kinds = self.kinds;
        match self.tape.below(7) {
            0 | 1 => {
                use CompareOp::*;
                const OPERATORS: [CompareOp; 6] = [Less, Equal, NotEqual, LessEqual, Greater, GreaterEqual];
                let operator = OPERATORS[self.tape.below(6)];
                let left = self.expr(INT, depth);
                let right = self.expr(INT, depth);
                self.cell.compare(operator, left, right)
            }
            2 => {
                let left = self.expr(BOOL, depth);
                let right = self.expr(BOOL, depth);
                self.cell.expr(ExprKind::And(left, right), BOOL)
            }
            3 => {
                let left = self.expr(BOOL, depth);
                let right = self.expr(BOOL, depth);
                self.cell.expr(ExprKind::Or(left, right), BOOL)
            }
            4 => {
                let inner = self.expr(BOOL, depth);
                self.cell.expr(ExprKind::Not(inner), BOOL)
            }
            5 => {
                let shape = self.expr(kinds.shape, depth);
                let variant = self.tape.below(3) as u32;
                self.cell.expr(ExprKind::IsVariant(shape, variant), BOOL)
            }
            _ => {
                let optional = self.expr(kinds.optional, depth);
                let ty = [INT, NULL][self.tape.below(2)];
                self.cell.expr(ExprKind::IsType(optional, ty), BOOL)
            }
        }
    }

    fn string(&mut self, depth: usize) -> ExprId {
        let Some(depth) = depth.checked_sub(1) else {
            return self.cell.string(["", "a", "bc"][self.tape.below(2)]);
        };
        match self.tape.below(2) {
            0 => {
                let value = self.expr(INT, depth);
                self.cell.intrinsic(Intrinsic::ToString, STRING, &[value])
            }
            _ => {
                let parts = vec![self.expr(STRING, depth), self.expr(STRING, depth)];
                self.cell.expr(ExprKind::Concat(parts), STRING)
            }
        }
    }

    fn list(&mut self, depth: usize) -> ExprId {
        let ints = self.kinds.ints;
        let Some(depth) = depth.checked_sub(1) else {
            let items: Vec<ExprId> = (0..self.tape.below(4)).map(|_| self.literal()).collect();
            return self.cell.list(ints, &items);
        };
        match self.tape.below(4) {
            0 => {
                let mut elements = Vec::new();
                for _ in 0..self.tape.below(5) {
                    elements.push(match self.tape.below(3) {
                        0 => Element::Spread(self.expr(ints, depth)),
                        _ => Element::Item(self.expr(INT, depth)),
                    });
                }
                self.cell.expr(ExprKind::List(elements), ints)
            }
            1 => {
                let list = self.expr(ints, depth);
                let value = self.expr(INT, depth);
                self.cell.intrinsic(Intrinsic::Append, ints, &[list, value])
            }
            2 => {
                let parts = vec![self.expr(ints, depth), self.expr(ints, depth)];
                self.cell.expr(ExprKind::Concat(parts), ints)
            }
            _ => {
                let point = self.expr(self.kinds.point_ty, depth);
                self.cell.expr(ExprKind::Field(point, 1), ints)
            }
        }
    }

    fn optional(&mut self, depth: usize) -> ExprId {
        let optional = self.kinds.optional;
        let depth = depth.saturating_sub(1);
        match self.tape.below(4) {
            0 => {
                let null = self.cell.expr(ExprKind::Null, NULL);
                self.cell.expr(ExprKind::Widen(null), optional)
            }
            1 => {
                let list = self.expr(self.kinds.ints, depth);
                let index = self.expr(INT, 0);
                self.cell.intrinsic(Intrinsic::GetList, optional, &[list, index])
            }
            2 if depth > 0 => {
                let operand = self.expr(optional, depth);
                let local = self.cell.local("some", INT);
                self.scope.push(local);
                let then = self.expr(INT, depth);
                self.scope.pop();
                let then = self.cell.expr(ExprKind::Widen(then), optional);
                self.cell
                    .expr(ExprKind::NullSafe { operand, local, then }, optional)
            }
            _ => {
                let value = self.expr(INT, depth);
                self.cell.expr(ExprKind::Widen(value), optional)
            }
        }
    }

    fn point(&mut self, depth: usize) -> ExprId {
        let Kinds {
            point,
            point_ty,
            ints,
            ..
        } = *self.kinds;
        let depth = depth.saturating_sub(1);
        let (base, written) = match self.tape.below(3) {
            0 if depth > 0 => {
                let base = self.expr(point_ty, depth);
                (Some(base), vec![(0, self.expr(INT, depth))])
            }
            1 => {
                let list = self.expr(ints, depth);
                (None, vec![(1, list), (0, self.expr(INT, depth))])
            }
            _ => {
                let first = self.expr(INT, depth);
                (None, vec![(0, first), (1, self.expr(ints, depth))])
            }
        };
        let construct = ExprKind::Construct {
            record: point,
            constructor: None,
            base,
            written,
            defaults: vec![],
        };
        self.cell.expr(construct, point_ty)
    }

    fn span(&mut self, depth: usize) -> ExprId {
        let depth = depth.saturating_sub(1);
        let base = match self.tape.below(3) {
            0 if depth > 0 => Some(self.expr(self.kinds.span_ty, depth)),
            _ => None,
        };
        let mut written = vec![(1, self.expr(INT, depth))];
        if base.is_none() {
            written.push((0, self.expr(INT, depth)));
        }
        let construct = ExprKind::Construct {
            record: self.kinds.span,
            constructor: Some(self.kinds.new_span),
            base,
            written,
            defaults: vec![],
        };
        self.cell.expr(construct, self.kinds.span_ty)
    }

    fn shape(&mut self, depth: usize) -> ExprId {
        let depth = depth.saturating_sub(1);
        let variant = self.tape.below(3) as u32;
        let payload = match variant {
            0 => vec![self.expr(INT, depth)],
            1 => vec![self.expr(INT, depth), self.expr(BOOL, depth)],
            _ => vec![],
        };
        self.cell
            .expr(ExprKind::Variant { variant, payload }, self.kinds.shape)
    }

    fn branch(&mut self, ty: Ty, depth: usize) -> ExprId {
        let condition = self.expr(BOOL, depth);
        let then = self.block(ty, depth);
        let otherwise = match self.tape.below(6) {
            0 => self.leave(depth),
            _ => self.expr(ty, depth),
        };
        self.cell.if_else(ty, condition, then, Some(otherwise))
    }

    /// An expression behind which control does not go on.
    fn leave(&mut self, depth: usize) -> ExprId {
        let kind = match (self.tape.below(4), self.loops.last().copied()) {
            (0 | 1, Some((id, true))) => ExprKind::Break(id, Some(self.expr(INT, depth))),
            (0, Some((id, false))) => ExprKind::Break(id, None),
            (1 | 2, Some((id, _))) => ExprKind::Continue(id),
            (3, _) => ExprKind::Halt(self.expr(STRING, depth)),
            _ => ExprKind::Return(Some(self.expr(INT, depth))),
        };
        self.cell.expr(kind, NEVER)
    }

    fn block(&mut self, ty: Ty, depth: usize) -> ExprId {
        let scope = self.scope.len();
        let mut statements = Vec::new();
        self.statements(&mut statements, depth);
        let value = self.expr(ty, depth.saturating_sub(1));
        self.scope.truncate(scope);
        self.cell.block(statements, Some(value))
    }

    fn statements(&mut self, statements: &mut Vec<Statement>, depth: usize) {
        for _ in 0..self.tape.below(4) {
            let statement = self.statement(depth.saturating_sub(1));
            statements.push(statement);
        }
    }

    fn statement(&mut self, depth: usize) -> Statement {
        let kinds = self.kinds;
        let types = [
            INT,
            kinds.ints,
            kinds.point_ty,
            BOOL,
            STRING,
            kinds.points,
            kinds.span_ty,
            kinds.optional,
            kinds.shape,
        ];
        match self.tape.below(11) {
            0 | 1 => {
                let ty = types[self.tape.below(types.len())];
                let value = self.expr(ty, depth);
                let local = self.cell.local("variable", ty);
                self.scope.push(local);
                self.cell.declare(local, value)
            }
            2 | 3 => {
                let ty = types[self.tape.below(types.len())];
                match self.variable(ty) {
                    Some(root) => {
                        let value = self.expr(ty, depth);
                        self.cell.assign(root, vec![], value)
                    }
                    None => self.print(depth),
                }
            }
            4 | 5 => self.place(depth),
            6 if depth > 0 => self.while_loop(depth),
            7 if depth > 0 => self.for_loop(depth),
            8 if depth > 0 => {
                let condition = self.expr(BOOL, depth);
                let then = match self.tape.below(2) {
                    0 => self.leave(depth),
                    _ => self.block(INT, depth),
                };
                let branch = self.cell.if_else(NULL, condition, then, None);
                Statement::Expr(branch)
            }
            _ => self.print(depth),
        }
    }

    fn print(&mut self, depth: usize) -> Statement {
        let kinds = self.kinds;
        let types = [
            INT,
            kinds.ints,
            kinds.point_ty,
            kinds.points,
            kinds.shape,
            kinds.span_ty,
            STRING,
        ];
        let ty = types[self.tape.below(types.len())];
        let value = self.expr(ty, depth);
        Statement::Expr(self.cell.intrinsic(Intrinsic::Print, NULL, &[value]))
    }

    /// An assignment through a place, or one that combines.
    fn place(&mut self, depth: usize) -> Statement {
        let kinds = self.kinds;
        let field = |position| Step::Field {
            position,
            constructor: None,
        };
        let which = self.tape.below(5);
        let root_type = [kinds.ints, kinds.point_ty, kinds.points, kinds.span_ty, INT][which];
        let Some(root) = self.variable(root_type) else {
            return self.print(depth);
        };
        let steps = match which {
            0 => vec![Step::Index(self.expr(INT, 0))],
            1 => match self.tape.below(2) {
                0 => vec![field(0)],
                _ => vec![field(1), Step::Index(self.expr(INT, 0))],
            },
            2 => vec![Step::Index(self.expr(INT, 0)), field(0)],
            3 => vec![Step::Field {
                position: self.tape.below(2) as u32,
                constructor: Some(kinds.new_span),
            }],
            _ => vec![],
        };
        let operator = match (which, self.tape.below(2)) {
            (_, 1) | (4, _) => Some(AssignOp::Arithmetic(ArithmeticOp::Add)),
            _ => None,
        };
        let value = self.expr(INT, depth);
        let span = self.cell.cell.exprs[value].span;
        // A span of its own, that no expression has.
        let span = lumen_vm::lir::Span { fence: 1, ..span };
        Statement::Assign {
            root,
            steps,
            operator,
            value,
            span,
        }
    }

    fn while_loop(&mut self, depth: usize) -> Statement {
        let id = self.cell.loop_id();
        let (count, mut outer) = self.counter();
        let more = self.expr(BOOL, depth - 1);
        let scope = self.scope.len();
        let (mut body, stop) = self.step(count);
        let leave = self.cell.expr(ExprKind::Break(id, None), NEVER);
        let stop = self.cell.if_else(NULL, stop, leave, None);
        body.push(Statement::Expr(stop));
        self.loops.push((id, false));
        self.statements(&mut body, depth);
        self.loops.pop();
        self.scope.truncate(scope);
        self.scope.pop();
        let body = self.cell.block(body, None);
        outer.push(Statement::While {
            id,
            condition: more,
            body,
        });
        Statement::Expr(self.cell.block(outer, None))
    }

    fn for_loop(&mut self, depth: usize) -> Statement {
        let id = self.cell.loop_id();
        let iterable = match self.tape.below(4) {
            0 => Iterable::List(self.expr(self.kinds.ints, depth - 1)),
            1 => {
                const LAST: [i64; 4] = [i64::MAX, 3, -1, i64::MAX - 2];
                let last = LAST[self.tape.below(4)];
                let first = last.saturating_sub(self.tape.below(3) as i64);
                let (from, to) = (self.cell.int(first), self.cell.int(last));
                let hidden = self.cell.block(vec![], Some(to));
                Iterable::Range {
                    from,
                    to: hidden,
                    inclusive: true,
                }
            }
            _ => {
                let (from, to) = (self.tape.below(3) as i64, self.tape.below(6) as i64);
                Iterable::Range {
                    from: self.cell.int(from),
                    to: self.cell.int(to),
                    inclusive: self.tape.below(2) == 1,
                }
            }
        };
        let element = self.cell.local("element", INT);
        let scope = self.scope.len();
        self.scope.push(element);
        let filter = (self.tape.below(3) == 0).then(|| self.expr(BOOL, depth - 1));
        let mut body = Vec::new();
        self.loops.push((id, false));
        self.statements(&mut body, depth);
        self.loops.pop();
        self.scope.truncate(scope);
        let pattern = self.cell.bind(element);
        let body = self.cell.block(body, None);
        Statement::For {
            id,
            iterable,
            pattern,
            filter,
            body,
        }
    }

    fn match_on(&mut self, ty: Ty, depth: usize) -> ExprId {
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

    fn bound(&mut self, ty: Ty) -> (LocalId, PatternId) {
        let local = self.cell.local("bound", ty);
        (local, self.cell.bind(local))
    }

    fn match_int(&mut self, ty: Ty, depth: usize) -> ExprId {
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

    fn match_shape(&mut self, ty: Ty, depth: usize) -> ExprId {
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

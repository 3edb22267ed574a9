//! Statements, loops and jumps. Every loop counts its rounds, so that programs end.

use super::Growth;
use crate::hir::{ArithmeticOp, AssignOp, CompareOp, ExprId, ExprKind, Iterable, LocalId, Statement, Step};
use crate::lower::tests::maker::{BOOL, INT, NEVER, NULL, STRING};
use lumen_vm::lir::Intrinsic;

impl Growth<'_, '_, '_> {
    /// A `loop` that ends by itself, with a value.
    pub(super) fn endless(&mut self, depth: usize) -> ExprId {
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
    pub(super) fn counter(&mut self) -> (LocalId, Vec<Statement>) {
        let count = self.cell.local("count", INT);
        let zero = self.cell.int(0);
        let declaration = self.cell.declare(count, zero);
        self.scope.push(count);
        (count, vec![declaration])
    }

    /// Counts a round; the condition holds in the last.
    pub(super) fn step(&mut self, count: LocalId) -> (Vec<Statement>, ExprId) {
        let (old, one) = (self.cell.get(count), self.cell.int(1));
        let next = self.cell.arithmetic(ArithmeticOp::Add, old, one);
        let step = self.cell.assign(count, vec![], next);
        let most = self.tape.below(4) as i64;
        let (count, most) = (self.cell.get(count), self.cell.int(most));
        let last = self.cell.compare(CompareOp::Greater, count, most);
        (vec![step], last)
    }

    /// An expression behind which control does not go on.
    pub(super) fn leave(&mut self, depth: usize) -> ExprId {
        let kind = match (self.tape.below(4), self.loops.last().copied()) {
            (0 | 1, Some((id, true))) => ExprKind::Break(id, Some(self.expr(INT, depth))),
            (0, Some((id, false))) => ExprKind::Break(id, None),
            (1 | 2, Some((id, _))) => ExprKind::Continue(id),
            (3, _) => ExprKind::Halt(self.expr(STRING, depth)),
            _ if self.in_defer => ExprKind::Halt(self.expr(STRING, depth)),
            _ => ExprKind::Return(Some(self.expr(self.cell.cell.result, depth))),
        };
        self.cell.expr(kind, NEVER)
    }

    pub(super) fn statements(&mut self, statements: &mut Vec<Statement>, depth: usize) {
        for _ in 0..self.tape.below(4) {
            let statement = self.statement(depth.saturating_sub(1));
            statements.push(statement);
        }
    }

    pub(super) fn statement(&mut self, depth: usize) -> Statement {
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
        match self.tape.below(13) {
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
            9 | 10 if depth > 0 && !self.in_defer => self.defer(depth),
            _ => self.print(depth),
        }
    }

    fn defer(&mut self, depth: usize) -> Statement {
        let loops = std::mem::take(&mut self.loops);
        self.in_defer = true;
        let scope = self.scope.len();
        let mut statements = vec![self.print(depth)];
        self.statements(&mut statements, depth);
        self.scope.truncate(scope);
        self.in_defer = false;
        self.loops = loops;
        Statement::Defer(self.cell.block(statements, None))
    }

    pub(super) fn print(&mut self, depth: usize) -> Statement {
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
    pub(super) fn place(&mut self, depth: usize) -> Statement {
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

    pub(super) fn while_loop(&mut self, depth: usize) -> Statement {
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

    pub(super) fn for_loop(&mut self, depth: usize) -> Statement {
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
}

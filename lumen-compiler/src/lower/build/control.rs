//! Statements, branches and loops.

use super::join::JoinId;
use super::{Builder, Loop, Next};
use crate::hir::{Expr, ExprId, LoopId, Statement, Ty};
use crate::lower::ssa::{BlockId, Op, Value};
use lumen_vm::lir::Opcode;

impl<'m> Builder<'m, '_> {
    pub(super) fn statement(&mut self, statement: &'m Statement) -> Option<()> {
        let around = self.here;
        self.here = match statement {
            Statement::Expr(value) | Statement::Defer(value) | Statement::Let { value, .. } => {
                self.expr(*value).span
            }
            Statement::Assign { span, .. } => *span,
            Statement::While { condition, .. } => self.expr(*condition).span,
            Statement::For { pattern, .. } => self.source().patterns[*pattern].span,
        };
        let done = self.statement_here(statement);
        self.here = around;
        done
    }

    fn statement_here(&mut self, statement: &'m Statement) -> Option<()> {
        match statement {
            Statement::Expr(expr) => self.effect(*expr),
            Statement::Defer(body) => {
                self.defer(*body);
                Some(())
            }
            Statement::Let { pattern, value } => {
                let value = self.value(*value)?;
                self.bind(*pattern, value)
            }
            Statement::Assign {
                root,
                steps,
                operator,
                value,
                span,
            } => self.assignment(*root, steps, *operator, *value, *span),
            Statement::While { id, condition, body } => self.while_loop(*id, *condition, *body),
            Statement::For {
                id,
                iterable,
                pattern,
                filter,
                body,
            } => self.for_loop(*id, *iterable, *pattern, *filter, *body),
        }
    }

    pub(super) fn if_else(
        &mut self,
        expr: &'m Expr,
        condition: ExprId,
        then: ExprId,
        otherwise: Option<ExprId>,
        wanted: bool,
    ) -> Option<Value> {
        let end = self.join();
        let (holds, fails) = (self.join(), self.join());
        self.condition(condition, holds, fails);
        if self.enter(holds) {
            self.branch_value(then, expr.ty, wanted, end);
        }
        match otherwise {
            Some(otherwise) => {
                if self.enter(fails) {
                    self.branch_value(otherwise, expr.ty, wanted, end);
                }
            }
            None if wanted => {
                if self.enter(fails) {
                    let null = self.null();
                    let value = self.coerce(null, expr.ty);
                    self.jump_with(end, value);
                }
            }
            None => {
                if self.enter(fails) {
                    self.jump_to(end);
                }
            }
        }
        self.enter_value(end, expr.ty, wanted)
    }

    /// Evaluates a branch and goes to where the branches meet.
    pub(super) fn branch_value(&mut self, id: ExprId, ty: Ty, wanted: bool, end: JoinId) {
        let around = self.here;
        if !wanted {
            if self.effect(id).is_some() {
                self.here = self.place_of_value(id);
                self.jump_to(end);
            }
        } else if let Some(value) = self.value(id) {
            self.here = self.place_of_value(id);
            let value = self.coerce(value, ty);
            self.jump_with(end, value);
        }
        self.here = around;
    }

    /// Goes on where branches meet.
    pub(super) fn enter_value(&mut self, end: JoinId, ty: Ty, wanted: bool) -> Option<Value> {
        match wanted {
            true => self.enter_with(end, ty),
            false => self.enter(end).then_some(Value::NONE),
        }
    }

    fn while_loop(&mut self, id: LoopId, condition: ExprId, body: ExprId) -> Option<()> {
        let slots = self.header_slots(id);
        let place = self.function.order.len();
        let (header, _) = self.loop_header(&slots, &[]);
        let (holds, exit) = (self.join(), self.join());
        self.open_loop(id, exit, Next::Header(header, slots), None);
        self.condition(condition, holds, exit);
        let test_end = self.function.order.len();
        let mut steps = false;
        if self.enter(holds) && self.effect(body).is_some() {
            steps = self.ends_with_step();
            self.continue_loop(id);
        }
        if !steps && (test_end - place > 1 || !self.is_short_test(header)) {
            self.function.order[place..].rotate_left(test_end - place);
        }
        self.loops.pop();
        self.enter(exit).then_some(())
    }

    /// Whether a block does nothing but compare. The loader turns loops with such a header by itself, and merges the test
    /// with the step before it; other tests are placed behind the body, which saves the jump back to them.
    fn is_short_test(&self, header: BlockId) -> bool {
        let instructions = &self.function.block(header).instructions;
        let works = |value: &&Value| {
            !matches!(
                self.function.node(**value).op,
                Op::Int(_) | Op::Float(_) | Op::Bool(_) | Op::Constant(_)
            )
        };
        instructions.iter().filter(works).count() <= 1
    }

    /// Whether the last thing that the current block does is to add a small number: the machine's loader merges that with the
    /// jump behind it.
    fn ends_with_step(&self) -> bool {
        let instructions = &self.function.block(self.current).instructions;
        let last = instructions
            .iter()
            .rev()
            .find(|&&value| self.function.node(value).op != Op::Null);
        last.is_some_and(|&value| {
            let steps = self.function.node(value).op == Op::Plain(Opcode::Add);
            let small = |operand: &Value| matches!(self.function.node(*operand).op, Op::Int(-100..=100));
            steps && self.function.operands(value).iter().any(small)
        })
    }

    pub(super) fn endless_loop(&mut self, id: LoopId, body: ExprId, value: Option<Ty>) -> Option<Value> {
        let slots = self.header_slots(id);
        let (header, _) = self.loop_header(&slots, &[]);
        let exit = self.join();
        self.open_loop(id, exit, Next::Header(header, slots), value);
        if self.effect(body).is_some() {
            self.continue_loop(id);
        }
        self.loops.pop();
        match value {
            Some(ty) => self.enter_with(exit, ty),
            None => self.enter(exit).then_some(Value::NONE),
        }
    }

    /// The slots that become parameters of a loop's header.
    pub(super) fn header_slots(&self, id: LoopId) -> Vec<u32> {
        let slots = self.loop_slots.get(id.0 as usize);
        let slots = slots.map_or(&[][..], |slots| slots);
        let has_value = |slot: &u32| self.variables.get(*slot) != Value::NONE;
        slots.iter().copied().filter(has_value).collect()
    }

    pub(super) fn open_loop(&mut self, id: LoopId, exit: JoinId, next: Next, value: Option<Ty>) {
        let pending = self.pending.len();
        self.loops.push(Loop {
            id,
            exit,
            next,
            value,
            around: pending,
            within: pending,
        });
    }

    fn loop_index(&self, id: LoopId) -> usize {
        self.loops
            .iter()
            .rposition(|open| open.id == id)
            .expect("jumps name loops around them")
    }

    pub(super) fn break_loop(&mut self, id: LoopId, value: Option<ExprId>) -> Option<Value> {
        let index = self.loop_index(id);
        let value = match (value, self.loops[index].value) {
            (Some(value), Some(ty)) => {
                let value = self.value(value)?;
                self.coerce(value, ty)
            }
            (Some(value), None) => {
                self.effect(value)?;
                Value::NONE
            }
            (None, Some(ty)) => {
                let null = self.null();
                self.coerce(null, ty)
            }
            (None, None) => Value::NONE,
        };
        self.run_pending(self.loops[index].around)?;
        self.jump_with(self.loops[index].exit, value);
        None
    }

    pub(super) fn continue_loop(&mut self, id: LoopId) {
        let index = self.loop_index(id);
        if self.run_pending(self.loops[index].within).is_none() {
            return;
        }
        match &self.loops[index].next {
            Next::Header(header, slots) => {
                let header = *header;
                let arguments: Vec<Value> = slots.iter().map(|&slot| self.variables.get(slot)).collect();
                self.jump_back(header, &arguments);
            }
            Next::Step(step) => self.jump_to(*step),
        }
    }

    /// Ends the step of a `for` with a jump to its header.
    pub(super) fn next_round(&mut self, header: BlockId, slots: &[u32], position: Value) {
        let arguments: Vec<Value> = slots
            .iter()
            .map(|&slot| self.variables.get(slot))
            .chain([position])
            .collect();
        self.jump_back(header, &arguments);
    }
}

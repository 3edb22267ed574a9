//! `for` loops: all are counted, over a range or over the positions of a list.
//!
//! The machine's loader merges the step and the test of an exclusive range. An inclusive one is tested before its last step,
//! so that counting to the largest Int does not overflow:
//!
//! ```text
//! exclusive:                        inclusive:  if not from <= to: exit; jump body
//!       test: if not i < to: exit         step: i = i + 1
//!             ...                         body: ...
//!             i = i + 1; jump test              if i < to: step
//!       exit:                             exit:
//! ```

use super::defer::Cleanup;
use super::join::JoinId;
use super::{Builder, Next};
use crate::hir::{CompareOp, ExprId, Iterable, LoopId, PatternId, Ty, Type};
use crate::lower::ssa::{LocationId, Op, Value};
use lumen_vm::lir::{Intrinsic, Opcode};

/// A `for` but for what it runs over.
struct ForLoop {
    id: LoopId,
    pattern: PatternId,
    filter: Option<ExprId>,
    body: ExprId,
}

impl Builder<'_, '_> {
    pub(super) fn for_loop(
        &mut self,
        id: LoopId,
        iterable: Iterable,
        pattern: PatternId,
        filter: Option<ExprId>,
        body: ExprId,
    ) -> Option<()> {
        let of = ForLoop {
            id,
            pattern,
            filter,
            body,
        };
        match iterable {
            Iterable::Range { from, to, inclusive } => {
                let bounds = self.pair(from, to)?;
                match self.function.node(bounds[1]).op {
                    Op::Int(last) if inclusive && self.options.fold && last < i64::MAX => {
                        let end = self.int(last + 1);
                        self.exclusive(&of, bounds[0], end, None)
                    }
                    _ if inclusive => self.inclusive(&of, bounds[0], bounds[1]),
                    _ => self.exclusive(&of, bounds[0], bounds[1], None),
                }
            }
            Iterable::List(list) => {
                let list = self.value(list)?;
                self.over_list(&of, list)
            }
            Iterable::Map(map) => self.over_elements(&of, map, Intrinsic::Entries),
            Iterable::Set(set) => self.over_elements(&of, set, Intrinsic::ElementsOfSet),
            Iterable::Generator(generator) => {
                let generator = self.value(generator)?;
                self.over_generator(&of, generator)
            }
            Iterable::String(text) => self.over_elements(&of, text, Intrinsic::Chars),
        }
    }

    /// Over what an intrinsic makes a list of.
    fn over_elements(&mut self, of: &ForLoop, collection: ExprId, elements: Intrinsic) -> Option<()> {
        let collection = self.value(collection)?;
        let element = self.element_type(self.ty(collection));
        let ty = self.types.list(element);
        let list = self.emit(Op::Intrinsic(elements), ty, &[collection]);
        self.over_list(of, list)
    }

    fn element_type(&mut self, ty: Ty) -> Ty {
        match *self.types.get(ty) {
            Type::Map(key, value) => self.types.find(Type::Tuple(vec![key, value])),
            Type::Set(element) | Type::List(element) => element,
            _ => self.types.string(),
        }
    }

    fn over_list(&mut self, of: &ForLoop, list: Value) -> Option<()> {
        let int = self.types.int();
        let length = self.emit(Op::Intrinsic(Intrinsic::LengthOfList), int, &[list]);
        let first = self.int(0);
        self.exclusive(of, first, length, Some(list))
    }

    /// Counts from `from` to below `to`; the elements are those of the list at these positions, or the positions.
    fn exclusive(&mut self, of: &ForLoop, from: Value, to: Value, list: Option<Value>) -> Option<()> {
        let slots = self.header_slots(of.id);
        let (header, position) = self.loop_header(&slots, &[from]);
        let position = position[0];
        let (body, exit) = (self.join(), self.join());
        let test = self.compare_values(CompareOp::Less, position, to);
        self.branch_on(test, body, exit);
        if self.enter(body) {
            let step = self.join();
            self.open_loop(of.id, exit, Next::Step(step), None);
            let element = match list {
                Some(list) => self.element_at(list, position, of),
                None => position,
            };
            self.round(of, element, step);
            self.loops.pop();
            if self.enter(step) {
                let next = self.add_one(position);
                self.next_round(header, &slots, next);
            }
        }
        self.enter(exit).then_some(())
    }

    /// Counts from `from` to `to`, which may be the largest Int.
    fn inclusive(&mut self, of: &ForLoop, from: Value, to: Value) -> Option<()> {
        let (start, exit) = (self.join(), self.join());
        let test = self.compare_values(CompareOp::LessEqual, from, to);
        self.branch_on(test, start, exit);
        if self.enter(start) {
            let slots = self.header_slots(of.id);
            let place = self.function.order.len();
            let (header, position) = self.loop_header(&slots, &[from]);
            let position = position[0];
            let step = self.join();
            self.open_loop(of.id, exit, Next::Step(step), None);
            self.round(of, position, step);
            self.loops.pop();
            if self.enter(step) {
                let more = self.join();
                let test = self.compare_values(CompareOp::Less, position, to);
                self.branch_on(test, more, exit);
                if self.enter(more) {
                    let next = self.add_one(position);
                    self.next_round(header, &slots, next);
                    self.function.order[place..].rotate_right(1);
                }
            }
        }
        self.enter(exit).then_some(())
    }

    /// One round: binds the element, passes over it or runs the body, and goes to the step.
    fn round(&mut self, of: &ForLoop, element: Value, step: JoinId) {
        if self.bind(of.pattern, element).is_none() {
            return;
        }
        if let Some(filter) = of.filter {
            let holds = self.join();
            self.condition(filter, holds, step);
            if !self.enter(holds) {
                return;
            }
        }
        if self.effect(of.body).is_some() {
            self.jump_to(step);
        }
    }

    /// Asks a generator for values until it has none; whatever way the loop is left before, the generator ends.
    fn over_generator(&mut self, of: &ForLoop, generator: Value) -> Option<()> {
        let Type::Generator(element) = *self.types.get(self.ty(generator)) else {
            unreachable!("the checker knows what a `for` runs over");
        };
        let location = self.at(self.source().patterns[of.pattern].span);
        let around = self.pending.len();
        self.protect(Cleanup::Close(generator), self.pinned.len(), &[]);
        let slots = self.header_slots(of.id);
        let (header, _) = self.loop_header(&slots, &[]);
        let (body, end, exit) = (self.join(), self.join(), self.join());
        let next = self.append(Op::Next, element, &[generator], location);
        self.branch_on_next(body, end);
        let step = self.join();
        self.open_loop(of.id, exit, Next::Step(step), None);
        self.loops.last_mut().expect("it was just opened").around = around;
        if self.enter(body) {
            self.round(of, next, step);
        }
        self.loops.pop();
        if self.enter(step) {
            let arguments: Vec<Value> = slots.iter().map(|&slot| self.variables.get(slot)).collect();
            self.jump_back(header, &arguments);
        }
        if self.enter(end) {
            self.drop_pending();
            self.jump_to(exit);
        }
        self.forget_pending(around);
        self.enter(exit).then_some(())
    }

    fn element_at(&mut self, list: Value, position: Value, of: &ForLoop) -> Value {
        let ty = self.element_type(self.ty(list));
        let location = self.at(self.source().patterns[of.pattern].span);
        self.emit_at(Op::Plain(Opcode::Index), ty, &[list, position], location)
    }

    /// The next position. There is a later one, so this does not overflow.
    fn add_one(&mut self, position: Value) -> Value {
        let one = self.int(1);
        let ty = self.types.int();
        self.emit_at(Op::Plain(Opcode::Add), ty, &[position, one], LocationId::NONE)
    }
}

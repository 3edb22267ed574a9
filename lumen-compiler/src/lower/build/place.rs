//! Assignments, plain ones and through places.
//!
//! `xs[i].f = v` is one store, which the machine does in place where nothing else holds the list. A record with constraints
//! on the way is rebuilt by its constructor, from the innermost outwards.

use super::Builder;
use super::expression::arithmetic;
use crate::hir::{AssignOp, Callee, ExprId, LocalId, Step, Ty, Type};
use crate::lower::ssa::{self, LocationId, Op, Steps, Value};
use lumen_vm::lir::{Opcode, Span};

/// A step of a place whose index is evaluated.
#[derive(Clone, Copy)]
enum Part {
    Field(u32, Option<Callee>),
    /// The index, and where it is written.
    Index(Value, Span),
}

/// Of a statement that begins with a place, that place up to the bracket behind an index.
fn place_span(statement: Span, index: Span) -> Span {
    let end = index.end.saturating_add(1);
    match index.fence == statement.fence && end > statement.start && end <= statement.end {
        true => Span { end, ..statement },
        false => statement,
    }
}

impl<'m> Builder<'m, '_> {
    pub(super) fn assignment(
        &mut self,
        root: LocalId,
        steps: &'m [Step],
        operator: Option<AssignOp>,
        value: ExprId,
        span: Span,
    ) -> Option<()> {
        let held = self.held;
        let parts = self.parts(steps);
        self.held += steps.len();
        let assigned = parts.and_then(|parts| self.new_value(root, &parts, operator, value, span));
        self.held = held;
        self.assign(root, assigned?);
        Some(())
    }

    fn parts(&mut self, steps: &'m [Step]) -> Option<Vec<Part>> {
        let mut parts = Vec::with_capacity(steps.len());
        for step in steps {
            parts.push(match *step {
                Step::Field {
                    position,
                    constructor,
                } => Part::Field(position, constructor),
                Step::Index(index) => Part::Index(self.value(index)?, self.expr(index).span),
            });
        }
        Some(parts)
    }

    /// The value of the root after the assignment.
    fn new_value(
        &mut self,
        root: LocalId,
        parts: &[Part],
        operator: Option<AssignOp>,
        value: ExprId,
        span: Span,
    ) -> Option<Value> {
        let value = match operator {
            None => self.value(value)?,
            Some(operator) => {
                let old = self.get(self.read(root), parts, span);
                let new = self.value(value)?;
                let location = self.at(span);
                let op = match operator {
                    AssignOp::Arithmetic(operator) => Op::Plain(arithmetic(operator)),
                    AssignOp::Concat => Op::Concat,
                };
                let ty = self.ty(old);
                self.emit_at(op, ty, &[old, new], location)
            }
        };
        self.put(self.read(root), parts, value, span)
    }

    /// What stands at a place.
    fn get(&mut self, root: Value, parts: &[Part], span: Span) -> Value {
        parts.iter().fold(root, |value, part| match *part {
            Part::Field(position, _) => self.field(value, position),
            Part::Index(index, written) => {
                let ty = self.indexed_type(self.ty(value));
                let location = self.at(place_span(span, written));
                self.emit_at(Op::Plain(Opcode::Index), ty, &[value, index], location)
            }
        })
    }

    fn indexed_type(&self, ty: Ty) -> Ty {
        match *self.types.get(ty) {
            Type::List(element) | Type::Map(_, element) => element,
            _ => unreachable!("places lead through lists and maps"),
        }
    }

    /// The root with another value at a place.
    fn put(&mut self, root: Value, parts: &[Part], value: Value, span: Span) -> Option<Value> {
        let mut parts = parts;
        let mut value = value;
        loop {
            let checked = parts
                .iter()
                .enumerate()
                .rev()
                .find_map(|(index, part)| match *part {
                    Part::Field(position, Some(constructor)) => Some((index, position, constructor)),
                    _ => None,
                });
            let Some((index, position, constructor)) = checked else {
                return Some(self.store_parts(root, parts, value, span));
            };
            let (outer, inner) = (&parts[..index], &parts[index + 1..]);
            let record = self.get(root, outer, span);
            let old = self.field(record, position);
            let new = self.store_parts(old, inner, value, span);
            let count = self.parameter_count(constructor);
            let mut fields = Vec::with_capacity(count);
            for other in 0..count as u32 {
                fields.push(match other == position {
                    true => new,
                    false => self.field(record, other),
                });
            }
            let location = self.at(span);
            value = self.call(constructor, &fields, location)?;
            parts = outer;
        }
    }

    /// The container with another value at a place that no constraint watches.
    fn store_parts(&mut self, container: Value, parts: &[Part], value: Value, span: Span) -> Value {
        if parts.is_empty() {
            return value;
        }
        let mut steps = Vec::with_capacity(parts.len());
        let mut indexes = Vec::new();
        let mut end = None;
        for part in parts {
            steps.push(match *part {
                Part::Field(position, _) => ssa::Step::Position(position),
                Part::Index(index, written) => {
                    indexes.push(index);
                    end = Some(written);
                    ssa::Step::Index
                }
            });
        }
        // An index that does not fit is shown with the place up to it.
        let location = self.at(end.map_or(span, |written| place_span(span, written)));
        self.store(container, &steps, &indexes, value, location)
    }

    /// A store along a path.
    pub(super) fn store(
        &mut self,
        container: Value,
        path: &[ssa::Step],
        indexes: &[Value],
        value: Value,
        location: LocationId,
    ) -> Value {
        let start = self.function.steps.len() as u32;
        let mut ty = self.ty(container);
        for step in path {
            self.function.steps.push(*step);
            self.function.step_types.push(ty);
            ty = match *step {
                ssa::Step::Position(position) => self.field_type(ty, position),
                ssa::Step::Index => self.indexed_type(ty),
            };
        }
        let steps = Steps {
            start,
            length: path.len() as u32,
        };
        let mut operands = vec![container, value];
        operands.extend_from_slice(indexes);
        let ty = self.ty(container);
        self.emit_at(Op::Store(steps), ty, &operands, location)
    }
}

//! Patterns: tests, and the names that they bind.
//!
//! A failing test jumps to the given join; without one the pattern is known to match and only its names are bound.

use super::Builder;
use super::join::JoinId;
use crate::hir::{CompareOp, ExprId, LocalId, PatternId, PatternKind, Ty};
use crate::lower::constants::Literal;
use crate::lower::ssa::{Op, Value};
use lumen_vm::lir::{Intrinsic, Opcode};

impl<'m> Builder<'m, '_> {
    /// Binds the names of a pattern that cannot fail.
    pub(super) fn bind(&mut self, id: PatternId, value: Value) -> Option<()> {
        self.pattern(id, value, None)
    }

    /// Goes on if the value matches, with its names bound.
    pub(super) fn pattern(&mut self, id: PatternId, value: Value, fails: Option<JoinId>) -> Option<()> {
        let pattern = &self.source().patterns[id];
        let literal = match &pattern.kind {
            PatternKind::Wildcard | PatternKind::Null => return Some(()),
            PatternKind::Bind(local, inner) => {
                self.assign(*local, value);
                return match inner {
                    Some(inner) => self.pattern(*inner, value, fails),
                    None => Some(()),
                };
            }
            PatternKind::Type(ty, inner) => {
                if let Some(fails) = fails {
                    let holds = self.is_type(value, *ty);
                    self.require(holds, fails)?;
                }
                let value = self.coerce(value, *ty);
                return self.pattern(*inner, value, fails);
            }
            PatternKind::Bool(expected) => return self.boolean(value, *expected, fails),
            PatternKind::Int(expected) => Op::Int(*expected),
            PatternKind::Float(expected) => Op::Float(expected.to_bits()),
            PatternKind::String(text) => Op::Constant(self.constants.intern(Literal::String(text))),
            PatternKind::Bytes(bytes) => Op::Constant(self.constants.intern(Literal::Bytes(bytes))),
            PatternKind::Constant(constant) => return self.constant(value, *constant, fails),
            PatternKind::IntRange(from, to) => {
                return self.between(value, Op::Int(*from), Op::Int(*to), CompareOp::LessEqual, fails);
            }
            PatternKind::FloatRange(from, to, inclusive) => {
                let (from, to) = (Op::Float(from.to_bits()), Op::Float(to.to_bits()));
                let upper = if *inclusive {
                    CompareOp::LessEqual
                } else {
                    CompareOp::Less
                };
                return self.between(value, from, to, upper, fails);
            }
            PatternKind::Variant { variant, payload } => {
                if let Some(fails) = fails {
                    let ty = self.types.bool();
                    let holds = self.emit(Op::IsVariant(*variant), ty, &[value]);
                    self.require(holds, fails)?;
                }
                return self.payload(*variant, payload, value, fails);
            }
            PatternKind::Fields(fields) => {
                for &(position, part) in fields {
                    if self.looks_at(part) {
                        let field = self.field(value, position);
                        self.pattern(part, field, fails)?;
                    }
                }
                return Some(());
            }
            PatternKind::List { elements, rest } => {
                return self.list_pattern(pattern.ty, elements, *rest, value, fails);
            }
            PatternKind::Or(alternatives) => return self.alternatives(alternatives, None, value, fails),
        };
        match fails {
            Some(fails) => {
                let holds = self.equals(value, literal);
                self.require(holds, fails)
            }
            None => Some(()),
        }
    }

    /// Goes on if the enum or result, known to be of the variant, matches.
    pub(super) fn pattern_of_variant(
        &mut self,
        id: PatternId,
        variant: u32,
        value: Value,
        fails: Option<JoinId>,
    ) -> Option<()> {
        match &self.source().patterns[id].kind {
            PatternKind::Variant { payload, .. } => self.payload(variant, payload, value, fails),
            PatternKind::Bind(local, Some(inner)) => {
                self.assign(*local, value);
                self.pattern_of_variant(*inner, variant, value, fails)
            }
            PatternKind::Or(alternatives) => {
                let possible: Vec<PatternId> = alternatives
                    .iter()
                    .copied()
                    .filter(|&alternative| self.may_be(alternative, variant))
                    .collect();
                self.alternatives(&possible, Some(variant), value, fails)
            }
            _ => unreachable!("only patterns of variants are planned for a switch"),
        }
    }

    fn may_be(&self, id: PatternId, wanted: u32) -> bool {
        match &self.source().patterns[id].kind {
            PatternKind::Variant { variant, .. } => *variant == wanted,
            PatternKind::Bind(_, Some(inner)) => self.may_be(*inner, wanted),
            PatternKind::Or(alternatives) => alternatives.iter().any(|&part| self.may_be(part, wanted)),
            _ => true,
        }
    }

    /// Ends the current block with a test; goes on where it holds.
    fn require(&mut self, holds: Value, fails: JoinId) -> Option<()> {
        let next = self.join();
        self.branch_on(holds, next, fails);
        self.enter(next).then_some(())
    }

    /// Whether the pattern needs the value that it is matched against.
    fn looks_at(&self, id: PatternId) -> bool {
        !matches!(
            self.source().patterns[id].kind,
            PatternKind::Wildcard | PatternKind::Null
        )
    }

    fn boolean(&mut self, value: Value, expected: bool, fails: Option<JoinId>) -> Option<()> {
        let Some(fails) = fails else {
            return Some(());
        };
        let next = self.join();
        match expected {
            true => self.branch_on(value, next, fails),
            false => self.branch_on(value, fails, next),
        }
        self.enter(next).then_some(())
    }

    fn constant(&mut self, value: Value, constant: ExprId, fails: Option<JoinId>) -> Option<()> {
        let Some(fails) = fails else {
            return Some(());
        };
        let constant = self.value(constant)?;
        let holds = self.compare_values(CompareOp::Equal, value, constant);
        self.require(holds, fails)
    }

    fn between(
        &mut self,
        value: Value,
        from: Op,
        to: Op,
        upper: CompareOp,
        fails: Option<JoinId>,
    ) -> Option<()> {
        let Some(fails) = fails else {
            return Some(());
        };
        let ty = self.ty(value);
        let from = self.emit(from, ty, &[]);
        let holds = self.compare_values(CompareOp::LessEqual, from, value);
        self.require(holds, fails)?;
        let to = self.emit(to, ty, &[]);
        let holds = self.compare_values(upper, value, to);
        self.require(holds, fails)
    }

    fn payload(
        &mut self,
        variant: u32,
        parts: &[PatternId],
        value: Value,
        fails: Option<JoinId>,
    ) -> Option<()> {
        for (&part, position) in parts.iter().zip(0..) {
            if self.looks_at(part) {
                let payload = self.get_payload(value, variant, position);
                self.pattern(part, payload, fails)?;
            }
        }
        Some(())
    }

    pub(super) fn get_payload(&mut self, value: Value, variant: u32, position: u32) -> Value {
        let ty = self.payload_type(self.ty(value), variant, position);
        self.emit(Op::GetPayload(variant, position), ty, &[value])
    }

    fn list_pattern(
        &mut self,
        ty: Ty,
        elements: &[PatternId],
        rest: Option<Option<LocalId>>,
        value: Value,
        fails: Option<JoinId>,
    ) -> Option<()> {
        if let Some(fails) = fails {
            let int = self.types.int();
            let length = self.emit(Op::Intrinsic(Intrinsic::LengthOfList), int, &[value]);
            let count = self.int(elements.len() as i64);
            let holds = match rest {
                None => self.compare_values(CompareOp::Equal, length, count),
                Some(_) => self.compare_values(CompareOp::LessEqual, count, length),
            };
            self.require(holds, fails)?;
        }
        for (position, &part) in elements.iter().enumerate() {
            if self.looks_at(part) {
                let index = self.int(position as i64);
                let location = self.at(self.source().patterns[part].span);
                let element = match self.types.get(ty) {
                    crate::hir::Type::List(element) => *element,
                    _ => unreachable!("list patterns match lists"),
                };
                let op = Op::Plain(Opcode::Index);
                let element = self.emit_at(op, element, &[value, index], location);
                self.pattern(part, element, fails)?;
            }
        }
        if let Some(Some(local)) = rest {
            let count = self.int(elements.len() as i64);
            let rest = self.emit(Op::Intrinsic(Intrinsic::Drop), ty, &[value, count]);
            self.assign(local, rest);
        }
        Some(())
    }

    /// Goes on if any alternative matches; all bind the same names.
    fn alternatives(
        &mut self,
        alternatives: &[PatternId],
        variant: Option<u32>,
        value: Value,
        fails: Option<JoinId>,
    ) -> Option<()> {
        let matched = self.join();
        for (index, &alternative) in alternatives.iter().enumerate() {
            let is_last = index + 1 == alternatives.len();
            let next = if is_last { fails } else { Some(self.join()) };
            let matches = match variant {
                Some(variant) => self.pattern_of_variant(alternative, variant, value, next),
                None => self.pattern(alternative, value, next),
            };
            if matches.is_some() {
                self.jump_to(matched);
            }
            if let (false, Some(next)) = (is_last, next)
                && !self.enter(next)
            {
                break;
            }
        }
        self.enter(matched).then_some(())
    }
}

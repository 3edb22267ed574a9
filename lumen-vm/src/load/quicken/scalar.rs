//! Arithmetic and comparisons: the operand type picks the operation.

use super::{Quickener, fuse, type_operand};
use crate::exec::{Code, Op};
use crate::heap::TypeRef;
use crate::lir::Opcode;

impl Quickener<'_> {
    /// Emits an arithmetic or bit operation.
    pub(super) fn arithmetic(&mut self, node: usize) {
        let instruction = self.flow.nodes[node].instruction;
        let offset = self.flow.nodes[node].offset;
        let immediate = fuse::immediate(self.flow, &self.constants, node);
        if let Some((operand, value)) = immediate {
            let register = if operand == 0 {
                instruction.c
            } else {
                instruction.b
            };
            let code = match instruction.opcode {
                Opcode::Add => Code::AddImmediate,
                Opcode::Subtract => Code::SubtractImmediate,
                Opcode::Multiply => Code::MultiplyImmediate,
                Opcode::Divide => Code::DivideImmediate,
                _ => Code::RemainderImmediate,
            };
            let swapped = u8::from(operand == 0);
            return self
                .emitter
                .push(offset, Op::new(code, instruction.a, register, swapped, value));
        }
        let float = self.flow.nodes[node].operands.first() == Some(&TypeRef::FLOAT);
        let code = match (instruction.opcode, float) {
            (Opcode::Add, false) => Code::AddInt,
            (Opcode::Add, true) => Code::AddFloat,
            (Opcode::Subtract, false) => Code::SubtractInt,
            (Opcode::Subtract, true) => Code::SubtractFloat,
            (Opcode::Multiply, false) => Code::MultiplyInt,
            (Opcode::Multiply, true) => Code::MultiplyFloat,
            (Opcode::Divide, false) => Code::DivideInt,
            (Opcode::Divide, true) => Code::DivideFloat,
            (Opcode::FloorDivide, false) => Code::FloorDivideInt,
            (Opcode::FloorDivide, true) => Code::FloorDivideFloat,
            (Opcode::Remainder, false) => Code::RemainderInt,
            (Opcode::Remainder, true) => Code::RemainderFloat,
            (Opcode::Power, false) => Code::PowerInt,
            (Opcode::Power, true) => Code::PowerFloat,
            (Opcode::Negate, false) => Code::NegateInt,
            (Opcode::Negate, true) => Code::NegateFloat,
            (Opcode::BitAnd, _) => Code::BitAnd,
            (Opcode::BitOr, _) => Code::BitOr,
            (Opcode::BitXor, _) => Code::BitXor,
            (Opcode::ShiftLeft, _) => Code::ShiftLeft,
            (Opcode::ShiftRight, _) => Code::ShiftRight,
            (other, _) => unreachable!("{other:?} is not arithmetic"),
        };
        self.emitter.push(
            offset,
            Op::new(code, instruction.a, instruction.b, instruction.c, 0),
        );
    }

    /// Emits a comparison that yields a Bool.
    pub(super) fn comparison(&mut self, node: usize) {
        let instruction = self.flow.nodes[node].instruction;
        let ty = self.flow.nodes[node].operands[0];
        let code = match (instruction.opcode, ty) {
            (Opcode::Equal, TypeRef::INT | TypeRef::BOOL | TypeRef::NULL) => Code::EqualWord,
            (Opcode::Equal, TypeRef::FLOAT) => Code::EqualFloat,
            (Opcode::Equal, TypeRef::STRING | TypeRef::BYTES) => Code::EqualText,
            (Opcode::Equal, _) => Code::Equal,
            (Opcode::Less, TypeRef::INT | TypeRef::BOOL) => Code::LessInt,
            (Opcode::Less, TypeRef::FLOAT) => Code::LessFloat,
            (Opcode::Less, _) => Code::Less,
            (_, TypeRef::INT | TypeRef::BOOL) => Code::LessEqualInt,
            (_, TypeRef::FLOAT) => Code::LessEqualFloat,
            (_, _) => Code::LessEqual,
        };
        let op = Op::new(
            code,
            instruction.a,
            instruction.b,
            instruction.c,
            type_operand(ty),
        );
        self.emitter.push(self.flow.nodes[node].offset, op);
    }
}

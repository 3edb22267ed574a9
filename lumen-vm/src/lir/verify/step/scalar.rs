//! Loads, arithmetic, bits and comparison.

use super::Step;
use crate::lir::verify::error::Reason;
use crate::lir::{Constant, Opcode, Type, TypeId, VariableClass};

impl Step<'_> {
    pub(super) fn scalar(&self) -> Result<TypeId, Reason> {
        let instruction = &self.instruction;
        let (b, c) = (instruction.b, instruction.c);
        match instruction.opcode {
            Opcode::LoadInt => self.scalar_type(Type::Int),
            Opcode::LoadNull => self.scalar_type(Type::Null),
            Opcode::LoadBool if b > 1 => Err(Reason::Immediate {
                expected: "0 or 1",
                found: b,
            }),
            Opcode::LoadBool => self.scalar_type(Type::Bool),
            Opcode::LoadConstant => match self.module.constants[instruction.w as usize] {
                Constant::Int(_) => self.scalar_type(Type::Int),
                Constant::Float(_) => self.scalar_type(Type::Float),
                Constant::String(_) => self.scalar_type(Type::String),
                Constant::Bytes(_) => self.scalar_type(Type::Bytes),
            },
            Opcode::Negate => self.number(b),
            Opcode::Not => {
                self.expect_form(b, &Type::Bool, "Bool")?;
                Ok(self.b())
            }
            Opcode::BitAnd | Opcode::BitOr | Opcode::BitXor | Opcode::ShiftLeft | Opcode::ShiftRight => {
                self.expect_form(b, &Type::Int, "Int")?;
                self.expect_form(c, &Type::Int, "Int")?;
                Ok(self.b())
            }
            Opcode::Equal | Opcode::Less | Opcode::LessEqual => self.comparison(),
            _ => {
                let ty = self.number(b)?;
                self.expect_same(b, c)?;
                Ok(ty)
            }
        }
    }

    fn comparison(&self) -> Result<TypeId, Reason> {
        let (b, c) = (self.instruction.b, self.instruction.c);
        self.expect_same(b, c)?;
        if self.instruction.opcode == Opcode::Equal {
            if !self.is_of_class(self.b(), VariableClass::Equatable) {
                let inside = match self.types().may_be_equatable(self.b()) {
                    true => "a type parameter that need not have it",
                    false => "a function or a generator",
                };
                return Err(self.operand(b, format!("a type with equality (there is {inside} inside)")));
            }
        } else if !self.is_of_class(self.b(), VariableClass::Ordered) {
            return Err(self.operand(
                b,
                "an ordered type: Int, Float, String, Bool, Bytes, lists and tuples of those",
            ));
        }
        self.scalar_type(Type::Bool)
    }

    fn number(&self, register: u8) -> Result<TypeId, Reason> {
        let ty = self.of(register);
        match self.form(ty) {
            Type::Int | Type::Float => Ok(ty),
            _ => Err(self.operand(register, "Int or Float")),
        }
    }

    /// Whether a type is of a class, as far as the cell's type parameters are known.
    pub(super) fn is_of_class(&self, id: TypeId, class: VariableClass) -> bool {
        self.types().is_of_class(self.module, id, class, self.scope)
    }

    /// The entry of a type without parts.
    pub(super) fn scalar_type(&self, ty: Type) -> Result<TypeId, Reason> {
        self.types()
            .find(&ty)
            .ok_or_else(|| Reason::MissingType(format!("{ty:?}")))
    }

    /// What `halt` demands of A, by its kind.
    pub(super) fn halt(&self) -> Result<(), Reason> {
        use crate::lir::HaltKind;
        let (a, b) = (self.instruction.a, self.instruction.b);
        let kind = HaltKind::from_number(b).ok_or(Reason::Immediate {
            expected: "the number of a halt kind (0, 1 or 2)",
            found: b,
        })?;
        match kind {
            HaltKind::Halt | HaltKind::Runtime => self.expect_form(a, &Type::String, "String"),
            HaltKind::Validation if self.types().validation_error() == Some(self.a()) => Ok(()),
            HaltKind::Validation => Err(self.operand(a, "ValidationError")),
        }
    }
}

//! Into and out of unions and Json.

use super::Step;
use crate::lir::verify::error::Reason;
use crate::lir::{Opcode, Type, TypeId};

impl Step<'_> {
    pub(super) fn dynamic(&self) -> Result<TypeId, Reason> {
        let (whole, part) = match self.instruction.opcode {
            Opcode::Schema => return self.schema(),
            Opcode::Wrap => (self.w_type(), self.b()),
            _ => (self.b(), self.w_type()),
        };
        let register = self.instruction.b;
        let wraps = self.instruction.opcode == Opcode::Wrap;
        if self.types().members(self.module, whole).is_none() {
            let expected = "a union or Json".to_owned();
            return Err(if wraps {
                Reason::TypeOperand {
                    expected,
                    found: self.name(whole),
                }
            } else {
                self.operand(register, expected)
            });
        }
        if !self.types().is_part(self.module, part, whole) {
            let expected = format!("a member or a part of {}", self.name(whole));
            return Err(if wraps {
                self.operand(register, expected)
            } else {
                Reason::TypeOperand {
                    expected,
                    found: self.name(part),
                }
            });
        }
        match self.instruction.opcode {
            Opcode::IsType => self.scalar_type(Type::Bool),
            _ => Ok(self.w_type()),
        }
    }

    /// `schema` reads a String, Bytes or Json and yields `result[W, ValidationError]`.
    fn schema(&self) -> Result<TypeId, Reason> {
        if !matches!(self.form(self.b()), Type::String | Type::Bytes | Type::Json) {
            return Err(self.operand(self.instruction.b, "String, Bytes or Json"));
        }
        self.types()
            .validation_error()
            .and_then(|error| self.types().find(&Type::Result(self.w_type(), error)))
            .ok_or_else(|| {
                Reason::MissingType(format!("result[{}, ValidationError]", self.name(self.w_type())))
            })
    }
}

//! The typing rules: what each instruction demands of its operands and what type it writes.
//!
//! One entry, [`Step::apply`], used twice: by the dataflow that verifies a cell, and by [`super::VerifiedModule::walk`], which
//! hands the loader the operand types of every instruction.

use super::error::Reason;
use super::registers::RegisterTypes;
use super::tables::in_range;
use super::types::TypeIndex;
use super::{Facts, classes::Scope};
use crate::lir::notation::TypeNotation;
use crate::lir::{Cell, Instruction, Module, Opcode, Role, Type, TypeId, WordRole};

mod access;
mod build;
mod call;
mod dynamic;
mod intrinsic;
mod scalar;

/// One instruction and the types of the registers before it.
#[derive(Clone, Copy)]
pub(super) struct Step<'a> {
    pub(super) module: &'a Module,
    pub(super) facts: &'a Facts,
    /// Type parameters and methods of the cell.
    pub(super) scope: &'a Scope,
    pub(super) cell: &'a Cell,
    pub(super) instruction: Instruction<'a>,
    pub(super) registers: &'a RegisterTypes,
}

impl Step<'_> {
    /// Checks the instruction and yields the type of what it writes to A, if it writes.
    pub(super) fn apply(&self) -> Result<Option<TypeId>, Reason> {
        self.check_registers()?;
        for (word, role) in [self.instruction.w, self.instruction.v]
            .into_iter()
            .zip(self.info_words())
        {
            self.check_word(word, role)?;
        }
        use Opcode::*;
        let result = match self.instruction.opcode {
            Move => self.b(),
            LoadInt | LoadConstant | LoadBool | LoadNull | Add | Subtract | Multiply | Divide
            | FloorDivide | Remainder | Power | Negate | BitAnd | BitOr | BitXor | ShiftLeft | ShiftRight
            | Not | Equal | Less | LessEqual => self.scalar()?,
            IsType | Wrap | Cast | Schema => self.dynamic()?,
            Call | CallValue | Closure | ToolCall => self.call()?,
            List | Tuple | Map | Set | Record | Variant | Concat => self.build()?,
            IsVariant | GetField | GetPayload | Index => self.access()?,
            Intrinsic => self.intrinsic()?,
            Store => {
                self.store()?;
                self.a()
            }
            Next => self.next()?,
            Jump | JumpIf | JumpIfNot | Switch | Return | Halt | Yield | Close | Rethrow => {
                self.control()?;
                return Ok(None);
            }
        };
        Ok(Some(result))
    }

    /// What `jump_if`, `switch` and those that leave the cell demand of A.
    fn control(&self) -> Result<(), Reason> {
        let a = self.instruction.a;
        match self.instruction.opcode {
            Opcode::JumpIf | Opcode::JumpIfNot => self.expect_form(a, &Type::Bool, "Bool"),
            Opcode::Switch => {
                let variants = self.variant_count(a)?;
                self.expect_count("table entries", variants, self.instruction.w as usize)
            }
            Opcode::Return if self.cell.generator => self.expect_form(a, &Type::Null, "Null"),
            Opcode::Return => self.expect_type(a, self.cell.result),
            Opcode::Yield => self.yields(),
            Opcode::Halt => self.halt(),
            Opcode::Close => self.generator(a).map(|_| ()),
            _ => Ok(()),
        }
    }

    /// `yield` stands in a generator and takes one of its elements.
    fn yields(&self) -> Result<(), Reason> {
        match *self.form(self.cell.result) {
            Type::Generator(element) if self.cell.generator => self.expect_type(self.instruction.a, element),
            _ => Err(Reason::NotAGenerator),
        }
    }

    /// The element type of the generator in B.
    fn next(&self) -> Result<TypeId, Reason> {
        self.generator(self.instruction.b)
    }

    fn generator(&self, register: u8) -> Result<TypeId, Reason> {
        match self.form(self.of(register)) {
            Type::Generator(element) => Ok(*element),
            _ => Err(self.operand(register, "a generator")),
        }
    }

    fn check_registers(&self) -> Result<(), Reason> {
        let registers = self.cell.registers;
        for register in self.instruction.reads() {
            if u16::from(register) >= registers {
                return Err(Reason::RegisterOutOfRange { register, registers });
            }
            if self.registers.get(register).is_none() {
                return Err(Reason::Unset { register });
            }
        }
        match self.instruction.writes() {
            Some(register) if u16::from(register) >= registers => {
                Err(Reason::RegisterOutOfRange { register, registers })
            }
            _ => Ok(()),
        }
    }

    fn info_words(&self) -> [WordRole; 2] {
        self.instruction.opcode.info().words
    }

    /// Checks an index against its table. Positions and variants depend on operands; jumps were checked with the code.
    fn check_word(&self, word: u32, role: WordRole) -> Result<(), Reason> {
        let module = self.module;
        match role {
            WordRole::Constant => in_range("constant", word, module.constants.len()),
            WordRole::Type => {
                in_range("type", word, module.types.len())?;
                self.types().demands(TypeId(word)).check(self.scope)
            }
            WordRole::Cell => {
                let named = module.cells.len() + module.imported_cells.len() + module.instances.len();
                in_range("cell", word, named + self.scope.methods.len())
            }
            WordRole::Intrinsic => in_range("intrinsic", word, crate::lir::Intrinsic::TABLE.len()),
            WordRole::Tool => in_range("tool", word, module.tools.len()),
            WordRole::Policy => in_range("policy", word, module.policies.len()),
            WordRole::None
            | WordRole::Integer
            | WordRole::Jump
            | WordRole::Position
            | WordRole::Variant
            | WordRole::Count => Ok(()),
        }
    }

    fn types(&self) -> &TypeIndex {
        &self.facts.types
    }

    /// Type of a register that the instruction reads.
    fn of(&self, register: u8) -> TypeId {
        self.registers
            .get(register)
            .expect("the registers that are read were checked")
    }

    fn a(&self) -> TypeId {
        debug_assert_ne!(self.instruction.opcode.info().bytes[0], Role::Write);
        self.of(self.instruction.a)
    }

    fn b(&self) -> TypeId {
        self.of(self.instruction.b)
    }

    /// The type that word W names.
    fn w_type(&self) -> TypeId {
        TypeId(self.instruction.w)
    }

    fn form(&self, id: TypeId) -> &Type {
        &self.module.types[id.0 as usize]
    }

    /// The type's name, for a message; messages are rare, so nothing is kept for the next one.
    fn name(&self, id: TypeId) -> String {
        TypeNotation::new(self.module).show(id)
    }

    fn operand(&self, register: u8, expected: impl Into<String>) -> Reason {
        Reason::Operand {
            register,
            expected: expected.into(),
            found: self.name(self.of(register)),
        }
    }

    fn expect_type(&self, register: u8, expected: TypeId) -> Result<(), Reason> {
        if self.of(register) == expected {
            Ok(())
        } else {
            Err(self.operand(register, self.name(expected)))
        }
    }

    fn expect_form(&self, register: u8, expected: &Type, name: &str) -> Result<(), Reason> {
        if self.form(self.of(register)) == expected {
            Ok(())
        } else {
            Err(self.operand(register, name))
        }
    }

    fn expect_same(&self, left: u8, right: u8) -> Result<(), Reason> {
        let (left_type, right_type) = (self.of(left), self.of(right));
        if left_type == right_type {
            return Ok(());
        }
        let (left_type, right_type) = (self.name(left_type), self.name(right_type));
        Err(Reason::DifferentTypes {
            left,
            left_type,
            right,
            right_type,
        })
    }

    fn expect_count(&self, what: &'static str, expected: usize, found: usize) -> Result<(), Reason> {
        if expected == found {
            Ok(())
        } else {
            Err(Reason::Count {
                what,
                expected,
                found,
            })
        }
    }

    /// Checks the arguments against types in order, and their number.
    fn expect_arguments(&self, expected: impl ExactSizeIterator<Item = TypeId>) -> Result<(), Reason> {
        let arguments = self.instruction.arguments();
        self.expect_count("arguments", expected.len(), arguments.len())?;
        arguments
            .zip(expected)
            .try_for_each(|(register, ty)| self.expect_type(register, ty))
    }
}

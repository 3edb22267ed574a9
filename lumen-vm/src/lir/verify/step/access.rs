//! Reading and replacing parts of values.

use super::Step;
use crate::lir::verify::error::Reason;
use crate::lir::verify::tables::in_range;
use crate::lir::{Layout, Opcode, Origin, PathStep, Type, TypeId};

impl Step<'_> {
    pub(super) fn access(&self) -> Result<TypeId, Reason> {
        let instruction = &self.instruction;
        match instruction.opcode {
            Opcode::IsVariant => {
                let variants = self.variant_count(instruction.b)?;
                in_range("variant", instruction.w, variants)?;
                self.scalar_type(Type::Bool)
            }
            Opcode::GetField => self.field(self.b(), instruction.w),
            Opcode::GetPayload => {
                self.variant_count(instruction.b)?;
                let payload = self.payload_type(self.b(), instruction.w, instruction.v)?;
                self.expect_count("arguments", 0, instruction.arguments().len())?;
                Ok(payload)
            }
            _ => self.element(instruction.b, instruction.c),
        }
    }

    /// Number of variants of the enum or result in a register.
    pub(super) fn variant_count(&self, register: u8) -> Result<usize, Reason> {
        match self.form(self.of(register)) {
            Type::Result(..) => Ok(2),
            &Type::Nominal(id, _) => match &self.nominal(id).layout {
                Layout::Enum { variants } => Ok(variants.len()),
                Layout::Opaque => Err(Reason::Opaque(self.nominal(id).name.clone())),
                Layout::Record { .. } => Err(self.operand(register, "an enum or a result")),
            },
            _ => Err(self.operand(register, "an enum or a result")),
        }
    }

    /// Payload types of a variant of an enum or result type.
    pub(super) fn payload_types(&self, id: TypeId, variant: u32) -> Result<Vec<TypeId>, Reason> {
        let declared = self.declared_payload(id, variant)?.into_iter().enumerate();
        declared
            .map(|(position, declared)| self.in_layout(id, variant, position, declared))
            .collect()
    }

    /// Type of the payload at a position.
    fn payload_type(&self, id: TypeId, variant: u32, position: u32) -> Result<TypeId, Reason> {
        let declared = self.declared_payload(id, variant)?;
        in_range("payload", position, declared.len())?;
        self.in_layout(id, variant, position as usize, declared[position as usize])
    }

    /// Payload types of a variant as the enum's layout has them.
    fn declared_payload(&self, id: TypeId, variant: u32) -> Result<Vec<TypeId>, Reason> {
        match *self.form(id) {
            Type::Result(value, error) => {
                in_range("variant", variant, 2)?;
                Ok(vec![if variant == 0 { value } else { error }])
            }
            Type::Nominal(nominal, _) => match &self.nominal(nominal).layout {
                Layout::Enum { variants } => {
                    in_range("variant", variant, variants.len())?;
                    Ok(variants[variant as usize].payload.clone())
                }
                _ => Err(self.layout_mismatch(self.nominal(nominal), "an enum or a result")),
            },
            _ => Err(Reason::TypeOperand {
                expected: "an enum or a result".to_owned(),
                found: self.name(id),
            }),
        }
    }

    /// Type of the field or tuple element at a position.
    fn field(&self, id: TypeId, position: u32) -> Result<TypeId, Reason> {
        match self.form(id) {
            Type::Tuple(elements) => {
                in_range("element", position, elements.len())?;
                Ok(elements[position as usize])
            }
            &Type::Nominal(nominal, _) => match &self.nominal(nominal).layout {
                Layout::Record { fields, .. } => {
                    in_range("field", position, fields.len())?;
                    self.in_layout(id, 0, position as usize, fields[position as usize].ty)
                }
                _ => Err(self.layout_mismatch(self.nominal(nominal), "a record or a tuple")),
            },
            _ => Err(Reason::TypeOperand {
                expected: "a record or a tuple".to_owned(),
                found: self.name(id),
            }),
        }
    }

    /// The type that `declared`, of a part of a nominal, is in the nominal type `whole`.
    pub(super) fn in_layout(
        &self,
        whole: TypeId,
        variant: u32,
        position: usize,
        declared: TypeId,
    ) -> Result<TypeId, Reason> {
        self.types()
            .in_layout(whole, variant, position, declared)
            .ok_or_else(|| Reason::MissingType(format!("{} in {}", self.name(declared), self.name(whole))))
    }

    /// Type of `register[index]`.
    fn element(&self, register: u8, index: u8) -> Result<TypeId, Reason> {
        match *self.form(self.of(register)) {
            Type::String => {
                self.expect_form(index, &Type::Int, "Int")?;
                Ok(self.of(register))
            }
            Type::Bytes => {
                self.expect_form(index, &Type::Int, "Int")?;
                Ok(self.of(index))
            }
            _ => self
                .element_of(self.of(register), index)?
                .ok_or_else(|| self.operand(register, "a list, a map, String or Bytes")),
        }
    }

    /// Type of the elements of a list or map type, after a check of the index; nothing for other types.
    fn element_of(&self, id: TypeId, index: u8) -> Result<Option<TypeId>, Reason> {
        match *self.form(id) {
            Type::List(element) => {
                self.expect_form(index, &Type::Int, "Int")?;
                Ok(Some(element))
            }
            Type::Map(key, value) => {
                self.expect_type(index, key)?;
                Ok(Some(value))
            }
            _ => Ok(None),
        }
    }

    /// `store`: each step leads from the type before it to the type of the place; the last place has B's type.
    pub(super) fn store(&self) -> Result<(), Reason> {
        let path = self.instruction.path();
        if path.len() == 0 {
            return Err(Reason::Count {
                what: "path steps",
                expected: 1,
                found: 0,
            });
        }
        let mut place = self.a();
        for step in path {
            place = match step {
                PathStep::Position(position) => {
                    self.check_may_change(place)?;
                    self.field(place, position)?
                }
                PathStep::Index(register) => {
                    self.element_of(place, register)?
                        .ok_or_else(|| Reason::TypeOperand {
                            expected: "a list or a map".to_owned(),
                            found: self.name(place),
                        })?
                }
            };
        }
        self.expect_type(self.instruction.b, place)
    }

    /// Refuses constrained records of other modules.
    fn check_may_change(&self, id: TypeId) -> Result<(), Reason> {
        let &Type::Nominal(nominal, _) = self.form(id) else {
            return Ok(());
        };
        let nominal = self.nominal(nominal);
        match nominal.layout {
            Layout::Record {
                constrained: true, ..
            } if nominal.origin != Origin::Here => Err(Reason::Constrained(nominal.name.clone())),
            _ => Ok(()),
        }
    }
}

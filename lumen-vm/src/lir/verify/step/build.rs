//! Making lists, tuples, maps, sets, records, variants and joined texts.

use super::Step;
use crate::lir::verify::error::Reason;
use crate::lir::{Layout, Nominal, NominalId, Opcode, Origin, Type, TypeId};

impl Step<'_> {
    pub(super) fn build(&self) -> Result<TypeId, Reason> {
        let id = self.w_type();
        match (self.instruction.opcode, self.form(id)) {
            (Opcode::List, &Type::List(element)) | (Opcode::Set, &Type::Set(element)) => {
                self.expect_all(element)?;
            }
            (Opcode::Tuple, Type::Tuple(elements)) => {
                self.expect_arguments(elements.iter().copied())?;
            }
            (Opcode::Map, &Type::Map(key, value)) => self.entries(key, value)?,
            (Opcode::Record, &Type::Nominal(nominal, _)) => self.record(id, nominal)?,
            (Opcode::Variant, &Type::Nominal(..) | &Type::Result(..)) => {
                let payload = self.payload_types(id, self.instruction.v)?;
                self.expect_arguments(payload.into_iter())?;
            }
            (Opcode::Concat, Type::String | Type::Bytes | Type::List(_)) => self.expect_all(id)?,
            (opcode, _) => {
                let expected = match opcode {
                    Opcode::Record => "a record",
                    Opcode::Variant => "an enum or a result",
                    Opcode::Concat => "String, Bytes or a list",
                    Opcode::List => "a list",
                    Opcode::Set => "a set",
                    Opcode::Map => "a map",
                    _ => "a tuple",
                };
                return Err(Reason::TypeOperand {
                    expected: expected.to_owned(),
                    found: self.name(id),
                });
            }
        }
        Ok(id)
    }

    fn expect_all(&self, ty: TypeId) -> Result<(), Reason> {
        self.instruction
            .arguments()
            .try_for_each(|register| self.expect_type(register, ty))
    }

    fn entries(&self, key: TypeId, value: TypeId) -> Result<(), Reason> {
        let arguments = self.instruction.arguments();
        if !arguments.len().is_multiple_of(2) {
            return Err(Reason::OddCount(arguments.len()));
        }
        let mut types = [key, value].into_iter().cycle();
        arguments.into_iter().try_for_each(|register| {
            let ty = types.next().expect("a cycle does not end");
            self.expect_type(register, ty)
        })
    }

    fn record(&self, id: TypeId, nominal: NominalId) -> Result<(), Reason> {
        let nominal = self.nominal(nominal);
        let Layout::Record { fields, constrained } = &nominal.layout else {
            return Err(self.layout_mismatch(nominal, "a record"));
        };
        if *constrained && nominal.origin != Origin::Here {
            return Err(Reason::Constrained(nominal.name.clone()));
        }
        let fields = fields.iter().enumerate();
        let types: Vec<TypeId> = fields
            .map(|(position, field)| self.in_layout(id, 0, position, field.ty))
            .collect::<Result<_, _>>()?;
        self.expect_arguments(types.into_iter())
    }

    pub(super) fn nominal(&self, id: NominalId) -> &Nominal {
        &self.module.nominals[id.0 as usize]
    }

    /// The complaint about a nominal that is not of the expected kind.
    pub(super) fn layout_mismatch(&self, nominal: &Nominal, expected: &str) -> Reason {
        match nominal.layout {
            Layout::Opaque => Reason::Opaque(nominal.name.clone()),
            _ => Reason::TypeOperand {
                expected: expected.to_owned(),
                found: nominal.name.clone(),
            },
        }
    }
}

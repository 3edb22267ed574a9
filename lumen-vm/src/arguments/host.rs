//! Arguments for a machine: records are made as the program would make them, by the constructors and defaults of the
//! module that declares them.

use super::problem::{ArgumentError, Missing};
use super::read::{Builder, read_argument};
use crate::exec::{Value, Vm};
use crate::heap::{Heap, RuntimeNominal, TypeRef, Word};
use crate::lir::CellKind;
use crate::load::CellRef;

impl Vm<'_> {
    /// The argument for a parameter of a cell that a text is: a String as it is, anything else as JSON. Missing fields of
    /// records take their defaults, and constraints are checked.
    ///
    /// # Panics
    /// If the cell has no such parameter.
    pub fn read_argument(
        &mut self,
        cell: CellRef,
        parameter: usize,
        text: &str,
    ) -> Result<Value, ArgumentError> {
        let ty = self.program().parameter_types(cell)[parameter];
        let word = read_argument(self, ty, text)?;
        Ok(Value::new(word, ty))
    }

    /// Runs a generated cell of the module that declares a record with copies of these words; nothing if the module has
    /// no such cell.
    fn run_generated(
        &mut self,
        nominal: &RuntimeNominal,
        name: &str,
        kind: CellKind,
        signature: (&[TypeRef], TypeRef),
        words: &[Word],
    ) -> Result<Option<Word>, Missing> {
        let program = self.program();
        let Some(cell) = program.find_cell(&nominal.module, name) else {
            return Ok(None);
        };
        let (parameters, result) = signature;
        let is_as_expected = program.cell(cell).kind == kind
            && program.parameter_types(cell) == parameters
            && program.result_type(cell) == result;
        if !is_as_expected {
            return Err(Missing::NotSupported(format!(
                "the cell `{name}` of another shape"
            )));
        }
        let arguments = words
            .iter()
            .zip(parameters)
            .map(|(word, ty)| {
                self.heap.retain_typed(*word, *ty);
                Value::new(*word, *ty)
            })
            .collect();
        let value = self.run(cell, arguments).map_err(Missing::Failed)?;
        Ok(Some(value.word))
    }
}

impl Builder for Vm<'_> {
    fn heap(&mut self) -> &mut Heap {
        &mut self.heap
    }

    fn record(&mut self, ty: TypeRef, fields: &[Word]) -> Result<Word, Missing> {
        let program = self.program();
        let types = program.types();
        let nominal = types.nominal_of(ty).expect("a record type");
        let parts = types.parts(ty, 0);
        let name = format!("{}.new", nominal.name);
        let made = self.run_generated(nominal, &name, CellKind::Constructor, (parts, ty), fields);
        let made = match made {
            Ok(None) if !program.is_constrained(nominal) => {
                let made = self.heap.aggregate(ty, fields);
                return made.map_err(|error| Missing::Failed(error.into()));
            }
            Ok(None) => {
                let what = format!("a {} without its constructor", nominal.name);
                Err(Missing::NotSupported(what))
            }
            Ok(Some(word)) => Ok(word),
            Err(missing) => Err(missing),
        };
        // The constructor had references of its own.
        for (word, ty) in fields.iter().zip(parts) {
            self.heap.release_typed(*word, *ty);
        }
        made
    }

    fn default(&mut self, ty: TypeRef, field: usize, before: &[Word]) -> Result<Option<Word>, Missing> {
        let types = self.program().types();
        let nominal = types.nominal_of(ty).expect("a record type");
        let Some(field_name) = types.field_name(ty, field) else {
            return Ok(None);
        };
        let name = format!("{}.default.{field_name}", nominal.name);
        let parts = types.parts(ty, 0);
        let signature = (&parts[..field], parts[field]);
        self.run_generated(nominal, &name, CellKind::FieldDefault, signature, before)
    }
}

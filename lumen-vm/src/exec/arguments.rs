//! Values for a cell's parameters from text, with the machine as the maker of records.
//!
//! A record's constructor and the defaults of its fields are cells of the module that declares it, so they run like any
//! other.

use super::machine::{Value, Vm};
use crate::arguments::{ArgumentError, Builder, Missing, read_argument};
use crate::heap::{Heap, NominalShape, TypeRef, Word};
use crate::lir::{Layout, Origin};
use crate::load::CellRef;

impl Vm<'_> {
    /// The value of a cell's parameter that a text is: a String as it is, anything else as JSON. Runs constructors and
    /// defaults of records, within the limits.
    ///
    /// # Panics
    /// If the cell has no such parameter.
    pub fn read_argument(
        &mut self,
        cell: CellRef,
        parameter: usize,
        text: &str,
    ) -> Result<Value, ArgumentError> {
        let ty = self.program.parameter_types(cell)[parameter];
        let word = read_argument(self, ty, text)?;
        Ok(self.value(word, ty))
    }

    /// The cell of the module that declares record `ty` whose name is the record's with `suffix`.
    fn cell_of_record(&self, ty: TypeRef, suffix: &str) -> Option<CellRef> {
        let nominal = self.program.types().nominal_of(ty)?;
        self.program
            .find_cell(&nominal.module, &format!("{}{suffix}", nominal.name))
    }

    fn fields_of(&self, ty: TypeRef) -> Vec<(String, TypeRef)> {
        match self.program.types().nominal_of(ty).map(|nominal| &nominal.shape) {
            Some(NominalShape::Record(fields)) => fields.clone(),
            _ => Vec::new(),
        }
    }

    /// Whether records of the type must be made by their constructor.
    fn is_constrained(&self, ty: TypeRef) -> bool {
        let declaring =
            self.program.types().nominal_of(ty).and_then(|nominal| {
                Some((self.program.find_module(&nominal.module)?, nominal.name.as_str()))
            });
        declaring.is_some_and(|(module, name)| {
            module.nominals.iter().any(|nominal| {
                nominal.origin == Origin::Here
                    && nominal.name == name
                    && matches!(
                        nominal.layout,
                        Layout::Record {
                            constrained: true,
                            ..
                        }
                    )
            })
        })
    }

    fn release_fields(&mut self, ty: TypeRef, fields: &[Word]) {
        for (&word, (_, field)) in fields.iter().zip(self.fields_of(ty)) {
            self.heap.release_typed(word, field);
        }
    }
}

impl Builder for Vm<'_> {
    fn heap(&mut self) -> &mut Heap {
        &mut self.heap
    }

    fn record(&mut self, ty: TypeRef, fields: &[Word]) -> Result<Word, Missing> {
        let types: Vec<TypeRef> = self.fields_of(ty).into_iter().map(|(_, field)| field).collect();
        let constructor = self.cell_of_record(ty, ".new").filter(|&cell| {
            self.program.parameter_types(cell) == types && self.program.result_type(cell) == ty
        });
        match constructor {
            Some(cell) => {
                let arguments = fields
                    .iter()
                    .zip(types)
                    .map(|(&word, field)| self.value(word, field))
                    .collect();
                let made = self.run(cell, arguments).map_err(Missing::Failed)?;
                Ok(made.word)
            }
            None if self.is_constrained(ty) => {
                self.release_fields(ty, fields);
                Err(Missing::NotSupported(
                    "a constrained record without a constructor".to_owned(),
                ))
            }
            None => self
                .heap
                .aggregate(ty, fields)
                .map_err(|error| Missing::Failed(error.into())),
        }
    }

    fn default(&mut self, ty: TypeRef, field: usize, before: &[Word]) -> Result<Option<Word>, Missing> {
        let fields = self.fields_of(ty);
        let Some((name, field_type)) = fields.get(field) else {
            return Ok(None);
        };
        let types: Vec<TypeRef> = fields[..field].iter().map(|(_, ty)| *ty).collect();
        let Some(cell) = self
            .cell_of_record(ty, &format!(".default.{name}"))
            .filter(|&cell| {
                self.program.parameter_types(cell) == types && self.program.result_type(cell) == *field_type
            })
        else {
            return Ok(None);
        };
        let arguments = before
            .iter()
            .zip(types)
            .map(|(&word, ty)| {
                self.heap.retain_typed(word, ty);
                self.value(word, ty)
            })
            .collect();
        let made = self.run(cell, arguments).map_err(Missing::Failed)?;
        Ok(Some(made.word))
    }
}

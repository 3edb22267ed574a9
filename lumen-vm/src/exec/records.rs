//! The machine as the maker of records for decoding: constraints and defaults are cells of the module that declares the
//! record, and run like any other, within the limits of the run.

use super::Vm;
use super::stack::Stack;
use crate::failure::Failure;
use crate::heap::{Heap, NominalShape, TypeRef, Word};
use crate::json::{NATIVE_DEPTH, Records, Trial, type_name};
use crate::lir::{Layout, ModuleId, Origin};
use crate::load::CellRef;
use std::rc::Rc;

/// What a run of a cell costs of [`NATIVE_DEPTH`], which a level of decoding costs 1 of.
const RUN_DEPTH: u32 = 4;
/// Fuel for checking a record some of whose fields are not real.
const TRIAL_FUEL: u64 = 10_000;

/// The cells that belong to a record.
#[derive(Debug, Default)]
pub(super) struct RecordCells {
    check: Option<CellRef>,
    /// Whether some field has a constraint.
    constrained: bool,
    /// By field.
    defaults: Vec<Option<CellRef>>,
}

impl Vm<'_> {
    fn record_cells(&mut self, ty: TypeRef) -> Rc<RecordCells> {
        if let Some(known) = self.record_cells.get(&ty) {
            return Rc::clone(known);
        }
        let cells = Rc::new(self.find_record_cells(ty));
        self.record_cells.insert(ty, Rc::clone(&cells));
        cells
    }

    fn find_record_cells(&self, ty: TypeRef) -> RecordCells {
        let Some(nominal) = self.program.types().nominal_of(ty) else {
            return RecordCells::default();
        };
        let NominalShape::Record(fields) = &nominal.shape else {
            return RecordCells::default();
        };
        let types: Vec<TypeRef> = fields.iter().map(|(_, ty)| *ty).collect();
        let find = |suffix: &str, parameters: &[TypeRef], result: TypeRef| {
            let cell = self.program.cell_of_record(ty, suffix)?;
            let fits =
                self.program.parameter_types(cell) == parameters && self.program.result_type(cell) == result;
            fits.then_some(cell)
        };
        RecordCells {
            check: find("check", &types, TypeRef::FIELD_ERRORS),
            constrained: self.is_constrained(&nominal.module, &nominal.name),
            defaults: fields
                .iter()
                .enumerate()
                .map(|(position, (name, field))| find(&format!("default.{name}"), &types[..position], *field))
                .collect(),
        }
    }

    /// Runs a cell while another one waits. Borrows the arguments.
    pub(crate) fn run_nested(&mut self, cell: CellRef, arguments: &[Word]) -> Result<Word, Failure> {
        if self.fuel <= 1 && !self.refuel() {
            return Err(self.out_of_fuel());
        }
        self.fuel -= 1;
        self.descend(RUN_DEPTH)?;
        let types = self.program.parameter_types(cell);
        for (&word, &ty) in arguments.iter().zip(types) {
            self.heap.retain_typed(word, ty);
        }
        // On a stack of its own, so that the waiting frames stay where they are.
        let waiting = std::mem::replace(&mut self.stack, Stack::new());
        let pending = std::mem::take(&mut self.pending);
        let result = self.interpret(self.program.number(cell), arguments);
        self.stack.clear(&mut self.heap);
        self.stack = waiting;
        self.pending = pending;
        self.native_depth -= RUN_DEPTH;
        result.map_err(|failure| Failure {
            // The cells that wait are still to be noted.
            traced: false,
            ..failure
        })
    }

    /// As [`Vm::run_nested`], with little fuel.
    fn try_nested(&mut self, cell: CellRef, arguments: &[Word]) -> Result<Word, Failure> {
        if self.fuel <= TRIAL_FUEL {
            self.refuel();
        }
        let before = self.fuel;
        let given = before.min(TRIAL_FUEL);
        self.fuel = given;
        let reserve = std::mem::take(&mut self.reserve);
        let result = self.run_nested(cell, arguments);
        self.reserve = reserve;
        // The run that goes on notices what is missing at its next step.
        self.fuel = (before - (given - self.fuel)).max(1);
        result
    }

    fn descend(&mut self, levels: u32) -> Result<(), Failure> {
        if self.native_depth + levels > NATIVE_DEPTH {
            return Err(Failure::runtime(
                "decoding nests too deeply: a Json, or constraints and defaults that decode in turn",
            ));
        }
        self.native_depth += levels;
        Ok(())
    }

    fn is_constrained(&self, module: &ModuleId, name: &str) -> bool {
        let Some(module) = self.program.find_module(module) else {
            return false;
        };
        let mut declared = module
            .nominals
            .iter()
            .filter(|nominal| nominal.origin == Origin::Here);
        declared.any(|nominal| {
            nominal.name == name
                && matches!(
                    nominal.layout,
                    Layout::Record {
                        constrained: true,
                        ..
                    }
                )
        })
    }
}

impl Records for Vm<'_> {
    fn heap(&mut self) -> &mut Heap {
        &mut self.heap
    }

    fn check(&mut self, ty: TypeRef, fields: &[Word], trial: Trial) -> Result<Option<Word>, Failure> {
        let cells = self.record_cells(ty);
        let errors = match (cells.check, trial) {
            (Some(cell), Trial::No) => self.run_nested(cell, fields),
            (Some(cell), Trial::Yes) => self.try_nested(cell, fields),
            (None, _) if cells.constrained => {
                let name = type_name(self.program.types(), ty);
                Err(Failure::runtime(format!(
                    "{name} has constraints that its module does not tell"
                )))
            }
            (None, _) => return Ok(None),
        };
        errors.map(Some)
    }

    fn has_default(&mut self, ty: TypeRef, field: usize) -> bool {
        matches!(self.record_cells(ty).defaults.get(field), Some(Some(_)))
    }

    fn default(&mut self, ty: TypeRef, field: usize, before: &[Word]) -> Result<Word, Failure> {
        let cell = self.record_cells(ty).defaults[field].expect("the caller knows that the field has one");
        self.run_nested(cell, before)
    }

    fn enter(&mut self) -> Result<(), Failure> {
        self.descend(1)
    }

    fn leave(&mut self) {
        self.native_depth -= 1;
    }
}

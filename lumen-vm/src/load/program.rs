//! A linked program: immutable, shared by all machines that run it.
//!
//! Cells are quickened on their first call, once for all machines.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::flow::Flow;
use super::link::{self, LinkError};
use super::quicken;
use crate::exec::Quick;
use crate::heap::{TypeRef, TypeTable, Word};
use crate::lir::{Cell, Constant, Module, ModuleId, VerifiedModule};

/// A module of a program.
#[derive(Debug)]
pub(crate) struct LinkedModule {
    pub(crate) verified: VerifiedModule,
    /// The program's type for each of the module's.
    pub(crate) types: Vec<TypeRef>,
    /// The program's cell for each imported one.
    pub(crate) imported: Vec<usize>,
    /// The program's number of the module's first cell.
    pub(crate) first_cell: usize,
    /// The program's number of the module's first constant.
    pub(crate) first_constant: usize,
}

/// A linked program.
#[derive(Debug)]
pub struct Program {
    types: Arc<TypeTable>,
    modules: Vec<LinkedModule>,
    by_name: FxHashMap<ModuleId, usize>,
    /// The module of each cell.
    cell_modules: Vec<u32>,
    cells: Vec<OnceLock<Quick>>,
    /// Int and Float constants as words, others zero; numbered through all modules.
    words: Vec<Word>,
}

/// A cell of a [`Program`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellRef(usize);

impl Program {
    /// Links verified modules, in any order.
    pub fn link(modules: &[VerifiedModule]) -> Result<Program, LinkError> {
        link::link(modules)
    }

    pub(super) fn new(types: Arc<TypeTable>, mut modules: Vec<LinkedModule>) -> Program {
        let mut words = Vec::new();
        let mut cell_modules = Vec::new();
        let by_name = modules
            .iter()
            .enumerate()
            .map(|(position, module)| (module.lir().id.clone(), position))
            .collect();
        for (position, module) in (0..).zip(&mut modules) {
            module.first_constant = words.len();
            let lir = module.verified.module();
            words.extend(lir.constants.iter().map(|constant| match constant {
                Constant::Int(value) => Word::from_int(*value),
                Constant::Float(value) => Word::from_float(*value),
                Constant::String(_) | Constant::Bytes(_) => Word::NULL,
            }));
            cell_modules.extend(lir.cells.iter().map(|_| position));
        }
        let cells = cell_modules.iter().map(|_| OnceLock::new()).collect();
        Program {
            types,
            modules,
            by_name,
            cell_modules,
            cells,
            words,
        }
    }

    /// The types of all values.
    pub(crate) fn types(&self) -> &Arc<TypeTable> {
        &self.types
    }

    /// A module of the program.
    pub fn find_module(&self, id: &ModuleId) -> Option<&Module> {
        self.by_name.get(id).map(|&position| self.modules[position].lir())
    }

    /// The cell of this name, declared or generated.
    pub fn find_cell(&self, module: &ModuleId, name: &str) -> Option<CellRef> {
        let module = &self.modules[*self.by_name.get(module)?];
        let position = module.lir().cells.iter().position(|cell| cell.name == name)?;
        Some(CellRef(module.first_cell + position))
    }

    /// A cell as its module declares it.
    pub fn cell(&self, cell: CellRef) -> &Cell {
        let (module, position) = self.locate(cell.0);
        &module.verified.module().cells[position]
    }

    /// Types of a cell's parameters.
    pub(crate) fn parameter_types(&self, cell: CellRef) -> &[TypeRef] {
        self.types.cell_parameters(cell.0)
    }

    /// Type of a cell's value.
    pub(crate) fn result_type(&self, cell: CellRef) -> TypeRef {
        let (module, position) = self.locate(cell.0);
        module.types[module.verified.module().cells[position].result.0 as usize]
    }

    pub(crate) fn number(&self, cell: CellRef) -> usize {
        cell.0
    }

    /// The module of a cell, and the cell's position there.
    pub(crate) fn locate(&self, cell: usize) -> (&LinkedModule, usize) {
        let module = &self.modules[self.cell_modules[cell] as usize];
        (module, cell - module.first_cell)
    }

    /// The executed form of a cell.
    #[inline(always)]
    pub(crate) fn quick(&self, cell: usize) -> &Quick {
        match self.cells[cell].get() {
            Some(quick) => quick,
            None => self.quicken(cell),
        }
    }

    #[cold]
    #[inline(never)]
    fn quicken(&self, cell: usize) -> &Quick {
        self.cells[cell].get_or_init(|| {
            let (module, position) = self.locate(cell);
            quicken::quicken(module, position, &self.types)
        })
    }

    /// The analysed LIR of a cell.
    pub(crate) fn flow(&self, cell: usize) -> Flow<'_> {
        let (module, position) = self.locate(cell);
        Flow::new(&module.verified, position, &module.types, &self.types)
    }

    pub(crate) fn words(&self) -> &[Word] {
        &self.words
    }

    /// A constant by its number in the program.
    pub(crate) fn constant(&self, number: usize) -> &Constant {
        let following = self
            .modules
            .partition_point(|module| module.first_constant <= number);
        let module = &self.modules[following - 1];
        &module.lir().constants[number - module.first_constant]
    }
}

impl LinkedModule {
    pub(crate) fn lir(&self) -> &Module {
        self.verified.module()
    }
}

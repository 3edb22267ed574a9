//! A linked program: immutable, shared by all machines that run it.
//!
//! Cells are quickened on their first call, once for all machines.

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::flow::Flow;
use super::link::{self, LinkError};
use super::quicken;
use super::specialise::Instances;
use super::view::CellView;
use crate::exec::{Counted, Counter, Quick};
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
    /// The program's cell for each instance that mentions no type variable and no method.
    pub(crate) instances: Vec<Option<usize>>,
}

/// A linked program.
#[derive(Debug)]
pub struct Program {
    types: Arc<TypeTable>,
    modules: Vec<LinkedModule>,
    by_name: FxHashMap<ModuleId, usize>,
    /// The module of each cell that is no instance.
    cell_modules: Vec<u32>,
    /// Instances of generic cells; they are numbered behind all other cells.
    instances: Instances,
    cells: Vec<OnceLock<Quick>>,
    /// Int and Float constants as words, others zero; numbered through all modules.
    words: Vec<Word>,
    /// Whether cells count how often their instructions run.
    counting: bool,
}

/// How often what is counted in a cell happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellCounts {
    /// The cell's module.
    pub module: ModuleId,
    /// The cell, an index into [`Module::cells`]. A generic one has an entry for each of its instances.
    pub cell: usize,
    /// Counts, in the order of the code.
    pub counts: Vec<(Counted, u64)>,
}

/// A cell of a [`Program`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellRef(usize);

impl Program {
    /// Links verified modules, in any order.
    pub fn link(modules: &[VerifiedModule]) -> Result<Program, LinkError> {
        link::link(modules)
    }

    pub(super) fn new(
        types: Arc<TypeTable>,
        mut modules: Vec<LinkedModule>,
        instances: Instances,
    ) -> Program {
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
        let count = cell_modules.len() + instances.all.len();
        let cells = (0..count).map(|_| OnceLock::new()).collect();
        Program {
            types,
            modules,
            by_name,
            cell_modules,
            instances,
            cells,
            words,
            counting: false,
        }
    }

    /// The same program, counting: all its machines together count how often its instructions run and its jumps jump.
    #[must_use]
    pub fn counting(mut self) -> Program {
        self.cells.iter_mut().for_each(|cell| *cell = OnceLock::new());
        self.counting = true;
        self
    }

    /// The counts of all cells that were called so far, in a program that counts.
    pub fn counts(&self) -> Vec<CellCounts> {
        let counts = self.counted_cells().map(|(cell, counts)| {
            let view = self.view(cell);
            CellCounts {
                module: view.module.lir().id.clone(),
                cell: view.position,
                counts,
            }
        });
        counts.collect()
    }

    /// The counts of cells that were called so far, by the number of the cell.
    pub(crate) fn counted_cells(&self) -> impl Iterator<Item = (usize, Vec<(Counted, u64)>)> {
        let called = (0..self.cells.len()).filter_map(|cell| Some((cell, self.cells[cell].get()?)));
        called.map(|(cell, quick)| {
            let read = |counter: &Counter| (counter.counted, counter.count.load(Ordering::Relaxed));
            (cell, quick.counters.iter().map(read).collect())
        })
    }

    /// The types of all values.
    pub(crate) fn types(&self) -> &Arc<TypeTable> {
        &self.types
    }

    /// A module of the program.
    pub fn find_module(&self, id: &ModuleId) -> Option<&Module> {
        self.by_name.get(id).map(|&position| self.modules[position].lir())
    }

    /// The cell of this name, declared or generated. A generic one is not to be found: only its instances run.
    pub fn find_cell(&self, module: &ModuleId, name: &str) -> Option<CellRef> {
        let (number, cell) = self.find_any_cell(module, name)?;
        cell.generics.is_empty().then_some(CellRef(number))
    }

    fn find_any_cell(&self, module: &ModuleId, name: &str) -> Option<(usize, &Cell)> {
        let module = &self.modules[*self.by_name.get(module)?];
        let position = module.lir().cells.iter().position(|cell| cell.name == name)?;
        Some((module.first_cell + position, &module.lir().cells[position]))
    }

    /// The cell `RECORD.suffix` of the module that declares record `ty`; of a generic one the instance for the record's type
    /// arguments.
    pub(crate) fn cell_of_record(&self, ty: TypeRef, suffix: &str) -> Option<CellRef> {
        let nominal = self.types.nominal_of(ty)?;
        let name = format!("{}.{suffix}", nominal.name);
        let (number, cell) = self.find_any_cell(&nominal.module, &name)?;
        if cell.generics.is_empty() {
            return Some(CellRef(number));
        }
        let key = (number, nominal.arguments.clone(), Box::default());
        self.instances.index.get(&key).map(|&number| CellRef(number))
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
        self.cell_result(cell.0)
    }

    /// Type of the value of the cell with a number.
    pub(crate) fn cell_result(&self, cell: usize) -> TypeRef {
        let view = self.view(cell);
        view.ty(view.cell().result)
    }

    pub(crate) fn number(&self, cell: CellRef) -> usize {
        cell.0
    }

    /// The module of a cell, and the cell's position there; of an instance, where its generic cell is.
    pub(crate) fn locate(&self, cell: usize) -> (&LinkedModule, usize) {
        let view = self.view(cell);
        (view.module, view.position)
    }

    /// A cell with what its code refers to.
    pub(crate) fn view(&self, cell: usize) -> CellView<'_> {
        let Some(&module) = self.cell_modules.get(cell) else {
            let instance = &self.instances.all[cell - self.cell_modules.len()];
            return CellView {
                module: &self.modules[instance.module],
                position: instance.cell,
                instance: Some(instance),
            };
        };
        let module = &self.modules[module as usize];
        CellView {
            module,
            position: cell - module.first_cell,
            instance: None,
        }
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
        self.cells[cell].get_or_init(|| quicken::quicken(self.view(cell), &self.types, self.counting))
    }

    /// The analysed LIR of a cell.
    pub(crate) fn flow(&self, cell: usize) -> Flow<'_> {
        Flow::new(self.view(cell), &self.types)
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

//! From SSA with registers to a LIR module and its debug section.
//!
//! Tables hold what the code uses and no more, in an order that follows from the source alone: types and nominals in that of
//! the checker (imported nominals last), constants in that of their first use.

mod code;
mod debug;
mod layout;
mod tables;

use super::allocate::Allocation;
use super::constants::Constants;
use super::ssa::Function;
use super::types::TypeTable;
use crate::compile::Lowered;
use crate::hir;
use lumen_vm::lir;
use tables::{ConstantPool, Numbering, Used};

/// A cell ready to be emitted.
pub(crate) struct Ready {
    pub(crate) function: Function,
    pub(crate) allocation: Allocation,
}

/// Emits a module from its cells, in order.
pub(crate) fn emit(
    module: &hir::Module,
    types: &TypeTable<'_>,
    constants: &Constants<'_>,
    cells: &[Ready],
) -> Lowered {
    let mut used = Used::new(module, types);
    for (cell, ready) in module.cells.iter().zip(cells) {
        used.cell(cell);
        used.function(&ready.function);
    }
    used.close();
    let numbering = Numbering::new(module, types, &used);
    let mut pool = ConstantPool::new(constants);
    let mut debug = lir::Debug::default();
    let mut emitted = Vec::with_capacity(cells.len());
    for (cell, ready) in module.cells.iter().zip(cells) {
        let mut positions = debug::Positions::new(&ready.function, cell.declaration);
        let (code, handlers) = code::code(ready, &numbering, &mut pool, &mut positions);
        debug.cells.push(positions.finish());
        let head = head(cell, &numbering, ready.allocation.count);
        emitted.push(lir::Cell {
            code,
            handlers,
            ..head
        });
    }
    Lowered {
        module: lir::Module {
            id: module.id.clone(),
            constants: pool.finish(),
            nominals: numbering.nominals(module, &used),
            cells: emitted,
            instances: numbering.instances(),
            imported_cells: numbering.imported_cells(module),
            types: numbering.into_types(),
            tools: Vec::new(),
            policies: Vec::new(),
        },
        debug,
    }
}

fn head(cell: &hir::Cell, numbering: &Numbering, registers: u16) -> lir::Cell {
    let parameter = |&local: &hir::LocalId| {
        let local = &cell.locals[local];
        lir::Parameter {
            name: local.name.clone(),
            ty: numbering.ty(local.ty),
        }
    };
    lir::Cell {
        name: cell.name.clone(),
        kind: cell.kind,
        public: cell.public,
        generator: cell.generator,
        generics: numbering.generics(&cell.generics),
        parameters: cell.parameters.iter().map(parameter).collect(),
        result: numbering.ty(cell.result),
        effects: cell.effects.clone(),
        registers,
        code: Vec::new(),
        handlers: Vec::new(),
    }
}

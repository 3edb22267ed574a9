//! Lowering: the typed tree of a module to LIR, by way of SSA form.
//!
//! Cell by cell: [`build`] makes SSA, [`optimise`] improves it, [`allocate`] gives out registers; then [`emit`] writes the
//! module. Nothing here looks at other modules or at source text, and the same tree gives the same bytes everywhere.

mod allocate;
mod build;
mod constants;
mod emit;
mod optimise;
mod ssa;
mod types;

#[cfg(test)]
mod tests;

use crate::compile::Lowered;
use crate::diagnostic::{Code, Diagnostic};
use crate::hir::{Cell, Module};
use allocate::{MOST_REGISTERS, TooManyRegisters};
use build::{Inlining, Source};
use constants::Constants;
use emit::Ready;
use types::TypeTable;

/// Most parameters of a cell.
const MOST_PARAMETERS: usize = 255;

/// Which passes run. All do; tests compare with fewer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// Fold constants, and branches on them.
    pub(crate) fold: bool,
    /// Inline small cells.
    pub(crate) inline: bool,
    /// Run the passes over finished SSA.
    pub(crate) optimise: bool,
}

impl Options {
    const ALL: Options = Options {
        fold: true,
        inline: true,
        optimise: true,
    };
    const NONE: Options = Options {
        fold: false,
        inline: false,
        optimise: false,
    };
}

/// Lowers a module. The errors are E0050: a cell that needs more registers than there are.
pub fn lower(module: &Module) -> Result<Lowered, Vec<Diagnostic>> {
    lower_with(module, Options::ALL)
}

fn lower_with(module: &Module, options: Options) -> Result<Lowered, Vec<Diagnostic>> {
    let mut types = TypeTable::new(&module.types.entries);
    let mut constants = Constants::default();
    let inlining = Inlining::new(module, options.inline);
    let mut cells = Vec::with_capacity(module.cells.len());
    let mut errors = Vec::new();
    for index in 0..module.cells.len() {
        let cell = &module.cells[index];
        let mut source = Source {
            module,
            types: &mut types,
            constants: &mut constants,
            inlining: &inlining,
            options,
        };
        // What the passes hold in registers may be just too much.
        let ready = lower_cell(&mut source, index as u32).or_else(|refused| match refused {
            Refused::Registers => {
                source.options = Options::NONE;
                lower_cell(&mut source, index as u32)
            }
            Refused::Exits => Err(refused),
        });
        match ready {
            Ok(ready) if cell.parameters.len() <= MOST_PARAMETERS => cells.push(ready),
            Err(Refused::Exits) => errors.push(too_many_exits(cell)),
            _ => errors.push(too_many_registers(cell)),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(emit::emit(module, &types, &constants, &cells))
}

/// Why a cell cannot be lowered.
#[derive(Clone, Copy, Debug)]
enum Refused {
    /// More values are live at a time than there are registers.
    Registers,
    /// Too many ways lead out of blocks with too many `defer`s.
    Exits,
}

impl From<TooManyRegisters> for Refused {
    fn from(_: TooManyRegisters) -> Refused {
        Refused::Registers
    }
}

fn lower_cell(source: &mut Source<'_, '_>, index: u32) -> Result<Ready, Refused> {
    let mut function = build::build(source, index);
    if function.has_too_many_exits {
        return Err(Refused::Exits);
    }
    optimise::optimise(&mut function, source.types, source.options);
    let allocation = allocate::allocate(&mut function)?;
    Ok(Ready { function, allocation })
}

fn too_many_exits(cell: &Cell) -> Diagnostic {
    let message = format!(
        "cell `{}` has too many ways out of blocks with a `defer`",
        cell.name
    );
    Diagnostic::new(Code::E0050, cell.declaration, message)
        .label("each way out does each `defer` around it")
        .help("split the cell, or let one `defer` call a cell that does all that is to be done")
}

fn too_many_registers(cell: &Cell) -> Diagnostic {
    let message = format!("cell `{}` needs too many registers", cell.name);
    Diagnostic::new(Code::E0050, cell.declaration, message)
        .label(format!(
            "more than {MOST_REGISTERS} values are needed at one time"
        ))
        .help("split the cell, or keep values that belong together in a list or a record")
}

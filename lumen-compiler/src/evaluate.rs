//! Constants that are more than literals, computed at compile time by the machine that will run the program.
//!
//! A constant that fails, prints, does not end or is defined by itself is E0022. The value of one that is a number, a text
//! or the like takes the place of its expression; others are computed again by whoever runs the program, once a machine.
//! So are, unchecked, those that need code or layouts of other modules, which are not at hand here.

mod calls;

use crate::diagnostic::{Code, Diagnostic};
use crate::hir::{Body, Cell, Expr, ExprKind, Module, Ty, Type};
use crate::lower::lower;
use crate::syntax::ast::Arena;
use calls::Calls;
use lumen_vm::lir::{CellKind, Debug, verify};
use lumen_vm::{CellRef, Failure, Limits, Output, Program, Vm};
use std::sync::Arc;

/// How many calls and jumps backwards a constant may take.
const FUEL: u64 = 10_000_000;
/// How many all constants of a module may take together, so that the time for a module is bounded.
const FUEL_OF_MODULE: u64 = 10 * FUEL;
/// How many bytes its values may take at a time.
const BYTES: usize = 64 << 20;

/// Computes the constants of a module that can be computed. The findings are E0022.
pub(crate) fn constants(module: &mut Module) -> Vec<Diagnostic> {
    let beyond_literals: Vec<usize> = (0..module.cells.len())
        .filter(|&index| is_computed(&module.cells[index]))
        .collect();
    if beyond_literals.is_empty() {
        return Vec::new();
    }
    let calls = Calls::new(module);
    let mut findings = Vec::new();
    let mut ready = Vec::new();
    let mut circular: Vec<usize> = Vec::new();
    for constant in beyond_literals {
        let reached = calls.reached_from(constant);
        if let Some(way) = &reached.way_back {
            if !circular.contains(&constant) {
                findings.push(defined_by_itself(module, way));
            }
            circular.extend(way);
        } else if !reached.leaves_module {
            ready.push((constant, reached.cells));
        }
    }
    // What needs such a constant has no value for no fault of its own.
    ready.retain(|(_, reached)| !circular.iter().any(|&cell| reached[cell]));
    if !ready.is_empty() {
        findings.extend(run(module, &ready));
    }
    findings
}

/// Whether a cell is a constant whose value is not written down.
fn is_computed(cell: &Cell) -> bool {
    let Body::Expr(body) = cell.body else { return false };
    let is_literal = |expr: &Expr| {
        matches!(
            expr.kind,
            ExprKind::Null
                | ExprKind::Bool(_)
                | ExprKind::Int(_)
                | ExprKind::Float(_)
                | ExprKind::String(_)
                | ExprKind::Bytes(_)
        )
    };
    cell.kind == CellKind::Constant && !is_literal(&cell.exprs[body])
}

/// Runs constants, each with the cells that it reaches, and puts their values in place.
fn run(module: &mut Module, constants: &[(usize, Vec<bool>)]) -> Vec<Diagnostic> {
    let needed = |index: usize| constants.iter().any(|(_, reached)| reached[index]);
    let reduced = without_bodies(module, &needed);
    let Ok(lowered) = lower(&reduced) else {
        // Lowering the whole module says so, too.
        return Vec::new();
    };
    let name = lowered.module.id.clone();
    let Ok(verified) = verify(Arc::new(lowered.module)) else {
        return Vec::new();
    };
    let Ok(program) = Program::link(&[verified]) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let mut fuel = FUEL_OF_MODULE;
    for (constant, _) in constants {
        let cell = &module.cells[*constant];
        let Some(entry) = program.find_cell(&name, &cell.name) else {
            continue;
        };
        match compute(&program, entry, &mut fuel) {
            Ok(shown) => embed(module, *constant, shown),
            Err(failure) => findings.push(fails(cell, &failure, &lowered.debug)),
        }
    }
    findings
}

/// The module with the bodies of those cells alone that are needed.
fn without_bodies(module: &Module, needed: &dyn Fn(usize) -> bool) -> Module {
    let mut reduced = module.clone();
    for (index, cell) in reduced.cells.iter_mut().enumerate() {
        if needed(index) {
            continue;
        }
        let mut exprs = Arena::default();
        let message = exprs.push(Expr {
            kind: ExprKind::String(String::new()),
            ty: cell.result,
            span: cell.declaration,
        });
        let halt = exprs.push(Expr {
            kind: ExprKind::Halt(message),
            ty: cell.result,
            span: cell.declaration,
        });
        (cell.exprs, cell.patterns, cell.body) = (exprs, Arena::default(), Body::Expr(halt));
    }
    reduced
}

/// The value as `print` shows it. Takes what it costs from the module's fuel.
fn compute(program: &Program, entry: CellRef, fuel: &mut u64) -> Result<String, Failure> {
    let mut output = Silent::default();
    let most = FUEL.min(*fuel);
    let limits = Limits {
        fuel: Some(most),
        bytes: BYTES,
    };
    let mut machine = Vm::new(program, limits, &mut output);
    let value = machine.run(entry, Vec::new());
    *fuel -= most.saturating_sub(machine.fuel_left());
    let value = value?;
    let shown = machine.show(&value);
    machine.release(value);
    drop(machine);
    match output.has_spoken {
        true => Err(Failure::runtime(
            "a constant is computed at compile time and cannot print",
        )),
        false => shown,
    }
}

/// Notes whether anything was printed.
#[derive(Default)]
struct Silent {
    has_spoken: bool,
}

impl Output for Silent {
    fn print_line(&mut self, _: &str) {
        self.has_spoken = true;
    }

    fn debug_line(&mut self, _: &str) {
        self.has_spoken = true;
    }
}

/// Makes a literal of a computed number, text or Bool.
fn embed(module: &mut Module, constant: usize, shown: String) {
    let cell = &mut module.cells[constant];
    let Body::Expr(body) = cell.body else { return };
    let literal = match type_of(&module.types.entries, cell.exprs[body].ty) {
        Type::Null => Some(ExprKind::Null),
        Type::Bool => Some(ExprKind::Bool(shown == "true")),
        Type::Int => shown.parse().ok().map(ExprKind::Int),
        Type::Float => shown.parse().ok().map(ExprKind::Float),
        Type::String => Some(ExprKind::String(shown)),
        _ => None,
    };
    if let Some(kind) = literal {
        cell.exprs[body].kind = kind;
    }
}

fn type_of(types: &[Type], ty: Ty) -> &Type {
    &types[ty.0 as usize]
}

/// E0022: it does not come to a value.
fn fails(cell: &Cell, failure: &Failure, debug: &Debug) -> Diagnostic {
    let message = format!("constant `{}` has no value: {}", cell.name, failure.message);
    let place = failure.stack.first().and_then(|frame| {
        let debug = debug.cells.get(frame.cell as usize)?;
        frame.source_frames(debug).first()?.span
    });
    let diagnostic = Diagnostic::new(Code::E0022, cell.declaration, message);
    match place {
        Some(place) if place != cell.declaration => diagnostic.related(place, "this fails"),
        _ => diagnostic,
    }
}

/// E0022: to compute it, it must be known.
fn defined_by_itself(module: &Module, way: &[usize]) -> Diagnostic {
    let names: Vec<String> = way
        .iter()
        .map(|&cell| format!("`{}`", module.cells[cell].name))
        .collect();
    let cell = &module.cells[way[0]];
    let message = format!("constant `{}` is defined by itself", cell.name);
    let diagnostic = Diagnostic::new(Code::E0022, cell.declaration, message);
    match names.len() {
        0..=2 => diagnostic,
        _ => diagnostic.label(names.join(" needs ")),
    }
}

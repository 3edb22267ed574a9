//! Which cells of a module the code of a cell may run.

use crate::hir::{Body, Callee, Cell, ExprKind, Module, Statement, Step};
use lumen_vm::lir::{CellKind, Intrinsic};

/// The calls between the cells of a module.
pub(super) struct Calls {
    /// By cell: the cells that it calls or makes functions of.
    callees: Vec<Vec<usize>>,
    /// By cell: whether it calls into another module.
    leaves: Vec<bool>,
    /// By cell: whether it decodes values, for which the machine runs checks and defaults of records.
    decodes: Vec<bool>,
    /// The cells that decoding may run.
    of_records: Vec<usize>,
}

/// What may run when a cell runs.
pub(super) struct Reached {
    /// By cell; the cell itself included.
    pub(super) cells: Vec<bool>,
    /// Whether code of another module may run.
    pub(super) leaves_module: bool,
    /// The way from the cell back to itself, both ends included, if there is one.
    pub(super) way_back: Option<Vec<usize>>,
}

impl Calls {
    pub(super) fn new(module: &Module) -> Calls {
        let mut calls = Calls {
            callees: vec![Vec::new(); module.cells.len()],
            leaves: vec![false; module.cells.len()],
            decodes: module.cells.iter().map(decodes).collect(),
            of_records: (0..module.cells.len())
                .filter(|&cell| is_of_record(module.cells[cell].kind))
                .collect(),
        };
        for (index, cell) in module.cells.iter().enumerate() {
            each_callee(cell, &mut |callee| calls.add(module, index, callee));
        }
        calls
    }

    fn add(&mut self, module: &Module, caller: usize, callee: Callee) {
        match callee {
            // What the checker put aside may name cells that were never made.
            Callee::Here(cell) if cell as usize >= module.cells.len() => {}
            Callee::Here(cell) => self.callees[caller].push(cell as usize),
            Callee::Imported(_) => self.leaves[caller] = true,
            Callee::Instance(instance) => {
                let instance = &module.instances[instance as usize];
                self.add(module, caller, instance.cell);
                for &method in &instance.methods {
                    self.add(module, caller, method);
                }
            }
            // Supplied by a caller, whose instance names it.
            Callee::Method(_) => {}
        }
    }

    pub(super) fn reached_from(&self, start: usize) -> Reached {
        let mut from = vec![None; self.callees.len()];
        let mut cells = vec![false; self.callees.len()];
        cells[start] = true;
        let mut reached = Reached {
            cells: Vec::new(),
            leaves_module: false,
            way_back: None,
        };
        let mut work = vec![start];
        // What decoding runs depends on the type; that it leads back is not known, so it counts for no circle.
        let mut is_decoding = false;
        while let Some(caller) = work.pop() {
            reached.leaves_module |= self.leaves[caller];
            for &callee in &self.callees[caller] {
                if callee == start && !is_decoding && reached.way_back.is_none() {
                    reached.way_back = Some(way(&from, start, caller));
                }
                if !std::mem::replace(&mut cells[callee], true) {
                    from[callee] = Some(caller);
                    work.push(callee);
                }
            }
            if work.is_empty()
                && !is_decoding
                && (0..cells.len()).any(|cell| cells[cell] && self.decodes[cell])
            {
                is_decoding = true;
                for &cell in &self.of_records {
                    if !std::mem::replace(&mut cells[cell], true) {
                        work.push(cell);
                    }
                }
            }
        }
        reached.cells = cells;
        reached
    }
}

/// From the start to `last`, and back to the start.
fn way(from: &[Option<usize>], start: usize, last: usize) -> Vec<usize> {
    let mut way = vec![start, last];
    while let Some(before) = from[way[way.len() - 1]] {
        way.push(before);
    }
    if last == start {
        way.truncate(1);
    }
    way.push(start);
    way.dedup();
    way.reverse();
    way
}

fn decodes(cell: &Cell) -> bool {
    cell.exprs.iter().any(|(_, expr)| match &expr.kind {
        ExprKind::Schema(..) => true,
        ExprKind::Intrinsic { intrinsic, .. } => *intrinsic == Intrinsic::Patch,
        _ => false,
    })
}

fn is_of_record(kind: CellKind) -> bool {
    matches!(
        kind,
        CellKind::Check | CellKind::Constructor | CellKind::FieldDefault
    )
}

/// Visits every callee that a cell's code names.
fn each_callee(cell: &Cell, visit: &mut dyn FnMut(Callee)) {
    if let Body::Constructor { check, .. } = cell.body {
        visit(check);
    }
    for (_, expr) in cell.exprs.iter() {
        match &expr.kind {
            ExprKind::Call { callee, defaults, .. } => {
                visit(*callee);
                defaults.iter().for_each(|(_, default)| visit(*default));
            }
            ExprKind::Construct {
                constructor,
                defaults,
                ..
            } => {
                constructor.iter().for_each(|constructor| visit(*constructor));
                defaults.iter().for_each(|(_, default)| visit(*default));
            }
            ExprKind::Closure { callee, .. } => visit(*callee),
            ExprKind::Block { statements, .. } => {
                for statement in statements {
                    let Statement::Assign { steps, .. } = statement else {
                        continue;
                    };
                    for step in steps {
                        if let Step::Field {
                            constructor: Some(constructor),
                            ..
                        } = step
                        {
                            visit(*constructor);
                        }
                    }
                }
            }
            _ => {}
        }
    }
}

//! What coverage says of a document: counts by line, branches, cells. Pure; made from modules and counts.

use super::cell::{Text, texts};
use super::graph::Counts;
use lumen_build::ProgramModule;
use lumen_compiler::document::Form;
use lumen_vm::lir::{CellKind, ModuleId};
use lumen_vm::{CellCounts, Program};
use std::collections::BTreeMap;

/// The coverage of a document.
pub(super) struct DocumentCoverage {
    /// As seen from the workspace's folder, with `/`.
    pub(super) path: String,
    /// The document itself.
    pub(super) text: String,
    /// How often each line ran that can run.
    pub(super) lines: BTreeMap<u32, u64>,
    /// Branches by line: how often each way was gone.
    pub(super) branches: BTreeMap<u32, Vec<Vec<u64>>>,
    /// Declared cells, by line and name, with how often they were called.
    pub(super) cells: BTreeMap<(u32, String), u64>,
}

/// How many there are, and how many of them were reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) found: u64,
    pub(super) hit: u64,
}

impl Share {
    pub(super) fn of(counts: impl Iterator<Item = u64>) -> Share {
        let mut share = Share::default();
        for count in counts {
            share.found += 1;
            share.hit += u64::from(count > 0);
        }
        share
    }

    pub(super) fn and(self, other: Share) -> Share {
        Share {
            found: self.found + other.found,
            hit: self.hit + other.hit,
        }
    }

    /// In tenths of a percent, rounded down, so that only what is whole is 100 %. Nothing is whole.
    pub(super) fn tenths(self) -> u64 {
        (self.hit * 1000).checked_div(self.found).unwrap_or(1000)
    }

    /// `87.5 %`.
    pub(super) fn percent(self) -> String {
        format!("{}.{} %", self.tenths() / 10, self.tenths() % 10)
    }
}

impl DocumentCoverage {
    pub(super) fn line_share(&self) -> Share {
        Share::of(self.lines.values().copied())
    }

    pub(super) fn branch_share(&self) -> Share {
        Share::of(self.branches.values().flatten().flatten().copied())
    }

    pub(super) fn cell_share(&self) -> Share {
        Share::of(self.cells.values().copied())
    }
}

/// The counts of a program, by module and cell; those of a generic cell's instances together.
pub(super) struct ProgramCounts(BTreeMap<ModuleId, BTreeMap<usize, Counts>>);

impl ProgramCounts {
    pub(super) fn of(program: Option<&Program>) -> ProgramCounts {
        let mut all: BTreeMap<ModuleId, BTreeMap<usize, Counts>> = BTreeMap::new();
        for CellCounts { module, cell, counts } in program.map(Program::counts).unwrap_or_default() {
            let known = all.entry(module).or_default().entry(cell).or_default();
            for (counted, count) in counts {
                *known.entry(counted).or_default() += count;
            }
        }
        ProgramCounts(all)
    }
}

/// The coverage of the document of a module.
pub(super) fn document_coverage(
    module: &ProgramModule,
    text: String,
    counts: &ProgramCounts,
) -> DocumentCoverage {
    let positions = Form::of_path(&module.path).positions(&text).module;
    let line = |span| positions.range(span).start.line;
    let none = BTreeMap::new();
    let counts = counts.0.get(&module.module.id).unwrap_or(&none);
    let cells = &module.module.cells;
    let mut coverage = DocumentCoverage {
        path: module.path.clone(),
        text: String::new(),
        lines: BTreeMap::new(),
        branches: BTreeMap::new(),
        cells: BTreeMap::new(),
    };
    let mut branches = Text::default();
    for (index, counted) in texts(cells, &module.debug, counts, &line).into_iter().enumerate() {
        let cell = &cells[index];
        let owner = cell.name.split(".lambda.").next().unwrap_or_default();
        let of_test = cells
            .iter()
            .any(|cell| cell.kind == CellKind::Test && cell.name == owner);
        // Tests measure; constants are computed when they are compiled.
        if of_test || cell.kind == CellKind::Constant {
            continue;
        }
        if cell.kind == CellKind::Declared
            && let Some(positions) = module.debug.cells.get(index)
        {
            let key = (line(positions.declaration), cell.name.clone());
            coverage.cells.insert(key, counted.calls);
        }
        branches.add_branches(&counted);
        coverage.add_lines(counted);
    }
    for ((span, _), ways) in branches.branches {
        coverage.branches.entry(line(span)).or_default().push(ways);
    }
    coverage.text = text;
    coverage
}

impl DocumentCoverage {
    /// Adds the lines of a cell's text. A line with text of several cells ran as often as the one that ran most often.
    fn add_lines(&mut self, text: Text) {
        for (line, count) in text.lines {
            let known = self.lines.entry(line).or_default();
            *known = count.max(*known);
        }
    }
}

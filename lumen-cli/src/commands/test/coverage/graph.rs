//! The ways through a cell with how often each was gone: runs of instructions that stand on one line, and the edges
//! between them. Not what a line's count is; `cell.rs` says that.

use lumen_vm::Counted;
use lumen_vm::lir::{Cell, Instruction, Opcode, instructions};
use std::collections::{BTreeMap, BTreeSet};

/// Counts of a cell, of all its instances together.
pub(super) type Counts = BTreeMap<Counted, u64>;

/// Instructions behind one another of one place, which ran equally often.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// Word offset of the first.
    pub(super) offset: usize,
    /// Their place, a number that the caller chose.
    pub(super) place: usize,
    /// How often they ran.
    pub(super) count: u64,
}

/// A way from one run to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) count: u64,
}

/// A jump with several ways.
pub(super) struct Branch {
    pub(super) run: usize,
    /// How often each way was gone: a condition that holds, then one that does not; a `switch` by its targets.
    pub(super) ways: Vec<u64>,
}

/// A cell's runs and edges.
#[derive(Default)]
pub(super) struct Graph {
    pub(super) runs: Vec<Run>,
    pub(super) edges: Vec<Edge>,
    pub(super) branches: Vec<Branch>,
}

impl Graph {
    /// The graph of a cell; `place` tells the place of the instruction at a word offset.
    pub(super) fn new(cell: &Cell, counts: &Counts, place: impl Fn(usize) -> usize) -> Graph {
        let code: Vec<(usize, Instruction<'_>)> = instructions(&cell.code)
            .map_while(|(offset, decoded)| Some((offset, decoded.ok()?)))
            .collect();
        let starts = block_starts(cell, &code);
        let mut graph = Graph::default();
        let mut by_block = BTreeMap::new();
        let mut pending = Vec::new();
        let mut current = 0;
        for (index, (offset, instruction)) in code.iter().enumerate() {
            let starts_block = starts.contains(offset);
            let counted = counts.get(&Counted::Instruction(*offset as u32)).copied();
            let place = place(*offset);
            let last = graph.runs.last().copied();
            if starts_block || counted.is_some() || last.is_some_and(|last| last.place != place) {
                current = match (counted, starts_block) {
                    (Some(count), _) => count,
                    (None, true) => 0,
                    (None, false) => current,
                };
                let (offset, count) = (*offset, current);
                graph.runs.push(Run { offset, place, count });
                let run = graph.runs.len() - 1;
                if starts_block {
                    by_block.insert(offset, run);
                } else {
                    let from = run - 1;
                    graph.edges.push(Edge { from, to: run, count });
                }
            }
            let behind = offset + instruction.length();
            let next_starts = code.get(index + 1).is_none_or(|(next, _)| starts.contains(next));
            if next_starts {
                let run = graph.runs.len() - 1;
                let ways = ways(*offset, instruction, current, counts);
                let targets = instruction
                    .jump_targets(*offset)
                    .map(|target| target as usize)
                    .chain(instruction.falls_through().then_some(behind));
                pending.extend(targets.zip(&ways).map(|(to, &count)| (run, to, count)));
                graph.branch(run, *offset, instruction, &ways);
            }
        }
        for (from, target, count) in pending {
            if let Some(&to) = by_block.get(&target) {
                graph.edges.push(Edge { from, to, count });
            }
        }
        graph
    }

    fn branch(&mut self, run: usize, offset: usize, instruction: &Instruction<'_>, ways: &[u64]) {
        let ways = match instruction.opcode {
            Opcode::JumpIf | Opcode::Next => ways.to_vec(),
            Opcode::JumpIfNot => ways.iter().rev().copied().collect(),
            Opcode::Switch => {
                let mut by_target: Vec<(i64, u64)> = Vec::new();
                for (target, &count) in instruction.jump_targets(offset).zip(ways) {
                    match by_target.iter_mut().find(|(known, _)| *known == target) {
                        Some((_, sum)) => *sum += count,
                        None => by_target.push((target, count)),
                    }
                }
                by_target.into_iter().map(|(_, count)| count).collect()
            }
            _ => return,
        };
        if ways.len() > 1 {
            self.branches.push(Branch { run, ways });
        }
    }

    /// Leads ways past runs that `is_nowhere` and have one way on, so that they do not part what is on one line.
    pub(super) fn bridge(&mut self, is_nowhere: impl Fn(&Run) -> bool) {
        let mut only: Vec<Option<usize>> = vec![None; self.runs.len()];
        let mut several = vec![false; self.runs.len()];
        for edge in &self.edges {
            several[edge.from] |= only[edge.from].replace(edge.to).is_some();
        }
        let passes = |run: usize| only[run].filter(|_| !several[run] && is_nowhere(&self.runs[run]));
        let ends: Vec<usize> = (0..self.runs.len())
            .map(|run| {
                let mut end = run;
                for _ in 0..self.runs.len() {
                    match passes(end) {
                        Some(next) => end = next,
                        None => break,
                    }
                }
                end
            })
            .collect();
        let mut entered = vec![0; self.runs.len()];
        for edge in &self.edges {
            entered[edge.to] += edge.count;
        }
        let from_nowhere: Vec<bool> = (0..self.runs.len()).map(|run| ends[run] != run).collect();
        // What begins in such a run has no way into it.
        for edge in &mut self.edges {
            match from_nowhere[edge.from] {
                true => edge.count = edge.count.saturating_sub(entered[edge.from]),
                false => edge.to = ends[edge.to],
            }
        }
    }

    /// For each run, whether control comes to it after a failure only.
    pub(super) fn only_after_failures(&self) -> Vec<bool> {
        let mut after: Vec<Vec<usize>> = vec![Vec::new(); self.runs.len()];
        for edge in &self.edges {
            after[edge.from].push(edge.to);
        }
        let mut only = vec![true; self.runs.len()];
        let mut open: Vec<usize> = (0..self.runs.len().min(1)).collect();
        while let Some(run) = open.pop() {
            if std::mem::replace(&mut only[run], false) {
                open.extend(&after[run]);
            }
        }
        only
    }

    /// How often each run was begun other than over an edge: the cell's start, handlers.
    pub(super) fn begun(&self) -> Vec<u64> {
        let mut begun: Vec<u64> = self.runs.iter().map(|run| run.count).collect();
        for edge in &self.edges {
            begun[edge.to] = begun[edge.to].saturating_sub(edge.count);
        }
        begun
    }
}

fn block_starts(cell: &Cell, code: &[(usize, Instruction<'_>)]) -> BTreeSet<usize> {
    let mut starts = BTreeSet::from([0]);
    starts.extend(cell.handlers.iter().map(|handler| handler.target as usize));
    for (offset, instruction) in code {
        let targets = instruction.jump_targets(*offset).map(|target| target as usize);
        starts.extend(targets);
        if instruction.jump_offsets().len() > 0 || !instruction.falls_through() {
            starts.insert(offset + instruction.length());
        }
    }
    starts
}

/// How often each way out of the last instruction of a block was gone, which ran `count` times: jump targets in order, then
/// the way on.
fn ways(offset: usize, instruction: &Instruction<'_>, count: u64, counts: &Counts) -> Vec<u64> {
    let way = |number: usize| {
        let counted = Counted::Way(offset as u32, number as u32);
        counts.get(&counted).copied()
    };
    let targets = instruction.jump_offsets().len();
    match instruction.opcode {
        Opcode::Jump => vec![count],
        Opcode::JumpIf | Opcode::JumpIfNot => {
            let on = way(1).unwrap_or(0);
            vec![count.saturating_sub(on), on]
        }
        Opcode::Switch | Opcode::Next => (0..targets + usize::from(instruction.falls_through()))
            .map(|number| way(number).unwrap_or(0))
            .collect(),
        _ if instruction.falls_through() => vec![way(0).unwrap_or(count)],
        _ => Vec::new(),
    }
}

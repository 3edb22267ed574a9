//! From the counts of a cell's instructions to how often lines ran, calls took place and branches went which way.
//!
//! A line's count is how often control came to it from another line, and how often it went round in a loop that stands on
//! the line as a whole. A call that the compiler has inlined counts as if it were one: the caller's line goes on around it,
//! the lines of the cell that is called are told apart by the place of the call and summed up in the end.

use super::graph::{Counts, Edge, Graph};
use lumen_vm::lir::{Cell, CellDebug, Debug, Location, Span};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of a cell's text, from one copy of it or from all together.
#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    /// How often it was called.
    pub(super) calls: u64,
    /// By line of the document.
    pub(super) lines: BTreeMap<u32, u64>,
    /// Ways of branches, by the place of the condition and the number of the branch there.
    pub(super) branches: BTreeMap<(Span, usize), Vec<u64>>,
}

impl Text {
    fn add(&mut self, other: &Text) {
        self.calls += other.calls;
        for (&line, &count) in &other.lines {
            *self.lines.entry(line).or_default() += count;
        }
        self.add_branches(other);
    }

    /// Adds the ways of branches, those of one place in the document together.
    pub(super) fn add_branches(&mut self, other: &Text) {
        for (&key, ways) in &other.branches {
            let known = self.branches.entry(key).or_default();
            known.resize(known.len().max(ways.len()), 0);
            known.iter_mut().zip(ways).for_each(|(sum, way)| *sum += way);
        }
    }

    /// Takes the copies of the cell's text in other cells. The compiler leaves out of a copy what has no effect there, so what
    /// one that ran does not have was not seen not to run.
    fn add_copies(&mut self, copies: &[Text]) {
        copies.iter().for_each(|copy| self.add(copy));
        for copy in copies.iter().filter(|copy| copy.calls > 0) {
            self.lines
                .retain(|line, count| *count > 0 || copy.lines.contains_key(line));
            self.branches
                .retain(|key, ways| ways.iter().any(|way| *way > 0) || copy.branches.contains_key(key));
        }
    }
}

/// The texts of a module's cells, by cell.
pub(super) fn texts(
    cells: &[Cell],
    debug: &Debug,
    counts: &BTreeMap<usize, Counts>,
    line: &dyn Fn(Span) -> u32,
) -> Vec<Text> {
    let mut own = vec![Text::default(); cells.len()];
    let mut inlined: BTreeMap<usize, Vec<Text>> = BTreeMap::new();
    let none = Counts::new();
    for (index, (cell, positions)) in cells.iter().zip(&debug.cells).enumerate() {
        let counts = counts.get(&index).unwrap_or(&none);
        let copy = Copies::new(positions, debug, line);
        for ((caller, owner), text) in copy.count(index as u32, cell, counts) {
            match caller {
                None => own[index].add(&text),
                Some(_) => inlined.entry(owner as usize).or_default().push(text),
            }
        }
    }
    for (cell, copies) in inlined {
        if let Some(text) = own.get_mut(cell) {
            text.add_copies(&copies);
        }
    }
    own
}

/// A copy of a cell's text in the code of a cell: the call that was inlined, if it was.
type Caller = Option<u32>;

/// A line of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Line { caller: Caller, cell: u32, line: u32 },
    Copy { caller: u32, cell: u32 },
}

/// What is known of the locations of a cell.
struct Copies<'d> {
    positions: &'d CellDebug,
    /// By location: all lines and copies that it is in.
    places: Vec<BTreeSet<Place>>,
    /// By location: whether it is on a line.
    on_line: Vec<bool>,
}

impl<'d> Copies<'d> {
    fn new(positions: &'d CellDebug, debug: &Debug, line: &dyn Fn(Span) -> u32) -> Copies<'d> {
        let mut copies = Copies {
            positions,
            places: Vec::new(),
            on_line: Vec::new(),
        };
        for location in &positions.locations {
            let Location { cell, span, caller } = *location;
            let around = caller.and_then(|caller| copies.places.get(caller as usize));
            let mut places = around.cloned().unwrap_or_default();
            if let Some(caller) = caller {
                places.insert(Place::Copy { caller, cell });
            }
            // What is in no expression has the place of the cell's name.
            let declaration = debug.cells.get(cell as usize).map(|cell| cell.declaration);
            let on_line = declaration != Some(span);
            if on_line {
                let line = line(span);
                places.insert(Place::Line { caller, cell, line });
            }
            copies.places.push(places);
            copies.on_line.push(on_line);
        }
        copies
    }

    /// The location of the instruction at a word offset; one behind the last if it has none.
    fn location(&self, offset: usize) -> usize {
        let entries = &self.positions.instructions;
        let following = entries.partition_point(|&(known, _)| known as usize <= offset);
        following
            .checked_sub(1)
            .map_or(self.places.len(), |entry| entries[entry].1 as usize)
    }

    /// The texts in the code of a cell, by the call that was inlined and the cell whose text it is.
    fn count(&self, index: u32, cell: &Cell, counts: &Counts) -> BTreeMap<(Caller, u32), Text> {
        let mut graph = Graph::new(cell, counts, |offset| self.location(offset));
        let mut texts: BTreeMap<(Caller, u32), Text> = BTreeMap::new();
        let own = texts.entry((None, index)).or_default();
        own.calls = counts.get(&lumen_vm::Counted::Start).copied().unwrap_or(0);
        // What is deferred stands in the code twice: on the way out, and for failures.
        let for_failures = graph.only_after_failures();
        let mut numbers: BTreeMap<(usize, bool), usize> = BTreeMap::new();
        for branch in &graph.branches {
            let place = graph.runs[branch.run].place;
            let Some(location) = self
                .positions
                .locations
                .get(place)
                .filter(|_| self.on_line[place])
            else {
                continue;
            };
            let number = numbers.entry((place, for_failures[branch.run])).or_default();
            let key = (location.span, *number);
            *number += 1;
            let mut one = Text::default();
            one.branches.insert(key, branch.ways.clone());
            let copy = (location.caller, location.cell);
            texts.entry(copy).or_default().add(&one);
        }
        let none = BTreeSet::new();
        let places = |run: usize| self.places.get(run).unwrap_or(&none);
        graph.bridge(|run| places(run.place).is_empty());
        for (place, count) in counted(&graph, &places) {
            match place {
                Place::Line { caller, cell, line } => {
                    let text = texts.entry((caller, cell)).or_default();
                    *text.lines.entry(line).or_default() += count;
                }
                Place::Copy { caller, cell } => {
                    texts.entry((Some(caller), cell)).or_default().calls += count;
                }
            }
        }
        texts
    }
}

/// How often control came to each place from outside of it, or went round within.
fn counted<'p>(graph: &Graph, places: &impl Fn(usize) -> &'p BTreeSet<Place>) -> BTreeMap<Place, u64> {
    let of_run = |run: usize| places(graph.runs[run].place);
    let mut counted: BTreeMap<Place, u64> = BTreeMap::new();
    for (run, begun) in graph.begun().into_iter().enumerate() {
        for &place in of_run(run) {
            *counted.entry(place).or_default() += begun;
        }
    }
    let mut looping = BTreeSet::new();
    for edge in &graph.edges {
        let (from, to) = (of_run(edge.from), of_run(edge.to));
        for &place in to.difference(from) {
            *counted.entry(place).or_default() += edge.count;
        }
        if edge.count > 0 && graph.runs[edge.to].offset <= graph.runs[edge.from].offset {
            looping.extend(to.intersection(from).copied());
        }
    }
    for place in looping {
        let within = |edge: &&Edge| of_run(edge.from).contains(&place) && of_run(edge.to).contains(&place);
        let edges: Vec<Edge> = graph.edges.iter().filter(within).copied().collect();
        *counted.entry(place).or_default() += rounds(graph, edges);
    }
    counted
}

/// How often control went round: cycles are taken out of the edges, one after the other, each as often as its rarest edge.
fn rounds(graph: &Graph, mut edges: Vec<Edge>) -> u64 {
    let mut rounds = 0;
    let back: Vec<usize> = (0..edges.len())
        .filter(|&edge| graph.runs[edges[edge].to].offset <= graph.runs[edges[edge].from].offset)
        .collect();
    for edge in back {
        while edges[edge].count > 0
            && let Some(mut cycle) = way(&edges, edges[edge].to, edges[edge].from)
        {
            cycle.push(edge);
            let times = cycle.iter().map(|&edge| edges[edge].count).min().unwrap_or(0);
            cycle.iter().for_each(|&edge| edges[edge].count -= times);
            rounds += times;
        }
    }
    rounds
}

/// The edges of a shortest way over edges that are left.
fn way(edges: &[Edge], from: usize, to: usize) -> Option<Vec<usize>> {
    let mut reached: BTreeMap<usize, Option<usize>> = BTreeMap::from([(from, None)]);
    let mut queue = std::collections::VecDeque::from([from]);
    while let Some(run) = queue.pop_front() {
        if run == to {
            let mut way = Vec::new();
            let mut at = run;
            while let Some(Some(edge)) = reached.get(&at) {
                way.push(*edge);
                at = edges[*edge].from;
            }
            return Some(way);
        }
        for (number, edge) in edges.iter().enumerate() {
            if edge.from == run && edge.count > 0 && !reached.contains_key(&edge.to) {
                reached.insert(edge.to, Some(number));
                queue.push_back(edge.to);
            }
        }
    }
    None
}

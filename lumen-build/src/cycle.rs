//! Import cycles among modules that wait for one another: which modules are on them, and which import to report.
//!
//! Every module on a cycle is on a reported one, and each reported cycle is a shortest one through its smallest module
//! that was not reported before. Pure index arithmetic, no recursion.

use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;

/// The cycles of a graph.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Cycles {
    /// Modules on cycles, ascending.
    pub(crate) members: Vec<u32>,
    /// Cycles to report: modules in order of import, the reporting one first, without repeating it at the end.
    pub(crate) reported: Vec<Vec<u32>>,
    /// Number of the strongly connected component of each member.
    component: FxHashMap<u32, u32>,
}

impl Cycles {
    /// Whether an import from one module to the other lies on a cycle.
    pub(crate) fn closes(&self, from: u32, to: u32) -> bool {
        self.component
            .get(&from)
            .is_some_and(|component| self.component.get(&to) == Some(component))
    }
}

/// Finds the cycles among `modules` (ascending) along `edges`.
pub(crate) fn find(modules: &[u32], edges: &FxHashMap<u32, Vec<u32>>) -> Cycles {
    let mut cycles = Cycles::default();
    let mut reported = FxHashSet::default();
    for (number, component) in components(modules, edges).into_iter().enumerate() {
        let [first, ..] = component.as_slice() else {
            continue;
        };
        let imports_itself = edges.get(first).is_some_and(|targets| targets.contains(first));
        if component.len() > 1 || imports_itself {
            cycles
                .component
                .extend(component.iter().map(|module| (*module, number as u32)));
            cycles.members.extend(component);
        }
    }
    cycles.members.sort_unstable();
    for module in cycles.members.clone() {
        if !reported.contains(&module) {
            let cycle = shortest(module, edges, &cycles);
            reported.extend(cycle.iter().copied());
            cycles.reported.push(cycle);
        }
    }
    cycles
}

/// Strongly connected components, each after those that it reaches, by Tarjan's algorithm (1972) on an explicit stack.
pub(crate) fn components(modules: &[u32], edges: &FxHashMap<u32, Vec<u32>>) -> Vec<Vec<u32>> {
    let known: FxHashSet<u32> = modules.iter().copied().collect();
    let mut order: FxHashMap<u32, usize> = FxHashMap::default();
    let mut low: FxHashMap<u32, usize> = FxHashMap::default();
    let mut on_stack: FxHashSet<u32> = FxHashSet::default();
    let (mut stack, mut found) = (Vec::new(), Vec::new());
    for start in modules {
        let mut work = vec![(*start, 0)];
        while let Some((module, position)) = work.pop() {
            if position == 0 {
                if order.contains_key(&module) {
                    continue;
                }
                order.insert(module, order.len());
                low.insert(module, order.len() - 1);
                stack.push(module);
                on_stack.insert(module);
            }
            let targets = edges.get(&module).map(Vec::as_slice).unwrap_or_default();
            let Some(target) = targets.get(position) else {
                close(module, &order, &low, &mut stack, &mut on_stack, &mut found);
                let reached = low.get(&module).copied();
                if let Some((parent, _)) = work.last() {
                    lower(&mut low, *parent, reached);
                }
                continue;
            };
            work.push((module, position + 1));
            match order.get(target) {
                None if known.contains(target) => work.push((*target, 0)),
                Some(target_order) if on_stack.contains(target) => {
                    lower(&mut low, module, Some(*target_order))
                }
                _ => {}
            }
        }
    }
    found
}

fn lower(low: &mut FxHashMap<u32, usize>, module: u32, to: Option<usize>) {
    if let (Some(value), Some(to)) = (low.get_mut(&module), to) {
        *value = (*value).min(to);
    }
}

/// Takes a component off the stack if `module` is its root.
fn close(
    module: u32,
    order: &FxHashMap<u32, usize>,
    low: &FxHashMap<u32, usize>,
    stack: &mut Vec<u32>,
    on_stack: &mut FxHashSet<u32>,
    found: &mut Vec<Vec<u32>>,
) {
    if order.get(&module) != low.get(&module) || !on_stack.contains(&module) {
        return;
    }
    let start = stack.iter().rposition(|other| *other == module).unwrap_or(0);
    let component: Vec<u32> = stack.drain(start..).collect();
    for member in &component {
        on_stack.remove(member);
    }
    found.push(component);
}

/// Breadth-first search from a module on a cycle back to itself.
fn shortest(start: u32, edges: &FxHashMap<u32, Vec<u32>>, cycles: &Cycles) -> Vec<u32> {
    let mut reached_from: FxHashMap<u32, u32> = FxHashMap::default();
    let mut queue = VecDeque::from([start]);
    while let Some(module) = queue.pop_front() {
        for target in edges.get(&module).into_iter().flatten() {
            if *target == start {
                let step = |at: &u32| (*at != start).then(|| reached_from.get(at).copied()).flatten();
                let mut cycle: Vec<u32> = std::iter::successors(Some(module), step).collect();
                cycle.reverse();
                return cycle;
            }
            if cycles.closes(start, *target) && !reached_from.contains_key(target) {
                reached_from.insert(*target, module);
                queue.push_back(*target);
            }
        }
    }
    vec![start]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn graph(edges: &[&[u32]]) -> (Vec<u32>, FxHashMap<u32, Vec<u32>>) {
        let edges = edges
            .iter()
            .enumerate()
            .map(|(module, targets)| (module as u32, targets.to_vec()));
        let edges: FxHashMap<u32, Vec<u32>> = edges.collect();
        ((0..edges.len() as u32).collect(), edges)
    }

    #[test]
    fn each_cycle_is_reported_once_from_its_smallest_module() {
        // 0 <-> 1 <-> 2, 3 waits for 0, 4 imports itself.
        let (modules, edges) = graph(&[&[1], &[0, 2], &[1], &[0], &[4]]);
        let cycles = find(&modules, &edges);
        assert_eq!(cycles.members, [0, 1, 2, 4]);
        assert_eq!(cycles.reported, [vec![0, 1], vec![2, 1], vec![4]]);
        assert!(cycles.closes(1, 2) && !cycles.closes(3, 0) && cycles.closes(4, 4));
    }

    #[test]
    fn a_long_cycle_needs_no_stack() {
        let length = 100_000u32;
        let modules: Vec<u32> = (0..length).collect();
        let edges = modules
            .iter()
            .map(|module| (*module, vec![(module + 1) % length]))
            .collect();
        assert_eq!(find(&modules, &edges).reported, [modules]);
    }

    proptest! {
        /// Oracle: the transitive closure by Floyd and Warshall.
        #[test]
        fn members_are_those_that_reach_themselves(raw in proptest::collection::vec(proptest::collection::btree_set(0u32..9, 0..3), 9)) {
            let lists: Vec<Vec<u32>> = raw.iter().map(|targets| targets.iter().copied().collect()).collect();
            let slices: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
            let (modules, edges) = graph(&slices);
            let mut reach = [[false; 9]; 9];
            for (from, targets) in lists.iter().enumerate() {
                targets.iter().for_each(|to| reach[from][*to as usize] = true);
            }
            for middle in 0..9 {
                for from in 0..9 {
                    for to in 0..9 {
                        reach[from][to] |= reach[from][middle] && reach[middle][to];
                    }
                }
            }
            let cycles = find(&modules, &edges);
            for (from, row) in (0u32..).zip(&reach) {
                let on_cycle = row[from as usize];
                prop_assert_eq!(cycles.members.contains(&from), on_cycle);
                prop_assert_eq!(cycles.reported.iter().any(|cycle| cycle.contains(&from)), on_cycle);
                for (to, there) in (0u32..).zip(row) {
                    prop_assert_eq!(cycles.closes(from, to), *there && reach[to as usize][from as usize]);
                }
            }
            for cycle in &cycles.reported {
                let next = cycle.iter().cycle().skip(1);
                prop_assert!(cycle.iter().zip(next).all(|(from, to)| lists[*from as usize].contains(to)));
            }
        }
    }
}

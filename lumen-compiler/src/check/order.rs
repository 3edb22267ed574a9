//! Strongly connected components, dependencies first (Tarjan 1972, with an explicit stack): in which order aliases and
//! cells without a written result are worked out, and which of them go round in circles.

/// Components of the graph in which node `n` depends on `edges[n]`, each after all it depends on; members ascending.
pub(crate) fn components(edges: &[Vec<u32>]) -> Vec<Vec<u32>> {
    let mut search = Search {
        edges,
        index: vec![UNSEEN; edges.len()],
        low: vec![0; edges.len()],
        on_stack: vec![false; edges.len()],
        stack: Vec::new(),
        next: 0,
        found: Vec::new(),
    };
    for node in 0..edges.len() {
        if search.index[node] == UNSEEN {
            search.run(node);
        }
    }
    search.found
}

const UNSEEN: u32 = u32::MAX;

struct Search<'a> {
    edges: &'a [Vec<u32>],
    index: Vec<u32>,
    low: Vec<u32>,
    on_stack: Vec<bool>,
    stack: Vec<u32>,
    next: u32,
    found: Vec<Vec<u32>>,
}

impl Search<'_> {
    fn run(&mut self, root: usize) {
        let mut work = vec![(root, 0usize)];
        self.enter(root);
        while let Some((node, edge)) = work.pop() {
            let Some(target) = self.edges[node].get(edge).map(|target| *target as usize) else {
                self.leave(node);
                if let Some((parent, _)) = work.last() {
                    self.low[*parent] = self.low[*parent].min(self.low[node]);
                }
                continue;
            };
            work.push((node, edge + 1));
            if self.index[target] == UNSEEN {
                self.enter(target);
                work.push((target, 0));
            } else if self.on_stack[target] {
                self.low[node] = self.low[node].min(self.index[target]);
            }
        }
    }

    fn enter(&mut self, node: usize) {
        self.index[node] = self.next;
        self.low[node] = self.next;
        self.next += 1;
        self.stack.push(node as u32);
        self.on_stack[node] = true;
    }

    fn leave(&mut self, node: usize) {
        if self.low[node] != self.index[node] {
            return;
        }
        let start = self
            .stack
            .iter()
            .rposition(|entry| *entry as usize == node)
            .expect("it was entered");
        let mut component = self.stack.split_off(start);
        for member in &component {
            self.on_stack[*member as usize] = false;
        }
        component.sort_unstable();
        self.found.push(component);
    }
}

#[cfg(test)]
mod tests {
    use super::components;

    #[test]
    fn dependencies_come_first_and_circles_stay_together() {
        let edges = vec![vec![1], vec![2, 3], vec![1], vec![], vec![4]];
        assert_eq!(components(&edges), vec![vec![3], vec![1, 2], vec![0], vec![4]]);
    }

    #[test]
    fn a_long_chain_needs_no_native_stack() {
        let edges: Vec<Vec<u32>> = (1..=200_000).map(|next| vec![next % 200_000]).collect();
        assert_eq!(components(&edges).len(), 1);
    }
}

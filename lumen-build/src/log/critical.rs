//! The critical path: the chain of modules, each importing the one before, on which threads spent most. With however many
//! threads, compiling takes no less than that.

use super::BuildLog;
use std::collections::VecDeque;

/// A module on the critical path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CriticalStep {
    /// Position of its event in the log.
    pub event: usize,
    /// Microseconds spent on it.
    pub duration: u64,
    /// Microseconds from the begin of the path to its end.
    pub until: u64,
}

impl BuildLog {
    /// The critical path, what is compiled first at the front. Modules on import cycles are on none.
    pub fn critical_path(&self) -> Vec<CriticalStep> {
        let chains = self.longest_chains();
        let longest = chains.iter().enumerate().max_by_key(|(position, chain)| {
            (chain.map_or(0, |chain| chain.until), std::cmp::Reverse(*position))
        });
        let mut path = Vec::new();
        let mut next = longest.map(|(position, _)| position);
        while let Some((event, chain)) = next.and_then(|event| Some((event, (*chains.get(event)?)?))) {
            path.push(CriticalStep {
                event,
                duration: self.events.get(event).map_or(0, super::ModuleEvent::duration),
                until: chain.until,
            });
            next = chain.before;
        }
        path.reverse();
        path.retain(|step| step.duration > 0);
        path
    }

    /// For each event the longest chain that ends with it.
    fn longest_chains(&self) -> Vec<Option<Chain>> {
        let count = self.events.len();
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); count];
        let mut missing = vec![0usize; count];
        for (position, event) in self.events.iter().enumerate() {
            for need in event.needs.iter().map(|need| *need as usize) {
                if let Some(users) = users.get_mut(need) {
                    users.push(position);
                    missing[position] += 1;
                }
            }
        }
        let mut chains: Vec<Option<Chain>> = vec![None; count];
        let mut before: Vec<(u64, Option<usize>)> = vec![(0, None); count];
        let mut ready: VecDeque<usize> = (0..count).filter(|position| missing[*position] == 0).collect();
        while let Some(position) = ready.pop_front() {
            let (so_far, previous) = before[position];
            let until = so_far + self.events[position].duration();
            chains[position] = Some(Chain {
                until,
                before: previous,
            });
            for user in &users[position] {
                if until > before[*user].0 {
                    before[*user] = (until, Some(position));
                }
                missing[*user] -= 1;
                if missing[*user] == 0 {
                    ready.push_back(*user);
                }
            }
        }
        chains
    }
}

#[derive(Clone, Copy, Debug)]
struct Chain {
    /// Its length in microseconds.
    until: u64,
    /// The event before the last.
    before: Option<usize>,
}

#[cfg(test)]
mod tests {
    use crate::log::tests::{Case, log};

    #[test]
    fn the_longest_chain_of_work_is_the_critical_path() {
        let cases: [(&[Case<'_>], &str); 5] = [
            (&[], ""),
            (&[("a", 3, &[]), ("b", 5, &[])], "b@5"),
            (
                &[("a", 3, &[]), ("b", 5, &[]), ("c", 1, &[0]), ("d", 1, &[1, 2])],
                "b@5 d@6",
            ),
            (
                &[("a", 3, &[]), ("b", 5, &[]), ("c", 3, &[0]), ("d", 1, &[1, 2])],
                "a@3 c@6 d@7",
            ),
            // A cycle, one that waits for it, one apart, and a position that is none.
            (
                &[
                    ("a", 9, &[1]),
                    ("b", 9, &[0]),
                    ("c", 9, &[1]),
                    ("d", 2, &[]),
                    ("e", 1, &[3, 77]),
                ],
                "d@2 e@3",
            ),
        ];
        for (modules, expected) in cases {
            let log = log(modules);
            let path: Vec<String> = log
                .critical_path()
                .iter()
                .map(|step| format!("{}@{}", log.events[step.event].module.path(), step.until))
                .collect();
            assert_eq!(path.join(" "), expected);
        }
    }
}

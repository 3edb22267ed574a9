//! Findings come in one order, each as early as it permits, whatever the order in which jobs end.

use super::{Dependencies, Job, Known, Next, Scheduler, Verdict};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// A workspace: what each module imports, and how it ends. Imports lead to any other module, cycles included.
#[derive(Clone, Debug)]
struct Project {
    imports: Vec<Vec<u32>>,
    ends: Vec<(Verdict, bool)>,
}

/// What an onlooker knows of a build in progress.
struct Onlooker<'p> {
    project: &'p Project,
    loaded: BTreeSet<u32>,
    settled: BTreeSet<u32>,
    told: Vec<u32>,
}

impl Onlooker<'_> {
    /// The least depth that a module may turn out to have; nothing if it will never be built. Loops end: `open` are being asked.
    fn depth(&self, module: u32, open: &mut Vec<u32>) -> Option<u32> {
        if !self.loaded.contains(&module) {
            return Some(0);
        }
        if open.contains(&module) {
            return None;
        }
        open.push(module);
        let mut depth = Some(0);
        for import in &self.project.imports[module as usize] {
            let failed =
                self.settled.contains(import) && self.project.ends[*import as usize].0 == Verdict::Failed;
            let below = self.depth(*import, open).filter(|_| !failed);
            depth = depth.zip(below).map(|(depth, below)| depth.max(below + 1));
        }
        open.pop();
        depth
    }

    /// Findings that are known and not told, though nothing can come before them.
    fn late(&self) -> Vec<u32> {
        let modules = 0..self.project.imports.len() as u32;
        let unsettled: Vec<(u32, u32)> = modules
            .filter(|module| !self.settled.contains(module))
            .filter_map(|module| Some((self.depth(module, &mut Vec::new())?, module)))
            .collect();
        let is_due = |module: &u32| {
            let turn = self.depth(*module, &mut Vec::new()).map(|depth| (depth, *module));
            turn.is_some_and(|turn| unsettled.iter().all(|other| turn < *other))
        };
        let known = self.settled.iter().copied();
        known
            .filter(|module| self.project.ends[*module as usize].1 && !self.told.contains(module))
            .filter(is_due)
            .collect()
    }
}

/// Builds all of it, with up to `lanes` jobs at once that end in the order that `choices` says, and returns what was told.
fn told(project: &Project, keep_going: bool, lanes: usize, choices: &[usize]) -> Vec<u32> {
    let mut scheduler = Scheduler::new(project.imports.len(), keep_going);
    (0..project.imports.len() as u32).for_each(|module| scheduler.mark_dirty(module));
    let mut onlooker = Onlooker {
        project,
        loaded: BTreeSet::new(),
        settled: BTreeSet::new(),
        told: Vec::new(),
    };
    let mut running: Vec<Job> = Vec::new();
    let mut choices = choices.iter().cycle();
    loop {
        while running.len() < lanes
            && let Next::Job(job) = scheduler.next()
        {
            running.push(job);
        }
        if running.is_empty() {
            let turn = |module: &u32| (onlooker.depth(*module, &mut Vec::new()), *module);
            assert!(onlooker.told.is_sorted_by_key(turn));
            return onlooker.told;
        }
        let choice = choices.next().copied().unwrap_or(0) % running.len();
        match running.remove(choice) {
            Job::Load(module) => {
                onlooker.loaded.insert(module);
                let imports = project.imports[module as usize].clone();
                let known = Known::Not;
                scheduler.loaded(module, &Dependencies { imports, known });
            }
            Job::Build(module) | Job::BuildInCycle(module) => {
                onlooker.settled.insert(module);
                let (verdict, has_findings) = project.ends[module as usize];
                scheduler.finished(module, verdict, has_findings);
            }
        }
        while let Some(module) = scheduler.next_findings() {
            onlooker.told.push(module);
        }
        assert!(!scheduler.has_findings());
        if keep_going {
            assert_eq!(onlooker.late(), Vec::<u32>::new());
        }
    }
}

fn projects() -> impl Strategy<Value = Project> {
    (1_u32..11).prop_flat_map(|modules| {
        let imports = proptest::collection::btree_set(0..modules, 0..4);
        let end = prop_oneof![
            4 => Just((Verdict::Changed, false)),
            2 => Just((Verdict::Changed, true)),
            1 => Just((Verdict::Failed, true)),
        ];
        let count = modules as usize;
        let imports = proptest::collection::vec(imports, count);
        (imports, proptest::collection::vec(end, count)).prop_map(|(imports, ends)| {
            let imports = (0..).zip(imports);
            let others = imports.map(|(module, mut imports)| {
                imports.remove(&module);
                imports.into_iter().collect()
            });
            Project {
                imports: others.collect(),
                ends,
            }
        })
    })
}

proptest! {
    #[test]
    fn findings_come_in_one_order_and_at_once(
        project in projects(),
        keep_going in any::<bool>(),
        schedules in proptest::collection::vec((1_usize..5, proptest::collection::vec(0_usize..8, 1..40)), 2..6),
    ) {
        let first = told(&project, keep_going, 1, &[0]);
        for (lanes, choices) in schedules {
            prop_assert_eq!(&told(&project, keep_going, lanes, &choices), &first);
        }
    }
}

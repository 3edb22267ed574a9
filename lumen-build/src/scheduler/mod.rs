//! Decides what is done next: a suspending scheduler over module numbers. A pure state machine; the session performs
//! its jobs on threads and reports how they ended.
//!
//! A module is *dirty* (its document must be looked at), *suspect* (it reaches a dirty one, and its trace may no longer
//! hold) or *settled*. A dirty module is first loaded, which yields what it depends on, then waits until all of that is
//! settled, then is built. A suspect waits likewise and settles by itself if nothing that it depends on changed.
//! Modules wait for what they import alone. What a suspect only met through its imports has been settled by then, unless
//! it is not met any more: to wait for that could take forever.
//!
//! Without `keep_going` nothing deeper than the first failure is started: a module's depth is the longest chain of
//! imports below it, so what gets reported depends neither on timing nor on what was built before.

mod findings;
mod order;
#[cfg(test)]
mod tests;

use order::{Order, Turn};
use std::collections::VecDeque;

/// Something to do for one module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    /// Read the document and find out what it depends on.
    Load(u32),
    /// Everything that it depends on is settled: find or make its result.
    Build(u32),
    /// It imports itself, perhaps over others: report that.
    BuildInCycle(u32),
}

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// This.
    Job(Job),
    /// Nothing before another job ends.
    Wait,
    /// Nothing any more, except for modules on cycles ([`Scheduler::stuck`]).
    Done,
}

/// How a module ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Its interface is what it was before the build.
    Same,
    /// Its interface is new or different.
    Changed,
    /// It has errors.
    Failed,
}

/// What a module depends on.
#[derive(Clone, Debug)]
pub(crate) struct Dependencies {
    /// What it waits for.
    pub(crate) imports: Vec<u32>,
    pub(crate) known: Known,
}

/// Whether a module's last result may hold.
#[derive(Clone, Debug)]
pub(crate) enum Known {
    /// It must be built in any case.
    Not,
    /// It is a suspect, whose result holds if all of these are what they were: its imports, and whatever it met through them.
    By(Vec<u32>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    /// Its interface is what it was before the build, or what the last verdict said.
    Settled(Verdict),
    /// Waits to be loaded, or is being loaded.
    Loading,
    /// Waits for others. A suspect settles by itself if none of them changed.
    Waiting { suspect: bool },
    /// Waits to be built, or is being built.
    Building,
}

#[derive(Clone, Debug)]
struct Node {
    status: Status,
    /// Unsettled modules that it waits for.
    missing: u32,
    /// Longest chain of imports below it, once they are settled.
    depth: u32,
    /// Whether it is on an import cycle: always reported.
    in_cycle: bool,
    /// Whether it is made a second time in this build, since its result was lost.
    again: bool,
    /// Whether it takes part in the build.
    active: bool,
    /// Whether it has findings, as far as is known.
    has_findings: bool,
    /// For a suspect: what must be as it was.
    known_by: Vec<u32>,
    waiters: Vec<u32>,
}

/// How the modules ended that have no result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Failures {
    /// With errors, ascending.
    pub(crate) failed: Vec<u32>,
    /// Depend on a failed one: module and the failed or skipped module it waits for, ascending.
    pub(crate) skipped: Vec<(u32, u32)>,
    /// Not looked at, or looked at in vain, ascending.
    pub(crate) not_started: Vec<u32>,
}

/// The state of a build.
pub(crate) struct Scheduler {
    nodes: Vec<Node>,
    /// Modules to load.
    unread: VecDeque<u32>,
    /// Modules to build; they come first, so that few documents are in memory.
    ready: VecDeque<Job>,
    running: usize,
    keep_going: bool,
    /// Depth of the shallowest failure.
    failure_depth: Option<u32>,
    /// Findings that wait to be told.
    order: Order,
    /// Modules whose findings could not be told. They are done again when nothing runs that may need their results, and nothing is
    /// told before that.
    postponed: Vec<u32>,
    /// Modules that wait to be loaded, or are being loaded: what they import may yet take part.
    loading: usize,
    /// Modules before this one take part.
    first_inactive: u32,
    /// Whether an error waits to be told. Then documents are read first, so that it is soon known what comes before it.
    reads_first: bool,
    /// Whether the build was cancelled: nothing more can come before anything.
    cancelled: bool,
}

impl Scheduler {
    /// All modules settled and unchanged.
    pub(crate) fn new(modules: usize, keep_going: bool) -> Scheduler {
        let node = Node {
            status: Status::Settled(Verdict::Same),
            missing: 0,
            depth: 0,
            in_cycle: false,
            again: false,
            active: false,
            has_findings: false,
            known_by: Vec::new(),
            waiters: Vec::new(),
        };
        Scheduler {
            nodes: vec![node; modules],
            unread: VecDeque::new(),
            ready: VecDeque::new(),
            running: 0,
            keep_going,
            failure_depth: None,
            order: Order::default(),
            postponed: Vec::new(),
            loading: 0,
            first_inactive: 0,
            reads_first: false,
            cancelled: false,
        }
    }

    /// The last result of a module has warnings: they are told if it holds.
    pub(crate) fn expect_findings(&mut self, module: u32) {
        self.node_mut(module).has_findings = true;
    }

    /// The document must be looked at.
    pub(crate) fn mark_dirty(&mut self, module: u32) {
        if self.node(module).status != Status::Loading {
            let node = self.node_mut(module);
            node.status = Status::Loading;
            node.active = true;
            self.loading += 1;
            self.postponed.retain(|postponed| *postponed != module);
            self.unread.push_back(module);
            self.order.await_turn(Turn { depth: 0, module });
        }
    }

    /// The module reaches a dirty one; [`Scheduler::connect`] must follow once all dirty and suspect ones are marked.
    pub(crate) fn mark_suspect(&mut self, module: u32) {
        let node = self.node_mut(module);
        node.status = Status::Waiting { suspect: true };
        node.active = true;
    }

    /// Whether there is something to do.
    pub(crate) fn has_jobs(&self) -> bool {
        !self.unread.is_empty() || !self.ready.is_empty()
    }

    /// How many modules are not settled.
    pub(crate) fn unsettled(&self) -> usize {
        self.nodes
            .iter()
            .filter(|node| !matches!(node.status, Status::Settled(_)))
            .count()
    }

    /// Notes what a settled module depends on, all of which is known to the scheduler.
    pub(crate) fn place(&mut self, module: u32, dependencies: impl Iterator<Item = u32>) {
        let depth = dependencies
            .map(|dependency| self.node(dependency).depth + 1)
            .max();
        let node = self.node_mut(module);
        node.depth = depth.unwrap_or(0);
        node.active = true;
        self.add_findings(module);
    }

    pub(crate) fn is_settled(&self, module: u32) -> bool {
        matches!(self.node(module).status, Status::Settled(_))
    }

    /// Whether others can be compiled against it: it is settled and has no errors.
    pub(crate) fn is_usable(&self, module: u32) -> bool {
        self.is_settled(module) && !self.has_failed(module)
    }

    /// Whether it was settled, its result was lost, and it will be settled again.
    pub(crate) fn is_made_again(&self, module: u32) -> bool {
        self.node(module).again && !self.is_settled(module)
    }

    /// Whether its interface is new or different; false for failed ones.
    pub(crate) fn has_changed(&self, module: u32) -> bool {
        self.node(module).status == Status::Settled(Verdict::Changed)
    }

    pub(crate) fn has_failed(&self, module: u32) -> bool {
        self.node(module).status == Status::Settled(Verdict::Failed)
    }

    /// Whether it is settled, and its interface is what it was before the build.
    pub(crate) fn is_as_it_was(&self, module: u32) -> bool {
        self.node(module).status == Status::Settled(Verdict::Same)
    }

    /// The next job, which counts as running until it is reported.
    pub(crate) fn next(&mut self) -> Next {
        while let Some(job) = self.pop() {
            let stopped = match job {
                Job::Load(_) | Job::BuildInCycle(_) => false,
                Job::Build(module) => self
                    .failure_depth
                    .is_some_and(|depth| self.node(module).depth > depth),
            };
            if !stopped {
                self.running += 1;
                return Next::Job(job);
            }
        }
        match self.running {
            0 => Next::Done,
            _ => Next::Wait,
        }
    }

    fn pop(&mut self) -> Option<Job> {
        let first = match self.reads_first {
            true => self.unread.pop_front().map(Job::Load),
            false => self.ready.pop_front(),
        };
        first
            .or_else(|| self.ready.pop_front())
            .or_else(|| self.unread.pop_front().map(Job::Load))
    }

    /// A module was loaded.
    pub(crate) fn loaded(&mut self, module: u32, dependencies: &Dependencies) {
        self.running -= 1;
        self.connect(module, dependencies);
    }

    /// A module was built, or ended while it was loaded; whether anything was found.
    pub(crate) fn finished(&mut self, module: u32, verdict: Verdict, has_findings: bool) {
        self.running -= 1;
        self.node_mut(module).has_findings = has_findings;
        self.reads_first |= has_findings && verdict == Verdict::Failed;
        self.settle(module, verdict);
    }

    /// A module's document is not what it was when the build began: it is loaded again.
    pub(crate) fn reload(&mut self, module: u32) {
        self.running -= 1;
        self.mark_dirty(module);
    }

    /// A job needs results of `missing`, settled when it began, that are not there. Those of `lost` are gone, and loaded again; of
    /// the others somebody else found that before. The job is repeated after that.
    pub(crate) fn interrupted(&mut self, module: u32, missing: &[u32], lost: &[u32]) {
        self.running -= 1;
        for dependency in lost {
            if self.is_usable(*dependency) {
                self.node_mut(*dependency).again = true;
                self.mark_dirty(*dependency);
            }
        }
        self.set_status(module, Status::Waiting { suspect: false });
        self.wait_for(module, missing);
    }

    /// Makes a module wait for its dependencies.
    pub(crate) fn connect(&mut self, module: u32, dependencies: &Dependencies) {
        self.set_status(
            module,
            Status::Waiting {
                suspect: matches!(dependencies.known, Known::By(_)),
            },
        );
        let node = self.node_mut(module);
        if let Known::By(modules) = &dependencies.known {
            node.known_by.clone_from(modules);
        }
        self.wait_for(module, &dependencies.imports);
    }

    fn wait_for(&mut self, module: u32, dependencies: &[u32]) {
        let mut missing = 0;
        for dependency in dependencies {
            match self.node(*dependency).status {
                Status::Settled(Verdict::Same | Verdict::Changed) => {}
                Status::Settled(Verdict::Failed)
                | Status::Loading
                | Status::Waiting { .. }
                | Status::Building => {
                    // A failed one never settles again: whoever waits for it is skipped.
                    missing += 1;
                    self.node_mut(*dependency).waiters.push(module);
                }
            }
            let depth = self.node(*dependency).depth + 1;
            let node = self.node_mut(module);
            node.depth = node.depth.max(depth);
        }
        self.node_mut(module).missing = missing;
        if missing == 0 {
            self.ready_to_build(module);
        }
    }

    fn ready_to_build(&mut self, module: u32) {
        if self.holds(module) {
            return self.settle(module, Verdict::Same);
        }
        self.queue(Job::Build(module), module);
    }

    fn queue(&mut self, job: Job, module: u32) {
        self.set_status(module, Status::Building);
        let turn = self.turn(module);
        self.order.await_turn(turn);
        self.ready.push_back(job);
    }

    fn set_status(&mut self, module: u32, status: Status) {
        let node = self.node_mut(module);
        let was_loading = node.status == Status::Loading;
        node.status = status;
        if was_loading {
            self.loading -= 1;
        }
    }

    /// Whether a module is a suspect, and everything is as it was.
    fn holds(&self, module: u32) -> bool {
        let node = self.node(module);
        let is_suspect = node.status == (Status::Waiting { suspect: true });
        is_suspect && node.known_by.iter().all(|module| self.is_as_it_was(*module))
    }

    /// Settles a module and, without recursion, every suspect that settles by itself in consequence.
    fn settle(&mut self, module: u32, verdict: Verdict) {
        let mut pending = vec![(module, verdict)];
        while let Some((module, verdict)) = pending.pop() {
            self.set_status(module, Status::Settled(verdict));
            self.add_findings(module);
            let node = self.node(module);
            let (depth, in_cycle) = (node.depth, node.in_cycle);
            if verdict == Verdict::Failed {
                if !self.keep_going && !in_cycle {
                    self.failure_depth = Some(
                        self.failure_depth
                            .map_or(depth, |shallowest| shallowest.min(depth)),
                    );
                }
                continue;
            }
            let waiters = std::mem::take(&mut self.node_mut(module).waiters);
            for waiter in waiters {
                let node = self.node_mut(waiter);
                node.depth = node.depth.max(depth + 1);
                node.missing -= 1;
                if node.missing > 0 {
                    continue;
                }
                if self.holds(waiter) {
                    pending.push((waiter, Verdict::Same));
                } else {
                    self.queue(Job::Build(waiter), waiter);
                }
            }
        }
    }

    /// Once there is nothing to do: the modules that wait and do not wait for a failure, ascending. They are on cycles or wait
    /// for one that is.
    pub(crate) fn stuck(&self) -> Vec<u32> {
        let skipped = self.dependents_of_failures(&self.reported_failures());
        let waiting = self
            .numbered()
            .filter(|(_, node)| matches!(node.status, Status::Waiting { .. }));
        waiting
            .map(|(module, _)| module)
            .filter(|module| !skipped.iter().any(|(other, _)| other == module))
            .collect()
    }

    /// Starts the modules of a cycle, none of which can be built otherwise.
    pub(crate) fn start_cycle(&mut self, modules: &[u32]) {
        for module in modules {
            self.node_mut(*module).in_cycle = true;
            self.queue(Job::BuildInCycle(*module), *module);
        }
    }

    /// How everything without a result ended, after the last job.
    pub(crate) fn failures(&self) -> Failures {
        let failed = self.reported_failures();
        let skipped = self.dependents_of_failures(&failed);
        let unsettled = self.numbered().filter(|(module, node)| {
            let has_result = matches!(node.status, Status::Settled(Verdict::Same | Verdict::Changed));
            !has_result
                && failed.binary_search(module).is_err()
                && skipped.binary_search_by_key(module, |(other, _)| *other).is_err()
        });
        let not_started = unsettled.map(|(module, _)| module).collect();
        Failures {
            failed,
            skipped,
            not_started,
        }
    }

    /// Whether what is found about a module is found whatever the timing: it is no deeper than the shallowest failure.
    pub(crate) fn is_reported(&self, module: u32) -> bool {
        let node = self.node(module);
        node.in_cycle || self.failure_depth.is_none_or(|depth| node.depth <= depth)
    }

    /// Failures that are found whatever the timing: those no deeper than the shallowest.
    fn reported_failures(&self) -> Vec<u32> {
        let failed = self
            .numbered()
            .filter(|(_, node)| node.status == Status::Settled(Verdict::Failed));
        failed
            .map(|(module, _)| module)
            .filter(|module| self.is_reported(*module))
            .collect()
    }

    /// Everything that waits for a failed module, directly or not, each with the smallest module that it waits for.
    fn dependents_of_failures(&self, failed: &[u32]) -> Vec<(u32, u32)> {
        let mut because: Vec<Option<u32>> = vec![None; self.nodes.len()];
        let mut pending: Vec<u32> = failed.to_vec();
        let mut reached = vec![false; self.nodes.len()];
        while let Some(module) = pending.pop() {
            for waiter in &self.node(module).waiters {
                let Some(slot) = because.get_mut(*waiter as usize) else {
                    continue;
                };
                *slot = Some(slot.map_or(module, |other| other.min(module)));
                if let Some(reached) = reached.get_mut(*waiter as usize).filter(|reached| !**reached) {
                    *reached = true;
                    pending.push(*waiter);
                }
            }
        }
        let skipped = because
            .into_iter()
            .enumerate()
            .filter_map(|(module, because)| Some((module as u32, because?)));
        skipped
            .filter(|(module, _)| failed.binary_search(module).is_err())
            .collect()
    }

    fn numbered(&self) -> impl Iterator<Item = (u32, &Node)> {
        self.nodes
            .iter()
            .enumerate()
            .map(|(module, node)| (module as u32, node))
    }

    fn node(&self, module: u32) -> &Node {
        self.nodes
            .get(module as usize)
            .expect("module numbers are positions in the scan")
    }

    fn node_mut(&mut self, module: u32) -> &mut Node {
        self.nodes
            .get_mut(module as usize)
            .expect("module numbers are positions in the scan")
    }
}

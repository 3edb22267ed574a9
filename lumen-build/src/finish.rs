//! The end of a build: what it found out becomes an outcome, a state file and a log.

use crate::digest;
use crate::log::ModuleEvent;
use crate::outcome::{Outcome, Skipped};
use crate::plan::Plan;
use crate::reason::{Decision, Reason};
use crate::scheduler::Failures;
use crate::session::{Finished, NewResult, Old, Session, Slot};
use crate::state::{
    Head, Import, Input, NO_EDGE, Record, RecordParts, Results, State, StateFile, TraceEntry, append_record,
};
use lumen_compiler::interface::Digest;
use std::collections::BTreeSet;
use std::sync::PoisonError;

/// What is the same for all documents of the new state.
pub(crate) struct StateFrame<'a> {
    pub(crate) root: &'a str,
    pub(crate) inputs: Vec<Input<'a>>,
    pub(crate) packs: &'a [String],
}

impl Session<'_> {
    /// What the build has to say.
    pub(crate) fn outcome(&self, failures: &Failures) -> Outcome {
        let active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        // The bundled package is part of the compiler: it counts only when something is wrong with it.
        let counts =
            |module: &u32| active.get(*module as usize) == Some(&true) && !self.topology.is_bundled(*module);
        let modules = (0..self.topology.len() as u32).filter(counts).count();
        let mut outcome = Outcome {
            root: self.root.clone(),
            modules,
            failed: failures.failed.len(),
            not_started: failures
                .not_started
                .iter()
                .filter(|module| active.get(**module as usize) == Some(&true))
                .count(),
            notes: self.topology.scan.notes.clone(),
            cancelled: self.is_cancelled(),
            ..Outcome::default()
        };
        for (module, because) in &failures.skipped {
            outcome.skipped.push(Skipped {
                module: self.topology.id(*module),
                because: self.topology.id(*because),
            });
        }
        outcome.skipped.sort();
        for module in
            (0..self.topology.len() as u32).filter(|module| active.get(*module as usize) == Some(&true))
        {
            match self.slot(module).finished.as_deref().filter(|_| counts(&module)) {
                Some(Finished {
                    decision: Decision::Compiled,
                    ..
                }) => outcome.compiled += 1,
                Some(Finished {
                    decision: Decision::Cached,
                    ..
                }) => outcome.cached += 1,
                _ => {}
            }
        }
        outcome.up_to_date = modules
            - (outcome.compiled
                + outcome.cached
                + outcome.failed
                + outcome.skipped.len()
                + outcome.not_started)
                .min(modules);
        outcome.reports = self.take_told();
        outcome
    }

    /// Whether findings of a module are shown whatever the timing.
    pub(crate) fn is_reported(&self, module: u32) -> bool {
        self.scheduler().is_reported(module)
    }

    /// The new state file.
    pub(crate) fn state(&self, frame: StateFrame<'_>) -> Vec<u8> {
        // Mostly what it was, and little more.
        let mut body = Vec::with_capacity(self.old.body.len() + self.old.body.len() / 16);
        let mut files = Vec::with_capacity(self.topology.len());
        let needed = self.needed_on_demand();
        for module in 0..self.topology.len() as u32 {
            let offset = body.len();
            let is_needed = !self.topology.is_on_demand(module) || needed.contains(&module);
            let entry = self.state_file(module, is_needed, &mut body);
            files.push(StateFile {
                offset: offset as u32,
                length: (body.len() - offset) as u32,
                ..entry
            });
        }
        let head = Head {
            settings: self.settings.clone(),
            root: frame.root,
            inputs: frame.inputs,
            packages: self.topology.packages.clone(),
            packs: frame.packs.iter().map(String::as_str).collect(),
            files,
        };
        State::encode(&head, &body)
    }

    /// Modules of packages that nobody here can change and that others import; what nobody imports any more is no part of an image.
    fn needed_on_demand(&self) -> BTreeSet<u32> {
        let mut needed = BTreeSet::new();
        let (on_demand, mut pending): (Vec<u32>, Vec<u32>) =
            (0..self.topology.len() as u32).partition(|module| self.topology.is_on_demand(*module));
        if on_demand.is_empty() {
            return needed;
        }
        while let Some(module) = pending.pop() {
            let slot = self.slot(module);
            let new = slot
                .finished
                .as_ref()
                .and_then(|finished| finished.result.as_ref());
            let targets: Vec<u32> = match new {
                Some(result) => result.imports.iter().map(|(_, target)| *target).collect(),
                None => self.old_targets(module).collect(),
            };
            let on_demand = targets
                .into_iter()
                .filter(|target| self.topology.is_on_demand(*target));
            pending.extend(on_demand.filter(|target| needed.insert(*target)));
        }
        needed
    }

    /// Appends the record of a module; offset and length are for the caller to fill in.
    fn state_file(&self, module: u32, is_needed: bool, body: &mut Vec<u8>) -> StateFile<'_> {
        let file = self.topology.file(module);
        let old = self.old.file(module);
        let mut entry = StateFile {
            path: self.topology.path(module),
            package: file.package,
            stat: old
                .map(|old| old.stat)
                .or(file.stat.as_ref().ok().copied())
                .unwrap_or_default(),
            settled: old.is_some_and(|old| old.settled),
            has_result: false,
            has_warnings: false,
            is_held: false,
            offset: 0,
            length: 0,
        };
        if !is_needed {
            append_empty(body);
            return entry;
        }
        let slot = self.slot(module);
        if let Some(seen) = slot.finished.as_ref().and_then(|finished| finished.seen) {
            entry.stat = seen.stat;
            entry.settled = seen.settled;
        }
        let holds = self.holds(module, &slot);
        match slot.finished.as_deref() {
            Some(finished) => match &finished.result {
                Some(result) => self.append_new(finished, result, &mut entry, body),
                None if holds => {
                    let source = Some((&finished.source, finished.snippets));
                    self.append_old(module, source, &mut entry, body);
                }
                None => self.append_old(module, None, &mut entry, body),
            },
            None => self.append_old(module, None, &mut entry, body),
        }
        let is_new = slot
            .finished
            .as_ref()
            .is_some_and(|finished| finished.result.is_some());
        if !is_new {
            entry.is_held = holds && !self.is_certain(module);
            entry.has_result &= holds && !entry.is_held;
        }
        entry
    }

    /// Whether the old result of a module may still be the right one at the next build. That includes modules that were skipped,
    /// or not part of the build: they hold as long as nothing that they depend on got another interface. What failed keeps its
    /// last good result on record for comparison, and whoever depends on it waits for it next time.
    fn holds(&self, module: u32, slot: &Slot) -> bool {
        let kept = match &slot.finished {
            Some(finished) => finished.decision == Decision::Kept,
            None => true,
        };
        if !kept || !slot.may_keep() || matches!(self.plan(module), Plan::Build(_)) {
            return false;
        }
        let scheduler = self.scheduler();
        scheduler.is_settled(module) && self.is_active(module)
            || !self
                .old_targets(module)
                .any(|target| scheduler.has_changed(target))
    }

    /// Whether an old result that holds needs no further look: the module took part in the build to the end, or everything that
    /// it depends on did and was as it had been.
    fn is_certain(&self, module: u32) -> bool {
        let scheduler = self.scheduler();
        let usable = |module: u32| scheduler.is_usable(module);
        usable(module) && (self.is_active(module) || self.old_targets(module).all(usable))
    }

    pub(crate) fn is_active(&self, module: u32) -> bool {
        let active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        active.get(module as usize) == Some(&true)
    }

    /// Appends the record as it was, perhaps with another source.
    fn append_old(
        &self,
        module: u32,
        source: Option<(&Digest, u32)>,
        entry: &mut StateFile<'_>,
        body: &mut Vec<u8>,
    ) {
        let Some(record) = self.old.record(module) else {
            return append_empty(body);
        };
        let edges: Vec<u32> = record
            .edges()
            .map(|edge| self.old.target(edge).unwrap_or(NO_EDGE))
            .collect();
        match source {
            None => append_record(body, edges.into_iter(), record.rest),
            Some((source, snippets)) => {
                append_record(
                    body,
                    edges.into_iter(),
                    &record.rest_with_source(source, snippets),
                );
            }
        }
        entry.has_result = true;
        entry.has_warnings = record.results.has_warnings();
    }

    fn append_new(
        &self,
        finished: &Finished,
        result: &NewResult,
        entry: &mut StateFile<'_>,
        body: &mut Vec<u8>,
    ) {
        let mut edges: Vec<u32> = result.imports.iter().map(|(_, target)| *target).collect();
        let consulted: Vec<Option<u32>> = result
            .trace
            .iter()
            .map(|consulted| self.topology.find(&consulted.module))
            .collect();
        edges.extend(consulted.iter().flatten());
        edges.sort_unstable();
        edges.dedup();
        let position = |target: u32| {
            edges
                .binary_search(&target)
                .map_or(NO_EDGE, |position| position as u32)
        };
        let imports: Vec<(Import, u32)> = result
            .imports
            .iter()
            .map(|(import, target)| (import.clone(), position(*target)))
            .collect();
        let entries = result.trace.iter().zip(&consulted);
        let trace: Vec<TraceEntry<'_>> = entries
            .map(|(consulted, target)| TraceEntry {
                edge: target.map_or(NO_EDGE, position),
                name: &consulted.name,
                hash: consulted.hash,
            })
            .collect();
        let parts = RecordParts {
            source: &finished.source,
            code: &finished.code,
            snippets: finished.snippets,
            results: &result.results,
            imports: &imports,
            trace: &trace,
        };
        let record = Record::new(edges, &parts);
        append_record(body, record.edges.into_iter(), &record.rest);
        entry.has_result = true;
        entry.has_warnings = result.results.has_warnings();
    }
}

/// The record of a document whose module never had a result.
fn append_empty(body: &mut Vec<u8>) {
    let none = digest::NONE;
    let results = Results {
        module: none,
        debug: none,
        interface: none,
        warnings: none,
        tests: none,
    };
    let parts = RecordParts {
        source: &none,
        code: &none,
        snippets: 0,
        results: &results,
        imports: &[],
        trace: &[],
    };
    let record = Record::new(Vec::new(), &parts);
    append_record(body, record.edges.into_iter(), &record.rest);
}

/// Documents that were there at the last build and are gone.
pub(crate) fn removed_events(old: &Old<'_>) -> Vec<ModuleEvent> {
    let gone = (0..).zip(&old.module).filter(|(_, module)| **module == NO_EDGE);
    gone.filter_map(|(edge, _)| {
        let module = old.id(edge)?;
        Some(ModuleEvent::untimed(
            module,
            Decision::Removed,
            Reason::DocumentGone,
        ))
    })
    .collect()
}

//! Whether earlier answers are still given: the trace of the old result, or of one in the store, against the interfaces
//! as they are now.

use crate::action::Action;
use crate::plan;
use crate::reason::Reason;
use crate::session::Session;
use crate::topology::{Importer, Target};
use lumen_compiler::interface::{Consulted, Digest, Interface};

/// Whether earlier answers are still given.
pub(crate) enum Holds {
    Yes,
    /// The first that is not.
    No(Reason),
    /// The interfaces of these modules are gone from the store.
    Missing(Vec<u32>),
}

impl Session<'_> {
    /// Whether the old result of a module is still the right one.
    pub(crate) fn old_trace_holds(&self, module: u32) -> Holds {
        let Some(record) = self.old.record(module) else {
            return Holds::No(Reason::NoResult);
        };
        let Some(trace) = record.trace() else {
            return Holds::No(Reason::NoResult);
        };
        let mut missing = Vec::new();
        for entry in trace {
            let Some(target) = record.edge(entry.edge).and_then(|edge| self.old.target(edge)) else {
                let gone = record.edge(entry.edge).and_then(|edge| self.old.id(edge));
                return Holds::No(Reason::gone(gone));
            };
            let scheduler = self.scheduler();
            let (is_usable, is_made_again) = (scheduler.is_usable(target), scheduler.is_made_again(target));
            let has_changed = scheduler.has_changed(target);
            drop(scheduler);
            if is_made_again {
                missing.push(target);
                continue;
            }
            // What is not met any more need not have a result.
            if !is_usable {
                return Holds::No(Reason::gone(Some(self.topology.id(target))));
            }
            // What has not changed still gives the answers that it gave.
            if !has_changed {
                continue;
            }
            match self.interface(target) {
                None => missing.push(target),
                Some(interface) => {
                    let now = answer(&interface, entry.name);
                    if now != entry.hash {
                        let (module, name) = (self.topology.id(target), entry.name.to_owned());
                        return Holds::No(Reason::ItemChanged {
                            module,
                            name,
                            old: entry.hash,
                            new: now,
                        });
                    }
                }
            }
        }
        match missing.is_empty() {
            true => Holds::Yes,
            false => Holds::Missing(missing),
        }
    }

    /// The first answer that is not what it was when the module last had a result.
    pub(crate) fn first_difference(&self, module: u32) -> Option<Reason> {
        let record = self.old.record(module)?;
        for entry in record.trace()? {
            let target = record.edge(entry.edge).and_then(|edge| self.old.target(edge));
            let Some(target) = target.filter(|target| self.is_usable(*target)) else {
                continue;
            };
            let new = self
                .interface(target)
                .and_then(|interface| answer(&interface, entry.name));
            if new != entry.hash {
                let (module, name) = (self.topology.id(target), entry.name.to_owned());
                return Some(Reason::ItemChanged {
                    module,
                    name,
                    old: entry.hash,
                    new,
                });
            }
        }
        None
    }

    /// Whether the answers of an earlier compilation are given now.
    pub(crate) fn action_holds(&self, module: u32, importer: Importer, action: &Action) -> Holds {
        let package = self.topology.file(module).package;
        for (import, id) in &action.imports {
            let now = match self.topology.resolve(package, import, importer) {
                Target::Module(now) if self.is_usable(now) => Some(self.topology.id(now)),
                _ => None,
            };
            if now.as_ref() != Some(id) {
                return Holds::No(Reason::ImportMoved {
                    import: plan::written(import),
                    old: Some(id.clone()),
                    new: now,
                });
            }
        }
        self.trace_holds(&action.trace)
    }

    /// Whether these answers are given now.
    pub(crate) fn trace_holds(&self, trace: &[Consulted]) -> Holds {
        let mut missing = Vec::new();
        for Consulted { module, name, hash } in trace {
            let Some(target) = self
                .topology
                .find(module)
                .filter(|target| self.is_usable(*target))
            else {
                return Holds::No(Reason::gone(Some(module.clone())));
            };
            let Some(interface) = self.interface(target) else {
                missing.push(target);
                continue;
            };
            let now = answer(&interface, name);
            if now != *hash {
                return Holds::No(Reason::ItemChanged {
                    module: module.clone(),
                    name: name.clone(),
                    old: *hash,
                    new: now,
                });
            }
        }
        match missing.is_empty() {
            true => Holds::Yes,
            false => Holds::Missing(missing),
        }
    }
}

/// The hash of an item of an interface, or of the set of names.
fn answer(interface: &Interface, name: &str) -> Option<Digest> {
    match name.is_empty() {
        true => Some(interface.names_hash),
        false => interface.item(name).map(|item| item.hash),
    }
}

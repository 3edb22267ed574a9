//! A module's view of the others while it is compiled: imports resolved over the topology, interfaces taken from this
//! build or loaded from the store when somebody asks for them.

use crate::cycle::Cycles;
use crate::session::Session;
use crate::state::Import;
use crate::topology::{Importer, Target};
use lumen_compiler::interface::{Environment, Interface, Resolved};
use lumen_vm::lir::ModuleId;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// The environment of one compilation.
pub(crate) struct ModuleEnvironment<'a> {
    session: &'a Session<'a>,
    module: u32,
    importer: Importer,
    /// Set if the module is on a cycle.
    cycles: Option<&'a Cycles>,
    /// Modules whose interface is gone from the store, or that are being made again since it was. The compilation is worth nothing
    /// then and is repeated.
    missing: RefCell<Vec<u32>>,
    /// Whether an import was answered with less than an interface, to be silent about it.
    broken: Cell<bool>,
}

impl<'a> ModuleEnvironment<'a> {
    pub(crate) fn new(
        session: &'a Session<'a>,
        module: u32,
        importer: Importer,
        cycles: Option<&'a Cycles>,
    ) -> ModuleEnvironment<'a> {
        ModuleEnvironment {
            session,
            module,
            importer,
            cycles,
            missing: RefCell::default(),
            broken: Cell::new(false),
        }
    }

    /// Whether every import was answered with an interface or an error.
    pub(crate) fn is_whole(&self) -> bool {
        !self.broken.get()
    }

    pub(crate) fn into_missing(self) -> Vec<u32> {
        self.missing.into_inner()
    }

    fn load(&self, module: u32) -> Option<Arc<Interface>> {
        let is_usable = self.session.is_usable(module);
        let interface = is_usable.then(|| self.session.interface(module)).flatten();
        // A module is compiled when everything that it imports is there. What is not there any more will be again; snippets, which
        // come last, do without what has failed.
        if interface.is_none() && (is_usable || self.importer == Importer::Module) {
            self.missing.borrow_mut().push(module);
        }
        interface
    }

    fn broken(&self) -> Resolved {
        self.broken.set(true);
        Resolved::Broken
    }

    /// What an import on a cycle is answered: the chain for the one that reports it, nothing to say for the others.
    fn on_cycle(&self, cycles: &Cycles, target: u32) -> Resolved {
        let reports = |cycle: &&Vec<u32>| {
            cycle.first() == Some(&self.module) && cycle.get(1).or(cycle.first()) == Some(&target)
        };
        match cycles.reported.iter().find(reports) {
            None => self.broken(),
            Some(cycle) => {
                let chain = cycle.iter().chain(cycle.first());
                Resolved::Cycle(
                    chain
                        .map(|module| self.session.topology.id(*module).path().to_owned())
                        .collect(),
                )
            }
        }
    }
}

impl Environment for ModuleEnvironment<'_> {
    fn resolve(&self, package: Option<&str>, path: &str) -> Resolved {
        let from = self.session.topology.file(self.module).package;
        let import = Import {
            package: package.map(str::to_owned),
            path: path.to_owned(),
        };
        let target = match self.session.topology.resolve(from, &import, self.importer) {
            Target::NoPackage(names) => return Resolved::NoPackage(names),
            Target::NoModule(paths) => return Resolved::NoModule(paths),
            Target::Module(target) => target,
        };
        if let Some(cycles) = self.cycles.filter(|cycles| cycles.closes(self.module, target)) {
            return self.on_cycle(cycles, target);
        }
        self.load(target).map_or_else(|| self.broken(), Resolved::Found)
    }

    fn interface(&self, module: &ModuleId) -> Option<Arc<Interface>> {
        self.load(self.session.topology.find(module)?)
    }
}

//! The only way to another module: every answer that is given out is written down first.
//!
//! Nothing else in the checker sees an [`Interface`] or the [`Environment`], so a consult cannot be forgotten.

use crate::interface::{Consulted, Environment, Interface, InterfaceItem, InterfaceKind, Resolved};
use lumen_vm::lir::ModuleId;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// A module that was found: an index into the recorder's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ModuleRef(u32);

/// Answer to an import.
pub(crate) enum ImportAnswer {
    /// The module.
    Found(ModuleRef),
    /// It has errors of its own; its names are broken.
    Broken,
    /// The import closes a cycle.
    Cycle(Vec<String>),
    /// The package is not a dependency; those that are.
    NoPackage(Vec<String>),
    /// The package has no such module; those that it has.
    NoModule(Vec<String>),
}

/// An item of another module as the importing one sees it.
#[derive(Clone, Debug)]
pub(crate) struct SeenItem {
    interface: Arc<Interface>,
    index: usize,
}

impl SeenItem {
    fn item(&self) -> &InterfaceItem {
        &self.interface.items[self.index]
    }

    /// What it is.
    pub(crate) fn kind(&self) -> &InterfaceKind {
        &self.item().kind
    }

    /// Why it is deprecated, if it is.
    pub(crate) fn deprecated(&self) -> Option<&str> {
        self.item().deprecated.as_deref()
    }

    /// Whether other packages see it.
    pub(crate) fn is_public(&self) -> bool {
        self.item().public
    }
}

/// The environment, and the trace of what it was asked.
pub(crate) struct Recorder<'a> {
    environment: &'a dyn Environment,
    modules: Vec<Arc<Interface>>,
    numbers: FxHashMap<ModuleId, Option<ModuleRef>>,
    seen: FxHashSet<(ModuleRef, String)>,
    trace: Vec<Consulted>,
}

impl<'a> Recorder<'a> {
    /// Nothing asked yet.
    pub(crate) fn new(environment: &'a dyn Environment) -> Recorder<'a> {
        Recorder {
            environment,
            modules: Vec::new(),
            numbers: FxHashMap::default(),
            seen: FxHashSet::default(),
            trace: Vec::new(),
        }
    }

    /// What was asked, ascending, each once.
    pub(crate) fn finish(mut self) -> Vec<Consulted> {
        self.trace.sort_unstable();
        self.trace.dedup();
        self.trace
    }

    /// The module that an import names.
    pub(crate) fn resolve(&mut self, package: Option<&str>, path: &str) -> ImportAnswer {
        match self.environment.resolve(package, path) {
            Resolved::Found(interface) => ImportAnswer::Found(self.adopt(interface)),
            Resolved::Broken => ImportAnswer::Broken,
            Resolved::Cycle(chain) => ImportAnswer::Cycle(chain),
            Resolved::NoPackage(names) => ImportAnswer::NoPackage(names),
            Resolved::NoModule(names) => ImportAnswer::NoModule(names),
        }
    }

    /// The module of an interface that was handed in with the request.
    pub(crate) fn adopt(&mut self, interface: Arc<Interface>) -> ModuleRef {
        if let Some(Some(known)) = self.numbers.get(&interface.module) {
            return *known;
        }
        let number = ModuleRef(u32::try_from(self.modules.len()).expect("fewer than 2^32 modules"));
        self.numbers.insert(interface.module.clone(), Some(number));
        self.modules.push(interface);
        number
    }

    /// A module that another one's interface mentions.
    pub(crate) fn module(&mut self, id: &ModuleId) -> Option<ModuleRef> {
        if let Some(known) = self.numbers.get(id) {
            return *known;
        }
        match self.environment.interface(id) {
            Some(interface) => Some(self.adopt(interface)),
            None => {
                self.numbers.insert(id.clone(), None);
                None
            }
        }
    }

    /// Its logical name.
    pub(crate) fn id(&self, module: ModuleRef) -> &ModuleId {
        &self.interface(module).module
    }

    /// The item of that name, or its absence.
    pub(crate) fn item(&mut self, module: ModuleRef, name: &str) -> Option<SeenItem> {
        let interface = Arc::clone(self.interface(module));
        let index = interface
            .items
            .binary_search_by(|item| item.name.as_str().cmp(name))
            .ok();
        if self.seen.insert((module, name.to_owned())) {
            self.trace.push(Consulted {
                module: interface.module.clone(),
                name: name.to_owned(),
                hash: index.map(|index| interface.items[index].hash),
            });
        }
        index.map(|index| SeenItem { interface, index })
    }

    /// All names, ascending, each with its visibility.
    pub(crate) fn names(&mut self, module: ModuleRef) -> Vec<(String, bool)> {
        let interface = self.consult_names(module);
        interface
            .items
            .iter()
            .filter(|item| item.is_named())
            .map(|item| (item.name.clone(), item.public))
            .collect()
    }

    /// Whether there is an item of that name; consults the set of all names.
    pub(crate) fn has_name(&mut self, module: ModuleRef, name: &str) -> bool {
        self.consult_names(module).item(name).is_some()
    }

    fn consult_names(&mut self, module: ModuleRef) -> Arc<Interface> {
        let interface = Arc::clone(self.interface(module));
        if self.seen.insert((module, String::new())) {
            self.trace.push(Consulted {
                module: interface.module.clone(),
                name: String::new(),
                hash: Some(interface.names_hash),
            });
        }
        interface
    }

    fn interface(&self, module: ModuleRef) -> &Arc<Interface> {
        &self.modules[module.0 as usize]
    }
}

//! Names of locals, innermost first: one table with the bindings that each one hides.

use crate::hir::LocalId;
use crate::syntax::name::Name;
use rustc_hash::FxHashMap;

/// Locals in scope.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    latest: FxHashMap<Name, LocalId>,
    /// Every binding in force, and what it hides.
    stack: Vec<(Name, Option<LocalId>)>,
}

impl Scope {
    /// Binds a name until the scope is taken back; it may hide an equal one.
    pub(crate) fn bind(&mut self, name: Name, local: LocalId) {
        let hidden = self.latest.insert(name, local);
        self.stack.push((name, hidden));
    }

    /// The local of that name.
    pub(crate) fn find(&self, name: Name) -> Option<LocalId> {
        self.latest.get(&name).copied()
    }

    /// Where the scope stands.
    pub(crate) fn mark(&self) -> usize {
        self.stack.len()
    }

    /// Takes back all bindings since a mark.
    pub(crate) fn restore(&mut self, mark: usize) {
        while self.stack.len() > mark {
            let Some((name, hidden)) = self.stack.pop() else {
                return;
            };
            match hidden {
                Some(local) => self.latest.insert(name, local),
                None => self.latest.remove(&name),
            };
        }
    }

    /// All names in scope, in no order.
    pub(crate) fn names(&self) -> impl Iterator<Item = Name> {
        self.latest.keys().copied()
    }
}

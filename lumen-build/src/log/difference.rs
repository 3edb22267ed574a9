//! Two builds side by side: which modules each of them dealt with.

use super::{BuildLog, ModuleEvent};
use lumen_vm::lir::ModuleId;
use std::collections::BTreeMap;

/// A module that at least one of two builds dealt with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleDifference<'l> {
    /// The module.
    pub module: &'l ModuleId,
    /// What the older build did with it.
    pub old: Option<&'l ModuleEvent>,
    /// What the newer build did with it.
    pub new: Option<&'l ModuleEvent>,
}

impl ModuleDifference<'_> {
    /// By how many microseconds the newer build spent more on it.
    pub fn longer(&self) -> i64 {
        let duration = |event: Option<&ModuleEvent>| {
            i64::try_from(event.map_or(0, ModuleEvent::duration)).unwrap_or(i64::MAX)
        };
        duration(self.new) - duration(self.old)
    }
}

/// The modules of two builds, by name.
pub fn difference<'l>(old: &'l BuildLog, new: &'l BuildLog) -> Vec<ModuleDifference<'l>> {
    let mut modules: BTreeMap<&ModuleId, ModuleDifference<'l>> = BTreeMap::new();
    let empty = |module| ModuleDifference {
        module,
        old: None,
        new: None,
    };
    for event in &old.events {
        modules
            .entry(&event.module)
            .or_insert_with(|| empty(&event.module))
            .old = Some(event);
    }
    for event in &new.events {
        modules
            .entry(&event.module)
            .or_insert_with(|| empty(&event.module))
            .new = Some(event);
    }
    modules.into_values().collect()
}

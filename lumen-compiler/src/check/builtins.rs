//! Builtins by their names in source, from the intrinsic table; and those that this version does not have yet.

use super::higher;
use lumen_vm::lir::Intrinsic;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// Builtins that deal in traces.
const NOT_YET: [&str; 1] = ["trace_ref"];

static OVERLOADS: LazyLock<FxHashMap<&'static str, Vec<Intrinsic>>> = LazyLock::new(|| {
    let mut overloads: FxHashMap<&'static str, Vec<Intrinsic>> = FxHashMap::default();
    for row in offered() {
        overloads.entry(row.source_name).or_default().push(row.intrinsic);
    }
    overloads
});

/// Rows that source can call: those with a name there, but for builtins and types that are not there yet.
fn offered() -> impl Iterator<Item = &'static lumen_vm::lir::IntrinsicInfo> {
    Intrinsic::TABLE
        .iter()
        .filter(|row| !row.source_name.is_empty() && !NOT_YET.contains(&row.source_name))
}

/// The overloads of a builtin; empty for those that are not there yet and for other names.
pub(crate) fn overloads(name: &str) -> &'static [Intrinsic] {
    OVERLOADS.get(name).map_or(&[], Vec::as_slice)
}

/// Whether the language has a builtin of that name.
pub(crate) fn is_builtin(name: &str) -> bool {
    !overloads(name).is_empty() || higher::find(name).is_some() || is_not_yet(name) || name == "validate"
}

/// Whether the language has it and this version does not.
pub(crate) fn is_not_yet(name: &str) -> bool {
    NOT_YET.contains(&name)
}

/// All names that work, in the table's order, some more than once.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    offered()
        .map(|row| row.source_name)
        .chain(higher::TABLE.iter().map(|row| row.name))
}

//! What cells of other languages are called here: "did you mean" where spelling alone leads nowhere.

/// Names of other languages, and the builtin that does it. Sorted.
const FAMILIAR: &[(&str, &str)] = &[
    ("concat", "join"),
    ("exists", "any"),
    ("fold", "reduce"),
    ("includes", "contains"),
    ("items", "entries"),
    ("len", "length"),
    ("println", "print"),
    ("push", "append"),
    ("size", "length"),
    ("str", "to_string"),
    ("strip", "trim"),
    ("substr", "slice"),
    ("substring", "slice"),
    ("toLowerCase", "lower"),
    ("toUpperCase", "upper"),
    ("to_lower", "lower"),
    ("to_lowercase", "lower"),
    ("to_upper", "upper"),
    ("to_uppercase", "upper"),
];

/// The builtin that does what a cell of this name does elsewhere.
pub(crate) fn familiar(name: &str) -> Option<&'static str> {
    let row = FAMILIAR.binary_search_by_key(&name, |row| row.0).ok()?;
    FAMILIAR.get(row).map(|row| row.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::builtins;

    #[test]
    fn the_table_is_sorted_and_leads_to_builtins() {
        assert!(FAMILIAR.is_sorted_by_key(|row| row.0));
        for (name, builtin) in FAMILIAR {
            assert!(!builtins::is_builtin(name), "{name} is one itself");
            assert!(builtins::is_builtin(builtin), "{builtin} is none");
            assert_eq!(familiar(name), Some(*builtin));
        }
    }
}

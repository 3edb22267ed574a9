//! What cells of other languages are called here: "did you mean" where spelling alone leads nowhere.

/// Names of other languages, and the builtin that does it. Sorted.
const FAMILIAR: &[(&str, &str)] = &[
    ("concat", "join"),
    ("exists", "any"),
    ("fold", "reduce"),
    ("includes", "contains"),
    ("items", "entries"),
    ("len", "length"),
    ("printf", "print"),
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

/// Literals of other languages. Sorted.
const FAMILIAR_LITERALS: &[(&str, &str)] = &[
    ("FALSE", "false"),
    ("False", "false"),
    ("NULL", "null"),
    ("None", "null"),
    ("Nothing", "null"),
    ("Null", "null"),
    ("TRUE", "true"),
    ("True", "true"),
    ("nil", "null"),
    ("none", "null"),
    ("undefined", "null"),
];

/// Types of other languages. Sorted.
const FAMILIAR_TYPES: &[(&str, &str)] = &[
    ("Array", "list"),
    ("Dict", "map"),
    ("Double", "Float"),
    ("HashMap", "map"),
    ("HashSet", "set"),
    ("Integer", "Int"),
    ("List", "list"),
    ("Map", "map"),
    ("Number", "Float"),
    ("Result", "result"),
    ("Set", "set"),
    ("Str", "String"),
    ("Unit", "Null"),
    ("Vec", "list"),
    ("Void", "Null"),
    ("bool", "Bool"),
    ("boolean", "Bool"),
    ("dict", "map"),
    ("double", "Float"),
    ("f32", "Float"),
    ("f64", "Float"),
    ("float", "Float"),
    ("i32", "Int"),
    ("i64", "Int"),
    ("int", "Int"),
    ("integer", "Int"),
    ("number", "Float"),
    ("str", "String"),
    ("string", "String"),
    ("u32", "Int"),
    ("u64", "Int"),
    ("unit", "Null"),
    ("usize", "Int"),
    ("void", "Null"),
];

/// The literal that is called so elsewhere.
pub(crate) fn familiar_literal(name: &str) -> Option<&'static str> {
    find(FAMILIAR_LITERALS, name)
}

/// The type that is called so elsewhere.
pub(crate) fn familiar_type(name: &str) -> Option<&'static str> {
    find(FAMILIAR_TYPES, name)
}

/// The builtin that does what a cell of this name does elsewhere.
pub(crate) fn familiar(name: &str) -> Option<&'static str> {
    find(FAMILIAR, name)
}

fn find(table: &'static [(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    let row = table.binary_search_by_key(&name, |row| row.0).ok()?;
    table.get(row).map(|row| row.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::builtins;

    #[test]
    fn the_table_is_sorted_and_leads_to_builtins() {
        for table in [FAMILIAR, FAMILIAR_LITERALS, FAMILIAR_TYPES] {
            assert!(table.is_sorted_by_key(|row| row.0));
        }
        for (name, builtin) in FAMILIAR {
            assert!(!builtins::is_builtin(name), "{name} is one itself");
            assert!(builtins::is_builtin(builtin), "{builtin} is none");
            assert_eq!(familiar(name), Some(*builtin));
        }
    }
}

//! What cells of other languages are called here: "did you mean" where spelling alone leads nowhere.

/// Names of other languages, and the builtin that does it. Sorted.
const FAMILIAR: &[(&str, &str)] = &[
    ("concat", "join"),
    ("exists", "any"),
    ("float", "to_float"),
    ("fold", "reduce"),
    ("includes", "contains"),
    ("int", "to_int"),
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
    ("Err", "err"),
    ("FALSE", "false"),
    ("False", "false"),
    ("NULL", "null"),
    ("None", "null"),
    ("Nothing", "null"),
    ("Null", "null"),
    ("Ok", "ok"),
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
    ("None", "Null"),
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

/// Names of values of other languages for which no one name stands here, and what to write. Sorted.
const ADVICE: &[(&str, &str)] = &[
    ("Console", "`print(value)` writes a line"),
    (
        "Enum",
        "what works on lists is a builtin: `xs.map(f)`, `xs.filter(f)`, `xs.reduce(f, init)`",
    ),
    ("IO", "`print(value)` writes a line"),
    ("JSON", "`to_json(value)` and `parse_json(text)` are builtins"),
    ("Just", "a `T?` holds its value as it is: leave `Just` out"),
    (
        "Math",
        "what works on numbers is a builtin: `max(a, b)`, `sqrt(x)`, `round(x)`",
    ),
    ("Some", "a `T?` holds its value as it is: leave `Some` out"),
    ("System", "`print(value)` writes a line"),
    ("and_then", "test for null, or use `match` or `?`"),
    ("clone", "values never change: no copy has to be made"),
    ("collect", "what works on lists makes lists: leave it out"),
    ("console", "`print(value)` writes a line"),
    ("each", "`for x in xs` goes over the elements"),
    ("forEach", "`for x in xs` goes over the elements"),
    ("for_each", "`for x in xs` goes over the elements"),
    ("into_iter", "what works on lists takes lists: leave it out"),
    (
        "isinstance",
        "`value is Type` tests which member of a union a value is",
    ),
    ("iter", "what works on lists takes lists: leave it out"),
    ("pass", "a block may be empty; `null` does nothing"),
    ("self", "in a method it is a parameter: `cell name(self: Self)`"),
    ("this", "in a method the value is the parameter `self: Self`"),
    ("unwrap", "`x!` is the value, or stops the program"),
    (
        "unwrap_or",
        "`x ?? default` is the value of a `T?`, or the default",
    ),
];

/// Types of other languages for which no one name stands here, and what to write. Sorted.
const TYPE_ADVICE: &[(&str, &str)] = &[
    (
        "Any",
        "a value of any form is a `Json`; one of several types is a union `A | B`",
    ),
    ("Callable", "the type of a function is `fn(A) -> B`"),
    (
        "Either",
        "a value or an error is a `result[T, E]`; one of two types is a union `A | B`",
    ),
    ("Function", "the type of a function is `fn(A) -> B`"),
    ("Maybe", "what may be null is a `T?`"),
    (
        "Object",
        "fields are declared in a `record`; entries of any name are a `map[String, T]`",
    ),
    ("Option", "what may be null is a `T?`"),
    ("Optional", "what may be null is a `T?`"),
    ("Record", "entries of any name are a `map[String, T]`"),
    ("Tuple", "the type of a tuple is `(A, B)`"),
    ("Union", "one of several types is a union `A | B`"),
    (
        "any",
        "a value of any form is a `Json`; one of several types is a union `A | B`",
    ),
    (
        "object",
        "fields are declared in a `record`; entries of any name are a `map[String, T]`",
    ),
    ("tuple", "the type of a tuple is `(A, B)`"),
    (
        "unknown",
        "a value of any form is a `Json`; one of several types is a union `A | B`",
    ),
];

/// What to write for a name of another language that has no name here.
pub(crate) fn advice(name: &str) -> Option<&'static str> {
    find(ADVICE, name)
}

/// What to write for a type of another language that has no name here.
pub(crate) fn type_advice(name: &str) -> Option<&'static str> {
    find(TYPE_ADVICE, name)
}

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
        for table in [FAMILIAR, FAMILIAR_LITERALS, FAMILIAR_TYPES, ADVICE, TYPE_ADVICE] {
            assert!(table.is_sorted_by_key(|row| row.0));
        }
        for (name, builtin) in FAMILIAR {
            assert!(!builtins::is_builtin(name), "{name} is one itself");
            assert!(builtins::is_builtin(builtin), "{builtin} is none");
            assert_eq!(familiar(name), Some(*builtin));
        }
    }
}

//! The builtins that take a function. The machine has no such operations: `call::higher` makes loops of them.

/// What a builtin makes of a list and a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A list of what the function yields.
    Map,
    /// The elements for which it is true.
    Filter,
    /// One value, from each element and what it yielded before.
    Reduce,
    /// All elements of the lists that it yields.
    FlatMap,
    /// Whether it is true for any element.
    Any,
    /// Whether it is true for every element.
    All,
    /// The first element for which it is true.
    Find,
    /// The position of that.
    Position,
    /// The elements by ascending keys.
    SortBy,
    /// The elements by equal keys.
    GroupBy,
}

/// A row of the table.
#[derive(Debug)]
pub(crate) struct HigherOrder {
    /// Its name in source.
    pub(crate) name: &'static str,
    /// Which.
    pub(crate) shape: Shape,
    /// Names of its parameters: the list, the function, and what else there is.
    pub(crate) parameters: &'static [&'static str],
    /// Its signature as the manual writes it, without the name.
    pub(crate) signature: &'static str,
    /// What it yields.
    #[cfg_attr(not(test), expect(dead_code, reason = "for the manual alone"))]
    pub(crate) meaning: &'static str,
}

const fn row(
    name: &'static str,
    shape: Shape,
    parameters: &'static [&'static str],
    signature: &'static str,
    meaning: &'static str,
) -> HigherOrder {
    HigherOrder {
        name,
        shape,
        parameters,
        signature,
        meaning,
    }
}

/// All of them, in the order of the manual.
pub(crate) const TABLE: [HigherOrder; 10] = [
    row(
        "map",
        Shape::Map,
        &["values", "f"],
        "(values: list[T], f: fn(T) -> A) -> list[A]",
        "what `f` yields for each element",
    ),
    row(
        "filter",
        Shape::Filter,
        &["values", "f"],
        "(values: list[T], f: fn(T) -> Bool) -> list[T]",
        "the elements for which `f` is true",
    ),
    row(
        "reduce",
        Shape::Reduce,
        &["values", "f", "init"],
        "(values: list[T], f: fn(A, T) -> A, init: A) -> A",
        "`init`, then for each element what `f` yields for the value so far and the element",
    ),
    row(
        "flat_map",
        Shape::FlatMap,
        &["values", "f"],
        "(values: list[T], f: fn(T) -> list[A]) -> list[A]",
        "the lists that `f` yields, joined",
    ),
    row(
        "any",
        Shape::Any,
        &["values", "f"],
        "(values: list[T], f: fn(T) -> Bool) -> Bool",
        "whether `f` is true for an element; elements after the first such one are not looked at",
    ),
    row(
        "all",
        Shape::All,
        &["values", "f"],
        "(values: list[T], f: fn(T) -> Bool) -> Bool",
        "whether `f` is true for every element; elements after the first other one are not looked at",
    ),
    row(
        "find",
        Shape::Find,
        &["values", "f"],
        "(values: list[T], f: fn(T) -> Bool) -> T?",
        "the first element for which `f` is true, or null",
    ),
    row(
        "position",
        Shape::Position,
        &["values", "f"],
        "(values: list[T], f: fn(T) -> Bool) -> Int",
        "the position of the first element for which `f` is true, or -1",
    ),
    row(
        "sort_by",
        Shape::SortBy,
        &["values", "key"],
        "(values: list[T], key: fn(T) -> O) -> list[T]",
        "ascending by their keys, stable; `key` is called once for each element, in order",
    ),
    row(
        "group_by",
        Shape::GroupBy,
        &["values", "key"],
        "(values: list[T], key: fn(T) -> String) -> map[String, list[T]]",
        "the elements by their keys, each list in order",
    ),
];

/// The builtin of that name, if it takes a function.
pub(crate) fn find(name: &str) -> Option<&'static HigherOrder> {
    TABLE.iter().find(|row| row.name == name)
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "the test keeps the manual equal to the table"
)]
mod tests {
    use super::TABLE;

    const BEGIN: &str = "| call | meaning |\n|---|---|\n";

    /// The manual lists exactly the table; `LUMEN_UPDATE_SPEC=1` rewrites it.
    #[test]
    fn the_manual_lists_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/spec/builtins-v1.md");
        let page = std::fs::read_to_string(path).expect("the manual is there");
        let start = page.find(BEGIN).expect("the manual has the table") + BEGIN.len();
        let end = start + page[start..].find("\n\n").expect("the table ends") + 1;
        let rows: String = TABLE
            .iter()
            .map(|row| format!("| `{}{}` | {} |\n", row.name, row.signature, row.meaning))
            .collect();
        if std::env::var_os("LUMEN_UPDATE_SPEC").is_some() {
            let page = format!("{}{rows}{}", &page[..start], &page[end..]);
            std::fs::write(path, page).expect("the manual can be written");
        } else {
            assert!(page[start..end] == rows, "run with LUMEN_UPDATE_SPEC=1");
        }
    }
}

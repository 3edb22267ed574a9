//! Whether two texts of a manifest say the same but for one dependency.

use super::{DependencyTable, EditError, table};
use crate::name::PackageName;
use std::collections::BTreeMap;
use toml_edit::{Item, Table, TableLike, Value};

/// What TOML says, however it is written.
#[derive(Debug, Clone, PartialEq)]
enum Meaning {
    Text(String),
    /// A number, a date, `true` or `false`, as written.
    Plain(String),
    List(Vec<Meaning>),
    Table(BTreeMap<String, Meaning>),
}

/// Checks that `new` says what `old` says, except that the entry of `name` has the value `value`, or is gone.
pub(super) fn only_changed(
    old: &str,
    new: &str,
    table: DependencyTable,
    name: &PackageName,
    value: Option<&str>,
) -> Result<(), EditError> {
    let mut expected = of_table(table::parse(old)?.as_table());
    let mut actual = of_table(table::parse(new)?.as_table());
    let dependencies = expected
        .entry(table.key().to_owned())
        .or_insert_with(|| Meaning::Table(BTreeMap::new()));
    let Meaning::Table(dependencies) = dependencies else {
        return Err(EditError::Form(table.key()));
    };
    match value {
        None => drop(dependencies.remove(name.as_str())),
        Some(value) => {
            let value = meaning_of(value).ok_or_else(|| EditError::Broken(value.to_owned()))?;
            dependencies.insert(name.to_string(), value);
        }
    }
    for whole in [&mut expected, &mut actual] {
        if whole.get(table.key()) == Some(&Meaning::Table(BTreeMap::new())) {
            whole.remove(table.key());
        }
    }
    match expected == actual {
        true => Ok(()),
        false => Err(EditError::Collateral(name.clone())),
    }
}

/// Whether the entry of `name` says what `value` says, however it is written.
pub(super) fn says(document: &Table, table: DependencyTable, name: &PackageName, value: &str) -> bool {
    let entry = document
        .get(table.key())
        .and_then(Item::as_table_like)
        .and_then(|table| table.get(name.as_str()));
    entry
        .and_then(of_item)
        .is_some_and(|entry| Some(entry) == meaning_of(value))
}

fn meaning_of(value: &str) -> Option<Meaning> {
    value.parse::<Value>().ok().map(|value| of_value(&value))
}

/// Recursion is bounded: `toml_edit` refuses more than 80 levels.
fn of_table(table: &Table) -> BTreeMap<String, Meaning> {
    of_entries(table)
}

fn of_entries(table: &dyn TableLike) -> BTreeMap<String, Meaning> {
    table
        .iter()
        .filter_map(|(key, item)| Some((key.to_owned(), of_item(item)?)))
        .collect()
}

fn of_item(item: &Item) -> Option<Meaning> {
    match item {
        Item::None => None,
        Item::Value(value) => Some(of_value(value)),
        Item::Table(table) => Some(Meaning::Table(of_table(table))),
        Item::ArrayOfTables(tables) => Some(Meaning::List(
            tables
                .iter()
                .map(|table| Meaning::Table(of_table(table)))
                .collect(),
        )),
    }
}

fn of_value(value: &Value) -> Meaning {
    match value {
        Value::String(text) => Meaning::Text(text.value().clone()),
        Value::Integer(number) => Meaning::Plain(number.value().to_string()),
        Value::Float(number) => Meaning::Plain(format!("{:?}", number.value())),
        Value::Boolean(flag) => Meaning::Plain(flag.value().to_string()),
        Value::Datetime(time) => Meaning::Plain(time.value().to_string()),
        Value::Array(array) => Meaning::List(array.iter().map(of_value).collect()),
        Value::InlineTable(table) => Meaning::Table(of_entries(table)),
    }
}

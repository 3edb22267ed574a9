//! Properties of builtins on lists, maps, sets and text, with Rust's own collections as the oracle.

use super::call::{Call, Holding, LIMIT};
use crate::show::write_text_literal;
use crate::test_values::Literal;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

/// What the builtin yields, whoever holds the arguments.
fn call(name: &str, arguments: Vec<Literal>) -> String {
    let call = Call::resolve(name, arguments);
    let run = |holding| {
        call.run(holding, LIMIT)
            .unwrap_or_else(|failure| panic!("{call:?}: {failure:?}"))
    };
    let value = run(Holding::Call);
    assert_eq!(run(Holding::Caller), value, "{call:?}");
    value
}

fn ints(values: &[i64]) -> Literal {
    Literal::List(values.iter().copied().map(Literal::Int).collect())
}

fn floats(values: &[f64]) -> Literal {
    Literal::List(values.iter().copied().map(Literal::Float).collect())
}

fn text(value: &str) -> Literal {
    Literal::String(value.to_string())
}

fn int_set(values: &BTreeSet<i64>) -> Literal {
    Literal::Set(values.iter().copied().map(Literal::Int).collect())
}

fn int_map(entries: &BTreeMap<i64, String>) -> Literal {
    Literal::Map(
        entries
            .iter()
            .map(|(key, value)| (Literal::Int(*key), text(value)))
            .collect(),
    )
}

/// Lists, maps, Ints, Floats and plain ASCII text print as Rust's `{:?}` shows them.
fn shown(value: &impl Debug) -> String {
    format!("{value:?}")
}

fn shown_set(values: &BTreeSet<i64>) -> String {
    if values.is_empty() {
        "set()".to_string()
    } else {
        shown(values)
    }
}

/// What a String prints inside another value; `show` has its own tests of that.
fn shown_text(value: &str) -> String {
    let mut shown = String::new();
    write_text_literal(value, &mut shown).expect("a String takes everything");
    shown
}

fn shown_texts(values: &[&str]) -> String {
    let shown: Vec<String> = values.iter().map(|value| shown_text(value)).collect();
    format!("[{}]", shown.join(", "))
}

const WORD: &str = "[a-c]{0,3}";

proptest! {
    #[test]
    fn sorting_agrees_with_rust(values in vec(-5i64..5, 0..40), texts in vec(WORD, 0..20), bits: Vec<u64>) {
        let mut sorted = values.clone();
        sorted.sort();
        prop_assert_eq!(call("sort", vec![ints(&values)]), shown(&sorted));

        let mut sorted = texts.clone();
        sorted.sort();
        let list = Literal::List(texts.iter().map(|value| text(value)).collect());
        prop_assert_eq!(call("sort", vec![list]), shown(&sorted));

        let values: Vec<f64> = bits.iter().map(|bits| f64::from_bits(*bits)).collect();
        let mut sorted = values.clone();
        sorted.sort_by(|left, right| {
            left.is_nan().cmp(&right.is_nan()).then(left.partial_cmp(right).unwrap_or(std::cmp::Ordering::Equal))
        });
        prop_assert_eq!(call("sort", vec![floats(&values)]), shown(&sorted));
    }

    #[test]
    fn lists_agree_with_vectors(values in vec(-3i64..4, 0..12), from in -2i64..14, to in -2i64..14, size in 1usize..5) {
        let part: Vec<i64> =
            (from.max(0)..to).filter_map(|index| values.get(index as usize)).copied().collect();
        let range = vec![ints(&values), Literal::Int(from), Literal::Int(to)];
        prop_assert_eq!(call("slice", range), shown(&part));
        let sized = || vec![ints(&values), Literal::Int(size as i64)];
        let chunks: Vec<&[i64]> = values.chunks(size).collect();
        prop_assert_eq!(call("chunk", sized()), shown(&chunks));
        let windows: Vec<&[i64]> = values.windows(size).collect();
        prop_assert_eq!(call("window", sized()), shown(&windows));
        let taken: Vec<i64> = values.iter().copied().take(size).collect();
        prop_assert_eq!(call("take", sized()), shown(&taken));
        let rest: Vec<i64> = values.iter().copied().skip(size).collect();
        prop_assert_eq!(call("drop", sized()), shown(&rest));
        prop_assert_eq!(call("repeat", sized()), shown(&values.repeat(size)));
        let reversed: Vec<i64> = values.iter().rev().copied().collect();
        prop_assert_eq!(call("reverse", vec![ints(&values)]), shown(&reversed));
        let mut seen = Vec::new();
        values.iter().for_each(|value| if !seen.contains(value) { seen.push(*value) });
        prop_assert_eq!(call("unique", vec![ints(&values)]), shown(&seen));
        let found = values.iter().position(|value| *value == from).map_or(-1, |index| index as i64);
        prop_assert_eq!(call("index_of", vec![ints(&values), Literal::Int(from)]), shown(&found));
        let pairs: Vec<(usize, i64)> = values.iter().copied().enumerate().collect();
        prop_assert_eq!(call("enumerate", vec![ints(&values)]), shown(&pairs));
        prop_assert_eq!(call("sum", vec![ints(&[&values[..], &[0]].concat())]), shown(&values.iter().sum::<i64>()));
    }

    #[test]
    fn sets_agree_with_rust(left in btree_set(0i64..200, 0..150), right in btree_set(0i64..200, 0..150), value in 0i64..200) {
        let sets = || vec![int_set(&left), int_set(&right)];
        prop_assert_eq!(call("union", sets()), shown_set(&(&left | &right)));
        prop_assert_eq!(call("intersect", sets()), shown_set(&(&left & &right)));
        prop_assert_eq!(call("difference", sets()), shown_set(&(&left - &right)));
        let with_value = || vec![int_set(&left), Literal::Int(value)];
        prop_assert_eq!(call("contains", with_value()), shown(&left.contains(&value)));
        let mut changed = left.clone();
        changed.insert(value);
        prop_assert_eq!(call("add", with_value()), shown_set(&changed));
        changed.remove(&value);
        prop_assert_eq!(call("remove", with_value()), shown_set(&changed));
        let values: Vec<i64> = right.iter().rev().chain(&left).copied().collect();
        prop_assert_eq!(call("to_set", vec![ints(&values)]), shown_set(&(&left | &right)));
    }

    #[test]
    fn maps_agree_with_rust(left in btree_map(0i64..200, WORD, 0..150), right in btree_map(0i64..200, WORD, 0..150), key in 0i64..200) {
        let mut merged = left.clone();
        merged.extend(right.clone());
        prop_assert_eq!(call("merge", vec![int_map(&left), int_map(&right)]), shown(&merged));
        let with_key = || vec![int_map(&left), Literal::Int(key)];
        prop_assert_eq!(call("has_key", with_key()), shown(&left.contains_key(&key)));
        let value = left.get(&key).map_or("null".to_string(), shown);
        prop_assert_eq!(call("get", with_key()), value);
        let keys: Vec<&i64> = left.keys().collect();
        prop_assert_eq!(call("keys", vec![int_map(&left)]), shown(&keys));
        let values: Vec<&String> = left.values().collect();
        prop_assert_eq!(call("values", vec![int_map(&left)]), shown(&values));
        let entries: Vec<(&i64, &String)> = left.iter().collect();
        prop_assert_eq!(call("entries", vec![int_map(&left)]), shown(&entries));
        let mut rest = left.clone();
        rest.remove(&key);
        prop_assert_eq!(call("remove", with_key()), shown(&rest));
    }

    #[test]
    fn text_agrees_with_rust(value in "[ab,é漢\n\r ]{0,12}", part in "[ab,é漢]{0,2}", other in "[ab]{0,2}", from in -2i64..14, to in -2i64..14) {
        let parts: Vec<&str> = match part.as_str() {
            "" => value.split("").filter(|part| !part.is_empty()).collect(),
            part => value.split(part).collect(),
        };
        prop_assert_eq!(call("split", vec![text(&value), text(&part)]), shown_texts(&parts));
        let list = Literal::List(parts.iter().map(|part| text(part)).collect());
        prop_assert_eq!(call("join", vec![list, text(&part)]), shown_text(&value));

        let lines: Vec<&str> = value.lines().collect();
        prop_assert_eq!(call("lines", vec![text(&value)]), shown_texts(&lines));
        let replaced = if part.is_empty() { value.clone() } else { value.replace(&part, &other) };
        prop_assert_eq!(call("replace", vec![text(&value), text(&part), text(&other)]), shown_text(&replaced));
        prop_assert_eq!(call("trim", vec![text(&value)]), shown_text(value.trim()));
        prop_assert_eq!(call("contains", vec![text(&value), text(&part)]), shown(&value.contains(&part)));
        prop_assert_eq!(call("starts_with", vec![text(&value), text(&part)]), shown(&value.starts_with(&part)));

        let characters: Vec<char> = value.chars().collect();
        let cut: String = (from.max(0)..to).filter_map(|index| characters.get(index as usize)).collect();
        prop_assert_eq!(call("slice", vec![text(&value), Literal::Int(from), Literal::Int(to)]), shown_text(&cut));
        let character = usize::try_from(from).ok().and_then(|index| characters.get(index));
        let expected = character.map_or("null".to_string(), |character| shown_text(&character.to_string()));
        prop_assert_eq!(call("get", vec![text(&value), Literal::Int(from)]), expected);
        let wanted: Vec<char> = part.chars().collect();
        let found = (0..=characters.len()).find(|start| characters[*start..].starts_with(&wanted));
        let expected = found.map_or(-1, |index| index as i64);
        prop_assert_eq!(call("index_of", vec![text(&value), text(&part)]), shown(&expected));
        prop_assert_eq!(call("length", vec![text(&value)]), shown(&characters.len()));
    }
}

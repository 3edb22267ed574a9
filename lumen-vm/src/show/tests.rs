//! Tests of values in writing: every kind of value in both notations, depth, bounds.

use super::{BoundedText, Form, ShowError, write_shown, write_type_name, write_value};
use crate::heap::{NominalShape, RuntimeType, TypeRef, TypeTable, Word};
use crate::lir::ModuleId;
use crate::test_values::{Literal, World, literal_type, parse_literal, point, shape};
use proptest::prelude::*;

const LIMIT: usize = 1 << 30;

/// A value in both notations; `!` where there is none.
fn shown(value: &str) -> (String, String) {
    let literal = parse_literal(value);
    let (mut world, types) = World::of(LIMIT, &[literal_type(&literal)]);
    let word = world.word(&literal, types[0]).expect("the value fits the budget");
    let forms = (
        world.shown(word, types[0], Form::Literal),
        world.shown(word, types[0], Form::Json),
    );
    world.heap.release_typed(word, types[0]);
    forms
}

#[test]
fn values_show_as_literals_and_as_json() {
    for (value, json) in [
        ("null", "null"),
        ("true", "true"),
        ("-7", "-7"),
        ("9223372036854775807", "9223372036854775807"),
        ("1.0", "1"),
        ("0.1", "0.1"),
        ("1e21", "1e+21"),
        ("-0.0", "0"),
        ("NaN", "NotJson(\"NaN\")"),
        ("[1.0, -inf]", "NotJson(\"an infinite Float\")"),
        (r#""a\n\"\{\u{7}""#, r#""a\n\"{\u0007""#),
        (r#"b"00ff""#, r#""00ff""#),
        ("[]", "[]"),
        ("[1, 2]", "[1,2]"),
        (r#"[[], ["a"]]"#, r#"[[],["a"]]"#),
        ("[1, null]", "[1,null]"),
        ("[0.1, null]", "[0.1,null]"),
        ("{}", "{}"),
        (
            r#"{"b": 1, "é": 2, "🎉": 3, "ﬀ": 4}"#,
            r#"{"b":1,"é":2,"🎉":3,"ﬀ":4}"#,
        ),
        (
            "{-1: true, 2: true, 10: false}",
            r#"{"-1":true,"10":false,"2":true}"#,
        ),
        ("{false: 1, true: 2}", r#"{"false":1,"true":2}"#),
        ("set()", "[]"),
        (r#"{"a", "b"}"#, r#"["a","b"]"#),
        ("(1, true)", "[1,true]"),
        ("ok((1, null))", r#"{"ok":[1,null]}"#),
        (r#"[err("no"), ok(1)]"#, r#"[{"err":"no"},{"ok":1}]"#),
    ] {
        let expected = match value {
            // Keys print in the order of code points.
            _ if value.contains('ﬀ') => r#"{"b": 1, "é": 2, "ﬀ": 4, "🎉": 3}"#,
            _ => value,
        };
        assert_eq!(shown(value), (expected.to_string(), json.to_string()));
    }
}

#[test]
fn records_and_variants_show_by_their_declarations() {
    let (mut world, (point, shape)) = World::with(LIMIT, |table| (point(table), shape(table)));
    let heap = &mut world.heap;
    let origin = heap
        .aggregate(point, &[Word::from_int(1), Word::from_int(-2)])
        .expect("fits");
    let circle = heap.variant(shape, 1, &[Word::from_float(1.5)]).expect("fits");
    let rectangle = heap
        .variant(shape, 2, &[Word::from_float(1.0), Word::from_float(2.0)])
        .expect("fits");
    for (word, ty, literal, json) in [
        (origin, point, "Point(x: 1, y: -2)", r#"{"x":1,"y":-2}"#),
        (Word::plain_variant(shape, 0), shape, "Dot", r#""Dot""#),
        (circle, shape, "Circle(1.5)", r#"{"Circle":[1.5]}"#),
        (rectangle, shape, "Box(1.0, 2.0)", r#"{"Box":[1,2]}"#),
    ] {
        assert_eq!(world.shown(word, ty, Form::Literal), literal);
        assert_eq!(world.shown(word, ty, Form::Json), json);
        world.heap.release(word);
    }
}

#[test]
fn fields_stand_in_json_by_utf16_and_as_declared_elsewhere() {
    let (mut world, ty) = World::with(LIMIT, |table| {
        let nominal = table.intern_nominal(&ModuleId::document("test"), "R");
        let fields = ["z", "\u{fb33}", "\u{1f602}", "a"].map(|name| (name.to_string(), TypeRef::INT));
        table.define(nominal, NominalShape::Record(fields.to_vec()));
        table.intern(RuntimeType::Nominal(nominal))
    });
    let word = world
        .heap
        .aggregate(ty, &[1, 2, 3, 4].map(Word::from_int))
        .expect("fits");
    assert_eq!(
        world.shown(word, ty, Form::Literal),
        "R(z: 1, \u{fb33}: 2, \u{1f602}: 3, a: 4)"
    );
    assert_eq!(
        world.shown(word, ty, Form::Json),
        "{\"a\":4,\"z\":1,\"\u{1f602}\":3,\"\u{fb33}\":2}"
    );
    world.heap.release(word);
}

#[test]
fn strings_are_raw_on_their_own() {
    let (mut world, types) = World::of(LIMIT, &[literal_type(&parse_literal("[\"\", null]"))]);
    let text = world.heap.string("a \"b\"\n").expect("fits");
    let optional = world.heap.types().element(types[0]).expect("a list");
    for ty in [TypeRef::STRING, optional] {
        let mut output = BoundedText::new(100);
        assert_eq!(write_shown(&world.heap, text, ty, &mut output), Ok(()));
        assert_eq!(output.as_str(), "a \"b\"\n");
    }
    world.heap.release(text);
}

/// The record `Chain(next: list[Chain])` and its list.
fn chain(table: &mut TypeTable) -> (TypeRef, TypeRef) {
    let nominal = table.intern_nominal(&ModuleId::document("test"), "Chain");
    let record = table.intern(RuntimeType::Nominal(nominal));
    let list = table.intern(RuntimeType::List(record));
    table.define(nominal, NominalShape::Record(vec![("next".to_string(), list)]));
    (record, list)
}

#[test]
fn depth_needs_no_native_stack_and_counts_against_the_bound() {
    const DEPTH: usize = 500_000;
    let (mut world, (record, list)) = World::with(LIMIT, chain);
    let mut word = world.heap.list(list, 0).expect("fits");
    for _ in 0..DEPTH {
        let link = world.heap.aggregate(record, &[word]).expect("fits");
        word = world.heap.list_of(list, &[link]).expect("fits");
    }
    for (form, level) in [(Form::Literal, "[Chain(next: )]"), (Form::Json, "[{\"next\":}]")] {
        let mut output = BoundedText::new(usize::MAX);
        assert_eq!(write_value(&world.heap, word, list, form, &mut output), Ok(()));
        assert_eq!(output.as_str().len(), DEPTH * level.len() + "[]".len());
        let mut output = BoundedText::new(DEPTH * level.len() * 2);
        assert_eq!(
            write_value(&world.heap, word, list, form, &mut output),
            Err(ShowError::Full)
        );
    }
    world.heap.release(word);
}

#[test]
fn types_are_named_as_a_program_writes_them() {
    let (world, named) = World::with(LIMIT, |table| {
        let point = point(table);
        let optional = table.intern(RuntimeType::Union(Box::new([TypeRef::NULL, TypeRef::STRING])));
        let function = table.intern(RuntimeType::Function(Box::new([TypeRef::INT, point]), optional));
        let either = table.intern(RuntimeType::Union(Box::new([
            TypeRef::NULL,
            TypeRef::INT,
            function,
        ])));
        let pair = table.intern(RuntimeType::Tuple(Box::new([TypeRef::BYTES, either])));
        let map = table.intern(RuntimeType::Map(TypeRef::STRING, optional));
        let set = table.intern(RuntimeType::Set(TypeRef::JSON));
        let result = table.intern(RuntimeType::Result(set, TypeRef::FLOAT));
        let mut deep = TypeRef::BOOL;
        for _ in 0..100_000 {
            deep = table.intern(RuntimeType::List(deep));
        }
        [
            (point, "Point".to_string()),
            (optional, "String?".to_string()),
            (function, "fn(Int, Point) -> String?".to_string()),
            (
                pair,
                "(Bytes, Int | (fn(Int, Point) -> String?) | Null)".to_string(),
            ),
            (map, "map[String, String?]".to_string()),
            (result, "result[set[Json], Float]".to_string()),
            (deep, "list[".repeat(100_000) + "Bool" + &"]".repeat(100_000)),
        ]
    });
    for (ty, name) in named {
        let mut output = BoundedText::new(usize::MAX);
        assert_eq!(write_type_name(world.heap.types(), ty, &mut output), Ok(()));
        assert_eq!(output.as_str(), name);
    }
}

/// What a parser reads from a Float: integral ones below 1e21 print without point and exponent, as the shortest digits
/// that mean the Float, filled up with zeros, which is not always the Float's own value.
fn number(value: f64) -> serde_json::Value {
    let digits = value.to_string();
    match (digits.parse::<i64>(), digits.parse::<u64>()) {
        (Ok(integer), _) => integer.into(),
        (_, Ok(integer)) => integer.into(),
        _ => value.into(),
    }
}

/// Literals that have a form in JSON, with the value that other parsers read from it.
fn value_and_json() -> impl Strategy<Value = (Literal, serde_json::Value)> {
    use serde_json::Value;
    let leaf = prop_oneof![
        any::<i64>().prop_map(|value| (Literal::Int(value), Value::from(value))),
        any::<bool>().prop_map(|value| (Literal::Bool(value), Value::from(value))),
        any::<String>().prop_map(|text| (Literal::String(text.clone()), Value::from(text))),
        any::<f64>().prop_map(|value| (Literal::Float(value), number(value))),
        Just((Literal::Null, Value::Null)),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            (inner.clone(), 0usize..4).prop_map(|((literal, json), count)| {
                (
                    Literal::List(vec![literal; count]),
                    Value::from(vec![json; count]),
                )
            }),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(|parts| {
                let (literals, values): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
                (Literal::Tuple(literals), Value::from(values))
            }),
            (
                inner.clone(),
                proptest::collection::btree_set(any::<String>(), 0..4)
            )
                .prop_map(|((literal, json), keys)| {
                    let entries = keys
                        .iter()
                        .map(|key| (Literal::String(key.clone()), literal.clone()));
                    let members = keys.iter().map(|key| (key.clone(), json.clone()));
                    (Literal::Map(entries.collect()), Value::Object(members.collect()))
                }),
            inner.prop_map(|(literal, json)| {
                (
                    Literal::Result(1, Box::new(literal)),
                    serde_json::json!({ "err": json }),
                )
            }),
        ]
    })
}

proptest! {
    #[test]
    fn other_parsers_read_the_same_json((literal, expected) in value_and_json()) {
        let (mut world, types) = World::of(LIMIT, &[literal_type(&literal)]);
        let word = world.word(&literal, types[0]).expect("the value fits the budget");
        let json = world.shown(word, types[0], Form::Json);
        world.heap.release_typed(word, types[0]);
        let parsed: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        prop_assert_eq!(&parsed, &expected, "{}", json);
    }
}

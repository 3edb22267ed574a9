//! Properties of Json: text against `serde_json`, steps against the values that they lead to.

use super::{Functions, MAX_DEPTH, PlainRecords, diff, encode, parse, patched};
use crate::heap::{TypeRef, Word};
use crate::lir::SignatureType;
use crate::show::Form;
use crate::test_values::{Literal, World, literal_type};
use proptest::prelude::*;
use serde_json::Value;

const LIMIT: usize = 1_000_000;

/// A Json as `serde_json` has it. Numbers that no Int can hold are Floats.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let name = prop_oneof![Just("a".to_owned()), Just("b/~".to_owned()), any::<String>()];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map(name, inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The same value as a literal.
fn literal(json: &Value) -> Literal {
    match json {
        Value::Null => Literal::Null,
        Value::Bool(value) => Literal::Bool(*value),
        Value::Number(number) => match number.as_i64() {
            Some(value) => Literal::Int(value),
            None => Literal::Float(number.as_f64().expect("a Float")),
        },
        Value::String(text) => Literal::String(text.clone()),
        Value::Array(elements) => Literal::List(elements.iter().map(literal).collect()),
        Value::Object(members) => {
            let entries = members.iter();
            Literal::Map(
                entries
                    .map(|(name, value)| (Literal::String(name.clone()), literal(value)))
                    .collect(),
            )
        }
    }
}

/// A world of Json, with two of them.
fn world_with(values: [&Value; 2]) -> (World, [Word; 2]) {
    let (mut world, _) = World::of(LIMIT, &[SignatureType::Json]);
    let words = values.map(|value| {
        let json = Literal::Json(Box::new(literal(value)));
        world.word(&json, TypeRef::JSON).expect("fits")
    });
    (world, words)
}

proptest! {
    #[test]
    fn texts_are_read_as_serde_json_reads_them(json in json(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&json) } else { serde_json::to_string(&json) };
        let (mut world, [expected, other]) = world_with([&json, &Value::Null]);
        let parsed = parse(&mut world.heap, &text.expect("is text")).expect("is JSON");
        prop_assert!(world.heap.equal(parsed, expected, TypeRef::JSON));
        // The canonical text denotes the same value, for readers that see all numbers alike.
        let canonical = world.shown(parsed, TypeRef::JSON, Form::Json);
        let again = parse(&mut world.heap, &canonical).expect("is JSON");
        prop_assert_eq!(&world.shown(again, TypeRef::JSON, Form::Json), &canonical);
        [parsed, expected, other, again].into_iter().for_each(|word| world.heap.release(word));
        prop_assert_eq!((world.heap.live_objects(), world.heap.bytes_used()), (0, 0));
    }

    /// Whatever is no JSON for one is none for the other, but for what is refused here alone.
    #[test]
    fn faulty_texts_are_refused_as_serde_json_refuses_them(text in "[\\[\\]{}\":,0-9a-c.eE+ntrue\\\\ -]{0,12}") {
        let (mut world, words) = world_with([&Value::Null, &Value::Null]);
        let parsed = parse(&mut world.heap, &text);
        let theirs = serde_json::from_str::<Value>(&text);
        match (&parsed, &theirs) {
            (Ok(_), Err(error)) => prop_assert!(false, "{text:?}: {error}"),
            (Err(error), Ok(_)) => prop_assert!(format!("{error:?}").contains("occurs twice"), "{text:?}: {error:?}"),
            _ => {}
        }
        if let Ok(word) = parsed {
            world.heap.release(word);
        }
        words.into_iter().for_each(|word| world.heap.release(word));
        prop_assert_eq!(world.heap.live_objects(), 0);
    }

    #[test]
    fn steps_lead_from_the_left_to_the_right(left in json(), right in json(), changes: bool) {
        // Often two values that have much in common.
        let right = if changes { Value::from(vec![left.clone(), right]) } else { right };
        let left = if changes { Value::from(vec![Value::Null, left]) } else { left };
        let (mut world, [from, to]) = world_with([&left, &right]);
        let steps = diff(&mut world.heap, from, to).expect("fits");
        let reached = patched(&mut PlainRecords::new(&mut world.heap), from, TypeRef::JSON, steps).expect("applies");
        prop_assert!(world.heap.equal(reached, to, TypeRef::JSON));
        let none = diff(&mut world.heap, to, reached).expect("fits");
        prop_assert_eq!(world.heap.element_count(none), 0);
        [from, to, steps, reached, none].into_iter().for_each(|word| world.heap.release(word));
        prop_assert_eq!((world.heap.live_objects(), world.heap.bytes_used()), (0, 0));
    }

    #[test]
    fn encoding_agrees_with_the_canonical_text(numbers: Vec<(i64, f64)>, text: String, octets: Vec<u8>) {
        let pairs = numbers.iter().map(|(int, float)| Literal::Tuple(vec![Literal::Int(*int), Literal::Float(*float)]));
        let value = Literal::Tuple(vec![
            Literal::List(pairs.collect()),
            Literal::Map(vec![(Literal::String(text), Literal::Result(1, Box::new(Literal::Bytes(octets))))]),
        ]);
        let (mut world, types) = World::of(LIMIT, &[literal_type(&value)]);
        let word = world.word(&value, types[0]).expect("fits");
        let json = encode(&mut world.heap, word, types[0], Functions::Refuse).expect("has a form");
        prop_assert_eq!(
            world.shown(json, TypeRef::JSON, Form::Json),
            world.shown(word, types[0], Form::Json)
        );
        world.heap.release(json);
        world.heap.release(word);
        prop_assert_eq!((world.heap.live_objects(), world.heap.bytes_used()), (0, 0));
    }
}

/// Values nested as deep as memory allows need no native stack.
#[test]
fn deep_values_are_encoded_and_compared_without_recursion() {
    const DEPTH: usize = 20_000;
    let (mut world, _) = World::of(100 * LIMIT, &[SignatureType::Json]);
    let mut nested = [Word::INLINE_NULL, Word::inline_bool(true)];
    for word in &mut nested {
        for _ in 0..DEPTH {
            *word = world.heap.list_of(TypeRef::JSON_LIST, &[*word]).expect("fits");
        }
    }
    let [left, right] = nested;
    let encoded = encode(&mut world.heap, left, TypeRef::JSON, Functions::Refuse).expect("has a form");
    let name = world.heap.string("absent").expect("fits");
    let redacted = super::redacted(&mut world.heap, left, TypeRef::JSON, &[name]).expect("has a form");
    assert!(world.heap.equal(left, redacted, TypeRef::JSON));
    let steps = diff(&mut world.heap, left, right).expect("fits");
    assert_eq!(world.heap.element_count(steps), 1);
    let path = world.heap.element(world.heap.element(steps, 0), 1);
    assert_eq!(world.heap.text(path), "/0".repeat(MAX_DEPTH));
    for word in [left, right, encoded, redacted, steps, name] {
        world.heap.release(word);
    }
    assert_eq!((world.heap.live_objects(), world.heap.bytes_used()), (0, 0));
}

//! Values built, changed, compared and dropped through the heap's own methods.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::lir::ModuleId;

struct Types {
    table: Arc<TypeTable>,
    ints: TypeRef,
    texts: TypeRef,
    nested: TypeRef,
    int_map: TypeRef,
    text_map: TypeRef,
    text_set: TypeRef,
    optional: TypeRef,
    colour: TypeRef,
    pair: TypeRef,
}

/// Some types; `nested` is a record `Chain(next: list[Chain])`'s list.
fn types() -> Types {
    let mut table = TypeTable::new();
    let module = ModuleId::document("test");
    let ints = table.intern(RuntimeType::List(TypeRef::INT));
    let texts = table.intern(RuntimeType::List(TypeRef::STRING));
    let int_map = table.intern(RuntimeType::Map(TypeRef::INT, TypeRef::STRING));
    let text_map = table.intern(RuntimeType::Map(TypeRef::STRING, TypeRef::INT));
    let text_set = table.intern(RuntimeType::Set(TypeRef::STRING));
    let optional = table.intern(RuntimeType::Union(Box::new([
        TypeRef::NULL,
        TypeRef::INT,
        TypeRef::FLOAT,
    ])));
    let pair = table.intern(RuntimeType::Tuple(Box::new([TypeRef::INT, TypeRef::STRING])));
    let colour = table.intern_nominal(&module, "Colour");
    let shade: Box<[TypeRef]> = Box::new([TypeRef::STRING]);
    let variants = vec![("Red".to_owned(), Box::default()), ("Shade".to_owned(), shade)];
    table.define(colour, NominalShape::Enum(variants));
    let colour = table.intern(RuntimeType::Nominal(colour));
    let chain = table.intern_nominal(&module, "Chain");
    let chain_type = table.intern(RuntimeType::Nominal(chain));
    let nested = table.intern(RuntimeType::List(chain_type));
    table.define(chain, NominalShape::Record(vec![("next".to_owned(), nested)]));
    table.seal();
    Types {
        table: Arc::new(table),
        ints,
        texts,
        nested,
        int_map,
        text_map,
        text_set,
        optional,
        colour,
        pair,
    }
}

/// Runs `body` on a heap of `limit` bytes and checks that it leaves nothing behind.
fn with_heap(limit: usize, body: impl FnOnce(&mut Heap, &Types)) {
    let types = types();
    let mut heap = Heap::new(Arc::clone(&types.table), limit);
    body(&mut heap, &types);
    assert_eq!((heap.live_objects(), heap.bytes_used()), (0, 0));
}

fn chain(heap: &mut Heap, types: &Types, depth: usize) -> Result<Word, HeapError> {
    let record = types.table.element(types.nested).expect("a list type");
    let mut list = heap.list(types.nested, 0)?;
    for _ in 0..depth {
        let link = heap.aggregate(record, &[list])?;
        list = heap.list_of(types.nested, &[link])?;
    }
    Ok(list)
}

#[test]
fn a_list_nested_a_million_levels_is_compared_and_dropped() {
    let depth = if cfg!(miri) { 300 } else { 1_000_000 };
    with_heap(usize::MAX, |heap, types| {
        let left = chain(heap, types, depth).expect("fits");
        let right = chain(heap, types, depth).expect("fits");
        let deeper = chain(heap, types, depth + 1).expect("fits");
        assert!(heap.equal(left, right, types.nested));
        assert_eq!(heap.compare(left, deeper, types.nested), Ordering::Less);
        heap.release(left);
        heap.release(right);
        heap.release(deeper);
    });
}

#[test]
fn a_budget_is_an_error_and_consumes_what_was_given() {
    with_heap(10_000, |heap, types| {
        assert_eq!(chain(heap, types, 1000), Err(HeapError::Budget { limit: 10_000 }));
        let mut list = heap.list(types.texts, 0).expect("fits");
        loop {
            let text = heap.string("some text that takes its place").expect("fits");
            match heap.push(list, text) {
                Ok(longer) => list = longer,
                Err(_) => break,
            }
        }
        let mut text = heap.string("x").expect("fits");
        let shared = text;
        heap.retain(shared);
        let more = heap.string("y").expect("fits");
        text = heap.append_string(text, more).expect("fits");
        assert_eq!((heap.text(text), heap.text(shared)), ("xy", "x"));
        heap.release(shared);
        while let Ok(longer) = heap.append_string(text, more) {
            text = longer;
        }
        heap.release(more);
    });
}

#[test]
fn appending_in_place_keeps_shared_lists() {
    with_heap(usize::MAX, |heap, types| {
        let mut list = heap.list_of(types.ints, &[Word::from_int(1)]).expect("fits");
        heap.retain(list);
        let shared = list;
        for value in 2..100 {
            list = heap.push(list, Word::from_int(value)).expect("fits");
        }
        list = heap.set_element(list, 0, Word::from_int(7)).expect("fits");
        assert_eq!(heap.elements(shared), [Word::from_int(1)]);
        assert_eq!(
            (heap.element(list, 0).int(), heap.element(list, 98).int()),
            (7, 99)
        );
        heap.retain(list);
        let short = heap.truncate(list, 2).expect("fits");
        assert_eq!((heap.element_count(short), heap.element_count(list)), (2, 99));
        [list, short, shared]
            .into_iter()
            .for_each(|word| heap.release(word));
    });
}

proptest! {
    /// Wherever the last look was, also in a text that came to stand where another one was.
    #[test]
    fn characters_are_found_in_any_order(
        text in "[a-cäß日🎉]{1,24}",
        looks in prop::collection::vec((0usize..60, 0usize..4, any::<bool>()), 1..40),
    ) {
        with_heap(usize::MAX, |heap, _| {
            let mut string = heap.string(&text).expect("fits");
            let mut model: Vec<char> = text.chars().collect();
            for &(from, length, changes) in &looks {
                let to = (from + length).min(model.len());
                let range = heap.character_range(string, from, from + length);
                let expected: String = model[from.min(to)..to].iter().collect();
                assert_eq!(&heap.text(string)[range], expected);
                if changes && length == 0 {
                    heap.release(string);
                    model.rotate_left(1);
                    string = heap.string(&model.iter().collect::<String>()).expect("fits");
                } else if changes {
                    let other = heap.string("é").expect("fits");
                    string = heap.append_string(string, other).expect("fits");
                    heap.release(other);
                    model.push('é');
                }
            }
            heap.release(string);
        });
    }

    #[test]
    fn prefixes_stand_in_the_order_of_texts(left in "[\\x00ab]{0,10}", right in "[\\x00ab]{0,10}") {
        with_heap(usize::MAX, |heap, _| {
            let words = [&left, &right].map(|text| heap.string(text).expect("fits"));
            let [first, second] = words.map(|word| Object::of(word).prefix());
            if first != second {
                assert_eq!(first.cmp(&second), left.cmp(&right));
            }
            words.into_iter().for_each(|word| heap.release(word));
        });
    }
}

#[test]
fn characters_are_counted_and_found() {
    with_heap(usize::MAX, |heap, _| {
        let text = heap.string("añ日🎉z").expect("fits");
        assert_eq!((heap.character_count(text), heap.is_ascii(text)), (5, false));
        let range = heap.character_range(text, 1, 4);
        let part = heap.substring(text, range).expect("fits");
        assert_eq!((heap.text(part), heap.character_count(part)), ("ñ日🎉", 3));
        assert_eq!(heap.character_range(text, 4, 100), 10..11);
        assert_eq!(heap.character_range(text, 3, 1), 6..6);
        let joined = heap.append_string(text, part).expect("fits");
        assert_eq!(
            (heap.text(joined), heap.character_count(joined)),
            ("añ日🎉zñ日🎉", 8)
        );
        heap.release(joined);
        heap.release(part);
    });
}

#[test]
fn dynamic_words_say_what_they_are() {
    with_heap(usize::MAX, |heap, types| {
        let cases = [
            (TypeRef::NULL, Word::NULL),
            (TypeRef::BOOL, Word::from_bool(true)),
            (TypeRef::INT, Word::from_int(5)),
            (TypeRef::INT, Word::from_int(i64::MIN)),
            (TypeRef::FLOAT, Word::from_float(1.5)),
            (TypeRef::FLOAT, Word::from_float(0.1)),
        ];
        for (ty, word) in cases {
            let wrapped = heap.wrap(word, ty).expect("fits");
            assert_eq!(heap.unwrap(wrapped), (ty, word));
            heap.release(wrapped);
        }
        let [small, large] = [5, i64::MAX].map(|value| heap.wrap_int(value).expect("fits"));
        let float = heap.wrap_float(0.1).expect("fits");
        assert_eq!(heap.compare(small, large, types.optional), Ordering::Less);
        assert_eq!(
            heap.compare(Word::INLINE_NULL, small, types.optional),
            Ordering::Less
        );
        assert_eq!(heap.compare(large, float, types.optional), Ordering::Less);
        [large, float].into_iter().for_each(|word| heap.release(word));
    });
}

#[test]
fn variants_order_as_declared_then_by_payload() {
    with_heap(usize::MAX, |heap, types| {
        let red = heap.variant(types.colour, 0, &[]).expect("fits");
        let [dark, light] = ["dark", "light"].map(|name| {
            let name = heap.string(name).expect("fits");
            heap.variant(types.colour, 1, &[name]).expect("fits")
        });
        assert_eq!([red, dark].map(|word| heap.variant_of(word)), [0, 1]);
        assert_eq!(heap.compare(red, dark, types.colour), Ordering::Less);
        assert_eq!(heap.compare(light, dark, types.colour), Ordering::Greater);
        [dark, light].into_iter().for_each(|word| heap.release(word));
    });
}

#[test]
fn a_shared_record_is_copied_before_it_changes() {
    with_heap(usize::MAX, |heap, types| {
        let text = heap.string("one").expect("fits");
        let first = heap
            .aggregate(types.pair, &[Word::from_int(1), text])
            .expect("fits");
        heap.retain(first);
        let second = heap.unshared_aggregate(first).expect("fits");
        assert_ne!(first, second);
        assert!(heap.equal(first, second, types.pair));
        assert_eq!(heap.unshared_aggregate(second), Ok(second));
        [first, second].into_iter().for_each(|word| heap.release(word));
    });
}

#[test]
fn floats_have_one_order() {
    let ascending = [f64::NEG_INFINITY, -1.0, 0.0, 1e-300, f64::INFINITY, f64::NAN];
    for (i, left) in ascending.into_iter().enumerate() {
        for (j, right) in ascending.into_iter().enumerate() {
            assert_eq!(compare_floats(left, right), i.cmp(&j));
        }
    }
    assert_eq!(compare_floats(-0.0, 0.0), Ordering::Equal);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { ProptestConfig::default().cases.max(128) }))]

    #[test]
    fn a_map_is_the_sorted_map_of_its_insertions(
        changes in prop::collection::vec((any::<bool>(), 0..200_i64, any::<i64>()), 0..600),
    ) {
        with_heap(usize::MAX, |heap, types| {
            let mut map = heap.map(types.text_map).expect("fits");
            let mut by_int = heap.map(types.int_map).expect("fits");
            let mut model = BTreeMap::new();
            let mut snapshots = Vec::new();
            for (position, (insert, key, value)) in changes.into_iter().enumerate() {
                let text = format!("{key}");
                let key_word = heap.string(&text).expect("fits");
                if insert {
                    let value_word = heap.string(&value.to_string()).expect("fits");
                    map = heap.map_insert(map, key_word, Word::from_int(value)).expect("fits");
                    by_int = heap.map_insert(by_int, Word::from_int(key), value_word).expect("fits");
                    model.insert(text, (key, value));
                } else {
                    map = heap.map_remove(map, key_word).expect("fits");
                    by_int = heap.map_remove(by_int, Word::from_int(key)).expect("fits");
                    heap.release(key_word);
                    model.remove(&text);
                }
                if position % 100 == 50 {
                    heap.retain(map);
                    snapshots.push((map, model.clone()));
                }
            }
            snapshots.push((map, model.clone()));
            for (map, model) in snapshots {
                let entries: Vec<(String, i64)> = heap
                    .map_entries(map)
                    .map(|(key, value)| (heap.text(key).to_owned(), value.int()))
                    .collect();
                let expected: Vec<(String, i64)> =
                    model.into_iter().map(|(key, (_, value))| (key, value)).collect();
                assert_eq!(heap.table_len(map), expected.len());
                assert_eq!(entries, expected);
                heap.release(map);
            }
            let keys: Vec<i64> = heap.map_entries(by_int).map(|(key, _)| key.int()).collect();
            let expected: BTreeSet<i64> = model.values().map(|&(key, _)| key).collect();
            assert_eq!(keys, expected.into_iter().collect::<Vec<_>>());
            heap.release(by_int);
        });
    }

    #[test]
    fn a_set_is_the_sorted_set_of_its_insertions(
        changes in prop::collection::vec((any::<bool>(), 0..300_u32), 0..900),
    ) {
        with_heap(usize::MAX, |heap, types| {
            let mut set = heap.set(types.text_set).expect("fits");
            let mut model = BTreeSet::new();
            for (insert, value) in changes {
                let text = format!("{value}");
                let word = heap.string(&text).expect("fits");
                assert_eq!(heap.set_contains(set, word), model.contains(&text));
                if insert {
                    set = heap.set_insert(set, word).expect("fits");
                    model.insert(text);
                } else {
                    set = heap.set_remove(set, word).expect("fits");
                    heap.release(word);
                    model.remove(&text);
                }
            }
            let elements: Vec<&str> = heap.set_elements(set).map(|word| heap.text(word)).collect();
            assert_eq!(elements, model.iter().map(String::as_str).collect::<Vec<_>>());
            heap.release(set);
        });
    }
}

//! JSON text as a tree, for values that come from outside a program.
//!
//! Deeper nesting than [`MAX_DEPTH`] is refused while reading, so whoever walks a tree may recurse. Names that occur
//! twice in one object are refused: readers disagree on which one counts.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// How deep arrays and objects may nest: `serde_json`'s own limit.
pub(crate) const MAX_DEPTH: usize = 127;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum JsonTree {
    Null,
    Bool(bool),
    /// A number without point and exponent that an Int can hold.
    Int(i64),
    /// Any other number; finite.
    Float(f64),
    String(String),
    Array(Vec<JsonTree>),
    /// Members in the order of the text.
    Object(Vec<(String, JsonTree)>),
}

impl JsonTree {
    /// Reads a text that holds one JSON value. The error says what is wrong and where, in one line.
    pub(crate) fn parse(text: &str) -> Result<JsonTree, String> {
        serde_json::from_str(text).map_err(|error| {
            let message = error.to_string();
            match message.strip_prefix("recursion limit exceeded") {
                Some(place) => format!("arrays and objects nest deeper than {MAX_DEPTH}{place}"),
                None => message,
            }
        })
    }

    /// What kind of value it is, with its article.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            JsonTree::Null => "null",
            JsonTree::Bool(_) => "a Bool",
            JsonTree::Int(_) => "an integer",
            JsonTree::Float(_) => "a number",
            JsonTree::String(_) => "a string",
            JsonTree::Array(_) => "an array",
            JsonTree::Object(_) => "an object",
        }
    }
}

impl<'de> Deserialize<'de> for JsonTree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<JsonTree, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = JsonTree;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<JsonTree, E> {
        Ok(JsonTree::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<JsonTree, E> {
        Ok(JsonTree::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<JsonTree, E> {
        Ok(JsonTree::Int(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<JsonTree, E> {
        Ok(i64::try_from(value).map_or(JsonTree::Float(value as f64), JsonTree::Int))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<JsonTree, E> {
        Ok(JsonTree::Float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<JsonTree, E> {
        Ok(JsonTree::String(value.to_string()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<JsonTree, E> {
        Ok(JsonTree::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<JsonTree, A::Error> {
        let mut array = Vec::new();
        while let Some(element) = elements.next_element()? {
            array.push(element);
        }
        Ok(JsonTree::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<JsonTree, A::Error> {
        let mut names = std::collections::BTreeSet::new();
        let mut object = Vec::new();
        while let Some((name, value)) = members.next_entry::<String, JsonTree>()? {
            if !names.insert(name.clone()) {
                return Err(A::Error::custom(format!(
                    "the name {name:?} occurs twice in one object"
                )));
            }
            object.push((name, value));
        }
        Ok(JsonTree::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_trees() {
        for (text, expected) in [
            ("null", JsonTree::Null),
            (" true ", JsonTree::Bool(true)),
            ("-7", JsonTree::Int(-7)),
            ("9223372036854775807", JsonTree::Int(i64::MAX)),
            (
                "9223372036854775808",
                JsonTree::Float(9_223_372_036_854_775_808.0),
            ),
            ("1.0", JsonTree::Float(1.0)),
            ("1.8152645054139394e304", JsonTree::Float(1.8152645054139394e304)),
            (r#""a\u00e9""#, JsonTree::String("aé".to_string())),
            (
                "[1, []]",
                JsonTree::Array(vec![JsonTree::Int(1), JsonTree::Array(Vec::new())]),
            ),
            (
                r#"{"b": 1, "a": null}"#,
                JsonTree::Object(vec![
                    ("b".to_string(), JsonTree::Int(1)),
                    ("a".to_string(), JsonTree::Null),
                ]),
            ),
        ] {
            assert_eq!(JsonTree::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn faulty_texts_say_where() {
        for (text, message) in [
            ("", "EOF while parsing a value at line 1 column 0"),
            ("[1,]", "trailing comma at line 1 column 4"),
            ("1 2", "trailing characters at line 1 column 3"),
            ("abc", "expected value at line 1 column 1"),
            (
                r#"{"a": 1, "a": 2}"#,
                r#"the name "a" occurs twice in one object at line 1 column 16"#,
            ),
            ("1e999", "number out of range at line 1 column 5"),
        ] {
            assert_eq!(JsonTree::parse(text), Err(message.to_string()), "{text}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(JsonTree::parse(&nested(MAX_DEPTH)).is_ok());
        let error = JsonTree::parse(&nested(MAX_DEPTH + 1)).expect_err("too deep");
        assert!(
            error.starts_with("arrays and objects nest deeper than 127 at line 1"),
            "{error}"
        );
        assert!(JsonTree::parse(&"[".repeat(1_000_000)).is_err());
    }
}

//! Canonical JSON spread over lines, for people who read what changed between two versions of it.
//!
//! ```text
//! {"a":[1,2],"b":{}}      {
//!                           "a": [
//!                             1,
//!                             2
//!                           ],
//!                           "b": {}
//!                         }
//! ```

use super::bounded::BoundedText;
use std::fmt::{self, Write};

/// Writes canonical JSON with one member or element a line, two spaces a level. Text that is no canonical JSON comes out
/// with other line breaks, and is otherwise what it was.
pub(crate) fn write_indented(json: &str, output: &mut BoundedText) -> fmt::Result {
    let mut depth = 0usize;
    let mut rest = json;
    while let Some(next) = rest.chars().next() {
        let length = match next {
            '"' => string_length(rest),
            _ => rest
                .find(['"', '[', ']', '{', '}', ',', ':'])
                .unwrap_or(rest.len())
                .max(1),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        match token {
            "[" | "{" => {
                output.write_str(token)?;
                if rest.starts_with([']', '}']) {
                    output.write_str(&rest[..1])?;
                    rest = &rest[1..];
                } else {
                    depth += 1;
                    new_line(depth, output)?;
                }
            }
            "]" | "}" => {
                depth = depth.saturating_sub(1);
                new_line(depth, output)?;
                output.write_str(token)?;
            }
            "," => {
                output.write_str(token)?;
                new_line(depth, output)?;
            }
            ":" => output.write_str(": ")?,
            _ => output.write_str(token)?,
        }
    }
    Ok(())
}

fn new_line(depth: usize, output: &mut BoundedText) -> fmt::Result {
    output.write_char('\n')?;
    (0..depth).try_for_each(|_| output.write_str("  "))
}

/// Octets of the string literal that a text begins with, both quotes included.
fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.bytes().skip(1).position(|octet| {
        let is_end = octet == b'"' && !is_escaped;
        is_escaped = octet == b'\\' && !is_escaped;
        is_end
    });
    end.map_or(text.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn indented(json: &str) -> String {
        let mut text = BoundedText::new(usize::MAX);
        write_indented(json, &mut text).expect("there is no bound");
        text.into_string()
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<i64>().prop_map(serde_json::Value::from),
            "[a\"\\\\,:{}\\[\\]\n]{0,5}".prop_map(serde_json::Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
                proptest::collection::btree_map("[a\"\\\\,:{}]{0,3}", inner, 0..4)
                    .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn lines_are_those_of_serde_json(value in json()) {
            prop_assert_eq!(indented(&value.to_string()), format!("{value:#}"));
        }

        #[test]
        fn any_text_is_taken(text in ".{0,20}|[\\[\\]{},:\"\\\\é]{0,20}") {
            indented(&text);
        }
    }
}

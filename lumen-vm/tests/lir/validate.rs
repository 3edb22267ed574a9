//! A validator for the part of JSON Schema 2020-12 that the schema of the canonical form is written in. It refuses keywords
//! that it does not know, so that none is passed over.

use serde_json::{Map, Value};

/// Why a value does not fit: the first place found, with the keyword that fails there.
pub(crate) fn validate(root: &Value, value: &Value) -> Result<(), String> {
    Validator { root }.check(root, value, "$")
}

struct Validator<'s> {
    root: &'s Value,
}

impl Validator<'_> {
    fn check(&self, schema: &Value, value: &Value, path: &str) -> Result<(), String> {
        let schema = schema.as_object().expect("a schema is an object");
        for (keyword, operand) in schema {
            if !self.holds(schema, keyword, operand, value, path)? {
                return Err(format!("{path}: {keyword} {operand}"));
            }
        }
        Ok(())
    }

    /// Whether a keyword holds; an error tells of a place further in.
    fn holds(
        &self,
        schema: &Map<String, Value>,
        keyword: &str,
        operand: &Value,
        value: &Value,
        path: &str,
    ) -> Result<bool, String> {
        Ok(match keyword {
            "$schema" | "$id" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let pointer = text(operand)
                    .strip_prefix('#')
                    .expect("references stay in the schema");
                let target = self.root.pointer(pointer).expect("references lead somewhere");
                self.check(target, value, path)?;
                true
            }
            "const" => operand == value,
            "enum" => operand.as_array().expect("a list").contains(value),
            "type" => is_of_type(text(operand), value),
            "minLength" => value
                .as_str()
                .is_none_or(|value| value.chars().count() as u64 >= number(operand) as u64),
            "minimum" => value.as_i64().is_none_or(|value| value >= number(operand)),
            "maximum" => value.as_i64().is_none_or(|value| value <= number(operand)),
            "minItems" => list(value).len() as i64 >= number(operand),
            "maxItems" => list(value).len() as i64 <= number(operand),
            "anyOf" => {
                let mut failures = Vec::new();
                for option in operand.as_array().expect("a list") {
                    match self.check(option, value, path) {
                        Ok(()) => return Ok(true),
                        Err(failure) => failures.push(failure),
                    }
                }
                // The deepest failure belongs to the option that was meant.
                let deepest = failures.into_iter().max_by_key(String::len);
                return Err(deepest.expect("there are options"));
            }
            "prefixItems" => {
                let schemas = operand.as_array().expect("a list");
                for (index, (schema, item)) in schemas.iter().zip(list(value)).enumerate() {
                    self.check(schema, item, &format!("{path}[{index}]"))?;
                }
                true
            }
            "items" => {
                for (index, item) in list(value).iter().enumerate() {
                    self.check(operand, item, &format!("{path}[{index}]"))?;
                }
                true
            }
            "required" => {
                let keys = operand.as_array().expect("a list").iter().map(text);
                value
                    .as_object()
                    .is_none_or(|object| keys.into_iter().all(|key| object.contains_key(key)))
            }
            "properties" => {
                let object = value.as_object();
                for (key, schema) in operand.as_object().expect("an object") {
                    if let Some(member) = object.and_then(|object| object.get(key)) {
                        self.check(schema, member, &format!("{path}.{key}"))?;
                    }
                }
                true
            }
            "additionalProperties" => {
                assert_eq!(operand, &Value::Bool(false), "only false is used");
                let known = schema["properties"].as_object().expect("an object");
                value
                    .as_object()
                    .is_none_or(|object| object.keys().all(|key| known.contains_key(key)))
            }
            _ => panic!("the validator does not know `{keyword}`"),
        })
    }
}

fn is_of_type(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        _ => panic!("the validator does not know type `{name}`"),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn number(value: &Value) -> i64 {
    value.as_i64().expect("a number")
}

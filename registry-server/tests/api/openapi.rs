//! `openapi.json` says what the router answers and what the types write, and nothing else.

use crate::registry::TestRegistry;
use lumen_pkg::protocol as types;
use serde_json::Value;
use std::collections::BTreeSet;

/// Methods that a route could have; `HEAD` follows from `GET`.
const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

async fn document(registry: &TestRegistry) -> Value {
    let answer = registry.get("/openapi.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    answer.json()
}

#[tokio::test]
async fn every_route_and_method_is_in_the_document_and_nothing_else() {
    let registry = TestRegistry::start().await;
    let document = document(&registry).await;
    let documented = document["paths"].as_object().expect("paths");
    let paths: BTreeSet<String> = documented.keys().cloned().collect();
    let routes = registry_server::http::paths()
        .into_iter()
        .map(|path| path.replace("{*", "{"));
    assert_eq!(paths, routes.collect());
    for (path, item) in documented {
        for method in METHODS {
            let concrete = path.replace(['{', '}'], "");
            let upper = method.to_uppercase();
            let answer = registry.send(&upper, &concrete, &[], Vec::new()).await;
            let answered = answer.status != 405;
            assert_eq!(
                item.get(method).is_some(),
                answered,
                "{upper} {path}: {}",
                answer.status
            );
            let Some(operation) = item.get(method) else {
                continue;
            };
            let public = operation["security"] == serde_json::json!([]);
            assert_eq!(public, answer.status != 401, "{upper} {path}: {}", answer.status);
        }
        let variables: Vec<&str> = path
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split('}').next())
            .collect();
        let parameters = item["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        let named: Vec<&str> = parameters
            .iter()
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        assert_eq!(named, variables, "{path}");
    }
    registry.stop().await;
}

/// Reads an example as its type and writes it again.
fn again<T: serde::Serialize + serde::de::DeserializeOwned>(example: &Value) -> Result<Value, String> {
    let value: T = serde_json::from_value(example.clone()).map_err(|error| error.to_string())?;
    serde_json::to_value(value).map_err(|error| error.to_string())
}

type Again = fn(&Value) -> Result<Value, String>;

const TYPES: [(&str, Again); 20] = [
    ("ApiProblem", again::<types::ApiProblem>),
    ("Begin", again::<types::Begin>),
    ("BeginAnswer", again::<types::BeginAnswer>),
    ("Commit", again::<types::Commit>),
    ("Hit", again::<types::Hit>),
    ("Identity", again::<types::Identity>),
    ("KeyRequest", again::<types::KeyRequest>),
    ("LeafAnswer", again::<types::LeafAnswer>),
    ("OwnerRequest", again::<types::OwnerRequest>),
    ("Owners", again::<types::Owners>),
    ("PublishAnswer", again::<types::PublishAnswer>),
    ("PublishStatement", again::<types::PublishStatement>),
    ("PublishedDependency", again::<types::PublishedDependency>),
    ("SearchAnswer", again::<types::SearchAnswer>),
    ("TokenAnswer", again::<types::TokenAnswer>),
    ("TokenEntry", again::<types::TokenEntry>),
    ("TokenList", again::<types::TokenList>),
    ("TokenRequest", again::<types::TokenRequest>),
    ("TokenScope", again::<types::TokenScope>),
    ("UploadState", again::<types::UploadState>),
];

#[tokio::test]
async fn the_schemas_are_those_of_the_types() {
    let registry = TestRegistry::start().await;
    let document = document(&registry).await;
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let names: BTreeSet<&str> = schemas.keys().map(String::as_str).collect();
    assert_eq!(names, TYPES.iter().map(|(name, _)| *name).collect());
    for (name, again) in TYPES {
        let schema = &schemas[name];
        let example = &schema["example"];
        check(&document, schema, example).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            again(example).as_ref(),
            Ok(example),
            "{name}: the example is what is written"
        );
        let Some(properties) = schema["properties"].as_object() else {
            continue;
        };
        let required: BTreeSet<&str> = schema["required"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        for property in properties.keys() {
            let mut without = example.clone();
            without.as_object_mut().expect("an object").remove(property);
            let is_read = again(&without).is_ok();
            let conditional =
                ["leaf", "reason"].contains(&property.as_str()) && !required.contains(property.as_str());
            // An `Option` may always be left out when it is read; that it is written makes it required of answers.
            let nullable = properties[property]["type"].is_array();
            assert!(
                is_read != required.contains(property.as_str()) || nullable || conditional,
                "{name}.{property}"
            );
        }
        let mut more = example.clone();
        more.as_object_mut()
            .expect("an object")
            .insert("unknown".to_owned(), Value::Null);
        assert_eq!(
            again(&more).is_err(),
            schema["additionalProperties"] == false,
            "{name}: unknown keys"
        );
    }
    for (name, value) in [
        ("UploadState", serde_json::json!({"next": "upload"})),
        ("UploadState", serde_json::json!({"next": "commit"})),
        (
            "PublishAnswer",
            serde_json::json!({"outcome": "held", "reason": "x"}),
        ),
    ] {
        check(&document, &schemas[name], &value).expect("of the schema");
        let (_, again) = TYPES.iter().find(|(known, _)| *known == name).expect("a type");
        assert_eq!(again(&value), Ok(value), "{name}");
    }
    registry.stop().await;
}

/// Whether a value is of a schema; only the words that the document uses.
fn check(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let found = document
            .pointer(reference.trim_start_matches('#'))
            .ok_or(format!("no {reference}"))?;
        return check(document, found, value);
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allowed =
        |word: &Value| word == kind || word.as_array().is_some_and(|list| list.contains(&kind.into()));
    if !allowed(&schema["type"]) {
        return Err(format!("{value} is no {}", schema["type"]));
    }
    if schema["enum"]
        .as_array()
        .is_some_and(|list| !list.contains(value))
    {
        return Err(format!("{value} is none of {}", schema["enum"]));
    }
    for item in value.as_array().into_iter().flatten() {
        check(document, &schema["items"], item)?;
    }
    let Some(fields) = value.as_object() else {
        return Ok(());
    };
    for required in schema["required"].as_array().into_iter().flatten() {
        let there = required.as_str().is_some_and(|key| fields.contains_key(key));
        there.then_some(()).ok_or(format!("{required} is missing"))?;
    }
    for (key, field) in fields {
        let known = schema["properties"]
            .get(key)
            .ok_or(format!("`{key}` is unknown"))?;
        check(document, known, field)?;
    }
    Ok(())
}

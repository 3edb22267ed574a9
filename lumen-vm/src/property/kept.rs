//! Failing cases as files keep them: a JSON array of objects, the simplest first, each with the arguments by name.
//!
//! ```text
//! [
//!   {"xs":[101]},
//!   {"#choices":"1 2 d","#shown":{"x":"NaN"}}
//! ]
//! ```
//!
//! The second form is for arguments that JSON does not tell exactly, such as NaN and `-0.0`: what they were made from,
//! in hex, and how they look, for people and to notice when the same choices lead elsewhere. A parameter cannot be called like
//! its members.

use crate::exec::Vm;
use crate::failure::Failure;
use crate::heap::{TypeRef, Word};
use crate::json::{self, Decoded, TextError};
use crate::show::{BoundedText, Form, write_value};
use serde_json::{Map, Value};
use std::fmt::Write;

const CHOICES: &str = "#choices";
const SHOWN: &str = "#shown";
/// Longest text of an argument that is kept as JSON, in octets.
const LONGEST_JSON: usize = 1 << 20;
/// Longest text of an argument that is shown, in octets.
const LONGEST_SHOWN: usize = 16 << 10;

/// A failing case of a property, as its file keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptCase {
    members: Map<String, Value>,
}

/// What a kept case is run with.
pub(super) enum Given {
    /// The arguments; owned.
    Arguments(Vec<Word>),
    /// What to make them from.
    Choices(Vec<u64>),
    /// The cell has other parameters now.
    Stale,
}

impl KeptCase {
    /// Reads a file of kept cases. The error is one sentence without the file's name.
    pub fn parse_all(text: &str) -> Result<Vec<KeptCase>, String> {
        let all: Vec<Map<String, Value>> = serde_json::from_str(text)
            .map_err(|error| format!("expected a JSON array of objects with arguments: {error}"))?;
        Ok(all.into_iter().map(|members| KeptCase { members }).collect())
    }

    /// The file with these cases, without repetitions.
    pub fn write_all(cases: &[KeptCase]) -> String {
        let mut lines: Vec<String> = cases
            .iter()
            .map(|case| Value::Object(case.members.clone()).to_string())
            .collect();
        lines.sort_by(|left, right| (left.len(), left).cmp(&(right.len(), right)));
        lines.dedup();
        match lines.is_empty() {
            true => "[]\n".to_owned(),
            false => format!("[\n  {}\n]\n", lines.join(",\n  ")),
        }
    }

    /// A case of these arguments, which were made from these choices. Borrows the words.
    pub(super) fn new(vm: &mut Vm<'_>, arguments: &[(String, TypeRef, Word)], choices: &[u64]) -> KeptCase {
        let mut members = Map::new();
        for (name, ty, word) in arguments {
            match exact_json(vm, *ty, *word) {
                Some(value) => members.insert(name.clone(), value),
                None => return KeptCase::of_choices(vm, arguments, choices),
            };
        }
        KeptCase { members }
    }

    fn of_choices(vm: &Vm<'_>, arguments: &[(String, TypeRef, Word)], choices: &[u64]) -> KeptCase {
        let mut list = String::new();
        for (position, choice) in choices.iter().enumerate() {
            let space = if position == 0 { "" } else { " " };
            write!(list, "{space}{choice:x}").expect("a String takes everything");
        }
        let shown = arguments
            .iter()
            .map(|(name, ty, word)| (name.clone(), Value::String(shown(vm, *ty, *word))));
        let members = [
            (CHOICES.to_owned(), Value::String(list)),
            (SHOWN.to_owned(), Value::Object(shown.collect())),
        ];
        KeptCase {
            members: members.into_iter().collect(),
        }
    }

    /// Whether arguments that were made from choices look as they did.
    pub(super) fn looks_like(&self, vm: &Vm<'_>, parameters: &[(String, TypeRef)], words: &[Word]) -> bool {
        let Some(Value::Object(looks)) = self.members.get(SHOWN) else {
            return true;
        };
        let mut arguments = parameters.iter().zip(words);
        looks.len() == parameters.len()
            && arguments.all(|((name, ty), word)| {
                looks.get(name).and_then(Value::as_str) == Some(shown(vm, *ty, *word).as_str())
            })
    }

    /// What the case is run with, for a cell with these parameters.
    pub(super) fn given(&self, vm: &mut Vm<'_>, parameters: &[(String, TypeRef)]) -> Result<Given, Failure> {
        if let Some(Value::String(list)) = self.members.get(CHOICES) {
            let choices: Result<Vec<u64>, _> = list
                .split_whitespace()
                .map(|choice| u64::from_str_radix(choice, 16))
                .collect();
            return Ok(choices.map_or(Given::Stale, Given::Choices));
        }
        let is_known = |name: &String| parameters.iter().any(|(parameter, _)| parameter == name);
        if !self.members.keys().all(is_known) {
            return Ok(Given::Stale);
        }
        let mut words: Vec<Word> = Vec::with_capacity(parameters.len());
        for (name, ty) in parameters {
            let decoded = match self.members.get(name) {
                Some(value) => decoded(vm, *ty, &value.to_string())?,
                None => None,
            };
            match decoded {
                Some(word) => words.push(word),
                None => {
                    for (word, (_, ty)) in words.into_iter().zip(parameters) {
                        vm.heap.release_typed(word, *ty);
                    }
                    return Ok(Given::Stale);
                }
            }
        }
        Ok(Given::Arguments(words))
    }
}

/// The value of a type that a JSON text is; nothing if it is none.
fn decoded(vm: &mut Vm<'_>, ty: TypeRef, text: &str) -> Result<Option<Word>, Failure> {
    let json = match json::parse(&mut vm.heap, text) {
        Ok(json) => json,
        Err(TextError::Malformed(_)) => return Ok(None),
        Err(TextError::Heap(error)) => return Err(error.into()),
    };
    let decoded = json::decode(vm, json, ty);
    vm.heap.release(json);
    match decoded {
        Ok(Decoded::Value(word)) => Ok(Some(word)),
        Ok(Decoded::Faulty(faults)) => {
            json::release_faults(&mut vm.heap, faults);
            Ok(None)
        }
        Err(failure) if failure.exhausted => Err(failure),
        // A constraint or a default fails: there is no such value.
        Err(_) => Ok(None),
    }
}

/// The JSON form of a value, if the same value comes back from it.
fn exact_json(vm: &mut Vm<'_>, ty: TypeRef, word: Word) -> Option<Value> {
    let mut text = BoundedText::new(LONGEST_JSON);
    write_value(&vm.heap, word, ty, Form::Json, &mut text).ok()?;
    let value: Value = serde_json::from_str(text.as_str()).ok()?;
    let back = decoded(vm, ty, &value.to_string()).ok()??;
    let mut literals = [word, back].into_iter().map(|word| {
        let mut text = BoundedText::new(LONGEST_JSON);
        let written = write_value(&vm.heap, word, ty, Form::Literal, &mut text);
        written.ok().map(|()| text.into_string())
    });
    let (first, second) = (literals.next()?, literals.next()?);
    vm.heap.release_typed(back, ty);
    (first.is_some() && first == second).then_some(value)
}

/// A value as a literal, cut off if it is long.
pub(super) fn shown(vm: &Vm<'_>, ty: TypeRef, word: Word) -> String {
    let mut text = BoundedText::new(LONGEST_SHOWN);
    match write_value(&vm.heap, word, ty, Form::Literal, &mut text) {
        Ok(()) => text.into_string(),
        Err(_) => text.into_string() + " ...",
    }
}

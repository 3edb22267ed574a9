//! From a Json to a value of a type (LANGUAGE section 5, "JSON form"), or to everything that is wrong with it.
//!
//! Faults do not stop decoding: there is one for each value that is of another type, each field that is missing or
//! unknown, and each constraint that does not hold, in the order of fields. The defaults and the constraints of records are
//! cells of a program; [`Records`] runs them. Decoding recurses over the depth of the Json, which [`Records::enter`] bounds.

use super::MAX_DEPTH;
use crate::failure::Failure;
use crate::heap::{Heap, NominalShape, RuntimeType, TypeRef, TypeTable, Word};
use faults::Faults;
use std::sync::Arc;

mod choice;
mod faults;
mod placeholder;
mod record;
#[cfg(test)]
mod tests;

pub(crate) use faults::{
    Fault, failure_of, field_error, invalid, release_faults, shown_errors, shown_faults, type_name,
    validation_error,
};

/// How deep decoding may nest in all, with the constraints and defaults that decode in turn.
pub(crate) const NATIVE_DEPTH: u32 = MAX_DEPTH as u32 + 64;

/// Whether all fields of a record that is being checked are real.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trial {
    /// They are.
    No,
    /// Some stand for faulty ones: the check must not take long, and nothing is said if it fails.
    Yes,
}

/// What decoding needs to know and to do about records.
pub(crate) trait Records {
    /// The heap that values are made in.
    fn heap(&mut self) -> &mut Heap;

    /// The constraints of record type `ty` that do not hold for these fields, in declared order: an owned
    /// `list[FieldError]` with the names of fields as paths. Borrows the fields. Nothing if the record has no constraints.
    fn check(&mut self, ty: TypeRef, fields: &[Word], trial: Trial) -> Result<Option<Word>, Failure>;

    /// Whether a field has a default.
    fn has_default(&mut self, ty: TypeRef, field: usize) -> bool;

    /// The default of a field that has one; owned. `before` are the fields before it, which it may use; borrowed.
    fn default(&mut self, ty: TypeRef, field: usize, before: &[Word]) -> Result<Word, Failure>;

    /// Goes a level deeper.
    fn enter(&mut self) -> Result<(), Failure>;

    /// Comes back from a level.
    fn leave(&mut self);
}

/// What came of decoding.
pub(crate) enum Decoded {
    /// The value; owned, for a place of the type.
    Value(Word),
    /// All that is wrong, at least one.
    Faulty(Vec<Fault>),
}

/// Decodes a Json, a dynamic word, as a value of a type. Borrows.
pub(crate) fn decode(records: &mut dyn Records, json: Word, ty: TypeRef) -> Result<Decoded, Failure> {
    let types = Arc::clone(records.heap().types());
    let mut decoder = Decoder {
        records,
        types: &types,
        faults: Faults::default(),
    };
    let decoded = decoder.value(json, ty);
    let faults = decoder.faults.into_list();
    match decoded {
        Ok(Some(word)) => Ok(Decoded::Value(word)),
        Ok(None) => Ok(Decoded::Faulty(faults)),
        Err(failure) => {
            faults.into_iter().for_each(|fault| fault.release(records.heap()));
            Err(failure)
        }
    }
}

/// 2^63: the least number that is too large for an Int.
const INT_BOUND: f64 = 9_223_372_036_854_775_808.0;

/// A value, or nothing if it has faults.
type Outcome = Result<Option<Word>, Failure>;

struct Decoder<'a> {
    records: &'a mut dyn Records,
    types: &'a TypeTable,
    faults: Faults,
}

impl Decoder<'_> {
    fn heap(&mut self) -> &mut Heap {
        self.records.heap()
    }

    /// A word for a place of type `ty`, owned.
    fn value(&mut self, json: Word, ty: TypeRef) -> Outcome {
        self.records.enter()?;
        let decoded = self.form(json, ty);
        self.records.leave();
        decoded
    }

    fn form(&mut self, json: Word, ty: TypeRef) -> Outcome {
        let types = self.types;
        let (found, word) = self.heap().unwrap(json);
        match (types.get(ty), found) {
            (RuntimeType::Json, _) => {
                self.heap().retain(json);
                Ok(Some(json))
            }
            (RuntimeType::Null, TypeRef::NULL)
            | (RuntimeType::Bool, TypeRef::BOOL)
            | (RuntimeType::Int, TypeRef::INT)
            | (RuntimeType::Float, TypeRef::FLOAT) => Ok(Some(word)),
            (RuntimeType::Float, TypeRef::INT) => Ok(Some(Word::from_float(word.int() as f64))),
            (RuntimeType::String, TypeRef::STRING) => {
                self.heap().retain(word);
                Ok(Some(word))
            }
            (RuntimeType::Bytes, TypeRef::STRING) => self.bytes(word),
            (RuntimeType::List(element), TypeRef::JSON_LIST) => self.list(ty, word, *element),
            (RuntimeType::Set(element), TypeRef::JSON_LIST) => self.set(ty, word, *element),
            (RuntimeType::Tuple(elements), TypeRef::JSON_LIST)
                if self.heap().element_count(word) == elements.len() =>
            {
                match self.elements(word, elements)? {
                    Some(words) => Ok(Some(self.heap().aggregate(ty, &words)?)),
                    None => Ok(None),
                }
            }
            (RuntimeType::Map(key, value), TypeRef::JSON_MAP) => self.map(ty, word, *key, *value),
            (RuntimeType::Result(ok, err), TypeRef::JSON_MAP) => self.result(ty, json, word, [*ok, *err]),
            (RuntimeType::Nominal(nominal), _) => match &types.nominal(*nominal).shape {
                NominalShape::Record(fields) if found == TypeRef::JSON_MAP => self.record(ty, fields, word),
                NominalShape::Enum(variants) => self.variant(ty, variants, json),
                _ => self.unexpected(json, ty),
            },
            (RuntimeType::Union(members), _) => match self.chosen_member(json, members) {
                Ok(member) => match self.value(json, member)? {
                    Some(word) => Ok(Some(self.heap().wrap(word, member)?)),
                    None => Ok(None),
                },
                Err(expected) => self.fault(&expected, json),
            },
            // Only larger numbers than an Int holds are read as such Floats.
            (RuntimeType::Int, TypeRef::FLOAT) if word.float().abs() >= INT_BOUND => {
                self.fault("expected Int that fits in 64 bits", json)
            }
            _ => self.unexpected(json, ty),
        }
    }

    fn bytes(&mut self, json: Word) -> Outcome {
        let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
        let text = self.heap().text(json);
        let octets: Option<Vec<u8>> = text
            .as_bytes()
            .chunks(2)
            .map(|pair| match pair {
                [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
                _ => None,
            })
            .collect();
        match octets {
            Some(octets) => Ok(Some(self.heap().bytes(&octets)?)),
            None => self.fault("expected Bytes as pairs of hex digits", json),
        }
    }

    fn list(&mut self, ty: TypeRef, json: Word, element: TypeRef) -> Outcome {
        let types = vec![element; self.heap().element_count(json)];
        match self.elements(json, &types)? {
            Some(words) => Ok(Some(self.heap().list_of(ty, &words)?)),
            None => Ok(None),
        }
    }

    fn set(&mut self, ty: TypeRef, json: Word, element: TypeRef) -> Outcome {
        let types = vec![element; self.heap().element_count(json)];
        let Some(words) = self.elements(json, &types)? else {
            return Ok(None);
        };
        let mut words = words.into_iter();
        let mut set = self.heap().set(ty);
        while let Ok(so_far) = set
            && let Some(word) = words.next()
        {
            set = self.heap().set_insert(so_far, word);
        }
        words.for_each(|word| self.heap().release_typed(word, element));
        Ok(Some(set?))
    }

    /// The elements of an array, each as a value of its type; owned.
    fn elements(&mut self, json: Word, types: &[TypeRef]) -> Result<Option<Vec<Word>>, Failure> {
        let mut words = Vec::with_capacity(types.len());
        let mut faulty = false;
        for (position, &ty) in types.iter().enumerate() {
            let element = self.heap().element(json, position);
            let outer = self.faults.enter_position(position);
            let decoded = self.value(element, ty);
            self.faults.leave(outer);
            match decoded {
                Ok(Some(word)) => words.push((word, ty)),
                Ok(None) => faulty = true,
                Err(failure) => {
                    self.release(words);
                    return Err(failure);
                }
            }
        }
        if faulty {
            self.release(words);
            return Ok(None);
        }
        Ok(Some(words.into_iter().map(|(word, _)| word).collect()))
    }

    fn release(&mut self, words: Vec<(Word, TypeRef)>) {
        for (word, ty) in words {
            self.heap().release_typed(word, ty);
        }
    }

    fn map(&mut self, ty: TypeRef, json: Word, key: TypeRef, value: TypeRef) -> Outcome {
        let entries: Vec<(Word, Word)> = self.heap().map_entries(json).collect();
        let mut map = self.heap().map(ty)?;
        let mut faulty = false;
        for (name, json) in entries {
            let outer = self.faults.enter_key(self.records.heap().text(name));
            let entry = self.entry(name, json, key, value);
            self.faults.leave(outer);
            match entry {
                Ok(Some((key, word))) => map = self.heap().map_insert(map, key, word)?,
                Ok(None) => faulty = true,
                Err(failure) => {
                    self.heap().release(map);
                    return Err(failure);
                }
            }
        }
        if faulty {
            self.heap().release(map);
            return Ok(None);
        }
        Ok(Some(map))
    }

    /// An entry of a map; owned.
    fn entry(
        &mut self,
        name: Word,
        json: Word,
        key: TypeRef,
        value: TypeRef,
    ) -> Result<Option<(Word, Word)>, Failure> {
        let found = self.key(name, key)?;
        match (found, self.value(json, value)) {
            (Some(key_word), Ok(Some(word))) => {
                self.heap().retain_typed(key_word, key);
                Ok(Some((key_word, word)))
            }
            (None, Ok(Some(word))) => {
                self.heap().release_typed(word, value);
                Ok(None)
            }
            (_, Ok(None)) => Ok(None),
            (_, Err(failure)) => Err(failure),
        }
    }

    /// A key of a map, borrowed: names of JSON objects are text, so Ints and Bools stand in it as they print.
    fn key(&mut self, name: Word, ty: TypeRef) -> Outcome {
        let text = self.heap().text(name);
        match (ty, text) {
            (TypeRef::STRING, _) => Ok(Some(name)),
            (TypeRef::BOOL, "true") => Ok(Some(Word::from_bool(true))),
            (TypeRef::BOOL, "false") => Ok(Some(Word::from_bool(false))),
            (TypeRef::BOOL, _) => self.fault("expected `true` or `false` as the key", name),
            _ => match text.parse::<i64>() {
                Ok(key) if key.to_string() == text => Ok(Some(Word::from_int(key))),
                _ => self.fault("expected an Int as the key", name),
            },
        }
    }

    fn result(&mut self, ty: TypeRef, json: Word, object: Word, payloads: [TypeRef; 2]) -> Outcome {
        let names = ["ok", "err"];
        let member = self.only_member(object);
        let variant = member.and_then(|(name, payload)| {
            let name = self.heap().text(name);
            let variant = names.iter().position(|known| *known == name)?;
            Some((variant, payload))
        });
        let Some((variant, payload)) = variant else {
            return self.unexpected(json, ty);
        };
        let outer = self.faults.enter_name(names[variant]);
        let decoded = self.value(payload, payloads[variant]);
        self.faults.leave(outer);
        match decoded? {
            Some(word) => Ok(Some(self.heap().variant(ty, variant as u32, &[word])?)),
            None => Ok(None),
        }
    }

    /// Name and value of the member of an object that has one alone.
    fn only_member(&mut self, object: Word) -> Option<(Word, Word)> {
        let mut entries = self.heap().map_entries(object);
        match (entries.next(), entries.next()) {
            (Some(member), None) => Some(member),
            _ => None,
        }
    }

    fn variant(&mut self, ty: TypeRef, variants: &[(String, Box<[TypeRef]>)], json: Word) -> Outcome {
        let (found, word) = self.heap().unwrap(json);
        let (name, payload) = match found {
            TypeRef::STRING => (word, None),
            TypeRef::JSON_MAP => match self.only_member(word) {
                Some((name, payload)) => (name, Some(payload)),
                None => return self.unexpected(json, ty),
            },
            _ => return self.unexpected(json, ty),
        };
        let text = self.heap().text(name).to_owned();
        let Some(position) = variants.iter().position(|(variant, _)| *variant == text) else {
            let expected = format!("expected a variant of {}", type_name(self.types, ty));
            return self.fault(&expected, name);
        };
        let (_, types) = &variants[position];
        let count = types.len();
        let payload = payload.map(|payload| self.heap().unwrap(payload));
        match payload {
            None if count == 0 => Ok(Some(Word::plain_variant(ty, position as u32))),
            Some((TypeRef::JSON_LIST, list)) if count > 0 && self.heap().element_count(list) == count => {
                let outer = self.faults.enter_name(&text);
                let words = self.elements(list, types);
                self.faults.leave(outer);
                match words? {
                    Some(words) => Ok(Some(self.heap().variant(ty, position as u32, &words)?)),
                    None => Ok(None),
                }
            }
            _ if count == 0 => self.fault(&format!("expected {text:?}, a variant without payload"), json),
            _ => {
                let plural = if count == 1 { "" } else { "s" };
                let expected = format!("expected {{\"{text}\": [...]}}, a list of {count} value{plural}");
                self.fault(&expected, json)
            }
        }
    }

    fn unexpected(&mut self, json: Word, ty: TypeRef) -> Outcome {
        let name = type_name(self.types, ty);
        let expected = match self.types.get(ty) {
            RuntimeType::Function(..) | RuntimeType::Generator(_) => {
                format!("expected {name}, which no JSON can be")
            }
            RuntimeType::Result(..) => format!("expected {name} as {{\"ok\": ...}} or {{\"err\": ...}}"),
            _ => format!("expected {name}"),
        };
        self.fault(&expected, json)
    }

    /// Notes a fault at the current path, with the Json that is there; no value comes of it.
    fn fault(&mut self, constraint: &str, value: Word) -> Outcome {
        self.faults.add(self.records.heap(), constraint, value)?;
        Ok(None)
    }
}

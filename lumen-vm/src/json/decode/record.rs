//! Records: fields by name, defaults for those that are not there, constraints.

use super::faults::Fault;
use super::{Decoder, Outcome, Trial, type_name};
use crate::failure::Failure;
use crate::heap::{TypeRef, Word};

/// The fields of a record so far: a word for each that could be decoded, and where the faults of each end.
#[derive(Default)]
struct Fields {
    words: Vec<Option<Word>>,
    ends: Vec<usize>,
}

impl Decoder<'_> {
    pub(super) fn record(&mut self, ty: TypeRef, fields: &[(String, TypeRef)], object: Word) -> Outcome {
        let start = self.faults.len();
        let mut decoded = Fields::default();
        let made = self
            .fields(ty, fields, object, &mut decoded)
            .and_then(|()| self.constraints(ty, fields, start, &decoded))
            .and_then(|()| self.unknown_fields(ty, fields, object));
        let words: Option<Vec<Word>> = decoded.words.iter().copied().collect();
        match (made, words) {
            (Ok(()), Some(words)) if self.faults.len() == start => {
                Ok(Some(self.heap().aggregate(ty, &words)?))
            }
            (made, _) => {
                for (word, (_, field)) in decoded.words.into_iter().zip(fields) {
                    if let Some(word) = word {
                        self.heap().release_typed(word, *field);
                    }
                }
                made.map(|()| None)
            }
        }
    }

    fn fields(
        &mut self,
        ty: TypeRef,
        fields: &[(String, TypeRef)],
        object: Word,
        decoded: &mut Fields,
    ) -> Result<(), Failure> {
        for (position, (name, field)) in fields.iter().enumerate() {
            let member = self.member(object, name);
            let outer = self.faults.enter_name(name);
            let word = match member {
                Some(json) => self.value(json, *field),
                None => self.absent(ty, position, *field, &decoded.words),
            };
            self.faults.leave(outer);
            decoded.words.push(word?);
            decoded.ends.push(self.faults.len());
        }
        Ok(())
    }

    /// The value of a member of an object; borrowed.
    fn member(&mut self, object: Word, name: &str) -> Option<Word> {
        self.heap().map_get_text(object, name)
    }

    /// The default of a field, if the fields before it have values; a fault if it has none.
    fn absent(&mut self, ty: TypeRef, position: usize, field: TypeRef, before: &[Option<Word>]) -> Outcome {
        if !self.records.has_default(ty, position) {
            let expected = format!("missing, expected {}", type_name(self.types, field));
            return self.fault(&expected, Word::INLINE_NULL);
        }
        let before: Option<Vec<Word>> = before.iter().copied().collect();
        match before {
            Some(before) => self.records.default(ty, position, &before).map(Some),
            None => Ok(None),
        }
    }

    /// Tries the constraints, and puts those that are broken among the faults of the fields, in order of fields. With
    /// faulty fields, other values stand for them, and what is said of constraints that mention them does not count.
    fn constraints(
        &mut self,
        ty: TypeRef,
        fields: &[(String, TypeRef)],
        start: usize,
        decoded: &Fields,
    ) -> Result<(), Failure> {
        let faulty: Vec<&str> = fields
            .iter()
            .zip(&decoded.words)
            .filter(|(_, word)| word.is_none())
            .map(|((name, _), _)| name.as_str())
            .collect();
        let errors = if faulty.is_empty() {
            let words: Vec<Word> = decoded.words.iter().copied().flatten().collect();
            self.records.check(ty, &words, Trial::No)?
        } else {
            self.trial(ty, fields, &decoded.words)
        };
        let Some(errors) = errors else { return Ok(()) };
        let merged = self.merge(fields, &faulty, start, &decoded.ends, errors);
        self.heap().release(errors);
        merged
    }

    fn merge(
        &mut self,
        fields: &[(String, TypeRef)],
        faulty: &[&str],
        start: usize,
        ends: &[usize],
        errors: Word,
    ) -> Result<(), Failure> {
        let mut known = self.faults.split_off(start).into_iter();
        let mut taken = start;
        let mut added = Ok(());
        for ((name, _), &end) in fields.iter().zip(ends) {
            let own: Vec<Fault> = known.by_ref().take(end - taken).collect();
            taken = end;
            self.faults.extend(own);
            for position in 0..self.heap().element_count(errors) {
                let error = self.heap().element(errors, position);
                let heap = self.records.heap();
                let of_field = heap.text(heap.element(error, 0)) == name;
                let counts = !mentions(heap.text(heap.element(error, 1)), faulty);
                if of_field && counts && !faulty.contains(&name.as_str()) && added.is_ok() {
                    added = self.faults.add_broken(heap, error);
                }
            }
        }
        Ok(added?)
    }

    /// The broken constraints of a record some of whose fields are faulty; nothing where that cannot be told.
    fn trial(&mut self, ty: TypeRef, fields: &[(String, TypeRef)], words: &[Option<Word>]) -> Option<Word> {
        let mut made: Vec<(Word, TypeRef)> = Vec::new();
        let mut all = Vec::with_capacity(words.len());
        for (word, (_, field)) in words.iter().zip(fields) {
            let word = word.or_else(|| {
                let word = self.placeholder(*field)?;
                made.push((word, *field));
                Some(word)
            });
            all.extend(word);
        }
        let errors = if all.len() == fields.len() {
            self.records.check(ty, &all, Trial::Yes).ok().flatten()
        } else {
            None
        };
        self.release(made);
        errors
    }

    fn unknown_fields(
        &mut self,
        ty: TypeRef,
        fields: &[(String, TypeRef)],
        object: Word,
    ) -> Result<(), Failure> {
        let entries: Vec<(Word, Word)> = self.heap().map_entries(object).collect();
        for (name, value) in entries {
            let heap = self.records.heap();
            let text = heap.text(name);
            if fields.iter().any(|(field, _)| field == text) {
                continue;
            }
            let outer = self.faults.enter_name(text);
            let unknown = format!("unknown field of {}", type_name(self.types, ty));
            let added = self.faults.add(heap, &unknown, value);
            self.faults.leave(outer);
            added?;
        }
        Ok(())
    }
}

/// Whether a constraint, as written, mentions one of the names.
fn mentions(constraint: &str, names: &[&str]) -> bool {
    let mut words =
        constraint.split(|character: char| !(character.is_ascii_alphanumeric() || character == '_'));
    words.any(|word| names.contains(&word))
}

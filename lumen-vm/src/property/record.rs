//! Records from choices: fields one by one, tried again where constraints do not hold.
//!
//! Only random choices are tried again, and what did not lead to the record is left out of the list: a list that is given makes
//! its fields at the first attempt, or none.

use super::make::{Made, Maker, Stop};
use crate::exec::Vm;
use crate::heap::{TypeRef, Word};
use crate::json::{Records, Trial};
use crate::load::CellRef;

/// Every how many attempts all fields are made again, not only those whose constraints do not hold.
const FRESH_START: u32 = 8;
/// Most attempts at one record.
const ATTEMPTS: u32 = 64;

/// A field, or a parameter.
pub(super) struct Part {
    pub(super) word: Word,
    /// What it was made from.
    choices: Vec<u64>,
    /// Whether it is the default, which depends on the fields before it.
    is_default: bool,
}

/// A constraint that does not hold.
struct Broken {
    field: String,
    constraint: String,
}

impl Maker<'_, '_> {
    pub(super) fn record(&mut self, ty: TypeRef, fields: &[(String, TypeRef)], depth: u32) -> Made {
        let start = self.choices.len();
        let mut parts = Vec::with_capacity(fields.len());
        let made = self
            .fields(ty, fields, depth, &mut parts)
            .and_then(|()| self.repaired(ty, fields, depth, &mut parts));
        let words: Vec<Word> = parts.iter().map(|part| part.word).collect();
        match made {
            Ok(()) => {
                drop(self.choices.take_from(start));
                parts.iter().for_each(|part| self.choices.put(&part.choices));
                Ok(self.vm.heap.aggregate(ty, &words)?)
            }
            Err(stop) => {
                for (word, (_, field)) in words.into_iter().zip(fields) {
                    self.vm.heap.release_typed(word, *field);
                }
                Err(stop)
            }
        }
    }

    fn fields(
        &mut self,
        ty: TypeRef,
        fields: &[(String, TypeRef)],
        depth: u32,
        parts: &mut Vec<Part>,
    ) -> Result<(), Stop> {
        for position in 0..fields.len() {
            let part = self.field(ty, fields, position, depth, parts)?;
            parts.push(part);
        }
        Ok(())
    }

    fn field(
        &mut self,
        ty: TypeRef,
        fields: &[(String, TypeRef)],
        position: usize,
        depth: u32,
        before: &[Part],
    ) -> Result<Part, Stop> {
        let start = self.choices.len();
        let is_default = self.vm.has_default(ty, position) && self.takes_default();
        let word = match is_default {
            true => self.default_of(ty, position, before)?,
            false => {
                let narrowing = self.plans.field(ty, position);
                self.value(fields[position].1, narrowing, depth + 1)?
            }
        };
        Ok(Part {
            word,
            choices: self.choices.take_from(start),
            is_default,
        })
    }

    /// The default is the simplest value.
    fn takes_default(&mut self) -> bool {
        const USUALLY_NOT: u64 = 4;
        self.choices
            .draw(1, |random, _| u64::from(!random.once_in(USUALLY_NOT)))
            == 0
    }

    fn default_of(&mut self, ty: TypeRef, position: usize, before: &[Part]) -> Made {
        let before: Vec<Word> = before.iter().take(position).map(|part| part.word).collect();
        let word = Records::default(self.vm, ty, position, &before);
        word.map_err(|failure| match failure.exhausted {
            true => Stop::Failed(failure),
            false => Stop::Rejected(format!("a default that fails: {}", failure.message)),
        })
    }

    /// Makes fields again until the constraints hold.
    fn repaired(
        &mut self,
        ty: TypeRef,
        fields: &[(String, TypeRef)],
        depth: u32,
        parts: &mut [Part],
    ) -> Result<(), Stop> {
        let mut attempt = 0;
        loop {
            let words: Vec<Word> = parts.iter().map(|part| part.word).collect();
            let broken = broken(self.vm, ty, &words)?;
            let Some(first) = broken.first() else {
                return Ok(());
            };
            attempt += 1;
            if !self.choices.is_random() || attempt == ATTEMPTS || self.attempts == 0 {
                let name = crate::json::type_name(self.types(), ty);
                return Err(Stop::Rejected(format!(
                    "`{}` of {name}.{}",
                    first.constraint, first.field
                )));
            }
            self.attempts -= 1;
            let all = attempt % FRESH_START == 0 || first.field.is_empty();
            for position in 0..fields.len() {
                let is_broken = |broken: &Broken| broken.field == fields[position].0;
                if all || broken.iter().any(is_broken) {
                    let part = self.field(ty, fields, position, depth, parts)?;
                    self.replace(parts, position, part, fields[position].1);
                } else if parts[position].is_default {
                    // What stands before it may be another value now.
                    let word = self.default_of(ty, position, parts)?;
                    let choices = parts[position].choices.clone();
                    let part = Part {
                        word,
                        choices,
                        is_default: true,
                    };
                    self.replace(parts, position, part, fields[position].1);
                }
            }
        }
    }

    fn replace(&mut self, parts: &mut [Part], position: usize, part: Part, ty: TypeRef) {
        let former = std::mem::replace(&mut parts[position], part);
        self.vm.heap.release_typed(former.word, ty);
    }

    /// A value for a parameter of a cell, whose default is `default`. What is before it are the other arguments.
    pub(super) fn argument(&mut self, ty: TypeRef, default: Option<CellRef>, before: &[Word]) -> Made {
        match default {
            Some(cell) if self.takes_default() => {
                self.vm
                    .run_nested(cell, before)
                    .map_err(|failure| match failure.exhausted {
                        true => Stop::Failed(failure),
                        false => Stop::Rejected(format!("a default that fails: {}", failure.message)),
                    })
            }
            _ => self.value(ty, None, 0),
        }
    }
}

/// The constraints of a record that do not hold. One that fails itself is broken.
fn broken(vm: &mut Vm<'_>, ty: TypeRef, words: &[Word]) -> Result<Vec<Broken>, Stop> {
    let errors = match Records::check(vm, ty, words, Trial::No) {
        Ok(None) => return Ok(Vec::new()),
        Ok(Some(errors)) => errors,
        Err(failure) if failure.exhausted => return Err(Stop::Failed(failure)),
        Err(failure) => {
            return Ok(vec![Broken {
                field: String::new(),
                constraint: failure.message,
            }]);
        }
    };
    let heap = &mut vm.heap;
    let broken = (heap.elements(errors).iter())
        .map(|&error| {
            let parts = heap.elements(error);
            Broken {
                field: heap.text(parts[0]).to_owned(),
                constraint: heap.text(parts[1]).to_owned(),
            }
        })
        .collect();
    heap.release(errors);
    Ok(broken)
}

/// Whether the constraint of a field holds, whatever else does not.
pub(super) fn holds_for(vm: &mut Vm<'_>, ty: TypeRef, words: &[Word], field: &str) -> bool {
    match broken(vm, ty, words) {
        Ok(broken) => broken
            .iter()
            .all(|broken| broken.field != field && !broken.field.is_empty()),
        Err(_) => false,
    }
}

//! Where the values of a field keep its constraint, found out by trying.
//!
//! A constraint changes its mind near the constants that it mentions. So the check of the record is asked about values there,
//! with some values or other in the fields around: stretches between two values that keep the constraint are where values are
//! looked for first. That reads ranges, lengths, patterns and choices among texts out of any constraint, whatever it is
//! written like, and costs a few hundred calls of the check.

use super::choices::Choices;
use super::constants::Constants;
use super::make::{Made, Maker};
use super::matching::matching;
use super::plans::{Narrowing, Plans, Texts};
use super::random::Random;
use super::record::holds_for;
use crate::exec::Vm;
use crate::heap::{RuntimeType, TypeRef, Word};
use crate::intrinsics::parse_pattern;
use crate::load::CellRef;
use std::collections::BTreeSet;

/// With how many sets of values around a field it is looked at.
const ROUNDS: u64 = 3;
/// Longest text or collection that is tried.
const LONGEST: i64 = 300;
/// How many texts of a pattern are tried.
const TEXTS_OF_PATTERN: u64 = 4;
/// Longest piece of a text, in octets.
const LONGEST_PIECE: usize = 200;
/// What text of mixed content is made of.
const MIXED: [char; 8] = ['Z', '9', ' ', 'é', '-', 'a', '😀', '/'];

/// What the fields of a record are narrowed to, one for each.
pub(super) fn narrow(
    vm: &mut Vm<'_>,
    plans: &Plans,
    record: TypeRef,
    fields: &[(String, TypeRef)],
    check: CellRef,
) -> Vec<Narrowing> {
    let constants = Constants::of(vm.program(), check);
    let mut trial = Trial {
        vm,
        plans,
        record,
        fields,
        constants,
        around: Vec::new(),
    };
    trial.around = (0..ROUNDS).filter_map(|round| trial.samples(round)).collect();
    let narrowed = (0..fields.len()).map(|field| trial.field(field)).collect();
    for words in std::mem::take(&mut trial.around) {
        trial.release(words);
    }
    narrowed
}

struct Trial<'t, 'p> {
    vm: &'t mut Vm<'p>,
    plans: &'t Plans,
    record: TypeRef,
    fields: &'t [(String, TypeRef)],
    constants: Constants,
    /// Values for all fields, some times.
    around: Vec<Vec<Word>>,
}

impl Trial<'_, '_> {
    /// A value for each field; the simplest ones in the first round.
    fn samples(&mut self, round: u64) -> Option<Vec<Word>> {
        let mut words = Vec::with_capacity(self.fields.len());
        for position in 0..self.fields.len() {
            match self.sample(self.fields[position].1, None, round) {
                Ok(word) => words.push(word),
                Err(_) => {
                    self.release(words);
                    return None;
                }
            }
        }
        Some(words)
    }

    fn sample(&mut self, ty: TypeRef, narrowing: Option<&Narrowing>, round: u64) -> Made {
        const SMALL: u64 = 20;
        let choices = match round {
            0 => Choices::given(&[]),
            _ => Choices::random(Random::new(&[0; 32], round, u64::from(ty.index())), SMALL),
        };
        Maker::new(self.vm, self.plans, choices).value(ty, narrowing, 1)
    }

    fn release(&mut self, words: Vec<Word>) {
        for (word, (_, ty)) in words.into_iter().zip(self.fields) {
            self.vm.heap.release_typed(word, *ty);
        }
    }

    /// Whether the constraint of a field holds with this value, a word of type `ty` (a member, if the field's is a union).
    /// Consumes it.
    fn keeps(&mut self, field: usize, made: Made, ty: TypeRef) -> bool {
        let declared = self.fields[field].1;
        let Ok(word) = made else { return false };
        let word = match self.vm.heap.types().is_dynamic(declared) {
            true => self.vm.heap.wrap(word, ty),
            false => Ok(word),
        };
        let Ok(word) = word else { return false };
        let name = &self.fields[field].0;
        let mut held = false;
        for round in 0..self.around.len() {
            let mut words = self.around[round].clone();
            words[field] = word;
            held = held || holds_for(self.vm, self.record, &words, name);
        }
        self.vm.heap.release_typed(word, declared);
        held
    }

    fn field(&mut self, field: usize) -> Narrowing {
        let types = self.vm.program().types();
        let declared = self.fields[field].1;
        let members = match types.get(declared) {
            RuntimeType::Union(members) => members.to_vec(),
            _ => vec![declared],
        };
        let mut narrowing = Narrowing::default();
        for ty in members {
            match types.get(ty) {
                RuntimeType::Int => narrowing.ints = self.ints(field),
                RuntimeType::Float => narrowing.floats = self.floats(field),
                RuntimeType::String => self.texts(field, &mut narrowing),
                RuntimeType::Bytes | RuntimeType::List(_) | RuntimeType::Set(_) | RuntimeType::Map(..) => {
                    narrowing.lengths = self.lengths(field, ty);
                }
                _ => {}
            }
        }
        narrowing
    }

    fn ints(&mut self, field: usize) -> Vec<(i64, i64)> {
        let mut points = BTreeSet::from([i64::MIN, -1, 0, 1, i64::MAX]);
        for &value in &self.constants.ints {
            points.extend([value.saturating_sub(1), value, value.saturating_add(1)]);
        }
        let points: Vec<(i64, bool)> = (points.into_iter())
            .map(|value| (value, self.keeps(field, Ok(Word::from_int(value)), TypeRef::INT)))
            .collect();
        stretches(&points)
    }

    fn floats(&mut self, field: usize) -> Vec<(f64, f64)> {
        let mut points = vec![f64::MIN, -1.0, 0.0, 1.0, f64::MAX];
        let ints = self.constants.ints.iter().map(|value| *value as f64);
        for value in self.constants.floats.iter().copied().chain(ints) {
            let around = [value.next_down(), value, value.next_up()];
            points.extend(around.into_iter().filter(|value| value.is_finite()));
        }
        points.sort_by(f64::total_cmp);
        points.dedup();
        let points: Vec<(f64, bool)> = (points.into_iter())
            .map(|value| {
                (
                    value,
                    self.keeps(field, Ok(Word::from_float(value)), TypeRef::FLOAT),
                )
            })
            .collect();
        stretches(&points)
    }

    /// Lengths at which the constraint may change its mind.
    fn points_of_length(&self) -> Vec<usize> {
        let mut points = BTreeSet::from([0, 1, 2, 5]);
        let ints = self.constants.ints.iter();
        for &value in ints.filter(|value| (0..LONGEST).contains(*value)) {
            points.extend([(value - 1).max(0) as usize, value as usize, value as usize + 1]);
        }
        points.into_iter().collect()
    }

    fn lengths(&mut self, field: usize, ty: TypeRef) -> Vec<(usize, usize)> {
        let points: Vec<(usize, bool)> = (self.points_of_length().into_iter())
            .map(|length| {
                let held = (0..ROUNDS).any(|round| {
                    let exactly = Narrowing {
                        lengths: vec![(length, length)],
                        ..Narrowing::default()
                    };
                    let made = self.sample(ty, Some(&exactly), round);
                    self.keeps(field, made, ty)
                });
                (length, held)
            })
            .collect();
        open_ended(&points)
    }

    fn texts(&mut self, field: usize, narrowing: &mut Narrowing) {
        let mut is_mixed = false;
        let points: Vec<(usize, bool)> = (self.points_of_length().into_iter())
            .map(|length| {
                let mixed: String = MIXED.iter().cycle().take(length).collect();
                let mixed = self.keeps_text(field, &mixed);
                is_mixed |= mixed && length > 0;
                (length, mixed || self.keeps_text(field, &"a".repeat(length)))
            })
            .collect();
        narrowing.lengths = open_ended(&points);
        if !is_mixed {
            narrowing.texts = self.content(field);
        }
    }

    /// What texts are made of whose content matters.
    fn content(&mut self, field: usize) -> Texts {
        let texts: Vec<String> = (self.constants.texts.iter())
            .filter(|text| !text.is_empty() && text.len() <= LONGEST_PIECE)
            .cloned()
            .collect();
        let alone: Vec<String> = (texts.iter())
            .filter(|text| self.keeps_text(field, text))
            .cloned()
            .collect();
        let patterns = texts
            .iter()
            .filter(|text| self.constants.matches && !alone.contains(text));
        let patterns: Vec<_> = patterns.filter_map(|text| parse_pattern(text)).collect();
        for pattern in patterns {
            let held = (0..TEXTS_OF_PATTERN).any(|number| {
                let random = Random::new(&[1; 32], number, 0);
                let text = matching(&mut Choices::random(random, 20), &pattern, 0);
                self.keeps_text(field, &text)
            });
            if held {
                return Texts::Matching(pattern);
            }
        }
        match (alone.is_empty(), texts.is_empty()) {
            (false, _) => Texts::Pieces(alone),
            (true, false) => Texts::Pieces(texts),
            (true, true) => Texts::Any,
        }
    }

    fn keeps_text(&mut self, field: usize, text: &str) -> bool {
        let made = self.vm.heap.string(text).map_err(Into::into);
        self.keeps(field, made, TypeRef::STRING)
    }
}

/// The stretches from a value that keeps the constraint to the last one in a row; none if all keep it, or none does.
fn stretches<T: Copy>(points: &[(T, bool)]) -> Vec<(T, T)> {
    if points.iter().all(|(_, held)| *held) {
        return Vec::new();
    }
    let mut found: Vec<(T, T)> = Vec::new();
    let mut is_open = false;
    for &(value, held) in points {
        match (held, found.last_mut()) {
            (true, Some(last)) if is_open => last.1 = value,
            (true, _) => found.push((value, value)),
            (false, _) => {}
        }
        is_open = held;
    }
    found
}

/// As [`stretches`]; what holds for the greatest length holds for all above.
fn open_ended(points: &[(usize, bool)]) -> Vec<(usize, usize)> {
    let mut found = stretches(points);
    if let (Some(last), Some((_, true))) = (found.last_mut(), points.last()) {
        last.1 = usize::MAX;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_run_from_one_value_that_holds_to_another() {
        for (held, expected) in [
            ("", vec![]),
            ("++", vec![]),
            ("--", vec![]),
            ("+-", vec![(0, 0)]),
            ("-++-+", vec![(1, 2), (4, 4)]),
        ] {
            let points: Vec<(usize, bool)> = held.chars().map(|sign| sign == '+').enumerate().collect();
            assert_eq!(stretches(&points), expected, "{held}");
        }
    }
}

//! Values of types, from choices.
//!
//! Recurses over types: at most [`DEEPEST`] levels by choice, and below those only as high as the lowest values are, which
//! [`super::heights`] bounds.

use super::choices::Choices;
use super::numbers::{float, float_within, int};
use super::plans::{Narrowing, Plans, Texts};
use super::{matching::matching, text};
use crate::exec::Vm;
use crate::failure::Failure;
use crate::heap::{HeapError, NominalShape, RuntimeType, TypeRef, TypeTable, Word};

/// From which level on values are as low as they can be.
const DEEPEST: u32 = 6;
/// Most attempts at records whose constraints do not hold, of one case.
const MOST_ATTEMPTS: u32 = 1000;
/// How many values of a type may be made once more, and from how many choices each at most.
const MOST_REPEATED: usize = 8;
const LONGEST_REPEATED: usize = 64;

/// Why there is no value.
pub(super) enum Stop {
    /// The choices lead to none; says what is in the way.
    Rejected(String),
    /// The machine is out of fuel or memory.
    Failed(Failure),
}

impl From<HeapError> for Stop {
    fn from(error: HeapError) -> Stop {
        Stop::Failed(error.into())
    }
}

/// An owned word for a place of the type.
pub(super) type Made = Result<Word, Stop>;

/// Makes values in a machine.
pub(super) struct Maker<'m, 'p> {
    pub(super) vm: &'m mut Vm<'p>,
    pub(super) plans: &'m Plans,
    pub(super) choices: Choices<'m>,
    /// How many attempts at records are left.
    pub(super) attempts: u32,
    /// Values of the case that may be made once more, by type: equal ones are where programs go wrong.
    repeatable: Vec<(TypeRef, Vec<u64>)>,
}

impl<'m, 'p> Maker<'m, 'p> {
    pub(super) fn new(vm: &'m mut Vm<'p>, plans: &'m Plans, choices: Choices<'m>) -> Maker<'m, 'p> {
        Maker {
            vm,
            plans,
            choices,
            attempts: MOST_ATTEMPTS,
            repeatable: Vec::new(),
        }
    }

    pub(super) fn types(&self) -> &'p TypeTable {
        self.vm.program().types()
    }

    /// A value of a type, of a field that is narrowed so.
    pub(super) fn value(&mut self, ty: TypeRef, narrowing: Option<&Narrowing>, depth: u32) -> Made {
        if narrowing.is_some() || !self.choices.is_random() {
            return self.fresh_value(ty, narrowing, depth);
        }
        let start = self.choices.len();
        let mut alike = self.repeatable.iter().filter(|(known, _)| *known == ty);
        let count = alike.clone().count();
        let repeated = self
            .choices
            .repetition(count)
            .and_then(|chosen| alike.nth(chosen));
        if let Some((_, list)) = repeated {
            self.choices.repeat(list.clone());
            let made = self.fresh_value(ty, None, depth);
            self.choices.repeat(Vec::new());
            return made;
        }
        let made = self.fresh_value(ty, None, depth)?;
        let list = self.choices.made_from(start);
        if count < MOST_REPEATED && (1..=LONGEST_REPEATED).contains(&list.len()) && ty != TypeRef::BOOL {
            self.repeatable.push((ty, list.to_vec()));
        }
        Ok(made)
    }

    fn fresh_value(&mut self, ty: TypeRef, narrowing: Option<&Narrowing>, depth: u32) -> Made {
        let types = self.types();
        Ok(match types.get(ty) {
            RuntimeType::Null => Word::NULL,
            RuntimeType::Bool => Word::from_bool(self.choices.below(2) == 1),
            RuntimeType::Int => Word::from_int(self.int(narrowing)),
            RuntimeType::Float => Word::from_float(self.float(narrowing)),
            RuntimeType::String => {
                let text = self.text(narrowing, depth);
                self.vm.heap.string(&text)?
            }
            RuntimeType::Bytes => {
                let octets = self.octets(narrowing, depth);
                self.vm.heap.bytes(&octets)?
            }
            RuntimeType::Json => self.json(depth)?,
            RuntimeType::List(element) => self.list(ty, *element, narrowing, depth)?,
            RuntimeType::Set(element) => self.set(ty, *element, narrowing, depth)?,
            RuntimeType::Map(key, value) => self.map(ty, (*key, *value), narrowing, depth)?,
            RuntimeType::Tuple(parts) => {
                let words = self.all(parts, depth + 1)?;
                self.vm.heap.aggregate(ty, &words)?
            }
            RuntimeType::Result(ok, err) => {
                let variants = [(0, std::slice::from_ref(ok)), (1, std::slice::from_ref(err))];
                self.variant(ty, &variants, depth)?
            }
            RuntimeType::Union(members) => self.member(members, narrowing, depth)?,
            RuntimeType::Nominal(nominal) => match &types.nominal(*nominal).shape {
                NominalShape::Record(fields) => self.record(ty, fields, depth)?,
                NominalShape::Enum(variants) => {
                    let payloads = variants.iter().map(|(_, payload)| &**payload);
                    let variants: Vec<(u32, &[TypeRef])> = (0..).zip(payloads).collect();
                    self.variant(ty, &variants, depth)?
                }
                NominalShape::Opaque => unreachable!("a type without values has no height"),
            },
            RuntimeType::Function(..) | RuntimeType::Generator(_) | RuntimeType::Variable(_) => {
                unreachable!("a type without values has no height")
            }
        })
    }

    /// Whether a value comes from where the constraint is known to hold. Nothing forbids others: what was tried has not shown
    /// everything.
    fn stays_within(&mut self, narrowed: usize) -> bool {
        narrowed > 0 && self.choices.mostly_first(2, 12) == 0
    }

    /// One of some stretches, now and then all between the lowest and the highest, and rarely no bounds. Stretches of one value
    /// each say little of what else there is.
    fn stretch<T: Copy + PartialEq>(&mut self, stretches: &[(T, T)]) -> Option<(T, T)> {
        let (&(low, _), &(_, high)) = stretches.first().zip(stretches.last())?;
        let rarely = match stretches.iter().all(|(low, high)| low == high) {
            true => 1,
            false => 8,
        };
        match self.choices.mostly_first(3, rarely) {
            0 => Some(stretches[self.choices.below(stretches.len())]),
            1 => Some((low, high)),
            _ => None,
        }
    }

    fn int(&mut self, narrowing: Option<&Narrowing>) -> i64 {
        let stretches = narrowing.map_or(&[][..], |narrowing| &narrowing.ints);
        let range = self.stretch(stretches).unwrap_or((i64::MIN, i64::MAX));
        int(&mut self.choices, range)
    }

    fn float(&mut self, narrowing: Option<&Narrowing>) -> f64 {
        let stretches = narrowing.map_or(&[][..], |narrowing| &narrowing.floats);
        match self.stretch(stretches) {
            Some(range) => float_within(&mut self.choices, range),
            None => float(&mut self.choices),
        }
    }

    fn text(&mut self, narrowing: Option<&Narrowing>, depth: u32) -> String {
        match narrowing.map(|narrowing| &narrowing.texts) {
            Some(Texts::Matching(pattern)) if self.stays_within(1) => {
                matching(&mut self.choices, pattern, depth)
            }
            Some(Texts::Pieces(pieces)) if self.stays_within(pieces.len()) => {
                text::with_pieces(&mut self.choices, pieces, depth)
            }
            _ => {
                let bounds = self.bounds(narrowing, 0);
                text::text(&mut self.choices, bounds, depth)
            }
        }
    }

    /// Least and greatest length of a text or a collection.
    fn bounds(&mut self, narrowing: Option<&Narrowing>, depth: u32) -> (usize, usize) {
        let ranges = narrowing.map_or(&[][..], |narrowing| &narrowing.lengths);
        let (least, most) = match self.stays_within(ranges.len()) {
            true => ranges[self.choices.below(ranges.len())],
            false => (0, usize::MAX),
        };
        (least, if depth < DEEPEST { most } else { least })
    }

    fn octets(&mut self, narrowing: Option<&Narrowing>, depth: u32) -> Vec<u8> {
        let bounds = self.bounds(narrowing, 0);
        let odds = self.choices.odds(depth);
        let mut octets = Vec::new();
        while self.choices.goes_on(octets.len(), bounds, odds) {
            octets.push(self.choices.below(256) as u8);
        }
        octets
    }

    fn json(&mut self, depth: u32) -> Made {
        let kinds = if depth < DEEPEST { 7 } else { 5 };
        let (word, ty) = match self.choices.below(kinds) {
            0 => (Word::NULL, TypeRef::NULL),
            1 => (Word::from_bool(self.choices.below(2) == 1), TypeRef::BOOL),
            2 => (Word::from_int(self.int(None)), TypeRef::INT),
            3 => (self.value(TypeRef::STRING, None, depth)?, TypeRef::STRING),
            // What is not finite has no form in JSON.
            4 => match self.float(None) {
                float if float.is_finite() => (Word::from_float(float), TypeRef::FLOAT),
                _ => (Word::from_float(0.5), TypeRef::FLOAT),
            },
            5 => (self.value(TypeRef::JSON_LIST, None, depth)?, TypeRef::JSON_LIST),
            _ => (self.value(TypeRef::JSON_MAP, None, depth)?, TypeRef::JSON_MAP),
        };
        Ok(self.vm.heap.wrap(word, ty)?)
    }

    fn list(&mut self, ty: TypeRef, element: TypeRef, narrowing: Option<&Narrowing>, depth: u32) -> Made {
        let bounds = self.element_bounds(&[element], narrowing, depth);
        let odds = self.choices.odds(depth);
        let mut list = self.vm.heap.list(ty, 0)?;
        while self
            .choices
            .goes_on(self.vm.heap.element_count(list), bounds, odds)
        {
            let word = self.part_of(list, element, depth)?;
            list = self.vm.heap.push(list, word)?;
        }
        Ok(list)
    }

    fn set(&mut self, ty: TypeRef, element: TypeRef, narrowing: Option<&Narrowing>, depth: u32) -> Made {
        let bounds = self.element_bounds(&[element], narrowing, depth);
        let odds = self.choices.odds(depth);
        let mut set = self.vm.heap.set(ty)?;
        let mut attempts = attempts_at(bounds.0);
        while attempts > 0 && self.choices.goes_on(self.vm.heap.table_len(set), bounds, odds) {
            attempts -= 1;
            let word = self.part_of(set, element, depth)?;
            set = self.vm.heap.set_insert(set, word)?;
        }
        Ok(set)
    }

    fn map(
        &mut self,
        ty: TypeRef,
        (key, value): (TypeRef, TypeRef),
        narrowing: Option<&Narrowing>,
        depth: u32,
    ) -> Made {
        let bounds = self.element_bounds(&[key, value], narrowing, depth);
        let odds = self.choices.odds(depth);
        let mut map = self.vm.heap.map(ty)?;
        let mut attempts = attempts_at(bounds.0);
        while attempts > 0 && self.choices.goes_on(self.vm.heap.table_len(map), bounds, odds) {
            attempts -= 1;
            let name = self.part_of(map, key, depth)?;
            let word = match self.part_of(map, value, depth) {
                Ok(word) => word,
                Err(stop) => {
                    self.vm.heap.release_typed(name, key);
                    return Err(stop);
                }
            };
            map = self.vm.heap.map_insert(map, name, word)?;
        }
        Ok(map)
    }

    /// A part of a collection, which is given up if there is none.
    fn part_of(&mut self, collection: Word, part: TypeRef, depth: u32) -> Made {
        let made = self.value(part, None, depth + 1);
        if made.is_err() {
            self.vm.heap.release(collection);
        }
        made
    }

    /// As [`Maker::bounds`]; a collection of what has no values is empty.
    fn element_bounds(
        &mut self,
        parts: &[TypeRef],
        narrowing: Option<&Narrowing>,
        depth: u32,
    ) -> (usize, usize) {
        let bounds = self.bounds(narrowing, depth);
        match self.plans.heights.of_all(parts) {
            Some(_) => bounds,
            None => (0, 0),
        }
    }

    /// A value of each type; owned.
    fn all(&mut self, types: &[TypeRef], depth: u32) -> Result<Vec<Word>, Stop> {
        let mut words = Vec::with_capacity(types.len());
        for &ty in types {
            match self.value(ty, None, depth) {
                Ok(word) => words.push(word),
                Err(stop) => {
                    for (word, ty) in words.into_iter().zip(types) {
                        self.vm.heap.release_typed(word, *ty);
                    }
                    return Err(stop);
                }
            }
        }
        Ok(words)
    }

    fn variant(&mut self, ty: TypeRef, variants: &[(u32, &[TypeRef])], depth: u32) -> Made {
        let heights = &self.plans.heights;
        // Of variants as low as one another, those with the fewest parts are the simplest.
        let mut ways: Vec<(u32, usize, u32)> = (variants.iter())
            .filter_map(|(variant, payload)| Some((heights.of_all(payload)?, payload.len(), *variant)))
            .collect();
        ways.sort_unstable();
        let chosen = self.way(ways.iter().map(|way| way.0), depth);
        let (.., variant) = ways[chosen];
        let payload = variants[variant as usize].1;
        let words = self.all(payload, depth + 1)?;
        Ok(self.vm.heap.variant(ty, variant, &words)?)
    }

    fn member(&mut self, members: &[TypeRef], narrowing: Option<&Narrowing>, depth: u32) -> Made {
        let types = self.types();
        let heights = &self.plans.heights;
        // Null is the simplest, and the order of the others is that of their names, whatever else the program has.
        let mut ways: Vec<(u32, bool, u32, TypeRef)> = (members.iter())
            .filter_map(|&member| {
                let height = heights.of(member)?;
                Some((height, member != TypeRef::NULL, types.rank(member), member))
            })
            .collect();
        ways.sort_unstable();
        let chosen = self.way(ways.iter().map(|way| way.0), depth);
        let member = ways[chosen].3;
        let word = self.value(member, narrowing, depth)?;
        Ok(self.vm.heap.wrap(word, member)?)
    }

    /// One of several ways, whose heights ascend; far down one of the lowest.
    fn way(&mut self, heights: impl ExactSizeIterator<Item = u32> + Clone, depth: u32) -> usize {
        let lowest = heights.clone().next();
        let count = match depth < DEEPEST {
            true => heights.len(),
            false => heights.filter(|height| Some(*height) == lowest).count(),
        };
        self.choices.below(count)
    }
}

/// How often elements of a set or a map of so many are tried, some of which are equal.
fn attempts_at(least: usize) -> usize {
    const SPARE: usize = 200;
    least.saturating_mul(4).saturating_add(SPARE)
}

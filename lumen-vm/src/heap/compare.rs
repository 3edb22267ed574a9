//! Structural equality and order of values, with an explicit stack instead of recursion.
//!
//! The order is total and the same everywhere (`==`, `<`, `sort`, sets): Float by [`compare_floats`], Strings and Bytes
//! by their bytes (for UTF-8 that is the order of code points), sequences element by element and then by length,
//! records by field, enums by variant as declared and then payload, maps and sets entry by entry. In a dynamic place
//! values of different types order by type. Functions order by cell and then by what they captured.

use std::cmp::Ordering;

use super::Heap;
use super::object::Object;
use super::table::Cursor;
use super::types::{RuntimeType, TypeRef};
use super::word::Word;

/// The order of Floats in Lumen: NaN equals itself and is above infinity, `-0.0` equals `0.0`.
#[inline]
pub(crate) fn compare_floats(left: f64, right: f64) -> Ordering {
    match left.partial_cmp(&right) {
        Some(ordering) => ordering,
        None => left.is_nan().cmp(&right.is_nan()),
    }
}

/// Two values that are being compared part by part.
enum Pair<'heap> {
    /// Words with one type for all, or one for each.
    Words {
        left: &'heap [Word],
        right: &'heap [Word],
        types: PartTypes<'heap>,
        next: usize,
    },
    /// Entries of maps or elements of sets.
    Tables {
        left: Object,
        right: Object,
        cursors: [Cursor; 2],
        types: [TypeRef; 2],
        turn: usize,
    },
}

enum PartTypes<'heap> {
    Same(TypeRef),
    Each(&'heap [TypeRef]),
}

enum Step<'heap> {
    Decided(Ordering),
    Open(Pair<'heap>),
}

impl Heap {
    /// Whether two words of type `ty` are equal. Borrows.
    #[inline]
    pub(crate) fn equal(&self, left: Word, right: Word, ty: TypeRef) -> bool {
        self.compare(left, right, ty) == Ordering::Equal
    }

    /// The order of two words of type `ty`. Borrows.
    pub(crate) fn compare(&self, left: Word, right: Word, ty: TypeRef) -> Ordering {
        let mut open = match self.step(left, right, ty) {
            Step::Decided(ordering) => return ordering,
            Step::Open(pair) => vec![pair],
        };
        while let Some(pair) = open.last_mut() {
            let Some((left, right, ty)) = pair.advance() else {
                let lengths = pair.remainder();
                if lengths != Ordering::Equal {
                    return lengths;
                }
                open.pop();
                continue;
            };
            // A pair without anything left leaves before its last part is opened, so that a value nested at its end, as
            // linked lists are, takes constant space.
            if pair.is_exhausted() {
                open.pop();
            }
            match self.step(left, right, ty) {
                Step::Decided(Ordering::Equal) => {}
                Step::Decided(ordering) => return ordering,
                Step::Open(pair) => open.push(pair),
            }
        }
        Ordering::Equal
    }

    fn step(&self, left: Word, right: Word, ty: TypeRef) -> Step<'_> {
        let decided = match self.types.get(ty) {
            RuntimeType::Null => Ordering::Equal,
            RuntimeType::Bool | RuntimeType::Int => left.int().cmp(&right.int()),
            RuntimeType::Float => compare_floats(left.float(), right.float()),
            _ if left == right => Ordering::Equal,
            RuntimeType::String | RuntimeType::Bytes => self
                .object(left)
                .byte_slice()
                .cmp(self.object(right).byte_slice()),
            RuntimeType::Json | RuntimeType::Union(_) => {
                let ((left_type, left), (right_type, right)) = (self.unwrap(left), self.unwrap(right));
                if left_type == right_type {
                    return self.step_plain(left, right, left_type);
                }
                self.types.rank(left_type).cmp(&self.types.rank(right_type))
            }
            _ => return self.step_plain(left, right, ty),
        };
        Step::Decided(decided)
    }

    /// As [`Heap::step`], for a type that is not dynamic, so that the two call one another once at most.
    fn step_plain(&self, left: Word, right: Word, ty: TypeRef) -> Step<'_> {
        if left == right && self.types.is_counted(ty) {
            return Step::Decided(Ordering::Equal);
        }
        match self.types.get(ty) {
            RuntimeType::List(element) => Step::Open(Pair::Words {
                left: self.elements(left),
                right: self.elements(right),
                types: PartTypes::Same(*element),
                next: 0,
            }),
            RuntimeType::Tuple(_) | RuntimeType::Result(..) | RuntimeType::Nominal(_) => {
                self.step_aggregates(left, right, ty)
            }
            RuntimeType::Map(key, value) => self.step_tables(left, right, [*key, *value]),
            RuntimeType::Set(element) => self.step_tables(left, right, [*element, *element]),
            RuntimeType::Function(..) => self.step_closures(left, right),
            // Only behind an opaque nominal does one get here; it equals itself alone.
            RuntimeType::Generator(_) => Step::Decided(left.bits().cmp(&right.bits())),
            RuntimeType::Json | RuntimeType::Union(_) => {
                unreachable!("a dynamic word holds a value of a plain type")
            }
            _ => self.step(left, right, ty),
        }
    }

    fn step_aggregates(&self, left: Word, right: Word, ty: TypeRef) -> Step<'_> {
        let (left_variant, right_variant) = match self.types.variant_count(ty) {
            0 | 1 => (0, 0),
            _ => (self.variant_of(left), self.variant_of(right)),
        };
        if left_variant != right_variant {
            return Step::Decided(left_variant.cmp(&right_variant));
        }
        Step::Open(Pair::Words {
            left: self.elements(left),
            right: self.elements(right),
            types: PartTypes::Each(self.types.parts(ty, left_variant)),
            next: 0,
        })
    }

    fn step_tables(&self, left: Word, right: Word, types: [TypeRef; 2]) -> Step<'_> {
        let (left, right) = (self.object(left), self.object(right));
        Step::Open(Pair::Tables {
            left,
            right,
            cursors: [Cursor::default(); 2],
            types,
            turn: 0,
        })
    }

    fn step_closures(&self, left: Word, right: Word) -> Step<'_> {
        let (left, right) = (self.elements(left), self.elements(right));
        let cells = (left[0].int(), right[0].int());
        let order = cells.0.cmp(&cells.1).then(left.len().cmp(&right.len()));
        if order != Ordering::Equal {
            return Step::Decided(order);
        }
        let parameters = self.types.cell_parameters(cells.0 as usize);
        let (left, right) = (&left[1..], &right[1..]);
        let types = PartTypes::Each(&parameters[parameters.len() - left.len()..]);
        Step::Open(Pair::Words {
            left,
            right,
            types,
            next: 0,
        })
    }
}

impl Pair<'_> {
    fn advance(&mut self) -> Option<(Word, Word, TypeRef)> {
        match self {
            Pair::Words {
                left,
                right,
                types,
                next,
            } => {
                let position = *next;
                let (left, right) = (*left.get(position)?, *right.get(position)?);
                *next += 1;
                let ty = match types {
                    PartTypes::Same(ty) => *ty,
                    PartTypes::Each(types) => types[position],
                };
                Some((left, right, ty))
            }
            Pair::Tables {
                left,
                right,
                cursors,
                types,
                turn,
            } => {
                let left = left.table().next(&mut cursors[0])?;
                let right = right.table().next(&mut cursors[1])?;
                *turn += 1;
                Some((left, right, types[(*turn + 1) % 2]))
            }
        }
    }

    /// The order of what remains when [`Pair::advance`] yields no more: the longer one is the greater.
    fn remainder(&self) -> Ordering {
        match self {
            Pair::Words { left, right, .. } => left.len().cmp(&right.len()),
            Pair::Tables { left, right, .. } => left.table().len().cmp(&right.table().len()),
        }
    }

    /// Whether nothing is left to compare, lengths included.
    fn is_exhausted(&self) -> bool {
        match self {
            Pair::Words {
                left, right, next, ..
            } => *next == left.len() && *next == right.len(),
            Pair::Tables { .. } => false,
        }
    }
}

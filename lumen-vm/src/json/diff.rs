//! The steps from one Json to another, as operations of RFC 6902: `add`, `remove`, `replace`.
//!
//! Members of objects are compared by name, in the order of names; elements of arrays by position, between what two arrays of
//! different lengths have in common at both ends. The steps apply one after the other, so elements are removed back to front.

use super::{MAX_DEPTH, pointer};
use crate::heap::{Heap, HeapError, TypeRef, Word};
use std::cmp::Ordering;

/// The steps that make `right` of `left`, an owned `list[Patch]`. Borrows both, which are dynamic words.
pub(crate) fn diff(heap: &mut Heap, left: Word, right: Word) -> Result<Word, HeapError> {
    let patches = heap.list(TypeRef::PATCHES, 0)?;
    let mut differ = Differ {
        heap,
        patches,
        path: String::new(),
        open: Vec::new(),
    };
    match differ.run(left, right) {
        Ok(()) => Ok(differ.patches),
        Err(error) => {
            differ.close_all();
            differ.heap.release(differ.patches);
            Err(error)
        }
    }
}

/// Two arrays or two objects that are being compared.
struct Open {
    parts: std::vec::IntoIter<Part>,
    /// Length of the pointer to them.
    path: usize,
    /// Bytes charged for the parts.
    room: usize,
}

/// A place in one of two values or in both.
struct Part {
    step: Step,
    left: Option<Word>,
    right: Option<Word>,
}

enum Step {
    /// The name of a member.
    Name(Word),
    /// A position in an array.
    Position(usize),
}

struct Differ<'a> {
    heap: &'a mut Heap,
    /// The list so far.
    patches: Word,
    /// Where the values that are compared stand.
    path: String,
    open: Vec<Open>,
}

impl Differ<'_> {
    fn run(&mut self, left: Word, right: Word) -> Result<(), HeapError> {
        self.compare(left, right)?;
        while let Some(open) = self.open.last_mut() {
            self.path.truncate(open.path);
            let Some(part) = open.parts.next() else {
                self.heap.refund(open.room);
                self.open.pop();
                continue;
            };
            match part.step {
                Step::Name(name) => pointer::push_name(&mut self.path, self.heap.text(name)),
                Step::Position(position) => pointer::push_position(&mut self.path, position),
            }
            match (part.left, part.right) {
                (Some(left), Some(right)) => self.compare(left, right)?,
                (None, Some(right)) => self.emit("add", right)?,
                (_, None) => self.emit("remove", Word::INLINE_NULL)?,
            }
        }
        Ok(())
    }

    fn compare(&mut self, left: Word, right: Word) -> Result<(), HeapError> {
        let form = |word| self.heap.unwrap(word).0;
        let parts = match (form(left), form(right)) {
            _ if self.open.len() == MAX_DEPTH => None,
            (TypeRef::JSON_LIST, TypeRef::JSON_LIST) => Some(self.elements(left, right)),
            (TypeRef::JSON_MAP, TypeRef::JSON_MAP) => Some(self.members(left, right)),
            _ => None,
        };
        if let Some(parts) = parts {
            let room = size_of::<Open>() + parts.len() * size_of::<Part>();
            self.heap.charge(room)?;
            self.open.push(Open {
                parts: parts.into_iter(),
                path: self.path.len(),
                room,
            });
            return Ok(());
        }
        if self.heap.equal(left, right, TypeRef::JSON) {
            return Ok(());
        }
        self.emit("replace", right)
    }

    /// The members of two objects by ascending name.
    fn members(&self, left: Word, right: Word) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut lefts = self.heap.map_entries(left).peekable();
        let mut rights = self.heap.map_entries(right).peekable();
        loop {
            let order = match (lefts.peek(), rights.peek()) {
                (None, None) => return parts,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((left, _)), Some((right, _))) => self.heap.text(*left).cmp(self.heap.text(*right)),
            };
            let left = if order.is_le() { lefts.next() } else { None };
            let right = if order.is_ge() { rights.next() } else { None };
            let (name, _) = left.or(right).expect("one of the two has an entry");
            parts.push(Part {
                step: Step::Name(name),
                left: left.map(|(_, value)| value),
                right: right.map(|(_, value)| value),
            });
        }
    }

    /// The elements of two arrays that may differ: those at equal positions ascending, then the ones to add ascending or
    /// the ones to remove descending.
    fn elements(&self, left: Word, right: Word) -> Vec<Part> {
        let (left, right) = (self.heap.elements(left), self.heap.elements(right));
        let shorter = left.len().min(right.len());
        let same = |(left, right): &(&Word, &Word)| self.heap.equal(**left, **right, TypeRef::JSON);
        let (start, end) = if left.len() == right.len() {
            (0, 0)
        } else {
            let start = left.iter().zip(right).take_while(same).count();
            let end = left.iter().rev().zip(right.iter().rev());
            (start, end.take(shorter - start).take_while(same).count())
        };
        let part = |position: usize, left: Option<&Word>, right: Option<&Word>| Part {
            step: Step::Position(position),
            left: left.copied(),
            right: right.copied(),
        };
        let both = start..shorter - end;
        let mut parts: Vec<Part> = both
            .map(|position| part(position, Some(&left[position]), Some(&right[position])))
            .collect();
        let (added, removed) = (shorter - end..right.len() - end, shorter - end..left.len() - end);
        parts.extend(added.map(|position| part(position, None, Some(&right[position]))));
        parts.extend(
            removed
                .rev()
                .map(|position| part(position, Some(&left[position]), None)),
        );
        parts
    }

    fn emit(&mut self, op: &str, value: Word) -> Result<(), HeapError> {
        let op = self.heap.string(op)?;
        let path = match self.heap.string(&self.path) {
            Ok(path) => path,
            Err(error) => {
                self.heap.release(op);
                return Err(error);
            }
        };
        self.heap.retain(value);
        let patch = self.heap.aggregate(TypeRef::PATCH, &[op, path, value])?;
        let patches = std::mem::replace(&mut self.patches, Word::INLINE_NULL);
        self.patches = self.heap.push(patches, patch)?;
        Ok(())
    }

    fn close_all(&mut self) {
        for open in std::mem::take(&mut self.open) {
            self.heap.refund(open.room);
        }
    }
}

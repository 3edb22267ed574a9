//! Applying steps (RFC 6902) to a Json: `add`, `remove`, `replace` and `test`, each at a JSON pointer.
//!
//! `move` and `copy` need a second place, which a Patch does not have.

use super::pointer;
use crate::heap::{Heap, HeapError, TypeRef, Word};

/// Why steps do not apply.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PatchError {
    /// One of them does not; says which and why, in one sentence.
    Refused(String),
    /// The value does not fit into the heap.
    Heap(HeapError),
}

impl From<HeapError> for PatchError {
    fn from(error: HeapError) -> PatchError {
        PatchError::Heap(error)
    }
}

/// A Json after steps, a `list[Patch]`, one after the other. Consumes the Json, a dynamic word, and borrows the steps.
pub(crate) fn apply(heap: &mut Heap, json: Word, patches: Word) -> Result<Word, PatchError> {
    let mut json = json;
    for number in 0..heap.element_count(patches) {
        let patch = heap.element(patches, number);
        let [op, path, value] = [0, 1, 2].map(|field| heap.element(patch, field));
        let mut walk = Walk {
            heap,
            current: json,
            above: Vec::new(),
        };
        json = match walk.step(op, path, value) {
            Ok(()) => walk.current,
            Err(stop) => {
                let refused = match stop {
                    Stop::Refused(why) => {
                        let (op, path) = (walk.heap.text(op), walk.heap.text(path));
                        let number = number + 1;
                        PatchError::Refused(format!(
                            "patch {number}, {op:?} at {path:?}, does not apply: {why}"
                        ))
                    }
                    Stop::Heap(error) => PatchError::Heap(error),
                };
                walk.abandon();
                return Err(refused);
            }
        };
    }
    Ok(json)
}

/// Why one step stops.
enum Stop {
    Refused(String),
    Heap(HeapError),
}

impl From<HeapError> for Stop {
    fn from(error: HeapError) -> Stop {
        Stop::Heap(error)
    }
}

fn refused<T>(why: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Refused(why.into()))
}

/// Where in an array or object something is.
enum Place {
    Position(usize),
    /// A String of the heap, owned.
    Name(Word),
}

/// On the way to a place: values are taken out of the ones that hold them, so that they change in place if nothing else
/// holds them, and put back on the way up.
struct Walk<'a> {
    heap: &'a mut Heap,
    /// The value at the place that was reached; owned.
    current: Word,
    /// The arrays and objects above, outermost first, with the places that were left.
    above: Vec<(Word, Place)>,
}

impl Walk<'_> {
    fn step(&mut self, op: Word, path: Word, value: Word) -> Result<(), Stop> {
        let Some(steps) = pointer::steps(self.heap.text(path)) else {
            return refused("its path is no JSON pointer (RFC 6901)");
        };
        let op = self.heap.text(op).to_owned();
        match steps.split_last() {
            None => self.at_root(&op, value)?,
            Some((last, before)) => {
                for step in before {
                    self.descend(step)?;
                }
                self.at(&op, last, value)?;
            }
        }
        self.ascend()
    }

    /// Goes on to a part of the current value.
    fn descend(&mut self, step: &str) -> Result<(), Stop> {
        let place = self.place(step)?;
        let part = self.part(&place);
        let found = match part {
            Some(part) => {
                self.heap.retain(part);
                // The part's place holds null meanwhile.
                let whole = self.take_current();
                match self.put(whole, &place, Word::INLINE_NULL) {
                    Ok(whole) => {
                        self.above.push((whole, place));
                        self.current = part;
                        return Ok(());
                    }
                    Err(error) => {
                        self.heap.release(part);
                        Err(error.into())
                    }
                }
            }
            None => refused(format!("there is nothing at `{step}`")),
        };
        self.drop_place(place);
        found
    }

    /// Puts everything back together.
    fn ascend(&mut self) -> Result<(), Stop> {
        while let Some((whole, place)) = self.above.pop() {
            let part = self.take_current();
            let put = self.put(whole, &place, part);
            self.drop_place(place);
            self.current = put?;
        }
        Ok(())
    }

    fn at_root(&mut self, op: &str, value: Word) -> Result<(), Stop> {
        match op {
            "add" | "replace" => {
                self.heap.retain(value);
                let old = std::mem::replace(&mut self.current, value);
                self.heap.release(old);
                Ok(())
            }
            "test" => self.test(Some(self.current), value),
            "remove" => refused("the whole value cannot be removed"),
            _ => refused(unknown(op)),
        }
    }

    fn at(&mut self, op: &str, step: &str, value: Word) -> Result<(), Stop> {
        if self.form() == TypeRef::JSON_LIST && op == "add" {
            let length = self.heap.element_count(self.current);
            return match if step == "-" {
                Some(length)
            } else {
                pointer::position(step)
            } {
                Some(position) if position <= length => self.insert(position, value),
                _ => refused(format!("`{step}` is no position in an array of {length}")),
            };
        }
        let place = self.place(step)?;
        let part = self.part(&place);
        let done = match op {
            "add" => self.set(&place, value),
            "test" => self.test(part, value),
            "replace" | "remove" if part.is_none() => refused(format!("there is nothing at `{step}`")),
            "replace" => self.set(&place, value),
            "remove" => self.remove(&place),
            _ => refused(unknown(op)),
        };
        self.drop_place(place);
        done
    }

    fn form(&self) -> TypeRef {
        self.heap.unwrap(self.current).0
    }

    /// The place that a step is in the current value, whether or not there is something.
    fn place(&mut self, step: &str) -> Result<Place, Stop> {
        match self.form() {
            TypeRef::JSON_LIST => match pointer::position(step) {
                Some(position) => Ok(Place::Position(position)),
                None => refused(format!("`{step}` is no position in an array")),
            },
            TypeRef::JSON_MAP => Ok(Place::Name(self.heap.string(step)?)),
            _ => refused(format!(
                "`{step}` would be in a value that is no array and no object"
            )),
        }
    }

    fn drop_place(&mut self, place: Place) {
        if let Place::Name(name) = place {
            self.heap.release(name);
        }
    }

    /// What is at a place of the current value; borrowed.
    fn part(&self, place: &Place) -> Option<Word> {
        match place {
            Place::Position(position) => self.heap.elements(self.current).get(*position).copied(),
            Place::Name(name) => self.heap.map_get(self.current, *name),
        }
    }

    /// The current value, to be consumed: null is in its place until the next one is known.
    fn take_current(&mut self) -> Word {
        std::mem::replace(&mut self.current, Word::INLINE_NULL)
    }

    /// An array or object with a part at a place. Consumes it and the part.
    fn put(&mut self, whole: Word, place: &Place, part: Word) -> Result<Word, HeapError> {
        match place {
            Place::Position(position) => self.heap.set_element(whole, *position, part),
            Place::Name(name) => {
                self.heap.retain(*name);
                self.heap.map_insert(whole, *name, part)
            }
        }
    }

    fn set(&mut self, place: &Place, value: Word) -> Result<(), Stop> {
        self.heap.retain(value);
        let whole = self.take_current();
        self.current = self.put(whole, place, value)?;
        Ok(())
    }

    fn insert(&mut self, position: usize, value: Word) -> Result<(), Stop> {
        self.heap.retain(value);
        let list = self.take_current();
        let list = self.heap.push(list, value)?;
        self.current = self
            .heap
            .rearrange(list, |_, words| words[position..].rotate_right(1))?;
        Ok(())
    }

    fn remove(&mut self, place: &Place) -> Result<(), Stop> {
        let whole = self.take_current();
        self.current = match place {
            Place::Name(name) => self.heap.map_remove(whole, *name)?,
            Place::Position(position) => {
                let list = self
                    .heap
                    .rearrange(whole, |_, words| words[*position..].rotate_left(1))?;
                let length = self.heap.element_count(list);
                self.heap.truncate(list, length - 1)?
            }
        };
        Ok(())
    }

    fn test(&self, part: Option<Word>, value: Word) -> Result<(), Stop> {
        match part {
            Some(part) if self.heap.equal(part, value, TypeRef::JSON) => Ok(()),
            Some(_) => refused("the value there is another one"),
            None => refused("there is nothing"),
        }
    }

    fn abandon(self) {
        self.heap.release(self.current);
        for (whole, place) in self.above {
            self.heap.release(whole);
            if let Place::Name(name) = place {
                self.heap.release(name);
            }
        }
    }
}

fn unknown(op: &str) -> String {
    format!("{op:?} is none of \"add\", \"remove\", \"replace\", \"test\"")
}

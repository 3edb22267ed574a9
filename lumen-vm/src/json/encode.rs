//! From a typed value to the Json that is its JSON form (LANGUAGE section 5).
//!
//! Floats stay what they are, NaN and infinities included, which have no form in text. Walks the value with an explicit
//! stack; what that holds is charged to the heap.

use crate::heap::{Heap, HeapError, NominalShape, RuntimeType, TypeRef, TypeTable, Word};
use crate::show::{BoundedText, write_hex, write_type_name};
use std::sync::Arc;

/// What stands for a redacted value.
const REDACTED: &str = "[redacted]";

/// What becomes of functions, which have no JSON form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Functions {
    /// No value at all.
    Refuse,
    /// The name of their type, as `print` shows it.
    Show,
}

/// Why a value has no Json.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NotJson {
    /// It holds a function.
    Function,
    /// The Json does not fit into the heap.
    Heap(HeapError),
}

impl From<HeapError> for NotJson {
    fn from(error: HeapError) -> NotJson {
        NotJson::Heap(error)
    }
}

/// The JSON form of a word of type `ty`, as an owned dynamic word. Borrows.
pub(crate) fn encode(
    heap: &mut Heap,
    word: Word,
    ty: TypeRef,
    functions: Functions,
) -> Result<Word, NotJson> {
    run(heap, word, ty, functions, &[])
}

/// As [`encode`], with a text instead of the value of every record field and map entry that bears one of the names.
pub(crate) fn redacted(heap: &mut Heap, word: Word, ty: TypeRef, names: &[Word]) -> Result<Word, NotJson> {
    run(heap, word, ty, Functions::Refuse, names)
}

fn run(
    heap: &mut Heap,
    word: Word,
    ty: TypeRef,
    functions: Functions,
    redacted: &[Word],
) -> Result<Word, NotJson> {
    let types = Arc::clone(heap.types());
    let mut encoder = Encoder {
        heap,
        types: &types,
        functions,
        redacted,
        open: Vec::new(),
    };
    let encoded = encoder.encode(word, ty);
    if encoded.is_err() {
        while let Some(open) = encoder.open.pop() {
            encoder.close(&open);
            encoder.heap.release(open.container);
            open.variant
                .into_iter()
                .for_each(|name| encoder.heap.release(name));
        }
    }
    encoded
}

/// What a part of an object is called.
#[derive(Clone, Copy)]
enum Name<'types> {
    /// It is part of an array.
    None,
    /// A field.
    Field(&'types str),
    /// `ok` or `err`, which are never redacted.
    Outcome(&'static str),
    /// A key of a map, of this type.
    Key(Word, TypeRef),
}

/// A part that is still to be encoded.
struct Part<'types> {
    name: Name<'types>,
    word: Word,
    ty: TypeRef,
}

/// A value whose parts are being encoded.
struct Open<'types> {
    /// The list or map so far.
    container: Word,
    rest: std::vec::IntoIter<Part<'types>>,
    /// Name of the part that is being encoded.
    name: Name<'types>,
    /// Of a payload: the name of its variant, under which the list goes into an object.
    variant: Option<Word>,
    /// Bytes charged for the parts.
    room: usize,
}

struct Encoder<'a, 'types> {
    heap: &'a mut Heap,
    types: &'types TypeTable,
    functions: Functions,
    redacted: &'a [Word],
    open: Vec<Open<'types>>,
}

impl<'types> Encoder<'_, 'types> {
    fn encode(&mut self, word: Word, ty: TypeRef) -> Result<Word, NotJson> {
        let mut done = self.begin(word, ty)?;
        loop {
            if let Some(value) = done {
                let Some(mut open) = self.open.pop() else {
                    return Ok(value);
                };
                let added = self.add(&mut open, value);
                if added.is_err() {
                    self.close(&open);
                    open.variant.into_iter().for_each(|name| self.heap.release(name));
                }
                open.container = added?;
                self.open.push(open);
            }
            let open = self
                .open
                .last_mut()
                .expect("a value is open until its parts are done");
            done = match open.rest.next() {
                Some(part) => {
                    open.name = part.name;
                    if self.is_redacted(part.name) {
                        Some(self.heap.string(REDACTED)?)
                    } else {
                        self.begin(part.word, part.ty)?
                    }
                }
                None => Some(self.end()?),
            };
        }
    }

    /// The container with one more part. Consumes the part, and the container if that fails.
    fn add(&mut self, open: &mut Open<'types>, value: Word) -> Result<Word, HeapError> {
        let text = match open.name {
            Name::None => return self.heap.push(open.container, value),
            Name::Key(key, TypeRef::STRING) => {
                self.heap.retain(key);
                return self.heap.map_insert(open.container, key, value);
            }
            Name::Key(key, TypeRef::INT) => self.heap.string(&key.int().to_string()),
            Name::Key(key, _) => self.heap.string(if key.bool() { "true" } else { "false" }),
            Name::Field(name) => self.heap.string(name),
            Name::Outcome(name) => self.heap.string(name),
        };
        match text {
            Ok(name) => self.heap.map_insert(open.container, name, value),
            Err(error) => {
                self.heap.release(open.container);
                self.heap.release(value);
                Err(error)
            }
        }
    }

    /// The innermost open value, all of whose parts are done.
    fn end(&mut self) -> Result<Word, HeapError> {
        let open = self.open.pop().expect("the caller has looked at it");
        self.close(&open);
        let Some(name) = open.variant else {
            return Ok(open.container);
        };
        match self.heap.map(TypeRef::JSON_MAP) {
            Ok(object) => self.heap.map_insert(object, name, open.container),
            Err(error) => {
                self.heap.release(name);
                self.heap.release(open.container);
                Err(error)
            }
        }
    }

    fn close(&mut self, open: &Open<'types>) {
        self.heap.refund(open.room);
    }

    fn is_redacted(&self, name: Name<'types>) -> bool {
        let is = |text: &str| self.redacted.iter().any(|&name| self.heap.text(name) == text);
        match name {
            Name::None | Name::Outcome(_) => false,
            Name::Field(text) => is(text),
            Name::Key(key, TypeRef::STRING) => is(self.heap.text(key)),
            Name::Key(..) => false,
        }
    }

    /// A value without parts as Json, or nothing after opening one with parts.
    fn begin(&mut self, word: Word, ty: TypeRef) -> Result<Option<Word>, NotJson> {
        let (ty, word) = self.heap.resolve(word, ty);
        let is_json = ty == TypeRef::JSON_LIST || ty == TypeRef::JSON_MAP;
        if is_json && self.redacted.is_empty() {
            self.heap.retain(word);
            return Ok(Some(word));
        }
        Ok(Some(match self.types.get(ty) {
            RuntimeType::Null | RuntimeType::Bool | RuntimeType::Int | RuntimeType::Float => {
                self.heap.wrap(word, ty)?
            }
            RuntimeType::String => {
                self.heap.retain(word);
                word
            }
            RuntimeType::Bytes => self.bytes(word)?,
            RuntimeType::Function(..) | RuntimeType::Generator(_) => self.function(ty)?,
            RuntimeType::Nominal(nominal) => match &self.types.nominal(*nominal).shape {
                NominalShape::Enum(variants) => {
                    let (name, payload) = &variants[self.heap.variant_of(word) as usize];
                    let name = self.heap.string(name)?;
                    if payload.is_empty() {
                        return Ok(Some(name));
                    }
                    let parts = self.each(word, payload);
                    self.open_list(parts, Some(name))?;
                    return Ok(None);
                }
                NominalShape::Record(fields) => {
                    let words = self.heap.elements(word).iter();
                    let parts = words.zip(fields).map(|(&word, (name, ty))| Part {
                        name: Name::Field(name),
                        word,
                        ty: *ty,
                    });
                    let parts = parts.collect();
                    return self.open_map(parts).map(|()| None);
                }
                NominalShape::Opaque => unreachable!("no value is of an opaque type"),
            },
            RuntimeType::List(element) => {
                let words = self.heap.elements(word).iter();
                let parts = words.map(|&word| Part::unnamed(word, *element)).collect();
                return self.open_list(parts, None).map(|()| None);
            }
            RuntimeType::Set(element) => {
                let words = self.heap.set_elements(word);
                let parts = words.map(|word| Part::unnamed(word, *element)).collect();
                return self.open_list(parts, None).map(|()| None);
            }
            RuntimeType::Tuple(types) => {
                let parts = self.each(word, types);
                return self.open_list(parts, None).map(|()| None);
            }
            RuntimeType::Map(key, value) => {
                let entries = self.heap.map_entries(word);
                let parts = entries.map(|(name, word)| Part {
                    name: Name::Key(name, *key),
                    word,
                    ty: *value,
                });
                let parts = parts.collect();
                return self.open_map(parts).map(|()| None);
            }
            RuntimeType::Result(..) => {
                let variant = self.heap.variant_of(word);
                let mut parts = self.each(word, self.types.parts(ty, variant));
                for part in &mut parts {
                    part.name = Name::Outcome(if variant == 0 { "ok" } else { "err" });
                }
                return self.open_map(parts).map(|()| None);
            }
            RuntimeType::Variable(_) => unreachable!("no value is of an open type"),
            RuntimeType::Json | RuntimeType::Union(_) => {
                unreachable!("a dynamic word holds a value of a plain type")
            }
        }))
    }

    fn each(&self, word: Word, types: &[TypeRef]) -> Vec<Part<'types>> {
        let words = self.heap.elements(word).iter();
        words
            .zip(types)
            .map(|(&word, &ty)| Part::unnamed(word, ty))
            .collect()
    }

    fn open_list(&mut self, parts: Vec<Part<'types>>, variant: Option<Word>) -> Result<(), NotJson> {
        let list = self.heap.list(TypeRef::JSON_LIST, parts.len());
        self.open(list, parts, variant)
    }

    fn open_map(&mut self, parts: Vec<Part<'types>>) -> Result<(), NotJson> {
        let map = self.heap.map(TypeRef::JSON_MAP);
        self.open(map, parts, None)
    }

    fn open(
        &mut self,
        container: Result<Word, HeapError>,
        parts: Vec<Part<'types>>,
        variant: Option<Word>,
    ) -> Result<(), NotJson> {
        let room = size_of::<Open<'_>>() + parts.len() * size_of::<Part<'_>>();
        let container = container.and_then(|container| match self.heap.charge(room) {
            Ok(()) => Ok(container),
            Err(error) => {
                self.heap.release(container);
                Err(error)
            }
        });
        match container {
            Ok(container) => {
                self.open.push(Open {
                    container,
                    rest: parts.into_iter(),
                    name: Name::None,
                    variant,
                    room,
                });
                Ok(())
            }
            Err(error) => {
                variant.into_iter().for_each(|name| self.heap.release(name));
                Err(error.into())
            }
        }
    }

    fn bytes(&mut self, word: Word) -> Result<Word, HeapError> {
        let room = 2 * self.heap.octets(word).len();
        self.heap.charge(room)?;
        let mut text = String::with_capacity(room);
        write_hex(self.heap.octets(word), &mut text).expect("a String takes everything");
        let string = self.heap.string(&text);
        self.heap.refund(room);
        string
    }

    fn function(&mut self, ty: TypeRef) -> Result<Word, NotJson> {
        if self.functions == Functions::Refuse {
            return Err(NotJson::Function);
        }
        let mut name = BoundedText::within(self.heap);
        // A name that does not fit is cut off, and does not fit as a String either.
        let _ = write_type_name(self.types, ty, &mut name);
        Ok(self.heap.string(name.as_str())?)
    }
}

impl Part<'_> {
    fn unnamed(word: Word, ty: TypeRef) -> Self {
        Part {
            name: Name::None,
            word,
            ty,
        }
    }
}

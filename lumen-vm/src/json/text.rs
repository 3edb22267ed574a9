//! JSON text (RFC 8259) to Json values.
//!
//! Numbers without point and exponent are Ints, those that no Int can hold and all others Floats. Names that occur twice in
//! one object are refused: readers disagree on which one counts. So are lone surrogates, and numbers beyond all Floats.

use super::MAX_DEPTH;
use crate::heap::{Heap, HeapError, TypeRef, Word};
use scan::{Scalar, Scanner, Token};

mod scan;

/// Why a text is no Json value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TextError {
    /// It is no JSON; says what is wrong and where, in one sentence.
    Malformed(String),
    /// The value does not fit into the heap.
    Heap(HeapError),
}

impl From<HeapError> for TextError {
    fn from(error: HeapError) -> TextError {
        TextError::Heap(error)
    }
}

/// The value that a text is; an owned dynamic word.
pub(crate) fn parse(heap: &mut Heap, text: &str) -> Result<Word, TextError> {
    let mut parser = Parser {
        heap,
        scanner: Scanner::new(text),
        open: Vec::new(),
    };
    let value = parser.document();
    if value.is_err() {
        let open = std::mem::take(&mut parser.open);
        open.into_iter().for_each(|open| open.release(parser.heap));
    }
    value
}

/// An array or object that is being read.
struct Open {
    /// The list or map so far.
    container: Word,
    /// In an object, the name whose value comes next.
    name: Option<Word>,
}

impl Open {
    fn release(self, heap: &mut Heap) {
        heap.release(self.container);
        if let Some(name) = self.name {
            heap.release(name);
        }
    }
}

struct Parser<'a> {
    heap: &'a mut Heap,
    scanner: Scanner<'a>,
    open: Vec<Open>,
}

impl Parser<'_> {
    fn document(&mut self) -> Result<Word, TextError> {
        loop {
            let Some(mut value) = self.value()? else { continue };
            // A value is complete: it ends the arrays and objects that it is the last part of.
            loop {
                let Some(open) = self.open.pop() else {
                    return self.end(value);
                };
                let container = match open.name {
                    None => self.heap.push(open.container, value)?,
                    Some(name) => self.heap.map_insert(open.container, name, value)?,
                };
                let in_object = open.name.is_some();
                self.open.push(Open {
                    container,
                    name: None,
                });
                if self.goes_on(in_object)? {
                    break;
                }
                value = self.open.pop().expect("it was pushed above").container;
            }
        }
    }

    /// A value without parts, or nothing after the start of one with parts.
    fn value(&mut self) -> Result<Option<Word>, TextError> {
        match self.scanner.token("a value")? {
            Token::Scalar(scalar) => Ok(Some(self.scalar(scalar)?)),
            Token::OpenArray => {
                let list = self.heap.list(TypeRef::JSON_LIST, 0)?;
                self.begin(list)?;
                if self.scanner.take(b']') {
                    return Ok(self.open.pop().map(|open| open.container));
                }
                Ok(None)
            }
            Token::OpenObject => {
                let map = self.heap.map(TypeRef::JSON_MAP)?;
                self.begin(map)?;
                if self.scanner.take(b'}') {
                    return Ok(self.open.pop().map(|open| open.container));
                }
                self.name()?;
                Ok(None)
            }
        }
    }

    fn scalar(&mut self, scalar: Scalar) -> Result<Word, HeapError> {
        match scalar {
            Scalar::Null => Ok(Word::INLINE_NULL),
            Scalar::Bool(value) => Ok(Word::inline_bool(value)),
            Scalar::Int(value) => self.heap.wrap_int(value),
            Scalar::Float(value) => self.heap.wrap_float(value),
            Scalar::String(text) => self.heap.string(&text),
        }
    }

    fn begin(&mut self, container: Word) -> Result<(), TextError> {
        self.open.push(Open {
            container,
            name: None,
        });
        if self.open.len() > MAX_DEPTH {
            let message = format!("arrays and objects nest deeper than {MAX_DEPTH}");
            return Err(self.scanner.error_before(&message));
        }
        Ok(())
    }

    /// Whether another part follows in the innermost array or object; reads its name in an object.
    fn goes_on(&mut self, in_object: bool) -> Result<bool, TextError> {
        let (close, expected) = if in_object {
            (b'}', "`,` or `}`")
        } else {
            (b']', "`,` or `]`")
        };
        if self.scanner.take(close) {
            return Ok(false);
        }
        if !self.scanner.take(b',') {
            return Err(self.scanner.expected(expected));
        }
        if in_object {
            self.name()?;
        }
        Ok(true)
    }

    /// A name and its colon, for the innermost object.
    fn name(&mut self) -> Result<(), TextError> {
        let start = self.scanner.here();
        let text = self.scanner.name()?;
        let name = self.heap.string(&text)?;
        let open = self.open.last_mut().expect("an object is open");
        open.name = Some(name);
        if self.heap.map_get(open.container, name).is_some() {
            let message = format!("the name {text:?} occurs twice in one object");
            return Err(self.scanner.error_at(start, &message));
        }
        if self.scanner.take(b':') {
            Ok(())
        } else {
            Err(self.scanner.expected("`:`"))
        }
    }

    fn end(&mut self, value: Word) -> Result<Word, TextError> {
        if self.scanner.is_at_end() {
            return Ok(value);
        }
        self.heap.release(value);
        Err(self.scanner.expected("the end of the text"))
    }
}

//! Where programs decode: the `schema` instruction, `patch`, and texts for the parameters of a cell.

use super::Argument;
use super::machine::{Value, Vm};
use crate::failure::{ArgumentError, Failure};
use crate::heap::{RuntimeType, TypeRef, Word};
use crate::json::{self, Decoded, TextError};
use crate::load::CellRef;

/// Bytes of a text that is no JSON which its error shows.
const SHOWN_TEXT: usize = 200;

impl Vm<'_> {
    /// The value of a cell's parameter that a text is: a String as it is, anything else as JSON. Runs constraints and
    /// defaults of records, within the limits.
    ///
    /// # Panics
    /// If the cell has no such parameter.
    pub fn read_argument(
        &mut self,
        cell: CellRef,
        parameter: usize,
        text: &str,
    ) -> Result<Value, ArgumentError> {
        let ty = self.program.parameter_types(cell)[parameter];
        let word = json::read_text(self, ty, text)?;
        Ok(self.value(word, ty))
    }

    /// Executes `schema`: decodes a word of type `source` (as in [`super::Code::Schema`]); `result` is the type of what comes
    /// of it. Borrows.
    #[cold]
    #[inline(never)]
    pub(super) fn schema(&mut self, word: Word, source: u8, result: TypeRef) -> Result<Word, Failure> {
        let source = match source {
            0 => TypeRef::STRING,
            1 => TypeRef::BYTES,
            _ => TypeRef::JSON,
        };
        let &RuntimeType::Result(wanted, _) = self.program.types().get(result) else {
            unreachable!("`schema` yields a result");
        };
        let (variant, payload) = match self.json_from(word, source)? {
            Ok(json) => {
                let decoded = json::decode(self, json, wanted);
                self.heap.release(json);
                match decoded? {
                    Decoded::Value(word) => (0, word),
                    Decoded::Faulty(faults) => {
                        let name = json::type_name(self.program.types(), wanted);
                        (1, json::invalid(&mut self.heap, &name, faults)?)
                    }
                }
            }
            Err(malformed) => {
                let name = json::type_name(self.program.types(), wanted);
                let message = format!("not a valid {name}: bad JSON text: {malformed}");
                (1, self.malformed(&message, word, source)?)
            }
        };
        Ok(self.heap.variant(result, variant, &[payload])?)
    }

    /// The Json that a word is, owned, or what is wrong with the text.
    fn json_from(&mut self, word: Word, source: TypeRef) -> Result<Result<Word, String>, Failure> {
        let octets = match source {
            TypeRef::STRING => self.heap.text(word).as_bytes(),
            TypeRef::BYTES => self.heap.octets(word),
            _ => {
                self.heap.retain(word);
                return Ok(Ok(word));
            }
        };
        let room = octets.len();
        let text = match String::from_utf8(octets.to_vec()) {
            Ok(text) => text,
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                return Ok(Err(format!("no UTF-8 at octet {at}")));
            }
        };
        self.heap.charge(room)?;
        let parsed = json::parse(&mut self.heap, &text);
        self.heap.refund(room);
        match parsed {
            Ok(json) => Ok(Ok(json)),
            Err(TextError::Malformed(what)) => Ok(Err(what)),
            Err(TextError::Heap(error)) => Err(error.into()),
        }
    }

    /// The ValidationError of a text that is no JSON.
    fn malformed(&mut self, message: &str, word: Word, source: TypeRef) -> Result<Word, Failure> {
        let text = match source {
            TypeRef::STRING => self.heap.text(word),
            _ => "",
        };
        let shown = text[..text.floor_char_boundary(SHOWN_TEXT)].to_owned();
        let value = self.heap.string(&shown)?;
        let error = json::field_error(&mut self.heap, "", "expected JSON", value);
        self.heap.release(value);
        let errors = self.heap.list_of(TypeRef::FIELD_ERRORS, &[error?])?;
        Ok(json::validation_error(&mut self.heap, message, errors)?)
    }

    /// Executes `patch`: the value after the steps, decoded as its type again. Borrows.
    pub(super) fn patch(&mut self, value: Argument, patches: Argument) -> Result<Word, Failure> {
        json::patched(self, value.word, value.ty, patches.word)
    }
}

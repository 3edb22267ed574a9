//! One machine: runs cells of a program under limits, against an output.

use super::output::Output;
use super::stack::Stack;
use crate::failure::Failure;
use crate::heap::{Heap, RuntimeType, TypeRef, Word};
use crate::load::{CellRef, Program};
use crate::show::{BoundedText, Form, ShowError, write_shown, write_value};

/// What a run may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many calls and jumps backwards a run may make; nothing for no limit.
    pub fuel: Option<u64>,
    /// How many bytes values and frames may take at one time.
    pub bytes: usize,
}

impl Default for Limits {
    /// No limit of fuel, 1 GiB.
    fn default() -> Limits {
        Limits {
            fuel: None,
            bytes: 1 << 30,
        }
    }
}

/// A value that the host holds: made by [`Vm`] methods only, to be passed to the same machine again.
///
/// It owns a reference in the machine's heap, so it must go back: to [`Vm::run`] or [`Vm::release`].
#[derive(Debug)]
#[must_use]
pub struct Value {
    pub(crate) word: Word,
    pub(crate) ty: TypeRef,
}

impl Value {
    /// Takes over a word's reference.
    pub(crate) fn new(word: Word, ty: TypeRef) -> Value {
        Value { word, ty }
    }
}

/// A machine.
pub struct Vm<'a> {
    pub(super) program: &'a Program,
    pub(crate) heap: Heap,
    pub(super) stack: Stack,
    /// Calls and jumps backwards that are left, plus one.
    pub(super) fuel: u64,
    /// String and Bytes constants that were used, by number; zero for others.
    pub(super) texts: Vec<Word>,
    pub(super) output: &'a mut dyn Output,
    pub(super) state: crate::intrinsics::State,
}

impl<'a> Vm<'a> {
    /// A machine for one or more runs, which share the limits.
    pub fn new(program: &'a Program, limits: Limits, output: &'a mut dyn Output) -> Vm<'a> {
        Vm {
            program,
            heap: Heap::new(program.types().clone(), limits.bytes),
            stack: Stack::new(),
            fuel: limits.fuel.map_or(u64::MAX, |fuel| fuel.saturating_add(1)),
            texts: vec![Word::NULL; program.words().len()],
            output,
            state: crate::intrinsics::State::default(),
        }
    }

    /// Runs a cell. The arguments must have the types of its parameters.
    ///
    /// # Panics
    /// If number or types of the arguments differ from the cell's parameters.
    pub fn run(&mut self, cell: CellRef, arguments: Vec<Value>) -> Result<Value, Failure> {
        let parameters = self.program.parameter_types(cell);
        let given: Vec<TypeRef> = arguments.iter().map(|value| value.ty).collect();
        assert_eq!(given, parameters, "arguments have the types of the parameters");
        let words: Vec<Word> = arguments.into_iter().map(|value| value.word).collect();
        let result = self.interpret(self.program.number(cell), &words);
        self.stack.clear(&mut self.heap);
        Ok(Value::new(result?, self.program.result_type(cell)))
    }

    /// The same value once more.
    pub fn duplicate(&mut self, value: &Value) -> Value {
        self.heap.retain_typed(value.word, value.ty);
        Value::new(value.word, value.ty)
    }

    /// Gives a value back.
    pub fn release(&mut self, value: Value) {
        self.heap.release_typed(value.word, value.ty);
    }

    /// A value as `print` shows it. Borrows.
    pub fn show(&self, value: &Value) -> Result<String, Failure> {
        let mut text = BoundedText::within(&self.heap);
        match write_shown(&self.heap, value.word, value.ty, &mut text) {
            Ok(()) => Ok(text.into_string()),
            Err(_) => Err(Failure::runtime(
                "out of memory: the value is too large to be shown",
            )),
        }
    }

    /// A value as canonical JSON. Borrows.
    pub fn show_json(&self, value: &Value) -> Result<String, Failure> {
        let mut text = BoundedText::within(&self.heap);
        match write_value(&self.heap, value.word, value.ty, Form::Json, &mut text) {
            Ok(()) => Ok(text.into_string()),
            Err(ShowError::NotJson(what)) => Err(Failure::runtime(format!("{what} has no JSON form"))),
            Err(ShowError::Full) => Err(Failure::runtime(
                "out of memory: the value is too large to be shown",
            )),
        }
    }

    /// Whether a value is null. Borrows.
    pub fn is_null(&self, value: &Value) -> bool {
        self.heap.resolve(value.word, value.ty).0 == TypeRef::NULL
    }

    /// Whether a value is an `err`. Borrows.
    pub fn is_err(&self, value: &Value) -> bool {
        let (ty, word) = self.heap.resolve(value.word, value.ty);
        matches!(self.program.types().get(ty), RuntimeType::Result(..)) && self.heap.variant_of(word) == 1
    }

    /// Whether a value is `false`. Borrows.
    pub fn is_false(&self, value: &Value) -> bool {
        let (ty, word) = self.heap.resolve(value.word, value.ty);
        ty == TypeRef::BOOL && !word.bool()
    }

    /// The program.
    pub fn program(&self) -> &'a Program {
        self.program
    }

    /// Number of objects that are alive, without the constants of the program.
    pub fn live_objects(&self) -> usize {
        let constants = self.texts.iter().filter(|&&word| word != Word::NULL).count();
        self.heap.live_objects() - constants
    }

    /// A String or Bytes constant, borrowed from the machine.
    #[cold]
    #[inline(never)]
    pub(super) fn load_text(&mut self, number: usize) -> Result<Word, Failure> {
        use crate::lir::Constant;
        let word = match self.program.constant(number) {
            Constant::String(text) => self.heap.string(text)?,
            Constant::Bytes(octets) => self.heap.bytes(octets)?,
            other => unreachable!("{other:?} is a word"),
        };
        self.texts[number] = word;
        Ok(word)
    }
}

impl Drop for Vm<'_> {
    fn drop(&mut self) {
        for word in std::mem::take(&mut self.texts) {
            if word != Word::NULL {
                self.heap.release(word);
            }
        }
        self.stack.clear(&mut self.heap);
    }
}

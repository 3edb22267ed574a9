//! One machine: runs cells of a program under limits, against an output.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rustc_hash::FxHashMap;

use super::output::Output;
use super::records::RecordCells;
use super::stack::Stack;
use super::unwind::Pending;
use crate::failure::Failure;
use crate::heap::{Heap, HeapError, RuntimeType, TypeRef, Word};
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

/// A value that the host holds: made by a [`Vm`], to be passed to the same machine again.
///
/// It owns a reference in the machine's heap, so it must go back: to [`Vm::run`] or [`Vm::release`].
#[derive(Debug)]
#[must_use]
pub struct Value {
    pub(super) word: Word,
    pub(super) ty: TypeRef,
    /// Number of the machine.
    machine: u64,
}

/// How many steps a machine that can be interrupted makes between two looks at whether it was.
const SLICE: u64 = 1 << 16;

/// Numbers machines, so that no value of one is taken for another's.
static MACHINES: AtomicU64 = AtomicU64::new(0);

/// A machine.
pub struct Vm<'a> {
    number: u64,
    pub(super) program: &'a Program,
    pub(crate) heap: Heap,
    pub(super) stack: Stack,
    /// Calls and jumps backwards that are left before somebody has to look at `reserve`, plus one.
    pub(super) fuel: u64,
    /// Calls and jumps backwards that are left after those.
    pub(super) reserve: u64,
    /// Set from outside to end the run.
    interrupt: Option<Arc<AtomicBool>>,
    /// Whether it was set and noticed.
    interrupted: bool,
    /// String and Bytes constants that were used, by number; zero for others.
    pub(super) texts: Vec<Word>,
    /// The Strings of one ASCII character that were used, by character; zero for others.
    pub(super) characters: Box<[Word; 128]>,
    /// Values of constants that were used, by the number of their cell.
    pub(super) constants: FxHashMap<usize, Word>,
    /// What handlers are running for, innermost last.
    pub(super) pending: Vec<Pending>,
    pub(super) output: &'a mut dyn Output,
    pub(super) state: crate::intrinsics::State,
    /// The cells of records that were decoded.
    pub(super) record_cells: FxHashMap<TypeRef, Rc<RecordCells>>,
    /// How deep decoding nests; see [`crate::json::NATIVE_DEPTH`].
    pub(super) native_depth: u32,
}

impl<'a> Vm<'a> {
    /// A machine for one or more runs, which share the limits.
    pub fn new(program: &'a Program, limits: Limits, output: &'a mut dyn Output) -> Vm<'a> {
        Vm {
            number: MACHINES.fetch_add(1, Ordering::Relaxed),
            program,
            heap: Heap::new(program.types().clone(), limits.bytes),
            stack: Stack::new(),
            fuel: limits.fuel.map_or(u64::MAX, |fuel| fuel.saturating_add(1)),
            reserve: 0,
            interrupt: None,
            interrupted: false,
            texts: vec![Word::NULL; program.words().len()],
            characters: Box::new([Word::NULL; 128]),
            constants: FxHashMap::default(),
            pending: Vec::new(),
            output,
            state: crate::intrinsics::State::default(),
            record_cells: FxHashMap::default(),
            native_depth: 0,
        }
    }

    /// Lets somebody end the runs of the machine from another thread: soon after the flag is set, the run that is going on
    /// fails, and so do all later ones. A builtin that is at work is not interrupted.
    pub fn interruptible(&mut self, flag: Arc<AtomicBool>) {
        let fuel = self.fuel.saturating_add(self.reserve);
        self.fuel = fuel.min(SLICE);
        self.reserve = fuel - self.fuel;
        self.interrupt = Some(flag);
    }

    /// Whether a run of the machine was ended from outside.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupted
    }

    /// More fuel from the reserve, if there is some and nobody has ended the run.
    #[cold]
    #[inline(never)]
    pub(super) fn refuel(&mut self) -> bool {
        let ended = |flag: &Arc<AtomicBool>| flag.load(Ordering::Relaxed);
        if self.interrupt.as_ref().is_some_and(ended) {
            self.interrupted = true;
            self.reserve = 0;
        }
        let slice = self.reserve.min(SLICE);
        self.reserve -= slice;
        self.fuel += slice;
        slice > 0
    }

    /// The failure of a run without fuel.
    #[cold]
    pub(super) fn out_of_fuel(&self) -> Failure {
        Failure::exhausted(match self.interrupted {
            true => "interrupted: the run was ended from outside",
            false => "out of fuel: the run made as many calls and loop steps as it may",
        })
    }

    /// Runs a cell. The arguments must have the types of its parameters.
    ///
    /// # Panics
    /// If number or types of the arguments differ from the cell's parameters, or a value is another machine's.
    pub fn run(&mut self, cell: CellRef, arguments: Vec<Value>) -> Result<Value, Failure> {
        let parameters = self.program.parameter_types(cell);
        let given: Vec<TypeRef> = arguments.iter().map(|value| value.ty).collect();
        assert_eq!(given, parameters, "arguments have the types of the parameters");
        let words: Vec<Word> = arguments.into_iter().map(|value| self.own(&value)).collect();
        let result = self.interpret(self.program.number(cell), &words);
        self.stack.clear(&mut self.heap);
        let result = result?;
        Ok(self.value(result, self.program.result_type(cell)))
    }

    /// The same value once more.
    pub fn duplicate(&mut self, value: &Value) -> Value {
        let word = self.own(value);
        self.heap.retain_typed(word, value.ty);
        self.value(word, value.ty)
    }

    /// Gives a value back.
    ///
    /// # Panics
    /// If it is another machine's; so do the methods below.
    pub fn release(&mut self, value: Value) {
        let word = self.own(&value);
        self.heap.release_typed(word, value.ty);
    }

    /// A word of this machine as a value, which takes over its reference.
    pub(crate) fn value(&self, word: Word, ty: TypeRef) -> Value {
        Value {
            word,
            ty,
            machine: self.number,
        }
    }

    /// The word of a value of this machine.
    fn own(&self, value: &Value) -> Word {
        assert_eq!(
            value.machine, self.number,
            "a value belongs to the machine that made it"
        );
        value.word
    }

    /// A value as `print` shows it. Borrows.
    pub fn show(&self, value: &Value) -> Result<String, Failure> {
        let mut text = BoundedText::within(&self.heap);
        match write_shown(&self.heap, self.own(value), value.ty, &mut text) {
            Ok(()) => Ok(text.into_string()),
            Err(_) => Err(Failure::exhausted(
                "out of memory: the value is too large to be shown",
            )),
        }
    }

    /// A value as canonical JSON. Borrows.
    pub fn show_json(&self, value: &Value) -> Result<String, Failure> {
        let mut text = BoundedText::within(&self.heap);
        match write_value(&self.heap, self.own(value), value.ty, Form::Json, &mut text) {
            Ok(()) => Ok(text.into_string()),
            Err(ShowError::NotJson(what)) => Err(Failure::runtime(format!("{what} has no JSON form"))),
            Err(ShowError::Full) => Err(Failure::exhausted(
                "out of memory: the value is too large to be shown",
            )),
        }
    }

    /// Whether a value is null. Borrows.
    pub fn is_null(&self, value: &Value) -> bool {
        self.heap.resolve(self.own(value), value.ty).0 == TypeRef::NULL
    }

    /// Whether a value is an `err`. Borrows.
    pub fn is_err(&self, value: &Value) -> bool {
        let (ty, word) = self.heap.resolve(self.own(value), value.ty);
        matches!(self.program.types().get(ty), RuntimeType::Result(..)) && self.heap.variant_of(word) == 1
    }

    /// Whether a value is `false`. Borrows.
    pub fn is_false(&self, value: &Value) -> bool {
        let (ty, word) = self.heap.resolve(self.own(value), value.ty);
        ty == TypeRef::BOOL && !word.bool()
    }

    /// How many calls and jumps backwards are left to it.
    pub fn fuel_left(&self) -> u64 {
        self.fuel.saturating_add(self.reserve).saturating_sub(1)
    }

    /// The program.
    pub fn program(&self) -> &'a Program {
        self.program
    }

    /// Number of objects that are alive, without the constants of the program, which the machine forgets.
    pub fn live_objects(&mut self) -> usize {
        self.forget_constants();
        self.heap.live_objects()
    }

    fn forget_constants(&mut self) {
        for text in self.texts.iter_mut().chain(self.characters.as_mut_slice()) {
            let text = std::mem::replace(text, Word::NULL);
            if text != Word::NULL {
                self.heap.release(text);
            }
        }
        for (cell, value) in std::mem::take(&mut self.constants) {
            self.heap.release_typed(value, self.program.cell_result(cell));
        }
    }

    /// Keeps the value of a constant's cell for later. Borrows.
    pub(super) fn keep_constant(&mut self, cell: usize, value: Word, ty: TypeRef) {
        if !self.constants.contains_key(&cell) {
            self.heap.retain_typed(value, ty);
            self.constants.insert(cell, value);
        }
    }

    /// The String of one ASCII character: the same object each time, so that reading a text character by character
    /// makes none.
    #[inline(always)]
    pub(super) fn character(&mut self, octet: u8) -> Result<Word, HeapError> {
        let mut text = self.characters[usize::from(octet)];
        if text == Word::NULL {
            text = self.make_character(octet)?;
        }
        self.heap.retain(text);
        Ok(text)
    }

    #[cold]
    #[inline(never)]
    fn make_character(&mut self, octet: u8) -> Result<Word, HeapError> {
        let text = self.heap.string(char::from(octet).encode_utf8(&mut [0; 4]))?;
        self.characters[usize::from(octet)] = text;
        Ok(text)
    }

    /// A String or Bytes constant, borrowed from the machine.
    #[cold]
    #[inline(never)]
    pub(super) fn load_text(&mut self, number: usize) -> Result<Word, Failure> {
        use crate::lir::Constant;
        let word = match self.program.constant(number) {
            Constant::String(text) => match *text.as_bytes() {
                [octet] => self.character(octet)?,
                _ => self.heap.string(text)?,
            },
            Constant::Bytes(octets) => self.heap.bytes(octets)?,
            other => unreachable!("{other:?} is a word"),
        };
        self.texts[number] = word;
        Ok(word)
    }
}

impl Drop for Vm<'_> {
    fn drop(&mut self) {
        self.forget_constants();
        self.stack.clear(&mut self.heap);
    }
}

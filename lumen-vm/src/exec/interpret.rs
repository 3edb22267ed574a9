//! The loop that executes operations.
//!
//! State in native registers: `ip`, the running operation; `base`, register 0 of the running frame; `window`, the number of
//! its registers. What fails leaves the loop, which starts again where [`Vm::unwind`] finds a handler; what is rare or
//! long lives in other files, so that the loop keeps its registers.
//!
//! # Safety
//! Everything `unsafe` in here rests on three facts. The verifier proved every operand's type and that every register is
//! written before it is read. The quickener emits operations for exactly these types, whose jumps stay within their
//! cell. And a frame's window lies within the stack: calls check that before they move `base`.

use std::cmp::Ordering;

use super::generate::resumed_generator;
use super::op::{Code, Op, Quick};
use super::stack::{FRAME, Link};
use super::unwind::Stopped;
use super::{Vm, number};
use crate::failure::Failure;
use crate::heap::{FLAT, GeneratorState, Object, TypeRef, Word, compare_floats};

/// Where a finished run returns to.
static EXIT: [Op; 1] = [Op {
    code: Code::Exit,
    a: 0,
    b: 0,
    c: 0,
    w: 0,
}];

/// Where a run stands: the running operation, register 0 of its frame, and how many registers that has.
#[derive(Clone, Copy)]
pub(super) struct Position {
    pub(super) ip: *const Op,
    pub(super) base: *mut Word,
    pub(super) window: usize,
}

/// The data bytes behind an operation: argument registers.
#[derive(Clone, Copy)]
pub(super) struct Data(*const Op);

impl Data {
    /// Byte `position` of the slots.
    #[inline(always)]
    fn byte(self, position: usize) -> u8 {
        const BYTES: usize = super::op::SLOT_BYTES;
        // SAFETY: the quickener puts as many slots behind an operation as its number of arguments takes; the data bytes
        // of a slot are its bytes 1 to 7.
        unsafe {
            *self
                .0
                .add(position / BYTES)
                .cast::<u8>()
                .add(1 + position % BYTES)
        }
    }

    fn bytes(self, count: usize) -> impl Iterator<Item = u8> {
        (0..count).map(move |position| self.byte(position))
    }
}

impl Vm<'_> {
    /// Runs a cell to its end. Consumes the arguments.
    pub(super) fn interpret(&mut self, cell: usize, arguments: &[Word]) -> Result<Word, Failure> {
        let mut at = self.enter_first(cell, arguments)?;
        loop {
            match self.steps(at) {
                Ok(value) => return Ok(value),
                Err(stopped) => at = self.unwind(*stopped)?,
            }
        }
    }

    /// Runs operations until the run ends or one fails.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm an operation; the arms share the state in native registers"
    )]
    fn steps(&mut self, at: Position) -> Result<Word, Box<Stopped>> {
        let Position {
            mut ip,
            mut base,
            mut window,
        } = at;
        // SAFETY: see the top of the file; `r!` and `set!` are given registers of the running frame.
        macro_rules! r {
            ($register:expr) => {
                unsafe { *base.add($register as usize) }
            };
        }
        macro_rules! set {
            ($register:expr, $word:expr) => {{
                let word = $word;
                unsafe { *base.add($register as usize) = word }
            }};
        }
        macro_rules! fail {
            ($failure:expr) => {{
                let failure = $failure;
                return Err(Stopped::new(ip.wrapping_add(1), base, failure));
            }};
        }
        macro_rules! attempt {
            ($result:expr) => {
                match $result {
                    Ok(value) => value,
                    Err(error) => fail!(Failure::from(error)),
                }
            };
        }
        macro_rules! burn {
            () => {{
                self.fuel -= 1;
                if self.fuel == 0 {
                    std::hint::cold_path();
                    if !self.refuel() {
                        fail!(self.out_of_fuel());
                    }
                }
            }};
        }
        macro_rules! jump {
            ($offset:expr) => {{
                let offset = $offset;
                if offset < 0 {
                    burn!();
                }
                // SAFETY: jumps stay within the cell.
                ip = unsafe { ip.offset(offset as isize) };
            }};
        }
        macro_rules! jump_if {
            ($op:ident, $condition:expr) => {
                if $condition {
                    jump!($op.w);
                }
            };
        }
        // An Int operation that may have no value.
        macro_rules! int {
            ($op:ident, $left:expr, $right:expr, $operation:expr) => {{
                let (left, right): (i64, i64) = ($left, $right);
                match $operation(left, right) {
                    Some(value) => set!($op.a, Word::from_int(value)),
                    None => {
                        std::hint::cold_path();
                        return Err(self.fail_arithmetic(ip.wrapping_add(1), base, left, right));
                    }
                }
            }};
        }
        macro_rules! float {
            ($op:ident, $operation:expr) => {{
                let value: f64 = $operation(r!($op.b).float(), r!($op.c).float());
                set!($op.a, Word::from_float(value))
            }};
        }
        // Enters a cell; `$copy` writes the arguments to the new window.
        macro_rules! call {
            ($cell:expr, $target:expr, $arguments:expr, $skip:expr, $copy:expr) => {{
                let cell: usize = $cell;
                let program = self.program;
                let quick: &Quick = program.quick(cell);
                // SAFETY: may point past the block, which is checked before use.
                let mut callee = base.wrapping_add(window + FRAME);
                self.fuel -= 1;
                let room = callee.wrapping_add(quick.registers) <= self.stack.limit();
                if !room || self.fuel == 0 {
                    std::hint::cold_path();
                    match self.make_room(base, window + FRAME + quick.registers) {
                        Ok(moved) => base = moved,
                        Err(failure) => {
                            let registers: Vec<u8> = $arguments;
                            self.release_arguments(base, cell, &registers);
                            fail!(failure);
                        }
                    }
                    callee = base.wrapping_add(window + FRAME);
                }
                let copy = $copy;
                copy(base, callee);
                let distance = window + FRAME;
                // SAFETY: the frame's words lie between the two windows, within the block.
                unsafe {
                    let resume = ip.add(1 + $skip);
                    *callee.sub(2) = Word::from_int(resume.expose_provenance() as i64);
                    *callee.sub(1) = Link::new(cell, $target, distance).word();
                }
                base = callee;
                window = quick.registers;
                ip = quick.ops.as_ptr();
                continue;
            }};
        }
        // Goes on in another frame.
        macro_rules! go {
            ($position:expr) => {{
                Position { ip, base, window } = $position;
                continue;
            }};
        }
        // Leaves the frame; yields the caller's register for the value.
        macro_rules! leave {
            () => {
                // SAFETY: the frame's words lie before its window; the caller's window is still there.
                unsafe {
                    let link = Link::from_word(*base.sub(1));
                    ip = std::ptr::with_exposed_provenance((*base.sub(2)).bits() as usize);
                    base = base.sub(link.distance());
                    window = link.distance() - FRAME;
                    link.target()
                }
            };
        }
        macro_rules! get_payload {
            ($op:ident, $counted:literal) => {{
                let (value, wanted) = (r!($op.b), $op.w as u32);
                if self.heap.variant_of(value) != wanted {
                    fail!(self.payload_failure(value, wanted));
                }
                // SAFETY: the variant has a payload with this position, so the value is an object.
                let word = unsafe { *Object::of(value).words().add(usize::from($op.c)) };
                if $counted {
                    self.heap.retain(word);
                }
                set!($op.a, word);
            }};
        }
        macro_rules! index_list {
            ($op:ident, $counted:literal) => {{
                let (list, index) = (Object::of(r!($op.b)), r!($op.c).bits());
                if index >= u64::from(list.header().length) {
                    fail!(super::place::list_index_failure(list, index as i64));
                }
                // SAFETY: the index was checked.
                let word = unsafe { *list.elements().add(index as usize) };
                if $counted {
                    self.heap.retain(word);
                }
                set!($op.a, word);
            }};
        }
        macro_rules! store_list {
            ($op:ident, $counted:literal) => {{
                let (list, index, value) = (r!($op.a), r!($op.c).bits(), r!($op.b));
                let object = Object::of(list);
                let header = object.header();
                if header.count == 1 && index < u64::from(header.length) {
                    // SAFETY: the index was checked; nothing else refers to the list.
                    let old = unsafe { object.elements().add(index as usize).replace(value) };
                    if $counted {
                        self.heap.release(old);
                    }
                } else {
                    let mut list = list;
                    let stored = self.store_shared_list(&mut list, index as i64, value, $counted);
                    set!($op.a, list);
                    attempt!(stored);
                }
            }};
        }
        macro_rules! store_field {
            ($op:ident, $counted:literal) => {{
                let value = r!($op.b);
                let mut record = r!($op.a);
                let unshared = self.unshared_record(&mut record, value, $counted);
                set!($op.a, record);
                attempt!(unshared);
                // SAFETY: the verifier has checked the position; nothing else refers to the record.
                let old = unsafe {
                    Object::of(record)
                        .words()
                        .add($op.w as usize)
                        .replace(value)
                };
                if $counted {
                    self.heap.release(old);
                }
            }};
        }
        macro_rules! build {
            ($op:ident, $code:expr) => {{
                let count = usize::from($op.b);
                let ty = TypeRef::from_index($op.w as u32);
                let data = Data(ip.wrapping_add(1));
                // SAFETY: argument registers belong to the running frame.
                let built =
                    unsafe { with_argument_words(base, data, count, |words| self.build($code, ty, words)) };
                set!($op.a, attempt!(built));
                // SAFETY: skips the data.
                ip = unsafe { ip.add(Op::slot_count(count)) };
            }};
        }
        loop {
            // SAFETY: control stays within the cell's operations.
            let op: &Op = unsafe { &*ip };
            match op.code {
                Code::Data => unreachable!("data is skipped"),
                Code::Exit => return Ok(r!(0)),

                Code::Move => set!(op.a, r!(op.b)),
                Code::LoadInt => set!(op.a, Word::from_int(i64::from(op.w))),
                Code::LoadWord => set!(op.a, self.program.words()[op.w as usize]),
                Code::LoadText => {
                    let mut text = self.texts[op.w as usize];
                    if text == Word::NULL {
                        text = attempt!(self.load_text(op.w as usize));
                    }
                    self.heap.retain(text);
                    set!(op.a, text);
                }
                Code::LoadVariant => {
                    set!(
                        op.a,
                        Word::plain_variant(TypeRef::from_index(op.w as u32), op.wide())
                    )
                }
                Code::Retain => self.heap.retain(r!(op.a)),
                Code::Release => self.heap.release(r!(op.a)),
                Code::Save => set!(window - 1, r!(op.a)),
                Code::ReleaseSaved => self.heap.release(r!(window - 1)),

                Code::AddInt => int!(op, r!(op.b).int(), r!(op.c).int(), i64::checked_add),
                Code::SubtractInt => int!(op, r!(op.b).int(), r!(op.c).int(), i64::checked_sub),
                Code::MultiplyInt => int!(op, r!(op.b).int(), r!(op.c).int(), i64::checked_mul),
                Code::DivideInt => int!(op, r!(op.b).int(), r!(op.c).int(), i64::checked_div),
                Code::FloorDivideInt => int!(op, r!(op.b).int(), r!(op.c).int(), number::floor_divide),
                Code::RemainderInt => int!(op, r!(op.b).int(), r!(op.c).int(), number::remainder),
                Code::PowerInt => int!(op, r!(op.b).int(), r!(op.c).int(), number::power),
                Code::NegateInt => int!(op, r!(op.b).int(), 0, |value: i64, _| value.checked_neg()),
                Code::BitAnd => set!(op.a, Word::from_int(r!(op.b).int() & r!(op.c).int())),
                Code::BitOr => set!(op.a, Word::from_int(r!(op.b).int() | r!(op.c).int())),
                Code::BitXor => set!(op.a, Word::from_int(r!(op.b).int() ^ r!(op.c).int())),
                Code::ShiftLeft => int!(op, r!(op.b).int(), r!(op.c).int(), number::shift_left),
                Code::ShiftRight => int!(op, r!(op.b).int(), r!(op.c).int(), number::shift_right),
                Code::AddImmediate => int!(op, r!(op.b).int(), i64::from(op.w), i64::checked_add),
                Code::SubtractImmediate => int!(op, r!(op.b).int(), i64::from(op.w), i64::checked_sub),
                Code::MultiplyImmediate => int!(op, r!(op.b).int(), i64::from(op.w), i64::checked_mul),
                Code::DivideImmediate => int!(op, r!(op.b).int(), i64::from(op.w), i64::checked_div),
                Code::RemainderImmediate => int!(op, r!(op.b).int(), i64::from(op.w), i64::checked_rem),
                Code::AddFloat => float!(op, |left, right| left + right),
                Code::SubtractFloat => float!(op, |left, right| left - right),
                Code::MultiplyFloat => float!(op, |left, right| left * right),
                Code::DivideFloat => float!(op, |left, right| left / right),
                Code::FloorDivideFloat => float!(op, number::floor_divide_floats),
                Code::RemainderFloat => float!(op, number::remainder_of_floats),
                Code::PowerFloat => float!(op, number::power_of_floats),
                Code::NegateFloat => set!(op.a, Word::from_float(-r!(op.b).float())),
                Code::Not => set!(op.a, Word::from_bool(!r!(op.b).bool())),

                Code::EqualWord => set!(op.a, Word::from_bool(r!(op.b) == r!(op.c))),
                Code::LessInt => set!(op.a, Word::from_bool(r!(op.b).int() < r!(op.c).int())),
                Code::LessEqualInt => set!(op.a, Word::from_bool(r!(op.b).int() <= r!(op.c).int())),
                Code::EqualFloat => {
                    set!(
                        op.a,
                        Word::from_bool(equal_floats(r!(op.b).float(), r!(op.c).float()))
                    )
                }
                Code::LessFloat => {
                    set!(
                        op.a,
                        Word::from_bool(less_float(r!(op.b).float(), r!(op.c).float()))
                    )
                }
                Code::LessEqualFloat => {
                    set!(
                        op.a,
                        Word::from_bool(!less_float(r!(op.c).float(), r!(op.b).float()))
                    )
                }
                Code::EqualText => {
                    set!(op.a, Word::from_bool(equal_texts(r!(op.b), r!(op.c))));
                }
                Code::Equal => {
                    let ty = TypeRef::from_index(op.w as u32);
                    set!(op.a, Word::from_bool(self.heap.equal(r!(op.b), r!(op.c), ty)));
                }
                Code::Less => {
                    let ordering = self
                        .heap
                        .compare(r!(op.b), r!(op.c), TypeRef::from_index(op.w as u32));
                    set!(op.a, Word::from_bool(ordering == Ordering::Less));
                }
                Code::LessEqual => {
                    let ordering = self
                        .heap
                        .compare(r!(op.b), r!(op.c), TypeRef::from_index(op.w as u32));
                    set!(op.a, Word::from_bool(ordering != Ordering::Greater));
                }

                Code::Jump => jump!(op.w),
                Code::JumpIf => jump_if!(op, r!(op.a).bool()),
                Code::JumpIfNot => jump_if!(op, !r!(op.a).bool()),
                Code::JumpIfEqualWord => jump_if!(op, r!(op.a) == r!(op.b)),
                Code::JumpIfNotEqualWord => jump_if!(op, r!(op.a) != r!(op.b)),
                Code::JumpIfLessInt => jump_if!(op, r!(op.a).int() < r!(op.b).int()),
                Code::JumpIfLessEqualInt => jump_if!(op, r!(op.a).int() <= r!(op.b).int()),
                Code::JumpIfEqualImmediate => jump_if!(op, r!(op.a).int() == op.immediate()),
                Code::JumpIfNotEqualImmediate => jump_if!(op, r!(op.a).int() != op.immediate()),
                Code::JumpIfLessImmediate => jump_if!(op, r!(op.a).int() < op.immediate()),
                Code::JumpIfLessEqualImmediate => jump_if!(op, r!(op.a).int() <= op.immediate()),
                Code::JumpIfGreaterImmediate => jump_if!(op, r!(op.a).int() > op.immediate()),
                Code::JumpIfGreaterEqualImmediate => jump_if!(op, r!(op.a).int() >= op.immediate()),
                Code::JumpIfEqualFloat => {
                    jump_if!(op, equal_floats(r!(op.a).float(), r!(op.b).float()))
                }
                Code::JumpIfNotEqualFloat => {
                    jump_if!(op, !equal_floats(r!(op.a).float(), r!(op.b).float()))
                }
                Code::JumpIfLessFloat => jump_if!(op, less_float(r!(op.a).float(), r!(op.b).float())),
                Code::JumpIfLessEqualFloat => {
                    jump_if!(op, !less_float(r!(op.b).float(), r!(op.a).float()))
                }
                Code::JumpIfEqualText => jump_if!(op, equal_texts(r!(op.a), r!(op.b))),
                Code::JumpIfNotEqualText => jump_if!(op, !equal_texts(r!(op.a), r!(op.b))),
                Code::JumpIfLessText => jump_if!(op, less_text(r!(op.a), r!(op.b))),
                Code::JumpIfLessEqualText => jump_if!(op, !less_text(r!(op.b), r!(op.a))),
                Code::JumpIfVariant => jump_if!(op, self.heap.variant_of(r!(op.a)) == op.wide()),
                Code::JumpIfNotVariant => jump_if!(op, self.heap.variant_of(r!(op.a)) != op.wide()),
                Code::JumpIfNull => jump_if!(op, r!(op.a) == Word::INLINE_NULL),
                Code::JumpIfNotNull => jump_if!(op, r!(op.a) != Word::INLINE_NULL),
                Code::LoopLess => {
                    int!(op, r!(op.a).int(), i64::from(op.c as i8), i64::checked_add);
                    jump_if!(op, r!(op.a).int() < r!(op.b).int());
                }
                Code::LoopLessEqual => {
                    int!(op, r!(op.a).int(), i64::from(op.c as i8), i64::checked_add);
                    jump_if!(op, r!(op.a).int() <= r!(op.b).int());
                }
                Code::StepIfLess => {
                    let value = r!(op.a).int();
                    if value < r!(op.b).int() {
                        // Cannot overflow: something is greater.
                        set!(op.a, Word::from_int(value.wrapping_add(1)));
                        jump!(op.w);
                    }
                }
                Code::StepIfLessImmediate => {
                    let value = r!(op.a).int();
                    if value < op.immediate() {
                        // Cannot overflow: something is greater.
                        set!(op.a, Word::from_int(value.wrapping_add(1)));
                        jump!(op.w);
                    }
                }
                Code::AddJump => {
                    int!(op, r!(op.a).int(), op.immediate(), i64::checked_add);
                    jump!(op.w);
                }
                Code::Switch => {
                    let variant = self.heap.variant_of(r!(op.a)) as usize;
                    // SAFETY: the table has a slot for each variant of the type.
                    let offset = unsafe { (*ip.add(1 + variant)).w };
                    jump!(offset);
                }

                Code::CallNone => call!(op.w as usize, op.a, Vec::new(), 0, |_, _| {}),
                Code::CallOne => {
                    let from = usize::from(op.b);
                    // SAFETY: the windows are within the block, and parameter 0 is a register of the callee.
                    call!(
                        op.w as usize,
                        op.a,
                        vec![op.b],
                        0,
                        |base: *mut Word, callee: *mut Word| unsafe {
                            *callee = *base.add(from);
                        }
                    );
                }
                Code::CallTwo => {
                    let from = [usize::from(op.b), usize::from(op.c)];
                    // SAFETY: as for one argument.
                    call!(
                        op.w as usize,
                        op.a,
                        vec![op.b, op.c],
                        0,
                        |base: *mut Word, callee: *mut Word| unsafe {
                            *callee = *base.add(from[0]);
                            *callee.add(1) = *base.add(from[1]);
                        }
                    );
                }
                Code::Call => {
                    let count = usize::from(op.b);
                    let data = Data(ip.wrapping_add(1));
                    // SAFETY: as for one argument.
                    call!(
                        op.w as usize,
                        op.a,
                        data.bytes(count).collect(),
                        Op::slot_count(count),
                        |base: *mut Word, callee: *mut Word| unsafe {
                            for position in 0..count {
                                *callee.add(position) = *base.add(usize::from(data.byte(position)));
                            }
                        }
                    );
                }
                Code::CallValue => {
                    let count = usize::from(op.c);
                    let data = Data(ip.wrapping_add(1));
                    let function = Object::of(r!(op.b));
                    let words = function.slice();
                    let bound = &words[1..];
                    self.retain_bound(function, words);
                    // SAFETY: as for one argument; the bound words follow the arguments.
                    call!(
                        words[0].int() as usize,
                        op.a,
                        self.registers_and_bound(data.bytes(count), bound, words[0].int() as usize),
                        Op::slot_count(count),
                        |base: *mut Word, callee: *mut Word| unsafe {
                            for position in 0..count {
                                *callee.add(position) = *base.add(usize::from(data.byte(position)));
                            }
                            for (position, &word) in bound.iter().enumerate() {
                                *callee.add(count + position) = word;
                            }
                        }
                    );
                }
                Code::Closure => {
                    let count = usize::from(op.b);
                    // SAFETY: the first data slot is the cell.
                    let cell = unsafe { (*ip.add(1)).w } as usize;
                    // SAFETY: the arguments follow it.
                    let data = Data(ip.wrapping_add(2));
                    let ty = TypeRef::from_index(op.w as u32);
                    // SAFETY: argument registers belong to the running frame.
                    let function = unsafe {
                        with_argument_words(base, data, count, |bound| self.heap.closure(ty, cell, bound))
                    };
                    set!(op.a, attempt!(function));
                    // SAFETY: skips the data.
                    ip = unsafe { ip.add(1 + Op::slot_count(count)) };
                }
                Code::Return => {
                    let value = r!(op.a);
                    let target = leave!();
                    set!(target, value);
                    continue;
                }
                Code::Generator => {
                    let made = self.make_generator(base, TypeRef::from_index(op.w as u32));
                    let target = leave!();
                    match made {
                        Ok(generator) => set!(target, generator),
                        // The call failed, not the cell.
                        Err(error) => return Err(Stopped::new(ip, base, error.into())),
                    }
                    continue;
                }
                Code::Yield => {
                    let value = r!(op.a);
                    self.suspend(ip, base);
                    let target = leave!();
                    set!(target, value);
                    continue;
                }
                Code::EndGenerator => {
                    // SAFETY: only `next` resumes a generator that is not about to rethrow.
                    unsafe { resumed_generator(base) }.end();
                    leave!();
                    // SAFETY: it stands before the operation to return to.
                    ip = unsafe { ip.sub(1) };
                    // SAFETY: as for every operation.
                    jump!(unsafe { (*ip).w });
                }
                Code::Next => {
                    let generator = Object::of(r!(op.b));
                    match generator.generator_state() {
                        GeneratorState::Suspended(position) => {
                            let at = Position { ip, base, window };
                            go!(attempt!(self.resume(at, generator, position, op.a)));
                        }
                        GeneratorState::Ended => jump!(op.w),
                        GeneratorState::Running => fail!(super::generate::running_generator()),
                    }
                }
                Code::Close => {
                    let at = Position { ip, base, window };
                    if let Some(handler) = attempt!(self.close(at, Object::of(r!(op.a)))) {
                        go!(handler);
                    }
                }
                Code::Constant => {
                    // SAFETY: the frame's words lie before its window.
                    let cell = unsafe { Link::from_word(*base.sub(1)) }.cell();
                    if let Some(&value) = self.constants.get(&cell) {
                        self.heap.retain_typed(value, TypeRef::from_index(op.w as u32));
                        let target = leave!();
                        set!(target, value);
                        continue;
                    }
                }
                Code::ReturnConstant => {
                    // SAFETY: the frame's words lie before its window.
                    let cell = unsafe { Link::from_word(*base.sub(1)) }.cell();
                    let value = r!(op.a);
                    self.keep_constant(cell, value, TypeRef::from_index(op.w as u32));
                    let target = leave!();
                    set!(target, value);
                    continue;
                }
                Code::Rethrow => {
                    let pending = self.pending_cause();
                    return Err(Stopped::rethrown(ip.wrapping_add(1), base, pending));
                }
                Code::Halt => fail!(self.halt(r!(op.a), op.b)),

                Code::IsType => {
                    let holds = self.holds(r!(op.b), TypeRef::from_index(op.w as u32));
                    set!(op.a, Word::from_bool(holds));
                }
                Code::IsNull => set!(op.a, Word::from_bool(r!(op.b) == Word::INLINE_NULL)),
                Code::IsVariant => {
                    set!(
                        op.a,
                        Word::from_bool(self.heap.variant_of(r!(op.b)) == op.w as u32)
                    )
                }
                Code::CheckType => {
                    let ty = TypeRef::from_index(op.w as u32);
                    if !self.holds(r!(op.b), ty) {
                        fail!(self.cast_failure(r!(op.b), ty));
                    }
                }
                Code::Unwrap => set!(op.a, self.heap.unwrap(r!(op.b)).1),
                Code::WrapNull => set!(op.a, Word::INLINE_NULL),
                Code::WrapBool => set!(op.a, Word::inline_bool(r!(op.b).bool())),
                Code::WrapInt => set!(op.a, attempt!(self.heap.wrap_int(r!(op.b).int()))),
                Code::WrapFloat => set!(op.a, attempt!(self.heap.wrap_float(r!(op.b).float()))),

                Code::List => build!(op, Code::List),
                Code::Map => build!(op, Code::Map),
                Code::Set => build!(op, Code::Set),
                Code::Concat => build!(op, Code::Concat),
                Code::Aggregate => {
                    let count = usize::from(op.b);
                    // SAFETY: the first data slot holds flags and variant, the arguments follow.
                    let (head, data) = unsafe { (&*ip.add(1), Data(ip.add(2))) };
                    let ty = TypeRef::from_index(op.w as u32);
                    match self.heap.create_aggregate(ty, head.w as u16, head.a, count) {
                        Ok(object) => {
                            for position in 0..count {
                                object.write_word(position, r!(data.byte(position)));
                            }
                            set!(op.a, object.word());
                        }
                        Err(error) => {
                            for &position in self.program.types().counted_parts(ty, head.w as u32) {
                                self.heap.release(r!(data.byte(position as usize)));
                            }
                            fail!(Failure::from(error));
                        }
                    }
                    // SAFETY: skips the data.
                    ip = unsafe { ip.add(1 + Op::slot_count(count)) };
                }
                Code::GetField => {
                    let object = Object::of(r!(op.b));
                    // SAFETY: the verifier has checked the position against the type.
                    set!(op.a, unsafe { *object.words().add(op.w as usize) });
                }
                Code::GetFieldRef => {
                    let object = Object::of(r!(op.b));
                    // SAFETY: as above.
                    let word = unsafe { *object.words().add(op.w as usize) };
                    self.heap.retain(word);
                    set!(op.a, word);
                }
                Code::GetPayload => get_payload!(op, false),
                Code::GetPayloadRef => get_payload!(op, true),
                Code::IndexList => index_list!(op, false),
                Code::IndexListRef => index_list!(op, true),
                Code::IndexListField => {
                    let (list, index) = (Object::of(r!(op.b)), r!(op.c).bits());
                    if index >= u64::from(list.header().length) {
                        fail!(super::place::list_index_failure(list, index as i64));
                    }
                    // SAFETY: the index was checked; the elements are aggregates with this position.
                    set!(op.a, unsafe {
                        let element = *list.elements().add(index as usize);
                        *Object::of(element).words().add(op.w as usize)
                    });
                }
                Code::IndexMap => match self.heap.map_get(r!(op.b), r!(op.c)) {
                    Some(word) => {
                        if op.w != 0 {
                            self.heap.retain(word);
                        }
                        set!(op.a, word);
                    }
                    None => fail!(self.key_failure(r!(op.b), r!(op.c))),
                },
                Code::IndexString => {
                    let (string, index) = (Object::of(r!(op.b)), r!(op.c).bits());
                    let length = string.header().length;
                    let character = if index < u64::from(length) && string.characters() == length {
                        let octet = string.byte_slice()[index as usize];
                        self.character(octet).map_err(Failure::from)
                    } else {
                        self.character_at(string.word(), index as i64)
                    };
                    set!(op.a, attempt!(character));
                }
                Code::IndexBytes => {
                    let (octets, index) = (Object::of(r!(op.b)).byte_slice(), r!(op.c).int());
                    match usize::try_from(index).ok().and_then(|index| octets.get(index)) {
                        Some(&octet) => set!(op.a, Word::from_int(i64::from(octet))),
                        None => fail!(super::place::index_failure(
                            index,
                            octets.len(),
                            "Bytes value",
                            "octet"
                        )),
                    }
                }

                Code::StoreList => store_list!(op, false),
                Code::StoreListRef => store_list!(op, true),
                Code::StoreField => store_field!(op, false),
                Code::StoreFieldRef => store_field!(op, true),
                Code::StoreListField => {
                    let (list, index, value) = (r!(op.a), r!(op.c).bits(), r!(op.b));
                    let object = Object::of(list);
                    let header = object.header();
                    let element = if header.count == 1 && index < u64::from(header.length) {
                        // SAFETY: the index was checked.
                        let element = Object::of(unsafe { *object.elements().add(index as usize) });
                        (element.header().count == 1).then_some(element)
                    } else {
                        None
                    };
                    let element = match element {
                        Some(element) => element,
                        None => {
                            let mut list = list;
                            let element = self.unshared_element(&mut list, r!(op.c).int());
                            set!(op.a, list);
                            attempt!(element)
                        }
                    };
                    // SAFETY: the verifier has checked the position; nothing else refers to list and element.
                    unsafe { element.words().add(op.w as usize).write(value) };
                }
                Code::Store => {
                    // SAFETY: the registers of the path belong to the running frame.
                    let stored = unsafe { self.store(base, op) };
                    attempt!(stored);
                }

                Code::CharacterCount => {
                    set!(op.a, Word::from_int(i64::from(Object::of(r!(op.b)).characters())))
                }
                Code::ElementCount => {
                    set!(
                        op.a,
                        Word::from_int(i64::from(Object::of(r!(op.b)).header().length))
                    )
                }
                Code::Append => set!(op.a, attempt!(self.heap.push(r!(op.b), r!(op.c)))),
                Code::Sqrt => set!(op.a, Word::from_float(libm::sqrt(r!(op.b).float()))),
                Code::FloatOfInt => set!(op.a, Word::from_float(r!(op.b).int() as f64)),
                Code::Intrinsic => {
                    // SAFETY: the frame's cell is the one whose operation this is.
                    let value = unsafe { self.intrinsic(base, op.w as usize) };
                    set!(op.a, attempt!(value));
                }
                Code::Schema => {
                    let value = self.schema(r!(op.b), op.c, TypeRef::from_index(op.w as u32));
                    set!(op.a, attempt!(value));
                }
                Code::Count => {
                    // SAFETY: `base` is the running frame's.
                    unsafe { self.count(base, op.w as usize) };
                }
                Code::CountJump => {
                    // SAFETY: as above; the data slot holds the counter.
                    unsafe { self.count(base, (*ip.add(1)).w as usize) };
                    if op.a != 0 {
                        burn!();
                    }
                    // SAFETY: jumps stay within the cell.
                    ip = unsafe { ip.offset(op.w as isize) };
                }
            }
            // SAFETY: control stays within the cell's operations; jumps count from the one behind.
            ip = unsafe { ip.add(1) };
        }
    }

    /// The state at the start of a run: an outermost frame with one register, for the value, and the cell's frame.
    fn enter_first(&mut self, cell: usize, arguments: &[Word]) -> Result<Position, Failure> {
        let quick = self.program.quick(cell);
        let needed = 1 + FRAME + quick.registers;
        if let Err(error) = self.stack.grow(&mut self.heap, needed) {
            let types = self.program.types();
            for (&word, &ty) in arguments.iter().zip(types.cell_parameters(cell)) {
                self.heap.release_typed(word, ty);
            }
            return Err(error.into());
        }
        // SAFETY: the block was just made large enough.
        unsafe {
            let base = self.stack.start().add(1 + FRAME);
            *base.sub(2) = Word::from_int(EXIT.as_ptr().expose_provenance() as i64);
            *base.sub(1) = Link::new(cell, 0, 1 + FRAME).word();
            base.copy_from_nonoverlapping(arguments.as_ptr(), arguments.len());
            Ok(Position {
                ip: quick.ops.as_ptr(),
                base,
                window: quick.registers,
            })
        }
    }

    /// Makes the stack large enough for `words` from `base` on, if it is not; yields where `base` is then. Also notices that
    /// fuel ran out.
    #[cold]
    #[inline(never)]
    pub(super) fn make_room(&mut self, base: *mut Word, words: usize) -> Result<*mut Word, Failure> {
        if self.fuel == 0 && !self.refuel() {
            return Err(self.out_of_fuel());
        }
        if base.wrapping_add(words) <= self.stack.limit() {
            return Ok(base);
        }
        // SAFETY: both point into the block.
        let depth = unsafe { base.offset_from(self.stack.start()) } as usize;
        self.stack.grow(&mut self.heap, depth + words)?;
        // SAFETY: the block is longer than before.
        Ok(unsafe { self.stack.start().add(depth) })
    }

    /// Gives up the arguments of a call that does not take place.
    #[cold]
    #[inline(never)]
    fn release_arguments(&mut self, base: *mut Word, cell: usize, registers: &[u8]) {
        let types = self.program.types();
        for (&register, &ty) in registers.iter().zip(types.cell_parameters(cell)) {
            // SAFETY: argument registers belong to the running frame and hold values of the parameter types.
            let word = unsafe { *base.add(usize::from(register)) };
            self.heap.release_typed(word, ty);
        }
    }

    /// References for what a function has bound, which its cell consumes.
    #[inline]
    fn retain_bound(&self, function: Object, words: &[Word]) {
        if function.header().flags & FLAT != 0 {
            return;
        }
        let types = self.program.types();
        let parameters = types.cell_parameters(words[0].int() as usize);
        let bound = &words[1..];
        for (&word, &ty) in bound.iter().zip(&parameters[parameters.len() - bound.len()..]) {
            self.heap.retain_typed(word, ty);
        }
    }

    /// The argument registers of a call of a function value that does not take place, whose bound words are given up.
    #[cold]
    fn registers_and_bound(
        &mut self,
        registers: impl Iterator<Item = u8>,
        bound: &[Word],
        cell: usize,
    ) -> Vec<u8> {
        let types = self.program.types();
        let parameters = types.cell_parameters(cell);
        for (&word, &ty) in bound.iter().zip(&parameters[parameters.len() - bound.len()..]) {
            self.heap.release_typed(word, ty);
        }
        registers.collect()
    }

    /// Fails an Int operation with the operands it had.
    #[cold]
    #[inline(never)]
    fn fail_arithmetic(&self, ip: *const Op, base: *mut Word, left: i64, right: i64) -> Box<Stopped> {
        // SAFETY: `ip` is behind an operation of the running cell.
        let op = unsafe { &*ip.sub(1) };
        // An immediate on the left was moved to the right.
        let swapped = matches!(op.code, Code::AddImmediate | Code::MultiplyImmediate) && op.c != 0;
        let (left, right) = if swapped { (right, left) } else { (left, right) };
        let opcode = self.opcode_before(ip, base);
        Stopped::new(ip, base, number::failure(opcode, left, right))
    }
}

/// Does something with the words of argument registers.
///
/// # Safety
/// `base` is that of the running frame, and `data` holds `count` of its registers.
#[inline(never)]
unsafe fn with_argument_words<T>(
    base: *mut Word,
    data: Data,
    count: usize,
    action: impl FnOnce(&[Word]) -> T,
) -> T {
    // SAFETY: as the caller promises.
    let words = data
        .bytes(count)
        .map(|register| unsafe { *base.add(usize::from(register)) });
    let mut few = [Word::NULL; 8];
    if count <= few.len() {
        few.iter_mut().zip(words).for_each(|(slot, word)| *slot = word);
        action(&few[..count])
    } else {
        action(&words.collect::<Vec<_>>())
    }
}

/// Whether two Strings or Bytes are equal; most that are not differ in length or in the first octet.
#[inline(always)]
fn equal_texts(left: Word, right: Word) -> bool {
    if left == right {
        return true;
    }
    match (Object::of(left).byte_slice(), Object::of(right).byte_slice()) {
        ([first, left @ ..], [other, right @ ..]) => {
            left.len() == right.len() && first == other && (left.is_empty() || left == right)
        }
        (left, right) => left.len() == right.len(),
    }
}

/// Whether one of two Strings or Bytes stands before the other; most differ in the first octet.
#[inline(always)]
fn less_text(left: Word, right: Word) -> bool {
    match (Object::of(left).byte_slice(), Object::of(right).byte_slice()) {
        ([first, left @ ..], [other, right @ ..]) if first == other => {
            !right.is_empty() && (left.is_empty() || left < right)
        }
        ([first, ..], [other, ..]) => first < other,
        (left, right) => left.len() < right.len(),
    }
}

#[inline(always)]
fn less_float(left: f64, right: f64) -> bool {
    if left < right {
        true
    } else if left >= right {
        false
    } else {
        std::hint::cold_path();
        compare_floats(left, right) == Ordering::Less
    }
}

#[inline(always)]
fn equal_floats(left: f64, right: f64) -> bool {
    left == right || (left.is_nan() && right.is_nan())
}

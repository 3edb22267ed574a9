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

use super::call::{Listed, leave};
use super::comparison::{equal_floats, equal_texts, less_float, less_text};
use super::generate::resumed_generator;
use super::op::{Code, Op};
use super::position::{Data, Position, with_argument_words};
use super::stack::Link;
use super::unwind::Stopped;
use super::{Vm, number};
use crate::failure::Failure;
use crate::heap::{GeneratorState, Object, Word};

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
    ///
    /// One function, so that `ip`, `base` and `window` are its locals. What arms do with values lies in files of its own
    /// and is inlined here; the thirteen workloads of `bench/vm` took 1.2 % longer in the geometric mean than with all of it
    /// in this file, and within 1 % as many instructions, which is less than runs differ by.
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
        // SAFETY: see the top of the file; `r!`, `set!` and `place!` are given registers of the running frame.
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
        macro_rules! place {
            ($register:expr) => {
                unsafe { &mut *base.add($register as usize) }
            };
        }
        macro_rules! truth {
            ($op:ident, $condition:expr) => {
                set!($op.a, Word::from_bool($condition))
            };
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
        macro_rules! position {
            () => {
                Position { ip, base, window }
            };
        }
        // Goes on in another frame.
        macro_rules! go {
            ($position:expr) => {{
                Position { ip, base, window } = $position;
                continue;
            }};
        }
        // Enters a cell, behind so many data slots.
        macro_rules! call {
            ($cell:expr, $target:expr, $slots:expr, $arguments:expr) => {
                go!(attempt!(self.enter(
                    position!(),
                    $cell as usize,
                    $target,
                    $slots,
                    $arguments
                )))
            };
        }
        // Leaves the frame; yields the caller's register for the value.
        macro_rules! leave {
            () => {{
                let target;
                // SAFETY: `base` is the running frame's.
                (Position { ip, base, window }, target) = unsafe { leave(base) };
                target
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
                Code::LoadVariant => set!(op.a, Word::plain_variant(op.ty(), op.wide())),
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
                Code::Not => truth!(op, !r!(op.b).bool()),

                Code::EqualWord => truth!(op, r!(op.b) == r!(op.c)),
                Code::LessInt => truth!(op, r!(op.b).int() < r!(op.c).int()),
                Code::LessEqualInt => truth!(op, r!(op.b).int() <= r!(op.c).int()),
                Code::EqualFloat => truth!(op, equal_floats(r!(op.b).float(), r!(op.c).float())),
                Code::LessFloat => truth!(op, less_float(r!(op.b).float(), r!(op.c).float())),
                Code::LessEqualFloat => truth!(op, !less_float(r!(op.c).float(), r!(op.b).float())),
                Code::EqualText => truth!(op, equal_texts(r!(op.b), r!(op.c))),
                Code::Equal => truth!(op, self.heap.equal(r!(op.b), r!(op.c), op.ty())),
                Code::Less => truth!(op, self.heap.compare(r!(op.b), r!(op.c), op.ty()).is_lt()),
                Code::LessEqual => truth!(op, self.heap.compare(r!(op.b), r!(op.c), op.ty()).is_le()),

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

                Code::CallNone => call!(op.w, op.a, 0, []),
                Code::CallOne => call!(op.w, op.a, 0, [op.b]),
                Code::CallTwo => call!(op.w, op.a, 0, [op.b, op.c]),
                Code::Call => {
                    let arguments = Listed::behind(ip, op.b);
                    call!(op.w, op.a, arguments.slots(), arguments)
                }
                Code::CallValue => {
                    let arguments = self.with_bound(Listed::behind(ip, op.c), Object::of(r!(op.b)));
                    call!(arguments.cell(), op.a, arguments.slots(), arguments)
                }
                Code::Closure => {
                    let count = usize::from(op.b);
                    // SAFETY: the first data slot is the cell.
                    let cell = unsafe { (*ip.add(1)).w } as usize;
                    // SAFETY: the arguments follow it.
                    let data = Data::behind(ip, 2);
                    let ty = op.ty();
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
                    let made = self.make_generator(base, op.ty());
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
                            go!(attempt!(self.resume(position!(), generator, position, op.a)));
                        }
                        GeneratorState::Ended => jump!(op.w),
                        GeneratorState::Running => fail!(super::generate::running_generator()),
                    }
                }
                Code::Close => {
                    if let Some(handler) = attempt!(self.close(position!(), Object::of(r!(op.a)))) {
                        go!(handler);
                    }
                }
                Code::Constant => {
                    // SAFETY: the frame's words lie before its window.
                    let cell = unsafe { Link::from_word(*base.sub(1)) }.cell();
                    if let Some(&value) = self.constants.get(&cell) {
                        self.heap.retain_typed(value, op.ty());
                        let target = leave!();
                        set!(target, value);
                        continue;
                    }
                }
                Code::ReturnConstant => {
                    // SAFETY: the frame's words lie before its window.
                    let cell = unsafe { Link::from_word(*base.sub(1)) }.cell();
                    let value = r!(op.a);
                    self.keep_constant(cell, value, op.ty());
                    let target = leave!();
                    set!(target, value);
                    continue;
                }
                Code::Rethrow => {
                    let pending = self.pending_cause();
                    return Err(Stopped::rethrown(ip.wrapping_add(1), base, pending));
                }
                Code::Halt => fail!(self.halt(r!(op.a), op.b)),

                Code::IsType => truth!(op, self.holds(r!(op.b), op.ty())),
                Code::IsNull => truth!(op, r!(op.b) == Word::INLINE_NULL),
                Code::IsVariant => truth!(op, self.heap.variant_of(r!(op.b)) == op.w as u32),
                Code::CheckType => {
                    let ty = op.ty();
                    if !self.holds(r!(op.b), ty) {
                        fail!(self.cast_failure(r!(op.b), ty));
                    }
                }
                Code::Unwrap => set!(op.a, self.heap.unwrap(r!(op.b)).1),
                Code::WrapNull => set!(op.a, Word::INLINE_NULL),
                Code::WrapBool => set!(op.a, Word::inline_bool(r!(op.b).bool())),
                Code::WrapInt => set!(op.a, attempt!(self.heap.wrap_int(r!(op.b).int()))),
                Code::WrapFloat => set!(op.a, attempt!(self.heap.wrap_float(r!(op.b).float()))),

                Code::List | Code::Map | Code::Set | Code::Concat => {
                    let count = usize::from(op.b);
                    let data = Data::behind(ip, 1);
                    // SAFETY: argument registers belong to the running frame.
                    let built = unsafe {
                        with_argument_words(base, data, count, |words| self.build(op.code, op.ty(), words))
                    };
                    set!(op.a, attempt!(built));
                    // SAFETY: skips the data.
                    ip = unsafe { ip.add(Op::slot_count(count)) };
                }
                Code::Aggregate => {
                    // SAFETY: the operation is of the running frame.
                    set!(op.a, attempt!(unsafe { self.aggregate(ip, base) }));
                    // SAFETY: skips the data.
                    ip = unsafe { ip.add(1 + Op::slot_count(usize::from(op.b))) };
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
                Code::GetPayload => {
                    set!(op.a, attempt!(self.payload::<false>(r!(op.b), op.w as u32, op.c)))
                }
                Code::GetPayloadRef => {
                    set!(op.a, attempt!(self.payload::<true>(r!(op.b), op.w as u32, op.c)))
                }
                Code::IndexList => set!(op.a, attempt!(self.list_element::<false>(r!(op.b), r!(op.c)))),
                Code::IndexListRef => set!(op.a, attempt!(self.list_element::<true>(r!(op.b), r!(op.c)))),
                Code::IndexListField => {
                    let element = Object::of(attempt!(self.list_element::<false>(r!(op.b), r!(op.c))));
                    // SAFETY: the elements are aggregates with this position.
                    set!(op.a, unsafe { *element.words().add(op.w as usize) });
                }
                Code::IndexMap => set!(op.a, attempt!(self.map_value(r!(op.b), r!(op.c), op.w != 0))),
                Code::IndexString => set!(op.a, attempt!(self.string_character(r!(op.b), r!(op.c)))),
                Code::IndexBytes => set!(op.a, attempt!(self.octet(r!(op.b), r!(op.c)))),

                Code::StoreList => {
                    attempt!(self.store_element::<false>(place!(op.a), r!(op.c), r!(op.b)));
                }
                Code::StoreListRef => {
                    attempt!(self.store_element::<true>(place!(op.a), r!(op.c), r!(op.b)));
                }
                Code::StoreField => {
                    attempt!(self.store_field::<false>(place!(op.a), op.w as usize, r!(op.b)));
                }
                Code::StoreFieldRef => {
                    attempt!(self.store_field::<true>(place!(op.a), op.w as usize, r!(op.b)));
                }
                Code::StoreListField => {
                    attempt!(self.store_element_field(place!(op.a), r!(op.c), op.w as usize, r!(op.b)));
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
                    let value = self.schema(r!(op.b), op.c, op.ty());
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
}

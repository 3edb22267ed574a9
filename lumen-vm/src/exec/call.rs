//! Calls: entering a cell with its arguments, and leaving it.

use super::Vm;
use super::op::{Code, Op};
use super::position::{Data, Position};
use super::stack::{FRAME, Link};
use crate::failure::Failure;
use crate::heap::{FLAT, Object, Word};

/// Where a finished run returns to.
static EXIT: [Op; 1] = [Op {
    code: Code::Exit,
    a: 0,
    b: 0,
    c: 0,
    w: 0,
}];

impl Vm<'_> {
    /// The state at the start of a run: an outermost frame with one register, for the value, and the cell's frame.
    pub(super) fn enter_first(&mut self, cell: usize, arguments: &[Word]) -> Result<Position, Failure> {
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

    /// Enters a cell, from the operation in `at` with so many data slots; its value goes to register `target`. Consumes the
    /// arguments.
    #[inline(always)]
    pub(super) fn enter(
        &mut self,
        at: Position,
        cell: usize,
        target: u8,
        slots: usize,
        arguments: impl Arguments,
    ) -> Result<Position, Failure> {
        let Position { ip, mut base, window } = at;
        let program = self.program;
        let quick = program.quick(cell);
        let distance = window + FRAME;
        // May point past the block, which is checked before use.
        let mut callee = base.wrapping_add(distance);
        self.fuel -= 1;
        let room = callee.wrapping_add(quick.registers) <= self.stack.limit();
        if !room || self.fuel == 0 {
            std::hint::cold_path();
            match self.make_room(base, distance + quick.registers) {
                Ok(moved) => base = moved,
                Err(failure) => {
                    arguments.give_up(self, base, cell);
                    return Err(failure);
                }
            }
            callee = base.wrapping_add(distance);
        }
        // SAFETY: the frame's words lie between the two windows, both within the block; as many arguments as the callee has
        // parameters are in registers of the running frame, or bound.
        unsafe {
            arguments.copy(base, callee);
            let resume = ip.add(1 + slots);
            *callee.sub(2) = Word::from_int(resume.expose_provenance() as i64);
            *callee.sub(1) = Link::new(cell, target, distance).word();
        }
        Ok(Position {
            ip: quick.ops.as_ptr(),
            base: callee,
            window: quick.registers,
        })
    }

    /// The arguments of a call of a function value: with a reference each to what it has bound, which its cell consumes.
    #[inline(always)]
    pub(super) fn with_bound<'f>(&self, arguments: Listed, function: Object) -> WithBound<'f> {
        let words = function.slice();
        self.retain_bound(function, words);
        WithBound { arguments, words }
    }

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

    /// Gives up the arguments of a call that does not take place.
    #[cold]
    #[inline(never)]
    fn release_arguments(&mut self, base: *mut Word, cell: usize, registers: impl Iterator<Item = u8>) {
        let types = self.program.types();
        for (register, &ty) in registers.zip(types.cell_parameters(cell)) {
            // SAFETY: argument registers belong to the running frame and hold values of the parameter types.
            let word = unsafe { *base.add(usize::from(register)) };
            self.heap.release_typed(word, ty);
        }
    }
}

/// Leaves the frame at `base`; yields where its caller goes on, and the caller's register for the value.
///
/// # Safety
/// It is the running frame.
#[inline(always)]
pub(super) unsafe fn leave(base: *mut Word) -> (Position, usize) {
    // SAFETY: the frame's words lie before its window; the caller's window is still there.
    unsafe {
        let link = Link::from_word(*base.sub(1));
        let caller = Position {
            ip: std::ptr::with_exposed_provenance((*base.sub(2)).bits() as usize),
            base: base.sub(link.distance()),
            window: link.distance() - FRAME,
        };
        (caller, link.target())
    }
}

/// The arguments of a call.
pub(super) trait Arguments {
    /// Writes them to the window of the callee, its parameters first.
    ///
    /// # Safety
    /// They are in registers of the frame at `base`, and the window at `callee` has room for them.
    unsafe fn copy(&self, base: *mut Word, callee: *mut Word);

    /// Gives them up, for a call that does not take place.
    fn give_up(&self, vm: &mut Vm<'_>, base: *mut Word, cell: usize);
}

/// Those that the operation itself names.
impl<const COUNT: usize> Arguments for [u8; COUNT] {
    #[inline(always)]
    unsafe fn copy(&self, base: *mut Word, callee: *mut Word) {
        for (parameter, &register) in self.iter().enumerate() {
            // SAFETY: as the caller promises.
            unsafe { *callee.add(parameter) = *base.add(usize::from(register)) };
        }
    }

    #[cold]
    fn give_up(&self, vm: &mut Vm<'_>, base: *mut Word, cell: usize) {
        vm.release_arguments(base, cell, self.iter().copied());
    }
}

/// Those that the data of an operation lists.
#[derive(Clone, Copy)]
pub(super) struct Listed {
    data: Data,
    count: usize,
}

impl Listed {
    /// So many behind the operation at `ip`.
    #[inline(always)]
    pub(super) fn behind(ip: *const Op, count: u8) -> Listed {
        Listed {
            data: Data::behind(ip, 1),
            count: usize::from(count),
        }
    }

    /// Data slots that they take.
    #[inline(always)]
    pub(super) fn slots(&self) -> usize {
        Op::slot_count(self.count)
    }
}

impl Arguments for Listed {
    #[inline(always)]
    unsafe fn copy(&self, base: *mut Word, callee: *mut Word) {
        for parameter in 0..self.count {
            // SAFETY: as the caller promises.
            unsafe { *callee.add(parameter) = *base.add(usize::from(self.data.byte(parameter))) };
        }
    }

    #[cold]
    fn give_up(&self, vm: &mut Vm<'_>, base: *mut Word, cell: usize) {
        vm.release_arguments(base, cell, self.data.bytes(self.count));
    }
}

/// Those that an operation lists, and behind them what the called function has bound.
pub(super) struct WithBound<'f> {
    arguments: Listed,
    /// The words of the function: its cell, then what is bound.
    words: &'f [Word],
}

impl WithBound<'_> {
    /// The function's cell.
    #[inline(always)]
    pub(super) fn cell(&self) -> usize {
        self.words[0].int() as usize
    }

    /// Data slots that the listed ones take.
    #[inline(always)]
    pub(super) fn slots(&self) -> usize {
        self.arguments.slots()
    }
}

impl Arguments for WithBound<'_> {
    #[inline(always)]
    unsafe fn copy(&self, base: *mut Word, callee: *mut Word) {
        // SAFETY: as the caller promises; the bound words follow the arguments.
        unsafe {
            self.arguments.copy(base, callee);
            for (position, &word) in self.words[1..].iter().enumerate() {
                *callee.add(self.arguments.count + position) = word;
            }
        }
    }

    #[cold]
    fn give_up(&self, vm: &mut Vm<'_>, base: *mut Word, cell: usize) {
        let parameters = vm.program.types().cell_parameters(cell);
        let bound = &self.words[1..];
        for (&word, &ty) in bound.iter().zip(&parameters[parameters.len() - bound.len()..]) {
            vm.heap.release_typed(word, ty);
        }
        self.arguments.give_up(vm, base, cell);
    }
}

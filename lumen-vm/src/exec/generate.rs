//! Generators on the stack: making, resuming, suspending and closing them.
//!
//! The frame of a generator is pushed like that of a call, by the `next` or `close` of the cell that resumes it; that
//! operation's register holds the generator as long as the frame is there. A frame that a generator's cell has when it is
//! called only makes the generator.

use super::Vm;
use super::op::{Code, Op};
use super::position::Position;
use super::stack::{FRAME, Link};
use crate::failure::Failure;
use crate::heap::{GeneratorState, HeapError, Object, TypeRef, Word};
use crate::load::Registers;

impl Vm<'_> {
    /// A generator of type `ty` that holds the arguments in the frame at `base` and goes on behind operation 0 of the frame's
    /// cell. Consumes the arguments.
    #[inline(never)]
    pub(super) fn make_generator(&mut self, base: *mut Word, ty: TypeRef) -> Result<Word, HeapError> {
        // SAFETY: the frame's words lie before its window.
        let cell = unsafe { Link::from_word(*base.sub(1)) }.cell();
        let types = self.program.types();
        let mut owned = Registers::default();
        for (register, &parameter) in (0..=u8::MAX).zip(types.cell_parameters(cell)) {
            if types.is_counted(parameter) {
                owned.insert(register);
            }
        }
        // The spare register holds nothing when a generator is suspended.
        let registers = self.program.quick(cell).registers - 1;
        match self.heap.generator(ty, cell, registers) {
            Ok(generator) => {
                // SAFETY: the frame is one of the cell.
                unsafe { generator.suspend(1, owned.bits(), base) };
                Ok(generator.word())
            }
            Err(error) => {
                self.release_registers(base, owned);
                Err(error)
            }
        }
    }

    /// Pushes the frame of a suspended generator, for the operation at `ip` in the frame at `base`.
    #[inline]
    pub(super) fn resume(
        &mut self,
        at: Position,
        generator: Object,
        position: usize,
        target: u8,
    ) -> Result<Position, Failure> {
        let Position { ip, mut base, window } = at;
        let cell = generator.generator_cell();
        let program = self.program;
        let quick = program.quick(cell);
        let distance = window + FRAME;
        self.fuel -= 1;
        let end = base.wrapping_add(distance + quick.registers);
        if self.fuel == 0 || end > self.stack.limit() {
            base = self.make_room(base, distance + quick.registers)?;
        }
        // SAFETY: the window and the frame's words before it lie within the block; `position` is behind an operation of
        // the cell that does not end it.
        unsafe {
            let window = base.add(distance);
            generator.resume(window);
            *window.sub(2) = Word::from_int(ip.add(1).expose_provenance() as i64);
            *window.sub(1) = Link::new(cell, target, distance).resumed().word();
            Ok(Position {
                ip: quick.ops.as_ptr().add(position),
                base: window,
                window: quick.registers,
            })
        }
    }

    /// Suspends the generator whose `yield`, the operation at `ip`, runs in the frame at `base`.
    pub(super) fn suspend(&mut self, ip: *const Op, base: *mut Word) {
        // SAFETY: the frame's words lie before its window, and `ip` is an operation of its cell.
        unsafe {
            let quick = self.program.quick(Link::from_word(*base.sub(1)).cell());
            let position = ip.offset_from(quick.ops.as_ptr()) as usize + 1;
            let owned = quick.yields[(*ip).w as usize].owned;
            resumed_generator(base).suspend(position, owned.bits(), base);
        }
    }

    /// Closes a generator, for the operation in `at`. If it has to run handlers, yields where that starts.
    #[inline(never)]
    pub(super) fn close(&mut self, at: Position, generator: Object) -> Result<Option<Position>, Failure> {
        let position = match generator.generator_state() {
            GeneratorState::Ended => return Ok(None),
            GeneratorState::Running => return Err(running_generator()),
            GeneratorState::Suspended(position) => position,
        };
        let cell = generator.generator_cell();
        let quick = self.program.quick(cell);
        let before = &quick.ops[position - 1];
        let handler = match before.code {
            Code::Yield => quick.yields[before.w as usize].handler,
            _ => None,
        };
        let Some((target, live)) = handler else {
            self.heap.end_generator(generator);
            return Ok(None);
        };
        let owned = Registers::from_bits(generator.generator_owned());
        let base = self.resume(at, generator, position, 0)?.base;
        self.release_registers(base, owned.difference(live));
        Ok(Some(self.enter_handler(cell, target, base, None)))
    }
}

/// The failure of a generator that asks itself for a value, or closes itself.
#[cold]
pub(super) fn running_generator() -> Failure {
    Failure::runtime("the generator is running already")
}

/// The generator whose frame, pushed by [`Vm::resume`], is at `base`.
///
/// # Safety
/// It is such a frame.
pub(super) unsafe fn resumed_generator(base: *mut Word) -> Object {
    // SAFETY: the operation that resumed the generator stands before the one to return to; its register, in the frame
    // below, holds the generator until it is done.
    unsafe {
        let (link, resume) = (Link::from_word(*base.sub(1)), *base.sub(2));
        let behind: *const Op = std::ptr::with_exposed_provenance(resume.bits() as usize);
        let resuming = &*behind.sub(1);
        let register = match resuming.code {
            Code::Next => resuming.b,
            _ => resuming.a,
        };
        Object::of(*base.sub(link.distance()).add(usize::from(register)))
    }
}

//! Generators: suspending, resuming and closing one.

use super::{End, Reference, Registers, Stop};
use crate::exec::generate::running_generator;
use crate::heap::{GeneratorState, Object, TypeRef, Word};
use crate::lir::Coverage;

/// What is known of a suspended generator beside its object.
pub(crate) struct Suspended {
    /// Types of its registers.
    types: Vec<Option<TypeRef>>,
    /// The `yield` that suspended it; nothing if it was not started.
    yielded_at: Option<usize>,
}

impl Reference<'_, '_> {
    pub(super) fn suspend(
        &mut self,
        generator: Object,
        registers: Registers,
        offset: usize,
        yielded_at: Option<usize>,
    ) {
        let mut owned = [0; 4];
        for (register, (_, ty)) in registers
            .iter()
            .enumerate()
            .filter_map(|(register, held)| Some((register, (*held)?)))
        {
            owned[register / 64] |= u64::from(self.vm.program.types().is_counted(ty)) << (register % 64);
        }
        let words: Vec<Word> = registers
            .iter()
            .map(|held| held.map_or(Word::NULL, |(word, _)| word))
            .collect();
        // SAFETY: there are as many words as registers.
        unsafe { generator.suspend(offset, owned, words.as_ptr()) };
        let types = registers.iter().map(|held| held.map(|(_, ty)| ty)).collect();
        let suspended = Suspended { types, yielded_at };
        self.suspended.insert(generator.word().bits(), suspended);
    }

    /// Runs a generator to its next value, or closes it; yields the value.
    pub(super) fn resume(&mut self, generator: Word, close: bool) -> Result<Option<Word>, End> {
        let object = Object::of(generator);
        let offset = match object.generator_state() {
            GeneratorState::Suspended(offset) => offset,
            GeneratorState::Running => return Err(running_generator().into()),
            GeneratorState::Ended => return Ok(None),
        };
        let cell = object.generator_cell();
        let (module, position) = self.vm.program.locate(cell);
        let head = &module.lir().cells[position];
        let Suspended { types, yielded_at } = self.suspended.remove(&generator.bits()).expect("suspended");
        let mut words = vec![Word::NULL; types.len()];
        // SAFETY: there are as many words as registers.
        unsafe { object.resume(words.as_mut_ptr()) };
        let mut registers: Registers = words
            .iter()
            .zip(types)
            .map(|(&word, ty)| Some((word, ty?)))
            .collect();
        let handler = yielded_at.and_then(|at| Coverage::new(&head.handlers).expect("verified").at(at));
        let ended = match (close, handler) {
            (false, _) => self.run(cell, &mut registers, offset, None),
            (true, Some(handler)) => {
                let target = head.handlers[handler].target as usize;
                self.run(cell, &mut registers, target, Some(None))
            }
            (true, None) => Ok(Stop::Closed),
        };
        if let Ok(Stop::Yielded(value, next)) = ended {
            let at = next - 1;
            self.suspend(object, registers, next, Some(at));
            return Ok(Some(value));
        }
        object.end();
        self.drop_registers(registers);
        ended.map(|_| None)
    }
}

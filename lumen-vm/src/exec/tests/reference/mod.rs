//! A reference interpreter: walks LIR as it is, with registers that retain and release on every read and write.
//!
//! It shares the heap with the machine, but neither quickening nor liveness, moves, updates in place or unwinding: what it
//! updates it copies, and a frame that ends drops all its registers. Slow, recursive and obvious.

mod arithmetic;
mod generators;
mod places;
mod values;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::exec::{Counted, MemoryOutput, Vm};
use crate::failure::Failure;
use crate::heap::{TypeRef, Word};
use crate::lir::{Coverage, HaltKind, Instruction, Opcode, PathStep};
use generators::Suspended;
use places::Step;

/// How a run ends without a value.
#[derive(Debug)]
pub(super) enum End {
    /// The program failed; cells and word offsets, innermost first.
    Failed(Box<Failure>, Vec<(usize, usize)>),
    /// It took too many steps.
    OutOfSteps,
}

impl From<Failure> for End {
    fn from(failure: Failure) -> End {
        End::Failed(Box::new(failure), Vec::new())
    }
}

impl From<crate::heap::HeapError> for End {
    fn from(error: crate::heap::HeapError) -> End {
        Failure::from(error).into()
    }
}

/// The interpreter. It uses the machine's heap and texts of failures.
pub(super) struct Reference<'vm, 'program> {
    pub(super) vm: &'vm mut Vm<'program>,
    pub(super) output: MemoryOutput,
    pub(super) steps: usize,
    /// Suspended generators by their address.
    pub(super) suspended: HashMap<u64, Suspended>,
    /// How often what is counted in a cell happened, for each instruction by itself.
    pub(super) counts: BTreeMap<(usize, Counted), u64>,
    /// Ways that lead to the same place as others, so that they cannot be told apart.
    pub(super) same_ways: BTreeSet<(usize, Counted)>,
}

/// Registers of a cell, each with its type while it holds a value.
type Registers = Vec<Option<(Word, TypeRef)>>;

/// What a handler is running for: a failure with its stack, or the closing of a generator.
type Cause = Option<(Box<Failure>, Vec<(usize, usize)>)>;

/// How the code of a cell stops.
enum Stop {
    /// It returns a value.
    Returned(Word),
    /// It yields a value, to go on at an offset.
    Yielded(Word, usize),
    /// The generator is closed.
    Closed,
}

impl Reference<'_, '_> {
    /// Runs a cell. Consumes the arguments.
    pub(super) fn call(&mut self, cell: usize, arguments: &[Word]) -> Result<Word, End> {
        let program = self.vm.program;
        let (module, position) = program.locate(cell);
        let head = &module.lir().cells[position];
        let mut registers: Registers = vec![None; usize::from(head.registers)];
        for (register, (&word, &ty)) in arguments
            .iter()
            .zip(program.types().cell_parameters(cell))
            .enumerate()
        {
            registers[register] = Some((word, ty));
        }
        if head.generator {
            let ty = program.cell_result(cell);
            let generator = self.vm.heap.generator(ty, cell, registers.len())?;
            self.suspend(generator, registers, 0, None);
            return Ok(generator.word());
        }
        let ended = self.run(cell, &mut registers, 0, None);
        self.drop_registers(registers);
        match ended? {
            Stop::Returned(value) => Ok(value),
            _ => unreachable!("only generators yield"),
        }
    }

    /// Runs code from an offset on; in a handler, if there is a cause for one.
    fn run(
        &mut self,
        cell: usize,
        registers: &mut Registers,
        mut offset: usize,
        mut pending: Option<Cause>,
    ) -> Result<Stop, End> {
        let (module, position) = self.vm.program.locate(cell);
        let head = &module.lir().cells[position];
        let flow = self.vm.program.flow(cell);
        let coverage = Coverage::new(&head.handlers).expect("verified");
        let handler = |offset| {
            coverage
                .at(offset)
                .map(|handler| head.handlers[handler].target as usize)
        };
        loop {
            let node = flow.node_at(offset).expect("control reaches known instructions");
            if self.steps == 0 {
                return Err(End::OutOfSteps);
            }
            self.steps -= 1;
            self.count(cell, Counted::Instruction(offset as u32));
            let (instruction, result) = (&node.instruction, node.result);
            let cause: Cause = match self.step(cell, registers, instruction, result, offset) {
                Ok(Next::At(next)) => {
                    self.count_ways(cell, offset, instruction, next);
                    offset = next;
                    continue;
                }
                Ok(Next::Stop(stop)) => return Ok(stop),
                Ok(Next::Rethrow) => pending.take().expect("verified"),
                Err(End::Failed(failure, mut stack)) => {
                    stack.push((cell, offset));
                    Some(pending.take().flatten().unwrap_or((failure, stack)))
                }
                Err(end) => return Err(end),
            };
            let exhausted = cause.as_ref().is_some_and(|(failure, _)| failure.exhausted);
            match (handler(offset).filter(|_| !exhausted), cause) {
                (Some(target), cause) => {
                    offset = target;
                    pending = Some(cause);
                }
                (None, Some((failure, stack))) => return Err(End::Failed(failure, stack)),
                (None, None) => return Ok(Stop::Closed),
            }
        }
    }

    fn count(&mut self, cell: usize, counted: Counted) {
        *self.counts.entry((cell, counted)).or_default() += 1;
    }

    /// Counts the way out of the instruction that leads there, if there is one only.
    fn count_ways(&mut self, cell: usize, offset: usize, instruction: &Instruction<'_>, next: usize) {
        let behind = (offset + instruction.length()) as i64;
        let ways = instruction.jump_targets(offset).chain([behind]);
        let leading: Vec<u32> = (0..)
            .zip(ways)
            .filter_map(|(way, target)| (target == next as i64).then_some(way))
            .collect();
        match leading[..] {
            [way] => self.count(cell, Counted::Way(offset as u32, way)),
            _ => self.same_ways.extend(
                leading
                    .iter()
                    .map(|&way| (cell, Counted::Way(offset as u32, way))),
            ),
        }
    }

    fn drop_registers(&mut self, registers: Registers) {
        for (word, ty) in registers.into_iter().flatten() {
            self.vm.heap.release_typed(word, ty);
        }
    }

    fn step(
        &mut self,
        cell: usize,
        registers: &mut Registers,
        instruction: &Instruction<'_>,
        result: Option<TypeRef>,
        offset: usize,
    ) -> Result<Next, End> {
        let behind = offset + instruction.length();
        let targets: Vec<usize> = instruction
            .jump_targets(offset)
            .map(|target| target as usize)
            .collect();
        let a = instruction.a;
        let at = |register: u8| registers[usize::from(register)].expect("read registers hold values");
        match instruction.opcode {
            Opcode::Jump => return Ok(Next::At(targets[0])),
            Opcode::JumpIf | Opcode::JumpIfNot => {
                let wanted = instruction.opcode == Opcode::JumpIf;
                return Ok(Next::At(if at(a).0.bool() == wanted {
                    targets[0]
                } else {
                    behind
                }));
            }
            Opcode::Switch => {
                return Ok(Next::At(targets[self.vm.heap.variant_of(at(a).0) as usize]));
            }
            Opcode::Return => return Ok(Next::Stop(Stop::Returned(self.own(at(a))))),
            Opcode::Yield => return Ok(Next::Stop(Stop::Yielded(self.own(at(a)), behind))),
            Opcode::Halt => return Err(self.halt(at(a), instruction.b)),
            Opcode::Rethrow => return Ok(Next::Rethrow),
            Opcode::Close => {
                self.resume(at(a).0, true)?;
                return Ok(Next::At(behind));
            }
            _ => {}
        }
        let ty = result.expect("all others write");
        let arguments: Vec<(Word, TypeRef)> = instruction.arguments().map(at).collect();
        let (b, c) = match instruction.opcode.info().bytes {
            [_, b, c] => (
                (b == crate::lir::Role::Read).then(|| at(instruction.b)),
                (c == crate::lir::Role::Read).then(|| at(instruction.c)),
            ),
        };
        let value = if instruction.opcode == Opcode::Store {
            let steps: Vec<Step> = instruction
                .path()
                .map(|step| match step {
                    PathStep::Position(position) => Step::Position(position as usize),
                    PathStep::Index(register) => Step::Index(at(register).0),
                })
                .collect();
            self.stored(at(a).0, ty, &steps, at(instruction.b).0)?
        } else if instruction.opcode == Opcode::Next {
            match self.resume(at(instruction.b).0, false)? {
                Some(value) => value,
                None => return Ok(Next::At(targets[0])),
            }
        } else {
            self.value(cell, instruction, ty, b, c, &arguments)?
        };
        if let Some((old, old_type)) = registers[usize::from(a)].replace((value, ty)) {
            self.vm.heap.release_typed(old, old_type);
        }
        Ok(Next::At(behind))
    }

    fn own(&self, (word, ty): (Word, TypeRef)) -> Word {
        self.vm.heap.retain_typed(word, ty);
        word
    }

    fn owned(&self, arguments: &[(Word, TypeRef)]) -> Vec<Word> {
        arguments.iter().map(|&argument| self.own(argument)).collect()
    }

    fn halt(&mut self, value: (Word, TypeRef), kind: u8) -> End {
        assert!(HaltKind::from_number(kind).is_some());
        let word = self.own(value);
        self.vm.halt(word, kind).into()
    }
}

enum Next {
    At(usize),
    Rethrow,
    Stop(Stop),
}

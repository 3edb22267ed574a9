//! A reference interpreter: walks LIR as it is, with registers that retain and release on every read and write.
//!
//! It shares the heap with the machine, but neither quickening nor liveness, moves, updates in place or unwinding: what it
//! updates it copies, and a frame that ends drops all its registers. Slow, recursive and obvious.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::exec::generate::running_generator;
use crate::exec::{Argument, Context, Counted, MemoryOutput, Vm, number, place};
use crate::failure::Failure;
use crate::heap::{Class, GeneratorState, Object, RuntimeType, TypeRef, Word};
use crate::lir::{Constant, Coverage, HaltKind, Instruction, Intrinsic, Opcode, PathStep, TypeId};

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

/// What is known of a suspended generator beside its object.
pub(super) struct Suspended {
    /// Types of its registers.
    types: Vec<Option<TypeRef>>,
    /// The `yield` that suspended it; nothing if it was not started.
    yielded_at: Option<usize>,
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

    fn suspend(&mut self, generator: Object, registers: Registers, offset: usize, yielded_at: Option<usize>) {
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
    fn resume(&mut self, generator: Word, close: bool) -> Result<Option<Word>, End> {
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

    /// What an instruction writes, owned.
    /// Whether a value is of a type that is its own, or a part of it.
    fn is_of(&self, (word, ty): (Word, TypeRef), asked: TypeRef) -> bool {
        let types = self.vm.program.types();
        types.holds(asked, self.vm.heap.resolve(word, ty).0)
    }

    fn value(
        &mut self,
        cell: usize,
        instruction: &Instruction<'_>,
        ty: TypeRef,
        b: Option<(Word, TypeRef)>,
        c: Option<(Word, TypeRef)>,
        arguments: &[(Word, TypeRef)],
    ) -> Result<Word, End> {
        let program = self.vm.program;
        let view = program.view(cell);
        let module = view.module;
        let operand = || b.expect("operand B");
        let other = || c.expect("operand C");
        use Opcode::*;
        Ok(match instruction.opcode {
            Move => self.own(operand()),
            LoadInt => Word::from_int(i64::from(instruction.w as i32)),
            LoadBool => Word::from_bool(instruction.b == 1),
            LoadNull => Word::NULL,
            LoadConstant => match &module.lir().constants[instruction.w as usize] {
                Constant::Int(value) => Word::from_int(*value),
                Constant::Float(value) => Word::from_float(*value),
                Constant::String(text) => self.vm.heap.string(text)?,
                Constant::Bytes(octets) => self.vm.heap.bytes(octets)?,
            },
            Add | Subtract | Multiply | Divide | FloorDivide | Remainder | Power | Negate | BitAnd
            | BitOr | BitXor | ShiftLeft | ShiftRight => {
                let right = c.map_or(Word::NULL, |(word, _)| word);
                arithmetic(instruction.opcode, operand().1, operand().0, right)?
            }
            Not => Word::from_bool(!operand().0.bool()),
            Equal | Less | LessEqual => {
                let ordering = self.vm.heap.compare(operand().0, other().0, operand().1);
                Word::from_bool(match instruction.opcode {
                    Equal => ordering.is_eq(),
                    Less => ordering.is_lt(),
                    _ => ordering.is_le(),
                })
            }
            IsType => Word::from_bool(self.is_of(operand(), view.ty(TypeId(instruction.w)))),
            IsVariant => Word::from_bool(self.vm.heap.variant_of(operand().0) == instruction.w),
            Call => {
                let words = self.owned(arguments);
                self.call(view.callee(instruction.w), &words)?
            }
            CallValue => {
                let function = self.vm.heap.elements(operand().0).to_vec();
                let callee = function[0].int() as usize;
                let mut words = self.owned(arguments);
                for &word in &function[1..] {
                    let ty = program.types().cell_parameters(callee)[words.len()];
                    words.push(self.own((word, ty)));
                }
                self.call(callee, &words)?
            }
            Closure => {
                let words = self.owned(arguments);
                self.vm.heap.closure(ty, view.callee(instruction.w), &words)?
            }
            Wrap => {
                let word = self.own(operand());
                match program.types().is_dynamic(ty) {
                    true => self.vm.heap.wrap(word, operand().1)?,
                    false => word,
                }
            }
            Cast => {
                if !self.is_of(operand(), ty) {
                    return Err(self.vm.cast_failure(operand().0, ty).into());
                }
                match program.types().class(ty) {
                    Class::Counted => self.own((operand().0, ty)),
                    _ => self.vm.heap.resolve(operand().0, operand().1).1,
                }
            }
            List => {
                let words = self.owned(arguments);
                self.vm.heap.list_of(ty, &words)?
            }
            Tuple | Record => {
                let words = self.owned(arguments);
                self.vm.heap.aggregate(ty, &words)?
            }
            Variant => {
                let words = self.owned(arguments);
                self.vm.heap.variant(ty, instruction.v, &words)?
            }
            Map => {
                let mut map = self.vm.heap.map(ty)?;
                for entry in arguments.chunks(2) {
                    map = self
                        .vm
                        .heap
                        .map_insert(map, self.own(entry[0]), self.own(entry[1]))?;
                }
                map
            }
            Set => {
                let mut set = self.vm.heap.set(ty)?;
                for &argument in arguments {
                    set = self.vm.heap.set_insert(set, self.own(argument))?;
                }
                set
            }
            Concat => self.concat(ty, arguments)?,
            GetField => {
                let word = self.vm.heap.element(operand().0, instruction.w as usize);
                self.own((word, ty))
            }
            GetPayload => {
                if self.vm.heap.variant_of(operand().0) != instruction.w {
                    return Err(self.vm.payload_failure(operand().0, instruction.w).into());
                }
                let word = self.vm.heap.element(operand().0, instruction.v as usize);
                self.own((word, ty))
            }
            Index => self.index(operand(), other(), ty)?,
            Intrinsic => self.intrinsic(instruction.w, ty, arguments)?,
            other => unreachable!("{other:?}"),
        })
    }

    fn concat(&mut self, ty: TypeRef, arguments: &[(Word, TypeRef)]) -> Result<Word, End> {
        let heap = &mut self.vm.heap;
        Ok(match ty {
            TypeRef::STRING => {
                let text: String = arguments.iter().map(|(word, _)| heap.text(*word)).collect();
                heap.string(&text)?
            }
            TypeRef::BYTES => {
                let octets: Vec<u8> = arguments
                    .iter()
                    .flat_map(|(word, _)| heap.octets(*word).to_vec())
                    .collect();
                heap.bytes(&octets)?
            }
            _ => {
                let words: Vec<Word> = arguments
                    .iter()
                    .flat_map(|(word, _)| heap.elements(*word).to_vec())
                    .collect();
                let element = heap.types().element(ty).expect("a list type");
                words.iter().for_each(|&word| heap.retain_typed(word, element));
                heap.list_of(ty, &words)?
            }
        })
    }

    fn index(
        &mut self,
        (container, container_type): (Word, TypeRef),
        (key, _): (Word, TypeRef),
        ty: TypeRef,
    ) -> Result<Word, End> {
        let position = usize::try_from(key.int()).ok();
        let found = match self.vm.program.types().get(container_type) {
            RuntimeType::List(_) => {
                let elements = self.vm.heap.elements(container);
                position
                    .and_then(|position| elements.get(position))
                    .copied()
                    .ok_or_else(|| place::index_failure(key.int(), elements.len(), "list", "element"))?
            }
            RuntimeType::Map(..) => self
                .vm
                .heap
                .map_get(container, key)
                .ok_or_else(|| self.vm.key_failure(container, key))?,
            RuntimeType::String => {
                let characters: Vec<char> = self.vm.heap.text(container).chars().collect();
                let character = position
                    .and_then(|position| characters.get(position))
                    .ok_or_else(|| {
                        place::index_failure(key.int(), characters.len(), "String", "character")
                    })?;
                return Ok(self.vm.heap.string(&character.to_string())?);
            }
            _ => {
                let octets = self.vm.heap.octets(container);
                let octet = position
                    .and_then(|position| octets.get(position))
                    .ok_or_else(|| place::index_failure(key.int(), octets.len(), "Bytes value", "octet"))?;
                return Ok(Word::from_int(i64::from(*octet)));
            }
        };
        Ok(self.own((found, ty)))
    }

    fn intrinsic(&mut self, number: u32, ty: TypeRef, arguments: &[(Word, TypeRef)]) -> Result<Word, End> {
        let intrinsic = Intrinsic::from_number(number).expect("verified");
        let mut arguments: Vec<Argument> = arguments
            .iter()
            .map(|&(word, ty)| Argument::new(word, ty, false))
            .collect();
        let mut context = Context {
            heap: &mut self.vm.heap,
            output: &mut self.output,
            state: &mut self.vm.state,
        };
        Ok(crate::intrinsics::call(
            intrinsic,
            &mut context,
            &mut arguments,
            ty,
        )?)
    }

    /// A copy of a container with the place changed, all of it copied.
    fn stored(&mut self, container: Word, ty: TypeRef, steps: &[Step], value: Word) -> Result<Word, End> {
        let types = std::sync::Arc::clone(self.vm.program.types());
        let Some((&step, rest)) = steps.split_first() else {
            return Ok(self.own((value, ty)));
        };
        match (step, types.get(ty)) {
            (Step::Position(position), _) => {
                let parts = types.parts(ty, 0);
                let new = self.stored(
                    self.vm.heap.element(container, position),
                    parts[position],
                    rest,
                    value,
                )?;
                let mut words = self.vm.heap.elements(container).to_vec();
                for (other, &word) in words.iter().enumerate().filter(|(other, _)| *other != position) {
                    self.vm.heap.retain_typed(word, parts[other]);
                }
                words[position] = new;
                Ok(self.vm.heap.aggregate(ty, &words)?)
            }
            (Step::Index(index), RuntimeType::List(element)) => {
                let length = self.vm.heap.element_count(container);
                let position = usize::try_from(index.int())
                    .ok()
                    .filter(|&position| position < length);
                let position =
                    position.ok_or_else(|| place::index_failure(index.int(), length, "list", "element"))?;
                let new = self.stored(self.vm.heap.element(container, position), *element, rest, value)?;
                let mut words = self.vm.heap.elements(container).to_vec();
                for (_, &word) in words.iter().enumerate().filter(|(other, _)| *other != position) {
                    self.vm.heap.retain_typed(word, *element);
                }
                words[position] = new;
                Ok(self.vm.heap.list_of(ty, &words)?)
            }
            (Step::Index(key), RuntimeType::Map(key_type, value_type)) => {
                let old = self.vm.heap.map_get(container, key);
                let new = match old {
                    Some(old) => self.stored(old, *value_type, rest, value)?,
                    None if rest.is_empty() => self.own((value, *value_type)),
                    None => return Err(self.vm.key_failure(container, key).into()),
                };
                let copy = self.own((container, ty));
                let key = self.own((key, *key_type));
                Ok(self.vm.heap.map_insert(copy, key, new)?)
            }
            (step, other) => unreachable!("{step:?} into {other:?}"),
        }
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

#[derive(Clone, Copy, Debug)]
enum Step {
    Position(usize),
    Index(Word),
}

fn arithmetic(opcode: Opcode, ty: TypeRef, left: Word, right: Word) -> Result<Word, End> {
    if ty == TypeRef::FLOAT {
        let (left, right) = (left.float(), right.float());
        return Ok(Word::from_float(match opcode {
            Opcode::Add => left + right,
            Opcode::Subtract => left - right,
            Opcode::Multiply => left * right,
            Opcode::Divide => left / right,
            Opcode::FloorDivide => libm::floor(left / right),
            Opcode::Remainder => libm::fmod(left, right),
            Opcode::Power => libm::pow(left, right),
            _ => -left,
        }));
    }
    let (left, right) = (left.int(), right.int());
    // In 128 bits nothing but a power overflows.
    let (wide_left, wide_right) = (i128::from(left), i128::from(right));
    let wide = match opcode {
        Opcode::Add => Some(wide_left + wide_right),
        Opcode::Subtract => Some(wide_left - wide_right),
        Opcode::Multiply => Some(wide_left * wide_right),
        Opcode::Divide => wide_left.checked_div(wide_right),
        Opcode::FloorDivide => (right != 0)
            .then(|| wide_left.div_euclid(wide_right) - i128::from(floors_below(wide_left, wide_right))),
        Opcode::Remainder => wide_left.checked_rem(wide_right),
        Opcode::Power => number::power(left, right).map(i128::from),
        Opcode::Negate => Some(-wide_left),
        Opcode::BitAnd => Some(wide_left & wide_right),
        Opcode::BitOr => Some(wide_left | wide_right),
        Opcode::BitXor => Some(wide_left ^ wide_right),
        Opcode::ShiftLeft => number::shift_left(left, right).map(i128::from),
        _ => number::shift_right(left, right).map(i128::from),
    };
    wide.and_then(|value| i64::try_from(value).ok())
        .map(Word::from_int)
        .ok_or_else(|| number::failure(opcode, left, right).into())
}

/// Whether rounding down differs from Euclidean division, which rounds up for negative divisors.
fn floors_below(left: i128, right: i128) -> bool {
    right < 0 && left.rem_euclid(right) != 0
}

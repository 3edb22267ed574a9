//! What instructions write.

use super::arithmetic::arithmetic;
use super::{End, Reference};
use crate::exec::{Argument, Context};
use crate::heap::{Class, TypeRef, Word};
use crate::lir::{Constant, Instruction, Intrinsic, Opcode, TypeId};

impl Reference<'_, '_> {
    /// What an instruction writes, owned.
    pub(super) fn value(
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

    /// Whether a value is of a type that is its own, or a part of it.
    fn is_of(&self, (word, ty): (Word, TypeRef), asked: TypeRef) -> bool {
        let types = self.vm.program.types();
        types.holds(asked, self.vm.heap.resolve(word, ty).0)
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
}

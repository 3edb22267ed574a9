//! One instruction, one operation: everything that is neither arithmetic nor a jump.

use super::{Quickener, fuse, type_operand};
use crate::exec::{Code, Op, Site, SiteArgument, YieldSite};
use crate::heap::{Class, FLAT, RuntimeType, TypeRef};
use crate::lir::{Constant, Instruction, Intrinsic, Opcode, PathStep};

impl Quickener<'_> {
    /// Emits the operation of a node, which is in `block`.
    pub(super) fn plain(&mut self, block: usize, node: usize) {
        let instruction = self.flow.nodes[node].instruction;
        let offset = self.flow.nodes[node].offset;
        let Instruction { opcode, a, b, w, .. } = instruction;
        use Opcode::*;
        let op = match opcode {
            Move => match fuse::immediate(self.flow, &self.constants, node) {
                Some((_, value)) => Op::new(Code::LoadInt, a, 0, 0, value),
                None => Op::new(Code::Move, a, b, 0, 0),
            },
            LoadInt => Op::new(Code::LoadInt, a, 0, 0, w as i32),
            LoadBool => Op::new(Code::LoadInt, a, 0, 0, i32::from(b)),
            LoadNull => Op::new(Code::LoadInt, a, 0, 0, 0),
            LoadConstant => self.constant(a, w),
            Add | Subtract | Multiply | Divide | FloorDivide | Remainder | Power | Negate | BitAnd
            | BitOr | BitXor | ShiftLeft | ShiftRight => return self.arithmetic(node),
            Not => Op::new(Code::Not, a, b, 0, 0),
            Equal | Less | LessEqual => return self.comparison(node),
            Jump | JumpIf | JumpIfNot | Switch => return self.jump(block, node),
            Next => return self.next(block, node),
            IsType => self.is_type(node),
            IsVariant => Op::new(Code::IsVariant, a, b, 0, w as i32),
            Call | CallValue | Closure => return self.call(node),
            Return => self.leave(a),
            Yield => self.suspend(node),
            Close => Op::new(Code::Close, a, 0, 0, 0),
            Halt => Op::new(Code::Halt, a, b, 0, 0),
            Wrap => self.wrap(node),
            Cast => return self.cast(node),
            List | Tuple | Map | Set | Record | Variant | Concat => return self.build(node),
            GetField => {
                let code = if self.yields_counted(node) {
                    Code::GetFieldRef
                } else {
                    Code::GetField
                };
                Op::new(code, a, b, 0, w as i32)
            }
            GetPayload => {
                let code = if self.yields_counted(node) {
                    Code::GetPayloadRef
                } else {
                    Code::GetPayload
                };
                // At most 255 words, as they came from an argument list.
                Op::new(code, a, b, instruction.v as u8, w as i32)
            }
            Index => self.index(node),
            Store => return self.store(node),
            Intrinsic => return self.intrinsic(node),
            Rethrow => return self.rethrow(block, node),
            Schema => self.schema(node),
            ToolCall => unreachable!("refused at link"),
        };
        self.emitter.push(offset, op);
    }

    /// How the cell returns A.
    fn leave(&self, a: u8) -> Op {
        match self.first_operation() {
            Some(Op {
                code: Code::Constant,
                w,
                ..
            }) => Op::new(Code::ReturnConstant, a, 0, 0, w),
            Some(_) => Op::new(Code::EndGenerator, 0, 0, 0, 0),
            None => Op::new(Code::Return, a, 0, 0, 0),
        }
    }

    fn suspend(&mut self, node: usize) -> Op {
        let flow = self.flow;
        let node = &flow.nodes[node];
        let site = self.emitter.yield_site(YieldSite {
            owned: node.owned_on_failure(),
            handler: flow.handler(node),
        });
        Op::new(Code::Yield, node.instruction.a, 0, 0, site)
    }

    fn yields_counted(&self, node: usize) -> bool {
        self.flow.nodes[node]
            .result
            .is_some_and(|ty| self.types.is_counted(ty))
    }

    fn constant(&self, a: u8, index: u32) -> Op {
        let number = (self.view.module.first_constant + index as usize) as i32;
        match &self.view.module.lir().constants[index as usize] {
            Constant::Int(_) | Constant::Float(_) => Op::new(Code::LoadWord, a, 0, 0, number),
            Constant::String(_) | Constant::Bytes(_) => Op::new(Code::LoadText, a, 0, 0, number),
        }
    }

    fn call(&mut self, node: usize) {
        let instruction = self.flow.nodes[node].instruction;
        let offset = self.flow.nodes[node].offset;
        let arguments: Vec<u8> = instruction.arguments().collect();
        let count = arguments.len() as u8;
        match (instruction.opcode, arguments.as_slice()) {
            (Opcode::Call, &[]) => {
                let op = Op::new(
                    Code::CallNone,
                    instruction.a,
                    0,
                    0,
                    self.cell_number(instruction.w),
                );
                self.emitter.push(offset, op);
            }
            (Opcode::Call, &[first]) => {
                let op = Op::new(
                    Code::CallOne,
                    instruction.a,
                    first,
                    0,
                    self.cell_number(instruction.w),
                );
                self.emitter.push(offset, op);
            }
            (Opcode::Call, &[first, second]) => {
                let op = Op::new(
                    Code::CallTwo,
                    instruction.a,
                    first,
                    second,
                    self.cell_number(instruction.w),
                );
                self.emitter.push(offset, op);
            }
            (Opcode::Call, _) => {
                let op = Op::new(
                    Code::Call,
                    instruction.a,
                    count,
                    0,
                    self.cell_number(instruction.w),
                );
                self.emitter.push_with_data(offset, op, &arguments);
            }
            (Opcode::CallValue, _) => {
                let op = Op::new(Code::CallValue, instruction.a, instruction.b, count, 0);
                self.emitter.push_with_data(offset, op, &arguments);
            }
            _ => {
                let ty = type_operand(self.runtime_type(instruction.v));
                self.emitter
                    .push(offset, Op::new(Code::Closure, instruction.a, count, 0, ty));
                self.emitter.push(
                    offset,
                    Op::new(Code::Data, 0, 0, 0, self.cell_number(instruction.w)),
                );
                Op::slots(&arguments).for_each(|slot| self.emitter.push(offset, slot));
            }
        }
    }

    /// The program's number of the cell that an operand names.
    fn cell_number(&self, operand: u32) -> i32 {
        self.view.callee(operand) as i32
    }

    /// A union of type variables may be a single type in an instance; then it holds nothing else.
    fn is_type(&self, node: usize) -> Op {
        let Instruction { a, b, w, .. } = self.flow.nodes[node].instruction;
        let ty = self.runtime_type(w);
        if !self.types.is_dynamic(self.flow.nodes[node].operands[0]) {
            return Op::new(Code::LoadInt, a, 0, 0, 1);
        }
        match ty {
            TypeRef::NULL => Op::new(Code::IsNull, a, b, 0, 0),
            _ => Op::new(Code::IsType, a, b, 0, type_operand(ty)),
        }
    }

    fn wrap(&self, node: usize) -> Op {
        let instruction = &self.flow.nodes[node].instruction;
        if !self.types.is_dynamic(self.runtime_type(instruction.w)) {
            return Op::new(Code::Move, instruction.a, instruction.b, 0, 0);
        }
        let code = match self.types.class(self.flow.nodes[node].operands[0]) {
            Class::Null => Code::WrapNull,
            Class::Bool => Code::WrapBool,
            Class::Int => Code::WrapInt,
            Class::Float => Code::WrapFloat,
            Class::Counted => Code::Move,
        };
        Op::new(code, instruction.a, instruction.b, 0, 0)
    }

    fn schema(&self, node: usize) -> Op {
        let node = &self.flow.nodes[node];
        let source = match node.operands[0] {
            TypeRef::STRING => 0,
            TypeRef::BYTES => 1,
            _ => 2,
        };
        let result = node.result.expect("`schema` writes");
        Op::new(
            Code::Schema,
            node.instruction.a,
            node.instruction.b,
            source,
            type_operand(result),
        )
    }

    /// A check, then the value: unwrapped, or with a reference of its own (the dynamic one is given up if it dies).
    fn cast(&mut self, node: usize) {
        let instruction = self.flow.nodes[node].instruction;
        let offset = self.flow.nodes[node].offset;
        let ty = self.runtime_type(instruction.w);
        let checked = self.types.is_dynamic(self.flow.nodes[node].operands[0]);
        if checked {
            self.emitter.push(
                offset,
                Op::new(Code::CheckType, 0, instruction.b, 0, type_operand(ty)),
            );
        }
        let code = if self.types.is_counted(ty) || !checked {
            Code::Move
        } else {
            Code::Unwrap
        };
        self.emitter
            .push(offset, Op::new(code, instruction.a, instruction.b, 0, 0));
        if self.types.is_counted(ty) {
            self.emitter
                .push(offset, Op::new(Code::Retain, instruction.a, 0, 0, 0));
        }
    }

    fn build(&mut self, node: usize) {
        let instruction = self.flow.nodes[node].instruction;
        let offset = self.flow.nodes[node].offset;
        let arguments: Vec<u8> = instruction.arguments().collect();
        let ty = self.runtime_type(instruction.w);
        let (a, count) = (instruction.a, arguments.len() as u8);
        let code = match instruction.opcode {
            Opcode::List => Code::List,
            Opcode::Map => Code::Map,
            Opcode::Set => Code::Set,
            Opcode::Concat => Code::Concat,
            opcode => {
                let variant = if opcode == Opcode::Variant {
                    instruction.v
                } else {
                    0
                };
                return self.aggregate(node, ty, variant, &arguments);
            }
        };
        self.emitter
            .push_with_data(offset, Op::new(code, a, count, 0, type_operand(ty)), &arguments);
    }

    fn aggregate(&mut self, node: usize, ty: TypeRef, variant: u32, arguments: &[u8]) {
        let instruction = self.flow.nodes[node].instruction;
        let offset = self.flow.nodes[node].offset;
        let a = instruction.a;
        if arguments.is_empty() && instruction.opcode == Opcode::Variant {
            let [b, c, ..] = variant.to_le_bytes();
            return self
                .emitter
                .push(offset, Op::new(Code::LoadVariant, a, b, c, type_operand(ty)));
        }
        let flags = if self.types.counted_parts(ty, variant).is_empty() {
            FLAT
        } else {
            0
        };
        let op = Op::new(Code::Aggregate, a, arguments.len() as u8, 0, type_operand(ty));
        self.emitter.push(offset, op);
        self.emitter
            .push(offset, Op::new(Code::Data, flags, 0, 0, variant as i32));
        Op::slots(arguments).for_each(|slot| self.emitter.push(offset, slot));
    }

    fn index(&self, node: usize) -> Op {
        let Instruction { a, b, c, .. } = self.flow.nodes[node].instruction;
        let counted = self.yields_counted(node);
        let code = match self.types.get(self.flow.nodes[node].operands[0]) {
            RuntimeType::List(_) if counted => Code::IndexListRef,
            RuntimeType::List(_) => Code::IndexList,
            RuntimeType::Map(..) => Code::IndexMap,
            RuntimeType::String => Code::IndexString,
            _ => Code::IndexBytes,
        };
        Op::new(code, a, b, c, i32::from(counted))
    }

    /// An index into a list of aggregates and the field of what is there, if nothing else needs the element and the field
    /// is not counted: without touching a reference count. Yields how many nodes it took beyond the first.
    pub(super) fn element_field(&mut self, node: usize) -> Option<usize> {
        let (first, second) = (&self.flow.nodes[node], self.flow.nodes.get(node + 1)?);
        let element = first.instruction.a;
        let list = *first.operands.first()?;
        let fuses = first.instruction.opcode == Opcode::Index
            && matches!(self.types.get(list), RuntimeType::List(_))
            && second.instruction.opcode == Opcode::GetField
            && second.instruction.b == element
            && second.dies(element)
            && !self.yields_counted(node + 1)
            && self
                .flow
                .blocks
                .binary_search_by_key(&(node + 1), |block| block.nodes.start)
                .is_err()
            && first.instruction.b != element
            && first.overwritten().is_none();
        if !fuses {
            return None;
        }
        let Instruction { b, c, .. } = first.instruction;
        let (a, position) = (second.instruction.a, second.instruction.w as i32);
        let released = first.released(first.live_after);
        let list_dies = released.contains(b) || !second.live_after.contains(b);
        if (list_dies && a == b) || released.iter().any(|register| register != b) {
            return None;
        }
        let offset = first.offset;
        self.emitter
            .push(offset, Op::new(Code::IndexListField, a, b, c, position));
        if list_dies {
            self.emitter.push(offset, Op::new(Code::Release, b, 0, 0, 0));
        }
        Some(1)
    }

    fn store(&mut self, node: usize) {
        let instruction = self.flow.nodes[node].instruction;
        let offset = self.flow.nodes[node].offset;
        let Instruction { a, b, .. } = instruction;
        let path: Box<[PathStep]> = instruction.path().collect();
        let operands = &self.flow.nodes[node].operands;
        let counted = self.types.is_counted(operands[1]);
        let list = matches!(self.types.get(operands[0]), RuntimeType::List(_));
        let op = match *path {
            [PathStep::Index(index)] if list => Op::new(
                if counted {
                    Code::StoreListRef
                } else {
                    Code::StoreList
                },
                a,
                b,
                index,
                0,
            ),
            [PathStep::Position(position)] => {
                let code = if counted {
                    Code::StoreFieldRef
                } else {
                    Code::StoreField
                };
                Op::new(code, a, b, 0, position as i32)
            }
            [PathStep::Index(index), PathStep::Position(position)] if list && !counted => {
                Op::new(Code::StoreListField, a, b, index, position as i32)
            }
            _ => {
                let path = self.emitter.path(path);
                Op::new(Code::Store, a, b, u8::from(counted), path)
            }
        };
        self.emitter.push(offset, op);
    }

    fn intrinsic(&mut self, node: usize) {
        let instruction = self.flow.nodes[node].instruction;
        let offset = self.flow.nodes[node].offset;
        let intrinsic = Intrinsic::from_number(instruction.w).expect("the verifier has checked the number");
        let arguments: Vec<u8> = instruction.arguments().collect();
        let a = instruction.a;
        let direct = match (intrinsic, arguments.as_slice()) {
            (Intrinsic::LengthOfString | Intrinsic::CountOfString, &[b]) => {
                Some(Op::new(Code::CharacterCount, a, b, 0, 0))
            }
            (Intrinsic::LengthOfList | Intrinsic::CountOfList, &[b]) => {
                Some(Op::new(Code::ElementCount, a, b, 0, 0))
            }
            (Intrinsic::Append, &[b, c]) => Some(Op::new(Code::Append, a, b, c, 0)),
            (Intrinsic::Sqrt, &[b]) => Some(Op::new(Code::Sqrt, a, b, 0, 0)),
            (Intrinsic::FloatOfInt, &[b]) => Some(Op::new(Code::FloatOfInt, a, b, 0, 0)),
            _ => None,
        };
        if let Some(op) = direct {
            return self.emitter.push(offset, op);
        }
        let flow_node = &self.flow.nodes[node];
        let result = flow_node.result.expect("an intrinsic has a value");
        let arguments = arguments
            .iter()
            .enumerate()
            .map(|(position, &register)| SiteArgument {
                register,
                ty: flow_node.operands[position],
                owned: flow_node.dies(register) && !arguments[position + 1..].contains(&register),
            })
            .collect();
        let site = self.emitter.site(Site {
            intrinsic,
            result,
            arguments,
        });
        self.emitter.push(offset, Op::new(Code::Intrinsic, a, 0, 0, site));
    }
}

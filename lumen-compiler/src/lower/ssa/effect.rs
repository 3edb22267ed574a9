//! What the passes may do with an operation.

use super::{Function, Op, Value};
use crate::hir::{Ty, Type};
use crate::lower::types::TypeTable;
use lumen_vm::lir::{Intrinsic, Opcode, Outcome};

/// What the passes may do with an operation. Running out of memory does not count as a failure here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Always a value, the same for the same operands, and cheap or in need of no place of its own: may be shared, moved
    /// anywhere and dropped.
    Pure,
    /// Always a value where it stands: may be shared with a dominating equal and dropped, but not moved up, because a
    /// test before it proves that it has a value, or because it is too dear to be done in vain.
    Guarded,
    /// Always a value, but one that later operations may update in place: may be dropped, not shared.
    Fresh,
    /// A value or a runtime error, the same for the same operands: may be shared with a dominating equal, stays where it is.
    MayFail,
    /// Stays where it is.
    Fixed,
}

impl Effect {
    /// Whether an operation whose value nobody uses may go.
    pub(crate) fn may_be_dropped(self) -> bool {
        matches!(self, Effect::Pure | Effect::Guarded | Effect::Fresh)
    }

    /// Whether an equal operation that dominates may take its place.
    pub(crate) fn may_be_shared(self) -> bool {
        matches!(self, Effect::Pure | Effect::Guarded | Effect::MayFail)
    }
}

impl Function {
    /// The effect of an operation.
    pub(crate) fn effect(&self, types: &TypeTable, value: Value) -> Effect {
        let node = self.node(value);
        match node.op {
            Op::Parameter | Op::Call(_) | Op::CallValue | Op::Schema(_) => Effect::Fixed,
            Op::Yield | Op::Next | Op::Close | Op::SetSlot(_) | Op::GetSlot(_) => Effect::Fixed,
            Op::Null | Op::Bool(_) | Op::Int(_) | Op::Float(_) | Op::Constant(_) => Effect::Pure,
            Op::IsType(_) | Op::IsVariant(_) | Op::GetField(_) => Effect::Pure,
            Op::Plain(opcode) => plain(opcode, types, node.ty),
            Op::Wrap | Op::IndexAgain | Op::Narrow | Op::GetPayload(..) => Effect::Guarded,
            Op::Cast => Effect::MayFail,
            Op::List | Op::Tuple | Op::Map | Op::Set | Op::Record | Op::Variant(_) | Op::Concat => {
                Effect::Fresh
            }
            Op::Closure(_) => Effect::Guarded,
            Op::Store(_) => Effect::Fixed,
            Op::Intrinsic(intrinsic) => {
                let scalar = is_scalar(types, node.ty);
                match intrinsic.info().outcome {
                    Outcome::Pure if scalar && is_length(intrinsic) => Effect::Pure,
                    Outcome::Pure if scalar => Effect::Guarded,
                    Outcome::Pure => Effect::Fresh,
                    Outcome::MayFail if scalar => Effect::MayFail,
                    Outcome::MayFail | Outcome::Output => Effect::Fixed,
                }
            }
        }
    }
}

/// Whether values of the type are words without a count: sharing them costs nothing.
fn is_scalar(types: &TypeTable, ty: Ty) -> bool {
    matches!(types.get(ty), Type::Null | Type::Bool | Type::Int | Type::Float)
}

/// Whether it reads a stored length.
fn is_length(intrinsic: Intrinsic) -> bool {
    use Intrinsic::*;
    matches!(
        intrinsic,
        LengthOfBytes | LengthOfList | LengthOfMap | LengthOfSet | IsEmptyList | IsEmptyMap | IsEmptySet
    )
}

fn plain(opcode: Opcode, types: &TypeTable, ty: Ty) -> Effect {
    match opcode {
        Opcode::Not | Opcode::Equal | Opcode::Less | Opcode::LessEqual => Effect::Pure,
        Opcode::BitAnd | Opcode::BitOr | Opcode::BitXor => Effect::Pure,
        Opcode::Index | Opcode::ShiftLeft | Opcode::ShiftRight => Effect::MayFail,
        _ if matches!(types.get(ty), Type::Float) => Effect::Pure,
        _ => Effect::MayFail,
    }
}

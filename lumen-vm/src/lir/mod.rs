//! LIR v1, the portable intermediate representation (`docs/spec/lir-v1.md`).
//!
//! What the compiler emits, the cache stores, the verifier proves and the loader quickens. Nothing in here executes
//! code: the executed form is an internal matter of the loader and may change without a new LIR version.

#![forbid(unsafe_code)]

mod assembler;
mod binary;
mod coverage;
mod cursor;
mod digest;
mod disassemble;
mod instruction;
mod intrinsic;
mod json;
mod module;
mod notation;
mod opcode;
mod prelude;
mod signature;
mod verify;

pub use assembler::{Assembler, Label};
pub use binary::{BinaryError, BinaryProblem};
pub(crate) use coverage::Coverage;
pub use digest::SectionDigest;
pub use instruction::{DecodeError, Instruction, PathStep, instructions};
pub use intrinsic::{Intrinsic, IntrinsicInfo, Outcome};
pub use json::JsonError;
pub use module::{
    Cell, CellDebug, CellKind, Constant, Debug, Field, Generics, Handler, ImportedCell, Instance, Layout,
    Location, Method, Module, ModuleId, Nominal, NominalId, Origin, Parameter, Policy, Span, Target, Tool,
    Type, TypeId, TypeParameter, Variant,
};
pub use opcode::{Format, HaltKind, Opcode, OpcodeInfo, Role, WordRole};
pub use prelude::{PRELUDE, PreludeRecord};
pub use signature::{Signature, SignatureParameter, SignatureType, TypeVariable, VariableClass};
pub use verify::{
    Block, MAX_TYPE_DEPTH, Place, Reason, RegisterTypes, TypedInstruction, VerifiedModule, VerifyError,
    verify, verify_debug,
};

/// Version of the LIR format, in every serialised module and in every action key of the build.
/// Changes together with any change of the opcode table, the type forms or the module layout.
pub const LIR_VERSION: u32 = 3;

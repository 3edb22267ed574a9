//! The executed form of code: eight-byte operations with typed opcodes, immediates and fused forms.
//!
//! ```text
//!  byte   0      1     2     3     4 ... 7
//!       ┌──────┬─────┬─────┬─────┬─────────┐
//!       │ code │  a  │  b  │  c  │ w (i32) │     then, for some codes, data slots: 7 bytes a slot, from byte 1
//!       └──────┴─────┴─────┴─────┴─────────┘
//! ```
//! Made by `load::quicken` from one cell, never stored. Jumps (`w`) count operations from the one behind the jump.
//! "Consumes" and "borrows" are meant as in [`crate::heap`]; `Retain` and `Release` stand where the loader put them.

use crate::heap::TypeRef;
use crate::load::Registers;
use std::sync::atomic::AtomicU64;

/// One operation or data slot.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(8))]
pub(crate) struct Op {
    pub(crate) code: Code,
    pub(crate) a: u8,
    pub(crate) b: u8,
    pub(crate) c: u8,
    pub(crate) w: i32,
}

/// Data bytes of a slot.
pub(crate) const SLOT_BYTES: usize = 7;

impl Op {
    pub(crate) fn new(code: Code, a: u8, b: u8, c: u8, w: i32) -> Op {
        Op { code, a, b, c, w }
    }

    /// The slots that hold `bytes`, unused ones zero.
    pub(crate) fn slots(bytes: &[u8]) -> impl Iterator<Item = Op> + '_ {
        bytes.chunks(SLOT_BYTES).map(|chunk| {
            let mut data = [0; SLOT_BYTES];
            data[..chunk.len()].copy_from_slice(chunk);
            let [a, b, c, w @ ..] = data;
            Op {
                code: Code::Data,
                a,
                b,
                c,
                w: i32::from_le_bytes(w),
            }
        })
    }

    /// Number of slots for so many bytes.
    pub(crate) fn slot_count(bytes: usize) -> usize {
        bytes.div_ceil(SLOT_BYTES)
    }

    /// The immediate in `b` and `c`.
    #[inline(always)]
    pub(crate) fn immediate(&self) -> i64 {
        i64::from(i16::from_le_bytes([self.b, self.c]))
    }

    /// The unsigned number in `b` and `c`.
    #[inline(always)]
    pub(crate) fn wide(&self) -> u32 {
        u32::from(u16::from_le_bytes([self.b, self.c]))
    }

    /// The type that `w` names.
    #[inline(always)]
    pub(crate) fn ty(&self) -> TypeRef {
        TypeRef::from_index(self.w as u32)
    }
}

/// What an operation does. `A B C` are the registers `a b c`; `W` is `w`, a number; `BC` a signed 16-bit number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Code {
    /// Not executed.
    Data,
    /// The end of a run: its value is in register 0 of the outermost frame.
    Exit,

    /// A = B, all bits.
    Move,
    /// A = W, an Int (also Bool and Null).
    LoadInt,
    /// A = number W of the program's words.
    LoadWord,
    /// A = number W of the program's texts, with a reference of its own.
    LoadText,
    /// A = plain variant BC (unsigned) of type W.
    LoadVariant,
    /// One reference more to A.
    Retain,
    /// One reference to A less.
    Release,
    /// Keeps A in the frame's spare register.
    Save,
    /// Releases what the frame's spare register holds.
    ReleaseSaved,

    AddInt,
    SubtractInt,
    MultiplyInt,
    DivideInt,
    FloorDivideInt,
    RemainderInt,
    PowerInt,
    NegateInt,
    BitAnd,
    BitOr,
    BitXor,
    ShiftLeft,
    ShiftRight,
    /// A = B + W; C is 1 if W stands on the left in the source, which failures show.
    AddImmediate,
    /// A = B - W.
    SubtractImmediate,
    /// A = B * W; C as above.
    MultiplyImmediate,
    /// A = B / W; W is neither 0 nor -1.
    DivideImmediate,
    /// A = B % W; W is neither 0 nor -1.
    RemainderImmediate,
    AddFloat,
    SubtractFloat,
    MultiplyFloat,
    DivideFloat,
    FloorDivideFloat,
    RemainderFloat,
    PowerFloat,
    NegateFloat,
    Not,

    /// A = B and C are the same word.
    EqualWord,
    LessInt,
    LessEqualInt,
    EqualFloat,
    LessFloat,
    LessEqualFloat,
    /// A = B == C, Strings or Bytes.
    EqualText,
    /// A = B == C of type W.
    Equal,
    /// A = B < C of type W.
    Less,
    /// A = B <= C of type W.
    LessEqual,

    Jump,
    /// Jumps if A is true.
    JumpIf,
    JumpIfNot,
    /// Jumps if A and B are the same word.
    JumpIfEqualWord,
    JumpIfNotEqualWord,
    JumpIfLessInt,
    JumpIfLessEqualInt,
    /// Jumps if A == BC; so the next ones.
    JumpIfEqualImmediate,
    JumpIfNotEqualImmediate,
    JumpIfLessImmediate,
    JumpIfLessEqualImmediate,
    JumpIfGreaterImmediate,
    JumpIfGreaterEqualImmediate,
    JumpIfEqualFloat,
    JumpIfNotEqualFloat,
    JumpIfLessFloat,
    JumpIfLessEqualFloat,
    /// Jumps if A and B, Strings or Bytes, are equal.
    JumpIfEqualText,
    JumpIfNotEqualText,
    JumpIfLessText,
    JumpIfLessEqualText,
    /// Jumps if A is of variant BC (unsigned).
    JumpIfVariant,
    JumpIfNotVariant,
    /// Jumps if A, dynamic, is null.
    JumpIfNull,
    JumpIfNotNull,
    /// A += C (signed); jumps if A < B then.
    LoopLess,
    /// A += C (signed); jumps if A <= B then.
    LoopLessEqual,
    /// If A < B: A += 1 and jumps.
    StepIfLess,
    /// If A < BC: A += 1 and jumps.
    StepIfLessImmediate,
    /// A += BC; jumps.
    AddJump,
    /// Jumps by the word that A's variant picks from the data: its W.
    Switch,

    /// A = cell W called with nothing, B, or B and C. Consumes.
    CallNone,
    CallOne,
    CallTwo,
    /// A = cell W called with the B registers in the data. Consumes.
    Call,
    /// A = B called with the C registers in the data. Consumes these, borrows B.
    CallValue,
    /// A = a function of type W: the cell is W of the first data slot, the B registers follow. Consumes.
    Closure,
    Return,
    /// The first operation of a generator's cell: makes a generator of type W, which goes on behind it, and returns that.
    Generator,
    /// Suspends the generator at yield site W, with A as the next value. Consumes.
    Yield,
    /// The end of a generator.
    EndGenerator,
    /// A = the next value of generator B; jumps if there is none.
    Next,
    /// Ends generator A.
    Close,
    /// The first operation of a constant's cell: returns its value, of type W, if that is known.
    Constant,
    /// Returns A, of type W, as the value of a constant.
    ReturnConstant,
    /// Goes on with the failure that is pending in this frame, which owns nothing any more.
    Rethrow,
    /// Fails with message A by halt kind B. Consumes.
    Halt,

    /// A = B holds a value of type W.
    IsType,
    /// A = B, dynamic, is null.
    IsNull,
    /// A = B is of variant W.
    IsVariant,
    /// Fails unless B holds a value of type W.
    CheckType,
    /// A = the Null, Bool, Int or Float that B, dynamic, holds.
    Unwrap,
    WrapNull,
    WrapBool,
    WrapInt,
    WrapFloat,

    /// A = a list of type W of the B registers in the data. Consumes; so the next ones.
    List,
    Map,
    Set,
    /// A = a tuple, record or variant of type W of the B registers that follow the first data slot, whose `a` holds the
    /// flags and whose `w` the variant.
    Aggregate,
    /// A = word W of B.
    GetField,
    /// The same, counted.
    GetFieldRef,
    /// A = word C of B, which must be of variant W.
    GetPayload,
    GetPayloadRef,
    /// A = B[C], a list.
    IndexList,
    IndexListRef,
    /// A = word W of B[C], a list of records or tuples.
    IndexListField,
    /// A = B[C], a map.
    IndexMap,
    /// A = B[C], a String.
    IndexString,
    /// A = B[C], Bytes.
    IndexBytes,

    /// A[C] = B, a list. Consumes A and B; so the next ones.
    StoreList,
    StoreListRef,
    /// Word W of A = B.
    StoreField,
    StoreFieldRef,
    /// Word W of A[C] = B, a list of records or tuples and a word that is not counted.
    StoreListField,
    /// The place in A that step list W names = B.
    Store,
    /// A = the B registers in the data joined; W says of what type. Consumes.
    Concat,

    /// A = number of characters of B.
    CharacterCount,
    /// A = number of elements of B, a list.
    ElementCount,
    /// A = B with C at its end. Consumes.
    Append,
    Sqrt,
    /// A = B, an Int, as a Float.
    FloatOfInt,
    /// A = intrinsic site W.
    Intrinsic,
    /// `a` = register `b`, of type `c` (0 String, 1 Bytes, 2 Json), decoded; `w` is the type of `a`, a result.
    Schema,
    /// Counter W of the cell counts. Only programs that count have this and the next one.
    Count,
    /// The counter in the `w` of the data slot counts; jumps. A is 1 if the jump is one backwards.
    CountJump,
}

/// What a counter of a cell counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counted {
    /// How often the cell is started; a generator when its first value is asked for, a constant when it is computed.
    Start,
    /// How often control comes to the instruction at this word offset, and to those behind it up to the next counter.
    Instruction(u32),
    /// How often the jump at this word offset goes this way: the position among its targets, or their number for the way
    /// on to the instruction behind it.
    Way(u32, u32),
}

/// A counter of a quickened cell.
#[derive(Debug)]
pub(crate) struct Counter {
    pub(crate) counted: Counted,
    /// All machines of the program count here.
    pub(crate) count: AtomicU64,
}

/// How an intrinsic is called at one place.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) intrinsic: crate::lir::Intrinsic,
    pub(crate) result: TypeRef,
    pub(crate) arguments: Box<[SiteArgument]>,
}

/// An argument of a [`Site`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct SiteArgument {
    pub(crate) register: u8,
    pub(crate) ty: TypeRef,
    /// Whether it is the register's last use.
    pub(crate) owned: bool,
}

/// The start of a handler.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Landing {
    /// Word offset in LIR.
    pub(crate) offset: u32,
    /// Number of the operation.
    pub(crate) op: u32,
}

/// Where a generator is suspended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct YieldSite {
    /// Registers that own a reference meanwhile.
    pub(crate) owned: Registers,
    /// What runs if the generator is closed there: word offset of the handler, and the registers that it needs.
    pub(crate) handler: Option<(u32, Registers)>,
}

/// Flag of an entry of [`Quick::offsets`]: the operation fails before the instruction has taken anything.
pub(crate) const BEFORE: u32 = 1 << 31;

/// A quickened cell.
#[derive(Debug)]
pub(crate) struct Quick {
    /// Operations; control never runs past the end.
    pub(crate) ops: Box<[Op]>,
    /// For each operation, the word offset in LIR of the instruction that it comes from, and [`BEFORE`].
    pub(crate) offsets: Box<[u32]>,
    /// Registers of a frame, the spare one included.
    pub(crate) registers: usize,
    /// Intrinsic calls, by number.
    pub(crate) sites: Box<[Site]>,
    /// Where the cell yields, by number.
    pub(crate) yields: Box<[YieldSite]>,
    /// Where the cell goes on after failures, ascending.
    pub(crate) landings: Box<[Landing]>,
    /// Paths of stores, by number.
    pub(crate) paths: Box<[Box<[crate::lir::PathStep]>]>,
    /// What is counted, by number.
    pub(crate) counters: Box<[Counter]>,
}

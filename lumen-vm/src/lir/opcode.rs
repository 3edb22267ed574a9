//! The opcode table: the one place that says which instructions LIR has.
//!
//! Encoder, decoder, verifier, disassembler, register liveness and the spec page are all driven by this table. It says
//! what each operand *is*; what an instruction *does to types* is the verifier's, what it does to values the loader's.
//!
//! ```text
//!  byte   0        1     2     3      then, as the format says, 32-bit little-endian words
//!       ┌────────┬─────┬─────┬─────┐ ┌────────┬────────┬──────────────────────────┐
//!       │ opcode │  A  │  B  │  C  │ │   W    │   V    │ arguments / path / table │
//!       └────────┴─────┴─────┴─────┘ └────────┴────────┴──────────────────────────┘
//! ```
//! Jump offsets count words, signed, from the end of the jumping instruction.

/// Shape of an instruction: which words follow the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One word.
    Abc,
    /// `W` follows.
    AbcW,
    /// `W` follows, then `C` argument registers packed four to a word, low byte first, unused bytes zero.
    AbcWArgs,
    /// `W` and `V` follow, then `C` argument registers packed as in [`Format::AbcWArgs`].
    AbcWvArgs,
    /// `C` path steps follow, one word each: `0x00ff_ffff & i` with high byte 0 for field or tuple position `i`, high
    /// byte 1 and a register in the low byte for an index or key.
    AbcPath,
    /// `W` follows, then `W` jump offsets.
    AbcTable,
}

/// What a byte operand means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Unused; must be zero.
    None,
    /// A register that the instruction writes.
    Write,
    /// A register that it reads.
    Read,
    /// A register that it reads, consumes and writes again.
    Update,
    /// A small immediate.
    Immediate,
    /// Length of the argument list or path.
    Count,
}

/// What a word operand means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordRole {
    /// The format has no such word.
    None,
    /// A signed 32-bit integer.
    Integer,
    /// Index into [`super::Module::constants`].
    Constant,
    /// Index into [`super::Module::types`].
    Type,
    /// A jump offset.
    Jump,
    /// A cell, an imported cell, an instance or a method: see [`super::Target`].
    Cell,
    /// An [`super::Intrinsic`].
    Intrinsic,
    /// Position of a field, tuple element or payload.
    Position,
    /// Position of a variant in its enum; for `result`, 0 is `ok` and 1 is `err`.
    Variant,
    /// Index into [`super::Module::tools`].
    Tool,
    /// Index into [`super::Module::policies`].
    Policy,
    /// Number of entries of a jump table.
    Count,
}

/// What [`Opcode::Halt`] raises; its `B` operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum HaltKind {
    /// `halt(message)`, and `e!` on an err: `A` is the message, a String.
    Halt = 0,
    /// A value that is not valid: `A` is a ValidationError.
    Validation = 1,
    /// A failed check of the language itself (`e!` on null, a `match` that nothing matched): `A` is the message, a String.
    Runtime = 2,
}

impl HaltKind {
    /// The kind with this number.
    pub fn from_number(number: u8) -> Option<HaltKind> {
        [HaltKind::Halt, HaltKind::Validation, HaltKind::Runtime]
            .into_iter()
            .find(|kind| *kind as u8 == number)
    }
}

/// One row of the opcode table.
#[derive(Clone, Copy, Debug)]
pub struct OpcodeInfo {
    /// The opcode.
    pub opcode: Opcode,
    /// Lower-case name, as the disassembler and the JSON form print it.
    pub name: &'static str,
    /// Which words follow.
    pub format: Format,
    /// Roles of A, B and C.
    pub bytes: [Role; 3],
    /// Roles of W and V.
    pub words: [WordRole; 2],
    /// What it does, one line, for the spec page.
    pub meaning: &'static str,
}

macro_rules! opcodes {
    ($($number:literal $opcode:ident $name:literal $format:ident [$a:ident $b:ident $c:ident] [$w:ident $v:ident] $meaning:literal;)*) => {
        /// An instruction of LIR v1.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Opcode { $(#[doc = $meaning] $opcode = $number,)* }

        impl Opcode {
            /// All opcodes, in number order; row `i` describes opcode number `i`.
            pub const TABLE: &'static [OpcodeInfo] = &[$(OpcodeInfo {
                opcode: Opcode::$opcode,
                name: $name,
                format: Format::$format,
                bytes: [Role::$a, Role::$b, Role::$c],
                words: [WordRole::$w, WordRole::$v],
                meaning: $meaning,
            },)*];
        }
    };
}

opcodes! {
     0 Move         "move"          Abc       [Write Read None]        [None None]         "A = B";
     1 LoadInt      "load_int"      AbcW      [Write None None]        [Integer None]      "A = W, an Int";
     2 LoadConstant "load_constant" AbcW      [Write None None]        [Constant None]     "A = constant W";
     3 LoadBool     "load_bool"     Abc       [Write Immediate None]   [None None]         "A = (B = 1), a Bool; B is 0 or 1";
     4 LoadNull     "load_null"     Abc       [Write None None]        [None None]         "A = null, of type Null";
     5 Add          "add"           Abc       [Write Read Read]        [None None]         "A = B + C, both Int (overflow fails) or both Float";
     6 Subtract     "subtract"      Abc       [Write Read Read]        [None None]         "A = B - C, both Int (overflow fails) or both Float";
     7 Multiply     "multiply"      Abc       [Write Read Read]        [None None]         "A = B * C, both Int (overflow fails) or both Float";
     8 Divide       "divide"        Abc       [Write Read Read]        [None None]         "A = B / C: Int truncates toward zero and fails on zero and overflow; Float is IEEE";
     9 FloorDivide  "floor_divide"  Abc       [Write Read Read]        [None None]         "A = floor(B / C): Int fails on zero and overflow";
    10 Remainder    "remainder"     Abc       [Write Read Read]        [None None]         "A = B % C, sign of the dividend: Int fails on zero";
    11 Power        "power"         Abc       [Write Read Read]        [None None]         "A = B ** C: Int fails on overflow and on a negative exponent";
    12 Negate       "negate"        Abc       [Write Read None]        [None None]         "A = -B: Int fails on overflow";
    13 BitAnd       "bit_and"       Abc       [Write Read Read]        [None None]         "A = B & C, Int";
    14 BitOr        "bit_or"        Abc       [Write Read Read]        [None None]         "A = B | C, Int";
    15 BitXor       "bit_xor"       Abc       [Write Read Read]        [None None]         "A = B ^ C, Int";
    16 ShiftLeft    "shift_left"    Abc       [Write Read Read]        [None None]         "A = B << C, dropping bits; fails unless 0 <= C <= 63";
    17 ShiftRight   "shift_right"   Abc       [Write Read Read]        [None None]         "A = B >> C, arithmetic; fails unless 0 <= C <= 63";
    18 Not          "not"           Abc       [Write Read None]        [None None]         "A = not B, Bool";
    19 Equal        "equal"         Abc       [Write Read Read]        [None None]         "A = (B == C), structural; operands of one type";
    20 Less         "less"          Abc       [Write Read Read]        [None None]         "A = (B < C); operands of one ordered type; NaN equals itself and is above infinity";
    21 LessEqual    "less_equal"    Abc       [Write Read Read]        [None None]         "A = (B <= C); operands of one ordered type";
    22 Jump         "jump"          AbcW      [None None None]         [Jump None]         "continue at W";
    23 JumpIf       "jump_if"       AbcW      [Read None None]         [Jump None]         "continue at W if A, a Bool, is true";
    24 JumpIfNot    "jump_if_not"   AbcW      [Read None None]         [Jump None]         "continue at W if A, a Bool, is false";
    25 Switch       "switch"        AbcTable  [Read None None]         [Count None]        "continue at the table entry of A's variant; A is an enum or a result, W its number of variants";
    26 IsType       "is_type"       AbcW      [Write Read None]        [Type None]         "A = (B holds a value of type W); B is dynamic, W a member of its union or a union of some of them";
    27 IsVariant    "is_variant"    AbcW      [Write Read None]        [Variant None]      "A = (B is of variant W); B is an enum or a result";
    28 Call         "call"          AbcWArgs  [Write None Count]       [Cell None]         "A = cell W called with the arguments";
    29 CallValue    "call_value"    AbcWArgs  [Write Read Count]       [Type None]         "A = B, a function of type W, called with the arguments";
    30 Closure      "closure"       AbcWvArgs [Write None Count]       [Cell Type]         "A = a function of type V: cell W with its last C parameters bound to the arguments";
    31 Return       "return"        Abc       [Read None None]         [None None]         "leave the cell with A as its value";
    32 Halt         "halt"          Abc       [Read Immediate None]    [None None]         "stop with the failure that B, a HaltKind, makes of A";
    33 Wrap         "wrap"          AbcW      [Write Read None]        [Type None]         "A = B as a value of union type W, of which B's type is a member or a part";
    34 Cast         "cast"          AbcW      [Write Read None]        [Type None]         "A = B, which is dynamic, as a value of its member (or narrower union) type W; fails if it is none";
    35 List         "list"          AbcWArgs  [Write None Count]       [Type None]         "A = a list of type W of the arguments";
    36 Tuple        "tuple"         AbcWArgs  [Write None Count]       [Type None]         "A = a tuple of type W of the arguments";
    37 Map          "map"           AbcWArgs  [Write None Count]       [Type None]         "A = a map of type W; the arguments are keys and values in turn, a later equal key wins";
    38 Set          "set"           AbcWArgs  [Write None Count]       [Type None]         "A = a set of type W of the arguments";
    39 Record       "record"        AbcWArgs  [Write None Count]       [Type None]         "A = a record of type W, arguments in declared order; only of an unconstrained type, or in the module that declares it";
    40 Variant      "variant"       AbcWvArgs [Write None Count]       [Type Variant]      "A = variant V of the enum or result type W with the arguments as payload";
    41 GetField     "get_field"     AbcW      [Write Read None]        [Position None]     "A = element W of B, a record or a tuple";
    42 GetPayload   "get_payload"   AbcWvArgs [Write Read None]        [Variant Position]  "A = payload V of B, an enum or result; fails unless B is of variant W";
    43 Index        "index"         Abc       [Write Read Read]        [None None]         "A = B[C]: list and Int, map and key, String and Int (one scalar value), Bytes and Int (an Int); fails if absent";
    44 Store        "store"         AbcPath   [Update Read Count]      [None None]         "A with the place that the path names set to B; in place where nothing else holds A; fails on an absent list index; a last step into a map inserts";
    45 Concat       "concat"        AbcWArgs  [Write None Count]       [Type None]         "A = the arguments joined; all of type W, which is String, Bytes or a list";
    46 Intrinsic    "intrinsic"     AbcWvArgs [Write None Count]       [Intrinsic Type]    "A = intrinsic W of the arguments, a value of type V";
    47 ToolCall     "tool_call"     AbcWvArgs [Write None Count]       [Tool Policy]       "A = tool W called under policy V; a boundary of effects and traces";
    48 Schema       "schema"        AbcW      [Write Read None]        [Type None]         "A = B parsed and validated as type W, of type result[W, ValidationError]; a boundary of traces";
    49 Yield        "yield"         Abc       [Read None None]         [None None]         "suspend a generator with A as its next value";
    50 Next         "next"          AbcW      [Write Read None]        [Jump None]         "A = the next value of generator B; if it has none, continue at W with A unchanged";
    51 Close        "close"         Abc       [Read None None]         [None None]         "end generator A: its handlers run as after a failure";
    52 Rethrow      "rethrow"       Abc       [None None None]         [None None]         "end a handler: go on with the failure that led to it";
}

impl Opcode {
    /// The opcode's row of the table.
    pub fn info(self) -> &'static OpcodeInfo {
        &Self::TABLE[self as usize]
    }

    /// The opcode with this number.
    pub fn from_number(number: u8) -> Option<Opcode> {
        Self::TABLE.get(usize::from(number)).map(|row| row.opcode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_at_their_numbers() {
        assert!(Opcode::TABLE.len() < 64);
        for (number, row) in Opcode::TABLE.iter().enumerate() {
            assert_eq!(row.opcode as usize, number, "{}", row.name);
        }
    }
}

//! Why a module is refused.

use crate::lir::DecodeError;

/// A defect of a module: where it is and what it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct VerifyError {
    /// Where.
    pub place: Place,
    /// What.
    pub reason: Reason,
}

/// Where a defect is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In an entry of a table of the module.
    Entry {
        /// Name of the table, as in [`crate::lir::Module`].
        table: &'static str,
        /// Index of the entry.
        index: usize,
    },
    /// In the head of a cell.
    Cell {
        /// The cell's name.
        cell: String,
    },
    /// In an instruction of a cell.
    Instruction {
        /// The cell's name.
        cell: String,
        /// Word offset of the instruction.
        offset: usize,
        /// The opcode's name; empty if the words do not decode.
        opcode: &'static str,
    },
    /// In the module as a whole.
    Module,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Entry { table, index } => write!(f, "{table}[{index}]"),
            Place::Cell { cell } => write!(f, "cell `{cell}`"),
            Place::Instruction {
                cell,
                offset,
                opcode: "",
            } => write!(f, "cell `{cell}`, word {offset}"),
            Place::Instruction { cell, offset, opcode } => {
                write!(f, "cell `{cell}`, word {offset}, `{opcode}`")
            }
            Place::Module => f.write_str("module"),
        }
    }
}

/// What a defect is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    // Tables and heads of cells.
    /// An entry equals an earlier one, or bears its name.
    #[error("the same as entry {earlier}")]
    Duplicate {
        /// Index of the earlier one.
        earlier: usize,
    },
    /// A type refers to itself or to a later one.
    #[error("refers to type {referred}, which does not stand before it")]
    ForwardReference {
        /// Index that it refers to.
        referred: u32,
    },
    /// An index that its table does not have.
    #[error("there is no {what} {index}; there are {length}")]
    OutOfRange {
        /// What is counted.
        what: &'static str,
        /// The index.
        index: u32,
        /// Number of entries.
        length: usize,
    },
    /// A type that its form does not allow.
    #[error("ill-formed type: {0}")]
    IllFormedType(&'static str),
    /// A layout that its kind of nominal does not allow.
    #[error("ill-formed layout: {0}")]
    IllFormedLayout(&'static str),
    /// Types, or instances in the methods of others, nest too deeply.
    #[error("nests deeper than {limit}")]
    TooDeep {
        /// Greatest depth.
        limit: u32,
    },
    /// A name is empty, too long, or holds control characters.
    #[error("{0} is empty, longer than {limit} bytes, or holds control characters", limit = super::tables::MAX_NAME)]
    BadName(&'static str),
    /// Something that is said to stand in another module names this one.
    #[error("taken from another module, but names this one")]
    OwnModule,
    /// A module with the name of the prelude, which no module declares.
    #[error("`lumen:prelude` is no name for a module")]
    NamedAsPrelude,
    /// A list that must ascend does not.
    #[error("{0} are not sorted or hold one twice")]
    NotSorted(&'static str),
    /// A NaN constant with other bits than the canonical ones.
    #[error("a NaN that is not the canonical one")]
    NanNotCanonical,
    /// More parameters than 255, or more registers than 256.
    #[error("has {found} {what}, of at most {limit}")]
    TooMany {
        /// What is counted.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Fewer registers than parameters.
    #[error("has {registers} registers for {parameters} parameters")]
    TooFewRegisters {
        /// Registers of the cell.
        registers: u16,
        /// Its parameters.
        parameters: usize,
    },
    /// A type argument that is not of the class of its parameter.
    #[error("{found} stands where a type of class {class} must")]
    ClassOfArgument {
        /// The argument.
        found: String,
        /// The class.
        class: &'static str,
    },
    /// A type variable is used as if its parameter were of a class.
    #[error("type parameter ${position} is used as one of class {class}, which it is not")]
    ClassOfParameter {
        /// The parameter.
        position: u8,
        /// The class.
        class: &'static str,
    },
    /// An instance of what is not generic.
    #[error("its cell is not generic")]
    NotGeneric,
    /// An argument of an instance that is one itself, and does not stand before it.
    #[error("refers to instance {index}, which does not stand before it")]
    LaterInstance {
        /// Index of the other.
        index: usize,
    },
    /// A cell that is given for a method with another signature.
    #[error("method {method} has another signature")]
    MethodSignature {
        /// Position of the method.
        method: u32,
    },
    /// A generic cell where one must stand that can be called as it is.
    #[error("cell {0} is generic: only an instance of it can be called")]
    NoInstance(String),
    /// A generator whose value is of another type.
    #[error("is a generator, but its value is none")]
    NoGenerator,
    /// A constant that takes something, has effects or is a generator.
    #[error("is a constant, but has parameters, effects or a generator's code")]
    NoConstant,
    /// A grant is not canonical JSON.
    #[error("grant `{0}` is not canonical JSON")]
    GrantNotCanonical(String),

    // Control.
    /// Words that are no instruction.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A jump into the middle of an instruction or out of the cell.
    #[error("jumps to word {target}, where no instruction starts")]
    JumpTarget {
        /// The target.
        target: i64,
    },
    /// Control may pass the end of the code.
    #[error("control runs past the end of the cell")]
    RunsOffTheEnd,
    /// A handler whose range is empty, leaves the code or begins or ends within an instruction.
    #[error("handler {handler} covers words {start} to {end}, which is no stretch of whole instructions")]
    HandlerRange {
        /// Index of the handler.
        handler: usize,
        /// First word that it covers.
        start: u32,
        /// One past the last.
        end: u32,
    },
    /// A handler whose target is no instruction, or one that it covers.
    #[error("handler {handler} leads to word {target}, which is no instruction outside its range")]
    HandlerTarget {
        /// Index of the handler.
        handler: usize,
        /// The target.
        target: u32,
    },
    /// Handlers whose ranges overlap, but do not nest, or stand in the wrong order.
    #[error("handler {handler} overlaps an earlier one without lying around it")]
    HandlerOrder {
        /// Index of the handler.
        handler: usize,
    },
    /// Control reaches an instruction both with a failure pending and without one.
    #[error("word {target} is reached both after a failure and without one")]
    HandlerEntry {
        /// The instruction.
        target: usize,
    },
    /// An instruction that demands a failure in the making where there is none, or the reverse.
    #[error("{0}")]
    HandlerState(&'static str),
    /// Too many blocks and registers, or types that take too long to settle.
    #[error("too complex to verify; split it")]
    TooComplex,

    // Operands.
    /// A register that the cell does not have.
    #[error("register r{register} is outside the cell's {registers}")]
    RegisterOutOfRange {
        /// The register.
        register: u8,
        /// Registers of the cell.
        registers: u16,
    },
    /// A register without a value, or with values of different types on different paths.
    #[error("register r{register} has no value of one type here")]
    Unset {
        /// The register.
        register: u8,
    },
    /// A value of another type than the instruction takes.
    #[error("r{register} is of type {found}, not {expected}")]
    Operand {
        /// The register.
        register: u8,
        /// The type it should have, or a description of those.
        expected: String,
        /// The type it has.
        found: String,
    },
    /// Two operands of different types.
    #[error("r{left} is of type {left_type}, but r{right} of type {right_type}")]
    DifferentTypes {
        /// First register.
        left: u8,
        /// Its type.
        left_type: String,
        /// Second register.
        right: u8,
        /// Its type.
        right_type: String,
    },
    /// A type of another form than the instruction takes.
    #[error("{found} is not {expected}")]
    TypeOperand {
        /// Description of what it takes.
        expected: String,
        /// The type it is given.
        found: String,
    },
    /// A wrong number of arguments, variants or steps.
    #[error("has {found} {what}, not {expected}")]
    Count {
        /// What is counted.
        what: &'static str,
        /// How many it should have.
        expected: usize,
        /// How many it has.
        found: usize,
    },
    /// An odd number of arguments where keys and values take turns.
    #[error("has {0} arguments, but keys and values come in pairs")]
    OddCount(usize),
    /// An immediate out of its range.
    #[error("its immediate is {found}, not {expected}")]
    Immediate {
        /// Its range.
        expected: &'static str,
        /// The immediate.
        found: u8,
    },
    /// The instruction yields or takes a type that the type table does not hold.
    #[error("the type table lacks {0}")]
    MissingType(String),
    /// A constrained record of another module is built or changed.
    #[error("record {0} of another module is constrained: only its module builds or changes it")]
    Constrained(String),
    /// The layout of a nominal is needed, but not given.
    #[error("the layout of {0} is not given")]
    Opaque(String),
    /// An intrinsic whose declared value type does not follow from its signature.
    #[error("yields {expected} for these arguments, not {found}")]
    IntrinsicResult {
        /// The type by its signature.
        expected: String,
        /// The type that it declares.
        found: String,
    },
    /// A `yield` outside of a generator.
    #[error("the cell is no generator")]
    NotAGenerator,
    /// A policy of another tool.
    #[error("policy {policy} is one of tool {tool}")]
    OtherTool {
        /// The policy.
        policy: u32,
        /// The tool it belongs to.
        tool: u32,
    },
}

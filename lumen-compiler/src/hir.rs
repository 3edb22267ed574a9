//! The typed tree: what the checker makes of a faultless module and lowering turns into LIR.
//!
//! Every name is resolved, every expression typed, every conversion written out, and sugar is gone: named and defaulted
//! arguments, uniform calls, pipes, `when`, `?.`, string interpolation and compound constants. No error form exists:
//! a module with errors is not lowered. Arenas and ids are those of [`crate::syntax::ast`].

mod pattern;
mod rewrite;
mod types;

pub use pattern::{Arm, Pattern, PatternKind};
pub(crate) use rewrite::Rewrite;
pub use types::{Nominal, NominalId, Shape, Ty, Type, Types};

use crate::diagnostic::Span;
use crate::syntax::ast::{Arena, Id};
use lumen_vm::lir::{CellKind, Intrinsic, ModuleId, TypeParameter};

/// An expression.
pub type ExprId = Id<Expr>;
/// A pattern.
pub type PatternId = Id<Pattern>;
/// A local of the cell.
pub type LocalId = Id<Local>;

/// A checked module without errors.
#[derive(Clone, Debug)]
pub struct Module {
    /// Logical name.
    pub id: ModuleId,
    /// Type table: equal types have equal ids; entries refer to earlier ones only.
    pub types: Types,
    /// Records and enums of this module and those it touches of others.
    pub nominals: Vec<Nominal>,
    /// Cells of this module, declared and generated, in source order (generated ones right after what they belong to).
    pub cells: Vec<Cell>,
    /// Cells of other modules that are called.
    pub imported_cells: Vec<ImportedCell>,
    /// Generic cells with the arguments they are called with; no duplicates.
    pub instances: Vec<Instance>,
}

/// A generic cell with its arguments, in terms of the cell that uses the instance.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Instance {
    /// The generic cell, of this module or another.
    pub cell: Callee,
    /// One type for each of its type parameters.
    pub types: Vec<Ty>,
    /// One cell for each of its methods.
    pub methods: Vec<Callee>,
}

/// What a cell is generic in.
#[derive(Clone, Debug, Default)]
pub struct Generics {
    /// Its type parameters; types in the cell mention them as [`Type::Variable`].
    pub parameters: Vec<TypeParameter>,
    /// Methods of the bounds, called as [`Callee::Method`].
    pub methods: Vec<Method>,
}

/// A method of a bound of a type parameter: a cell that whoever calls the generic cell supplies.
#[derive(Clone, Debug)]
pub struct Method {
    /// `Trait.method`.
    pub name: String,
    /// Types of its parameters.
    pub parameters: Vec<Ty>,
    /// Type of its value.
    pub result: Ty,
}

/// A cell to be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Callee {
    /// Index into [`Module::cells`].
    Here(u32),
    /// Index into [`Module::imported_cells`].
    Imported(u32),
    /// Index into [`Module::instances`].
    Instance(u32),
    /// Index into the [`Generics::methods`] of the cell at hand.
    Method(u32),
}

/// A cell of another module, declared or generated (`f.default.x`, `R.new`, a constant).
#[derive(Clone, Debug)]
pub struct ImportedCell {
    /// The module.
    pub module: ModuleId,
    /// Its name there.
    pub name: String,
    /// What it is generic in.
    pub generics: Generics,
    /// Types of its parameters.
    pub parameters: Vec<Ty>,
    /// Type of its value.
    pub result: Ty,
    /// Effect row, sorted.
    pub effects: Vec<String>,
}

/// A cell.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Name, unique in the module.
    pub name: String,
    /// What it was generated from.
    pub kind: CellKind,
    /// `pub`.
    pub public: bool,
    /// Whether it yields: a call makes a generator, whose type `result` is.
    pub generator: bool,
    /// What it is generic in.
    pub generics: Generics,
    /// Parameters, in order; their names are those of the locals.
    pub parameters: Vec<LocalId>,
    /// Type of its value; `Null` for a cell that never returns.
    pub result: Ty,
    /// Effect row, sorted.
    pub effects: Vec<String>,
    /// All locals.
    pub locals: Arena<Local>,
    /// All expressions.
    pub exprs: Arena<Expr>,
    /// All patterns.
    pub patterns: Arena<Pattern>,
    /// What it computes.
    pub body: Body,
    /// Where its name stands.
    pub declaration: Span,
}

/// What a cell computes.
#[derive(Clone, Debug)]
pub enum Body {
    /// The value of an expression of the result type (or `Never`).
    Expr(ExprId),
    /// A checked construction: parameters are the fields; constraints are evaluated in field order, each seeing all
    /// parameters. If all hold the cell yields the record; at the first that does not it fails with what `check` tells.
    Constructor {
        /// The record.
        record: NominalId,
        /// The constraints.
        constraints: Vec<Constraint>,
        /// The cell `R.check`, which is called with the fields.
        check: Callee,
        /// `ValidationError`.
        failure: Ty,
    },
    /// What a construction with these fields would fail with: all constraints are evaluated, in field order; the cell
    /// yields those that do not hold, a `list[FieldError]`.
    Check {
        /// The record.
        record: NominalId,
        /// The constraints.
        constraints: Vec<Constraint>,
    },
}

/// A `where` of a field.
#[derive(Clone, Debug)]
pub struct Constraint {
    /// Position of the field.
    pub field: u32,
    /// The condition, a Bool.
    pub condition: ExprId,
    /// The condition as written.
    pub text: String,
}

/// A local variable. Shadowing has been resolved: each has its own number.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name in source, or what it holds for generated ones.
    pub name: String,
    /// Its type.
    pub ty: Ty,
    /// `let mut`.
    pub mutable: bool,
    /// Where it is declared.
    pub span: Span,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Which.
    pub kind: ExprKind,
    /// Its type.
    pub ty: Ty,
    /// Where it stands: what a runtime error in it points at.
    pub span: Span,
}

/// A loop within its cell; breaks and continues name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LoopId(pub u32);

/// The expressions. Operands are evaluated in the order they are listed, each once.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// A Bool.
    Bool(bool),
    /// An Int.
    Int(i64),
    /// A Float.
    Float(f64),
    /// A String without interpolation.
    String(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// The value of a local.
    Local(LocalId),
    /// A call. `written` are evaluated in order, each for the parameter position it names; then `defaults`, ascending
    /// by position, each a cell called with the values of all parameters before it.
    Call {
        /// What is called.
        callee: Callee,
        /// Arguments as written: position and value.
        written: Vec<(u32, ExprId)>,
        /// Generated cells for the others: position and cell.
        defaults: Vec<(u32, Callee)>,
    },
    /// A record; as a call of `constructor` if there is one, else built directly. `base` (evaluated first) supplies the
    /// fields that neither `written` nor `defaults` name.
    Construct {
        /// The record.
        record: NominalId,
        /// `R.new`, for a constrained record.
        constructor: Option<Callee>,
        /// `...base`.
        base: Option<ExprId>,
        /// Fields as written: position and value.
        written: Vec<(u32, ExprId)>,
        /// Generated cells for the others: position and cell, called with the values of all fields before it.
        defaults: Vec<(u32, Callee)>,
    },
    /// A function of the expression's type: the callee with its last parameters bound to the values captured.
    Closure {
        /// A cell whose first parameters are the function's.
        callee: Callee,
        /// The rest.
        captured: Vec<ExprId>,
    },
    /// A call of a function value, which is evaluated first.
    CallValue {
        /// The function.
        function: ExprId,
        /// All arguments.
        arguments: Vec<ExprId>,
    },
    /// A String, Bytes or Json decoded as a type; of type `result[T, ValidationError]`.
    Schema(ExprId, Ty),
    /// The `ok` payload of a `result[T, ValidationError]`, or a failure with what is wrong.
    Validated(ExprId),
    /// `yield e`, in a generator; null.
    Yield(ExprId),
    /// A variant of the enum or result that is the expression's type.
    Variant {
        /// Position of the variant.
        variant: u32,
        /// Its payload.
        payload: Vec<ExprId>,
    },
    /// A builtin, all arguments given.
    Intrinsic {
        /// Which overload.
        intrinsic: Intrinsic,
        /// Arguments.
        arguments: Vec<ExprId>,
    },
    /// A value of a member type (or a narrower union) as the expression's union type.
    Widen(ExprId),
    /// A dynamic value as the expression's type, known to be that by flow typing.
    Narrow(ExprId),
    /// `e as T`: like `Narrow`, and a runtime error if it is not.
    Cast(ExprId),
    /// `e is T`: whether a dynamic value is of the type.
    IsType(ExprId, Ty),
    /// `e is Variant`: whether an enum or result is of the variant.
    IsVariant(ExprId, u32),
    /// Arithmetic or bits on two operands of one type (Int or Float).
    Arithmetic(ArithmeticOp, ExprId, ExprId),
    /// `-e`, on Int or Float.
    Negate(ExprId),
    /// `not e`.
    Not(ExprId),
    /// Comparison of two operands of one type.
    Compare(CompareOp, ExprId, ExprId),
    /// `a and b`.
    And(ExprId, ExprId),
    /// `a or b`.
    Or(ExprId, ExprId),
    /// Operands of one type joined: Strings, Bytes or lists.
    Concat(Vec<ExprId>),
    /// A list.
    List(Vec<Element>),
    /// A set.
    Set(Vec<Element>),
    /// A map.
    Map(Vec<MapEntry>),
    /// A tuple.
    Tuple(Vec<ExprId>),
    /// Element of a record or tuple.
    Field(ExprId, u32),
    /// `object[index]`: list, map, String or Bytes.
    Index(ExprId, ExprId),
    /// `a ?? b`: `a` unless it is null, then `b`; the expression's type is that of both joined.
    Coalesce(ExprId, ExprId),
    /// `e?`: the `ok` payload, or leave the cell with the err, as the cell's result type.
    Try(ExprId),
    /// `e!` on an optional: the value (as `Narrow`), or a runtime error.
    UnwrapOptional(ExprId),
    /// `e!` on a result: the `ok` payload, or halt showing the err.
    UnwrapResult(ExprId),
    /// `x?.f`, `x?[i]`, `x?.m()`: null if `operand` is null, else `local` is it, narrowed, in `then`.
    NullSafe {
        /// The operand.
        operand: ExprId,
        /// What holds it in `then`.
        local: LocalId,
        /// The rest of the chain.
        then: ExprId,
    },
    /// Statements and a value: the last expression's, or null if there is none. The type is `Never` if control does not
    /// reach the end.
    Block {
        /// In order.
        statements: Vec<Statement>,
        /// The value.
        value: Option<ExprId>,
    },
    /// Both branches are of the expression's type or `Never`; without `otherwise` the value is null.
    If {
        /// The condition.
        condition: ExprId,
        /// If it holds.
        then: ExprId,
        /// If not.
        otherwise: Option<ExprId>,
    },
    /// Exhaustive; arms in order, bodies of the expression's type or `Never`.
    Match {
        /// What is matched.
        scrutinee: ExprId,
        /// The arms.
        arms: Vec<Arm>,
    },
    /// `loop`: its value is that of `break`.
    Loop {
        /// Which.
        id: LoopId,
        /// The body; its value is dropped.
        body: ExprId,
    },
    /// Leaves the cell.
    Return(Option<ExprId>),
    /// Leaves a loop, with a value if it is a `loop` that has one.
    Break(LoopId, Option<ExprId>),
    /// Goes on with the next round.
    Continue(LoopId),
    /// `halt(message)`, a String.
    Halt(ExprId),
}

/// A statement.
#[derive(Clone, Debug)]
pub enum Statement {
    /// For its effect.
    Expr(ExprId),
    /// `defer`: runs when the block that holds it is left, whatever way; the last of several first.
    Defer(ExprId),
    /// Binds; the pattern cannot fail.
    Let {
        /// What it binds.
        pattern: PatternId,
        /// The value.
        value: ExprId,
    },
    /// `root.steps = value`. Steps' indexes are evaluated first, then the value; then the place is updated. With an
    /// operator the place is read after its indexes, before the value.
    Assign {
        /// The variable, mutable.
        root: LocalId,
        /// The way into it.
        steps: Vec<Step>,
        /// `op=`: how old and new combine (`++=`-like joins are [`AssignOp::Concat`]).
        operator: Option<AssignOp>,
        /// The value.
        value: ExprId,
        /// Where the whole statement stands.
        span: Span,
    },
    /// `while`.
    While {
        /// Which.
        id: LoopId,
        /// The condition.
        condition: ExprId,
        /// The body.
        body: ExprId,
    },
    /// `for`.
    For {
        /// Which.
        id: LoopId,
        /// What it runs over.
        iterable: Iterable,
        /// What each element is bound to; it cannot fail.
        pattern: PatternId,
        /// Elements for which it is false are passed over.
        filter: Option<ExprId>,
        /// The body.
        body: ExprId,
    },
}

/// A step of an assigned place.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Field of a record, or tuple position. `constructor` is `R.new` of a constrained record, whose constraints are
    /// checked again on the updated value; positions and types come from the nominal.
    Field {
        /// The position.
        position: u32,
        /// `R.new`, for a constrained record.
        constructor: Option<Callee>,
    },
    /// Element of a list, or entry of a map (inserted if absent and last).
    Index(ExprId),
}

/// What a compound assignment does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssignOp {
    /// Arithmetic or bits.
    Arithmetic(ArithmeticOp),
    /// `+=` on Strings.
    Concat,
}

/// What a `for` runs over.
#[derive(Clone, Copy, Debug)]
pub enum Iterable {
    /// `from..to`, never materialised.
    Range {
        /// First.
        from: ExprId,
        /// Last or one past it.
        to: ExprId,
        /// `..=`.
        inclusive: bool,
    },
    /// Elements of a list.
    List(ExprId),
    /// `(key, value)` tuples of a map, by ascending key.
    Map(ExprId),
    /// Elements of a set, in order.
    Set(ExprId),
    /// Characters of a String.
    String(ExprId),
    /// What a generator yields. Leaving the loop ends the generator, with its defers.
    Generator(ExprId),
}

/// An element of a list or set.
#[derive(Clone, Copy, Debug)]
pub enum Element {
    /// A value.
    Item(ExprId),
    /// All elements of a list or set.
    Spread(ExprId),
}

/// An entry of a map.
#[derive(Clone, Copy, Debug)]
pub enum MapEntry {
    /// Key and value.
    Item(ExprId, ExprId),
    /// All entries of a map.
    Spread(ExprId),
}

/// Operators on Ints and Floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ArithmeticOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Remainder,
    Power,
    BitAnd,
    BitOr,
    BitXor,
    ShiftLeft,
    ShiftRight,
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum CompareOp {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

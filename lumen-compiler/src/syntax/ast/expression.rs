//! Expressions and their parts.

use super::{Block, ExprId, Ident, PatternId, TypeExprId};
use crate::diagnostic::Span;
use crate::syntax::name::Name;

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Which.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

impl Expr {
    /// Whether it is written as a function: a lambda or a composition.
    pub fn is_function(&self) -> bool {
        matches!(self.kind, ExprKind::Lambda { .. } | ExprKind::Compose { .. })
    }
}

/// The expressions.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// `42`; a prefix minus before the digits of -2^63 is part of the literal.
    Int(i64),
    /// `1.5`.
    Float(f64),
    /// A string: literal parts and interpolations in turn. One literal part if there is no interpolation.
    String(Vec<StringPart>),
    /// `b"00ff"`.
    Bytes(Vec<u8>),
    /// A name.
    Name(Name),
    /// `[a, ...b]`.
    List(Vec<Element>),
    /// `{a, ...b}`.
    Set(Vec<Element>),
    /// `{k: v, ...m}`; `{}` is an empty one, `{...a}` alone is [`ExprKind::Spread`].
    Map(Vec<MapEntry>),
    /// `{...a}`: whatever `a` is.
    Spread(ExprId),
    /// `(a, b)`.
    Tuple(Vec<ExprId>),
    /// `[e for x in xs if c]`, `{e for ...}`, `{k: v for ...}`.
    Comprehension {
        /// List, set or map.
        kind: ComprehensionKind,
        /// The element, or the key.
        element: ExprId,
        /// The value of a map entry.
        value: Option<ExprId>,
        /// `for pattern in iterable if filter`, one or more.
        clauses: Vec<ForClause>,
    },
    /// `callee(arguments)`; method calls have a [`ExprKind::Field`] callee, records and variants a name.
    Call {
        /// What is called.
        callee: ExprId,
        /// With what.
        arguments: Vec<Argument>,
    },
    /// `x.field`, `module.name`, `Enum.Variant`; `safe` for `?.`.
    Field {
        /// Of what.
        object: ExprId,
        /// Which.
        field: Ident,
        /// `?.`.
        safe: bool,
    },
    /// `t.0`.
    TupleField {
        /// Of what.
        object: ExprId,
        /// Which, from 0.
        position: u32,
        /// Where the digits stand.
        position_span: Span,
        /// `?.`.
        safe: bool,
    },
    /// `x[i]`, `x[a..b]` (the index is then a range); `safe` for `?[`.
    Index {
        /// Of what.
        object: ExprId,
        /// Where.
        index: ExprId,
        /// `?[`.
        safe: bool,
    },
    /// `a op b`, but for the forms below.
    Binary {
        /// Which.
        operator: BinaryOp,
        /// Where the operator stands.
        operator_span: Span,
        /// Left operand.
        left: ExprId,
        /// Right operand.
        right: ExprId,
    },
    /// `-a`, `~a`, `not a`, `await a`.
    Unary {
        /// Which.
        operator: UnaryOp,
        /// Operand.
        operand: ExprId,
    },
    /// `a..b`, `a..=b`.
    Range {
        /// First.
        from: ExprId,
        /// Last or one past it.
        to: ExprId,
        /// `..=`.
        inclusive: bool,
    },
    /// `a |> f(b)`: the right side as written.
    Pipe {
        /// What flows.
        value: ExprId,
        /// Into what.
        target: ExprId,
    },
    /// `f ~> g`.
    Compose {
        /// First.
        first: ExprId,
        /// Then.
        second: ExprId,
    },
    /// `e?`.
    Try(ExprId),
    /// `e!`.
    Unwrap(ExprId),
    /// `e is T`.
    Is {
        /// Operand.
        operand: ExprId,
        /// Type or variant.
        ty: TypeExprId,
    },
    /// `e as T`.
    As {
        /// Operand.
        operand: ExprId,
        /// Type.
        ty: TypeExprId,
    },
    /// `e expect schema T`.
    ExpectSchema {
        /// Operand.
        operand: ExprId,
        /// Type.
        ty: TypeExprId,
    },
    /// `schema T` as an argument of `validate`.
    SchemaArgument(TypeExprId),
    /// `if c ... else ... end`, `if c then a else b`.
    If {
        /// The condition.
        condition: ExprId,
        /// If it holds.
        then: Block,
        /// If not; `else if` is a block of one expression.
        otherwise: Option<Block>,
    },
    /// `match e ... end`.
    Match {
        /// What is matched.
        scrutinee: ExprId,
        /// Arms in order.
        arms: Vec<MatchArm>,
    },
    /// `when ... end`.
    When {
        /// Conditions and bodies in order.
        arms: Vec<WhenArm>,
        /// The body of `_ ->`.
        otherwise: Option<Block>,
    },
    /// `loop ... end`.
    Loop {
        /// `@label`.
        label: Option<Ident>,
        /// The body.
        body: Block,
    },
    /// `do ... end`.
    Do(Block),
    /// `fn(x) => e`, `fn(x: T) -> R ... end`.
    Lambda {
        /// Parameters: patterns with types perhaps.
        parameters: Vec<LambdaParameter>,
        /// `-> R`.
        result: Option<TypeExprId>,
        /// The body.
        body: Block,
    },
    /// `role name: text`.
    Role {
        /// `system`, `user` ...
        role: Ident,
        /// Its text.
        text: Vec<StringPart>,
    },
    /// `return value`.
    Return(Option<ExprId>),
    /// `break @label value`.
    Break {
        /// `@label`.
        label: Option<Ident>,
        /// The value.
        value: Option<ExprId>,
    },
    /// `continue @label`.
    Continue {
        /// `@label`.
        label: Option<Ident>,
    },
    /// `halt(message)`.
    Halt(ExprId),
    /// `(e)`: kept, since it may not be needed for anything but `-a ** b`.
    Parenthesized(ExprId),
    /// Not readable, reported.
    Error,
}

/// A part of a string.
#[derive(Clone, Debug)]
pub enum StringPart {
    /// Text, escapes resolved.
    Text(String),
    /// `{expr}` or `{expr:spec}`.
    Interpolation {
        /// The expression.
        value: ExprId,
        /// The format spec and where it stands.
        spec: Option<(String, Span)>,
    },
}

/// An element of a list or set literal.
#[derive(Clone, Copy, Debug)]
pub enum Element {
    /// A value.
    Item(ExprId),
    /// `...values`.
    Spread(ExprId),
}

/// An entry of a map literal.
#[derive(Clone, Copy, Debug)]
pub enum MapEntry {
    /// `key: value`.
    Item(ExprId, ExprId),
    /// `...map`.
    Spread(ExprId),
}

/// What a comprehension builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComprehensionKind {
    /// `[...]`.
    List,
    /// `{e for ...}`.
    Set,
    /// `{k: v for ...}`.
    Map,
}

/// `for pattern in iterable if filter` of a comprehension.
#[derive(Clone, Debug)]
pub struct ForClause {
    /// What it binds.
    pub pattern: PatternId,
    /// Over what.
    pub iterable: ExprId,
    /// `if` filter.
    pub filter: Option<ExprId>,
}

/// An argument of a call.
#[derive(Clone, Copy, Debug)]
pub enum Argument {
    /// `value`.
    Positional(ExprId),
    /// `name: value`.
    Named(Ident, ExprId),
    /// `...base`, of a record update.
    Spread(ExprId),
}

/// An arm of a `match`.
#[derive(Clone, Debug)]
pub struct MatchArm {
    /// The pattern.
    pub pattern: PatternId,
    /// `if` guard.
    pub guard: Option<ExprId>,
    /// The body.
    pub body: Block,
    /// From the pattern to the end of the body.
    pub span: Span,
}

/// An arm of a `when`.
#[derive(Clone, Debug)]
pub struct WhenArm {
    /// The condition.
    pub condition: ExprId,
    /// The body.
    pub body: Block,
    /// From the condition to the end of the body.
    pub span: Span,
}

/// A parameter of a lambda.
#[derive(Clone, Debug)]
pub struct LambdaParameter {
    /// What it binds.
    pub pattern: PatternId,
    /// Its type.
    pub ty: Option<TypeExprId>,
}

/// Operators between two operands. `and`, `or`, `??` evaluate the right one only if needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Remainder,
    Power,
    ShiftLeft,
    ShiftRight,
    /// `++`.
    Concat,
    BitAnd,
    BitXor,
    BitOr,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    /// `in`.
    In,
    And,
    Or,
    /// `??`.
    Coalesce,
}

/// Operators before an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-`.
    Negate,
    /// `~`.
    BitNot,
    /// `not`.
    Not,
    /// `await`.
    Await,
}

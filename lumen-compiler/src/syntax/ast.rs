//! The syntax tree of a module: flat arenas, indexed by small numbers, so that building, walking and dropping it
//! neither chases pointers nor recurses over the depth of a document.
//!
//! The parser records what stands there, with spans; it resolves nothing. What it could not read is an
//! [`ExprKind::Error`] (or its like), already reported, and of any type for the checker.

use super::name::{Name, Names};
use crate::diagnostic::Span;
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// Index of a `T` in its arena.
pub struct Id<T>(u32, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// Position in the arena, for tables that run beside it.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> std::hash::Hash for Id<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> std::fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// A growing table of `T`.
#[derive(Clone, Debug)]
pub struct Arena<T>(Vec<T>);

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Arena(Vec::new())
    }
}

impl<T> Arena<T> {
    /// Adds an entry.
    pub fn push(&mut self, value: T) -> Id<T> {
        let id = Id(
            u32::try_from(self.0.len()).expect("a document has fewer than 2^32 nodes"),
            PhantomData,
        );
        self.0.push(value);
        id
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Drops all entries from position `length` on: a parser that reads a stretch again forgets its first attempt.
    pub(super) fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }

    /// Ids of all entries, in order.
    pub fn ids(&self) -> impl Iterator<Item = Id<T>> + use<T> {
        (0..self.0.len() as u32).map(|index| Id(index, PhantomData))
    }

    /// Entries with their ids, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Id<T>, &T)> {
        self.0
            .iter()
            .enumerate()
            .map(|(index, value)| (Id(index as u32, PhantomData), value))
    }
}

impl<T> Index<Id<T>> for Arena<T> {
    type Output = T;
    fn index(&self, id: Id<T>) -> &T {
        &self.0[id.0 as usize]
    }
}

impl<T> IndexMut<Id<T>> for Arena<T> {
    fn index_mut(&mut self, id: Id<T>) -> &mut T {
        &mut self.0[id.0 as usize]
    }
}

/// An expression.
pub type ExprId = Id<Expr>;
/// A type as written.
pub type TypeExprId = Id<TypeExpr>;
/// A pattern.
pub type PatternId = Id<Pattern>;
/// A statement.
pub type StatementId = Id<Statement>;

/// A module: all code fences of a document, in order (or one snippet fence).
#[derive(Clone, Debug, Default)]
pub struct Ast {
    /// Names and texts.
    pub names: Names,
    /// Directives inside fences (those of the prose are the document's).
    pub directives: Vec<Directive>,
    /// Imports in source order.
    pub imports: Vec<Import>,
    /// For a snippet: the imports of the document around it, below everything of its own. Their spans are the document's,
    /// so nothing is ever reported at them.
    pub inherited: Vec<Import>,
    /// Declarations in source order.
    pub items: Vec<Item>,
    /// Statements at the top level: legal in `test`, `no_run` and `error` snippets only.
    pub statements: Vec<StatementId>,
    /// All expressions.
    pub exprs: Arena<Expr>,
    /// All types.
    pub types: Arena<TypeExpr>,
    /// All patterns.
    pub patterns: Arena<Pattern>,
    /// All statements.
    pub all_statements: Arena<Statement>,
}

/// A name where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ident {
    /// The name.
    pub name: Name,
    /// Where.
    pub span: Span,
}

/// `@name value`.
#[derive(Clone, Debug)]
pub struct Directive {
    /// Its name, without the `@`.
    pub name: Ident,
    /// The rest of the line, trimmed.
    pub value: String,
    /// The whole line.
    pub span: Span,
}

/// `import path: names`, `import path`, `import path: *`.
#[derive(Clone, Debug)]
pub struct Import {
    /// `@scope/name`, if it names a package (`std` stands for `@lumen/std`).
    pub package: Option<Ident>,
    /// Dotted path within the package; empty for the package's root module.
    pub path: Vec<Ident>,
    /// What it brings into scope.
    pub names: ImportNames,
    /// The whole line.
    pub span: Span,
    /// Package and path alone, for errors about the module.
    pub module_span: Span,
}

impl Import {
    /// The same import with its names numbered by another interner: `rename` maps one to the other.
    #[must_use]
    pub fn renamed(&self, mut rename: impl FnMut(Name) -> Name) -> Import {
        let mut ident = |ident: Ident| Ident {
            name: rename(ident.name),
            span: ident.span,
        };
        Import {
            package: self.package.map(&mut ident),
            path: self.path.iter().copied().map(&mut ident).collect(),
            names: match &self.names {
                ImportNames::Some(names) => ImportNames::Some(
                    names
                        .iter()
                        .map(|imported| ImportedName {
                            name: ident(imported.name),
                            alias: imported.alias.map(&mut ident),
                        })
                        .collect(),
                ),
                other => other.clone(),
            },
            ..*self
        }
    }
}

/// What an import brings into scope.
#[derive(Clone, Debug)]
pub enum ImportNames {
    /// The module under its last path segment (for a package root, the package's name).
    Module,
    /// Everything visible.
    All(Span),
    /// These, each perhaps under another name.
    Some(Vec<ImportedName>),
}

/// `name` or `name as alias`.
#[derive(Clone, Copy, Debug)]
pub struct ImportedName {
    /// Its name in the other module.
    pub name: Ident,
    /// Its name here, if another.
    pub alias: Option<Ident>,
}

/// A declaration with what stands before it.
#[derive(Clone, Debug)]
pub struct Item {
    /// `@test`, `@deprecated("why")` ...
    pub attributes: Vec<Attribute>,
    /// `pub`.
    pub public: bool,
    /// The declaration.
    pub kind: ItemKind,
    /// From the first modifier to the last word.
    pub span: Span,
}

/// `@name` or `@name(arguments)` above a declaration.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its name, without the `@`.
    pub name: Ident,
    /// Its arguments.
    pub arguments: Vec<ExprId>,
    /// The whole.
    pub span: Span,
}

/// The declarations.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// `cell`.
    Cell(Cell),
    /// `record`.
    Record(Record),
    /// `enum`.
    Enum(Enum),
    /// `type Name[T] = T`.
    Alias {
        /// Its name.
        name: Ident,
        /// Type parameters.
        generics: Vec<Generic>,
        /// What it stands for.
        ty: TypeExprId,
    },
    /// `const NAME: T = expr`.
    Const {
        /// Its name.
        name: Ident,
        /// Its type.
        ty: Option<TypeExprId>,
        /// Its value.
        value: ExprId,
    },
    /// `trait`.
    Trait {
        /// Its name.
        name: Ident,
        /// Type parameters.
        generics: Vec<Generic>,
        /// Signatures; their bodies are empty.
        cells: Vec<Cell>,
    },
    /// `impl Trait for Type`.
    Impl {
        /// The trait.
        trait_name: TypeExprId,
        /// The type.
        target: TypeExprId,
        /// Methods.
        cells: Vec<Cell>,
    },
    /// A kind that the language reserves and this version does not build (`use tool`, `grant`, `effect`, `handler`,
    /// `agent`, `memory`, `machine`, `pipeline`, `orchestration`, `macro`, ...): read to its end, and E0060.
    Reserved {
        /// What it is called, `use tool`.
        what: String,
        /// The name it declares, if any, so that uses of it are not errors of their own.
        name: Option<Ident>,
    },
}

/// `[T: Bound + Bound]`.
#[derive(Clone, Debug)]
pub struct Generic {
    /// The parameter.
    pub name: Ident,
    /// Its bounds.
    pub bounds: Vec<TypeExprId>,
}

/// A cell.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Its name.
    pub name: Ident,
    /// `async`.
    pub is_async: bool,
    /// `extern`: no body.
    pub is_extern: bool,
    /// Type parameters.
    pub generics: Vec<Generic>,
    /// Parameters.
    pub parameters: Vec<Parameter>,
    /// `-> R`.
    pub result: Option<TypeExprId>,
    /// `-> yield T`.
    pub yields: bool,
    /// `/ {a, b}`.
    pub effects: Option<Vec<Ident>>,
    /// The body.
    pub body: Block,
    /// `cell name(...) -> R`, for errors about the signature.
    pub signature_span: Span,
}

/// A parameter of a cell.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Ident,
    /// Its type; missing only after a reported error, and in lambdas.
    pub ty: Option<TypeExprId>,
    /// `= default`.
    pub default: Option<ExprId>,
}

/// A record.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its name.
    pub name: Ident,
    /// Type parameters.
    pub generics: Vec<Generic>,
    /// Fields in order.
    pub fields: Vec<Field>,
}

/// `field: T where condition = default`.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: TypeExprId,
    /// Its constraint.
    pub constraint: Option<ExprId>,
    /// The constraint as written, line breaks and what surrounds them as one space; empty without one.
    pub constraint_text: String,
    /// Its default.
    pub default: Option<ExprId>,
}

/// An enum.
#[derive(Clone, Debug)]
pub struct Enum {
    /// Its name.
    pub name: Ident,
    /// Type parameters.
    pub generics: Vec<Generic>,
    /// Variants in order.
    pub variants: Vec<EnumVariant>,
    /// Methods.
    pub methods: Vec<Cell>,
}

/// `Variant(T, U)`.
#[derive(Clone, Debug)]
pub struct EnumVariant {
    /// Its name.
    pub name: Ident,
    /// Types of its payload.
    pub payload: Vec<TypeExprId>,
}

/// A type as written.
#[derive(Clone, Debug)]
pub struct TypeExpr {
    /// Which.
    pub kind: TypeExprKind,
    /// Where.
    pub span: Span,
}

/// The forms of types.
#[derive(Clone, Debug)]
pub enum TypeExprKind {
    /// `Name`, `module.Name`, with arguments `[A, B]`; builtin ones too (`list[T]`).
    Named {
        /// `module.` before the name.
        module: Option<Ident>,
        /// The name.
        name: Ident,
        /// Arguments.
        arguments: Vec<TypeExprId>,
    },
    /// `T?`.
    Optional(TypeExprId),
    /// `A | B | C`.
    Union(Vec<TypeExprId>),
    /// `(A, B)`.
    Tuple(Vec<TypeExprId>),
    /// `fn(A, B) -> R / {effects}`.
    Function {
        /// Parameters.
        parameters: Vec<TypeExprId>,
        /// Result.
        result: TypeExprId,
        /// Effect row.
        effects: Vec<Ident>,
    },
    /// Not readable, reported.
    Error,
}

/// Statements and, if its last one is an expression, a value.
#[derive(Clone, Debug)]
pub struct Block {
    /// In order. An expression statement in last place is the block's value.
    pub statements: Vec<StatementId>,
    /// From the first statement to the last; empty at the place where they would stand.
    pub span: Span,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Which.
    pub kind: StatementKind,
    /// Where.
    pub span: Span,
}

/// The statements.
#[derive(Clone, Debug)]
pub enum StatementKind {
    /// An expression for its value or effect (`return`, `break`, `halt`, `if`, `match` are expressions too).
    Expr(ExprId),
    /// `let pattern: T = value`, `let mut name: T = value`.
    Let {
        /// `mut`.
        mutable: bool,
        /// What it binds.
        pattern: PatternId,
        /// Its type.
        ty: Option<TypeExprId>,
        /// Its value.
        value: ExprId,
    },
    /// `place = value`, `place op= value`.
    Assign {
        /// The place: a name, field or index expression (anything else is reported by the checker).
        place: ExprId,
        /// The operator of a compound assignment.
        operator: Option<BinaryOp>,
        /// The value.
        value: ExprId,
    },
    /// `while condition ... end`.
    While {
        /// `@label`.
        label: Option<Ident>,
        /// The condition.
        condition: ExprId,
        /// The body.
        body: Block,
    },
    /// `for pattern in iterable if filter ... end`.
    For {
        /// `@label`.
        label: Option<Ident>,
        /// What it binds.
        pattern: PatternId,
        /// Over what.
        iterable: ExprId,
        /// `if` filter.
        filter: Option<ExprId>,
        /// The body.
        body: Block,
    },
    /// `defer ... end`.
    Defer(Block),
    /// `yield value`.
    Yield(ExprId),
    /// `emit value`.
    Emit(ExprId),
    /// Not readable, reported.
    Error,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Which.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
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

/// A pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// Which.
    pub kind: PatternKind,
    /// Where.
    pub span: Span,
}

/// The patterns.
#[derive(Clone, Debug)]
pub enum PatternKind {
    /// `_`, `_: T`.
    Wildcard(Option<TypeExprId>),
    /// `name`, `name: T`: binds if lower-case; an upper-case one is a plain variant, a type or a constant.
    Name(Name, Option<TypeExprId>),
    /// A literal (with its sign): null, Bool, Int, Float, String without interpolation, Bytes.
    Literal(ExprId),
    /// `1..10`, `1..=9`.
    Range {
        /// First, a literal.
        from: ExprId,
        /// Last or one past it, a literal.
        to: ExprId,
        /// `..=`.
        inclusive: bool,
    },
    /// `Variant(p, q)`, `Enum.Variant(p)`, `module.Enum.Variant`, `ok(p)`, `err(p)`: the last name is the variant.
    Variant {
        /// Names, the last one the variant; a single name always has parentheses.
        path: Vec<Ident>,
        /// Payload patterns; `None` without parentheses.
        payload: Option<Vec<PatternId>>,
    },
    /// `Type(field: p, other)`: some part has a colon. If the name turns out to be a variant's, `Variant(n: Int)` was
    /// meant as typed payload patterns: the "pattern" of the field is then the name of the type.
    Record {
        /// Type name, perhaps after a module name.
        path: Vec<Ident>,
        /// Fields; without a pattern the field's name binds.
        fields: Vec<FieldPattern>,
    },
    /// `[a, b, ...rest]`.
    List {
        /// Patterns of the first elements.
        elements: Vec<PatternId>,
        /// `...rest` or `...`: the rest, and the name it binds.
        rest: Option<Option<Ident>>,
    },
    /// `(a, b)`.
    Tuple(Vec<PatternId>),
    /// `p | q`.
    Or(Vec<PatternId>),
    /// `p as name`.
    As(PatternId, Ident),
    /// Not readable, reported.
    Error,
}

/// A field of a record pattern.
#[derive(Clone, Copy, Debug)]
pub struct FieldPattern {
    /// The field.
    pub field: Ident,
    /// Its pattern; none if the name itself binds.
    pub pattern: Option<PatternId>,
}

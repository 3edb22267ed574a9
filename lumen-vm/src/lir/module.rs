//! The data of a LIR module: types, layouts, cells, and the debug section that is stored and hashed apart.
//!
//! A module is self-contained for the verifier: what it takes from other modules it repeats (signatures of cells,
//! layouts of records and enums), and the linker refuses a program in which a repetition differs from the original.

use std::fmt;
use std::sync::Arc;

use super::VariableClass;

/// Logical name of a module, `@acme/money@1.2.0:fx` in a package and `:notes` for a document without one. Never a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleId(Arc<str>);

impl ModuleId {
    /// A module of a package: `package` is `@scope/name`, `path` the dotted module path (`lib` for the root).
    pub fn in_package(package: &str, version: &str, path: &str) -> ModuleId {
        ModuleId(format!("{package}@{version}:{path}").into())
    }

    /// A document that stands alone, named after its file without the extension.
    pub fn document(name: &str) -> ModuleId {
        ModuleId(format!(":{name}").into())
    }

    /// The module whose printed form is `text`; any text is a name.
    pub fn parse(text: &str) -> ModuleId {
        ModuleId(text.into())
    }

    /// The printed form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `@scope/name`, or nothing for a document that stands alone.
    pub fn package(&self) -> Option<&str> {
        let (package, _) = self.0.rsplit_once(':')?;
        let (name, _) = package.rsplit_once('@')?;
        (!name.is_empty()).then_some(name)
    }

    /// The version of its package, or nothing for a document that stands alone.
    pub fn version(&self) -> Option<&str> {
        let (package, _) = self.0.rsplit_once(':')?;
        let (name, version) = package.rsplit_once('@')?;
        (!name.is_empty()).then_some(version)
    }

    /// The dotted path within the package.
    pub fn path(&self) -> &str {
        self.0.rsplit_once(':').map_or(&self.0, |(_, path)| path)
    }
}

impl fmt::Display for ModuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A compiled module without its debug section. Everything that determines behaviour, nothing that does not.
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    /// Logical name.
    pub id: ModuleId,
    /// Constants that cells load; no duplicates.
    pub constants: Vec<Constant>,
    /// Type table; no duplicates, so two types are equal exactly if their indexes are. An entry refers only to
    /// entries before it (recursion goes through [`Module::nominals`]).
    pub types: Vec<Type>,
    /// Records and enums, those declared here and those of other modules that cells touch.
    pub nominals: Vec<Nominal>,
    /// Cells of this module, declared and generated, in source order.
    pub cells: Vec<Cell>,
    /// Cells of other modules that this one calls.
    pub imported_cells: Vec<ImportedCell>,
    /// Generic cells with their arguments, as calls name them; no duplicates. See [`Target`].
    pub instances: Vec<Instance>,
    /// Tools that `tool_call` names.
    pub tools: Vec<Tool>,
    /// Policy table: what each tool was granted.
    pub policies: Vec<Policy>,
}

/// Index into [`Module::types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub u32);

/// Index into [`Module::nominals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NominalId(pub u32);

/// A type. Int, Float, Bool and Null are words by themselves; unions and Json are *dynamic*: a word that describes
/// itself; everything else is a counted reference.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// The type of `null`.
    Null,
    /// `true` and `false`.
    Bool,
    /// Signed 64-bit integer.
    Int,
    /// IEEE 754 binary64; NaN is canonical.
    Float,
    /// UTF-8 text.
    String,
    /// Octets.
    Bytes,
    /// Null, Bool, Int, Float, String, a list of Json or a map from String to Json. Dynamic.
    Json,
    /// `list[T]`.
    List(TypeId),
    /// `map[K, V]`; K is Bool, Int or String.
    Map(TypeId, TypeId),
    /// `set[T]`.
    Set(TypeId),
    /// `(A, B, ...)`, two elements or more.
    Tuple(Vec<TypeId>),
    /// `result[T, E]`: variant 0 is `ok`, 1 is `err`, each with one payload.
    Result(TypeId, TypeId),
    /// `A | B`, flattened, at least two members, ascending by index, none of them a union. Dynamic.
    Union(Vec<TypeId>),
    /// A record or an enum, with an argument for each of its type parameters.
    Nominal(NominalId, Vec<TypeId>),
    /// `fn(A, B) -> R`.
    Function(Vec<TypeId>, TypeId),
    /// `generator[T]`: a suspended run of a cell that yields values of type T.
    Generator(TypeId),
    /// A type parameter, by position, of the cell or nominal in which the entry is used. Opaque: only its class is known.
    Variable(u32),
}

/// A type parameter of a cell or a nominal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TypeParameter {
    /// Its name, for messages.
    pub name: String,
    /// Which types it may stand for.
    pub class: VariableClass,
}

/// What a cell is generic in. An instance supplies all of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Generics {
    /// Its type parameters.
    pub parameters: Vec<TypeParameter>,
    /// Cells that it calls without knowing them: the methods of its bounds.
    pub methods: Vec<Method>,
}

impl Generics {
    /// Whether there is nothing to supply.
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty() && self.methods.is_empty()
    }
}

/// A cell that is a parameter of a generic cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Method {
    /// Its name, for listings.
    pub name: String,
    /// Types of its parameters, in the variables of the generic cell.
    pub parameters: Vec<TypeId>,
    /// Type of its value.
    pub result: TypeId,
}

/// A generic cell with its arguments. These are in terms of the cell that uses the instance: they may mention its type
/// variables and methods.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Instance {
    /// The generic cell: a cell operand that is [`Target::Cell`] or [`Target::Imported`].
    pub cell: u32,
    /// One type for each type parameter.
    pub types: Vec<TypeId>,
    /// One cell operand for each method.
    pub methods: Vec<u32>,
}

/// What a cell operand names. Operands count through the cells of the module, the imported ones, the instances and the
/// methods of the cell that holds the operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Index into [`Module::cells`].
    Cell(usize),
    /// Index into [`Module::imported_cells`].
    Imported(usize),
    /// Index into [`Module::instances`].
    Instance(usize),
    /// Index into the methods of the cell at hand; whether it has so many is for the verifier to see.
    Method(usize),
}

impl Module {
    /// What a cell operand names.
    pub fn target(&self, operand: u32) -> Target {
        let mut index = operand as usize;
        if index < self.cells.len() {
            return Target::Cell(index);
        }
        index -= self.cells.len();
        if index < self.imported_cells.len() {
            return Target::Imported(index);
        }
        index -= self.imported_cells.len();
        if index < self.instances.len() {
            return Target::Instance(index);
        }
        Target::Method(index - self.instances.len())
    }
}

/// A record or an enum.
#[derive(Clone, Debug, PartialEq)]
pub struct Nominal {
    /// Where it is declared.
    pub origin: Origin,
    /// Its name there.
    pub name: String,
    /// Its type parameters, which its layout mentions as [`Type::Variable`].
    pub parameters: Vec<TypeParameter>,
    /// Its shape.
    pub layout: Layout,
}

/// Where something is declared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// In this module.
    Here,
    /// In another module.
    Module(ModuleId),
}

/// Shape of a record or an enum. Layouts of imported nominals are compared with the original at link.
#[derive(Clone, Debug, PartialEq)]
pub enum Layout {
    /// Fields in declared order. `constrained`: some field has a `where`, so other modules construct and update it only
    /// through its constructor cell `NAME.new`.
    Record {
        /// Fields in declared order.
        fields: Vec<Field>,
        /// Whether construction must be checked.
        constrained: bool,
    },
    /// Variants in declared order.
    Enum {
        /// Variants in declared order, at least one.
        variants: Vec<Variant>,
    },
    /// Mentioned by type only; legal for imported nominals alone.
    Opaque,
}

/// A field of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: TypeId,
}

/// A variant of an enum.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// Types of its payload; none for a plain variant.
    pub payload: Vec<TypeId>,
}

/// A constant.
#[derive(Clone, Debug)]
pub enum Constant {
    /// An Int that does not fit `load_int`.
    Int(i64),
    /// A Float; equality is by bits.
    Float(f64),
    /// A String.
    String(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl PartialEq for Constant {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Constant::Int(a), Constant::Int(b)) => a == b,
            (Constant::Float(a), Constant::Float(b)) => a.to_bits() == b.to_bits(),
            (Constant::String(a), Constant::String(b)) => a == b,
            (Constant::Bytes(a), Constant::Bytes(b)) => a == b,
            _ => false,
        }
    }
}

/// What a cell was generated from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum CellKind {
    /// A `cell` declaration.
    Declared = 0,
    /// `R.new`: all fields of record R in declared order, checks `where`, yields R.
    Constructor = 1,
    /// `R.default.field`: default of a field; parameters are the fields before it.
    FieldDefault = 2,
    /// `f.default.name`: default of an argument; parameters are the arguments to its left.
    ArgumentDefault = 3,
    /// `NAME`: value of a `const`.
    Constant = 4,
    /// A documentation fence marked `test`, or a `@test` cell.
    Test = 5,
    /// `f.lambda.N`: body of a function expression in `f`; parameters are the function's, then what it captures.
    Lambda = 6,
    /// `R.check`: all fields of record R in declared order; yields `list[FieldError]`, one entry for each `where` that does
    /// not hold.
    Check = 7,
}

impl CellKind {
    /// All kinds with their names in the JSON form, in number order.
    pub const TABLE: [(CellKind, &'static str); 8] = [
        (CellKind::Declared, "declared"),
        (CellKind::Constructor, "constructor"),
        (CellKind::FieldDefault, "field_default"),
        (CellKind::ArgumentDefault, "argument_default"),
        (CellKind::Constant, "constant"),
        (CellKind::Test, "test"),
        (CellKind::Lambda, "lambda"),
        (CellKind::Check, "check"),
    ];

    /// The kind with this number.
    pub fn from_number(number: u8) -> Option<CellKind> {
        Self::TABLE.get(usize::from(number)).map(|(kind, _)| *kind)
    }

    /// Its name in the JSON form.
    pub fn name(self) -> &'static str {
        Self::TABLE[self as usize].1
    }
}

/// A cell: a function with typed parameters in registers `0..parameters.len()`.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Name, unique in the module; generated ones hold a `.`.
    pub name: String,
    /// What it was generated from.
    pub kind: CellKind,
    /// Whether other packages may call it.
    pub public: bool,
    /// Whether a call makes a generator, which runs the code when it is asked for its next value; `result` is then
    /// [`Type::Generator`].
    pub generator: bool,
    /// What it is generic in.
    pub generics: Generics,
    /// Parameters, at most 255.
    pub parameters: Vec<Parameter>,
    /// Type of its value.
    pub result: TypeId,
    /// Effect row, sorted.
    pub effects: Vec<String>,
    /// Registers that it uses, at most 256, at least one for each parameter.
    pub registers: u16,
    /// Instructions (see [`super::Opcode`]); control never runs past the end.
    pub code: Vec<u32>,
    /// Where control goes on after a failure; of two that cover an instruction, the earlier entry counts.
    pub handlers: Vec<Handler>,
}

/// A stretch of code whose failures are handled, in word offsets into [`Cell::code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    /// First instruction covered.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// The instruction at which the cell goes on; it ends in `rethrow`.
    pub target: u32,
}

/// A parameter of a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name, for `--arg`.
    pub name: String,
    /// Its type.
    pub ty: TypeId,
}

/// A cell of another module and the signature it is called with.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedCell {
    /// The declaring module.
    pub module: ModuleId,
    /// Its name there (declared or generated).
    pub name: String,
    /// What it is generic in.
    pub generics: Generics,
    /// Types of its parameters.
    pub parameters: Vec<TypeId>,
    /// Type of its value.
    pub result: TypeId,
    /// Effect row, sorted.
    pub effects: Vec<String>,
}

/// A tool that the module calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// The name it has in the document.
    pub alias: String,
    /// The tool's identity, `http.get`.
    pub id: String,
    /// Types of its arguments.
    pub parameters: Vec<TypeId>,
    /// Type of its value.
    pub result: TypeId,
}

/// What a tool was granted.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// The tool, an index into [`Module::tools`].
    pub tool: u32,
    /// Grants by name, sorted, values in canonical JSON.
    pub grants: Vec<(String, String)>,
}

/// The debug section: where each instruction comes from. Stored beside the module, with a digest of its own, so that
/// moving code around in a document changes no artefact.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Debug {
    /// One entry a cell, in the order of [`Module::cells`].
    pub cells: Vec<CellDebug>,
}

/// Debug information of one cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CellDebug {
    /// Where the cell's name stands.
    pub declaration: Span,
    /// Distinct source locations.
    pub locations: Vec<Location>,
    /// `(word offset of an instruction, index into locations)`, ascending; an entry holds until the next.
    pub instructions: Vec<(u32, u32)>,
}

/// A place in the source, with the calls that the mid-end inlined around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Location {
    /// The cell of this module whose text it is in: an index into [`Module::cells`].
    pub cell: u32,
    /// The expression.
    pub span: Span,
    /// If `cell` was inlined here: the location of the call, an index into the same table, below this one's.
    pub caller: Option<u32>,
}

/// A stretch of source, relative to its code fence, in bytes of the fence's content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Which fence of the document, from 0, counting compiled fences only.
    pub fence: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

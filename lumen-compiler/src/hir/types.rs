//! The types of the typed tree, and the records and enums among them.

use lumen_vm::lir::{Origin, TypeParameter};

/// Index into [`Types::entries`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ty(pub u32);

/// Index into [`Module::nominals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NominalId(pub u32);

/// The type table.
#[derive(Clone, Debug, Default)]
pub struct Types {
    /// Types by [`Ty`].
    pub entries: Vec<Type>,
}

/// A type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Of an expression after which control does not go on.
    Never,
    /// `Null`.
    Null,
    /// `Bool`.
    Bool,
    /// `Int`.
    Int,
    /// `Float`.
    Float,
    /// `String`.
    String,
    /// `Bytes`.
    Bytes,
    /// `list[T]`.
    List(Ty),
    /// `map[K, V]`.
    Map(Ty, Ty),
    /// `set[T]`.
    Set(Ty),
    /// `(A, B)`.
    Tuple(Vec<Ty>),
    /// `result[T, E]`.
    Result(Ty, Ty),
    /// `A | B`: flattened, ascending, at least two members.
    Union(Vec<Ty>),
    /// A record or enum, with an argument for each of its type parameters.
    Nominal(NominalId, Vec<Ty>),
    /// Null, Bool, Int, Float, String, `list[Json]` or `map[String, Json]`.
    Json,
    /// `fn(A, B) -> R`.
    Function(Vec<Ty>, Ty),
    /// `generator[T]`.
    Generator(Ty),
    /// A type parameter of the cell or nominal in which it stands, by position.
    Variable(u32),
}

/// A record or enum.
#[derive(Clone, Debug)]
pub struct Nominal {
    /// Where it is declared.
    pub origin: Origin,
    /// Its name.
    pub name: String,
    /// Its type parameters.
    pub parameters: Vec<TypeParameter>,
    /// Its shape.
    pub shape: Shape,
}

/// Shape of a record or enum.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A record: fields in declared order.
    Record {
        /// Name and type of each field.
        fields: Vec<(String, Ty)>,
        /// Whether any field has a `where`: constructed and updated only through `constructor`.
        constrained: bool,
    },
    /// An enum: variants in declared order.
    Enum {
        /// Name and payload of each variant.
        variants: Vec<(String, Vec<Ty>)>,
    },
    /// A nominal of another module that is only mentioned.
    Opaque,
}

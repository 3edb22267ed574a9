//! What a module shows to other modules, and what one consulted of others: the currency of incremental builds.
//!
//! An interface lists every top-level item with its own hash. While a module is checked, each look at another module's
//! item goes through an [`Environment`] and is noted as a [`Consulted`]: the item's hash, or its absence. As long as
//! those answers stay the same, so does the compiled module (`docs/spec/build-cache-v1.md`, Traces). Hashes are
//! shallow: an item that mentions a record of another module names it, and whoever looks into that record consults it.

mod codec;
mod hash;

pub use codec::{
    decode_diagnostics, decode_interface, decode_tests, encode_diagnostics, encode_interface, encode_tests,
};

use lumen_vm::lir::{ModuleId, VariableClass};
use std::sync::Arc;

/// A SHA-256 digest.
pub type Digest = [u8; 32];

/// Everything a module declares at its top level, sorted by name. Names are unique: variants are listed with their enum.
#[derive(Clone, Debug, PartialEq)]
pub struct Interface {
    /// Which module.
    pub module: ModuleId,
    /// Its items, ascending by name.
    pub items: Vec<InterfaceItem>,
    /// Hash of the sorted names and visibilities alone, of items that have a name of their own: what `import m: *`
    /// consults.
    pub names_hash: Digest,
}

/// A top-level item as others see it.
#[derive(Clone, Debug, PartialEq)]
pub struct InterfaceItem {
    /// Its name.
    pub name: String,
    /// Whether other packages see it.
    pub public: bool,
    /// What it is.
    pub kind: InterfaceKind,
    /// Why it should not be used any more, if it is deprecated.
    pub deprecated: Option<String>,
    /// Hash of all of the above, domain-separated. Positions, documentation and bodies are no part of it.
    pub hash: Digest,
}

/// The kinds of items.
#[derive(Clone, Debug, PartialEq)]
pub enum InterfaceKind {
    /// A cell.
    Cell {
        /// Its type parameters.
        type_parameters: Vec<InterfaceTypeParameter>,
        /// Parameters in order.
        parameters: Vec<InterfaceParameter>,
        /// Type of its value.
        result: InterfaceType,
        /// Effect row, sorted.
        effects: Vec<String>,
    },
    /// A record.
    Record {
        /// Its type parameters.
        type_parameters: Vec<InterfaceTypeParameter>,
        /// Fields in declared order.
        fields: Vec<InterfaceField>,
        /// Whether any field has a `where`.
        constrained: bool,
    },
    /// An enum. Its methods are items of their own, cells named `Enum.method`.
    Enum {
        /// Its type parameters.
        type_parameters: Vec<InterfaceTypeParameter>,
        /// Variants in declared order: name and payload.
        variants: Vec<(String, Vec<InterfaceType>)>,
    },
    /// A constant: its value is behind the generated cell of the same name.
    Const {
        /// Its type.
        ty: InterfaceType,
    },
    /// An alias, expanded.
    Alias {
        /// Its type parameters.
        type_parameters: Vec<InterfaceTypeParameter>,
        /// What it stands for.
        ty: InterfaceType,
    },
    /// A trait.
    Trait {
        /// Its methods in declared order. In their types variable 0 is `Self`.
        methods: Vec<InterfaceMethod>,
    },
    /// An `impl`, named `TRAIT for TYPE` with the qualified names of the trait and of the type's head. The cells are items
    /// of their own, named `TRAIT.TYPE.method`.
    Impl {
        /// Its type parameters, the variables of `ty`.
        type_parameters: Vec<InterfaceTypeParameter>,
        /// The type that has the trait.
        ty: InterfaceType,
        /// The names of its cells, in the order of the trait's methods.
        cells: Vec<String>,
    },
    /// A method of a type of this module, named `TYPE.method`, that impls of this module have: so that it can be called
    /// where the trait is not in scope.
    Method {
        /// The traits of the impls: module and name, ascending.
        traits: Vec<(ModuleId, String)>,
    },
    /// Something that was reported as an error where it stands; uses of it are not errors of their own.
    Broken,
}

/// A type parameter.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InterfaceTypeParameter {
    /// Its name.
    pub name: String,
    /// The class that its built-in bounds come down to.
    pub class: VariableClass,
    /// The traits among its bounds, as written: module and name.
    pub traits: Vec<(ModuleId, String)>,
}

/// A method of a trait.
#[derive(Clone, Debug, PartialEq)]
pub struct InterfaceMethod {
    /// Its name.
    pub name: String,
    /// Parameters in order, `self` first.
    pub parameters: Vec<InterfaceParameter>,
    /// Type of its value.
    pub result: InterfaceType,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct InterfaceParameter {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: InterfaceType,
    /// Whether the cell `f.default.name` fills it in.
    pub has_default: bool,
}

/// A field.
#[derive(Clone, Debug, PartialEq)]
pub struct InterfaceField {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: InterfaceType,
    /// Whether the cell `R.default.name` fills it in.
    pub has_default: bool,
}

/// A type that means the same in every module.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InterfaceType {
    /// Of something erroneous; compatible with everything.
    Error,
    /// Of a cell that never returns.
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
    /// `Json`.
    Json,
    /// `list[T]`.
    List(Box<InterfaceType>),
    /// `map[K, V]`.
    Map(Box<InterfaceType>, Box<InterfaceType>),
    /// `set[T]`.
    Set(Box<InterfaceType>),
    /// `(A, B)`.
    Tuple(Vec<InterfaceType>),
    /// `result[T, E]`.
    Result(Box<InterfaceType>, Box<InterfaceType>),
    /// `A | B`: flattened, ascending, no duplicates.
    Union(Vec<InterfaceType>),
    /// A record or enum of the named module, with its type arguments.
    Nominal(ModuleId, String, Vec<InterfaceType>),
    /// `fn(A, B) -> R`.
    Function(Vec<InterfaceType>, Box<InterfaceType>),
    /// `generator[T]`.
    Generator(Box<InterfaceType>),
    /// A type parameter of the item, by position.
    Variable(u32),
}

impl InterfaceItem {
    /// Whether the item can be named: methods and impls are found by what they belong to.
    pub fn is_named(&self) -> bool {
        !self.name.contains(['.', ' '])
    }

    /// An item, hashed.
    pub fn new(name: &str, public: bool, kind: InterfaceKind) -> InterfaceItem {
        InterfaceItem::deprecated(name, public, kind, None)
    }

    /// An item that may be deprecated, hashed.
    pub fn deprecated(name: &str, public: bool, kind: InterfaceKind, why: Option<String>) -> InterfaceItem {
        let hash = hash::item(name, public, &kind, why.as_deref());
        InterfaceItem {
            name: name.to_owned(),
            public,
            kind,
            deprecated: why,
            hash,
        }
    }
}

impl Interface {
    /// An interface of these items in any order; of two of one name the first counts.
    pub fn new(module: ModuleId, mut items: Vec<InterfaceItem>) -> Interface {
        items.sort_by(|a, b| a.name.cmp(&b.name));
        items.dedup_by(|later, first| later.name == first.name);
        let names_hash = hash::names(&items);
        Interface {
            module,
            items,
            names_hash,
        }
    }

    /// The item of that name.
    pub fn item(&self, name: &str) -> Option<&InterfaceItem> {
        self.items
            .binary_search_by(|item| item.name.as_str().cmp(name))
            .ok()
            .and_then(|index| self.items.get(index))
    }
}

/// What the module under compilation can reach. Implemented by the build over its module graph, and in memory by tests.
pub trait Environment {
    /// Resolves an import as written: package (`@acme/money`; none for the own one; `@lumen/std` for `std`) and dotted
    /// path (empty for the root module).
    fn resolve(&self, package: Option<&str>, path: &str) -> Resolved;

    /// The interface of a module that a resolved interface mentions.
    fn interface(&self, module: &ModuleId) -> Option<Arc<Interface>>;
}

/// Answer to an import.
#[derive(Clone, Debug)]
pub enum Resolved {
    /// The module's interface.
    Found(Arc<Interface>),
    /// The module exists and has errors of its own, or waits for one that has: say nothing, treat its names as broken.
    Broken,
    /// The import closes a cycle: the chain of modules, first and last the same, as people write them.
    Cycle(Vec<String>),
    /// The package is not a dependency; names that are, for a suggestion.
    NoPackage(Vec<String>),
    /// The package has no such module; paths that it has, for a suggestion.
    NoModule(Vec<String>),
}

/// One answer that a compilation depended on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Consulted {
    /// The module asked.
    pub module: ModuleId,
    /// The item asked for; empty for the set of all names.
    pub name: String,
    /// Its hash (or [`Interface::names_hash`]), or nothing if there was none.
    pub hash: Option<Digest>,
}

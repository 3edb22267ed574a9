//! The checker's type table: types interned to small numbers, so that equal types are equal numbers.
//!
//! Beside the types of the typed tree it has [`Type::Error`] and unification variables. The tree is built with these
//! numbers and renumbered for [`crate::hir::Types`] at the end (`export`).

use crate::hir::{NominalId, Ty};
use rustc_hash::FxHashMap;

/// A type while it is being checked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Type {
    /// Of something reported: compatible with everything.
    Error,
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
    Tuple(Box<[Ty]>),
    /// `result[T, E]`.
    Result(Ty, Ty),
    /// `A | B`: flattened, ascending, no duplicates, at least two members. May hold unbound variables, and is brought
    /// into normal form again once they are bound.
    Union(Box<[Ty]>),
    /// A record or enum, with an argument for each of its type parameters.
    Nominal(NominalId, Box<[Ty]>),
    /// `Json`.
    Json,
    /// `fn(A, B) -> R`.
    Function(Box<[Ty]>, Ty),
    /// `generator[T]`.
    Generator(Ty),
    /// A type parameter of a declaration, known by its bounds alone: an index into the checker's table of them
    /// (`parameters`).
    Parameter(u32),
    /// A type not known yet: an index into the table of variables.
    Variable(u32),
}

/// Largest number of constructors in a type. Types grow by use (`let b = (a, a)`), so a short document could otherwise
/// ask for one that no walk finishes; walks over types may recurse because of it.
const MAX_SIZE: u32 = 4_000;
/// Deepest nesting of constructors in a type; stored interfaces are read to a depth a little beyond.
const MAX_DEPTH: u32 = 400;

/// What is known of a type without walking it.
#[derive(Clone, Copy, Debug)]
struct Facts {
    /// A variable occurs in it, bound or not.
    open: bool,
    /// `Error` occurs in it.
    erroneous: bool,
    /// A type parameter occurs in it.
    generic: bool,
    /// Number of constructors.
    size: u32,
    /// How deep they are nested.
    depth: u32,
}

/// The table.
#[derive(Debug)]
pub(crate) struct Types {
    entries: Vec<Type>,
    facts: Vec<Facts>,
    numbers: FxHashMap<Type, Ty>,
    overflowed: bool,
}

macro_rules! well_known {
    ($($name:ident $kind:ident;)*) => {
        /// Numbers of the types that every table begins with.
        impl Types {
            $(#[doc = concat!("`", stringify!($kind), "`.")]
            pub(crate) const $name: Ty = Ty(WellKnown::$kind as u32);)*

            /// A table with the well-known types.
            pub(crate) fn new() -> Types {
                let mut types = Types {
                    entries: Vec::new(),
                    facts: Vec::new(),
                    numbers: FxHashMap::default(),
                    overflowed: false,
                };
                $(let ty = types.intern(Type::$kind); debug_assert_eq!(ty, Self::$name);)*
                let (list, map) = (types.list(Self::JSON), types.map(Self::STRING, Self::JSON));
                debug_assert_eq!((list, map), (Self::JSON_LIST, Self::JSON_MAP));
                types
            }
        }
        enum WellKnown { $($kind,)* }
    };
}

well_known! {
    ERROR Error;
    NEVER Never;
    BOOL Bool;
    INT Int;
    FLOAT Float;
    STRING String;
    BYTES Bytes;
    NULL Null;
    JSON Json;
}

impl Types {
    /// `list[Json]`.
    pub(crate) const JSON_LIST: Ty = Ty(Self::JSON.0 + 1);
    /// `map[String, Json]`.
    pub(crate) const JSON_MAP: Ty = Ty(Self::JSON.0 + 2);
    /// What a Json can be.
    pub(crate) const JSON_MEMBERS: [Ty; 7] = [
        Self::NULL,
        Self::BOOL,
        Self::INT,
        Self::FLOAT,
        Self::STRING,
        Self::JSON_LIST,
        Self::JSON_MAP,
    ];

    /// The number of a type whose parts are interned; unions must be in normal form. `Error` if it is too large, which
    /// [`Types::take_overflow`] tells.
    pub(crate) fn intern(&mut self, ty: Type) -> Ty {
        if let Some(number) = self.numbers.get(&ty) {
            return *number;
        }
        let facts = self.facts_of(&ty);
        if facts.size > MAX_SIZE || facts.depth > MAX_DEPTH {
            self.overflowed = true;
            return Self::ERROR;
        }
        let number = Ty(u32::try_from(self.entries.len()).expect("a module has fewer than 2^32 types"));
        self.facts.push(facts);
        self.entries.push(ty.clone());
        self.numbers.insert(ty, number);
        number
    }

    /// The type behind a number.
    pub(crate) fn get(&self, ty: Ty) -> &Type {
        &self.entries[ty.0 as usize]
    }

    /// Whether a variable occurs in it, bound or not.
    pub(crate) fn is_open(&self, ty: Ty) -> bool {
        self.facts[ty.0 as usize].open
    }

    /// Whether `Error` occurs in it.
    pub(crate) fn is_erroneous(&self, ty: Ty) -> bool {
        self.facts[ty.0 as usize].erroneous
    }

    /// Whether a type parameter occurs in it.
    pub(crate) fn is_generic(&self, ty: Ty) -> bool {
        self.facts[ty.0 as usize].generic
    }

    /// Whether a type was too large since the last time this was asked.
    pub(crate) fn take_overflow(&mut self) -> bool {
        std::mem::take(&mut self.overflowed)
    }

    /// `list[T]`.
    pub(crate) fn list(&mut self, element: Ty) -> Ty {
        self.intern(Type::List(element))
    }

    /// `set[T]`.
    pub(crate) fn set(&mut self, element: Ty) -> Ty {
        self.intern(Type::Set(element))
    }

    /// `map[K, V]`.
    pub(crate) fn map(&mut self, key: Ty, value: Ty) -> Ty {
        self.intern(Type::Map(key, value))
    }

    /// `result[T, E]`.
    pub(crate) fn result(&mut self, value: Ty, error: Ty) -> Ty {
        self.intern(Type::Result(value, error))
    }

    /// `(A, B)`.
    pub(crate) fn tuple(&mut self, elements: Vec<Ty>) -> Ty {
        self.intern(Type::Tuple(elements.into()))
    }

    /// What a value of the type can be told to be: what a Json can be, else the members.
    pub(crate) fn alternatives(&self, ty: Ty) -> Vec<Ty> {
        match ty {
            Self::JSON => Self::JSON_MEMBERS.to_vec(),
            _ => self.members(ty),
        }
    }

    /// The members of a union, else the type itself.
    pub(crate) fn members(&self, ty: Ty) -> Vec<Ty> {
        match self.get(ty) {
            Type::Union(members) => members.to_vec(),
            _ => vec![ty],
        }
    }

    /// The union of types in normal form: flat, ascending, without duplicates, `Never` and what a Json among them holds;
    /// the type itself if one is left; `Error` if any is. Members that differ only in type arguments are the caller's affair.
    pub(crate) fn union(&mut self, types: &[Ty]) -> Ty {
        let mut members = Vec::with_capacity(types.len());
        for ty in types {
            match self.get(*ty) {
                Type::Error => return Self::ERROR,
                Type::Never => {}
                Type::Union(inner) => members.extend_from_slice(inner),
                _ => members.push(*ty),
            }
        }
        members.sort_unstable();
        members.dedup();
        if members.contains(&Self::JSON) {
            members.retain(|member| !Self::JSON_MEMBERS.contains(member));
        }
        match members.as_slice() {
            [] => Self::NEVER,
            [one] => *one,
            _ => self.intern(Type::Union(members.into())),
        }
    }

    /// `T?`.
    pub(crate) fn optional(&mut self, ty: Ty) -> Ty {
        self.union(&[ty, Self::NULL])
    }

    /// Whether `null` is a value of it.
    pub(crate) fn holds_null(&self, ty: Ty) -> bool {
        match self.get(ty) {
            Type::Null | Type::Json => true,
            Type::Union(members) => members.contains(&Self::NULL),
            _ => false,
        }
    }

    /// The union without these members; `Never` if none is left. What is left of a Json is a Json still.
    pub(crate) fn without(&mut self, ty: Ty, removed: &[Ty]) -> Ty {
        if ty == Self::JSON && Self::JSON_MEMBERS.iter().any(|member| !removed.contains(member)) {
            return ty;
        }
        let kept: Vec<Ty> = self
            .members(ty)
            .into_iter()
            .filter(|member| !removed.contains(member))
            .collect();
        self.union(&kept)
    }

    /// Whether two different types have one constructor (`list[Int]`, `list[String]`), which a union cannot tell apart;
    /// nor can it tell a Json from what might be one.
    pub(crate) fn differ_only_in_arguments(&self, a: Ty, b: Ty) -> bool {
        if a == b {
            return false;
        }
        if let (Self::JSON, other) | (other, Self::JSON) = (a, b) {
            return !Self::JSON_MEMBERS.contains(&other) && !matches!(self.get(other), Type::Variable(_));
        }
        match (self.get(a), self.get(b)) {
            (Type::Tuple(a), Type::Tuple(b)) => a.len() == b.len(),
            (Type::Nominal(a, _), Type::Nominal(b, _)) => a == b,
            (Type::Function(..), Type::Function(..))
            | (Type::Generator(_), Type::Generator(_))
            | (Type::List(_), Type::List(_))
            | (Type::Set(_), Type::Set(_))
            | (Type::Map(..), Type::Map(..))
            | (Type::Result(..), Type::Result(..)) => true,
            _ => false,
        }
    }

    fn facts_of(&self, ty: &Type) -> Facts {
        let mut facts = Facts {
            open: matches!(ty, Type::Variable(_)),
            erroneous: *ty == Type::Error,
            generic: matches!(ty, Type::Parameter(_)),
            size: 1,
            depth: 1,
        };
        for part in ty.parts() {
            let part = self.facts[part.0 as usize];
            facts.open |= part.open;
            facts.erroneous |= part.erroneous;
            facts.generic |= part.generic;
            facts.size = facts.size.saturating_add(part.size);
            facts.depth = facts.depth.max(part.depth + 1);
        }
        facts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unions_are_flat_sorted_and_without_duplicates() {
        let mut types = Types::new();
        let optional = types.optional(Types::INT);
        let wide = types.union(&[Types::STRING, optional, Types::INT, Types::NEVER]);
        let other = types.union(&[Types::NULL, Types::STRING, Types::INT]);
        assert_eq!(wide, other);
        assert_eq!(types.union(&[Types::INT, Types::INT]), Types::INT);
        assert_eq!(types.union(&[optional, Types::ERROR]), Types::ERROR);
        assert_eq!(types.without(optional, &[Types::NULL]), Types::INT);
    }
}

//! The types of a linked program: the type tables of all its modules, merged, so that every object can name its type.
//!
//! Built once by the linker, then immutable and shared by all machines that run the program. Equal types have one entry,
//! whatever module they come from; a nominal type is identified by the module that declares it, its name there, and its type
//! arguments. Types that mention type variables are in the table too, as what others are made from; no value is of one.

use std::collections::HashMap;

use crate::lir::{ModuleId, PRELUDE, PreludeRecord, SignatureType};

/// Index of a type in a [`TypeTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TypeRef(u32);

impl TypeRef {
    /// Null.
    pub(crate) const NULL: TypeRef = TypeRef(0);
    /// Bool.
    pub(crate) const BOOL: TypeRef = TypeRef(1);
    /// Int.
    pub(crate) const INT: TypeRef = TypeRef(2);
    /// Float.
    pub(crate) const FLOAT: TypeRef = TypeRef(3);
    /// String.
    pub(crate) const STRING: TypeRef = TypeRef(4);
    /// Bytes.
    pub(crate) const BYTES: TypeRef = TypeRef(5);
    /// Json.
    pub(crate) const JSON: TypeRef = TypeRef(6);
    /// `list[Json]`.
    pub(crate) const JSON_LIST: TypeRef = TypeRef(7);
    /// `map[String, Json]`.
    pub(crate) const JSON_MAP: TypeRef = TypeRef(8);
    /// The prelude's FieldError.
    pub(crate) const FIELD_ERROR: TypeRef = TypeRef(9);
    /// `list[FieldError]`.
    pub(crate) const FIELD_ERRORS: TypeRef = TypeRef(10);
    /// The prelude's ValidationError.
    pub(crate) const VALIDATION_ERROR: TypeRef = TypeRef(11);
    /// The prelude's Patch.
    pub(crate) const PATCH: TypeRef = TypeRef(12);
    /// `list[Patch]`.
    pub(crate) const PATCHES: TypeRef = TypeRef(13);
    /// The prelude's RoleText.
    #[cfg(test)]
    pub(crate) const ROLE_TEXT: TypeRef = TypeRef(14);

    pub(crate) fn from_index(index: u32) -> TypeRef {
        TypeRef(index)
    }

    pub(crate) fn index(self) -> u32 {
        self.0
    }
}

/// Index of a record or an enum in a [`TypeTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NominalRef(u32);

/// A type of a linked program; the forms are those of [`crate::lir::Type`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum RuntimeType {
    /// Null.
    Null,
    /// Bool.
    Bool,
    /// Int.
    Int,
    /// Float.
    Float,
    /// String.
    String,
    /// Bytes.
    Bytes,
    /// Json; dynamic.
    Json,
    /// `list[T]`.
    List(TypeRef),
    /// `map[K, V]`.
    Map(TypeRef, TypeRef),
    /// `set[T]`.
    Set(TypeRef),
    /// `(A, B)`.
    Tuple(Box<[TypeRef]>),
    /// `result[T, E]`.
    Result(TypeRef, TypeRef),
    /// `A | B`; dynamic. Members ascend by index and none is a union.
    Union(Box<[TypeRef]>),
    /// A record or an enum.
    Nominal(NominalRef),
    /// `fn(A) -> R`.
    Function(Box<[TypeRef]>, TypeRef),
    /// `generator[T]`.
    Generator(TypeRef),
    /// A type parameter of a generic cell or nominal, by position. No value is of a type that mentions one.
    Variable(u32),
}

impl RuntimeType {
    /// The type with each type that it refers to replaced. Arguments of nominals are not among them.
    pub(crate) fn map_parts(&self, mut replace: impl FnMut(TypeRef) -> TypeRef) -> RuntimeType {
        let mut each = |parts: &[TypeRef]| parts.iter().map(|&part| replace(part)).collect::<Box<[_]>>();
        match self {
            RuntimeType::List(element) => RuntimeType::List(replace(*element)),
            RuntimeType::Set(element) => RuntimeType::Set(replace(*element)),
            RuntimeType::Generator(element) => RuntimeType::Generator(replace(*element)),
            RuntimeType::Map(key, value) => RuntimeType::Map(replace(*key), replace(*value)),
            RuntimeType::Result(ok, err) => RuntimeType::Result(replace(*ok), replace(*err)),
            RuntimeType::Tuple(elements) => RuntimeType::Tuple(each(elements)),
            RuntimeType::Union(members) => RuntimeType::Union(each(members)),
            RuntimeType::Function(parameters, result) => {
                RuntimeType::Function(each(parameters), replace(*result))
            }
            RuntimeType::Null
            | RuntimeType::Bool
            | RuntimeType::Int
            | RuntimeType::Float
            | RuntimeType::String
            | RuntimeType::Bytes
            | RuntimeType::Json
            | RuntimeType::Nominal(_)
            | RuntimeType::Variable(_) => self.clone(),
        }
    }
}

/// A record or an enum of a linked program.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RuntimeNominal {
    /// Where it is declared.
    pub(crate) module: ModuleId,
    /// Its name there.
    pub(crate) name: String,
    /// One type for each of its type parameters.
    pub(crate) arguments: Box<[TypeRef]>,
    /// Its shape.
    pub(crate) shape: NominalShape,
}

/// Shape of a nominal type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum NominalShape {
    /// Field names and types in declared order.
    Record(Vec<(String, TypeRef)>),
    /// Variant names and payload types in declared order.
    Enum(Vec<(String, Box<[TypeRef]>)>),
    /// No module of the program knows more than the name, so no value of it exists.
    Opaque,
}

/// How a word of some type is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Always zero.
    Null,
    /// Zero or one.
    Bool,
    /// A signed integer.
    Int,
    /// A binary64.
    Float,
    /// An object or an inline value.
    Counted,
}

/// What the heap needs to know about a type at every turn.
#[derive(Debug)]
struct Facts {
    class: Class,
    /// For tuples, records, results and enums: types of the words of each variant (one variant for a tuple or a record).
    parts: Vec<Parts>,
    /// Position in the order between values of different types in one dynamic place.
    rank: u32,
}

/// How far a type extends.
#[derive(Clone, Copy, Debug, Default)]
struct Extent {
    /// How deep it nests, arguments of nominals included.
    depth: u32,
    /// Whether it mentions a type variable.
    open: bool,
}

#[derive(Debug, Default)]
struct Parts {
    types: Box<[TypeRef]>,
    counted: Box<[u32]>,
}

/// All types of a linked program.
#[derive(Debug)]
pub(crate) struct TypeTable {
    types: Vec<RuntimeType>,
    index: HashMap<RuntimeType, TypeRef>,
    nominals: Vec<RuntimeNominal>,
    nominal_index: HashMap<(ModuleId, String, Box<[TypeRef]>), NominalRef>,
    facts: Vec<Facts>,
    /// By type: what making types from types needs to know.
    extents: Vec<Extent>,
    /// Parameter types of every cell of the program, which say what its closures hold.
    cells: Vec<Box<[TypeRef]>>,
}

impl Default for TypeTable {
    fn default() -> Self {
        Self::new()
    }
}

impl TypeTable {
    /// The table of the types that every program has: those without parts, Json's, the prelude's. Call [`TypeTable::seal`] once all others are in.
    pub(crate) fn new() -> TypeTable {
        let mut table = TypeTable {
            types: Vec::new(),
            index: HashMap::new(),
            nominals: Vec::new(),
            nominal_index: HashMap::new(),
            facts: Vec::new(),
            extents: Vec::new(),
            cells: Vec::new(),
        };
        for ty in [
            RuntimeType::Null,
            RuntimeType::Bool,
            RuntimeType::Int,
            RuntimeType::Float,
            RuntimeType::String,
            RuntimeType::Bytes,
            RuntimeType::Json,
            RuntimeType::List(TypeRef::JSON),
            RuntimeType::Map(TypeRef::STRING, TypeRef::JSON),
        ] {
            table.intern(ty);
        }
        for record in PreludeRecord::ALL {
            table.declare_prelude(record);
        }
        table
    }

    /// Enters a record of the prelude; those that it refers to are there already. Lists of records that intrinsics make
    /// follow their record.
    fn declare_prelude(&mut self, record: PreludeRecord) {
        let prelude = ModuleId::parse(PRELUDE);
        let nominal = self.intern_nominal(&prelude, record.name());
        let fields = record.fields().iter();
        let fields = fields
            .map(|(name, ty)| (String::from(*name), prelude_type(ty)))
            .collect();
        self.define(nominal, NominalShape::Record(fields));
        let entry = self.intern(RuntimeType::Nominal(nominal));
        if matches!(record, PreludeRecord::FieldError | PreludeRecord::Patch) {
            self.intern(RuntimeType::List(entry));
        }
    }

    /// The entry of `ty`, made if need be.
    pub(crate) fn intern(&mut self, ty: RuntimeType) -> TypeRef {
        if let Some(&known) = self.index.get(&ty) {
            return known;
        }
        let entry = TypeRef(u32::try_from(self.types.len()).expect("fewer types than 2^32"));
        self.extents.push(self.extent_of(&ty));
        self.types.push(ty.clone());
        self.index.insert(ty, entry);
        entry
    }

    fn extent_of(&self, ty: &RuntimeType) -> Extent {
        if let RuntimeType::Variable(_) = ty {
            return Extent { depth: 1, open: true };
        }
        let mut extent = Extent::default();
        let mut add = |part: TypeRef| {
            let part = self.extents[part.0 as usize];
            extent.depth = extent.depth.max(part.depth);
            extent.open |= part.open;
        };
        match ty {
            RuntimeType::List(part) | RuntimeType::Set(part) | RuntimeType::Generator(part) => add(*part),
            RuntimeType::Map(first, second) | RuntimeType::Result(first, second) => {
                add(*first);
                add(*second);
            }
            RuntimeType::Tuple(parts) | RuntimeType::Union(parts) => {
                parts.iter().for_each(|&part| add(part));
            }
            RuntimeType::Function(parameters, result) => {
                parameters.iter().for_each(|&part| add(part));
                add(*result);
            }
            RuntimeType::Nominal(nominal) => {
                let arguments = self.nominals[nominal.0 as usize].arguments.iter();
                arguments.for_each(|&part| add(part));
            }
            _ => {}
        }
        extent.depth += 1;
        extent
    }

    /// How deep a type nests, arguments of nominals included.
    pub(crate) fn depth(&self, ty: TypeRef) -> u32 {
        self.extents[ty.0 as usize].depth
    }

    /// Whether a type mentions a type variable.
    pub(crate) fn is_open(&self, ty: TypeRef) -> bool {
        self.extents[ty.0 as usize].open
    }

    /// Number of nominals; they are numbered from zero.
    pub(crate) fn nominal_count(&self) -> usize {
        self.nominals.len()
    }

    /// The nominal at a position below [`TypeTable::nominal_count`].
    pub(crate) fn nominal_at(&self, position: usize) -> NominalRef {
        NominalRef(u32::try_from(position).expect("fewer nominals than 2^32"))
    }

    /// The entry of a nominal type without arguments, opaque until [`TypeTable::define`] gives it a shape.
    pub(crate) fn intern_nominal(&mut self, module: &ModuleId, name: &str) -> NominalRef {
        self.intern_application(module, name, Box::default())
    }

    /// As [`TypeTable::intern_nominal`], for a nominal with type arguments.
    pub(crate) fn intern_application(
        &mut self,
        module: &ModuleId,
        name: &str,
        arguments: Box<[TypeRef]>,
    ) -> NominalRef {
        let key = (module.clone(), name.to_owned(), arguments);
        if let Some(&known) = self.nominal_index.get(&key) {
            return known;
        }
        let entry = NominalRef(u32::try_from(self.nominals.len()).expect("fewer nominals than 2^32"));
        self.nominals.push(RuntimeNominal {
            module: module.clone(),
            name: name.to_owned(),
            arguments: key.2.clone(),
            shape: NominalShape::Opaque,
        });
        self.nominal_index.insert(key, entry);
        entry
    }

    /// Gives a nominal type its shape.
    pub(crate) fn define(&mut self, nominal: NominalRef, shape: NominalShape) {
        self.nominals[nominal.0 as usize].shape = shape;
    }

    /// Adds a cell's parameter types; the number of the cell is how many were added before.
    pub(crate) fn add_cell(&mut self, parameters: Box<[TypeRef]>) {
        self.cells.push(parameters);
    }

    /// Derives what the heap needs; call it after the last change.
    pub(crate) fn seal(&mut self) {
        self.facts = (0..self.types.len())
            .map(|position| self.facts_of(position))
            .collect();
        for (rank, position) in self.order().into_iter().enumerate() {
            self.facts[position].rank = rank as u32;
        }
    }

    /// The type's form.
    #[inline]
    pub(crate) fn get(&self, ty: TypeRef) -> &RuntimeType {
        &self.types[ty.0 as usize]
    }

    /// A record or an enum.
    pub(crate) fn nominal(&self, nominal: NominalRef) -> &RuntimeNominal {
        &self.nominals[nominal.0 as usize]
    }

    /// The shape of a record or enum type; nothing for other types.
    pub(crate) fn nominal_of(&self, ty: TypeRef) -> Option<&RuntimeNominal> {
        match self.get(ty) {
            RuntimeType::Nominal(nominal) => Some(self.nominal(*nominal)),
            _ => None,
        }
    }

    /// How words of the type are held.
    #[inline]
    pub(crate) fn class(&self, ty: TypeRef) -> Class {
        self.facts[ty.0 as usize].class
    }

    /// Whether words of the type are objects or inline values.
    #[inline]
    pub(crate) fn is_counted(&self, ty: TypeRef) -> bool {
        self.class(ty) == Class::Counted
    }

    /// Whether places of the type hold self-describing words: unions and Json.
    pub(crate) fn is_dynamic(&self, ty: TypeRef) -> bool {
        matches!(self.get(ty), RuntimeType::Json | RuntimeType::Union(_))
    }

    /// Types of the words of a tuple, a record (variant 0), a result or an enum; empty for a plain variant.
    #[inline]
    pub(crate) fn parts(&self, ty: TypeRef, variant: u32) -> &[TypeRef] {
        self.facts[ty.0 as usize]
            .parts
            .get(variant as usize)
            .map_or(&[], |parts| &parts.types)
    }

    /// Positions among [`TypeTable::parts`] that are counted.
    #[inline]
    pub(crate) fn counted_parts(&self, ty: TypeRef, variant: u32) -> &[u32] {
        self.facts[ty.0 as usize]
            .parts
            .get(variant as usize)
            .map_or(&[], |parts| &parts.counted)
    }

    /// Type of the elements of a list or a set type.
    #[inline]
    pub(crate) fn element(&self, ty: TypeRef) -> Option<TypeRef> {
        match self.get(ty) {
            RuntimeType::List(element) | RuntimeType::Set(element) => Some(*element),
            _ => None,
        }
    }

    /// Types of the keys and the values of a map type.
    pub(crate) fn key_and_value(&self, ty: TypeRef) -> Option<(TypeRef, TypeRef)> {
        match self.get(ty) {
            RuntimeType::Map(key, value) => Some((*key, *value)),
            _ => None,
        }
    }

    /// Number of variants of an enum or a result; 1 for records and tuples, 0 for other types.
    pub(crate) fn variant_count(&self, ty: TypeRef) -> usize {
        self.facts[ty.0 as usize].parts.len()
    }

    /// Parameter types of a cell.
    pub(crate) fn cell_parameters(&self, cell: usize) -> &[TypeRef] {
        &self.cells[cell]
    }

    /// Whether a dynamic place of type `place` may hold values of `ty`, or `place` is `ty`.
    pub(crate) fn holds(&self, place: TypeRef, ty: TypeRef) -> bool {
        if place == ty {
            return true;
        }
        match self.get(place) {
            RuntimeType::Union(members) => members.iter().any(|&member| {
                member == ty || (matches!(self.get(member), RuntimeType::Json) && self.is_json(ty))
            }),
            RuntimeType::Json => self.is_json(ty),
            _ => false,
        }
    }

    /// Order between values of two types in one dynamic place.
    pub(crate) fn rank(&self, ty: TypeRef) -> u32 {
        self.facts[ty.0 as usize].rank
    }

    fn is_json(&self, ty: TypeRef) -> bool {
        match self.get(ty) {
            RuntimeType::Null
            | RuntimeType::Bool
            | RuntimeType::Int
            | RuntimeType::Float
            | RuntimeType::String => true,
            _ => ty == TypeRef::JSON_LIST || ty == TypeRef::JSON_MAP,
        }
    }

    fn facts_of(&self, position: usize) -> Facts {
        let variants: Vec<Box<[TypeRef]>> = match &self.types[position] {
            RuntimeType::Tuple(elements) => vec![elements.clone()],
            RuntimeType::Result(ok, err) => vec![Box::new([*ok]), Box::new([*err])],
            RuntimeType::Nominal(nominal) => match &self.nominal(*nominal).shape {
                NominalShape::Record(fields) => vec![fields.iter().map(|(_, ty)| *ty).collect()],
                NominalShape::Enum(variants) => variants.iter().map(|(_, payload)| payload.clone()).collect(),
                NominalShape::Opaque => Vec::new(),
            },
            _ => Vec::new(),
        };
        let parts = variants
            .into_iter()
            .map(|types| {
                let is_counted = |&(_, ty): &(usize, &TypeRef)| self.class_of(*ty) == Class::Counted;
                let counted = types
                    .iter()
                    .enumerate()
                    .filter(is_counted)
                    .map(|(position, _)| position as u32)
                    .collect();
                Parts { types, counted }
            })
            .collect();
        Facts {
            class: self.class_of(TypeRef(position as u32)),
            parts,
            rank: 0,
        }
    }

    fn class_of(&self, ty: TypeRef) -> Class {
        match self.get(ty) {
            RuntimeType::Null => Class::Null,
            RuntimeType::Bool => Class::Bool,
            RuntimeType::Int => Class::Int,
            RuntimeType::Float => Class::Float,
            _ => Class::Counted,
        }
    }

    /// All types, ordered by form, then name, then structure: the same in every program that has them, however its
    /// modules were linked. Equal digests (which would need a collision) fall back to the order of linking.
    fn order(&self) -> Vec<usize> {
        let mut digests: Vec<u64> = Vec::with_capacity(self.types.len());
        let mut keys = Vec::with_capacity(self.types.len());
        for (position, ty) in self.types.iter().enumerate() {
            let (form, name, parts) = self.structure(ty);
            let mut parts: Vec<u64> = parts
                .iter()
                .map(|part| digests.get(part.0 as usize).copied().unwrap_or_default())
                .collect();
            if matches!(ty, RuntimeType::Union(_)) {
                parts.sort_unstable();
            }
            let start = fold(u64::from(form), name.as_bytes());
            let digest = parts
                .iter()
                .fold(start, |digest, part| fold(digest, &part.to_le_bytes()));
            digests.push(digest);
            keys.push((form, name, digest, position));
        }
        keys.sort();
        keys.into_iter().map(|(.., position)| position).collect()
    }

    fn structure(&self, ty: &RuntimeType) -> (u8, String, Vec<TypeRef>) {
        let plain = |form: u8, parts: Vec<TypeRef>| (form, String::new(), parts);
        match ty {
            RuntimeType::Null => plain(0, Vec::new()),
            RuntimeType::Bool => plain(1, Vec::new()),
            RuntimeType::Int => plain(2, Vec::new()),
            RuntimeType::Float => plain(3, Vec::new()),
            RuntimeType::String => plain(4, Vec::new()),
            RuntimeType::Bytes => plain(5, Vec::new()),
            RuntimeType::Json => plain(6, Vec::new()),
            RuntimeType::List(element) => plain(7, vec![*element]),
            RuntimeType::Map(key, value) => plain(8, vec![*key, *value]),
            RuntimeType::Set(element) => plain(9, vec![*element]),
            RuntimeType::Tuple(elements) => plain(10, elements.to_vec()),
            RuntimeType::Result(ok, err) => plain(11, vec![*ok, *err]),
            RuntimeType::Union(members) => plain(12, members.to_vec()),
            RuntimeType::Nominal(nominal) => {
                let nominal = self.nominal(*nominal);
                (
                    13,
                    format!("{} {}", nominal.name, nominal.module),
                    nominal.arguments.to_vec(),
                )
            }
            RuntimeType::Function(parameters, result) => {
                plain(14, parameters.iter().copied().chain([*result]).collect())
            }
            RuntimeType::Generator(element) => plain(15, vec![*element]),
            RuntimeType::Variable(position) => (16, format!("${position}"), Vec::new()),
        }
    }
}

/// The entry of a type that fields of prelude records have.
fn prelude_type(ty: &SignatureType) -> TypeRef {
    match ty {
        SignatureType::String => TypeRef::STRING,
        SignatureType::Json => TypeRef::JSON,
        SignatureType::List(_) => TypeRef::FIELD_ERRORS,
        other => unreachable!("no record of the prelude has a {other}"),
    }
}

/// FNV-1a, over `bytes`, from `digest`.
fn fold(digest: u64, bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(digest ^ 0xcbf2_9ce4_8422_2325, |digest, &byte| {
            (digest ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
}

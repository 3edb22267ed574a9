//! Types in writing: `list[Int]`, `Order | Null`, `fn(Int) -> Bool`, as the JSON form, the listings and the verifier's messages show them.
//!
//! [`TypeNotation`] names the entries of a module's type table so that each name can be read back to that very entry;
//! [`TypeTable`] reads names and makes the entries that they need.
//!
//! ```text
//! type   = member { "|" member }
//! member = "Null" | "Bool" | "Int" | "Float" | "String" | "Bytes" | "Json" | "$" POSITION
//!        | ( NOMINAL | "#" INDEX ) [ "[" type { "," type } "]" ] | "generator[" type "]"
//!        | "list[" type "]" | "map[" type "," type "]" | "set[" type "]" | "result[" type "," type "]"
//!        | "(" type { "," type } ")" | "fn(" [ type { "," type } ] ")" "->" member
//! ```
//! One type in parentheses is that type, more are a tuple; a union's members may be written in any order. NOMINAL is the name
//! of a record or enum that no other entry of the table bears, `#INDEX` names the others. `$POSITION` is a type variable.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Module, Nominal, NominalId, Type, TypeId};

mod parse;

/// Types without parts and their names.
const SCALARS: [(&str, Type); 7] = [
    ("Null", Type::Null),
    ("Bool", Type::Bool),
    ("Int", Type::Int),
    ("Float", Type::Float),
    ("String", Type::String),
    ("Bytes", Type::Bytes),
    ("Json", Type::Json),
];
/// Words that begin other types.
const RESERVED: [&str; 6] = ["list", "map", "set", "result", "generator", "fn"];
/// Longest name in bytes; longer types have none.
const MAX_LENGTH: usize = 200;

/// The written forms of a module's types and nominals.
pub(super) struct TypeNotation {
    types: Vec<Option<String>>,
    nominals: Vec<String>,
}

impl TypeNotation {
    pub(super) fn new(module: &Module) -> TypeNotation {
        let nominals = nominal_names(&module.nominals);
        let mut seen = FxHashSet::default();
        let mut types: Vec<Option<String>> = Vec::with_capacity(module.types.len());
        for ty in &module.types {
            let first = seen.insert(ty);
            let name = spell(module, &types, &nominals, ty);
            types.push(name.filter(|name| first && name.len() <= MAX_LENGTH));
        }
        TypeNotation { types, nominals }
    }

    /// The name of a type; none if the entry is ill-formed, out of the table, or its name would be too long.
    pub(super) fn ty(&self, id: TypeId) -> Option<&str> {
        self.types.get(id.0 as usize)?.as_deref()
    }

    /// As [`TypeNotation::ty`], or `type#INDEX`.
    pub(super) fn show(&self, id: TypeId) -> String {
        self.ty(id)
            .map_or_else(|| format!("type#{}", id.0), str::to_owned)
    }

    /// The name of a nominal of the module.
    pub(super) fn nominal(&self, id: NominalId) -> Option<&str> {
        self.nominals.get(id.0 as usize).map(String::as_str)
    }
}

fn nominal_names(nominals: &[Nominal]) -> Vec<String> {
    let mut count: FxHashMap<&str, u32> = FxHashMap::default();
    for nominal in nominals {
        *count.entry(&nominal.name).or_default() += 1;
    }
    let name = |(index, nominal): (usize, &Nominal)| {
        let name = nominal.name.as_str();
        if count[name] == 1 && is_nominal_word(name) {
            name.to_owned()
        } else {
            format!("#{index}")
        }
    };
    nominals.iter().enumerate().map(name).collect()
}

/// Whether a nominal may be written by this name.
fn is_nominal_word(word: &str) -> bool {
    let mut bytes = word.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && SCALARS.iter().all(|(name, _)| *name != word)
        && !RESERVED.contains(&word)
}

/// Spells a well-formed type from the names of its parts, which stand before it.
fn spell(module: &Module, names: &[Option<String>], nominals: &[String], ty: &Type) -> Option<String> {
    let name = |id: &TypeId| names.get(id.0 as usize)?.as_deref();
    let form = |id: &TypeId| module.types.get(id.0 as usize);
    let joined = |ids: &[TypeId]| Some(ids.iter().map(name).collect::<Option<Vec<_>>>()?.join(", "));
    if let Some((scalar, _)) = SCALARS.iter().find(|(_, scalar)| scalar == ty) {
        return Some((*scalar).to_owned());
    }
    match ty {
        Type::List(element) => Some(format!("list[{}]", name(element)?)),
        Type::Set(element) => Some(format!("set[{}]", name(element)?)),
        Type::Map(key, value) => Some(format!("map[{}, {}]", name(key)?, name(value)?)),
        Type::Result(value, error) => Some(format!("result[{}, {}]", name(value)?, name(error)?)),
        Type::Tuple(elements) if elements.len() >= 2 => Some(format!("({})", joined(elements)?)),
        Type::Nominal(nominal, arguments) => {
            let nominal = nominals.get(nominal.0 as usize)?;
            match arguments.as_slice() {
                [] => Some(nominal.clone()),
                arguments => Some(format!("{nominal}[{}]", joined(arguments)?)),
            }
        }
        Type::Generator(element) => Some(format!("generator[{}]", name(element)?)),
        Type::Variable(position) => Some(format!("${position}")),
        Type::Function(parameters, result) => {
            let result_name = name(result)?;
            let parameters = joined(parameters)?;
            match form(result) {
                Some(Type::Union(_)) => Some(format!("fn({parameters}) -> ({result_name})")),
                _ => Some(format!("fn({parameters}) -> {result_name}")),
            }
        }
        Type::Union(members) => {
            let well_formed = members.len() >= 2 && members.is_sorted_by(|left, right| left < right);
            let member = |id: &TypeId| match form(id)? {
                Type::Union(_) => None,
                Type::Function(..) => Some(format!("({})", name(id)?)),
                _ => Some(name(id)?.to_owned()),
            };
            let names = members.iter().map(member).collect::<Option<Vec<_>>>()?;
            well_formed.then(|| names.join(" | "))
        }
        _ => None,
    }
}

/// A type table in the making, with the entries found by name.
pub(super) struct TypeTable {
    types: Vec<Type>,
    ids: FxHashMap<Type, TypeId>,
    nominals: FxHashMap<String, NominalId>,
    nominal_count: usize,
}

impl TypeTable {
    /// An empty table for a module with nominals of these names.
    pub(super) fn new<'n>(nominals: impl ExactSizeIterator<Item = &'n str>) -> TypeTable {
        let nominal_count = nominals.len();
        let mut unique: FxHashMap<String, Option<NominalId>> = FxHashMap::default();
        for (name, index) in nominals.zip(0..) {
            let entry = unique.entry(name.to_owned());
            entry
                .and_modify(|id| *id = None)
                .or_insert(Some(NominalId(index)));
        }
        let nominals = unique
            .into_iter()
            .filter_map(|(name, id)| Some((name, id?)))
            .collect();
        TypeTable {
            types: Vec::new(),
            ids: FxHashMap::default(),
            nominals,
            nominal_count,
        }
    }

    /// The entry of a type, made if it is not there yet.
    pub(super) fn intern(&mut self, ty: Type) -> TypeId {
        match self.ids.get(&ty) {
            Some(&id) => id,
            None => self.push(ty),
        }
    }

    /// Appends an entry, even if it is there already.
    pub(super) fn push(&mut self, ty: Type) -> TypeId {
        let id = TypeId(u32::try_from(self.types.len()).expect("a table has fewer than 2^32 entries"));
        self.ids.entry(ty.clone()).or_insert(id);
        self.types.push(ty);
        id
    }

    /// The entry of the type that `text` names; makes it, and those of its parts, if they are not there yet.
    pub(super) fn resolve(&mut self, text: &str) -> Result<TypeId, String> {
        parse::parse(self, text)
    }

    pub(super) fn finish(self) -> Vec<Type> {
        self.types
    }
}

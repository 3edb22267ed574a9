//! The type table while a module is lowered: the checker's types, and behind them the few that only lowering names.

use crate::hir::{Ty, Type};
use rustc_hash::FxHashMap;

/// Types by [`Ty`].
#[derive(Clone, Debug)]
pub(crate) struct TypeTable<'m> {
    checked: &'m [Type],
    added: Vec<Type>,
    scalars: [Option<Ty>; 4],
    /// What a Json can be, ascending; empty if the module has none.
    json_members: Vec<Ty>,
    /// Numbers of all types, from the first time that somebody asks for one.
    numbers: FxHashMap<Type, Ty>,
}

/// Position in [`TypeTable::scalars`].
const NULL: usize = 0;
const BOOL: usize = 1;
const INT: usize = 2;
const STRING: usize = 3;

impl<'m> TypeTable<'m> {
    /// The checker's types.
    pub(crate) fn new(checked: &'m [Type]) -> TypeTable<'m> {
        let mut scalars = [None; 4];
        for (index, ty) in checked.iter().enumerate() {
            let scalar = match ty {
                Type::Null => NULL,
                Type::Bool => BOOL,
                Type::Int => INT,
                Type::String => STRING,
                _ => continue,
            };
            scalars[scalar] = Some(Ty(index as u32));
        }
        TypeTable {
            checked,
            added: Vec::new(),
            scalars,
            json_members: json_members(checked),
            numbers: FxHashMap::default(),
        }
    }

    /// A type.
    pub(crate) fn get(&self, ty: Ty) -> &Type {
        let index = ty.0 as usize;
        match self.checked.get(index) {
            Some(ty) => ty,
            None => &self.added[index - self.checked.len()],
        }
    }

    /// Number of types.
    pub(crate) fn len(&self) -> usize {
        self.checked.len() + self.added.len()
    }

    /// `Null`.
    pub(crate) fn null(&mut self) -> Ty {
        self.scalar(NULL, Type::Null)
    }

    /// `Bool`.
    pub(crate) fn bool(&mut self) -> Ty {
        self.scalar(BOOL, Type::Bool)
    }

    /// `Int`.
    pub(crate) fn int(&mut self) -> Ty {
        self.scalar(INT, Type::Int)
    }

    /// `String`.
    pub(crate) fn string(&mut self) -> Ty {
        self.scalar(STRING, Type::String)
    }

    fn scalar(&mut self, which: usize, ty: Type) -> Ty {
        match self.scalars[which] {
            Some(found) => found,
            None => {
                let found = self.find(ty);
                self.scalars[which] = Some(found);
                found
            }
        }
    }

    /// `list[element]`.
    pub(crate) fn list(&mut self, element: Ty) -> Ty {
        self.find(Type::List(element))
    }

    /// The union of the members, ascending; the member itself if there is but one.
    pub(crate) fn union(&mut self, members: &[Ty]) -> Ty {
        match members {
            [member] => *member,
            _ => self.find(Type::Union(members.to_vec())),
        }
    }

    /// The id of a type, added if need be.
    pub(crate) fn find(&mut self, ty: Type) -> Ty {
        if self.numbers.is_empty() {
            let all = self.checked.iter().chain(&self.added).cloned();
            self.numbers = all.zip((0..).map(Ty)).collect();
        }
        if let Some(known) = self.numbers.get(&ty) {
            return *known;
        }
        let number = Ty(self.len() as u32);
        self.added.push(ty.clone());
        self.numbers.insert(ty, number);
        number
    }

    /// The type with type parameters replaced, by position.
    pub(crate) fn substitute(&mut self, ty: Ty, arguments: &[Ty]) -> Ty {
        if arguments.is_empty() {
            return ty;
        }
        let form = self.get(ty).clone();
        let replaced = match form {
            Type::Variable(position) => return arguments[position as usize],
            Type::List(a) => Type::List(self.substitute(a, arguments)),
            Type::Set(a) => Type::Set(self.substitute(a, arguments)),
            Type::Generator(a) => Type::Generator(self.substitute(a, arguments)),
            Type::Map(a, b) => Type::Map(self.substitute(a, arguments), self.substitute(b, arguments)),
            Type::Result(a, b) => Type::Result(self.substitute(a, arguments), self.substitute(b, arguments)),
            Type::Tuple(parts) => Type::Tuple(self.substitute_all(&parts, arguments)),
            Type::Nominal(nominal, parts) => Type::Nominal(nominal, self.substitute_all(&parts, arguments)),
            Type::Function(parts, result) => Type::Function(
                self.substitute_all(&parts, arguments),
                self.substitute(result, arguments),
            ),
            Type::Union(parts) => {
                // What a type parameter stands for may be a union itself, or null.
                let mut members = Vec::with_capacity(parts.len());
                for part in self.substitute_all(&parts, arguments) {
                    match self.get(part) {
                        Type::Union(inner) => members.extend_from_slice(inner),
                        _ => members.push(part),
                    }
                }
                members.sort_unstable();
                members.dedup();
                return self.union(&members);
            }
            _ => return ty,
        };
        self.find(replaced)
    }

    /// [`TypeTable::substitute`] for several types.
    pub(crate) fn substitute_all(&mut self, types: &[Ty], arguments: &[Ty]) -> Vec<Ty> {
        types.iter().map(|ty| self.substitute(*ty, arguments)).collect()
    }

    /// The members of a union or of Json; of any other type, none.
    pub(crate) fn members(&self, ty: Ty) -> &[Ty] {
        match self.get(ty) {
            Type::Union(members) => members,
            Type::Json => &self.json_members,
            _ => &[],
        }
    }

    /// Whether control does not go on after an expression of this type.
    pub(crate) fn is_never(&self, ty: Ty) -> bool {
        matches!(self.get(ty), Type::Never)
    }
}

fn json_members(types: &[Type]) -> Vec<Ty> {
    let is = |ty: Ty, form: &Type| types.get(ty.0 as usize) == Some(form);
    let Some(json) = types.iter().position(|ty| *ty == Type::Json) else {
        return Vec::new();
    };
    let json = Ty(json as u32);
    let is_member = |ty: &Type| match ty {
        Type::Null | Type::Bool | Type::Int | Type::Float | Type::String => true,
        Type::List(element) => *element == json,
        Type::Map(key, value) => is(*key, &Type::String) && *value == json,
        _ => false,
    };
    let numbered = types.iter().zip(0..);
    numbered
        .filter(|(ty, _)| is_member(ty))
        .map(|(_, index)| Ty(index))
        .collect()
}

//! The type table while a module is lowered: the checker's types, and behind them the few that only lowering names.

use crate::hir::{Ty, Type};

/// Types by [`Ty`].
#[derive(Clone, Debug)]
pub(crate) struct TypeTable<'m> {
    checked: &'m [Type],
    added: Vec<Type>,
    scalars: [Option<Ty>; 4],
    /// What a Json can be, ascending; empty if the module has none.
    json_members: Vec<Ty>,
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
        let all = self.checked.iter().chain(&self.added);
        let index = match all.into_iter().position(|known| *known == ty) {
            Some(index) => index,
            None => {
                self.added.push(ty);
                self.len() - 1
            }
        };
        Ty(index as u32)
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

//! Methods: which cell `x.f()` means for a type. Those of an enum itself come first, then those of traits: of the bounds
//! of a type parameter, of the traits in scope, and of impls that stand beside the type.

use super::context::Checker;
use super::definition::{CellId, Definition};
use super::impls::{Having, Head, ImplId};
use super::traits::{BoundMethod, TraitId};
use super::types::Type;
use crate::hir::{NominalId, Ty};
use crate::interface::InterfaceKind;
use std::rc::Rc;

/// What a method is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// A cell of the enum or of an impl.
    Cell(CellId),
    /// Whatever cell the type parameter's type has.
    Bound(BoundMethod),
    /// Of an impl that was reported.
    Broken,
}

/// Answer to [`Checker::find_method`].
#[derive(Clone, Debug)]
pub(crate) enum Found {
    /// The type has no such method.
    None,
    /// This one.
    One(Method),
    /// Several traits have one of that name.
    Many(Vec<TraitId>),
}

impl Checker<'_> {
    /// The method of that name of a type.
    pub(crate) fn find_method(&mut self, ty: Ty, name: &str) -> Found {
        let ty = self.resolve(ty);
        if let Type::Parameter(number) = *self.types.get(ty) {
            let traits = Rc::clone(&self.type_parameter(number).traits).to_vec();
            return self.choose_method(ty, &traits, name);
        }
        let Some(head) = self.head_of(ty) else {
            return Found::None;
        };
        if let Head::Nominal(nominal) = head
            && let Some(cell) = self.own_method(nominal, name)
        {
            return Found::One(Method::Cell(cell));
        }
        let mut traits = self.traits_in_scope();
        traits.extend(self.traits_beside(head, name));
        traits.sort_unstable();
        traits.dedup();
        self.choose_method(ty, &traits, name)
    }

    /// The method among those of traits.
    fn choose_method(&mut self, ty: Ty, traits: &[TraitId], name: &str) -> Found {
        let mut having = Vec::new();
        let mut method = None;
        for of in traits {
            if let Some(found) = self.trait_method(ty, *of, name) {
                having.push(*of);
                method = Some(found);
            }
        }
        match (method, having.len()) {
            (Some(method), 1) => {
                self.use_trait(having[0]);
                Found::One(method)
            }
            (Some(_), _) => Found::Many(having),
            (None, _) => Found::None,
        }
    }

    /// The method of a trait, if it has one of that name and the type has the trait.
    pub(crate) fn trait_method(&mut self, ty: Ty, of: TraitId, name: &str) -> Option<Method> {
        let index = self
            .trait_methods(of)
            .iter()
            .position(|method| &*method.name == name)?;
        match self.has_trait(ty, of) {
            Having::Bound(parameter) => Some(Method::Bound(BoundMethod { parameter, of, index })),
            Having::Impl(id, _) => Some(self.impl_method(id, index)),
            Having::Excused | Having::No => None,
        }
    }

    /// The cell of an impl for a method of its trait.
    fn impl_method(&self, id: ImplId, index: usize) -> Method {
        match self.impl_info(id).cells.get(index) {
            Some(Some(cell)) => Method::Cell(*cell),
            _ => Method::Broken,
        }
    }

    /// A cell inside an enum.
    pub(crate) fn own_method(&mut self, nominal: NominalId, name: &str) -> Option<CellId> {
        let info = self.nominal(nominal);
        let Some(module) = info.module.clone() else {
            return self.enum_methods.get(&(nominal, Rc::from(name))).copied();
        };
        let full = format!("{}.{name}", info.name);
        let module = self.recorder.module(&module)?;
        let item = self.recorder.item(module, &full)?;
        match item.kind() {
            InterfaceKind::Cell { .. } => match self.define_imported(module, &full, &item) {
                Definition::Cell(cell) => Some(cell),
                _ => None,
            },
            _ => None,
        }
    }

    /// Traits whose impl with such a method stands in the module of the type.
    fn traits_beside(&mut self, head: Head, name: &str) -> Vec<TraitId> {
        let Head::Nominal(nominal) = head else {
            return Vec::new();
        };
        let info = self.nominal(nominal).clone();
        let Some(id) = info.module else {
            let own: Vec<TraitId> = self
                .impls
                .keys()
                .filter(|(_, of)| *of == head)
                .map(|(of, _)| *of)
                .collect();
            return own;
        };
        let Some(module) = self.recorder.module(&id) else {
            return Vec::new();
        };
        let Some(item) = self.recorder.item(module, &format!("{}.{name}", info.name)) else {
            return Vec::new();
        };
        match item.kind() {
            InterfaceKind::Method { traits } => traits
                .iter()
                .map(|(module, name)| self.foreign_trait(module, name))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Traits in scope that have a method of that name.
    pub(crate) fn traits_with_method(&mut self, name: &str) -> Vec<TraitId> {
        let mut traits = self.traits_in_scope();
        traits.retain(|of| self.trait_methods(*of).iter().any(|method| &*method.name == name));
        traits
    }

    /// Names of methods that a type is known to have, for suggestions.
    pub(crate) fn method_names(&mut self, ty: Ty) -> Vec<Rc<str>> {
        let ty = self.resolve(ty);
        let mut names: Vec<Rc<str>> = Vec::new();
        let traits = match (self.types.get(ty).clone(), self.head_of(ty)) {
            (Type::Parameter(number), _) => self.type_parameter(number).traits.to_vec(),
            (_, Some(head)) => {
                if let Head::Nominal(nominal) = head {
                    let own = self.enum_methods.keys().filter(|(owner, _)| *owner == nominal);
                    names.extend(own.map(|(_, name)| Rc::clone(name)));
                }
                let mut traits = self.traits_in_scope();
                traits.retain(|of| matches!(self.has_trait(ty, *of), Having::Impl(..)));
                traits
            }
            _ => Vec::new(),
        };
        for of in traits {
            let methods = self.trait_methods(of);
            names.extend(methods.iter().map(|method| Rc::clone(&method.name)));
        }
        names.sort_unstable();
        names.dedup();
        names
    }
}

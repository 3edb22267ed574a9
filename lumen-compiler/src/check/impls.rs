//! Impls: which types have which traits, and the cells that do it. An impl is for a type with all its type arguments, and
//! there is one for a pair of trait and type, in the module of one of the two; so whoever needs it knows where to look.

use super::context::Checker;
use super::definition::{CellId, Definition};
use super::messages::{e0011, e0014};
use super::parameters::Generics;
use super::scope::Wanted;
use super::traits::TraitId;
use super::types::{Type, Types};
use crate::diagnostic::Span;
use crate::hir::{NominalId, Ty};
use crate::interface::InterfaceKind;
use crate::syntax::ast::{self, ItemKind, TypeExprId, TypeExprKind};
use lumen_vm::lir::ModuleId;
use std::rc::Rc;

/// A type without its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Head {
    /// A record or enum.
    Nominal(NominalId),
    /// A type of the language, by name.
    Builtin(&'static str),
}

/// Index into the table of impls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ImplId(u32);

/// An impl.
#[derive(Clone, Debug)]
pub(crate) struct ImplInfo {
    /// Its trait.
    pub(crate) of: TraitId,
    /// Its type parameters, the arguments of `ty`.
    pub(crate) generics: Generics,
    /// The type that has the trait.
    pub(crate) ty: Ty,
    /// By method of the trait: the cell; none if that was reported.
    pub(crate) cells: Vec<Option<CellId>>,
    /// Where its trait stands, if here.
    pub(crate) span: Option<Span>,
}

/// An impl of this module whose trait and type are not looked at yet.
#[derive(Clone, Debug)]
pub(crate) struct DeclaredImpl {
    /// Position among the items.
    pub(crate) item: usize,
    /// Its type parameters.
    pub(crate) generics: Generics,
    /// Its cells.
    pub(crate) cells: Vec<CellId>,
    /// What was made of it, if it is sound enough.
    pub(crate) known: Option<ImplId>,
}

impl<'a> Checker<'a> {
    /// An impl.
    pub(crate) fn impl_info(&self, id: ImplId) -> &ImplInfo {
        &self.impl_table[id.0 as usize]
    }

    /// The cells of an impl are known.
    pub(super) fn set_impl_cells(&mut self, id: ImplId, cells: Vec<Option<CellId>>) {
        self.impl_table[id.0 as usize].cells = cells;
    }

    fn add_impl(&mut self, info: ImplInfo) -> ImplId {
        self.impl_table.push(info);
        ImplId(u32::try_from(self.impl_table.len() - 1).expect("fewer than 2^32 impls"))
    }

    /// The type without its arguments; none for types that no impl is for.
    pub(crate) fn head_of(&self, ty: Ty) -> Option<Head> {
        Some(match self.types.get(ty) {
            Type::Nominal(nominal, _) => Head::Nominal(*nominal),
            Type::Int => Head::Builtin("Int"),
            Type::Float => Head::Builtin("Float"),
            Type::Bool => Head::Builtin("Bool"),
            Type::String => Head::Builtin("String"),
            Type::Bytes => Head::Builtin("Bytes"),
            Type::Null => Head::Builtin("Null"),
            Type::Json => Head::Builtin("Json"),
            Type::List(_) => Head::Builtin("list"),
            Type::Set(_) => Head::Builtin("set"),
            Type::Map(..) => Head::Builtin("map"),
            Type::Result(..) => Head::Builtin("result"),
            _ => return None,
        })
    }

    /// The arguments of a type with a head.
    pub(super) fn arguments_of(&self, ty: Ty) -> Vec<Ty> {
        match self.types.get(ty) {
            Type::Nominal(_, arguments) => arguments.to_vec(),
            Type::List(a) | Type::Set(a) => vec![*a],
            Type::Map(a, b) | Type::Result(a, b) => vec![*a, *b],
            _ => Vec::new(),
        }
    }

    fn head_module(&self, head: Head) -> Option<ModuleId> {
        match head {
            Head::Nominal(nominal) => self.nominal(nominal).module.clone(),
            Head::Builtin(_) => None,
        }
    }

    /// The name of an impl as an item of an interface.
    pub(crate) fn impl_name(&self, of: TraitId, head: Head) -> String {
        let info = self.trait_info(of);
        let of = info.module.as_ref().unwrap_or(self.id);
        match head {
            Head::Builtin(name) => format!("{of}.{} for {name}", info.name),
            Head::Nominal(nominal) => {
                let nominal = self.nominal(nominal);
                let module = nominal.module.as_ref().unwrap_or(self.id);
                format!("{of}.{} for {module}.{}", info.name, nominal.name)
            }
        }
    }

    /// Finds trait and type of every impl of this module, and holds them against the rules of coherence.
    pub(crate) fn resolve_impls(&mut self) {
        for number in 0..self.declared_impls.len() {
            let declared = self.declared_impls[number].clone();
            let ItemKind::Impl {
                trait_name, target, ..
            } = &self.ast.items[declared.item].kind
            else {
                continue;
            };
            let of = self.impl_trait(*trait_name);
            let outer = self.enter_generics(&declared.generics);
            let ty = self.impl_target(*target, &declared.generics);
            self.leave_generics(outer);
            for cell in &declared.cells {
                self.cells[cell.0 as usize].self_type = Some(ty);
            }
            if let (Some(of), Some(head)) = (of, self.head_of(ty)) {
                self.declared_impls[number].known = self.enter_impl(&declared, of, head, ty);
            }
        }
    }

    fn enter_impl(&mut self, declared: &DeclaredImpl, of: TraitId, head: Head, ty: Ty) -> Option<ImplId> {
        let ItemKind::Impl {
            trait_name, target, ..
        } = &self.ast.items[declared.item].kind
        else {
            return None;
        };
        let span = self.ast.types[*trait_name].span;
        if let Some(Some(first)) = self.impls.get(&(of, head)).copied() {
            let shown = self.show(ty);
            let shown = format!("{} for {shown}", self.trait_info(of).name);
            let first = self.impl_info(first).span.unwrap_or(span);
            self.report(e0011::duplicate(span, "impl", &shown, first));
            return None;
        }
        let trait_module = self.trait_info(of).module.clone();
        let is_foreign_type = matches!(head, Head::Builtin(_)) || self.head_module(head).is_some();
        if let (Some(module), true) = (&trait_module, is_foreign_type) {
            let span = Span {
                end: self.ast.types[*target].span.end,
                ..span
            };
            let (name, shown) = (self.trait_info(of).name.to_string(), self.show(ty));
            let of_type = self.head_module(head).map(|module| module.path().to_owned());
            self.report(e0014::orphan(
                span,
                &name,
                &shown,
                module.path(),
                of_type.as_deref(),
            ));
        }
        let id = self.add_impl(ImplInfo {
            of,
            generics: Generics::clone(&declared.generics),
            ty,
            cells: Vec::new(),
            span: Some(span),
        });
        self.impls.insert((of, head), Some(id));
        Some(id)
    }

    /// The trait that an impl or a bound names; what is wrong has been said if there is none.
    pub(crate) fn impl_trait(&mut self, written: TypeExprId) -> Option<TraitId> {
        let ast = self.ast;
        let span = ast.types[written].span;
        let TypeExprKind::Named {
            module,
            name,
            arguments,
        } = &ast.types[written].kind
        else {
            if !matches!(ast.types[written].kind, TypeExprKind::Error) {
                self.report(e0014::no_bound(span, "this"));
            }
            return None;
        };
        let text = self.text(name.name);
        let definition = match module {
            Some(module) => self.module_type(*module, *name)?,
            None => match self.lookup(name.name, name.span) {
                Some(definition) => definition,
                None if self.scope.has_unknown_names => return None,
                None if super::annotation::scalar(text).is_some() => {
                    self.report(e0014::no_bound(span, &format!("`{text}`")));
                    return None;
                }
                None if super::bounds::class_of_name(text).is_some() => {
                    self.report(e0014::class_impl(span, text));
                    return None;
                }
                None => {
                    let classes = super::bounds::class_names();
                    let near = self.near_name(text, Wanted::Trait, classes);
                    self.report(e0014::unknown_bound(name.span, text, near.as_deref()));
                    return None;
                }
            },
        };
        match definition {
            Definition::Trait(of) if arguments.is_empty() => Some(of),
            Definition::Trait(_) => {
                self.report(e0014::wrong_arguments(
                    span,
                    &format!("trait `{text}`"),
                    text,
                    &[],
                    arguments.len(),
                ));
                None
            }
            Definition::Broken => None,
            _ => {
                self.report(e0014::no_bound(span, &format!("`{text}`")));
                None
            }
        }
    }

    /// The type of an impl: a record, an enum or a type of the language, with the impl's type parameters as arguments.
    fn impl_target(&mut self, written: TypeExprId, generics: &Generics) -> Ty {
        let span = self.ast.types[written].span;
        let ty = self.annotation(written);
        if self.types.is_erroneous(ty) {
            return Types::ERROR;
        }
        if self.head_of(ty).is_none() {
            let shown = self.show(ty);
            self.report(e0014::no_impl_target(span, &shown));
            return Types::ERROR;
        }
        let arguments = self.arguments_of(ty);
        let mut seen: Vec<u32> = Vec::new();
        for argument in &arguments {
            match self.types.get(*argument) {
                Type::Parameter(number) if generics.contains(number) && !seen.contains(number) => {
                    seen.push(*number);
                }
                _ => {
                    let shown = self.show(*argument);
                    self.report(e0014::impl_argument(span, &shown));
                    return Types::ERROR;
                }
            }
        }
        ty
    }

    /// The impl of a trait for a type with this head, here or in the modules of the two.
    pub(crate) fn find_impl(&mut self, of: TraitId, head: Head) -> Option<ImplId> {
        if let Some(known) = self.impls.get(&(of, head)) {
            return *known;
        }
        let mut found = None;
        if let Some(module) = self.trait_info(of).module.clone() {
            let name = self.impl_name(of, head);
            let places = [Some(module), self.head_module(head)];
            for place in places.into_iter().flatten() {
                if found.is_none() {
                    found = self.load_impl(of, &place, &name);
                }
            }
        }
        self.impls.insert((of, head), found);
        found
    }

    fn load_impl(&mut self, of: TraitId, module: &ModuleId, name: &str) -> Option<ImplId> {
        let module = self.recorder.module(module)?;
        let item = self.recorder.item(module, name)?;
        let InterfaceKind::Impl {
            type_parameters,
            ty,
            cells,
        } = item.kind()
        else {
            self.leans_on_broken = true;
            return None;
        };
        let owner = format!("the impl of `{}`", self.trait_info(of).name);
        let generics = self.import_generics(type_parameters, &owner);
        let outer = self.enter_import(&generics);
        let ty = self.import_type(ty);
        self.import_arguments = outer;
        let cells = cells
            .iter()
            .map(|cell| {
                let item = self.recorder.item(module, cell)?;
                match self.define_imported(module, cell, &item) {
                    Definition::Cell(cell) => Some(cell),
                    _ => None,
                }
            })
            .collect();
        Some(self.add_impl(ImplInfo {
            of,
            generics,
            ty,
            cells,
            span: None,
        }))
    }

    /// What the type parameters of an impl stand for, for a type with its head.
    pub(crate) fn impl_arguments(&mut self, id: ImplId, ty: Ty) -> Vec<Ty> {
        let info = self.impl_info(id).clone();
        let mut arguments = vec![Types::ERROR; info.generics.len()];
        for (written, argument) in self.arguments_of(info.ty).into_iter().zip(self.arguments_of(ty)) {
            if let Type::Parameter(number) = *self.types.get(written)
                && let Some(seat) = arguments.get_mut(self.type_parameter(number).position as usize)
            {
                *seat = argument;
            }
        }
        arguments
    }
}

/// The type arguments of an impl's type that stand for type parameters because nothing else has their name: bare names.
pub(crate) fn bare_arguments(ast: &ast::Ast, target: TypeExprId) -> Vec<ast::Ident> {
    let TypeExprKind::Named { arguments, .. } = &ast.types[target].kind else {
        return Vec::new();
    };
    arguments
        .iter()
        .filter_map(|argument| match &ast.types[*argument].kind {
            TypeExprKind::Named {
                module: None,
                name,
                arguments,
            } if arguments.is_empty() => Some(*name),
            _ => None,
        })
        .collect()
}

/// The last name in a type as written, for the names of cells.
pub(crate) fn last_name(ast: &ast::Ast, written: TypeExprId) -> &str {
    match &ast.types[written].kind {
        TypeExprKind::Named { name, .. } => ast.names.text(name.name),
        _ => "_",
    }
}

/// The result of [`Checker::has_trait`].
#[derive(Clone, Debug)]
pub(crate) enum Having {
    /// A type parameter with the bound.
    Bound(u32),
    /// By an impl, with what its type parameters stand for.
    Impl(ImplId, Vec<Ty>),
    /// Of something reported.
    Excused,
    /// It has not.
    No,
}

impl Checker<'_> {
    /// How a type has a trait.
    pub(crate) fn has_trait(&mut self, ty: Ty, of: TraitId) -> Having {
        let ty = self.resolve_deep(ty);
        match self.types.get(ty) {
            Type::Error | Type::Never | Type::Variable(_) => return Having::Excused,
            Type::Parameter(number) => {
                let number = *number;
                let has_bound = Rc::clone(&self.type_parameter(number).traits).contains(&of);
                return if has_bound {
                    Having::Bound(number)
                } else {
                    Having::No
                };
            }
            _ => {}
        }
        let Some(head) = self.head_of(ty) else {
            return Having::No;
        };
        match self.find_impl(of, head) {
            Some(id) => {
                let arguments = self.impl_arguments(id, ty);
                Having::Impl(id, arguments)
            }
            None => Having::No,
        }
    }
}

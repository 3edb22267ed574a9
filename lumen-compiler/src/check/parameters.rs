//! Type parameters of declarations: `[T: Ordered]`. Each has its number in one table for the whole module, so a type
//! that mentions one says by itself what it belongs to.
//!
//! What a declaration's type parameters stand for at one use is a list of types by position; [`Checker::substitute`] puts
//! them in. Which bounds they meet is the affair of `bounds`, which use made them what they are that of `call/solve`.

use super::context::Checker;
use super::definition::CellId;
use super::messages::{e0011, w0001};
use super::traits::TraitId;
use super::types::{Type, Types};
use super::variables::Unknown;
use crate::diagnostic::Span;
use crate::hir::{self, Ty};
use crate::interface::InterfaceTypeParameter;
use crate::syntax::ast;
use crate::syntax::name::Name;
use lumen_vm::lir::VariableClass;
use std::rc::Rc;

/// The type parameters of a declaration, in order: indices into the table.
pub(crate) type Generics = Rc<[u32]>;

/// A type parameter.
#[derive(Clone, Debug)]
pub(crate) struct TypeParameter {
    /// Its name.
    pub(crate) name: Rc<str>,
    /// What declares it, for messages: "cell `f`".
    pub(crate) owner: Rc<str>,
    /// Its position among those of the declaration.
    pub(crate) position: u32,
    /// What its built-in bounds come down to.
    pub(crate) class: VariableClass,
    /// The traits among its bounds, as written.
    pub(crate) traits: Rc<[TraitId]>,
    /// Where it is declared, if here.
    pub(crate) span: Option<Span>,
    /// The declaration mentions it.
    used: bool,
}

/// The type parameters in scope: those of the declaration at hand.
#[derive(Clone, Debug, Default)]
pub(crate) struct TypeScope {
    /// All of the declaration's.
    pub(crate) generics: Generics,
    /// What names mean in types, before all other names.
    names: Vec<(Name, Ty)>,
}

impl TypeScope {
    /// Makes `Self` a type; `name` is that word, if it occurs anywhere.
    pub(crate) fn set_self(&mut self, name: Option<Name>, ty: Ty) {
        if let Some(name) = name {
            self.names.insert(0, (name, ty));
        }
    }

    /// What the name means in a type.
    pub(crate) fn find(&self, name: Name) -> Option<Ty> {
        self.names
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, ty)| *ty)
    }
}

impl<'a> Checker<'a> {
    /// A type parameter.
    pub(crate) fn type_parameter(&self, number: u32) -> &TypeParameter {
        &self.type_parameters[number as usize]
    }

    /// The type that a type parameter is where it is in scope.
    pub(crate) fn parameter_type(&mut self, number: u32) -> Ty {
        self.types.intern(Type::Parameter(number))
    }

    /// The type parameters as types: what a declaration's own stand for within it.
    pub(crate) fn own_arguments(&mut self, generics: &Generics) -> Vec<Ty> {
        generics
            .iter()
            .map(|number| self.parameter_type(*number))
            .collect()
    }

    /// Enters the type parameters of a declaration of this module, behind those of what it stands in. Bounds follow when
    /// all names are known.
    pub(crate) fn declare_generics(
        &mut self,
        outer: &Generics,
        written: &[ast::Generic],
        owner: &str,
    ) -> Generics {
        let mut numbers = outer.to_vec();
        let owner: Rc<str> = owner.into();
        for generic in written {
            let text = self.text(generic.name.name);
            let repeated = numbers
                .iter()
                .find(|number| &*self.type_parameter(**number).name == text);
            if let Some(first) = repeated.and_then(|number| self.type_parameter(*number).span) {
                self.report(e0011::duplicate(generic.name.span, "type parameter", text, first));
            }
            self.lint_type_name(generic.name, "type parameter");
            let position = numbers.len() as u32;
            numbers.push(self.add_parameter(TypeParameter {
                name: text.into(),
                owner: Rc::clone(&owner),
                position,
                class: VariableClass::Any,
                traits: Rc::default(),
                span: Some(generic.name.span),
                used: repeated.is_some(),
            }));
        }
        numbers.into()
    }

    /// The type parameters of an item of another module.
    pub(crate) fn import_generics(&mut self, parameters: &[InterfaceTypeParameter], owner: &str) -> Generics {
        let owner: Rc<str> = owner.into();
        (0u32..)
            .zip(parameters)
            .map(|(position, parameter)| {
                let traits = parameter
                    .traits
                    .iter()
                    .map(|(module, name)| self.foreign_trait(module, name))
                    .collect();
                self.add_parameter(TypeParameter {
                    name: parameter.name.as_str().into(),
                    owner: Rc::clone(&owner),
                    position,
                    class: parameter.class,
                    traits,
                    span: None,
                    used: true,
                })
            })
            .collect()
    }

    /// `Self` of a trait.
    pub(crate) fn self_parameter(&mut self, owner: &str) -> Generics {
        let number = self.add_parameter(TypeParameter {
            name: "Self".into(),
            owner: owner.into(),
            position: 0,
            class: VariableClass::Any,
            traits: Rc::default(),
            span: None,
            used: true,
        });
        Generics::from([number])
    }

    fn add_parameter(&mut self, parameter: TypeParameter) -> u32 {
        self.type_parameters.push(parameter);
        u32::try_from(self.type_parameters.len() - 1).expect("fewer than 2^32 type parameters")
    }

    /// Brings a declaration's type parameters into scope; what was in scope is handed back, for [`Checker::leave_generics`].
    pub(crate) fn enter_generics(&mut self, generics: &Generics) -> TypeScope {
        let mut names = Vec::with_capacity(generics.len());
        for number in generics.iter() {
            // A name that is written nowhere has no number and cannot be asked for.
            if let Some(name) = self.ast.names.find(&self.type_parameter(*number).name) {
                let ty = self.parameter_type(*number);
                names.push((name, ty));
            }
        }
        let scope = TypeScope {
            generics: Rc::clone(generics),
            names,
        };
        std::mem::replace(&mut self.type_scope, scope)
    }

    /// The same for a cell, in which `Self` may be a type too.
    pub(crate) fn enter_cell(&mut self, cell: CellId) -> TypeScope {
        let info = self.cell(cell);
        let (generics, self_type) = (Generics::clone(&info.generics), info.self_type);
        let outer = self.enter_generics(&generics);
        if let Some(ty) = self_type {
            self.type_scope.set_self(self.ast.names.find("Self"), ty);
        }
        outer
    }

    /// Takes the scope back.
    pub(crate) fn leave_generics(&mut self, outer: TypeScope) {
        self.type_scope = outer;
    }

    /// The type parameter of that name, if one is in scope.
    pub(crate) fn find_parameter(&mut self, name: Name) -> Option<Ty> {
        let ty = self.type_scope.find(name)?;
        if let Type::Parameter(number) = *self.types.get(ty) {
            self.type_parameters[number as usize].used = true;
        }
        Some(ty)
    }

    /// W0001 for type parameters that the declaration does not mention.
    pub(crate) fn report_unused_parameters(&mut self, own: &[u32]) {
        for number in own {
            let parameter = self.type_parameter(*number);
            if let (false, Some(span)) = (parameter.used || parameter.name.starts_with('_'), parameter.span) {
                let diagnostic = w0001::type_parameter(span, &parameter.name);
                self.report(diagnostic);
            }
        }
    }

    /// What type parameters stand for in one use: variables, for later uses to decide.
    pub(crate) fn fresh_arguments(&mut self, generics: &Generics, span: Span) -> Vec<Ty> {
        generics
            .iter()
            .map(|number| self.fresh(Unknown::Argument(*number), span))
            .collect()
    }

    /// The type with type parameters replaced by what they stand for, by position.
    pub(crate) fn substitute(&mut self, ty: Ty, arguments: &[Ty]) -> Ty {
        if arguments.is_empty() || !self.types.is_generic(ty) {
            return ty;
        }
        if let Type::Parameter(number) = *self.types.get(ty) {
            let position = self.type_parameter(number).position as usize;
            return arguments.get(position).copied().unwrap_or(Types::ERROR);
        }
        let parts: Vec<Ty> = self.types.get(ty).parts().collect();
        let mut parts = self.substitute_all(&parts, arguments);
        if matches!(self.types.get(ty), Type::Union(_)) {
            // The normal form of a union is that of what its variables are bound to.
            for part in &mut parts {
                *part = self.resolve(*part);
            }
        }
        self.types.with_parts(ty, &parts)
    }

    /// [`Checker::substitute`] for several types.
    pub(crate) fn substitute_all(&mut self, types: &[Ty], arguments: &[Ty]) -> Vec<Ty> {
        types.iter().map(|ty| self.substitute(*ty, arguments)).collect()
    }

    /// What a cell with these type parameters is generic in.
    pub(crate) fn hir_generics(&mut self, generics: &Generics) -> hir::Generics {
        let parameters = generics
            .iter()
            .map(|number| {
                let parameter = self.type_parameter(*number);
                lumen_vm::lir::TypeParameter {
                    name: parameter.name.to_string(),
                    class: parameter.class,
                }
            })
            .collect();
        let methods = self
            .bound_methods(generics)
            .into_iter()
            .map(|method| self.hir_method(method))
            .collect();
        hir::Generics { parameters, methods }
    }
}

//! Bounds of type parameters: `[T: Ordered]`. `Equatable`, `Ordered` and `Key` are classes of types that the language
//! itself knows; their names mean that only here, and only where no declaration hides them.

use super::class::Membership;
use super::context::Checker;
use super::impls::Having;
use super::instances::Instance;
use super::messages::{e0012, e0014};
use super::parameters::Generics;
use super::traits::TraitId;
use super::types::{Type, Types};
use crate::diagnostic::{Diagnostic, Span};
use crate::hir::{Callee, Ty};
use crate::syntax::ast::{self, TypeExprId, TypeExprKind};
use lumen_vm::lir::VariableClass;
use std::rc::Rc;

/// The bounds that are classes.
const CLASSES: [(&str, VariableClass); 3] = [
    ("Equatable", VariableClass::Equatable),
    ("Ordered", VariableClass::Ordered),
    ("Key", VariableClass::Key),
];

/// The class as people write it; `Any` is not written.
pub(crate) fn class_name(class: VariableClass) -> &'static str {
    CLASSES
        .iter()
        .find(|(_, known)| *known == class)
        .map_or("Any", |(name, _)| name)
}

/// Names of the classes.
pub(crate) fn class_names() -> impl Iterator<Item = &'static str> {
    CLASSES.iter().map(|(name, _)| *name)
}

/// The class of that name.
pub(crate) fn class_of_name(name: &str) -> Option<VariableClass> {
    CLASSES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, class)| *class)
}

/// A type as written that must be of a class, to be checked once all declarations are known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WrittenArgument {
    ty: Ty,
    span: Span,
    /// The type parameter that it stands for; without one it is the element of a set.
    parameter: Option<u32>,
}

impl Checker<'_> {
    /// Works out the bounds of a declaration's own type parameters.
    pub(crate) fn resolve_bounds(&mut self, own: &[u32], written: &[ast::Generic]) {
        for (number, generic) in own.iter().zip(written) {
            for bound in &generic.bounds {
                self.resolve_bound(*number, *bound);
            }
        }
    }

    fn resolve_bound(&mut self, parameter: u32, bound: TypeExprId) {
        if let TypeExprKind::Named {
            module: None,
            name,
            arguments,
        } = &self.ast.types[bound].kind
            && arguments.is_empty()
            && self.scope.declared(name.name).is_none()
            && let Some(class) = class_of_name(self.text(name.name))
        {
            let known = &mut self.type_parameters[parameter as usize].class;
            *known = (*known).max(class);
            return;
        }
        if let Some(of) = self.impl_trait(bound) {
            let known = &mut self.type_parameters[parameter as usize].traits;
            if !known.contains(&of) {
                *known = known.iter().copied().chain([of]).collect();
            }
        }
    }

    /// Notes type arguments as written; what they must be is checked at the end.
    pub(crate) fn note_arguments(&mut self, generics: &Generics, arguments: &[Ty], written: &[TypeExprId]) {
        for ((number, ty), id) in generics.iter().zip(arguments).zip(written) {
            self.written_arguments.push(WrittenArgument {
                ty: *ty,
                span: self.ast.types[*id].span,
                parameter: Some(*number),
            });
        }
    }

    /// Notes the element type of a set.
    pub(crate) fn note_set_element(&mut self, ty: Ty, span: Span) {
        self.written_arguments.push(WrittenArgument {
            ty,
            span,
            parameter: None,
        });
    }

    /// Checks all types as written for the classes that they must be of.
    pub(crate) fn check_written_bounds(&mut self) {
        for WrittenArgument { ty, span, parameter } in std::mem::take(&mut self.written_arguments) {
            match parameter {
                Some(parameter) => {
                    self.meet_class(parameter, ty, span, None);
                    for of in Rc::clone(&self.type_parameter(parameter).traits).iter() {
                        self.meet_trait(parameter, ty, *of, span, None);
                    }
                }
                None if self.is_of_class(ty, VariableClass::Equatable) == Membership::No => {
                    self.report_set_element(ty, span);
                }
                None => {}
            }
        }
    }

    /// E0014 for an element type without equality.
    pub(crate) fn report_set_element(&mut self, ty: Ty, span: Span) {
        let (shown, help) = (self.show(ty), self.class_help(ty, VariableClass::Equatable));
        self.report(e0014::set_element(span, &shown).help(help));
    }

    /// Checks that the arguments of an instance are what the bounds of its type parameters demand; the cells for the
    /// methods of the bounds.
    pub(crate) fn meet_bounds(&mut self, instance: &Instance) -> Vec<Callee> {
        let mut methods = Vec::new();
        for (position, (number, argument)) in instance.generics.iter().zip(&instance.arguments).enumerate() {
            let span = instance.fixed[position].unwrap_or(instance.span);
            self.meet_class(*number, *argument, span, Some(&instance.place));
            for of in Rc::clone(&self.type_parameter(*number).traits).iter() {
                self.meet_trait(*number, *argument, *of, span, Some(&instance.place));
                self.add_methods(&mut methods, *argument, *of, instance);
            }
        }
        methods
    }

    /// Adds the cells for the methods of a trait that a type has.
    fn add_methods(&mut self, methods: &mut Vec<Callee>, ty: Ty, of: TraitId, instance: &Instance) {
        match self.has_trait(ty, of) {
            Having::Bound(parameter) => {
                let generics = Generics::clone(&self.type_scope.generics);
                let known = self.bound_methods(&generics);
                let own = known
                    .iter()
                    .enumerate()
                    .filter(|(_, method)| method.parameter == parameter && method.of == of);
                methods.extend(own.map(|(number, _)| Callee::Method(number as u32)));
            }
            Having::Impl(id, arguments) => {
                let info = self.impl_info(id).clone();
                for cell in info.cells.into_iter().flatten() {
                    let callee = self.callee(cell);
                    let mut method = Instance {
                        cell: callee,
                        fixed: vec![None; arguments.len()],
                        generics: Generics::clone(&info.generics),
                        arguments: arguments.clone(),
                        methods: Vec::new(),
                        span: instance.span,
                        place: instance.place.clone(),
                        settled: true,
                    };
                    method.methods = self.meet_bounds(&method);
                    methods.push(self.instantiate(method));
                }
            }
            Having::Excused | Having::No => {}
        }
    }

    /// E0012 unless the type has the trait, and its arguments have what the impl demands of them.
    fn meet_trait(&mut self, parameter: u32, argument: Ty, of: TraitId, span: Span, place: Option<&str>) {
        if !matches!(self.has_trait(argument, of), Having::No) {
            return;
        }
        let shown = self.show(argument);
        let (info, name) = (
            self.type_parameter(parameter).clone(),
            self.trait_info(of).name.to_string(),
        );
        let mut diagnostic = e0012::trait_bound(place, span, &shown, &info.name, &info.owner, &name);
        if let Some(declared) = info.span {
            diagnostic = diagnostic.related(declared, "the bound is declared here");
        }
        let help = self.trait_help(argument, of);
        self.report(diagnostic.help(help));
    }

    /// How a type comes to have a trait.
    pub(crate) fn trait_help(&mut self, ty: Ty, of: TraitId) -> String {
        let ty = self.resolve_deep(ty);
        let name = self.trait_info(of).name.to_string();
        if let Type::Parameter(number) = *self.types.get(ty) {
            let info = self.type_parameter(number);
            return format!(
                "add the bound to the type parameter of {}: `[{}: {name}]`",
                info.owner, info.name
            );
        }
        let shown = match *self.types.get(ty) {
            Type::Nominal(nominal, _) => {
                let declared = self.own_type(nominal);
                self.show(declared)
            }
            _ => self.show(ty),
        };
        match self.head_of(ty) {
            Some(_) => format!("write `impl {name} for {shown}`, with a cell for each of its methods"),
            None => format!("there is no impl for {shown}: put it into a record, and write an impl for that"),
        }
    }

    fn meet_class(&mut self, parameter: u32, argument: Ty, span: Span, place: Option<&str>) {
        let class = self.type_parameter(parameter).class;
        if self.is_of_class(argument, class) != Membership::No {
            return;
        }
        let shown = self.show(argument);
        let info = self.type_parameter(parameter).clone();
        let mut diagnostic = e0012::bound(place, span, &shown, &info.name, &info.owner, class_name(class));
        if let Some(declared) = info.span {
            diagnostic = diagnostic.related(declared, "the bound is declared here");
        }
        diagnostic = diagnostic.help(self.class_help(argument, class));
        self.report(diagnostic);
    }

    /// How a type comes to be of a class.
    pub(crate) fn class_help(&mut self, ty: Ty, class: VariableClass) -> String {
        if let Some(parameter) = self.lacking_parameter(ty, class) {
            let info = self.type_parameter(parameter);
            return format!(
                "add the bound to the type parameter of {}: `[{}: {}]`",
                info.owner,
                info.name,
                class_name(class)
            );
        }
        match class {
            VariableClass::Key => "keys are String, Int or Bool",
            VariableClass::Ordered => {
                "Int, Float, String, Bool, Bytes, tuples and lists of those can be ordered"
            }
            VariableClass::Equatable | VariableClass::Any => {
                "functions and generators have no equality, nor has what holds them"
            }
        }
        .to_owned()
    }

    /// The type parameter whose missing bound keeps a type out of a class.
    pub(crate) fn lacking_parameter(&mut self, ty: Ty, class: VariableClass) -> Option<u32> {
        let ty = self.resolve_deep(ty);
        if class == VariableClass::Key && !matches!(self.types.get(ty), Type::Parameter(_)) {
            return None;
        }
        let numbers = self.parameters_in(ty);
        numbers
            .into_iter()
            .find(|number| self.type_parameter(*number).class < class)
    }

    /// Adds advice if the type is a type parameter, perhaps optional.
    pub(crate) fn if_opaque(&mut self, diagnostic: Diagnostic, ty: Ty) -> Diagnostic {
        let ty = self.resolve(ty);
        let members = self.types.members(ty);
        let parameter = members
            .into_iter()
            .find_map(|member| match self.types.get(member) {
                Type::Parameter(number) => Some(*number),
                _ => None,
            });
        match parameter {
            Some(number) => e0012::opaque(diagnostic, &self.type_parameter(number).name),
            None => diagnostic,
        }
    }

    /// Whether a type parameter stands in a union with anything but null: what it stands for could be one of the others.
    pub(crate) fn is_blurred_union(&self, members: &[Ty]) -> Option<Ty> {
        let parameter = members
            .iter()
            .copied()
            .find(|member| matches!(self.types.get(*member), Type::Parameter(_)))?;
        members
            .iter()
            .any(|member| *member != parameter && *member != Types::NULL)
            .then_some(parameter)
    }
}

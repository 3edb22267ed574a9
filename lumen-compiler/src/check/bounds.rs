//! Bounds of type parameters: `[T: Ordered]`. `Equatable`, `Ordered` and `Key` are classes of types that the language
//! itself knows; their names mean that only here, and only where no declaration hides them.

use super::class::Membership;
use super::context::Checker;
use super::instances::Instance;
use super::messages::{e0012, e0014};
use super::parameters::Generics;
use super::types::{Type, Types};
use crate::diagnostic::{Diagnostic, Span, closest};
use crate::hir::Ty;
use crate::syntax::ast::{self, TypeExprId, TypeExprKind};
use lumen_vm::lir::VariableClass;

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
        let ast = self.ast;
        let written = &ast.types[bound];
        let TypeExprKind::Named {
            module,
            name,
            arguments,
        } = &written.kind
        else {
            if !matches!(written.kind, TypeExprKind::Error) {
                self.report(e0014::no_bound(written.span, "this"));
            }
            return;
        };
        let text = self.text(name.name);
        let class = match (module, self.scope.declared(name.name)) {
            (None, None) => class_of_name(text),
            _ => None,
        };
        if let (Some(class), true) = (class, arguments.is_empty()) {
            let known = &mut self.type_parameters[parameter as usize].class;
            *known = (*known).max(class);
            return;
        }
        match self.lookup(name.name, name.span) {
            Some(super::definition::Definition::Broken) => {}
            Some(_) => self.report(e0014::no_bound(written.span, &format!("`{text}`"))),
            None if self.scope.has_unknown_names => {}
            None if super::annotation::scalar(text).is_some() => {
                self.report(e0014::no_bound(written.span, &format!("`{text}`")));
            }
            None => {
                let near = closest(text, CLASSES.iter().map(|(name, _)| *name));
                self.report(e0014::unknown_bound(name.span, text, near));
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
                Some(parameter) => self.meet_class(parameter, ty, span, None),
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

    /// Checks that the arguments of an instance are what the bounds of its type parameters demand.
    pub(crate) fn meet_bounds(&mut self, instance: &Instance) {
        for (position, (number, argument)) in instance.generics.iter().zip(&instance.arguments).enumerate() {
            let span = instance.fixed[position].unwrap_or(instance.span);
            self.meet_class(*number, *argument, span, Some(&instance.place));
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

//! Types as written, resolved: unknown and ill-formed ones are E0014, and of error type.

use super::context::Checker;
use super::definition::{AliasId, Definition};
use super::messages::{e0012, e0014, e0032, e0060};
use super::order::components;
use super::parameters::Generics;
use super::scope::Wanted;
use super::types::{Type, Types};
use crate::diagnostic::Span;
use crate::diagnostic::closest;
use crate::hir::Ty;
use crate::syntax::ast::{Ident, TypeExprId, TypeExprKind};
use lumen_vm::lir::VariableClass;

/// Types without arguments that are always in scope.
const SCALARS: [(&str, Ty); 7] = [
    ("Int", Types::INT),
    ("Float", Types::FLOAT),
    ("Bool", Types::BOOL),
    ("String", Types::STRING),
    ("Bytes", Types::BYTES),
    ("Null", Types::NULL),
    ("Json", Types::JSON),
];
/// Types with arguments, and how many.
const CONSTRUCTORS: [(&str, usize); 5] = [
    ("list", 1),
    ("set", 1),
    ("map", 2),
    ("result", 2),
    ("generator", 1),
];

/// A type without arguments that is always in scope.
pub(crate) fn scalar(name: &str) -> Option<Ty> {
    SCALARS
        .iter()
        .find(|(scalar, _)| *scalar == name)
        .map(|(_, ty)| *ty)
}

/// Whether a name is that of a type of the language.
pub(crate) fn is_builtin_type(name: &str) -> bool {
    scalar(name).is_some() || CONSTRUCTORS.iter().any(|(constructor, _)| *constructor == name)
}

impl Checker<'_> {
    /// The type that is written there.
    pub(crate) fn annotation(&mut self, id: TypeExprId) -> Ty {
        let ast = self.ast;
        let written = &ast.types[id];
        match &written.kind {
            TypeExprKind::Named {
                module,
                name,
                arguments,
            } => self.named_type(*module, *name, arguments, written.span),
            TypeExprKind::Optional(inner) => {
                let inner = self.annotation(*inner);
                self.types.optional(inner)
            }
            TypeExprKind::Union(members) => self.union_type(members),
            TypeExprKind::Tuple(parts) => {
                let parts = parts.iter().map(|part| self.annotation(*part)).collect();
                self.types.tuple(parts)
            }
            TypeExprKind::Function {
                parameters,
                result,
                effects,
            } => {
                let parameters = parameters.iter().map(|part| self.annotation(*part)).collect();
                let result = self.annotation(*result);
                if let Some(effect) = effects.first() {
                    self.report(e0060::not_supported(effect.span, "effects are"));
                }
                self.types.intern(Type::Function(parameters, result))
            }
            TypeExprKind::Error => Types::ERROR,
        }
    }

    fn union_type(&mut self, written: &[TypeExprId]) -> Ty {
        let mut members: Vec<Ty> = Vec::with_capacity(written.len());
        for id in written {
            let ty = self.annotation(*id);
            for member in self.types.members(ty) {
                let clash = members
                    .iter()
                    .find(|other| self.types.differ_only_in_arguments(**other, member));
                if let Some(other) = clash.copied() {
                    let (a, b) = (self.show(other), self.show(member));
                    self.report(e0012::indistinct_union(self.ast.types[*id].span, &a, &b));
                    return Types::ERROR;
                }
                members.push(member);
            }
        }
        if let Some(parameter) = self.is_blurred_union(&members) {
            let shown = self.show(parameter);
            let span = written
                .first()
                .map_or(Span::default(), |id| self.ast.types[*id].span);
            let last = written.last().map_or(span, |id| self.ast.types[*id].span);
            self.report(e0014::blurred_union(
                Span {
                    end: last.end,
                    ..span
                },
                &shown,
            ));
            return Types::ERROR;
        }
        self.types.union(&members)
    }

    fn named_type(&mut self, module: Option<Ident>, name: Ident, arguments: &[TypeExprId], span: Span) -> Ty {
        let text = self.text(name.name);
        if let (None, Some(parameter)) = (module, self.find_parameter(name.name)) {
            if !arguments.is_empty() {
                let what = format!("the type parameter `{text}`");
                self.report(e0014::wrong_arguments(span, &what, text, &[], arguments.len()));
            }
            return parameter;
        }
        let definition = match module {
            Some(module) => match self.module_type(module, name) {
                Some(definition) => definition,
                None => return Types::ERROR,
            },
            None => match self.lookup(name.name, name.span) {
                // A module is never meant here: `import std.list` leaves `list[Int]` what it is.
                Some(Definition::Module(_)) if is_builtin_type(text) => {
                    return self.builtin_type(name, arguments, span);
                }
                Some(definition) => definition,
                None => return self.builtin_type(name, arguments, span),
            },
        };
        let generics = match definition {
            Definition::Nominal(nominal) => self.nominal_generics(nominal),
            Definition::Alias(alias) => Generics::clone(&self.aliases[alias.0 as usize].generics),
            Definition::Broken => return Types::ERROR,
            Definition::Cell(_) | Definition::Const(_) | Definition::Module(_) | Definition::Trait(_) => {
                let what = match definition {
                    Definition::Cell(_) => "a cell",
                    Definition::Trait(_) => "a trait",
                    Definition::Const(_) => "a constant",
                    _ => "a module",
                };
                self.report(e0014::no_type(name.span, text, what));
                return Types::ERROR;
            }
        };
        let resolved: Vec<Ty> = arguments
            .iter()
            .map(|argument| self.annotation(*argument))
            .collect();
        if resolved.len() != generics.len() {
            self.report_wrong_arguments(definition, text, &generics, resolved.len(), span);
            return Types::ERROR;
        }
        if !generics.is_empty() {
            self.note_arguments(&generics, &resolved, arguments);
        }
        match definition {
            Definition::Nominal(nominal) => self.types.intern(Type::Nominal(nominal, resolved.into())),
            Definition::Alias(alias) => {
                let ty = self.alias_type(alias);
                self.substitute(ty, &resolved)
            }
            _ => Types::ERROR,
        }
    }

    fn report_wrong_arguments(
        &mut self,
        definition: Definition,
        text: &str,
        generics: &Generics,
        found: usize,
        span: Span,
    ) {
        let declared = match definition {
            Definition::Alias(alias) => self.aliases[alias.0 as usize].span,
            Definition::Nominal(nominal) => self.nominal(nominal).span,
            _ => None,
        };
        let what = match generics.first() {
            Some(first) => self.type_parameter(*first).owner.to_string(),
            None => format!("`{text}`"),
        };
        let names: Vec<String> = generics
            .iter()
            .map(|number| self.type_parameter(*number).name.to_string())
            .collect();
        let mut diagnostic = e0014::wrong_arguments(span, &what, text, &names, found);
        if let Some(declared) = declared {
            diagnostic = diagnostic.related(declared, "declared here");
        }
        self.report(diagnostic);
    }

    /// `module.Name` in a type; what is wrong has been said if there is none.
    pub(crate) fn module_type(&mut self, module: Ident, name: Ident) -> Option<Definition> {
        let module_text = self.text(module.name);
        match self.lookup(module.name, module.span) {
            Some(Definition::Module(found)) => {
                let text = self.text(name.name);
                match self.recorder.item(found, text) {
                    Some(item) if !item.is_public() && !self.is_same_package(found) => {
                        let path = self.module_path(found);
                        self.report(e0032::private(name.span, &path, text));
                        None
                    }
                    Some(item) => {
                        let definition = self.define_imported(found, text, &item);
                        self.warn_if_deprecated(definition, name.name, name.span);
                        Some(definition)
                    }
                    None => {
                        let known: Vec<String> = self
                            .recorder
                            .names(found)
                            .into_iter()
                            .map(|(name, _)| name)
                            .collect();
                        let near = closest(text, known.iter().map(String::as_str));
                        self.report_unresolved(e0014::unknown(
                            name.span,
                            &format!("{module_text}.{text}"),
                            near,
                        ));
                        None
                    }
                }
            }
            Some(Definition::Broken) => None,
            _ if self.scope.has_unknown_names => None,
            _ => {
                self.report(e0014::no_module(module.span, module_text));
                None
            }
        }
    }

    fn builtin_type(&mut self, name: Ident, arguments: &[TypeExprId], span: Span) -> Ty {
        let text = self.text(name.name);
        if let Some(ty) = scalar(text) {
            if arguments.is_empty() {
                return ty;
            }
            self.report(e0014::wrong_arity(span, text, 0, arguments.len()));
            return Types::ERROR;
        }
        if let Some((_, arity)) = CONSTRUCTORS.iter().find(|(constructor, _)| *constructor == text) {
            let resolved: Vec<Ty> = arguments
                .iter()
                .map(|argument| self.annotation(*argument))
                .collect();
            if resolved.len() != *arity {
                self.report(e0014::wrong_arity(span, text, *arity, resolved.len()));
                return Types::ERROR;
            }
            return self.constructed_type(text, arguments, &resolved);
        }
        self.unknown_type(name);
        Types::ERROR
    }

    fn constructed_type(&mut self, constructor: &str, written: &[TypeExprId], arguments: &[Ty]) -> Ty {
        match (constructor, arguments) {
            ("list", [element]) => self.types.list(*element),
            ("set", [element]) => {
                let span = self.ast.types[written[0]].span;
                if self
                    .lacking_parameter(*element, VariableClass::Equatable)
                    .is_some()
                {
                    self.report_set_element(*element, span);
                    return self.types.set(Types::ERROR);
                }
                self.note_set_element(*element, span);
                self.types.set(*element)
            }
            ("generator", [element]) => self.types.intern(Type::Generator(*element)),
            ("map", [key, value]) => {
                if self.is_no_key(*key) {
                    let (shown, help) = (self.show(*key), self.class_help(*key, VariableClass::Key));
                    let span = self.ast.types[written[0]].span;
                    self.report(e0014::map_key(span, &shown).help(help));
                    return self.types.map(Types::ERROR, *value);
                }
                self.types.map(*key, *value)
            }
            (_, [value, error]) => self.types.result(*value, *error),
            _ => unreachable!("the arity was checked"),
        }
    }

    fn unknown_type(&mut self, name: Ident) {
        let text = self.text(name.name);
        let is_capital = text.starts_with(|first: char| first.is_uppercase());
        if self.scope.has_unknown_names || (self.scope.has_unknown_variants && is_capital) {
            return;
        }
        if text == "Self" {
            // A syntax error may have taken away what it stood in.
            if !self.has_syntax_errors {
                self.report(e0014::misplaced_self(name.span));
            }
            return;
        }
        if let Some(variant) = self.lookup_variants(name.name).first() {
            let owner = self.nominal(variant.nominal).name.to_string();
            self.report(e0014::variant(name.span, text, &owner));
            return;
        }
        let builtin = SCALARS
            .iter()
            .map(|(name, _)| *name)
            .chain(CONSTRUCTORS.iter().map(|(name, _)| *name));
        let near = self.near_name(text, Wanted::Type, builtin);
        self.report_unresolved(e0014::unknown(name.span, text, near.as_deref()));
    }

    /// What an alias stands for; all of this module's are worked out before any use ([`Checker::resolve_aliases`]).
    fn alias_type(&mut self, alias: AliasId) -> Ty {
        self.aliases[alias.0 as usize].ty.unwrap_or(Types::ERROR)
    }

    /// Works out all aliases of this module, those first that others need. Circles are E0014, one each.
    pub(crate) fn resolve_aliases(&mut self) {
        let own: Vec<u32> = (0..self.aliases.len() as u32)
            .filter(|number| self.aliases[*number as usize].written.is_some())
            .collect();
        if own.is_empty() {
            return;
        }
        let mut edges: Vec<Vec<u32>> = vec![Vec::new(); self.aliases.len()];
        for number in &own {
            let written = self.aliases[*number as usize]
                .written
                .expect("it is of this module");
            let mut used = Vec::new();
            let generics = Generics::clone(&self.aliases[*number as usize].generics);
            let outer = self.enter_generics(&generics);
            self.aliases_in(written, &mut used);
            self.leave_generics(outer);
            edges[*number as usize] = used;
        }
        for component in components(&edges) {
            let is_circle = component.len() > 1 || edges[component[0] as usize].contains(&component[0]);
            for number in &component {
                let index = *number as usize;
                let Some(written) = self.aliases[index].written else {
                    continue;
                };
                let ty = if is_circle {
                    Types::ERROR
                } else {
                    let generics = Generics::clone(&self.aliases[index].generics);
                    let outer = self.enter_generics(&generics);
                    let ty = self.annotation(written);
                    self.leave_generics(outer);
                    self.report_unused_parameters(&generics);
                    ty
                };
                self.aliases[index].ty = Some(ty);
            }
            if is_circle {
                let names: Vec<String> = component
                    .iter()
                    .map(|number| self.aliases[*number as usize].name.to_string())
                    .collect();
                let span = self.aliases[component[0] as usize]
                    .span
                    .expect("it is of this module");
                self.report(e0014::recursive_alias(span, &names));
            }
        }
    }

    /// Own aliases that a type names.
    fn aliases_in(&self, id: TypeExprId, found: &mut Vec<u32>) {
        match &self.ast.types[id].kind {
            TypeExprKind::Named {
                module,
                name,
                arguments,
            } => {
                if let (None, Some(binding)) = (module, self.scope.declared(name.name))
                    && self.type_scope.find(name.name).is_none()
                    && let Definition::Alias(alias) = binding.definition
                    && self.aliases[alias.0 as usize].written.is_some()
                {
                    found.push(alias.0);
                }
                for argument in arguments {
                    self.aliases_in(*argument, found);
                }
            }
            TypeExprKind::Optional(inner) => self.aliases_in(*inner, found),
            TypeExprKind::Union(parts) | TypeExprKind::Tuple(parts) => {
                for part in parts {
                    self.aliases_in(*part, found);
                }
            }
            TypeExprKind::Function {
                parameters, result, ..
            } => {
                for part in parameters.iter().chain([result]) {
                    self.aliases_in(*part, found);
                }
            }
            TypeExprKind::Error => {}
        }
    }

    /// The type that a definition is, if it is one: for a value of type `from`, which decides type arguments.
    pub(crate) fn type_of_definition(&mut self, definition: Definition, from: Ty, span: Span) -> Option<Ty> {
        match definition {
            Definition::Nominal(nominal) => Some(self.member_of(from, nominal, span)),
            Definition::Alias(alias) => {
                let generics = Generics::clone(&self.aliases[alias.0 as usize].generics);
                let arguments = self.fresh_arguments(&generics, span);
                let ty = self.alias_type(alias);
                Some(self.substitute(ty, &arguments))
            }
            _ => None,
        }
    }

    /// The record or enum that a type is, for construction through an alias.
    pub(crate) fn nominal_of_definition(&mut self, definition: Definition) -> Option<crate::hir::NominalId> {
        let ty = match definition {
            Definition::Nominal(nominal) => return Some(nominal),
            Definition::Alias(alias) => self.alias_type(alias),
            _ => return None,
        };
        match self.types.get(ty) {
            Type::Nominal(nominal, _) => Some(*nominal),
            _ => None,
        }
    }
}

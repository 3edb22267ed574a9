//! Builtins as values: a function around the call of one overload.

use super::super::body::{Body, Mode};
use super::super::builtins;
use super::super::higher;
use super::super::messages::{e0012, e0019};
use super::super::types::{Type, Types};
use super::instance::Instance;
use crate::diagnostic::Span;
use crate::hir::{self, Ty};
use lumen_vm::lir::{Constant, Intrinsic};

impl Body<'_, '_> {
    /// A builtin as a value: the overload that the expected type takes.
    pub(crate) fn builtin_value(&mut self, name: &str, span: Span, mode: Mode) -> hir::ExprId {
        if let Some(builtin) = higher::find(name) {
            return self.higher_order_value(builtin, span);
        }
        let overloads = builtins::overloads(name);
        if name == "validate" {
            let diagnostic = e0012::at(&self.place, span, "`validate` takes a schema and is no value")
                .help("call it in a lambda: `fn(x) => validate(schema T, x)`");
            self.checker.report(diagnostic);
            return self.error(span);
        }
        if overloads.is_empty() {
            self.checker.report_builtin_not_supported(span, name);
            return self.error(span);
        }
        let expected = match self.expected_form(mode, |form| matches!(form, Type::Function(..))) {
            Some(Type::Function(parameters, _)) => Some(parameters),
            _ => None,
        };
        let candidates: Vec<Intrinsic> = match &expected {
            Some(parameters) => overloads
                .iter()
                .copied()
                .filter(|overload| self.takes(*overload, parameters))
                .collect(),
            None => overloads.to_vec(),
        };
        match (candidates.as_slice(), &expected) {
            ([one], _) => {
                let count = expected.map(|parameters| parameters.len());
                self.builtin_function(*one, count, span)
            }
            ([], Some(parameters)) => {
                let shown: Vec<String> = parameters.iter().map(|ty| self.checker.show(*ty)).collect();
                let diagnostic =
                    e0012::no_overload_of(&self.place, span, name, &shown.join(", "), &signatures(overloads));
                self.checker.report(diagnostic);
                for ty in parameters {
                    self.checker.poison(*ty);
                }
                match mode {
                    Mode::Check(want) => self.error_of(want.ty, span),
                    _ => self.error(span),
                }
            }
            _ => {
                for ty in expected.iter().flatten() {
                    self.checker.poison(*ty);
                }
                let diagnostic = e0019::overload(&self.place, span, name, &signatures(&candidates));
                self.checker.report(diagnostic);
                match mode {
                    Mode::Check(want) => self.error_of(want.ty, span),
                    _ => self.error(span),
                }
            }
        }
    }

    /// Whether an overload takes arguments of these types.
    fn takes(&mut self, overload: Intrinsic, types: &[Ty]) -> bool {
        let parameters = &overload.signature().parameters;
        let required = parameters
            .iter()
            .filter(|parameter| parameter.default.is_none())
            .count();
        (required..=parameters.len()).contains(&types.len())
            && types
                .iter()
                .zip(parameters)
                .all(|(ty, parameter)| self.could_be(*ty, &parameter.ty))
    }

    /// A function of the first parameters of an overload, all without default if it is not said how many.
    fn builtin_function(&mut self, overload: Intrinsic, count: Option<usize>, span: Span) -> hir::ExprId {
        let signature = overload.signature();
        let required = signature
            .parameters
            .iter()
            .filter(|parameter| parameter.default.is_none());
        let count = count.unwrap_or_else(|| required.count());
        let mut instance = Instance::default();
        let types: Vec<Ty> = signature.parameters[..count]
            .iter()
            .map(|parameter| self.instantiate(&parameter.ty, &mut instance, span))
            .collect();
        self.require_classes(&instance, overload, span);
        let result = self.instantiate(&signature.result, &mut instance, span);
        self.wrapper(&types, span, |body, arguments| {
            let mut arguments = arguments.to_vec();
            for parameter in &signature.parameters[count..] {
                arguments.push(match &parameter.default {
                    Some(Constant::Int(value)) => body.push(hir::ExprKind::Int(*value), Types::INT, span),
                    Some(Constant::String(text)) => {
                        body.push(hir::ExprKind::String(text.clone()), Types::STRING, span)
                    }
                    _ => body.error(span),
                });
            }
            body.intrinsic(overload, arguments, result, span)
        })
    }
}

/// The overloads as the manual writes them.
fn signatures(overloads: &[Intrinsic]) -> Vec<String> {
    overloads
        .iter()
        .map(|overload| {
            let info = overload.info();
            format!("{}{}", info.source_name, info.signature)
        })
        .collect()
}

//! Calls of methods: `x.f(a)`, `Enum.f(x, a)`, `Trait.f(x, a)`.

use super::super::body::{Body, Mode};
use super::super::messages::{e0010, e0012, e0013, e0015};
use super::super::methods::{Found, Method};
use super::super::parameters::Generics;
use super::super::traits::{BoundMethod, TraitId};
use super::super::types::Types;
use super::cell::Target;
use super::{Arguments, Receiver};
use crate::diagnostic::closest;
use crate::hir::{self, Callee};
use crate::syntax::ast::{Argument, Ident};

impl<'a> Body<'_, 'a> {
    /// A call of a declared method of the receiver's type; none if it has no such method.
    pub(super) fn call_declared(
        &mut self,
        receiver: Receiver,
        method: Ident,
        arguments: Arguments<'a>,
        mode: Mode,
    ) -> Option<hir::ExprId> {
        let text = self.checker.text(method.name);
        let ty = self.ty(receiver.value);
        match self.checker.find_method(ty, text) {
            Found::None => None,
            Found::One(found) => Some(self.call_found(found, arguments, mode)),
            Found::Many(traits) => {
                let names: Vec<String> = traits
                    .iter()
                    .map(|of| self.checker.trait_info(*of).name.to_string())
                    .collect();
                self.checker
                    .report(e0010::ambiguous_method(method.span, text, &names));
                Some(self.call_nothing(arguments))
            }
        }
    }

    fn call_found(&mut self, method: Method, arguments: Arguments<'a>, mode: Mode) -> hir::ExprId {
        match method {
            Method::Cell(cell) => self.call_cell(cell, arguments, mode),
            Method::Bound(method) => self.call_bound(method, arguments, mode),
            Method::Broken => self.call_nothing(arguments),
        }
    }

    /// A call of a method that the type parameter's type has.
    fn call_bound(&mut self, method: BoundMethod, arguments: Arguments<'a>, mode: Mode) -> hir::ExprId {
        let generics = Generics::clone(&self.checker.type_scope.generics);
        let known = self.checker.bound_methods(&generics);
        let Some(number) = known.iter().position(|known| *known == method) else {
            return self.call_nothing(arguments);
        };
        let info = self.checker.trait_methods(method.of)[method.index].clone();
        let self_type = self.checker.parameter_type(method.parameter);
        let mut parameters = info.parameters.to_vec();
        for parameter in &mut parameters {
            parameter.ty = self.checker.substitute(parameter.ty, &[self_type]);
        }
        let target = Target {
            name: info.name.to_string(),
            parameters: parameters.into(),
            generics: Generics::default(),
            result: self.checker.substitute(info.result, &[self_type]),
            declared: info.span,
            callee: Callee::Method(number as u32),
            cell: None,
        };
        self.call_target(&target, arguments, mode)
    }

    /// `Trait.f(x, a)`.
    pub(super) fn call_of_trait(
        &mut self,
        of: TraitId,
        method: Ident,
        arguments: Arguments<'a>,
        mode: Mode,
    ) -> hir::ExprId {
        let text = self.checker.text(method.name);
        let trait_name = self.checker.trait_info(of).name.to_string();
        let methods = self.checker.trait_methods(of);
        if !methods.iter().any(|known| &*known.name == text) {
            let near = closest(text, methods.iter().map(|known| &*known.name));
            self.checker
                .report(e0015::trait_method(method.span, &trait_name, text, near));
            return self.call_nothing(arguments);
        }
        let (receiver, arguments) = match (arguments.receiver, arguments.written) {
            (Some(receiver), _) => (receiver, arguments),
            (None, [Argument::Positional(first), rest @ ..]) => {
                let receiver = Receiver {
                    value: self.expr(*first, Mode::Infer),
                    source: *first,
                };
                let arguments = Arguments {
                    receiver: Some(receiver),
                    written: rest,
                    ..arguments
                };
                (receiver, arguments)
            }
            (None, _) => {
                self.checker
                    .report(e0013::no_receiver(arguments.span, &trait_name, text));
                return self.call_nothing(arguments);
            }
        };
        let ty = self.ty(receiver.value);
        if let Some(found) = self.checker.trait_method(ty, of, text) {
            return self.call_found(found, arguments, mode);
        }
        if !matches!(ty, Types::ERROR | Types::NEVER) {
            let shown = self.checker.show(ty);
            let span = self.exprs[receiver.value].span;
            let help = self.checker.trait_help(ty, of);
            let diagnostic = e0012::no_trait(&self.place, span, &shown, &trait_name).help(help);
            self.checker.report(diagnostic);
        }
        self.call_nothing(arguments)
    }
}

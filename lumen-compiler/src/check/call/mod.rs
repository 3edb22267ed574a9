//! Calls: what is called decides the file. Faulty arguments are one E0013 a call.

mod builtin;
mod cell;
mod higher;
mod instance;
mod method;
mod overload;
mod record;
mod reference;
mod schema;
mod solve;
mod value;
mod variant;

use super::body::{Body, Mode, Want};
use super::builtins;
use super::definition::{Definition, Layout};
use super::messages::{e0010, e0012, e0015};
use super::names::{EnumMember, Qualifier};
use super::scope::Wanted;
use super::types::{Type, Types};
use super::variables::Unknown;
use crate::diagnostic::Span;
use crate::diagnostic::closest;
use crate::hir::{self, Ty};
use crate::syntax::ast::{self, Argument, ExprKind, Ident};
use crate::syntax::name::Name;

/// A value that stands before a call's own arguments: `x` of `x.f(a)` and of `x |> f(a)`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Receiver {
    value: hir::ExprId,
    source: ast::ExprId,
}

/// The arguments of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arguments<'a> {
    /// What stands before the others.
    receiver: Option<Receiver>,
    /// In parentheses.
    written: &'a [Argument],
    /// The whole call.
    span: Span,
}

impl<'a> Body<'_, 'a> {
    /// `callee(arguments)`.
    pub(crate) fn call(
        &mut self,
        callee: ast::ExprId,
        written: &'a [Argument],
        span: Span,
        mode: Mode,
    ) -> hir::ExprId {
        let arguments = Arguments {
            receiver: None,
            written,
            span,
        };
        self.call_of(callee, arguments, mode)
    }

    /// `value |> target`.
    pub(crate) fn pipe(
        &mut self,
        value: ast::ExprId,
        target: ast::ExprId,
        span: Span,
        mode: Mode,
    ) -> hir::ExprId {
        let source = value;
        let value = self.expr(value, Mode::Infer);
        let receiver = Some(Receiver { value, source });
        let ast = self.checker.ast;
        match &ast.exprs[target].kind {
            ExprKind::Call { callee, arguments } => self.chained(|body| {
                body.call_of(
                    *callee,
                    Arguments {
                        receiver,
                        written: arguments,
                        span,
                    },
                    mode,
                )
            }),
            ExprKind::Name(_) | ExprKind::Field { .. } => self.chained(|body| {
                body.call_of(
                    target,
                    Arguments {
                        receiver,
                        written: &[],
                        span,
                    },
                    mode,
                )
            }),
            _ => self.pipe_into(value, target, span),
        }
    }

    /// `value |> function` of an expression that is no name.
    fn pipe_into(&mut self, value: hir::ExprId, target: ast::ExprId, span: Span) -> hir::ExprId {
        let (from, value_span) = (self.ty(value), self.exprs[value].span);
        let result = self.checker.fresh(Unknown::Generic, span);
        let wanted = self.function_type(&[from], result);
        let function = match self.checker.ast.exprs[target].is_function() {
            true => {
                let want = Want::because(wanted, Some(value_span), "this flows into the function");
                self.expr(target, Mode::Check(want))
            }
            false => self.expr(target, Mode::Infer),
        };
        let target_span = self.exprs[function].span;
        match self.form(function) {
            Type::Function(..) => {
                let want = Want::because(wanted, Some(value_span), "this flows into the function");
                let function = self.coerce(function, want, Some(target));
                self.apply_function(function, vec![value], result, span)
            }
            form => {
                if !matches!(form, Type::Error | Type::Never) {
                    let diagnostic = e0012::not_a_pipe(&self.place, target_span);
                    self.checker.report(diagnostic);
                }
                self.checker.poison(wanted);
                self.error(span)
            }
        }
    }

    /// A call outside of the chain under way.
    fn chained(&mut self, call: impl FnOnce(&mut Self) -> hir::ExprId) -> hir::ExprId {
        let pending = std::mem::take(&mut self.pending);
        let value = call(self);
        self.pending = pending;
        value
    }

    fn call_of(&mut self, callee: ast::ExprId, arguments: Arguments<'a>, mode: Mode) -> hir::ExprId {
        let ast = self.checker.ast;
        let span = ast.exprs[callee].span;
        match &ast.exprs[callee].kind {
            ExprKind::Parenthesized(inner) => self.call_of(*inner, arguments, mode),
            ExprKind::Name(name) => self.call_name(*name, span, arguments, mode),
            ExprKind::Field { object, field, safe } => {
                if let Some(qualifier) = self.qualifier(*object) {
                    return self.call_qualified(qualifier, *field, arguments, mode);
                }
                let source = *object;
                let value = self.object(source, *safe);
                if arguments.receiver.is_some() {
                    if self.ty(value) != Types::ERROR {
                        let diagnostic = e0012::not_a_pipe(&self.place, span);
                        self.checker.report(diagnostic);
                    }
                    return self.call_nothing(arguments);
                }
                self.call_method(Receiver { value, source }, *field, arguments, mode)
            }
            _ => {
                let value = self.expr(callee, Mode::Infer);
                self.call_function(value, "this value", None, arguments)
            }
        }
    }

    fn call_name(&mut self, name: Name, span: Span, arguments: Arguments<'a>, mode: Mode) -> hir::ExprId {
        let text = self.checker.text(name);
        if let Some(local) = self.scope.find(name) {
            let declared = self.locals[local].span;
            let function = self.read(local, span);
            return self.call_function(function, &format!("`{text}`"), Some(declared), arguments);
        }
        if matches!(text, "ok" | "err") {
            return self.call_result(text == "err", arguments, mode);
        }
        if let Some(variant) = self.expected_variant(name, span, mode) {
            return self.call_variant(variant, arguments, mode);
        }
        match self.checker.lookup(name, span) {
            // A module cannot be called: `import std.map` leaves `map(xs, f)` what it is.
            Some(Definition::Module(_)) if builtins::is_builtin(text) => {
                return self.call_builtin(text, span, arguments, mode);
            }
            Some(definition) => return self.call_definition(definition, name, span, arguments, mode),
            None => {}
        }
        match self.checker.lookup_variants(name).as_slice() {
            [] => {}
            [one] => {
                self.checker.warn_if_enum_deprecated(*one, span);
                return self.call_variant(*one, arguments, mode);
            }
            many => {
                self.report_ambiguous(name, many, span);
                return self.call_nothing(arguments);
            }
        }
        if builtins::is_builtin(text) {
            return self.call_builtin(text, span, arguments, mode);
        }
        self.report_unknown_name(name, span);
        self.call_nothing(arguments)
    }

    fn call_definition(
        &mut self,
        definition: Definition,
        name: Name,
        span: Span,
        arguments: Arguments<'a>,
        mode: Mode,
    ) -> hir::ExprId {
        match definition {
            Definition::Cell(cell) => return self.call_cell(cell, arguments, mode),
            Definition::Broken => return self.call_nothing(arguments),
            Definition::Const(_) => {
                let function = self.definition_value(definition, name, span);
                let text = format!("`{}`", self.checker.text(name));
                return self.call_function(function, &text, None, arguments);
            }
            _ => {}
        }
        if let Some(nominal) = self.checker.nominal_of_definition(definition) {
            match &*self.checker.layout(nominal) {
                Layout::Record { .. } => return self.construct_as(definition, nominal, arguments, mode),
                Layout::Broken => return self.call_nothing(arguments),
                Layout::Enum(_) => {}
            }
        }
        let text = self.checker.text(name);
        let what = match definition {
            Definition::Module(_) => "a module",
            Definition::Trait(_) => "a trait",
            _ => "a type",
        };
        let diagnostic = e0012::at(
            &self.place,
            span,
            format!("`{text}` is {what} and cannot be called"),
        );
        self.checker.report(diagnostic);
        self.call_nothing(arguments)
    }

    /// `m.f(a)`, `E.V(a)`, `m.E.V(a)`.
    fn call_qualified(
        &mut self,
        qualifier: Qualifier,
        field: Ident,
        arguments: Arguments<'a>,
        mode: Mode,
    ) -> hir::ExprId {
        match qualifier {
            Qualifier::Broken => self.call_nothing(arguments),
            Qualifier::Module(module, name) => match self.checker.module_member(module, name, field) {
                Some(definition) => self.call_definition(definition, field.name, field.span, arguments, mode),
                None => self.call_nothing(arguments),
            },
            Qualifier::Trait(of) => self.call_of_trait(of, field, arguments, mode),
            Qualifier::Enum(nominal) => match self.member_of_enum(nominal, field) {
                Some(EnumMember::Variant(variant)) => self.call_variant(variant, arguments, mode),
                Some(EnumMember::Method(cell)) => self.call_cell(cell, arguments, mode),
                None => {
                    self.call_nothing(arguments);
                    let ty = self.checker.open_type(nominal, arguments.span);
                    self.error_of(ty, arguments.span)
                }
            },
        }
    }

    /// `x.f(a)`: a field that can be called, else `f(x, a)`.
    fn call_method(
        &mut self,
        receiver: Receiver,
        method: Ident,
        arguments: Arguments<'a>,
        mode: Mode,
    ) -> hir::ExprId {
        let ty = self.ty(receiver.value);
        let arguments = Arguments {
            receiver: Some(receiver),
            ..arguments
        };
        if ty == Types::ERROR {
            return self.call_nothing(arguments);
        }
        let text = self.checker.text(method.name);
        if self.has_field(ty, text) {
            let function = self.field(receiver.value, method, method.span);
            let name = format!("field `{text}`");
            let arguments = Arguments {
                receiver: None,
                ..arguments
            };
            return self.call_function(function, &name, None, arguments);
        }
        if let Some(call) = self.call_declared(receiver, method, arguments, mode) {
            return call;
        }
        match self.checker.lookup(method.name, method.span) {
            Some(Definition::Cell(cell)) => return self.call_cell(cell, arguments, mode),
            Some(Definition::Broken) => return self.call_nothing(arguments),
            _ => {}
        }
        if builtins::is_builtin(text) {
            return self.call_builtin(text, method.span, arguments, mode);
        }
        self.report_unknown_method(ty, method);
        self.call_nothing(arguments)
    }

    fn has_field(&mut self, ty: Ty, name: &str) -> bool {
        let Type::Nominal(nominal, _) = self.checker.form(ty) else {
            return false;
        };
        match &*self.checker.layout(nominal) {
            Layout::Record { fields, .. } => fields.iter().any(|field| &*field.name == name),
            Layout::Enum(_) | Layout::Broken => false,
        }
    }

    fn report_unknown_method(&mut self, ty: Ty, method: Ident) {
        let text = self.checker.text(method.name);
        self.unknown_name.get_or_insert((method.name, method.span));
        if self.checker.may_be_excused(text) || !text.is_ascii() {
            return;
        }
        let shown = self.checker.show(ty);
        if let Type::Nominal(nominal, _) = self.checker.form(ty)
            && let Layout::Record { fields, .. } = &*self.checker.layout(nominal)
            && let Some(near) = closest(text, fields.iter().map(|field| &*field.name))
        {
            self.checker
                .report(e0015::field(method.span, &shown, text, Some(near)));
            return;
        }
        let methods = self.checker.method_names(ty);
        if let Some(near) = closest(text, methods.iter().map(|name| &**name)) {
            self.checker
                .report(e0015::method(method.span, &shown, text, near));
            return;
        }
        let having = self.checker.traits_with_method(text);
        if let Some(of) = having.first() {
            let help = self.checker.trait_help(ty, *of);
            let diagnostic = e0010::unknown_method(method.span, text, &shown, None);
            self.checker.report_unresolved(diagnostic.help(help));
            return;
        }
        let near = self.checker.near_name(text, Wanted::Cell, builtins::names());
        self.checker
            .report_unresolved(e0010::unknown_method(method.span, text, &shown, near.as_deref()));
    }

    /// The arguments of a call that was reported: checked by themselves.
    fn call_nothing(&mut self, arguments: Arguments<'a>) -> hir::ExprId {
        if let Some(receiver) = arguments.receiver {
            let ty = self.ty(receiver.value);
            self.checker.poison(ty);
        }
        for argument in arguments.written {
            self.stray(*argument);
        }
        self.error(arguments.span)
    }

    /// An argument that belongs nowhere: checked by itself.
    fn stray(&mut self, argument: Argument) {
        let (Argument::Positional(id) | Argument::Named(_, id) | Argument::Spread(id)) = argument;
        if matches!(self.checker.ast.exprs[id].kind, ExprKind::SchemaArgument(_)) {
            return;
        }
        let value = self.expr(id, Mode::Infer);
        let ty = self.ty(value);
        self.checker.poison(ty);
    }
}

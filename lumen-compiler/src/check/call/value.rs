//! Calls of function values: all arguments, by position.

use super::super::body::{Body, Mode, Want};
use super::super::messages::e0012;
use super::super::messages::e0013::Faults;
use super::super::types::Type;
use super::super::variables::Unknown;
use super::Arguments;
use crate::diagnostic::Span;
use crate::hir::{self, Ty};
use crate::syntax::ast::{Argument, ExprId};

impl<'a> Body<'_, 'a> {
    /// A call of a value; `name` says what it is, `declared` where that is declared.
    pub(super) fn call_function(
        &mut self,
        function: hir::ExprId,
        name: &str,
        declared: Option<Span>,
        arguments: Arguments<'a>,
    ) -> hir::ExprId {
        let span = arguments.span;
        let (parameters, result) = match self.form(function) {
            Type::Function(parameters, result) => (parameters, result),
            Type::Error | Type::Never => return self.call_nothing(arguments),
            Type::Variable(_) => return self.call_unknown(function, name, arguments),
            _ => {
                let ty = self.ty(function);
                let shown = self.checker.show(ty);
                let value_span = self.exprs[function].span;
                let mut diagnostic = e0012::not_callable(&self.place, value_span, name, &shown);
                if let Some(declared) = declared {
                    diagnostic = diagnostic.related(declared, "declared here");
                }
                if self.checker.types.holds_null(ty) {
                    diagnostic = diagnostic.help("it may be null: use `!`, or test for null first");
                }
                self.checker.report(diagnostic);
                return self.call_nothing(arguments);
            }
        };
        let faults = function_faults(&parameters, arguments);
        if !faults.is_empty() {
            let shown = {
                let ty = self.ty(function);
                self.checker.show(ty)
            };
            let mut diagnostic = faults
                .diagnostic(span, name, "argument")
                .help(format!("it is of type {shown}"));
            if let Some(declared) = declared {
                diagnostic = diagnostic.related(declared, "declared here");
            }
            self.checker.report(diagnostic);
            self.call_nothing(arguments);
            return self.error_of(result, span);
        }
        let mut statements = Vec::new();
        let mut values = Vec::with_capacity(parameters.len());
        let mut wanted = parameters
            .iter()
            .map(|ty| Want::because(*ty, declared, "the function is declared here"));
        if let Some(receiver) = arguments.receiver
            && let Some(want) = wanted.next()
        {
            let value = self.coerce(receiver.value, want, Some(receiver.source));
            // What flows in is evaluated before the function.
            values.push(match self.is_simple(function) {
                true => value,
                false => self.held(value, &mut statements),
            });
        }
        for (argument, want) in arguments.written.iter().zip(wanted) {
            values.push(self.expr(source_of(*argument), Mode::Check(want)));
        }
        let kind = hir::ExprKind::CallValue {
            function,
            arguments: values,
        };
        let call = self.push(kind, result, span);
        self.after(statements, call)
    }

    /// A call of a parameter that nothing has told the type of: the call tells it.
    fn call_unknown(&mut self, function: hir::ExprId, name: &str, arguments: Arguments<'a>) -> hir::ExprId {
        let named = |argument: &Argument| !matches!(argument, Argument::Positional(_));
        if arguments.written.iter().any(named) {
            let faults = function_faults(&[], arguments);
            self.checker
                .report(faults.diagnostic(arguments.span, name, "argument"));
            let ty = self.ty(function);
            self.checker.poison(ty);
            return self.call_nothing(arguments);
        }
        let mut values: Vec<hir::ExprId> = arguments
            .receiver
            .map(|receiver| receiver.value)
            .into_iter()
            .collect();
        for argument in arguments.written {
            values.push(self.expr(source_of(*argument), Mode::Infer));
        }
        let types: Vec<Ty> = values.iter().map(|value| self.ty(*value)).collect();
        let result = self.checker.fresh(Unknown::Generic, arguments.span);
        let wanted = self.function_type(&types, result);
        let ty = self.ty(function);
        if !self.checker.unify(ty, wanted) {
            // The arguments have told its type, and it is another one.
            let shown = self.checker.show(ty);
            let value_span = self.exprs[function].span;
            self.checker
                .report(e0012::not_callable(&self.place, value_span, name, &shown));
            return self.error_of(result, arguments.span);
        }
        let kind = hir::ExprKind::CallValue {
            function,
            arguments: values,
        };
        self.push(kind, result, arguments.span)
    }
}

fn source_of(argument: Argument) -> ExprId {
    let (Argument::Positional(id) | Argument::Named(_, id) | Argument::Spread(id)) = argument;
    id
}

/// What is wrong with the arguments of a function value.
fn function_faults(parameters: &[Ty], arguments: Arguments) -> Faults {
    let mut faults = Faults::default();
    for argument in arguments.written {
        match argument {
            Argument::Positional(_) => {}
            Argument::Named(..) => faults.named = true,
            Argument::Spread(_) => faults.spread = true,
        }
    }
    let given = arguments.written.len() + usize::from(arguments.receiver.is_some());
    if !faults.named && !faults.spread && given != parameters.len() {
        faults.excess = Some((given, parameters.len()));
    }
    faults
}

//! Function values: cells, variants and builtins as values, calls of values, and `f ~> g`.

use super::body::{Body, Mode, Want};
use super::definition::CellId;
use super::lambda::Lambda;
use super::scope::VariantRef;
use super::types::Type;
use super::variables::Unknown;
use crate::diagnostic::Span;
use crate::hir::{self, Ty};
use crate::syntax::ast;
use std::rc::Rc;

/// A function that is about to be called, once in the text.
pub(crate) enum Prepared {
    /// A lambda whose body stands in place of the call.
    InPlace(Lambda),
    /// A cell.
    Cell(hir::Callee),
    /// A value without effects.
    Value(hir::ExprId),
}

impl<'a> Body<'_, 'a> {
    /// A cell as a value: a function of all its parameters.
    pub(crate) fn cell_value(&mut self, cell: CellId, span: Span) -> hir::ExprId {
        let result = self.result_of(cell);
        let info = self.checker.cell(cell);
        let (infos, generics) = (Rc::clone(&info.parameters), Rc::clone(&info.generics));
        let usage = self.begin_use(&generics, String::new(), span);
        let parameters: Vec<Ty> = infos
            .iter()
            .map(|parameter| self.in_use(parameter.ty, &usage))
            .collect();
        let result = self.in_use(result, &usage);
        let ty = self.function_type(&parameters, result);
        let callee = self.checker.callee(cell);
        let callee = self.callee_in_use(callee, &usage);
        let kind = hir::ExprKind::Closure {
            callee,
            captured: Vec::new(),
        };
        self.push(kind, ty, span)
    }

    /// A variant with a payload as a value: a function from its payload.
    pub(crate) fn variant_function(&mut self, variant: VariantRef, span: Span) -> hir::ExprId {
        let ty = self.checker.open_type(variant.nominal, span);
        let arguments = self.checker.type_arguments(ty);
        let payload = self.checker.payload_of(variant, &arguments);
        self.variant_wrapper(variant.variant, &payload, ty, span)
    }

    /// `ok` or `err` as a value.
    pub(crate) fn result_function(&mut self, is_err: bool, span: Span) -> hir::ExprId {
        let ok = self.checker.fresh(Unknown::OkType, span);
        let error = self.checker.fresh(Unknown::ErrType, span);
        let ty = self.checker.types.result(ok, error);
        let payload = if is_err { error } else { ok };
        self.variant_wrapper(u32::from(is_err), &[payload], ty, span)
    }

    fn variant_wrapper(&mut self, variant: u32, payload: &[Ty], ty: Ty, span: Span) -> hir::ExprId {
        self.wrapper(payload, span, |body, arguments| {
            let payload = arguments.to_vec();
            body.push(hir::ExprKind::Variant { variant, payload }, ty, span)
        })
    }

    /// Whether a name with several meanings, one of them a function, is wanted as a function here.
    pub(crate) fn wants_function(&mut self, mode: Mode) -> bool {
        let Some(hint) = mode.hint() else { return true };
        matches!(self.checker.form(hint), Type::Variable(_) | Type::Error)
            || self
                .expected_form(mode, |form| matches!(form, Type::Function(..)))
                .is_some()
    }

    /// Evaluates a function before it is called somewhere further on.
    pub(crate) fn prepare(
        &mut self,
        function: hir::ExprId,
        statements: &mut Vec<hir::Statement>,
    ) -> Prepared {
        if let Some(lambda) = self.take_lambda(function) {
            return Prepared::InPlace(lambda);
        }
        if let hir::ExprKind::Closure { callee, captured } = &self.exprs[function].kind
            && captured.is_empty()
            && !self.is_lambda(function)
        {
            return Prepared::Cell(*callee);
        }
        Prepared::Value(self.held(function, statements))
    }

    /// The value of an expression that is evaluated now and used later.
    pub(crate) fn held(&mut self, value: hir::ExprId, statements: &mut Vec<hir::Statement>) -> hir::ExprId {
        if self.is_simple(value) {
            return value;
        }
        let span = self.exprs[value].span;
        let (local, binding) = self.hold(value, span);
        statements.push(binding);
        self.read(local, span)
    }

    /// A call of a prepared function.
    pub(crate) fn invoke(
        &mut self,
        function: Prepared,
        arguments: Vec<hir::ExprId>,
        result: Ty,
        span: Span,
    ) -> hir::ExprId {
        match function {
            Prepared::Value(function) => {
                self.push(hir::ExprKind::CallValue { function, arguments }, result, span)
            }
            Prepared::Cell(callee) => {
                let kind = hir::ExprKind::Call {
                    callee,
                    written: (0..).zip(arguments).collect(),
                    defaults: Vec::new(),
                };
                self.push(kind, result, span)
            }
            Prepared::InPlace(lambda) => {
                let statements = lambda
                    .parameters
                    .into_iter()
                    .zip(arguments)
                    .map(|(pattern, value)| hir::Statement::Let { pattern, value })
                    .collect();
                let kind = hir::ExprKind::Block {
                    statements,
                    value: Some(lambda.body),
                };
                self.push(kind, result, span)
            }
        }
    }

    /// A call of a value of function type whose arguments have been evaluated or are simple.
    pub(crate) fn apply_function(
        &mut self,
        function: hir::ExprId,
        arguments: Vec<hir::ExprId>,
        result: Ty,
        span: Span,
    ) -> hir::ExprId {
        let mut statements = Vec::new();
        let arguments = match self.is_simple(function) {
            true => arguments,
            false => arguments
                .into_iter()
                .map(|argument| self.held(argument, &mut statements))
                .collect(),
        };
        let function = self.prepare(function, &mut statements);
        let call = self.invoke(function, arguments, result, span);
        self.after(statements, call)
    }

    /// A value behind statements, if there are any.
    pub(crate) fn after(&mut self, statements: Vec<hir::Statement>, value: hir::ExprId) -> hir::ExprId {
        if statements.is_empty() {
            return value;
        }
        let (ty, span) = (self.ty(value), self.exprs[value].span);
        let kind = hir::ExprKind::Block {
            statements,
            value: Some(value),
        };
        self.push(kind, ty, span)
    }

    /// `f ~> g`: both are evaluated once, here.
    pub(crate) fn compose(
        &mut self,
        first: ast::ExprId,
        second: ast::ExprId,
        span: Span,
        mode: Mode,
    ) -> hir::ExprId {
        let expected = match self.expected_form(mode, |form| matches!(form, Type::Function(..))) {
            Some(Type::Function(parameters, result)) => Some((parameters, result)),
            _ => None,
        };
        let first_mode = match &expected {
            Some((parameters, _)) => {
                let middle = self.checker.fresh(Unknown::Generic, span);
                let ty = self.function_type(parameters, middle);
                let because = match mode {
                    Mode::Check(want) => want.because,
                    _ => None,
                };
                Mode::Check(Want {
                    ty,
                    because,
                    returning: false,
                })
            }
            None => Mode::Infer,
        };
        let first_value = self.expr(first, first_mode);
        let (parameters, middle) = match self.form(first_value) {
            Type::Function(parameters, result) => (parameters, result),
            form => {
                self.not_a_function(first_value, &form, "~>");
                let second = self.expr(second, Mode::Infer);
                let ty = self.ty(second);
                self.checker.poison(ty);
                return self.error(span);
            }
        };
        let result = match &expected {
            Some((_, result)) => *result,
            None => self.checker.fresh(Unknown::Generic, span),
        };
        let wanted = self.function_type(&[middle], result);
        let first_span = self.exprs[first_value].span;
        let want = Want::because(wanted, Some(first_span), "its argument is what this yields");
        let second_value = self.expr(second, Mode::Check(want));
        let mut statements = Vec::new();
        let first = self.prepare(first_value, &mut statements);
        let second = self.prepare(second_value, &mut statements);
        let composed = self.wrapper(&parameters, span, |body, arguments| {
            let between = body.invoke(first, arguments.to_vec(), middle, span);
            body.invoke(second, vec![between], result, span)
        });
        self.after(statements, composed)
    }

    /// E0012 for a value that is used as a function and is none.
    pub(crate) fn not_a_function(&mut self, value: hir::ExprId, form: &Type, operator: &str) {
        let (ty, span) = (self.ty(value), self.exprs[value].span);
        match form {
            Type::Error | Type::Never => {}
            Type::Variable(_) => self.report_open(ty, span),
            _ => {
                let shown = self.checker.show(ty);
                let diagnostic = super::messages::e0012::operand(&self.place, span, operator, &shown)
                    .help("it needs a function on each side: a cell's name or a lambda");
                self.checker.report(diagnostic);
            }
        }
    }
}

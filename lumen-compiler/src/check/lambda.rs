//! Lambdas. One is checked in place, with the types and names around it; what it computes moves to a hidden cell when the
//! body around it is done (`lift`), unless it was applied where it stands.

use super::body::{Body, Mode, Role, Want};
use super::jump::Returns;
use super::messages::e0012;
use super::types::Type;
use super::variables::Unknown;
use crate::diagnostic::Span;
use crate::hir::{self, Ty};
use crate::syntax::ast::{self, LambdaParameter, PatternKind};

/// A lambda whose tree stands among that of the cell around it.
#[derive(Debug)]
pub(crate) struct Lambda {
    /// The [`hir::ExprKind::Closure`] that stands for it.
    pub(crate) expr: hir::ExprId,
    /// What its arguments are bound to; the patterns cannot fail.
    pub(crate) parameters: Vec<hir::PatternId>,
    /// What it computes.
    pub(crate) body: hir::ExprId,
    /// It has a `return` or `?` of its own.
    pub(crate) leaves: bool,
}

/// The callee of a closure whose lambda has no cell yet.
const NO_CELL: hir::Callee = hir::Callee::Here(u32::MAX);

/// What is expected of a function.
struct Expected {
    parameters: Box<[Ty]>,
    result: Ty,
    because: Option<(Span, &'static str)>,
}

impl<'a> Body<'_, 'a> {
    /// `fn(x) => e`, `fn(x: T) -> R ... end`.
    pub(crate) fn lambda(
        &mut self,
        written: &'a [LambdaParameter],
        result: Option<ast::TypeExprId>,
        body: &'a ast::Block,
        span: Span,
        mode: Mode,
    ) -> hir::ExprId {
        let expected = self.expected_function(mode);
        let fits = |expected: &Expected| expected.parameters.len() == written.len();
        if let Some(expected) = expected.as_ref().filter(|expected| !fits(expected)) {
            self.wrong_parameter_count(expected, written.len(), span);
            for parameter in written {
                if let Some(ty) = parameter.ty {
                    self.checker.annotation(ty);
                }
            }
            return match mode {
                Mode::Check(want) => self.error_of(want.ty, span),
                _ => self.error(span),
            };
        }
        let bound: Vec<Ty> = written
            .iter()
            .enumerate()
            .map(|(position, parameter)| self.parameter_type(parameter, position, expected.as_ref()))
            .collect();
        // What differs from the expected type was said, and is no second fault of the whole.
        let types = match &expected {
            Some(expected) => expected.parameters.to_vec(),
            None => bound.clone(),
        };
        let returns = self.lambda_result(result, expected.as_ref());
        let outside = self.enter_lambda(returns);
        let parameters = self.lambda_parameters(written, &bound);
        let (body, mut found) = self.cell_body(&body.statements, body.span);
        let leaves = self.leave_lambda(outside);
        if let Some(expected) = &expected {
            if !self.checker.unify(found, expected.result) {
                let written = result.map(|result| self.checker.ast.types[result].span);
                let span = written.unwrap_or(self.exprs[body].span);
                self.wrong_result(expected, found, span);
            }
            found = expected.result;
        }
        self.new_lambda(parameters, &types, body, found, leaves, span)
    }

    /// A lambda from its parts.
    pub(crate) fn new_lambda(
        &mut self,
        parameters: Vec<hir::PatternId>,
        types: &[Ty],
        body: hir::ExprId,
        result: Ty,
        leaves: bool,
        span: Span,
    ) -> hir::ExprId {
        let ty = self.checker.types.intern(Type::Function(types.into(), result));
        let kind = hir::ExprKind::Closure {
            callee: NO_CELL,
            captured: Vec::new(),
        };
        let expr = self.push(kind, ty, span);
        self.lambdas.push(Lambda {
            expr,
            parameters,
            body,
            leaves,
        });
        expr
    }

    /// A lambda that the checker makes: parameters of these types, and a body of them.
    pub(crate) fn wrapper(
        &mut self,
        types: &[Ty],
        span: Span,
        body: impl FnOnce(&mut Self, &[hir::ExprId]) -> hir::ExprId,
    ) -> hir::ExprId {
        let mut parameters = Vec::with_capacity(types.len());
        let mut arguments = Vec::with_capacity(types.len());
        for ty in types {
            let (pattern, value) = self.generated_parameter(*ty, span);
            parameters.push(pattern);
            arguments.push(value);
        }
        let body = body(self, &arguments);
        let result = self.ty(body);
        self.new_lambda(parameters, types, body, result, false, span)
    }

    /// A generated local: the pattern that binds it, and its value.
    pub(crate) fn generated_parameter(&mut self, ty: Ty, span: Span) -> (hir::PatternId, hir::ExprId) {
        let local = self.add_local("argument", ty, false, span, Role::Generated);
        let kind = hir::PatternKind::Bind(local, None);
        let pattern = self.patterns.push(hir::Pattern { kind, ty, span });
        (pattern, self.push(hir::ExprKind::Local(local), ty, span))
    }

    /// The lambda that an expression is, taken out of those that will get a cell.
    pub(crate) fn take_lambda(&mut self, expr: hir::ExprId) -> Option<Lambda> {
        let index = self.lambdas.iter().rposition(|lambda| lambda.expr == expr)?;
        (!self.lambdas[index].leaves).then(|| self.lambdas.remove(index))
    }

    fn expected_function(&mut self, mode: Mode) -> Option<Expected> {
        let because = match mode {
            Mode::Check(want) => want.because,
            _ => None,
        };
        match self.expected_form(mode, |form| matches!(form, Type::Function(..)))? {
            Type::Function(parameters, result) => Some(Expected {
                parameters,
                result,
                because,
            }),
            _ => None,
        }
    }

    fn wrong_parameter_count(&mut self, expected: &Expected, found: usize, span: Span) {
        let ty = Type::Function(expected.parameters.clone(), expected.result);
        let ty = self.checker.types.intern(ty);
        let shown = self.checker.show(ty);
        let mut diagnostic =
            e0012::parameter_count(&self.place, span, &shown, expected.parameters.len(), found);
        if let Some((span, text)) = expected.because {
            diagnostic = diagnostic.related(span, text);
        }
        self.checker.report(diagnostic);
        self.checker.poison(ty);
    }

    fn wrong_result(&mut self, expected: &Expected, found: Ty, span: Span) {
        let (wanted, shown) = (self.checker.show(expected.result), self.checker.show(found));
        let mut diagnostic = e0012::lambda_result(&self.place, span, &wanted, &shown);
        if let Some((span, text)) = expected.because {
            diagnostic = diagnostic.related(span, text);
        }
        self.checker.report(diagnostic);
        self.checker.poison(found);
    }

    /// The type of a parameter: as written, else as expected, else for a later use to decide.
    fn parameter_type(
        &mut self,
        written: &'a LambdaParameter,
        position: usize,
        expected: Option<&Expected>,
    ) -> Ty {
        let wanted = expected.map(|expected| expected.parameters[position]);
        let Some(annotation) = written.ty else {
            return wanted.unwrap_or_else(|| {
                let pattern = &self.checker.ast.patterns[written.pattern];
                let name = match pattern.kind {
                    PatternKind::Name(name, _) => Some(name),
                    _ => None,
                };
                self.checker.fresh(Unknown::Parameter(name), pattern.span)
            });
        };
        let ty = self.checker.annotation(annotation);
        if let Some(wanted) = wanted
            && !self.checker.unify(ty, wanted)
        {
            let (shown, found) = (self.checker.show(wanted), self.checker.show(ty));
            let span = self.checker.ast.types[annotation].span;
            let mut diagnostic = e0012::lambda_parameter(&self.place, span, &shown, &found);
            if let Some((span, text)) = expected.and_then(|expected| expected.because) {
                diagnostic = diagnostic.related(span, text);
            }
            self.checker.report(diagnostic);
        }
        ty
    }

    /// What the lambda's `return` takes: the written type, else the expected one, else what it gives.
    fn lambda_result(&mut self, written: Option<ast::TypeExprId>, expected: Option<&Expected>) -> Returns {
        let want = match (written, expected) {
            (Some(written), _) => Want {
                ty: self.checker.annotation(written),
                because: Some((
                    self.checker.ast.types[written].span,
                    "the return type is written here",
                )),
                returning: true,
            },
            (None, Some(expected)) => Want {
                ty: expected.result,
                because: expected.because,
                returning: true,
            },
            (None, None) => return Returns::Inferred(Vec::new()),
        };
        match self.checker.form(want.ty) {
            Type::Variable(_) => Returns::Inferred(Vec::new()),
            _ => Returns::Written(want),
        }
    }

    /// Binds the parameters. Patterns that are no plain name take their argument apart.
    fn lambda_parameters(&mut self, written: &'a [LambdaParameter], types: &[Ty]) -> Vec<hir::PatternId> {
        let patterns: Vec<(ast::PatternId, Ty)> = written
            .iter()
            .zip(types)
            .map(|(parameter, ty)| (parameter.pattern, *ty))
            .collect();
        let role = std::mem::replace(&mut self.pattern_role, Role::LambdaParameter);
        let patterns = self.irrefutable_patterns(&patterns, "fn");
        self.pattern_role = role;
        patterns
    }

    /// Steps into a lambda: what `return` and `break` concern is its own.
    fn enter_lambda(&mut self, returns: Returns) -> Outside {
        self.depth += 1;
        Outside {
            returns: std::mem::replace(&mut self.returns, returns),
            loops: std::mem::take(&mut self.loops),
            pending: std::mem::take(&mut self.pending),
            leaves: std::mem::replace(&mut self.leaves, false),
            in_defer: self.in_defer.take(),
            scope: self.scope.mark(),
            flow: self.narrowings.len(),
        }
    }

    /// Steps out again; whether the lambda has a `return` or `?` of its own.
    fn leave_lambda(&mut self, outside: Outside) -> bool {
        self.depth -= 1;
        self.returns = outside.returns;
        self.loops = outside.loops;
        self.pending = outside.pending;
        self.in_defer = outside.in_defer;
        self.scope.restore(outside.scope);
        self.retract(outside.flow);
        std::mem::replace(&mut self.leaves, outside.leaves)
    }

    /// The type of a cell, variant or builtin that takes and gives these.
    pub(crate) fn function_type(&mut self, parameters: &[Ty], result: Ty) -> Ty {
        self.checker
            .types
            .intern(Type::Function(parameters.into(), result))
    }

    /// E0019 for a value of an open type that is needed here.
    pub(crate) fn report_open(&mut self, ty: Ty, span: Span) {
        let origin = match self.checker.form(ty) {
            Type::Variable(number) => Some(self.checker.variables.origin(number)),
            _ => None,
        };
        self.checker.poison(ty);
        let diagnostic = match origin {
            Some((Unknown::Parameter(name), declared)) => {
                let name = name.map(|name| self.checker.text(name));
                super::messages::e0019::parameter(&self.place, declared, name)
                    .related(span, "its type is needed here")
            }
            _ => super::messages::e0019::not_yet_known(&self.place, span),
        };
        self.checker.report(diagnostic);
    }

    /// Whether an expression stands for a lambda that has no cell yet.
    pub(crate) fn is_lambda(&self, expr: hir::ExprId) -> bool {
        matches!(
            self.exprs[expr].kind,
            hir::ExprKind::Closure { callee: NO_CELL, .. }
        )
    }
}

/// What is set aside while a lambda is checked.
struct Outside {
    returns: Returns,
    loops: Vec<super::jump::LoopFrame>,
    pending: Vec<super::chain::Pending>,
    leaves: bool,
    in_defer: Option<usize>,
    scope: usize,
    flow: usize,
}

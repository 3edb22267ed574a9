//! Calls of builtins: the overload is chosen by the arguments' types, its type variables come from unification.

use super::super::body::{Body, Mode, Want};
use super::super::builtins;
use super::super::higher;
use super::super::messages::e0004;
use super::super::messages::e0013::Faults;
use super::super::types::{Type, Types};
use super::Arguments;
use super::instance::Instance;
use crate::diagnostic::Span;
use crate::diagnostic::closest;
use crate::hir::{self, Ty};
use crate::syntax::ast::{self, Argument, ExprKind};
use lumen_vm::lir::{Constant, Intrinsic, SignatureType, VariableClass};

/// An argument in place: its parameter, and its value once it was checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    pub(super) parameter: usize,
    pub(super) source: ast::ExprId,
    pub(super) value: Option<hir::ExprId>,
}

impl<'a> Body<'_, 'a> {
    /// A call of a builtin.
    pub(super) fn call_builtin(
        &mut self,
        name: &str,
        span: Span,
        arguments: Arguments<'a>,
        mode: Mode,
    ) -> hir::ExprId {
        if name == "validate" {
            return self.validate(arguments);
        }
        if let Some(builtin) = higher::find(name) {
            return self.call_higher_order(builtin, arguments, mode);
        }
        let overloads = builtins::overloads(name);
        if overloads.is_empty() {
            self.checker.report_builtin_not_supported(span, name);
            return self.skip_arguments(arguments);
        }
        if let [only] = overloads {
            return match self.seat(*only, arguments) {
                Ok(placed) => self.apply(*only, placed, arguments, mode),
                Err(faults) => self.reject(*only, &faults, arguments),
            };
        }
        self.call_overloaded(name, overloads, arguments, mode)
    }

    /// Arguments of a builtin that is not supported yet: what belongs to it, as lambdas do, is not reported again.
    fn skip_arguments(&mut self, arguments: Arguments<'a>) -> hir::ExprId {
        if let Some(receiver) = arguments.receiver {
            let ty = self.ty(receiver.value);
            self.checker.poison(ty);
        }
        for argument in arguments.written {
            let (Argument::Positional(id) | Argument::Named(_, id) | Argument::Spread(id)) = argument;
            let is_function = match &self.checker.ast.exprs[*id].kind {
                ExprKind::Lambda { .. } | ExprKind::SchemaArgument(_) | ExprKind::Compose { .. } => true,
                ExprKind::Name(name) => self.scope.find(*name).is_none() && self.checker.is_callable(*name),
                _ => false,
            };
            if is_function {
                if let ExprKind::Name(name) = &self.checker.ast.exprs[*id].kind {
                    let span = self.checker.ast.exprs[*id].span;
                    self.checker.lookup(*name, span);
                }
            } else {
                self.stray(*argument);
            }
        }
        self.error(arguments.span)
    }

    /// Which argument is for which parameter of an overload.
    pub(super) fn seat(
        &mut self,
        intrinsic: Intrinsic,
        arguments: Arguments<'a>,
    ) -> Result<Vec<Placed>, Faults> {
        let parameters: Vec<(&str, bool)> = intrinsic
            .signature()
            .parameters
            .iter()
            .map(|parameter| (parameter.name, parameter.default.is_none()))
            .collect();
        self.seat_by_name(&parameters, arguments)
    }

    /// Which argument is for which parameter; those that are said to be so must have one.
    pub(super) fn seat_by_name(
        &mut self,
        parameters: &[(&str, bool)],
        arguments: Arguments<'a>,
    ) -> Result<Vec<Placed>, Faults> {
        let count = parameters.len();
        let mut faults = Faults::default();
        let mut placed: Vec<Placed> = Vec::with_capacity(count);
        let mut given = vec![false; count];
        let mut positional = 0;
        let mut is_named = false;
        if let Some(receiver) = arguments.receiver {
            positional = 1;
            given[0] = true;
            placed.push(Placed {
                parameter: 0,
                source: receiver.source,
                value: Some(receiver.value),
            });
        }
        for argument in arguments.written {
            let (source, parameter) = match argument {
                Argument::Positional(source) => {
                    faults.misplaced |= is_named;
                    positional += 1;
                    if positional > count {
                        faults.excess = Some((positional, count));
                        continue;
                    }
                    (*source, positional - 1)
                }
                Argument::Named(name, source) => {
                    is_named = true;
                    let text = self.checker.text(name.name);
                    match parameters.iter().position(|(parameter, _)| *parameter == text) {
                        Some(parameter) => (*source, parameter),
                        None => {
                            let near = closest(text, parameters.iter().map(|(parameter, _)| *parameter));
                            faults
                                .unknown
                                .push((text.to_owned(), near.map(str::to_owned), name.span));
                            continue;
                        }
                    }
                }
                Argument::Spread(_) => {
                    faults.spread = true;
                    continue;
                }
            };
            if std::mem::replace(&mut given[parameter], true) {
                faults.repeated.push(parameters[parameter].0.to_owned());
            }
            placed.push(Placed {
                parameter,
                source,
                value: None,
            });
        }
        for ((parameter, is_required), is_given) in parameters.iter().zip(&given) {
            if !is_given && *is_required && !faults.hides_arguments() {
                faults.missing.push((*parameter).to_owned());
            }
        }
        if faults.is_empty() {
            Ok(placed)
        } else {
            Err(faults)
        }
    }

    pub(super) fn reject(
        &mut self,
        intrinsic: Intrinsic,
        faults: &Faults,
        arguments: Arguments<'a>,
    ) -> hir::ExprId {
        self.call_nothing(arguments);
        let info = intrinsic.info();
        let name = format!("`{}`", info.source_name);
        let diagnostic = faults.diagnostic(arguments.span, &name, "argument").help(format!(
            "its signature is `{}{}`",
            info.source_name, info.signature
        ));
        let usual = faults.usual_way(info.source_name);
        self.checker.report(match usual {
            Some(usual) => diagnostic.help(usual),
            None => diagnostic,
        });
        let result = &intrinsic.signature().result;
        let ty = self.instantiate(result, &mut Instance::default(), arguments.span);
        self.error_of(ty, arguments.span)
    }

    /// A call of one overload, arguments in place.
    pub(super) fn apply(
        &mut self,
        intrinsic: Intrinsic,
        mut placed: Vec<Placed>,
        arguments: Arguments<'a>,
        mode: Mode,
    ) -> hir::ExprId {
        let signature = intrinsic.signature();
        let mut instance = Instance::default();
        // First those that say what variables stand for, then the values of bare variables.
        for argument in &mut placed {
            let parameter = &signature.parameters[argument.parameter].ty;
            if !matches!(parameter, SignatureType::Variable(_)) {
                let ty = self.instantiate(parameter, &mut instance, arguments.span);
                argument.value = Some(self.argument(*argument, Want::of(ty)));
            }
        }
        self.check_bare(signature, &mut placed, &mut instance);
        self.require_classes(&instance, intrinsic, arguments.span);
        self.check_literals(intrinsic, &placed);
        let ty = self.instantiate(&signature.result, &mut instance, arguments.span);
        // A parameter without the bound is said where the set's type is written.
        if let Type::Set(element) = self.checker.form(ty)
            && self
                .checker
                .lacking_parameter(element, VariableClass::Equatable)
                .is_none()
        {
            self.require_class(element, VariableClass::Equatable, arguments.span, "a set");
        }
        if let Some(hint) = mode.hint()
            && self.checker.types.is_open(ty)
        {
            // What is still open may take its type from the outside.
            self.lean(ty, hint);
        }
        self.intrinsic_call(intrinsic, &placed, ty, arguments.span)
    }

    /// What the variables stand for must be of their classes.
    pub(super) fn require_classes(&mut self, instance: &Instance, intrinsic: Intrinsic, span: Span) {
        for (letter, ty) in &instance.variables {
            if let Some(variable) = lumen_vm::lir::TypeVariable::from_letter(*letter) {
                self.require_class(*ty, variable.class, span, intrinsic.info().source_name);
            }
        }
    }

    /// Binds open parts of a type by an expected one of the same form.
    fn lean(&mut self, ty: Ty, hint: Ty) {
        let (ty, hint) = (self.checker.resolve_deep(ty), self.checker.resolve_deep(hint));
        if self.checker.types.is_open(ty) && !self.checker.types.is_open(hint) {
            let (a, b) = (
                self.checker.types.get(ty).clone(),
                self.checker.types.get(hint).clone(),
            );
            let is_alike = self.checker.types.differ_only_in_arguments(ty, hint)
                || matches!((&a, &b), (Type::Union(a), Type::Union(b)) if a.len() == b.len());
            if is_alike {
                self.checker.unify(ty, hint);
            }
        }
    }

    pub(super) fn argument(&mut self, argument: Placed, want: Want) -> hir::ExprId {
        match argument.value {
            Some(value) => self.coerce(value, want, Some(argument.source)),
            None => self.expr(argument.source, Mode::Check(want)),
        }
    }

    /// Literal patterns and format specs are checked now.
    fn check_literals(&mut self, intrinsic: Intrinsic, placed: &[Placed]) {
        let text_of = |body: &Self, argument: &Placed| match argument.value.map(|value| &body.exprs[value]) {
            Some(hir::Expr {
                kind: hir::ExprKind::String(text),
                span,
                ..
            }) => Some((text.clone(), *span)),
            _ => None,
        };
        let Some((text, span)) = placed
            .iter()
            .find(|argument| argument.parameter == 1)
            .and_then(|argument| text_of(self, argument))
        else {
            return;
        };
        match intrinsic {
            Intrinsic::Matches | Intrinsic::AssertMatches => {
                if let Err(problem) = lumen_vm::check_pattern(&text) {
                    self.checker.report(e0004::pattern(span, &problem.message));
                }
            }
            Intrinsic::Format => {
                let value = placed
                    .iter()
                    .find(|argument| argument.parameter == 0)
                    .and_then(|argument| argument.value);
                if let Some(value) = value {
                    let ty = self.ty(value);
                    self.check_format_spec(&text, span, ty);
                }
            }
            _ => {}
        }
    }

    /// The call in the typed tree: all arguments, in the order of parameters, evaluated as written.
    fn intrinsic_call(&mut self, intrinsic: Intrinsic, placed: &[Placed], ty: Ty, span: Span) -> hir::ExprId {
        let signature = intrinsic.signature();
        let in_order = placed
            .windows(2)
            .all(|pair| pair[0].parameter < pair[1].parameter);
        let mut statements = Vec::new();
        let mut values: Vec<Option<hir::ExprId>> = vec![None; signature.parameters.len()];
        for argument in placed {
            let Some(mut value) = argument.value else { continue };
            if !in_order && !self.is_simple(value) {
                let value_span = self.exprs[value].span;
                let (local, binding) = self.hold(value, value_span);
                statements.push(binding);
                value = self.read(local, value_span);
            }
            values[argument.parameter] = Some(value);
        }
        let mut arguments = Vec::with_capacity(values.len());
        for (value, parameter) in values.into_iter().zip(&signature.parameters) {
            arguments.push(match (value, &parameter.default) {
                (Some(value), _) => value,
                (None, Some(Constant::Int(value))) => self.push(hir::ExprKind::Int(*value), Types::INT, span),
                (None, Some(Constant::String(text))) => {
                    self.push(hir::ExprKind::String(text.clone()), Types::STRING, span)
                }
                (None, _) => self.error(span),
            });
        }
        let call = self.intrinsic(intrinsic, arguments, ty, span);
        if statements.is_empty() {
            return call;
        }
        self.push(
            hir::ExprKind::Block {
                statements,
                value: Some(call),
            },
            ty,
            span,
        )
    }
}

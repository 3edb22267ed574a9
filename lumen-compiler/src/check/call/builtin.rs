//! Calls of builtins: the overload is chosen by the arguments' types, its type variables come from unification.

use super::super::body::{Body, Mode, Want};
use super::super::builtins;
use super::super::messages::e0013::Faults;
use super::super::messages::{e0004, e0012};
use super::super::types::{Type, Types};
use super::super::variables::Unknown;
use super::Arguments;
use crate::diagnostic::Span;
use crate::diagnostic::closest;
use crate::hir::{self, Ty};
use crate::syntax::ast::{self, Argument, ExprKind};
use lumen_vm::lir::{Constant, Intrinsic, Signature, SignatureType, VariableClass};

/// An argument in place: its parameter, and its value once it was checked.
#[derive(Clone, Copy, Debug)]
struct Placed {
    parameter: usize,
    source: ast::ExprId,
    value: Option<hir::ExprId>,
}

/// What the type variables of a signature stand for in one call.
#[derive(Debug, Default)]
struct Instance {
    variables: Vec<(char, Ty)>,
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
    fn seat(&mut self, intrinsic: Intrinsic, arguments: Arguments<'a>) -> Result<Vec<Placed>, Faults> {
        let signature = intrinsic.signature();
        let count = signature.parameters.len();
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
                    match signature
                        .parameters
                        .iter()
                        .position(|parameter| parameter.name == text)
                    {
                        Some(parameter) => (*source, parameter),
                        None => {
                            let near =
                                closest(text, signature.parameters.iter().map(|parameter| parameter.name));
                            faults.unknown.push((text.to_owned(), near.map(str::to_owned)));
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
                faults
                    .repeated
                    .push(signature.parameters[parameter].name.to_owned());
            }
            placed.push(Placed {
                parameter,
                source,
                value: None,
            });
        }
        for (parameter, is_given) in signature.parameters.iter().zip(&given) {
            if !is_given && parameter.default.is_none() && !faults.hides_arguments() {
                faults.missing.push(parameter.name.to_owned());
            }
        }
        if faults.is_empty() {
            Ok(placed)
        } else {
            Err(faults)
        }
    }

    fn reject(&mut self, intrinsic: Intrinsic, faults: &Faults, arguments: Arguments<'a>) -> hir::ExprId {
        self.call_nothing(arguments);
        let info = intrinsic.info();
        let name = format!("`{}`", info.source_name);
        let diagnostic = faults.diagnostic(arguments.span, &name, "argument").help(format!(
            "its signature is `{}{}`",
            info.source_name, info.signature
        ));
        self.checker.report(diagnostic);
        let result = &intrinsic.signature().result;
        let ty = self.instantiate(result, &mut Instance::default(), arguments.span);
        self.error_of(ty, arguments.span)
    }

    /// Chooses among overloads by number, names and types of the arguments.
    fn call_overloaded(
        &mut self,
        name: &str,
        overloads: &'static [Intrinsic],
        arguments: Arguments<'a>,
        mode: Mode,
    ) -> hir::ExprId {
        let mut candidates: Vec<(Intrinsic, Vec<Placed>)> = Vec::new();
        let mut first_faults = None;
        for intrinsic in overloads {
            match self.seat(*intrinsic, arguments) {
                Ok(placed) => candidates.push((*intrinsic, placed)),
                Err(faults) => {
                    first_faults.get_or_insert((*intrinsic, faults));
                }
            }
        }
        if let ([], Some((intrinsic, faults))) = (candidates.as_slice(), &first_faults) {
            return self.reject(*intrinsic, faults, arguments);
        }
        // Arguments are checked once, without expectation, in written order; then the overload is chosen.
        let values: Vec<hir::ExprId> = candidates[0]
            .1
            .iter()
            .map(|placed| {
                placed
                    .value
                    .unwrap_or_else(|| self.expr(placed.source, Mode::Infer))
            })
            .collect();
        let types: Vec<Ty> = values.iter().map(|value| self.ty(*value)).collect();
        let mut fitting: Vec<(Intrinsic, Vec<Placed>)> = Vec::new();
        for (intrinsic, placed) in &candidates {
            let signature = intrinsic.signature();
            let fits = placed
                .iter()
                .zip(&types)
                .all(|(placed, ty)| self.could_be(*ty, &signature.parameters[placed.parameter].ty));
            if fits {
                let mut placed = placed.clone();
                for (placed, value) in placed.iter_mut().zip(&values) {
                    placed.value = Some(*value);
                }
                fitting.push((*intrinsic, placed));
            }
        }
        let is_erroneous = types.contains(&Types::ERROR);
        match fitting.len() {
            1 => {
                let (intrinsic, placed) = fitting.remove(0);
                self.apply(intrinsic, placed, arguments, mode)
            }
            0 => self.no_overload(name, &candidates, &values, arguments),
            _ => {
                for (value, ty) in values.iter().zip(&types) {
                    if !is_erroneous && matches!(self.checker.types.get(*ty), Type::Variable(_)) {
                        self.report_not_yet_known(*value);
                        break;
                    }
                }
                for ty in types {
                    self.checker.poison(ty);
                }
                self.error(arguments.span)
            }
        }
    }

    /// No overload takes these types.
    fn no_overload(
        &mut self,
        name: &str,
        candidates: &[(Intrinsic, Vec<Placed>)],
        values: &[hir::ExprId],
        arguments: Arguments<'a>,
    ) -> hir::ExprId {
        let types: Vec<Ty> = values.iter().map(|value| self.ty(*value)).collect();
        if !types.contains(&Types::ERROR) && !types.contains(&Types::NEVER) {
            // The first argument that no overload takes is at fault; else the one after which none is left.
            let mut left: Vec<&(Intrinsic, Vec<Placed>)> = candidates.iter().collect();
            let mut blamed = 0;
            for position in 0..values.len() {
                let accepted: Vec<&(Intrinsic, Vec<Placed>)> = left
                    .iter()
                    .copied()
                    .filter(|(intrinsic, placed)| {
                        let parameter = placed[position].parameter;
                        self.could_be(types[position], &intrinsic.signature().parameters[parameter].ty)
                    })
                    .collect();
                blamed = position;
                if accepted.is_empty() {
                    break;
                }
                left = accepted;
            }
            let accepted: Vec<String> = left
                .iter()
                .map(|(intrinsic, placed)| {
                    intrinsic.signature().parameters[placed[blamed].parameter]
                        .ty
                        .to_string()
                })
                .collect();
            let source = candidates[0].1[blamed].source;
            self.report_no_overload(name, values[blamed], source, accepted);
        }
        for ty in types {
            self.checker.poison(ty);
        }
        self.error(arguments.span)
    }

    fn report_no_overload(
        &mut self,
        name: &str,
        value: hir::ExprId,
        source: ast::ExprId,
        mut accepted: Vec<String>,
    ) {
        accepted.dedup();
        let (ty, span) = (self.ty(value), self.exprs[value].span);
        let shown = self.checker.show(ty);
        let mut diagnostic = e0012::no_overload(&self.place, span, name, &shown, &accepted);
        if self.checker.types.holds_null(ty)
            && let Some(quoted) = self.quote(source)
        {
            diagnostic = diagnostic.help(format!(
                "it may be null: use `{quoted} ?? default`, `{quoted}!`, or test for null first"
            ));
        }
        self.checker.report(diagnostic);
    }

    /// Whether a value of the type may be an argument of the parameter type; binds nothing.
    fn could_be(&mut self, ty: Ty, parameter: &SignatureType) -> bool {
        let form = self.checker.form(ty);
        if matches!(form, Type::Error | Type::Never | Type::Variable(_)) {
            return true;
        }
        match (parameter, form) {
            (SignatureType::Variable(variable), _) => {
                self.checker.is_of_class(ty, variable.class) != super::super::class::Membership::No
                    || variable.class == VariableClass::Ordered
            }
            (SignatureType::Null, Type::Null)
            | (SignatureType::Bool, Type::Bool)
            | (SignatureType::Int, Type::Int)
            | (SignatureType::Float, Type::Float)
            | (SignatureType::String, Type::String)
            | (SignatureType::Bytes, Type::Bytes) => true,
            (SignatureType::List(parameter), Type::List(element))
            | (SignatureType::Set(parameter), Type::Set(element)) => self.could_be(element, parameter),
            (SignatureType::Map(key, value), Type::Map(k, v)) => {
                self.could_be(k, key) && self.could_be(v, value)
            }
            (SignatureType::Result(ok, error), Type::Result(a, b)) => {
                self.could_be(a, ok) && self.could_be(b, error)
            }
            (SignatureType::Tuple(parameters), Type::Tuple(parts)) => {
                parameters.len() == parts.len()
                    && parameters
                        .iter()
                        .zip(parts.iter())
                        .all(|(parameter, part)| self.could_be(*part, parameter))
            }
            (SignatureType::Optional(parameter), _) => {
                let rest = self.checker.types.without(ty, &[Types::NULL]);
                rest == Types::NEVER || self.could_be(rest, parameter)
            }
            _ => false,
        }
    }

    /// A call of one overload, arguments in place.
    fn apply(
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
        self.check_bare(signature, &mut placed, &mut instance, arguments.span);
        for (letter, ty) in &instance.variables {
            if let Some(variable) = lumen_vm::lir::TypeVariable::from_letter(*letter) {
                self.require_class(*ty, variable.class, arguments.span, intrinsic.info().source_name);
            }
        }
        self.check_literals(intrinsic, &placed);
        let ty = self.instantiate(&signature.result, &mut instance, arguments.span);
        if let Some(hint) = mode.hint()
            && self.checker.types.is_open(ty)
        {
            // What is still open may take its type from the outside.
            self.lean(ty, hint);
        }
        self.intrinsic_call(intrinsic, &placed, ty, arguments.span)
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

    fn argument(&mut self, argument: Placed, want: Want) -> hir::ExprId {
        match argument.value {
            Some(value) => self.coerce(value, want, Some(argument.source)),
            None => self.expr(argument.source, Mode::Check(want)),
        }
    }

    /// Arguments whose parameter type is a variable: they have the type that it stands for already, else a common one.
    fn check_bare(
        &mut self,
        signature: &'static Signature,
        placed: &mut [Placed],
        instance: &mut Instance,
        span: Span,
    ) {
        let letters: Vec<Option<char>> = placed
            .iter()
            .map(|argument| match &signature.parameters[argument.parameter].ty {
                SignatureType::Variable(variable) => Some(variable.letter),
                _ => None,
            })
            .collect();
        for index in 0..placed.len() {
            let Some(letter) = letters[index] else { continue };
            let known = instance
                .variables
                .iter()
                .find(|(known, _)| *known == letter)
                .map(|(_, ty)| *ty);
            let known = known.map(|ty| self.checker.resolve(ty));
            match known {
                Some(ty) if !matches!(self.checker.types.get(ty), Type::Variable(_)) => {
                    let decided_here = letters[..index].contains(&Some(letter));
                    if !decided_here {
                        placed[index].value = Some(self.argument(placed[index], Want::of(ty)));
                        continue;
                    }
                    self.settle_common(placed, &letters, index, ty, instance);
                }
                _ => {
                    let value = match placed[index].value {
                        Some(value) => value,
                        None => self.expr(placed[index].source, Mode::Infer),
                    };
                    placed[index].value = Some(value);
                    let found = self.ty(value);
                    if let Some(open) = known {
                        self.checker.unify(open, found);
                    } else {
                        instance.variables.push((letter, found));
                    }
                    let _ = span;
                }
            }
        }
    }

    /// A further value for a variable that an earlier bare argument decided: either one may be the wider.
    fn settle_common(
        &mut self,
        placed: &mut [Placed],
        letters: &[Option<char>],
        index: usize,
        decided: Ty,
        instance: &mut Instance,
    ) {
        let value = match placed[index].value {
            Some(value) => value,
            None => self.expr(placed[index].source, Mode::Hint(decided)),
        };
        placed[index].value = Some(value);
        let found = self.ty(value);
        let Some(common) = self.checker.common(decided, found) else {
            let first = (0..index).find(|earlier| letters[*earlier] == letters[index]);
            let because = first
                .and_then(|first| placed[first].value)
                .map(|value| self.exprs[value].span);
            let want = Want::because(decided, because, "this argument is of the other type");
            placed[index].value =
                Some(self.mismatch(found, want, self.exprs[value].span, Some(placed[index].source)));
            return;
        };
        for argument in 0..=index {
            if letters[argument] == letters[index]
                && let Some(value) = placed[argument].value
            {
                placed[argument].value = Some(self.coerce(value, Want::of(common), None));
            }
        }
        for (letter, ty) in &mut instance.variables {
            if Some(*letter) == letters[index] {
                *ty = common;
            }
        }
    }

    fn instantiate(&mut self, ty: &SignatureType, instance: &mut Instance, span: Span) -> Ty {
        match ty {
            SignatureType::Null => Types::NULL,
            SignatureType::Bool => Types::BOOL,
            SignatureType::Int => Types::INT,
            SignatureType::Float => Types::FLOAT,
            SignatureType::String => Types::STRING,
            SignatureType::Bytes => Types::BYTES,
            SignatureType::List(element) => {
                let element = self.instantiate(element, instance, span);
                self.checker.types.list(element)
            }
            SignatureType::Set(element) => {
                let element = self.instantiate(element, instance, span);
                self.checker.types.set(element)
            }
            SignatureType::Map(key, value) => {
                let key = self.instantiate(key, instance, span);
                let value = self.instantiate(value, instance, span);
                self.checker.types.map(key, value)
            }
            SignatureType::Result(ok, error) => {
                let ok = self.instantiate(ok, instance, span);
                let error = self.instantiate(error, instance, span);
                self.checker.types.result(ok, error)
            }
            SignatureType::Tuple(parts) => {
                let parts = parts
                    .iter()
                    .map(|part| self.instantiate(part, instance, span))
                    .collect();
                self.checker.types.tuple(parts)
            }
            SignatureType::Optional(inner) => {
                let inner = self.instantiate(inner, instance, span);
                let inner = self.checker.resolve(inner);
                self.checker.types.optional(inner)
            }
            SignatureType::Variable(variable) => {
                let known = instance
                    .variables
                    .iter()
                    .find(|(letter, _)| *letter == variable.letter);
                if let Some((_, ty)) = known {
                    return *ty;
                }
                let fresh = self.checker.fresh(Unknown::Generic, span);
                instance.variables.push((variable.letter, fresh));
                fresh
            }
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

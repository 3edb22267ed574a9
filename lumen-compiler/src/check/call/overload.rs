//! Builtins with overloads: the types of the arguments choose one.

use super::super::body::{Body, Mode};
use super::super::class::Membership;
use super::super::messages::e0012;
use super::super::messages::e0013::Faults;
use super::super::types::{Type, Types};
use super::Arguments;
use super::builtin::Placed;
use crate::hir::{self, Ty};
use crate::syntax::ast;
use lumen_vm::lir::{Intrinsic, SignatureType, VariableClass};

impl<'a> Body<'_, 'a> {
    /// Chooses among overloads by number, names and types of the arguments.
    pub(super) fn call_overloaded(
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
            return match self.overload_of_receiver(overloads, arguments) {
                Some((intrinsic, faults)) => self.reject(intrinsic, &faults, arguments),
                None => self.reject(*intrinsic, faults, arguments),
            };
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

    /// The overload that takes the value a faulty call is written behind, and what is wrong with the call of it.
    fn overload_of_receiver(
        &mut self,
        overloads: &'static [Intrinsic],
        arguments: Arguments<'a>,
    ) -> Option<(Intrinsic, Faults)> {
        let ty = self.ty(arguments.receiver?.value);
        let takes = |body: &mut Self, overload: &&Intrinsic| {
            let first = overload.signature().parameters.first();
            first.is_some_and(|first| body.could_be(ty, &first.ty))
        };
        let chosen = *overloads.iter().find(|overload| takes(self, overload))?;
        let faults = self.seat(chosen, arguments).err()?;
        Some((chosen, faults))
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
    pub(super) fn could_be(&mut self, ty: Ty, parameter: &SignatureType) -> bool {
        let form = self.checker.form(ty);
        if matches!(form, Type::Error | Type::Never | Type::Variable(_)) {
            return true;
        }
        match (parameter, form) {
            (SignatureType::Variable(variable), _) => {
                self.checker.is_of_class(ty, variable.class) != Membership::No
                    || variable.class == VariableClass::Ordered
            }
            (SignatureType::Null, Type::Null)
            | (SignatureType::Bool, Type::Bool)
            | (SignatureType::Int, Type::Int)
            | (SignatureType::Float, Type::Float)
            | (SignatureType::String, Type::String)
            | (SignatureType::Bytes, Type::Bytes)
            | (SignatureType::Json, Type::Json) => true,
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
}

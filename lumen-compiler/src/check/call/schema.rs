//! `expect schema` and `validate`: values from outside, decoded as a type.

use super::super::accept::Fit;
use super::super::body::{Body, Mode, Want};
use super::super::context::Checker;
use super::super::definition::{Definition, Layout};
use super::super::jump::Returns;
use super::super::messages::{e0012, e0013, e0014};
use super::super::types::{Type, Types};
use super::Arguments;
use crate::diagnostic::Span;
use crate::hir::{self, NominalId, Ty};
use crate::syntax::ast::{self, Argument, ExprKind};
use lumen_vm::lir::PreludeRecord;

impl<'a> Body<'_, 'a> {
    /// `e expect schema T`: T, or what is wrong is returned as the cell's err, or fails.
    pub(crate) fn expect_schema(
        &mut self,
        operand: ast::ExprId,
        ty: ast::TypeExprId,
        span: Span,
    ) -> hir::ExprId {
        let value = self.expr(operand, Mode::Infer);
        let wanted = self.schema_type(ty);
        let Some(decoded) = self.decode(value, wanted, span) else {
            return self.error_of(wanted, span);
        };
        let kind = if self.returns_validation_errors() {
            self.leaves = true;
            hir::ExprKind::Try(decoded)
        } else {
            hir::ExprKind::Validated(decoded)
        };
        self.push(kind, wanted, span)
    }

    /// Whether an `err(ValidationError)` can be returned from here.
    fn returns_validation_errors(&mut self) -> bool {
        if self.in_defer.is_some() {
            return false;
        }
        let Returns::Written(want) = self.returns else {
            return false;
        };
        let Type::Result(_, error) = self.checker.form(want.ty) else {
            return false;
        };
        let validation_error = self.checker.prelude_type(PreludeRecord::ValidationError);
        self.checker.types.members(error).contains(&validation_error)
            && self.checker.fit(validation_error, error) != Fit::No
    }

    /// `validate(schema T, v)`.
    pub(super) fn validate(&mut self, arguments: Arguments<'a>) -> hir::ExprId {
        let span = arguments.span;
        let written = match arguments.written {
            [Argument::Positional(schema), Argument::Positional(value)] if arguments.receiver.is_none() => {
                match &self.checker.ast.exprs[*schema].kind {
                    ExprKind::SchemaArgument(ty) => Some((*ty, *value)),
                    _ => None,
                }
            }
            _ => None,
        };
        let Some((ty, value)) = written else {
            for argument in arguments.written {
                let (Argument::Positional(id) | Argument::Named(_, id) | Argument::Spread(id)) = argument;
                // A bare type is what the report is about.
                let is_type = match &self.checker.ast.exprs[*id].kind {
                    ExprKind::SchemaArgument(_) => true,
                    ExprKind::Name(name) => {
                        self.scope.find(*name).is_none()
                            && matches!(self.checker.lookup(*name, span), Some(Definition::Nominal(_)))
                    }
                    _ => false,
                };
                if !is_type {
                    self.stray(*argument);
                }
            }
            self.checker.report(e0013::validate(span));
            return self.error(span);
        };
        let wanted = self.schema_type(ty);
        let value = self.expr(value, Mode::Infer);
        match self.decode(value, wanted, span) {
            Some(decoded) => decoded,
            None => {
                let ty = self.decoded_type(wanted);
                self.error_of(ty, span)
            }
        }
    }

    fn decoded_type(&mut self, ty: Ty) -> Ty {
        let error = self.checker.prelude_type(PreludeRecord::ValidationError);
        self.checker.types.result(ty, error)
    }

    /// A type as written behind `schema`, which must have a JSON form.
    fn schema_type(&mut self, written: ast::TypeExprId) -> Ty {
        let ty = self.checker.annotation(written);
        let mut seen = Vec::new();
        if let Some(part) = self.checker.without_json_form(ty, &mut seen) {
            let (shown, part) = (self.checker.show(ty), self.checker.show(part));
            let span = self.checker.ast.types[written].span;
            self.checker.report(e0014::no_json_form(span, &shown, &part));
            return Types::ERROR;
        }
        ty
    }

    /// The value decoded; nothing after an error.
    fn decode(&mut self, value: hir::ExprId, wanted: Ty, span: Span) -> Option<hir::ExprId> {
        let from = self.ty(value);
        if from == Types::ERROR || wanted == Types::ERROR {
            return None;
        }
        let source = match from {
            Types::STRING | Types::BYTES | Types::JSON => value,
            _ if self.checker.fit(from, Types::JSON) != Fit::No => {
                self.coerce(value, Want::of(Types::JSON), None)
            }
            _ => {
                let shown = self.checker.show(from);
                self.checker.report(e0012::no_schema_source(
                    &self.place,
                    self.exprs[value].span,
                    &shown,
                ));
                self.checker.poison(from);
                return None;
            }
        };
        let ty = self.decoded_type(wanted);
        Some(self.push(hir::ExprKind::Schema(source, wanted), ty, span))
    }
}

impl Checker<'_> {
    /// The part of a type that has no JSON form, if there is one.
    pub(crate) fn without_json_form(&mut self, ty: Ty, seen: &mut Vec<NominalId>) -> Option<Ty> {
        let parts: Vec<Ty> = match self.form(ty) {
            Type::Function(..) | Type::Generator(_) | Type::Never => return Some(ty),
            Type::List(part) | Type::Set(part) => vec![part],
            Type::Map(first, second) | Type::Result(first, second) => vec![first, second],
            Type::Tuple(parts) | Type::Union(parts) => parts.to_vec(),
            Type::Nominal(nominal, arguments) => {
                if seen.contains(&nominal) {
                    return None;
                }
                seen.push(nominal);
                let mut parts = arguments.to_vec();
                match &*self.layout(nominal) {
                    Layout::Record { fields, .. } => parts.extend(fields.iter().map(|field| field.ty)),
                    Layout::Enum(variants) => {
                        parts.extend(
                            variants
                                .iter()
                                .flat_map(|variant| variant.payload.iter().copied()),
                        );
                    }
                    Layout::Broken => {}
                }
                parts
            }
            _ => Vec::new(),
        };
        parts
            .into_iter()
            .find_map(|part| self.without_json_form(part, seen))
    }
}

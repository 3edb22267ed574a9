//! Variants with a payload, `ok(v)` and `err(e)`.

use super::super::body::{Body, Mode, Want};
use super::super::definition::Layout;
use super::super::messages::e0013;
use super::super::scope::VariantRef;
use super::super::types::Type;
use super::super::variables::Unknown;
use super::Arguments;
use crate::hir::{self, Ty};
use crate::syntax::ast::Argument;

impl<'a> Body<'_, 'a> {
    /// `Variant(a, b)`.
    pub(super) fn call_variant(&mut self, variant: VariantRef, arguments: Arguments<'a>) -> hir::ExprId {
        let layout = self.checker.layout(variant.nominal);
        let Layout::Enum(variants) = &*layout else {
            return self.call_nothing(arguments);
        };
        let info = &variants[variant.variant as usize];
        let ty = self.checker.nominal_type(variant.nominal);
        match self.payload(&info.name, &info.payload, info.span, arguments) {
            Some(payload) => {
                let kind = hir::ExprKind::Variant {
                    variant: variant.variant,
                    payload,
                };
                self.push(kind, ty, arguments.span)
            }
            None => self.error_of(ty, arguments.span),
        }
    }

    /// `ok(v)`, `err(e)`.
    pub(super) fn call_result(&mut self, is_err: bool, arguments: Arguments<'a>, mode: Mode) -> hir::ExprId {
        let span = arguments.span;
        let (ok, error) = match self.expected_result(mode) {
            Some(parts) => parts,
            None => (
                self.checker
                    .fresh(if is_err { Unknown::OkType } else { Unknown::Generic }, span),
                self.checker.fresh(
                    if is_err {
                        Unknown::Generic
                    } else {
                        Unknown::ErrType
                    },
                    span,
                ),
            ),
        };
        let ty = self.checker.types.result(ok, error);
        let (name, part) = if is_err { ("err", error) } else { ("ok", ok) };
        match self.payload(name, &[part], None, arguments) {
            Some(payload) => self.push(
                hir::ExprKind::Variant {
                    variant: u32::from(is_err),
                    payload,
                },
                ty,
                span,
            ),
            None => self.error_of(ty, span),
        }
    }

    fn expected_result(&mut self, mode: Mode) -> Option<(Ty, Ty)> {
        let hint = mode.hint()?;
        let members = match self.checker.form(hint) {
            Type::Result(ok, error) => return Some((ok, error)),
            Type::Union(members) => members,
            _ => return None,
        };
        members
            .iter()
            .find_map(|member| match self.checker.form(*member) {
                Type::Result(ok, error) => Some((ok, error)),
                _ => None,
            })
    }

    /// The payload's values; none after E0013.
    fn payload(
        &mut self,
        name: &str,
        types: &[Ty],
        declared: Option<crate::diagnostic::Span>,
        arguments: Arguments<'a>,
    ) -> Option<Vec<hir::ExprId>> {
        let count = arguments.written.len() + usize::from(arguments.receiver.is_some());
        let named = arguments
            .written
            .iter()
            .any(|argument| !matches!(argument, Argument::Positional(_)));
        if named || count != types.len() {
            let diagnostic = if named {
                e0013::named_payload(arguments.span, name)
            } else {
                e0013::payload(arguments.span, name, types.len(), count)
            };
            let diagnostic = match declared {
                Some(span) => diagnostic.related(span, "the variant is declared here"),
                None => diagnostic,
            };
            self.checker.report(diagnostic);
            self.call_nothing(arguments);
            return None;
        }
        let mut payload = Vec::with_capacity(count);
        let mut wanted = types
            .iter()
            .map(|ty| Want::because(*ty, declared, "the variant is declared here"));
        if let (Some(receiver), Some(want)) =
            (arguments.receiver, arguments.receiver.and_then(|_| wanted.next()))
        {
            payload.push(self.coerce(receiver.value, want, Some(receiver.source)));
        }
        for (argument, want) in arguments.written.iter().zip(wanted) {
            let (Argument::Positional(id) | Argument::Named(_, id) | Argument::Spread(id)) = argument;
            payload.push(self.expr(*id, Mode::Check(want)));
        }
        Some(payload)
    }
}

//! Variants with a payload, `ok(v)` and `err(e)`.

use super::super::body::{Body, Mode};
use super::super::definition::Layout;
use super::super::messages::e0013;
use super::super::parameters::Generics;
use super::super::scope::VariantRef;
use super::super::types::Type;
use super::super::variables::Unknown;
use super::Arguments;
use super::solve::{Seat, Use};
use crate::diagnostic::Span;
use crate::hir::{self, Ty};
use crate::syntax::ast::Argument;

impl<'a> Body<'_, 'a> {
    /// `Variant(a, b)`.
    pub(super) fn call_variant(
        &mut self,
        variant: VariantRef,
        arguments: Arguments<'a>,
        mode: Mode,
    ) -> hir::ExprId {
        let layout = self.checker.layout(variant.nominal);
        let Layout::Enum(variants) = &*layout else {
            return self.call_nothing(arguments);
        };
        let info = &variants[variant.variant as usize];
        let mut usage = self.nominal_use(variant.nominal, arguments.span, mode);
        let declared = self.checker.own_type(variant.nominal);
        let payload = self.payload(&info.name, &info.payload, info.span, arguments, &mut usage);
        let ty = self.in_use(declared, &usage);
        match payload {
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
        let mut usage = self.begin_use(&Generics::default(), String::new(), span);
        match self.payload(name, &[part], None, arguments, &mut usage) {
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
        declared: Option<Span>,
        arguments: Arguments<'a>,
        usage: &mut Use,
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
            for ty in &usage.arguments {
                self.checker.poison(*ty);
            }
            return None;
        }
        let mut seats = Vec::with_capacity(count);
        let receiver = arguments
            .receiver
            .map(|receiver| (Some(receiver.value), receiver.source));
        let written = arguments.written.iter().map(|argument| {
            let (Argument::Positional(id) | Argument::Named(_, id) | Argument::Spread(id)) = argument;
            (None, *id)
        });
        for ((value, source), ty) in receiver.into_iter().chain(written).zip(types) {
            seats.push(Seat {
                declared: *ty,
                because: declared.map(|span| (span, "the variant is declared here")),
                value,
                source,
            });
        }
        Some(self.fill(&seats, usage))
    }
}

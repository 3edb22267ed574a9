//! Strings: interpolation becomes a join of texts, and format specs are checked against what they format.

use super::body::{Body, Mode};
use super::messages::e0004;
use super::types::{Type, Types};
use crate::diagnostic::Span;
use crate::hir::{self, Ty};
use crate::syntax::ast::{self, StringPart};
use lumen_vm::lir::Intrinsic;
use lumen_vm::{FormatOperand, FormatSpec};

impl<'a> Body<'_, 'a> {
    /// A string literal.
    pub(crate) fn string(&mut self, parts: &'a [StringPart], span: Span) -> hir::ExprId {
        let mut values = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                StringPart::Text(text) if text.is_empty() && parts.len() > 1 => {}
                StringPart::Text(text) => {
                    values.push(self.push(hir::ExprKind::String(text.clone()), Types::STRING, span));
                }
                StringPart::Interpolation { value, spec } => {
                    values.push(self.interpolation(*value, spec.as_ref()));
                }
            }
        }
        match values.as_slice() {
            [] => self.push(hir::ExprKind::String(String::new()), Types::STRING, span),
            [one] => *one,
            _ => self.push(hir::ExprKind::Concat(values), Types::STRING, span),
        }
    }

    fn interpolation(&mut self, value: ast::ExprId, spec: Option<&'a (String, Span)>) -> hir::ExprId {
        let value = self.expr(value, Mode::Infer);
        let (ty, span) = (self.ty(value), self.exprs[value].span);
        match spec {
            Some((text, spec_span)) if !text.is_empty() => {
                self.check_format_spec(text, *spec_span, ty);
                let spec = self.push(hir::ExprKind::String(text.clone()), Types::STRING, *spec_span);
                self.intrinsic(Intrinsic::Format, vec![value, spec], Types::STRING, span)
            }
            _ if ty == Types::STRING => value,
            _ if ty == Types::NEVER || ty == Types::ERROR => self.error_of(Types::STRING, span),
            _ => self.intrinsic(Intrinsic::ToString, vec![value], Types::STRING, span),
        }
    }

    /// E0004 if a literal spec is none, or does not suit values of the type.
    pub(crate) fn check_format_spec(&mut self, text: &str, span: Span, ty: Ty) {
        let operand = match self.checker.form(ty) {
            Type::Int => FormatOperand::Int,
            Type::Float => FormatOperand::Float,
            Type::String => FormatOperand::String,
            Type::Error | Type::Never | Type::Variable(_) => {
                if let Err(problem) = FormatSpec::parse(text) {
                    self.checker
                        .report(e0004::format_spec(span, text, &problem.message));
                }
                return;
            }
            _ => FormatOperand::Other,
        };
        let checked = FormatSpec::parse(text).and_then(|spec| spec.check(operand, text));
        if let Err(problem) = checked {
            self.checker
                .report(e0004::format_spec(span, text, &problem.message));
        }
    }
}

//! Constants: literals, each behind a generated cell.

use super::body::{Body, Mode, Want};
use super::context::Checker;
use super::definition::{ConstId, Source};
use super::jump::Returns;
use super::messages::e0060;
use super::tree::Header;
use super::types::Types;
use crate::diagnostic::Span;
use crate::hir;
use crate::syntax::ast::{self, ExprKind, ItemKind};
use lumen_vm::lir::CellKind;

impl Checker<'_> {
    /// Checks the value of a constant.
    pub(super) fn check_constant(&mut self, constant: ConstId) {
        let Source::Own {
            declaration: value,
            item,
            slot,
        } = self.constant(constant).source
        else {
            return;
        };
        let name = self.constant(constant).name.to_string();
        let item = &self.ast.items[item];
        let ItemKind::Const { name: written, .. } = &item.kind else {
            return;
        };
        if let Some(span) = self.beyond_literal(value) {
            self.report(e0060::not_supported(
                span,
                "constants of anything but literals are",
            ));
            self.constants[constant.0 as usize].ty.get_or_insert(Types::ERROR);
            return;
        }
        let header = Header {
            name: name.clone(),
            kind: CellKind::Constant,
            public: item.public,
            declaration: written.span,
            generics: hir::Generics::default(),
        };
        let want = self.constant(constant).ty;
        let mut body = Body::new(self, format!("constant `{name}`"), Returns::Nowhere);
        let mode = want.map_or(Mode::Infer, |ty| Mode::Check(Want::of(ty)));
        let expr = body.expr(value, mode);
        body.finish(&header.name);
        let ty = want.unwrap_or(body.exprs[expr].ty);
        let cell = body
            .into_tree()
            .cell(header, Vec::new(), ty, hir::Body::Expr(expr));
        self.constants[constant.0 as usize].ty = Some(ty);
        self.slots[slot as usize] = Some(cell);
    }

    /// Where a constant's value is more than a literal of literals.
    fn beyond_literal(&self, id: ast::ExprId) -> Option<Span> {
        let ast::Expr { kind, span } = &self.ast.exprs[id];
        match kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bytes(_)
            | ExprKind::Error => None,
            ExprKind::String(parts) => parts
                .iter()
                .any(|part| matches!(part, ast::StringPart::Interpolation { .. }))
                .then_some(*span),
            ExprKind::Parenthesized(inner) => self.beyond_literal(*inner),
            ExprKind::Unary {
                operator: ast::UnaryOp::Negate,
                operand,
            } => match &self.ast.exprs[*operand].kind {
                ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Error => None,
                _ => Some(*span),
            },
            ExprKind::List(elements) | ExprKind::Set(elements) => {
                elements.iter().find_map(|item| match item {
                    ast::Element::Item(item) => self.beyond_literal(*item),
                    ast::Element::Spread(item) => Some(self.ast.exprs[*item].span),
                })
            }
            ExprKind::Map(entries) => entries.iter().find_map(|entry| match entry {
                ast::MapEntry::Item(key, value) => {
                    self.beyond_literal(*key).or_else(|| self.beyond_literal(*value))
                }
                ast::MapEntry::Spread(item) => Some(self.ast.exprs[*item].span),
            }),
            ExprKind::Tuple(parts) => parts.iter().find_map(|part| self.beyond_literal(*part)),
            _ => Some(*span),
        }
    }
}

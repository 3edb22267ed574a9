//! Constants, each behind a generated cell. What is more than a literal is computed later ([`crate::evaluate`]).

use super::body::{Body, Mode, Want};
use super::context::Checker;
use super::definition::{ConstId, Source};
use super::jump::Returns;
use super::messages::e0019;
use super::tree::Header;
use super::types::Types;
use crate::diagnostic::Span;
use crate::hir::{self, Ty};
use crate::syntax::ast::ItemKind;
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
        let header = Header {
            name: name.clone(),
            kind: CellKind::Constant,
            public: item.public,
            declaration: written.span,
            generics: hir::Generics::default(),
        };
        if self.slots[slot as usize].is_some() {
            return;
        }
        let want = self.constant(constant).ty;
        self.constants_under_way.push(constant);
        let mut body = Body::new(self, format!("constant `{name}`"), Returns::Nowhere);
        let mode = want.map_or(Mode::Infer, |ty| Mode::Check(Want::of(ty)));
        let expr = body.expr(value, mode);
        body.finish(&header.name);
        body.checker.constants_under_way.pop();
        let ty = want.unwrap_or(body.exprs[expr].ty);
        let cell = body
            .into_tree()
            .cell(header, Vec::new(), ty, hir::Body::Expr(expr));
        self.constants[constant.0 as usize].ty = Some(ty);
        self.slots[slot as usize] = Some(cell);
    }

    /// The type of a constant, by checking its value now if need be.
    pub(crate) fn constant_type(&mut self, constant: ConstId, span: Span) -> Ty {
        if self.constant(constant).ty.is_none() {
            if self.constants_under_way.contains(&constant) {
                let name = self.constant(constant).name.to_string();
                self.report(e0019::recursive_constant(span, &name));
                self.constants[constant.0 as usize].ty = Some(Types::ERROR);
            } else {
                self.check_constant(constant);
            }
        }
        self.constant(constant).ty.unwrap_or(Types::ERROR)
    }
}

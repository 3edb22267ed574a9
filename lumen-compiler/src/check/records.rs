//! Generated cells of records: the constructor that checks constraints, the one that tells which do not hold, and one for
//! each default.

use super::body::{Body, Mode, Role, Want};
use super::context::Checker;
use super::definition::{FieldInfo, Layout};
use super::jump::Returns;
use super::messages::e0020;
use super::scope::Wanted;
use super::tree::Header;
use super::types::Types;
use crate::diagnostic::Code;
use crate::hir::{self, Callee, NominalId};
use crate::syntax::ast;
use lumen_vm::lir::{CellKind, PreludeRecord};

impl<'a> Checker<'a> {
    /// Checks the constraints and defaults of a record.
    pub(super) fn check_record(&mut self, nominal: NominalId, written: &'a ast::Record, public: bool) {
        let layout = self.layout(nominal);
        let Layout::Record { fields, constrained } = &*layout else {
            return;
        };
        let (name, slot) = (self.nominal(nominal).name.to_string(), self.nominal(nominal).slot);
        let generics = self.nominal_generics(nominal);
        let outer = self.enter_generics(&generics);
        if *constrained {
            let check = self.reserve_slots(1);
            let callee = self.own_instance(Callee::Here(check));
            let constructor = self.check_constructor(nominal, &name, written, fields, public, callee);
            self.slots[check as usize] = Some(self.telling(&name, &constructor));
            self.slots[slot as usize] = Some(constructor);
        }
        for (position, (field, info)) in written.fields.iter().zip(fields).enumerate() {
            let Some(default) = field.default else { continue };
            let header = Header {
                name: format!("{name}.default.{}", info.name),
                kind: CellKind::FieldDefault,
                public,
                declaration: field.name.span,
                generics: self.hir_generics(&generics),
            };
            let mut body = Body::new(self, format!("record `{name}`"), Returns::Nowhere);
            let locals = body.fields(&written.fields[..position], fields);
            let want = Want::because(info.ty, info.span, "the field is declared here");
            let expr = body.expr(default, Mode::Check(want));
            body.finish(&header.name);
            let cell = body
                .into_tree()
                .cell(header, locals, info.ty, hir::Body::Expr(expr));
            self.slots[(slot + info.default - 1) as usize] = Some(cell);
        }
        self.leave_generics(outer);
    }

    /// `R.check`, which does not make the record but tells what does not hold.
    fn telling(&mut self, name: &str, constructor: &hir::Cell) -> hir::Cell {
        let error = self.prelude_type(PreludeRecord::FieldError);
        let hir::Body::Constructor {
            record, constraints, ..
        } = &constructor.body
        else {
            unreachable!("a constructor constructs");
        };
        hir::Cell {
            name: format!("{name}.check"),
            kind: CellKind::Check,
            public: false,
            result: self.types.list(error),
            body: hir::Body::Check {
                record: *record,
                constraints: constraints.clone(),
            },
            ..constructor.clone()
        }
    }

    fn check_constructor(
        &mut self,
        record: NominalId,
        name: &str,
        written: &'a ast::Record,
        fields: &[FieldInfo],
        public: bool,
        check: Callee,
    ) -> hir::Cell {
        let failure = self.prelude_type(PreludeRecord::ValidationError);
        let result = self.own_type(record);
        let generics = self.nominal_generics(record);
        let span = self.nominal(record).span.unwrap_or_default();
        let header = Header {
            name: format!("{name}.new"),
            kind: CellKind::Constructor,
            public,
            declaration: span,
            generics: self.hir_generics(&generics),
        };
        let mut body = Body::new(self, format!("record `{name}`"), Returns::Nowhere);
        let locals = body.fields(&written.fields, fields);
        let mut constraints = Vec::new();
        for (position, field) in written.fields.iter().enumerate() {
            let Some(condition) = field.constraint else {
                continue;
            };
            if let Some(value) = body.constraint(condition, &fields[position].name) {
                let text = field.constraint_text.clone();
                constraints.push(hir::Constraint {
                    field: position as u32,
                    condition: value,
                    text,
                });
            }
        }
        body.finish(&header.name);
        let tree = body.into_tree();
        tree.cell(
            header,
            locals,
            result,
            hir::Body::Constructor {
                record,
                constraints,
                check,
                failure,
            },
        )
    }
}

impl<'a> Body<'_, 'a> {
    fn fields(&mut self, written: &'a [ast::Field], infos: &[FieldInfo]) -> Vec<hir::LocalId> {
        written
            .iter()
            .zip(infos)
            .map(|(field, info)| {
                self.bind_local(field.name.name, info.ty, false, field.name.span, Role::Field)
            })
            .collect()
    }

    /// The condition of a `where`; what is wrong with it is E0020 alone.
    fn constraint(&mut self, condition: ast::ExprId, field: &str) -> Option<hir::ExprId> {
        let before = self.checker.diagnostics.len();
        self.unknown_name = None;
        let (value, _) = self.truth(condition);
        let ty = self.ty(value);
        let span = self.checker.ast.exprs[condition].span;
        let is_unknown = self.checker.diagnostics[before..]
            .iter()
            .any(|diagnostic| diagnostic.code == Code::E0010);
        if let (true, Some((name, at))) = (is_unknown, self.unknown_name.take()) {
            self.checker.diagnostics.truncate(before);
            let name = self.checker.text(name);
            let locals = self.local_names();
            let near = self.checker.near_name(name, Wanted::Value, locals);
            self.checker
                .report(e0020::unknown_name(at, field, name, near.as_deref()));
            return None;
        }
        if ty == Types::ERROR {
            return None;
        }
        if ty != Types::BOOL {
            let shown = self.checker.show(ty);
            self.checker.poison(ty);
            self.checker.report(e0020::not_bool(span, field, &shown));
            return None;
        }
        Some(value)
    }
}

//! The second pass over the declarations: types of parameters, results, fields, payloads and constants.

use super::context::Checker;
use super::definition::{
    CellId, ConstId, Definition, FieldInfo, Layout, ParameterInfo, ResultType, Source, VariantInfo,
};
use super::messages::{e0011, e0019, w0004};
use super::parameters::Generics;
use super::types::{Type, Types};
use crate::diagnostic::Span;
use crate::hir::NominalId;
use crate::syntax::ast::{self, Item, ItemKind};
use crate::syntax::name::Name;
use rustc_hash::FxHashMap;
use std::rc::Rc;

impl<'a> Checker<'a> {
    /// Works out the types of all declarations.
    pub(crate) fn resolve_signatures(&mut self) {
        self.check_attributes();
        self.resolve_all_bounds();
        self.resolve_aliases();
        self.resolve_impls();
        let ast = self.ast;
        for (position, item) in ast.items.iter().enumerate() {
            match (&item.kind, self.items[position]) {
                (ItemKind::Cell(written), Definition::Cell(cell)) => {
                    let outer = self.enter_cell(cell);
                    self.resolve_cell(cell, written, item.public);
                    self.leave_generics(outer);
                    let generics = Generics::clone(&self.cell(cell).generics);
                    self.report_unused_parameters(&generics);
                }
                (ItemKind::Trait { cells, .. }, Definition::Trait(of)) => self.resolve_trait(of, cells),
                (ItemKind::Record(written), Definition::Nominal(nominal)) => {
                    let generics = self.nominal_generics(nominal);
                    let outer = self.enter_generics(&generics);
                    self.resolve_record(nominal, written);
                    self.leave_generics(outer);
                    self.report_unused_parameters(&generics);
                }
                (ItemKind::Enum(written), Definition::Nominal(nominal)) => {
                    let generics = self.nominal_generics(nominal);
                    let outer = self.enter_generics(&generics);
                    self.resolve_enum(nominal, written);
                    self.leave_generics(outer);
                    self.resolve_methods(position, item.public);
                    self.report_unused_parameters(&generics);
                }
                (ItemKind::Impl { .. }, _) => self.resolve_methods(position, false),
                (ItemKind::Const { ty, .. }, Definition::Const(constant)) => {
                    self.resolve_constant(constant, *ty);
                }
                _ => {}
            }
        }
        self.check_impls();
    }

    /// The signatures of the cells inside an enum or impl.
    fn resolve_methods(&mut self, position: usize, public: bool) {
        for cell in self.item_methods.get(&position).cloned().unwrap_or_default() {
            let info = self.cell(cell);
            let (Source::Own { declaration, .. }, self_type) = (info.source, info.self_type) else {
                continue;
            };
            let outer = self.enter_cell(cell);
            self.resolve_cell(cell, declaration, public);
            self.leave_generics(outer);
            let info = self.cell(cell);
            let (generics, parameters) = (Generics::clone(&info.generics), Rc::clone(&info.parameters));
            self.require_self(declaration, &parameters, self_type.unwrap_or(Types::ERROR));
            let own = generics.len() - declaration.generics.len();
            self.report_unused_parameters(&generics[own..]);
        }
    }

    /// Bounds come first: they say what type arguments must be.
    fn resolve_all_bounds(&mut self) {
        let ast = self.ast;
        for (position, item) in ast.items.iter().enumerate() {
            let (own, written) = match (&item.kind, self.items[position]) {
                (ItemKind::Cell(cell), Definition::Cell(id)) => {
                    (Generics::clone(&self.cell(id).generics), &cell.generics)
                }
                (ItemKind::Record(record), Definition::Nominal(id)) => {
                    (self.nominal_generics(id), &record.generics)
                }
                (ItemKind::Enum(declared), Definition::Nominal(id)) => {
                    (self.nominal_generics(id), &declared.generics)
                }
                (ItemKind::Alias { generics, .. }, Definition::Alias(id)) => {
                    (Generics::clone(&self.aliases[id.0 as usize].generics), generics)
                }
                _ => continue,
            };
            self.resolve_bounds(&own, written);
        }
        for number in 0..self.declared_impls.len() {
            let declared = self.declared_impls[number].clone();
            if let ItemKind::Impl { generics, .. } = &ast.items[declared.item].kind {
                self.resolve_bounds(&declared.generics, generics);
            }
        }
        let methods: Vec<CellId> = self.item_methods.values().flatten().copied().collect();
        for cell in methods {
            let info = self.cell(cell);
            let generics = Generics::clone(&info.generics);
            if let Source::Own { declaration, .. } = info.source {
                let own = generics.len() - declaration.generics.len();
                self.resolve_bounds(&generics[own..], &declaration.generics);
            }
        }
    }

    fn resolve_cell(&mut self, cell: CellId, written: &'a ast::Cell, public: bool) {
        let mut parameters = self.cell(cell).parameters.to_vec();
        let mut names = FxHashMap::default();
        for (info, parameter) in parameters.iter_mut().zip(&written.parameters) {
            self.report_repeated(&mut names, parameter.name, "parameter");
            self.lint_variable_name(parameter.name, "parameter");
            info.ty = match parameter.ty {
                Some(ty) => self.annotation(ty),
                None => Types::ERROR,
            };
        }
        let result = match written.result {
            Some(ty) => {
                let ty = self.annotation(ty);
                ResultType::Known(match written.yields {
                    true => self.types.intern(Type::Generator(ty)),
                    false => ty,
                })
            }
            None if public => ResultType::Known(Types::ERROR),
            None => ResultType::Unknown,
        };
        if public && written.result.is_none() {
            self.report(e0019::public_cell(
                written.name.span,
                self.text(written.name.name),
            ));
        }
        let info = &mut self.cells[cell.0 as usize];
        info.parameters = Rc::<[ParameterInfo]>::from(parameters);
        info.result = result;
    }

    fn resolve_record(&mut self, nominal: NominalId, written: &'a ast::Record) {
        let constrained = written.fields.iter().any(|field| field.constraint.is_some());
        let mut slot = u32::from(constrained);
        let mut names = FxHashMap::default();
        let mut fields: Vec<FieldInfo> = Vec::with_capacity(written.fields.len());
        for field in &written.fields {
            self.report_repeated(&mut names, field.name, "field");
            self.lint_variable_name(field.name, "field");
            // Counted from 1, since 0 says that there is none.
            let default = match field.default {
                Some(_) => {
                    slot += 1;
                    slot
                }
                None => 0,
            };
            let ty = self.annotation(field.ty);
            fields.push(FieldInfo {
                name: self.text(field.name.name).into(),
                ty,
                default,
                span: Some(field.name.span),
            });
        }
        self.set_layout(nominal, Layout::Record { fields, constrained });
    }

    fn resolve_enum(&mut self, nominal: NominalId, written: &'a ast::Enum) {
        let variants = written
            .variants
            .iter()
            .map(|variant| VariantInfo {
                name: self.text(variant.name.name).into(),
                payload: variant.payload.iter().map(|ty| self.annotation(*ty)).collect(),
                span: Some(variant.name.span),
            })
            .collect();
        let mut names = FxHashMap::default();
        for variant in &written.variants {
            self.report_repeated(&mut names, variant.name, "variant");
        }
        self.set_layout(nominal, Layout::Enum(variants));
    }

    fn resolve_constant(&mut self, constant: ConstId, written: Option<ast::TypeExprId>) {
        if let Some(written) = written {
            let ty = self.annotation(written);
            self.constants[constant.0 as usize].ty = Some(ty);
        }
    }

    pub(crate) fn report_repeated(&mut self, seen: &mut FxHashMap<Name, Span>, name: ast::Ident, what: &str) {
        match seen.get(&name.name) {
            Some(first) => {
                let first = *first;
                self.report(e0011::duplicate(name.span, what, self.text(name.name), first));
            }
            None => {
                seen.insert(name.name, name.span);
            }
        }
    }

    fn lint_variable_name(&mut self, name: ast::Ident, what: &str) {
        let text = self.text(name.name);
        if text.contains(|letter: char| letter.is_ascii_uppercase()) {
            self.report(w0004::snake_case(name.span, what, text));
        }
    }

    /// Whether a cell is a test.
    pub(crate) fn is_test(&self, item: &Item) -> bool {
        item.attributes
            .iter()
            .any(|attribute| self.text(attribute.name.name) == "test")
    }
}

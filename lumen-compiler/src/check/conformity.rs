//! Whether impls do what their traits say: all methods are there, no others, each with its signature.

use super::context::Checker;
use super::definition::{CellId, ParameterInfo, ResultType, Source};
use super::impls::{DeclaredImpl, ImplId};
use super::messages::{e0012, e0015};
use super::parameters::Generics;
use super::traits::MethodInfo;
use crate::diagnostic::closest;
use crate::hir::Ty;
use crate::syntax::ast::{self, ItemKind};

impl Checker<'_> {
    /// Holds the cells of every impl against the signatures of its trait.
    pub(crate) fn check_impls(&mut self) {
        for number in 0..self.declared_impls.len() {
            let declared = self.declared_impls[number].clone();
            if let Some(id) = declared.known {
                self.check_impl(id, &declared);
            }
        }
    }

    fn check_impl(&mut self, id: ImplId, declared: &DeclaredImpl) {
        let ItemKind::Impl { cells: written, .. } = &self.ast.items[declared.item].kind else {
            return;
        };
        let info = self.impl_info(id).clone();
        let span = info.span.unwrap_or_default();
        let methods = self.trait_methods(info.of);
        let trait_name = self.trait_info(info.of).name.to_string();
        let mut missing = Vec::new();
        let mut differing = Vec::new();
        let mut cells = Vec::with_capacity(methods.len());
        for method in methods.iter() {
            let found = declared
                .cells
                .iter()
                .copied()
                .find(|cell| self.method_text(*cell) == &*method.name);
            cells.push(found);
            let parameters: Vec<Ty> = method
                .parameters
                .iter()
                .map(|parameter| self.substitute(parameter.ty, &[info.ty]))
                .collect();
            let result = self.substitute(method.result, &[info.ty]);
            let expected = self.wanted_signature(method, &parameters, result);
            match found {
                None => missing.push(expected),
                Some(cell) => {
                    if let Some(found) = self.differing_signature(cell, &parameters, result) {
                        differing.push((self.cell(cell).span.unwrap_or(span), found, expected));
                    }
                }
            }
        }
        self.set_impl_cells(id, cells);
        let ty = self.show(info.ty);
        if !missing.is_empty() {
            let diagnostic = e0012::missing_methods(span, &trait_name, &ty, &missing);
            let declared = self.trait_info(info.of).span;
            self.report(match declared {
                Some(declared) => diagnostic.related(declared, "the trait is declared here"),
                None => diagnostic,
            });
        }
        if !differing.is_empty() {
            self.report(e0012::differing_methods(&trait_name, &ty, &differing));
        }
        let known: Vec<&str> = methods.iter().map(|method| &*method.name).collect();
        let extra: Vec<&ast::Cell> = written
            .iter()
            .filter(|cell| !known.contains(&self.text(cell.name.name)))
            .collect();
        if let Some(first) = extra.first() {
            let names: Vec<String> = extra
                .iter()
                .map(|cell| self.text(cell.name.name).to_owned())
                .collect();
            let near = closest(&names[0], known.iter().copied());
            self.report(e0015::extra_methods(first.name.span, &trait_name, &names, near));
        }
    }

    fn method_text(&self, cell: CellId) -> &str {
        match self.cell(cell).source {
            Source::Own { declaration, .. } => self.text(declaration.name.name),
            Source::Imported(_) => "",
        }
    }

    fn wanted_signature(&mut self, method: &MethodInfo, types: &[Ty], result: Ty) -> String {
        let parameters: Vec<ParameterInfo> = method
            .parameters
            .iter()
            .zip(types)
            .map(|(parameter, ty)| ParameterInfo {
                ty: *ty,
                ..parameter.clone()
            })
            .collect();
        self.signature_text(&method.name, &Generics::default(), &parameters, Some(result))
    }

    /// The signature of an impl's cell if it is not the trait's. A result that is not written is the trait's.
    fn differing_signature(&mut self, cell: CellId, parameters: &[Ty], result: Ty) -> Option<String> {
        if self.cell(cell).result == ResultType::Unknown {
            self.cells[cell.0 as usize].result = ResultType::Known(result);
        }
        let info = self.cell(cell).clone();
        let own = info.self_type.map_or(0, |ty| self.arguments_of(ty).len());
        let found = self.known_result(cell).unwrap_or(result);
        let agrees = |checker: &Self, a: Ty, b: Ty| {
            a == b || checker.types.is_erroneous(a) || checker.types.is_erroneous(b)
        };
        let is_same = info.parameters.len() == parameters.len()
            && info.generics.len() == own
            && info
                .parameters
                .iter()
                .zip(parameters)
                .all(|(parameter, ty)| agrees(self, parameter.ty, *ty))
            && agrees(self, found, result);
        if is_same {
            return None;
        }
        let name = self.method_text(cell).to_owned();
        let generics: Generics = info.generics[own.min(info.generics.len())..].into();
        Some(self.signature_text(&name, &generics, &info.parameters, Some(found)))
    }
}

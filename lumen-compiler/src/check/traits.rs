//! Traits: signatures that types can have cells for. In them `Self` is the one type parameter.

use super::context::Checker;
use super::definition::ParameterInfo;
use super::messages::{e0001, e0012, e0019, e0060};
use super::parameters::Generics;
use super::types::Types;
use crate::diagnostic::Span;
use crate::hir::{self, Ty};
use crate::interface::InterfaceKind;
use crate::syntax::ast;
use lumen_vm::lir::ModuleId;
use std::rc::Rc;

/// Index into the table of traits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TraitId(pub(crate) u32);

/// A trait.
#[derive(Clone, Debug)]
pub(crate) struct TraitInfo {
    /// The other module, or none for this one.
    pub(crate) module: Option<ModuleId>,
    /// Its name.
    pub(crate) name: Rc<str>,
    /// `Self`.
    pub(crate) generics: Generics,
    /// Its methods, once somebody looked if it is of another module.
    pub(crate) methods: Option<Rc<[MethodInfo]>>,
    /// Where its name stands, if here.
    pub(crate) span: Option<Span>,
}

/// A method of a trait.
#[derive(Clone, Debug)]
pub(crate) struct MethodInfo {
    /// Its name.
    pub(crate) name: Rc<str>,
    /// Its parameters, `self` first.
    pub(crate) parameters: Rc<[ParameterInfo]>,
    /// Its type of value.
    pub(crate) result: Ty,
    /// Where its name stands, if here.
    pub(crate) span: Option<Span>,
}

/// A method of a bound, in a cell that is generic in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BoundMethod {
    /// The type parameter.
    pub(crate) parameter: u32,
    /// The trait.
    pub(crate) of: TraitId,
    /// Position among the trait's methods.
    pub(crate) index: usize,
}

impl<'a> Checker<'a> {
    /// A trait.
    pub(crate) fn trait_info(&self, id: TraitId) -> &TraitInfo {
        &self.traits[id.0 as usize]
    }

    /// A new trait.
    pub(crate) fn add_trait(
        &mut self,
        module: Option<ModuleId>,
        name: Rc<str>,
        span: Option<Span>,
    ) -> TraitId {
        let generics = self.self_parameter(&format!("trait `{name}`"));
        self.traits.push(TraitInfo {
            module,
            name,
            generics,
            methods: None,
            span,
        });
        TraitId(u32::try_from(self.traits.len() - 1).expect("fewer than 2^32 traits"))
    }

    /// A trait of another module.
    pub(crate) fn foreign_trait(&mut self, module: &ModuleId, name: &str) -> TraitId {
        let known = self
            .traits
            .iter()
            .position(|info| info.module.as_ref() == Some(module) && &*info.name == name);
        match known {
            Some(number) => TraitId(number as u32),
            None => self.add_trait(Some(module.clone()), name.into(), None),
        }
    }

    /// The methods of a trait; looking at one of another module consults it.
    pub(crate) fn trait_methods(&mut self, id: TraitId) -> Rc<[MethodInfo]> {
        if let Some(methods) = &self.trait_info(id).methods {
            return Rc::clone(methods);
        }
        let methods = self.load_methods(id);
        self.traits[id.0 as usize].methods = Some(Rc::clone(&methods));
        methods
    }

    fn load_methods(&mut self, id: TraitId) -> Rc<[MethodInfo]> {
        let info = self.trait_info(id).clone();
        let item = info
            .module
            .and_then(|module| self.recorder.module(&module))
            .and_then(|module| self.recorder.item(module, &info.name));
        let Some(InterfaceKind::Trait { methods }) = item.as_ref().map(|item| item.kind()) else {
            self.leans_on_broken |= self.trait_info(id).module.is_some();
            return Rc::default();
        };
        let outer = self.enter_import(&info.generics);
        let loaded = methods
            .iter()
            .map(|method| MethodInfo {
                name: method.name.as_str().into(),
                parameters: method
                    .parameters
                    .iter()
                    .map(|parameter| ParameterInfo {
                        name: parameter.name.as_str().into(),
                        ty: self.import_type(&parameter.ty),
                        default: 0,
                        span: None,
                    })
                    .collect(),
                result: self.import_type(&method.result),
                span: None,
            })
            .collect();
        self.import_arguments = outer;
        loaded
    }

    /// Works out the signatures of a trait of this module.
    pub(crate) fn resolve_trait(&mut self, id: TraitId, cells: &'a [ast::Cell]) {
        let generics = Generics::clone(&self.trait_info(id).generics);
        let self_type = self.parameter_type(generics[0]);
        let outer = self.enter_generics(&generics);
        self.type_scope.set_self(self.ast.names.find("Self"), self_type);
        let mut names = rustc_hash::FxHashMap::default();
        let mut methods = Vec::with_capacity(cells.len());
        for cell in cells {
            self.report_repeated(&mut names, cell.name, "method");
            self.lint_cell_name(cell.name);
            if let Some(diagnostic) = e0060::cell_form(cell).or_else(|| e0060::trait_method_form(cell)) {
                self.report(diagnostic);
                continue;
            }
            methods.push(self.resolve_signature(id, cell));
        }
        self.leave_generics(outer);
        self.traits[id.0 as usize].methods = Some(methods.into());
    }

    fn resolve_signature(&mut self, id: TraitId, cell: &'a ast::Cell) -> MethodInfo {
        let mut names = rustc_hash::FxHashMap::default();
        let mut parameters = Vec::with_capacity(cell.parameters.len());
        for parameter in &cell.parameters {
            self.report_repeated(&mut names, parameter.name, "parameter");
            if let Some(default) = parameter.default {
                self.report(e0001::default_in_trait(self.ast.exprs[default].span));
            }
            parameters.push(ParameterInfo {
                name: self.text(parameter.name.name).into(),
                ty: parameter.ty.map_or(Types::ERROR, |ty| self.annotation(ty)),
                default: 0,
                span: Some(parameter.name.span),
            });
        }
        let self_type = self.own_arguments(&Generics::clone(&self.trait_info(id).generics))[0];
        self.require_self(cell, &parameters, self_type);
        let name = self.text(cell.name.name);
        let result = match cell.result {
            Some(result) => self.annotation(result),
            None => {
                self.report(e0019::trait_method(
                    cell.name.span,
                    name,
                    &self.trait_info(id).name,
                ));
                Types::ERROR
            }
        };
        MethodInfo {
            name: name.into(),
            parameters: parameters.into(),
            result,
            span: Some(cell.name.span),
        }
    }

    /// E0012 unless the first parameter of a method is `self`, of the type that has the method.
    pub(crate) fn require_self(&mut self, cell: &ast::Cell, parameters: &[ParameterInfo], self_type: Ty) {
        let name = self.text(cell.name.name);
        match parameters.first() {
            Some(first) if &*first.name == "self" => {
                if first.ty != self_type && !self.types.is_erroneous(first.ty) {
                    let written = cell.parameters.first().and_then(|parameter| parameter.ty);
                    let span = written.map_or(cell.name.span, |ty| self.ast.types[ty].span);
                    let (expected, found) = (self.show(self_type), self.show(first.ty));
                    self.report(e0012::self_type(span, name, &expected, &found));
                }
            }
            _ => {
                let span = cell
                    .parameters
                    .first()
                    .map_or(cell.name.span, |first| first.name.span);
                self.report(e0012::no_self(span, name));
            }
        }
    }

    /// The methods of the bounds of type parameters, in the order in which a cell that is generic in them takes them.
    pub(crate) fn bound_methods(&mut self, generics: &Generics) -> Vec<BoundMethod> {
        let mut all = Vec::new();
        for parameter in generics.iter() {
            for of in Rc::clone(&self.type_parameter(*parameter).traits).iter() {
                for index in 0..self.trait_methods(*of).len() {
                    all.push(BoundMethod {
                        parameter: *parameter,
                        of: *of,
                        index,
                    });
                }
            }
        }
        all
    }

    /// A method of a bound as the typed tree has it.
    pub(crate) fn hir_method(&mut self, method: BoundMethod) -> hir::Method {
        let self_type = self.parameter_type(method.parameter);
        let info = self.trait_methods(method.of)[method.index].clone();
        hir::Method {
            name: format!("{}.{}", self.trait_info(method.of).name, info.name),
            parameters: info
                .parameters
                .iter()
                .map(|parameter| self.substitute(parameter.ty, &[self_type]))
                .collect(),
            result: self.substitute(info.result, &[self_type]),
        }
    }
}

//! The interface of the module under check: what its items look like from outside.

use super::context::Checker;
use super::definition::{CellId, ConstId, Definition, Layout, ParameterInfo};
use super::impls::Head;
use super::parameters::Generics;
use super::traits::TraitId;
use super::types::{Type, Types};
use crate::hir::{NominalId, Ty};
use crate::interface::{
    Interface, InterfaceField, InterfaceItem, InterfaceKind, InterfaceMethod, InterfaceParameter,
    InterfaceType, InterfaceTypeParameter,
};
use crate::syntax::ast::{Ident, Item, ItemKind};
use lumen_vm::lir::ModuleId;
use std::collections::BTreeMap;

impl Checker<'_> {
    /// The interface, sorted and hashed. Of two items of one name the first counts.
    pub(crate) fn publish(&mut self) -> Interface {
        let ast = self.ast;
        let mut items: Vec<InterfaceItem> = Vec::with_capacity(ast.items.len());
        for (position, item) in ast.items.iter().enumerate() {
            self.publish_methods(position, item, &mut items);
            let Some(name) = declared_name(&item.kind) else {
                continue;
            };
            let kind = match self.items.get(position) {
                Some(Definition::Cell(cell)) => self.publish_cell(*cell),
                Some(Definition::Nominal(nominal)) => self.publish_nominal(*nominal),
                Some(Definition::Const(constant)) => self.publish_constant(*constant),
                Some(Definition::Trait(of)) => self.publish_trait(*of),
                Some(Definition::Alias(alias)) => {
                    let info = self.aliases[alias.0 as usize].clone();
                    let ty = info.ty.unwrap_or(Types::ERROR);
                    InterfaceKind::Alias {
                        type_parameters: self.publish_generics(&info.generics),
                        ty: self.publish_type(ty),
                    }
                }
                _ => InterfaceKind::Broken,
            };
            let why = self
                .items
                .get(position)
                .and_then(|definition| self.deprecations.why(*definition))
                .map(str::to_owned);
            items.push(InterfaceItem::deprecated(
                self.text(name.name),
                item.public,
                kind,
                why,
            ));
        }
        self.publish_impls(&mut items);
        Interface::new(self.id.clone(), items)
    }

    /// The cells inside an enum or impl, under their full names.
    fn publish_methods(&mut self, position: usize, item: &Item, items: &mut Vec<InterfaceItem>) {
        let public = item.public || matches!(item.kind, ItemKind::Impl { .. });
        for cell in self.item_methods.get(&position).cloned().unwrap_or_default() {
            let name = self.cell(cell).name.to_string();
            let kind = self.publish_cell(cell);
            items.push(InterfaceItem::new(&name, public, kind));
        }
    }

    fn publish_trait(&mut self, of: TraitId) -> InterfaceKind {
        let methods = self
            .trait_methods(of)
            .iter()
            .map(|method| InterfaceMethod {
                name: method.name.to_string(),
                parameters: self.publish_parameters(&method.parameters),
                result: self.publish_type(method.result),
            })
            .collect();
        InterfaceKind::Trait { methods }
    }

    /// Impls, and by method of a type of this module the traits whose impls have it.
    fn publish_impls(&mut self, items: &mut Vec<InterfaceItem>) {
        let mut methods: BTreeMap<String, Vec<(ModuleId, String)>> = BTreeMap::new();
        for declared in self.declared_impls.clone() {
            let Some(id) = declared.known else { continue };
            let info = self.impl_info(id).clone();
            let Some(head) = self.head_of(info.ty) else {
                continue;
            };
            let cells: Option<Vec<String>> = info
                .cells
                .iter()
                .map(|cell| cell.map(|cell| self.cell(cell).name.to_string()))
                .collect();
            let kind = match cells {
                Some(cells) => InterfaceKind::Impl {
                    type_parameters: self.publish_generics(&info.generics),
                    ty: self.publish_type(info.ty),
                    cells,
                },
                None => InterfaceKind::Broken,
            };
            let name = self.impl_name(info.of, head);
            items.push(InterfaceItem::new(&name, true, kind));
            if let Head::Nominal(nominal) = head
                && self.nominal(nominal).module.is_none()
            {
                let of = self.trait_info(info.of).clone();
                let of = (of.module.unwrap_or_else(|| self.id.clone()), of.name.to_string());
                for method in self.trait_methods(info.of).iter() {
                    let name = format!("{}.{}", self.nominal(nominal).name, method.name);
                    methods.entry(name).or_default().push(of.clone());
                }
            }
        }
        for (name, mut traits) in methods {
            traits.sort();
            items.push(InterfaceItem::new(&name, true, InterfaceKind::Method { traits }));
        }
    }

    fn publish_parameters(&mut self, parameters: &[ParameterInfo]) -> Vec<InterfaceParameter> {
        parameters
            .iter()
            .map(|parameter| InterfaceParameter {
                name: parameter.name.to_string(),
                ty: self.publish_type(parameter.ty),
                has_default: parameter.default != 0,
            })
            .collect()
    }

    fn publish_cell(&mut self, cell: CellId) -> InterfaceKind {
        let info = self.cell(cell).clone();
        let parameters = self.publish_parameters(&info.parameters);
        let result = self.known_result(cell).unwrap_or(Types::ERROR);
        InterfaceKind::Cell {
            type_parameters: self.publish_generics(&info.generics),
            parameters,
            result: self.publish_type(result),
            effects: Vec::new(),
        }
    }

    fn publish_nominal(&mut self, nominal: NominalId) -> InterfaceKind {
        let generics = self.nominal_generics(nominal);
        match &*self.layout(nominal) {
            Layout::Record { fields, constrained } => InterfaceKind::Record {
                type_parameters: self.publish_generics(&generics),
                fields: fields
                    .iter()
                    .map(|field| InterfaceField {
                        name: field.name.to_string(),
                        ty: self.publish_type(field.ty),
                        has_default: field.default != 0,
                    })
                    .collect(),
                constrained: *constrained,
            },
            Layout::Enum(variants) => InterfaceKind::Enum {
                type_parameters: self.publish_generics(&generics),
                variants: variants
                    .iter()
                    .map(|variant| {
                        let payload = variant.payload.iter().map(|ty| self.publish_type(*ty)).collect();
                        (variant.name.to_string(), payload)
                    })
                    .collect(),
            },
            Layout::Broken => InterfaceKind::Broken,
        }
    }

    fn publish_constant(&mut self, constant: ConstId) -> InterfaceKind {
        let ty = self.constant(constant).ty.unwrap_or(Types::ERROR);
        InterfaceKind::Const {
            ty: self.publish_type(ty),
        }
    }

    fn publish_generics(&self, generics: &Generics) -> Vec<InterfaceTypeParameter> {
        generics
            .iter()
            .map(|number| {
                let parameter = self.type_parameter(*number);
                InterfaceTypeParameter {
                    name: parameter.name.to_string(),
                    class: parameter.class,
                    traits: parameter
                        .traits
                        .iter()
                        .map(|of| {
                            let info = self.trait_info(*of);
                            let module = info.module.clone().unwrap_or_else(|| self.id.clone());
                            (module, info.name.to_string())
                        })
                        .collect(),
                }
            })
            .collect()
    }

    fn publish_type(&mut self, ty: Ty) -> InterfaceType {
        let ty = self.resolve_deep(ty);
        let inner = |checker: &mut Self, ty: Ty| Box::new(checker.publish_type(ty));
        match self.types.get(ty).clone() {
            Type::Error | Type::Variable(_) => InterfaceType::Error,
            Type::Never => InterfaceType::Never,
            Type::Null => InterfaceType::Null,
            Type::Bool => InterfaceType::Bool,
            Type::Int => InterfaceType::Int,
            Type::Float => InterfaceType::Float,
            Type::String => InterfaceType::String,
            Type::Bytes => InterfaceType::Bytes,
            Type::List(element) => InterfaceType::List(inner(self, element)),
            Type::Set(element) => InterfaceType::Set(inner(self, element)),
            Type::Map(key, value) => InterfaceType::Map(inner(self, key), inner(self, value)),
            Type::Result(ok, error) => InterfaceType::Result(inner(self, ok), inner(self, error)),
            Type::Tuple(parts) => {
                InterfaceType::Tuple(parts.iter().map(|part| self.publish_type(*part)).collect())
            }
            Type::Union(members) => {
                let mut members: Vec<InterfaceType> =
                    members.iter().map(|member| self.publish_type(*member)).collect();
                members.sort();
                InterfaceType::Union(members)
            }
            Type::Nominal(nominal, arguments) => {
                let arguments = arguments.iter().map(|part| self.publish_type(*part)).collect();
                let info = self.nominal(nominal);
                let module = info.module.clone().unwrap_or_else(|| self.id.clone());
                InterfaceType::Nominal(module, info.name.to_string(), arguments)
            }
            Type::Json => InterfaceType::Json,
            Type::Function(parameters, result) => InterfaceType::Function(
                parameters.iter().map(|part| self.publish_type(*part)).collect(),
                inner(self, result),
            ),
            Type::Generator(element) => InterfaceType::Generator(inner(self, element)),
            Type::Parameter(number) => InterfaceType::Variable(self.type_parameter(number).position),
        }
    }
}

fn declared_name(kind: &ItemKind) -> Option<Ident> {
    match kind {
        ItemKind::Cell(cell) => Some(cell.name),
        ItemKind::Record(record) => Some(record.name),
        ItemKind::Enum(declared) => Some(declared.name),
        ItemKind::Alias { name, .. } | ItemKind::Const { name, .. } | ItemKind::Trait { name, .. } => {
            Some(*name)
        }
        ItemKind::Impl { .. } => None,
        ItemKind::Reserved { name, .. } => *name,
    }
}

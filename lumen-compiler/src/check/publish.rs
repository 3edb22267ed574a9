//! The interface of the module under check: what its items look like from outside.

use super::context::Checker;
use super::definition::{CellId, ConstId, Definition, Layout};
use super::parameters::Generics;
use super::types::{Type, Types};
use crate::hir::{NominalId, Ty};
use crate::interface::{
    Interface, InterfaceField, InterfaceItem, InterfaceKind, InterfaceParameter, InterfaceType,
    InterfaceTypeParameter,
};
use crate::syntax::ast::{Ident, ItemKind};

impl Checker<'_> {
    /// The interface, sorted and hashed. Of two items of one name the first counts.
    pub(crate) fn publish(&mut self) -> Interface {
        let ast = self.ast;
        let mut items: Vec<InterfaceItem> = Vec::with_capacity(ast.items.len());
        for (position, item) in ast.items.iter().enumerate() {
            let Some(name) = declared_name(&item.kind) else {
                continue;
            };
            let kind = match self.items.get(position) {
                Some(Definition::Cell(cell)) => self.publish_cell(*cell),
                Some(Definition::Nominal(nominal)) => self.publish_nominal(*nominal),
                Some(Definition::Const(constant)) => self.publish_constant(*constant),
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
        Interface::new(self.id.clone(), items)
    }

    fn publish_cell(&mut self, cell: CellId) -> InterfaceKind {
        let info = self.cell(cell).clone();
        let parameters = info
            .parameters
            .iter()
            .map(|parameter| InterfaceParameter {
                name: parameter.name.to_string(),
                ty: self.publish_type(parameter.ty),
                has_default: parameter.default != 0,
            })
            .collect();
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
                    traits: Vec::new(),
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

//! The typed module: the checker's tables and cells, with types and nominals renumbered for those who read them.
//!
//! Only what cells mention is taken along; everything is numbered in the order of the cells, so the same module has the
//! same numbers whatever was looked at on the way.

use super::context::Checker;
use super::definition::Layout;
use super::instances::each_callee;
use super::types::{Type, Types};
use crate::hir::{self, NominalId, Ty};
use lumen_vm::lir::Origin;
use rustc_hash::FxHashMap;

/// Old numbers to new ones.
struct Export<'e, 'a> {
    checker: &'e mut Checker<'a>,
    types: hir::Types,
    type_numbers: FxHashMap<Ty, Ty>,
    known: FxHashMap<hir::Type, Ty>,
    nominals: Vec<NominalId>,
    nominal_numbers: FxHashMap<NominalId, NominalId>,
    instances: Vec<hir::Instance>,
    instance_numbers: FxHashMap<hir::Instance, u32>,
}

/// The typed module; there must have been no error.
pub(crate) fn export(checker: &mut Checker) -> hir::Module {
    let id = checker.id.clone();
    let mut cells: Vec<hir::Cell> = std::mem::take(&mut checker.slots).into_iter().flatten().collect();
    let mut imported_cells = std::mem::take(&mut checker.imported_cells);
    let mut export = Export {
        checker,
        types: hir::Types::default(),
        type_numbers: FxHashMap::default(),
        known: FxHashMap::default(),
        nominals: Vec::new(),
        nominal_numbers: FxHashMap::default(),
        instances: Vec::new(),
        instance_numbers: FxHashMap::default(),
    };
    export.own_nominals();
    for cell in &mut cells {
        export.cell(cell);
    }
    for cell in &mut imported_cells {
        export.generics(&mut cell.generics);
        for ty in cell
            .parameters
            .iter_mut()
            .chain(std::iter::once(&mut cell.result))
        {
            *ty = export.ty(*ty);
        }
    }
    let nominals = export.shapes();
    hir::Module {
        id,
        types: export.types,
        nominals,
        cells,
        imported_cells,
        instances: export.instances,
    }
}

impl Export<'_, '_> {
    /// All records and enums of this module come first, mentioned or not.
    fn own_nominals(&mut self) {
        for number in 0..self.checker.nominals.len() as u32 {
            if self.checker.nominal(NominalId(number)).module.is_none() {
                self.nominal(NominalId(number));
            }
        }
    }

    fn cell(&mut self, cell: &mut hir::Cell) {
        self.generics(&mut cell.generics);
        cell.result = self.ty(cell.result);
        for id in cell.locals.ids() {
            cell.locals[id].ty = self.ty(cell.locals[id].ty);
        }
        for id in cell.exprs.ids() {
            let expr = &mut cell.exprs[id];
            expr.ty = self.ty(expr.ty);
            match &mut expr.kind {
                hir::ExprKind::IsType(_, ty) | hir::ExprKind::Schema(_, ty) => *ty = self.ty(*ty),
                hir::ExprKind::Construct { record, .. } => *record = self.nominal(*record),
                _ => {}
            }
            each_callee(&mut expr.kind, &mut |callee| *callee = self.callee(*callee));
        }
        for id in cell.patterns.ids() {
            let pattern = &mut cell.patterns[id];
            pattern.ty = self.ty(pattern.ty);
            if let hir::PatternKind::Type(ty, _) = &mut pattern.kind {
                *ty = self.ty(*ty);
            }
        }
        match &mut cell.body {
            hir::Body::Expr(_) => {}
            hir::Body::Constructor {
                record,
                check,
                failure,
                ..
            } => {
                *record = self.nominal(*record);
                *check = self.callee(*check);
                *failure = self.ty(*failure);
            }
            hir::Body::Check { record, .. } => *record = self.nominal(*record),
        }
    }

    fn generics(&mut self, generics: &mut hir::Generics) {
        for method in &mut generics.methods {
            for ty in method.parameters.iter_mut().chain([&mut method.result]) {
                *ty = self.ty(*ty);
            }
        }
    }

    /// The callee with its number in the typed module; equal instances are one, and those that others need come first.
    fn callee(&mut self, callee: hir::Callee) -> hir::Callee {
        let hir::Callee::Instance(number) = callee else {
            return callee;
        };
        let used = self.checker.instances[number as usize].clone();
        let instance = hir::Instance {
            cell: used.cell,
            types: used.arguments.iter().map(|ty| self.ty(*ty)).collect(),
            methods: used.methods.iter().map(|method| self.callee(*method)).collect(),
        };
        if let Some(known) = self.instance_numbers.get(&instance) {
            return hir::Callee::Instance(*known);
        }
        let number = self.instances.len() as u32;
        self.instances.push(instance.clone());
        self.instance_numbers.insert(instance, number);
        hir::Callee::Instance(number)
    }

    fn nominal(&mut self, nominal: NominalId) -> NominalId {
        if let Some(known) = self.nominal_numbers.get(&nominal) {
            return *known;
        }
        let number = NominalId(self.nominals.len() as u32);
        self.nominals.push(nominal);
        self.nominal_numbers.insert(nominal, number);
        number
    }

    fn ty(&mut self, ty: Ty) -> Ty {
        if let Some(known) = self.type_numbers.get(&ty) {
            return *known;
        }
        let exported = match self.checker.types.get(ty).clone() {
            // Neither is left in a module without errors but in what no cell's value depends on.
            Type::Error | Type::Variable(_) | Type::Never => hir::Type::Never,
            Type::Null => hir::Type::Null,
            Type::Bool => hir::Type::Bool,
            Type::Int => hir::Type::Int,
            Type::Float => hir::Type::Float,
            Type::String => hir::Type::String,
            Type::Bytes => hir::Type::Bytes,
            Type::List(element) => hir::Type::List(self.ty(element)),
            Type::Set(element) => hir::Type::Set(self.ty(element)),
            Type::Map(key, value) => hir::Type::Map(self.ty(key), self.ty(value)),
            Type::Result(ok, error) => hir::Type::Result(self.ty(ok), self.ty(error)),
            Type::Tuple(parts) => hir::Type::Tuple(parts.iter().map(|part| self.ty(*part)).collect()),
            Type::Union(members) => {
                let mut members: Vec<Ty> = members.iter().map(|member| self.ty(*member)).collect();
                members.sort_unstable();
                members.dedup();
                hir::Type::Union(members)
            }
            Type::Nominal(nominal, arguments) => {
                let arguments = arguments.iter().map(|part| self.ty(*part)).collect();
                hir::Type::Nominal(self.nominal(nominal), arguments)
            }
            Type::Json => {
                let number = self.add(hir::Type::Json);
                self.type_numbers.insert(ty, number);
                // What a Json can be is looked for among the types.
                for member in Types::JSON_MEMBERS {
                    self.ty(member);
                }
                return number;
            }
            Type::Function(parameters, result) => {
                let parameters = parameters.iter().map(|part| self.ty(*part)).collect();
                hir::Type::Function(parameters, self.ty(result))
            }
            Type::Generator(element) => hir::Type::Generator(self.ty(element)),
            Type::Parameter(number) => hir::Type::Variable(self.checker.type_parameter(number).position),
        };
        let number = self.add(exported);
        self.type_numbers.insert(ty, number);
        number
    }

    fn add(&mut self, ty: hir::Type) -> Ty {
        // Different numbers of the checker are one type here where something of it is `Never`, or type parameters of two
        // declarations have one position.
        if let Some(known) = self.known.get(&ty) {
            return *known;
        }
        let number = Ty(self.types.entries.len() as u32);
        self.known.insert(ty.clone(), number);
        self.types.entries.push(ty);
        number
    }

    /// Shapes of all nominals that are taken along; those of this module may bring further ones, of which only the names
    /// matter unless somebody looked into them.
    fn shapes(&mut self) -> Vec<hir::Nominal> {
        let mut shapes = Vec::new();
        while shapes.len() < self.nominals.len() {
            let nominal = self.nominals[shapes.len()];
            let shape = self.shape(nominal);
            let generics = self.checker.nominal(nominal).generics.clone().unwrap_or_default();
            let parameters = self.checker.hir_generics(&generics).parameters;
            let info = self.checker.nominal(nominal);
            let origin = match &info.module {
                None => Origin::Here,
                Some(module) => Origin::Module(module.clone()),
            };
            shapes.push(hir::Nominal {
                origin,
                name: info.name.to_string(),
                parameters,
                shape,
            });
        }
        shapes
    }

    fn shape(&mut self, nominal: NominalId) -> hir::Shape {
        let Some(layout) = self.checker.nominal(nominal).layout.clone() else {
            return hir::Shape::Opaque;
        };
        match &*layout {
            Layout::Record { fields, constrained } => hir::Shape::Record {
                fields: fields
                    .iter()
                    .map(|field| (field.name.to_string(), self.ty(field.ty)))
                    .collect(),
                constrained: *constrained,
            },
            Layout::Enum(variants) => hir::Shape::Enum {
                variants: variants
                    .iter()
                    .map(|variant| {
                        let payload = variant.payload.iter().map(|ty| self.ty(*ty)).collect();
                        (variant.name.to_string(), payload)
                    })
                    .collect(),
            },
            Layout::Broken => hir::Shape::Opaque,
        }
    }
}

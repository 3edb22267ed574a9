//! Which types, nominals, imported cells and constants a module needs, and their numbers in LIR.

use rustc_hash::FxHashMap;

use crate::hir::{self, Callee, NominalId, Shape, Ty, Type};
use crate::lower::constants::{Constants, Literal};
use crate::lower::ssa::{Function, Op, Terminator, Value};
use crate::lower::types::TypeTable;
use lumen_vm::lir;

/// No number in LIR.
const UNUSED: u32 = u32::MAX;

/// What the cells of a module use.
pub(super) struct Used<'a, 'm> {
    module: &'m hir::Module,
    types: &'a TypeTable<'m>,
    by_type: Vec<bool>,
    by_nominal: Vec<bool>,
    /// By nominal: whether its fields or variants are touched, not only its name.
    layouts: Vec<bool>,
    imported: Vec<bool>,
    instances: Vec<bool>,
    /// Types whose parts are not marked yet.
    work: Vec<Ty>,
}

impl<'a, 'm> Used<'a, 'm> {
    /// The nominals of the module itself are always there, with all their parts: others refer to them.
    pub(super) fn new(module: &'m hir::Module, types: &'a TypeTable<'m>) -> Used<'a, 'm> {
        let mut used = Used {
            module,
            types,
            by_type: vec![false; types.len()],
            by_nominal: vec![false; module.nominals.len()],
            layouts: vec![false; module.nominals.len()],
            imported: vec![false; module.imported_cells.len()],
            instances: vec![false; module.instances.len()],
            work: Vec::new(),
        };
        for (index, nominal) in module.nominals.iter().enumerate() {
            if nominal.origin == lir::Origin::Here {
                used.layout(NominalId(index as u32));
            }
        }
        used
    }

    fn ty(&mut self, ty: Ty) {
        if !std::mem::replace(&mut self.by_type[ty.0 as usize], true) {
            self.work.push(ty);
        }
    }

    fn layout(&mut self, nominal: NominalId) {
        let index = nominal.0 as usize;
        self.by_nominal[index] = true;
        if std::mem::replace(&mut self.layouts[index], true) {
            return;
        }
        let module = self.module;
        match &module.nominals[index].shape {
            Shape::Record { fields, .. } => fields.iter().for_each(|(_, ty)| self.ty(*ty)),
            Shape::Enum { variants } => {
                let payloads = variants.iter().flat_map(|(_, payload)| payload);
                payloads.for_each(|ty| self.ty(*ty));
            }
            Shape::Opaque => {}
        }
    }

    /// The head of a cell.
    pub(super) fn cell(&mut self, cell: &hir::Cell) {
        for &parameter in &cell.parameters {
            self.ty(cell.locals[parameter].ty);
        }
        self.ty(cell.result);
        self.generics(&cell.generics);
    }

    fn generics(&mut self, generics: &hir::Generics) {
        for method in &generics.methods {
            method.parameters.iter().for_each(|ty| self.ty(*ty));
            self.ty(method.result);
        }
    }

    /// The body of a cell.
    pub(super) fn function(&mut self, function: &Function) {
        for &block in &function.order {
            let block = function.block(block);
            for &value in &block.instructions {
                self.instruction(function, value);
            }
            if let Terminator::Switch { scrutinee, .. } = block.terminator {
                self.layout_of(function.node(scrutinee).ty);
            }
        }
    }

    fn instruction(&mut self, function: &Function, value: Value) {
        let node = function.node(value);
        self.ty(node.ty);
        let operand = || function.node(function.operands(value)[0]).ty;
        match node.op {
            Op::IsType(ty) | Op::Schema(ty) => self.ty(ty),
            Op::Call(callee) | Op::Closure(callee) => self.callee(callee),
            Op::CallValue => self.ty(operand()),
            Op::Record | Op::Variant(_) => self.layout_of(node.ty),
            Op::IsVariant(_) | Op::GetField(_) | Op::GetPayload(..) => self.layout_of(operand()),
            Op::Store(steps) => {
                for ty in function.path_types(steps) {
                    self.ty(*ty);
                    self.layout_of(*ty);
                }
            }
            _ => {}
        }
    }

    fn imported_cell(&mut self, cell: u32) {
        if !std::mem::replace(&mut self.imported[cell as usize], true) {
            let cell = &self.module.imported_cells[cell as usize];
            cell.parameters.iter().for_each(|ty| self.ty(*ty));
            self.ty(cell.result);
            self.generics(&cell.generics);
        }
    }

    fn callee(&mut self, callee: Callee) {
        match callee {
            Callee::Here(_) | Callee::Method(_) => {}
            Callee::Imported(cell) => self.imported_cell(cell),
            Callee::Instance(number) => {
                if !std::mem::replace(&mut self.instances[number as usize], true) {
                    let module = self.module;
                    let instance = &module.instances[number as usize];
                    instance.types.iter().for_each(|ty| self.ty(*ty));
                    self.callee(instance.cell);
                    instance.methods.iter().for_each(|method| self.callee(*method));
                }
            }
        }
    }

    fn layout_of(&mut self, ty: Ty) {
        if let &Type::Nominal(nominal, _) = self.types.get(ty) {
            self.layout(nominal);
        }
    }

    /// Marks the parts of what is used.
    pub(super) fn close(&mut self) {
        let types = self.types;
        while let Some(ty) = self.work.pop() {
            match types.get(ty) {
                Type::List(element) | Type::Set(element) => self.ty(*element),
                Type::Map(first, second) | Type::Result(first, second) => {
                    self.ty(*first);
                    self.ty(*second);
                }
                Type::Tuple(parts) | Type::Union(parts) => parts.iter().for_each(|part| self.ty(*part)),
                Type::Nominal(nominal, arguments) => {
                    self.by_nominal[nominal.0 as usize] = true;
                    arguments.iter().for_each(|part| self.ty(*part));
                }
                Type::Function(parameters, result) => {
                    parameters.iter().for_each(|part| self.ty(*part));
                    self.ty(*result);
                }
                Type::Generator(element) => self.ty(*element),
                _ => {}
            }
        }
    }
}

/// Numbers in LIR.
pub(super) struct Numbering {
    types: Vec<u32>,
    nominals: Vec<u32>,
    imported: Vec<u32>,
    instances: Vec<u32>,
    /// Number of cells of the module: imported ones come behind them.
    cells: u32,
    /// Number of imported cells: instances come behind them.
    imported_count: u32,
    /// Number of instances: methods of the cell at hand come behind them.
    instance_count: u32,
    translated_instances: Vec<lir::Instance>,
    translated: Vec<lir::Type>,
    /// Whether two types may come down to one, because `Never` stands in one.
    holds_never: bool,
}

impl Numbering {
    pub(super) fn new(module: &hir::Module, types: &TypeTable<'_>, used: &Used<'_, '_>) -> Numbering {
        let is_here = |index: usize| module.nominals[index].origin == lir::Origin::Here;
        let mut nominals = vec![UNUSED; module.nominals.len()];
        let mut next = 0;
        for here in [true, false] {
            for (index, number) in nominals.iter_mut().enumerate() {
                if used.by_nominal[index] && is_here(index) == here {
                    *number = next;
                    next += 1;
                }
            }
        }
        let mut imported = vec![UNUSED; module.imported_cells.len()];
        let called = used.imported.iter().enumerate().filter(|(_, used)| **used);
        let mut called_count = 0;
        for (index, _) in called {
            imported[index] = called_count;
            called_count += 1;
        }
        let mut numbering = Numbering {
            types: vec![UNUSED; types.len()],
            nominals,
            imported_count: called_count,
            instances: vec![UNUSED; module.instances.len()],
            instance_count: 0,
            translated_instances: Vec::new(),
            imported,
            cells: module.cells.len() as u32,
            translated: Vec::new(),
            holds_never: (0..types.len())
                .any(|index| used.by_type[index] && types.is_never(Ty(index as u32))),
        };
        for index in 0..types.len() {
            if used.by_type[index] {
                numbering.add(Ty(index as u32), types);
            }
        }
        numbering.number_instances(module, used);
        numbering
    }

    fn add(&mut self, ty: Ty, types: &TypeTable<'_>) {
        let number = |ty: &Ty| lir::TypeId(self.types[ty.0 as usize]);
        let translated = match types.get(ty) {
            // No value has it; where it stands inside another type, as in `result[Never, E]`, any type does.
            Type::Never | Type::Null => lir::Type::Null,
            Type::Bool => lir::Type::Bool,
            Type::Int => lir::Type::Int,
            Type::Float => lir::Type::Float,
            Type::String => lir::Type::String,
            Type::Bytes => lir::Type::Bytes,
            Type::List(element) => lir::Type::List(number(element)),
            Type::Map(key, value) => lir::Type::Map(number(key), number(value)),
            Type::Set(element) => lir::Type::Set(number(element)),
            Type::Tuple(elements) => lir::Type::Tuple(elements.iter().map(number).collect()),
            Type::Result(value, error) => lir::Type::Result(number(value), number(error)),
            Type::Union(members) => {
                let mut members: Vec<lir::TypeId> = members.iter().map(number).collect();
                members.sort_unstable();
                lir::Type::Union(members)
            }
            Type::Nominal(nominal, arguments) => lir::Type::Nominal(
                lir::NominalId(self.nominals[nominal.0 as usize]),
                arguments.iter().map(number).collect(),
            ),
            Type::Json => lir::Type::Json,
            Type::Function(parameters, result) => {
                lir::Type::Function(parameters.iter().map(number).collect(), number(result))
            }
            Type::Generator(element) => lir::Type::Generator(number(element)),
            Type::Variable(position) => lir::Type::Variable(*position),
        };
        let known = match self.holds_never {
            true => self.translated.iter().position(|known| *known == translated),
            false => None,
        };
        self.types[ty.0 as usize] = known.unwrap_or(self.translated.len()) as u32;
        if known.is_none() {
            self.translated.push(translated);
        }
    }

    pub(super) fn ty(&self, ty: Ty) -> lir::TypeId {
        let number = self.types[ty.0 as usize];
        debug_assert_ne!(number, UNUSED, "types are marked before they are numbered");
        lir::TypeId(number)
    }

    pub(super) fn callee(&self, callee: Callee) -> u32 {
        match callee {
            Callee::Here(cell) => cell,
            Callee::Imported(cell) => self.cells + self.imported[cell as usize],
            Callee::Instance(instance) => {
                self.cells + self.imported_count + self.instances[instance as usize]
            }
            Callee::Method(method) => self.cells + self.imported_count + self.instance_count + method,
        }
    }

    /// Numbers instances, those before others that use them. Two may come down to one, as their types may.
    fn number_instances(&mut self, module: &hir::Module, used: &Used<'_, '_>) {
        let mut numbers: FxHashMap<hir::Instance, u32> = FxHashMap::default();
        let mut distinct: Vec<usize> = Vec::new();
        for (index, instance) in module.instances.iter().enumerate() {
            if !used.instances[index] {
                continue;
            }
            let numbered = hir::Instance {
                cell: instance.cell,
                types: instance.types.iter().map(|ty| Ty(self.ty(*ty).0)).collect(),
                methods: instance
                    .methods
                    .iter()
                    .map(|method| match method {
                        Callee::Instance(inner) => Callee::Instance(self.instances[*inner as usize]),
                        other => *other,
                    })
                    .collect(),
            };
            let next = distinct.len() as u32;
            let number = *numbers.entry(numbered).or_insert(next);
            self.instances[index] = number;
            if number == next {
                distinct.push(index);
            }
        }
        self.instance_count = distinct.len() as u32;
        for index in distinct {
            let instance = &module.instances[index];
            let translated = lir::Instance {
                cell: self.callee(instance.cell),
                types: instance.types.iter().map(|ty| self.ty(*ty)).collect(),
                methods: instance
                    .methods
                    .iter()
                    .map(|method| self.callee(*method))
                    .collect(),
            };
            self.translated_instances.push(translated);
        }
    }

    pub(super) fn instances(&self) -> Vec<lir::Instance> {
        self.translated_instances.clone()
    }

    pub(super) fn generics(&self, generics: &hir::Generics) -> lir::Generics {
        lir::Generics {
            parameters: generics.parameters.clone(),
            methods: generics
                .methods
                .iter()
                .map(|method| lir::Method {
                    name: method.name.clone(),
                    parameters: method.parameters.iter().map(|ty| self.ty(*ty)).collect(),
                    result: self.ty(method.result),
                })
                .collect(),
        }
    }

    pub(super) fn imported_cells(&self, module: &hir::Module) -> Vec<lir::ImportedCell> {
        let numbered = module.imported_cells.iter().zip(&self.imported);
        numbered
            .filter(|(_, number)| **number != UNUSED)
            .map(|(cell, _)| lir::ImportedCell {
                module: cell.module.clone(),
                name: cell.name.clone(),
                generics: self.generics(&cell.generics),
                parameters: cell.parameters.iter().map(|ty| self.ty(*ty)).collect(),
                result: self.ty(cell.result),
                effects: cell.effects.clone(),
            })
            .collect()
    }

    pub(super) fn nominals(&self, module: &hir::Module, used: &Used<'_, '_>) -> Vec<lir::Nominal> {
        let mut numbered: Vec<usize> = (0..self.nominals.len())
            .filter(|&index| self.nominals[index] != UNUSED)
            .collect();
        numbered.sort_unstable_by_key(|&index| self.nominals[index]);
        numbered
            .into_iter()
            .map(|index| {
                let nominal = &module.nominals[index];
                lir::Nominal {
                    origin: nominal.origin.clone(),
                    name: nominal.name.clone(),
                    parameters: nominal.parameters.clone(),
                    layout: match used.layouts[index] {
                        true => self.layout(&nominal.shape),
                        false => lir::Layout::Opaque,
                    },
                }
            })
            .collect()
    }

    fn layout(&self, shape: &Shape) -> lir::Layout {
        match shape {
            Shape::Record { fields, constrained } => lir::Layout::Record {
                fields: fields
                    .iter()
                    .map(|(name, ty)| lir::Field {
                        name: name.clone(),
                        ty: self.ty(*ty),
                    })
                    .collect(),
                constrained: *constrained,
            },
            Shape::Enum { variants } => lir::Layout::Enum {
                variants: variants
                    .iter()
                    .map(|(name, payload)| lir::Variant {
                        name: name.clone(),
                        payload: payload.iter().map(|ty| self.ty(*ty)).collect(),
                    })
                    .collect(),
            },
            Shape::Opaque => lir::Layout::Opaque,
        }
    }

    pub(super) fn into_types(self) -> Vec<lir::Type> {
        self.translated
    }
}

/// The constants of the module, numbered by first use.
pub(super) struct ConstantPool<'a, 'm> {
    literals: &'a Constants<'m>,
    by_literal: Vec<u32>,
    by_int: FxHashMap<i64, u32>,
    by_float: FxHashMap<u64, u32>,
    constants: Vec<lir::Constant>,
}

impl<'a, 'm> ConstantPool<'a, 'm> {
    pub(super) fn new(literals: &'a Constants<'m>) -> ConstantPool<'a, 'm> {
        ConstantPool {
            literals,
            by_literal: vec![UNUSED; literals.len()],
            by_int: FxHashMap::default(),
            by_float: FxHashMap::default(),
            constants: Vec::new(),
        }
    }

    pub(super) fn literal(&mut self, literal: u32) -> u32 {
        let number = &mut self.by_literal[literal as usize];
        if *number == UNUSED {
            *number = self.constants.len() as u32;
            self.constants.push(match self.literals.get(literal) {
                Literal::String(text) => lir::Constant::String(text.to_owned()),
                Literal::Bytes(bytes) => lir::Constant::Bytes(bytes.to_owned()),
            });
        }
        *number
    }

    pub(super) fn int(&mut self, value: i64) -> u32 {
        let constants = &mut self.constants;
        *self.by_int.entry(value).or_insert_with(|| {
            constants.push(lir::Constant::Int(value));
            (constants.len() - 1) as u32
        })
    }

    pub(super) fn float(&mut self, bits: u64) -> u32 {
        let constants = &mut self.constants;
        *self.by_float.entry(bits).or_insert_with(|| {
            constants.push(lir::Constant::Float(f64::from_bits(bits)));
            (constants.len() - 1) as u32
        })
    }

    pub(super) fn finish(self) -> Vec<lir::Constant> {
        self.constants
    }
}

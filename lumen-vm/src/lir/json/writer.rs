//! From modules to JSON values.

use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};

use super::{instructions, literals};
use crate::lir::notation::TypeNotation;
use crate::lir::{
    Cell, CellKind, Generics, ImportedCell, Instance, LIR_VERSION, Layout, Module, Nominal, Origin, Policy,
    Target, Tool, Type, TypeId, TypeParameter,
};

/// What the written forms of a module's entries are.
pub(super) struct Names<'m> {
    pub(super) module: &'m Module,
    types: TypeNotation,
    /// Index of the first cell of each name.
    cells: FxHashMap<&'m str, usize>,
    imported_cells: FxHashMap<(&'m str, &'m str), usize>,
    tools: FxHashMap<&'m str, usize>,
    constants: FxHashMap<String, usize>,
}

pub(super) fn module(module: &Module) -> Value {
    let names = Names::new(module);
    let mut object = Map::new();
    object.insert("lir".to_owned(), json!(LIR_VERSION));
    object.insert("id".to_owned(), json!(module.id.as_str()));
    put_list(
        &mut object,
        "constants",
        module.constants.iter().map(literals::write),
    );
    // Even if empty: without it, reading would add the types that instructions imply.
    let types = module
        .types
        .iter()
        .zip(0..)
        .map(|(ty, id)| names.entry(ty, TypeId(id)));
    object.insert("types".to_owned(), types.collect());
    put_list(
        &mut object,
        "nominals",
        module.nominals.iter().map(|nominal| names.nominal(nominal)),
    );
    put_list(
        &mut object,
        "cells",
        module.cells.iter().map(|cell| names.cell(cell)),
    );
    put_list(
        &mut object,
        "imported_cells",
        module.imported_cells.iter().map(|cell| names.imported_cell(cell)),
    );
    put_list(
        &mut object,
        "instances",
        module.instances.iter().map(|instance| names.instance(instance)),
    );
    put_list(
        &mut object,
        "tools",
        module.tools.iter().map(|tool| names.tool(tool)),
    );
    put_list(&mut object, "policies", module.policies.iter().map(policy));
    Value::Object(object)
}

/// Puts a list that is not empty.
pub(super) fn put_list(object: &mut Map<String, Value>, key: &str, items: impl Iterator<Item = Value>) {
    let items: Vec<Value> = items.collect();
    if !items.is_empty() {
        object.insert(key.to_owned(), Value::Array(items));
    }
}

fn first_indexes<K: std::hash::Hash + Eq>(keys: impl Iterator<Item = K>) -> FxHashMap<K, usize> {
    let mut indexes = FxHashMap::default();
    for (index, key) in keys.enumerate() {
        indexes.entry(key).or_insert(index);
    }
    indexes
}

impl<'m> Names<'m> {
    fn new(module: &'m Module) -> Names<'m> {
        let constants = module
            .constants
            .iter()
            .map(|constant| literals::write(constant).to_string());
        Names {
            module,
            types: TypeNotation::new(module),
            cells: first_indexes(module.cells.iter().map(|cell| cell.name.as_str())),
            imported_cells: first_indexes(
                module
                    .imported_cells
                    .iter()
                    .map(|cell| (cell.module.as_str(), cell.name.as_str())),
            ),
            tools: first_indexes(module.tools.iter().map(|tool| tool.alias.as_str())),
            constants: first_indexes(constants),
        }
    }

    /// A reference to a type: its name, or its index if it has none.
    pub(super) fn ty(&self, id: TypeId) -> Value {
        self.types.ty(id).map_or_else(|| json!(id.0), |name| json!(name))
    }

    fn types(&self, ids: &[TypeId]) -> Value {
        ids.iter().map(|&id| self.ty(id)).collect()
    }

    /// A reference to a constant: the constant, or its index if that would lead to another.
    pub(super) fn constant(&self, index: u32) -> Value {
        if let Some(constant) = self.module.constants.get(index as usize) {
            let value = literals::write(constant);
            if self.constants.get(&value.to_string()) == Some(&(index as usize)) {
                return value;
            }
        }
        json!(index)
    }

    /// A reference to a cell: the name of one of this module, module and name of an imported one, else its index.
    pub(super) fn cell_reference(&self, index: u32) -> Value {
        let position = index as usize;
        if let Some(cell) = self.module.cells.get(position) {
            if self.cells.get(cell.name.as_str()) == Some(&position) {
                return json!(cell.name);
            }
            return json!(index);
        }
        match self.module.target(index) {
            Target::Imported(position) => {
                let cell = &self.module.imported_cells[position];
                let key = (cell.module.as_str(), cell.name.as_str());
                match self.imported_cells.get(&key) == Some(&position) {
                    true => json!({ "module": key.0, "name": key.1 }),
                    false => json!(index),
                }
            }
            Target::Instance(position) => json!({ "instance": position }),
            Target::Method(position) => json!({ "method": position }),
            Target::Cell(_) => json!(index),
        }
    }

    /// A reference to a tool: its alias, or its index if another comes before it.
    pub(super) fn tool_reference(&self, index: u32) -> Value {
        match self.module.tools.get(index as usize) {
            Some(tool) if self.tools.get(tool.alias.as_str()) == Some(&(index as usize)) => json!(tool.alias),
            _ => json!(index),
        }
    }

    /// An entry of the type table: its name, or its form over indexes.
    fn entry(&self, ty: &Type, id: TypeId) -> Value {
        if let Some(name) = self.types.ty(id) {
            return json!(name);
        }
        let indexes = |ids: &[TypeId]| Value::from_iter(ids.iter().map(|id| id.0));
        match ty {
            Type::Null | Type::Bool | Type::Int | Type::Float | Type::String | Type::Bytes | Type::Json => {
                json!({ "again": format!("{ty:?}") })
            }
            Type::List(element) => json!({ "list": element.0 }),
            Type::Map(key, value) => json!({ "map": [key.0, value.0] }),
            Type::Set(element) => json!({ "set": element.0 }),
            Type::Tuple(elements) => json!({ "tuple": indexes(elements) }),
            Type::Result(value, error) => json!({ "result": [value.0, error.0] }),
            Type::Union(members) => json!({ "union": indexes(members) }),
            Type::Nominal(nominal, arguments) => json!({ "nominal": [nominal.0, indexes(arguments)] }),
            Type::Function(parameters, result) => {
                json!({ "function": [indexes(parameters), result.0] })
            }
            Type::Generator(element) => json!({ "generator": element.0 }),
            Type::Variable(position) => json!({ "variable": position }),
        }
    }

    fn nominal(&self, nominal: &Nominal) -> Value {
        let mut object = Map::new();
        object.insert("name".to_owned(), json!(nominal.name));
        if let Origin::Module(id) = &nominal.origin {
            object.insert("module".to_owned(), json!(id.as_str()));
        }
        put_type_parameters(&mut object, &nominal.parameters);
        match &nominal.layout {
            Layout::Opaque => {}
            Layout::Record { fields, constrained } => {
                let field = |(name, ty): (&String, TypeId)| json!({ "name": name, "type": self.ty(ty) });
                let fields: Value = fields.iter().map(|it| field((&it.name, it.ty))).collect();
                object.insert("record".to_owned(), fields);
                if *constrained {
                    object.insert("constrained".to_owned(), json!(true));
                }
            }
            Layout::Enum { variants } => {
                let variant = |variant: &crate::lir::Variant| {
                    let mut object = Map::new();
                    object.insert("name".to_owned(), json!(variant.name));
                    put_list(
                        &mut object,
                        "payload",
                        variant.payload.iter().map(|&ty| self.ty(ty)),
                    );
                    Value::Object(object)
                };
                object.insert("enum".to_owned(), variants.iter().map(variant).collect());
            }
        }
        Value::Object(object)
    }

    fn cell(&self, cell: &Cell) -> Value {
        let mut object = Map::new();
        object.insert("name".to_owned(), json!(cell.name));
        if cell.kind != CellKind::Declared {
            object.insert("kind".to_owned(), json!(cell.kind.name()));
        }
        if cell.public {
            object.insert("public".to_owned(), json!(true));
        }
        if cell.generator {
            object.insert("generator".to_owned(), json!(true));
        }
        self.put_generics(&mut object, &cell.generics);
        let parameters = cell.parameters.iter();
        let parameters = parameters.map(|it| json!({ "name": it.name, "type": self.ty(it.ty) }));
        put_list(&mut object, "parameters", parameters);
        object.insert("result".to_owned(), self.ty(cell.result));
        put_list(
            &mut object,
            "effects",
            cell.effects.iter().map(|effect| json!(effect)),
        );
        object.insert("registers".to_owned(), json!(cell.registers));
        object.insert("code".to_owned(), instructions::write(&cell.code, self));
        let handlers = cell.handlers.iter();
        let handlers = handlers.map(|it| json!({ "start": it.start, "end": it.end, "target": it.target }));
        put_list(&mut object, "handlers", handlers);
        Value::Object(object)
    }

    fn imported_cell(&self, cell: &ImportedCell) -> Value {
        let mut object = Map::new();
        object.insert("module".to_owned(), json!(cell.module.as_str()));
        object.insert("name".to_owned(), json!(cell.name));
        self.put_generics(&mut object, &cell.generics);
        put_list(
            &mut object,
            "parameters",
            cell.parameters.iter().map(|&ty| self.ty(ty)),
        );
        object.insert("result".to_owned(), self.ty(cell.result));
        put_list(
            &mut object,
            "effects",
            cell.effects.iter().map(|effect| json!(effect)),
        );
        Value::Object(object)
    }

    fn put_generics(&self, object: &mut Map<String, Value>, generics: &Generics) {
        put_type_parameters(object, &generics.parameters);
        let methods = generics.methods.iter().map(|method| {
            json!({ "name": method.name, "parameters": self.types(&method.parameters), "result": self.ty(method.result) })
        });
        put_list(object, "methods", methods);
    }

    fn instance(&self, instance: &Instance) -> Value {
        let mut object = Map::new();
        object.insert("cell".to_owned(), self.cell_reference(instance.cell));
        object.insert("types".to_owned(), self.types(&instance.types));
        let methods = instance.methods.iter();
        put_list(
            &mut object,
            "methods",
            methods.map(|&method| self.cell_reference(method)),
        );
        Value::Object(object)
    }

    fn tool(&self, tool: &Tool) -> Value {
        let parameters = self.types(&tool.parameters);
        json!({ "alias": tool.alias, "id": tool.id, "parameters": parameters, "result": self.ty(tool.result) })
    }
}

fn put_type_parameters(object: &mut Map<String, Value>, parameters: &[TypeParameter]) {
    let parameters = parameters
        .iter()
        .map(|parameter| json!({ "name": parameter.name, "class": parameter.class.name() }));
    put_list(object, "type_parameters", parameters);
}

fn policy(policy: &Policy) -> Value {
    let grants: Value = policy
        .grants
        .iter()
        .map(|(name, value)| json!([name, value]))
        .collect();
    json!({ "tool": policy.tool, "grants": grants })
}

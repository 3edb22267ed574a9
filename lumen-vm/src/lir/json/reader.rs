//! From JSON values to modules. Tables come first, so that code may name their entries.

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::cursor::Cursor;
use super::{JsonError, instructions, literals};
use crate::lir::notation::TypeTable;
use crate::lir::{
    Cell, CellKind, Constant, Field, Generics, Handler, ImportedCell, Instance, LIR_VERSION, Layout, Method,
    Module, ModuleId, Nominal, NominalId, Opcode, Origin, Parameter, Policy, Tool, Type, TypeId,
    TypeParameter, VariableClass, Variant,
};

/// Tables in the making and the names of their entries.
pub(super) struct Tables {
    pub(super) types: TypeTable,
    /// Whether instructions add the types that they imply, such as Bool for `less`: if no type table is given.
    implied_types: bool,
    constants: Vec<Constant>,
    constant_ids: FxHashMap<String, u32>,
    cells: FxHashMap<String, u32>,
    imported_cells: FxHashMap<(String, String), u32>,
    /// Cell operands of the first instance and of the first method.
    first_instance: u32,
    first_method: u32,
    tools: FxHashMap<String, u32>,
}

const MODULE_KEYS: [&str; 10] = [
    "lir",
    "id",
    "constants",
    "types",
    "nominals",
    "cells",
    "imported_cells",
    "instances",
    "tools",
    "policies",
];

pub(super) fn module(value: &Value) -> Result<Module, JsonError> {
    let root = Cursor::root(value);
    root.keys(&MODULE_KEYS)?;
    let version = root.need("lir")?;
    if version.integer::<u32>()? != LIR_VERSION {
        return Err(version.error(format!("this program reads LIR version {LIR_VERSION}")));
    }
    let id = ModuleId::parse(root.need("id")?.text()?);
    let nominal_names = root.list("nominals", |nominal| nominal.need("name")?.text())?;
    let mut tables = Tables {
        types: TypeTable::new(nominal_names.into_iter()),
        implied_types: root.get("types").is_none(),
        constants: Vec::new(),
        constant_ids: FxHashMap::default(),
        cells: names(
            root.list("cells", |cell| Ok(cell.need("name")?.text()?.to_owned()))?,
            0,
        ),
        imported_cells: FxHashMap::default(),
        first_instance: 0,
        first_method: 0,
        tools: FxHashMap::default(),
    };
    root.list("types", |entry| tables.type_entry(&entry))?;
    root.list("constants", |entry| {
        let constant = literals::read(&entry)?;
        tables.push_constant(constant);
        Ok(())
    })?;
    let nominals = root.list("nominals", |entry| tables.nominal(&entry))?;
    let imported_cells = root.list("imported_cells", |entry| tables.imported_cell(&entry))?;
    let local = root.list("cells", |_| Ok(()))?.len() as u32;
    let keys = imported_cells
        .iter()
        .map(|cell| (cell.module.as_str().to_owned(), cell.name.clone()));
    tables.imported_cells = names(keys.collect(), local);
    tables.first_instance = local + imported_cells.len() as u32;
    tables.first_method = tables.first_instance + root.list("instances", |_| Ok(()))?.len() as u32;
    let instances = root.list("instances", |entry| tables.instance(&entry))?;
    let tools = root.list("tools", |entry| tables.tool(&entry))?;
    tables.tools = names(tools.iter().map(|tool| tool.alias.clone()).collect(), 0);
    let policies = root.list("policies", |entry| policy(&entry))?;
    let cells = root.list("cells", |entry| tables.cell(&entry))?;
    Ok(Module {
        id,
        constants: tables.constants,
        types: tables.types.finish(),
        nominals,
        cells,
        imported_cells,
        instances,
        tools,
        policies,
    })
}

/// Indexes by name, counted from `start`; the first of equal names counts.
fn names<K: std::hash::Hash + Eq>(keys: Vec<K>, start: u32) -> FxHashMap<K, u32> {
    let mut indexes = FxHashMap::default();
    for (key, index) in keys.into_iter().zip(start..) {
        indexes.entry(key).or_insert(index);
    }
    indexes
}

impl Tables {
    /// A reference to a type, by name or index.
    pub(super) fn ty(&mut self, cursor: &Cursor<'_>) -> Result<TypeId, JsonError> {
        match cursor.as_text() {
            Some(text) => self.types.resolve(text).map_err(|problem| cursor.error(problem)),
            None => Ok(TypeId(cursor.integer()?)),
        }
    }

    /// Adds the type that an instruction writes without naming it.
    pub(super) fn imply(&mut self, opcode: Opcode, w: u32) {
        use Opcode::*;
        let implied = match opcode {
            LoadInt => Type::Int,
            LoadNull => Type::Null,
            LoadBool | Not | Equal | Less | LessEqual | IsType | IsVariant => Type::Bool,
            LoadConstant => match self.constants.get(w as usize) {
                Some(Constant::Int(_)) => Type::Int,
                Some(Constant::Float(_)) => Type::Float,
                Some(Constant::String(_)) => Type::String,
                Some(Constant::Bytes(_)) => Type::Bytes,
                None => return,
            },
            _ => return,
        };
        if self.implied_types {
            self.types.intern(implied);
        }
    }

    /// A reference to a constant, by value or index.
    pub(super) fn constant(&mut self, cursor: &Cursor<'_>) -> Result<u32, JsonError> {
        if !cursor.is_object() {
            return cursor.integer();
        }
        let constant = literals::read(cursor)?;
        let key = literals::write(&constant).to_string();
        match self.constant_ids.get(&key) {
            Some(&index) => Ok(index),
            None => Ok(self.push_constant(constant)),
        }
    }

    fn push_constant(&mut self, constant: Constant) -> u32 {
        let index = self.constants.len() as u32;
        self.constant_ids
            .entry(literals::write(&constant).to_string())
            .or_insert(index);
        self.constants.push(constant);
        index
    }

    /// A reference to a cell: a name, an object of module and name, of an instance or of a method, or an index.
    pub(super) fn cell_reference(&self, cursor: &Cursor<'_>) -> Result<u32, JsonError> {
        if let Some(name) = cursor.as_text() {
            let index = self.cells.get(name).copied();
            return index.ok_or_else(|| cursor.error(format!("the module has no cell `{name}`")));
        }
        if !cursor.is_object() {
            return cursor.integer();
        }
        let counted = [("instance", self.first_instance), ("method", self.first_method)];
        for (key, first) in counted {
            if let Some(position) = cursor.get(key) {
                cursor.keys(&[key])?;
                let index = first.checked_add(position.integer()?);
                return index.ok_or_else(|| position.error("expected a smaller index"));
            }
        }
        cursor.keys(&["module", "name"])?;
        let (module, name) = (cursor.need("module")?.text()?, cursor.need("name")?.text()?);
        let index = self
            .imported_cells
            .get(&(module.to_owned(), name.to_owned()))
            .copied();
        index.ok_or_else(|| cursor.error(format!("`{name}` of `{module}` is not among imported_cells")))
    }

    /// A reference to a tool, by alias or index.
    pub(super) fn tool_reference(&self, cursor: &Cursor<'_>) -> Result<u32, JsonError> {
        match cursor.as_text() {
            Some(alias) => {
                let index = self.tools.get(alias).copied();
                index.ok_or_else(|| cursor.error(format!("the module has no tool `{alias}`")))
            }
            None => cursor.integer(),
        }
    }

    fn type_entry(&mut self, cursor: &Cursor<'_>) -> Result<(), JsonError> {
        if !cursor.is_object() {
            self.ty(cursor)?;
            return Ok(());
        }
        let form = cursor.only_key()?;
        let value = cursor.need(form)?;
        let list = |cursor: &Cursor<'_>| -> Result<Vec<TypeId>, JsonError> {
            cursor.items()?.map(|item| Ok(TypeId(item.integer()?))).collect()
        };
        let pair = || match list(&value)?[..] {
            [first, second] => Ok((first, second)),
            _ => Err(value.error("expected two indexes")),
        };
        let ty = match form {
            "again" => self.again(&value)?,
            "list" => Type::List(TypeId(value.integer()?)),
            "set" => Type::Set(TypeId(value.integer()?)),
            "map" => pair().map(|(key, element)| Type::Map(key, element))?,
            "result" => pair().map(|(ok, err)| Type::Result(ok, err))?,
            "tuple" => Type::Tuple(list(&value)?),
            "union" => Type::Union(list(&value)?),
            "nominal" => match &value.items()?.collect::<Vec<_>>()[..] {
                [nominal, arguments] => Type::Nominal(NominalId(nominal.integer()?), list(arguments)?),
                _ => return Err(value.error("expected an index and a list of indexes")),
            },
            "generator" => Type::Generator(TypeId(value.integer()?)),
            "variable" => Type::Variable(value.integer()?),
            "function" => match &value.items()?.collect::<Vec<_>>()[..] {
                [parameters, result] => Type::Function(list(parameters)?, TypeId(result.integer()?)),
                _ => return Err(value.error("expected a list of indexes and an index")),
            },
            _ => return Err(cursor.error(format!("unknown type form `{form}`"))),
        };
        self.types.push(ty);
        Ok(())
    }

    /// A second entry of a type without parts, which no module should have.
    fn again(&self, cursor: &Cursor<'_>) -> Result<Type, JsonError> {
        let mut table = TypeTable::new([].into_iter());
        let name = cursor.text()?;
        table.resolve(name).map_err(|problem| cursor.error(problem))?;
        match &table.finish()[..] {
            [scalar] => Ok(scalar.clone()),
            _ => Err(cursor.error("expected a type without parts")),
        }
    }

    fn nominal(&mut self, cursor: &Cursor<'_>) -> Result<Nominal, JsonError> {
        cursor.keys(&[
            "name",
            "module",
            "type_parameters",
            "record",
            "constrained",
            "enum",
        ])?;
        let origin = match cursor.get("module") {
            Some(id) => Origin::Module(ModuleId::parse(id.text()?)),
            None => Origin::Here,
        };
        let layout = match (cursor.get("record"), cursor.get("enum")) {
            (Some(_), Some(_)) => return Err(cursor.error("`record` and `enum` exclude each other")),
            (Some(_), None) => Layout::Record {
                fields: cursor.list("record", |field| {
                    let (name, ty) = self.named_type(&field)?;
                    Ok(Field { name, ty })
                })?,
                constrained: optional_flag(cursor, "constrained")?,
            },
            (None, Some(_)) => Layout::Enum {
                variants: cursor.list("enum", |variant| {
                    variant.keys(&["name", "payload"])?;
                    let name = variant.need("name")?.text()?.to_owned();
                    Ok(Variant {
                        name,
                        payload: variant.list("payload", |ty| self.ty(&ty))?,
                    })
                })?,
            },
            (None, None) => Layout::Opaque,
        };
        if cursor.get("constrained").is_some() && !matches!(layout, Layout::Record { .. }) {
            return Err(cursor.error("only a `record` is `constrained`"));
        }
        Ok(Nominal {
            origin,
            name: cursor.need("name")?.text()?.to_owned(),
            parameters: type_parameters(cursor)?,
            layout,
        })
    }

    fn named_type(&mut self, cursor: &Cursor<'_>) -> Result<(String, TypeId), JsonError> {
        cursor.keys(&["name", "type"])?;
        Ok((
            cursor.need("name")?.text()?.to_owned(),
            self.ty(&cursor.need("type")?)?,
        ))
    }

    fn imported_cell(&mut self, cursor: &Cursor<'_>) -> Result<ImportedCell, JsonError> {
        let known = [
            "module",
            "name",
            "type_parameters",
            "methods",
            "parameters",
            "result",
            "effects",
        ];
        cursor.keys(&known)?;
        Ok(ImportedCell {
            module: ModuleId::parse(cursor.need("module")?.text()?),
            name: cursor.need("name")?.text()?.to_owned(),
            generics: self.generics(cursor)?,
            parameters: cursor.list("parameters", |ty| self.ty(&ty))?,
            result: self.ty(&cursor.need("result")?)?,
            effects: cursor.list("effects", |effect| Ok(effect.text()?.to_owned()))?,
        })
    }

    fn generics(&mut self, cursor: &Cursor<'_>) -> Result<Generics, JsonError> {
        Ok(Generics {
            parameters: type_parameters(cursor)?,
            methods: cursor.list("methods", |method| {
                method.keys(&["name", "parameters", "result"])?;
                Ok(Method {
                    name: method.need("name")?.text()?.to_owned(),
                    parameters: method.list("parameters", |ty| self.ty(&ty))?,
                    result: self.ty(&method.need("result")?)?,
                })
            })?,
        })
    }

    fn instance(&mut self, cursor: &Cursor<'_>) -> Result<Instance, JsonError> {
        cursor.keys(&["cell", "types", "methods"])?;
        Ok(Instance {
            cell: self.cell_reference(&cursor.need("cell")?)?,
            types: cursor.list("types", |ty| self.ty(&ty))?,
            methods: cursor.list("methods", |method| self.cell_reference(&method))?,
        })
    }

    fn tool(&mut self, cursor: &Cursor<'_>) -> Result<Tool, JsonError> {
        cursor.keys(&["alias", "id", "parameters", "result"])?;
        Ok(Tool {
            alias: cursor.need("alias")?.text()?.to_owned(),
            id: cursor.need("id")?.text()?.to_owned(),
            parameters: cursor.list("parameters", |ty| self.ty(&ty))?,
            result: self.ty(&cursor.need("result")?)?,
        })
    }

    fn cell(&mut self, cursor: &Cursor<'_>) -> Result<Cell, JsonError> {
        let known = [
            "name",
            "kind",
            "public",
            "generator",
            "type_parameters",
            "methods",
            "parameters",
            "result",
            "effects",
            "registers",
            "code",
            "handlers",
        ];
        cursor.keys(&known)?;
        let kind = match cursor.get("kind") {
            None => CellKind::Declared,
            Some(kind) => {
                let name = kind.text()?;
                let row = CellKind::TABLE.iter().find(|(_, known)| *known == name);
                row.ok_or_else(|| kind.error(format!("unknown kind of cell `{name}`")))?
                    .0
            }
        };
        let parameters = cursor.list("parameters", |parameter| {
            let (name, ty) = self.named_type(&parameter)?;
            Ok(Parameter { name, ty })
        })?;
        let result = self.ty(&cursor.need("result")?)?;
        let code = instructions::read(&cursor.need("code")?, self)?;
        let registers = match cursor.get("registers") {
            Some(registers) => registers.integer()?,
            None => instructions::registers(&code).max(parameters.len().min(256) as u16),
        };
        Ok(Cell {
            name: cursor.need("name")?.text()?.to_owned(),
            kind,
            public: optional_flag(cursor, "public")?,
            generator: optional_flag(cursor, "generator")?,
            generics: self.generics(cursor)?,
            parameters,
            result,
            effects: cursor.list("effects", |effect| Ok(effect.text()?.to_owned()))?,
            registers,
            code,
            handlers: cursor.list("handlers", |handler| {
                handler.keys(&["start", "end", "target"])?;
                Ok(Handler {
                    start: handler.need("start")?.integer()?,
                    end: handler.need("end")?.integer()?,
                    target: handler.need("target")?.integer()?,
                })
            })?,
        })
    }
}

fn type_parameters(cursor: &Cursor<'_>) -> Result<Vec<TypeParameter>, JsonError> {
    cursor.list("type_parameters", |parameter| {
        parameter.keys(&["name", "class"])?;
        let class = parameter.need("class")?;
        let name = class.text()?;
        let row = VariableClass::TABLE.iter().find(|(_, known)| *known == name);
        Ok(TypeParameter {
            name: parameter.need("name")?.text()?.to_owned(),
            class: row
                .ok_or_else(|| class.error(format!("unknown class of types `{name}`")))?
                .0,
        })
    })
}

fn policy(cursor: &Cursor<'_>) -> Result<Policy, JsonError> {
    cursor.keys(&["tool", "grants"])?;
    let grants = cursor.list("grants", |grant| match &grant.items()?.collect::<Vec<_>>()[..] {
        [name, value] => Ok((name.text()?.to_owned(), value.text()?.to_owned())),
        _ => Err(grant.error("expected a name and a value as canonical JSON text")),
    })?;
    Ok(Policy {
        tool: cursor.need("tool")?.integer()?,
        grants,
    })
}

fn optional_flag(cursor: &Cursor<'_>, key: &str) -> Result<bool, JsonError> {
    cursor.get(key).map_or(Ok(false), |flag| flag.flag())
}

//! Items of other modules, as this module's tables know them.

use super::context::Checker;
use super::definition::{
    AliasId, AliasInfo, CellId, CellInfo, ConstId, ConstInfo, Definition, FieldInfo, Layout, NominalInfo,
    ParameterInfo, ResultType, Source, VariantInfo,
};
use super::parameters::Generics;
use super::recorder::{ModuleRef, SeenItem};
use super::types::{Type, Types};
use crate::hir::{NominalId, Ty};
use crate::interface::{InterfaceKind, InterfaceType};
use lumen_vm::lir::ModuleId;
use std::rc::Rc;

impl<'a> Checker<'a> {
    /// Whether a module belongs to the package of the one under check, of the same version, so that its private names are visible.
    pub(crate) fn is_same_package(&self, module: ModuleRef) -> bool {
        let other = self.recorder.id(module);
        (other.package(), other.version()) == (self.id.package(), self.id.version())
    }

    /// How people write a module's name: its path, after its package if that is another one.
    pub(crate) fn module_path(&self, module: ModuleRef) -> String {
        let id = self.recorder.id(module);
        match id.package() {
            Some(package) if self.id.package() != Some(package) => {
                if id.path() == "lib" {
                    package.to_owned()
                } else {
                    format!("{package}.{}", id.path())
                }
            }
            _ => id.path().to_owned(),
        }
    }

    /// Enters an item of another module into the tables.
    pub(crate) fn define_imported(&mut self, module: ModuleRef, name: &str, item: &SeenItem) -> Definition {
        let key = (module, name.to_owned());
        if let Some(known) = self.foreign_definitions.get(&key) {
            return *known;
        }
        let definition = self.define_new(module, name, item);
        if let Some(why) = item.deprecated() {
            self.deprecations.add(definition, why);
        }
        self.foreign_definitions.insert(key, definition);
        definition
    }

    fn define_new(&mut self, module: ModuleRef, name: &str, item: &SeenItem) -> Definition {
        match item.kind() {
            InterfaceKind::Cell {
                type_parameters,
                parameters,
                result,
                ..
            } => {
                let generics = self.import_generics(type_parameters, &format!("cell `{name}`"));
                let outer = self.enter_import(&generics);
                let parameters = parameters
                    .iter()
                    .map(|parameter| ParameterInfo {
                        name: parameter.name.as_str().into(),
                        ty: self.import_type(&parameter.ty),
                        default: u32::from(parameter.has_default),
                        span: None,
                    })
                    .collect();
                let result = ResultType::Known(self.import_type(result));
                self.import_arguments = outer;
                let source = Source::Imported(module);
                Definition::Cell(self.add_cell(CellInfo {
                    name: name.into(),
                    source,
                    generics,
                    self_type: None,
                    parameters,
                    result,
                    span: None,
                }))
            }
            InterfaceKind::Record { .. } | InterfaceKind::Enum { .. } => {
                let id = self.recorder.id(module).clone();
                Definition::Nominal(self.foreign_nominal(&id, name))
            }
            InterfaceKind::Const { ty } => {
                let ty = Some(self.import_type(ty));
                Definition::Const(self.add_constant(ConstInfo {
                    name: name.into(),
                    source: Source::Imported(module),
                    ty,
                }))
            }
            InterfaceKind::Alias { type_parameters, ty } => {
                let generics = self.import_generics(type_parameters, &format!("type `{name}`"));
                let outer = self.enter_import(&generics);
                let ty = Some(self.import_type(ty));
                self.import_arguments = outer;
                Definition::Alias(self.add_alias(AliasInfo {
                    name: name.into(),
                    generics,
                    written: None,
                    ty,
                    span: None,
                }))
            }
            InterfaceKind::Trait { .. } => {
                let id = self.recorder.id(module).clone();
                Definition::Trait(self.foreign_trait(&id, name))
            }
            InterfaceKind::Impl { .. } | InterfaceKind::Method { .. } | InterfaceKind::Broken => {
                self.leans_on_broken = true;
                Definition::Broken
            }
        }
    }

    /// A record or enum of another module.
    pub(crate) fn foreign_nominal(&mut self, module: &ModuleId, name: &str) -> NominalId {
        let key = (module.clone(), Rc::from(name));
        if let Some(known) = self.foreign_nominals.get(&key) {
            return *known;
        }
        let nominal = self.add_nominal(NominalInfo {
            module: Some(module.clone()),
            name: Rc::clone(&key.1),
            generics: None,
            layout: None,
            slot: 0,
            span: None,
        });
        self.foreign_nominals.insert(key, nominal);
        nominal
    }

    /// The shape of a record or enum of another module: a consult.
    pub(crate) fn load_layout(&mut self, nominal: NominalId) -> Layout {
        if let Some(record) = self.prelude_record(nominal) {
            return self.prelude_layout(record);
        }
        let info = self.nominal(nominal);
        let (module, name) = (info.module.clone(), Rc::clone(&info.name));
        let item = module
            .and_then(|module| self.recorder.module(&module))
            .and_then(|module| self.recorder.item(module, &name));
        if let Some(why) = item.as_ref().and_then(SeenItem::deprecated) {
            self.deprecations.add(Definition::Nominal(nominal), why);
        }
        match item.as_ref().map(SeenItem::kind) {
            Some(InterfaceKind::Record {
                type_parameters,
                fields,
                constrained,
            }) => {
                let generics = self.import_generics(type_parameters, &format!("record `{name}`"));
                let outer = self.enter_import(&generics);
                self.nominals[nominal.0 as usize].generics = Some(generics);
                let fields = fields
                    .iter()
                    .map(|field| FieldInfo {
                        name: field.name.as_str().into(),
                        ty: self.import_type(&field.ty),
                        default: u32::from(field.has_default),
                        span: None,
                    })
                    .collect();
                self.import_arguments = outer;
                Layout::Record {
                    fields,
                    constrained: *constrained,
                }
            }
            Some(InterfaceKind::Enum {
                type_parameters,
                variants,
            }) => {
                let generics = self.import_generics(type_parameters, &format!("enum `{name}`"));
                let outer = self.enter_import(&generics);
                self.nominals[nominal.0 as usize].generics = Some(generics);
                let variants = variants
                    .iter()
                    .map(|(name, payload)| VariantInfo {
                        name: name.as_str().into(),
                        payload: payload.iter().map(|ty| self.import_type(ty)).collect(),
                        span: None,
                    })
                    .collect();
                self.import_arguments = outer;
                Layout::Enum(variants)
            }
            _ => {
                self.leans_on_broken = true;
                Layout::Broken
            }
        }
    }

    /// Makes the variables of an item's types mean its type parameters; what they meant before is handed back.
    pub(crate) fn enter_import(&mut self, generics: &Generics) -> Vec<Ty> {
        let arguments = self.own_arguments(generics);
        std::mem::replace(&mut self.import_arguments, arguments)
    }

    /// A type of an interface in this module's table.
    pub(crate) fn import_type(&mut self, ty: &InterfaceType) -> Ty {
        match ty {
            InterfaceType::Error => {
                self.leans_on_broken = true;
                Types::ERROR
            }
            InterfaceType::Never => Types::NEVER,
            InterfaceType::Null => Types::NULL,
            InterfaceType::Bool => Types::BOOL,
            InterfaceType::Int => Types::INT,
            InterfaceType::Float => Types::FLOAT,
            InterfaceType::String => Types::STRING,
            InterfaceType::Bytes => Types::BYTES,
            InterfaceType::List(element) => {
                let element = self.import_type(element);
                self.types.list(element)
            }
            InterfaceType::Set(element) => {
                let element = self.import_type(element);
                self.types.set(element)
            }
            InterfaceType::Map(key, value) => {
                let (key, value) = (self.import_type(key), self.import_type(value));
                self.types.map(key, value)
            }
            InterfaceType::Result(value, error) => {
                let (value, error) = (self.import_type(value), self.import_type(error));
                self.types.result(value, error)
            }
            InterfaceType::Tuple(parts) => {
                let parts = parts.iter().map(|part| self.import_type(part)).collect();
                self.types.tuple(parts)
            }
            InterfaceType::Union(members) => {
                let members: Vec<Ty> = members.iter().map(|member| self.import_type(member)).collect();
                self.types.union(&members)
            }
            InterfaceType::Json => Types::JSON,
            InterfaceType::Nominal(module, name, arguments) => {
                let arguments = arguments.iter().map(|part| self.import_type(part)).collect();
                let nominal = self.foreign_nominal(module, name);
                self.types.intern(Type::Nominal(nominal, arguments))
            }
            InterfaceType::Function(parameters, result) => {
                let parameters = parameters.iter().map(|part| self.import_type(part)).collect();
                let result = self.import_type(result);
                self.types.intern(Type::Function(parameters, result))
            }
            InterfaceType::Generator(element) => {
                let element = self.import_type(element);
                self.types.intern(Type::Generator(element))
            }
            InterfaceType::Variable(position) => self
                .import_arguments
                .get(*position as usize)
                .copied()
                .unwrap_or(Types::ERROR),
        }
    }

    /// A new cell.
    pub(crate) fn add_cell(&mut self, info: CellInfo<'a>) -> CellId {
        self.cells.push(info);
        CellId(u32::try_from(self.cells.len() - 1).expect("fewer than 2^32 cells"))
    }

    /// A new record or enum.
    pub(crate) fn add_nominal(&mut self, info: NominalInfo) -> NominalId {
        self.nominals.push(info);
        NominalId(u32::try_from(self.nominals.len() - 1).expect("fewer than 2^32 nominals"))
    }

    /// A new constant.
    pub(crate) fn add_constant(&mut self, info: ConstInfo) -> ConstId {
        self.constants.push(info);
        ConstId(u32::try_from(self.constants.len() - 1).expect("fewer than 2^32 constants"))
    }

    /// A new alias.
    pub(crate) fn add_alias(&mut self, info: AliasInfo) -> AliasId {
        self.aliases.push(info);
        AliasId(u32::try_from(self.aliases.len() - 1).expect("fewer than 2^32 aliases"))
    }
}

//! What a cell, a record or an enum is by itself: a hash over its definition in which every reference to the tables of its
//! module is replaced by what stands there. So it does not change when something else is added to the module, and two
//! definitions with the same hash mean the same as long as what they name does.
//!
//! Not the closure: names of other cells are hashed, their definitions are not ([`super::closure`]).

use crate::digest::PartHasher;
use lumen_compiler::interface::Digest;
use lumen_vm::lir::{
    Cell, Constant, Generics, Instruction, Layout, Module, ModuleId, Nominal, Origin, PRELUDE, Target, Type,
    TypeId, TypeParameter, WordRole, instructions,
};
use std::collections::BTreeSet;

/// Instances may name instances as methods; deeper ones than this are hashed as their whole module.
const MAXIMUM_NESTING: u32 = 32;

/// The name of a definition: its module, and its name there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Symbol<'m> {
    pub(super) module: &'m ModuleId,
    pub(super) name: &'m str,
}

/// What a definition names. Records and enums of the language itself are not listed: they are part of the machine.
#[derive(Debug, Default)]
pub(super) struct References<'m> {
    pub(super) cells: BTreeSet<Symbol<'m>>,
    pub(super) nominals: BTreeSet<Symbol<'m>>,
}

/// A module with its types resolved to names.
pub(super) struct Symbols<'m> {
    module: &'m Module,
    /// By position in the table.
    types: Vec<Digest>,
    /// Positions of the records and enums that a type mentions, ascending.
    mentioned: Vec<Vec<u32>>,
}

impl<'m> Symbols<'m> {
    pub(super) fn new(module: &'m Module) -> Symbols<'m> {
        let mut symbols = Symbols {
            module,
            types: Vec::with_capacity(module.types.len()),
            mentioned: Vec::with_capacity(module.types.len()),
        };
        for ty in &module.types {
            let (digest, mentioned) = symbols.define_type(ty);
            symbols.types.push(digest);
            symbols.mentioned.push(mentioned);
        }
        symbols
    }

    /// The hash of a cell of the module, and what it names.
    pub(super) fn cell(&self, cell: &'m Cell) -> (Digest, References<'m>) {
        let mut writer = Definition::new(self, "lumen test cell v1");
        writer.text(self.module.id.as_str());
        writer.text(&cell.name);
        writer.number(cell.kind as u32);
        writer.number(u32::from(cell.generator));
        writer.generics(&cell.generics);
        writer.number(cell.parameters.len() as u32);
        for parameter in &cell.parameters {
            writer.text(&parameter.name);
            writer.ty(parameter.ty);
        }
        writer.ty(cell.result);
        writer.texts(&cell.effects);
        writer.number(u32::from(cell.registers));
        writer.code(&cell.code);
        for handler in &cell.handlers {
            [handler.start, handler.end, handler.target]
                .into_iter()
                .for_each(|offset| writer.number(offset));
        }
        writer.finish()
    }

    /// The hash of a record or an enum that the module declares, and what it names.
    pub(super) fn nominal(&self, nominal: &'m Nominal) -> (Digest, References<'m>) {
        let mut writer = Definition::new(self, "lumen test schema v1");
        writer.text(self.module.id.as_str());
        writer.text(&nominal.name);
        writer.parameters(&nominal.parameters);
        match &nominal.layout {
            Layout::Opaque => writer.number(0),
            Layout::Record { fields, constrained } => {
                writer.number(1 + u32::from(*constrained));
                for field in fields {
                    writer.text(&field.name);
                    writer.ty(field.ty);
                }
            }
            Layout::Enum { variants } => {
                writer.number(3);
                for variant in variants {
                    writer.text(&variant.name);
                    writer.types(&variant.payload);
                }
            }
        }
        writer.finish()
    }

    /// An entry of the type table, from those before it.
    fn define_type(&self, ty: &Type) -> (Digest, Vec<u32>) {
        let mut mentioned = BTreeSet::new();
        let mut hasher = PartHasher::new("lumen test type v1");
        let mut parts = |name: &str, parts: &[TypeId], is_sorted: bool| {
            hasher.part(name.as_bytes());
            let mut digests: Vec<Digest> = parts.iter().map(|part| self.type_digest(*part)).collect();
            if is_sorted {
                digests.sort_unstable();
            }
            digests.iter().for_each(|digest| _ = hasher.part(digest));
            let nominals = parts
                .iter()
                .filter_map(|part| self.mentioned.get(part.0 as usize));
            mentioned.extend(nominals.flatten().copied());
        };
        match ty {
            Type::Null => parts("Null", &[], false),
            Type::Bool => parts("Bool", &[], false),
            Type::Int => parts("Int", &[], false),
            Type::Float => parts("Float", &[], false),
            Type::String => parts("String", &[], false),
            Type::Bytes => parts("Bytes", &[], false),
            Type::Json => parts("Json", &[], false),
            Type::List(element) => parts("list", &[*element], false),
            Type::Set(element) => parts("set", &[*element], false),
            Type::Generator(element) => parts("generator", &[*element], false),
            Type::Map(key, value) => parts("map", &[*key, *value], false),
            Type::Result(value, error) => parts("result", &[*value, *error], false),
            Type::Tuple(elements) => parts("tuple", elements, false),
            // The order of members is that of the table, and means nothing.
            Type::Union(members) => parts("union", members, true),
            Type::Function(parameters, result) => {
                parts("function", parameters, false);
                parts("result", &[*result], false);
            }
            Type::Variable(position) => {
                hasher.part(b"variable").part(&position.to_le_bytes());
            }
            Type::Nominal(nominal, arguments) => {
                parts("nominal", arguments, false);
                mentioned.insert(nominal.0);
                if let Some(symbol) = self.nominal_symbol(nominal.0) {
                    hasher
                        .part(symbol.module.as_str().as_bytes())
                        .part(symbol.name.as_bytes());
                }
            }
        }
        (hasher.finish(), mentioned.into_iter().collect())
    }

    /// A type that is not there has the hash of nothing: such a module does not verify, and never runs.
    fn type_digest(&self, id: TypeId) -> Digest {
        self.types.get(id.0 as usize).copied().unwrap_or_default()
    }

    fn nominal_symbol(&self, position: u32) -> Option<Symbol<'m>> {
        let nominal = self.module.nominals.get(position as usize)?;
        let module = match &nominal.origin {
            Origin::Here => &self.module.id,
            Origin::Module(module) => module,
        };
        Some(Symbol {
            module,
            name: &nominal.name,
        })
    }
}

/// A definition that is being hashed.
struct Definition<'s, 'm> {
    symbols: &'s Symbols<'m>,
    hasher: PartHasher,
    references: References<'m>,
}

impl<'s, 'm> Definition<'s, 'm> {
    fn new(symbols: &'s Symbols<'m>, domain: &str) -> Definition<'s, 'm> {
        Definition {
            symbols,
            hasher: PartHasher::new(domain),
            references: References::default(),
        }
    }

    fn finish(self) -> (Digest, References<'m>) {
        (self.hasher.finish(), self.references)
    }

    fn text(&mut self, text: &str) {
        self.hasher.part(text.as_bytes());
    }

    fn number(&mut self, number: u32) {
        self.hasher.part(&number.to_le_bytes());
    }

    fn texts(&mut self, texts: &[String]) {
        self.number(texts.len() as u32);
        texts.iter().for_each(|text| self.text(text));
    }

    fn ty(&mut self, id: TypeId) {
        self.hasher.part(&self.symbols.type_digest(id));
        let mentioned = self.symbols.mentioned.get(id.0 as usize);
        for position in mentioned.into_iter().flatten() {
            let symbol = self.symbols.nominal_symbol(*position);
            let symbol = symbol.filter(|symbol| symbol.module.as_str() != PRELUDE);
            self.references.nominals.extend(symbol);
        }
    }

    fn types(&mut self, types: &[TypeId]) {
        self.number(types.len() as u32);
        types.iter().for_each(|ty| self.ty(*ty));
    }

    fn parameters(&mut self, parameters: &[TypeParameter]) {
        self.number(parameters.len() as u32);
        for parameter in parameters {
            self.text(&parameter.name);
            self.number(parameter.class as u32);
        }
    }

    fn generics(&mut self, generics: &Generics) {
        self.parameters(&generics.parameters);
        self.number(generics.methods.len() as u32);
        for method in &generics.methods {
            self.text(&method.name);
            self.types(&method.parameters);
            self.ty(method.result);
        }
    }

    /// Code that does not decode is hashed as it lies: such a module does not verify, and never runs.
    fn code(&mut self, code: &'m [u32]) {
        self.number(code.len() as u32);
        for (offset, instruction) in instructions(code) {
            match instruction {
                Ok(instruction) => self.instruction(code, offset, &instruction),
                Err(_) => self.words(code.get(offset..).unwrap_or_default()),
            }
        }
    }

    fn instruction(&mut self, code: &'m [u32], offset: usize, instruction: &Instruction<'_>) {
        let info = instruction.opcode.info();
        let words = code.get(offset..offset + instruction.length());
        let (head, tail) = words
            .and_then(|words| words.split_at_checked(info.format.head_words()))
            .unwrap_or_default();
        self.words(head.get(..1).unwrap_or_default());
        for (word, role) in [instruction.w, instruction.v].into_iter().zip(info.words) {
            self.operand(word, role);
        }
        self.words(tail);
    }

    fn words(&mut self, words: &[u32]) {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.hasher.part(&bytes);
    }

    fn operand(&mut self, word: u32, role: WordRole) {
        let module = self.symbols.module;
        match role {
            WordRole::None => {}
            WordRole::Constant => self.constant(module.constants.get(word as usize)),
            WordRole::Type => self.ty(TypeId(word)),
            WordRole::Cell => self.target(word, 0),
            WordRole::Tool => self.tool(word),
            WordRole::Policy => {
                let policy = module.policies.get(word as usize);
                self.tool(policy.map_or(u32::MAX, |policy| policy.tool));
                for (name, value) in policy.into_iter().flat_map(|policy| &policy.grants) {
                    self.text(name);
                    self.text(value);
                }
            }
            WordRole::Integer
            | WordRole::Jump
            | WordRole::Intrinsic
            | WordRole::Position
            | WordRole::Variant
            | WordRole::Count => self.number(word),
        }
    }

    fn constant(&mut self, constant: Option<&Constant>) {
        match constant {
            None => self.number(0),
            Some(Constant::Int(value)) => _ = self.hasher.part(b"Int").part(&value.to_le_bytes()),
            Some(Constant::Float(value)) => {
                _ = self.hasher.part(b"Float").part(&value.to_bits().to_le_bytes());
            }
            Some(Constant::String(value)) => _ = self.hasher.part(b"String").part(value.as_bytes()),
            Some(Constant::Bytes(value)) => _ = self.hasher.part(b"Bytes").part(value),
        }
    }

    fn tool(&mut self, position: u32) {
        if let Some(tool) = self.symbols.module.tools.get(position as usize) {
            self.text(&tool.alias);
            self.text(&tool.id);
            self.types(&tool.parameters);
            self.ty(tool.result);
        }
    }

    /// A cell, by name; an instance, by its cell and arguments; a method, by position.
    fn target(&mut self, operand: u32, nesting: u32) {
        let module = self.symbols.module;
        match module.target(operand) {
            Target::Cell(position) => {
                if let Some(cell) = module.cells.get(position) {
                    self.named(&module.id, &cell.name);
                }
            }
            Target::Imported(position) => {
                if let Some(cell) = module.imported_cells.get(position) {
                    self.named(&cell.module, &cell.name);
                }
            }
            Target::Method(position) => self.number(position as u32),
            Target::Instance(_) if nesting >= MAXIMUM_NESTING => {
                _ = self.hasher.part(&module.encode());
            }
            Target::Instance(position) => {
                if let Some(instance) = module.instances.get(position) {
                    self.text("instance");
                    self.target(instance.cell, nesting + 1);
                    self.types(&instance.types);
                    self.number(instance.methods.len() as u32);
                    for method in &instance.methods {
                        self.target(*method, nesting + 1);
                    }
                }
            }
        }
    }

    fn named(&mut self, module: &'m ModuleId, name: &'m str) {
        self.text(module.as_str());
        self.text(name);
        self.references.cells.insert(Symbol { module, name });
    }
}

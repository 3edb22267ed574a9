//! A readable listing of a module, for `lumen emit --disasm`, goldens and people.
//!
//! Deterministic, one instruction a line: word offset, name, operands by their roles in the opcode table, types and constants
//! in words. Works on any module; what has no meaning is shown by number. It is not read back; the JSON form is.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::json::{float_text, hex};
use super::notation::TypeNotation;
use super::{
    Cell, Constant, Format, HaltKind, Instruction, Intrinsic, LIR_VERSION, Layout, Module, NominalId, Opcode,
    Origin, PathStep, Role, Target, Type, TypeId, WordRole, instructions,
};

mod generics;

impl Module {
    /// The listing; ends with a line end.
    pub fn disassemble(&self) -> String {
        let mut listing = Listing {
            module: self,
            names: TypeNotation::new(self),
            text: String::new(),
        };
        listing.module();
        listing.text
    }
}

struct Listing<'m> {
    module: &'m Module,
    names: TypeNotation,
    text: String,
}

/// Appends a formatted line.
macro_rules! line {
    ($listing:expr, $($argument:tt)*) => {
        writeln!($listing.text, $($argument)*).expect("writing to a String does not fail")
    };
}

impl Listing<'_> {
    fn module(&mut self) {
        let module = self.module;
        line!(self, "module {} ; lir {LIR_VERSION}", word(module.id.as_str()));
        for index in 0..module.nominals.len() {
            self.nominal(NominalId(index as u32));
        }
        for cell in &module.imported_cells {
            let parameters = self.types(&cell.parameters);
            let (owner, name, result) = (word(cell.module.as_str()), word(&cell.name), self.ty(cell.result));
            line!(
                self,
                "import {name}{} ({parameters}) -> {result}{} ; {owner}",
                self.generics(&cell.generics),
                effects(&cell.effects)
            );
        }
        for tool in &module.tools {
            let parameters = self.types(&tool.parameters);
            let result = self.ty(tool.result);
            line!(
                self,
                "tool {} ({parameters}) -> {result} ; {}",
                word(&tool.alias),
                word(&tool.id)
            );
        }
        for (index, policy) in module.policies.iter().enumerate() {
            let grants = policy
                .grants
                .iter()
                .map(|(name, value)| format!(" {} {}", word(name), word(value)));
            let tool = self.tool(policy.tool);
            line!(self, "policy {index} of {tool}{}", grants.collect::<String>());
        }
        module.cells.iter().for_each(|cell| self.cell(cell));
    }

    fn nominal(&mut self, id: NominalId) {
        let nominal = &self.module.nominals[id.0 as usize];
        let generics = generics::type_parameters(&nominal.parameters);
        let name = self.names.nominal(id).unwrap_or_default().to_owned();
        let alias = if name == nominal.name {
            String::new()
        } else {
            format!(" {}", word(&nominal.name))
        };
        let origin = match &nominal.origin {
            Origin::Here => String::new(),
            Origin::Module(id) => format!(" ; {}", word(id.as_str())),
        };
        match &nominal.layout {
            Layout::Opaque => line!(self, "opaque {name}{alias}{generics}{origin}"),
            Layout::Record { fields, constrained } => {
                let kind = if *constrained {
                    "constrained record"
                } else {
                    "record"
                };
                let fields = fields
                    .iter()
                    .map(|field| format!("{}: {}", word(&field.name), self.ty(field.ty)));
                let fields = fields.collect::<Vec<_>>().join(", ");
                line!(self, "{kind} {name}{alias}{generics}({fields}){origin}");
            }
            Layout::Enum { variants } => {
                let variants = variants.iter().map(|variant| match &variant.payload[..] {
                    [] => word(&variant.name),
                    payload => format!("{}({})", word(&variant.name), self.types(payload)),
                });
                let variants = variants.collect::<Vec<_>>().join(" | ");
                line!(self, "enum {name}{alias}{generics} = {variants}{origin}");
            }
        }
    }

    fn cell(&mut self, cell: &Cell) {
        let parameters = cell.parameters.iter().zip(0..);
        let parameters = parameters.map(|(parameter, register): (_, u32)| {
            format!("r{register} {}: {}", word(&parameter.name), self.ty(parameter.ty))
        });
        let parameters = parameters.collect::<Vec<_>>().join(", ");
        let public = if cell.public { "pub " } else { "" };
        let (name, result, effects) = (word(&cell.name), self.ty(cell.result), effects(&cell.effects));
        let (kind, registers) = (cell.kind.name(), cell.registers);
        let generics = self.generics(&cell.generics);
        let cell_word = if cell.generator { "generator" } else { "cell" };
        line!(self, "");
        line!(
            self,
            "{public}{cell_word} {name}{generics} ({parameters}) -> {result}{effects} ; {kind}, {registers} registers"
        );
        let targets: BTreeSet<i64> = instructions(&cell.code)
            .filter_map(|(offset, decoded)| Some((offset, decoded.ok()?)))
            .flat_map(|(offset, instruction)| instruction.jump_targets(offset))
            .chain(cell.handlers.iter().map(|handler| i64::from(handler.target)))
            .collect();
        for handler in &cell.handlers {
            let (start, end, target) = (handler.start, handler.end, handler.target);
            line!(self, "  ; failures in {start}..{end} lead to L{target}");
        }
        for (offset, decoded) in instructions(&cell.code) {
            if targets.contains(&(offset as i64)) {
                line!(self, "L{offset}:");
            }
            match decoded {
                Ok(instruction) => self.instruction(offset, &instruction),
                Err(error) => {
                    line!(self, "  ; word {offset}: {error}");
                    cell.code[offset..]
                        .iter()
                        .for_each(|word| line!(self, "  {word:#010x}"));
                }
            }
        }
    }

    fn instruction(&mut self, offset: usize, instruction: &Instruction<'_>) {
        let info = instruction.opcode.info();
        let mut operands = Vec::new();
        for (byte, role) in [instruction.a, instruction.b, instruction.c]
            .into_iter()
            .zip(info.bytes)
        {
            match role {
                Role::None | Role::Count => {}
                Role::Write | Role::Read | Role::Update => operands.push(format!("r{byte}")),
                Role::Immediate => operands.push(byte.to_string()),
            }
        }
        let targets: Vec<String> = instruction
            .jump_targets(offset)
            .map(|target| format!("L{target}"))
            .collect();
        for (word, role) in [instruction.w, instruction.v].into_iter().zip(info.words) {
            operands.extend(self.word_operand(word, role, &targets));
        }
        match info.format {
            Format::AbcTable => operands.push(format!("[{}]", targets.join(", "))),
            Format::AbcPath => operands.push(instruction.path().map(step).collect()),
            _ if info.bytes[2] == Role::Count => {
                let arguments = instruction.arguments().map(|register| format!("r{register}"));
                operands.push(format!("({})", arguments.collect::<Vec<_>>().join(", ")));
            }
            _ => {}
        }
        let note = self.note(instruction);
        line!(
            self,
            "  {offset:>5}  {:<13} {}{note}",
            info.name,
            operands.join(", ")
        );
    }

    fn word_operand(&self, number: u32, role: WordRole, targets: &[String]) -> Option<String> {
        Some(match role {
            WordRole::None | WordRole::Count => return None,
            WordRole::Jump => targets.first()?.clone(),
            WordRole::Integer => (number as i32).to_string(),
            WordRole::Constant => match self.module.constants.get(number as usize) {
                Some(constant) => literal(constant),
                None => format!("constant#{number}"),
            },
            WordRole::Type => self.ty(TypeId(number)),
            WordRole::Cell => self.callee(number),
            WordRole::Intrinsic => match Intrinsic::from_number(number) {
                Some(intrinsic) => intrinsic.info().name.to_owned(),
                None => format!("intrinsic#{number}"),
            },
            WordRole::Position | WordRole::Variant => format!("#{number}"),
            WordRole::Tool => self.tool(number),
            WordRole::Policy => format!("policy {number}"),
        })
    }

    /// A comment where a number stands for a name.
    fn note(&self, instruction: &Instruction<'_>) -> String {
        let name = match instruction.opcode {
            Opcode::Halt => {
                HaltKind::from_number(instruction.b).map(|kind| format!("{kind:?}").to_lowercase())
            }
            Opcode::Variant => self.variant(TypeId(instruction.w), instruction.v),
            _ => None,
        };
        name.map_or_else(String::new, |name| format!(" ; {name}"))
    }

    fn variant(&self, ty: TypeId, variant: u32) -> Option<String> {
        match self.module.types.get(ty.0 as usize)? {
            Type::Result(..) => ["ok", "err"].get(variant as usize).map(|&name| name.to_owned()),
            Type::Nominal(nominal, _) => match &self.module.nominals.get(nominal.0 as usize)?.layout {
                Layout::Enum { variants } => Some(word(&variants.get(variant as usize)?.name)),
                _ => None,
            },
            _ => None,
        }
    }

    fn ty(&self, id: TypeId) -> String {
        self.names.show(id)
    }

    fn types(&self, ids: &[TypeId]) -> String {
        ids.iter().map(|&id| self.ty(id)).collect::<Vec<_>>().join(", ")
    }

    fn callee(&self, index: u32) -> String {
        let position = index as usize;
        let module = self.module;
        if let Some(cell) = module.cells.get(position) {
            return word(&cell.name);
        }
        match module.target(index) {
            Target::Imported(position) => word(&module.imported_cells[position].name),
            Target::Instance(position) => self.instance(&module.instances[position]),
            Target::Method(position) => format!("method#{position}"),
            Target::Cell(_) => format!("cell#{index}"),
        }
    }

    fn tool(&self, index: u32) -> String {
        let tool = self.module.tools.get(index as usize);
        tool.map_or_else(|| format!("tool#{index}"), |tool| word(&tool.alias))
    }
}

/// A name as it is, or quoted if it could be taken for something else.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_.:@/-".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn literal(constant: &Constant) -> String {
    match constant {
        Constant::Int(value) => value.to_string(),
        Constant::Float(value) => float_text(*value),
        Constant::String(value) => quoted(value),
        Constant::Bytes(value) => format!("b\"{}\"", hex(value)),
    }
}

fn effects(effects: &[String]) -> String {
    if effects.is_empty() {
        return String::new();
    }
    let names: Vec<String> = effects.iter().map(|effect| word(effect)).collect();
    format!(" / {{{}}}", names.join(", "))
}

fn step(step: PathStep) -> String {
    match step {
        PathStep::Position(position) => format!(".{position}"),
        PathStep::Index(register) => format!("[r{register}]"),
    }
}

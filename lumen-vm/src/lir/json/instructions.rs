//! Code in JSON: an array of instructions, each an object of its name and its operands.
//!
//! Which operands, and under which keys, follows from the opcode table: `a`, `b`, `c` for bytes, for words the key of their
//! role, `arguments` and `path` for what follows them. `to` is a label, or a list of labels for `switch`; a number is read as
//! a word offset. Code that is not made of instructions is written as `{"words": [...]}`.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};

use super::JsonError;
use super::cursor::Cursor;
use super::reader::Tables;
use super::writer::Names;
use crate::lir::{
    Assembler, Format, Instruction, Intrinsic, Label, Opcode, OpcodeInfo, PathStep, Role, TypeId, WordRole,
    instructions,
};

const BYTE_KEYS: [&str; 3] = ["a", "b", "c"];

/// The key of a word operand; none if it is written with the jump or not at all.
fn word_key(role: WordRole) -> Option<&'static str> {
    match role {
        WordRole::None | WordRole::Count => None,
        WordRole::Jump => Some("to"),
        WordRole::Integer => Some("value"),
        WordRole::Constant => Some("constant"),
        WordRole::Type => Some("type"),
        WordRole::Cell => Some("cell"),
        WordRole::Intrinsic => Some("intrinsic"),
        WordRole::Position => Some("position"),
        WordRole::Variant => Some("variant"),
        WordRole::Tool => Some("tool"),
        WordRole::Policy => Some("policy"),
    }
}

/// The name of the label at a word offset.
fn label_name(offset: usize) -> String {
    format!("L{offset}")
}

pub(super) fn write(code: &[u32], names: &Names<'_>) -> Value {
    match decode(code) {
        Some((decoded, targets)) => {
            let list = decoded.iter().map(|&(offset, instruction)| {
                let mut object = operands(&instruction, offset, names);
                if targets.contains(&offset) {
                    object.insert("label".to_owned(), json!(label_name(offset)));
                }
                Value::Object(object)
            });
            list.collect()
        }
        None => json!({ "words": code }),
    }
}

type Decoded<'a> = (Vec<(usize, Instruction<'a>)>, BTreeSet<usize>);

/// The instructions and the jump targets, if the code decodes and every jump leads to an instruction.
fn decode(code: &[u32]) -> Option<Decoded<'_>> {
    let mut list = Vec::new();
    let mut targets = BTreeSet::new();
    for (offset, decoded) in instructions(code) {
        let instruction = decoded.ok()?;
        for target in instruction.jump_targets(offset) {
            targets.insert(usize::try_from(target).ok()?);
        }
        list.push((offset, instruction));
    }
    let lands = |target: &usize| list.binary_search_by_key(target, |(offset, _)| *offset).is_ok();
    targets.iter().all(lands).then_some((list, targets))
}

fn operands(instruction: &Instruction<'_>, offset: usize, names: &Names<'_>) -> Map<String, Value> {
    let info = instruction.opcode.info();
    let mut object = Map::new();
    object.insert("op".to_owned(), json!(info.name));
    let bytes = [instruction.a, instruction.b, instruction.c];
    for ((key, byte), role) in BYTE_KEYS.into_iter().zip(bytes).zip(info.bytes) {
        match role {
            Role::None => {}
            Role::Write | Role::Read | Role::Update | Role::Immediate => {
                object.insert(key.to_owned(), json!(byte));
            }
            Role::Count if info.format == Format::AbcPath => {
                object.insert("path".to_owned(), instruction.path().map(step).collect());
            }
            Role::Count => {
                object.insert("arguments".to_owned(), instruction.arguments().collect());
            }
        }
    }
    let labels = instruction
        .jump_targets(offset)
        .map(|target| json!(label_name(target as usize)));
    if info.format == Format::AbcTable {
        object.insert("to".to_owned(), labels.clone().collect());
    }
    for (word, role) in [instruction.w, instruction.v].into_iter().zip(info.words) {
        let Some(key) = word_key(role) else { continue };
        let value = match role {
            WordRole::Integer => json!(word as i32),
            WordRole::Constant => names.constant(word),
            WordRole::Type => names.ty(TypeId(word)),
            WordRole::Jump => labels.clone().collect::<Vec<_>>().swap_remove(0),
            WordRole::Cell => names.cell_reference(word),
            WordRole::Intrinsic => match Intrinsic::from_number(word) {
                Some(intrinsic) => json!(intrinsic.info().name),
                None => json!(word),
            },
            WordRole::Tool => names.tool_reference(word),
            _ => json!(word),
        };
        object.insert(key.to_owned(), value);
    }
    object
}

fn step(step: PathStep) -> Value {
    match step {
        PathStep::Position(position) => json!({ "position": position }),
        PathStep::Index(register) => json!({ "index": register }),
    }
}

/// One more than the greatest register that the code mentions.
pub(super) fn registers(code: &[u32]) -> u16 {
    let mentioned = instructions(code)
        .filter_map(|(_, decoded)| decoded.ok())
        .filter_map(|instruction| instruction.reads().chain(instruction.writes()).max());
    mentioned.max().map_or(0, |greatest| u16::from(greatest) + 1)
}

pub(super) fn read(cursor: &Cursor<'_>, tables: &mut Tables) -> Result<Vec<u32>, JsonError> {
    if cursor.is_object() {
        cursor.keys(&["words"])?;
        return cursor
            .need("words")?
            .items()?
            .map(|word| word.integer())
            .collect();
    }
    let mut reader = CodeReader {
        code: Assembler::new(),
        labels: FxHashMap::default(),
        tables,
    };
    let items: Vec<Cursor<'_>> = cursor.items()?.collect();
    for item in &items {
        if let Some(label) = item.get("label") {
            let name = label.text()?;
            let place = reader.code.label();
            if reader.labels.insert(name.to_owned(), place).is_some() {
                return Err(label.error(format!("the label `{name}` stands twice")));
            }
        }
    }
    for item in &items {
        reader.instruction(item)?;
    }
    Ok(reader.code.finish())
}

/// Assembles the code of one cell.
struct CodeReader<'t> {
    code: Assembler,
    labels: FxHashMap<String, Label>,
    tables: &'t mut Tables,
}

impl CodeReader<'_> {
    fn instruction(&mut self, cursor: &Cursor<'_>) -> Result<(), JsonError> {
        if let Some(label) = cursor.get("label") {
            let label = self.labels[label.text()?];
            self.code.bind(label);
        }
        let name = cursor.need("op")?;
        let text = name.text()?;
        let info = Opcode::TABLE.iter().find(|row| row.name == text);
        let info = info.ok_or_else(|| name.error(format!("unknown opcode `{text}`")))?;
        cursor.keys(&known_keys(info))?;
        let [a, b, c] = self.bytes(cursor, info)?;
        let opcode = info.opcode;
        match info.format {
            Format::Abc => {
                self.tables.imply(opcode, 0);
                self.code.plain(opcode, a, b, c);
            }
            Format::AbcW if info.words[0] == WordRole::Jump => {
                let to = self.target(&cursor.need("to")?)?;
                match opcode {
                    Opcode::Next => self.code.next(a, b, to),
                    _ => self.code.jump(opcode, a, to),
                }
            }
            Format::AbcW => {
                let w = self.word(cursor, info.words[0])?;
                self.tables.imply(opcode, w);
                self.code.word(opcode, a, b, w);
            }
            Format::AbcWArgs => {
                let w = self.word(cursor, info.words[0])?;
                self.code.arguments(opcode, a, b, w, &registers_in(cursor, info)?);
            }
            Format::AbcWvArgs => {
                let words = [
                    self.word(cursor, info.words[0])?,
                    self.word(cursor, info.words[1])?,
                ];
                self.code
                    .words_arguments(opcode, a, b, words, &registers_in(cursor, info)?);
            }
            Format::AbcPath => {
                let path = cursor.need("path")?;
                let steps = path
                    .items()?
                    .map(|step| read_step(&step))
                    .collect::<Result<Vec<_>, _>>()?;
                check_count(&path, steps.len())?;
                self.code.path(opcode, a, b, &steps);
            }
            Format::AbcTable => {
                let to = cursor.need("to")?;
                let table = to
                    .items()?
                    .map(|entry| self.target(&entry))
                    .collect::<Result<Vec<_>, _>>()?;
                self.code.switch(a, &table);
            }
        }
        Ok(())
    }

    fn bytes(&self, cursor: &Cursor<'_>, info: &OpcodeInfo) -> Result<[u8; 3], JsonError> {
        let mut bytes = [0; 3];
        for ((byte, key), role) in bytes.iter_mut().zip(BYTE_KEYS).zip(info.bytes) {
            if !matches!(role, Role::None | Role::Count) {
                *byte = cursor.need(key)?.integer()?;
            }
        }
        Ok(bytes)
    }

    fn word(&mut self, cursor: &Cursor<'_>, role: WordRole) -> Result<u32, JsonError> {
        let Some(key) = word_key(role) else { return Ok(0) };
        let value = cursor.need(key)?;
        match role {
            WordRole::Integer => Ok(value.integer::<i32>()? as u32),
            WordRole::Constant => self.tables.constant(&value),
            WordRole::Type => Ok(self.tables.ty(&value)?.0),
            WordRole::Cell => self.tables.cell_reference(&value),
            WordRole::Tool => self.tables.tool_reference(&value),
            WordRole::Intrinsic => match value.as_text() {
                Some(name) => {
                    let row = Intrinsic::TABLE.iter().find(|row| row.name == name);
                    let row = row.ok_or_else(|| value.error(format!("unknown intrinsic `{name}`")))?;
                    Ok(row.intrinsic as u32)
                }
                None => value.integer(),
            },
            _ => value.integer(),
        }
    }

    /// A label, or a word offset within the first 2³⁰.
    fn target(&mut self, cursor: &Cursor<'_>) -> Result<Label, JsonError> {
        if let Some(name) = cursor.as_text() {
            let label = self.labels.get(name).copied();
            return label.ok_or_else(|| cursor.error(format!("no instruction has the label `{name}`")));
        }
        let offset: u32 = cursor.integer()?;
        if offset >= 1 << 30 {
            return Err(cursor.error(format!("{offset} is out of range here")));
        }
        Ok(self.code.label_at(offset as usize))
    }
}

/// The keys that an instruction may have.
fn known_keys(info: &OpcodeInfo) -> Vec<&'static str> {
    let mut keys = vec!["op", "label"];
    for (key, role) in BYTE_KEYS.into_iter().zip(info.bytes) {
        match role {
            Role::None => {}
            Role::Count if info.format == Format::AbcPath => keys.push("path"),
            Role::Count => keys.push("arguments"),
            _ => keys.push(key),
        }
    }
    if info.format == Format::AbcTable {
        keys.push("to");
    }
    keys.extend(info.words.into_iter().filter_map(word_key));
    keys
}

/// The argument registers, if the opcode has arguments.
fn registers_in(cursor: &Cursor<'_>, info: &OpcodeInfo) -> Result<Vec<u8>, JsonError> {
    if info.bytes[2] != Role::Count {
        return Ok(Vec::new());
    }
    let arguments = cursor.need("arguments")?;
    let registers = arguments
        .items()?
        .map(|register| register.integer())
        .collect::<Result<Vec<_>, _>>()?;
    check_count(&arguments, registers.len())?;
    Ok(registers)
}

fn check_count(cursor: &Cursor<'_>, count: usize) -> Result<(), JsonError> {
    if count <= 255 {
        Ok(())
    } else {
        Err(cursor.error(format!("{count} entries, of at most 255")))
    }
}

fn read_step(cursor: &Cursor<'_>) -> Result<PathStep, JsonError> {
    let kind = cursor.only_key()?;
    let value = cursor.need(kind)?;
    match kind {
        "index" => Ok(PathStep::Index(value.integer()?)),
        "position" => match value.integer::<u32>()? {
            position if position < 1 << 24 => Ok(PathStep::Position(position)),
            position => Err(value.error(format!("{position} is out of range here"))),
        },
        _ => Err(cursor.error(format!(
            "unknown path step `{kind}`; there are position and index"
        ))),
    }
}

//! The encoder: appends instructions to the code of a cell and resolves labels to jump offsets.
//!
//! The compiler and the JSON form write code through it. It checks only what would make the words undecodable; a program
//! that makes no sense is the verifier's to refuse.

use super::{Format, Opcode, PathStep};

/// A place in the code of one [`Assembler`], bound now or later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label(u32);

/// Builds the code of one cell.
///
/// ```
/// use lumen_vm::lir::{Assembler, Opcode};
/// let mut code = Assembler::new();
/// let end = code.label();
/// code.jump(Opcode::JumpIf, 0, end);
/// code.word(Opcode::LoadInt, 1, 0, 7);
/// code.bind(end);
/// code.plain(Opcode::Return, 1, 0, 0);
/// assert_eq!(code.finish()[1], 2); // two words lie between the jump's end and `end`
/// ```
#[derive(Clone, Debug, Default)]
pub struct Assembler {
    words: Vec<u32>,
    /// Word offset of each label, once bound.
    labels: Vec<Option<usize>>,
    patches: Vec<Patch>,
}

/// A jump offset to fill in.
#[derive(Clone, Copy, Debug)]
struct Patch {
    /// Index of the word that holds the offset.
    word: usize,
    /// Word offset of the end of the jumping instruction.
    end: usize,
    label: Label,
}

impl Assembler {
    /// An empty cell.
    pub fn new() -> Assembler {
        Assembler::default()
    }

    /// Word offset of the next instruction.
    pub fn offset(&self) -> usize {
        self.words.len()
    }

    /// A new label, not bound yet.
    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label((self.labels.len() - 1) as u32)
    }

    /// A new label at a word offset that is known already, even if no instruction will start there.
    pub fn label_at(&mut self, offset: usize) -> Label {
        let label = self.label();
        self.labels[label.0 as usize] = Some(offset);
        label
    }

    /// Binds a label to the next instruction.
    ///
    /// # Panics
    /// If it is bound already.
    pub fn bind(&mut self, label: Label) {
        let place = &mut self.labels[label.0 as usize];
        assert!(place.is_none(), "a label is bound once");
        *place = Some(self.words.len());
    }

    /// Appends an instruction of format [`Format::Abc`].
    ///
    /// # Panics
    /// If the opcode has another format; so do the other emitters.
    pub fn plain(&mut self, opcode: Opcode, a: u8, b: u8, c: u8) {
        self.head(opcode, Format::Abc, [a, b, c]);
    }

    /// Appends an instruction of format [`Format::AbcW`].
    pub fn word(&mut self, opcode: Opcode, a: u8, b: u8, w: u32) {
        self.head(opcode, Format::AbcW, [a, b, 0]);
        self.words.push(w);
    }

    /// Appends an instruction of format [`Format::AbcWArgs`], with at most 255 arguments.
    pub fn arguments(&mut self, opcode: Opcode, a: u8, b: u8, w: u32, arguments: &[u8]) {
        self.head(opcode, Format::AbcWArgs, [a, b, count(arguments.len())]);
        self.words.push(w);
        self.pack(arguments);
    }

    /// Appends an instruction of format [`Format::AbcWvArgs`], with at most 255 arguments.
    pub fn words_arguments(&mut self, opcode: Opcode, a: u8, b: u8, [w, v]: [u32; 2], arguments: &[u8]) {
        self.head(opcode, Format::AbcWvArgs, [a, b, count(arguments.len())]);
        self.words.extend([w, v]);
        self.pack(arguments);
    }

    /// Appends an instruction of format [`Format::AbcPath`], with at most 255 steps.
    pub fn path(&mut self, opcode: Opcode, a: u8, b: u8, path: &[PathStep]) {
        self.head(opcode, Format::AbcPath, [a, b, count(path.len())]);
        self.words.extend(path.iter().map(|step| step.encode()));
    }

    /// Appends `jump`, `jump_if` or `jump_if_not`; `a` is the condition, 0 for `jump`.
    pub fn jump(&mut self, opcode: Opcode, a: u8, to: Label) {
        self.jump_with(opcode, a, 0, to);
    }

    /// Appends a `next` that writes `a` and asks generator `b`; at its end control goes on at `to`.
    pub fn next(&mut self, a: u8, b: u8, to: Label) {
        self.jump_with(Opcode::Next, a, b, to);
    }

    fn jump_with(&mut self, opcode: Opcode, a: u8, b: u8, to: Label) {
        self.word(opcode, a, b, 0);
        let end = self.words.len();
        self.patches.push(Patch {
            word: end - 1,
            end,
            label: to,
        });
    }

    /// Appends a `switch` on register `a` with a table of labels.
    pub fn switch(&mut self, a: u8, table: &[Label]) {
        self.head(Opcode::Switch, Format::AbcTable, [a, 0, 0]);
        self.words
            .push(u32::try_from(table.len()).expect("a table has fewer than 2^32 entries"));
        let start = self.words.len();
        self.words.resize(start + table.len(), 0);
        let end = self.words.len();
        self.patches
            .extend(table.iter().enumerate().map(|(index, &label)| Patch {
                word: start + index,
                end,
                label,
            }));
    }

    /// The code, with all jump offsets filled in.
    ///
    /// # Panics
    /// If a label that a jump names is not bound.
    pub fn finish(mut self) -> Vec<u32> {
        for patch in &self.patches {
            let target = self.labels[patch.label.0 as usize].expect("every label that is used is bound");
            let offset = target as i64 - patch.end as i64;
            self.words[patch.word] = i32::try_from(offset).expect("a cell has fewer than 2^31 words") as u32;
        }
        self.words
    }

    fn head(&mut self, opcode: Opcode, format: Format, [a, b, c]: [u8; 3]) {
        assert_eq!(
            opcode.info().format,
            format,
            "`{}` has another format",
            opcode.info().name
        );
        self.words.push(u32::from_le_bytes([opcode as u8, a, b, c]));
    }

    fn pack(&mut self, arguments: &[u8]) {
        for chunk in arguments.chunks(4) {
            let mut bytes = [0; 4];
            bytes[..chunk.len()].copy_from_slice(chunk);
            self.words.push(u32::from_le_bytes(bytes));
        }
    }
}

fn count(length: usize) -> u8 {
    u8::try_from(length).expect("an instruction has at most 255 arguments or path steps")
}

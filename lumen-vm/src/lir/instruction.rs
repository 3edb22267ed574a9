//! Decoding of cell code into instructions, driven by the opcode table.
//!
//! Decoding is strict: every instruction has exactly one encoding, so unused operand bytes, padding of argument words and
//! unused bits of path steps must be zero. It looks at one instruction at a time; whether registers, indexes and jump
//! targets make sense is the verifier's question. The verifier, the loader, the disassembler and the JSON form read code
//! through it; [`super::Assembler`] writes code.

use super::{Format, Opcode, Role};

/// One decoded instruction. Operands that its format lacks are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction<'a> {
    /// What it does.
    pub opcode: Opcode,
    /// Operand A: a register, if the opcode has one.
    pub a: u8,
    /// Operand B: a register or an immediate, as the opcode's row says.
    pub b: u8,
    /// Operand C: a register or the length of the argument list or path.
    pub c: u8,
    /// First operand word; jump offsets and integers are its two's complement reading.
    pub w: u32,
    /// Second operand word.
    pub v: u32,
    /// What follows the operand words: packed arguments, path steps or jump offsets.
    tail: &'a [u32],
}

/// One step of the path of a `store`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PathStep {
    /// Field or tuple element at this position, below 2²⁴.
    Position(u32),
    /// List index or map key in this register.
    Index(u8),
}

/// Why words do not decode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// No opcode has this number.
    #[error("{0} is not an opcode")]
    UnknownOpcode(u8),
    /// The code ends inside the instruction.
    #[error("the code ends inside this `{}` instruction", .0.info().name)]
    Truncated(Opcode),
    /// An operand byte that the opcode does not use, or padding of the argument list, is not zero.
    #[error("an unused byte of this `{}` instruction is not zero", .0.info().name)]
    UnusedNotZero(Opcode),
    /// A path step has an unknown kind or stray bits.
    #[error("{0:#010x} is not a path step")]
    BadPathStep(u32),
}

const STEP_INDEX: u32 = 1 << 24;

impl PathStep {
    /// The step as a code word. Positions are cut to 24 bits.
    pub fn encode(self) -> u32 {
        match self {
            PathStep::Position(position) => position & (STEP_INDEX - 1),
            PathStep::Index(register) => STEP_INDEX | u32::from(register),
        }
    }

    /// The step that a code word is, if it is one.
    pub fn decode(word: u32) -> Option<PathStep> {
        let [low, second, third, kind] = word.to_le_bytes();
        match (kind, second, third) {
            (0, _, _) => Some(PathStep::Position(word)),
            (1, 0, 0) => Some(PathStep::Index(low)),
            _ => None,
        }
    }
}

impl<'a> Instruction<'a> {
    /// Decodes the instruction that starts at word `offset` of `code`; `None` at or past the end.
    pub fn decode(code: &'a [u32], offset: usize) -> Option<Result<Instruction<'a>, DecodeError>> {
        let words = code.get(offset..).filter(|words| !words.is_empty())?;
        Some(Self::decode_first(words))
    }

    fn decode_first(words: &'a [u32]) -> Result<Instruction<'a>, DecodeError> {
        let [number, a, b, c] = words[0].to_le_bytes();
        let opcode = Opcode::from_number(number).ok_or(DecodeError::UnknownOpcode(number))?;
        let info = opcode.info();
        for (byte, role) in [a, b, c].into_iter().zip(info.bytes) {
            if role == Role::None && byte != 0 {
                return Err(DecodeError::UnusedNotZero(opcode));
            }
        }
        let word = |index: usize| words.get(index).copied().ok_or(DecodeError::Truncated(opcode));
        let head = info.format.head_words();
        let w = if head > 1 { word(1)? } else { 0 };
        let v = if head > 2 { word(2)? } else { 0 };
        let tail_words = match info.format {
            Format::Abc | Format::AbcW => 0,
            Format::AbcWArgs | Format::AbcWvArgs => usize::from(c).div_ceil(4),
            Format::AbcPath => usize::from(c),
            Format::AbcTable => w as usize,
        };
        let tail = words
            .get(head..)
            .and_then(|rest| rest.get(..tail_words))
            .ok_or(DecodeError::Truncated(opcode))?;
        let instruction = Instruction {
            opcode,
            a,
            b,
            c,
            w,
            v,
            tail,
        };
        instruction.check_tail()?;
        Ok(instruction)
    }

    fn check_tail(&self) -> Result<(), DecodeError> {
        match self.opcode.info().format {
            Format::AbcWArgs | Format::AbcWvArgs => {
                let used = usize::from(self.c) % 4;
                match self.tail.last() {
                    Some(last) if used != 0 && last >> (8 * used) != 0 => {
                        Err(DecodeError::UnusedNotZero(self.opcode))
                    }
                    _ => Ok(()),
                }
            }
            Format::AbcPath => match self.tail.iter().find(|word| PathStep::decode(**word).is_none()) {
                Some(&word) => Err(DecodeError::BadPathStep(word)),
                None => Ok(()),
            },
            Format::Abc | Format::AbcW | Format::AbcTable => Ok(()),
        }
    }

    /// Length in words, at least one.
    pub fn length(&self) -> usize {
        self.opcode.info().format.head_words() + self.tail.len()
    }

    /// The argument registers, in order; empty for opcodes without arguments.
    pub fn arguments(&self) -> impl ExactSizeIterator<Item = u8> + Clone + use<'a> {
        let count = match self.opcode.info().format {
            Format::AbcWArgs | Format::AbcWvArgs => usize::from(self.c),
            _ => 0,
        };
        let tail = self.tail;
        (0..count).map(move |index| tail[index / 4].to_le_bytes()[index % 4])
    }

    /// The path steps of a `store`, in order; empty for other opcodes.
    pub fn path(&self) -> impl ExactSizeIterator<Item = PathStep> + Clone + use<'a> {
        let tail = match self.opcode.info().format {
            Format::AbcPath => self.tail,
            _ => &[],
        };
        tail.iter()
            .map(|&word| PathStep::decode(word).expect("decoding has checked the steps"))
    }

    /// The jump offsets of the instruction, from its own end: none, one, or the table of a `switch`.
    pub fn jump_offsets(&self) -> impl ExactSizeIterator<Item = i32> + Clone + use<'a> {
        let table = match self.opcode.info().format {
            Format::AbcTable => self.tail,
            _ => &[],
        };
        let single = self.opcode.info().words[0] == super::WordRole::Jump;
        let w = self.w;
        let count = if single { 1 } else { table.len() };
        (0..count).map(move |index| if single { w as i32 } else { table[index] as i32 })
    }

    /// The jump targets as word offsets of the cell, for an instruction that starts at `offset`. Outside the code if the
    /// code is wrong.
    pub fn jump_targets(&self, offset: usize) -> impl ExactSizeIterator<Item = i64> + Clone + use<'a> {
        let end = (offset + self.length()) as i64;
        self.jump_offsets().map(move |jump| end + i64::from(jump))
    }

    /// Whether control may reach the instruction behind it: not so for `jump`, `switch`, `return`, `halt` and
    /// `rethrow`.
    pub fn falls_through(&self) -> bool {
        !matches!(
            self.opcode,
            Opcode::Jump | Opcode::Switch | Opcode::Return | Opcode::Halt | Opcode::Rethrow
        )
    }

    /// The registers that it reads: operands, then arguments, then the registers of path steps. An `Update` operand counts.
    pub fn reads(&self) -> impl Iterator<Item = u8> + Clone + use<'a> {
        let roles = self.opcode.info().bytes;
        let operands = [self.a, self.b, self.c]
            .into_iter()
            .zip(roles)
            .filter(|(_, role)| matches!(role, Role::Read | Role::Update))
            .map(|(register, _)| register);
        let steps = self.path().filter_map(|step| match step {
            PathStep::Index(register) => Some(register),
            PathStep::Position(_) => None,
        });
        operands.chain(self.arguments()).chain(steps)
    }

    /// The register that it writes, if any; always A.
    pub fn writes(&self) -> Option<u8> {
        matches!(self.opcode.info().bytes[0], Role::Write | Role::Update).then_some(self.a)
    }
}

/// The instructions of a cell in order, each with its word offset; ends after the first error.
pub fn instructions(code: &[u32]) -> impl Iterator<Item = (usize, Result<Instruction<'_>, DecodeError>)> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let offset = next?;
        let decoded = Instruction::decode(code, offset)?;
        next = decoded.ok().map(|instruction| offset + instruction.length());
        Some((offset, decoded))
    })
}

impl Format {
    /// Number of words before the tail: the first and the operand words.
    pub fn head_words(self) -> usize {
        match self {
            Format::Abc | Format::AbcPath => 1,
            Format::AbcW | Format::AbcWArgs | Format::AbcTable => 2,
            Format::AbcWvArgs => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lir::Assembler;

    /// Writes a decoded instruction again, from its public parts alone.
    fn reencode(instruction: &Instruction<'_>) -> Vec<u32> {
        let Instruction {
            opcode,
            a,
            b,
            c,
            w,
            v,
            ..
        } = *instruction;
        let arguments: Vec<u8> = instruction.arguments().collect();
        let path: Vec<PathStep> = instruction.path().collect();
        let mut code = Assembler::new();
        match opcode.info().format {
            Format::Abc => code.plain(opcode, a, b, c),
            Format::AbcW => code.word(opcode, a, b, w),
            Format::AbcWArgs => code.arguments(opcode, a, b, w, &arguments),
            Format::AbcWvArgs => code.words_arguments(opcode, a, b, [w, v], &arguments),
            Format::AbcPath => code.path(opcode, a, b, &path),
            Format::AbcTable => {
                let mut words = vec![u32::from_le_bytes([opcode as u8, a, b, c]), w];
                words.extend(instruction.jump_offsets().map(|offset| offset as u32));
                return words;
            }
        }
        code.finish()
    }

    /// Words that are instructions more often than chance has it.
    fn words() -> impl Strategy<Value = Vec<u32>> {
        let word = prop_oneof![
            (0..50u8, 0..6u8, 0..6u8, 0..10u8).prop_map(|(op, a, b, c)| u32::from_le_bytes([op, a, b, c])),
            0..5u32,
            any::<u32>(),
        ];
        prop::collection::vec(word, 0..40)
    }

    proptest! {
        #[test]
        fn what_decodes_encodes_to_the_same_words(code in words()) {
            for (offset, decoded) in instructions(&code) {
                if let Ok(instruction) = decoded {
                    let words = &code[offset..offset + instruction.length()];
                    prop_assert_eq!(&reencode(&instruction)[..], words);
                }
            }
        }
    }

    #[test]
    fn jumps_count_from_the_end_of_the_instruction() {
        let mut code = Assembler::new();
        let [start, end] = [code.label(), code.label()];
        code.bind(start);
        code.switch(0, &[end, start]);
        code.jump(Opcode::Jump, 0, start);
        code.bind(end);
        code.plain(Opcode::Return, 0, 0, 0);
        let code = code.finish();
        let targets: Vec<Vec<i64>> = instructions(&code)
            .map(|(offset, decoded)| decoded.expect("valid").jump_targets(offset).collect())
            .collect();
        assert_eq!(targets, [vec![6, 0], vec![0], vec![]]);
    }

    #[test]
    fn arguments_are_packed_low_byte_first() {
        let mut code = Assembler::new();
        code.arguments(Opcode::Call, 9, 0, 3, &[1, 2, 3, 4, 5]);
        assert_eq!(code.finish(), [0x0500_091c, 3, 0x0403_0201, 5]);
    }

    #[test]
    fn stray_bits_are_refused() {
        let cases: [(&[u32], DecodeError); 6] = [
            (&[0xff], DecodeError::UnknownOpcode(0xff)),
            (&[1], DecodeError::Truncated(Opcode::LoadInt)),
            (&[0x0100_0000], DecodeError::UnusedNotZero(Opcode::Move)),
            (
                &[0x0100_001c, 0, 0x0000_0100],
                DecodeError::UnusedNotZero(Opcode::Call),
            ),
            (&[0x0100_002c, 0x0100_0100], DecodeError::BadPathStep(0x0100_0100)),
            (&[25, u32::MAX], DecodeError::Truncated(Opcode::Switch)),
        ];
        for (code, error) in cases {
            assert_eq!(Instruction::decode(code, 0), Some(Err(error)));
        }
        assert_eq!(Instruction::decode(&[], 0), None);
    }
}

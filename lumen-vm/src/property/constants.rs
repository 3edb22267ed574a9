//! The constants that a check mentions: where its constraints change their minds.

use crate::lir::{Constant, Instruction, Intrinsic, Opcode, instructions};
use crate::load::{CellRef, Program};
use std::collections::{BTreeMap, BTreeSet};

/// Most constants of a kind.
const MOST_CONSTANTS: usize = 48;
/// Most cells that are looked at: the check, and those that it calls.
const MOST_CELLS: usize = 24;

/// What a check and the cells that it calls mention.
#[derive(Debug, Default)]
pub(super) struct Constants {
    pub(super) ints: BTreeSet<i64>,
    pub(super) floats: Vec<f64>,
    pub(super) texts: BTreeSet<String>,
    /// Whether a text is matched against a pattern.
    pub(super) matches: bool,
}

impl Constants {
    pub(super) fn of(program: &Program, check: CellRef) -> Constants {
        let mut constants = Constants::default();
        let mut cells = vec![program.number(check)];
        let mut next = 0;
        while let Some(&cell) = cells.get(next) {
            next += 1;
            let view = program.view(cell);
            let module = view.module.lir();
            let mut loaded: BTreeMap<u8, &Constant> = BTreeMap::new();
            for (_, instruction) in instructions(&view.cell().code) {
                let Ok(instruction) = instruction else { break };
                match instruction.opcode {
                    Opcode::Call if cells.len() < MOST_CELLS => {
                        let callee = view.callee(instruction.w);
                        if !cells.contains(&callee) {
                            cells.push(callee);
                        }
                    }
                    Opcode::LoadConstant => {
                        let constant = &module.constants[instruction.w as usize];
                        if let Some(former) = loaded.insert(instruction.a, constant) {
                            constants.add(former);
                        }
                    }
                    Opcode::LoadInt => constants.add_int(i64::from(instruction.w as i32)),
                    Opcode::Intrinsic => constants.note(&instruction, &mut loaded),
                    _ => {}
                }
            }
            loaded.into_values().for_each(|constant| constants.add(constant));
        }
        constants
    }

    /// Notes a call of an intrinsic. What was loaded to say that a constraint does not hold, the name of a field and the
    /// constraint as written, is nothing that the check mentions.
    fn note(&mut self, instruction: &Instruction<'_>, loaded: &mut BTreeMap<u8, &Constant>) {
        match Intrinsic::from_number(instruction.w) {
            Some(Intrinsic::Matches) => self.matches = true,
            Some(Intrinsic::AddFieldError) => instruction.arguments().for_each(|register| {
                loaded.remove(&register);
            }),
            _ => {}
        }
    }

    fn add(&mut self, constant: &Constant) {
        match constant {
            Constant::Int(value) => self.add_int(*value),
            Constant::Float(value) if value.is_finite() && self.floats.len() < MOST_CONSTANTS => {
                self.floats.push(*value);
            }
            Constant::String(text) if self.texts.len() < MOST_CONSTANTS => {
                self.texts.insert(text.to_string());
            }
            _ => {}
        }
    }

    fn add_int(&mut self, value: i64) {
        if self.ints.len() < MOST_CONSTANTS {
            self.ints.insert(value);
        }
    }
}

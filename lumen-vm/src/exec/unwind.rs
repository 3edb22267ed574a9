//! Leaving all frames of a run that failed: their references are given up, and the stack becomes part of the failure.

use rustc_hash::FxHashMap;

use super::Vm;
use super::op::{BEFORE, Op};
use super::stack::Link;
use crate::failure::{Failure, FrameInfo};
use crate::heap::Word;
use crate::lir::Opcode;
use crate::load::Flow;

/// How many of the innermost and of the outermost cells a failure lists.
const INNERMOST: usize = 50;
const OUTERMOST: usize = 10;

/// The failure of a run without fuel.
#[cold]
pub(super) fn out_of_fuel() -> Failure {
    Failure::runtime("out of fuel: the run made as many calls and loop steps as it may")
}

/// A frame that is being left.
#[derive(Clone, Copy)]
struct Leaving {
    cell: usize,
    /// Entry of the operation in [`super::Quick::offsets`].
    offset: u32,
}

impl Vm<'_> {
    /// Leaves all frames, starting with the one whose operation before `ip` failed; yields the failure with its stack.
    #[cold]
    #[inline(never)]
    pub(super) fn fail(&mut self, mut ip: *const Op, mut base: *mut Word, mut failure: Failure) -> Failure {
        let mut flows: FxHashMap<usize, Flow<'_>> = FxHashMap::default();
        let mut owned: FxHashMap<(usize, u32), Vec<u8>> = FxHashMap::default();
        let mut inner = Vec::new();
        let mut outer = std::collections::VecDeque::new();
        let mut omitted = 0;
        let program = self.program;
        while base != self.stack.start() {
            // SAFETY: each frame's two words lie before its window; the outermost one starts the block.
            let (link, resume) = unsafe { (Link::from_word(*base.sub(1)), *base.sub(2)) };
            let leaving = Leaving {
                cell: link.cell(),
                offset: self.offset_before(ip, link.cell()),
            };
            let registers = owned.entry((leaving.cell, leaving.offset)).or_insert_with(|| {
                let flow = flows
                    .entry(leaving.cell)
                    .or_insert_with(|| program.flow(leaving.cell));
                let node = flow
                    .node_at((leaving.offset & !BEFORE) as usize)
                    .expect("operations come from nodes");
                let before = leaving.offset & BEFORE != 0;
                let owned = if before {
                    node.owned_before()
                } else {
                    node.owned_on_failure()
                };
                owned.iter().collect()
            });
            for &register in registers.iter() {
                // SAFETY: a register of the frame, which by the rules of `load::flow` owns a reference.
                self.heap.release(unsafe { *base.add(usize::from(register)) });
            }
            if inner.len() < INNERMOST {
                inner.push(leaving);
            } else {
                if outer.len() == OUTERMOST {
                    outer.pop_front();
                    omitted += 1;
                }
                outer.push_back(leaving);
            }
            ip = std::ptr::with_exposed_provenance(resume.bits() as usize);
            // SAFETY: the caller's base lies before, within the block.
            base = unsafe { base.sub(link.distance()) };
        }
        failure.stack = inner
            .into_iter()
            .chain(outer)
            .map(|leaving| self.frame_info(leaving))
            .collect();
        failure.omitted = omitted;
        failure
    }

    /// The LIR opcode that the operation before `ip`, of the frame at `base`, comes from.
    pub(super) fn opcode_before(&self, ip: *const Op, base: *mut Word) -> Opcode {
        // SAFETY: the frame's words lie before its window.
        let cell = unsafe { Link::from_word(*base.sub(1)) }.cell();
        let offset = (self.offset_before(ip, cell) & !BEFORE) as usize;
        let (module, position) = self.program.locate(cell);
        let word = module.lir().cells[position].code[offset];
        Opcode::from_number(word.to_le_bytes()[0]).expect("verified code decodes")
    }

    fn offset_before(&self, ip: *const Op, cell: usize) -> u32 {
        let quick = self.program.quick(cell);
        let behind = (ip.addr() - quick.ops.as_ptr().addr()) / size_of::<Op>();
        quick.offsets[behind - 1]
    }

    fn frame_info(&self, leaving: Leaving) -> FrameInfo {
        let (module, position) = self.program.locate(leaving.cell);
        FrameInfo {
            module: module.lir().id.clone(),
            cell: position as u32,
            name: module.lir().cells[position].name.clone(),
            offset: leaving.offset & !BEFORE,
        }
    }
}

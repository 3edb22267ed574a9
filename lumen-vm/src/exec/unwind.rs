//! Leaving the frames of a run that failed, up to a handler: references are given up, and the stack becomes part of the
//! failure.
//!
//! A handler runs with its failure pending, and goes on with it in the end. If something else fails in a handler, the first
//! failure stays the one that counts. Without fuel or memory no handlers run.

use rustc_hash::FxHashMap;

use super::Vm;
use super::generate::resumed_generator;
use super::op::{BEFORE, Op};
use super::position::Position;
use super::stack::{FRAME, Link};
use crate::failure::{Failure, FrameInfo};
use crate::heap::Word;
use crate::lir::Opcode;
use crate::load::{Flow, Program, Registers};

/// How many of the innermost and of the outermost cells a failure lists.
const INNERMOST: usize = 50;
const OUTERMOST: usize = 10;

/// Why the loop was left: an operation failed.
pub(super) struct Stopped {
    /// Behind the operation.
    ip: *const Op,
    /// Its frame.
    base: *mut Word,
    /// Nothing if a generator is being closed.
    failure: Option<Failure>,
}

impl Stopped {
    #[cold]
    #[inline(never)]
    pub(super) fn new(ip: *const Op, base: *mut Word, failure: Failure) -> Box<Stopped> {
        let failure = Some(failure);
        Box::new(Stopped { ip, base, failure })
    }

    /// A handler that is done goes on with what led to it.
    pub(super) fn rethrown(ip: *const Op, base: *mut Word, pending: Pending) -> Box<Stopped> {
        let failure = pending.failure;
        Box::new(Stopped { ip, base, failure })
    }
}

/// What a handler is running for: a failure, or the closing of a generator.
pub(super) struct Pending {
    /// Where the handler's frame is: words from the start of the stack to its register 0.
    depth: usize,
    failure: Option<Failure>,
}

/// A frame that is being left.
#[derive(Clone, Copy)]
struct Leaving {
    cell: usize,
    /// Entry of the operation in [`super::Quick::offsets`].
    offset: u32,
}

/// What becomes of a frame.
#[derive(Clone, Copy)]
struct Fate {
    /// Registers that own a reference.
    owned: Registers,
    /// Word offset of the handler, and the registers that it needs.
    handler: Option<(u32, Registers)>,
}

/// The fates of frames, of which deep recursion has many alike.
#[derive(Default)]
struct Fates<'program> {
    flows: FxHashMap<usize, Flow<'program>>,
    known: FxHashMap<(usize, u32), Fate>,
}

impl<'program> Fates<'program> {
    fn fate(&mut self, program: &'program Program, leaving: Leaving) -> Fate {
        let key = (leaving.cell, leaving.offset);
        if let Some(&fate) = self.known.get(&key) {
            return fate;
        }
        let flow = self
            .flows
            .entry(leaving.cell)
            .or_insert_with(|| program.flow(leaving.cell));
        let node = flow
            .node_at((leaving.offset & !BEFORE) as usize)
            .expect("operations come from nodes");
        let before = leaving.offset & BEFORE != 0;
        let fate = Fate {
            owned: if before {
                node.owned_before()
            } else {
                node.owned_on_failure()
            },
            handler: flow.handler(node).filter(|_| !before),
        };
        self.known.insert(key, fate);
        fate
    }
}

impl Vm<'_> {
    /// Leaves frames, starting with the one whose operation failed, until there is a handler; yields where it starts. If
    /// there is none, yields the failure with its stack, or where the cell goes on that closed a generator.
    #[cold]
    #[inline(never)]
    pub(super) fn unwind(&mut self, stopped: Stopped) -> Result<Position, Failure> {
        let Stopped {
            mut ip,
            mut base,
            mut failure,
        } = stopped;
        // What is pending already has the stack of its own place.
        if let Some(failure) = failure.as_mut().filter(|failure| !failure.traced) {
            self.trace(ip, base, failure);
        }
        let mut exhausted = failure.as_ref().is_some_and(|failure| failure.exhausted);
        // So that further runs find that there is none, too.
        self.fuel = self.fuel.max(1);
        let mut fates = Fates::default();
        while base != self.stack.start() {
            let depth = self.depth(base);
            if let Some(first) = self.pending.pop_if(|pending| pending.depth == depth) {
                failure = first.failure.or(failure);
            }
            let leaving = self.leaving(ip, base);
            let fate = fates.fate(self.program, leaving);
            if let Some((target, live)) = fate.handler.filter(|_| !exhausted) {
                if self.fuel > 1 || self.refuel() {
                    self.fuel -= 1;
                    self.release_registers(base, fate.owned.difference(live));
                    return Ok(self.enter_handler(leaving.cell, target, base, failure));
                }
                exhausted = true;
            }
            self.release_registers(base, fate.owned);
            // SAFETY: the frame's words lie before its window.
            let link = unsafe { Link::from_word(*base.sub(1)) };
            if link.is_resumed() {
                // SAFETY: it is such a frame.
                unsafe { resumed_generator(base) }.end();
            }
            (ip, base) = caller(base);
            if failure.is_none() {
                let window = link.distance() - FRAME;
                return Ok(Position { ip, base, window });
            }
        }
        Err(failure.expect("the frame of a generator that is being closed is not the first"))
    }

    /// What is pending in the running frame, which is that of the innermost handler.
    #[cold]
    pub(super) fn pending_cause(&mut self) -> Pending {
        self.pending.pop().expect("a handler runs for something")
    }

    /// Enters the handler at a word offset of the frame's cell; yields where it starts.
    pub(super) fn enter_handler(
        &mut self,
        cell: usize,
        target: u32,
        base: *mut Word,
        failure: Option<Failure>,
    ) -> Position {
        let depth = self.depth(base);
        self.pending.push(Pending { depth, failure });
        self.landing(cell, target, base)
    }

    /// Words from the start of the stack.
    fn depth(&self, base: *mut Word) -> usize {
        // SAFETY: both point into the block.
        unsafe { base.offset_from(self.stack.start()) as usize }
    }

    /// Gives up the references of registers of the frame at `base`.
    pub(super) fn release_registers(&mut self, base: *mut Word, registers: Registers) {
        for register in registers.iter() {
            // SAFETY: a register of the frame, which by the rules of `load::flow` owns a reference.
            self.heap.release(unsafe { *base.add(usize::from(register)) });
        }
    }

    /// The start of the handler at a word offset.
    fn landing(&self, cell: usize, target: u32, base: *mut Word) -> Position {
        let quick = self.program.quick(cell);
        let number = quick
            .landings
            .binary_search_by_key(&target, |landing| landing.offset)
            .expect("every handler has its landing");
        Position {
            ip: &raw const quick.ops[quick.landings[number].op as usize],
            base,
            window: quick.registers,
        }
    }

    /// Notes the cells that are running in a failure, the frame at `base` innermost.
    fn trace(&self, mut ip: *const Op, mut base: *mut Word, failure: &mut Failure) {
        let mut inner = Vec::new();
        let mut outer = std::collections::VecDeque::new();
        while base != self.stack.start() {
            let leaving = self.leaving(ip, base);
            if inner.len() < INNERMOST {
                inner.push(leaving);
            } else {
                if outer.len() == OUTERMOST {
                    outer.pop_front();
                    failure.omitted += 1;
                }
                outer.push_back(leaving);
            }
            (ip, base) = caller(base);
        }
        let leaving = inner.into_iter().chain(outer);
        // A run within this one has left its cells there.
        failure
            .stack
            .extend(leaving.map(|leaving| self.frame_info(leaving)));
        failure.traced = true;
    }

    fn leaving(&self, ip: *const Op, base: *mut Word) -> Leaving {
        // SAFETY: the frame's words lie before its window.
        let cell = unsafe { Link::from_word(*base.sub(1)) }.cell();
        Leaving {
            cell,
            offset: self.offset_before(ip, cell),
        }
    }

    /// The LIR opcode that the operation before `ip`, of the frame at `base`, comes from.
    pub(super) fn opcode_before(&self, ip: *const Op, base: *mut Word) -> Opcode {
        let leaving = self.leaving(ip, base);
        let offset = (leaving.offset & !BEFORE) as usize;
        let (module, position) = self.program.locate(leaving.cell);
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

/// The operation and the frame to which the frame at `base` returns.
fn caller(base: *mut Word) -> (*const Op, *mut Word) {
    // SAFETY: a frame's two words lie before its window, the caller's base before that, within the block.
    unsafe {
        let (link, resume) = (Link::from_word(*base.sub(1)), *base.sub(2));
        let ip = std::ptr::with_exposed_provenance(resume.bits() as usize);
        (ip, base.sub(link.distance()))
    }
}

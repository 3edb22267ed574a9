//! Collects the operations of a cell and resolves jumps, edges included.

use std::sync::atomic::AtomicU64;

use crate::exec::{BEFORE, Code, Counted, Counter, Landing, Op, Quick, Site, YieldSite};
use crate::lir::PathStep;

/// Where a jump leads: a block, and what is released on the way.
pub(super) struct Edge {
    pub(super) block: usize,
    /// Operations at the block's start that the jump has done already.
    pub(super) skipped: usize,
    pub(super) releases: Vec<u8>,
    /// The counter that counts on the way.
    pub(super) counter: Option<i32>,
}

/// Operations under construction.
pub(super) struct Emitter {
    ops: Vec<Op>,
    offsets: Vec<u32>,
    /// Number of the first operation of each block.
    blocks: Vec<usize>,
    /// Jumps to resolve: the operation that holds the offset, the operation behind the jump, and the target.
    jumps: Vec<(usize, usize, Edge)>,
    sites: Vec<Site>,
    paths: Vec<Box<[PathStep]>>,
    landings: Vec<Landing>,
    yields: Vec<YieldSite>,
    counters: Vec<Counter>,
}

impl Emitter {
    pub(super) fn new(blocks: usize) -> Emitter {
        Emitter {
            ops: Vec::new(),
            offsets: Vec::new(),
            blocks: vec![0; blocks],
            jumps: Vec::new(),
            sites: Vec::new(),
            paths: Vec::new(),
            landings: Vec::new(),
            yields: Vec::new(),
            counters: Vec::new(),
        }
    }

    pub(super) fn start_block(&mut self, block: usize) {
        self.blocks[block] = self.ops.len();
    }

    /// Appends an operation that comes from the instruction at a word offset.
    pub(super) fn push(&mut self, offset: usize, op: Op) {
        self.ops.push(op);
        self.offsets.push(offset as u32);
    }

    /// Appends an operation with data slots.
    pub(super) fn push_with_data(&mut self, offset: usize, op: Op, data: &[u8]) {
        self.push(offset, op);
        for slot in Op::slots(data) {
            self.push(offset, slot);
        }
    }

    /// Appends a jump, whose `w` is resolved later.
    pub(super) fn push_jump(&mut self, offset: usize, op: Op, edge: Edge) {
        self.push(offset, op);
        let behind = self.ops.len();
        self.jumps.push((behind - 1, behind, edge));
    }

    /// Appends a jump table: the operation and one slot for each edge.
    pub(super) fn push_switch(&mut self, offset: usize, op: Op, edges: Vec<Edge>) {
        self.push(offset, op);
        let behind = self.ops.len();
        for edge in edges {
            self.jumps.push((self.ops.len(), behind, edge));
            self.push(offset, Op::new(Code::Data, 0, 0, 0, 0));
        }
    }

    /// Notes that the next operation, of the instruction at a word offset, is the first of a handler.
    pub(super) fn land(&mut self, offset: usize) {
        self.landings.push(Landing {
            offset: offset as u32,
            op: self.ops.len() as u32,
        });
    }

    pub(super) fn site(&mut self, site: Site) -> i32 {
        self.sites.push(site);
        self.sites.len() as i32 - 1
    }

    pub(super) fn yield_site(&mut self, site: YieldSite) -> i32 {
        self.yields.push(site);
        self.yields.len() as i32 - 1
    }

    pub(super) fn counter(&mut self, counted: Counted) -> i32 {
        let count = AtomicU64::new(0);
        self.counters.push(Counter { counted, count });
        self.counters.len() as i32 - 1
    }

    /// Appends the operation that counts, at the instruction at a word offset.
    pub(super) fn push_count(&mut self, offset: usize, counted: Counted) {
        let counter = self.counter(counted);
        self.push(offset, Op::new(Code::Count, 0, 0, 0, counter));
    }

    pub(super) fn path(&mut self, path: Box<[PathStep]>) -> i32 {
        self.paths.push(path);
        self.paths.len() as i32 - 1
    }

    /// Resolves all jumps, making a detour for each edge that releases something or counts.
    pub(super) fn finish_edges(&mut self) {
        for (place, behind, edge) in std::mem::take(&mut self.jumps) {
            let mut target = self.blocks[edge.block] + edge.skipped;
            if let (true, Some(counter)) = (edge.releases.is_empty(), edge.counter) {
                target = self.counting_detour(target, behind, counter);
            } else if !edge.releases.is_empty() {
                let detour = self.ops.len();
                if let Some(counter) = edge.counter {
                    self.push(
                        self.offsets[place] as usize,
                        Op::new(Code::Count, 0, 0, 0, counter),
                    );
                }
                for register in edge.releases {
                    self.push(
                        self.offsets[place] as usize,
                        Op::new(Code::Release, register, 0, 0, 0),
                    );
                }
                let back = target as i64 - (self.ops.len() as i64 + 1);
                // If fuel ends here, the releases are done: the frame is as it will be at the target.
                let arrived = self.offsets[target] | BEFORE;
                self.push(arrived as usize, Op::new(Code::Jump, 0, 0, 0, back as i32));
                target = detour;
            }
            self.ops[place].w = (target as i64 - behind as i64) as i32;
        }
    }

    /// A detour that only counts: it takes as much fuel as the jump without it.
    fn counting_detour(&mut self, target: usize, behind: usize, counter: i32) -> usize {
        let detour = self.ops.len();
        let back = target as i64 - (detour as i64 + 1);
        let backwards = u8::from(target < behind);
        let arrived = (self.offsets[target] | BEFORE) as usize;
        self.push(arrived, Op::new(Code::CountJump, backwards, 0, 0, back as i32));
        self.push(arrived, Op::new(Code::Data, 0, 0, 0, counter));
        detour
    }

    pub(super) fn finish(self, registers: usize) -> Quick {
        Quick {
            ops: self.ops.into(),
            offsets: self.offsets.into(),
            registers,
            sites: self.sites.into(),
            landings: self.landings.into(),
            yields: self.yields.into(),
            paths: self.paths.into(),
            counters: self.counters.into(),
        }
    }
}

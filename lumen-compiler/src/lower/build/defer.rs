//! What must be done when a block is left: the bodies of its `defer`s, and the end of the generator that a `for` runs over.
//!
//! On the ordinary ways out (the end of the block, `return`, `break`, `continue`, `?`) it is lowered in place, the last one
//! registered first. For failures the code between the registration and the end of the block is a *region*, whose handler
//! does the same and lets the failure go on. A handler sees values from before its region as they are, since the register
//! allocator keeps them in place throughout the region; a variable that is assigned within it is stored beside in a slot,
//! a register of its own, at every assignment, and read back from there.

use super::Builder;
use crate::hir::{ExprId, LocalId};
use crate::lower::ssa::{BlockId, Edge, LocationId, Op, Region, RegionId, Terminator, Value};

/// How often cleanups may be lowered in a cell: `defer`s times ways out of their blocks.
const MOST_CLEANUPS: usize = 2_000;

/// What is done when a block is left.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cleanup {
    /// The body of a `defer`.
    Body(ExprId),
    /// A generator ends.
    Close(Value),
}

/// A cleanup that is to be done, and the region in which failures lead to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pending {
    cleanup: Cleanup,
    region: RegionId,
    /// How many variables were pinned before it.
    pinned: usize,
}

impl<'m> Builder<'m, '_> {
    /// `defer`: from here to the end of the block around, leaving it runs the body.
    pub(super) fn defer(&mut self, body: ExprId) {
        let pinned = self.pinned.len();
        let mut used = Vec::new();
        for local in self.variables_used(body) {
            let slot = self.slot(local);
            let value = self.variables.get(slot);
            if value == Value::NONE {
                continue;
            }
            let place = match self.pinned.iter().find(|(known, _)| *known == slot) {
                Some((_, place)) => *place,
                None => {
                    let place = self.function.slot_types.len() as u32;
                    self.function.slot_types.push(self.ty(value));
                    self.pinned.push((slot, place));
                    self.pin(place, value);
                    place
                }
            };
            used.push((slot, place));
        }
        self.protect(Cleanup::Body(body), pinned, &used);
    }

    /// Starts a region whose handler is the cleanup, which uses these variables, stored at these places. Of what is pinned,
    /// the first `pinned` stay so when the region ends.
    pub(super) fn protect(&mut self, cleanup: Cleanup, pinned: usize, used: &[(u32, u32)]) {
        let outer = self.region;
        let (inside, handler) = (self.function.add_block(), self.function.add_block());
        let region = RegionId(self.function.regions.len() as u32);
        self.function.regions.push(Region { handler, outer });
        self.finish(Terminator::Protect {
            targets: [Edge::to(inside), Edge::to(handler)],
        });
        self.handler(cleanup, handler, pinned, used);
        self.region = Some(region);
        self.start(inside);
        self.pending.push(Pending {
            cleanup,
            region,
            pinned,
        });
    }

    /// The way of failures.
    fn handler(&mut self, cleanup: Cleanup, block: BlockId, pinned: usize, used: &[(u32, u32)]) {
        let mark = self.variables.mark();
        let is_cold = std::mem::replace(&mut self.is_cold, true);
        self.start(block);
        for &(slot, place) in used {
            let ty = self.function.slot_types[place as usize];
            let value = self.append(Op::GetSlot(place), ty, &[], LocationId::NONE);
            self.variables.set(slot, value);
        }
        // Here nothing is pinned for this cleanup any more.
        let own = self.pinned.split_off(pinned);
        if self.clean_up(cleanup).is_some() {
            self.finish(Terminator::Rethrow);
        }
        self.pinned.extend(own);
        self.is_cold = is_cold;
        self.variables.take_back(mark);
    }

    fn clean_up(&mut self, cleanup: Cleanup) -> Option<()> {
        self.cleanups += 1;
        if self.cleanups > MOST_CLEANUPS {
            self.function.has_too_many_exits = true;
            return Some(());
        }
        match cleanup {
            Cleanup::Body(body) => self.effect(body),
            Cleanup::Close(generator) => {
                let ty = self.types.null();
                let location = self.at(self.here);
                self.append(Op::Close, ty, &[generator], location);
                Some(())
            }
        }
    }

    /// Does what is pending beyond the first `depth`, the last first, and stands outside of all of it then. What is
    /// pending stays so for the other ways out. Nothing if a cleanup does not come to its end.
    pub(super) fn run_pending(&mut self, depth: usize) -> Option<()> {
        if self.pending.len() == depth {
            return Some(());
        }
        let left = self.pending.split_off(depth);
        let (pinned, region) = (self.pinned.clone(), self.region);
        let mut done = Some(());
        for pending in left.iter().rev() {
            self.step_out(*pending);
            done = self.clean_up(pending.cleanup);
            if done.is_none() {
                break;
            }
        }
        self.pending.extend(left);
        self.pinned = pinned;
        self.region = region;
        done
    }

    /// Leaves the region of a cleanup.
    fn step_out(&mut self, pending: Pending) {
        self.region = self.function.regions[pending.region.index()].outer;
        self.pinned.truncate(pending.pinned);
        let outside = self.function.add_block();
        self.finish(Terminator::Jump(Edge::to(outside)));
        self.start(outside);
    }

    /// At the end of a block: forgets what is pending beyond the first `depth`, done or not.
    pub(super) fn forget_pending(&mut self, depth: usize) {
        if let Some(first) = self.pending.get(depth).copied() {
            self.region = self.function.regions[first.region.index()].outer;
            self.pinned.truncate(first.pinned);
            self.pending.truncate(depth);
        }
    }

    /// Leaves the innermost region without doing its cleanup.
    pub(super) fn drop_pending(&mut self) {
        if let Some(last) = self.pending.last().copied() {
            self.step_out(last);
            self.pending.pop();
        }
    }

    /// Stores the value of a pinned variable where handlers find it.
    pub(super) fn pin(&mut self, place: u32, value: Value) {
        let ty = self.types.null();
        self.append(Op::SetSlot(place), ty, &[value], LocationId::NONE);
    }

    /// The variables that an expression uses and that may be assigned anew.
    fn variables_used(&self, body: ExprId) -> Vec<LocalId> {
        let cell = self.source();
        super::assigned::locals_used(cell, body)
            .into_iter()
            .filter(|&local| cell.locals[local].mutable)
            .collect()
    }
}

//! Whose findings are told next ([`super::order`]): who may still come before whom.
//!
//! A module that waits for others comes after them, since it lies deeper. So only modules that are read or built hold findings
//! back: the former may turn out to import nothing, and may bring in modules that do not take part yet.

use super::order::Turn;
use super::{Scheduler, Status};

impl Scheduler {
    /// Nothing more is done: what is known is told.
    pub(crate) fn cancel(&mut self) {
        self.cancelled = true;
    }

    /// The findings of a settled module cannot be told before it has been done again.
    pub(crate) fn postpone(&mut self, module: u32) {
        self.postponed.push(module);
    }

    /// Modules to be done again.
    pub(crate) fn take_postponed(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.postponed)
    }

    /// The module whose findings are told next; nothing as long as others may come before them.
    pub(crate) fn next_findings(&mut self) -> Option<u32> {
        let turn = self.next_turn()?;
        self.order.drop_first();
        Some(turn.module)
    }

    /// Whether [`Scheduler::next_findings`] has something.
    pub(crate) fn has_findings(&mut self) -> bool {
        self.next_turn().is_some()
    }

    fn next_turn(&mut self) -> Option<Turn> {
        if self.order.is_empty() || !(self.postponed.is_empty() || self.cancelled) {
            return None;
        }
        let mut order = std::mem::take(&mut self.order);
        let next = loop {
            let unsettled = || {
                let modules = 0..self.nodes.len() as u32;
                modules.filter_map(|module| self.earliest_turn(module)).collect()
            };
            let first = order.first(unsettled, |turn| {
                !self.cancelled && self.earliest_turn(turn.module) == Some(turn)
            });
            match first {
                Some(turn) if self.is_reported(turn.module) => break Some(turn),
                Some(_) => order.drop_first(),
                None => break None,
            }
        };
        self.order = order;
        next.filter(|turn| *turn < self.newcomers())
    }

    /// The earliest turn that a module may have that does not take part yet: as long as documents are read, more may come.
    fn newcomers(&mut self) -> Turn {
        if self.loading == 0 || self.cancelled {
            return Turn {
                depth: u32::MAX,
                module: u32::MAX,
            };
        }
        while self
            .nodes
            .get(self.first_inactive as usize)
            .is_some_and(|node| node.active)
        {
            self.first_inactive += 1;
        }
        Turn {
            depth: 0,
            module: self.first_inactive,
        }
    }

    pub(super) fn turn(&self, module: u32) -> Turn {
        let node = self.node(module);
        let depth = match node.in_cycle {
            true => u32::MAX,
            false => node.depth,
        };
        Turn { depth, module }
    }

    /// The earliest turn of an unsettled module. Nothing of one that waits for others: it comes after them; and of one that is not
    /// started any more.
    fn earliest_turn(&self, module: u32) -> Option<Turn> {
        match self.node(module).status {
            Status::Loading => Some(Turn { depth: 0, module }),
            Status::Building if self.is_reported(module) => Some(self.turn(module)),
            Status::Building | Status::Settled(_) | Status::Waiting { .. } => None,
        }
    }

    pub(super) fn add_findings(&mut self, module: u32) {
        if self.node(module).has_findings {
            let turn = self.turn(module);
            self.order.add(turn);
        }
    }
}

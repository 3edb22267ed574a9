//! Which handler counts where in a cell's code. Handlers nest like brackets, and of two that cover an instruction the
//! inner one, which stands first, counts. Asked by the verifier, which has it check the nesting, and by the loader.

use std::cmp::Reverse;

use super::Handler;

/// The stretches of a cell's code, each with the handler that counts there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coverage {
    /// Word offset from which on the handler with this index counts, or none; ascending.
    stretches: Vec<(u32, Option<usize>)>,
}

/// A handler whose range overlaps that of an earlier one without lying around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Crossing {
    /// Index of the handler.
    pub(crate) handler: usize,
}

impl Coverage {
    /// Sorts out the ranges of handlers, none of which is empty.
    pub(crate) fn new(handlers: &[Handler]) -> Result<Coverage, Crossing> {
        let mut order: Vec<usize> = (0..handlers.len()).collect();
        order.sort_by_key(|&index| {
            (
                handlers[index].start,
                Reverse(handlers[index].end),
                Reverse(index),
            )
        });
        let mut coverage = Coverage::default();
        let mut open: Vec<usize> = Vec::new();
        for index in order {
            let handler = handlers[index];
            coverage.close(handlers, &mut open, handler.start);
            if let Some(&outer) = open.last()
                && (handler.end > handlers[outer].end || index > outer)
            {
                let handler = index.max(outer);
                return Err(Crossing { handler });
            }
            open.push(index);
            coverage.switch(handler.start, Some(index));
        }
        coverage.close(handlers, &mut open, u32::MAX);
        Ok(coverage)
    }

    /// The handler that counts at a word offset.
    pub(crate) fn at(&self, offset: usize) -> Option<usize> {
        let following = self
            .stretches
            .partition_point(|&(start, _)| start as usize <= offset);
        self.stretches[..following]
            .last()
            .and_then(|&(_, handler)| handler)
    }

    /// Ends the open ranges that end by `offset`.
    fn close(&mut self, handlers: &[Handler], open: &mut Vec<usize>, offset: u32) {
        while let Some(inner) = open.pop_if(|inner| handlers[*inner].end <= offset) {
            self.switch(handlers[inner].end, open.last().copied());
        }
    }

    fn switch(&mut self, offset: u32, handler: Option<usize>) {
        match self.stretches.last_mut() {
            Some((last, counting)) if *last == offset => *counting = handler,
            _ => self.stretches.push((offset, handler)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coverage(ranges: &[(u32, u32)]) -> Result<Coverage, Crossing> {
        let handler = |&(start, end): &(u32, u32)| Handler {
            start,
            end,
            target: 100,
        };
        Coverage::new(&ranges.iter().map(handler).collect::<Vec<_>>())
    }

    #[test]
    fn the_innermost_handler_counts() {
        let coverage = coverage(&[(2, 4), (4, 6), (1, 6), (8, 9), (0, 10)]).expect("nested");
        let at: Vec<Option<usize>> = (0..12).map(|offset| coverage.at(offset)).collect();
        let [a, b, c, d, e] = [0, 1, 2, 3, 4].map(Some);
        assert_eq!(at, [e, c, a, a, b, b, e, e, d, e, None, None]);
    }

    #[test]
    fn crossing_and_misplaced_ranges_are_refused() {
        for (ranges, handler) in [
            ([(0, 4), (2, 6)], 1),
            ([(0, 9), (2, 6)], 1),
            ([(5, 9), (2, 6)], 1),
        ] {
            assert_eq!(coverage(&ranges).map(|_| ()), Err(Crossing { handler }));
        }
        assert!(coverage(&[(2, 6), (2, 6)]).is_ok());
    }
}

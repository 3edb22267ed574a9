//! Counting, for programs that were linked to count.
//!
//! The loader puts the operations that count into the code of such programs only, so that others do not pay for them.

use std::sync::atomic::Ordering;

use super::Vm;
use super::stack::Link;
use crate::heap::Word;

impl Vm<'_> {
    /// Counts one more at a counter of the running cell.
    ///
    /// # Safety
    /// `base` is that of the running frame.
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn count(&self, base: *mut Word, counter: usize) {
        // SAFETY: the frame's words lie before its window.
        let cell = unsafe { Link::from_word(*base.sub(1)) }.cell();
        let counter = &self.program.quick(cell).counters[counter];
        counter.count.fetch_add(1, Ordering::Relaxed);
    }
}

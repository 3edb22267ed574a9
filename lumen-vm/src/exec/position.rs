//! Where a run stands, and the data behind its operation.

use super::op::{Op, SLOT_BYTES};
use crate::heap::Word;

/// Where a run stands: the running operation, register 0 of its frame, and how many registers that has.
#[derive(Clone, Copy)]
pub(super) struct Position {
    pub(super) ip: *const Op,
    pub(super) base: *mut Word,
    pub(super) window: usize,
}

/// The data bytes behind an operation: argument registers.
#[derive(Clone, Copy)]
pub(super) struct Data(*const Op);

impl Data {
    /// What begins so many slots behind the operation at `ip`; as many bytes follow as that has argument registers.
    #[inline(always)]
    pub(super) fn behind(ip: *const Op, slots: usize) -> Data {
        Data(ip.wrapping_add(slots))
    }

    /// Byte `position` of the slots.
    #[inline(always)]
    pub(super) fn byte(self, position: usize) -> u8 {
        // SAFETY: the quickener puts as many slots behind an operation as its number of arguments takes; the data bytes
        // of a slot are its bytes 1 to 7.
        unsafe {
            *self
                .0
                .add(position / SLOT_BYTES)
                .cast::<u8>()
                .add(1 + position % SLOT_BYTES)
        }
    }

    /// The first bytes.
    pub(super) fn bytes(self, count: usize) -> impl Iterator<Item = u8> {
        (0..count).map(move |position| self.byte(position))
    }
}

/// Does something with the words of argument registers.
///
/// # Safety
/// `base` is that of the running frame, and `data` holds `count` of its registers.
#[inline(never)]
pub(super) unsafe fn with_argument_words<T>(
    base: *mut Word,
    data: Data,
    count: usize,
    action: impl FnOnce(&[Word]) -> T,
) -> T {
    // SAFETY: as the caller promises.
    let words = data
        .bytes(count)
        .map(|register| unsafe { *base.add(usize::from(register)) });
    let mut few = [Word::NULL; 8];
    if count <= few.len() {
        few.iter_mut().zip(words).for_each(|(slot, word)| *slot = word);
        action(&few[..count])
    } else {
        action(&words.collect::<Vec<_>>())
    }
}

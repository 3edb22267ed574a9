//! The register stack: the windows of all running cells, one behind the other, in one block that may move.
//!
//! ```text
//!  ... │ return address │ link │ register 0 │ ... │ register n, spare │ return address │ link │ register 0 ...
//!                                 ↑ base of the caller                                          ↑ base of the callee
//!  link:  63 .......... 32  31 .. 24  23 .......... 16  15 ............................ 0
//!         cell of the frame  24: resumed  target register   distance to the caller's base
//! ```
//! The return address is that of the operation behind the call. Registers are not initialised; liveness, which the
//! verifier and the loader agree on, says which hold values.

use std::alloc::Layout;

use crate::heap::{Heap, HeapError, Word};

/// Words of a frame before its registers.
pub(super) const FRAME: usize = 2;
const FIRST_CAPACITY: usize = 1 << 10;
/// From this many words on the stack grows by a quarter at a time, below it doubles.
const LARGE: usize = 1 << 22;

/// The register stack.
pub(super) struct Stack {
    start: *mut Word,
    capacity: usize,
}

impl Stack {
    pub(super) fn new() -> Stack {
        Stack {
            start: std::ptr::null_mut(),
            capacity: 0,
        }
    }

    pub(super) fn start(&self) -> *mut Word {
        self.start
    }

    /// One past the last word.
    pub(super) fn limit(&self) -> *mut Word {
        // SAFETY: the block has `capacity` words; for none of them a null pointer stays what it is.
        unsafe { self.start.add(self.capacity) }
    }

    /// Makes room for `needed` words in all. What the words hold stays, where they are may change.
    pub(super) fn grow(&mut self, heap: &mut Heap, needed: usize) -> Result<(), HeapError> {
        let step = if self.capacity < LARGE {
            self.capacity
        } else {
            self.capacity / 4
        };
        let wanted = needed.max(self.capacity + step).max(FIRST_CAPACITY);
        let modest = needed.max(self.capacity + FIRST_CAPACITY);
        let mut capacity = wanted;
        let mut charged = heap.charge((capacity - self.capacity) * size_of::<Word>());
        for less in [modest, needed] {
            if charged.is_err() {
                capacity = less;
                charged = heap.charge((capacity - self.capacity) * size_of::<Word>());
            }
        }
        charged?;
        // SAFETY: the old block, if there is one, came from this allocator with this layout; the size is not zero.
        let block = unsafe {
            if self.start.is_null() {
                std::alloc::alloc(layout(capacity))
            } else {
                std::alloc::realloc(
                    self.start.cast(),
                    layout(self.capacity),
                    capacity * size_of::<Word>(),
                )
            }
        };
        if block.is_null() {
            heap.refund((capacity - self.capacity) * size_of::<Word>());
            return Err(HeapError::System);
        }
        self.start = block.cast();
        self.capacity = capacity;
        Ok(())
    }

    /// Gives the block back.
    pub(super) fn clear(&mut self, heap: &mut Heap) {
        if !self.start.is_null() {
            // SAFETY: the block came from this allocator with this layout, and nothing points into it between runs.
            unsafe { std::alloc::dealloc(self.start.cast(), layout(self.capacity)) };
            heap.refund(self.capacity * size_of::<Word>());
            *self = Stack::new();
        }
    }
}

fn layout(words: usize) -> Layout {
    Layout::array::<Word>(words).expect("the byte budget bounds the stack")
}

/// What a frame remembers of its call.
#[derive(Clone, Copy)]
pub(super) struct Link(u64);

/// Flag of a link.
const RESUMED: u64 = 1 << 24;

impl Link {
    #[inline(always)]
    pub(super) fn new(cell: usize, target: u8, distance: usize) -> Link {
        Link((cell as u64) << 32 | u64::from(target) << 16 | distance as u64)
    }

    /// The same for a frame that `next` or `close` pushed.
    #[inline(always)]
    pub(super) fn resumed(self) -> Link {
        Link(self.0 | RESUMED)
    }

    /// Whether `next` or `close` pushed the frame.
    pub(super) fn is_resumed(self) -> bool {
        self.0 & RESUMED != 0
    }

    #[inline(always)]
    pub(super) fn from_word(word: Word) -> Link {
        Link(word.int() as u64)
    }

    #[inline(always)]
    pub(super) fn word(self) -> Word {
        Word::from_int(self.0 as i64)
    }

    /// The frame's cell.
    #[inline(always)]
    pub(super) fn cell(self) -> usize {
        (self.0 >> 32) as usize
    }

    /// The caller's register that receives the value.
    #[inline(always)]
    pub(super) fn target(self) -> usize {
        (self.0 >> 16 & 0xff) as usize
    }

    /// Words between the caller's base and the frame's.
    #[inline(always)]
    pub(super) fn distance(self) -> usize {
        (self.0 & 0xffff) as usize
    }
}

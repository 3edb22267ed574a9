//! Where objects come from: size classes over large chunks, and the byte budget of a run.
//!
//! Blocks of up to 512 bytes come from free lists, one a size class of 16 bytes; larger ones, and all of them in debug
//! builds and under Miri (so that a use after free is seen), come from the system. The budget counts blocks rounded up
//! to 16 bytes and what tables and register stacks charge; exceeding it is an error value, never an abort.

use std::alloc::Layout;
use std::ptr::NonNull;

use super::object::Header;

/// Why an allocation was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HeapError {
    /// The run would hold more bytes than it may.
    #[error("out of memory: the limit of {limit} bytes is reached")]
    Budget {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The system has no more memory.
    #[error("out of memory: the system refused an allocation")]
    System,
    /// A single value would exceed what any value may hold (2^32 - 1 bytes or elements).
    #[error("the value is too large")]
    TooLarge,
}

const POOLED: bool = !cfg!(any(debug_assertions, miri));
const GRAIN: usize = 16;
const LARGEST_POOLED: usize = 512;
const CLASSES: usize = LARGEST_POOLED / GRAIN + 1;
const CHUNK: usize = 64 * 1024;

/// Greatest budget, in bytes: with every reference taking eight bytes, counts of 32 bits cannot overflow below it.
const GREATEST_BUDGET: usize = 16 << 30;

struct FreeBlock {
    next: Option<NonNull<FreeBlock>>,
}

/// Hands out blocks and counts bytes.
pub(crate) struct Allocator {
    used: usize,
    limit: usize,
    free: [Option<NonNull<FreeBlock>>; CLASSES],
    chunks: Vec<NonNull<u8>>,
    chunk_left: usize,
}

fn layout(size: usize) -> Layout {
    Layout::from_size_align(size, GRAIN).expect("sizes are bounded by u32 lengths of words")
}

fn rounded(size: usize) -> usize {
    size.div_ceil(GRAIN) * GRAIN
}

impl Allocator {
    pub(crate) fn new(limit: usize) -> Allocator {
        Allocator {
            used: 0,
            limit: limit.min(GREATEST_BUDGET),
            free: [None; CLASSES],
            chunks: Vec::new(),
            chunk_left: 0,
        }
    }

    #[cfg(test)]
    pub(crate) fn used(&self) -> usize {
        self.used
    }

    pub(crate) fn left(&self) -> usize {
        self.limit - self.used
    }

    /// Counts `bytes` that are held elsewhere: by a table or a register stack.
    pub(crate) fn charge(&mut self, bytes: usize) -> Result<(), HeapError> {
        match self.used.checked_add(bytes) {
            Some(used) if used <= self.limit => {
                self.used = used;
                Ok(())
            }
            _ => Err(HeapError::Budget { limit: self.limit }),
        }
    }

    pub(crate) fn refund(&mut self, bytes: usize) {
        self.used -= bytes;
    }

    /// A block of `size` bytes, at least a header's, uninitialised.
    #[inline]
    pub(crate) fn allocate(&mut self, size: usize) -> Result<*mut Header, HeapError> {
        let size = rounded(size);
        self.charge(size)?;
        if POOLED && size <= LARGEST_POOLED {
            if let Some(block) = self.free[size / GRAIN] {
                // SAFETY: a block on a free list is ours, unused, and holds an initialised `FreeBlock`.
                self.free[size / GRAIN] = unsafe { block.as_ref() }.next;
                return Ok(block.as_ptr().cast());
            }
            return self.carve(size);
        }
        // SAFETY: the layout's size is not zero.
        let block = unsafe { std::alloc::alloc(layout(size)) };
        if block.is_null() {
            self.used -= size;
            return Err(HeapError::System);
        }
        Ok(block.cast())
    }

    /// Takes back a block that [`Allocator::allocate`] gave for `size` bytes.
    #[inline]
    pub(crate) fn release(&mut self, block: *mut Header, size: usize) {
        let size = rounded(size);
        self.used -= size;
        if POOLED && size <= LARGEST_POOLED {
            let block: *mut FreeBlock = block.cast();
            // SAFETY: the block is ours, unused from now on, and large and aligned enough for a `FreeBlock`.
            unsafe {
                block.write(FreeBlock {
                    next: self.free[size / GRAIN],
                })
            };
            self.free[size / GRAIN] = NonNull::new(block);
        } else {
            // SAFETY: the block came from the system with this layout.
            unsafe { std::alloc::dealloc(block.cast(), layout(size)) };
        }
    }

    /// Grows or shrinks a block, keeping its contents; on failure the block is as it was.
    pub(crate) fn resize(
        &mut self,
        block: *mut Header,
        size: usize,
        new_size: usize,
    ) -> Result<*mut Header, HeapError> {
        let (old, new) = (rounded(size), rounded(new_size));
        if old == new {
            return Ok(block);
        }
        if POOLED && (old <= LARGEST_POOLED || new <= LARGEST_POOLED) {
            let fresh = self.allocate(new)?;
            // SAFETY: both blocks are live, distinct, and at least this large.
            unsafe { std::ptr::copy_nonoverlapping(block.cast::<u8>(), fresh.cast(), old.min(new)) };
            self.release(block, old);
            return Ok(fresh);
        }
        if new > old {
            self.charge(new - old)?;
        }
        // SAFETY: the block came from the system with the old layout; the new size is not zero.
        let fresh = unsafe { std::alloc::realloc(block.cast(), layout(old), new) };
        if fresh.is_null() {
            self.used -= new.saturating_sub(old);
            return Err(HeapError::System);
        }
        self.used -= old.saturating_sub(new);
        Ok(fresh.cast())
    }

    #[cold]
    fn carve(&mut self, size: usize) -> Result<*mut Header, HeapError> {
        if self.chunk_left < size {
            // SAFETY: the layout's size is not zero.
            let chunk = NonNull::new(unsafe { std::alloc::alloc(layout(CHUNK)) });
            let Some(chunk) = chunk else {
                self.used -= size;
                return Err(HeapError::System);
            };
            self.chunks.push(chunk);
            self.chunk_left = CHUNK;
        }
        let chunk = self.chunks.last().expect("a chunk was just made or has room");
        // SAFETY: `chunk_left` bytes at the chunk's end were never handed out, and `size` fits into them.
        let block = unsafe { chunk.as_ptr().add(CHUNK - self.chunk_left) };
        self.chunk_left -= size;
        Ok(block.cast())
    }
}

impl Drop for Allocator {
    fn drop(&mut self) {
        for chunk in &self.chunks {
            // SAFETY: chunks came from the system with this layout; no object outlives its heap.
            unsafe { std::alloc::dealloc(chunk.as_ptr(), layout(CHUNK)) };
        }
    }
}

//! Values of a running program: objects with reference counts, under a byte budget.
//!
//! # Ownership
//! A [`Word`] is `Copy` and owns nothing by itself; who owns a reference is a matter of convention, stated for each method:
//! - Reading methods *borrow*: the caller keeps its reference, and words they return are borrowed from the object. To keep
//!   one, [`Heap::retain`] it.
//! - Constructors and updates *consume* their word arguments, on failure too, and return an owned word. Updates work in
//!   place where the argument is the only reference, and on a copy else.
//! - Every owned word is consumed exactly once: by an update, by a constructor, by being returned, or by
//!   [`Heap::release`]. `retain` and `release` may be called on any word of a counted type and do nothing for inline
//!   values; for words of other types use the `_typed` forms, which ask the type.
//!
//! # Types
//! Every object names its type in the program's [`TypeTable`], so releasing, equality, order and display need nothing else.
//! Words do not: a method that takes a word of a stated type relies on the caller to have one, as the verifier proved it.
//! (Debug builds check that an address is that of a live object.) Nothing in here recurses over the depth of a value.

mod aggregate;
mod allocator;
mod compare;
mod dynamic;
mod generator;
mod list;
mod map;
mod object;
mod release;
mod set;
mod string;
mod table;
#[cfg(test)]
mod tests;
mod types;
mod word;

use std::cell::Cell;
use std::sync::Arc;

pub(crate) use allocator::HeapError;
pub(crate) use compare::compare_floats;
pub(crate) use generator::{GeneratorState, RegisterBits};
pub(crate) use types::{Class, NominalRef, NominalShape, RuntimeType, TypeRef, TypeTable};
pub(crate) use word::Word;

use allocator::Allocator;
pub(crate) use object::{FLAT, Kind, Object};
use object::{HEADER, Header};

/// All objects of one run.
pub(crate) struct Heap {
    types: Arc<TypeTable>,
    allocator: Allocator,
    live: usize,
    /// Objects whose last reference is gone and whose words are still to be released.
    dying: Vec<Object>,
    mark: Cell<string::Mark>,
    #[cfg(debug_assertions)]
    registry: rustc_hash::FxHashSet<usize>,
}

impl Heap {
    /// An empty heap that may hold up to `limit` bytes.
    pub(crate) fn new(types: Arc<TypeTable>, limit: usize) -> Heap {
        Heap {
            types,
            allocator: Allocator::new(limit),
            live: 0,
            dying: Vec::new(),
            mark: Cell::default(),
            #[cfg(debug_assertions)]
            registry: rustc_hash::FxHashSet::default(),
        }
    }

    /// The types of the program.
    pub(crate) fn types(&self) -> &Arc<TypeTable> {
        &self.types
    }

    /// Number of objects that are alive.
    pub(crate) fn live_objects(&self) -> usize {
        self.live
    }

    /// Bytes that count against the budget.
    #[cfg(test)]
    pub(crate) fn bytes_used(&self) -> usize {
        self.allocator.used()
    }

    /// Bytes that may still be taken before the budget is exceeded.
    pub(crate) fn bytes_left(&self) -> usize {
        self.allocator.left()
    }

    /// Counts bytes that are held outside of objects; [`Heap::refund`] takes them back.
    pub(crate) fn charge(&mut self, bytes: usize) -> Result<(), HeapError> {
        self.allocator.charge(bytes)
    }

    pub(crate) fn refund(&mut self, bytes: usize) {
        self.allocator.refund(bytes);
    }

    /// A new object of `size` bytes with count 1; the caller initialises its payload at once.
    #[inline]
    fn create(&mut self, size: usize, header: Header) -> Result<Object, HeapError> {
        let block = self.allocator.allocate(size)?;
        // SAFETY: the block is fresh, at least a header long and aligned to 16.
        unsafe { block.write(header) };
        self.live += 1;
        let object = Object::at(block);
        self.register(object);
        Ok(object)
    }

    /// Frees the block of an object whose words are released.
    #[inline]
    fn free(&mut self, object: Object) {
        self.unregister(object);
        self.live -= 1;
        self.allocator.release(object.address(), object_size(object));
    }

    /// Gives an object's block another size; the address may change, the contents do not.
    fn resize(&mut self, object: Object, new_size: usize) -> Result<Object, HeapError> {
        let fresh = Object::at(
            self.allocator
                .resize(object.address(), object_size(object), new_size)?,
        );
        self.unregister(object);
        self.register(fresh);
        Ok(fresh)
    }

    /// The object that a borrowed word of a counted type refers to.
    #[inline(always)]
    fn object(&self, word: Word) -> Object {
        let object = Object::of(word);
        #[cfg(debug_assertions)]
        assert!(
            self.registry.contains(&object.address().addr()),
            "no live object at {word:?}"
        );
        object
    }

    #[inline(always)]
    fn register(&mut self, _object: Object) {
        #[cfg(debug_assertions)]
        assert!(
            self.registry.insert(_object.address().addr()),
            "two live objects at one address"
        );
    }

    #[inline(always)]
    fn unregister(&mut self, _object: Object) {
        #[cfg(debug_assertions)]
        assert!(self.registry.remove(&_object.address().addr()), "freed twice");
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        // A panic of the host on the way may leave objects; tests assert on `live_objects` themselves.
        debug_assert!(
            std::thread::panicking() || self.live == 0,
            "{} objects leaked",
            self.live
        );
    }
}

/// Size in bytes of the block that holds an object.
#[inline]
fn object_size(object: Object) -> usize {
    let header = object.header();
    match header.kind {
        Kind::String | Kind::Bytes => object::SEQUENCE + object.capacity() as usize,
        Kind::List => object::SEQUENCE + object.capacity() as usize * size_of::<Word>(),
        Kind::Aggregate | Kind::Boxed | Kind::Closure | Kind::Generator => {
            HEADER + header.length as usize * size_of::<Word>()
        }
        Kind::Map | Kind::Set => HEADER + size_of::<table::Table>(),
    }
}

/// `length` as the length of an object.
fn checked_length(length: usize) -> Result<u32, HeapError> {
    u32::try_from(length).map_err(|_| HeapError::TooLarge)
}

//! Flat tables of tree nodes, and the small numbers that name their entries.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// Index of a `T` in its arena.
pub struct Id<T>(u32, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// Position in the arena, for tables that run beside it.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> std::hash::Hash for Id<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> std::fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// A growing table of `T`.
#[derive(Clone, Debug)]
pub struct Arena<T>(Vec<T>);

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Arena(Vec::new())
    }
}

impl<T> Arena<T> {
    /// Adds an entry.
    pub fn push(&mut self, value: T) -> Id<T> {
        let id = Id(
            u32::try_from(self.0.len()).expect("a document has fewer than 2^32 nodes"),
            PhantomData,
        );
        self.0.push(value);
        id
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Drops all entries from position `length` on: a parser that reads a stretch again forgets its first attempt.
    pub(in crate::syntax) fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }

    /// Ids of all entries, in order.
    pub fn ids(&self) -> impl Iterator<Item = Id<T>> + use<T> {
        (0..self.0.len() as u32).map(|index| Id(index, PhantomData))
    }

    /// Entries with their ids, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Id<T>, &T)> {
        self.0
            .iter()
            .enumerate()
            .map(|(index, value)| (Id(index as u32, PhantomData), value))
    }
}

impl<T> Index<Id<T>> for Arena<T> {
    type Output = T;
    fn index(&self, id: Id<T>) -> &T {
        &self.0[id.0 as usize]
    }
}

impl<T> IndexMut<Id<T>> for Arena<T> {
    fn index_mut(&mut self, id: Id<T>) -> &mut T {
        &mut self.0[id.0 as usize]
    }
}

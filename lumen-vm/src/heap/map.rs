//! Maps: sorted by key (Int, Bool or String), updated in place while nothing else refers to them.

use super::object::{HEADER, Header, Kind, Object};
use super::table::{Position, Table};
use super::types::TypeRef;
use super::word::Word;
use super::{Heap, HeapError};

impl Heap {
    /// An empty map of type `ty` (a map type).
    pub(crate) fn map(&mut self, ty: TypeRef) -> Result<Word, HeapError> {
        self.create_table(Kind::Map, ty, Table::new(2))
    }

    /// Number of entries of a map, or of elements of a set. Borrows.
    #[inline]
    pub(crate) fn table_len(&self, word: Word) -> usize {
        self.object(word).table().len()
    }

    /// Keys and values of a map by ascending key. Borrows.
    pub(crate) fn map_entries(&self, map: Word) -> impl Iterator<Item = (Word, Word)> + '_ {
        let mut words = self.object(map).table().words();
        std::iter::from_fn(move || Some((words.next()?, words.next()?)))
    }

    /// The value at a key. Borrows both, and the value is borrowed from the map.
    pub(crate) fn map_get(&self, map: Word, key: Word) -> Option<Word> {
        let table = self.object(map).table();
        self.find_key(map, key)
            .ok()
            .map(|position| table.entry(position)[1])
    }

    /// The value at a key of a map from Strings. Borrows, and the value is borrowed from the map.
    pub(crate) fn map_get_text(&self, map: Word, key: &str) -> Option<Word> {
        let table = self.object(map).table();
        let position = table.find(|other| self.object(other).text().cmp(key)).ok()?;
        Some(table.entry(position)[1])
    }

    /// The map with a value at a key. Consumes all three, and releases the value that was there.
    pub(crate) fn map_insert(&mut self, map: Word, key: Word, value: Word) -> Result<Word, HeapError> {
        let (key_type, value_type) = self.map_types(map);
        let inserted = self
            .unshared_table(map)
            .and_then(|map| match self.find_key(map, key) {
                Ok(position) => {
                    let entry = self.object(map).table_mut().entry_mut(position);
                    let old = std::mem::replace(&mut entry[1], value);
                    self.release_typed(old, value_type);
                    Ok((map, false))
                }
                Err(position) => self
                    .insert_entry(map, position, &[key, value])
                    .map(|map| (map, true)),
            });
        match inserted {
            Ok((map, true)) => Ok(map),
            Ok((map, false)) => {
                self.release_typed(key, key_type);
                Ok(map)
            }
            Err(error) => {
                self.release_typed(key, key_type);
                self.release_typed(value, value_type);
                Err(error)
            }
        }
    }

    /// The map without a key. Consumes the map, borrows the key.
    pub(crate) fn map_remove(&mut self, map: Word, key: Word) -> Result<Word, HeapError> {
        if self.find_key(map, key).is_err() {
            return Ok(map);
        }
        let (key_type, value_type) = self.map_types(map);
        let map = self.unshared_table(map)?;
        let position = self.find_key(map, key).expect("the copy has the same keys");
        let table = self.object(map).table();
        let (old_key, old_value) = (table.entry(position)[0], table.entry(position)[1]);
        self.remove_entry(map, position);
        self.release_typed(old_key, key_type);
        self.release_typed(old_value, value_type);
        Ok(map)
    }

    /// Where the value at a key is kept, in a map that nothing else refers to.
    pub(crate) fn map_slot(&mut self, map: Word, key: Word) -> Option<&mut Word> {
        debug_assert!(self.is_unique(map));
        let position = self.find_key(map, key).ok()?;
        self.object(map).table_mut().entry_mut(position).last_mut()
    }

    fn map_types(&self, map: Word) -> (TypeRef, TypeRef) {
        let ty = self.object(map).header().ty;
        self.types
            .key_and_value(ty)
            .expect("the type of a map object is a map type")
    }

    fn find_key(&self, map: Word, key: Word) -> Result<Position, Position> {
        let table = self.object(map).table();
        if self.map_types(map).0 == TypeRef::STRING {
            let key = self.object(key);
            let (prefix, octets) = (key.prefix(), key.byte_slice());
            table.find(|other| {
                let other = self.object(other);
                let order = other.prefix().cmp(&prefix);
                order.then_with(|| other.byte_slice().cmp(octets))
            })
        } else {
            table.find(|other| other.int().cmp(&key.int()))
        }
    }

    pub(super) fn create_table(&mut self, kind: Kind, ty: TypeRef, table: Table) -> Result<Word, HeapError> {
        let header = Header {
            count: 1,
            kind,
            flags: 0,
            variant: 0,
            ty,
            length: 0,
        };
        let object = self.create(HEADER + size_of::<Table>(), header)?;
        // SAFETY: the block is fresh and has room for a table after the header; nothing is there to be dropped.
        unsafe { object.table_address().write(table) };
        Ok(object.word())
    }

    /// The map or set itself if nothing else refers to it, else a copy. Consumes.
    pub(crate) fn unshared_table(&mut self, word: Word) -> Result<Word, HeapError> {
        let object = self.object(word);
        if object.header().count == 1 {
            return Ok(word);
        }
        let copied = self.copy_table(object);
        self.release(word);
        copied
    }

    fn copy_table(&mut self, object: Object) -> Result<Word, HeapError> {
        let header = object.header();
        let bytes = object.table().bytes();
        self.charge(bytes)?;
        let Some(table) = object.table().duplicate() else {
            self.refund(bytes);
            return Err(HeapError::System);
        };
        self.refund(bytes.saturating_sub(table.bytes()));
        let types = std::sync::Arc::clone(&self.types);
        let counted = match types.key_and_value(header.ty) {
            Some((key, value)) => vec![types.is_counted(key), types.is_counted(value)],
            None => vec![
                types
                    .element(header.ty)
                    .is_some_and(|element| types.is_counted(element)),
            ],
        };
        let words: Vec<Word> = if counted.contains(&true) {
            table.words().collect()
        } else {
            Vec::new()
        };
        let held = table.bytes();
        match self.create_table(header.kind, header.ty, table) {
            Ok(copy) => {
                for (position, word) in words.into_iter().enumerate() {
                    if counted[position % counted.len()] {
                        self.retain(word);
                    }
                }
                Ok(copy)
            }
            Err(error) => {
                self.refund(held);
                Err(error)
            }
        }
    }

    /// Inserts into a table that nothing else refers to. Consumes the table, and the entry unless it fails.
    pub(super) fn insert_entry(
        &mut self,
        word: Word,
        position: Position,
        entry: &[Word],
    ) -> Result<Word, HeapError> {
        let table = self.object(word).table_mut();
        let growth = table.growth(position);
        if let Err(error) = self.charge(growth) {
            self.release(word);
            return Err(error);
        }
        let before = table.bytes();
        let inserted = table.insert(position, entry);
        self.refund((before + growth).saturating_sub(table.bytes()));
        if !inserted {
            self.release(word);
            return Err(HeapError::System);
        }
        Ok(word)
    }

    /// Removes from a table that nothing else refers to; the entry's words are the caller's then.
    pub(super) fn remove_entry(&mut self, word: Word, position: Position) {
        let table = self.object(word).table_mut();
        let before = table.bytes();
        table.remove(position);
        self.refund(before - table.bytes());
    }
}

//! Lists: words of one type in one block, appended to in place while nothing else refers to it.

use super::object::{FLAT, Header, Kind, Object, SEQUENCE};
use super::types::{RuntimeType, TypeRef};
use super::word::Word;
use super::{Heap, HeapError, checked_length};

impl Heap {
    /// An empty list of type `ty` (a list type) with room for `capacity` elements.
    pub(crate) fn list(&mut self, ty: TypeRef, capacity: usize) -> Result<Word, HeapError> {
        let counted = match self.types.get(ty) {
            RuntimeType::List(element) => self.types.is_counted(*element),
            other => unreachable!("{other:?} is no list type"),
        };
        Ok(self
            .create_list(ty, if counted { 0 } else { FLAT }, capacity)?
            .word())
    }

    /// A list of type `ty` of these elements. Consumes the elements.
    pub(crate) fn list_of(&mut self, ty: TypeRef, elements: &[Word]) -> Result<Word, HeapError> {
        match self.list(ty, elements.len()) {
            Ok(list) => {
                let object = Object::of(list);
                for (position, &element) in elements.iter().enumerate() {
                    object.write_element(position, element);
                }
                object.set_length(elements.len() as u32);
                Ok(list)
            }
            Err(error) => {
                if let Some(element) = self.types.element(ty) {
                    elements
                        .iter()
                        .for_each(|&word| self.release_typed(word, element));
                }
                Err(error)
            }
        }
    }

    /// Elements of a list; words of a tuple, a record or a variant's payload (empty for a plain variant). Borrows.
    #[inline]
    pub(crate) fn elements(&self, word: Word) -> &[Word] {
        if word.is_object() {
            self.object(word).slice()
        } else {
            &[]
        }
    }

    /// Number of [`Heap::elements`]. Borrows.
    #[inline]
    pub(crate) fn element_count(&self, word: Word) -> usize {
        self.elements(word).len()
    }

    /// One of [`Heap::elements`]. Borrows.
    ///
    /// # Panics
    /// If there are no more than `position` elements.
    #[inline]
    pub(crate) fn element(&self, word: Word, position: usize) -> Word {
        self.elements(word)[position]
    }

    /// The type that a list, map, set, tuple, record, payload variant, result, String, Bytes or function names. Borrows.
    #[inline]
    pub(crate) fn type_of_object(&self, word: Word) -> TypeRef {
        self.object(word).header().ty
    }

    /// The list with one more element. Consumes both.
    #[inline]
    pub(crate) fn push(&mut self, list: Word, element: Word) -> Result<Word, HeapError> {
        let object = self.object(list);
        let header = object.header();
        let length = header.length;
        if header.count == 1 && length < object.capacity() {
            object.write_element(length as usize, element);
            object.set_length(length + 1);
            return Ok(list);
        }
        self.push_with_growth(list, element)
    }

    fn push_with_growth(&mut self, list: Word, element: Word) -> Result<Word, HeapError> {
        let flat = self.object(list).header().flags & FLAT != 0;
        match self.with_room(list, 1) {
            Ok(list) => self.push(list, element),
            Err(error) => {
                if !flat {
                    self.release(element);
                }
                Err(error)
            }
        }
    }

    /// The list with the elements `from..to` of another at its end. Consumes the first, borrows the second; each has a
    /// reference of its own, also if they are one object.
    ///
    /// # Panics
    /// If the range is not within the other list.
    pub(crate) fn extend(
        &mut self,
        list: Word,
        other: Word,
        from: usize,
        to: usize,
    ) -> Result<Word, HeapError> {
        let list = self.with_room(list, to - from)?;
        let (object, other) = (self.object(list), self.object(other));
        let header = object.header();
        let flat = header.flags & FLAT != 0;
        let mut length = header.length as usize;
        for &element in &other.slice()[from..to] {
            if !flat {
                self.retain(element);
            }
            object.write_element(length, element);
            length += 1;
        }
        object.set_length(length as u32);
        Ok(list)
    }

    /// The list with another element at `position`. Consumes list and element, and releases the one that was there.
    ///
    /// # Panics
    /// If there are no more than `position` elements.
    pub(crate) fn set_element(
        &mut self,
        list: Word,
        position: usize,
        element: Word,
    ) -> Result<Word, HeapError> {
        let flat = self.object(list).header().flags & FLAT != 0;
        match self.unshared(list) {
            Ok(list) => {
                let object = self.object(list);
                let old = object.slice()[position];
                object.write_element(position, element);
                if !flat {
                    self.release(old);
                }
                Ok(list)
            }
            Err(error) => {
                if !flat {
                    self.release(element);
                }
                Err(error)
            }
        }
    }

    /// The list with its elements rearranged: `arrange` may permute them, and must not do more. Consumes.
    pub(crate) fn rearrange(
        &mut self,
        list: Word,
        arrange: impl FnOnce(&Heap, &mut [Word]),
    ) -> Result<Word, HeapError> {
        let list = self.unshared(list)?;
        let mut elements = self.elements(list).to_vec();
        arrange(self, &mut elements);
        let object = self.object(list);
        for (position, element) in elements.into_iter().enumerate() {
            object.write_element(position, element);
        }
        Ok(list)
    }

    /// The list without the elements from `length` on. Consumes.
    pub(crate) fn truncate(&mut self, list: Word, length: usize) -> Result<Word, HeapError> {
        if self.element_count(list) <= length {
            return Ok(list);
        }
        if !self.is_unique(list) {
            let ty = self.type_of_object(list);
            let copied = self
                .list(ty, length)
                .and_then(|copy| self.extend(copy, list, 0, length));
            self.release(list);
            return copied;
        }
        let object = self.object(list);
        let dropped: &[Word] = &object.slice()[length..];
        object.set_length(length as u32);
        if object.header().flags & FLAT == 0 {
            dropped.iter().for_each(|&word| self.release(word));
        }
        Ok(list)
    }

    /// The list itself if nothing else refers to it, else a copy. Consumes.
    #[inline]
    pub(crate) fn unshared(&mut self, list: Word) -> Result<Word, HeapError> {
        if self.object(list).header().count == 1 {
            return Ok(list);
        }
        self.copy_with_room(list, self.element_count(list))
    }

    /// The list, unshared, with room for so many more elements. Consumes.
    fn with_room(&mut self, list: Word, more: usize) -> Result<Word, HeapError> {
        let object = self.object(list);
        let length = object.header().length as usize;
        let needed = length + more;
        if object.header().count > 1 {
            return self.copy_with_room(list, if more == 1 { grown(needed, length) } else { needed });
        }
        if needed <= object.capacity() as usize {
            return Ok(list);
        }
        let resized = list_block(grown(needed, length)).and_then(|(capacity, bytes)| {
            let resized = self.resize(object, bytes)?;
            resized.set_capacity(capacity);
            Ok(resized.word())
        });
        if resized.is_err() {
            self.release(list);
        }
        resized
    }

    fn copy_with_room(&mut self, list: Word, capacity: usize) -> Result<Word, HeapError> {
        let header = self.object(list).header();
        let copied = self
            .create_list(header.ty, header.flags, capacity)
            .and_then(|copy| self.extend(copy.word(), list, 0, header.length as usize));
        self.release(list);
        copied
    }

    pub(crate) fn create_list(
        &mut self,
        ty: TypeRef,
        flags: u8,
        capacity: usize,
    ) -> Result<Object, HeapError> {
        let (capacity, bytes) = list_block(capacity)?;
        let header = Header {
            count: 1,
            kind: Kind::List,
            flags,
            variant: 0,
            ty,
            length: 0,
        };
        let object = self.create(bytes, header)?;
        object.set_capacity(capacity);
        Ok(object)
    }
}

/// Capacity for `needed` elements where `length` were: twice as many.
fn grown(needed: usize, length: usize) -> usize {
    needed.max(2 * length).max(3)
}

/// The capacity, rounded to fill a block, and the size of that block in bytes.
fn list_block(capacity: usize) -> Result<(u32, usize), HeapError> {
    let capacity = capacity | 1;
    Ok((checked_length(capacity)?, SEQUENCE + capacity * size_of::<Word>()))
}

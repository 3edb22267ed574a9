//! Reference counts: retaining, releasing, and freeing what nothing refers to any more, iteratively.

use super::object::{FLAT, Kind, Object};
use super::types::TypeRef;
use super::word::Word;
use super::{Heap, object};

impl Heap {
    /// Adds a reference to a word of a counted type.
    #[inline(always)]
    pub(crate) fn retain(&self, word: Word) {
        if word.is_object() {
            // Cannot overflow: see the greatest budget in `allocator`.
            let object = self.object(word);
            object.set_count(object.header().count + 1);
        }
    }

    /// Adds a reference to a word of any type.
    #[inline]
    pub(crate) fn retain_typed(&self, word: Word, ty: TypeRef) {
        if self.types.is_counted(ty) {
            self.retain(word);
        }
    }

    /// Gives up a reference to a word of a counted type. Consumes.
    #[inline(always)]
    pub(crate) fn release(&mut self, word: Word) {
        if word.is_object() {
            let object = self.object(word);
            let header = object.header();
            if header.count == 1 {
                self.destroy(object);
            } else {
                object.set_count(header.count - 1);
            }
        }
    }

    /// Gives up a reference to a word of any type. Consumes.
    #[inline]
    pub(crate) fn release_typed(&mut self, word: Word, ty: TypeRef) {
        if self.types.is_counted(ty) {
            self.release(word);
        }
    }

    /// Whether the word is an object that nothing else refers to.
    #[inline(always)]
    pub(crate) fn is_unique(&self, word: Word) -> bool {
        word.is_object() && self.object(word).header().count == 1
    }

    /// Frees an object whose last reference is being given up, and all that only it kept alive.
    ///
    /// The work list holds at most one entry for each object that dies, eight bytes, so it is bounded by the budget.
    #[inline(never)]
    fn destroy(&mut self, object: Object) {
        if self.has_no_counted_words(object) {
            return self.free(object);
        }
        self.dying.push(object);
        while let Some(object) = self.dying.pop() {
            self.release_words(object);
            self.free(object);
        }
    }

    #[inline(always)]
    fn has_no_counted_words(&self, object: Object) -> bool {
        let header = object.header();
        match header.kind {
            Kind::String | Kind::Bytes | Kind::Boxed => true,
            Kind::List | Kind::Aggregate | Kind::Closure => header.flags & FLAT != 0,
            Kind::Generator | Kind::Map | Kind::Set => false,
        }
    }

    fn release_words(&mut self, object: Object) {
        let header = object.header();
        match header.kind {
            Kind::String | Kind::Bytes | Kind::Boxed => {}
            Kind::List => {
                if header.flags & FLAT == 0 {
                    for &word in object.slice() {
                        self.release_later(word);
                    }
                }
            }
            Kind::Aggregate => {
                if header.flags & FLAT == 0 {
                    // SAFETY: the heap holds its table of types as long as it lives and never puts another in its
                    // place, so what is borrowed here stays while the words are released. A count of references to
                    // the table, kept for each object that dies, would cost more than all the rest.
                    let types = unsafe { &*std::sync::Arc::as_ptr(&self.types) };
                    let words = object.slice();
                    for &position in types.counted_parts(header.ty, u32::from(header.variant)) {
                        self.release_later(words[position as usize]);
                    }
                }
            }
            Kind::Closure if header.flags & FLAT != 0 => {}
            Kind::Closure => {
                let types = std::sync::Arc::clone(&self.types);
                let words = object.slice();
                let bound = &words[1..];
                let parameters = types.cell_parameters(words[0].int() as usize);
                for (&word, &ty) in bound.iter().zip(&parameters[parameters.len() - bound.len()..]) {
                    if types.is_counted(ty) {
                        self.release_later(word);
                    }
                }
            }
            Kind::Generator => {
                for word in object.owned_words() {
                    self.release_later(word);
                }
            }
            Kind::Map | Kind::Set => {
                let table = std::mem::take(object.table_mut());
                self.refund(table.bytes());
                let types = std::sync::Arc::clone(&self.types);
                let (key, value) = types.key_and_value(header.ty).unwrap_or_else(|| {
                    let element = types.element(header.ty).expect("a table is a map or a set");
                    (element, element)
                });
                let counted = [types.is_counted(key), types.is_counted(value)];
                if counted != [false, false] {
                    let stride = if header.kind == Kind::Map { 2 } else { 1 };
                    for (position, word) in table.words().enumerate() {
                        if counted[position % stride] {
                            self.release_later(word);
                        }
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn release_later(&mut self, word: Word) {
        if word.is_object() {
            let object = self.object(word);
            let header = object.header();
            if header.count > 1 {
                object.set_count(header.count - 1);
            } else if self.has_no_counted_words(object) {
                self.free(object);
            } else {
                self.dying.push(object);
            }
        }
    }
}

const _: () = assert!(object::HEADER == 16);

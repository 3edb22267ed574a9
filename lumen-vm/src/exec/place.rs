//! Writing places: elements of lists, words of records and tuples, and what a path names.

use super::Vm;
use super::index::index_failure;
use super::op::Op;
use super::stack::Link;
use crate::failure::Failure;
use crate::heap::{HeapError, Kind, Object, TypeRef, Word};
use crate::lir::PathStep;
use crate::show::{BoundedText, write_type_name};

/// Most bytes of a type's name in a message.
const LONGEST_TYPE_NAME: usize = 500;

impl Vm<'_> {
    /// Puts another element at an index of a list. Consumes `value`; on failure `list` is still a value, or null if it could not
    /// be copied. As for all of these, `COUNTED` says whether `value` is counted.
    #[inline(always)]
    pub(super) fn store_element<const COUNTED: bool>(
        &mut self,
        list: &mut Word,
        index: Word,
        value: Word,
    ) -> Result<(), Failure> {
        let object = Object::of(*list);
        let header = object.header();
        if header.count != 1 || index.bits() >= u64::from(header.length) {
            return self.store_shared_list(list, index.int(), value, COUNTED);
        }
        // SAFETY: the index was checked; nothing else refers to the list.
        let old = unsafe { object.elements().add(index.bits() as usize).replace(value) };
        if COUNTED {
            self.heap.release(old);
        }
        Ok(())
    }

    /// Puts another word at a position of a record or tuple, which its type has. Consumes `value`; on failure the record is null.
    #[inline(always)]
    pub(super) fn store_field<const COUNTED: bool>(
        &mut self,
        record: &mut Word,
        position: usize,
        value: Word,
    ) -> Result<(), HeapError> {
        self.unshared_record(record, value, COUNTED)?;
        // SAFETY: the verifier has checked the position; nothing else refers to the record.
        let old = unsafe { Object::of(*record).words().add(position).replace(value) };
        if COUNTED {
            self.heap.release(old);
        }
        Ok(())
    }

    /// Puts another word, which is not counted, at a position of an element of a list; on failure `list` is what
    /// [`Vm::unshared_element`] leaves.
    #[inline(always)]
    pub(super) fn store_element_field(
        &mut self,
        list: &mut Word,
        index: Word,
        position: usize,
        value: Word,
    ) -> Result<(), Failure> {
        let object = Object::of(*list);
        let header = object.header();
        let unshared = if header.count == 1 && index.bits() < u64::from(header.length) {
            // SAFETY: the index was checked.
            let element = Object::of(unsafe { *object.elements().add(index.bits() as usize) });
            (element.header().count == 1).then_some(element)
        } else {
            None
        };
        let element = match unshared {
            Some(element) => element,
            None => self.unshared_element(list, index.int())?,
        };
        // SAFETY: the verifier has checked the position; nothing else refers to list and element.
        unsafe { element.words().add(position).write(value) };
        Ok(())
    }

    /// Puts another element at an index of a list. Consumes `value`, `counted` or not; on failure `list` is still a value,
    /// or null if it could not be copied.
    #[cold]
    #[inline(never)]
    fn store_shared_list(
        &mut self,
        list: &mut Word,
        index: i64,
        value: Word,
        counted: bool,
    ) -> Result<(), Failure> {
        let length = self.heap.element_count(*list);
        match usize::try_from(index).ok().filter(|&index| index < length) {
            Some(index) => {
                let old = std::mem::replace(list, Word::INLINE_NULL);
                *list = self.heap.set_element(old, index, value)?;
                Ok(())
            }
            None => {
                let failure = index_failure(index, length, "list", "element");
                if counted {
                    self.heap.release(value);
                }
                Err(failure)
            }
        }
    }

    /// Makes `record`, a record or tuple, one that nothing else refers to. On failure it is null, and `value` is consumed.
    #[inline]
    fn unshared_record(&mut self, record: &mut Word, value: Word, counted: bool) -> Result<(), HeapError> {
        if Object::of(*record).header().count == 1 {
            return Ok(());
        }
        let shared = std::mem::replace(record, Word::INLINE_NULL);
        let unshared = self.heap.unshared_aggregate(shared);
        if unshared.is_err() && counted {
            self.heap.release(value);
        }
        *record = unshared?;
        Ok(())
    }

    /// Makes a list and its aggregate at an index, which it yields, such that nothing else refers to them. On failure `list`
    /// is null or a value, perhaps with a null in place of the element that could not be copied.
    #[cold]
    #[inline(never)]
    fn unshared_element(&mut self, list: &mut Word, index: i64) -> Result<Object, Failure> {
        let length = self.heap.element_count(*list);
        let Some(index) = usize::try_from(index).ok().filter(|&index| index < length) else {
            return Err(index_failure(index, length, "list", "element"));
        };
        let shared = std::mem::replace(list, Word::INLINE_NULL);
        *list = self.heap.unshared(shared)?;
        let object = Object::of(*list);
        let element = self.heap.element(*list, index);
        object.write_element(index, Word::INLINE_NULL);
        let element = self.heap.unshared_aggregate(element)?;
        object.write_element(index, element);
        Ok(Object::of(element))
    }

    /// The general store: the place in A that a path names becomes B. Consumes B; on failure A is what [`Vm::store_at`]
    /// leaves.
    ///
    /// # Safety
    /// `op` is a store of the frame at `base`.
    pub(super) unsafe fn store(&mut self, base: *mut Word, op: &Op) -> Result<(), Failure> {
        // SAFETY: the frame's words lie before its window.
        let cell = unsafe { Link::from_word(*base.sub(1)) }.cell();
        let path = &self.program.quick(cell).paths[op.w as usize];
        // SAFETY: registers of the operation belong to the frame.
        let register = |number: u8| unsafe { *base.add(usize::from(number)) };
        let steps = path.iter().map(|&step| match step {
            PathStep::Position(position) => Step::Position(position as usize),
            PathStep::Index(index) => Step::Index(register(index)),
        });
        let mut root = register(op.a);
        let value = register(op.b);
        let counted = op.c != 0;
        let stored = self.store_at(&mut root, steps, value);
        if stored.is_err() && counted {
            self.heap.release(value);
        }
        // SAFETY: as above.
        unsafe { *base.add(usize::from(op.a)) = root };
        stored
    }

    /// Walks to the place, unsharing on the way, and puts `value` there. On failure `root` is still a value (perhaps
    /// with nulls in the place of parts that could not be copied), and `value` is not consumed.
    fn store_at(
        &mut self,
        root: &mut Word,
        steps: impl Iterator<Item = Step>,
        value: Word,
    ) -> Result<(), Failure> {
        let mut place: *mut Word = root;
        let mut steps = steps.peekable();
        while let Some(step) = steps.next() {
            // SAFETY: `place` points to the root, or into an object that only the path so far refers to.
            let container = unsafe { *place };
            let kind = Object::of(container).header().kind;
            self.check_step(container, kind, step, steps.peek().is_none())?;
            // SAFETY: as above. If unsharing fails the reference is gone, and the place must not name it any more.
            unsafe { *place = Word::INLINE_NULL };
            let unshared = match kind {
                Kind::List => self.heap.unshared(container)?,
                Kind::Map => self.heap.unshared_table(container)?,
                _ => self.heap.unshared_aggregate(container)?,
            };
            // SAFETY: as above.
            unsafe { *place = unshared };
            let object = Object::of(unshared);
            let last = steps.peek().is_none();
            match step {
                Step::Position(position) => {
                    let ty = object.header().ty;
                    let variant = u32::from(object.header().variant);
                    let part = self.program.types().parts(ty, variant)[position];
                    // SAFETY: the verifier has checked the position.
                    place = unsafe { object.words().add(position) };
                    if last {
                        self.replace(place, value, part);
                    }
                }
                Step::Index(index) if kind == Kind::List => {
                    let element = self.program.types().element(object.header().ty);
                    // SAFETY: `check_step` has checked the index.
                    place = unsafe { object.elements().add(index.int() as usize) };
                    if last {
                        self.replace(place, value, element.expect("a list has elements"));
                    }
                }
                Step::Index(key) if last => {
                    let key_type = self.program.types().key_and_value(object.header().ty);
                    let (key_type, value_type) = key_type.expect("a map has keys");
                    self.heap.retain_typed(key, key_type);
                    self.heap.retain_typed(value, value_type);
                    // SAFETY: as above.
                    unsafe { *place = Word::INLINE_NULL };
                    let inserted = self.heap.map_insert(unshared, key, value)?;
                    // SAFETY: as above.
                    unsafe { *place = inserted };
                    self.heap.release_typed(value, value_type);
                }
                Step::Index(key) => {
                    place = self
                        .heap
                        .map_slot(unshared, key)
                        .expect("`check_step` has looked the key up");
                }
            }
        }
        Ok(())
    }

    /// Whether there is something at the step; the last step into a map may insert.
    fn check_step(&self, container: Word, kind: Kind, step: Step, last: bool) -> Result<(), Failure> {
        match step {
            Step::Index(index) if kind == Kind::List => {
                let length = self.heap.element_count(container);
                match usize::try_from(index.int()).ok().filter(|&index| index < length) {
                    Some(_) => Ok(()),
                    None => Err(index_failure(index.int(), length, "list", "element")),
                }
            }
            Step::Index(key) if !last && self.heap.map_get(container, key).is_none() => {
                Err(self.key_failure(container, key))
            }
            _ => Ok(()),
        }
    }

    fn replace(&mut self, place: *mut Word, value: Word, ty: TypeRef) {
        // SAFETY: `store_at` passes a place within an object that nothing else refers to.
        let old = unsafe { place.replace(value) };
        self.heap.release_typed(old, ty);
    }

    /// The text of a failed cast.
    #[cold]
    pub(super) fn cast_failure(&self, value: Word, wanted: TypeRef) -> Failure {
        let (found, _) = self.heap.unwrap(value);
        let types = self.program.types();
        let [found, wanted] = [found, wanted].map(|ty| {
            let mut name = BoundedText::new(LONGEST_TYPE_NAME);
            // A name that is too long is shown as far as it goes.
            let _ = write_type_name(types, ty, &mut name);
            name.into_string()
        });
        Failure::runtime(format!("the value is of type {found}, not {wanted}"))
    }

    /// Whether a dynamic word holds a value of a type.
    #[inline]
    pub(super) fn holds(&self, value: Word, ty: TypeRef) -> bool {
        self.program.types().holds(ty, self.heap.unwrap(value).0)
    }
}

/// A step of a path, with the index or key itself.
#[derive(Clone, Copy)]
enum Step {
    Position(usize),
    Index(Word),
}

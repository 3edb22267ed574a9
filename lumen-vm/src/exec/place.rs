//! Reading and writing places: indexes, keys, paths of stores, and what to say when there is nothing.

use super::Vm;
use super::op::Op;
use super::stack::Link;
use crate::failure::Failure;
use crate::heap::{HeapError, Kind, Object, RuntimeType, TypeRef, Word};
use crate::lir::PathStep;
use crate::show::{BoundedText, write_type_name};

/// Most bytes of a type's name in a message.
const LONGEST_TYPE_NAME: usize = 500;

/// Index out of range; `container` and `part` are what users call them.
#[cold]
pub(super) fn index_failure(index: i64, length: usize, container: &str, part: &str) -> Failure {
    let plural = if length == 1 { "" } else { "s" };
    Failure::runtime(format!(
        "index {index} is out of range: the {container} has {length} {part}{plural}"
    ))
}

#[cold]
pub(super) fn list_index_failure(list: Object, index: i64) -> Failure {
    index_failure(index, list.header().length as usize, "list", "element")
}

impl Vm<'_> {
    /// The character at an index as a String.
    pub(super) fn character_at(&mut self, string: Word, index: i64) -> Result<Word, Failure> {
        let count = self.heap.character_count(string);
        match usize::try_from(index).ok().filter(|&index| index < count) {
            Some(index) if self.heap.is_ascii(string) => {
                let octet = self.heap.text(string).as_bytes()[index];
                Ok(self.character(octet)?)
            }
            Some(index) => {
                let range = self.heap.character_range(string, index, index + 1);
                Ok(self.heap.substring(string, range)?)
            }
            None => Err(index_failure(index, count, "String", "character")),
        }
    }

    #[cold]
    pub(super) fn key_failure(&self, map: Word, key: Word) -> Failure {
        let ty = self.heap.type_of_object(map);
        let key_type = self
            .program
            .types()
            .key_and_value(ty)
            .map_or(TypeRef::STRING, |(key, _)| key);
        let shown = match key_type {
            TypeRef::INT => key.int().to_string(),
            TypeRef::BOOL => key.bool().to_string(),
            _ => format!("{:?}", self.heap.text(key)),
        };
        Failure::runtime(format!("key {shown} is not in the map"))
    }

    /// Puts another element at an index of a list. Consumes `value`, `counted` or not; on failure `list` is still a value,
    /// or null if it could not be copied.
    #[cold]
    #[inline(never)]
    pub(super) fn store_shared_list(
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
    pub(super) fn unshared_record(
        &mut self,
        record: &mut Word,
        value: Word,
        counted: bool,
    ) -> Result<(), HeapError> {
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
    pub(super) fn unshared_element(&mut self, list: &mut Word, index: i64) -> Result<Object, Failure> {
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

    /// The text of a payload taken from another variant.
    #[cold]
    pub(super) fn payload_failure(&self, value: Word, wanted: u32) -> Failure {
        let found = self.heap.variant_of(value);
        let (ty, _) = self.heap.unwrap(value);
        let types = self.program.types();
        let name = |variant: u32| match types.get(ty) {
            RuntimeType::Result(..) => ["ok", "err"][variant as usize].to_owned(),
            _ => match types.nominal_of(ty).map(|nominal| &nominal.shape) {
                Some(crate::heap::NominalShape::Enum(variants)) => variants[variant as usize].0.clone(),
                _ => variant.to_string(),
            },
        };
        Failure::runtime(format!("the value is {}, not {}", name(found), name(wanted)))
    }
}

/// A step of a path, with the index or key itself.
#[derive(Clone, Copy)]
enum Step {
    Position(usize),
    Index(Word),
}

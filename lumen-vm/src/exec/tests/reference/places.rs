//! Places: reading an index, and storing into a copy of all that holds the place.

use super::{End, Reference};
use crate::exec::index;
use crate::heap::{RuntimeType, TypeRef, Word};

#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Position(usize),
    Index(Word),
}

impl Reference<'_, '_> {
    pub(super) fn index(
        &mut self,
        (container, container_type): (Word, TypeRef),
        (key, _): (Word, TypeRef),
        ty: TypeRef,
    ) -> Result<Word, End> {
        let position = usize::try_from(key.int()).ok();
        let found = match self.vm.program.types().get(container_type) {
            RuntimeType::List(_) => {
                let elements = self.vm.heap.elements(container);
                position
                    .and_then(|position| elements.get(position))
                    .copied()
                    .ok_or_else(|| index::index_failure(key.int(), elements.len(), "list", "element"))?
            }
            RuntimeType::Map(..) => self
                .vm
                .heap
                .map_get(container, key)
                .ok_or_else(|| self.vm.key_failure(container, key))?,
            RuntimeType::String => {
                let characters: Vec<char> = self.vm.heap.text(container).chars().collect();
                let character = position
                    .and_then(|position| characters.get(position))
                    .ok_or_else(|| {
                        index::index_failure(key.int(), characters.len(), "String", "character")
                    })?;
                return Ok(self.vm.heap.string(&character.to_string())?);
            }
            _ => {
                let octets = self.vm.heap.octets(container);
                let octet = position
                    .and_then(|position| octets.get(position))
                    .ok_or_else(|| index::index_failure(key.int(), octets.len(), "Bytes value", "octet"))?;
                return Ok(Word::from_int(i64::from(*octet)));
            }
        };
        Ok(self.own((found, ty)))
    }

    /// A copy of a container with the place changed, all of it copied.
    pub(super) fn stored(
        &mut self,
        container: Word,
        ty: TypeRef,
        steps: &[Step],
        value: Word,
    ) -> Result<Word, End> {
        let types = std::sync::Arc::clone(self.vm.program.types());
        let Some((&step, rest)) = steps.split_first() else {
            return Ok(self.own((value, ty)));
        };
        match (step, types.get(ty)) {
            (Step::Position(position), _) => {
                let parts = types.parts(ty, 0);
                let new = self.stored(
                    self.vm.heap.element(container, position),
                    parts[position],
                    rest,
                    value,
                )?;
                let mut words = self.vm.heap.elements(container).to_vec();
                for (other, &word) in words.iter().enumerate().filter(|(other, _)| *other != position) {
                    self.vm.heap.retain_typed(word, parts[other]);
                }
                words[position] = new;
                Ok(self.vm.heap.aggregate(ty, &words)?)
            }
            (Step::Index(index), RuntimeType::List(element)) => {
                let length = self.vm.heap.element_count(container);
                let position = usize::try_from(index.int())
                    .ok()
                    .filter(|&position| position < length);
                let position =
                    position.ok_or_else(|| index::index_failure(index.int(), length, "list", "element"))?;
                let new = self.stored(self.vm.heap.element(container, position), *element, rest, value)?;
                let mut words = self.vm.heap.elements(container).to_vec();
                for (_, &word) in words.iter().enumerate().filter(|(other, _)| *other != position) {
                    self.vm.heap.retain_typed(word, *element);
                }
                words[position] = new;
                Ok(self.vm.heap.list_of(ty, &words)?)
            }
            (Step::Index(key), RuntimeType::Map(key_type, value_type)) => {
                let old = self.vm.heap.map_get(container, key);
                let new = match old {
                    Some(old) => self.stored(old, *value_type, rest, value)?,
                    None if rest.is_empty() => self.own((value, *value_type)),
                    None => return Err(self.vm.key_failure(container, key).into()),
                };
                let copy = self.own((container, ty));
                let key = self.own((key, *key_type));
                Ok(self.vm.heap.map_insert(copy, key, new)?)
            }
            (step, other) => unreachable!("{step:?} into {other:?}"),
        }
    }
}

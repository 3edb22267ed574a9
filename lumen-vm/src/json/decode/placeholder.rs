//! Values that stand for faulty fields while the constraints on the other ones are tried.

use super::Decoder;
use crate::heap::{HeapError, NominalShape, RuntimeType, TypeRef, Word};

/// How deep records and variants nest in such values.
const DEPTH: usize = 8;

impl Decoder<'_> {
    /// Some value of a type, owned; constraints of records in it need not hold. Nothing if there is no simple one.
    pub(super) fn placeholder(&mut self, ty: TypeRef) -> Option<Word> {
        self.some_value(ty, DEPTH)
    }

    fn some_value(&mut self, ty: TypeRef, depth: usize) -> Option<Word> {
        let types = self.types;
        let made: Result<Word, HeapError> = match types.get(ty) {
            RuntimeType::Null => Ok(Word::NULL),
            RuntimeType::Bool => Ok(Word::from_bool(false)),
            RuntimeType::Int => Ok(Word::from_int(0)),
            RuntimeType::Float => Ok(Word::from_float(0.0)),
            RuntimeType::String => self.heap().string(""),
            RuntimeType::Bytes => self.heap().bytes(&[]),
            RuntimeType::Json => Ok(Word::INLINE_NULL),
            RuntimeType::List(_) => self.heap().list(ty, 0),
            RuntimeType::Set(_) => self.heap().set(ty),
            RuntimeType::Map(..) => self.heap().map(ty),
            RuntimeType::Union(members) if members.contains(&TypeRef::NULL) => Ok(Word::INLINE_NULL),
            RuntimeType::Union(members) => {
                let member = *members.first()?;
                let word = self.some_value(member, depth)?;
                self.heap().wrap(word, member)
            }
            RuntimeType::Tuple(_) | RuntimeType::Result(..) => return self.aggregate(ty, 0, depth),
            RuntimeType::Nominal(nominal) => {
                let variants = match &types.nominal(*nominal).shape {
                    NominalShape::Record(_) => 1,
                    NominalShape::Enum(variants) => variants.len(),
                    NominalShape::Opaque => 0,
                };
                // A variant with the fewest parts comes to an end soonest.
                let variant = (0..variants as u32).min_by_key(|variant| types.parts(ty, *variant).len())?;
                return self.aggregate(ty, variant, depth);
            }
            _ => return None,
        };
        made.ok()
    }

    fn aggregate(&mut self, ty: TypeRef, variant: u32, depth: usize) -> Option<Word> {
        let below = depth.checked_sub(1)?;
        let types = self.types;
        let mut words = Vec::new();
        for &part in types.parts(ty, variant) {
            match self.some_value(part, below) {
                Some(word) => words.push((word, part)),
                None => {
                    self.release(words);
                    return None;
                }
            }
        }
        let words: Vec<Word> = words.into_iter().map(|(word, _)| word).collect();
        self.heap().variant(ty, variant, &words).ok()
    }
}

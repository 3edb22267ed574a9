//! Which member of a union a Json is a value of.
//!
//! Members are told apart by the outermost shape alone: kind of the Json, names of an object's members, length of an array.
//! So choosing takes no longer than decoding, and a Json that two members could be decoded from is refused rather than
//! guessed at.

use super::{Decoder, type_name};
use crate::heap::{NominalShape, RuntimeType, TypeRef, Word};

impl Decoder<'_> {
    /// The member that a Json is to be decoded as, or what was expected instead.
    pub(super) fn chosen_member(&mut self, json: Word, members: &[TypeRef]) -> Result<TypeRef, String> {
        let mut members = members.to_vec();
        members.sort_by_key(|member| (*member == TypeRef::NULL, self.types.rank(*member)));
        let mut fitting = members.clone();
        fitting.retain(|member| self.fits(json, *member));
        let is_int = self.heap().unwrap(json).0 == TypeRef::INT;
        match fitting.as_slice() {
            [member] => Ok(*member),
            // An integer is an Int before it is a Float.
            [_, ..] if is_int && fitting.contains(&TypeRef::INT) => Ok(TypeRef::INT),
            [] => Err(format!("expected {}", self.names(&members, " or "))),
            _ => Err(format!(
                "expected {}, which JSON does not tell apart here",
                self.names(&fitting, " or ")
            )),
        }
    }

    fn names(&self, types: &[TypeRef], separator: &str) -> String {
        let names: Vec<String> = types.iter().map(|ty| type_name(self.types, *ty)).collect();
        names.join(separator)
    }

    /// Whether the outermost shape of the Json is that of a value of the type.
    fn fits(&mut self, json: Word, ty: TypeRef) -> bool {
        let types = self.types;
        let (found, word) = self.heap().unwrap(json);
        match (types.get(ty), found) {
            (RuntimeType::Null, TypeRef::NULL)
            | (RuntimeType::Bool, TypeRef::BOOL)
            | (RuntimeType::Int, TypeRef::INT)
            | (RuntimeType::Float, TypeRef::INT | TypeRef::FLOAT)
            | (RuntimeType::String | RuntimeType::Bytes, TypeRef::STRING)
            | (RuntimeType::List(_) | RuntimeType::Set(_), TypeRef::JSON_LIST)
            | (RuntimeType::Map(..), TypeRef::JSON_MAP)
            | (RuntimeType::Json, _) => true,
            (RuntimeType::Tuple(elements), TypeRef::JSON_LIST) => {
                self.heap().element_count(word) == elements.len()
            }
            (RuntimeType::Result(..), TypeRef::JSON_MAP) => {
                let member = self.only_member(word);
                member.is_some_and(|(name, _)| matches!(self.heap().text(name), "ok" | "err"))
            }
            (RuntimeType::Nominal(nominal), _) => match (&types.nominal(*nominal).shape, found) {
                (NominalShape::Record(fields), TypeRef::JSON_MAP) => self.has_fields(ty, fields, word),
                (NominalShape::Enum(variants), TypeRef::STRING) => {
                    let name = self.heap().text(word);
                    let mut variants = variants.iter();
                    variants.any(|(variant, payload)| variant == name && payload.is_empty())
                }
                (NominalShape::Enum(variants), TypeRef::JSON_MAP) => {
                    let Some((name, payload)) = self.only_member(word) else {
                        return false;
                    };
                    let is_list = self.heap().unwrap(payload).0 == TypeRef::JSON_LIST;
                    let name = self.heap().text(name);
                    let mut variants = variants.iter();
                    is_list && variants.any(|(variant, payload)| variant == name && !payload.is_empty())
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether an object has all fields of a record, but for those with a default, and no others.
    fn has_fields(&mut self, ty: TypeRef, fields: &[(String, TypeRef)], object: Word) -> bool {
        let heap = self.records.heap();
        let names: Vec<&str> = heap
            .map_entries(object)
            .map(|(name, _)| heap.text(name))
            .collect();
        let known = names
            .iter()
            .all(|name| fields.iter().any(|(field, _)| field == name));
        let missing: Vec<usize> = (0..fields.len())
            .filter(|position| !names.contains(&fields[*position].0.as_str()))
            .collect();
        known && missing.iter().all(|field| self.records.has_default(ty, *field))
    }
}

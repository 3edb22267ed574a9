//! From a JSON tree to a value of a type.

use super::choice::chosen_member;
use super::json_tree::JsonTree;
use super::problem::{ArgumentError, Missing, Problem, type_name};
use crate::heap::{Heap, NominalShape, RuntimeType, TypeRef, TypeTable, Word};
use std::sync::Arc;

/// Makes the values of records.
pub(crate) trait Builder {
    /// The heap that values are made in.
    fn heap(&mut self) -> &mut Heap;

    /// A record of type `ty` with these fields, in declared order. Consumes them. Checks constraints.
    fn record(&mut self, ty: TypeRef, fields: &[Word]) -> Result<Word, Missing>;

    /// The default of a field that the text does not have; `before` are the fields before it, which it may use. Borrows
    /// them. Nothing if the field has no default.
    fn default(&mut self, ty: TypeRef, field: usize, before: &[Word]) -> Result<Option<Word>, Missing>;
}

/// The value of type `ty` that a text is: a String as it is, anything else as JSON. The word is owned.
pub(crate) fn read_argument(
    builder: &mut dyn Builder,
    ty: TypeRef,
    text: &str,
) -> Result<Word, ArgumentError> {
    if ty == TypeRef::STRING {
        return Ok(builder.heap().string(text).map_err(Problem::from)?);
    }
    let types = Arc::clone(builder.heap().types());
    let tree = JsonTree::parse(text).map_err(|error| {
        ArgumentError::Text(format!("expected {} as JSON: {error}", type_name(&types, ty)))
    })?;
    Ok(Reader {
        builder,
        types: &types,
    }
    .value(&tree, ty)?)
}

struct Reader<'a> {
    builder: &'a mut dyn Builder,
    types: &'a TypeTable,
}

impl Reader<'_> {
    /// A word for a place of type `ty`, owned.
    fn value(&mut self, tree: &JsonTree, ty: TypeRef) -> Result<Word, Problem> {
        match (self.types.get(ty), tree) {
            (RuntimeType::Null, JsonTree::Null) => Ok(Word::NULL),
            (RuntimeType::Bool, JsonTree::Bool(value)) => Ok(Word::from_bool(*value)),
            (RuntimeType::Int, JsonTree::Int(value)) => Ok(Word::from_int(*value)),
            (RuntimeType::Float, JsonTree::Int(value)) => Ok(Word::from_float(*value as f64)),
            (RuntimeType::Float, JsonTree::Float(value)) => Ok(Word::from_float(*value)),
            (RuntimeType::String, JsonTree::String(text)) => Ok(self.builder.heap().string(text)?),
            (RuntimeType::Bytes, JsonTree::String(text)) => self.bytes(text),
            (RuntimeType::List(element), JsonTree::Array(trees)) => {
                let words = self.all(trees.iter().map(|tree| (tree, *element)))?;
                Ok(self.builder.heap().list_of(ty, &words)?)
            }
            (RuntimeType::Set(element), JsonTree::Array(trees)) => self.set(ty, trees, *element),
            (RuntimeType::Tuple(types), JsonTree::Array(trees)) if trees.len() == types.len() => {
                let words = self.all(trees.iter().zip(types.iter().copied()))?;
                Ok(self.builder.heap().aggregate(ty, &words)?)
            }
            (RuntimeType::Map(key, value), JsonTree::Object(members)) => self.map(ty, members, *key, *value),
            (RuntimeType::Result(ok, err), JsonTree::Object(members)) => match members.as_slice() {
                [(name, tree)] if name == "ok" => self.result(ty, 0, tree, *ok),
                [(name, tree)] if name == "err" => self.result(ty, 1, tree, *err),
                _ => Err(self.unexpected(tree, ty)),
            },
            (RuntimeType::Nominal(nominal), _) => {
                let types = self.types;
                match (&types.nominal(*nominal).shape, tree) {
                    (NominalShape::Record(fields), JsonTree::Object(members)) => {
                        self.record(ty, fields, members)
                    }
                    (NominalShape::Enum(variants), _) => self.variant(ty, variants, tree),
                    _ => Err(self.unexpected(tree, ty)),
                }
            }
            (RuntimeType::Json | RuntimeType::Union(_), _) => {
                let member = chosen_member(self.types, tree, ty).map_err(Problem::new)?;
                let word = self.value(tree, member)?;
                Ok(self.builder.heap().wrap(word, member)?)
            }
            _ => Err(self.unexpected(tree, ty)),
        }
    }

    fn bytes(&mut self, text: &str) -> Result<Word, Problem> {
        let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
        let octets: Option<Vec<u8>> = text
            .as_bytes()
            .chunks(2)
            .map(|pair| match pair {
                [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
                _ => None,
            })
            .collect();
        let octets =
            octets.ok_or_else(|| Problem::new("expected Bytes as pairs of hex digits".to_string()))?;
        Ok(self.builder.heap().bytes(&octets)?)
    }

    /// Words of these trees, each for a place of its type; none is left over if one fails.
    fn all<'tree>(
        &mut self,
        trees: impl Iterator<Item = (&'tree JsonTree, TypeRef)>,
    ) -> Result<Vec<Word>, Problem> {
        let mut words: Vec<(Word, TypeRef)> = Vec::new();
        for (position, (tree, ty)) in trees.enumerate() {
            match self.value(tree, ty) {
                Ok(word) => words.push((word, ty)),
                Err(problem) => {
                    self.release(&words);
                    return Err(problem.within(format!("[{position}]")));
                }
            }
        }
        Ok(words.into_iter().map(|(word, _)| word).collect())
    }

    fn release(&mut self, words: &[(Word, TypeRef)]) {
        words
            .iter()
            .for_each(|(word, ty)| self.builder.heap().release_typed(*word, *ty));
    }

    fn set(&mut self, ty: TypeRef, trees: &[JsonTree], element: TypeRef) -> Result<Word, Problem> {
        let mut set = self.builder.heap().set(ty)?;
        for (position, tree) in trees.iter().enumerate() {
            match self.value(tree, element) {
                Ok(word) => set = self.builder.heap().set_insert(set, word)?,
                Err(problem) => {
                    self.builder.heap().release(set);
                    return Err(problem.within(format!("[{position}]")));
                }
            }
        }
        Ok(set)
    }

    fn map(
        &mut self,
        ty: TypeRef,
        members: &[(String, JsonTree)],
        key: TypeRef,
        value: TypeRef,
    ) -> Result<Word, Problem> {
        let mut map = self.builder.heap().map(ty)?;
        for (name, tree) in members {
            let entry = self
                .value(tree, value)
                .and_then(|word| match self.key(name, key) {
                    Ok(key) => Ok((key, word)),
                    Err(problem) => {
                        self.builder.heap().release_typed(word, value);
                        Err(problem)
                    }
                });
            match entry {
                Ok((key, word)) => map = self.builder.heap().map_insert(map, key, word)?,
                Err(problem) => {
                    self.builder.heap().release(map);
                    return Err(problem.within(format!("[{name:?}]")));
                }
            }
        }
        Ok(map)
    }

    /// A key of a map: names of JSON objects are text, so Ints and Bools stand in it as they print.
    fn key(&mut self, name: &str, ty: TypeRef) -> Result<Word, Problem> {
        match (ty, name) {
            (TypeRef::STRING, _) => Ok(self.builder.heap().string(name)?),
            (TypeRef::BOOL, "true") => Ok(Word::from_bool(true)),
            (TypeRef::BOOL, "false") => Ok(Word::from_bool(false)),
            (TypeRef::BOOL, _) => Err(Problem::new("expected `true` or `false` as the key".to_string())),
            _ => match name.parse::<i64>() {
                Ok(key) if key.to_string() == name => Ok(Word::from_int(key)),
                _ => Err(Problem::new("expected an Int as the key".to_string())),
            },
        }
    }

    fn result(
        &mut self,
        ty: TypeRef,
        variant: u32,
        tree: &JsonTree,
        payload: TypeRef,
    ) -> Result<Word, Problem> {
        let step = if variant == 0 { ".ok" } else { ".err" };
        let word = self
            .value(tree, payload)
            .map_err(|problem| problem.within(step.to_string()))?;
        Ok(self.builder.heap().variant(ty, variant, &[word])?)
    }

    fn variant(
        &mut self,
        ty: TypeRef,
        variants: &[(String, Box<[TypeRef]>)],
        tree: &JsonTree,
    ) -> Result<Word, Problem> {
        let (name, payload) = match tree {
            JsonTree::String(name) => (name, None),
            JsonTree::Object(members) => match members.as_slice() {
                [(name, payload)] => (name, Some(payload)),
                _ => return Err(self.unexpected(tree, ty)),
            },
            _ => return Err(self.unexpected(tree, ty)),
        };
        let Some(position) = variants.iter().position(|(variant, _)| variant == name) else {
            let message = format!("{} has no variant `{name}`", type_name(self.types, ty));
            return Err(Problem::new(message));
        };
        let (_, types) = &variants[position];
        match payload {
            None if types.is_empty() => Ok(Word::plain_variant(ty, position as u32)),
            Some(JsonTree::Array(trees)) if !types.is_empty() && trees.len() == types.len() => {
                let words = self
                    .all(trees.iter().zip(types.iter().copied()))
                    .map_err(|problem| problem.within(format!(".{name}")))?;
                Ok(self.builder.heap().variant(ty, position as u32, &words)?)
            }
            _ if types.is_empty() => Err(Problem::new(format!(
                "the variant `{name}` is plain: expected \"{name}\""
            ))),
            _ => Err(Problem::new(format!(
                "the variant `{name}` has a payload, which is a list: expected {{\"{name}\": [...]}} with {} value{}",
                types.len(),
                if types.len() == 1 { "" } else { "s" },
            ))),
        }
    }

    fn record(
        &mut self,
        ty: TypeRef,
        fields: &[(String, TypeRef)],
        members: &[(String, JsonTree)],
    ) -> Result<Word, Problem> {
        let known = |name: &String| fields.iter().any(|(field, _)| field == name);
        if let Some((name, _)) = members.iter().find(|(name, _)| !known(name)) {
            let message = format!("{} has no field `{name}`", type_name(self.types, ty));
            return Err(Problem::new(message));
        }
        let by_name: std::collections::BTreeMap<&str, &JsonTree> =
            members.iter().map(|(name, tree)| (name.as_str(), tree)).collect();
        let mut words: Vec<Word> = Vec::with_capacity(fields.len());
        for (position, (name, field)) in fields.iter().enumerate() {
            let word = match by_name.get(name.as_str()) {
                Some(tree) => self
                    .value(tree, *field)
                    .map_err(|problem| problem.within(format!(".{name}"))),
                None => self.default(ty, position, name, &words),
            };
            match word {
                Ok(word) => words.push(word),
                Err(problem) => {
                    let made: Vec<(Word, TypeRef)> = words
                        .iter()
                        .copied()
                        .zip(fields.iter().map(|(_, ty)| *ty))
                        .collect();
                    self.release(&made);
                    return Err(problem);
                }
            }
        }
        Ok(self.builder.record(ty, &words)?)
    }

    fn default(&mut self, ty: TypeRef, field: usize, name: &str, before: &[Word]) -> Result<Word, Problem> {
        self.builder.default(ty, field, before)?.ok_or_else(|| {
            Problem::new(format!(
                "the field `{name}` of {} is missing",
                type_name(self.types, ty)
            ))
        })
    }

    fn unexpected(&self, tree: &JsonTree, ty: TypeRef) -> Problem {
        let expected = type_name(self.types, ty);
        let found = match tree {
            JsonTree::Float(value) => format!("the number {value:?}"),
            JsonTree::Array(elements) if matches!(self.types.get(ty), RuntimeType::Tuple(_)) => {
                format!("an array of {}", elements.len())
            }
            _ => tree.kind().to_string(),
        };
        match self.types.get(ty) {
            RuntimeType::Function(..) | RuntimeType::Generator(_) => {
                Problem::new(format!("expected {expected}, which no JSON text can be"))
            }
            RuntimeType::Result(..) => Problem::new(format!(
                "expected {expected} as {{\"ok\": ...}} or {{\"err\": ...}}, found {found}"
            )),
            _ => Problem::new(format!("expected {expected}, found {found}")),
        }
    }
}

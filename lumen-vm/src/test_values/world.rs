//! Types and words of test values.

use super::literal::Literal;
use crate::exec::{Argument, Context, MemoryOutput};
use crate::failure::Failure;
use crate::heap::{Heap, HeapError, NominalShape, RuntimeType, TypeRef, TypeTable, Word};
use crate::intrinsics::{self, State};
use crate::lir::{Intrinsic, ModuleId, PreludeRecord, SignatureType};
use crate::show::{BoundedText, Form, write_value};
use std::sync::Arc;

/// A heap with the types of a test. Everything it holds must be given back before it is dropped.
pub(crate) struct World {
    pub(crate) heap: Heap,
    pub(crate) output: MemoryOutput,
    pub(crate) state: State,
}

/// The types of a table that is not sealed yet, by their names in signatures.
pub(crate) fn intern(table: &mut TypeTable, ty: &SignatureType) -> TypeRef {
    let form = match ty {
        SignatureType::Null => return TypeRef::NULL,
        SignatureType::Bool => return TypeRef::BOOL,
        // A type that an example leaves open.
        SignatureType::Int | SignatureType::Variable(_) => return TypeRef::INT,
        SignatureType::Float => return TypeRef::FLOAT,
        SignatureType::String => return TypeRef::STRING,
        SignatureType::Bytes => return TypeRef::BYTES,
        SignatureType::Json => return TypeRef::JSON,
        SignatureType::Prelude(PreludeRecord::FieldError) => return TypeRef::FIELD_ERROR,
        SignatureType::Prelude(PreludeRecord::ValidationError) => return TypeRef::VALIDATION_ERROR,
        SignatureType::Prelude(PreludeRecord::Patch) => return TypeRef::PATCH,
        SignatureType::Prelude(PreludeRecord::RoleText) => return TypeRef::ROLE_TEXT,
        SignatureType::List(element) => RuntimeType::List(intern(table, element)),
        SignatureType::Set(element) => RuntimeType::Set(intern(table, element)),
        SignatureType::Map(key, value) => RuntimeType::Map(intern(table, key), intern(table, value)),
        SignatureType::Tuple(elements) => {
            RuntimeType::Tuple(elements.iter().map(|element| intern(table, element)).collect())
        }
        SignatureType::Result(ok, err) => RuntimeType::Result(intern(table, ok), intern(table, err)),
        SignatureType::Optional(inner) => {
            let inner = intern(table, inner);
            RuntimeType::Union(Box::new([TypeRef::NULL, inner]))
        }
    };
    table.intern(form)
}

/// The record `Point(x: Int, y: Int)`.
pub(crate) fn point(table: &mut TypeTable) -> TypeRef {
    let nominal = table.intern_nominal(&ModuleId::document("test"), "Point");
    let fields = [("x", TypeRef::INT), ("y", TypeRef::INT)];
    table.define(
        nominal,
        NominalShape::Record(fields.map(|(name, ty)| (name.to_string(), ty)).to_vec()),
    );
    table.intern(RuntimeType::Nominal(nominal))
}

/// The enum `Shape` of `Dot`, `Circle(Float)` and `Box(Float, Float)`.
pub(crate) fn shape(table: &mut TypeTable) -> TypeRef {
    let nominal = table.intern_nominal(&ModuleId::document("test"), "Shape");
    let variants: [(&str, &[TypeRef]); 3] = [
        ("Dot", &[]),
        ("Circle", &[TypeRef::FLOAT]),
        ("Box", &[TypeRef::FLOAT, TypeRef::FLOAT]),
    ];
    let variants = variants.map(|(name, payload)| (name.to_string(), payload.into()));
    table.define(nominal, NominalShape::Enum(variants.to_vec()));
    table.intern(RuntimeType::Nominal(nominal))
}

impl World {
    /// A world of the types that `declare` puts into the table, and what it returns.
    pub(crate) fn with<T>(limit: usize, declare: impl FnOnce(&mut TypeTable) -> T) -> (World, T) {
        let mut table = TypeTable::new();
        let declared = declare(&mut table);
        table.seal();
        let heap = Heap::new(Arc::new(table), limit);
        (
            World {
                heap,
                output: MemoryOutput::default(),
                state: State::default(),
            },
            declared,
        )
    }

    /// A world of types in signature notation.
    pub(crate) fn of(limit: usize, types: &[SignatureType]) -> (World, Vec<TypeRef>) {
        World::with(limit, |table| types.iter().map(|ty| intern(table, ty)).collect())
    }

    /// An owned word for a place of type `ty`.
    pub(crate) fn word(&mut self, literal: &Literal, ty: TypeRef) -> Result<Word, HeapError> {
        let form = self.heap.types().get(ty).clone();
        Ok(match (form, literal) {
            (RuntimeType::Null, Literal::Null) => Word::NULL,
            (RuntimeType::Bool, Literal::Bool(value)) => Word::from_bool(*value),
            (RuntimeType::Int, Literal::Int(value)) => Word::from_int(*value),
            (RuntimeType::Float, Literal::Float(value)) => Word::from_float(*value),
            (RuntimeType::String, Literal::String(text)) => self.heap.string(text)?,
            (RuntimeType::Bytes, Literal::Bytes(octets)) => self.heap.bytes(octets)?,
            (RuntimeType::List(element), Literal::List(literals)) => {
                let words = self.words(literals, &vec![element; literals.len()])?;
                self.heap.list_of(ty, &words)?
            }
            (RuntimeType::Tuple(types), Literal::Tuple(literals)) => {
                let words = self.words(literals, &types)?;
                self.heap.aggregate(ty, &words)?
            }
            (RuntimeType::Set(element), Literal::Set(literals)) => {
                let mut set = self.heap.set(ty)?;
                for word in self.words(literals, &vec![element; literals.len()])? {
                    set = self.heap.set_insert(set, word)?;
                }
                set
            }
            (RuntimeType::Map(key, value), Literal::Map(entries)) => {
                let mut map = self.heap.map(ty)?;
                for (key_literal, value_literal) in entries {
                    let (key, value) = (self.word(key_literal, key)?, self.word(value_literal, value)?);
                    map = self.heap.map_insert(map, key, value)?;
                }
                map
            }
            (RuntimeType::Result(ok, err), Literal::Result(variant, payload)) => {
                let word = self.word(payload, if *variant == 0 { ok } else { err })?;
                self.heap.variant(ty, *variant, &[word])?
            }
            (RuntimeType::Union(members), _) => {
                let member = match (literal, &members[..]) {
                    (Literal::Null, _) => TypeRef::NULL,
                    (_, [TypeRef::NULL, member]) => *member,
                    _ => panic!("only optional types are supported"),
                };
                let word = self.word(literal, member)?;
                self.heap.wrap(word, member)?
            }
            (RuntimeType::Json, Literal::Json(value)) => self.json(value)?,
            (RuntimeType::Nominal(_), Literal::Prelude(_, literals)) => {
                let types = self.heap.types().parts(ty, 0).to_vec();
                let words = self.words(literals, &types)?;
                self.heap.aggregate(ty, &words)?
            }
            (form, _) => panic!("{literal:?} is no {form:?}"),
        })
    }

    /// An owned word for a place of type Json.
    fn json(&mut self, literal: &Literal) -> Result<Word, HeapError> {
        let ty = match literal {
            Literal::List(literals) => {
                let words: Result<Vec<Word>, HeapError> =
                    literals.iter().map(|literal| self.json(literal)).collect();
                return self.heap.list_of(TypeRef::JSON_LIST, &words?);
            }
            Literal::Map(entries) => {
                let mut map = self.heap.map(TypeRef::JSON_MAP)?;
                for (key, value) in entries {
                    let (key, value) = (self.word(key, TypeRef::STRING)?, self.json(value)?);
                    map = self.heap.map_insert(map, key, value)?;
                }
                return Ok(map);
            }
            Literal::Null => TypeRef::NULL,
            Literal::Bool(_) => TypeRef::BOOL,
            Literal::Int(_) => TypeRef::INT,
            Literal::Float(_) => TypeRef::FLOAT,
            Literal::String(_) => TypeRef::STRING,
            other => panic!("{other:?} is no Json"),
        };
        let word = self.word(literal, ty)?;
        self.heap.wrap(word, ty)
    }

    fn words(&mut self, literals: &[Literal], types: &[TypeRef]) -> Result<Vec<Word>, HeapError> {
        literals
            .iter()
            .zip(types)
            .map(|(literal, ty)| self.word(literal, *ty))
            .collect()
    }

    /// Calls an intrinsic with words that it owns if `owned` says so, and finishes the arguments as the machine does.
    pub(crate) fn call(
        &mut self,
        intrinsic: Intrinsic,
        words: &[(Word, TypeRef)],
        result: TypeRef,
        owned: bool,
    ) -> Result<Word, Failure> {
        let mut arguments: Vec<Argument> = words
            .iter()
            .map(|(word, ty)| Argument::new(*word, *ty, owned))
            .collect();
        let mut context = Context {
            heap: &mut self.heap,
            output: &mut self.output,
            state: &mut self.state,
        };
        let value = intrinsics::call(intrinsic, &mut context, &mut arguments, result);
        arguments
            .iter_mut()
            .for_each(|argument| argument.finish(&mut self.heap));
        value
    }

    /// A word in writing, Strings as literals.
    pub(crate) fn shown(&self, word: Word, ty: TypeRef, form: Form) -> String {
        let mut text = BoundedText::new(usize::MAX);
        match write_value(&self.heap, word, ty, form, &mut text) {
            Ok(()) => text.into_string(),
            Err(error) => format!("{error:?}"),
        }
    }
}

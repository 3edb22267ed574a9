//! How high the lowest value of a type is, so that recursion through types comes to an end.

use crate::heap::{NominalShape, RuntimeType, TypeRef, TypeTable};
use rustc_hash::{FxHashMap, FxHashSet};

/// The highest value that is made where nothing lower will do.
const HIGHEST: u32 = 100;
/// How often all types are looked at; each time, values of one more level are known at least.
const PASSES: u32 = HIGHEST + 1;

/// The heights of all types that some types are made of.
#[derive(Debug, Default)]
pub(super) struct Heights {
    of: FxHashMap<TypeRef, u32>,
    /// All types, parts mostly after what is made of them.
    types: Vec<TypeRef>,
}

impl Heights {
    pub(super) fn new(table: &TypeTable, roots: &[TypeRef]) -> Heights {
        let mut heights = Heights {
            of: FxHashMap::default(),
            types: reachable(table, roots),
        };
        for _ in 0..PASSES {
            let mut changed = false;
            for position in (0..heights.types.len()).rev() {
                let ty = heights.types[position];
                if let Some(height) = heights.lowest(table, ty).filter(|height| *height <= HIGHEST) {
                    let known = heights.of.insert(ty, height);
                    changed |= known != Some(height);
                }
            }
            if !changed {
                break;
            }
        }
        heights
    }

    /// The height of the lowest value; nothing if there is none that could be made.
    pub(super) fn of(&self, ty: TypeRef) -> Option<u32> {
        self.of.get(&ty).copied()
    }

    /// The height of the lowest value that holds a value of each of these types.
    pub(super) fn of_all(&self, parts: &[TypeRef]) -> Option<u32> {
        parts
            .iter()
            .try_fold(0, |highest, part| Some(self.of(*part)?.max(highest)))
    }

    /// All types, parts before what is made of them where that can be.
    pub(super) fn bottom_up(&self) -> impl Iterator<Item = TypeRef> + '_ {
        self.types.iter().rev().copied()
    }

    fn lowest(&self, table: &TypeTable, ty: TypeRef) -> Option<u32> {
        match table.get(ty) {
            RuntimeType::Function(..) | RuntimeType::Generator(_) | RuntimeType::Variable(_) => None,
            RuntimeType::Tuple(parts) => Some(self.of_all(parts)? + 1),
            RuntimeType::Result(ok, err) => lower(self.of(*ok), self.of(*err)).map(|height| height + 1),
            RuntimeType::Union(members) => members.iter().filter_map(|member| self.of(*member)).min(),
            RuntimeType::Nominal(nominal) => match &table.nominal(*nominal).shape {
                NominalShape::Record(fields) => {
                    let mut fields = fields.iter();
                    let parts = fields.try_fold(0, |highest, (_, part)| Some(self.of(*part)?.max(highest)));
                    Some(parts? + 1)
                }
                NominalShape::Enum(variants) => {
                    let heights = variants.iter().filter_map(|(_, payload)| self.of_all(payload));
                    Some(heights.min()? + 1)
                }
                NominalShape::Opaque => None,
            },
            _ => Some(0),
        }
    }
}

fn lower(left: Option<u32>, right: Option<u32>) -> Option<u32> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.min(right)),
        (one, other) => one.or(other),
    }
}

/// All types that some types are made of, each once.
fn reachable(table: &TypeTable, roots: &[TypeRef]) -> Vec<TypeRef> {
    let mut found: FxHashSet<TypeRef> = FxHashSet::default();
    let mut types = Vec::new();
    let mut open: Vec<TypeRef> = roots.to_vec();
    while let Some(ty) = open.pop() {
        if !found.insert(ty) {
            continue;
        }
        types.push(ty);
        match table.get(ty) {
            RuntimeType::Json => open.extend([TypeRef::JSON_LIST, TypeRef::JSON_MAP]),
            RuntimeType::List(part) | RuntimeType::Set(part) => open.push(*part),
            RuntimeType::Map(first, second) | RuntimeType::Result(first, second) => {
                open.extend([*first, *second]);
            }
            RuntimeType::Tuple(parts) | RuntimeType::Union(parts) => open.extend(parts.iter()),
            RuntimeType::Nominal(nominal) => match &table.nominal(*nominal).shape {
                NominalShape::Record(fields) => open.extend(fields.iter().map(|(_, part)| *part)),
                NominalShape::Enum(variants) => {
                    open.extend(variants.iter().flat_map(|(_, payload)| payload.iter()));
                }
                NominalShape::Opaque => {}
            },
            _ => {}
        }
    }
    types
}

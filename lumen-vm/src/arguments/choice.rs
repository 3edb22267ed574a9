//! Which member of a union a JSON tree is a value of.
//!
//! Members are told apart by the outermost shape alone: kind of the tree, names of an object's members, length of an
//! array. So choosing takes no longer than reading, and a text that two members could be read from is refused rather
//! than guessed at.

use super::json_tree::JsonTree;
use super::problem::type_name;
use crate::heap::{NominalShape, RuntimeType, TypeRef, TypeTable};

/// The member of a dynamic type that a tree is to be read as; it is not dynamic itself unless it is Json.
pub(super) fn chosen_member(types: &TypeTable, tree: &JsonTree, ty: TypeRef) -> Result<TypeRef, String> {
    let members: Vec<TypeRef> = match types.get(ty) {
        RuntimeType::Union(members) => members.to_vec(),
        _ => return json_type(types, tree),
    };
    let fitting: Vec<TypeRef> = members
        .into_iter()
        .filter(|member| fits(types, tree, *member))
        .collect();
    match fitting.as_slice() {
        [] => Err(format!(
            "expected {}, found {}",
            type_name(types, ty),
            tree.kind()
        )),
        [member] => Ok(*member),
        // An integer is an Int before it is a Float.
        _ if matches!(tree, JsonTree::Int(_)) && fitting.contains(&TypeRef::INT) => Ok(TypeRef::INT),
        _ => {
            let names: Vec<String> = fitting.iter().map(|member| type_name(types, *member)).collect();
            Err(format!("{} could be any of {}", tree.kind(), names.join(", ")))
        }
    }
}

/// The type of a Json value.
fn json_type(types: &TypeTable, tree: &JsonTree) -> Result<TypeRef, String> {
    let found = match tree {
        JsonTree::Null => Some(TypeRef::NULL),
        JsonTree::Bool(_) => Some(TypeRef::BOOL),
        JsonTree::Int(_) => Some(TypeRef::INT),
        JsonTree::Float(_) => Some(TypeRef::FLOAT),
        JsonTree::String(_) => Some(TypeRef::STRING),
        JsonTree::Array(_) => types.find(&RuntimeType::List(TypeRef::JSON)),
        JsonTree::Object(_) => types.find(&RuntimeType::Map(TypeRef::STRING, TypeRef::JSON)),
    };
    found.ok_or_else(|| "arrays and objects as Json are not supported yet".to_string())
}

/// Whether the outermost shape of the tree is that of a value of the type.
fn fits(types: &TypeTable, tree: &JsonTree, ty: TypeRef) -> bool {
    match (types.get(ty), tree) {
        (RuntimeType::Null, JsonTree::Null)
        | (RuntimeType::Bool, JsonTree::Bool(_))
        | (RuntimeType::Int, JsonTree::Int(_))
        | (RuntimeType::Float, JsonTree::Int(_) | JsonTree::Float(_))
        | (RuntimeType::String | RuntimeType::Bytes, JsonTree::String(_))
        | (RuntimeType::List(_) | RuntimeType::Set(_), JsonTree::Array(_))
        | (RuntimeType::Map(..), JsonTree::Object(_))
        | (RuntimeType::Json, _) => true,
        (RuntimeType::Tuple(elements), JsonTree::Array(trees)) => trees.len() == elements.len(),
        (RuntimeType::Result(..), JsonTree::Object(members)) => {
            matches!(members.as_slice(), [(name, _)] if name == "ok" || name == "err")
        }
        (RuntimeType::Nominal(nominal), _) => match (&types.nominal(*nominal).shape, tree) {
            (NominalShape::Record(fields), JsonTree::Object(members)) => members
                .iter()
                .all(|(name, _)| fields.iter().any(|(field, _)| field == name)),
            (NominalShape::Enum(variants), JsonTree::String(name)) => variants
                .iter()
                .any(|(variant, payload)| variant == name && payload.is_empty()),
            (NominalShape::Enum(variants), JsonTree::Object(members)) => match members.as_slice() {
                [(name, JsonTree::Array(_))] => variants
                    .iter()
                    .any(|(variant, payload)| variant == name && !payload.is_empty()),
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}

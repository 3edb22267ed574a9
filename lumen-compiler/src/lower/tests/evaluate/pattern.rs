//! Matching of values against patterns.

use super::{Frame, Value};
use crate::hir::{PatternId, PatternKind};
use crate::lower::tests::maker::INT;

/// Whether the value matches; binds the names.
pub(super) fn matches(frame: &mut Frame<'_>, id: PatternId, value: &Value) -> bool {
    let cell = frame.cell;
    match (&cell.patterns[id].kind, value) {
        (PatternKind::Wildcard, _) | (PatternKind::Null, Value::Null) => true,
        (PatternKind::Bind(local, inner), _) => {
            frame.locals[local.index()] = value.clone();
            inner.is_none_or(|inner| matches(frame, inner, value))
        }
        (PatternKind::Type(ty, inner), _) => {
            (*value == Value::Null) == (*ty != INT) && matches(frame, *inner, value)
        }
        (PatternKind::Bool(expected), Value::Bool(value)) => expected == value,
        (PatternKind::Int(expected), Value::Int(value)) => expected == value,
        (PatternKind::IntRange(from, to), Value::Int(value)) => (from..=to).contains(&value),
        (PatternKind::Variant { variant, payload }, Value::Variant(_, found, parts)) => {
            variant == found
                && payload
                    .iter()
                    .zip(parts)
                    .all(|(&pattern, part)| matches(frame, pattern, part))
        }
        (PatternKind::Fields(fields), Value::Record(_, parts)) => fields
            .iter()
            .all(|&(position, pattern)| matches(frame, pattern, &parts[position as usize])),
        (PatternKind::List { elements, rest }, Value::List(parts)) => {
            let fits = match rest {
                None => parts.len() == elements.len(),
                Some(_) => parts.len() >= elements.len(),
            };
            let matched = fits
                && elements
                    .iter()
                    .zip(parts)
                    .all(|(&pattern, part)| matches(frame, pattern, part));
            if let (true, Some(Some(rest))) = (matched, rest) {
                frame.locals[rest.index()] = Value::List(parts[elements.len()..].to_vec());
            }
            matched
        }
        (PatternKind::Or(alternatives), _) => alternatives
            .iter()
            .any(|&alternative| matches(frame, alternative, value)),
        (kind, value) => panic!("{kind:?} against {value:?}"),
    }
}

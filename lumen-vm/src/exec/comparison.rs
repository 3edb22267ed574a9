//! Comparisons of the loop that are quick for what is common: texts that differ at once, Floats that are no NaN.

use std::cmp::Ordering;

use crate::heap::{Object, Word, compare_floats};

/// Whether two Strings or Bytes are equal; most that are not differ in length or in the first octet.
#[inline(always)]
pub(super) fn equal_texts(left: Word, right: Word) -> bool {
    if left == right {
        return true;
    }
    match (Object::of(left).byte_slice(), Object::of(right).byte_slice()) {
        ([first, left @ ..], [other, right @ ..]) => {
            left.len() == right.len() && first == other && (left.is_empty() || left == right)
        }
        (left, right) => left.len() == right.len(),
    }
}

/// Whether one of two Strings or Bytes stands before the other; most differ in the first octet.
#[inline(always)]
pub(super) fn less_text(left: Word, right: Word) -> bool {
    match (Object::of(left).byte_slice(), Object::of(right).byte_slice()) {
        ([first, left @ ..], [other, right @ ..]) if first == other => {
            !right.is_empty() && (left.is_empty() || left < right)
        }
        ([first, ..], [other, ..]) => first < other,
        (left, right) => left.len() < right.len(),
    }
}

#[inline(always)]
pub(super) fn less_float(left: f64, right: f64) -> bool {
    if left < right {
        true
    } else if left >= right {
        false
    } else {
        std::hint::cold_path();
        compare_floats(left, right) == Ordering::Less
    }
}

#[inline(always)]
pub(super) fn equal_floats(left: f64, right: f64) -> bool {
    left == right || (left.is_nan() && right.is_nan())
}

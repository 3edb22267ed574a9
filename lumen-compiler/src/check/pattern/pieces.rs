//! Infinite types cut into pieces: Ints into intervals, lists by length, so that each row of patterns matches all of a
//! piece or nothing of it.

use super::space::Constructor;

/// Whether a constructor has no arguments, so that a row that names it covers it.
pub(super) fn is_plain(constructor: &Constructor) -> bool {
    matches!(
        constructor,
        Constructor::Range(..) | Constructor::Bool(_) | Constructor::Null | Constructor::Literal(_)
    )
}

/// The first Ints that no range of the rows holds.
pub(super) fn gap(heads: &[&Constructor]) -> Option<Constructor> {
    let mut ranges: Vec<(i64, i64)> = heads
        .iter()
        .filter_map(|head| match head {
            Constructor::Range(from, to) => Some((*from, *to)),
            _ => None,
        })
        .collect();
    ranges.sort_unstable();
    let mut next = i64::MIN;
    for (from, to) in ranges {
        if from > next {
            return Some(Constructor::Range(next, from - 1));
        }
        next = next.max(to.checked_add(1)?);
    }
    Some(Constructor::Range(next, i64::MAX))
}

/// All Ints, or those asked for, cut at the ends of the rows' ranges.
pub(super) fn ranges(heads: &[&Constructor], asked: Option<&Constructor>) -> Vec<Constructor> {
    let (first, last) = match asked {
        Some(Constructor::Range(from, to)) => (*from, *to),
        _ => (i64::MIN, i64::MAX),
    };
    // First Ints of pieces, but for the very first.
    let mut starts: Vec<i64> = Vec::with_capacity(heads.len() * 2);
    for head in heads {
        if let Constructor::Range(from, to) = head {
            starts.push(*from);
            starts.extend(to.checked_add(1));
        }
    }
    starts.retain(|start| *start > first && *start <= last);
    starts.sort_unstable();
    starts.dedup();
    let mut pieces = Vec::with_capacity(starts.len() + 1);
    let mut from = first;
    for start in starts {
        pieces.push(Constructor::Range(from, start - 1));
        from = start;
    }
    pieces.push(Constructor::Range(from, last));
    pieces
}

/// Lists by length: one length for each stretch of lengths that the rows treat alike.
pub(super) fn lengths(heads: &[&Constructor], asked: Option<&Constructor>) -> Vec<Constructor> {
    let mut starts = vec![0];
    for constructor in heads.iter().copied().chain(asked) {
        if let Constructor::List { length, open } = constructor {
            starts.push(*length);
            if !open {
                starts.push(*length + 1);
            }
        }
    }
    starts.sort_unstable();
    starts.dedup();
    let longest = starts.last().copied().unwrap_or(0);
    starts
        .into_iter()
        .filter(|length| match asked {
            Some(Constructor::List {
                length: least,
                open: true,
            }) => length >= least,
            Some(Constructor::List {
                length: exact,
                open: false,
            }) => length == exact,
            _ => true,
        })
        .map(|length| Constructor::List {
            length,
            open: length == longest,
        })
        .collect()
}

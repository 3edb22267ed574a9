//! "Did you mean": the nearest of some names by edit distance.

/// The candidate nearest to `wanted`, if it is near enough to be a slip: a third of its length, at most three edits.
/// Among equally near ones the first in alphabetical order.
pub(crate) fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (wanted.chars().count().div_ceil(3)).clamp(1, 3);
    let mut best: Option<(usize, &'a str)> = None;
    for candidate in candidates {
        if candidate == wanted {
            continue;
        }
        let same_but_for_case = candidate.eq_ignore_ascii_case(wanted);
        let distance = if same_but_for_case { 0 } else { distance(wanted, candidate, limit) };
        if distance <= limit && best.is_none_or(|best| (distance, candidate) < best) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Number of insertions, deletions, substitutions and swaps of neighbours (optimal string alignment) between two texts;
/// anything above `limit` may come out as `limit + 1`.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit || a.len() > MAX_LENGTH || b.len() > MAX_LENGTH {
        return limit + 1;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// Names longer than this, in characters, are not compared.
const MAX_LENGTH: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let names = ["total", "subtotal", "price", "Price", "to_float"];
        for (wanted, expected) in [
            ("totl", Some("total")),
            ("toatl", Some("total")),
            ("TOTAL", Some("total")),
            ("prise", Some("price")),
            ("tofloat", Some("to_float")),
            ("quantity", None),
            ("x", None),
        ] {
            assert_eq!(nearest(wanted, names), expected, "{wanted}");
        }
    }
}

//! "Did you mean": the known name nearest to one that is not.

/// The candidate nearest to `written` by Damerau-Levenshtein distance (insertions, deletions, substitutions and
/// transpositions of neighbours), if it is near: at most a third of what was written, at least one change. Letter case
/// counts half. Of equally near ones the first.
pub fn closest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written: Vec<char> = written.chars().take(LONGEST + 1).collect();
    if written.len() > LONGEST {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let letters: Vec<char> = candidate.chars().take(LONGEST + 1).collect();
        if letters.len() > LONGEST || letters.is_empty() || written.is_empty() {
            continue;
        }
        // Distances count halves.
        let limit = (2 * written.len() / 3).max(2);
        if 2 * written.len().abs_diff(letters.len()) > limit {
            continue;
        }
        let found = distance(&written, &letters);
        if found <= limit
            && found < 2 * written.len().min(letters.len())
            && best.is_none_or(|(least, _)| found < least)
        {
            best = Some((found, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Longer names are compared with none.
const LONGEST: usize = 64;

/// Optimal string alignment distance in halves: a change of letter case is 1, any other edit 2.
fn distance(left: &[char], right: &[char]) -> usize {
    let width = right.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut previous: Vec<usize> = (0..width).map(|column| 2 * column).collect();
    let mut current = vec![0; width];
    for row in 1..=left.len() {
        current[0] = 2 * row;
        for column in 1..width {
            let (a, b) = (left[row - 1], right[column - 1]);
            let change = if a == b {
                0
            } else if a.eq_ignore_ascii_case(&b) {
                1
            } else {
                2
            };
            let mut least = (previous[column] + 2)
                .min(current[column - 1] + 2)
                .min(previous[column - 1] + change);
            let swapped = row > 1 && column > 1 && a == right[column - 2] && left[row - 2] == b;
            if swapped {
                least = least.min(before[column - 2] + 2);
            }
            current[column] = least;
        }
        std::mem::swap(&mut before, &mut previous);
        std::mem::swap(&mut previous, &mut current);
    }
    previous[right.len()]
}

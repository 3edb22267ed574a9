//! "Did you mean": the known word nearest to one that is not known.

/// Words longer than this are nobody's misspelling, and comparing them would cost time.
const MAXIMUM_WORD: usize = 64;

/// The candidate with the smallest edit distance to `word`, if that is at most a third of its length (but at least one
/// edit). Of equally near ones the first wins.
pub(crate) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let letters: Vec<char> = word.chars().take(MAXIMUM_WORD + 1).collect();
    if letters.is_empty() || letters.len() > MAXIMUM_WORD {
        return None;
    }
    let limit = (letters.len() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let distance = edit_distance(&letters, candidate);
        if distance <= limit && best.is_none_or(|(nearest, _)| distance < nearest) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Levenshtein distance, one row at a time.
fn edit_distance(left: &[char], right: &str) -> usize {
    let mut row: Vec<usize> = (0..=left.len()).collect();
    for (index, letter) in right.chars().take(MAXIMUM_WORD).enumerate() {
        let mut diagonal = index;
        let mut last = index + 1;
        for (cell, own) in row
            .iter_mut()
            .zip(std::iter::once(None).chain(left.iter().map(Some)))
        {
            let above = *cell;
            if let Some(own) = own {
                let replaced = diagonal + usize::from(*own != letter);
                last = replaced.min(above + 1).min(last + 1);
                diagonal = above;
            }
            *cell = last;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_levenshtein() {
        for (left, right, distance) in [
            ("kitten", "sitting", 3),
            ("", "abc", 3),
            ("abc", "", 3),
            ("flaw", "lawn", 2),
            ("same", "same", 0),
        ] {
            let letters: Vec<char> = left.chars().collect();
            assert_eq!(edit_distance(&letters, right), distance, "{left} {right}");
        }
    }

    #[test]
    fn only_near_words_are_suggested() {
        let known = ["dependencies", "dev-dependencies", "package"];
        assert_eq!(nearest("dependancies", known), Some("dependencies"));
        assert_eq!(nearest("pakage", known), Some("package"));
        assert_eq!(nearest("zzz", known), None);
        assert_eq!(nearest(&"p".repeat(100_000), known), None);
    }
}

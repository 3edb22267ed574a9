//! Whether two parts of names (a scope, a name) look alike. Names are ASCII already, so the confusables of Unicode are not needed.

use std::fmt;

/// Shorter texts are too often one letter apart by chance.
const SHORTEST_FOR_DISTANCE: usize = 4;

/// How two texts look alike, the plainest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resemblance {
    /// They differ in `-` alone: `fast-json`, `fastjson`.
    Separators,
    /// Letters and digits that look alike: 0 and o; 1, l and i; rn and m; vv and w.
    Confusable,
    /// The same words in another order: `json-fast`.
    Order,
    /// One letter more, less, other, or two swapped.
    Distance,
}

impl fmt::Display for Resemblance {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Separators => "differs only in `-` from",
            Self::Confusable => "looks like",
            Self::Order => "has the same words as",
            Self::Distance => "is one letter from",
        })
    }
}

/// How two texts that are not the same look alike; `None` if they do not.
pub fn resembles(one: &str, other: &str) -> Option<Resemblance> {
    if one == other {
        return None;
    }
    let plain = |text: &str| text.replace('-', "");
    if plain(one) == plain(other) {
        return Some(Resemblance::Separators);
    }
    let (first, second) = (skeleton(one), skeleton(other));
    if first == second {
        return Some(Resemblance::Confusable);
    }
    if sorted_words(one) == sorted_words(other) {
        return Some(Resemblance::Order);
    }
    let long = first.len().min(second.len()) >= SHORTEST_FOR_DISTANCE;
    (long && within_one(first.as_bytes(), second.as_bytes())).then_some(Resemblance::Distance)
}

/// What is left of a text when everything that looks alike is the same.
pub(super) fn skeleton(text: &str) -> String {
    let letter = |character| match character {
        '0' => 'o',
        '1' | 'l' => 'i',
        other => other,
    };
    let letters: String = text
        .chars()
        .filter(|character| *character != '-')
        .map(letter)
        .collect();
    letters.replace("rn", "m").replace("vv", "w")
}

fn sorted_words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text.split('-').map(skeleton).collect();
    words.sort();
    words
}

/// Whether one insertion, deletion, substitution or swap of neighbours makes one of the other.
fn within_one(one: &[u8], other: &[u8]) -> bool {
    let (short, long) = match one.len() <= other.len() {
        true => (one, other),
        false => (other, one),
    };
    let same = short
        .iter()
        .zip(long)
        .take_while(|(left, right)| left == right)
        .count();
    let (short, long) = (
        short.get(same..).unwrap_or_default(),
        long.get(same..).unwrap_or_default(),
    );
    match (short, long) {
        ([], rest) => rest.len() <= 1,
        ([a, left @ ..], [b, right @ ..]) if short.len() == long.len() => {
            let swapped = matches!((left, right), ([c, left @ ..], [d, right @ ..]) if a == d && b == c && left == right);
            left == right || swapped
        }
        (short, [_, right @ ..]) => short == right,
        (_, []) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_look_alike_or_do_not() {
        use Resemblance::{Confusable, Distance, Order, Separators};
        let cases = [
            ("acme", "acme", None),
            ("acme", "ac-me", Some(Separators)),
            ("acme", "acrne", Some(Confusable)),
            ("lib", "1ib", Some(Confusable)),
            ("lib", "iib", Some(Confusable)),
            ("zoo", "z0o", Some(Confusable)),
            ("wave", "vvave", Some(Confusable)),
            ("fast-json", "json-fast", Some(Order)),
            ("acme", "acne", Some(Distance)),
            ("acme", "acmee", Some(Distance)),
            ("acme", "amce", Some(Distance)),
            ("money", "mony", Some(Distance)),
            ("acme", "cme", None),
            ("abc", "abd", None),
            ("acme", "emca", None),
            ("acme", "axmx", None),
            ("money", "honest", None),
        ];
        for (one, other, expected) in cases {
            assert_eq!(resembles(one, other), expected, "{one} {other}");
            assert_eq!(resembles(other, one), expected, "{other} {one}");
        }
    }
}

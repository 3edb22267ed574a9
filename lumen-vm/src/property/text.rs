//! Characters and texts from choices: `a` first, then what a keyboard has, then everything else that Unicode has.

use super::choices::Choices;
use super::random::Random;

/// The printable ASCII characters in order of simplicity.
const SIMPLE: &[u8; 95] =
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,-_:;!?/()[]{}<>'\"@#$%&*+=^`|~\\";
/// How many Unicode scalar values there are.
const SCALARS: u64 = 0x11_0000 - 0x800;
/// Characters that are tried more often than others: ends of lines and texts, signs with a meaning in some notation, letters
/// whose case or width surprises, marks that combine, turn or join, and the ends of the planes.
const SPECIAL: [char; 32] = [
    '\0',
    '\t',
    '\n',
    '\r',
    '\u{1b}',
    '\u{7f}',
    '\u{85}',
    '\u{a0}',
    '"',
    '\\',
    '{',
    '\'',
    '%',
    'é',
    'ß',
    'İ',
    'ı',
    'ſ',
    'Σ',
    'ς',
    'ﬁ',
    '\u{301}',
    '\u{200b}',
    '\u{200d}',
    '\u{202e}',
    '\u{2028}',
    '\u{feff}',
    '\u{fffd}',
    '\u{ffff}',
    '漢',
    '😀',
    '\u{10ffff}',
];

/// A character.
pub(super) fn character(choices: &mut Choices<'_>) -> char {
    at(choices.draw(SCALARS - 1, pick))
}

fn pick(random: &mut Random, size: u64) -> u64 {
    match random.below(16) {
        0..8 => random.below(26),
        8..11 => random.below(SIMPLE.len() as u64),
        11..14 => position(SPECIAL[random.below(SPECIAL.len() as u64) as usize]),
        14 => random.below(0x800),
        _ if size < 10 => random.below(SIMPLE.len() as u64),
        _ => random.below(SCALARS),
    }
}

/// The character at a position below [`SCALARS`].
fn at(position: u64) -> char {
    let position = position as u32;
    let simple = SIMPLE.len() as u32;
    if position < simple {
        return char::from(SIMPLE[position as usize]);
    }
    // What is left, in order: controls, DEL, and on without the surrogates.
    let rest = position - simple;
    let scalar = match rest {
        0..32 => rest,
        _ => rest + simple,
    };
    let scalar = if scalar < 0xd800 { scalar } else { scalar + 0x800 };
    char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn position(character: char) -> u64 {
    if let Some(position) = SIMPLE.iter().position(|&simple| char::from(simple) == character) {
        return position as u64;
    }
    let scalar = u64::from(u32::from(character));
    let scalar = if scalar < 0xd800 { scalar } else { scalar - 0x800 };
    if scalar < 32 { scalar + 95 } else { scalar }
}

/// A text of so many characters.
pub(super) fn text(choices: &mut Choices<'_>, bounds: (usize, usize), depth: u32) -> String {
    let odds = choices.odds(depth);
    let mut text = String::new();
    let mut length = 0;
    while choices.goes_on(length, bounds, odds) {
        text.push(character(choices));
        length += 1;
    }
    text
}

/// A text in which each of these pieces is likely: one of them alone, or some among other characters.
pub(super) fn with_pieces(choices: &mut Choices<'_>, pieces: &[String], depth: u32) -> String {
    if choices.below(3) == 0 {
        return pieces[choices.below(pieces.len())].clone();
    }
    let odds = choices.odds(depth);
    let mut text = String::new();
    while choices.goes_on(0, (0, 1), odds) {
        match choices.below(pieces.len() + 2).checked_sub(2) {
            Some(piece) => text.push_str(&pieces[piece]),
            None => text.push(character(choices)),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_character_has_one_position() {
        let all: BTreeSet<char> = (0..SCALARS).map(at).collect();
        assert_eq!(all.len() as u64, SCALARS);
        let wrong = (0..SCALARS).find(|&place| position(at(place)) != place);
        assert_eq!(wrong, None);
        assert_eq!(at(0), 'a');
    }
}

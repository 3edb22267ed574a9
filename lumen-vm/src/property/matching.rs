//! Texts that match a pattern, from choices.

use super::choices::Choices;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Octets beyond which nothing is added to a text.
const LONGEST: usize = 16 << 10;

/// A text that matches a pattern, unless what it says of its surroundings (`^`, `$`, `\b`) is in the way.
pub(super) fn matching(choices: &mut Choices<'_>, pattern: &Hir, depth: u32) -> String {
    let mut text = String::new();
    write(choices, pattern, depth, &mut text);
    text
}

/// Recurses as deep as groups nest, which is bounded where patterns are parsed.
fn write(choices: &mut Choices<'_>, pattern: &Hir, depth: u32, text: &mut String) {
    if text.len() >= LONGEST {
        return;
    }
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => text.extend(one_of(choices, class)),
        HirKind::Capture(capture) => write(choices, &capture.sub, depth, text),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(choices, part, depth, text)),
        HirKind::Alternation(parts) => {
            let chosen = choices.below(parts.len());
            write(choices, &parts[chosen], depth, text);
        }
        HirKind::Repetition(repetition) => {
            let odds = choices.odds(depth);
            let most = repetition.max.map_or(usize::MAX, |most| most as usize);
            let mut count = 0;
            while text.len() < LONGEST && choices.goes_on(count, (repetition.min as usize, most), odds) {
                let before = text.len();
                write(choices, &repetition.sub, depth, text);
                count += 1;
                if text.len() == before && count > repetition.min as usize {
                    break;
                }
            }
        }
    }
}

/// A character of a class, those of a keyboard first; nothing if the class is empty.
fn one_of(choices: &mut Choices<'_>, class: &Class) -> Option<char> {
    let mut ranges: Vec<(u32, u32)> = match class {
        Class::Unicode(class) => (class.iter())
            .map(|range| (u32::from(range.start()), u32::from(range.end())))
            .collect(),
        Class::Bytes(class) => (class.iter())
            .map(|range| (u32::from(range.start()), u32::from(range.end().min(0x7f))))
            .filter(|(start, end)| start <= end)
            .collect(),
    };
    let is_simple = |(start, _): &(u32, u32)| (0x20..0x7f).contains(start);
    ranges.sort_by_key(|range| (!is_simple(range), *range));
    let simple = ranges.iter().filter(|range| is_simple(range)).count();
    let count = ranges.len() as u64;
    let most = count.checked_sub(1)?;
    let range = choices.draw(most, |random, _| match simple {
        1.. if !random.once_in(6) => random.below(simple as u64),
        _ => random.below(count),
    });
    let (start, end) = ranges[range as usize];
    let scalar = start + choices.below((end - start + 1) as usize) as u32;
    // A range of characters may hold the gap of the surrogates.
    char::from_u32(scalar).or(char::from_u32(start))
}

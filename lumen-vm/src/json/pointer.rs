//! JSON pointers (RFC 6901), which say where in a Json a patch applies.

use std::fmt::Write;

/// Adds a step to a pointer: the name of a member, with `~` and `/` escaped (section 3).
pub(super) fn push_name(pointer: &mut String, name: &str) {
    pointer.push('/');
    for character in name.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            _ => pointer.push(character),
        }
    }
}

/// Adds a step to a pointer: a position in an array.
pub(super) fn push_position(pointer: &mut String, position: usize) {
    write!(pointer, "/{position}").expect("a String takes everything");
}

/// The steps of a pointer, unescaped; nothing if the text is none.
pub(super) fn steps(pointer: &str) -> Option<Vec<String>> {
    if pointer.is_empty() {
        return Some(Vec::new());
    }
    pointer.strip_prefix('/')?.split('/').map(unescaped).collect()
}

fn unescaped(step: &str) -> Option<String> {
    let mut text = String::with_capacity(step.len());
    let mut characters = step.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '~' => match characters.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            },
            character => character,
        });
    }
    Some(text)
}

/// A step as a position in an array (section 4): digits without a leading zero.
pub(super) fn position(step: &str) -> Option<usize> {
    let canonical = step == "0" || !step.starts_with('0');
    let digits = step.bytes().all(|byte| byte.is_ascii_digit());
    (canonical && digits).then(|| step.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_come_back() {
        for (name, expected) in [
            ("", "/"),
            ("a/b", "/a~1b"),
            ("m~n", "/m~0n"),
            ("~1", "/~01"),
            ("é", "/é"),
        ] {
            let mut pointer = String::new();
            push_name(&mut pointer, name);
            assert_eq!(pointer, expected);
            assert_eq!(steps(&pointer), Some(vec![name.to_owned()]));
        }
        assert_eq!(steps(""), Some(Vec::new()));
        for faulty in ["a", "a/b", "/~", "/~2", "/a~"] {
            assert_eq!(steps(faulty), None, "{faulty}");
        }
    }

    #[test]
    fn positions_have_one_form() {
        for (step, expected) in [
            ("0", Some(0)),
            ("12", Some(12)),
            ("01", None),
            ("", None),
            ("-", None),
            ("+1", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(position(step), expected, "{step}");
        }
    }
}

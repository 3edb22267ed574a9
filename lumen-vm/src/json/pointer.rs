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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped() {
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
        }
    }
}

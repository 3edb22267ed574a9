//! How scalars look as literals: Strings quoted and escaped, Bytes in hex, Floats as Rust's `{:?}`.
//!
//! What a value prints *inside* another one is a literal of the language: pasted into a document it denotes the value
//! again (NaN and infinities, which have no literal, print `NaN` and `inf`).

use std::fmt::{self, Write};

/// Writes a String as a literal: `"` and `\` escaped, `{` too since it would open an interpolation, line feed, tab and
/// return by name, other control characters and those that disturb the display of a line as `\u{..}`.
pub(crate) fn write_text_literal(text: &str, output: &mut dyn Write) -> fmt::Result {
    output.write_char('"')?;
    let mut plain_from = 0;
    for (position, character) in text.char_indices() {
        let name = match character {
            '\n' => "\\n",
            '\t' => "\\t",
            '\r' => "\\r",
            '"' => "\\\"",
            '\\' => "\\\\",
            '{' => "\\{",
            _ if !disturbs_display(character) => continue,
            _ => "",
        };
        output.write_str(&text[plain_from..position])?;
        plain_from = position + character.len_utf8();
        match name {
            "" => write!(output, "\\u{{{:x}}}", u32::from(character))?,
            _ => output.write_str(name)?,
        }
    }
    output.write_str(&text[plain_from..])?;
    output.write_char('"')
}

/// Control characters, line and paragraph separators, and what reorders or hides text (Unicode TR 36, 3.2).
fn disturbs_display(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Writes Bytes as a literal, `b"00ff"`.
pub(crate) fn write_bytes_literal(bytes: &[u8], output: &mut dyn Write) -> fmt::Result {
    output.write_str("b\"")?;
    write_hex(bytes, output)?;
    output.write_char('"')
}

/// Writes octets as pairs of lower-case hex digits.
pub(crate) fn write_hex(bytes: &[u8], output: &mut dyn Write) -> fmt::Result {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        output.write_char(char::from(DIGITS[usize::from(byte >> 4)]))?;
        output.write_char(char::from(DIGITS[usize::from(byte & 15)]))?;
    }
    Ok(())
}

/// Writes a Float: the shortest digits that denote it, always with a point or an exponent.
pub(crate) fn write_float(value: f64, output: &mut dyn Write) -> fmt::Result {
    write!(output, "{value:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_literal(text: &str) -> String {
        let mut output = String::new();
        write_text_literal(text, &mut output).expect("a String takes everything");
        output
    }

    #[test]
    fn strings_are_quoted_and_escaped() {
        for (text, literal) in [
            ("", r#""""#),
            ("plain", r#""plain""#),
            ("a\nb\tc\r", r#""a\nb\tc\r""#),
            (r#"say "hi""#, r#""say \"hi\"""#),
            (r"back\slash", r#""back\\slash""#),
            ("{x}", r#""\{x}""#),
            ("\0\u{1b}\u{7f}\u{85}", r#""\u{0}\u{1b}\u{7f}\u{85}""#),
            ("a\u{202e}b\u{2066}\u{feff}", r#""a\u{202e}b\u{2066}\u{feff}""#),
            ("äß漢字🎉", r#""äß漢字🎉""#),
        ] {
            assert_eq!(text_literal(text), literal);
        }
    }

    #[test]
    fn floats_print_the_shortest_digits_with_a_point_or_an_exponent() {
        for (value, expected) in [
            (1.0, "1.0"),
            (-1.0, "-1.0"),
            (0.1, "0.1"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e16"),
            (1e21, "1e21"),
            (1.5e300, "1.5e300"),
            (0.0001, "0.0001"),
            (1e-5, "1e-5"),
            (-0.0, "-0.0"),
            (f64::MAX, "1.7976931348623157e308"),
            (5e-324, "5e-324"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            let mut output = String::new();
            write_float(value, &mut output).expect("a String takes everything");
            assert_eq!(output, expected);
        }
    }

    #[test]
    fn bytes_print_as_hex() {
        let mut output = String::new();
        write_bytes_literal(&[0, 0xff, 0x1a], &mut output).expect("a String takes everything");
        assert_eq!(output, r#"b"00ff1a""#);
    }
}

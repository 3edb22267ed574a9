//! Scalars in canonical JSON: RFC 8785, with Ints written in full.
//!
//! RFC 8785 sees every number as a binary64, so that an Int beyond 2^53 would lose digits; here an Int keeps all of
//! them. Everything else is the RFC's: Floats as ECMAScript prints numbers (section 3.2.2.3), Strings with the fewest
//! escapes (3.2.2.2), members of an object by the UTF-16 code units of their names (3.2.3).

use std::cmp::Ordering;
use std::fmt::{self, Write};

/// Writes a String.
pub(crate) fn write_json_string(text: &str, output: &mut dyn Write) -> fmt::Result {
    output.write_char('"')?;
    let mut plain_from = 0;
    for (position, byte) in text.bytes().enumerate() {
        let name = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            8 => "\\b",
            12 => "\\f",
            0..32 => "",
            _ => continue,
        };
        output.write_str(&text[plain_from..position])?;
        plain_from = position + 1;
        match name {
            "" => write!(output, "\\u{byte:04x}")?,
            _ => output.write_str(name)?,
        }
    }
    output.write_str(&text[plain_from..])?;
    output.write_char('"')
}

/// Writes a finite Float. NaN and infinities have no form in JSON: the caller has refused them.
pub(crate) fn write_json_float(value: f64, output: &mut dyn Write) -> fmt::Result {
    debug_assert!(value.is_finite());
    if value == 0.0 {
        return output.write_char('0');
    }
    if value < 0.0 {
        output.write_char('-')?;
    }
    let shortest = shortest_digits(value.abs());
    let (mantissa, exponent) = shortest.split_once('e').expect("`{:e}` writes an exponent");
    let exponent: i32 = exponent.parse().expect("`{:e}` writes a whole exponent");
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let point = exponent + 1;
    let count = digits.len() as i32;
    match point {
        _ if (count..=21).contains(&point) => {
            output.write_str(&digits)?;
            write_zeros(point - count, output)
        }
        1..=21 => {
            let (whole, fraction) = digits.split_at(point as usize);
            write!(output, "{whole}.{fraction}")
        }
        -5..=0 => {
            output.write_str("0.")?;
            write_zeros(-point, output)?;
            output.write_str(&digits)
        }
        _ => {
            let (first, rest) = digits.split_at(1);
            let separator = if rest.is_empty() { "" } else { "." };
            write!(output, "{first}{separator}{rest}e{exponent:+}")
        }
    }
}

/// The fewest digits that denote a positive value, as `d.ddde±x`; of several, those nearest to it, then the even ones
/// (ECMA-262, Number::toString, step 5 and note 2).
fn shortest_digits(value: f64) -> String {
    const ALWAYS_DISTINCT: usize = 15;
    let shortest = format!("{value:e}");
    let digits = shortest
        .bytes()
        .take_while(|byte| *byte != b'e')
        .filter(u8::is_ascii_digit)
        .count();
    if digits <= ALWAYS_DISTINCT {
        return shortest;
    }
    // Rust resolves ties upward; rounding the exact value resolves them to even, but may leave the value at a power
    // of two, where neighbours are nearer on one side than on the other.
    let nearest = format!("{value:.*e}", digits - 1);
    if nearest.parse() == Ok(value) {
        nearest
    } else {
        shortest
    }
}

/// Order of the members of an object.
pub(crate) fn order_of_names(left: &str, right: &str) -> Ordering {
    left.encode_utf16().cmp(right.encode_utf16())
}

fn write_zeros(count: i32, output: &mut dyn Write) -> fmt::Result {
    (0..count).try_for_each(|_| output.write_char('0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn float(value: f64) -> String {
        let mut output = String::new();
        write_json_float(value, &mut output).expect("a String takes everything");
        output
    }

    fn string(text: &str) -> String {
        let mut output = String::new();
        write_json_string(text, &mut output).expect("a String takes everything");
        output
    }

    /// The sample of RFC 8785, appendix B, and the borders of each notation.
    #[test]
    fn floats_print_as_in_ecmascript() {
        for (bits, expected) in [
            (0x0000_0000_0000_0000u64, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] {
            assert_eq!(float(f64::from_bits(bits)), expected, "{bits:#x}");
        }
        assert_eq!(float(1.0), "1");
        assert_eq!(float(0.5), "0.5");
        assert_eq!(float(-123.25), "-123.25");
        assert_eq!(float(1e-7), "1e-7");
    }

    #[test]
    fn strings_have_the_fewest_escapes() {
        for (text, expected) in [
            ("", r#""""#),
            ("a/b", r#""a/b""#),
            ("\"\\\n\r\t\u{8}\u{c}", r#""\"\\\n\r\t\b\f""#),
            ("\0\u{1f}\u{7f}", "\"\\u0000\\u001f\u{7f}\""),
            ("é€😂\u{2028}", "\"é€😂\u{2028}\""),
        ] {
            assert_eq!(string(text), expected);
        }
    }

    #[test]
    fn names_are_ordered_by_utf16_code_units() {
        assert_eq!(order_of_names("\u{1f602}", "\u{fb33}"), Ordering::Less);
        assert_eq!(order_of_names("a", "aa"), Ordering::Less);
        assert_eq!(order_of_names("10", "1"), Ordering::Greater);
        assert_eq!(order_of_names("é", "é"), Ordering::Equal);
    }

    proptest! {
        #[test]
        fn other_parsers_read_the_same_value(bits: u64, text: String) {
            let value = f64::from_bits(bits);
            if value.is_finite() {
                let parsed: f64 = serde_json::from_str(&float(value)).expect("a number");
                prop_assert_eq!(parsed, value);
            }
            let parsed: String = serde_json::from_str(&string(&text)).expect("a string");
            prop_assert_eq!(parsed, text);
        }
    }
}

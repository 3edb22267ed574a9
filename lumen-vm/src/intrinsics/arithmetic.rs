//! What the number builtins compute, on plain `i64` and `f64`.
//!
//! Nothing here touches the heap: `numbers` and `conversion` call these functions. Operators, `**` among them, are in
//! `exec::number`. Transcendental functions come from `libm`, so that every platform agrees to the bit.

/// The Int that a text is: an optional sign, then an Int literal (`42`, `1_000`, `0xff`, `0b1010`). White space is not
/// skipped (`text.trim().to_int()` does), and what does not fit is none.
pub(crate) fn parse_int(text: &str) -> Option<i64> {
    let (negative, digits) = split_sign(text);
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x', rest @ ..] if !rest.is_empty() => (16, &digits[2..]),
        [b'0', b'b', rest @ ..] if !rest.is_empty() => (2, &digits[2..]),
        _ => (10, digits),
    };
    let digits = without_separators(digits, |byte| char::from(byte).is_digit(radix))?;
    let magnitude = i128::from(u64::from_str_radix(&digits, radix).ok()?);
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

/// The Float that a text is: an optional sign, then digits, a point with digits on both sides and an exponent, the last
/// two optional; or `NaN` or `inf`, as Floats print. A text that names a number too large for Float is none.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    let (negative, rest) = split_sign(text);
    let magnitude = match rest {
        "inf" => f64::INFINITY,
        "NaN" => return (rest.len() == text.len()).then_some(f64::NAN),
        _ => {
            let plain = float_digits(rest)?;
            plain.parse().ok().filter(|value: &f64| value.is_finite())?
        }
    };
    Some(if negative { -magnitude } else { magnitude })
}

/// The text without digit separators, if it has the shape of a Float.
fn float_digits(text: &str) -> Option<String> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let is_digit = |byte: u8| byte.is_ascii_digit();
    let mut plain = without_separators(whole, is_digit)?;
    if let Some(fraction) = fraction {
        plain.push('.');
        plain.push_str(&without_separators(fraction, is_digit)?);
    }
    if let Some(exponent) = exponent {
        let (negative, digits) = split_sign(exponent);
        plain.push_str(if negative { "e-" } else { "e" });
        plain.push_str(&without_separators(digits, is_digit)?);
    }
    Some(plain)
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

/// Digits, at least one, with `_` allowed between two of them; returned without the `_`.
fn without_separators(text: &str, is_digit: impl Fn(u8) -> bool) -> Option<String> {
    let mut digits = String::with_capacity(text.len());
    let mut after_digit = false;
    for byte in text.bytes() {
        if is_digit(byte) {
            digits.push(char::from(byte));
            after_digit = true;
        } else if byte == b'_' && after_digit {
            after_digit = false;
        } else {
            return None;
        }
    }
    after_digit.then_some(digits)
}

/// The Float without its fraction, if that is an Int.
pub(crate) fn truncate(value: f64) -> Option<i64> {
    // 2^63 is the first Float past the range; -2^63 is in it.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    let whole = value.trunc();
    (-LIMIT..LIMIT).contains(&whole).then_some(whole as i64)
}

/// The nearest Int, halves away from zero; nothing if the range of Int ends before.
pub(crate) fn round(value: f64) -> Option<i64> {
    truncate(value.round())
}

/// The smallest Int that is not below, if there is one.
pub(crate) fn ceil(value: f64) -> Option<i64> {
    truncate(value.ceil())
}

/// The largest Int that is not above, if there is one.
pub(crate) fn floor(value: f64) -> Option<i64> {
    truncate(value.floor())
}

/// Square root, NaN below zero.
pub(crate) fn sqrt(value: f64) -> f64 {
    canonical(value.sqrt())
}

/// Natural logarithm.
pub(crate) fn log(value: f64) -> f64 {
    canonical(libm::log(value))
}

/// e to the power of the value.
pub(crate) fn exp(value: f64) -> f64 {
    canonical(libm::exp(value))
}

/// Sine of an angle in radians.
pub(crate) fn sin(value: f64) -> f64 {
    canonical(libm::sin(value))
}

/// Cosine of an angle in radians.
pub(crate) fn cos(value: f64) -> f64 {
    canonical(libm::cos(value))
}

/// The value, with the one NaN that Lumen has.
pub(crate) fn canonical(value: f64) -> f64 {
    if value.is_nan() { f64::NAN } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn int_texts_are_int_literals_with_a_sign() {
        for (text, expected) in [
            ("0", Some(0)),
            ("42", Some(42)),
            ("-42", Some(-42)),
            ("+42", Some(42)),
            ("007", Some(7)),
            ("1_000", Some(1000)),
            ("0xff", Some(255)),
            ("0xFf", Some(255)),
            ("-0xff", Some(-255)),
            ("0b1010", Some(10)),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("-0x8000000000000000", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("-9223372036854775809", None),
            ("99999999999999999999999999", None),
            ("", None),
            ("-", None),
            ("--1", None),
            (" 1", None),
            ("1 ", None),
            ("1.0", None),
            ("1e3", None),
            ("_1", None),
            ("1_", None),
            ("1__0", None),
            ("0x", None),
            ("0xg", None),
            ("0b2", None),
            ("0X1", None),
            ("١", None),
        ] {
            assert_eq!(parse_int(text), expected, "{text:?}");
        }
    }

    #[test]
    fn float_texts_are_what_floats_and_ints_print_and_literals() {
        for (text, expected) in [
            ("1.5", Some(1.5)),
            ("-1.5", Some(-1.5)),
            ("+1.5", Some(1.5)),
            ("3", Some(3.0)),
            ("1_000.5", Some(1000.5)),
            ("1e21", Some(1e21)),
            ("1.0e-9", Some(1e-9)),
            ("1E+3", Some(1000.0)),
            ("inf", Some(f64::INFINITY)),
            ("-inf", Some(f64::NEG_INFINITY)),
            ("1e-400", Some(0.0)),
            ("1e400", None),
            ("", None),
            (".5", None),
            ("5.", None),
            ("1.e3", None),
            ("1e", None),
            ("1.5 ", None),
            ("infinity", None),
            ("nan", None),
            ("-NaN", None),
            ("0x10", None),
            ("1_.5", None),
        ] {
            assert_eq!(parse_float(text), expected, "{text:?}");
        }
        assert!(parse_float("NaN").is_some_and(f64::is_nan));
        assert!(parse_float("-0.0").is_some_and(|zero| zero == 0.0 && zero.is_sign_negative()));
    }

    #[test]
    fn truncation_drops_the_fraction_within_the_range_of_int() {
        for (value, expected) in [
            (1.9, Some(1)),
            (-1.9, Some(-1)),
            (-0.0, Some(0)),
            (-9_223_372_036_854_775_808.0, Some(i64::MIN)),
            (9_223_372_036_854_775_807.0, None),
            (9_223_372_036_854_774_784.0, Some(9_223_372_036_854_774_784)),
            (-9_223_372_036_854_777_856.0, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
            (f64::NEG_INFINITY, None),
        ] {
            assert_eq!(truncate(value), expected, "{value:?}");
        }
    }

    #[test]
    fn rounding_takes_halves_away_from_zero() {
        for (value, rounded, up, down) in [
            (0.5, 1, 1, 0),
            (-0.5, -1, 0, -1),
            (1.5, 2, 2, 1),
            (2.5, 3, 3, 2),
            (-2.5, -3, -2, -3),
            (2.4, 2, 3, 2),
            (0.49999999999999994, 0, 1, 0),
            (-7.0, -7, -7, -7),
        ] {
            assert_eq!(round(value), Some(rounded), "round {value:?}");
            assert_eq!(ceil(value), Some(up), "ceil {value:?}");
            assert_eq!(floor(value), Some(down), "floor {value:?}");
        }
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e19, -1e19] {
            for function in [round, ceil, floor] {
                assert_eq!(function(value), None, "{value:?}");
            }
        }
    }

    #[test]
    fn float_functions_yield_the_one_nan() {
        for value in [sqrt(-1.0), log(-1.0), sin(f64::INFINITY), cos(f64::INFINITY)] {
            assert_eq!(value.to_bits(), f64::NAN.to_bits());
        }
        assert_eq!(sqrt(9.0), 3.0);
        assert_eq!(log(1.0), 0.0);
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(sin(0.0), 0.0);
        assert_eq!(cos(0.0), 1.0);
    }

    proptest! {
        #[test]
        fn printed_ints_parse_back(value: i64) {
            prop_assert_eq!(parse_int(&value.to_string()), Some(value));
        }

        #[test]
        fn printed_floats_parse_back(bits: u64) {
            let value = canonical(f64::from_bits(bits));
            let parsed = parse_float(&format!("{value:?}")).map(f64::to_bits);
            prop_assert_eq!(parsed, Some(value.to_bits()));
        }

        #[test]
        fn parsing_accepts_whatever_comes(text: String) {
            prop_assert_eq!(parse_int(&text).is_some() && text.contains(char::is_whitespace), false);
            let _ = parse_float(&text);
        }
    }
}

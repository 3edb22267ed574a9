//! Applies a format spec to a scalar or to the text that a value shows.
//!
//! Called by the `format` intrinsic, which interpolation with a spec lowers to. What the spec may hold for which value
//! is `FormatSpec::check`'s to say; what does not apply is not looked at here.

use super::format_spec::{Alignment, FormatSpec, Notation};
use super::literal::write_float;
use std::fmt::{self, Write};

/// An Int. A negative one shows sign and magnitude in every base: `-ff`.
pub(crate) fn format_int(value: i64, spec: &FormatSpec, output: &mut dyn Write) -> fmt::Result {
    let magnitude = value.unsigned_abs();
    let digits = match spec.notation {
        Notation::LowerHex => format!("{magnitude:x}"),
        Notation::UpperHex => format!("{magnitude:X}"),
        Notation::Binary => format!("{magnitude:b}"),
        Notation::Octal => format!("{magnitude:o}"),
        Notation::Plain | Notation::Exponent => magnitude.to_string(),
    };
    let prefix = match spec.base() {
        Some(16) if spec.prefixed => "0x",
        Some(8) if spec.prefixed => "0o",
        Some(2) if spec.prefixed => "0b",
        _ => "",
    };
    let number = Number {
        negative: value < 0,
        prefix,
        digits: &digits,
        takes_zeros: true,
    };
    number.write(spec, output)
}

/// A Float: as `print` shows it, with a fixed number of digits after the point if there is a precision (the decimal
/// nearest to the exact value, halves to even), with an exponent by `e`.
pub(crate) fn format_float(value: f64, spec: &FormatSpec, output: &mut dyn Write) -> fmt::Result {
    let magnitude = value.abs();
    let mut digits = String::new();
    match (spec.notation, spec.precision) {
        _ if !value.is_finite() => write_float(magnitude, &mut digits)?,
        (Notation::Exponent, Some(precision)) => write!(digits, "{magnitude:.*e}", precision as usize)?,
        (Notation::Exponent, None) => write!(digits, "{magnitude:e}")?,
        (_, Some(precision)) => write!(digits, "{magnitude:.*}", precision as usize)?,
        (_, None) => write_float(magnitude, &mut digits)?,
    }
    let number = Number {
        negative: value.is_sign_negative() && !value.is_nan(),
        prefix: "",
        digits: &digits,
        takes_zeros: value.is_finite(),
    };
    let unsigned = FormatSpec {
        signed: false,
        ..*spec
    };
    number.write(if value.is_nan() { &unsigned } else { spec }, output)
}

/// A text, cut to the precision and filled up to the width, both in characters.
pub(crate) fn format_text(text: &str, spec: &FormatSpec, output: &mut dyn Write) -> fmt::Result {
    let cut = match spec.precision {
        Some(precision) => text
            .char_indices()
            .nth(precision as usize)
            .map_or(text.len(), |(octet, _)| octet),
        None => text.len(),
    };
    let shown = &text[..cut];
    write_aligned(&[shown], spec, Alignment::Left, output)
}

/// The parts of a number in writing.
struct Number<'a> {
    negative: bool,
    prefix: &'a str,
    digits: &'a str,
    takes_zeros: bool,
}

impl Number<'_> {
    fn write(&self, spec: &FormatSpec, output: &mut dyn Write) -> fmt::Result {
        let sign = match (self.negative, spec.signed) {
            (true, _) => "-",
            (false, true) => "+",
            (false, false) => "",
        };
        if !(spec.zeros && self.takes_zeros) {
            return write_aligned(&[sign, self.prefix, self.digits], spec, Alignment::Right, output);
        }
        output.write_str(sign)?;
        output.write_str(self.prefix)?;
        let length = sign.len() + self.prefix.len() + self.digits.len();
        write_repeated('0', (spec.width as usize).saturating_sub(length), output)?;
        output.write_str(self.digits)
    }
}

fn write_aligned(parts: &[&str], spec: &FormatSpec, usual: Alignment, output: &mut dyn Write) -> fmt::Result {
    let width = spec.width as usize;
    let missing = match width {
        0 => 0,
        _ => width.saturating_sub(parts.iter().map(|part| part.chars().take(width).count()).sum()),
    };
    let before = match spec.alignment.unwrap_or(usual) {
        Alignment::Left => 0,
        Alignment::Center => missing / 2,
        Alignment::Right => missing,
    };
    let fill = spec.fill.unwrap_or(' ');
    write_repeated(fill, before, output)?;
    for part in parts {
        output.write_str(part)?;
    }
    write_repeated(fill, missing - before, output)
}

fn write_repeated(character: char, times: usize, output: &mut dyn Write) -> fmt::Result {
    (0..times).try_for_each(|_| output.write_char(character))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spec(text: &str) -> FormatSpec {
        FormatSpec::parse(text).expect(text)
    }

    fn int(value: i64, text: &str) -> String {
        let mut output = String::new();
        format_int(value, &spec(text), &mut output).expect("a String takes everything");
        output
    }

    fn float(value: f64, text: &str) -> String {
        let mut output = String::new();
        format_float(value, &spec(text), &mut output).expect("a String takes everything");
        output
    }

    fn text(value: &str, text: &str) -> String {
        let mut output = String::new();
        format_text(value, &spec(text), &mut output).expect("a String takes everything");
        output
    }

    #[test]
    fn ints_format() {
        for (value, spec, expected) in [
            (42, "", "42"),
            (42, "6", "    42"),
            (42, "<6", "42    "),
            (42, "*^7", "**42***"),
            (42, "04", "0042"),
            (-42, "05", "-0042"),
            (42, "+", "+42"),
            (0, "+", "+0"),
            (255, "x", "ff"),
            (255, "X", "FF"),
            (255, "#x", "0xff"),
            (255, "#X", "0xFF"),
            (255, "#06x", "0x00ff"),
            (-255, "x", "-ff"),
            (-255, "#x", "-0xff"),
            (5, "b", "101"),
            (5, "#b", "0b101"),
            (8, "o", "10"),
            (8, "#o", "0o10"),
            (i64::MIN, "x", "-8000000000000000"),
            (i64::MIN, "", "-9223372036854775808"),
            (12345, "3", "12345"),
        ] {
            assert_eq!(int(value, spec), expected, "{value} by {spec:?}");
        }
    }

    #[test]
    fn floats_format() {
        for (value, spec, expected) in [
            (1.0, "", "1.0"),
            (1.0, "6", "   1.0"),
            (7.126, ".2", "7.13"),
            (2.5, ".0", "2"),
            (0.125, ".2", "0.12"),
            (-7.126, "+.1", "-7.1"),
            (7.126, "+.1", "+7.1"),
            (7.126, "08.2", "00007.13"),
            (-7.126, "08.2", "-0007.13"),
            (1234.5, "e", "1.2345e3"),
            (1234.5, ".1e", "1.2e3"),
            (0.00015, "e", "1.5e-4"),
            (1e21, ".1", "1000000000000000000000.0"),
            (-0.0, ".1", "-0.0"),
            (f64::NAN, "", "NaN"),
            (f64::NAN, "+06.2", "   NaN"),
            (f64::INFINITY, "06", "   inf"),
            (f64::NEG_INFINITY, "<6.1", "-inf  "),
            (f64::INFINITY, "+", "+inf"),
            (f64::INFINITY, "e", "inf"),
        ] {
            assert_eq!(float(value, spec), expected, "{value:?} by {spec:?}");
        }
    }

    #[test]
    fn texts_format() {
        for (value, spec, expected) in [
            ("ab", "", "ab"),
            ("ab", "5", "ab   "),
            ("ab", "<5", "ab   "),
            ("ab", ">5", "   ab"),
            ("ab", "-^5", "-ab--"),
            ("漢字", ">4", "  漢字"),
            ("abcdef", ".3", "abc"),
            ("漢字かな", "6.3", "漢字か   "),
            ("ab", "0>5", "000ab"),
            ("abcdef", "3", "abcdef"),
            ("", "2", "  "),
        ] {
            assert_eq!(text(value, spec), expected, "{value:?} by {spec:?}");
        }
    }

    proptest! {
        #[test]
        fn ints_agree_with_rust(value in 0i64.., width in 1usize..30) {
            prop_assert_eq!(int(value, &format!("{width}")), format!("{value:width$}"));
            prop_assert_eq!(int(value, &format!("<{width}")), format!("{value:<width$}"));
            prop_assert_eq!(int(value, &format!("·^+{width}")), format!("{value:·^+width$}"));
            prop_assert_eq!(int(-value, &format!("+0{width}")), format!("{:+0width$}", -value));
            prop_assert_eq!(int(value, &format!("#0{width}x")), format!("{value:#0width$x}"));
            prop_assert_eq!(int(value, &format!("#{width}X")), format!("{value:#width$X}"));
            prop_assert_eq!(int(value, &format!("0{width}b")), format!("{value:0width$b}"));
            prop_assert_eq!(int(value, &format!(">#{width}o")), format!("{value:>#width$o}"));
        }

        #[test]
        fn floats_agree_with_rust(value: f64, width in 1usize..30, precision in 0usize..12) {
            prop_assert_eq!(float(value, &format!("{width}")), format!("{value:width$?}"));
            prop_assert_eq!(float(value, &format!("{width}.{precision}")), format!("{value:width$.precision$}"));
            prop_assert_eq!(float(value, &format!("+0{width}.{precision}")), format!("{value:+0width$.precision$}"));
            prop_assert_eq!(float(value, &format!("^{width}.{precision}e")), format!("{value:^width$.precision$e}"));
            prop_assert_eq!(float(value, &format!("<{width}e")), format!("{value:<width$e}"));
        }

        #[test]
        fn texts_agree_with_rust(value: String, width in 1usize..30, precision in 0usize..12) {
            prop_assert_eq!(text(&value, &format!("{width}.{precision}")), format!("{value:width$.precision$}"));
            prop_assert_eq!(text(&value, &format!("→>{width}")), format!("{value:→>width$}"));
            prop_assert_eq!(text(&value, &format!("^{width}")), format!("{value:^width$}"));
        }

        #[test]
        fn any_spec_parses_or_is_refused(text in "[<>^ +#0-9.xXboe*é]{0,8}") {
            match FormatSpec::parse(&text) {
                Ok(_) => {}
                Err(fault) => prop_assert!(text.is_char_boundary(fault.position), "{:?}", fault),
            }
        }
    }
}

//! Reads format specs. Parts that Rust or Python has and Lumen has not are answered with what to write instead.

use super::{Alignment, FormatSpec, FormatSpecError, MAX_EXTENT, Notation};

/// Reads a spec.
pub(super) fn parse(text: &str) -> Result<FormatSpec, FormatSpecError> {
    let mut reader = Reader { text, position: 0 };
    let mut spec = FormatSpec::default();
    reader.alignment(&mut spec);
    spec.signed = reader.take('+');
    spec.prefixed = reader.take('#');
    spec.zeros = reader.take('0');
    if let Some(width) = reader.number("width")? {
        spec.width = width;
    }
    if reader.take('.') {
        let precision = reader.number("precision")?;
        spec.precision =
            Some(precision.ok_or_else(|| reader.fault("a `.` is followed by digits, as in `.2`"))?);
    }
    spec.notation = reader.notation()?;
    spec.check_combination(text)?;
    Ok(spec)
}

/// Reads a spec from left to right.
struct Reader<'a> {
    text: &'a str,
    position: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.position..).unwrap_or("")
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.position += wanted.len_utf8();
        }
        found
    }

    /// A fill counts as one only in front of an alignment, so that `<5` is an alignment and `<<5` has a fill.
    fn alignment(&mut self, spec: &mut FormatSpec) {
        let mut characters = self.rest().chars();
        let (first, second) = (characters.next(), characters.next());
        if let (Some(fill), Some(alignment)) = (first, second.and_then(Alignment::of)) {
            self.position += fill.len_utf8() + 1;
            spec.fill = Some(fill);
            spec.alignment = Some(alignment);
        } else if let Some(alignment) = first.and_then(Alignment::of) {
            self.position += 1;
            spec.alignment = Some(alignment);
        }
    }

    fn number(&mut self, what: &str) -> Result<Option<u32>, FormatSpecError> {
        let rest = self.rest();
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 {
            return Ok(None);
        }
        let number = rest[..length].parse().ok().filter(|number| *number <= MAX_EXTENT);
        let number = number.ok_or_else(|| self.fault(&format!("the {what} is at most {MAX_EXTENT}")))?;
        self.position += length;
        Ok(Some(number))
    }

    /// The type at the end, and that it is the end.
    fn notation(&mut self) -> Result<Notation, FormatSpecError> {
        let rest = self.rest();
        let mut characters = rest.chars();
        let Some(first) = characters.next() else {
            return Ok(Notation::Plain);
        };
        let known = Notation::LETTERS.iter().find(|(letter, _)| *letter == first);
        match (known, characters.next()) {
            (Some((_, notation)), None) => Ok(*notation),
            (Some(_), Some(_)) => {
                self.position += first.len_utf8();
                Err(self.fault("nothing follows the type of a format spec"))
            }
            (None, _) => Err(self.fault(&unknown_part(first))),
        }
    }

    fn fault(&self, message: &str) -> FormatSpecError {
        FormatSpecError {
            message: message.to_string(),
            position: self.position,
        }
    }
}

impl Alignment {
    fn of(character: char) -> Option<Alignment> {
        match character {
            '<' => Some(Alignment::Left),
            '^' => Some(Alignment::Center),
            '>' => Some(Alignment::Right),
            _ => None,
        }
    }
}

/// What to write instead of a part that Rust or Python has and Lumen has not.
fn unknown_part(character: char) -> String {
    match character {
        'f' | 'F' | 'g' | 'G' => {
            format!("there is no type `{character}`: `.2` alone gives a Float two digits after the point")
        }
        'd' | 'i' => format!("there is no type `{character}`: an Int is decimal without a type"),
        's' | '?' => {
            format!("there is no type `{character}`: values show as `print` shows them without a type")
        }
        ',' | '_' => format!("there is no digit grouping by `{character}`"),
        '%' => "there is no type `%`: multiply by 100 and write the sign after the braces".to_string(),
        'E' => "there is no type `E`: `e` writes an exponent".to_string(),
        '{' | '$' | '*' => {
            "width and precision are digits; `pad_left(text, width)` takes a computed width".to_string()
        }
        _ => format!(
            "`{}` is no part of a format spec: fill and alignment (`< ^ >`), `+`, `#`, `0`, width, `.precision`, then one of `x X b o e`",
            character.escape_debug()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specs_have_the_parts_that_rust_and_python_share() {
        let plain = FormatSpec::default();
        for (text, expected) in [
            ("", plain),
            (
                ".2",
                FormatSpec {
                    precision: Some(2),
                    ..plain
                },
            ),
            (
                ">8",
                FormatSpec {
                    alignment: Some(Alignment::Right),
                    width: 8,
                    ..plain
                },
            ),
            (
                "<5",
                FormatSpec {
                    alignment: Some(Alignment::Left),
                    width: 5,
                    ..plain
                },
            ),
            (
                "04",
                FormatSpec {
                    zeros: true,
                    width: 4,
                    ..plain
                },
            ),
            ("0", FormatSpec { zeros: true, ..plain }),
            (
                "x",
                FormatSpec {
                    notation: Notation::LowerHex,
                    ..plain
                },
            ),
            (
                "#X",
                FormatSpec {
                    prefixed: true,
                    notation: Notation::UpperHex,
                    ..plain
                },
            ),
            (
                "e",
                FormatSpec {
                    notation: Notation::Exponent,
                    ..plain
                },
            ),
            (
                "+#010b",
                FormatSpec {
                    signed: true,
                    prefixed: true,
                    zeros: true,
                    width: 10,
                    notation: Notation::Binary,
                    ..plain
                },
            ),
            (
                "*^+12.3e",
                FormatSpec {
                    fill: Some('*'),
                    alignment: Some(Alignment::Center),
                    signed: true,
                    width: 12,
                    precision: Some(3),
                    notation: Notation::Exponent,
                    ..plain
                },
            ),
            (
                "→<3",
                FormatSpec {
                    fill: Some('→'),
                    alignment: Some(Alignment::Left),
                    width: 3,
                    ..plain
                },
            ),
            (
                "<<3",
                FormatSpec {
                    fill: Some('<'),
                    alignment: Some(Alignment::Left),
                    width: 3,
                    ..plain
                },
            ),
            (
                "0>8",
                FormatSpec {
                    fill: Some('0'),
                    alignment: Some(Alignment::Right),
                    width: 8,
                    ..plain
                },
            ),
        ] {
            assert_eq!(FormatSpec::parse(text), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn faulty_specs_say_what_to_write_instead() {
        for (text, position, message) in [
            (
                "f",
                0,
                "there is no type `f`: `.2` alone gives a Float two digits after the point",
            ),
            (".2f", 2, "there is no type `f`"),
            ("d", 0, "decimal without a type"),
            ("?", 0, "as `print` shows them"),
            (",", 0, "digit grouping"),
            ("%", 0, "multiply by 100"),
            ("{w}", 0, "computed width"),
            ("w$", 0, "is no part of a format spec"),
            (".", 1, "a `.` is followed by digits"),
            (".x", 1, "a `.` is followed by digits"),
            ("xx", 1, "nothing follows the type"),
            ("65536", 0, "the width is at most 65535"),
            (">99999999999999999999", 1, "the width is at most 65535"),
            (".70000", 1, "the precision is at most 65535"),
            ("#8", 0, "needs a type"),
            (">08", 1, "takes no alignment"),
            (".2x", 0, "a base for Ints"),
            (" ", 0, "is no part"),
            ("-5", 0, "is no part"),
            ("\u{7}", 0, "`\\u{7}` is no part"),
        ] {
            let fault = FormatSpec::parse(text).expect_err(text);
            assert!(fault.message.contains(message), "{text:?}: {}", fault.message);
            assert_eq!(fault.position, position, "{text:?}: {}", fault.message);
        }
    }
}

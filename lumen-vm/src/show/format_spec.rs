//! Format specs, what follows the `:` in `{price:>8.2}`: parsed here, applied in `formatted`.
//!
//! The grammar is the part that Rust and Python share:
//!
//! ```text
//! spec  = [[fill] align] ["+"] ["#"] ["0"] [width] ["." precision] [type]
//! align = "<" | "^" | ">"          type = "x" | "X" | "b" | "o" | "e"
//! ```
//! The compiler parses the spec of an interpolation and checks it against the operand's type; the `format` builtin does
//! both at run time. An empty spec is the value as `print` shows it.

use thiserror::Error;

/// Largest width and precision, so that a spec cannot ask for a text out of proportion.
pub const MAX_EXTENT: u32 = 65_535;

/// A parsed format spec.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FormatSpec {
    /// What fills up to the width; a space unless given.
    pub fill: Option<char>,
    /// Where the value stands within the width; numbers at the right, others at the left unless given.
    pub alignment: Option<Alignment>,
    /// `+`: positive numbers carry their sign too.
    pub signed: bool,
    /// `#`: the base is shown as a prefix, `0xff`.
    pub prefixed: bool,
    /// `0`: zeros between sign and digits fill up to the width.
    pub zeros: bool,
    /// Least number of characters.
    pub width: u32,
    /// Digits after the point of a Float; largest number of characters of a String.
    pub precision: Option<u32>,
    /// How a number is written.
    pub notation: Notation,
}

/// Where a value stands within the width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alignment {
    /// `<`
    Left,
    /// `^`; an odd rest goes to the right.
    Center,
    /// `>`
    Right,
}

/// How a number is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notation {
    /// As `print` shows it.
    #[default]
    Plain,
    /// `x`: base 16.
    LowerHex,
    /// `X`: base 16, digits in upper case.
    UpperHex,
    /// `b`: base 2.
    Binary,
    /// `o`: base 8.
    Octal,
    /// `e`: a Float with an exponent, `1.5e3`.
    Exponent,
}

/// What kind of value a spec is applied to: as much of its type as the rules of specs depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatOperand {
    /// An Int.
    Int,
    /// A Float.
    Float,
    /// A String.
    String,
    /// Anything else, shown as `print` shows it.
    Other,
}

/// A spec that is no spec, or does not suit the value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct FormatSpecError {
    /// What is wrong and what to write instead, without the spec itself.
    pub message: String,
    /// Octet within the spec where the fault is.
    pub position: usize,
}

impl FormatSpec {
    /// Reads a spec, the text between `:` and `}`.
    pub fn parse(text: &str) -> Result<FormatSpec, FormatSpecError> {
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

    /// Whether the spec can be applied to such a value; `text` is the spec as written, for the fault's position.
    pub fn check(&self, operand: FormatOperand, text: &str) -> Result<(), FormatSpecError> {
        use FormatOperand::{Float, Int};
        let is_number = matches!(operand, Int | Float);
        let subject = operand.plural();
        let rules: [(bool, char, String); 6] = [
            (self.signed && !is_number, '+', format!("`+` is for numbers, not for {subject}")),
            (self.zeros && !is_number, '0', format!("`0` is for numbers, not for {subject}; `0>{}` fills with zeros", self.width)),
            (self.notation == Notation::Exponent && operand != Float, 'e', format!("`e` is for Floats, not for {subject}")),
            (self.base().is_some() && operand != Int, self.notation.letter(), format!("`{}` is for Ints, not for {subject}", self.notation.letter())),
            (self.precision.is_some() && operand == Int, '.', "a precision is for Floats and Strings, not for Ints; `to_float(n)` has digits after the point".to_string()),
            (self.precision.is_some() && operand == FormatOperand::Other, '.', "a precision is for Floats and Strings, not for other values".to_string()),
        ];
        match rules.into_iter().find(|(broken, _, _)| *broken) {
            Some((_, mark, message)) => Err(FormatSpecError {
                message,
                position: text.rfind(mark).unwrap_or(0),
            }),
            None => Ok(()),
        }
    }

    /// Base and digits' case of an Int's notation, nothing for decimal.
    pub(super) fn base(&self) -> Option<u32> {
        match self.notation {
            Notation::LowerHex | Notation::UpperHex => Some(16),
            Notation::Octal => Some(8),
            Notation::Binary => Some(2),
            Notation::Plain | Notation::Exponent => None,
        }
    }

    fn check_combination(&self, text: &str) -> Result<(), FormatSpecError> {
        let at = |mark: char, message: &str| {
            Err(FormatSpecError {
                message: message.to_string(),
                position: text.rfind(mark).unwrap_or(0),
            })
        };
        if self.prefixed && self.base().is_none() {
            return at(
                '#',
                "`#` shows the prefix of a base, so it needs a type `x`, `X`, `b` or `o`",
            );
        }
        if self.zeros && self.alignment.is_some() {
            return at(
                '0',
                "`0` fills before the digits, so it takes no alignment; write `0>8` to fill a field of 8 with zeros",
            );
        }
        if self.precision.is_some() && self.base().is_some() {
            return at('.', "a precision is for Floats and Strings, a base for Ints");
        }
        Ok(())
    }
}

impl Notation {
    /// The types that a spec may end in.
    const LETTERS: [(char, Notation); 5] = [
        ('x', Notation::LowerHex),
        ('X', Notation::UpperHex),
        ('b', Notation::Binary),
        ('o', Notation::Octal),
        ('e', Notation::Exponent),
    ];

    fn letter(self) -> char {
        let row = Self::LETTERS.iter().find(|(_, notation)| *notation == self);
        row.map_or(' ', |(letter, _)| *letter)
    }
}

impl FormatOperand {
    fn plural(self) -> &'static str {
        match self {
            FormatOperand::Int => "Ints",
            FormatOperand::Float => "Floats",
            FormatOperand::String => "Strings",
            FormatOperand::Other => "other values",
        }
    }
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

    #[test]
    fn specs_suit_some_types_only() {
        use FormatOperand::{Float, Int, Other, String};
        for (text, operand, message) in [
            ("x", Float, Some("`x` is for Ints, not for Floats")),
            ("e", Int, Some("`e` is for Floats, not for Ints")),
            (".2", Int, Some("`to_float(n)`")),
            (".2", Other, Some("not for other values")),
            ("+", String, Some("`+` is for numbers, not for Strings")),
            ("05", Other, Some("`0>5` fills with zeros")),
            ("b", String, Some("`b` is for Ints, not for Strings")),
            ("#06x", Int, None),
            ("+.2e", Float, None),
            (".3", String, None),
            ("*^9", Other, None),
        ] {
            let spec = FormatSpec::parse(text).expect(text);
            match (spec.check(operand, text), message) {
                (Ok(()), None) => {}
                (Err(fault), Some(message)) => assert!(fault.message.contains(message), "{text}: {fault}"),
                (result, _) => panic!("{text:?} on {operand:?}: {result:?}"),
            }
        }
    }
}

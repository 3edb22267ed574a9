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

mod parse;

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
        parse::parse(text)
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

#[cfg(test)]
mod tests {
    use super::*;

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

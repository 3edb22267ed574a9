//! Signatures of intrinsics, parsed from the small language of the intrinsic table.
//!
//! The checker resolves builtin calls with them, the verifier types `intrinsic` instructions. Parsed once a process; a row
//! that does not parse fails the tests of this crate.

use std::fmt;
use std::sync::LazyLock;

use super::{Constant, Intrinsic, PreludeRecord};

mod parse;

/// The signature of an intrinsic.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// Parameters in order; those with a default come last.
    pub parameters: Vec<SignatureParameter>,
    /// Type of the value.
    pub result: SignatureType,
}

/// A parameter of an intrinsic.
#[derive(Clone, Debug, PartialEq)]
pub struct SignatureParameter {
    /// Its name, for named arguments in source.
    pub name: &'static str,
    /// Its type.
    pub ty: SignatureType,
    /// What the compiler passes if the source gives no argument: an Int or a String.
    pub default: Option<Constant>,
}

/// A type in a signature.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SignatureType {
    /// `Null`.
    Null,
    /// `Bool`.
    Bool,
    /// `Int`.
    Int,
    /// `Float`.
    Float,
    /// `String`.
    String,
    /// `Bytes`.
    Bytes,
    /// `Json`.
    Json,
    /// A record of the prelude, by its name.
    Prelude(PreludeRecord),
    /// `list[T]`.
    List(Box<SignatureType>),
    /// `map[K, V]`.
    Map(Box<SignatureType>, Box<SignatureType>),
    /// `set[T]`.
    Set(Box<SignatureType>),
    /// `(A, B, ...)`.
    Tuple(Vec<SignatureType>),
    /// `result[T, E]`.
    Result(Box<SignatureType>, Box<SignatureType>),
    /// `T?`: the union of `T` and Null, flattened; `T` itself if it is or holds Null.
    Optional(Box<SignatureType>),
    /// A type variable; equal letters of one signature stand for one type.
    Variable(TypeVariable),
}

/// A type variable of a signature, one of the letters `A B T V E O K`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeVariable {
    /// Its letter.
    pub letter: char,
    /// What it may stand for.
    pub class: VariableClass,
}

/// Which types a variable may stand for.
///
/// Each class holds the ones after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum VariableClass {
    /// Any type.
    Any,
    /// A type with equality: no function inside.
    Equatable,
    /// Int, Float, String, Bool, Bytes, tuples and lists of those.
    Ordered,
    /// A map key: Bool, Int or String.
    Key,
}

impl VariableClass {
    /// All classes with their names in the JSON form, in number order.
    pub const TABLE: [(VariableClass, &'static str); 4] = [
        (VariableClass::Any, "any"),
        (VariableClass::Equatable, "equatable"),
        (VariableClass::Ordered, "ordered"),
        (VariableClass::Key, "key"),
    ];

    /// The class with this number.
    pub fn from_number(number: u8) -> Option<VariableClass> {
        Self::TABLE.get(usize::from(number)).map(|(class, _)| *class)
    }

    /// Its name in the JSON form.
    pub fn name(self) -> &'static str {
        Self::TABLE[self as usize].1
    }
}

impl TypeVariable {
    /// The variable with this letter, if the language has it.
    pub fn from_letter(letter: char) -> Option<TypeVariable> {
        let class = match letter {
            'A' | 'B' | 'T' | 'V' => VariableClass::Any,
            'E' => VariableClass::Equatable,
            'O' => VariableClass::Ordered,
            'K' => VariableClass::Key,
            _ => return None,
        };
        Some(TypeVariable { letter, class })
    }
}

impl Intrinsic {
    /// The parsed signature.
    pub fn signature(self) -> &'static Signature {
        static SIGNATURES: LazyLock<Vec<Signature>> = LazyLock::new(|| {
            Intrinsic::TABLE
                .iter()
                .map(|row| {
                    Signature::parse(row.signature)
                        .unwrap_or_else(|problem| panic!("signature of {}: {problem}", row.name))
                })
                .collect()
        });
        &SIGNATURES[self as usize]
    }
}

impl Signature {
    /// Parses the notation of the intrinsic table; errors name the byte.
    pub fn parse(text: &'static str) -> Result<Signature, String> {
        parse::parse(text)
    }
}

impl SignatureType {
    /// Parses a type as signatures write it; errors name the byte.
    pub fn parse(text: &'static str) -> Result<SignatureType, String> {
        parse::parse_type(text)
    }
}

impl fmt::Display for SignatureType {
    /// The notation of the table.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SignatureType::Null => f.write_str("Null"),
            SignatureType::Bool => f.write_str("Bool"),
            SignatureType::Int => f.write_str("Int"),
            SignatureType::Float => f.write_str("Float"),
            SignatureType::String => f.write_str("String"),
            SignatureType::Bytes => f.write_str("Bytes"),
            SignatureType::Json => f.write_str("Json"),
            SignatureType::Prelude(record) => f.write_str(record.name()),
            SignatureType::List(element) => write!(f, "list[{element}]"),
            SignatureType::Map(key, value) => write!(f, "map[{key}, {value}]"),
            SignatureType::Set(element) => write!(f, "set[{element}]"),
            SignatureType::Tuple(elements) => {
                f.write_str("(")?;
                for (index, element) in elements.iter().enumerate() {
                    write!(f, "{}{element}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
            SignatureType::Result(value, error) => write!(f, "result[{value}, {error}]"),
            SignatureType::Optional(inner) => write!(f, "{inner}?"),
            SignatureType::Variable(variable) => write!(f, "{}", variable.letter),
        }
    }
}

impl fmt::Display for Signature {
    /// The notation of the table.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (index, parameter) in self.parameters.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{}: {}", parameter.name, parameter.ty)?;
            match &parameter.default {
                Some(Constant::Int(value)) => write!(f, " = {value}")?,
                Some(Constant::String(value)) => write!(f, " = \"{value}\"")?,
                _ => {}
            }
        }
        write!(f, ") -> {}", self.result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_parses_and_prints_as_it_is_written() {
        for row in Intrinsic::TABLE {
            assert_eq!(
                row.intrinsic.signature().to_string(),
                row.signature,
                "{}",
                row.name
            );
        }
    }

    #[test]
    fn defaults_and_classes_are_read() {
        let pad = Intrinsic::PadLeft.signature();
        assert_eq!(pad.parameters[2].default, Some(Constant::String(" ".to_owned())));
        let SignatureType::Variable(variable) = &Intrinsic::Max.signature().result else {
            panic!("max yields its variable");
        };
        assert_eq!(variable.class, VariableClass::Ordered);
    }

    #[test]
    fn malformed_signatures_are_refused() {
        for text in [
            "",
            "(",
            "(a: Int) -> ",
            "(a Int) -> Int",
            "(a: Q) -> Int",
            "(a: (Int)) -> Int",
            "() -> Int x",
        ] {
            assert!(Signature::parse(text).is_err(), "{text}");
        }
    }
}

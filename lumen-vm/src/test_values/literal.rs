//! Literals: a recursive descent parser, and the types of what it reads.

use crate::lir::{PreludeRecord, SignatureType, TypeVariable, VariableClass};

/// A value as written in a test.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    String(String),
    Bytes(Vec<u8>),
    List(Vec<Literal>),
    Map(Vec<(Literal, Literal)>),
    Set(Vec<Literal>),
    Tuple(Vec<Literal>),
    Result(u32, Box<Literal>),
    /// A Json value, written `Json(value)`.
    Json(Box<Literal>),
    /// A record of the prelude, written `Patch(op: "add", path: "/a", value: Json(1))`.
    Prelude(PreludeRecord, Vec<Literal>),
}

/// Reads one literal.
pub(crate) fn parse_literal(text: &str) -> Literal {
    let mut reader = Reader { text, rest: text };
    let literal = reader.literal();
    assert!(
        reader.rest.trim().is_empty(),
        "{:?} is left of {text:?}",
        reader.rest
    );
    literal
}

/// Reads a call, `name(literal, literal)`: its name, its arguments and what follows it.
pub(crate) fn parse_call(text: &str) -> (&str, Vec<Literal>, &str) {
    let (name, rest) = text
        .split_once('(')
        .unwrap_or_else(|| panic!("no call in {text:?}"));
    let mut reader = Reader { text, rest };
    let arguments = reader.all(")");
    (name, arguments, &rest[rest.len() - reader.rest.len()..])
}

struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
}

impl Reader<'_> {
    fn take(&mut self, word: &str) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(word) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Literals up to `close`, which is taken too.
    fn all(&mut self, close: &str) -> Vec<Literal> {
        let mut literals = Vec::new();
        while !self.take(close) {
            literals.push(self.literal());
            if !self.take(",") {
                assert!(self.take(close), "`{close}` in {:?}", self.text);
                break;
            }
        }
        literals
    }

    fn literal(&mut self) -> Literal {
        let words = [
            ("null", Literal::Null),
            ("true", Literal::Bool(true)),
            ("false", Literal::Bool(false)),
            ("set()", Literal::Set(Vec::new())),
            ("NaN", Literal::Float(f64::NAN)),
            ("inf", Literal::Float(f64::INFINITY)),
            ("-inf", Literal::Float(f64::NEG_INFINITY)),
        ];
        for (word, literal) in words {
            if self.take(word) {
                return literal;
            }
        }
        if self.take("b\"") {
            return self.bytes();
        }
        if self.take("\"") {
            return Literal::String(self.string());
        }
        if self.take("[") {
            return Literal::List(self.all("]"));
        }
        if self.take("(") {
            return Literal::Tuple(self.all(")"));
        }
        if self.take("{") {
            return self.braces();
        }
        for (variant, open) in [(0, "ok("), (1, "err(")] {
            if self.take(open) {
                let payload = self.all(")").remove(0);
                return Literal::Result(variant, Box::new(payload));
            }
        }
        if self.take("Json(") {
            return Literal::Json(Box::new(self.all(")").remove(0)));
        }
        for record in PreludeRecord::ALL {
            if self.take(&format!("{}(", record.name())) {
                return Literal::Prelude(record, self.fields(record));
            }
        }
        self.number()
    }

    fn fields(&mut self, record: PreludeRecord) -> Vec<Literal> {
        let mut fields = Vec::new();
        for (name, _) in record.fields() {
            assert!(self.take(&format!("{name}:")), "`{name}` in {:?}", self.text);
            fields.push(self.literal());
            self.take(",");
        }
        assert!(self.take(")"), "`)` in {:?}", self.text);
        fields
    }

    fn number(&mut self) -> Literal {
        let is_part = |(position, character): (usize, char)| {
            !(character.is_ascii_alphanumeric()
                || "._".contains(character)
                || "+-".contains(character) && (position == 0 || self.rest[..position].ends_with('e')))
        };
        let end = self
            .rest
            .char_indices()
            .find(|found| is_part(*found))
            .map_or(self.rest.len(), |(end, _)| end);
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        match number.parse() {
            Ok(value) => Literal::Int(value),
            Err(_) => Literal::Float(
                number
                    .parse()
                    .unwrap_or_else(|_| panic!("no literal at {number:?} in {:?}", self.text)),
            ),
        }
    }

    fn string(&mut self) -> String {
        let mut value = String::new();
        let mut characters = self.rest.chars();
        loop {
            match characters.next().expect("a string ends") {
                '"' => break,
                '\\' => match characters.next().expect("an escape") {
                    'n' => value.push('\n'),
                    't' => value.push('\t'),
                    'r' => value.push('\r'),
                    'u' => {
                        let digits: String = characters
                            .by_ref()
                            .skip(1)
                            .take_while(|character| *character != '}')
                            .collect();
                        let code = u32::from_str_radix(&digits, 16).expect("hex digits");
                        value.push(char::from_u32(code).expect("a character"));
                    }
                    character => value.push(character),
                },
                character => value.push(character),
            }
        }
        self.rest = characters.as_str();
        value
    }

    fn bytes(&mut self) -> Literal {
        let (digits, rest) = self.rest.split_once('"').expect("Bytes end");
        self.rest = rest;
        let octet = |position: usize| u8::from_str_radix(&digits[position..position + 2], 16).expect("hex");
        Literal::Bytes((0..digits.len()).step_by(2).map(octet).collect())
    }

    fn braces(&mut self) -> Literal {
        let mut entries = Vec::new();
        let mut elements = Vec::new();
        while !self.take("}") {
            let first = self.literal();
            if self.take(":") {
                entries.push((first, self.literal()));
            } else {
                elements.push(first);
            }
            self.take(",");
        }
        if elements.is_empty() {
            Literal::Map(entries)
        } else {
            Literal::Set(elements)
        }
    }
}

/// The type that nothing is known of, `[]`'s element.
pub(crate) fn unknown() -> SignatureType {
    SignatureType::Variable(TypeVariable {
        letter: '?',
        class: VariableClass::Any,
    })
}

/// The type of a literal.
pub(crate) fn literal_type(literal: &Literal) -> SignatureType {
    let all = |literals: &[Literal]| {
        let types = literals.iter().map(literal_type);
        types.fold(unknown(), |all, ty| {
            join(all, ty).unwrap_or_else(|| panic!("no type for {literals:?}"))
        })
    };
    match literal {
        Literal::Null => SignatureType::Null,
        Literal::Bool(_) => SignatureType::Bool,
        Literal::Int(_) => SignatureType::Int,
        Literal::Float(_) => SignatureType::Float,
        Literal::String(_) => SignatureType::String,
        Literal::Bytes(_) => SignatureType::Bytes,
        Literal::Json(_) => SignatureType::Json,
        Literal::Prelude(record, _) => SignatureType::Prelude(*record),
        Literal::List(elements) => SignatureType::List(Box::new(all(elements))),
        Literal::Set(elements) => SignatureType::Set(Box::new(all(elements))),
        Literal::Tuple(elements) => SignatureType::Tuple(elements.iter().map(literal_type).collect()),
        Literal::Map(entries) => {
            let (keys, values): (Vec<Literal>, Vec<Literal>) = entries.iter().cloned().unzip();
            SignatureType::Map(Box::new(all(&keys)), Box::new(all(&values)))
        }
        Literal::Result(0, value) => {
            SignatureType::Result(Box::new(literal_type(value)), Box::new(unknown()))
        }
        Literal::Result(_, error) => {
            SignatureType::Result(Box::new(unknown()), Box::new(literal_type(error)))
        }
    }
}

/// The type that holds values of both, if there is one.
pub(crate) fn join(left: SignatureType, right: SignatureType) -> Option<SignatureType> {
    use SignatureType::{List, Map, Null, Optional, Result, Set, Tuple};
    let boxed = |left: Box<SignatureType>, right: Box<SignatureType>| join(*left, *right).map(Box::new);
    Some(match (left, right) {
        (left, right) if left == right => left,
        (other, nothing) | (nothing, other) if nothing == unknown() => other,
        (Null, other) | (other, Null) => optional(other),
        (Optional(left), right) => optional(join(*left, right)?),
        (left, Optional(right)) => optional(join(left, *right)?),
        (List(left), List(right)) => List(boxed(left, right)?),
        (Set(left), Set(right)) => Set(boxed(left, right)?),
        (Map(key, value), Map(other_key, other_value)) => {
            Map(boxed(key, other_key)?, boxed(value, other_value)?)
        }
        (Result(ok, err), Result(other_ok, other_err)) => {
            Result(boxed(ok, other_ok)?, boxed(err, other_err)?)
        }
        (Tuple(left), Tuple(right)) if left.len() == right.len() => {
            let joined: Option<Vec<SignatureType>> = left
                .into_iter()
                .zip(right)
                .map(|(left, right)| join(left, right))
                .collect();
            Tuple(joined?)
        }
        _ => return None,
    })
}

/// `T?`, flattened.
pub(crate) fn optional(ty: SignatureType) -> SignatureType {
    match ty {
        SignatureType::Null | SignatureType::Optional(_) => ty,
        _ => SignatureType::Optional(Box::new(ty)),
    }
}

//! The parser of the signature language. Its input is the intrinsic table, so recursion is as deep as a row.

use super::{Signature, SignatureParameter, SignatureType, TypeVariable};
use crate::lir::cursor::Cursor;
use crate::lir::{Constant, PreludeRecord};

pub(super) fn parse(text: &'static str) -> Result<Signature, String> {
    whole(text, Parser::signature)
}

pub(super) fn parse_type(text: &'static str) -> Result<SignatureType, String> {
    whole(text, Parser::ty)
}

fn whole<T>(text: &'static str, read: impl FnOnce(&mut Parser) -> Result<T, String>) -> Result<T, String> {
    let mut parser = Parser(Cursor::new(text));
    let read = read(&mut parser)?;
    if !parser.0.rest().is_empty() {
        return Err(parser.expected("the end"));
    }
    Ok(read)
}

struct Parser(Cursor<'static>);

impl Parser {
    fn signature(&mut self) -> Result<Signature, String> {
        self.expect("(")?;
        let mut parameters = Vec::new();
        while !self.take(")") {
            if !parameters.is_empty() {
                self.expect(", ")?;
            }
            parameters.push(self.parameter()?);
        }
        self.expect(" -> ")?;
        Ok(Signature {
            parameters,
            result: self.ty()?,
        })
    }

    fn parameter(&mut self) -> Result<SignatureParameter, String> {
        let name = self.word();
        if name.is_empty() {
            return Err(self.expected("a parameter name"));
        }
        self.expect(": ")?;
        let ty = self.ty()?;
        let default = if self.take(" = ") {
            Some(self.literal()?)
        } else {
            None
        };
        Ok(SignatureParameter { name, ty, default })
    }

    fn ty(&mut self) -> Result<SignatureType, String> {
        let mut ty = if self.take("(") {
            self.tuple()?
        } else {
            self.named()?
        };
        while self.take("?") {
            ty = SignatureType::Optional(Box::new(ty));
        }
        Ok(ty)
    }

    fn tuple(&mut self) -> Result<SignatureType, String> {
        let mut elements = vec![self.ty()?];
        while self.take(", ") {
            elements.push(self.ty()?);
        }
        self.expect(")")?;
        if elements.len() < 2 {
            return Err(self.expected("a tuple of two elements or more"));
        }
        Ok(SignatureType::Tuple(elements))
    }

    fn named(&mut self) -> Result<SignatureType, String> {
        let name = self.word();
        let letter = name.chars().next().filter(|_| name.len() == 1);
        if let Some(variable) = letter.and_then(TypeVariable::from_letter) {
            return Ok(SignatureType::Variable(variable));
        }
        Ok(match name {
            "Null" => SignatureType::Null,
            "Bool" => SignatureType::Bool,
            "Int" => SignatureType::Int,
            "Float" => SignatureType::Float,
            "String" => SignatureType::String,
            "Bytes" => SignatureType::Bytes,
            "Json" => SignatureType::Json,
            "list" => {
                let [element] = self.type_arguments()?;
                SignatureType::List(element)
            }
            "set" => {
                let [element] = self.type_arguments()?;
                SignatureType::Set(element)
            }
            "map" => {
                let [key, value] = self.type_arguments()?;
                SignatureType::Map(key, value)
            }
            "result" => {
                let [value, error] = self.type_arguments()?;
                SignatureType::Result(value, error)
            }
            _ => match PreludeRecord::from_name(name) {
                Some(record) => SignatureType::Prelude(record),
                None => return Err(self.expected("a type")),
            },
        })
    }

    fn type_arguments<const N: usize>(&mut self) -> Result<[Box<SignatureType>; N], String> {
        self.expect("[")?;
        let mut arguments = Vec::with_capacity(N);
        for index in 0..N {
            if index > 0 {
                self.expect(", ")?;
            }
            arguments.push(Box::new(self.ty()?));
        }
        self.expect("]")?;
        Ok(arguments.try_into().expect("exactly N were pushed"))
    }

    fn literal(&mut self) -> Result<Constant, String> {
        if self.take("\"") {
            let rest = self.0.rest();
            let length = rest.find('"').ok_or_else(|| self.expected("a closing quote"))?;
            self.0.at += length + 1;
            return Ok(Constant::String(rest[..length].to_owned()));
        }
        let number = self
            .word()
            .parse()
            .map_err(|_| self.expected("an Int or a String literal"))?;
        Ok(Constant::Int(number))
    }

    fn word(&mut self) -> &'static str {
        self.0.word()
    }

    fn take(&mut self, token: &str) -> bool {
        self.0.take(token)
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        match self.take(token) {
            true => Ok(()),
            false => Err(self.expected(&format!("`{token}`"))),
        }
    }

    fn expected(&self, what: &str) -> String {
        format!("byte {}: expected {what}", self.0.at)
    }
}

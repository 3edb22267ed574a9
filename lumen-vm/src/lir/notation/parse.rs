//! The parser of written types.

use crate::lir::cursor::Cursor;

use super::{NominalId, SCALARS, Type, TypeId, TypeTable};

/// Deepest nesting.
const MAX_DEPTH: usize = 64;

pub(super) fn parse(table: &mut TypeTable, text: &str) -> Result<TypeId, String> {
    let mut parser = Parser {
        table,
        cursor: Cursor::new(text),
        depth: 0,
    };
    let ty = parser.ty()?;
    parser.cursor.space();
    match parser.cursor.rest() {
        "" => Ok(ty),
        _ => Err(parser.expected("the end of the type")),
    }
}

struct Parser<'p> {
    table: &'p mut TypeTable,
    cursor: Cursor<'p>,
    depth: usize,
}

impl<'p> Parser<'p> {
    fn ty(&mut self) -> Result<TypeId, String> {
        let first = self.member()?;
        let mut members = vec![first];
        while self.take("|") {
            members.push(self.member()?);
        }
        if members.len() == 1 {
            return Ok(first);
        }
        members.sort_unstable();
        if !members.is_sorted_by(|left, right| left < right) {
            return Err("a member of a union is given twice".to_owned());
        }
        Ok(self.table.intern(Type::Union(members)))
    }

    fn member(&mut self) -> Result<TypeId, String> {
        if self.depth == MAX_DEPTH {
            return Err(format!("a type nests deeper than {MAX_DEPTH}"));
        }
        self.depth += 1;
        let member = self.form()?;
        self.depth -= 1;
        Ok(member)
    }

    fn form(&mut self) -> Result<TypeId, String> {
        if self.take("(") {
            let parts = self.list(")")?;
            return match parts[..] {
                [] => Err(self.expected("a type")),
                [single] => Ok(single),
                _ => Ok(self.table.intern(Type::Tuple(parts))),
            };
        }
        if self.take("#") {
            let index = self.word().parse().ok();
            let index = index.filter(|&index| (index as usize) < self.table.nominal_count);
            let index = index.ok_or_else(|| self.expected("the index of a nominal"))?;
            let arguments = self.nominal_arguments()?;
            return Ok(self.table.intern(Type::Nominal(NominalId(index), arguments)));
        }
        if self.take("$") {
            let position = self.word().parse().ok();
            let position = position.ok_or_else(|| self.expected("the position of a type parameter"))?;
            return Ok(self.table.intern(Type::Variable(position)));
        }
        let start = self.cursor.at;
        let word = self.word();
        let ty = match word {
            "list" => self.arguments().map(|[element]| Type::List(element))?,
            "set" => self.arguments().map(|[element]| Type::Set(element))?,
            "map" => self.arguments().map(|[key, value]| Type::Map(key, value))?,
            "result" => self
                .arguments()
                .map(|[value, error]| Type::Result(value, error))?,
            "generator" => self.arguments().map(|[element]| Type::Generator(element))?,
            "fn" => self.function()?,
            _ => match SCALARS.iter().find(|(name, _)| *name == word) {
                Some((_, scalar)) => scalar.clone(),
                None => match self.table.nominals.get(word) {
                    Some(&nominal) => Type::Nominal(nominal, self.nominal_arguments()?),
                    None => {
                        self.cursor.at = start;
                        return Err(self.expected("a type or the name of a record or enum of the module"));
                    }
                },
            },
        };
        Ok(self.table.intern(ty))
    }

    fn function(&mut self) -> Result<Type, String> {
        self.expect("(")?;
        let parameters = self.list(")")?;
        self.expect("->")?;
        Ok(Type::Function(parameters, self.member()?))
    }

    fn nominal_arguments(&mut self) -> Result<Vec<TypeId>, String> {
        if self.take("[") {
            self.list("]")
        } else {
            Ok(Vec::new())
        }
    }

    fn arguments<const N: usize>(&mut self) -> Result<[TypeId; N], String> {
        self.expect("[")?;
        let list = self.list("]")?;
        let count = list.len();
        list.try_into()
            .map_err(|_| self.expected(&format!("{N} type arguments before this, not {count}")))
    }

    /// Types with commas between them, up to and with `close`.
    fn list(&mut self, close: &str) -> Result<Vec<TypeId>, String> {
        let mut types = Vec::new();
        while !self.take(close) {
            if !types.is_empty() && !self.take(",") {
                return Err(self.expected(&format!("`,` or `{close}`")));
            }
            types.push(self.ty()?);
        }
        Ok(types)
    }

    fn word(&mut self) -> &'p str {
        self.cursor.space();
        self.cursor.word()
    }

    fn take(&mut self, token: &str) -> bool {
        self.cursor.space();
        self.cursor.take(token)
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        match self.take(token) {
            true => Ok(()),
            false => Err(self.expected(&format!("`{token}`"))),
        }
    }

    fn expected(&self, what: &str) -> String {
        let Cursor { text, at } = self.cursor;
        format!("expected {what} at byte {at} of the type `{text}`")
    }
}

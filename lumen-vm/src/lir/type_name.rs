//! Types as people write them: `list[Int]`, `Order | Null`, `fn(Int) -> Bool`.
//!
//! For messages and listings. Works on modules that are not verified: whatever refers out of the table, not backwards, or
//! deeper than a listing should show, is printed as `type#INDEX`, and the text has a bounded length.

use super::{Module, NominalId, Type, TypeId};

/// Deepest nesting that is spelt out.
const MAX_DEPTH: usize = 32;
/// Length in bytes after which the rest of a type is printed by index.
const MAX_LENGTH: usize = 2_000;

impl Module {
    /// The type's name as in source.
    pub fn type_name(&self, id: TypeId) -> String {
        let mut printer = Printer {
            module: self,
            text: String::new(),
        };
        printer.ty(id, 0);
        printer.text
    }

    /// The nominal's name, or `nominal#INDEX` if the table has no such entry.
    pub fn nominal_name(&self, id: NominalId) -> String {
        match self.nominals.get(id.0 as usize) {
            Some(nominal) => nominal.name.clone(),
            None => format!("nominal#{}", id.0),
        }
    }
}

struct Printer<'m> {
    module: &'m Module,
    text: String,
}

impl<'m> Printer<'m> {
    fn ty(&mut self, id: TypeId, depth: usize) {
        let found = self.module.types.get(id.0 as usize);
        let Some(ty) = found.filter(|_| depth < MAX_DEPTH && self.text.len() < MAX_LENGTH) else {
            self.text.push_str(&format!("type#{}", id.0));
            return;
        };
        match ty {
            Type::Null => self.text.push_str("Null"),
            Type::Bool => self.text.push_str("Bool"),
            Type::Int => self.text.push_str("Int"),
            Type::Float => self.text.push_str("Float"),
            Type::String => self.text.push_str("String"),
            Type::Bytes => self.text.push_str("Bytes"),
            Type::Json => self.text.push_str("Json"),
            Type::List(element) => self.all("list[", &[*element], ", ", "]", id, depth),
            Type::Map(key, value) => self.all("map[", &[*key, *value], ", ", "]", id, depth),
            Type::Set(element) => self.all("set[", &[*element], ", ", "]", id, depth),
            Type::Tuple(elements) => self.all("(", elements, ", ", ")", id, depth),
            Type::Result(value, error) => self.all("result[", &[*value, *error], ", ", "]", id, depth),
            Type::Union(members) => self.all("", members, " | ", "", id, depth),
            Type::Nominal(nominal) => self.text.push_str(&self.module.nominal_name(*nominal)),
            Type::Function(parameters, result) => {
                self.all("fn(", parameters, ", ", ") -> ", id, depth);
                self.all("", &[*result], "", "", id, depth);
            }
        }
    }

    /// Prints the parts of type `whole`, those that do not refer backwards by index.
    fn all(
        &mut self,
        open: &str,
        parts: &[TypeId],
        separator: &str,
        close: &str,
        whole: TypeId,
        depth: usize,
    ) {
        self.text.push_str(open);
        for (index, &part) in parts.iter().enumerate() {
            if index > 0 {
                self.text.push_str(separator);
            }
            if self.text.len() >= MAX_LENGTH {
                self.text.push_str("...");
                break;
            }
            if part < whole {
                self.ty(part, depth + 1);
            } else {
                self.text.push_str(&format!("type#{}", part.0));
            }
        }
        self.text.push_str(close);
    }
}

//! Values that no arm matches, in words of the language: what E0016 names.

use super::super::body::Body;
use super::super::definition::Layout;
use super::super::types::{Type, Types};
use super::space::{Constructor, Space};
use crate::hir::{NominalId, Ty};

/// A value that is not matched, as people write patterns.
#[derive(Clone, Debug)]
pub(super) struct Witness {
    pub(super) text: String,
    pub(super) is_all: bool,
}

impl Witness {
    /// Any value.
    pub(super) fn all() -> Witness {
        Witness {
            text: "_".to_owned(),
            is_all: true,
        }
    }
}

impl Body<'_, '_> {
    /// Some value of the type that a pattern matches.
    pub(super) fn example(&mut self, ty: Ty, space: &Space) -> Witness {
        match space {
            Space::All => Witness::all(),
            Space::Or(alternatives) => match alternatives.first() {
                Some(first) => self.example(ty, first),
                None => Witness::all(),
            },
            Space::Constructor(constructor, arguments) => {
                let types = self.constructor_types(ty, constructor);
                let values: Vec<Witness> = types
                    .iter()
                    .zip(arguments)
                    .map(|(ty, argument)| self.example(*ty, argument))
                    .collect();
                self.describe(ty, constructor, &values)
            }
        }
    }

    /// A value in words of the language.
    pub(super) fn describe(&mut self, ty: Ty, constructor: &Constructor, arguments: &[Witness]) -> Witness {
        let texts: Vec<&str> = arguments.iter().map(|argument| argument.text.as_str()).collect();
        let text = match constructor {
            Constructor::Null => "null".to_owned(),
            Constructor::Bool(value) => value.to_string(),
            Constructor::Range(i64::MIN, i64::MAX) => return Witness::all(),
            Constructor::Range(i64::MIN, to) => to.to_string(),
            Constructor::Range(from, _) => from.to_string(),
            Constructor::Literal(_) => return Witness::all(),
            Constructor::List { open, .. } => {
                let more = match (open, texts.is_empty()) {
                    (false, _) => "",
                    (true, true) => "...",
                    (true, false) => ", ...",
                };
                format!("[{}{more}]", texts.join(", "))
            }
            Constructor::Member(member) => {
                let shown = self.checker.show(*member);
                match arguments {
                    [inner] if !inner.is_all => inner.text.clone(),
                    _ if *member == Types::NULL => "null".to_owned(),
                    _ => format!("_: {shown}"),
                }
            }
            Constructor::Variant(variant) => self.describe_variant(ty, *variant, &texts),
            Constructor::Single => match self.checker.form(ty) {
                Type::Nominal(nominal, _) => match self.describe_record(nominal, arguments) {
                    Some(text) => text,
                    None => return Witness::all(),
                },
                _ => format!("({})", texts.join(", ")),
            },
        };
        Witness { text, is_all: false }
    }

    fn describe_variant(&mut self, ty: Ty, variant: u32, arguments: &[&str]) -> String {
        let name = match self.checker.form(ty) {
            Type::Nominal(nominal, _) => match &*self.checker.layout(nominal) {
                Layout::Enum(variants) => variants
                    .get(variant as usize)
                    .map_or(String::new(), |variant| variant.name.to_string()),
                Layout::Record { .. } | Layout::Broken => String::new(),
            },
            _ if variant == 0 => "ok".to_owned(),
            _ => "err".to_owned(),
        };
        if arguments.is_empty() {
            name
        } else {
            format!("{name}({})", arguments.join(", "))
        }
    }

    /// A record with the fields that matter.
    fn describe_record(&mut self, nominal: NominalId, arguments: &[Witness]) -> Option<String> {
        let layout = self.checker.layout(nominal);
        let Layout::Record { fields, .. } = &*layout else {
            return None;
        };
        let shown: Vec<String> = fields
            .iter()
            .zip(arguments)
            .filter(|(_, argument)| !argument.is_all)
            .map(|(field, argument)| format!("{}: {}", field.name, argument.text))
            .collect();
        let name = &self.checker.nominal(nominal).name;
        (!shown.is_empty()).then(|| format!("{name}({})", shown.join(", ")))
    }
}

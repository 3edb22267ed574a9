//! Types in words of the language, for messages.

use super::bounds::class_name;
use super::context::Checker;
use super::definition::ParameterInfo;
use super::parameters::Generics;
use super::types::{Type, Types};
use crate::hir::Ty;
use lumen_vm::lir::VariableClass;
use std::fmt::Write;

/// Longest text of a type, in bytes; what comes after is `…`.
const MAX_TEXT: usize = 200;

impl Checker<'_> {
    /// The type as people write it; what is not known yet is `_`.
    pub(crate) fn show(&mut self, ty: Ty) -> String {
        let ty = self.resolve_deep(ty);
        let mut text = String::new();
        self.write_type(&mut text, ty, false);
        if text.len() > MAX_TEXT {
            let mut end = MAX_TEXT;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text.truncate(end);
            text.push('…');
        }
        text
    }

    /// What a cell looks like from outside: `f[T: Ordered](xs: list[T]) -> T`.
    pub(crate) fn signature_text(
        &mut self,
        name: &str,
        generics: &Generics,
        parameters: &[ParameterInfo],
        result: Option<Ty>,
    ) -> String {
        let mut text = name.to_owned();
        if !generics.is_empty() {
            let shown: Vec<String> = generics
                .iter()
                .map(|number| self.show_parameter(*number))
                .collect();
            let _ = write!(text, "[{}]", shown.join(", "));
        }
        let shown: Vec<String> = parameters
            .iter()
            .map(|parameter| format!("{}: {}", parameter.name, self.show(parameter.ty)))
            .collect();
        let _ = write!(text, "({})", shown.join(", "));
        if let Some(result) = result {
            let _ = write!(text, " -> {}", self.show(result));
        }
        text
    }

    /// A type parameter with its bounds.
    fn show_parameter(&self, number: u32) -> String {
        let parameter = self.type_parameter(number);
        let mut bounds: Vec<&str> = parameter
            .traits
            .iter()
            .map(|of| &*self.trait_info(*of).name)
            .collect();
        if parameter.class != VariableClass::Any {
            bounds.insert(0, class_name(parameter.class));
        }
        match bounds.is_empty() {
            true => parameter.name.to_string(),
            false => format!("{}: {}", parameter.name, bounds.join(" + ")),
        }
    }

    fn write_type(&self, out: &mut String, ty: Ty, in_optional: bool) {
        if out.len() > MAX_TEXT {
            return;
        }
        match self.types.get(ty) {
            Type::Error | Type::Variable(_) => out.push('_'),
            Type::Never => out.push_str("Never"),
            Type::Null => out.push_str("Null"),
            Type::Bool => out.push_str("Bool"),
            Type::Int => out.push_str("Int"),
            Type::Float => out.push_str("Float"),
            Type::String => out.push_str("String"),
            Type::Bytes => out.push_str("Bytes"),
            Type::List(a) => self.write_arguments(out, "list[", &[*a], ']'),
            Type::Set(a) => self.write_arguments(out, "set[", &[*a], ']'),
            Type::Map(a, b) => self.write_arguments(out, "map[", &[*a, *b], ']'),
            Type::Result(a, b) => self.write_arguments(out, "result[", &[*a, *b], ']'),
            Type::Tuple(parts) => self.write_arguments(out, "(", parts, ')'),
            Type::Union(members) => self.write_union(out, members, in_optional),
            Type::Nominal(nominal, arguments) => {
                let _ = write!(out, "{}", self.nominals[nominal.0 as usize].name);
                if !arguments.is_empty() {
                    self.write_arguments(out, "[", arguments, ']');
                }
            }
            Type::Json => out.push_str("Json"),
            Type::Function(..) if in_optional => {
                out.push('(');
                self.write_type(out, ty, false);
                out.push(')');
            }
            Type::Function(parameters, result) => {
                self.write_arguments(out, "fn(", parameters, ')');
                out.push_str(" -> ");
                self.write_type(out, *result, false);
            }
            Type::Generator(element) => self.write_arguments(out, "generator[", &[*element], ']'),
            Type::Parameter(number) => out.push_str(&self.type_parameter(*number).name),
        }
    }

    fn write_arguments(&self, out: &mut String, open: &str, parts: &[Ty], close: char) {
        out.push_str(open);
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            self.write_type(out, *part, false);
        }
        out.push(close);
    }

    fn write_union(&self, out: &mut String, members: &[Ty], in_optional: bool) {
        let others: Vec<Ty> = members
            .iter()
            .copied()
            .filter(|member| *member != Types::NULL)
            .collect();
        if let ([one], true) = (others.as_slice(), others.len() < members.len()) {
            self.write_type(out, *one, true);
            out.push('?');
            return;
        }
        if in_optional {
            out.push('(');
        }
        for (index, member) in others
            .iter()
            .chain(members.contains(&Types::NULL).then_some(&Types::NULL))
            .enumerate()
        {
            if index > 0 {
                out.push_str(" | ");
            }
            // Functions alone are written in parentheses: members are no unions.
            self.write_type(out, *member, true);
        }
        if in_optional {
            out.push(')');
        }
    }
}

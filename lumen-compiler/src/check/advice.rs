//! What to do about a type mismatch: one sentence with code to write, where there is a usual way.

use super::body::Body;
use super::types::{Type, Types};
use crate::diagnostic::{Edit, Help, Span};
use crate::hir::Ty;
use crate::syntax::ast::{self, ExprKind, StringPart};

/// Longest piece of source that is repeated in advice, in bytes.
const MAX_QUOTE: usize = 60;

impl Body<'_, '_> {
    /// How a value of type `found` is turned into one of type `wanted`.
    pub(crate) fn advice(&mut self, found: Ty, wanted: Ty, source: Option<ast::ExprId>) -> Option<Help> {
        let quoted = source.and_then(|source| self.quote(source));
        let text = quoted.clone().unwrap_or_else(|| "x".to_owned());
        let span = source.map(|source| self.checker.ast.exprs[source].span);
        // A call around any expression; an operator after a simple one.
        let call = |cell: &str| around(span, &format!("{cell}("), ")");
        let simple = span.filter(|_| quoted.is_some());
        let (found_form, wanted_form) = (self.checker.form(found), self.checker.form(wanted));
        if let Type::Result(ok, error) = wanted_form {
            if self.checker.types.get(found) != &Type::Null && self.is_alike(found, error) {
                return Some(Help::maybe(
                    format!("an err is written `err({text})`"),
                    call("err"),
                ));
            }
            return self
                .is_alike(found, ok)
                .then(|| Help::sure(format!("a value is written `ok({text})`"), call("ok")));
        }
        let wanted = self.without_null(wanted);
        Some(match (&found_form, wanted) {
            (Type::Union(members), _) if members.contains(&Types::NULL) => {
                let rest = self.checker.types.without(found, &[Types::NULL]);
                if !self.is_alike(rest, wanted) {
                    return None;
                }
                Help::maybe(
                    format!("it may be null: use `{text} ?? default`, `{text}!`, or test for null first"),
                    around(simple, "", "!"),
                )
            }
            (Type::Function(_, result), _) if self.is_alike(*result, wanted) => {
                format!("it is a function: `{text}(...)` calls it").into()
            }
            (_, wanted) if matches!(self.checker.form(wanted), Type::Function(..)) => {
                match self.checker.form(wanted) {
                    Type::Function(parameters, result)
                        if !matches!(found_form, Type::Function(..)) && self.is_alike(found, result) =>
                    {
                        let names = vec!["_"; parameters.len()];
                        format!(
                            "a function that yields it is `fn({}) => {text}`",
                            names.join(", ")
                        )
                        .into()
                    }
                    _ => return None,
                }
            }
            (Type::Result(ok, _), _) if self.is_alike(*ok, wanted) => Help::maybe(
                format!("it may be an err: use `{text}?`, `{text}!`, or `match`"),
                around(simple, "", "!"),
            ),
            (Type::Int, Types::FLOAT) => match source.map(|source| &self.checker.ast.exprs[source].kind) {
                Some(ExprKind::Int(value)) => {
                    Help::sure(format!("write `{value}.0`"), around(simple, "", ".0"))
                }
                _ => Help::sure(format!("use `to_float({text})` to convert"), call("to_float")),
            },
            (Type::Float, Types::INT) => Help::maybe(
                format!("use `round({text})`, `floor({text})` or `ceil({text})`"),
                call("round"),
            ),
            (Type::String, Types::INT) => {
                format!("use `to_int({text})`, which is null if the text is no Int").into()
            }
            (Type::String, Types::FLOAT) => {
                format!("use `to_float({text})`, which is null if the text is no Float").into()
            }
            (_, Types::STRING) if !matches!(found_form, Type::Null | Type::Union(_)) => Help::sure(
                format!("use `to_string({text})`, or \"{{{text}}}\" within a String"),
                call("to_string"),
            ),
            (Type::Int, Types::BOOL) => Help::sure(
                format!("there is no truthiness: write `{text} != 0`"),
                around(simple, "", " != 0"),
            ),
            (Type::String, Types::BOOL) => Help::sure(
                format!("there is no truthiness: write `{text} != \"\"`"),
                around(simple, "", " != \"\""),
            ),
            (Type::List(_) | Type::Set(_) | Type::Map(..), Types::BOOL) => Help::sure(
                format!("there is no truthiness: write `not is_empty({text})`"),
                call("not is_empty"),
            ),
            (Type::List(_), _) if matches!(self.checker.types.get(wanted), Type::Set(_)) => {
                Help::sure(format!("use `to_set({text})`"), call("to_set"))
            }
            _ => return None,
        })
    }

    fn without_null(&mut self, ty: Ty) -> Ty {
        let ty = self.checker.resolve(ty);
        if ty == Types::NULL {
            ty
        } else {
            self.checker.types.without(ty, &[Types::NULL])
        }
    }

    /// Whether a value of the first type would do as the second; binds nothing.
    fn is_alike(&mut self, ty: Ty, other: Ty) -> bool {
        let (ty, other) = (self.checker.resolve_deep(ty), self.checker.resolve_deep(other));
        let members = self.checker.types.members(other);
        ty == other
            || self
                .checker
                .types
                .members(ty)
                .iter()
                .all(|part| members.contains(part))
    }

    /// `"{a}{b}"` for `a + b`.
    pub(crate) fn interpolated(&self, left: ast::ExprId, right: ast::ExprId) -> Option<Help> {
        let part = |id: ast::ExprId| match &self.checker.ast.exprs[id].kind {
            ExprKind::String(parts) => self.literal_text(parts),
            // A literal number in braces would stand for itself.
            ExprKind::Int(value) => Some(value.to_string()),
            _ => Some(format!("{{{}}}", self.quote(id)?)),
        };
        let text = format!("{}{}", part(left)?, part(right)?);
        let span = Span {
            end: self.checker.ast.exprs[right].span.end,
            ..self.checker.ast.exprs[left].span
        };
        (text.len() <= MAX_QUOTE).then(|| {
            Help::sure(
                format!("interpolate instead: `\"{text}\"`"),
                [Edit::replace(span, format!("\"{text}\""))],
            )
        })
    }

    fn literal_text(&self, parts: &[StringPart]) -> Option<String> {
        let mut text = String::new();
        for part in parts {
            match part {
                StringPart::Text(piece) => text.push_str(&escape(piece)),
                StringPart::Interpolation { value, spec: None } => {
                    text.push_str(&format!("{{{}}}", self.quote(*value)?));
                }
                StringPart::Interpolation { spec: Some(_), .. } => return None,
            }
        }
        Some(text)
    }

    /// The source of a simple expression, for repeating it in advice.
    pub(crate) fn quote(&self, id: ast::ExprId) -> Option<String> {
        let ast = self.checker.ast;
        let text = match &ast.exprs[id].kind {
            ExprKind::Name(name) => self.checker.text(*name).to_owned(),
            ExprKind::Int(value) => value.to_string(),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Float(value) => format!("{value:?}"),
            ExprKind::String(parts) => format!("\"{}\"", self.literal_text(parts)?),
            ExprKind::Field { object, field, safe } => {
                let dot = if *safe { "?." } else { "." };
                format!("{}{dot}{}", self.quote(*object)?, self.checker.text(field.name))
            }
            ExprKind::TupleField {
                object,
                position,
                safe: false,
                ..
            } => {
                format!("{}.{position}", self.quote(*object)?)
            }
            ExprKind::Index {
                object,
                index,
                safe: false,
            } => {
                format!("{}[{}]", self.quote(*object)?, self.quote(*index)?)
            }
            ExprKind::Call { callee, arguments } => {
                let mut quoted = Vec::with_capacity(arguments.len());
                for argument in arguments {
                    match argument {
                        ast::Argument::Positional(value) => quoted.push(self.quote(*value)?),
                        ast::Argument::Named(..) | ast::Argument::Spread(_) => return None,
                    }
                }
                format!("{}({})", self.quote(*callee)?, quoted.join(", "))
            }
            _ => return None,
        };
        (text.len() <= MAX_QUOTE).then_some(text)
    }
}

/// Edits that put something before and after an expression, if there is one.
fn around(span: Option<Span>, before: &str, after: &str) -> Vec<Edit> {
    let edits = |span: Span| match before {
        "" => vec![Edit::after(span, after)],
        _ => vec![Edit::before(span, before), Edit::after(span, after)],
    };
    span.map(edits).unwrap_or_default()
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' | '\\' | '{' => {
                out.push('\\');
                out.push(letter);
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            _ => out.push(letter),
        }
    }
    out
}

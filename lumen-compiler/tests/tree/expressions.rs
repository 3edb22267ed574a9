//! Expressions, each within a line.

use super::Printer;
use lumen_compiler::syntax::ast::*;
use std::fmt::Write;

impl Printer<'_> {
    pub(super) fn expr(&self, id: ExprId) -> String {
        let label = |label: &Option<Ident>| {
            label
                .as_ref()
                .map_or(String::new(), |label| format!(" @{}", self.ident(label)))
        };
        match &self.ast.exprs[id].kind {
            ExprKind::Null => "null".to_owned(),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Int(value) => value.to_string(),
            ExprKind::Float(value) => format!("{value:?}"),
            ExprKind::String(parts) => self.parts(parts),
            ExprKind::Bytes(bytes) => format!("b{bytes:02x?}"),
            ExprKind::Name(name) => self.name(*name).to_owned(),
            ExprKind::List(elements) => format!("[{}]", self.elements(elements)),
            ExprKind::Set(elements) => format!("set{{{}}}", self.elements(elements)),
            ExprKind::Map(entries) => {
                let one = |entry: &MapEntry| match entry {
                    MapEntry::Item(key, value) => format!("{}: {}", self.expr(*key), self.expr(*value)),
                    MapEntry::Spread(value) => format!("...{}", self.expr(*value)),
                };
                format!(
                    "map{{{}}}",
                    entries.iter().map(one).collect::<Vec<_>>().join(", ")
                )
            }
            ExprKind::Spread(value) => format!("{{...{}}}", self.expr(*value)),
            ExprKind::Tuple(items) => format!("tuple({})", self.exprs(items)),
            ExprKind::Comprehension {
                kind,
                element,
                value,
                clauses,
            } => {
                let value = value.map_or(String::new(), |value| format!(": {}", self.expr(value)));
                let mut text = format!("({kind:?} {}{value}", self.expr(*element));
                for clause in clauses {
                    let _ = write!(
                        text,
                        " for {} in {}",
                        self.pattern(clause.pattern),
                        self.expr(clause.iterable)
                    );
                    if let Some(filter) = clause.filter {
                        let _ = write!(text, " if {}", self.expr(filter));
                    }
                }
                text + ")"
            }
            ExprKind::Call { callee, arguments } => {
                let one = |argument: &Argument| match argument {
                    Argument::Positional(value) => self.expr(*value),
                    Argument::Named(name, value) => format!("{}: {}", self.ident(name), self.expr(*value)),
                    Argument::Spread(value) => format!("...{}", self.expr(*value)),
                };
                let arguments = arguments.iter().map(one).collect::<Vec<_>>().join(", ");
                format!("{}({arguments})", self.expr(*callee))
            }
            ExprKind::Field { object, field, safe } => {
                format!(
                    "{}{}{}",
                    self.expr(*object),
                    if *safe { "?." } else { "." },
                    self.ident(field)
                )
            }
            ExprKind::TupleField {
                object,
                position,
                safe,
                ..
            } => {
                format!(
                    "{}{}{position}",
                    self.expr(*object),
                    if *safe { "?." } else { "." }
                )
            }
            ExprKind::Index { object, index, safe } => {
                format!(
                    "{}{}{}]",
                    self.expr(*object),
                    if *safe { "?[" } else { "[" },
                    self.expr(*index)
                )
            }
            ExprKind::Binary {
                operator,
                left,
                right,
                ..
            } => {
                format!("({operator:?} {} {})", self.expr(*left), self.expr(*right))
            }
            ExprKind::Unary { operator, operand } => format!("({operator:?} {})", self.expr(*operand)),
            ExprKind::Range { from, to, inclusive } => {
                format!(
                    "({}{}{})",
                    self.expr(*from),
                    if *inclusive { "..=" } else { ".." },
                    self.expr(*to)
                )
            }
            ExprKind::Pipe { value, target } => format!("({} |> {})", self.expr(*value), self.expr(*target)),
            ExprKind::Compose { first, second } => {
                format!("({} ~> {})", self.expr(*first), self.expr(*second))
            }
            ExprKind::Try(value) => format!("{}?", self.expr(*value)),
            ExprKind::Unwrap(value) => format!("{}!", self.expr(*value)),
            ExprKind::Is { operand, ty } => format!("({} is {})", self.expr(*operand), self.ty(*ty)),
            ExprKind::As { operand, ty } => format!("({} as {})", self.expr(*operand), self.ty(*ty)),
            ExprKind::ExpectSchema { operand, ty } => {
                format!("({} expect schema {})", self.expr(*operand), self.ty(*ty))
            }
            ExprKind::SchemaArgument(ty) => format!("schema<{}>", self.ty(*ty)),
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                let otherwise = otherwise
                    .as_ref()
                    .map_or(String::new(), |block| format!(" {}", self.block(block)));
                format!("(if {} {}{otherwise})", self.expr(*condition), self.block(then))
            }
            ExprKind::Match { scrutinee, arms } => {
                let mut text = format!("(match {}", self.expr(*scrutinee));
                for arm in arms {
                    let guard = arm
                        .guard
                        .map_or(String::new(), |guard| format!(" if {}", self.expr(guard)));
                    let _ = write!(
                        text,
                        " [{}{guard} -> {}]",
                        self.pattern(arm.pattern),
                        self.block(&arm.body)
                    );
                }
                text + ")"
            }
            ExprKind::When { arms, otherwise } => {
                let mut text = "(when".to_owned();
                for arm in arms {
                    let _ = write!(
                        text,
                        " [{} -> {}]",
                        self.expr(arm.condition),
                        self.block(&arm.body)
                    );
                }
                if let Some(otherwise) = otherwise {
                    let _ = write!(text, " [_ -> {}]", self.block(otherwise));
                }
                text + ")"
            }
            ExprKind::Loop { label: name, body } => format!("(loop{} {})", label(name), self.block(body)),
            ExprKind::Do(body) => format!("(do {})", self.block(body)),
            ExprKind::Lambda {
                parameters,
                result,
                body,
            } => {
                let one = |parameter: &LambdaParameter| {
                    let ty = parameter
                        .ty
                        .map_or(String::new(), |ty| format!(": {}", self.ty(ty)));
                    format!("{}{ty}", self.pattern(parameter.pattern))
                };
                let parameters = parameters.iter().map(one).collect::<Vec<_>>().join(", ");
                let result = result.map_or(String::new(), |ty| format!(" -> {}", self.ty(ty)));
                format!("(fn({parameters}){result} {})", self.block(body))
            }
            ExprKind::Role { role, text } => format!("(role {}: {})", self.ident(role), self.parts(text)),
            ExprKind::Return(value) => match value {
                Some(value) => format!("return {}", self.expr(*value)),
                None => "return".to_owned(),
            },
            ExprKind::Break { label: name, value } => {
                let value = value.map_or(String::new(), |value| format!(" {}", self.expr(value)));
                format!("break{}{value}", label(name))
            }
            ExprKind::Continue { label: name } => format!("continue{}", label(name)),
            ExprKind::Halt(message) => format!("halt({})", self.expr(*message)),
            ExprKind::Parenthesized(inner) => format!("({})", self.expr(*inner)),
            ExprKind::Error => "<error>".to_owned(),
        }
    }

    pub(super) fn exprs(&self, exprs: &[ExprId]) -> String {
        exprs
            .iter()
            .map(|id| self.expr(*id))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn elements(&self, elements: &[Element]) -> String {
        let one = |element: &Element| match element {
            Element::Item(value) => self.expr(*value),
            Element::Spread(value) => format!("...{}", self.expr(*value)),
        };
        elements.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn parts(&self, parts: &[StringPart]) -> String {
        let one = |part: &StringPart| match part {
            StringPart::Text(text) => format!("{text:?}"),
            StringPart::Interpolation { value, spec } => {
                let spec = spec
                    .as_ref()
                    .map_or(String::new(), |(spec, _)| format!(":{spec}"));
                format!("{{{}{spec}}}", self.expr(*value))
            }
        };
        parts.iter().map(one).collect::<Vec<_>>().join("~")
    }

    /// A block inside an expression.
    fn block(&self, block: &Block) -> String {
        let mut inner = Printer {
            ast: self.ast,
            out: String::new(),
            indent: 0,
        };
        for statement in &block.statements {
            inner.statement(*statement);
        }
        let lines = inner.out.lines().map(str::trim).collect::<Vec<_>>().join("; ");
        format!("{{{lines}}}")
    }
}

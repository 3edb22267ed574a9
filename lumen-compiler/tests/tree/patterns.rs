//! Patterns.

use super::Printer;
use lumen_compiler::syntax::ast::*;

impl Printer<'_> {
    pub(super) fn pattern(&self, id: PatternId) -> String {
        let typed = |ty: &Option<TypeExprId>| ty.map_or(String::new(), |ty| format!(": {}", self.ty(ty)));
        match &self.ast.patterns[id].kind {
            PatternKind::Wildcard(ty) => format!("_{}", typed(ty)),
            PatternKind::Name(name, ty) => format!("{}{}", self.name(*name), typed(ty)),
            PatternKind::Literal(value) => format!("={}", self.expr(*value)),
            PatternKind::Range { from, to, inclusive } => {
                format!(
                    "{}{}{}",
                    self.expr(*from),
                    if *inclusive { "..=" } else { ".." },
                    self.expr(*to)
                )
            }
            PatternKind::Variant { path, payload } => {
                let payload = payload
                    .as_ref()
                    .map_or(String::new(), |payload| format!("({})", self.patterns(payload)));
                format!("{}{payload}", self.idents(path, "."))
            }
            PatternKind::Record { path, fields } => {
                let one = |field: &FieldPattern| match field.pattern {
                    Some(pattern) => format!("{}: {}", self.ident(&field.field), self.pattern(pattern)),
                    None => self.ident(&field.field),
                };
                let fields = fields.iter().map(one).collect::<Vec<_>>().join(", ");
                format!("{}{{{fields}}}", self.idents(path, "."))
            }
            PatternKind::List { elements, rest } => {
                let rest = match rest {
                    Some(Some(name)) => format!(" ...{}", self.ident(name)),
                    Some(None) => " ...".to_owned(),
                    None => String::new(),
                };
                format!("[{}{rest}]", self.patterns(elements))
            }
            PatternKind::Tuple(elements) => format!("tuple({})", self.patterns(elements)),
            PatternKind::Or(alternatives) => {
                format!(
                    "({})",
                    alternatives
                        .iter()
                        .map(|id| self.pattern(*id))
                        .collect::<Vec<_>>()
                        .join(" | ")
                )
            }
            PatternKind::As(pattern, name) => format!("({} as {})", self.pattern(*pattern), self.ident(name)),
            PatternKind::Error => "<error>".to_owned(),
        }
    }

    pub(super) fn patterns(&self, patterns: &[PatternId]) -> String {
        patterns
            .iter()
            .map(|id| self.pattern(*id))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

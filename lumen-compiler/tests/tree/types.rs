//! Types as written.

use super::Printer;
use lumen_compiler::syntax::ast::*;

impl Printer<'_> {
    pub(super) fn ty(&self, id: TypeExprId) -> String {
        match &self.ast.types[id].kind {
            TypeExprKind::Named {
                module,
                name,
                arguments,
            } => {
                let module = module
                    .as_ref()
                    .map_or(String::new(), |module| format!("{}.", self.ident(module)));
                let arguments = if arguments.is_empty() {
                    String::new()
                } else {
                    format!("[{}]", self.types(arguments))
                };
                format!("{module}{}{arguments}", self.ident(name))
            }
            TypeExprKind::Optional(inner) => format!("{}?", self.ty(*inner)),
            TypeExprKind::Union(members) => {
                format!(
                    "({})",
                    members
                        .iter()
                        .map(|id| self.ty(*id))
                        .collect::<Vec<_>>()
                        .join(" | ")
                )
            }
            TypeExprKind::Tuple(members) => format!("tuple({})", self.types(members)),
            TypeExprKind::Function {
                parameters,
                result,
                effects,
            } => {
                let effects = if effects.is_empty() {
                    String::new()
                } else {
                    format!(" / {{{}}}", self.idents(effects, ", "))
                };
                format!("fn({}) -> {}{effects}", self.types(parameters), self.ty(*result))
            }
            TypeExprKind::Error => "<error>".to_owned(),
        }
    }

    pub(super) fn types(&self, types: &[TypeExprId]) -> String {
        types.iter().map(|id| self.ty(*id)).collect::<Vec<_>>().join(", ")
    }
}

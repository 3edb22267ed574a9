//! Statements, a line each; control flow that stands as one over several lines.

use super::Printer;
use lumen_compiler::syntax::ast::*;

impl Printer<'_> {
    pub(super) fn statement(&mut self, id: StatementId) {
        let label = |label: &Option<Ident>| {
            label
                .as_ref()
                .map_or(String::new(), |label| format!("@{} ", self.ident(label)))
        };
        match &self.ast.all_statements[id].kind {
            StatementKind::Expr(value) => self.expr_statement(*value),
            StatementKind::Let {
                mutable,
                pattern,
                ty,
                value,
            } => {
                let ty = ty.map_or(String::new(), |ty| format!(": {}", self.ty(ty)));
                let word = if *mutable { "let mut" } else { "let" };
                let text = format!("{word} {}{ty} = {}", self.pattern(*pattern), self.expr(*value));
                self.line(&text);
            }
            StatementKind::Assign {
                place,
                operator,
                value,
            } => {
                let operator = operator.map_or(String::new(), |operator| format!("{operator:?}"));
                self.line(&format!(
                    "{} {operator}= {}",
                    self.expr(*place),
                    self.expr(*value)
                ));
            }
            StatementKind::While {
                label: name,
                condition,
                body,
            } => {
                self.line(&format!("while {}{}", label(name), self.expr(*condition)));
                self.indented(body);
            }
            StatementKind::For {
                label: name,
                pattern,
                iterable,
                filter,
                body,
            } => {
                let filter = filter.map_or(String::new(), |filter| format!(" if {}", self.expr(filter)));
                let text = format!(
                    "for {}{} in {}{filter}",
                    label(name),
                    self.pattern(*pattern),
                    self.expr(*iterable)
                );
                self.line(&text);
                self.indented(body);
            }
            StatementKind::Defer(body) => {
                self.line("defer");
                self.indented(body);
            }
            StatementKind::Yield(value) => self.line(&format!("yield {}", self.expr(*value))),
            StatementKind::Emit(value) => self.line(&format!("emit {}", self.expr(*value))),
            StatementKind::Error => self.line("<error>"),
        }
    }

    /// Control flow in statement position is printed over several lines.
    pub(super) fn expr_statement(&mut self, id: ExprId) {
        match &self.ast.exprs[id].kind {
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.line(&format!("if {}", self.expr(*condition)));
                self.indented(then);
                if let Some(otherwise) = otherwise {
                    self.line("else");
                    self.indented(otherwise);
                }
            }
            ExprKind::Match { scrutinee, arms } => {
                self.line(&format!("match {}", self.expr(*scrutinee)));
                self.indent += 1;
                for arm in arms {
                    let guard = arm
                        .guard
                        .map_or(String::new(), |guard| format!(" if {}", self.expr(guard)));
                    self.line(&format!("{}{guard} ->", self.pattern(arm.pattern)));
                    self.indented(&arm.body);
                }
                self.indent -= 1;
            }
            ExprKind::When { arms, otherwise } => {
                self.line("when");
                self.indent += 1;
                for arm in arms {
                    self.line(&format!("{} ->", self.expr(arm.condition)));
                    self.indented(&arm.body);
                }
                if let Some(otherwise) = otherwise {
                    self.line("_ ->");
                    self.indented(otherwise);
                }
                self.indent -= 1;
            }
            ExprKind::Loop { label, body } => {
                let label = label
                    .as_ref()
                    .map_or(String::new(), |label| format!(" @{}", self.ident(label)));
                self.line(&format!("loop{label}"));
                self.indented(body);
            }
            ExprKind::Do(body) => {
                self.line("do");
                self.indented(body);
            }
            _ => self.line(&self.expr(id)),
        }
    }

    pub(super) fn indented(&mut self, block: &Block) {
        self.indent += 1;
        for statement in &block.statements {
            self.statement(*statement);
        }
        self.indent -= 1;
    }
}

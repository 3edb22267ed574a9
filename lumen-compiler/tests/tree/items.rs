//! Declarations, with their signatures.

use super::Printer;
use lumen_compiler::syntax::ast::*;
use std::fmt::Write;

impl Printer<'_> {
    pub(super) fn item(&mut self, public: &str, kind: &ItemKind) {
        match kind {
            ItemKind::Cell(cell) => self.cell(public, cell),
            ItemKind::Record(record) => {
                self.line(&format!(
                    "{public}record {}{}",
                    self.ident(&record.name),
                    self.generics(&record.generics)
                ));
                self.indent += 1;
                for field in &record.fields {
                    let mut text = format!("{}: {}", self.ident(&field.name), self.ty(field.ty));
                    if let Some(constraint) = field.constraint {
                        let _ = write!(text, " where {}", self.expr(constraint));
                    }
                    if let Some(default) = field.default {
                        let _ = write!(text, " = {}", self.expr(default));
                    }
                    self.line(&text);
                }
                self.indent -= 1;
            }
            ItemKind::Enum(item) => {
                self.line(&format!(
                    "{public}enum {}{}",
                    self.ident(&item.name),
                    self.generics(&item.generics)
                ));
                self.indent += 1;
                for variant in &item.variants {
                    let payload = if variant.payload.is_empty() {
                        String::new()
                    } else {
                        format!("({})", self.types(&variant.payload))
                    };
                    self.line(&format!("{}{payload}", self.ident(&variant.name)));
                }
                for method in &item.methods {
                    self.cell("", method);
                }
                self.indent -= 1;
            }
            ItemKind::Alias { name, generics, ty } => {
                self.line(&format!(
                    "{public}type {}{} = {}",
                    self.ident(name),
                    self.generics(generics),
                    self.ty(*ty)
                ));
            }
            ItemKind::Const { name, ty, value } => {
                let ty = ty.map_or(String::new(), |ty| format!(": {}", self.ty(ty)));
                self.line(&format!(
                    "{public}const {}{ty} = {}",
                    self.ident(name),
                    self.expr(*value)
                ));
            }
            ItemKind::Trait {
                name,
                generics,
                cells,
            } => {
                self.line(&format!(
                    "{public}trait {}{}",
                    self.ident(name),
                    self.generics(generics)
                ));
                self.indent += 1;
                for cell in cells {
                    self.cell("", cell);
                }
                self.indent -= 1;
            }
            ItemKind::Impl {
                generics,
                trait_name,
                target,
                cells,
            } => {
                self.line(&format!(
                    "impl{} {} for {}",
                    self.generics(generics),
                    self.ty(*trait_name),
                    self.ty(*target)
                ));
                self.indent += 1;
                for cell in cells {
                    self.cell("", cell);
                }
                self.indent -= 1;
            }
            ItemKind::Reserved { what, name } => {
                let name = name.as_ref().map_or("-".to_owned(), |name| self.ident(name));
                self.line(&format!("reserved {what:?} {name}"));
            }
        }
    }

    pub(super) fn generics(&self, generics: &[Generic]) -> String {
        if generics.is_empty() {
            return String::new();
        }
        let one = |generic: &Generic| {
            let bounds = generic
                .bounds
                .iter()
                .map(|bound| self.ty(*bound))
                .collect::<Vec<_>>()
                .join(" + ");
            let colon = if bounds.is_empty() { "" } else { ": " };
            format!("{}{colon}{bounds}", self.ident(&generic.name))
        };
        format!("[{}]", generics.iter().map(one).collect::<Vec<_>>().join(", "))
    }

    pub(super) fn cell(&mut self, public: &str, cell: &Cell) {
        let mut text = public.to_owned();
        if cell.is_async {
            text.push_str("async ");
        }
        if cell.is_extern {
            text.push_str("extern ");
        }
        let _ = write!(
            text,
            "cell {}{}(",
            self.ident(&cell.name),
            self.generics(&cell.generics)
        );
        for (index, parameter) in cell.parameters.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            let ty = parameter.ty.map_or("?".to_owned(), |ty| self.ty(ty));
            let default = parameter
                .default
                .map_or(String::new(), |default| format!(" = {}", self.expr(default)));
            let _ = write!(text, "{comma}{}: {ty}{default}", self.ident(&parameter.name));
        }
        text.push(')');
        if let Some(result) = cell.result {
            let _ = write!(
                text,
                " -> {}{}",
                if cell.yields { "yield " } else { "" },
                self.ty(result)
            );
        }
        if let Some(effects) = &cell.effects {
            let _ = write!(text, " / {{{}}}", self.idents(effects, ", "));
        }
        self.line(&text);
        self.indented(&cell.body);
    }
}

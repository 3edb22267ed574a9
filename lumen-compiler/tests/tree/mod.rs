//! Prints a tree compactly, one declaration or statement a line: `(+ a (* b c))`.

mod expressions;
mod items;
mod patterns;
mod statements;
mod types;

use lumen_compiler::syntax::ast::*;
use lumen_compiler::syntax::name::Name;
use std::fmt::Write;

/// The whole tree.
pub(crate) fn print(ast: &Ast) -> String {
    let mut printer = Printer {
        ast,
        out: String::new(),
        indent: 0,
    };
    printer.module();
    printer.out
}

struct Printer<'a> {
    ast: &'a Ast,
    out: String,
    indent: usize,
}

impl Printer<'_> {
    fn module(&mut self) {
        for directive in &self.ast.directives {
            self.line(&format!(
                "directive {} = {:?}",
                self.ident(&directive.name),
                directive.value
            ));
        }
        for import in &self.ast.imports {
            let package = import
                .package
                .as_ref()
                .map_or(String::new(), |package| format!("<{}> ", self.ident(package)));
            let names = match &import.names {
                ImportNames::Module => "module".to_owned(),
                ImportNames::All(_) => "*".to_owned(),
                ImportNames::Some(names) => {
                    let name = |name: &ImportedName| match &name.alias {
                        Some(alias) => format!("{}->{}", self.ident(&name.name), self.ident(alias)),
                        None => self.ident(&name.name),
                    };
                    format!("[{}]", names.iter().map(name).collect::<Vec<_>>().join(" "))
                }
            };
            self.line(&format!(
                "import {package}{} {names}",
                self.idents(&import.path, ".")
            ));
        }
        for item in &self.ast.items {
            for attribute in &item.attributes {
                let arguments = self.exprs(&attribute.arguments);
                self.line(&format!("@{}({arguments})", self.ident(&attribute.name)));
            }
            let public = if item.public { "pub " } else { "" };
            self.item(public, &item.kind);
        }
        for statement in &self.ast.statements {
            self.statement(*statement);
        }
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{}{text}", "  ".repeat(self.indent));
    }

    fn name(&self, name: Name) -> &str {
        self.ast.names.text(name)
    }

    fn ident(&self, ident: &Ident) -> String {
        self.name(ident.name).to_owned()
    }

    fn idents(&self, idents: &[Ident], between: &str) -> String {
        idents
            .iter()
            .map(|ident| self.ident(ident))
            .collect::<Vec<_>>()
            .join(between)
    }
}

//! `import path: names`.

use super::Parser;
use crate::syntax::ast::{Ident, Import, ImportNames, ImportedName};
use crate::syntax::token::TokenKind;

/// The package that `std` stands for.
const STD: &str = "@lumen/std";

impl Parser<'_> {
    /// An import, to the end of its line; a list of names may go on after a comma.
    pub(super) fn import(&mut self) {
        let start = self.bump().start;
        let path_start = self.peek().start;
        let Some((package, path)) = self.import_path() else {
            return;
        };
        let module_span = self.span_from(path_start);
        let names = if self.at_line_end() {
            ImportNames::Module
        } else if self.eat(TokenKind::Colon) {
            self.imported_names()
        } else {
            let found = self.found();
            let draft = self.error_here(format!(
                "expected `:` and names, or the end of the line, found {found}"
            ));
            let draft = match self.kind() {
                TokenKind::As => {
                    draft.help("a module keeps its name; names can be renamed: `import m: a as b`")
                }
                TokenKind::Slash => draft.help("the parts of a path are joined by `.`"),
                _ => draft.help("write `import models.user: User, Role`"),
            };
            draft.report(self);
            ImportNames::Some(Vec::new())
        };
        let span = self.span_from(start);
        self.ast.imports.push(Import {
            package,
            path,
            names,
            span,
            module_span,
        });
    }

    fn import_path(&mut self) -> Option<(Option<Ident>, Vec<Ident>)> {
        let mut package = None;
        let mut path = Vec::new();
        let first = self.peek();
        if first.kind == TokenKind::PackageName {
            package = Some(self.package()?);
        } else if self.at_name("std") {
            self.bump();
            package = Some(Ident {
                name: self.ast.names.intern(STD),
                span: self.token_span(first),
            });
        } else if first.kind == TokenKind::String {
            self.error_here("a module is named by its path, not by a string")
                .help("write `import models.user: User` for src/models/user.lm.md")
                .report(self);
            return None;
        } else if first.kind == TokenKind::BraceOpen {
            self.error_here("the module stands before the names of an import")
                .help("write `import models.user: User, Role`")
                .report(self);
            return None;
        } else {
            path.push(self.field_ident("the path of a module after `import`")?);
        }
        while self.at(TokenKind::Dot) {
            self.bump();
            path.push(self.field_ident("the name of a module after `.`")?);
        }
        Some((package, path))
    }

    /// `@scope/name`.
    fn package(&mut self) -> Option<Ident> {
        let token = self.peek();
        let text = self.text(token);
        let parts = text
            .strip_prefix('@')
            .unwrap_or(text)
            .split('/')
            .collect::<Vec<_>>();
        if parts.len() != 2 || parts.iter().any(|part| part.is_empty()) {
            self.error_here(format!("`{text}` is not the name of a package"))
                .help("a package is named `@scope/name`")
                .report(self);
            return None;
        }
        self.bump();
        Some(self.ident_of(token))
    }

    fn imported_names(&mut self) -> ImportNames {
        if self.at(TokenKind::Star) {
            let token = self.bump();
            return ImportNames::All(self.token_span(token));
        }
        let mut names = Vec::new();
        loop {
            // After a comma or the colon the list may go on in the next line.
            let token = self.peek();
            if !matches!(token.kind, TokenKind::Identifier | TokenKind::Ok | TokenKind::Err)
                || self.at_next_declaration()
            {
                self.expected("a name to import");
                break;
            }
            self.bump();
            let name = self.ident_of(token);
            let mut alias = None;
            if self.at(TokenKind::As) {
                self.bump();
                alias = self.ident("the name to import it as");
            }
            names.push(ImportedName { name, alias });
            if self.panicking || self.at_line_end() || !self.eat(TokenKind::Comma) {
                break;
            }
        }
        ImportNames::Some(names)
    }

    fn at_next_declaration(&self) -> bool {
        self.at_line_start() && self.reserved_kind().is_some()
    }
}

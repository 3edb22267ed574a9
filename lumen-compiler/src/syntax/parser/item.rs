//! The top level of a fence: directives, attributes, declarations; in snippets, statements.

use super::{Parser, Place};
use crate::document::directive;
use crate::syntax::ast::{Attribute, Directive, Item, ItemKind};
use crate::syntax::token::{Token, TokenKind};

/// Words of other languages for declarations of this one.
const FOREIGN_WORDS: &[(&str, TokenKind)] = &[
    ("function", TokenKind::Cell),
    ("func", TokenKind::Cell),
    ("def", TokenKind::Cell),
    ("fun", TokenKind::Cell),
    ("proc", TokenKind::Cell),
    ("struct", TokenKind::Record),
    ("class", TokenKind::Record),
    ("interface", TokenKind::Trait),
];

/// Where what is no declaration belongs.
const STATEMENTS: &str = "statements stand inside a `cell`, or in a block marked `lumen test`";

impl Parser<'_> {
    /// The whole fence. Whether it holds anything but directives.
    pub(super) fn fence_items(&mut self) -> bool {
        while self.at_directive() {
            self.directive();
        }
        let has_code = !self.at_fence_end();
        while !self.at_fence_end() {
            self.guarded();
        }
        has_code
    }

    /// A top-level construct; if it turns out to hold a block left open, it is read again, guided by indentation.
    fn guarded(&mut self) {
        let position = self.position;
        let lengths = self.lengths();
        let misplaced_end = self.misplaced_end;
        self.top_level();
        if self.left_open {
            self.rewind(position, lengths);
            self.misplaced_end = misplaced_end;
            self.guided = true;
            self.left_open = false;
            self.top_level();
            self.guided = false;
            self.left_open = false;
        }
    }

    fn lengths(&self) -> [usize; 8] {
        [
            self.ast.exprs.len(),
            self.ast.types.len(),
            self.ast.patterns.len(),
            self.ast.all_statements.len(),
            self.ast.imports.len(),
            self.ast.items.len(),
            self.ast.statements.len(),
            self.diagnostics.len(),
        ]
    }

    fn rewind(&mut self, position: usize, lengths: [usize; 8]) {
        let [
            exprs,
            types,
            patterns,
            all_statements,
            imports,
            items,
            statements,
            diagnostics,
        ] = lengths;
        self.position = position;
        self.ast.exprs.truncate(exprs);
        self.ast.types.truncate(types);
        self.ast.patterns.truncate(patterns);
        self.ast.all_statements.truncate(all_statements);
        self.ast.imports.truncate(imports);
        self.ast.items.truncate(items);
        self.ast.statements.truncate(statements);
        self.diagnostics.truncate(diagnostics);
        self.expr_heights.truncate(exprs - self.height_offsets.0);
        self.statement_heights
            .truncate(all_statements - self.height_offsets.1);
    }

    fn top_level(&mut self) {
        self.panicking = false;
        self.tainted = false;
        self.abandoned = false;
        self.lines_count = true;
        self.nesting = 0;
        self.arm_column = None;
        self.open_arms = 0;
        self.open_ifs = 0;
        self.left_open_at = None;
        let first = self.peek();
        let first_position = self.position;
        self.line_begin = first_position;
        if self.at_directive() {
            return self.misplaced_directive();
        }
        if self.at_item() {
            self.cell_indent = first.indent;
            self.item();
            if !self.panicking && !self.abandoned && !self.at_fence_end() && !self.at_line_start() {
                self.statement_end();
            }
            self.recover_statement(first, first_position);
            if self.position == first_position {
                self.bump();
            }
            self.note_end(first);
            return;
        }
        if self.place == Place::Snippet && first.kind != TokenKind::End {
            if let Some(statement) = self.statement() {
                self.ast.statements.push(statement);
            }
            if self.position == first_position {
                self.bump();
            }
            return;
        }
        self.stray(first);
    }

    /// Remembers the `end` of the declaration that began with `first` if indentation says that it belongs elsewhere.
    fn note_end(&mut self, first: Token) {
        let last = self.tokens[self.position.saturating_sub(1)];
        let misplaced = last.kind == TokenKind::End && last.line_start && last.indent > first.indent;
        self.misplaced_end = misplaced.then_some(last);
    }

    /// Something that is no declaration: reported once, skipped to the next one.
    fn stray(&mut self, first: Token) {
        let draft = match self.misplaced_end.take() {
            Some(end) => {
                let draft = self.error_here("this is outside of any declaration");
                draft.related(self.token_span(end), "this `end` closed the declaration above")
            }
            None if first.kind == TokenKind::End => self
                .error_here("this `end` closes nothing")
                .help("remove it, or look for the block above that has one `end` too many"),
            None if first.kind == TokenKind::Else => self.error_here("this `else` belongs to no `if`"),
            None => {
                let found = self.found();
                let help = match first.kind {
                    TokenKind::String if self.text(first).starts_with("\"\"\"") => {
                        "in Markdown the prose above a block documents it, in code alone a block between lines of three backticks"
                    }
                    TokenKind::Identifier => match self.text(first) {
                        "from" => "write `import module: name`",
                        "module" | "defmodule" | "namespace" | "package" | "mod" => {
                            "a document is a module: declarations stand in it as they are"
                        }
                        _ => STATEMENTS,
                    },
                    _ => STATEMENTS,
                };
                self.error_here(format!("expected a declaration, found {found}"))
                    .help(help)
            }
        };
        draft.report(self);
        self.bump();
        self.skip_to_item(first);
    }

    /// Skips what is no declaration, up to one that is indented no deeper than `first`.
    fn skip_to_item(&mut self, first: Token) {
        while !self.at_fence_end() {
            let token = self.peek();
            let item = token.kind.starts_item() || matches!(token.kind, TokenKind::At | TokenKind::Async);
            if token.line_start && token.indent <= first.indent && (item || self.reserved_kind().is_some()) {
                break;
            }
            self.bump();
        }
        self.panicking = false;
        self.tainted = false;
    }

    fn at_directive(&self) -> bool {
        self.at(TokenKind::At) && self.at_line_start() && directive::is_known(self.text(self.peek_at(1)))
    }

    /// A directive below the first declaration.
    fn misplaced_directive(&mut self) {
        let name = self.text(self.peek_at(1)).to_owned();
        self.error_here(format!("the directive `@{name}` stands below a declaration"))
            .help("directives stand at the top of a fence, or outside of fences before the first declaration")
            .note(self);
        self.bump();
        self.skip_line();
    }

    /// `@name value`, to the end of its line.
    fn directive(&mut self) {
        let at = self.bump();
        let name = self.bump();
        let name = self.ident_of(name);
        let start = self.previous_end() as usize;
        self.skip_line();
        self.tainted = false;
        // To its last token: no comment is part of it.
        let line = &self.source[start..self.previous_end() as usize];
        let value = line.trim().to_owned();
        let span = self.span(at.start, (start + line.trim_end().len()) as u32);
        let text = self.ast.names.text(name.name);
        if let Some(diagnostic) = directive::check(text, &value, span) {
            self.diagnostics.push(diagnostic);
        }
        self.ast.directives.push(Directive { name, value, span });
    }

    /// Whether a declaration begins here, or what may stand before one.
    fn at_item(&self) -> bool {
        let kind = self.kind();
        kind.starts_item()
            || matches!(kind, TokenKind::At | TokenKind::Async)
            || self.reserved_kind().is_some()
            || self.foreign_declaration().is_some()
    }

    /// Attributes, modifiers and a declaration.
    pub(super) fn item(&mut self) {
        let first = self.peek();
        let attributes = self.attributes();
        self.line_begin = self.position;
        if !attributes.is_empty() && !self.at_item() {
            let found = self.found();
            self.error_here(format!(
                "expected a declaration after the attribute, found {found}"
            ))
            .report(self);
            return self.skip_to_item(first);
        }
        let start = self.peek().start;
        let public = self.eat(TokenKind::Pub);
        let kind = self.declaration();
        if let Some(kind) = kind {
            let span = self.span_from(start);
            self.ast.items.push(Item {
                attributes,
                public,
                kind,
                span,
            });
        }
    }

    fn attributes(&mut self) -> Vec<Attribute> {
        let mut attributes = Vec::new();
        while self.at(TokenKind::At) {
            let start = self.bump().start;
            let Some(name) = self.field_ident("the name of an attribute after `@`") else {
                self.recover_line();
                continue;
            };
            let mut arguments = Vec::new();
            if self.at(TokenKind::ParenOpen) && !self.at_line_end() {
                let open = self.bump();
                self.list(open, TokenKind::ParenClose, "an argument", |parser| {
                    arguments.push(parser.expression());
                });
            }
            let span = self.span_from(start);
            attributes.push(Attribute {
                name,
                arguments,
                span,
            });
            self.recover_line();
        }
        attributes
    }

    fn declaration(&mut self) -> Option<ItemKind> {
        if let Some((word, kind)) = self.foreign_declaration() {
            let meant = kind.describe();
            self.error_here(format!("`{word}` is not a word of Lumen"))
                .instead(
                    format!("write {meant} in place of `{word}`"),
                    meant.trim_matches('`'),
                )
                .note(self);
            return self.declaration_of(kind);
        }
        if let Some(row) = self.reserved_kind() {
            return Some(self.reserved(row));
        }
        self.declaration_of(self.kind())
    }

    /// A declaration in the words of another language: `function f(`, and `fn f(`.
    fn foreign_declaration(&self) -> Option<(&'static str, TokenKind)> {
        let next = self.peek_at(1);
        if next.kind != TokenKind::Identifier || next.line_start {
            return None;
        }
        if self.at(TokenKind::Fn) {
            return Some(("fn", TokenKind::Cell));
        }
        if !self.at(TokenKind::Identifier) {
            return None;
        }
        let text = self.text(self.peek());
        let found = FOREIGN_WORDS.iter().find(|(word, _)| *word == text).copied();
        // What holds fields is a record, whatever it is called elsewhere.
        let body = 2 + usize::from(self.peek_at(2).kind == TokenKind::BraceOpen);
        let has_fields = self.peek_at(body).kind == TokenKind::Identifier
            && self.peek_at(body + 1).kind == TokenKind::Colon;
        found.map(|(word, kind)| match kind {
            TokenKind::Trait if has_fields => (word, TokenKind::Record),
            kind => (word, kind),
        })
    }
}

//! Declarations other than cells: records, enums, aliases, constants, traits and implementations.

use super::Parser;
use super::block::Opener;
use super::cell::Body;
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::ast::{Cell, Enum, EnumVariant, Field, Generic, Ident, ItemKind, Record, TypeExprId};
use crate::syntax::token::{Token, TokenKind};

impl Parser<'_> {
    /// The declaration whose first word, after `pub`, is here and means `kind`.
    pub(super) fn declaration_of(&mut self, kind: TokenKind) -> Option<ItemKind> {
        match kind {
            TokenKind::Cell | TokenKind::Async | TokenKind::Extern => {
                self.cell(Body::Present).map(ItemKind::Cell)
            }
            TokenKind::Record => self.record().map(ItemKind::Record),
            TokenKind::Enum => self.enumeration().map(ItemKind::Enum),
            TokenKind::Type => self.alias(),
            TokenKind::Const => self.constant(),
            TokenKind::Trait => self.trait_declaration(),
            TokenKind::Impl => Some(self.implementation()),
            TokenKind::Import => {
                self.import();
                None
            }
            _ => {
                self.expected("a declaration");
                None
            }
        }
    }

    fn record(&mut self) -> Option<Record> {
        let before = self.diagnostics.len();
        let (opener, name, generics) = self.head("record", "the name of the record");
        let mut fields = Vec::new();
        self.lines(opener, "a field or `end`", |parser, first| {
            if first.kind == TokenKind::Cell && parser.peek_at(1).kind != TokenKind::Colon {
                parser
                    .error_here("a record holds no cells")
                    .help("declare the cell below the record: `x.f()` calls `f(x)`")
                    .note(parser);
                parser.item();
            } else {
                fields.extend(parser.record_field());
            }
            true
        });
        Some(Record {
            name: name?,
            generics,
            fields,
            faulty: self.diagnostics.len() > before,
        })
    }

    /// `name: T where condition = default`.
    fn record_field(&mut self) -> Option<Field> {
        let name = self.line_ident("a field or `end`")?;
        let optional = self.optional_field();
        if !self.eat(TokenKind::Colon) {
            let text = self.ast.names.text(name.name).to_owned();
            let found = self.found();
            self.error_here(format!(
                "expected `:` and the type of the field `{text}`, found {found}"
            ))
            .report(self);
            let ty = self.error_type();
            return Some(Field {
                name,
                ty,
                constraint: None,
                constraint_text: String::new(),
                default: None,
            });
        }
        let ty = self.field_type(optional);
        let constrained = !self.panicking && self.at_where() && self.eat(TokenKind::Where);
        let constraint = constrained.then(|| self.expression());
        let constraint_text = constraint.map_or_else(String::new, |id| {
            let span = self.ast.exprs[id].span;
            let lines = self.source[span.start as usize..span.end as usize].lines();
            lines.map(str::trim).collect::<Vec<_>>().join(" ")
        });
        let defaulted = !self.panicking && self.eat(TokenKind::Equal);
        let default = defaulted.then(|| self.expression());
        if !self.panicking && self.at_where() {
            self.error_here("the constraint stands before the default")
                .help("write `field: Type where condition = default`")
                .report(self);
        }
        Some(Field {
            name,
            ty,
            constraint,
            constraint_text,
            default,
        })
    }

    /// Whether a constraint begins here, not a field that is called `where`.
    fn at_where(&self) -> bool {
        self.at(TokenKind::Where) && !(self.at_line_end() && self.names_field(self.peek()))
    }

    fn enumeration(&mut self) -> Option<Enum> {
        let (opener, name, generics) = self.head("enum", "the name of the enum");
        let mut variants = Vec::new();
        let mut methods = Vec::new();
        let findings = self.diagnostics.len();
        self.lines(opener, "a variant, a `cell` or `end`", |parser, first| {
            if matches!(first.kind, TokenKind::Cell | TokenKind::Async) {
                methods.extend(parser.cell(Body::Present));
            } else {
                variants.extend(parser.variant());
            }
            true
        });
        let name = name?;
        // Something wrong in its lines may have been meant for a variant.
        if variants.is_empty() && self.diagnostics.len() == findings {
            let finding = Diagnostic::new(Code::E0014, name.span, "the enum has no variants")
                .label("no value can be of this type")
                .help("write at least one variant, in a line of its own");
            self.complain(finding);
        }
        Some(Enum {
            name,
            generics,
            variants,
            methods,
        })
    }

    /// `Variant(T, U)`.
    fn variant(&mut self) -> Option<EnumVariant> {
        let name = self.line_ident("a variant, a `cell` or `end`")?;
        let mut payload = Vec::new();
        if self.at(TokenKind::ParenOpen) && !self.at_line_end() {
            let open = self.bump();
            self.list(open, TokenKind::ParenClose, "a type", |parser| {
                if parser.at(TokenKind::Identifier) && parser.peek_at(1).kind == TokenKind::Colon {
                    parser
                        .error_here("what a variant holds has no names")
                        .help("write the types alone: `Variant(T, U)`; for names, let it hold a record")
                        .note(parser);
                    parser.bump();
                    parser.bump();
                }
                payload.push(parser.type_expr());
            });
        }
        self.number_of_variant();
        Some(EnumVariant { name, payload })
    }

    /// `type Name[T] = T`.
    fn alias(&mut self) -> Option<ItemKind> {
        self.bump();
        let name = self.ident("the name of the type")?;
        let generics = self.generics();
        let ty = if self.panicking || !self.expect(TokenKind::Equal, "`=` and a type") {
            self.error_type()
        } else {
            self.type_expr()
        };
        Some(ItemKind::Alias { name, generics, ty })
    }

    /// `const NAME: T = expr`.
    fn constant(&mut self) -> Option<ItemKind> {
        self.bump();
        let name = self.ident("the name of the constant")?;
        let ty = if self.eat(TokenKind::Colon) {
            Some(self.type_expr())
        } else {
            None
        };
        let value = if self.panicking || !self.expect(TokenKind::Equal, "`=` and a value") {
            self.error_expr()
        } else {
            self.expression()
        };
        Some(ItemKind::Const { name, ty, value })
    }

    fn trait_declaration(&mut self) -> Option<ItemKind> {
        let (opener, name, generics) = self.head("trait", "the name of the trait");
        let cells = self.methods(opener, Body::Absent);
        Some(ItemKind::Trait {
            name: name?,
            generics,
            cells,
        })
    }

    /// `impl Trait for Type`, `impl[T: Bound] Trait for Type[T]`.
    fn implementation(&mut self) -> ItemKind {
        let opener = self.opener("impl");
        self.bump();
        let generics = self.generics();
        let trait_name = self.type_expr();
        if self.impl_without_trait() {
            return self.cells_of_type(opener, &generics, trait_name);
        }
        let target: TypeExprId = if self.panicking || !self.expect(TokenKind::For, "`for` and a type") {
            self.error_type()
        } else {
            self.type_expr()
        };
        let cells = self.methods(opener, Body::Present);
        ItemKind::Impl {
            generics,
            trait_name,
            target,
            cells,
        }
    }

    pub(super) fn methods(&mut self, opener: Opener, body: Body) -> Vec<Cell> {
        let mut cells = Vec::new();
        self.lines(opener, "a `cell` or `end`", |parser, first| {
            let is_cell = matches!(first.kind, TokenKind::Cell | TokenKind::Async);
            if is_cell {
                cells.extend(parser.cell(body));
            }
            is_cell
        });
        cells
    }

    /// The first line of a `record`, `enum` or `trait`.
    fn head(&mut self, word: &'static str, what: &str) -> (Opener, Option<Ident>, Vec<Generic>) {
        let opener = self.opener(word);
        self.bump();
        let name = self.ident(what);
        let generics = self.generics();
        (opener, name, generics)
    }

    /// The lines of a declaration up to its `end`. `line` reads one and says whether it knew it; it begins with the
    /// token given.
    fn lines(&mut self, opener: Opener, what: &str, mut line: impl FnMut(&mut Self, Token) -> bool) {
        let mut opener = opener;
        if self.lines_in_brackets(&opener, what, &mut line) {
            return;
        }
        self.head_end(&mut opener);
        while !self.lines_end(&opener) {
            let first = self.peek();
            let first_position = self.position;
            self.line_begin = first_position;
            if !line(self, first) {
                self.expected(what);
            }
            if !self.panicking && self.at(TokenKind::Comma) {
                self.line_comma();
                continue;
            }
            if !self.panicking {
                self.declared_line_end();
            }
            self.recover_statement(first, first_position);
            if self.position == first_position {
                self.bump();
            }
        }
        self.close(&opener);
    }

    /// Cells stand inside some declarations; other ones show that the `end` is missing.
    fn lines_end(&self, opener: &Opener) -> bool {
        let token = self.peek();
        let inner = matches!(token.kind, TokenKind::Cell | TokenKind::Type) || self.names_field(token);
        let deeper = token.indent > opener.indent;
        // An `end` before a colon closes nothing, wherever it stands.
        let called_end = token.kind == TokenKind::End && self.names_field(token);
        if token.line_start && (inner && deeper || called_end) {
            return false;
        }
        self.block_ends(opener, false)
    }

    /// Whether a reserved word is the name of a field here.
    fn names_field(&self, token: Token) -> bool {
        token.kind.is_word() && self.peek_at(1).kind == TokenKind::Colon
    }

    fn declared_line_end(&mut self) {
        if self.at(TokenKind::Semicolon) || self.at_line_end() || self.at(TokenKind::End) {
            return self.statement_end();
        }
        self.expected("the end of the line");
    }
}

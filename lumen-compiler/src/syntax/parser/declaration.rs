//! Declarations: cells, records, enums, aliases, constants, traits and implementations.

use super::Parser;
use super::block::Opener;
use crate::syntax::ast::{
    Block, Cell, Enum, EnumVariant, Field, Generic, Ident, ItemKind, Parameter, Record, TypeExprId,
};
use crate::syntax::token::{Token, TokenKind};

/// What follows the signature of a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    /// Statements and `end`.
    Present,
    /// Nothing: `extern` cells and the signatures of traits.
    Absent,
}

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

    fn cell(&mut self, body: Body) -> Option<Cell> {
        let mut opener = self.opener("cell");
        let start = self.peek().start;
        let mut is_async = false;
        let mut is_extern = false;
        loop {
            match self.kind() {
                TokenKind::Async => is_async = true,
                TokenKind::Extern => is_extern = true,
                _ => break,
            }
            self.bump();
        }
        if is_async || is_extern {
            if !self.at(TokenKind::Cell) {
                self.expected("`cell`");
                return None;
            }
            opener = self.opener("cell");
        }
        self.bump();
        let Some(name) = self.ident("the name of the cell") else {
            // Its body is read all the same, so that its mistakes are found and its `end` is not left over.
            self.recover_line();
            let _ = self.cell_body(opener, body);
            return None;
        };
        let generics = self.generics();
        let parameters = self.parameters();
        let (mut result, mut yields) = (None, false);
        if !self.panicking && self.eat(TokenKind::Arrow) {
            yields = self.eat(TokenKind::Yield);
            result = Some(self.type_expr());
        } else if !self.panicking
            && self.at(TokenKind::Colon)
            && self.peek_at(1).kind == TokenKind::Identifier
        {
            self.error_here("the type of the result stands after `->`")
                .help("write `->` in place of `:`")
                .note(self);
            self.bump();
            result = Some(self.type_expr());
        }
        let effects = self.effects();
        let signature_span = self.span_from(start);
        let body = self.cell_body(opener, if is_extern { Body::Absent } else { body });
        Some(Cell {
            name,
            is_async,
            is_extern,
            generics,
            parameters,
            result,
            yields,
            effects,
            body,
            signature_span,
        })
    }

    fn cell_body(&mut self, opener: Opener, body: Body) -> Block {
        if body == Body::Present {
            return self.block_to_end(opener);
        }
        let at = self.previous_end();
        self.block_of(Vec::new(), at)
    }

    /// `[T: Bound + Bound, U]`, if it stands here.
    fn generics(&mut self) -> Vec<Generic> {
        let mut generics = Vec::new();
        if !self.panicking && self.at(TokenKind::BracketOpen) && !self.at_line_end() {
            let open = self.bump();
            self.list(
                open,
                TokenKind::BracketClose,
                "the name of a type parameter",
                |parser| {
                    let Some(name) = parser.ident("the name of a type parameter") else {
                        return;
                    };
                    let mut bounds = Vec::new();
                    if parser.eat(TokenKind::Colon) {
                        bounds.push(parser.type_expr());
                        while !parser.panicking && parser.eat(TokenKind::Plus) {
                            bounds.push(parser.type_expr());
                        }
                    }
                    generics.push(Generic { name, bounds });
                },
            );
        }
        generics
    }

    fn parameters(&mut self) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        if self.panicking {
            return parameters;
        }
        if !self.at(TokenKind::ParenOpen) || self.at_line_end() {
            let found = self.found();
            self.error_here(format!("expected `(` and parameters, found {found}"))
                .help("a cell without parameters has empty parentheses: `cell name()`")
                .report(self);
            return parameters;
        }
        let open = self.bump();
        self.list(open, TokenKind::ParenClose, "a parameter", |parser| {
            parameters.extend(parser.parameter());
        });
        parameters
    }

    fn parameter(&mut self) -> Option<Parameter> {
        let name = self.ident("the name of a parameter")?;
        let mut ty = None;
        if self.eat(TokenKind::Colon) {
            ty = Some(self.type_expr());
        } else {
            let text = self.ast.names.text(name.name).to_owned();
            let draft = super::cursor::Draft::at(name.span, format!("the parameter `{text}` has no type"));
            draft.help(format!("write `{text}: Type`")).note(self);
            if !matches!(
                self.kind(),
                TokenKind::Comma | TokenKind::ParenClose | TokenKind::Equal
            ) {
                self.panicking = true;
            }
        }
        let defaulted = !self.panicking && self.eat(TokenKind::Equal);
        let default = defaulted.then(|| self.expression());
        Some(Parameter { name, ty, default })
    }

    fn record(&mut self) -> Option<Record> {
        let (opener, name, generics) = self.head("record", "the name of the record");
        let mut fields = Vec::new();
        self.lines(opener, "a field or `end`", |parser, _| {
            fields.extend(parser.record_field());
            true
        });
        Some(Record {
            name: name?,
            generics,
            fields,
        })
    }

    /// `name: T where condition = default`.
    fn record_field(&mut self) -> Option<Field> {
        let name = self.line_ident("a field or `end`")?;
        if !self.eat(TokenKind::Colon) {
            let text = self.ast.names.text(name.name).to_owned();
            let found = self.found();
            self.error_here(format!(
                "expected `:` and the type of the field `{text}`, found {found}"
            ))
            .report(self);
            return None;
        }
        let ty = self.type_expr();
        let constrained = !self.panicking && self.eat(TokenKind::Where);
        let constraint = constrained.then(|| self.expression());
        let defaulted = !self.panicking && self.eat(TokenKind::Equal);
        let default = defaulted.then(|| self.expression());
        if !self.panicking && self.at(TokenKind::Where) {
            self.error_here("the constraint stands before the default")
                .help("write `field: Type where condition = default`")
                .report(self);
        }
        Some(Field {
            name,
            ty,
            constraint,
            default,
        })
    }

    fn enumeration(&mut self) -> Option<Enum> {
        let (opener, name, generics) = self.head("enum", "the name of the enum");
        let mut variants = Vec::new();
        let mut methods = Vec::new();
        self.lines(opener, "a variant, a `cell` or `end`", |parser, first| {
            if matches!(first.kind, TokenKind::Cell | TokenKind::Async) {
                methods.extend(parser.cell(Body::Present));
            } else {
                variants.extend(parser.variant());
            }
            true
        });
        Some(Enum {
            name: name?,
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

    /// `impl Trait for Type`.
    fn implementation(&mut self) -> ItemKind {
        let opener = self.opener("impl");
        self.bump();
        let trait_name = self.type_expr();
        let target: TypeExprId = if self.panicking || !self.expect(TokenKind::For, "`for` and a type") {
            self.error_type()
        } else {
            self.type_expr()
        };
        let cells = self.methods(opener, Body::Present);
        ItemKind::Impl {
            trait_name,
            target,
            cells,
        }
    }

    fn methods(&mut self, opener: Opener, body: Body) -> Vec<Cell> {
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
        self.head_end(&mut opener);
        while !self.lines_end(&opener) {
            let first = self.peek();
            let first_position = self.position;
            self.line_begin = first_position;
            if !line(self, first) {
                self.expected(what);
            }
            if !self.panicking {
                self.line_of_declaration_end();
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
        if inner && token.line_start && deeper {
            return false;
        }
        self.block_ends(opener, false)
    }

    /// Whether a reserved word is the name of a field here.
    fn names_field(&self, token: Token) -> bool {
        token.kind.is_word() && self.peek_at(1).kind == TokenKind::Colon
    }

    fn line_of_declaration_end(&mut self) {
        if self.at(TokenKind::Comma) {
            let next = self.peek_at(1);
            self.error_here("no comma stands between lines")
                .help("write each on a line of its own, without commas")
                .report(self);
            if next.line_start {
                self.bump();
                self.panicking = false;
            }
            return;
        }
        self.statement_end();
    }
}

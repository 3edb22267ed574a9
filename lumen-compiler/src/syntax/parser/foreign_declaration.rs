//! Declarations and heads of blocks as other languages write them, read as what they mean: `f<T>(x: T)`, `(mut x: T)`,
//! `x?: T`, `Red = 1`, `impl Type`, `for (const x of xs)`, `let a, b = pair`. One finding each.

use super::Parser;
use super::block::Opener;
use super::cell::Body;
use super::cursor::Draft;
use crate::diagnostic::{Edit, Span};
use crate::syntax::ast::{
    ExprId, ExprKind, Generic, Ident, Item, ItemKind, PatternId, PatternKind, StatementId, StatementKind,
    TypeExpr, TypeExprId, TypeExprKind,
};
use crate::syntax::token::{Token, TokenKind};

/// Words that begin a block after one of `try`.
const HANDLERS: &[&str] = &["catch", "except", "finally", "rescue"];
/// Tokens that are looked at ahead for a bracket that closes.
const LOOK_AHEAD: usize = 200;

impl Parser<'_> {
    /// What closes the list of type parameters that stands here: `]`, or `>` after a `<`, which is reported.
    pub(super) fn close_of_generics(&mut self) -> Option<TokenKind> {
        if self.panicking || self.at_line_end() {
            return None;
        }
        let open = self.peek();
        match open.kind {
            TokenKind::BracketOpen => return Some(TokenKind::BracketClose),
            TokenKind::Less if open.start == self.previous_end() => {}
            _ => return None,
        }
        let draft = self.error_here("type parameters stand in brackets");
        let help = "write `[T]` in place of `<T>`";
        match self.closing_angle() {
            Some(close) => draft.fix(help, self.brackets_for(open, close)),
            None => draft.help(help),
        }
        .note(self);
        Some(TokenKind::Greater)
    }

    /// The edits that make brackets of `<` and `>`.
    pub(super) fn brackets_for(&self, open: Token, close: Token) -> Vec<Edit> {
        vec![
            Edit::replace(self.token_span(open), "["),
            Edit::replace(self.token_span(close), "]"),
        ]
    }

    /// The `>` that closes the `<` here, if both stand on one line.
    pub(super) fn closing_angle(&self) -> Option<Token> {
        let mut open = 0usize;
        for ahead in 0..LOOK_AHEAD {
            let token = self.peek_at(ahead);
            match token.kind {
                TokenKind::Less => open += 1,
                TokenKind::Greater if open == 1 => return Some(token),
                TokenKind::Greater => open -= 1,
                TokenKind::EndOfFence | TokenKind::ShiftRight | TokenKind::Equal => return None,
                _ if token.line_start && ahead > 0 => return None,
                _ => {}
            }
        }
        None
    }

    /// `mut` before a parameter, which is taken.
    pub(super) fn mutable_word(&mut self) -> Option<Span> {
        let (token, next) = (self.peek(), self.peek_at(1));
        (token.kind == TokenKind::Mut && next.kind == TokenKind::Identifier).then(|| {
            self.bump();
            self.span(token.start, next.start)
        })
    }

    /// Parameters written with `mut`, each after its word: reported, and read as copies that change.
    pub(super) fn mutable_copies(&mut self, written: &[(Span, Ident)], signature: Span) -> Vec<StatementId> {
        let mut copies = Vec::with_capacity(written.len());
        for (word, name) in written {
            let text = self.ast.names.text(name.name).to_owned();
            let copy = format!("let mut {text} = {text}");
            Draft::at(*word, "a parameter does not change")
                .fix(
                    format!("begin the cell with `{copy}`"),
                    [Edit::delete(*word), Edit::below(signature, format!("  {copy}"))],
                )
                .note(self);
            let value = self.expr(ExprKind::Name(name.name), name.span);
            let pattern = self.add_pattern(PatternKind::Name(name.name, None), name.span);
            let kind = StatementKind::Let {
                mutable: true,
                pattern,
                ty: None,
                value,
            };
            copies.push(self.add_statement(kind, name.span));
        }
        copies
    }

    /// `where T: Bound` behind the head of a cell: reported and skipped.
    pub(super) fn bounds_behind(&mut self) {
        if !self.panicking && self.at(TokenKind::Where) && !self.at_line_start() {
            self.error_here("bounds stand where the type parameters are declared")
                .help("write `cell f[T: Bound](x: T)`")
                .note(self);
            self.skip_line();
        }
    }

    /// The `?` of a field `x?: T`: reported and taken.
    pub(super) fn optional_field(&mut self) -> Option<Span> {
        let token = self.peek();
        let stands = token.kind == TokenKind::Question && self.peek_at(1).kind == TokenKind::Colon;
        (stands && !self.at_line_end()).then(|| {
            self.bump();
            self.token_span(token)
        })
    }

    /// The type of a field; `mark` is the `?` after its name, if there was one.
    pub(super) fn field_type(&mut self, mark: Option<Span>) -> TypeExprId {
        let ty = self.type_expr();
        let Some(mark) = mark else {
            return ty;
        };
        let span = self.ast.types[ty].span;
        let is_optional = matches!(self.ast.types[ty].kind, TypeExprKind::Optional(_));
        let tail = if is_optional { " = null" } else { "? = null" };
        Draft::at(
            mark,
            "a field that may be absent has an optional type and a default",
        )
        .fix(
            "write `field: T? = null`",
            [Edit::delete(mark), Edit::after(span, tail)],
        )
        .note(self);
        self.ast.types.push(TypeExpr {
            kind: TypeExprKind::Optional(ty),
            span,
        })
    }

    /// `= 1` after a variant: reported and taken. Braces after it are reported.
    pub(super) fn number_of_variant(&mut self) {
        if self.panicking || self.at_line_end() {
            return;
        }
        let before = self.previous_end();
        match self.kind() {
            TokenKind::Equal => {
                let sign = self.bump();
                let span = self.token_span(sign);
                self.expression();
                Draft::at(span, "a variant stands for no other value")
                    .fix(
                        "leave it out; a `match` or a method gives each variant a value",
                        [Edit::delete(self.span(before, self.previous_end()))],
                    )
                    .note(self);
            }
            TokenKind::BraceOpen => self
                .error_here("what a variant holds has no names")
                .help("write the types alone: `Variant(T, U)`; for names, let it hold a record")
                .report(self),
            _ => {}
        }
    }

    /// Whether the head of an `impl` ends after one type.
    pub(super) fn impl_without_trait(&self) -> bool {
        !self.panicking && (self.at_line_end() || self.at(TokenKind::BraceOpen))
    }

    /// `impl Type` with cells: reported, and read as cells beside the type.
    pub(super) fn cells_of_type(
        &mut self,
        opener: Opener,
        generics: &[Generic],
        target: TypeExprId,
    ) -> ItemKind {
        let span = self.ast.types[target].span;
        Draft::at(span, "`impl` gives a trait to a type: `impl Trait for Type`")
            .help("cells that belong to no trait stand beside the type, with it as their first parameter: `x.f()` calls `f(x)`")
            .note(self);
        let mut cells = self.methods(opener, Body::Present);
        for cell in &mut cells {
            cell.generics.splice(0..0, generics.iter().cloned());
            let first = cell.parameters.first_mut();
            if let Some(first) = first.filter(|first| self.ast.names.text(first.name.name) == "self") {
                first.ty = Some(target);
            }
        }
        let last = cells.pop();
        for cell in cells {
            let span = cell.signature_span;
            self.ast.items.push(Item {
                attributes: Vec::new(),
                public: false,
                kind: ItemKind::Cell(cell),
                span,
            });
        }
        match last {
            Some(cell) => ItemKind::Cell(cell),
            None => {
                let (trait_name, target) = (self.error_type(), self.error_type());
                ItemKind::Impl {
                    generics: Vec::new(),
                    trait_name,
                    target,
                    cells: Vec::new(),
                }
            }
        }
    }

    /// `const` in a cell: reported, and read as `let`.
    pub(super) fn inner_constant(&mut self) -> StatementKind {
        self.error_here("a constant stands outside of cells")
            .instead("within a cell, `let` binds a name once", "let")
            .note(self);
        self.let_statement()
    }

    /// Whether `try` stands here as the head of a block.
    pub(super) fn at_try(&self) -> bool {
        let next = self.peek_at(1);
        let heads_block = next.line_start || matches!(next.kind, TokenKind::Colon | TokenKind::BraceOpen);
        self.at_name("try") && self.at_line_start() && heads_block
    }

    /// `try` with all its blocks: reported and skipped.
    pub(super) fn try_statement(&mut self) -> StatementKind {
        let indent = self.peek().indent;
        self.error_here("`try` is not a word of Lumen")
            .help("errors are values: a cell returns `err(...)`, `?` passes one on, `match` handles one")
            .note(self);
        self.bump();
        self.skip_line();
        while !self.at_fence_end() {
            let token = self.peek();
            let goes_on = token.indent > indent
                || token.kind == TokenKind::BraceClose
                || HANDLERS.contains(&self.text(token));
            if token.indent < indent || !goes_on {
                break;
            }
            self.bump();
            self.skip_line();
        }
        if self.at(TokenKind::End) && self.at_line_start() && self.peek().indent == indent {
            self.bump();
        }
        StatementKind::Error
    }

    /// The word before a guard: `if`, or `when` as elsewhere, which is reported.
    pub(super) fn guard_word(&mut self) -> bool {
        if self.at(TokenKind::When) {
            self.error_here("a guard begins with `if`")
                .instead("write `if` in place of `when`", "if")
                .note(self);
            self.bump();
            return true;
        }
        self.eat(TokenKind::If)
    }

    /// `let a, b = value` after `a`: reported, and read as a pattern of a tuple.
    pub(super) fn names_without_parentheses(&mut self, first: PatternId) -> PatternId {
        let ahead = (0..LOOK_AHEAD)
            .take_while(|ahead| match ahead % 2 {
                0 => self.peek_at(*ahead).kind == TokenKind::Comma,
                _ => self.peek_at(*ahead).kind == TokenKind::Identifier,
            })
            .count();
        let is_list = ahead > 0 && ahead.is_multiple_of(2) && self.peek_at(ahead).kind == TokenKind::Equal;
        if self.panicking || !is_list {
            return first;
        }
        let start = self.ast.patterns[first].span;
        let comma = self.token_span(self.peek());
        let mut parts = vec![first];
        while self.eat(TokenKind::Comma) {
            parts.push(self.binding_pattern());
        }
        let span = self.span_from(start.start);
        Draft::at(comma, "the pattern of a tuple has parentheses")
            .fix(
                "write `let (a, b) = value`",
                [Edit::before(span, "("), Edit::after(span, ")")],
            )
            .note(self);
        self.add_pattern(PatternKind::Tuple(parts), span)
    }

    /// `(x in xs)` or `(const x of xs)` after `for`: reported, and read as `x in xs`.
    pub(super) fn for_in_parentheses(&mut self) -> Option<(PatternId, ExprId, Option<ExprId>)> {
        if self.panicking || !self.at(TokenKind::ParenOpen) {
            return None;
        }
        let is_word = matches!(self.peek_at(1).kind, TokenKind::Let | TokenKind::Const)
            || self.text(self.peek_at(1)) == "var";
        let ahead = 1 + usize::from(is_word);
        let (name, word) = (self.peek_at(ahead), self.peek_at(ahead + 1));
        let is_of = word.kind == TokenKind::Identifier && self.text(word) == "of";
        if name.kind != TokenKind::Identifier || !(word.kind == TokenKind::In || is_of) {
            return None;
        }
        let open = self.bump();
        if is_word {
            self.bump();
        }
        let pattern = self.binding_pattern();
        let word = self.bump();
        let iterable = self.expression();
        let mut edits = vec![Edit::delete(self.span(open.start, name.start))];
        if is_of {
            edits.push(Edit::replace(self.token_span(word), "in"));
        }
        if !self.panicking && self.at(TokenKind::ParenClose) {
            let close = self.bump();
            edits.push(Edit::delete(self.token_span(close)));
            Draft::at(
                self.token_span(open),
                "what a `for` goes over stands without parentheses",
            )
            .fix("write `for x in xs`", edits)
            .note(self);
        } else {
            self.expected("`)`");
        }
        Some((pattern, iterable, None))
    }
}

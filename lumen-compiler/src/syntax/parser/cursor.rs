//! Looking at tokens, taking them, and reporting what should have stood there.

use super::Parser;
use crate::diagnostic::{Code, Diagnostic, Edit, Span};
use crate::syntax::ast::Ident;
use crate::syntax::name::Name;
use crate::syntax::token::{Token, TokenKind};

impl<'a> Parser<'a> {
    pub(super) fn peek(&self) -> Token {
        self.tokens[self.position]
    }

    /// The token `ahead` of the next one; the last one if there are fewer.
    pub(super) fn peek_at(&self, ahead: usize) -> Token {
        self.tokens[(self.position + ahead).min(self.tokens.len() - 1)]
    }

    pub(super) fn kind(&self) -> TokenKind {
        self.peek().kind
    }

    pub(super) fn at(&self, kind: TokenKind) -> bool {
        self.kind() == kind
    }

    pub(super) fn at_fence_end(&self) -> bool {
        self.at(TokenKind::EndOfFence)
    }

    /// Whether the next token begins a line, or there is none.
    pub(super) fn at_line_start(&self) -> bool {
        self.peek().line_start
    }

    /// Whether a line end stands here that ends a statement; not before its first token.
    pub(super) fn at_line_end(&self) -> bool {
        self.at_fence_end() || (self.lines_count && self.at_line_start() && self.line_begin != self.position)
    }

    /// Whether the token taken last goes on in the next line: a type or pattern may stand there.
    pub(super) fn line_goes_on(&self) -> bool {
        use TokenKind::{Arrow, As, Bar, Comma, Equal, FatArrow, Is};
        let previous = self.position.checked_sub(1).map(|index| self.tokens[index].kind);
        matches!(previous, Some(Arrow | As | Bar | Comma | Equal | FatArrow | Is))
    }

    /// Parses what ends with its line even inside brackets: the head of a block.
    pub(super) fn in_lines<T>(&mut self, parse: impl FnOnce(&mut Self) -> T) -> T {
        let lines_count = std::mem::replace(&mut self.lines_count, true);
        let value = parse(self);
        self.lines_count = lines_count;
        value
    }

    /// Takes the next token. At the end of the fence, stays there.
    pub(super) fn bump(&mut self) -> Token {
        let token = self.peek();
        self.tainted |= token.faulty;
        if token.kind != TokenKind::EndOfFence {
            self.position += 1;
        }
        token
    }

    pub(super) fn eat(&mut self, kind: TokenKind) -> bool {
        let there = self.at(kind);
        if there {
            self.bump();
        }
        there
    }

    /// Takes a token of this kind, or reports that `what` was expected.
    pub(super) fn expect(&mut self, kind: TokenKind, what: &str) -> bool {
        let there = self.eat(kind);
        if !there {
            self.expected(what);
        }
        there
    }

    pub(super) fn text(&self, token: Token) -> &'a str {
        &self.source[token.start as usize..token.end as usize]
    }

    /// Whether the next token is the name `word`, which is no reserved word.
    pub(super) fn at_name(&self, word: &str) -> bool {
        self.at(TokenKind::Identifier) && self.text(self.peek()) == word
    }

    pub(super) fn token_span(&self, token: Token) -> Span {
        self.span(token.start, token.end)
    }

    pub(super) fn span(&self, start: u32, end: u32) -> Span {
        Span {
            fence: self.fence,
            start,
            end: end.max(start),
        }
    }

    /// One past the last byte of the token taken last.
    pub(super) fn previous_end(&self) -> u32 {
        match self.position.checked_sub(1) {
            Some(index) => self.tokens[index].end,
            None => 0,
        }
    }

    /// From `start` to the end of the token taken last.
    pub(super) fn span_from(&self, start: u32) -> Span {
        self.span(start, self.previous_end())
    }

    pub(super) fn intern(&mut self, token: Token) -> Name {
        let text = &self.source[token.start as usize..token.end as usize];
        self.ast.names.intern(text)
    }

    pub(super) fn ident_of(&mut self, token: Token) -> Ident {
        Ident {
            name: self.intern(token),
            span: self.token_span(token),
        }
    }

    /// A name, or an error that `what` was expected.
    pub(super) fn ident(&mut self, what: &str) -> Option<Ident> {
        if self.at(TokenKind::Identifier) && (!self.at_line_end() || self.line_goes_on()) {
            let token = self.bump();
            return Some(self.ident_of(token));
        }
        if self.kind().is_word() && !self.at_line_end() {
            let word = self.text(self.peek());
            let message = format!("expected {what}, found the reserved word `{word}`");
            self.error_here(message)
                .help(format!("choose another name, for example `{word}_`"))
                .report(self);
            return None;
        }
        self.expected(what);
        None
    }

    /// A name, or a reserved word in its place, that begins a line.
    pub(super) fn line_ident(&mut self, what: &str) -> Option<Ident> {
        let token = self.peek();
        if token.kind == TokenKind::Identifier || token.kind.is_word() {
            self.bump();
            return Some(self.ident_of(token));
        }
        self.expected(what);
        None
    }

    /// A name after a `.` or before a `:`, where reserved words are names too.
    pub(super) fn field_ident(&mut self, what: &str) -> Option<Ident> {
        if self.kind() == TokenKind::Let && self.at_line_start() {
            // The next statement, also within brackets: the name is still to be written.
            let at = self.span(self.previous_end(), self.previous_end());
            Draft::at(at, format!("expected {what}, found the end of the line")).report(self);
            return None;
        }
        if self.kind().is_word() && !self.at_line_end() {
            let token = self.bump();
            return Some(self.ident_of(token));
        }
        self.ident(what)
    }

    /// Reports that `what` was expected here; the parser is silent until it has recovered.
    pub(super) fn expected(&mut self, what: &str) {
        let found = self.found();
        self.error_here(format!("expected {what}, found {found}"))
            .report(self);
    }

    /// What stands here, as messages call it.
    pub(super) fn found(&self) -> String {
        let token = self.peek();
        match token.kind {
            TokenKind::EndOfFence => "the end of the code block".to_owned(),
            _ if self.at_line_end() && self.position > 0 => "the end of the line".to_owned(),
            TokenKind::Identifier | TokenKind::Int | TokenKind::Float | TokenKind::PackageName => {
                format!("`{}`", self.text(token))
            }
            kind => kind.describe().to_owned(),
        }
    }

    /// An E0001 at the next token; at a line end, right after the last token.
    pub(super) fn error_here(&self, message: impl Into<String>) -> Draft {
        let token = self.peek();
        let at_end = self.position > 0 && self.at_line_end();
        let span = if at_end {
            self.span(self.previous_end(), self.previous_end())
        } else {
            self.token_span(token)
        };
        Draft(Diagnostic::new(Code::E0001, span, message))
    }

    /// Records a finding unless it may be the consequence of another one. Does not make the parser silent.
    pub(super) fn complain(&mut self, diagnostic: Diagnostic) {
        if !(self.panicking || self.tainted || self.abandoned || self.peek().faulty) {
            self.diagnostics.push(diagnostic);
        }
    }
}

/// A diagnostic being written; [`Draft::report`] ends it.
#[must_use]
pub(super) struct Draft(pub(super) Diagnostic);

impl Draft {
    /// An E0001 at `span`.
    pub(super) fn at(span: Span, message: impl Into<String>) -> Draft {
        Draft(Diagnostic::new(Code::E0001, span, message))
    }

    pub(super) fn help(self, text: impl Into<String>) -> Draft {
        Draft(self.0.help(text))
    }

    /// With advice that edits follow.
    pub(super) fn fix(self, text: impl Into<String>, edits: impl Into<Vec<Edit>>) -> Draft {
        Draft(self.0.fix(text, edits))
    }

    /// With the advice to write something else in its place.
    pub(super) fn instead(self, text: impl Into<String>, replacement: &str) -> Draft {
        let edit = Edit::replace(self.0.span, replacement);
        self.fix(text, [edit])
    }

    pub(super) fn related(self, span: Span, text: impl Into<String>) -> Draft {
        Draft(self.0.related(span, text))
    }

    /// Records it; the parser is silent until it has recovered.
    pub(super) fn report(self, parser: &mut Parser<'_>) {
        parser.complain(self.0);
        parser.panicking = true;
    }

    /// Records it; parsing goes on as if nothing had been wrong.
    pub(super) fn note(self, parser: &mut Parser<'_>) {
        parser.complain(self.0);
    }
}

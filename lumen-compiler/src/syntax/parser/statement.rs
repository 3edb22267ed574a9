//! Statements.

use super::Parser;
use super::operator::assignment;
use crate::diagnostic::Edit;
use crate::syntax::ast::{ExprKind, Ident, PatternKind, StatementId, StatementKind};
use crate::syntax::token::TokenKind;

/// Words with which other languages declare a variable.
const FOREIGN_LET: &[&str] = &["var", "val", "auto", "my", "local"];

impl Parser<'_> {
    /// A statement and its line end. Always takes at least one token, except where a block ends.
    pub(super) fn statement(&mut self) -> Option<StatementId> {
        let first = self.peek();
        let first_position = self.position;
        self.line_begin = first_position;
        let mut statement = self.statement_kind();
        if !self.panicking {
            self.statement_end();
        }
        if self.panicking {
            statement = statement.map(|kind| self.unreadable(kind));
        }
        self.recover_statement(first, first_position);
        if self.position == first_position {
            // Nothing a statement begins with, and nothing that ends a block.
            self.bump();
        }
        let span = self.span_from(first.start);
        statement.map(|kind| self.add_statement(kind, span))
    }

    /// What is kept of a statement that could not be read to its end: the names that it binds, and its blocks.
    fn unreadable(&mut self, kind: StatementKind) -> StatementKind {
        match kind {
            StatementKind::Let {
                mutable, pattern, ty, ..
            } => StatementKind::Let {
                mutable,
                pattern,
                ty,
                value: self.error_expr(),
            },
            StatementKind::Expr(_) | StatementKind::Assign { .. } => StatementKind::Error,
            other => other,
        }
    }

    fn statement_kind(&mut self) -> Option<StatementKind> {
        match self.kind() {
            TokenKind::Let => Some(self.let_statement()),
            TokenKind::While => Some(self.while_statement()),
            TokenKind::For => Some(self.for_statement()),
            TokenKind::Defer => {
                let opener = self.opener("defer");
                self.bump();
                Some(StatementKind::Defer(self.block_to_end(opener)))
            }
            TokenKind::Yield => {
                self.bump();
                Some(StatementKind::Yield(self.expression()))
            }
            TokenKind::Emit => {
                self.bump();
                Some(StatementKind::Emit(self.expression()))
            }
            TokenKind::Const if self.at_line_start() => Some(self.inner_constant()),
            kind if kind.starts_item() && self.at_line_start() => {
                self.inner_declaration();
                None
            }
            _ => self.expression_statement(),
        }
    }

    /// A declaration inside a cell: reported, and read as if it stood outside.
    fn inner_declaration(&mut self) {
        self.error_here("a declaration cannot stand inside a cell")
            .help("move it out of the cell, to the beginning of a line")
            .note(self);
        if self.nested(Parser::item).is_none() {
            self.panicking = true;
        }
    }

    pub(super) fn let_statement(&mut self) -> StatementKind {
        self.bump();
        let mutable = self.eat(TokenKind::Mut);
        let pattern = self.binding_pattern();
        let pattern = self.names_without_parentheses(pattern);
        let ty = if self.eat(TokenKind::Colon) {
            Some(self.type_expr())
        } else {
            None
        };
        let value = match self.kind() {
            _ if self.panicking => self.error_expr(),
            TokenKind::ColonEqual => {
                self.error_here("`let` binds with `=`")
                    .instead("write `=` in place of `:=`", "=")
                    .note(self);
                self.bump();
                self.expression()
            }
            TokenKind::Equal => {
                self.bump();
                self.expression()
            }
            _ => {
                let found = self.found();
                self.error_here(format!("expected `=` and a value, found {found}"))
                    .help("a name is bound to a value at once: `let name = value`")
                    .report(self);
                self.error_expr()
            }
        };
        StatementKind::Let {
            mutable,
            pattern,
            ty,
            value,
        }
    }

    fn while_statement(&mut self) -> StatementKind {
        let opener = self.opener("while");
        self.bump();
        let label = self.label();
        let condition = self.condition();
        let body = self.block_to_end(opener);
        StatementKind::While {
            label,
            condition,
            body,
        }
    }

    fn for_statement(&mut self) -> StatementKind {
        let opener = self.opener("for");
        self.bump();
        let label = self.label();
        let (pattern, iterable, filter) = self.for_clause();
        let body = self.block_to_end(opener);
        StatementKind::For {
            label,
            pattern,
            iterable,
            filter,
            body,
        }
    }

    /// `@label`, if one stands here.
    pub(super) fn label(&mut self) -> Option<Ident> {
        if self.at_line_end() || !self.eat(TokenKind::At) {
            return None;
        }
        self.field_ident("the name of a label after `@`")
    }

    fn expression_statement(&mut self) -> Option<StatementKind> {
        let first = self.peek();
        if let Some(kind) = self.foreign_statement() {
            return Some(kind);
        }
        if !first.kind.starts_expression() && !(first.kind == TokenKind::Identifier) {
            let found = self.found();
            let draft = self.error_here(format!("expected a statement, found {found}"));
            let draft = match first.kind {
                TokenKind::SlashSlash => draft.instead("a comment begins with `#`", "#"),
                TokenKind::PlusPlus => draft.help("to count up write `x += 1`"),
                TokenKind::Else => {
                    draft.help("this `else` belongs to no `if`; `if c then a else b` stands on one line")
                }
                _ => draft,
            };
            draft.report(self);
            return Some(StatementKind::Error);
        }
        let place = self.expression();
        if self.panicking {
            return Some(StatementKind::Expr(place));
        }
        if let Some(operator) = assignment(self.kind()).filter(|_| !self.at_line_end()) {
            self.bump();
            let value = self.expression();
            return Some(StatementKind::Assign {
                place,
                operator,
                value,
            });
        }
        if self.at(TokenKind::ColonEqual) {
            let (name, sign) = (self.expr_span(place), self.token_span(self.peek()));
            self.error_here("a name is declared with `let`")
                .fix(
                    "write `let name = value`, or `name = value` to assign to a `let mut` name",
                    [Edit::before(name, "let "), Edit::replace(sign, "=")],
                )
                .note(self);
            self.bump();
            let value = self.expression();
            if let ExprKind::Name(known) = self.ast.exprs[place].kind {
                let pattern = self.add_pattern(PatternKind::Name(known, None), name);
                return Some(StatementKind::Let {
                    mutable: true,
                    pattern,
                    ty: None,
                    value,
                });
            }
            return Some(StatementKind::Assign {
                place,
                operator: None,
                value,
            });
        }
        Some(StatementKind::Expr(place))
    }

    /// What other languages write for a statement of this one: reported, with the words to use.
    fn foreign_statement(&mut self) -> Option<StatementKind> {
        let (first, next) = (self.peek(), self.peek_at(1));
        if first.kind != TokenKind::Identifier {
            return None;
        }
        if self.at_try() {
            return Some(self.try_statement());
        }
        if next.line_start {
            return None;
        }
        let text = self.text(first);
        if FOREIGN_LET.contains(&text) && next.kind == TokenKind::Identifier {
            let meant = match text {
                "var" => "let mut",
                _ => "let",
            };
            self.error_here(format!("`{text}` is not a word of Lumen"))
                .instead("declare a name with `let`, or `let mut` if it changes", meant)
                .note(self);
            return Some(self.let_statement());
        }
        if text == "switch" && (next.kind.starts_expression() || next.kind == TokenKind::Identifier) {
            self.error_here("`switch` is not a word of Lumen")
                .instead("choose between values with `match value`", "match")
                .note(self);
            let start = first.start;
            let kind = self.match_expression();
            let span = self.span_from(start);
            return Some(StatementKind::Expr(self.expr(kind, span)));
        }
        let hint = match text {
            "elif" | "elsif" | "elseif" => "write `else if`, below the `if` that it belongs to",
            "unless" | "until" if next.kind.starts_expression() || next.kind == TokenKind::Identifier => {
                "write `if not condition`, or `while not condition`"
            }
            "cond" if next.kind == TokenKind::Do => "choose between conditions with `when`",
            "case" if next.kind.starts_expression() => "choose between values with `match value`",
            "try" | "throw" | "raise"
                if next.kind.starts_expression() && next.kind != TokenKind::ParenOpen =>
            {
                "errors are values: return `err(...)`, and pass one on with `?`"
            }
            _ => return None,
        };
        self.error_here(format!("`{text}` is not a word of Lumen"))
            .help(hint)
            .report(self);
        Some(StatementKind::Error)
    }

    /// Nothing may follow a statement on its line.
    pub(super) fn statement_end(&mut self) {
        if self.at(TokenKind::Semicolon) {
            self.semicolon();
            // What follows is the next statement: the one mistake was reported.
            return;
        }
        if self.arm_column.is_some() && self.inline_arm {
            self.arm_comma();
        }
        let token = self.peek();
        if let Some(column) = self.arm_column
            && token.line_start
            && token.indent > column
            && self.inline_arm
            && !matches!(token.kind, TokenKind::End | TokenKind::EndOfFence)
        {
            self.layout_error(
                "this line belongs to no arm",
                "an arm's body stands either on the arm's line or in deeper lines below it",
            );
            return;
        }
        if self.at_line_end() || self.ends_statement(token.kind) {
            return;
        }
        self.unexpected_rest();
    }

    pub(super) fn ends_statement(&self, kind: TokenKind) -> bool {
        matches!(
            kind,
            TokenKind::End
                | TokenKind::Else
                | TokenKind::BraceClose
                | TokenKind::ParenClose
                | TokenKind::BracketClose
                | TokenKind::InterpolationClose
        )
    }

    /// Whether the token before is `?`, as in `condition ? a : b`.
    fn follows_question(&self) -> bool {
        let previous = self.position.checked_sub(1).map(|index| self.tokens[index].kind);
        previous == Some(TokenKind::Question)
    }

    /// Whether the token before may be the name of a type.
    fn follows_type(&self) -> bool {
        let previous = self
            .position
            .checked_sub(1)
            .and_then(|index| self.tokens.get(index));
        previous.is_some_and(|token| {
            token.kind == TokenKind::Identifier
                && self.text(*token).starts_with(|c: char| c.is_ascii_uppercase())
        })
    }

    /// Reports what stands after a complete statement on its line.
    fn unexpected_rest(&mut self) {
        let token = self.peek();
        let found = self.found();
        let draft = self.error_here(format!("expected the end of the line, found {found}"));
        let draft = match token.kind {
            TokenKind::Arrow if self.open_arms == 0 => draft.help("arms stand in a `match` or a `when`"),
            TokenKind::Arrow => {
                if !self.guided {
                    self.left_open = true;
                    self.abandoned = true;
                }
                return self.layout_error(
                    "this arm stands at a column that fits no arm",
                    "begin each arm at the column of the first one",
                );
            }
            TokenKind::Equal => draft.help("compare with `==`; declare a name with `let`"),
            TokenKind::Comma if self.arm_column.is_none() => {
                draft.help("a statement assigns to one place; to bind several names at once, write `let (a, b) = (b, a)`")
            }
            TokenKind::Then => draft.help("`if condition then a else b` stands on one line"),
            TokenKind::Colon => draft.help("declare a name with its type as `let name: Type = value`"),
            TokenKind::Not if self.peek_at(1).kind == TokenKind::In => {
                draft.help("`not` stands before what it negates: write `not (x in xs)`")
            }
            kind if kind.starts_expression() && self.follows_question() => {
                draft.help("a choice between two values is written `if condition then a else b`")
            }
            TokenKind::Identifier if self.follows_type() => {
                draft.help("declare a name with its type as `let name: Type = value`")
            }
            kind if kind.starts_expression() => {
                draft.help("write one statement a line; a call has parentheses: `f(x)`")
            }
            _ => draft,
        };
        draft.report(self);
    }
}

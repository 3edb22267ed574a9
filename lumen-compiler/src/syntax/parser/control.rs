//! Expressions that begin with a word: `if`, `match`, `when`, `loop`, `do`, and those that leave: `return`, `break`,
//! `continue`, `halt`.

use super::Parser;
use super::block::Opener;
use crate::diagnostic::{Code, Diagnostic, Edit};
use crate::syntax::ast::{Block, ExprId, ExprKind, MatchArm, PatternId, PatternKind, StatementKind, WhenArm};
use crate::syntax::token::{Token, TokenKind};

/// Tokens that are looked at ahead on a line.
const LINE: usize = 200;
/// What other languages have for `else if`.
const ELSE_IF_WORDS: &[&str] = &["elif", "elsif", "elseif"];

impl Parser<'_> {
    /// An expression that begins with the reserved word `token`; an error for any other token.
    pub(super) fn worded(&mut self, token: Token) -> ExprId {
        let kind = match token.kind {
            TokenKind::If => return self.if_expression(),
            TokenKind::Match => self.match_expression(),
            TokenKind::When => self.when_expression(),
            TokenKind::Fn => self.lambda(),
            TokenKind::Do => {
                let opener = self.opener("do");
                self.bump();
                ExprKind::Do(self.block_to_end(opener))
            }
            TokenKind::Loop => {
                let opener = self.opener("loop");
                self.bump();
                let label = self.label();
                let body = self.block_to_end(opener);
                ExprKind::Loop { label, body }
            }
            TokenKind::Return => {
                self.bump();
                ExprKind::Return(self.value_on_line())
            }
            TokenKind::Break => {
                self.bump();
                let label = self.label();
                let value = self.value_on_line();
                ExprKind::Break { label, value }
            }
            TokenKind::Continue => {
                self.bump();
                ExprKind::Continue { label: self.label() }
            }
            TokenKind::Halt => self.halt(),
            _ => {
                self.expected_expression();
                return self.error_expr();
            }
        };
        let span = self.span_from(token.start);
        self.expr(kind, span)
    }

    fn expected_expression(&mut self) {
        let found = self.found();
        let draft = self.error_here(format!("expected an expression, found {found}"));
        let previous = self.position.checked_sub(1).map(|index| self.tokens[index].kind);
        let draft = match (self.kind(), previous) {
            (_, Some(TokenKind::SlashSlash)) => draft.help("a comment begins with `#`"),
            (TokenKind::Equal, Some(TokenKind::EqualEqual | TokenKind::BangEqual)) => {
                let (start, end) = (self.previous_end(), self.peek().end);
                draft.fix(
                    "`==` and `!=` compare values, there are no longer ones",
                    [Edit::delete(self.span(start, end))],
                )
            }
            (TokenKind::Greater, Some(TokenKind::Less)) => {
                draft.help("`a != b` compares, `a ++ b` and `a + b` join")
            }
            (TokenKind::Ampersand | TokenKind::Star, _) => draft.help(
                "values are not pointed at: write the name alone; assigning never changes another name",
            ),
            (TokenKind::DotDot | TokenKind::DotDotEqual, _) => {
                draft.help("a range has both ends: write the first one, `xs[0..n]`")
            }
            (TokenKind::Colon, _) if self.peek_at(1).start == self.peek().end => draft.help(
                "there are no atoms: declare the variants of an `enum`; a result is `ok(value)` or `err(why)`",
            ),
            (_, Some(TokenKind::PlusPlus)) if self.at_line_end() => draft.help("to count up write `x += 1`"),
            (_, Some(TokenKind::Minus)) if self.at_line_end() => draft.help("to count down write `x -= 1`"),
            (TokenKind::Dot, _) => draft.help("a Float has digits on both sides of its point: `0.5`"),
            (TokenKind::Plus, Some(TokenKind::Plus | TokenKind::PlusPlus)) => {
                draft.help("to count up write `x += 1`")
            }
            _ => draft,
        };
        draft.report(self);
    }

    /// The value of `return` and `break`, if one follows on the line.
    fn value_on_line(&mut self) -> Option<ExprId> {
        let token = self.peek();
        (!token.line_start && token.kind.starts_expression()).then(|| self.expression())
    }

    fn halt(&mut self) -> ExprKind {
        self.bump();
        if !self.at(TokenKind::ParenOpen) || self.at_line_end() {
            let found = self.found();
            self.error_here(format!("expected `(` and a message after `halt`, found {found}"))
                .help("write `halt(\"why\")`")
                .report(self);
            return ExprKind::Halt(self.error_expr());
        }
        let open = self.bump();
        let lines_count = std::mem::replace(&mut self.lines_count, false);
        let message = self.expression();
        self.eat(TokenKind::Comma);
        self.close_bracket(open, TokenKind::ParenClose);
        self.lines_count = lines_count;
        ExprKind::Halt(message)
    }

    /// `if c then a else b` on a line, or `if c` with blocks up to `end`. A chain of `else if` is read in a loop.
    fn if_expression(&mut self) -> ExprId {
        let mut opener = self.opener("if");
        let mut branches: Vec<(u32, ExprId, Block)> = Vec::new();
        let mut otherwise = None;
        loop {
            let start = self.bump().start;
            let condition = self.in_lines(Self::condition);
            if !self.panicking && branches.is_empty() && self.at(TokenKind::Then) && !self.at_line_end() {
                self.bump();
                if !self.at_line_start() {
                    return self.one_line_if(start, condition);
                }
                self.needless_then();
            } else if !self.panicking && self.eat(TokenKind::Then) {
                self.needless_then();
            }
            self.head_end(&mut opener);
            self.open_ifs += 1;
            let then = self.statements(&opener);
            self.open_ifs -= 1;
            branches.push((start, condition, then));
            let goes_on = self.peek_at(1).kind == TokenKind::Else || self.is_else_if_word(1);
            if opener.braced && self.at(TokenKind::BraceClose) && goes_on {
                let close = self.bump();
                let span = self.span(close.start, self.peek().start);
                self.amend_braces(&opener, Edit::delete(span));
            }
            if self.continues(&opener) && self.is_else_if_word(0) {
                let (token, written) = (self.peek(), self.text(self.peek()));
                let span = self.token_span(token);
                super::cursor::Draft::at(span, format!("`{written}` is not a word of Lumen"))
                    .instead("write `else if`", "else if")
                    .note(self);
                continue;
            }
            if !(self.at(TokenKind::Else) && self.continues(&opener)) {
                break;
            }
            self.bump();
            if self.at(TokenKind::If) && !self.at_line_start() {
                continue;
            }
            self.head_end(&mut opener);
            otherwise = Some(self.statements(&opener));
            break;
        }
        self.close(&opener);
        self.if_chain(branches, otherwise)
    }

    /// Whether a word that other languages have for `else if`, and a condition, stand some tokens ahead.
    fn is_else_if_word(&self, ahead: usize) -> bool {
        let (token, next) = (self.peek_at(ahead), self.peek_at(ahead + 1));
        let has_condition = next.kind.starts_expression() || next.kind == TokenKind::Identifier;
        token.kind == TokenKind::Identifier
            && !next.line_start
            && has_condition
            && ELSE_IF_WORDS.contains(&self.text(token))
    }

    /// Whether a line begins with such a word.
    pub(super) fn at_else_if_word(&self) -> bool {
        self.at_line_start() && self.is_else_if_word(0)
    }

    fn needless_then(&mut self) {
        let previous = self.tokens[self.position - 1];
        let span = self.token_span(previous);
        super::cursor::Draft::at(span, "`then` belongs to an `if` on one line")
            .instead(
                "leave `then` out: the statements of a block stand on lines of their own",
                "",
            )
            .note(self);
    }

    /// Builds the tree of a chain from its last branch on.
    fn if_chain(&mut self, branches: Vec<(u32, ExprId, Block)>, otherwise: Option<Block>) -> ExprId {
        let end = self.previous_end();
        let mut otherwise = otherwise;
        let mut result = None;
        for (start, condition, then) in branches.into_iter().rev() {
            if let Some(inner) = result.take() {
                let span = self.expr_span(inner);
                let statement = self.add_statement(StatementKind::Expr(inner), span);
                otherwise = Some(Block {
                    statements: vec![statement],
                    span,
                });
            }
            let kind = ExprKind::If {
                condition,
                then,
                otherwise: otherwise.take(),
            };
            let span = self.span(start, end);
            result = Some(self.expr(kind, span));
        }
        result.expect("an if has a branch")
    }

    /// After `if c then`: `a else b`.
    fn one_line_if(&mut self, start: u32, condition: ExprId) -> ExprId {
        let then = self.line_block();
        let mut otherwise = None;
        if !self.panicking && self.at(TokenKind::Else) && !self.at_line_end() {
            self.bump();
            otherwise = Some(self.line_block());
        }
        let span = self.span_from(start);
        let kind = ExprKind::If {
            condition,
            then,
            otherwise,
        };
        self.expr(kind, span)
    }

    /// A block of the one expression or assignment that follows.
    pub(super) fn line_block(&mut self) -> Block {
        let start = self.peek().start;
        let value = self.expression();
        let mut kind = StatementKind::Expr(value);
        if !self.panicking
            && !self.at_line_end()
            && let Some(operator) = super::operator::assignment(self.kind())
        {
            self.bump();
            let assigned = self.expression();
            kind = StatementKind::Assign {
                place: value,
                operator,
                value: assigned,
            };
        }
        let span = self.span_from(start);
        let statement = self.add_statement(kind, span);
        Block {
            statements: vec![statement],
            span,
        }
    }

    pub(super) fn match_expression(&mut self) -> ExprKind {
        let mut opener = self.opener("match");
        self.bump();
        let scrutinee = self.in_lines(Self::expression);
        self.head_end(&mut opener);
        let mut arms = Vec::new();
        let lost = self.arms(&opener, |parser| {
            let start = parser.peek().start;
            parser.case_word();
            let pattern = parser.arm_pattern();
            let guarded = !parser.panicking && !parser.at_line_end() && parser.guard_word();
            let guard = guarded.then(|| parser.condition());
            let body = parser.arm_body();
            let span = parser.span_from(start);
            arms.push(MatchArm {
                pattern,
                guard,
                body,
                span,
            });
        });
        if lost {
            arms.push(self.unreadable_arm());
        }
        self.close(&opener);
        ExprKind::Match { scrutinee, arms }
    }

    /// The pattern of an arm; `default` is understood.
    fn arm_pattern(&mut self) -> PatternId {
        let start = self.peek().start;
        if self.default_word() {
            let span = self.span_from(start);
            return self.add_pattern(PatternKind::Wildcard(None), span);
        }
        self.pattern()
    }

    /// Stands for arms that could not be read, so that nothing is concluded from their absence.
    fn unreadable_arm(&mut self) -> MatchArm {
        let pattern = self.error_pattern();
        let body = self.unreadable_block();
        let span = body.span;
        MatchArm {
            pattern,
            guard: None,
            body,
            span,
        }
    }

    fn when_expression(&mut self) -> ExprKind {
        let mut opener = self.opener("when");
        self.bump();
        self.head_end(&mut opener);
        let mut arms = Vec::new();
        let mut otherwise = None;
        let lost = self.arms(&opener, |parser| {
            let start = parser.peek().start;
            if otherwise.is_some() {
                parser
                    .error_here("no arm can follow `_ ->`")
                    .help("move `_ ->` to the end")
                    .note(parser);
            }
            if parser.at_name("_") && parser.peek_at(1).kind == TokenKind::Arrow {
                parser.bump();
                otherwise = Some(parser.arm_body());
                return;
            }
            let condition = parser.condition();
            let body = parser.arm_body();
            let span = parser.span_from(start);
            arms.push(WhenArm {
                condition,
                body,
                span,
            });
        });
        if lost && otherwise.is_none() {
            otherwise = Some(self.unreadable_block());
        }
        self.close(&opener);
        ExprKind::When { arms, otherwise }
    }

    /// The arms of a `match` or `when`: each begins a line, at the column of the first one.
    /// Whether some of them could not be read.
    fn arms(&mut self, opener: &Opener, mut arm: impl FnMut(&mut Self)) -> bool {
        let in_brackets = !self.lines_count;
        let lines_count = std::mem::replace(&mut self.lines_count, true);
        let saved = (self.arm_column, self.inline_arm);
        let arm_lost = std::mem::replace(&mut self.arm_lost, false);
        self.open_arms += 1;
        let column = self.peek().indent;
        let _ = self.nested(|parser| {
            while !parser.arms_end(opener, column, in_brackets) {
                parser.arm_column = Some(column);
                let first = parser.peek();
                let first_position = parser.position;
                parser.line_begin = first_position;
                if first.line_start && first.indent != column {
                    parser.layout_error(
                        "this line stands at a column that fits no arm",
                        "begin each arm at the column of the first one, and indent its body deeper",
                    );
                } else {
                    arm(parser);
                    parser.arm_lost |= parser.panicking;
                }
                parser.recover_statement(first, first_position);
                if parser.position == first_position {
                    parser.bump();
                }
            }
        });
        (self.arm_column, self.inline_arm) = saved;
        self.open_arms -= 1;
        self.lines_count = lines_count;
        std::mem::replace(&mut self.arm_lost, arm_lost)
    }

    /// Layout counts here: what stands no deeper than the head of the `match` shows that its `end` is missing.
    fn arms_end(&self, opener: &Opener, column: u16, in_brackets: bool) -> bool {
        let token = self.peek();
        self.block_ends(opener, in_brackets)
            || (token.line_start && token.indent <= opener.indent && token.indent < column)
    }

    /// `-> body`: what follows on the line, or the deeper lines below.
    fn arm_body(&mut self) -> Block {
        if self.panicking {
            return self.unreadable_block();
        }
        if !self.eat(TokenKind::Arrow) && !self.foreign_arrow() {
            return self.arrow_missing();
        }
        let is_foreign = self.position > 0 && self.tokens[self.position - 1].kind != TokenKind::Arrow;
        if is_foreign && self.at(TokenKind::BraceOpen) && !self.at_line_start() {
            let body = self.braced_arm();
            self.arm_comma();
            return body;
        }
        let column = self.arm_column.unwrap_or(0);
        let mut statements = Vec::new();
        let empty_at = self.previous_end();
        if !self.at_line_start() {
            self.inline_arm = true;
            statements.extend(self.statement());
        } else {
            self.inline_arm = false;
            while self.in_arm_body(column) {
                let saved = (self.arm_column, self.inline_arm);
                statements.extend(self.statement());
                (self.arm_column, self.inline_arm) = saved;
            }
            if statements.is_empty() && self.at_body_at_column(column) {
                self.layout_note(
                    "the body of an arm is indented deeper than the arm",
                    "indent it, or write it behind the `->`",
                );
                while self.at_body_at_column(column) {
                    let saved = (self.arm_column, self.inline_arm);
                    self.arm_column = None;
                    statements.extend(self.statement());
                    (self.arm_column, self.inline_arm) = saved;
                }
            }
            if statements.is_empty() {
                let found = self.found();
                let span = self.span(empty_at, empty_at);
                let message = format!("expected the body of this arm, found {found}");
                let diagnostic = Diagnostic::new(Code::E0005, span, message)
                    .help("write it on the arm's line or in deeper lines below; `null` does nothing");
                self.complain(diagnostic);
                statements.push(self.unreadable_statement());
            }
        }
        self.block_of(statements, empty_at)
    }

    fn in_arm_body(&self, column: u16) -> bool {
        let token = self.peek();
        let ends = match token.kind {
            TokenKind::End | TokenKind::EndOfFence => true,
            kind => kind == TokenKind::Else && self.open_ifs > 0,
        };
        let item = token.kind.starts_item() && token.indent <= self.cell_indent;
        !ends && !item && token.line_start && token.indent > column
    }

    /// Whether a line at the column of the arms begins here that is none: it holds no `->`.
    fn at_body_at_column(&self, column: u16) -> bool {
        let first = self.peek();
        let begins = first.line_start
            && first.indent == column
            && (first.kind == TokenKind::Identifier || first.kind == TokenKind::Let);
        let rest = (1..LINE).map(|ahead| self.peek_at(ahead));
        let mut line = rest.take_while(|token| !token.line_start && token.kind != TokenKind::EndOfFence);
        begins
            && !line.any(|token| {
                matches!(
                    token.kind,
                    TokenKind::Arrow | TokenKind::FatArrow | TokenKind::Colon
                )
            })
    }

    fn unreadable_block(&mut self) -> Block {
        let at = self.previous_end();
        let statement = self.unreadable_statement();
        self.block_of(vec![statement], at)
    }

    /// Reports it; the body, if it can be told.
    fn arrow_missing(&mut self) -> Block {
        let found = self.found();
        let draft = self.error_here(format!(
            "expected `->` after the pattern of an arm, found {found}"
        ));
        let draft = match self.kind() {
            TokenKind::Equal => draft.instead("an arm is written `pattern -> body`", "->"),
            _ => draft,
        };
        draft.report(self);
        self.unreadable_block()
    }

    /// An E0005 at the next token, which is read on.
    fn layout_note(&mut self, message: &str, help: &str) {
        let span = self.token_span(self.peek());
        self.complain(Diagnostic::new(Code::E0005, span, message).help(help));
    }

    /// An E0005 at the next token.
    pub(super) fn layout_error(&mut self, message: &str, help: &str) {
        self.layout_note(message, help);
        self.panicking = true;
        self.arm_lost = true;
    }
}

//! Blocks whose statements stand on the line of their head, and lambdas as other languages write them: one finding each,
//! read as what they mean.

use super::Parser;
use super::block::Opener;
use super::cursor::Draft;
use super::recovery::OpenBlocks;
use crate::diagnostic::Edit;
use crate::syntax::ast::{Block, ExprId, ExprKind, LambdaParameter};
use crate::syntax::token::{Token, TokenKind};

/// What is said of a lambda without its first word.
const LAMBDA: &str = "a function is written `fn(x) => ...`";

const OPENING: &[TokenKind] = &[
    TokenKind::ParenOpen,
    TokenKind::BracketOpen,
    TokenKind::QuestionBracket,
    TokenKind::BraceOpen,
    TokenKind::InterpolationOpen,
];
const CLOSING: &[TokenKind] = &[
    TokenKind::ParenClose,
    TokenKind::BracketClose,
    TokenKind::BraceClose,
    TokenKind::InterpolationClose,
];

impl Parser<'_> {
    /// Reports what follows a head on its line. It is skipped up to an `end` that closes the block, or a bracket that
    /// closes one around it.
    pub(super) fn one_line_block(&mut self, opener: &mut Opener) {
        let found = self.found();
        let message = format!(
            "expected the end of the line after the head of `{}`, found {found}",
            opener.what()
        );
        let draft = self.error_here(message);
        let body = matches!(self.kind(), TokenKind::Equal | TokenKind::FatArrow) && opener.what() == "cell";
        let draft = if body {
            draft.help("a cell has no `=`: its body stands on lines below, and `end` below them")
        } else {
            draft.help("the statements of a block stand on lines of their own")
        };
        draft.note(self);
        opener.misread = true;
        self.skip_one_line_block();
    }

    fn skip_one_line_block(&mut self) {
        let mut blocks = OpenBlocks::default();
        let mut brackets = 0usize;
        while !self.at_fence_end() && !self.at_line_start() {
            match self.kind() {
                TokenKind::End if !blocks.any() => return,
                kind if OPENING.contains(&kind) => brackets += 1,
                kind if CLOSING.contains(&kind) && brackets == 0 => return,
                kind if CLOSING.contains(&kind) => brackets -= 1,
                _ => {}
            }
            blocks.pass(&self.tokens, self.position);
            self.bump();
        }
    }

    /// Whether the value of a lambda follows its parameters on their line, without `=>`.
    pub(super) fn at_lambda_value(&self) -> bool {
        let token = self.peek();
        !token.line_start && (token.kind == TokenKind::BraceOpen || token.kind.starts_expression())
    }

    /// Whether `-> value` stands here, where `-> Type` or `=> value` is meant.
    pub(super) fn at_lambda_arrow(&self) -> bool {
        let (token, next) = (self.peek_at(1), self.peek_at(2));
        let is_value = match token.kind {
            TokenKind::Int | TokenKind::Float | TokenKind::String | TokenKind::StringOpen => true,
            TokenKind::Identifier => !next.line_start && self.follows_no_type(next.kind),
            _ => false,
        };
        self.at(TokenKind::Arrow) && is_value && !token.line_start
    }

    /// Whether no type ends before this token, the third one ahead.
    fn follows_no_type(&self, kind: TokenKind) -> bool {
        let after = self.peek_at(3);
        match kind {
            TokenKind::Dot => {
                self.peek_at(4).kind == TokenKind::ParenOpen && after.kind == TokenKind::Identifier
            }
            TokenKind::Slash => after.kind != TokenKind::BraceOpen,
            TokenKind::Plus
            | TokenKind::Minus
            | TokenKind::Star
            | TokenKind::StarStar
            | TokenKind::Percent
            | TokenKind::PlusPlus
            | TokenKind::EqualEqual
            | TokenKind::BangEqual
            | TokenKind::Less
            | TokenKind::Greater
            | TokenKind::Comma
            | TokenKind::ParenOpen => true,
            kind => CLOSING.contains(&kind),
        }
    }

    /// `-> value` after the parameters of a lambda.
    pub(super) fn lambda_arrow(&mut self) -> Block {
        self.error_here("a lambda of one expression is written with `=>`")
            .instead(
                "write `=>` in place of `->`; `->` stands before a result type",
                "=>",
            )
            .note(self);
        self.bump();
        self.lambda_expression()
    }

    /// `value end` or `{ value }` after the parameters of a lambda.
    pub(super) fn lambda_value(&mut self) -> Block {
        let found = self.found();
        let draft = self.error_here(format!(
            "expected `=>` or the end of the line after the parameters of this lambda, found {found}"
        ));
        let first = self.peek();
        let braced = first.kind == TokenKind::BraceOpen;
        let close = match braced {
            true => TokenKind::BraceClose,
            false => TokenKind::End,
        };
        let mut edits = vec![match braced {
            true => Edit::replace(self.token_span(first), "=>"),
            false => Edit::before(self.token_span(first), "=> "),
        }];
        let recorded = self.diagnostics.len();
        if braced {
            self.bump();
        }
        let body = self.lambda_expression();
        let before = self.previous_end();
        if self.at(close) && !self.at_line_start() && !self.panicking {
            let close = self.bump();
            edits.push(Edit::delete(self.span(before, close.end)));
            let help =
                "write `=>` before the value; several statements stand on lines of their own, up to `end`";
            draft.fix(help, edits).note(self);
        } else if braced || self.at_statement_rest() {
            // What was found inside may come of reading statements as a value.
            self.diagnostics.truncate(recorded);
            self.panicking = false;
            draft
                .help("the statements of a block stand on lines of their own")
                .note(self);
            self.skip_one_line_block();
            if self.at(close) {
                self.bump();
            }
        } else {
            draft.fix("write `=>` before the value", edits).note(self);
        }
        body
    }

    fn at_statement_rest(&self) -> bool {
        self.panicking
            || !(self.at_line_end()
                || self.at_line_start()
                || CLOSING.contains(&self.kind())
                || self.at(TokenKind::Comma))
    }

    /// Whether `x => ...`, `(x, y) => ...`, `|x| ...` or `lambda x: ...` stands here, where a value is expected.
    pub(super) fn at_foreign_lambda(&self) -> bool {
        let previous = self.position.checked_sub(1).map(|index| self.tokens[index].kind);
        let expects_value = matches!(
            previous,
            Some(
                TokenKind::Equal
                    | TokenKind::ParenOpen
                    | TokenKind::BracketOpen
                    | TokenKind::Comma
                    | TokenKind::Colon
                    | TokenKind::PipeArrow
            )
        );
        let close = match self.kind() {
            TokenKind::Identifier => {
                let arrow = self.peek_at(1).kind == TokenKind::FatArrow;
                return expects_value && (arrow || self.colon_of_lambda().is_some());
            }
            TokenKind::ParenOpen => TokenKind::ParenClose,
            TokenKind::Bar => return expects_value,
            _ => return false,
        };
        let mut ahead = 1;
        while matches!(
            self.peek_at(ahead).kind,
            TokenKind::Identifier | TokenKind::Comma | TokenKind::Colon
        ) {
            ahead += 1;
        }
        expects_value
            && self.peek_at(ahead).kind == close
            && self.peek_at(ahead + 1).kind == TokenKind::FatArrow
    }

    /// The `:` of `lambda x, y: ...`, which begins here.
    fn colon_of_lambda(&self) -> Option<Token> {
        let is_parameter = |token: &Token| {
            !token.line_start && matches!(token.kind, TokenKind::Identifier | TokenKind::Comma)
        };
        let ahead = (1..200)
            .take_while(|ahead| is_parameter(&self.peek_at(*ahead)))
            .count();
        let colon = self.peek_at(ahead + 1);
        (ahead > 0 && colon.kind == TokenKind::Colon && self.at_name("lambda")).then_some(colon)
    }

    /// `lambda x, y: value`, the next token being `lambda` and `colon` the one before the value.
    fn lambda_with_colon(&mut self, colon: Token) -> (Vec<LambdaParameter>, Vec<Edit>) {
        let word = self.bump();
        let first = self.peek();
        let edits = vec![
            Edit::replace(self.span(word.start, first.start), "fn("),
            Edit::replace(self.token_span(colon), ") =>"),
        ];
        let mut parameters = Vec::new();
        while !self.panicking && self.peek().start < colon.start {
            let pattern = self.binding_pattern();
            parameters.push(LambdaParameter { pattern, ty: None });
            self.eat(TokenKind::Comma);
        }
        (parameters, edits)
    }

    /// A lambda without `fn`.
    pub(super) fn foreign_lambda(&mut self) -> ExprId {
        let open = self.peek();
        let colon = self.colon_of_lambda();
        let (parameters, edits) = match open.kind {
            TokenKind::Bar => return self.lambda_in_bars(),
            TokenKind::Identifier if let Some(colon) = colon => self.lambda_with_colon(colon),
            TokenKind::ParenOpen => {
                let parameters = self.lambda_parameters();
                (parameters, vec![Edit::before(self.token_span(open), "fn")])
            }
            _ => {
                let span = self.token_span(open);
                let edits = vec![Edit::before(span, "fn("), Edit::after(span, ")")];
                (vec![self.lambda_parameter()], edits)
            }
        };
        if self.panicking {
            return self.error_expr();
        }
        Draft::at(self.span_from(open.start), LAMBDA)
            .fix("put `fn` and parentheses around its parameters", edits)
            .note(self);
        self.bump();
        let body = self.lambda_expression();
        let span = self.span_from(open.start);
        let kind = ExprKind::Lambda {
            parameters,
            result: None,
            body,
        };
        self.expr(kind, span)
    }

    /// `|x| ...`, which is not read.
    fn lambda_in_bars(&mut self) -> ExprId {
        let open = self.bump();
        let ahead = (0..200).map(|ahead| self.peek_at(ahead));
        let close = ahead
            .take_while(|token| !token.line_start && token.kind != TokenKind::EndOfFence)
            .find(|token| token.kind == TokenKind::Bar);
        let open = self.token_span(open);
        let draft = Draft::at(open, LAMBDA);
        match close {
            Some(close) => {
                let close = Edit::replace(self.token_span(close), ") =>");
                draft.fix(
                    "put `fn` and parentheses around its parameters",
                    [Edit::replace(open, "fn("), close],
                )
            }
            None => draft.help("put `fn` and parentheses around its parameters"),
        }
        .report(self);
        self.error_expr()
    }

    /// Parameters in brackets, the first of which is the next token.
    pub(super) fn lambda_parameters(&mut self) -> Vec<LambdaParameter> {
        let open = self.bump();
        let mut parameters = Vec::new();
        self.list(open, TokenKind::ParenClose, "a parameter", |parser| {
            let parameter = parser.lambda_parameter();
            parameters.push(parameter);
        });
        parameters
    }
}

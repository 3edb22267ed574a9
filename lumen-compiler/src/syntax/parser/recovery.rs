//! Going on after an error: where to, and what to skip.

use super::Parser;
use crate::syntax::token::{Token, TokenKind};

impl Parser<'_> {
    /// Ends a statement that began with `first`: if it failed, skips what belongs to it, which are the deeper
    /// indented lines below and the blocks that were not entered.
    pub(super) fn recover_statement(&mut self, first: Token, first_position: usize) {
        if self.panicking {
            self.skip_statement(first, first_position);
        }
        self.panicking = false;
        self.tainted = false;
    }

    fn skip_statement(&mut self, first: Token, first_position: usize) {
        let mut open = 0usize;
        let mut lambdas = 0usize;
        while !self.at_fence_end() {
            let token = self.peek();
            if token.line_start && self.position > first_position {
                let own_column = token.indent == first.indent;
                let inner = open > 0 && own_column && matches!(token.kind, TokenKind::End | TokenKind::Else);
                if !inner && (token.indent <= first.indent || (token.kind == TokenKind::End && open == 0)) {
                    return;
                }
            }
            match token.kind {
                TokenKind::Match
                | TokenKind::When
                | TokenKind::Do
                | TokenKind::While
                | TokenKind::For
                | TokenKind::Loop
                | TokenKind::Defer => open += 1,
                // `else if` goes on with a block, it opens none.
                TokenKind::If if self.previous_kind() != Some(TokenKind::Else) => open += 1,
                TokenKind::Fn => {
                    open += 1;
                    lambdas += 1;
                }
                TokenKind::FatArrow if lambdas > 0 => {
                    open -= 1;
                    lambdas -= 1;
                }
                TokenKind::Then | TokenKind::End => open = open.saturating_sub(1),
                _ => {}
            }
            lambdas = lambdas.min(open);
            self.bump();
        }
    }

    fn previous_kind(&self) -> Option<TokenKind> {
        let index = self.position.checked_sub(1)?;
        Some(self.tokens[index].kind)
    }

    /// Ends the head of a block: if it failed, skips the rest of its line.
    pub(super) fn recover_line(&mut self) {
        if self.panicking {
            self.skip_line();
        }
        self.panicking = false;
        self.tainted = false;
    }

    /// Skips to the next line.
    pub(super) fn skip_line(&mut self) {
        while !self.at_fence_end() && !self.at_line_start() {
            self.bump();
        }
    }

    /// Skips to the end of a bracketed list whose element failed: to `close` on this level, a comma, or a line that is
    /// no part of it. Whether the list goes on.
    pub(super) fn recover_element(&mut self, close: TokenKind) -> bool {
        let mut open = 0usize;
        while !self.at_fence_end() {
            let token = self.peek();
            if token.line_start
                && (token.kind.starts_item() || token.kind == TokenKind::End || token.kind == TokenKind::Let)
            {
                return false;
            }
            match token.kind {
                kind if kind == close && open == 0 => return true,
                TokenKind::Comma if open == 0 => return true,
                TokenKind::ParenOpen
                | TokenKind::BracketOpen
                | TokenKind::BraceOpen
                | TokenKind::QuestionBracket => open += 1,
                TokenKind::ParenClose | TokenKind::BracketClose | TokenKind::BraceClose => {
                    if open == 0 {
                        return false;
                    }
                    open -= 1;
                }
                _ => {}
            }
            self.bump();
        }
        false
    }
}

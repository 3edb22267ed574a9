//! Going on after an error: where to, and what to skip.

use super::Parser;
use crate::syntax::token::{Token, TokenKind};

/// Counts the blocks that tokens open and close, without parsing them.
#[derive(Default)]
pub(super) struct OpenBlocks {
    open: usize,
    /// Those of them that are lambdas: perhaps no blocks, if `=>` follows.
    lambdas: usize,
}

impl OpenBlocks {
    /// Whether a block is open.
    pub(super) fn any(&self) -> bool {
        self.open > 0
    }

    pub(super) fn pass(&mut self, tokens: &[Token], index: usize) {
        let previous = index.checked_sub(1).map(|index| tokens[index].kind);
        match tokens[index].kind {
            TokenKind::Match
            | TokenKind::When
            | TokenKind::Do
            | TokenKind::While
            | TokenKind::For
            | TokenKind::Loop
            | TokenKind::Defer => self.open += 1,
            // `else if` goes on with a block, it opens none.
            TokenKind::If if previous != Some(TokenKind::Else) => self.open += 1,
            TokenKind::Fn => {
                self.open += 1;
                self.lambdas += 1;
            }
            TokenKind::FatArrow if self.lambdas > 0 => {
                self.open -= 1;
                self.lambdas -= 1;
            }
            TokenKind::Then | TokenKind::End => self.open = self.open.saturating_sub(1),
            _ => {}
        }
        self.lambdas = self.lambdas.min(self.open);
    }
}

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
        // Blocks that the statement opened before it failed are among those to skip.
        let mut blocks = OpenBlocks::default();
        let mut has_block = false;
        for index in first_position..self.position {
            blocks.pass(&self.tokens, index);
        }
        while !self.at_fence_end() {
            let token = self.peek();
            if token.line_start && self.position > first_position {
                let own_column = token.indent == first.indent;
                has_block |= token.indent > first.indent;
                // The `end` of a block whose head was not understood.
                if blocks.open == 0
                    && has_block
                    && own_column
                    && token.kind == TokenKind::End
                    && first.line_start
                    && first.indent > self.cell_indent
                {
                    self.bump();
                    return;
                }
                let inner =
                    blocks.open > 0 && own_column && matches!(token.kind, TokenKind::End | TokenKind::Else);
                if !inner
                    && (token.indent <= first.indent || (token.kind == TokenKind::End && blocks.open == 0))
                {
                    return;
                }
            }
            blocks.pass(&self.tokens, self.position);
            self.bump();
        }
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

    /// Skips to the end of an element that failed, of a list in brackets: to `close` on this level, a comma, or a line
    /// that is no part of the list. Whether the list goes on. `vertical`: its elements stand on lines of their own,
    /// deeper than the line of the bracket, which is indented by `indent`.
    pub(super) fn recover_element(&mut self, close: TokenKind, vertical: bool, indent: u16) -> bool {
        let mut open = 0usize;
        while !self.at_fence_end() {
            let token = self.peek();
            if token.line_start {
                let closes = token.kind == close && open == 0;
                let within = vertical && token.indent > indent;
                if !(closes || within) || token.kind.starts_item() || token.kind == TokenKind::Let {
                    return false;
                }
            }
            match token.kind {
                kind if kind == close && open == 0 => return true,
                TokenKind::Comma if open == 0 => return true,
                TokenKind::ParenOpen
                | TokenKind::BracketOpen
                | TokenKind::BraceOpen
                | TokenKind::QuestionBracket
                | TokenKind::InterpolationOpen => open += 1,
                TokenKind::ParenClose
                | TokenKind::BracketClose
                | TokenKind::BraceClose
                | TokenKind::InterpolationClose => {
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

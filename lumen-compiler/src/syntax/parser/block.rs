//! Blocks: statements up to `end`, and which block is left open if one lacks it.

use super::Parser;
use crate::diagnostic::{Code, Diagnostic, Edit, Span};
use crate::syntax::ast::{Block, StatementId, StatementKind};
use crate::syntax::token::TokenKind;

/// The beginning of a block.
#[derive(Clone, Copy)]
pub(super) struct Opener {
    /// Its first words.
    span: Span,
    /// Indentation of its line.
    pub(super) indent: u16,
    /// The word that opened it.
    what: &'static str,
    /// It was opened by a brace, which was reported, and ends with one.
    pub(super) braced: bool,
    /// That brace.
    brace: Option<Span>,
    /// Something was reported that stood on the line of its head: perhaps the whole block.
    pub(super) misread: bool,
}

impl Opener {
    /// The word that opened it.
    pub(super) fn what(&self) -> &'static str {
        self.what
    }
}

/// What is said of a block in braces.
const BRACES: &str = "a block is not written with braces";

impl Parser<'_> {
    /// A block whose first word is the next token.
    pub(super) fn opener(&self, what: &'static str) -> Opener {
        let token = self.peek();
        Opener {
            span: self.token_span(token),
            indent: token.indent,
            what,
            braced: false,
            brace: None,
            misread: false,
        }
    }

    /// The end of the head, the statements, and `end`.
    pub(super) fn block_to_end(&mut self, mut opener: Opener) -> Block {
        self.head_end(&mut opener);
        let mut block = self.statements(&opener);
        if !self.close(&opener) {
            block.statements.push(self.unreadable_statement());
        }
        block
    }

    /// Stands for statements that could not be read, so that nothing is concluded from their absence.
    pub(super) fn unreadable_statement(&mut self) -> StatementId {
        let at = self.previous_end();
        let span = self.span(at, at);
        self.add_statement(StatementKind::Error, span)
    }

    /// The end of a block's head: nothing else may follow on its line.
    pub(super) fn head_end(&mut self, opener: &mut Opener) {
        if self.panicking {
            return self.recover_line();
        }
        self.tainted = false;
        let token = self.peek();
        if token.kind == TokenKind::BraceOpen && !token.line_start {
            let next = self.peek_at(1);
            let edit = if next.line_start || next.kind == TokenKind::BraceClose {
                Edit::delete(self.span(self.previous_end(), token.end))
            } else {
                let indent = self.indent_of(token.start);
                let blanks = self.span(self.previous_end(), next.start);
                Edit::replace(blanks, format!("\n{indent}  "))
            };
            self.error_here(BRACES)
                .fix(
                    format!(
                        "remove `{{`, and end the block with `end` in place of `}}`: `{} ... end`",
                        opener.what
                    ),
                    [edit],
                )
                .note(self);
            self.bump();
            opener.braced = true;
            opener.brace = Some(self.token_span(token));
            return;
        } else if token.kind == TokenKind::Colon {
            self.error_here("no colon stands before a block")
                .instead("remove the `:`", "")
                .note(self);
            self.bump();
        } else if token.kind == TokenKind::Do && !token.line_start && self.peek_at(1).line_start {
            self.error_here("no `do` stands before a block")
                .fix(
                    "remove it",
                    [Edit::delete(self.span(self.previous_end(), token.end))],
                )
                .note(self);
            self.bump();
        }
        let token = self.peek();
        if !(token.line_start
            || matches!(
                token.kind,
                TokenKind::End | TokenKind::EndOfFence | TokenKind::BraceClose
            ))
        {
            self.one_line_block(opener);
        }
    }

    /// Statements, up to what ends the block.
    pub(super) fn statements(&mut self, opener: &Opener) -> Block {
        let in_brackets = !self.lines_count;
        let lines_count = std::mem::replace(&mut self.lines_count, true);
        let arm_column = self.arm_column.take();
        let mut statements = Vec::new();
        let empty_at = self.previous_end();
        let _ = self.nested(|parser| {
            while !parser.block_ends(opener, in_brackets) {
                statements.extend(parser.statement());
            }
        });
        self.arm_column = arm_column;
        self.lines_count = lines_count;
        self.block_of(statements, empty_at)
    }

    pub(super) fn block_of(&self, statements: Vec<StatementId>, empty_at: u32) -> Block {
        let span = match (statements.first(), statements.last()) {
            (Some(first), Some(last)) => {
                let first = self.ast.all_statements[*first].span;
                let last = self.ast.all_statements[*last].span;
                self.span(first.start, last.end)
            }
            _ => self.span(empty_at, empty_at),
        };
        Block { statements, span }
    }

    pub(super) fn block_ends(&self, opener: &Opener, in_brackets: bool) -> bool {
        let token = self.peek();
        match token.kind {
            TokenKind::EndOfFence | TokenKind::End => true,
            TokenKind::Else => self.open_ifs > 0,
            TokenKind::Identifier if self.open_ifs > 0 && self.at_else_if_word() => true,
            TokenKind::BraceClose => opener.braced || in_brackets,
            TokenKind::ParenClose | TokenKind::BracketClose | TokenKind::InterpolationClose => in_brackets,
            kind if token.line_start && kind.starts_item() && token.indent <= self.cell_indent => true,
            _ => self.guided && token.line_start && token.indent <= opener.indent,
        }
    }

    /// Takes the `end` of a block, or finds the block left open; whether it was there.
    pub(super) fn close(&mut self, opener: &Opener) -> bool {
        let token = self.peek();
        if opener.braced && token.kind == TokenKind::BraceClose {
            let edit = if token.line_start {
                Edit::replace(self.token_span(token), "end")
            } else {
                let indent = self.indent_of(opener.span.start);
                let blanks = self.span(self.previous_end(), token.end);
                Edit::replace(blanks, format!("\n{indent}end"))
            };
            self.amend_braces(opener, edit);
            self.bump();
            return true;
        }
        let foreign = self.guided && token.line_start && token.indent < opener.indent;
        if token.kind == TokenKind::End && !foreign {
            self.bump();
            return true;
        }
        if !(self.guided && opener.misread) {
            self.report_left_open(opener);
        }
        false
    }

    /// The `end` of a block, on a line of its own below what was read last.
    fn missing_end(&self, opener: &Opener) -> Edit {
        let source = self.source;
        let indent = self.indent_of(opener.span.start);
        let last = self.previous_end() as usize;
        let line_end = source[last..]
            .find('\n')
            .map_or(source.len(), |index| last + index);
        // A carriage return belongs to the line end.
        let line_end = line_end - usize::from(source[..line_end].ends_with('\r'));
        let at = u32::try_from(line_end).unwrap_or(u32::MAX);
        Edit::replace(self.span(at, at), format!("\n{indent}end"))
    }

    /// Adds what becomes of the closing brace to the edits of the finding about the opening one.
    pub(super) fn amend_braces(&mut self, opener: &Opener, edit: Edit) {
        let recorded = self.diagnostics.iter_mut().rev();
        let mut alike = recorded
            .filter(|diagnostic| diagnostic.message == BRACES && Some(diagnostic.span) == opener.brace);
        if let Some(help) = alike.next().and_then(|diagnostic| diagnostic.help.first_mut()) {
            help.edits.push(edit);
        }
    }

    /// Whether the next token closes or continues this block, not one around it.
    pub(super) fn continues(&self, opener: &Opener) -> bool {
        let token = self.peek();
        !(self.guided && token.line_start && token.indent < opener.indent)
    }

    pub(super) fn report_left_open(&mut self, opener: &Opener) {
        if self.abandoned {
            return;
        }
        if !self.guided {
            // Read again, with an eye on indentation.
            self.left_open = true;
            self.abandoned = true;
            return;
        }
        let cut_off = self.tokens.len() > 1 && self.tokens[self.tokens.len() - 2].faulty;
        if self.left_open_at == Some(self.position) || (self.at_fence_end() && cut_off) {
            return;
        }
        self.left_open_at = Some(self.position);
        let place = self.error_here("").0.span;
        let (seen, place) = match self.kind() {
            TokenKind::EndOfFence => (
                "the code block ends here",
                self.span(self.previous_end(), self.previous_end()),
            ),
            TokenKind::End => ("this `end` closes a block around it", place),
            _ => ("an `end` is missing before this", self.token_span(self.peek())),
        };
        let mut diagnostic = Diagnostic::new(
            Code::E0002,
            opener.span,
            format!("this `{}` has no `end`", opener.what),
        )
        .label("opened here")
        .related(place, seen)
        .fix(
            format!("close it with an `end` at the column of its `{}`", opener.what),
            [self.missing_end(opener)],
        );
        if self.at_fence_end() {
            diagnostic = diagnostic.help("a block cannot go on in the next code block of the document");
        }
        self.complain(diagnostic);
    }
}

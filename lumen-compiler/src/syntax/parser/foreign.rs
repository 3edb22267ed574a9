//! What other languages write for constructs of this one, read as what it means: one finding for one habit, whose edits
//! put it right wherever it shows.

use super::Parser;
use super::block::Opener;
use super::cursor::Draft;
use crate::diagnostic::{Edit, Span};
use crate::syntax::ast::{Block, ExprId, ExprKind, StatementKind};
use crate::syntax::token::{Token, TokenKind};

/// What is said of a semicolon.
pub(super) const SEMICOLON: &str = "statements end with their line, not with `;`";
/// What is said of arms with `=>`, `case`, braces or commas.
const ARMS: &str = "arms are written `pattern -> body`, each on its line";
/// What is said of `A::B`.
const PATH: &str = "names are joined with `.`, not with `::`";
/// What is said of a comma after a field or variant.
const COMMAS: &str = "no comma stands between lines";

/// Findings that are looked through for one of the same habit.
const REMEMBERED: usize = 256;

impl Parser<'_> {
    /// A habit that is reported where it shows first; wherever it shows, an edit puts it right.
    pub(super) fn habit(&mut self, message: &str, help: &str, span: Span, edit: Edit) {
        let recorded = self.diagnostics.iter_mut().rev().take(REMEMBERED);
        let mut alike = recorded.filter(|diagnostic| diagnostic.message == message);
        match alike.next().and_then(|diagnostic| diagnostic.help.first_mut()) {
            Some(help) => help.edits.push(edit),
            None => Draft::at(span, message).fix(help, [edit]).note(self),
        }
    }

    /// `;` at the end of a statement. What follows on its line goes to a line of its own.
    pub(super) fn semicolon(&mut self) {
        let semicolon = self.bump();
        let span = self.token_span(semicolon);
        let edit = self.line_break(semicolon);
        self.habit(
            SEMICOLON,
            "remove the `;`, here and in the lines below",
            span,
            edit,
        );
    }

    /// Nothing in the place of a mark that was taken; a line break if something follows on its line.
    fn line_break(&self, mark: Token) -> Edit {
        if self.at_line_end() || self.ends_statement(self.kind()) {
            return Edit::delete(self.token_span(mark));
        }
        let indent = self.indent_of(mark.start);
        let blanks = self.span(mark.start, self.peek().start);
        Edit::replace(blanks, format!("\n{indent}"))
    }

    /// The white space that the line of an offset begins with.
    pub(super) fn indent_of(&self, offset: u32) -> &str {
        let begin = self.source[..offset as usize]
            .rfind('\n')
            .map_or(0, |index| index + 1);
        let line = &self.source[begin..];
        &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
    }

    /// A comma after a line of a declaration.
    pub(super) fn line_comma(&mut self) {
        let comma = self.bump();
        let span = self.token_span(comma);
        let edit = self.line_break(comma);
        self.habit(
            COMMAS,
            "write each on a line of its own, without commas",
            span,
            edit,
        );
    }

    /// Whether `::` stands here.
    pub(super) fn at_double_colon(&self) -> bool {
        self.is_double_colon(0)
    }

    /// Whether `::` and a name stand some tokens ahead.
    pub(super) fn is_double_colon(&self, ahead: usize) -> bool {
        let (first, second, name) = (
            self.peek_at(ahead),
            self.peek_at(ahead + 1),
            self.peek_at(ahead + 2),
        );
        first.kind == TokenKind::Colon
            && second.kind == TokenKind::Colon
            && first.end == second.start
            && name.kind == TokenKind::Identifier
            && name.start == second.end
    }

    /// Takes `::`, which is read as a point.
    pub(super) fn double_colon(&mut self) {
        let first = self.bump();
        let second = self.bump();
        let span = self.span(first.start, second.end);
        self.habit(PATH, "write a point in its place", span, Edit::replace(span, "."));
    }

    fn arm_habit(&mut self, span: Span, edit: Edit) {
        let help = "write `->`, and leave out `case`, braces and commas";
        self.habit(ARMS, help, span, edit);
    }

    /// `case` before the pattern of an arm.
    pub(super) fn case_word(&mut self) {
        let (token, next) = (self.peek(), self.peek_at(1));
        let is_pattern = matches!(
            next.kind,
            TokenKind::Identifier
                | TokenKind::Int
                | TokenKind::Float
                | TokenKind::String
                | TokenKind::True
                | TokenKind::False
                | TokenKind::Null
                | TokenKind::Ok
                | TokenKind::Err
        );
        if self.at_name("case") && is_pattern && !next.line_start {
            self.bump();
            let span = self.token_span(token);
            self.arm_habit(span, Edit::delete(self.span(token.start, next.start)));
        }
    }

    /// Whether `default:` or `default =>` stands here; takes the word if so.
    pub(super) fn default_word(&mut self) -> bool {
        let next = self.peek_at(1).kind;
        let found = self.at_name("default") && matches!(next, TokenKind::Colon | TokenKind::FatArrow);
        if found {
            let token = self.bump();
            let span = self.token_span(token);
            self.arm_habit(span, Edit::replace(span, "_"));
        }
        found
    }

    /// `=>` or `:` in the place of an arm's `->`; whether it was there.
    pub(super) fn foreign_arrow(&mut self) -> bool {
        let found = matches!(self.kind(), TokenKind::FatArrow | TokenKind::Colon) && !self.at_line_end();
        if found {
            let token = self.bump();
            let span = self.token_span(token);
            let arrow = match token.kind {
                TokenKind::Colon => " ->",
                _ => "->",
            };
            self.arm_habit(span, Edit::replace(span, arrow));
        }
        found
    }

    /// `{ statements }` after a `=>`.
    pub(super) fn braced_arm(&mut self) -> Block {
        let empty_at = self.previous_end();
        let open = self.bump();
        let span = self.token_span(open);
        self.arm_habit(span, Edit::delete(self.span(empty_at, open.end)));
        let saved = (self.arm_column.take(), self.inline_arm);
        let mut statements = Vec::new();
        while !matches!(
            self.kind(),
            TokenKind::BraceClose | TokenKind::End | TokenKind::EndOfFence
        ) {
            statements.extend(self.statement());
        }
        (self.arm_column, self.inline_arm) = saved;
        if self.at(TokenKind::BraceClose) {
            let before = self.previous_end();
            let close = self.bump();
            let span = self.token_span(close);
            self.arm_habit(span, Edit::delete(self.span(before, close.end)));
        }
        self.block_of(statements, empty_at)
    }

    /// A comma at the end of an arm.
    pub(super) fn arm_comma(&mut self) {
        let next = self.peek_at(1);
        let ends_arm = next.line_start || matches!(next.kind, TokenKind::BraceClose | TokenKind::End);
        if self.at(TokenKind::Comma) && ends_arm && !self.at_line_start() {
            let comma = self.bump();
            let span = self.token_span(comma);
            self.arm_habit(span, Edit::delete(span));
        }
    }

    /// Whether `? a : b` stands here: after `?` nothing else begins an expression.
    fn at_choice(&self) -> bool {
        let next = self.peek_at(1);
        let begins = matches!(
            next.kind,
            TokenKind::Identifier
                | TokenKind::Int
                | TokenKind::Float
                | TokenKind::String
                | TokenKind::StringOpen
                | TokenKind::True
                | TokenKind::False
                | TokenKind::Null
        );
        if !self.at(TokenKind::Question) || !begins || next.line_start {
            return false;
        }
        let mut depth = 0usize;
        let ahead = (2..200).map(|ahead| self.peek_at(ahead));
        for token in ahead.take_while(|token| !token.line_start && token.kind != TokenKind::EndOfFence) {
            match token.kind {
                TokenKind::Colon if depth == 0 => return true,
                TokenKind::ParenOpen | TokenKind::BracketOpen | TokenKind::BraceOpen => depth += 1,
                TokenKind::ParenClose | TokenKind::BracketClose | TokenKind::BraceClose if depth == 0 => {
                    return false;
                }
                TokenKind::ParenClose | TokenKind::BracketClose | TokenKind::BraceClose => depth -= 1,
                _ => {}
            }
        }
        false
    }

    /// Whether a `?` here belongs to a choice, not to the operand before it.
    pub(super) fn ends_at_choice(&self) -> bool {
        self.at(TokenKind::Question) && self.at_choice()
    }

    /// `? a : b` after a condition: reported, and read as `if condition then a else b`.
    pub(super) fn choice(&mut self, condition: ExprId) -> ExprId {
        if self.panicking || !self.at_choice() {
            return condition;
        }
        let question = self.bump();
        let start = self.expr_span(condition);
        let then = self.choice_part();
        if self.panicking || !self.at(TokenKind::Colon) {
            self.expected("`:` and the other value");
            return condition;
        }
        let colon = self.bump();
        let (question, colon) = (self.token_span(question), self.token_span(colon));
        Draft::at(question, "a choice is not written with `?` and `:`")
            .related(colon, "the other value follows here")
            .fix(
                "write `if condition then a else b`",
                [
                    Edit::before(start, "if "),
                    Edit::replace(question, "then"),
                    Edit::replace(colon, "else"),
                ],
            )
            .note(self);
        let otherwise = Some(self.choice_part());
        let span = self.span_from(start.start);
        let kind = ExprKind::If {
            condition,
            then,
            otherwise,
        };
        self.expr(kind, span)
    }

    fn choice_part(&mut self) -> Block {
        let value = self.expression();
        let span = self.expr_span(value);
        let statement = self.add_statement(StatementKind::Expr(value), span);
        Block {
            statements: vec![statement],
            span,
        }
    }

    /// The lines of a declaration, all in brackets after its head: `record P(x: Int)`, `enum E { A, B }`. Reported, and read
    /// as the lines that they mean; whether they stand there.
    pub(super) fn lines_in_brackets(
        &mut self,
        opener: &Opener,
        what: &str,
        line: &mut impl FnMut(&mut Self, Token) -> bool,
    ) -> bool {
        let open = self.peek();
        let close = match open.kind {
            TokenKind::ParenOpen => TokenKind::ParenClose,
            TokenKind::BraceOpen if !self.peek_at(1).line_start => TokenKind::BraceClose,
            _ => return false,
        };
        if self.panicking || open.line_start {
            return false;
        }
        let before = self.previous_end();
        self.bump();
        let mut written = Vec::new();
        self.list(open, close, what, |parser| {
            let first = parser.peek();
            if !line(parser, first) {
                parser.expected(what);
            }
            written.push((first.start, parser.previous_end()));
        });
        let end = self.peek();
        let has_end = end.kind == TokenKind::End && end.line_start && end.indent == opener.indent;
        let indent = self.indent_of(open.start).to_owned();
        let mut text = String::new();
        for (start, end) in written {
            let line = self.source.get(start as usize..end as usize).unwrap_or("");
            text += &format!("\n{indent}  {line}");
        }
        if !has_end {
            text += &format!("\n{indent}end");
        }
        let span = self.span(open.start, self.previous_end());
        let edit = Edit::replace(self.span(before, span.end), text);
        let article = if opener.what() == "enum" { "an" } else { "a" };
        let message = format!(
            "the parts of {article} `{}` stand on lines of their own",
            opener.what()
        );
        Draft::at(span, message)
            .fix("write one a line below its name, and `end` below them", [edit])
            .note(self);
        if has_end {
            self.bump();
        }
        true
    }
}

//! Operands: literals, names, brackets, and the expressions that begin with a word.

use super::Parser;
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::ast::{ExprId, ExprKind, StringPart};
use crate::syntax::token::{Token, TokenKind};

impl Parser<'_> {
    /// An operand without what may follow it.
    pub(super) fn primary(&mut self) -> ExprId {
        self.foreign_prefix();
        let token = self.peek();
        if self.at_line_end() && self.position > 0 && self.after_statement_word() {
            self.expected("an expression");
            return self.error_expr();
        }
        if self.at_foreign_lambda() {
            return self.foreign_lambda();
        }
        let kind = match token.kind {
            TokenKind::Null => ExprKind::Null,
            TokenKind::True => ExprKind::Bool(true),
            TokenKind::False => ExprKind::Bool(false),
            TokenKind::Int => ExprKind::Int(self.int_value(token)),
            TokenKind::Float => ExprKind::Float(self.literals.floats[token.data as usize]),
            TokenKind::Bytes => ExprKind::Bytes(self.literals.bytes[token.data as usize].clone()),
            TokenKind::String => ExprKind::String(vec![StringPart::Text(self.literal_text(token))]),
            TokenKind::Ok | TokenKind::Err => ExprKind::Name(self.intern(token)),
            TokenKind::Identifier => return self.name_or_word(token),
            TokenKind::StringOpen => {
                self.bump();
                let parts = self.string_parts();
                let span = self.span_from(token.start);
                return self.expr(ExprKind::String(parts), span);
            }
            TokenKind::ParenOpen => return self.parenthesized(),
            TokenKind::BracketOpen => return self.bracketed(),
            TokenKind::BraceOpen => return self.braced(),
            _ => return self.worded(token),
        };
        self.bump();
        self.expr(kind, self.token_span(token))
    }

    /// Whether a line end here means that an operand is missing: after a word that takes one on its line.
    fn after_statement_word(&self) -> bool {
        let previous = self.tokens[self.position - 1].kind;
        matches!(
            previous,
            TokenKind::If | TokenKind::While | TokenKind::Match | TokenKind::Yield | TokenKind::Emit
        )
    }

    fn name_or_word(&mut self, token: Token) -> ExprId {
        let next = self.peek_at(1);
        let on_line = next.kind == TokenKind::Identifier && !(next.line_start && self.lines_count);
        if on_line && self.text(token) == "role" && self.peek_at(2).kind == TokenKind::Colon {
            return self.role();
        }
        if on_line && self.text(token) == "schema" {
            self.bump();
            let ty = self.type_expr();
            let span = self.span_from(token.start);
            return self.expr(ExprKind::SchemaArgument(ty), span);
        }
        self.bump();
        let name = self.intern(token);
        self.expr(ExprKind::Name(name), self.token_span(token))
    }

    /// `role name: expr`, or `role name:` and a text up to `end`.
    fn role(&mut self) -> ExprId {
        let opener = self.opener("role");
        let start = self.bump().start;
        let name = self.bump();
        let role = self.ident_of(name);
        self.bump();
        let text = if self.eat(TokenKind::RoleText) {
            let parts = self.string_parts();
            self.close(&opener);
            parts
        } else {
            vec![StringPart::Interpolation {
                value: self.expression(),
                spec: None,
            }]
        };
        let span = self.span_from(start);
        self.expr(ExprKind::Role { role, text }, span)
    }

    /// The parts of a string whose opening was taken, and its closing.
    fn string_parts(&mut self) -> Vec<StringPart> {
        let mut parts = Vec::new();
        loop {
            let token = self.bump();
            match token.kind {
                TokenKind::StringText => {
                    let text = self.literal_text(token);
                    if !text.is_empty() {
                        parts.push(StringPart::Text(text));
                    }
                }
                TokenKind::InterpolationOpen => {
                    let (value, spec) = self.interpolation(token);
                    parts.push(StringPart::Interpolation { value, spec });
                }
                TokenKind::StringClose | TokenKind::EndOfFence => break,
                _ => {}
            }
        }
        if parts.is_empty() {
            parts.push(StringPart::Text(String::new()));
        }
        parts
    }

    /// `expr}` or `expr:spec}`, after the brace. An error in it ends with it.
    fn interpolation(&mut self, open: Token) -> (ExprId, Option<(String, crate::diagnostic::Span)>) {
        let lines_count = std::mem::replace(&mut self.lines_count, false);
        let was_panicking = self.panicking;
        let value = if matches!(self.kind(), TokenKind::InterpolationClose | TokenKind::FormatSpec) {
            let span = self.span(open.start, self.peek().end);
            let draft = super::cursor::Draft::at(span, "these braces hold no expression");
            draft.help("write literal braces as `\\{` and `\\}`").note(self);
            self.error_expr()
        } else {
            self.expression()
        };
        let mut spec = None;
        if self.at(TokenKind::FormatSpec) {
            let token = self.bump();
            spec = Some((self.literal_text(token), self.token_span(token)));
        }
        if !self.at(TokenKind::InterpolationClose) {
            let found = self.found();
            self.error_here(format!("expected `}}`, found {found}"))
                .help("write a literal brace in a string as `\\{`, or the string as r\"...\"")
                .report(self);
            self.skip_interpolation();
        }
        self.eat(TokenKind::InterpolationClose);
        self.panicking = was_panicking;
        self.lines_count = lines_count;
        (value, spec)
    }

    /// Skips to the end of the interpolation that is being read; strings inside it are skipped whole.
    fn skip_interpolation(&mut self) {
        let mut open = 0usize;
        while !self.at_fence_end() {
            match self.kind() {
                TokenKind::InterpolationOpen => open += 1,
                TokenKind::InterpolationClose if open == 0 => break,
                TokenKind::InterpolationClose => open -= 1,
                _ => {}
            }
            self.bump();
        }
    }

    pub(super) fn int_magnitude(&self, token: Token) -> u64 {
        self.literals.ints[token.data as usize]
    }

    /// The value of an integer token without a minus before it.
    fn int_value(&mut self, token: Token) -> i64 {
        let magnitude = self.int_magnitude(token);
        i64::try_from(magnitude).unwrap_or_else(|_| {
            let text = self.text(token);
            let message = format!("`{text}` is out of range for Int");
            let diagnostic = Diagnostic::new(Code::E0004, self.token_span(token), message)
                .help("an Int lies between -9223372036854775808 and 9223372036854775807");
            self.complain(diagnostic);
            0
        })
    }

    /// The value of a text token. Copied, since a declaration may be read twice.
    pub(super) fn literal_text(&self, token: Token) -> String {
        self.literals.texts[token.data as usize].clone()
    }

    /// The number, string or other literal of a pattern that begins here, with its sign; `None` if none does.
    pub(super) fn pattern_literal(&mut self) -> Option<ExprId> {
        let token = self.peek();
        if token.kind == TokenKind::Minus {
            return self.negative_literal(token);
        }
        let literal = matches!(
            token.kind,
            TokenKind::Null
                | TokenKind::True
                | TokenKind::False
                | TokenKind::Int
                | TokenKind::Float
                | TokenKind::Bytes
                | TokenKind::String
        );
        if literal {
            return Some(self.primary());
        }
        if token.kind == TokenKind::StringOpen {
            self.error_here("a pattern holds no interpolation")
                .help("compare in a guard: `text if text == \"...\" ->`")
                .note(self);
            return Some(self.primary());
        }
        None
    }

    fn negative_literal(&mut self, minus: Token) -> Option<ExprId> {
        self.bump();
        let token = self.peek();
        let kind = match token.kind {
            TokenKind::Int if self.int_magnitude(token) == 1 << 63 => ExprKind::Int(i64::MIN),
            TokenKind::Int => ExprKind::Int(-self.int_value(token)),
            TokenKind::Float => ExprKind::Float(-self.literals.floats[token.data as usize]),
            _ => {
                self.expected("a number after `-`");
                return Some(self.error_expr());
            }
        };
        self.bump();
        let span = self.span_from(minus.start);
        Some(self.expr(kind, span))
    }
}

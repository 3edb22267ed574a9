//! Patterns.

use super::Parser;
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::syntax::ast::{
    ExprId, FieldPattern, Ident, Pattern, PatternId, PatternKind, TypeExpr, TypeExprId, TypeExprKind,
};
use crate::syntax::token::{Token, TokenKind};

/// What stands in the parentheses of a pattern.
enum Part {
    /// `p`.
    Plain(PatternId),
    /// `field: p`, or `name: Type` where the type can be read as a pattern too.
    Field(Ident, PatternId),
}

impl Parser<'_> {
    /// A pattern of a `match` arm: `p | q as name`.
    pub(super) fn pattern(&mut self) -> PatternId {
        self.pattern_as(true)
    }

    /// A pattern whose type, if any, stands after it, outside: `let p: T`, `for`, lambda parameters.
    pub(super) fn binding_pattern(&mut self) -> PatternId {
        self.pattern_as(false)
    }

    fn pattern_as(&mut self, typed: bool) -> PatternId {
        let start = self.peek().start;
        let pattern = self.nested(|parser| {
            let mut pattern = parser.pattern_or(typed);
            if !parser.panicking && parser.eat(TokenKind::As) {
                let Some(name) = parser.ident("a name after `as`") else {
                    return pattern;
                };
                let span = parser.span_from(start);
                pattern = parser.add_pattern(PatternKind::As(pattern, name), span);
            }
            pattern
        });
        match pattern {
            Some(pattern) => pattern,
            None => self.error_pattern(),
        }
    }

    fn pattern_or(&mut self, typed: bool) -> PatternId {
        let start = self.peek().start;
        let first = self.pattern_primary(typed);
        if self.panicking || !self.at(TokenKind::Bar) {
            return first;
        }
        let mut alternatives = vec![first];
        while !self.panicking && self.eat(TokenKind::Bar) {
            alternatives.push(self.pattern_primary(typed));
        }
        let span = self.span_from(start);
        self.add_pattern(PatternKind::Or(alternatives), span)
    }

    pub(super) fn add_pattern(&mut self, kind: PatternKind, span: Span) -> PatternId {
        self.ast.patterns.push(Pattern { kind, span })
    }

    pub(super) fn error_pattern(&mut self) -> PatternId {
        let at = self.previous_end();
        let span = self.span(at, at);
        self.add_pattern(PatternKind::Error, span)
    }

    fn pattern_primary(&mut self, typed: bool) -> PatternId {
        let token = self.peek();
        let cut_off = self.at_line_end() && !self.line_goes_on();
        if !cut_off && let Some(literal) = self.pattern_literal() {
            return self.literal_or_range(token, literal);
        }
        let kind = match token.kind {
            _ if cut_off => {
                self.expected("a pattern");
                PatternKind::Error
            }
            TokenKind::Identifier if self.text(token) == "_" => {
                self.bump();
                let ty = self.pattern_type(typed);
                PatternKind::Wildcard(ty)
            }
            TokenKind::Identifier | TokenKind::Ok | TokenKind::Err => self.named_pattern(token, typed),
            TokenKind::BracketOpen => self.list_pattern(),
            TokenKind::ParenOpen => return self.tuple_pattern(),
            kind if kind.is_word() => {
                let word = self.text(token);
                self.error_here(format!("expected a pattern, found the reserved word `{word}`"))
                    .help(format!("choose another name, for example `{word}_`"))
                    .report(self);
                PatternKind::Error
            }
            _ => {
                self.expected("a pattern");
                PatternKind::Error
            }
        };
        let span = if matches!(kind, PatternKind::Error) {
            self.span(token.start, token.start)
        } else {
            self.span_from(token.start)
        };
        self.add_pattern(kind, span)
    }

    /// `: Type`, if patterns carry types here.
    fn pattern_type(&mut self, typed: bool) -> Option<crate::syntax::ast::TypeExprId> {
        let there = typed && !self.at_line_end() && self.eat(TokenKind::Colon);
        there.then(|| self.tested_type())
    }

    fn literal_or_range(&mut self, first: Token, from: ExprId) -> PatternId {
        let inclusive = self.at(TokenKind::DotDotEqual);
        let range = !self.panicking && (inclusive || self.at(TokenKind::DotDot));
        let kind = if range {
            self.bump();
            match self.pattern_literal() {
                Some(to) => PatternKind::Range { from, to, inclusive },
                None => {
                    self.error_here("a range has both ends")
                        .help("write `1..10` or `1..=9`")
                        .report(self);
                    PatternKind::Error
                }
            }
        } else {
            PatternKind::Literal(from)
        };
        let span = self.span_from(first.start);
        self.add_pattern(kind, span)
    }

    /// A name, or a path with what stands in parentheses after it.
    fn named_pattern(&mut self, first: Token, typed: bool) -> PatternKind {
        self.bump();
        let name = self.ident_of(first);
        let mut path = vec![name];
        while self.at(TokenKind::Dot) || self.at_double_colon() {
            match self.kind() {
                TokenKind::Dot => drop(self.bump()),
                _ => self.double_colon(),
            }
            match self.field_ident("the name of a variant after `.`") {
                Some(part) => path.push(part),
                None => return PatternKind::Error,
            }
        }
        if self.at(TokenKind::ParenOpen) && !self.at_line_end() {
            return self.parenthesized_pattern(first, path);
        }
        if path.len() > 1 {
            return PatternKind::Variant { path, payload: None };
        }
        if matches!(first.kind, TokenKind::Ok | TokenKind::Err) {
            let word = self.text(first);
            self.error_here(format!("`{word}` holds a value"))
                .help(format!("write `{word}(value)` or `{word}(_)`"))
                .note(self);
            return PatternKind::Error;
        }
        let ty = self.pattern_type(typed);
        PatternKind::Name(name.name, ty)
    }

    /// `Variant(p, q)` or `Type(field: p, other)`. Which of them is decided by the colons: `ok` and `err` take
    /// patterns, and so does a name whose parts are all plain.
    fn parenthesized_pattern(&mut self, first: Token, path: Vec<Ident>) -> PatternKind {
        let builtin = path.len() == 1 && matches!(first.kind, TokenKind::Ok | TokenKind::Err);
        let open = self.bump();
        let mut parts = Vec::new();
        self.list(open, TokenKind::ParenClose, "a pattern", |parser| {
            let part = parser.pattern_part(builtin);
            parts.push(part);
        });
        let is_record = parts.iter().any(|part| matches!(part, Part::Field(..)));
        if is_record && let Some(payload) = self.typed_payload(&parts) {
            let payload = Some(payload);
            return PatternKind::Variant { path, payload };
        }
        if !is_record {
            let plain = |part| match part {
                Part::Plain(pattern) | Part::Field(_, pattern) => pattern,
            };
            let payload = Some(parts.into_iter().map(plain).collect());
            return PatternKind::Variant { path, payload };
        }
        let mut fields = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Part::Field(field, pattern) => fields.push(FieldPattern {
                    field,
                    pattern: Some(pattern),
                }),
                Part::Plain(pattern) => fields.extend(self.shorthand_field(pattern)),
            }
        }
        PatternKind::Record { path, fields }
    }

    /// `(n: Int, _)`: if a part can be no field of a record, these are the parts of a variant, and what stands after
    /// each colon is a type.
    fn typed_payload(&mut self, parts: &[Part]) -> Option<Vec<PatternId>> {
        let is_field = |part: &Part| match part {
            Part::Field(..) => true,
            Part::Plain(pattern) => matches!(
                self.ast.patterns[*pattern].kind,
                PatternKind::Name(_, None) | PatternKind::Error
            ),
        };
        if parts.iter().all(is_field) {
            return None;
        }
        let mut payload = Vec::with_capacity(parts.len());
        for part in parts {
            payload.push(match *part {
                Part::Plain(pattern) => pattern,
                Part::Field(name, pattern) => {
                    let ty = self.pattern_as_type(pattern)?;
                    let span = self.span(name.span.start, self.ast.patterns[pattern].span.end);
                    self.add_pattern(PatternKind::Name(name.name, Some(ty)), span)
                }
            });
        }
        Some(payload)
    }

    /// The type that a pattern can be read as: names in upper case, joined by `|`.
    fn pattern_as_type(&mut self, pattern: PatternId) -> Option<TypeExprId> {
        let Pattern { kind, span } = self.ast.patterns[pattern].clone();
        let kind = match kind {
            PatternKind::Name(name, None) if self.ast.names.text(name).starts_with(char::is_uppercase) => {
                let name = Ident { name, span };
                TypeExprKind::Named {
                    module: None,
                    name,
                    arguments: Vec::new(),
                }
            }
            PatternKind::Variant { path, payload: None } => match path[..] {
                [module, name] => TypeExprKind::Named {
                    module: Some(module),
                    name,
                    arguments: Vec::new(),
                },
                _ => return None,
            },
            PatternKind::Or(alternatives) => {
                let members = alternatives
                    .into_iter()
                    .map(|pattern| self.pattern_as_type(pattern));
                TypeExprKind::Union(members.collect::<Option<_>>()?)
            }
            _ => return None,
        };
        Some(self.ast.types.push(TypeExpr { kind, span }))
    }

    /// `other` among the fields of a record pattern: it binds the field of that name.
    fn shorthand_field(&mut self, pattern: PatternId) -> Option<FieldPattern> {
        let Pattern { kind, span } = &self.ast.patterns[pattern];
        let span = *span;
        if let PatternKind::Name(name, None) = *kind {
            return Some(FieldPattern {
                field: Ident { name, span },
                pattern: None,
            });
        }
        if !matches!(kind, PatternKind::Error) {
            let message = "expected a field, found a pattern without one";
            let diagnostic = Diagnostic::new(Code::E0015, span, message);
            self.complain(diagnostic.help("write `field: pattern`; fields that are not listed are ignored"));
        }
        None
    }

    fn pattern_part(&mut self, builtin: bool) -> Part {
        let (token, colon, after, beyond) = (self.peek(), self.peek_at(1), self.peek_at(2), self.peek_at(3));
        let named =
            (token.kind == TokenKind::Identifier || token.kind.is_word()) && colon.kind == TokenKind::Colon;
        let named = named && !self.is_double_colon(1);
        // `name: list[Int]` and `name: Int?` can only be a type.
        let type_only = after.kind == TokenKind::Identifier
            && matches!(
                beyond.kind,
                TokenKind::BracketOpen | TokenKind::Question | TokenKind::QuestionQuestion
            );
        if !named || builtin || type_only || self.text(token) == "_" {
            return Part::Plain(self.pattern());
        }
        self.bump();
        let field = self.ident_of(token);
        self.bump();
        Part::Field(field, self.pattern())
    }

    /// `[a, b, ...rest]`.
    fn list_pattern(&mut self) -> PatternKind {
        let open = self.bump();
        let mut elements = Vec::new();
        let mut rest = None;
        self.list(open, TokenKind::BracketClose, "a pattern", |parser| {
            if rest.is_some() {
                parser
                    .error_here("nothing can follow the rest of a list")
                    .help("move `...` to the end")
                    .report(parser);
                return;
            }
            if !parser.eat(TokenKind::Ellipsis) {
                elements.push(parser.pattern());
            } else if parser.at(TokenKind::Identifier) {
                let token = parser.bump();
                let name = parser.ident_of(token);
                rest = Some((parser.text(token) != "_").then_some(name));
            } else {
                rest = Some(None);
            }
        });
        PatternKind::List { elements, rest }
    }

    /// `(a, b)`; `(p)` is `p`.
    fn tuple_pattern(&mut self) -> PatternId {
        let open = self.bump();
        let mut elements = Vec::new();
        self.list(open, TokenKind::ParenClose, "a pattern", |parser| {
            elements.push(parser.pattern());
        });
        if let [single] = elements[..] {
            return single;
        }
        let span = self.span_from(open.start);
        let kind = if elements.is_empty() {
            if !self.panicking {
                let draft = super::cursor::Draft::at(span, "a tuple has at least two elements");
                draft.help("`_` matches anything").note(self);
            }
            PatternKind::Error
        } else {
            PatternKind::Tuple(elements)
        };
        self.add_pattern(kind, span)
    }
}

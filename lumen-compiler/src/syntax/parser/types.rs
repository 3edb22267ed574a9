//! Types.

use super::Parser;
use crate::diagnostic::{Edit, Span};
use crate::syntax::ast::{Ident, TypeExpr, TypeExprId, TypeExprKind};
use crate::syntax::token::{Token, TokenKind};

impl Parser<'_> {
    /// A type: members joined by `|`.
    pub(super) fn type_expr(&mut self) -> TypeExprId {
        self.type_union(true)
    }

    /// The type after `is`, `as`, `expect schema` and in patterns: a function type there needs parentheses, and `is`
    /// takes `ok` and `err` too.
    pub(super) fn tested_type(&mut self) -> TypeExprId {
        if matches!(self.kind(), TokenKind::Ok | TokenKind::Err) {
            let token = self.bump();
            let name = self.ident_of(token);
            return self.named(None, name, Vec::new(), token.start);
        }
        self.type_union(false)
    }

    fn type_union(&mut self, functions: bool) -> TypeExprId {
        let start = self.peek().start;
        let union = self.nested(|parser| {
            let first = parser.type_member(functions);
            if parser.panicking || !parser.type_bar() {
                return first;
            }
            let mut members = vec![first];
            while !parser.panicking && parser.type_bar() {
                parser.bump();
                members.push(parser.type_member(functions));
            }
            let span = parser.span_from(start);
            parser.add_type(TypeExprKind::Union(members), span)
        });
        match union {
            Some(union) => union,
            None => self.error_type(),
        }
    }

    /// A `|` may begin a line, as any operator.
    fn type_bar(&self) -> bool {
        self.at(TokenKind::Bar)
    }

    fn add_type(&mut self, kind: TypeExprKind, span: Span) -> TypeExprId {
        self.ast.types.push(TypeExpr { kind, span })
    }

    pub(super) fn error_type(&mut self) -> TypeExprId {
        let at = self.previous_end();
        let span = self.span(at, at);
        self.add_type(TypeExprKind::Error, span)
    }

    /// A type without `|`, with the `?` after it. `T??` is `T?`.
    fn type_member(&mut self, functions: bool) -> TypeExprId {
        let start = self.peek().start;
        let member = self.type_primary(functions);
        let mut optional = false;
        while !self.panicking && self.at_optional_mark(functions) {
            self.bump();
            optional = true;
        }
        if !optional {
            return member;
        }
        let span = self.span_from(start);
        self.add_type(TypeExprKind::Optional(member), span)
    }

    /// Whether a `?` stands here. Where types are tested, `??` is the operator.
    fn at_optional_mark(&self, functions: bool) -> bool {
        match self.kind() {
            TokenKind::Question => !self.at_line_end(),
            TokenKind::QuestionQuestion => functions,
            _ => false,
        }
    }

    fn type_primary(&mut self, functions: bool) -> TypeExprId {
        let token = self.peek();
        if self.at_line_end() && !self.line_goes_on() {
            self.expected("a type");
            return self.error_type();
        }
        match token.kind {
            TokenKind::Identifier => self.named_type(token),
            TokenKind::ParenOpen => self.tuple_type(),
            TokenKind::Fn => {
                if !functions {
                    self.error_here("a function type needs parentheses here")
                        .help("write `(fn(A) -> B)`")
                        .note(self);
                }
                self.function_type()
            }
            TokenKind::Null => {
                self.error_here("the type of `null` is `Null`")
                    .instead("write `Null`", "Null")
                    .note(self);
                self.bump();
                let name = Ident {
                    name: self.ast.names.intern("Null"),
                    span: self.token_span(token),
                };
                self.named(None, name, Vec::new(), token.start)
            }
            TokenKind::BracketOpen => {
                self.error_here("expected a type, found `[`")
                    .help("a list of T is `list[T]`")
                    .note(self);
                let name = Ident {
                    name: self.ast.names.intern("list"),
                    span: self.token_span(token),
                };
                let open = self.bump();
                let mut arguments = Vec::new();
                self.list(open, TokenKind::BracketClose, "a type", |parser| {
                    arguments.push(parser.type_expr())
                });
                self.named(None, name, arguments, token.start)
            }
            _ => {
                let found = self.found();
                let draft = self.error_here(format!("expected a type, found {found}"));
                let draft = match token.kind {
                    TokenKind::String | TokenKind::Int => draft.help(
                        "a single value is no type: declare an `enum` with a variant for each, or a `where` of a field",
                    ),
                    TokenKind::BraceOpen => {
                        draft.help("a map is `map[K, V]`, a set `set[T]`; declare fields in a `record`")
                    }
                    _ => draft,
                };
                draft.report(self);
                self.error_type()
            }
        }
    }

    /// `: Bound` behind an argument of a type.
    fn skip_misplaced_bound(&mut self) {
        self.error_here("the argument of a type has no bound")
            .help("bounds stand where a parameter is declared: `impl[T: Bound] Trait for list[T]`, `cell f[T: Bound](...)`")
            .note(self);
        self.bump();
        self.type_expr();
    }

    /// `Name`, `module.Name`, with arguments.
    fn named_type(&mut self, first: Token) -> TypeExprId {
        self.bump();
        let mut name = self.ident_of(first);
        let mut module = None;
        if self.at(TokenKind::Dot) {
            self.bump();
            match self.field_ident("the name of a type after `.`") {
                Some(last) => module = Some(std::mem::replace(&mut name, last)),
                None => return self.error_type(),
            }
        }
        let mut arguments = Vec::new();
        if self.at(TokenKind::BracketOpen) && !self.at_line_end() {
            let open = self.bump();
            if self.at(TokenKind::BracketClose) {
                let written = self.text(first);
                let brackets = self.span(open.start, self.peek().end);
                self.error_here("expected a type, found `]`")
                    .fix(
                        format!("a list of `{written}` is `list[{written}]`"),
                        [Edit::before(name.span, "list["), Edit::replace(brackets, "]")],
                    )
                    .note(self);
                self.bump();
                let element = self.named(module, name, arguments, first.start);
                let list = Ident {
                    name: self.ast.names.intern("list"),
                    span: name.span,
                };
                return self.named(None, list, vec![element], first.start);
            }
            self.list(open, TokenKind::BracketClose, "a type", |parser| {
                arguments.push(parser.type_expr());
                // Elsewhere a colon rather comes of a bracket that is not closed.
                if parser.at(TokenKind::Colon) && parser.peek_at(2).kind == TokenKind::BracketClose {
                    parser.skip_misplaced_bound();
                }
            });
        } else if self.at(TokenKind::Less) && self.peek().start == self.previous_end() {
            let written = self.text(first);
            let draft = self.error_here("arguments of a type stand in brackets");
            let help = format!("write `{written}[...]` in place of `{written}<...>`");
            match self.closing_angle() {
                Some(close) => draft.fix(help, self.brackets_for(self.peek(), close)),
                None => draft.help(help),
            }
            .note(self);
            let open = self.bump();
            self.list(open, TokenKind::Greater, "a type", |parser| {
                arguments.push(parser.type_expr())
            });
        }
        self.named(module, name, arguments, first.start)
    }

    fn named(
        &mut self,
        module: Option<Ident>,
        name: Ident,
        arguments: Vec<TypeExprId>,
        start: u32,
    ) -> TypeExprId {
        let span = self.span_from(start);
        let kind = TypeExprKind::Named {
            module,
            name,
            arguments,
        };
        self.add_type(kind, span)
    }

    /// `(A, B)`; `(A)` is `A`.
    fn tuple_type(&mut self) -> TypeExprId {
        let open = self.bump();
        let mut members = Vec::new();
        self.list(open, TokenKind::ParenClose, "a type", |parser| {
            members.push(parser.type_expr())
        });
        match members[..] {
            [member] => member,
            [] => {
                let span = self.span_from(open.start);
                super::cursor::Draft::at(span, "a tuple has at least two elements")
                    .instead("the type of no value is `Null`", "Null")
                    .note(self);
                self.add_type(TypeExprKind::Error, span)
            }
            _ => {
                let span = self.span_from(open.start);
                self.add_type(TypeExprKind::Tuple(members), span)
            }
        }
    }

    /// `fn(A, B) -> R / {effects}`.
    fn function_type(&mut self) -> TypeExprId {
        let start = self.bump().start;
        let mut parameters = Vec::new();
        if self.at(TokenKind::ParenOpen) {
            let open = self.bump();
            self.list(open, TokenKind::ParenClose, "a type", |parser| {
                parameters.push(parser.type_expr())
            });
        } else {
            self.expected("`(` and types after `fn`");
            return self.error_type();
        }
        if !self.expect(TokenKind::Arrow, "`->` and the type of the result") {
            return self.error_type();
        }
        let result = self.type_expr();
        let effects = self.effects().unwrap_or_default();
        let span = self.span_from(start);
        let kind = TypeExprKind::Function {
            parameters,
            result,
            effects,
        };
        self.add_type(kind, span)
    }

    /// `/ {a, b}`, if it stands here.
    pub(super) fn effects(&mut self) -> Option<Vec<Ident>> {
        if self.panicking || !self.at(TokenKind::Slash) || self.peek_at(1).kind != TokenKind::BraceOpen {
            return None;
        }
        self.bump();
        let open = self.bump();
        let mut effects = Vec::new();
        self.list(open, TokenKind::BraceClose, "an effect", |parser| {
            effects.extend(parser.field_ident("the name of an effect"));
        });
        Some(effects)
    }
}

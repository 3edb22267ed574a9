//! Brackets: comma lists, tuples, lists, sets, maps and comprehensions.

use super::Parser;
use super::cursor::Draft;
use crate::diagnostic::Span;
use crate::syntax::ast::{ComprehensionKind, Element, ExprId, ExprKind, ForClause, MapEntry, PatternId};
use crate::syntax::token::{Token, TokenKind};

/// What stands first inside braces, before it is known what they hold.
enum BraceItem {
    Element(Element),
    Entry(ExprId, ExprId),
}

impl Parser<'_> {
    /// The rest of a comma list whose opening bracket `open` was taken: elements, perhaps a trailing comma, `close`.
    pub(super) fn list(
        &mut self,
        open: Token,
        close: TokenKind,
        what: &str,
        mut element: impl FnMut(&mut Self),
    ) {
        let lines_count = std::mem::replace(&mut self.lines_count, false);
        let vertical = self.at_line_start();
        while !self.at(close) {
            if self.at(TokenKind::Comma) {
                self.expected(what);
            } else {
                element(self);
            }
            if self.panicking && !self.abandoned {
                if !self.recover_element(close, vertical, open.indent) {
                    break;
                }
                self.panicking = false;
            }
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        if !self.at(close) && !self.panicking {
            let found = self.found();
            let written = self.text(open);
            let opened = self.token_span(open);
            self.error_here(format!("expected `,` or {}, found {found}", close.describe()))
                .related(opened, format!("this `{written}` is not closed"))
                .report(self);
            if self.recover_element(close, vertical, open.indent) && self.at(close) {
                self.bump();
                self.panicking = false;
            }
        } else {
            self.eat(close);
        }
        self.lines_count = lines_count;
    }

    /// `(e)`, `(a, b)`.
    pub(super) fn parenthesized(&mut self) -> ExprId {
        let open = self.bump();
        let mut items = Vec::new();
        let mut comma = false;
        self.list(open, TokenKind::ParenClose, "a value", |parser| {
            items.push(parser.expression());
            comma = parser.at(TokenKind::Comma);
        });
        let span = self.span_from(open.start);
        if items.len() == 1 && !comma {
            return self.expr(ExprKind::Parenthesized(items[0]), span);
        }
        if items.len() < 2 && !self.panicking {
            let draft = Draft::at(span, "a tuple has at least two elements");
            draft.help("for no value write `null`").note(self);
            return self.expr(ExprKind::Error, span);
        }
        self.expr(ExprKind::Tuple(items), span)
    }

    /// `[a, ...b]`, `[e for x in xs]`.
    pub(super) fn bracketed(&mut self) -> ExprId {
        let open = self.bump();
        let mut elements = Vec::new();
        let mut clauses = Vec::new();
        self.list(open, TokenKind::BracketClose, "an element", |parser| {
            elements.push(parser.element());
            if elements.len() == 1 {
                clauses = parser.for_clauses();
            }
        });
        let span = self.span_from(open.start);
        let is_spread = matches!(elements.first(), Some(Element::Spread(_)));
        if !clauses.is_empty() && self.more_than_a_comprehension(span, elements.len(), is_spread) {
            return self.expr(ExprKind::Error, span);
        }
        let kind = match (elements.first(), clauses.is_empty()) {
            (Some(Element::Item(element)), false) => ExprKind::Comprehension {
                kind: ComprehensionKind::List,
                element: *element,
                value: None,
                clauses,
            },
            _ => ExprKind::List(elements),
        };
        self.expr(kind, span)
    }

    fn element(&mut self) -> Element {
        if self.eat(TokenKind::Ellipsis) {
            return Element::Spread(self.expression());
        }
        Element::Item(self.expression())
    }

    /// `{a, b}`, `{k: v}`, `{}`, `{...a}`, and comprehensions of sets and maps.
    pub(super) fn braced(&mut self) -> ExprId {
        let open = self.bump();
        let mut items = Vec::new();
        let mut clauses = Vec::new();
        self.list(
            open,
            TokenKind::BraceClose,
            "an element or `key: value`",
            |parser| {
                let item = parser.brace_item();
                items.push(item);
                if items.len() == 1 {
                    clauses = parser.for_clauses();
                }
            },
        );
        let span = self.span_from(open.start);
        let is_spread = matches!(items.first(), Some(BraceItem::Element(Element::Spread(_))));
        if !clauses.is_empty() && self.more_than_a_comprehension(span, items.len(), is_spread) {
            return self.expr(ExprKind::Error, span);
        }
        let kind = self.brace_kind(items, clauses);
        self.expr(kind, span)
    }

    fn brace_item(&mut self) -> BraceItem {
        if self.eat(TokenKind::Ellipsis) {
            return BraceItem::Element(Element::Spread(self.expression()));
        }
        let key = self.expression();
        if self.panicking || !self.eat(TokenKind::Colon) {
            return BraceItem::Element(Element::Item(key));
        }
        BraceItem::Entry(key, self.expression())
    }

    fn brace_kind(&mut self, items: Vec<BraceItem>, clauses: Vec<ForClause>) -> ExprKind {
        if !clauses.is_empty()
            && let Some(first) = items.first()
        {
            let (kind, element, value) = match *first {
                BraceItem::Entry(key, value) => (ComprehensionKind::Map, key, Some(value)),
                BraceItem::Element(Element::Item(element) | Element::Spread(element)) => {
                    (ComprehensionKind::Set, element, None)
                }
            };
            return ExprKind::Comprehension {
                kind,
                element,
                value,
                clauses,
            };
        }
        if let [BraceItem::Element(Element::Spread(value))] = items[..] {
            return ExprKind::Spread(value);
        }
        let is_set = items
            .iter()
            .any(|item| matches!(item, BraceItem::Element(Element::Item(_))));
        if !is_set {
            let entry = |item| match item {
                BraceItem::Entry(key, value) => MapEntry::Item(key, value),
                BraceItem::Element(Element::Item(value) | Element::Spread(value)) => MapEntry::Spread(value),
            };
            return ExprKind::Map(items.into_iter().map(entry).collect());
        }
        let mut elements = Vec::with_capacity(items.len());
        for item in items {
            match item {
                BraceItem::Element(element) => elements.push(element),
                BraceItem::Entry(key, value) => {
                    let span = self.span(self.expr_span(key).start, self.expr_span(value).end);
                    let draft = Draft::at(span, "a set has elements, a map has entries, and this has both");
                    draft
                        .help("write `key: value` for each entry of a map")
                        .note(self);
                    elements.push(Element::Item(key));
                }
            }
        }
        ExprKind::Set(elements)
    }

    /// Whether there is something in the brackets of a comprehension that it cannot have; says so.
    fn more_than_a_comprehension(&mut self, span: Span, elements: usize, is_spread: bool) -> bool {
        let (message, help) = if is_spread {
            (
                "a comprehension makes one element a round, not several",
                "go over the inner elements too: `[x for xs in lists for x in xs]`",
            )
        } else {
            (
                "a comprehension stands alone in its brackets",
                "join the two: `[...[e for x in xs], other]`",
            )
        };
        let is_faulty = is_spread || elements > 1;
        if is_faulty && !self.panicking {
            Draft::at(span, message).help(help).note(self);
        }
        is_faulty
    }

    /// `for p in xs if c`, any number of them; none if no `for` stands here.
    fn for_clauses(&mut self) -> Vec<ForClause> {
        let mut clauses = Vec::new();
        while !self.panicking && self.eat(TokenKind::For) {
            let (pattern, iterable, filter) = self.for_clause();
            clauses.push(ForClause {
                pattern,
                iterable,
                filter,
            });
        }
        clauses
    }

    /// `p in xs if c`, after the `for`.
    pub(super) fn for_clause(&mut self) -> (PatternId, ExprId, Option<ExprId>) {
        if let Some(clause) = self.for_in_parentheses() {
            return clause;
        }
        let pattern = self.binding_pattern();
        if !self.panicking && self.at_name("of") {
            self.error_here("expected `in`, found `of`")
                .instead("write `in` in place of `of`", "in")
                .note(self);
            self.bump();
            return (pattern, self.expression(), None);
        }
        if !self.panicking && self.expect(TokenKind::In, "`in` and what to go over") {
            let iterable = self.expression();
            let filtered = !self.panicking && !self.at_line_end() && self.eat(TokenKind::If);
            let filter = filtered.then(|| self.condition());
            return (pattern, iterable, filter);
        }
        (pattern, self.error_expr(), None)
    }
}

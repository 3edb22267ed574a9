//! Patterns one by one: literals, names and types, and the names that they bind.

use super::super::body::{Body, Role};
use super::super::definition::Definition;
use super::super::messages::{e0004, e0010, e0011, e0012};
use super::super::types::{Type, Types};
use crate::diagnostic::Span;
use crate::hir::{self, LocalId, PatternId, Ty};
use crate::syntax::ast::{self, ExprKind, Ident, PatternKind, UnaryOp};
use crate::syntax::name::Name;

/// The names that one pattern binds.
#[derive(Debug)]
pub(crate) struct Binder {
    mutable: bool,
    bound: Vec<(Name, LocalId)>,
    /// In a further alternative of `p | q`: what the first one bound, and which of it was bound again.
    first: Option<Vec<(Name, LocalId, bool)>>,
    /// Something was reported.
    pub(crate) has_errors: bool,
}

impl Binder {
    /// No names yet.
    pub(crate) fn new(mutable: bool) -> Binder {
        Binder {
            mutable,
            bound: Vec::new(),
            first: None,
            has_errors: false,
        }
    }
}

/// Whether a name in a pattern refers to something instead of binding.
pub(crate) fn is_capital(text: &str) -> bool {
    text.trim_start_matches('_')
        .starts_with(|first: char| first.is_uppercase())
}

impl<'a> Body<'_, 'a> {
    /// A pattern for values of the type.
    pub(super) fn pattern(&mut self, id: ast::PatternId, ty: Ty, binder: &mut Binder) -> PatternId {
        let ast = self.checker.ast;
        let ast::Pattern { kind, span } = &ast.patterns[id];
        let span = *span;
        let ty = self.checker.resolve(ty);
        match kind {
            PatternKind::Wildcard(None) => self.new_pattern(hir::PatternKind::Wildcard, ty, span),
            PatternKind::Wildcard(Some(written)) => {
                let tested = self.checker.annotation(*written);
                let inner = self.new_pattern(hir::PatternKind::Wildcard, tested, span);
                self.typed(inner, tested, ty, span, binder)
            }
            PatternKind::Name(name, None) if is_capital(self.checker.text(*name)) => {
                let name = Ident { name: *name, span };
                self.capital(name, ty, binder)
            }
            PatternKind::Name(name, None) => self.bind_name(*name, ty, None, span, binder),
            PatternKind::Name(name, Some(written)) => {
                let tested = self.checker.annotation(*written);
                let inner = self.bind_name(*name, tested, None, span, binder);
                self.typed(inner, tested, ty, span, binder)
            }
            PatternKind::Literal(expr) => self.literal_pattern(*expr, ty, span, binder),
            PatternKind::Range { from, to, inclusive } => {
                self.range_pattern(*from, *to, *inclusive, ty, span, binder)
            }
            PatternKind::Variant { path, payload } => {
                let parts = payload.as_deref().unwrap_or_default();
                if !parts.is_empty()
                    && let Some(fields) = self.shorthand_fields(path, parts, ty, binder)
                {
                    return self.record_pattern(path, &fields, ty, span, binder);
                }
                self.variant_pattern(path, payload.as_deref(), ty, span, binder)
            }
            PatternKind::Record { path, fields } if self.names_variant(path, ty) => {
                self.typed_payload(path, fields, ty, span, binder)
            }
            PatternKind::Record { path, fields } => self.record_pattern(path, fields, ty, span, binder),
            PatternKind::List { elements, rest } => self.list_pattern(elements, *rest, ty, span, binder),
            PatternKind::Tuple(parts) => self.tuple_pattern(parts, ty, span, binder),
            PatternKind::Or(alternatives) => self.or_pattern(alternatives, ty, span, binder),
            PatternKind::As(inner, name) => {
                let inner = self.pattern(*inner, ty, binder);
                // Of a part of a union, the name has the type of that part.
                if let hir::PatternKind::Type(part, inner) = self.patterns[inner].kind {
                    let named = self.bind_name(name.name, part, Some(inner), name.span, binder);
                    return self.new_pattern(hir::PatternKind::Type(part, named), ty, span);
                }
                self.bind_name(name.name, ty, Some(inner), name.span, binder)
            }
            PatternKind::Error => self.faulty(ty, span, binder),
        }
    }

    /// A new pattern.
    pub(super) fn new_pattern(&mut self, kind: hir::PatternKind, ty: Ty, span: Span) -> PatternId {
        self.patterns.push(hir::Pattern { kind, ty, span })
    }

    /// What stands for a pattern that was reported.
    pub(super) fn faulty(&mut self, ty: Ty, span: Span, binder: &mut Binder) -> PatternId {
        binder.has_errors = true;
        self.new_pattern(hir::PatternKind::Wildcard, ty, span)
    }

    /// The names of an erroneous pattern are bound all the same, so that their uses are no errors.
    pub(super) fn excuse_names(&mut self, patterns: &[ast::PatternId], binder: &mut Binder) {
        binder.has_errors = true;
        for pattern in patterns {
            self.pattern(*pattern, Types::ERROR, binder);
        }
    }

    /// A name, perhaps of what an inner pattern matches.
    pub(super) fn bind_name(
        &mut self,
        name: Name,
        ty: Ty,
        inner: Option<PatternId>,
        span: Span,
        binder: &mut Binder,
    ) -> PatternId {
        let local = self.bound_local(name, ty, span, binder);
        self.new_pattern(hir::PatternKind::Bind(local, inner), ty, span)
    }

    /// The local of a bound name: a new one, or in a further alternative the first one's.
    pub(super) fn bound_local(&mut self, name: Name, ty: Ty, span: Span, binder: &mut Binder) -> LocalId {
        let text = self.checker.text(name);
        if let Some((_, local)) = binder.bound.iter().find(|(bound, _)| *bound == name).copied() {
            let first = self.locals[local].span;
            self.checker
                .report(e0011::duplicate(span, "pattern name", text, first));
            binder.has_errors = true;
            return local;
        }
        if let Some(first) = &mut binder.first {
            match first.iter_mut().find(|(bound, _, _)| *bound == name) {
                Some((_, local, again)) => {
                    let local = *local;
                    *again = true;
                    binder.bound.push((name, local));
                    self.same_type(local, ty, span, binder);
                    return local;
                }
                None => {
                    self.checker.report(e0010::not_in_every_alternative(span, text));
                    binder.has_errors = true;
                }
            }
        }
        if text.contains(|letter: char| letter.is_ascii_uppercase()) {
            self.checker
                .report(super::super::messages::w0004::snake_case(span, "variable", text));
        }
        let role = if binder.mutable {
            Role::Variable
        } else {
            self.pattern_role
        };
        let local = self.bind_local(name, ty, binder.mutable, span, role);
        binder.bound.push((name, local));
        local
    }

    fn same_type(&mut self, local: LocalId, ty: Ty, span: Span, binder: &mut Binder) {
        let expected = self.locals[local].ty;
        if !self.checker.unify(expected, ty) {
            let (expected, found) = (self.checker.show(expected), self.checker.show(ty));
            let diagnostic = e0012::mismatch(&self.place, span, &expected, &found)
                .related(self.locals[local].span, "bound here in the first alternative");
            self.checker.report(diagnostic);
            binder.has_errors = true;
        }
    }

    /// `p | q`.
    fn or_pattern(
        &mut self,
        alternatives: &'a [ast::PatternId],
        ty: Ty,
        span: Span,
        binder: &mut Binder,
    ) -> PatternId {
        let before = binder.bound.len();
        let mut patterns = Vec::with_capacity(alternatives.len());
        let mut first: Option<Vec<(Name, LocalId)>> = None;
        for alternative in alternatives {
            let Some(names) = &first else {
                patterns.push(self.pattern(*alternative, ty, binder));
                first = Some(binder.bound[before..].to_vec());
                continue;
            };
            let names = names.clone();
            binder.bound.truncate(before);
            let mut others: Vec<(Name, LocalId, bool)> =
                names.iter().map(|(name, local)| (*name, *local, false)).collect();
            // Within an outer alternative, names of the outer first one may be bound as well.
            let outer = binder.first.take();
            others.extend(outer.iter().flatten().copied());
            binder.first = Some(others);
            patterns.push(self.pattern(*alternative, ty, binder));
            let seen = binder.first.take().unwrap_or_default();
            for (name, _, again) in &seen[..names.len()] {
                if !again && !binder.has_errors {
                    let text = self.checker.text(*name);
                    let alternative_span = self.checker.ast.patterns[*alternative].span;
                    self.checker
                        .report(e0010::missing_in_alternative(alternative_span, text));
                    binder.has_errors = true;
                }
            }
            binder.first = outer.map(|_| seen[names.len()..].to_vec());
            binder.bound.truncate(before);
            binder.bound.extend(names);
        }
        self.new_pattern(hir::PatternKind::Or(patterns), ty, span)
    }

    /// A pattern for values of `tested`, a part of `ty`.
    pub(super) fn typed(
        &mut self,
        inner: PatternId,
        tested: Ty,
        ty: Ty,
        span: Span,
        binder: &mut Binder,
    ) -> PatternId {
        if ty == Types::ERROR || tested == Types::ERROR {
            binder.has_errors = true;
            return inner;
        }
        if tested == ty {
            return inner;
        }
        let parts = self.checker.types.alternatives(ty);
        let members = self.checker.types.alternatives(tested);
        if members.iter().all(|member| parts.contains(member)) {
            return self.new_pattern(hir::PatternKind::Type(tested, inner), ty, span);
        }
        if members.len() == 1 && parts.len() == 1 && self.checker.unify(ty, tested) {
            return inner;
        }
        self.report_pattern(ty, tested, span);
        self.faulty(ty, span, binder)
    }

    /// E0012: the pattern is for values of another type.
    pub(super) fn report_pattern(&mut self, ty: Ty, pattern: Ty, span: Span) {
        let (expected, found) = (self.checker.show(ty), self.checker.show(pattern));
        let diagnostic = e0012::pattern(&self.place, span, &expected, &found);
        let diagnostic = self.checker.if_opaque(diagnostic, ty);
        self.checker.report(diagnostic);
        self.checker.poison(pattern);
    }

    /// An upper-case name: a plain variant, a type or a constant.
    fn capital(&mut self, name: Ident, ty: Ty, binder: &mut Binder) -> PatternId {
        let text = self.checker.text(name.name);
        if self.checker.variant_of_type(ty, text).is_some() {
            return self.variant_pattern(&[name], None, ty, name.span, binder);
        }
        match self.checker.lookup(name.name, name.span) {
            Some(Definition::Const(constant)) => {
                let constant_ty = self.checker.constant(constant).ty.unwrap_or(Types::ERROR);
                let value = self.definition_value(Definition::Const(constant), name.name, name.span);
                let inner = self.new_pattern(hir::PatternKind::Constant(value), constant_ty, name.span);
                return self.typed(inner, constant_ty, ty, name.span, binder);
            }
            Some(Definition::Broken) => return self.faulty(ty, name.span, binder),
            Some(definition) => {
                if let Some(tested) = self.checker.type_of_definition(definition, ty, name.span) {
                    let inner = self.new_pattern(hir::PatternKind::Wildcard, tested, name.span);
                    return self.typed(inner, tested, ty, name.span, binder);
                }
            }
            None => {
                if let Some(tested) = super::super::annotation::scalar(text) {
                    let inner = self.new_pattern(hir::PatternKind::Wildcard, tested, name.span);
                    return self.typed(inner, tested, ty, name.span, binder);
                }
                let binds = matches!(self.pattern_role, Role::Variable | Role::LambdaParameter);
                if binds && self.checker.lookup_variants(name.name).is_empty() {
                    return self.capital_variable(name, ty, binder);
                }
            }
        }
        self.variant_pattern(&[name], None, ty, name.span, binder)
    }

    /// An upper-case name that was meant to bind: reported, and bound so that its uses are no errors.
    fn capital_variable(&mut self, name: Ident, ty: Ty, binder: &mut Binder) -> PatternId {
        let text = self.checker.text(name.name);
        if !self.checker.may_be_excused(text) {
            self.checker
                .report_unresolved(e0010::capital_variable(name.span, text));
        }
        binder.has_errors = true;
        let local = self.bind_local(name.name, ty, binder.mutable, name.span, Role::Generated);
        binder.bound.push((name.name, local));
        self.new_pattern(hir::PatternKind::Bind(local, None), ty, name.span)
    }

    fn literal_pattern(&mut self, id: ast::ExprId, ty: Ty, span: Span, binder: &mut Binder) -> PatternId {
        let Some((kind, literal_ty)) = self.literal(id) else {
            return self.faulty(ty, span, binder);
        };
        let inner = self.new_pattern(kind, literal_ty, span);
        self.typed(inner, literal_ty, ty, span, binder)
    }

    /// A literal as a pattern; none if it is not readable, which was reported.
    fn literal(&self, id: ast::ExprId) -> Option<(hir::PatternKind, Ty)> {
        Some(match &self.checker.ast.exprs[id].kind {
            ExprKind::Parenthesized(inner) => return self.literal(*inner),
            ExprKind::Null => (hir::PatternKind::Null, Types::NULL),
            ExprKind::Bool(value) => (hir::PatternKind::Bool(*value), Types::BOOL),
            ExprKind::Int(value) => (hir::PatternKind::Int(*value), Types::INT),
            ExprKind::Float(value) => (hir::PatternKind::Float(*value), Types::FLOAT),
            ExprKind::Bytes(value) => (hir::PatternKind::Bytes(value.clone()), Types::BYTES),
            ExprKind::String(parts) => {
                let mut text = String::new();
                for part in parts {
                    match part {
                        ast::StringPart::Text(piece) => text.push_str(piece),
                        ast::StringPart::Interpolation { .. } => return None,
                    }
                }
                (hir::PatternKind::String(text), Types::STRING)
            }
            ExprKind::Unary {
                operator: UnaryOp::Negate,
                operand,
            } => match self.literal(*operand)? {
                (hir::PatternKind::Int(value), ty) => (hir::PatternKind::Int(value.checked_neg()?), ty),
                (hir::PatternKind::Float(value), ty) => (hir::PatternKind::Float(-value), ty),
                _ => return None,
            },
            _ => return None,
        })
    }

    fn range_pattern(
        &mut self,
        from: ast::ExprId,
        to: ast::ExprId,
        inclusive: bool,
        ty: Ty,
        span: Span,
        binder: &mut Binder,
    ) -> PatternId {
        use hir::PatternKind::{Float, FloatRange, Int, IntRange};
        let (Some((from, from_ty)), Some((to, to_ty))) = (self.literal(from), self.literal(to)) else {
            return self.faulty(ty, span, binder);
        };
        let kind = match (from, to) {
            (Int(from), Int(to)) => {
                let last = if inclusive { Some(to) } else { to.checked_sub(1) };
                last.filter(|last| from <= *last).map(|last| IntRange(from, last))
            }
            (Float(from), Float(to)) => {
                let is_filled = if inclusive { from <= to } else { from < to };
                is_filled.then_some(FloatRange(from, to, inclusive))
            }
            _ => {
                let wrong = if matches!(from_ty, Types::INT | Types::FLOAT) {
                    to_ty
                } else {
                    from_ty
                };
                self.report_pattern(ty, wrong, span);
                return self.faulty(ty, span, binder);
            }
        };
        let Some(kind) = kind else {
            self.checker.report(e0004::empty_range(span));
            return self.faulty(ty, span, binder);
        };
        let inner = self.new_pattern(kind, from_ty, span);
        self.typed(inner, from_ty, ty, span, binder)
    }

    /// The member of a union, or the type itself, that has a form.
    pub(super) fn member_of_form(&mut self, ty: Ty, fits: impl Fn(&Type) -> bool) -> Option<(Ty, Type)> {
        for member in self.checker.types.alternatives(ty) {
            let form = self.checker.form(member);
            if fits(&form) {
                return Some((member, form));
            }
        }
        None
    }
}

//! Lists, sets, maps and tuples. Elements are checked against the expected type; without one they have the union of
//! their types, and an empty literal's is decided by a later use.

use super::body::{Body, Mode, Want};
use super::messages::{e0012, e0014};
use super::types::{Type, Types};
use super::variables::Unknown;
use crate::diagnostic::Span;
use crate::hir::{self, Ty};
use crate::syntax::ast;
use lumen_vm::lir::{Intrinsic, VariableClass};

/// What a literal or a spread builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    List,
    Set,
}

impl<'a> Body<'_, 'a> {
    /// `[a, ...b]`.
    pub(crate) fn list(&mut self, elements: &'a [ast::Element], span: Span, mode: Mode) -> hir::ExprId {
        let (elements, ty) = self.elements(elements, span, mode, Kind::List);
        let ty = self.checker.types.list(ty);
        self.push(hir::ExprKind::List(elements), ty, span)
    }

    /// `{a, ...b}`.
    pub(crate) fn set(&mut self, elements: &'a [ast::Element], span: Span, mode: Mode) -> hir::ExprId {
        let (elements, ty) = self.elements(elements, span, mode, Kind::Set);
        self.require_class(ty, VariableClass::Equatable, span, "a set");
        let ty = self.checker.types.set(ty);
        self.push(hir::ExprKind::Set(elements), ty, span)
    }

    /// The part of the expected type that a literal of some form can have: its own form, through a union or `ok`.
    pub(crate) fn expected_form(&mut self, mode: Mode, fits: impl Fn(&Type) -> bool) -> Option<Type> {
        let hint = mode.hint()?;
        let form = self.checker.form(hint);
        if fits(&form) {
            return Some(form);
        }
        if let (Type::Result(ok, _), Mode::Check(Want { returning: true, .. })) = (&form, mode) {
            return self.expected_form(Mode::Hint(*ok), fits);
        }
        if !matches!(form, Type::Union(_) | Type::Json) {
            return None;
        }
        let members = self.checker.types.alternatives(hint);
        members.iter().map(|member| self.checker.form(*member)).find(fits)
    }

    fn elements(
        &mut self,
        written: &'a [ast::Element],
        span: Span,
        mode: Mode,
        kind: Kind,
    ) -> (Vec<hir::Element>, Ty) {
        let expected = match kind {
            Kind::List => self.expected_form(mode, |form| matches!(form, Type::List(_))),
            Kind::Set => self.expected_form(mode, |form| matches!(form, Type::Set(_))),
        };
        if let Some(Type::List(element) | Type::Set(element)) = expected {
            let element = self.checker.resolve(element);
            if !matches!(self.checker.types.get(element), Type::Variable(_)) || written.is_empty() {
                let elements = written
                    .iter()
                    .map(|item| self.element_of(*item, element))
                    .collect();
                return (elements, element);
            }
        }
        if written.is_empty() {
            let what = if kind == Kind::List {
                Unknown::ListElement
            } else {
                Unknown::SetElement
            };
            return (Vec::new(), self.checker.fresh(what, span));
        }
        self.inferred_elements(written, span)
    }

    fn element_of(&mut self, written: ast::Element, element: Ty) -> hir::Element {
        match written {
            ast::Element::Item(id) => hir::Element::Item(self.expr(id, Mode::Check(Want::of(element)))),
            ast::Element::Spread(id) => {
                let list = self.checker.types.list(element);
                let value = self.expr(id, Mode::Hint(list));
                let found = self.spread_element(value);
                if self.checker.fit(found, element) != super::accept::Fit::Same {
                    let span = self.exprs[value].span;
                    self.mismatch(found, Want::of(element), span, None);
                }
                hir::Element::Spread(value)
            }
        }
    }

    fn inferred_elements(&mut self, written: &'a [ast::Element], span: Span) -> (Vec<hir::Element>, Ty) {
        let mut values = Vec::with_capacity(written.len());
        let mut types: Vec<Ty> = Vec::new();
        for element in written {
            let (value, ty) = match element {
                ast::Element::Item(id) => {
                    // Later elements may lean on the first one, as in `[Some(1), Empty]`.
                    let mode = types.first().map_or(Mode::Infer, |first| Mode::Hint(*first));
                    let value = self.expr(*id, mode);
                    (hir::Element::Item(value), self.ty(value))
                }
                ast::Element::Spread(id) => {
                    let value = self.expr(*id, Mode::Infer);
                    (hir::Element::Spread(value), self.spread_element(value))
                }
            };
            values.push(value);
            if types.last() != Some(&ty) {
                types.push(ty);
            }
        }
        let joined = self.join_types(&types, span);
        for value in &mut values {
            *value = match *value {
                hir::Element::Item(value) => hir::Element::Item(self.coerce(value, Want::of(joined), None)),
                hir::Element::Spread(value) => {
                    let found = self.spread_element(value);
                    if self.checker.fit(found, joined) != super::accept::Fit::Same {
                        let span = self.exprs[value].span;
                        self.mismatch(found, Want::of(joined), span, None);
                    }
                    hir::Element::Spread(value)
                }
            };
        }
        (values, joined)
    }

    /// The type of what `...value` brings into a list or set.
    fn spread_element(&mut self, value: hir::ExprId) -> Ty {
        match self.form(value) {
            Type::List(element) | Type::Set(element) => element,
            Type::Error | Type::Never => Types::ERROR,
            Type::Variable(_) => {
                self.report_not_yet_known(value);
                Types::ERROR
            }
            _ => {
                let (ty, span) = (self.ty(value), self.exprs[value].span);
                let shown = self.checker.show(ty);
                let diagnostic = e0012::at(
                    &self.place,
                    span,
                    format!("`...` needs a list or a set here, got {shown}"),
                );
                let diagnostic = match self.checker.types.get(ty) {
                    Type::Map(..) => diagnostic.help("its keys and values are a list: `m.entries()`"),
                    Type::String => diagnostic.help("its characters are a list: `text.chars()`"),
                    _ => diagnostic,
                };
                self.checker.report(diagnostic);
                self.exprs[value].ty = Types::ERROR;
                Types::ERROR
            }
        }
    }

    /// `{k: v, ...m}`; `{}` is a set if one is expected.
    pub(crate) fn map(&mut self, entries: &'a [ast::MapEntry], span: Span, mode: Mode) -> hir::ExprId {
        let expected = self.expected_form(mode, |form| matches!(form, Type::Map(..)));
        if let (true, None) = (entries.is_empty(), &expected)
            && let Some(Type::Set(element)) = self.expected_form(mode, |form| matches!(form, Type::Set(_)))
        {
            let ty = self.checker.types.set(element);
            return self.push(hir::ExprKind::Set(Vec::new()), ty, span);
        }
        let (key, value) = match expected {
            Some(Type::Map(key, value)) => (Some(key), Some(value)),
            _ if entries.is_empty() => {
                let key = self.checker.fresh(Unknown::MapEntry, span);
                let value = self.checker.fresh(Unknown::Generic, span);
                (Some(key), Some(value))
            }
            _ => (None, None),
        };
        let is_open = |body: &mut Self, ty: Ty| matches!(body.checker.form(ty), Type::Variable(_));
        let expected = match (key, value) {
            (Some(key), Some(value))
                if entries.is_empty() || (!is_open(self, key) && !is_open(self, value)) =>
            {
                Some((key, value))
            }
            _ => None,
        };
        match expected {
            Some((key, value)) => {
                let entries = entries
                    .iter()
                    .map(|entry| self.entry_of(*entry, key, value))
                    .collect();
                let ty = self.checker.types.map(key, value);
                self.push(hir::ExprKind::Map(entries), ty, span)
            }
            None => self.inferred_map(entries, span),
        }
    }

    fn entry_of(&mut self, entry: ast::MapEntry, key: Ty, value: Ty) -> hir::MapEntry {
        match entry {
            ast::MapEntry::Item(k, v) => {
                let k = self.expr(k, Mode::Check(Want::of(key)));
                let v = self.expr(v, Mode::Check(Want::of(value)));
                hir::MapEntry::Item(k, v)
            }
            ast::MapEntry::Spread(id) => {
                let ty = self.checker.types.map(key, value);
                hir::MapEntry::Spread(self.expr(id, Mode::Check(Want::of(ty))))
            }
        }
    }

    fn inferred_map(&mut self, written: &'a [ast::MapEntry], span: Span) -> hir::ExprId {
        let mut entries = Vec::with_capacity(written.len());
        let (mut keys, mut values) = (Vec::new(), Vec::new());
        for entry in written {
            match entry {
                ast::MapEntry::Item(key, value) => {
                    let key = self.expr(*key, Mode::Infer);
                    let hint = values.first().map_or(Mode::Infer, |first| Mode::Hint(*first));
                    let value = self.expr(*value, hint);
                    let types = (self.ty(key), self.ty(value));
                    keys.push(types.0);
                    if values.last() != Some(&types.1) {
                        values.push(types.1);
                    }
                    entries.push(hir::MapEntry::Item(key, value));
                }
                ast::MapEntry::Spread(id) => {
                    let spread = self.expr(*id, Mode::Infer);
                    let (key, value) = (
                        self.checker.fresh(Unknown::MapEntry, span),
                        self.checker.fresh(Unknown::Generic, span),
                    );
                    let ty = self.checker.types.map(key, value);
                    let spread = self.coerce(spread, Want::of(ty), Some(*id));
                    keys.push(key);
                    values.push(value);
                    entries.push(hir::MapEntry::Spread(spread));
                }
            }
        }
        keys.dedup();
        let mut key = self.join_types(&keys, span);
        let value = self.join_types(&values, span);
        if self.checker.is_no_key(key) {
            let shown = self.checker.show(key);
            let first = entries.iter().find_map(|entry| match entry {
                hir::MapEntry::Item(key, _) => Some(self.exprs[*key].span),
                hir::MapEntry::Spread(_) => None,
            });
            self.checker.report(e0014::map_key(first.unwrap_or(span), &shown));
            key = Types::ERROR;
        }
        self.require_class(key, VariableClass::Key, span, "a map");
        let ty = self.checker.types.map(key, value);
        for entry in &mut entries {
            *entry = match *entry {
                hir::MapEntry::Item(k, v) => {
                    let k = self.coerce(k, Want::of(key), None);
                    hir::MapEntry::Item(k, self.coerce(v, Want::of(value), None))
                }
                hir::MapEntry::Spread(spread) => {
                    hir::MapEntry::Spread(self.coerce(spread, Want::of(ty), None))
                }
            };
        }
        self.push(hir::ExprKind::Map(entries), ty, span)
    }

    /// `{...a}`: whatever `a` is; a list becomes a set if one is expected.
    pub(crate) fn spread(&mut self, operand: ast::ExprId, span: Span, mode: Mode) -> hir::ExprId {
        let hint = mode.hint().map_or(Mode::Infer, Mode::Hint);
        let value = self.expr(operand, hint);
        let ty = self.ty(value);
        match self.checker.types.get(ty).clone() {
            Type::Set(_) | Type::Map(..) | Type::Error | Type::Never => value,
            Type::List(element) => {
                let wants_set = self
                    .expected_form(mode, |form| matches!(form, Type::Set(_)))
                    .is_some();
                if !wants_set {
                    return value;
                }
                let ty = self.checker.types.set(element);
                self.intrinsic(Intrinsic::ToSet, vec![value], ty, span)
            }
            Type::Variable(_) => {
                self.report_not_yet_known(value);
                self.error(span)
            }
            _ => {
                let shown = self.checker.show(ty);
                let diagnostic = e0012::at(
                    &self.place,
                    span,
                    format!("`...` needs a set or a map here, got {shown}"),
                );
                self.checker.report(diagnostic);
                self.error(span)
            }
        }
    }

    /// `(a, b)`.
    pub(crate) fn tuple(&mut self, parts: &'a [ast::ExprId], span: Span, mode: Mode) -> hir::ExprId {
        let arity = parts.len();
        let expected = self.expected_form(
            mode,
            |form| matches!(form, Type::Tuple(parts) if parts.len() == arity),
        );
        let is_checked = matches!(mode, Mode::Check(_));
        let mut values = Vec::with_capacity(arity);
        for (position, part) in parts.iter().enumerate() {
            let want = match &expected {
                Some(Type::Tuple(types)) => types.get(position).copied(),
                _ => None,
            };
            let mode = match want {
                Some(ty) if is_checked => Mode::Check(Want::of(ty)),
                Some(ty) => Mode::Hint(ty),
                None => Mode::Infer,
            };
            values.push(self.expr(*part, mode));
        }
        let types = match &expected {
            Some(Type::Tuple(types)) if is_checked => types.to_vec(),
            _ => values.iter().map(|value| self.ty(*value)).collect(),
        };
        let ty = self.checker.types.tuple(types);
        self.push(hir::ExprKind::Tuple(values), ty, span)
    }
}

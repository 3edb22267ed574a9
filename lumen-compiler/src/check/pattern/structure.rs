//! Patterns that take values apart: variants, records, lists and tuples.

use super::super::body::Body;
use super::super::definition::{Definition, Layout};
use super::super::familiar::familiar_literal;
use super::super::messages::{e0001, e0010, e0011, e0012, e0014, e0015};
use super::super::scope::{VariantRef, Wanted};
use super::super::types::{Type, Types};
use super::bind::Binder;
use crate::diagnostic::Span;
use crate::diagnostic::closest;
use crate::hir::{self, PatternId, Ty};
use crate::syntax::ast::{self, FieldPattern, Ident, PatternKind};
use crate::syntax::name::Name;

impl<'a> Body<'_, 'a> {
    /// `Variant(p, q)`, `Enum.Variant`, `module.Enum.Variant`, `ok(p)`.
    pub(super) fn variant_pattern(
        &mut self,
        path: &[Ident],
        payload: Option<&'a [ast::PatternId]>,
        ty: Ty,
        span: Span,
        binder: &mut Binder,
    ) -> PatternId {
        let Some((owner, variant)) = self.variant_at(path, ty) else {
            self.excuse_names(payload.unwrap_or_default(), binder);
            return self.faulty(ty, span, binder);
        };
        let types = self.payload_types(owner, variant);
        let written = payload.unwrap_or_default();
        if types.len() != written.len() {
            let name = path.last().map_or("", |name| self.checker.text(name.name));
            self.checker
                .report(e0015::payload(span, name, types.len(), written.len()));
            self.excuse_names(written, binder);
            return self.faulty(ty, span, binder);
        }
        let payload = written
            .iter()
            .zip(types)
            .map(|(id, ty)| self.pattern(*id, ty, binder))
            .collect();
        let inner = self.new_pattern(hir::PatternKind::Variant { variant, payload }, owner, span);
        self.typed(inner, owner, ty, span, binder)
    }

    /// The type and position of the variant that a path names; none if that was reported.
    fn variant_at(&mut self, path: &[Ident], ty: Ty) -> Option<(Ty, u32)> {
        let (name, qualifiers) = path.split_last()?;
        let found = match qualifiers {
            [] => self.find_variant(None, *name, ty),
            [owner] => self.find_variant(Some(*owner), *name, ty),
            [module, .., owner] => {
                let Some(Definition::Module(found)) = self.checker.lookup(module.name, module.span) else {
                    self.report_unknown_name(module.name, module.span);
                    return None;
                };
                let definition = self.checker.module_member(found, module.name, *owner)?;
                let nominal = self.checker.nominal_of_definition(definition)?;
                let variant = self.variant_of_enum(nominal, *name)?;
                return Some((self.checker.member_of(ty, nominal, name.span), variant.variant));
            }
        };
        if let Some(found) = found {
            return found;
        }
        self.report_unknown_variant(qualifiers, *name, ty);
        None
    }

    fn report_unknown_variant(&mut self, qualifiers: &[Ident], name: Ident, ty: Ty) {
        let text = self.checker.text(name.name);
        if ty == Types::ERROR || self.checker.may_be_excused(text) {
            return;
        }
        if let Some(qualifier) = qualifiers.first() {
            match self.checker.lookup(qualifier.name, qualifier.span) {
                Some(Definition::Broken) => {}
                Some(_) => {
                    let owner = self.checker.text(qualifier.name);
                    self.checker
                        .report(e0015::variant(name.span, &format!("`{owner}`"), text, None));
                }
                None => self.report_unknown_name(qualifier.name, qualifier.span),
            }
            return;
        }
        let enums: Vec<hir::NominalId> = self
            .checker
            .types
            .members(ty)
            .into_iter()
            .filter_map(|member| match self.checker.types.get(member) {
                Type::Nominal(nominal, _) => Some(*nominal),
                _ => None,
            })
            .collect();
        for nominal in enums {
            if let Layout::Enum(variants) = &*self.checker.layout(nominal) {
                let shown = self.checker.show(ty);
                let near = closest(text, variants.iter().map(|variant| &*variant.name));
                self.checker.report(e0015::variant(name.span, &shown, text, near));
                return;
            }
        }
        let near = match familiar_literal(text) {
            Some(literal) => Some(literal.to_owned()),
            None => self.checker.near_name(text, Wanted::Value, []),
        };
        self.checker
            .report_unresolved(e0010::unknown(name.span, text, near.as_deref()));
    }

    fn payload_types(&mut self, owner: Ty, variant: u32) -> Vec<Ty> {
        match self.checker.form(owner) {
            Type::Result(ok, error) => vec![if variant == 0 { ok } else { error }],
            Type::Nominal(nominal, arguments) => self
                .checker
                .payload_of(VariantRef { nominal, variant }, &arguments),
            _ => Vec::new(),
        }
    }

    /// `Type(field: p, other)`.
    pub(super) fn record_pattern(
        &mut self,
        path: &[Ident],
        fields: &[FieldPattern],
        ty: Ty,
        span: Span,
        binder: &mut Binder,
    ) -> PatternId {
        let Some(nominal) = self.record_at(path) else {
            return self.excuse_fields(fields, ty, span, binder);
        };
        let owner = self.checker.member_of(ty, nominal, span);
        let arguments = self.checker.type_arguments(owner);
        let layout = self.checker.layout(nominal);
        let Layout::Record { fields: declared, .. } = &*layout else {
            if matches!(&*layout, Layout::Enum(_)) {
                let shown = self.checker.show(owner);
                self.checker
                    .report(e0012::enum_pattern(&self.place, span, &shown));
                self.checker.poison(owner);
            }
            return self.excuse_fields(fields, ty, span, binder);
        };
        let mut patterns: Vec<(u32, PatternId)> = Vec::with_capacity(fields.len());
        for field in fields {
            let text = self.checker.text(field.field.name);
            let Some(position) = declared.iter().position(|candidate| &*candidate.name == text) else {
                let shown = self.checker.show(owner);
                let near = closest(text, declared.iter().map(|field| &*field.name));
                self.checker
                    .report(e0015::field(field.field.span, &shown, text, near));
                self.field_pattern(field, Types::ERROR, binder);
                binder.has_errors = true;
                continue;
            };
            if let Some((_, first)) = patterns.iter().find(|(known, _)| *known == position as u32) {
                let first = self.patterns[*first].span;
                self.checker
                    .report(e0011::duplicate(field.field.span, "field", text, first));
                binder.has_errors = true;
            }
            let field_type = self.checker.substitute(declared[position].ty, &arguments);
            let pattern = self.field_pattern(field, field_type, binder);
            patterns.push((position as u32, pattern));
        }
        let inner = self.new_pattern(hir::PatternKind::Fields(patterns), owner, span);
        self.typed(inner, owner, ty, span, binder)
    }

    fn field_pattern(&mut self, field: &FieldPattern, ty: Ty, binder: &mut Binder) -> PatternId {
        match field.pattern {
            Some(pattern) => self.pattern(pattern, ty, binder),
            None => self.bind_name(field.field.name, ty, None, field.field.span, binder),
        }
    }

    fn excuse_fields(
        &mut self,
        fields: &[FieldPattern],
        ty: Ty,
        span: Span,
        binder: &mut Binder,
    ) -> PatternId {
        for field in fields {
            self.field_pattern(field, Types::ERROR, binder);
        }
        self.faulty(ty, span, binder)
    }

    /// Whether a path is the name of a variant of the type, so that what follows is its payload, `Variant(n: Int)`.
    pub(super) fn names_variant(&mut self, path: &[Ident], ty: Ty) -> bool {
        match path {
            [name] | [_, name] => {
                let text = self.checker.text(name.name);
                self.checker.variant_of_type(ty, text).is_some()
            }
            _ => false,
        }
    }

    /// `Variant(n: Int, p)`, which the parser reads as a record's fields: a name before a colon is bound, what stands
    /// after it is its type.
    pub(super) fn typed_payload(
        &mut self,
        path: &[Ident],
        parts: &[FieldPattern],
        ty: Ty,
        span: Span,
        binder: &mut Binder,
    ) -> PatternId {
        let Some((owner, variant)) = self.variant_at(path, ty) else {
            return self.excuse_parts(parts, ty, span, binder);
        };
        let types = self.payload_types(owner, variant);
        if types.len() != parts.len() {
            let name = path.last().map_or("", |name| self.checker.text(name.name));
            self.checker
                .report(e0015::payload(span, name, types.len(), parts.len()));
            return self.excuse_parts(parts, ty, span, binder);
        }
        let payload = parts
            .iter()
            .zip(types)
            .map(|(part, ty)| self.typed_part(part, ty, binder))
            .collect();
        let inner = self.new_pattern(hir::PatternKind::Variant { variant, payload }, owner, span);
        self.typed(inner, owner, ty, span, binder)
    }

    fn excuse_parts(&mut self, parts: &[FieldPattern], ty: Ty, span: Span, binder: &mut Binder) -> PatternId {
        for Ident { name, span } in parts.iter().map(|part| part.field) {
            self.bind_name(name, Types::ERROR, None, span, binder);
        }
        self.faulty(ty, span, binder)
    }

    /// `n: Int`, or a name alone.
    fn typed_part(&mut self, part: &FieldPattern, ty: Ty, binder: &mut Binder) -> PatternId {
        let Ident { name, span } = part.field;
        let Some(written) = part.pattern else {
            return self.bind_name(name, ty, None, span, binder);
        };
        let ast::Pattern {
            kind,
            span: type_span,
        } = &self.checker.ast.patterns[written];
        let tested = match kind {
            PatternKind::Name(tested, None) => self.named_type(*tested, ty, *type_span),
            _ => None,
        };
        let Some(tested) = tested else {
            self.checker.report(e0001::payload_with_field(*type_span));
            binder.has_errors = true;
            return self.bind_name(name, Types::ERROR, None, span, binder);
        };
        let inner = self.bind_name(name, tested, None, span, binder);
        self.typed(inner, tested, ty, span, binder)
    }

    fn named_type(&mut self, name: Name, from: Ty, span: Span) -> Option<Ty> {
        match self.checker.lookup(name, span) {
            Some(definition) => self.checker.type_of_definition(definition, from, span),
            None => super::super::annotation::scalar(self.checker.text(name)),
        }
    }

    /// The fields of `Record(a, b)`, in which each name stands for its field; none if the path names no record.
    pub(super) fn shorthand_fields(
        &mut self,
        path: &[Ident],
        parts: &[ast::PatternId],
        ty: Ty,
        binder: &mut Binder,
    ) -> Option<Vec<FieldPattern>> {
        if !self.names_record(path, ty) {
            return None;
        }
        let mut fields = Vec::with_capacity(parts.len());
        for part in parts {
            let ast::Pattern { kind, span } = &self.checker.ast.patterns[*part];
            if let PatternKind::Name(name, None) = *kind {
                let field = Ident { name, span: *span };
                fields.push(FieldPattern { field, pattern: None });
            } else {
                self.checker.report(e0001::pattern_without_field(*span));
                self.excuse_names(&[*part], binder);
            }
        }
        Some(fields)
    }

    fn names_record(&mut self, path: &[Ident], ty: Ty) -> bool {
        let name = match path {
            [name] => *name,
            [module, _] => {
                let definition = self.checker.lookup(module.name, module.span);
                return matches!(definition, Some(Definition::Module(_)));
            }
            _ => return false,
        };
        let text = self.checker.text(name.name);
        if self.checker.variant_of_type(ty, text).is_some() {
            return false;
        }
        let definition = self.checker.lookup(name.name, name.span);
        let nominal = definition.and_then(|definition| self.checker.nominal_of_definition(definition));
        nominal.is_some_and(|nominal| matches!(&*self.checker.layout(nominal), Layout::Record { .. }))
    }

    fn record_at(&mut self, path: &[Ident]) -> Option<hir::NominalId> {
        let (name, qualifiers) = path.split_last()?;
        let definition = match qualifiers.first() {
            Some(module) => match self.checker.lookup(module.name, module.span) {
                Some(Definition::Module(found)) => self.checker.module_member(found, module.name, *name),
                Some(Definition::Broken) => return None,
                _ => {
                    self.report_unknown_name(module.name, module.span);
                    return None;
                }
            },
            None => self.checker.lookup(name.name, name.span),
        };
        let text = self.checker.text(name.name);
        match definition {
            Some(definition) => {
                let nominal = self.checker.nominal_of_definition(definition);
                if nominal.is_none() && definition != Definition::Broken {
                    self.checker.report(e0014::no_type(name.span, text, "no record"));
                }
                nominal
            }
            None if qualifiers.is_empty() && !self.checker.may_be_excused(text) => {
                let near = self.checker.near_name(text, Wanted::Type, []);
                self.checker
                    .report_unresolved(e0014::unknown(name.span, text, near.as_deref()));
                None
            }
            None => None,
        }
    }

    /// `[a, b, ...rest]`.
    pub(super) fn list_pattern(
        &mut self,
        elements: &'a [ast::PatternId],
        rest: Option<Option<Ident>>,
        ty: Ty,
        span: Span,
        binder: &mut Binder,
    ) -> PatternId {
        let Some((owner, Type::List(element))) =
            self.member_of_form(ty, |form| matches!(form, Type::List(_)))
        else {
            self.report_shape(ty, "a list", span);
            self.excuse_names(elements, binder);
            if let Some(Some(name)) = rest {
                self.bound_local(name.name, Types::ERROR, name.span, binder);
            }
            return self.faulty(ty, span, binder);
        };
        let elements = elements
            .iter()
            .map(|id| self.pattern(*id, element, binder))
            .collect();
        let rest = rest.map(|name| name.map(|name| self.bound_local(name.name, owner, name.span, binder)));
        let inner = self.new_pattern(hir::PatternKind::List { elements, rest }, owner, span);
        self.typed(inner, owner, ty, span, binder)
    }

    /// `(a, b)`.
    pub(super) fn tuple_pattern(
        &mut self,
        parts: &'a [ast::PatternId],
        ty: Ty,
        span: Span,
        binder: &mut Binder,
    ) -> PatternId {
        let arity = parts.len();
        let fits = |form: &Type| matches!(form, Type::Tuple(types) if types.len() == arity);
        let Some((owner, Type::Tuple(types))) = self.member_of_form(ty, fits) else {
            self.report_shape(ty, &format!("a tuple of {arity}"), span);
            self.excuse_names(parts, binder);
            return self.faulty(ty, span, binder);
        };
        let fields = parts
            .iter()
            .zip(types.iter())
            .enumerate()
            .map(|(position, (id, ty))| (position as u32, self.pattern(*id, *ty, binder)))
            .collect();
        let inner = self.new_pattern(hir::PatternKind::Fields(fields), owner, span);
        self.typed(inner, owner, ty, span, binder)
    }

    fn report_shape(&mut self, ty: Ty, shape: &str, span: Span) {
        match self.checker.form(ty) {
            Type::Error | Type::Never => {}
            Type::Variable(_) => self.report_open(ty, span),
            _ => {
                let shown = self.checker.show(ty);
                let diagnostic = e0012::shape(&self.place, span, &shown, shape);
                let diagnostic = self.checker.if_opaque(diagnostic, ty);
                self.checker.report(diagnostic);
            }
        }
    }
}

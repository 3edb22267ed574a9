//! Names in expressions: locals, constants, plain variants, and what a name cannot be used as.

use super::body::{Body, Mode, Want};
use super::builtins;
use super::context::Checker;
use super::definition::{CellId, Definition, Layout};
use super::familiar::familiar_literal;
use super::messages::{e0010, e0012, e0015, e0032, e0060};
use super::recorder::ModuleRef;
use super::scope::{VariantRef, Wanted};
use super::traits::TraitId;
use super::types::{Type, Types};
use crate::diagnostic::Span;
use crate::diagnostic::closest;
use crate::hir::{self, Ty};
use crate::syntax::ast::{self, ExprKind, Ident};
use crate::syntax::name::Name;

impl<'a> Body<'_, 'a> {
    /// A bare name as a value.
    pub(crate) fn name(&mut self, name: Name, span: Span, mode: Mode) -> hir::ExprId {
        if let Some(local) = self.scope.find(name) {
            return self.read(local, span);
        }
        if let Some(variant) = self.expected_variant(name, span, mode) {
            return self.variant_value(variant, span, mode);
        }
        if let Some(definition) = self.checker.lookup(name, span) {
            return self.definition_value(definition, name, span);
        }
        match self.checker.lookup_variants(name).as_slice() {
            [] => {}
            [one] => {
                self.checker.warn_if_enum_deprecated(*one, span);
                return self.variant_value(*one, span, mode);
            }
            many => {
                self.report_ambiguous(name, many, span);
                return self.error(span);
            }
        }
        let text = self.checker.text(name);
        if matches!(text, "ok" | "err") {
            return self.result_function(text == "err", span);
        }
        if builtins::is_builtin(text) {
            return self.builtin_value(text, span, mode);
        }
        let literal = familiar_literal(text);
        self.report_unknown_value(name, span, mode.hint(), literal);
        self.error(span)
    }

    /// What a top-level name is as a value.
    pub(crate) fn definition_value(&mut self, definition: Definition, name: Name, span: Span) -> hir::ExprId {
        let text = self.checker.text(name);
        let what = match definition {
            Definition::Const(constant) => {
                let ty = self.checker.constant_type(constant, span);
                let callee = self.checker.constant_callee(constant);
                let kind = hir::ExprKind::Call {
                    callee,
                    written: Vec::new(),
                    defaults: Vec::new(),
                };
                return self.push(kind, ty, span);
            }
            Definition::Cell(cell) => return self.cell_value(cell, span),
            Definition::Broken => return self.error(span),
            Definition::Nominal(_) | Definition::Alias(_) => "type",
            Definition::Module(_) => "module",
            Definition::Trait(_) => "trait",
        };
        let diagnostic = e0012::no_value(&self.place, span, text, what);
        self.checker.report(diagnostic);
        self.error(span)
    }

    /// A variant of the expected type: it decides between equal names.
    pub(crate) fn expected_variant(&mut self, name: Name, span: Span, mode: Mode) -> Option<VariantRef> {
        let hint = mode.hint()?;
        let hint = match (self.checker.form(hint), mode) {
            (Type::Result(ok, _), Mode::Check(Want { returning: true, .. })) => ok,
            _ => hint,
        };
        let variant = self.checker.variant_of_type(hint, self.checker.text(name))?;
        self.checker.warn_if_enum_deprecated(variant, span);
        Some(variant)
    }

    /// A variant: a value if it has no payload, else a function from its payload.
    fn variant_value(&mut self, variant: VariantRef, span: Span, mode: Mode) -> hir::ExprId {
        let has_payload = !self.checker.payload_of(variant, &[]).is_empty();
        if has_payload && self.wants_function(mode) {
            return self.variant_function(variant, span);
        }
        self.plain_variant(variant, span, mode)
    }

    /// A variant without payload.
    pub(crate) fn plain_variant(&mut self, variant: VariantRef, span: Span, mode: Mode) -> hir::ExprId {
        let expected = mode.hint().unwrap_or(Types::NEVER);
        let ty = self.checker.member_of(expected, variant.nominal, span);
        let layout = self.checker.layout(variant.nominal);
        if let Layout::Enum(variants) = &*layout {
            let info = &variants[variant.variant as usize];
            if !info.payload.is_empty() {
                let diagnostic = super::messages::e0013::payload(span, &info.name, info.payload.len(), 0);
                self.checker.report(diagnostic);
                return self.error_of(ty, span);
            }
        }
        self.push(
            hir::ExprKind::Variant {
                variant: variant.variant,
                payload: Vec::new(),
            },
            ty,
            span,
        )
    }

    /// E0010 for a variant of several enums.
    pub(crate) fn report_ambiguous(&mut self, name: Name, variants: &[VariantRef], span: Span) {
        let enums: Vec<String> = variants
            .iter()
            .map(|variant| self.checker.nominal(variant.nominal).name.to_string())
            .collect();
        let text = self.checker.text(name);
        self.checker.report(e0010::ambiguous_variant(span, text, &enums));
    }

    /// E0010 for a name that means nothing, unless an error elsewhere may have taken it away, or it is no name at all.
    pub(crate) fn report_unknown_name(&mut self, name: Name, span: Span) {
        // What is called is no `null`, but may be `Ok` or `Err`.
        let literal =
            familiar_literal(self.checker.text(name)).filter(|literal| matches!(*literal, "ok" | "err"));
        self.report_unknown_value(name, span, None, literal);
    }

    /// The same where a value of a type is wanted: of the near names one of that type is suggested first, and
    /// before all names the literal that other languages call so.
    fn report_unknown_value(
        &mut self,
        name: Name,
        span: Span,
        wanted: Option<Ty>,
        literal: Option<&'static str>,
    ) {
        self.unknown_name.get_or_insert((name, span));
        let text = self.checker.text(name);
        if self.lost_statement || self.checker.may_be_excused(text) || !text.is_ascii() {
            return;
        }
        let mut more: Vec<&str> = self.local_names();
        for builtin in builtins::names() {
            more.push(builtin);
        }
        if self.depth > 0 && self.unbound.contains(&name) {
            return self.checker.report(e0010::lambda_of_itself(span, text));
        }
        let fitting = wanted.and_then(|wanted| self.near_local(text, wanted));
        let near = match literal.or(fitting) {
            Some(near) => Some(near.to_owned()),
            None => self.checker.near_name(text, Wanted::Value, more),
        };
        self.checker
            .report_unresolved(e0010::unknown(span, text, near.as_deref()));
    }

    /// The local near to an unknown name whose type is the one that is wanted.
    fn near_local(&mut self, unknown: &str, wanted: Ty) -> Option<&'a str> {
        let wanted = self.checker.resolve_deep(wanted);
        let mut fitting = Vec::new();
        for name in self.scope.names().collect::<Vec<_>>() {
            let Some(local) = self.scope.find(name) else {
                continue;
            };
            let ty = self.checker.resolve_deep(self.locals[local].ty);
            if ty == wanted {
                fitting.push(self.checker.text(name));
            }
        }
        fitting.sort_unstable();
        closest(unknown, fitting)
    }

    /// Names of locals in scope, in no order.
    pub(crate) fn local_names(&self) -> Vec<&'a str> {
        self.scope.names().map(|name| self.checker.text(name)).collect()
    }

    /// `module.name`, `Enum.Variant`, `module.Enum.Variant` as a value; none if `object` is a value itself.
    pub(crate) fn qualified(
        &mut self,
        object: ast::ExprId,
        field: Ident,
        span: Span,
        mode: Mode,
    ) -> Option<hir::ExprId> {
        Some(match self.qualifier(object)? {
            Qualifier::Broken => self.error(span),
            Qualifier::Module(module, name) => match self.checker.module_member(module, name, field) {
                Some(definition) => self.definition_value(definition, field.name, span),
                None => self.error(span),
            },
            Qualifier::Trait(of) => {
                let name = self.checker.trait_info(of).name.to_string();
                let text = self.checker.text(field.name);
                self.checker
                    .report(e0012::trait_value(&self.place, span, &name, text));
                self.error(span)
            }
            Qualifier::Enum(nominal) => match self.member_of_enum(nominal, field) {
                Some(EnumMember::Variant(variant)) => self.variant_value(variant, span, mode),
                Some(EnumMember::Method(cell)) => self.cell_value(cell, span),
                None => {
                    let ty = self.checker.open_type(nominal, span);
                    self.error_of(ty, span)
                }
            },
        })
    }

    /// The module or enum that an expression before a `.` names.
    pub(crate) fn qualifier(&mut self, object: ast::ExprId) -> Option<Qualifier> {
        let ast = self.checker.ast;
        match &ast.exprs[object].kind {
            ExprKind::Name(name) => {
                if self.scope.find(*name).is_some() {
                    return None;
                }
                let span = ast.exprs[object].span;
                let definition = self.checker.lookup(*name, span)?;
                self.qualifier_of(definition, *name)
            }
            ExprKind::Field {
                object,
                field,
                safe: false,
            } => {
                let ExprKind::Name(name) = &ast.exprs[*object].kind else {
                    return None;
                };
                if self.scope.find(*name).is_some() {
                    return None;
                }
                let span = ast.exprs[*object].span;
                let Some(Definition::Module(module)) = self.checker.lookup(*name, span) else {
                    return None;
                };
                let text = self.checker.text(field.name);
                let is_type = text.starts_with(|first: char| first.is_uppercase());
                if !is_type {
                    return None;
                }
                match self.checker.module_member(module, *name, *field) {
                    Some(definition) => self.qualifier_of(definition, field.name),
                    None => Some(Qualifier::Broken),
                }
            }
            _ => None,
        }
    }

    fn qualifier_of(&mut self, definition: Definition, name: Name) -> Option<Qualifier> {
        match definition {
            Definition::Module(module) => Some(Qualifier::Module(module, name)),
            Definition::Broken => Some(Qualifier::Broken),
            Definition::Trait(of) => Some(Qualifier::Trait(of)),
            _ => {
                let nominal = self.checker.nominal_of_definition(definition)?;
                Some(Qualifier::Enum(nominal))
            }
        }
    }

    /// The variant or method of that name; E0015 if the type has none.
    pub(crate) fn member_of_enum(&mut self, nominal: hir::NominalId, name: Ident) -> Option<EnumMember> {
        let text = self.checker.text(name.name);
        let is_variant = match &*self.checker.layout(nominal) {
            Layout::Enum(variants) => variants.iter().any(|variant| &*variant.name == text),
            Layout::Record { .. } | Layout::Broken => false,
        };
        if !is_variant && let Some(cell) = self.checker.own_method(nominal, text) {
            return Some(EnumMember::Method(cell));
        }
        self.variant_of_enum(nominal, name).map(EnumMember::Variant)
    }

    /// The variant of that name; E0015 if the type has none.
    pub(crate) fn variant_of_enum(&mut self, nominal: hir::NominalId, name: Ident) -> Option<VariantRef> {
        let text = self.checker.text(name.name);
        let layout = self.checker.layout(nominal);
        let known: Vec<&str> = match &*layout {
            Layout::Enum(variants) => variants.iter().map(|variant| &*variant.name).collect(),
            Layout::Record { .. } => Vec::new(),
            Layout::Broken => return None,
        };
        if let Some(position) = known.iter().position(|candidate| *candidate == text) {
            return Some(VariantRef {
                nominal,
                variant: position as u32,
            });
        }
        let owner = self.checker.nominal(nominal).name.to_string();
        let ty = self.checker.own_type(nominal);
        let methods = self.checker.method_names(ty);
        let near = closest(
            text,
            known
                .iter()
                .copied()
                .chain(methods.iter().map(|method| &**method)),
        );
        let declared = self.checker.nominal(nominal).span;
        let mut diagnostic = e0015::variant(name.span, &owner, text, near);
        if let Some(span) = declared {
            diagnostic = diagnostic.related(span, "the enum is declared here");
        }
        self.checker.report(diagnostic);
        None
    }

    /// The enum (or result) type and position of a variant that stands after `is` or in a pattern, for a value of type
    /// `from`. None: there is no such variant at all. `Some(None)`: reported.
    #[expect(clippy::option_option, reason = "absent and reported are two answers")]
    pub(crate) fn find_variant(
        &mut self,
        qualifier: Option<Ident>,
        name: Ident,
        from: Ty,
    ) -> Option<Option<(Ty, u32)>> {
        let text = self.checker.text(name.name);
        if let Some(qualifier) = qualifier {
            let definition = self.checker.lookup(qualifier.name, qualifier.span)?;
            let nominal = self.checker.nominal_of_definition(definition)?;
            return Some(
                self.variant_of_enum(nominal, name)
                    .map(|variant| (self.checker.member_of(from, nominal, name.span), variant.variant)),
            );
        }
        if matches!(text, "ok" | "err") {
            let members = self.checker.types.members(from);
            let result = members
                .into_iter()
                .find(|member| matches!(self.checker.types.get(*member), Type::Result(..)));
            return Some(match result {
                Some(result) => Some((result, u32::from(text == "err"))),
                None => {
                    self.report_never(name.span, from, text);
                    None
                }
            });
        }
        if let Some(variant) = self.checker.variant_of_type(from, text) {
            self.checker.warn_if_enum_deprecated(variant, name.span);
            return Some(Some((
                self.checker.member_of(from, variant.nominal, name.span),
                variant.variant,
            )));
        }
        if !self.checker.lookup_variants(name.name).is_empty() {
            if from != Types::ERROR {
                self.report_never(name.span, from, text);
            }
            return Some(None);
        }
        None
    }

    /// E0012: a value of the type is never the variant.
    pub(crate) fn report_never(&mut self, span: Span, from: Ty, variant: &str) {
        if from == Types::ERROR || from == Types::NEVER {
            return;
        }
        let shown = self.checker.show(from);
        let diagnostic = e0012::never_is(&self.place, span, &shown, &format!("`{variant}`"));
        let diagnostic = self.checker.if_opaque(diagnostic, from);
        self.checker.report(diagnostic);
    }
}

/// What stands before a `.` and is no value.
pub(crate) enum Qualifier {
    /// A module, and the name it goes by here.
    Module(ModuleRef, Name),
    /// A record or enum.
    Enum(hir::NominalId),
    /// A trait.
    Trait(TraitId),
    /// Something reported.
    Broken,
}

/// What `Enum.name` is.
pub(crate) enum EnumMember {
    /// A variant.
    Variant(VariantRef),
    /// A cell inside the enum.
    Method(CellId),
}

impl Checker<'_> {
    /// An item of an imported module; none after E0010 or E0032.
    pub(crate) fn module_member(
        &mut self,
        module: ModuleRef,
        name: Name,
        member: Ident,
    ) -> Option<Definition> {
        let text = self.text(member.name);
        match self.recorder.item(module, text) {
            Some(item) if !item.is_public() && !self.is_same_package(module) => {
                let path = self.module_path(module);
                self.report(e0032::private(member.span, &path, text));
                None
            }
            Some(item) => {
                let definition = self.define_imported(module, text, &item);
                self.warn_if_deprecated(definition, member.name, member.span);
                Some(definition)
            }
            None => {
                let visible = self.visible_names(module);
                let near = closest(text, visible.iter().map(String::as_str));
                let module_name = self.text(name);
                self.report_unresolved(e0010::unknown_member(member.span, module_name, text, near));
                None
            }
        }
    }

    /// The variant of that name of an enum type, through a union.
    pub(crate) fn variant_of_type(&mut self, ty: Ty, name: &str) -> Option<VariantRef> {
        let ty = self.resolve(ty);
        let first = name.chars().next()?;
        if first.is_lowercase() && !matches!(self.types.get(ty), Type::Nominal(..) | Type::Union(_)) {
            return None;
        }
        for member in self.types.members(ty) {
            let Type::Nominal(nominal, _) = *self.types.get(member) else {
                continue;
            };
            if let Layout::Enum(variants) = &*self.layout(nominal)
                && let Some(position) = variants.iter().position(|variant| &*variant.name == name)
            {
                let variant = VariantRef {
                    nominal,
                    variant: position as u32,
                };
                self.use_variant_import(name, variant);
                return Some(variant);
            }
        }
        None
    }

    /// Types of a variant's payload, for an enum with these type arguments.
    pub(crate) fn payload_of(&mut self, variant: VariantRef, arguments: &[Ty]) -> Vec<Ty> {
        match &*self.layout(variant.nominal) {
            Layout::Enum(variants) => match variants.get(variant.variant as usize) {
                Some(variant) => self.substitute_all(&variant.payload, arguments),
                None => Vec::new(),
            },
            Layout::Record { .. } | Layout::Broken => Vec::new(),
        }
    }

    /// Whether a name stands for a type in scope.
    pub(crate) fn names_a_type(&mut self, module: Option<Ident>, name: Ident) -> bool {
        if let Some(module) = module {
            return matches!(self.lookup(module.name, module.span), Some(Definition::Module(_)));
        }
        matches!(
            self.lookup(name.name, name.span),
            Some(Definition::Nominal(_) | Definition::Alias(_) | Definition::Broken)
        )
    }

    /// Whether a cell or builtin goes by that name.
    pub(crate) fn is_callable(&self, name: Name) -> bool {
        match self.scope.declared(name) {
            Some(binding) => matches!(binding.definition, Definition::Cell(_)),
            None => builtins::is_builtin(self.text(name)),
        }
    }

    /// Whether an unknown name may be one that an error elsewhere took away.
    pub(crate) fn may_be_excused(&self, text: &str) -> bool {
        let is_capital = text.starts_with(|first: char| first.is_uppercase());
        self.scope.has_unknown_names || (is_capital && self.scope.has_unknown_variants)
    }

    /// E0060 for a builtin that takes functions, schemas or Json.
    pub(crate) fn report_builtin_not_supported(&mut self, span: Span, name: &str) {
        self.report(e0060::not_supported(span, &format!("the builtin `{name}` is")));
    }
}

//! The state of checking one body: a cell, a default, a constraint, a constant.
//!
//! The typed tree is built on the way, with the checker's type numbers; `finish` replaces variables by what they came to
//! stand for.

use super::accept::Fit;
use super::context::Checker;
use super::definition::Layout;
use super::locals::Scope;
use super::messages::{e0012, e0014, e0019, w0001};
use super::types::{Type, Types};
use super::variables::Unknown;
use crate::diagnostic::{Diagnostic, Span};
use crate::hir::{self, LocalId, Ty};
use crate::syntax::ast::{self, Arena};
use crate::syntax::name::Name;
use lumen_vm::lir::{Intrinsic, VariableClass};
use rustc_hash::FxHashMap;

/// A body being checked.
pub(crate) struct Body<'c, 'a> {
    /// The module.
    pub(crate) checker: &'c mut Checker<'a>,
    /// What it is the body of, for messages: "cell `f`".
    pub(crate) place: String,
    /// Its locals.
    pub(crate) locals: Arena<hir::Local>,
    /// Beside `locals`.
    pub(crate) facts: Vec<LocalFacts>,
    /// Its expressions.
    pub(crate) exprs: Arena<hir::Expr>,
    /// Its patterns.
    pub(crate) patterns: Arena<hir::Pattern>,
    /// Names of locals.
    pub(crate) scope: Scope,
    /// What was narrowed, to be taken back.
    pub(crate) narrowings: Vec<(LocalId, Option<Ty>)>,
    /// Enclosing loops, innermost last.
    pub(crate) loops: Vec<super::jump::LoopFrame>,
    /// Loops so far.
    pub(crate) loop_count: u32,
    /// In a `defer`: how many loops are around it.
    pub(crate) in_defer: Option<usize>,
    /// What `return` takes.
    pub(crate) returns: super::jump::Returns,
    /// Operands of `?.` and `?[` in the chain under way.
    pub(crate) pending: Vec<super::chain::Pending>,
    /// Lambdas that stand in the tree, inner ones before those around them.
    pub(crate) lambdas: Vec<super::lambda::Lambda>,
    /// How many lambdas are around.
    pub(crate) depth: u32,
    /// A `return` or `?` was met in the lambda under way.
    pub(crate) leaves: bool,
    /// Names whose value is being checked: a lambda among them cannot call itself.
    pub(crate) unbound: Vec<Name>,
    /// Operations on operands whose type a later use decides.
    pub(crate) open_operations: Vec<super::operator::OpenOperation>,
    /// What names bound by the pattern under way are.
    pub(crate) pattern_role: Role,
    /// The pattern of the `let` under way.
    pub(crate) let_pattern: Option<Span>,
    /// A pattern of the arms under way was reported.
    pub(crate) arm_has_errors: bool,
    /// A statement could not be read: what it may have bound is no unknown name.
    pub(crate) lost_statement: bool,
    /// The unknown name that was met last, and where.
    pub(crate) unknown_name: Option<(Name, Span)>,
    /// Class checks of types that were not known yet.
    deferred: Vec<(Ty, VariableClass, Span, &'static str)>,
    first_variable: usize,
    first_instance: usize,
    first_diagnostic: usize,
}

/// What is known of a local.
#[derive(Clone, Debug)]
pub(crate) struct LocalFacts {
    /// It is read somewhere.
    pub(crate) used: bool,
    /// Its type here, if flow narrowed it.
    pub(crate) narrowed: Option<Ty>,
    /// What it is, for messages; generated ones are never reported.
    pub(crate) role: Role,
    /// The pattern of the `let` that binds it.
    pub(crate) bound: Option<Span>,
    /// How many lambdas stand around its declaration: in deeper ones it is captured.
    pub(crate) depth: u32,
}

/// What a local is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A parameter of the cell.
    Parameter,
    /// A parameter of a lambda.
    LambdaParameter,
    /// Bound by `let`.
    Variable,
    /// Bound by a pattern or `for`.
    Pattern,
    /// Another field, in a constraint or default.
    Field,
    /// Made by the checker.
    Generated,
}

/// A type that is expected, and why.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Want {
    /// The type.
    pub(crate) ty: Ty,
    /// A place that explains it.
    pub(crate) because: Option<(Span, &'static str)>,
    /// A value `v` of `T` may stand for `ok(v)` of `result[T, E]`.
    pub(crate) returning: bool,
}

impl Want {
    /// Of this type, for no particular reason.
    pub(crate) fn of(ty: Ty) -> Want {
        Want {
            ty,
            because: None,
            returning: false,
        }
    }

    /// Of this type, explained by a place.
    pub(crate) fn because(ty: Ty, span: Option<Span>, text: &'static str) -> Want {
        Want {
            ty,
            because: span.map(|span| (span, text)),
            returning: false,
        }
    }
}

/// What is wanted of an expression.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mode {
    /// Its value, of whatever type it has.
    Infer,
    /// Its value, of this type.
    Check(Want),
    /// Its value, of this type if that makes sense.
    Hint(Ty),
    /// Its effect.
    Discard,
}

impl Mode {
    /// The type that literals and the like should try to have.
    pub(crate) fn hint(self) -> Option<Ty> {
        match self {
            Mode::Check(want) => Some(want.ty),
            Mode::Hint(ty) => Some(ty),
            Mode::Infer | Mode::Discard => None,
        }
    }
}

impl<'c, 'a> Body<'c, 'a> {
    /// An empty body.
    pub(crate) fn new(checker: &'c mut Checker<'a>, place: String, returns: super::jump::Returns) -> Self {
        let (first_variable, first_diagnostic) = (checker.variables.count(), checker.diagnostics.len());
        let first_instance = checker.instances.len();
        Body {
            checker,
            place,
            locals: Arena::default(),
            facts: Vec::new(),
            exprs: Arena::default(),
            patterns: Arena::default(),
            scope: Scope::default(),
            narrowings: Vec::new(),
            loops: Vec::new(),
            loop_count: 0,
            in_defer: None,
            returns,
            pending: Vec::new(),
            lambdas: Vec::new(),
            depth: 0,
            leaves: false,
            unbound: Vec::new(),
            open_operations: Vec::new(),
            pattern_role: Role::Pattern,
            let_pattern: None,
            arm_has_errors: false,
            lost_statement: false,
            unknown_name: None,
            deferred: Vec::new(),
            first_variable,
            first_instance,
            first_diagnostic,
        }
    }

    /// A new local.
    pub(crate) fn add_local(&mut self, name: &str, ty: Ty, mutable: bool, span: Span, role: Role) -> LocalId {
        self.facts.push(LocalFacts {
            used: false,
            narrowed: None,
            role,
            bound: self.let_pattern,
            depth: self.depth,
        });
        self.locals.push(hir::Local {
            name: name.to_owned(),
            ty,
            mutable,
            span,
        })
    }

    /// A new local under its name.
    pub(crate) fn bind_local(
        &mut self,
        name: Name,
        ty: Ty,
        mutable: bool,
        span: Span,
        role: Role,
    ) -> LocalId {
        let local = self.add_local(self.checker.text(name), ty, mutable, span, role);
        self.scope.bind(name, local);
        local
    }

    /// A new expression.
    pub(crate) fn push(&mut self, kind: hir::ExprKind, ty: Ty, span: Span) -> hir::ExprId {
        self.exprs.push(hir::Expr { kind, ty, span })
    }

    /// What stands for an expression that was reported.
    pub(crate) fn error(&mut self, span: Span) -> hir::ExprId {
        self.push(hir::ExprKind::Null, Types::ERROR, span)
    }

    /// What stands for an expression that was reported, of the type that it was meant to have.
    pub(crate) fn error_of(&mut self, ty: Ty, span: Span) -> hir::ExprId {
        self.checker.poison(ty);
        self.push(hir::ExprKind::Null, ty, span)
    }

    /// The type of an expression, variables at its head followed.
    pub(crate) fn ty(&mut self, expr: hir::ExprId) -> Ty {
        let ty = self.exprs[expr].ty;
        self.checker.resolve(ty)
    }

    /// The form of an expression's type.
    pub(crate) fn form(&mut self, expr: hir::ExprId) -> Type {
        let ty = self.exprs[expr].ty;
        self.checker.form(ty)
    }

    /// The value of a local as it is known here.
    pub(crate) fn read(&mut self, local: LocalId, span: Span) -> hir::ExprId {
        self.facts[local.index()].used = true;
        let declared = self.locals[local].ty;
        let value = self.push(hir::ExprKind::Local(local), declared, span);
        match self.facts[local.index()].narrowed {
            Some(narrowed) => self.push(hir::ExprKind::Narrow(value), narrowed, span),
            None => value,
        }
    }

    /// A builtin's value.
    pub(crate) fn intrinsic(
        &mut self,
        intrinsic: Intrinsic,
        arguments: Vec<hir::ExprId>,
        ty: Ty,
        span: Span,
    ) -> hir::ExprId {
        self.push(hir::ExprKind::Intrinsic { intrinsic, arguments }, ty, span)
    }

    /// The expression as a value of the wanted type: itself, widened, wrapped in `ok`, or E0012. `source` is what it was
    /// made from, for the advice.
    pub(crate) fn coerce(
        &mut self,
        value: hir::ExprId,
        want: Want,
        source: Option<ast::ExprId>,
    ) -> hir::ExprId {
        let (from, span) = (self.ty(value), self.exprs[value].span);
        if from == Types::ERROR {
            return self.error_of(want.ty, span);
        }
        if want.returning
            && let Type::Result(ok, _) = self.checker.form(want.ty)
            && !matches!(self.checker.types.get(from), Type::Result(..) | Type::Never)
        {
            return self.wrap_ok(value, ok, want, source);
        }
        match self.checker.fit(from, want.ty) {
            Fit::Same => value,
            Fit::Widen => self.push(hir::ExprKind::Widen(value), want.ty, span),
            Fit::No => self.mismatch(from, want, span, source),
        }
    }

    fn wrap_ok(
        &mut self,
        value: hir::ExprId,
        ok: Ty,
        want: Want,
        source: Option<ast::ExprId>,
    ) -> hir::ExprId {
        let (from, span) = (self.ty(value), self.exprs[value].span);
        let payload = match self.checker.fit(from, ok) {
            Fit::Same => value,
            Fit::Widen => self.push(hir::ExprKind::Widen(value), ok, span),
            Fit::No => return self.mismatch(from, want, span, source),
        };
        self.push(
            hir::ExprKind::Variant {
                variant: 0,
                payload: vec![payload],
            },
            want.ty,
            span,
        )
    }

    /// E0012, and what stands for the expression.
    pub(crate) fn mismatch(
        &mut self,
        from: Ty,
        want: Want,
        span: Span,
        source: Option<ast::ExprId>,
    ) -> hir::ExprId {
        // A String of one interpolation has the value's place: what is wrong is the whole.
        let span = match source.map(|source| &self.checker.ast.exprs[source]) {
            Some(written) if matches!(written.kind, ast::ExprKind::String(_)) => written.span,
            _ => span,
        };
        let (expected, found) = (self.checker.show(want.ty), self.checker.show(from));
        let mut diagnostic = e0012::mismatch(&self.place, span, &expected, &found);
        if let Some((span, text)) = want.because {
            diagnostic = diagnostic.related(span, text);
        }
        let help = self.advice(from, want.ty, source);
        self.checker.report(diagnostic.advice(help));
        self.checker.poison(from);
        self.error_of(want.ty, span)
    }

    /// The type must be of a class, now or once it is known; `what` says what needs it.
    pub(crate) fn require_class(&mut self, ty: Ty, class: VariableClass, span: Span, what: &'static str) {
        match self.checker.is_of_class(ty, class) {
            super::class::Membership::Yes => {}
            super::class::Membership::Open => self.deferred.push((ty, class, span, what)),
            super::class::Membership::No => {
                let (shown, help) = (self.checker.show(ty), self.checker.class_help(ty, class));
                let diagnostic = e0012::class(&self.place, span, class, &shown, what);
                self.checker.report(diagnostic.help(help));
                self.checker.poison(ty);
            }
        }
    }

    /// Settles what is still open, replaces variables in the tree, and gives lambdas their cells; `name` is that of the
    /// cell.
    pub(crate) fn finish(&mut self, name: &str) {
        self.settle_operations();
        for (ty, class, span, what) in std::mem::take(&mut self.deferred) {
            self.require_class(ty, class, span, what);
        }
        self.deferred.clear();
        let open = self.checker.variables.settle_since(self.first_variable);
        if self.checker.types.take_overflow() {
            let span = self
                .exprs
                .iter()
                .next()
                .map_or_else(Span::default, |(_, expr)| expr.span);
            self.checker.report(e0014::too_large(span, &self.place));
        } else {
            let mut reported = None;
            for (what, span) in open {
                // One value may leave several types open: keys and values of a map.
                if reported.replace(span) != Some(span) {
                    let diagnostic = self.unknown(what, span);
                    self.checker.report(diagnostic);
                }
            }
        }
        self.checker.settle_instances(self.first_instance);
        for index in self.exprs.ids() {
            let ty = self.exprs[index].ty;
            self.exprs[index].ty = self.checker.resolve_deep(ty);
            if let hir::ExprKind::IsType(_, ty) = self.exprs[index].kind {
                let resolved = self.checker.resolve_deep(ty);
                if let hir::ExprKind::IsType(_, ty) = &mut self.exprs[index].kind {
                    *ty = resolved;
                }
            }
        }
        for index in self.exprs.ids() {
            self.drop_idle_conversion(index);
        }
        for index in self.patterns.ids() {
            let ty = self.patterns[index].ty;
            self.patterns[index].ty = self.checker.resolve_deep(ty);
            if let hir::PatternKind::Type(ty, _) = self.patterns[index].kind {
                let resolved = self.checker.resolve_deep(ty);
                if let hir::PatternKind::Type(ty, _) = &mut self.patterns[index].kind {
                    *ty = resolved;
                }
            }
        }
        for index in self.locals.ids() {
            let ty = self.locals[index].ty;
            self.locals[index].ty = self.checker.resolve_deep(ty);
        }
        self.report_unused();
        if !self.has_errors() {
            self.lift_lambdas(name);
        }
    }

    /// E0019 for a type that nothing decided.
    fn unknown(&self, what: Unknown, span: Span) -> Diagnostic {
        match what {
            Unknown::Argument(number) => {
                let parameter = self.checker.type_parameter(number);
                e0019::argument(&self.place, span, &parameter.name, &parameter.owner)
            }
            Unknown::Parameter(name) => {
                let name = name.map(|name| self.checker.text(name));
                e0019::parameter(&self.place, span, name)
            }
            _ => e0019::unknown(&self.place, span, what),
        }
    }

    /// A conversion between types that turned out to be one is none.
    fn drop_idle_conversion(&mut self, index: hir::ExprId) {
        let inner = match self.exprs[index].kind {
            hir::ExprKind::Widen(inner) | hir::ExprKind::Narrow(inner) => inner,
            _ => return,
        };
        if self.exprs[inner].ty == self.exprs[index].ty {
            self.exprs[index].kind = hir::ExprKind::Block {
                statements: Vec::new(),
                value: Some(inner),
            };
        }
    }

    /// W0001, unless an error in the body may hide uses.
    fn report_unused(&mut self) {
        if self.has_errors() || self.checker.has_syntax_errors {
            return;
        }
        let variants = self.meant_variants();
        for (id, local) in self.locals.iter() {
            let facts = &self.facts[id.index()];
            if matches!(facts.role, Role::Field | Role::Generated) {
                continue;
            }
            let is_repeated = |(other, twin): (LocalId, &hir::Local)| {
                other != id && twin.name == local.name && self.facts[other.index()].role == Role::Parameter
            };
            if facts.role == Role::Parameter && self.locals.iter().any(is_repeated) {
                continue;
            }
            if !facts.used && local.name != "self" && !local.name.starts_with('_') {
                self.checker.report(match facts.role {
                    Role::Parameter | Role::LambdaParameter => w0001::parameter(local.span, &local.name),
                    Role::Pattern if variants.contains_key(&id) => {
                        w0001::meant_variant(local.span, &local.name, &variants[&id])
                    }
                    _ => w0001::variable(local.span, &local.name, local.mutable),
                });
            }
        }
    }

    /// Unused names of patterns that are those of a variant but for their case: the variant was meant, and anything is
    /// matched.
    fn meant_variants(&mut self) -> FxHashMap<LocalId, String> {
        let mut meant = FxHashMap::default();
        for id in self.locals.ids() {
            let facts = &self.facts[id.index()];
            if facts.used || facts.role != Role::Pattern {
                continue;
            }
            let ty = self.locals[id].ty;
            let Type::Nominal(nominal, ..) = self.checker.form(ty) else {
                continue;
            };
            let layout = self.checker.layout(nominal);
            if let Layout::Enum(variants) = &*layout {
                let name = &self.locals[id].name;
                let variant = variants
                    .iter()
                    .find(|variant| variant.name.eq_ignore_ascii_case(&name.replace('_', "")));
                if let Some(variant) = variant {
                    meant.insert(id, variant.name.to_string());
                }
            }
        }
        meant
    }

    /// Whether an error was found since this body was begun.
    pub(crate) fn has_errors(&self) -> bool {
        self.checker.diagnostics[self.first_diagnostic..]
            .iter()
            .any(|diagnostic| diagnostic.severity == crate::diagnostic::Severity::Error)
    }
}

//! Blocks and statements.

use super::accept::Fit;
use super::body::{Body, Mode, Role, Want};
use super::jump::Returns;
use super::messages::{e0001, e0012, e0060, w0003};
use super::types::{Type, Types};
use crate::diagnostic::Span;
use crate::hir::{self, Ty};
use crate::syntax::ast::{self, Ident, StatementKind};

impl<'a> Body<'_, 'a> {
    /// A block in a scope of its own.
    pub(crate) fn block(&mut self, block: &'a ast::Block, mode: Mode) -> hir::ExprId {
        let (scope, flow) = (self.scope.mark(), self.narrowings.len());
        let value = self.statements(&block.statements, block.span, mode);
        self.scope.restore(scope);
        self.retract(flow);
        value
    }

    /// Statements in the present scope.
    pub(crate) fn statements(&mut self, written: &[ast::StatementId], span: Span, mode: Mode) -> hir::ExprId {
        let ast = self.checker.ast;
        let mut statements = Vec::with_capacity(written.len());
        let mut value = None;
        let mut end: Option<Span> = None;
        let mut is_reported = false;
        for (position, id) in written.iter().enumerate() {
            let statement = &ast.all_statements[*id];
            let is_written = !matches!(statement.kind, StatementKind::Error);
            if let (Some(cause), false, true) = (end, is_reported, is_written) {
                self.checker.report(w0003::statement(statement.span, cause));
                is_reported = true;
            }
            let is_last = position + 1 == written.len();
            if is_last && self.is_unreadable(statement) {
                // What was meant as the value is not known.
                self.statement(statement, &mut statements);
                value = Some(match mode {
                    Mode::Check(want) => self.error_of(want.ty, statement.span),
                    _ => self.error(statement.span),
                });
                continue;
            }
            if let (StatementKind::Expr(expr), true, false) =
                (&statement.kind, is_last, matches!(mode, Mode::Discard))
            {
                // Past the end of control nothing is wanted of a value.
                let mode = if end.is_some() { Mode::Infer } else { mode };
                value = Some(self.expr(*expr, mode));
                continue;
            }
            if self.statement(statement, &mut statements) && end.is_none() {
                end = Some(statement.span);
            }
        }
        if let (true, true, Mode::Check(want)) = (written.is_empty(), self.checker.has_syntax_errors, mode) {
            // What could not be read may have been the value.
            value = Some(self.error_of(want.ty, span));
        }
        // What a block without a value should have had as one is missing at its end.
        let last = written.last().map_or(span, |id| ast.all_statements[*id].span);
        self.block_value(statements, value, end.is_some(), (span, last), mode)
    }

    /// Whether the parser could not read a statement, and said so.
    fn is_unreadable(&self, statement: &ast::Statement) -> bool {
        match statement.kind {
            StatementKind::Error => true,
            StatementKind::Let { value, .. } => {
                matches!(self.checker.ast.exprs[value].kind, ast::ExprKind::Error)
            }
            _ => false,
        }
    }

    fn block_value(
        &mut self,
        statements: Vec<hir::Statement>,
        value: Option<hir::ExprId>,
        is_ended: bool,
        (span, last): (Span, Span),
        mode: Mode,
    ) -> hir::ExprId {
        let value = match (value, mode) {
            (Some(value), _) => Some(value),
            (None, Mode::Check(want)) if !is_ended => Some(self.missing_value(want, last)),
            (None, _) => None,
        };
        if let (Some(value), true) = (value, statements.is_empty()) {
            return value;
        }
        let ty = match value {
            _ if is_ended => Types::NEVER,
            Some(value) => self.ty(value),
            None => Types::NULL,
        };
        self.push(hir::ExprKind::Block { statements, value }, ty, span)
    }

    /// The null that a block without a value yields.
    fn missing_value(&mut self, want: Want, span: Span) -> hir::ExprId {
        let accepts_null = match self.checker.form(want.ty) {
            Type::Result(ok, _) if want.returning => self.checker.fit(Types::NULL, ok) != Fit::No,
            _ => self.checker.fit(Types::NULL, want.ty) != Fit::No,
        };
        if accepts_null {
            let null = self.push(hir::ExprKind::Null, Types::NULL, span);
            return self.coerce(null, want, None);
        }
        let shown = self.checker.show(want.ty);
        let mut diagnostic = e0012::no_value_at_end(&self.place, span, &shown);
        if let Some((span, text)) = want.because {
            diagnostic = diagnostic.related(span, text);
        }
        self.checker.report(diagnostic);
        self.error_of(want.ty, span)
    }

    /// One statement; whether control does not go on after it.
    fn statement(&mut self, statement: &'a ast::Statement, out: &mut Vec<hir::Statement>) -> bool {
        let span = statement.span;
        match &statement.kind {
            StatementKind::Expr(expr) => {
                let value = self.expr(*expr, Mode::Discard);
                self.note_dropped(value, *expr);
                out.push(hir::Statement::Expr(value));
                return self.ty(value) == Types::NEVER;
            }
            StatementKind::Let {
                mutable,
                pattern,
                ty,
                value,
            } => {
                return self.let_statement(*mutable, *pattern, *ty, *value, out);
            }
            StatementKind::Assign {
                place,
                operator,
                value,
            } => {
                if let Some(assign) = self.assign(*place, *operator, *value, span) {
                    out.push(assign);
                }
            }
            StatementKind::While {
                label,
                condition,
                body,
            } => {
                let statement = self.while_statement(*label, *condition, body);
                out.push(statement);
            }
            StatementKind::For {
                label,
                pattern,
                iterable,
                filter,
                body,
            } => {
                let statement = self.for_statement(*label, *pattern, *iterable, *filter, body);
                out.push(statement);
            }
            StatementKind::Defer(body) => {
                if let Some(defer) = self.defer(body, span) {
                    out.push(defer);
                }
            }
            StatementKind::Yield(value) => {
                let value = self.yield_value(*value, span);
                out.push(hir::Statement::Expr(value));
            }
            StatementKind::Emit(_) => self.checker.report(e0060::not_supported(span, "`emit` is")),
            StatementKind::Error => {
                self.lost_statement = true;
                self.report_unread(span);
            }
        }
        false
    }

    /// E0001 for what the parser gave up on, should it not have said so: nothing is left out in silence.
    pub(crate) fn report_unread(&mut self, span: Span) {
        if !self.checker.has_syntax_errors {
            self.checker.report(e0001::unread(span));
        }
    }

    /// `defer ... end`.
    fn defer(&mut self, body: &'a ast::Block, span: Span) -> Option<hir::Statement> {
        let around = self.in_defer.replace(self.loops.len());
        if around.is_some() {
            self.checker.report(e0001::nested_defer(span));
        }
        let body = self.block(body, Mode::Discard);
        self.in_defer = around;
        around.is_none().then_some(hir::Statement::Defer(body))
    }

    /// `yield value`.
    fn yield_value(&mut self, value: ast::ExprId, span: Span) -> hir::ExprId {
        match self.returns {
            Returns::Generator(_) if self.in_defer.is_some() => {
                self.checker.report(e0001::out_of_defer(span, "yield"));
                self.expr(value, Mode::Infer)
            }
            Returns::Generator(want) => {
                let value = self.expr(value, Mode::Check(want));
                self.push(hir::ExprKind::Yield(value), Types::NULL, span)
            }
            _ => {
                self.checker.report(e0001::outside_generator(span));
                self.expr(value, Mode::Infer)
            }
        }
    }

    fn let_statement(
        &mut self,
        mutable: bool,
        pattern: ast::PatternId,
        ty: Option<ast::TypeExprId>,
        value: ast::ExprId,
        out: &mut Vec<hir::Statement>,
    ) -> bool {
        let mut is_ended = false;
        let unbound = self.unbound.len();
        if let ast::PatternKind::Name(name, _) = self.checker.ast.patterns[pattern].kind {
            self.unbound.push(name);
        }
        let value = match ty {
            Some(written) => {
                let ty = self.checker.annotation(written);
                let span = self.checker.ast.types[written].span;
                let want = Want::because(ty, Some(span), "the type is written here");
                let value = self.expr(value, Mode::Check(want));
                is_ended = self.ty(value) == Types::NEVER;
                self.as_declared(value, ty)
            }
            None => self.expr(value, Mode::Infer),
        };
        self.unbound.truncate(unbound);
        let ty = self.ty(value);
        let role = std::mem::replace(&mut self.pattern_role, Role::Variable);
        self.let_pattern = Some(self.checker.ast.patterns[pattern].span);
        let pattern = self.irrefutable_pattern(pattern, ty, mutable, "let");
        self.let_pattern = None;
        self.pattern_role = role;
        out.push(hir::Statement::Let { pattern, value });
        is_ended || ty == Types::NEVER
    }

    /// A value that never comes is of the declared type for what binds it.
    fn as_declared(&mut self, value: hir::ExprId, ty: Ty) -> hir::ExprId {
        if self.ty(value) != Types::NEVER {
            return value;
        }
        let span = self.exprs[value].span;
        self.push(
            hir::ExprKind::Block {
                statements: Vec::new(),
                value: Some(value),
            },
            ty,
            span,
        )
    }

    fn while_statement(
        &mut self,
        label: Option<Ident>,
        condition: ast::ExprId,
        body: &'a ast::Block,
    ) -> hir::Statement {
        let (condition, facts) = self.condition(condition);
        let id = self.enter_loop(label, "while", Mode::Discard);
        let mark = self.assume(&facts.when_true);
        let body = self.block(body, Mode::Discard);
        self.retract(mark);
        if self.leave_loop().is_empty() {
            self.assume(&facts.when_false);
        }
        hir::Statement::While { id, condition, body }
    }

    fn for_statement(
        &mut self,
        label: Option<Ident>,
        pattern: ast::PatternId,
        iterable: ast::ExprId,
        filter: Option<ast::ExprId>,
        body: &'a ast::Block,
    ) -> hir::Statement {
        let (iterable, element) = self.iterable(iterable);
        let id = self.enter_loop(label, "for", Mode::Discard);
        let (scope, flow) = (self.scope.mark(), self.narrowings.len());
        let pattern = self.irrefutable_pattern(pattern, element, false, "for");
        let filter = filter.map(|filter| {
            let (filter, facts) = self.condition(filter);
            self.assume(&facts.when_true);
            filter
        });
        let body = self.block(body, Mode::Discard);
        self.scope.restore(scope);
        self.retract(flow);
        self.leave_loop();
        hir::Statement::For {
            id,
            iterable,
            pattern,
            filter,
            body,
        }
    }

    /// What a `for` runs over, and the type of what it yields.
    pub(crate) fn iterable(&mut self, id: ast::ExprId) -> (hir::Iterable, Ty) {
        let ast = self.checker.ast;
        if let ast::ExprKind::Range { from, to, inclusive } = &ast.exprs[id].kind {
            let from = self.expr(*from, Mode::Check(Want::of(Types::INT)));
            let to = self.expr(*to, Mode::Check(Want::of(Types::INT)));
            return (
                hir::Iterable::Range {
                    from,
                    to,
                    inclusive: *inclusive,
                },
                Types::INT,
            );
        }
        let value = self.expr(id, Mode::Infer);
        match self.form(value) {
            Type::List(element) => (hir::Iterable::List(value), element),
            Type::Set(element) => (hir::Iterable::Set(value), element),
            Type::Map(key, entry) => {
                let pair = self.checker.types.tuple(vec![key, entry]);
                (hir::Iterable::Map(value), pair)
            }
            Type::String => (hir::Iterable::String(value), Types::STRING),
            Type::Generator(element) => (hir::Iterable::Generator(value), element),
            Type::Error | Type::Never => (hir::Iterable::List(value), Types::ERROR),
            Type::Variable(_) => {
                self.report_not_yet_known(value);
                (hir::Iterable::List(value), Types::ERROR)
            }
            _ => {
                let (ty, span) = (self.ty(value), self.exprs[value].span);
                let shown = self.checker.show(ty);
                let diagnostic =
                    e0012::not_iterable(&self.place, span, &shown, self.checker.types.holds_null(ty));
                self.checker.report(diagnostic);
                (hir::Iterable::List(value), Types::ERROR)
            }
        }
    }
}

//! Leaving: `return`, `break`, `continue`, `halt`, `e?`, `e!`, and the loops that can be left.

use super::body::{Body, Mode, Want};
use super::messages::{e0001, e0010, e0012, e0019};
use super::types::{Type, Types};
use crate::diagnostic::Span;
use crate::diagnostic::closest;
use crate::hir::{self, LoopId, Ty};
use crate::syntax::ast::{self, Ident};
use crate::syntax::name::Name;

/// A loop around the code under check.
#[derive(Debug)]
pub(crate) struct LoopFrame {
    /// Which.
    pub(crate) id: LoopId,
    /// Its label.
    pub(crate) label: Option<Name>,
    /// `for`, `while` or `loop`.
    pub(crate) word: &'static str,
    /// What is wanted of a `loop`'s value.
    pub(crate) mode: Mode,
    /// Its `break`s.
    pub(crate) breaks: Vec<hir::ExprId>,
}

/// What `return` takes.
#[derive(Debug)]
pub(crate) enum Returns {
    /// The written result.
    Written(Want),
    /// Whatever it gives: the `return`s so far.
    Inferred(Vec<hir::ExprId>),
    /// A generator, of elements as written: `return` only ends it.
    Generator(Want),
    /// There is no cell to return from.
    Nowhere,
}

impl<'a> Body<'_, 'a> {
    /// Enters a loop.
    pub(crate) fn enter_loop(&mut self, label: Option<Ident>, word: &'static str, mode: Mode) -> LoopId {
        let id = LoopId(self.loop_count);
        self.loop_count += 1;
        let label = label.map(|label| label.name);
        self.loops.push(LoopFrame {
            id,
            label,
            word,
            mode,
            breaks: Vec::new(),
        });
        id
    }

    /// Leaves it: its `break`s.
    pub(crate) fn leave_loop(&mut self) -> Vec<hir::ExprId> {
        self.loops.pop().expect("it was entered").breaks
    }

    /// `loop ... end`.
    pub(crate) fn loop_expr(
        &mut self,
        label: Option<Ident>,
        body: &'a ast::Block,
        mode: Mode,
        span: Span,
    ) -> hir::ExprId {
        let id = self.enter_loop(label, "loop", mode);
        let body = self.block(body, Mode::Discard);
        let breaks = self.leave_loop();
        let ty = match mode {
            _ if breaks.is_empty() => Types::NEVER,
            Mode::Check(want) => want.ty,
            Mode::Discard => Types::NULL,
            Mode::Infer | Mode::Hint(_) => self.join_jumps(&breaks, span),
        };
        self.push(hir::ExprKind::Loop { id, body }, ty, span)
    }

    /// Gives `break`s or `return`s one type, and writes it into them.
    pub(crate) fn join_jumps(&mut self, jumps: &[hir::ExprId], span: Span) -> Ty {
        let values: Vec<Option<hir::ExprId>> = jumps
            .iter()
            .map(|jump| match self.exprs[*jump].kind {
                hir::ExprKind::Break(_, value) | hir::ExprKind::Return(value) => value,
                _ => None,
            })
            .collect();
        let present: Vec<hir::ExprId> = values.iter().flatten().copied().collect();
        if present.is_empty() {
            return Types::NULL;
        }
        let mut types: Vec<Ty> = present.iter().map(|value| self.exprs[*value].ty).collect();
        if present.len() < values.len() {
            types.push(Types::NULL);
        }
        let ty = self.join_types(&types, span);
        for (jump, value) in jumps.iter().zip(values) {
            let value = value.unwrap_or_else(|| self.push(hir::ExprKind::Null, Types::NULL, span));
            let joined = self.coerce(value, Want::of(ty), None);
            if let hir::ExprKind::Break(_, value) | hir::ExprKind::Return(value) = &mut self.exprs[*jump].kind
            {
                *value = Some(joined);
            }
        }
        ty
    }

    /// `return value`.
    pub(crate) fn return_expr(&mut self, value: Option<ast::ExprId>, span: Span) -> hir::ExprId {
        if self.in_defer.is_some() {
            self.checker.report(e0001::out_of_defer(span, "return"));
            if let Some(value) = value {
                self.expr(value, Mode::Discard);
            }
            return self.push(hir::ExprKind::Null, Types::NEVER, span);
        }
        self.leaves = true;
        let value = match &self.returns {
            Returns::Generator(_) => {
                if let Some(value) = value {
                    self.expr(value, Mode::Discard);
                    self.checker.report(e0001::value_from_generator(span));
                }
                None
            }
            Returns::Written(want) => {
                let want = *want;
                Some(match value {
                    Some(value) => self.expr(value, Mode::Check(want)),
                    None => {
                        let null = self.push(hir::ExprKind::Null, Types::NULL, span);
                        self.coerce(null, want, None)
                    }
                })
            }
            Returns::Inferred(_) => value.map(|value| self.expr(value, Mode::Infer)),
            Returns::Nowhere => {
                self.checker.report(e0001::outside_cell(span));
                return self.error(span);
            }
        };
        let jump = self.push(hir::ExprKind::Return(value), Types::NEVER, span);
        if let Returns::Inferred(jumps) = &mut self.returns {
            jumps.push(jump);
        }
        jump
    }

    /// `break @label value`.
    pub(crate) fn break_expr(
        &mut self,
        label: Option<Ident>,
        value: Option<ast::ExprId>,
        span: Span,
    ) -> hir::ExprId {
        let Some(frame) = self.find_loop(label, "break", span) else {
            if let Some(value) = value {
                self.expr(value, Mode::Discard);
            }
            return self.push(hir::ExprKind::Null, Types::NEVER, span);
        };
        let (id, word, mode) = (
            self.loops[frame].id,
            self.loops[frame].word,
            self.loops[frame].mode,
        );
        if let (Some(value), true) = (value, word != "loop") {
            self.expr(value, Mode::Discard);
            self.checker.report(e0001::value_from_loop(span, word));
            return self.push(hir::ExprKind::Break(id, None), Types::NEVER, span);
        }
        let value = match (value, mode) {
            (Some(value), Mode::Discard) => return self.break_after(frame, value, span),
            (Some(value), mode) => Some(self.expr(value, mode)),
            (None, Mode::Check(want)) => {
                let null = self.push(hir::ExprKind::Null, Types::NULL, span);
                Some(self.coerce(null, want, None))
            }
            (None, _) => None,
        };
        let jump = self.push(hir::ExprKind::Break(id, value), Types::NEVER, span);
        self.loops[frame].breaks.push(jump);
        jump
    }

    /// `break value` from a `loop` whose value nobody wants: the value is computed, then dropped.
    fn break_after(&mut self, frame: usize, value: ast::ExprId, span: Span) -> hir::ExprId {
        let value = self.expr(value, Mode::Discard);
        let jump = self.push(
            hir::ExprKind::Break(self.loops[frame].id, None),
            Types::NEVER,
            span,
        );
        self.loops[frame].breaks.push(jump);
        let statements = vec![hir::Statement::Expr(value), hir::Statement::Expr(jump)];
        self.push(
            hir::ExprKind::Block {
                statements,
                value: None,
            },
            Types::NEVER,
            span,
        )
    }

    /// `continue @label`.
    pub(crate) fn continue_expr(&mut self, label: Option<Ident>, span: Span) -> hir::ExprId {
        match self.find_loop(label, "continue", span) {
            Some(frame) => {
                let id = self.loops[frame].id;
                self.push(hir::ExprKind::Continue(id), Types::NEVER, span)
            }
            None => self.push(hir::ExprKind::Null, Types::NEVER, span),
        }
    }

    fn find_loop(&mut self, label: Option<Ident>, word: &str, span: Span) -> Option<usize> {
        let Some(label) = label else {
            let first = self.in_defer.unwrap_or(0);
            if self.loops.len() > first {
                return Some(self.loops.len() - 1);
            }
            self.checker.report(match self.loops.is_empty() {
                true => e0001::outside_loop(span, word),
                false => e0001::out_of_defer(span, word),
            });
            return None;
        };
        let found = self
            .loops
            .iter()
            .rposition(|frame| frame.label == Some(label.name));
        if found.is_none() {
            let checker = &self.checker;
            let labels: Vec<&str> = self
                .loops
                .iter()
                .filter_map(|frame| Some(checker.text(frame.label?)))
                .collect();
            let name = checker.text(label.name);
            let diagnostic = e0010::unknown_label(label.span, name, closest(name, labels));
            self.checker.report(diagnostic);
        }
        if found.is_some() && found < self.in_defer {
            self.checker.report(e0001::out_of_defer(span, word));
            return None;
        }
        found
    }

    /// `halt(message)`.
    pub(crate) fn halt_expr(&mut self, message: ast::ExprId, span: Span) -> hir::ExprId {
        let message = self.expr(message, Mode::Check(Want::of(Types::STRING)));
        self.push(hir::ExprKind::Halt(message), Types::NEVER, span)
    }

    /// `e?`.
    pub(crate) fn try_expr(&mut self, operand: ast::ExprId, span: Span) -> hir::ExprId {
        let value = self.expr(operand, Mode::Infer);
        let (ok, error) = match self.form(value) {
            Type::Result(ok, error) => (ok, error),
            Type::Error | Type::Never => return self.error(span),
            Type::Variable(_) => {
                self.report_not_yet_known(value);
                return self.error(span);
            }
            _ => {
                let ty = self.ty(value);
                let shown = self.checker.show(ty);
                let mut diagnostic = e0012::operand(&self.place, self.exprs[value].span, "?", &shown);
                diagnostic = if self.checker.types.holds_null(ty) {
                    diagnostic.help("`?` is for results; for null there are `??` and `!`")
                } else {
                    diagnostic.help("`?` hands on the err of a `result[T, E]`")
                };
                self.checker.report(diagnostic);
                return self.error(span);
            }
        };
        self.check_propagation(error, span);
        self.push(hir::ExprKind::Try(value), ok, span)
    }

    /// What `return` leaves, in a word.
    fn around(&self) -> &'static str {
        if self.depth == 0 { "cell" } else { "lambda" }
    }

    fn check_propagation(&mut self, error: Ty, span: Span) {
        if self.in_defer.is_some() {
            self.checker.report(e0001::out_of_defer(span, "?"));
            return;
        }
        self.leaves = true;
        let want = match &self.returns {
            Returns::Written(want) => *want,
            Returns::Inferred(_) => {
                let place = match self.depth {
                    0 => self.place.as_str(),
                    _ => "this lambda",
                };
                self.checker.report(e0019::propagation(span, place));
                return;
            }
            Returns::Generator(_) => {
                let diagnostic = e0012::at(
                    &self.place,
                    span,
                    "`?` cannot return an err from a generator".to_owned(),
                )
                .help("yield results, or take the err apart with `match`");
                self.checker.report(diagnostic);
                return;
            }
            Returns::Nowhere => {
                self.checker.report(e0001::outside_cell(span));
                return;
            }
        };
        match self.checker.form(want.ty) {
            Type::Result(_, wanted) => {
                if self.checker.fit(error, wanted) == super::accept::Fit::No {
                    let because = want.because.map(|(span, _)| (span, "the result is written here"));
                    let (expected, found) = (self.checker.show(wanted), self.checker.show(error));
                    let mut diagnostic = e0012::at(
                        &self.place,
                        span,
                        format!(
                            "`?` returns an err of type {found}, the {}'s is {expected}",
                            self.around()
                        ),
                    );
                    if let Some((span, text)) = because {
                        diagnostic = diagnostic.related(span, text);
                    }
                    self.checker.report(diagnostic);
                }
            }
            Type::Error => self.checker.poison(error),
            _ => {
                let shown = self.checker.show(want.ty);
                let mut diagnostic = e0012::cannot_propagate(&self.place, span, self.around(), &shown);
                if let Some((span, text)) = want.because {
                    diagnostic = diagnostic.related(span, text);
                }
                self.checker.report(diagnostic);
            }
        }
    }

    /// `e!`.
    pub(crate) fn unwrap_expr(&mut self, operand: ast::ExprId, span: Span) -> hir::ExprId {
        let value = self.expr(operand, Mode::Infer);
        let ty = self.ty(value);
        match self.checker.types.get(ty).clone() {
            Type::Result(ok, _) => self.push(hir::ExprKind::UnwrapResult(value), ok, span),
            Type::Error | Type::Never => self.error(span),
            Type::Variable(_) => {
                self.report_not_yet_known(value);
                self.error(span)
            }
            Type::Json => self.push(hir::ExprKind::UnwrapOptional(value), ty, span),
            Type::Union(members) if members.contains(&Types::NULL) => {
                let rest = self.checker.types.without(ty, &[Types::NULL]);
                self.push(hir::ExprKind::UnwrapOptional(value), rest, span)
            }
            _ => {
                let shown = self.checker.show(ty);
                let narrowed = matches!(self.exprs[value].kind, hir::ExprKind::Narrow(_));
                let help = match narrowed {
                    true => "it has been tested for null before, so the `!` can go",
                    false => "`!` takes the value out of a `T?` or a `result[T, E]`",
                };
                let diagnostic = e0012::operand(&self.place, span, "!", &shown).help(help);
                self.checker.report(diagnostic);
                self.error_of(ty, span)
            }
        }
    }

    /// E0019 for a value whose type is needed here and open.
    pub(crate) fn report_not_yet_known(&mut self, value: hir::ExprId) {
        let (ty, span) = (self.exprs[value].ty, self.exprs[value].span);
        self.report_open(ty, span);
    }
}

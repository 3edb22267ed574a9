//! Assignments: places rooted in a `let mut` variable.

use super::body::{Body, Mode, Role, Want};
use super::definition::Definition;
use super::messages::{e0001, e0012, e0018};
use super::operator::{Meaning, operator};
use super::types::{Type, Types};
use crate::diagnostic::Span;
use crate::hir::{self, AssignOp, LocalId, Step, Ty};
use crate::syntax::ast::{self, BinaryOp, ExprKind};
use crate::syntax::name::Name;

/// Where a value goes.
struct Place {
    root: LocalId,
    steps: Vec<Step>,
    ty: Ty,
}

impl<'a> Body<'_, 'a> {
    /// `place = value`, `place op= value`; none after an error in the place.
    pub(crate) fn assign(
        &mut self,
        place: ast::ExprId,
        compound: Option<BinaryOp>,
        value: ast::ExprId,
        span: Span,
    ) -> Option<hir::Statement> {
        let place_span = self.checker.ast.exprs[place].span;
        let Some(place) = self.place(place) else {
            let value = self.expr(value, Mode::Infer);
            let ty = self.ty(value);
            self.checker.poison(ty);
            return None;
        };
        let (operator, value) = match compound {
            None => {
                let declared = self.locals[place.root].span;
                let because = place.steps.is_empty().then_some(declared);
                let want = Want::because(place.ty, because, "the variable is declared here");
                (None, self.expr(value, Mode::Check(want)))
            }
            Some(written) => self.compound(written, place.ty, value, place_span)?,
        };
        Some(hir::Statement::Assign {
            root: place.root,
            steps: place.steps,
            operator,
            value,
            span,
        })
    }

    /// The operator and the value of `place op= value`; none after an error.
    fn compound(
        &mut self,
        written: BinaryOp,
        ty: Ty,
        value: ast::ExprId,
        place_span: Span,
    ) -> Option<(Option<AssignOp>, hir::ExprId)> {
        let operator = operator(written);
        let ty = self.checker.resolve(ty);
        if ty == Types::ERROR {
            self.expr(value, Mode::Infer);
            return None;
        }
        let meaning = match self.meaning(operator, ty) {
            Some(Meaning::Arithmetic(op)) => AssignOp::Arithmetic(op),
            Some(Meaning::Concat) => AssignOp::Concat,
            None => {
                let shown = self.checker.show(ty);
                let mut diagnostic =
                    e0012::operand(&self.place, place_span, &format!("{}=", operator.symbol), &shown);
                if self.checker.types.holds_null(ty) {
                    diagnostic = diagnostic.help("test for null first");
                } else if matches!(self.checker.form(ty), Type::List(_)) {
                    diagnostic =
                        diagnostic.help("`xs = xs.append(x)` adds an element, `xs = xs ++ ys` a list");
                }
                self.checker.report(diagnostic);
                self.expr(value, Mode::Infer);
                return None;
            }
        };
        let want = Want::because(ty, Some(place_span), "the variable is of this type");
        Some((Some(meaning), self.expr(value, Mode::Check(want))))
    }

    fn place(&mut self, id: ast::ExprId) -> Option<Place> {
        let ast = self.checker.ast;
        let span = ast.exprs[id].span;
        match &ast.exprs[id].kind {
            ExprKind::Parenthesized(inner) => self.place(*inner),
            ExprKind::Name(name) => self.variable(*name, span),
            ExprKind::Field {
                object,
                field,
                safe: false,
            } => {
                let mut place = self.place(*object)?;
                let (position, ty, constructor) = self.find_field(place.ty, *field)?;
                place.steps.push(Step::Field {
                    position,
                    constructor,
                });
                place.ty = ty;
                Some(place)
            }
            ExprKind::TupleField {
                object,
                position,
                position_span,
                safe: false,
            } => {
                let mut place = self.place(*object)?;
                place.ty = self.find_element(place.ty, *position, *position_span)?;
                place.steps.push(Step::Field {
                    position: *position,
                    constructor: None,
                });
                Some(place)
            }
            ExprKind::Index {
                object,
                index,
                safe: false,
            } => {
                let mut place = self.place(*object)?;
                if let ExprKind::Range { .. } = ast.exprs[*index].kind {
                    self.expr(*index, Mode::Infer);
                    self.checker.report(e0001::slice_as_place(span));
                    return None;
                }
                let (key, element) = self.indexed(place.ty, ast.exprs[*object].span)?;
                let index = self.expr(*index, Mode::Check(Want::of(key)));
                place.steps.push(Step::Index(index));
                place.ty = element;
                Some(place)
            }
            ExprKind::Error => None,
            _ => {
                self.checker.report(e0001::not_a_place(span));
                None
            }
        }
    }

    fn indexed(&mut self, ty: Ty, span: Span) -> Option<(Ty, Ty)> {
        match self.checker.form(ty) {
            Type::List(element) => Some((Types::INT, element)),
            Type::Map(key, value) => Some((key, value)),
            Type::Error | Type::Never => None,
            Type::Variable(_) => {
                self.report_open(ty, span);
                None
            }
            _ => {
                let shown = self.checker.show(ty);
                let diagnostic = e0012::no_element_assignment(&self.place, span, &shown);
                self.checker.report(diagnostic);
                None
            }
        }
    }

    /// The variable at the root of a place; an immutable one is E0018, and then assigned to all the same.
    fn variable(&mut self, name: Name, span: Span) -> Option<Place> {
        let text = self.checker.text(name);
        let Some(root) = self.scope.find(name) else {
            let what = match self.checker.lookup(name, span) {
                Some(Definition::Const(_)) => "a constant",
                Some(Definition::Cell(_)) => "a cell",
                Some(Definition::Nominal(_) | Definition::Alias(_)) => "a type",
                Some(Definition::Trait(_)) => "a trait",
                Some(Definition::Module(_)) => "a module",
                Some(Definition::Broken) => return None,
                None => {
                    self.report_unknown_name(name, span);
                    return None;
                }
            };
            self.checker.report(e0018::top_level(span, text, what));
            return None;
        };
        let local = &self.locals[root];
        if self.facts[root.index()].depth < self.depth {
            let diagnostic = e0018::captured(span, text, local.span);
            self.checker.report(diagnostic);
        } else if !local.mutable {
            let declared = local.span;
            let facts = &self.facts[root.index()];
            let diagnostic = match facts.role {
                Role::Parameter | Role::LambdaParameter | Role::Field => {
                    let head = (facts.role == Role::Parameter).then_some(declared);
                    e0018::parameter(span, text, declared, head)
                }
                Role::Pattern => e0018::pattern(span, text, declared),
                Role::Variable | Role::Generated => e0018::immutable(span, text, declared, facts.bound),
            };
            self.checker.report(diagnostic);
        }
        let ty = self.locals[root].ty;
        Some(Place {
            root,
            steps: Vec::new(),
            ty,
        })
    }
}

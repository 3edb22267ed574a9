//! The one walk over what an expression is made of, in the order of evaluation.

use super::{
    Element, ExprId, ExprKind, Iterable, LocalId, LoopId, MapEntry, Pattern, PatternId, PatternKind,
    Statement, Step,
};

/// Replaces the parts of an expression or a pattern. Names are bound before they are used.
pub(crate) trait Rewrite {
    /// An expression that it is made of.
    fn expr(&mut self, id: ExprId) -> ExprId;
    /// A pattern that it is made of.
    fn pattern(&mut self, id: PatternId) -> PatternId;
    /// A local that it binds.
    fn bind(&mut self, local: LocalId) -> LocalId;
    /// A local that it reads or assigns to.
    fn mention(&mut self, local: LocalId) -> LocalId;
    /// A loop that it is or leaves.
    fn loop_id(&mut self, id: LoopId) -> LoopId;

    /// Several expressions.
    fn exprs(&mut self, ids: &mut [ExprId]) {
        for id in ids {
            *id = self.expr(*id);
        }
    }

    /// An expression that may be there.
    fn optional(&mut self, id: &mut Option<ExprId>) {
        if let Some(id) = id {
            *id = self.expr(*id);
        }
    }
}

impl ExprKind {
    /// Replaces its parts.
    pub(crate) fn rewrite(&mut self, with: &mut impl Rewrite) {
        match self {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::String(_)
            | ExprKind::Bytes(_) => {}
            ExprKind::Local(local) => *local = with.mention(*local),
            ExprKind::Call { written, .. } => {
                written
                    .iter_mut()
                    .for_each(|(_, value)| *value = with.expr(*value));
            }
            ExprKind::Construct { base, written, .. } => {
                with.optional(base);
                written
                    .iter_mut()
                    .for_each(|(_, value)| *value = with.expr(*value));
            }
            ExprKind::Closure { captured: parts, .. }
            | ExprKind::Variant { payload: parts, .. }
            | ExprKind::Intrinsic { arguments: parts, .. }
            | ExprKind::Concat(parts)
            | ExprKind::Tuple(parts) => with.exprs(parts),
            ExprKind::CallValue { function, arguments } => {
                *function = with.expr(*function);
                with.exprs(arguments);
            }
            ExprKind::Widen(inner)
            | ExprKind::Narrow(inner)
            | ExprKind::Cast(inner)
            | ExprKind::IsType(inner, _)
            | ExprKind::IsVariant(inner, _)
            | ExprKind::Negate(inner)
            | ExprKind::Not(inner)
            | ExprKind::Field(inner, _)
            | ExprKind::Try(inner)
            | ExprKind::UnwrapOptional(inner)
            | ExprKind::UnwrapResult(inner)
            | ExprKind::Schema(inner, _)
            | ExprKind::Validated(inner)
            | ExprKind::Yield(inner)
            | ExprKind::Halt(inner) => *inner = with.expr(*inner),
            ExprKind::Arithmetic(_, left, right)
            | ExprKind::Compare(_, left, right)
            | ExprKind::And(left, right)
            | ExprKind::Or(left, right)
            | ExprKind::Index(left, right)
            | ExprKind::Coalesce(left, right) => {
                *left = with.expr(*left);
                *right = with.expr(*right);
            }
            ExprKind::List(elements) | ExprKind::Set(elements) => {
                for element in elements {
                    let (Element::Item(value) | Element::Spread(value)) = element;
                    *value = with.expr(*value);
                }
            }
            ExprKind::Map(entries) => entries.iter_mut().for_each(|entry| match entry {
                MapEntry::Item(key, value) => {
                    *key = with.expr(*key);
                    *value = with.expr(*value);
                }
                MapEntry::Spread(map) => *map = with.expr(*map),
            }),
            ExprKind::NullSafe { .. }
            | ExprKind::Block { .. }
            | ExprKind::If { .. }
            | ExprKind::Match { .. }
            | ExprKind::Loop { .. }
            | ExprKind::Return(_)
            | ExprKind::Break(..)
            | ExprKind::Continue(_) => self.rewrite_control(with),
        }
    }

    /// Replaces the parts of what has a way of its own through the cell.
    fn rewrite_control(&mut self, with: &mut impl Rewrite) {
        match self {
            ExprKind::NullSafe { operand, local, then } => {
                *operand = with.expr(*operand);
                *local = with.bind(*local);
                *then = with.expr(*then);
            }
            ExprKind::Block { statements, value } => {
                statements
                    .iter_mut()
                    .for_each(|statement| statement.rewrite(with));
                with.optional(value);
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                *condition = with.expr(*condition);
                *then = with.expr(*then);
                with.optional(otherwise);
            }
            ExprKind::Match { scrutinee, arms } => {
                *scrutinee = with.expr(*scrutinee);
                for arm in arms {
                    arm.pattern = with.pattern(arm.pattern);
                    with.optional(&mut arm.guard);
                    arm.body = with.expr(arm.body);
                }
            }
            ExprKind::Loop { id, body } => {
                *id = with.loop_id(*id);
                *body = with.expr(*body);
            }
            ExprKind::Return(value) => with.optional(value),
            ExprKind::Break(id, value) => {
                *id = with.loop_id(*id);
                with.optional(value);
            }
            ExprKind::Continue(id) => *id = with.loop_id(*id),
            _ => unreachable!("`rewrite` handles the other kinds"),
        }
    }
}

impl Statement {
    /// Replaces its parts.
    fn rewrite(&mut self, with: &mut impl Rewrite) {
        match self {
            Statement::Expr(value) | Statement::Defer(value) => *value = with.expr(*value),
            Statement::Let { pattern, value } => {
                *value = with.expr(*value);
                *pattern = with.pattern(*pattern);
            }
            Statement::Assign {
                root, steps, value, ..
            } => {
                for step in steps {
                    if let Step::Index(index) = step {
                        *index = with.expr(*index);
                    }
                }
                *value = with.expr(*value);
                *root = with.mention(*root);
            }
            Statement::While { id, condition, body } => {
                *id = with.loop_id(*id);
                *condition = with.expr(*condition);
                *body = with.expr(*body);
            }
            Statement::For {
                id,
                iterable,
                pattern,
                filter,
                body,
            } => {
                match iterable {
                    Iterable::Range { from, to, .. } => {
                        *from = with.expr(*from);
                        *to = with.expr(*to);
                    }
                    Iterable::List(of)
                    | Iterable::Map(of)
                    | Iterable::Set(of)
                    | Iterable::String(of)
                    | Iterable::Generator(of) => *of = with.expr(*of),
                }
                *id = with.loop_id(*id);
                *pattern = with.pattern(*pattern);
                with.optional(filter);
                *body = with.expr(*body);
            }
        }
    }
}

impl Pattern {
    /// Replaces its parts.
    pub(crate) fn rewrite(&mut self, with: &mut impl Rewrite) {
        match &mut self.kind {
            PatternKind::Bind(local, inner) => {
                *local = with.bind(*local);
                if let Some(inner) = inner {
                    *inner = with.pattern(*inner);
                }
            }
            PatternKind::Type(_, inner) => *inner = with.pattern(*inner),
            PatternKind::Constant(value) => *value = with.expr(*value),
            PatternKind::Variant { payload: parts, .. } | PatternKind::Or(parts) => {
                parts.iter_mut().for_each(|part| *part = with.pattern(*part));
            }
            PatternKind::Fields(fields) => {
                fields
                    .iter_mut()
                    .for_each(|(_, part)| *part = with.pattern(*part));
            }
            PatternKind::List { elements, rest } => {
                elements.iter_mut().for_each(|part| *part = with.pattern(*part));
                if let Some(Some(rest)) = rest {
                    *rest = with.bind(*rest);
                }
            }
            PatternKind::Wildcard
            | PatternKind::Null
            | PatternKind::Bool(_)
            | PatternKind::Int(_)
            | PatternKind::Float(_)
            | PatternKind::String(_)
            | PatternKind::Bytes(_)
            | PatternKind::IntRange(..)
            | PatternKind::FloatRange(..) => {}
        }
    }
}

//! Which variables each loop of a cell changes: they become the parameters of its header.

use crate::hir::{
    Cell, Element, ExprId, ExprKind, Iterable, LocalId, LoopId, MapEntry, PatternId, PatternKind, Statement,
    Step,
};

/// For each loop, the locals that are declared outside it and assigned in it, ascending, each once.
pub(super) fn by_loop(cell: &Cell) -> Vec<Vec<u32>> {
    let has_loops = cell.exprs.iter().any(|(_, expr)| match &expr.kind {
        ExprKind::Loop { .. } => true,
        ExprKind::Block { statements, .. } => statements
            .iter()
            .any(|statement| matches!(statement, Statement::While { .. } | Statement::For { .. })),
        _ => false,
    });
    if !has_loops {
        return Vec::new();
    }
    let mut walk = Walk::new(cell);
    match &cell.body {
        crate::hir::Body::Expr(body) => walk.expr(*body),
        crate::hir::Body::Constructor { constraints, .. } | crate::hir::Body::Check { constraints, .. } => {
            constraints
                .iter()
                .for_each(|constraint| walk.expr(constraint.condition));
        }
    }
    walk.done
}

/// The locals that an expression reads or assigns to, ascending, each once.
pub(super) fn locals_used(cell: &Cell, expr: ExprId) -> Vec<LocalId> {
    let mut walk = Walk::new(cell);
    walk.expr(expr);
    walk.used.sort_unstable_by_key(|local| local.index());
    walk.used.dedup();
    walk.used
}

struct Walk<'a> {
    cell: &'a Cell,
    /// The locals read or assigned to.
    used: Vec<LocalId>,
    /// By local: the number of loops around its declaration.
    depths: Vec<usize>,
    /// By open loop: the locals assigned so far.
    open: Vec<Vec<u32>>,
    done: Vec<Vec<u32>>,
}

impl<'a> Walk<'a> {
    fn new(cell: &'a Cell) -> Walk<'a> {
        Walk {
            cell,
            used: Vec::new(),
            depths: vec![0; cell.locals.len()],
            open: Vec::new(),
            done: Vec::new(),
        }
    }

    fn in_loop(&mut self, id: LoopId, body: impl FnOnce(&mut Self)) {
        self.open.push(Vec::new());
        body(self);
        let mut assigned = self.open.pop().expect("it was pushed above");
        assigned.sort_unstable();
        assigned.dedup();
        let depth = self.open.len();
        if let Some(outer) = self.open.last_mut() {
            let depths = &self.depths;
            outer.extend(assigned.iter().filter(|&&local| depths[local as usize] < depth));
        }
        let index = id.0 as usize;
        if self.done.len() <= index {
            self.done.resize_with(index + 1, Vec::new);
        }
        self.done[index] = assigned;
    }

    fn assign(&mut self, local: LocalId) {
        let depth = self.open.len();
        if let Some(assigned) = self.open.last_mut()
            && self.depths[local.index()] < depth
        {
            assigned.push(local.index() as u32);
        }
    }

    fn exprs(&mut self, exprs: &[ExprId]) {
        exprs.iter().for_each(|&expr| self.expr(expr));
    }

    fn expr(&mut self, id: ExprId) {
        let cell = self.cell;
        match &cell.exprs[id].kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::String(_)
            | ExprKind::Bytes(_)
            | ExprKind::Continue(_) => {}
            ExprKind::Local(local) => self.used.push(*local),
            ExprKind::Call { written, .. } => written.iter().for_each(|(_, value)| self.expr(*value)),
            ExprKind::Construct { base, written, .. } => {
                base.iter().for_each(|base| self.expr(*base));
                written.iter().for_each(|(_, value)| self.expr(*value));
            }
            ExprKind::Variant { payload, .. } => self.exprs(payload),
            ExprKind::Intrinsic { arguments, .. } => self.exprs(arguments),
            ExprKind::Closure { captured, .. } => self.exprs(captured),
            ExprKind::CallValue { function, arguments } => {
                self.expr(*function);
                self.exprs(arguments);
            }
            ExprKind::Concat(parts) | ExprKind::Tuple(parts) => self.exprs(parts),
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
            | ExprKind::Halt(inner) => self.expr(*inner),
            ExprKind::Arithmetic(_, left, right)
            | ExprKind::Compare(_, left, right)
            | ExprKind::And(left, right)
            | ExprKind::Or(left, right)
            | ExprKind::Index(left, right)
            | ExprKind::Coalesce(left, right) => self.exprs(&[*left, *right]),
            ExprKind::List(elements) | ExprKind::Set(elements) => {
                for element in elements {
                    let (Element::Item(value) | Element::Spread(value)) = element;
                    self.expr(*value);
                }
            }
            ExprKind::Map(entries) => {
                for entry in entries {
                    match entry {
                        MapEntry::Item(key, value) => self.exprs(&[*key, *value]),
                        MapEntry::Spread(map) => self.expr(*map),
                    }
                }
            }
            ExprKind::NullSafe { operand, local, then } => {
                self.declare(*local);
                self.exprs(&[*operand, *then]);
            }
            ExprKind::Block { statements, value } => {
                statements.iter().for_each(|statement| self.statement(statement));
                value.iter().for_each(|value| self.expr(*value));
            }
            ExprKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.exprs(&[*condition, *then]);
                otherwise.iter().for_each(|otherwise| self.expr(*otherwise));
            }
            ExprKind::Match { scrutinee, arms } => {
                self.expr(*scrutinee);
                for arm in arms {
                    self.pattern(arm.pattern);
                    arm.guard.iter().for_each(|guard| self.expr(*guard));
                    self.expr(arm.body);
                }
            }
            ExprKind::Loop { id, body } => self.in_loop(*id, |walk| walk.expr(*body)),
            ExprKind::Return(value) | ExprKind::Break(_, value) => {
                value.iter().for_each(|value| self.expr(*value));
            }
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Expr(expr) | Statement::Defer(expr) => self.expr(*expr),
            Statement::Let { pattern, value } => {
                self.expr(*value);
                self.pattern(*pattern);
            }
            Statement::Assign {
                root, steps, value, ..
            } => {
                for step in steps {
                    if let Step::Index(index) = step {
                        self.expr(*index);
                    }
                }
                self.expr(*value);
                self.used.push(*root);
                self.assign(*root);
            }
            Statement::While { id, condition, body } => {
                self.in_loop(*id, |walk| walk.exprs(&[*condition, *body]));
            }
            Statement::For {
                id,
                iterable,
                pattern,
                filter,
                body,
            } => {
                match iterable {
                    Iterable::Range { from, to, .. } => self.exprs(&[*from, *to]),
                    Iterable::List(of)
                    | Iterable::Map(of)
                    | Iterable::Set(of)
                    | Iterable::String(of)
                    | Iterable::Generator(of) => {
                        self.expr(*of);
                    }
                }
                self.in_loop(*id, |walk| {
                    walk.pattern(*pattern);
                    filter.iter().for_each(|filter| walk.expr(*filter));
                    walk.expr(*body);
                });
            }
        }
    }

    fn declare(&mut self, local: LocalId) {
        self.depths[local.index()] = self.open.len();
    }

    fn pattern(&mut self, id: PatternId) {
        let cell = self.cell;
        match &cell.patterns[id].kind {
            PatternKind::Bind(local, inner) => {
                self.declare(*local);
                inner.iter().for_each(|inner| self.pattern(*inner));
            }
            PatternKind::Type(_, inner) => self.pattern(*inner),
            PatternKind::Constant(value) => self.expr(*value),
            PatternKind::Variant { payload, .. } => payload.iter().for_each(|part| self.pattern(*part)),
            PatternKind::Fields(fields) => fields.iter().for_each(|(_, part)| self.pattern(*part)),
            PatternKind::List { elements, rest } => {
                elements.iter().for_each(|part| self.pattern(*part));
                rest.iter().flatten().for_each(|rest| self.declare(*rest));
            }
            PatternKind::Or(alternatives) => alternatives.iter().for_each(|part| self.pattern(*part)),
            _ => {}
        }
    }
}

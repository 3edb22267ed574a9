//! Lifting: the tree of each lambda moves out of the body around it, to a hidden cell `f.lambda.N`. What it mentions of
//! the names around becomes its last parameters, and the closure that stands for it binds them.

use super::body::Body;
use super::lambda::Lambda;
use super::types::{Type, Types};
use crate::hir::{self, ExprId, LocalId, LoopId, PatternId, Rewrite};
use crate::syntax::ast::Arena;
use lumen_vm::lir::CellKind;
use rustc_hash::FxHashMap;

impl Body<'_, '_> {
    /// Gives every lambda a cell named after the cell around, counted in the order of the text.
    pub(super) fn lift_lambdas(&mut self, name: &str) {
        let lambdas = std::mem::take(&mut self.lambdas);
        if lambdas.is_empty() {
            return;
        }
        let first = self.checker.slots.len();
        self.checker.slots.resize_with(first + lambdas.len(), || None);
        let place = |lambda: &Lambda| {
            let span = self.exprs[lambda.expr].span;
            (span.fence, span.start)
        };
        let mut order: Vec<usize> = (0..lambdas.len()).collect();
        order.sort_by_key(|index| place(&lambdas[*index]));
        let mut ranks = vec![0; lambdas.len()];
        for (rank, index) in order.into_iter().enumerate() {
            ranks[index] = rank;
        }
        // A lambda comes after those within it, whose closures then read what they capture from it.
        for (lambda, rank) in lambdas.into_iter().zip(ranks) {
            let slot = first + rank;
            let cell = self.lift(lambda, format!("{name}.lambda.{}", rank + 1), slot);
            self.checker.slots[slot] = Some(cell);
        }
    }

    fn lift(&mut self, lambda: Lambda, name: String, slot: usize) -> hir::Cell {
        let hir::Expr { ty, span, .. } = self.exprs[lambda.expr];
        let (types, result) = match self.checker.types.get(ty) {
            Type::Function(types, result) => (types.to_vec(), *result),
            _ => (Vec::new(), Types::ERROR),
        };
        let mut mover = Mover {
            body: self,
            locals: Arena::default(),
            exprs: Arena::default(),
            patterns: Arena::default(),
            numbers: FxHashMap::default(),
            loops: FxHashMap::default(),
            captured: Vec::new(),
        };
        let mut parameters = Vec::with_capacity(types.len());
        let mut statements = Vec::new();
        for (pattern, ty) in lambda.parameters.into_iter().zip(types) {
            if let hir::PatternKind::Bind(local, None) = mover.body.patterns[pattern].kind {
                parameters.push(mover.bind(local));
                continue;
            }
            let span = mover.body.patterns[pattern].span;
            let local = mover.locals.push(hir::Local {
                name: "argument".to_owned(),
                ty,
                mutable: false,
                span,
            });
            parameters.push(local);
            let value = mover.exprs.push(hir::Expr {
                kind: hir::ExprKind::Local(local),
                ty,
                span,
            });
            let pattern = mover.pattern(pattern);
            statements.push(hir::Statement::Let { pattern, value });
        }
        let mut root = mover.expr(lambda.body);
        if !statements.is_empty() {
            let kind = hir::ExprKind::Block {
                statements,
                value: Some(root),
            };
            let ty = mover.exprs[root].ty;
            root = mover.exprs.push(hir::Expr { kind, ty, span });
        }
        let Mover {
            locals,
            exprs,
            patterns,
            numbers,
            captured,
            ..
        } = mover;
        parameters.extend(captured.iter().map(|local| numbers[local]));
        let values = captured
            .into_iter()
            .map(|local| self.capture(local, span))
            .collect();
        self.exprs[lambda.expr].kind = hir::ExprKind::Closure {
            callee: self.checker.own_instance(hir::Callee::Here(slot as u32)),
            captured: values,
        };
        let generics = std::rc::Rc::clone(&self.checker.type_scope.generics);
        hir::Cell {
            name,
            kind: CellKind::Lambda,
            public: false,
            generator: false,
            generics: self.checker.hir_generics(&generics),
            parameters,
            result,
            effects: Vec::new(),
            locals,
            exprs,
            patterns,
            body: hir::Body::Expr(root),
            declaration: span,
        }
    }

    fn capture(&mut self, local: LocalId, span: crate::diagnostic::Span) -> ExprId {
        let ty = self.locals[local].ty;
        self.push(hir::ExprKind::Local(local), ty, span)
    }
}

/// Moves a tree, and blanks what it leaves behind.
struct Mover<'b, 'c, 'a> {
    body: &'b mut Body<'c, 'a>,
    locals: Arena<hir::Local>,
    exprs: Arena<hir::Expr>,
    patterns: Arena<hir::Pattern>,
    /// New numbers of locals.
    numbers: FxHashMap<LocalId, LocalId>,
    /// New numbers of loops.
    loops: FxHashMap<LoopId, LoopId>,
    /// Locals of the cell around, in the order in which they are mentioned.
    captured: Vec<LocalId>,
}

impl Mover<'_, '_, '_> {
    fn add(&mut self, local: LocalId, mutable: bool) -> LocalId {
        let old = &self.body.locals[local];
        let new = self.locals.push(hir::Local {
            mutable,
            ..old.clone()
        });
        self.numbers.insert(local, new);
        new
    }
}

impl Rewrite for Mover<'_, '_, '_> {
    fn expr(&mut self, id: ExprId) -> ExprId {
        let hir::Expr { ty, span, .. } = self.body.exprs[id];
        let mut kind = std::mem::replace(&mut self.body.exprs[id].kind, hir::ExprKind::Null);
        self.body.exprs[id].ty = Types::NULL;
        kind.rewrite(self);
        self.exprs.push(hir::Expr { kind, ty, span })
    }

    fn pattern(&mut self, id: PatternId) -> PatternId {
        let mut pattern = self.body.patterns[id].clone();
        self.body.patterns[id].kind = hir::PatternKind::Wildcard;
        self.body.patterns[id].ty = Types::NULL;
        pattern.rewrite(self);
        self.patterns.push(pattern)
    }

    fn bind(&mut self, local: LocalId) -> LocalId {
        match self.numbers.get(&local) {
            Some(known) => *known,
            None => {
                let new = self.add(local, self.body.locals[local].mutable);
                self.body.locals[local].ty = Types::NULL;
                new
            }
        }
    }

    fn mention(&mut self, local: LocalId) -> LocalId {
        match self.numbers.get(&local) {
            Some(known) => *known,
            None => {
                self.captured.push(local);
                self.add(local, false)
            }
        }
    }

    fn loop_id(&mut self, id: LoopId) -> LoopId {
        let next = LoopId(self.loops.len() as u32);
        *self.loops.entry(id).or_insert(next)
    }
}

//! Uses of generic cells. While a body is checked, the type arguments of a use may still be open; when it is finished they
//! are known, their bounds are checked, and the typed tree's instance is made of them.

use super::context::Checker;
use super::parameters::Generics;
use super::types::Type;
use crate::diagnostic::Span;
use crate::hir::{self, Callee, Ty};

/// A generic cell with its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    /// The cell.
    pub(crate) cell: Callee,
    /// Its type parameters.
    pub(crate) generics: Generics,
    /// What they stand for.
    pub(crate) arguments: Vec<Ty>,
    /// The cells for the methods of their bounds, once the arguments are known.
    pub(crate) methods: Vec<Callee>,
    /// By type parameter: the argument that decided it.
    pub(crate) fixed: Vec<Option<Span>>,
    /// The use.
    pub(crate) span: Span,
    /// What body it stands in, for messages: "cell `f`".
    pub(crate) place: String,
    /// All of the above is known and checked.
    pub(crate) settled: bool,
}

impl Checker<'_> {
    /// How the typed tree calls a cell in one use: itself, or an instance if it is generic.
    pub(crate) fn instantiate(&mut self, instance: Instance) -> Callee {
        if instance.generics.is_empty() {
            return instance.cell;
        }
        self.instances.push(instance);
        Callee::Instance(u32::try_from(self.instances.len() - 1).expect("fewer than 2^32 instances"))
    }

    /// How the typed tree names a generated cell that is generic in what the cell at hand is generic in.
    pub(crate) fn own_instance(&mut self, cell: Callee) -> Callee {
        let generics = Generics::clone(&self.type_scope.generics);
        let arguments = self.own_arguments(&generics);
        let methods = self.hir_generics(&generics).methods.len() as u32;
        self.instantiate(Instance {
            cell,
            fixed: vec![None; generics.len()],
            generics,
            arguments,
            methods: (0..methods).map(Callee::Method).collect(),
            span: Span::default(),
            place: String::new(),
            settled: true,
        })
    }

    /// Settles the instances that were made since a mark.
    pub(crate) fn settle_instances(&mut self, mark: usize) {
        let mut number = mark;
        while number < self.instances.len() {
            if !self.instances[number].settled {
                let mut instance = self.instances[number].clone();
                for ty in &mut instance.arguments {
                    *ty = self.resolve_deep(*ty);
                }
                instance.settled = true;
                instance.methods = self.meet_bounds(&instance);
                self.instances[number] = instance;
            }
            number += 1;
        }
    }

    /// The type parameters that a type mentions, ascending.
    pub(crate) fn parameters_in(&self, ty: Ty) -> Vec<u32> {
        let mut found = Vec::new();
        self.collect_parameters(ty, &mut found);
        found.sort_unstable();
        found.dedup();
        found
    }

    fn collect_parameters(&self, ty: Ty, found: &mut Vec<u32>) {
        if !self.types.is_generic(ty) {
            return;
        }
        if let Type::Parameter(number) = self.types.get(ty) {
            found.push(*number);
        }
        for part in self.types.get(ty).parts() {
            self.collect_parameters(part, found);
        }
    }
}

/// Calls `visit` with every cell that an expression names.
pub(crate) fn each_callee(kind: &mut hir::ExprKind, visit: &mut impl FnMut(&mut Callee)) {
    match kind {
        hir::ExprKind::Call { callee, defaults, .. } => {
            visit(callee);
            defaults.iter_mut().for_each(|(_, default)| visit(default));
        }
        hir::ExprKind::Construct {
            constructor,
            defaults,
            ..
        } => {
            constructor.iter_mut().for_each(&mut *visit);
            defaults.iter_mut().for_each(|(_, default)| visit(default));
        }
        hir::ExprKind::Closure { callee, .. } => visit(callee),
        hir::ExprKind::Block { statements, .. } => {
            for statement in statements {
                let hir::Statement::Assign { steps, .. } = statement else {
                    continue;
                };
                for step in steps {
                    if let hir::Step::Field {
                        constructor: Some(constructor),
                        ..
                    } = step
                    {
                        visit(constructor);
                    }
                }
            }
        }
        _ => {}
    }
}

//! What is known of the types of a property's parameters before the first value is made.

use super::check::Property;
use super::heights::Heights;
use super::narrow::narrow;
use crate::exec::{Limits, Output, Vm};
use crate::heap::{NominalShape, TypeRef};
use regex_syntax::hir::Hir;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Fuel for trying what constraints allow, in all.
const FUEL: u64 = 20_000_000;

/// What is known of types. Says nothing but what follows from the types and the cells that belong to them.
#[derive(Debug, Default)]
pub(super) struct Plans {
    pub(super) heights: Heights,
    /// By record with constraints, what its fields are narrowed to.
    records: FxHashMap<TypeRef, Vec<Narrowing>>,
}

/// Where values of a field keep its constraint, as far as trying has shown. Values elsewhere may keep it too, and some of these
/// may break it. Empty lists say nothing.
#[derive(Debug, Default)]
pub(super) struct Narrowing {
    pub(super) ints: Vec<(i64, i64)>,
    /// Finite.
    pub(super) floats: Vec<(f64, f64)>,
    pub(super) lengths: Vec<(usize, usize)>,
    pub(super) texts: Texts,
}

/// What texts are made of.
#[derive(Debug, Default)]
pub(super) enum Texts {
    #[default]
    Any,
    /// Texts that match a pattern.
    Matching(Hir),
    /// Texts in which some of these stand.
    Pieces(Vec<String>),
}

/// Takes what constraints print.
struct Silent;

impl Output for Silent {
    fn print_line(&mut self, _: &str) {}

    fn debug_line(&mut self, _: &str) {}
}

impl Plans {
    pub(super) fn new(property: &Property<'_>) -> Plans {
        let Property { program, limits, .. } = *property;
        let types = program.types();
        let mut plans = Plans {
            heights: Heights::new(types, program.parameter_types(property.cell)),
            records: FxHashMap::default(),
        };
        let limits = Limits {
            fuel: Some(limits.fuel.unwrap_or(FUEL).min(FUEL)),
            ..limits
        };
        let mut silent = Silent;
        let mut vm = Vm::new(program, limits, &mut silent);
        if let Some(flag) = &property.interrupt {
            vm.interruptible(Arc::clone(flag));
        }
        let all: Vec<TypeRef> = plans.heights.bottom_up().collect();
        for ty in all {
            let Some(nominal) = types.nominal_of(ty) else {
                continue;
            };
            let NominalShape::Record(fields) = &nominal.shape else {
                continue;
            };
            let made = plans.heights.of(ty).is_some();
            if let Some(check) = program.cell_of_record(ty, "check").filter(|_| made) {
                let narrowed = narrow(&mut vm, &plans, ty, fields, check);
                plans.records.insert(ty, narrowed);
            }
        }
        plans
    }

    /// What a field of a record is narrowed to.
    pub(super) fn field(&self, record: TypeRef, field: usize) -> Option<&Narrowing> {
        self.records.get(&record)?.get(field)
    }
}

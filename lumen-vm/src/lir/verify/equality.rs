//! Which types have equality: those without a function or a generator inside.
//!
//! What is inside spreads against the direction of containment. Nominals, through which types are recursive, are nodes of the
//! same graph; of a generic one it is found out which of its parameters must have equality, and an application of it asks
//! that of those arguments alone. A nominal whose layout is not given counts as having equality.

use super::classes::{ParameterSet, When};
use super::types::{for_each_part, layout_types};
use crate::lir::{Module, Type};

/// For each type of the table, when it has equality.
pub(super) fn equatable(module: &Module) -> Vec<When> {
    let count = module.types.len();
    let mut states = vec![When::ALWAYS; count + module.nominals.len()];
    let mut work = Vec::new();
    for (index, ty) in module.types.iter().enumerate() {
        let seed = match ty {
            Type::Function(..) | Type::Generator(_) => When::Never,
            Type::Variable(position) => When::If(ParameterSet::of(*position as u8)),
            _ => continue,
        };
        states[index] = seed;
        work.push(index);
    }
    if !work.is_empty() {
        Graph::new(module).settle(&mut states, work);
    }
    states.truncate(count);
    states
}

/// Leads from a part to what holds it.
struct Edge {
    whole: u32,
    /// If the part is an argument of a nominal: its position.
    argument: Option<u8>,
}

struct Graph<'m> {
    module: &'m Module,
    /// By node: a type, or from the number of types on a nominal.
    wholes: Vec<Vec<Edge>>,
}

impl<'m> Graph<'m> {
    fn new(module: &'m Module) -> Graph<'m> {
        let count = module.types.len();
        let mut wholes: Vec<Vec<Edge>> = Vec::new();
        wholes.resize_with(count + module.nominals.len(), Vec::new);
        let plain = |whole| Edge {
            whole,
            argument: None,
        };
        for (index, ty) in (0..).zip(&module.types) {
            match ty {
                // A function has no equality, whatever its parts have.
                Type::Function(..) | Type::Generator(_) => {}
                Type::Nominal(nominal, arguments) => {
                    wholes[count + nominal.0 as usize].push(plain(index));
                    for (position, argument) in (0..=u8::MAX).zip(arguments) {
                        let argument_of = Edge {
                            whole: index,
                            argument: Some(position),
                        };
                        wholes[argument.0 as usize].push(argument_of);
                    }
                }
                _ => for_each_part(ty, |part| wholes[part.0 as usize].push(plain(index))),
            }
        }
        for (index, nominal) in (count as u32..).zip(&module.nominals) {
            for part in layout_types(nominal) {
                wholes[part.0 as usize].push(plain(index));
            }
        }
        Graph { module, wholes }
    }

    /// Passes states on until nothing changes; each changes once for each parameter at most.
    fn settle(&self, states: &mut [When], mut work: Vec<usize>) {
        while let Some(node) = work.pop() {
            for edge in &self.wholes[node] {
                let whole = edge.whole as usize;
                let state = states[whole].and(self.passed_on(states, node, edge));
                if state != states[whole] {
                    states[whole] = state;
                    work.push(whole);
                }
            }
        }
    }

    /// What the whole learns from a part.
    fn passed_on(&self, states: &[When], part: usize, edge: &Edge) -> When {
        let count = self.module.types.len();
        let Some(Type::Nominal(nominal, arguments)) = self.module.types.get(edge.whole as usize) else {
            return states[part];
        };
        let needed = match states[count + nominal.0 as usize] {
            When::If(needed) => needed,
            When::Never => return When::Never,
        };
        match edge.argument {
            Some(position) if needed.contains(position) => states[part],
            Some(_) => When::ALWAYS,
            None => needed
                .iter()
                .filter_map(|position| arguments.get(usize::from(position)))
                .fold(When::ALWAYS, |when, argument| {
                    when.and(states[argument.0 as usize])
                }),
        }
    }
}

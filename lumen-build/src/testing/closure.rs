//! What a cell is together with all cells, records and enums that it reaches: one hash, which stays the same exactly as
//! long as nothing in there changes, whatever else changes in the modules around it.

use super::symbols::{References, Symbol, Symbols};
use crate::cycle;
use crate::digest::PartHasher;
use lumen_compiler::interface::Digest;
use lumen_vm::lir::{Module, Origin};
use rustc_hash::FxHashMap;

/// The closures of all cells of some modules.
#[derive(Debug, Default)]
pub struct Closures {
    /// By module and cell; nothing for cells that reach something which is not there.
    cells: FxHashMap<(String, String), Option<Digest>>,
}

/// Which table of a module a definition stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Cell,
    Nominal,
}

/// The definitions of a program and what they refer to.
#[derive(Default)]
struct Graph<'m> {
    /// What a definition is by itself.
    own: Vec<Digest>,
    names: Vec<(Kind, Symbol<'m>)>,
    references: Vec<References<'m>>,
    numbers: FxHashMap<(Kind, Symbol<'m>), u32>,
    /// The cells of a record, `RECORD.NAME`, which the machine runs without being told to by code.
    of_record: FxHashMap<Symbol<'m>, Vec<u32>>,
}

impl Closures {
    /// The closures of the cells of a program, all of whose modules are given.
    pub fn of<'m>(modules: impl IntoIterator<Item = &'m Module>) -> Closures {
        let mut graph = Graph::default();
        for module in modules {
            graph.add_module(module);
        }
        graph.closures()
    }

    /// The closure of a cell; nothing if the cell, or something that it reaches, is not among the modules.
    pub fn of_cell(&self, module: &str, cell: &str) -> Option<Digest> {
        self.cells
            .get(&(module.to_owned(), cell.to_owned()))
            .copied()
            .flatten()
    }
}

impl<'m> Graph<'m> {
    fn add_module(&mut self, module: &'m Module) {
        let symbols = Symbols::new(module);
        for cell in &module.cells {
            let number = self.add(Kind::Cell, module, &cell.name, symbols.cell(cell));
            if let Some((record, _)) = cell.name.split_once('.') {
                let record = Symbol {
                    module: &module.id,
                    name: record,
                };
                self.of_record.entry(record).or_default().push(number);
            }
        }
        let declared = module
            .nominals
            .iter()
            .filter(|nominal| nominal.origin == Origin::Here);
        for nominal in declared {
            self.add(Kind::Nominal, module, &nominal.name, symbols.nominal(nominal));
        }
    }

    fn add(
        &mut self,
        kind: Kind,
        module: &'m Module,
        name: &'m str,
        (own, references): (Digest, References<'m>),
    ) -> u32 {
        let number = self.own.len() as u32;
        let symbol = Symbol {
            module: &module.id,
            name,
        };
        self.own.push(own);
        self.names.push((kind, symbol.clone()));
        self.references.push(references);
        self.numbers.insert((kind, symbol), number);
        number
    }

    /// What a definition refers to; nothing if some of it is not there.
    fn targets(&self, number: u32) -> Option<Vec<u32>> {
        let references = self.references.get(number as usize)?;
        let (kind, symbol) = self.names.get(number as usize)?;
        let mut targets = Vec::new();
        for cell in &references.cells {
            targets.push(*self.numbers.get(&(Kind::Cell, cell.clone()))?);
        }
        for nominal in &references.nominals {
            targets.push(*self.numbers.get(&(Kind::Nominal, nominal.clone()))?);
        }
        if *kind == Kind::Nominal {
            targets.extend(self.of_record.get(symbol).into_iter().flatten());
        }
        targets.sort_unstable();
        targets.dedup();
        Some(targets)
    }

    /// Strongly connected definitions share a hash: over what each is by itself, and over the hashes of what they reach outside.
    fn closures(&self) -> Closures {
        let numbers: Vec<u32> = (0..self.own.len() as u32).collect();
        let targets: Vec<Option<Vec<u32>>> = numbers.iter().map(|number| self.targets(*number)).collect();
        let edges: FxHashMap<u32, Vec<u32>> = numbers
            .iter()
            .zip(&targets)
            .map(|(number, targets)| (*number, targets.clone().unwrap_or_default()))
            .collect();
        let mut closures: Vec<Option<Digest>> = vec![None; self.own.len()];
        // Components come after those that they reach.
        for component in cycle::components(&numbers, &edges) {
            let closure = self.component(&component, &targets, &closures);
            for member in component {
                if let (Some(closure), Some(slot)) = (closure, closures.get_mut(member as usize)) {
                    *slot = Some(self.member(member, &closure));
                }
            }
        }
        let cells = self.names.iter().zip(closures);
        let cells = cells.filter(|((kind, _), _)| *kind == Kind::Cell);
        let named = |((_, symbol), closure): (&(Kind, Symbol<'_>), _)| {
            let Symbol { module, name } = symbol;
            ((module.as_str().to_owned(), (*name).to_owned()), closure)
        };
        Closures {
            cells: cells.map(named).collect(),
        }
    }

    fn component(
        &self,
        members: &[u32],
        targets: &[Option<Vec<u32>>],
        closures: &[Option<Digest>],
    ) -> Option<Digest> {
        let mut own: Vec<Digest> = Vec::with_capacity(members.len());
        let mut reached: Vec<Digest> = Vec::new();
        let mut sorted = members.to_vec();
        sorted.sort_unstable();
        for member in members {
            own.push(*self.own.get(*member as usize)?);
            for target in targets.get(*member as usize)?.as_ref()? {
                if sorted.binary_search(target).is_err() {
                    reached.push(closures.get(*target as usize).copied().flatten()?);
                }
            }
        }
        own.sort_unstable();
        reached.sort_unstable();
        reached.dedup();
        let mut hasher = PartHasher::new("lumen test component v1");
        own.iter().for_each(|digest| _ = hasher.part(digest));
        hasher.part(b"reached");
        reached.iter().for_each(|digest| _ = hasher.part(digest));
        Some(hasher.finish())
    }

    /// A member of a component: where in it one begins makes a difference.
    fn member(&self, member: u32, component: &Digest) -> Digest {
        let mut hasher = PartHasher::new("lumen test closure v1");
        let own = self.own.get(member as usize).copied().unwrap_or_default();
        hasher.part(&own).part(component);
        hasher.finish()
    }
}

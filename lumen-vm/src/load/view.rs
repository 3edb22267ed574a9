//! A cell as it runs: the LIR of a module, with arguments for what it is generic in.

use rustc_hash::FxHashMap;

use super::program::LinkedModule;
use crate::heap::TypeRef;
use crate::lir::{Cell, Target, TypeId};

/// A generic cell with arguments. It is a cell of the program by itself.
#[derive(Debug)]
pub(crate) struct LinkedInstance {
    /// Position of the module among those of the program.
    pub(super) module: usize,
    /// Position of the generic cell in its module.
    pub(super) cell: usize,
    /// What the open types became that the cell mentions.
    pub(super) types: FxHashMap<TypeRef, TypeRef>,
    /// The program's cells for instances that the cell uses and that mention what it is generic in.
    pub(super) instances: FxHashMap<usize, usize>,
    /// Types for its type parameters.
    pub(super) arguments: Box<[TypeRef]>,
    /// The program's cell for each method.
    pub(super) methods: Box<[usize]>,
}

/// A cell of a program with what its code refers to.
#[derive(Clone, Copy)]
pub(crate) struct CellView<'program> {
    pub(crate) module: &'program LinkedModule,
    /// Position of the cell in its module.
    pub(crate) position: usize,
    pub(super) instance: Option<&'program LinkedInstance>,
}

impl<'program> CellView<'program> {
    pub(crate) fn cell(&self) -> &'program Cell {
        &self.module.lir().cells[self.position]
    }

    /// The program's type for one of the module's.
    pub(crate) fn ty(&self, id: TypeId) -> TypeRef {
        let ty = self.module.types[id.0 as usize];
        match self.instance {
            Some(instance) => instance.types.get(&ty).copied().unwrap_or(ty),
            None => ty,
        }
    }

    /// The program's cell for a cell operand.
    pub(crate) fn callee(&self, operand: u32) -> usize {
        match self.module.lir().target(operand) {
            Target::Cell(index) => self.module.first_cell + index,
            Target::Imported(index) => self.module.imported[index],
            Target::Instance(index) => match self.instance.and_then(|own| own.instances.get(&index)) {
                Some(&number) => number,
                None => self.module.instances[index].expect("instances without variables were all made"),
            },
            Target::Method(index) => self.instance.expect("only generic cells have methods").methods[index],
        }
    }
}

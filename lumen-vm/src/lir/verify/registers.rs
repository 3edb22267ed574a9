//! Types of a cell's registers at one place.

use crate::lir::TypeId;

/// What is known of each register of a cell at one place: its type, or nothing if it has no value, or values of different
/// types on different paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterTypes(Box<[u32]>);

/// Stands for "nothing"; no type table is that long.
const UNKNOWN: u32 = u32::MAX;

impl RegisterTypes {
    /// Nothing is known of `count` registers.
    pub(super) fn unknown(count: usize) -> RegisterTypes {
        RegisterTypes(vec![UNKNOWN; count].into())
    }

    /// The type of a register.
    pub fn get(&self, register: u8) -> Option<TypeId> {
        let word = *self.0.get(usize::from(register))?;
        (word != UNKNOWN).then_some(TypeId(word))
    }

    /// Number of registers of the cell.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Sets the type of a register that the cell has.
    pub(super) fn set(&mut self, register: u8, ty: TypeId) {
        self.0[usize::from(register)] = ty.0;
    }

    /// Forgets what `other` does not say too; whether that changed anything.
    pub(super) fn join(&mut self, other: &RegisterTypes) -> bool {
        let mut changed = false;
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            if *mine != *theirs && *mine != UNKNOWN {
                *mine = UNKNOWN;
                changed = true;
            }
        }
        changed
    }

    /// Takes over what `other` says.
    pub(super) fn copy_from(&mut self, other: &RegisterTypes) {
        self.0.copy_from_slice(&other.0);
    }
}

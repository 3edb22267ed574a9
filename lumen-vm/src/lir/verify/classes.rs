//! Type parameters in sets: which of them a type mentions, what it demands of them, and what they are known to be.

use super::error::Reason;
use crate::lir::{TypeParameter, VariableClass};

/// Most type parameters of a cell or a nominal.
pub(super) const MAX_PARAMETERS: usize = 255;

/// A set of type parameters, by position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct ParameterSet([u64; 4]);

impl ParameterSet {
    pub(super) fn of(position: u8) -> ParameterSet {
        let mut set = ParameterSet::default();
        set.insert(position);
        set
    }

    pub(super) fn insert(&mut self, position: u8) {
        self.0[usize::from(position >> 6)] |= 1 << (position & 63);
    }

    pub(super) fn contains(self, position: u8) -> bool {
        self.0[usize::from(position >> 6)] >> (position & 63) & 1 != 0
    }

    pub(super) fn union(self, other: ParameterSet) -> ParameterSet {
        ParameterSet(std::array::from_fn(|word| self.0[word] | other.0[word]))
    }

    /// The first parameter that is not in `other`.
    pub(super) fn first_outside(self, other: ParameterSet) -> Option<u8> {
        let (word, rest) = (self.0.iter().zip(other.0).enumerate())
            .find_map(|(word, (mine, theirs))| (mine & !theirs != 0).then_some((word, mine & !theirs)))?;
        Some((64 * word as u32 + rest.trailing_zeros()) as u8)
    }

    pub(super) fn iter(self) -> impl Iterator<Item = u8> {
        (0..=u8::MAX).filter(move |&position| self.contains(position))
    }
}

/// When a type that mentions type parameters has a property, such as equality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum When {
    /// If all of these have it.
    If(ParameterSet),
    /// Whatever they stand for, it has it not.
    Never,
}

impl When {
    pub(super) const ALWAYS: When = When::If(ParameterSet([0; 4]));

    pub(super) fn and(self, other: When) -> When {
        match (self, other) {
            (When::If(mine), When::If(theirs)) => When::If(mine.union(theirs)),
            _ => When::Never,
        }
    }
}

/// Sets of type parameters by class; those of one class are in the sets of the classes before it too.
///
/// Of a type: the parameters that it mentions (class Any) and those that it takes to be of a class, as the key of a map is.
/// Of a scope: the parameters that are of the class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Classes([ParameterSet; VariableClass::TABLE.len()]);

impl Classes {
    /// What is known of these type parameters.
    pub(super) fn of(parameters: &[TypeParameter]) -> Classes {
        let mut classes = Classes::default();
        for (position, parameter) in (0..=u8::MAX).zip(parameters) {
            classes.add(parameter.class, ParameterSet::of(position));
        }
        classes
    }

    /// Adds parameters of a class, and so of those before it.
    pub(super) fn add(&mut self, class: VariableClass, parameters: ParameterSet) {
        for set in &mut self.0[..=class as usize] {
            *set = set.union(parameters);
        }
    }

    pub(super) fn get(&self, class: VariableClass) -> ParameterSet {
        self.0[class as usize]
    }

    pub(super) fn union(&self, other: &Classes) -> Classes {
        Classes(std::array::from_fn(|class| self.0[class].union(other.0[class])))
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Classes::default()
    }

    /// Checks that the scope has every parameter that is mentioned, of the class that is demanded.
    pub(super) fn check(&self, scope: &Scope) -> Result<(), Reason> {
        if self.is_empty() {
            return Ok(());
        }
        // Whether the parameter is there at all, then the class that demands most.
        let classes = VariableClass::TABLE[..1]
            .iter()
            .chain(VariableClass::TABLE[1..].iter().rev());
        for &(class, name) in classes {
            let Some(position) = self.get(class).first_outside(scope.classes.get(class)) else {
                continue;
            };
            return Err(match class {
                VariableClass::Any => Reason::OutOfRange {
                    what: "type parameter",
                    index: u32::from(position),
                    length: scope.count,
                },
                _ => Reason::ClassOfParameter {
                    position,
                    class: name,
                },
            });
        }
        Ok(())
    }
}

/// What the types and cell operands of a cell or a nominal may mention.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    classes: Classes,
    /// Number of type parameters.
    count: usize,
    /// Number of each method's signature in [`super::instances::Signatures`].
    pub(super) methods: Box<[u32]>,
}

impl Scope {
    pub(super) fn new(parameters: &[TypeParameter]) -> Scope {
        Scope {
            classes: Classes::of(parameters),
            count: parameters.len(),
            methods: Box::default(),
        }
    }

    /// Whether a type of which this is said has the property; `class` is the one of the parameters that have it.
    pub(super) fn satisfies(&self, when: When, class: VariableClass) -> bool {
        match when {
            When::If(parameters) => parameters.first_outside(self.classes.get(class)).is_none(),
            When::Never => false,
        }
    }

    /// Whether type parameter `position` is of a class.
    pub(super) fn is_of_class(&self, position: u32, class: VariableClass) -> bool {
        u8::try_from(position).is_ok_and(|position| self.classes.get(class).contains(position))
    }
}

//! A small world of packages, modules and items, rich enough that edits of it meet every kind of dependency: bodies, constants,
//! records, enums, generics, traits, aliases, and types that a module only meets through another one.

use std::collections::BTreeMap;

/// Names of packages; the folder of each is `packages/NAME`.
pub(crate) const PACKAGES: [&str; 3] = ["a", "b", "c"];

/// Where modules may lie, below `src` and without an ending. Two differ in case alone, and a folder may have a document's name.
pub(crate) const PATHS: [&str; 8] = [
    "lib",
    "one",
    "two",
    "deep/three",
    "deep/four",
    "One",
    "deep/er/five",
    "one/inner",
];

/// Items that a module may have.
pub(crate) const SLOTS: usize = 4;

/// A package, and the position of a path.
pub(crate) type Place = (usize, usize);

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Nothing,
    Cell,
    Constant,
    Record,
    Enum,
    Generic,
    Trait,
    Alias,
    /// A cell that returns a record of another module, if there is one.
    Carrier,
}

pub(crate) const KINDS: [Kind; 9] = [
    Kind::Cell,
    Kind::Constant,
    Kind::Record,
    Kind::Enum,
    Kind::Generic,
    Kind::Trait,
    Kind::Alias,
    Kind::Carrier,
    Kind::Nothing,
];

/// An item of a module.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    pub(crate) kind: Kind,
    /// Chooses the signature, modulo what the kind has.
    pub(crate) shape: usize,
    /// A digit in the body.
    pub(crate) body: usize,
    pub(crate) is_public: bool,
}

/// How an import is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Named,
    Star,
    Module,
}

/// An import, with what the importer takes the item to be: it is right when it is written and wrong after the item changed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Import {
    pub(crate) from: Place,
    pub(crate) identity: usize,
    pub(crate) slot: usize,
    pub(crate) kind: Kind,
    pub(crate) shape: usize,
    pub(crate) style: Style,
}

/// A module.
#[derive(Clone, Debug)]
pub(crate) struct Module {
    /// A number that its items have in their names; it stays when the module moves.
    pub(crate) identity: usize,
    pub(crate) items: [Item; SLOTS],
    pub(crate) imports: Vec<Import>,
    pub(crate) prose: usize,
    /// 0: none; else what is wrong with the document.
    pub(crate) fault: usize,
    pub(crate) warns: bool,
    /// Which fences besides code it has.
    pub(crate) fences: usize,
    /// Whether it is a `.lm` file.
    pub(crate) is_code: bool,
}

/// A package.
#[derive(Clone, Debug, Default)]
pub(crate) struct Package {
    pub(crate) version: usize,
    /// Chooses the name.
    pub(crate) name: usize,
    /// Packages that it depends on; true: for tests alone.
    pub(crate) dependencies: BTreeMap<usize, bool>,
    /// 0: none; else what is wrong with the manifest.
    pub(crate) fault: usize,
}

/// Everything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) packages: BTreeMap<usize, Package>,
    pub(crate) modules: BTreeMap<Place, Module>,
    made: usize,
}

impl Model {
    /// A module as it is made first, with an identity of its own.
    pub(crate) fn fresh(&mut self, variant: usize) -> Module {
        self.made += 1;
        let item = |slot: usize| Item {
            kind: KINDS[(variant + slot * 2) % KINDS.len()],
            shape: 0,
            body: 1,
            is_public: true,
        };
        Module {
            identity: self.made % 10,
            items: [item(0), item(1), item(2), item(3)],
            imports: Vec::new(),
            prose: 0,
            fault: 0,
            warns: false,
            fences: 0,
            is_code: false,
        }
    }

    /// The place of a module that there is, chosen by a number.
    pub(crate) fn module_at(&self, number: usize) -> Option<Place> {
        let count = self.modules.len();
        self.modules.keys().nth(number.checked_rem(count)?).copied()
    }

    /// The number of a package that there is, chosen by a number.
    pub(crate) fn package_at(&self, number: usize) -> Option<usize> {
        let count = self.packages.len();
        self.packages.keys().nth(number.checked_rem(count)?).copied()
    }

    /// An import of an item of the module at `from`, as it is now.
    pub(crate) fn import_of(&self, from: Place, slot: usize, style: usize) -> Option<Import> {
        let module = self.modules.get(&from)?;
        let slot = slot % SLOTS;
        let item = module.items[slot];
        let style = match style % 6 {
            0 => Style::Star,
            // The root of a package has no name of its own to put before a dot.
            1 if from.1 > 0 && matches!(item.kind, Kind::Cell | Kind::Constant | Kind::Carrier) => {
                Style::Module
            }
            _ => Style::Named,
        };
        Some(Import {
            from,
            identity: module.identity,
            slot,
            kind: item.kind,
            // What a carrier returns depends on what its module imports.
            shape: match item.kind {
                Kind::Carrier => usize::from(module.imports.iter().any(|import| import.kind == Kind::Record)),
                _ => item.shape,
            },
            style,
        })
    }
}

//! Which tests need no run: those that passed, and reach nothing that has changed since.

use super::names::Named;
use lumen_build::{
    Build, Closures, Outcome, Program, TestFiles, TestKey, TestLimits, TestMemory, TestPlace, TestShape,
};
use lumen_compiler::interface::Digest;
use lumen_vm::lir::CellKind;
use std::collections::BTreeSet;
use std::time::Duration;

/// Tests with what decides about them.
pub(super) struct Keyed<'t> {
    /// In the order of modules and cells.
    pub(super) tests: Vec<KeyedTest<'t>>,
    /// What tests read besides documents.
    pub(super) files: TestFiles,
}

/// A test with what decides about it.
pub(super) struct KeyedTest<'t> {
    pub(super) test: &'t Named,
    /// Under which its pass is kept; nothing for one that reaches what is not there.
    pub(super) key: Option<TestKey>,
}

impl KeyedTest<'_> {
    /// The hash of its key.
    pub(super) fn digest(&self) -> Option<Digest> {
        self.key.as_ref().map(TestKey::digest)
    }

    /// How long it took when it passed, if it did; zero if that is not known.
    pub(super) fn passed(&self, build: &Build, memory: Option<&TestMemory>) -> Option<Duration> {
        let (name, key) = (&self.test.name, self.key.as_ref()?);
        let known = memory.and_then(|memory| memory.test(name));
        let remembered = memory.is_some_and(|memory| memory.has_passed(name, &key.digest()));
        let duration = known.map(|known| known.duration).unwrap_or_default();
        (remembered || build.has_passed(key)).then_some(duration)
    }
}

impl<'t> Keyed<'t> {
    /// The keys of tests, which lie in these modules. Snapshots of `all` tests are looked at.
    pub(super) fn of(
        build: &Build,
        outcome: &Outcome,
        modules: &Program,
        all: &[Named],
        tests: Vec<&'t Named>,
        limits: TestLimits,
    ) -> Keyed<'t> {
        let places: Vec<TestPlace> = all.iter().map(|test| TestPlace::of(&test.case)).collect();
        let files = build.test_files(outcome, &places);
        let closures = Closures::of(modules.modules.iter().map(|module| &module.module));
        let with_parameters = with_parameters(modules);
        let key = |test: &Named| {
            let closure = closures.of_cell(test.case.module.as_str(), &test.case.test.cell)?;
            let files = files.of_test(&TestPlace::of(&test.case));
            let is_property = with_parameters.contains(&(test.case.module.as_str(), &*test.case.test.cell));
            let shape = match is_property {
                true => TestShape::Property,
                false => TestShape::Plain,
            };
            Some(TestKey::new(&closure, limits, shape, &files))
        };
        let keyed = |test: &'t Named| KeyedTest { test, key: key(test) };
        Keyed {
            tests: tests.into_iter().map(keyed).collect(),
            files,
        }
    }

    /// The tests alone.
    pub(super) fn named(&self) -> Vec<&'t Named> {
        self.tests.iter().map(|keyed| keyed.test).collect()
    }
}

/// The tests with parameters, by module and cell.
fn with_parameters(modules: &Program) -> BTreeSet<(&str, &str)> {
    let modules = modules.modules.iter().map(|module| &module.module);
    let cells = modules.flat_map(|module| module.cells.iter().map(|cell| (module.id.as_str(), cell)));
    let tests = cells.filter(|(_, cell)| cell.kind == CellKind::Test && !cell.parameters.is_empty());
    tests.map(|(module, cell)| (module, cell.name.as_str())).collect()
}

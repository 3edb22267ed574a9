//! Which tests an edit concerns: closures of compiled programs against what the generator of their sources knows.

use crate::build::Build;
use crate::lumen::Lumen;
use crate::memory::MemoryFiles;
use crate::options::Options;
use crate::progress::Silent;
use crate::store::{MemoryStore, Store};
use crate::testing::Closures;
use lumen_compiler::interface::Digest;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

const MODULES: usize = 3;
const COUNT: usize = 8;

/// What a definition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Cell,
    Generic,
    Constant,
    Record,
}

/// A definition: its name, where it stands, a number in its body, and which definitions its body uses.
#[derive(Clone, Debug)]
struct Item {
    id: usize,
    module: usize,
    shape: Shape,
    number: u32,
    uses: Vec<usize>,
}

fn item(count: usize) -> impl Strategy<Value = Item> {
    let shape = prop_oneof![
        4 => Just(Shape::Cell),
        1 => Just(Shape::Generic),
        1 => Just(Shape::Constant),
        1 => Just(Shape::Record),
    ];
    (0..MODULES, shape, 1..50u32, prop::collection::vec(0..count, 0..3)).prop_map(
        |(module, shape, number, mut uses)| {
            uses.sort_unstable();
            uses.dedup();
            let uses = match shape {
                Shape::Cell => uses,
                Shape::Generic | Shape::Constant | Shape::Record => Vec::new(),
            };
            Item {
                id: 0,
                module,
                shape,
                number,
                uses,
            }
        },
    )
}

/// Modules that import each other in a circle do not compile: a use leads to the same module or a later one.
fn items() -> impl Strategy<Value = Vec<Item>> {
    prop::collection::vec(item(COUNT), COUNT).prop_map(|mut items| {
        let modules: Vec<usize> = items.iter().map(|item| item.module).collect();
        for (id, item) in items.iter_mut().enumerate() {
            let module = item.module;
            item.id = id;
            item.uses.retain(|used| modules[*used] >= module);
        }
        items
    })
}

fn find(items: &[Item], id: usize) -> &Item {
    items
        .iter()
        .find(|item| item.id == id)
        .expect("uses lead somewhere")
}

fn name(item: &Item) -> String {
    let letter = match item.shape {
        Shape::Cell => 'c',
        Shape::Generic => 'g',
        Shape::Constant => 'K',
        Shape::Record => 'R',
    };
    format!("{letter}{}", item.id)
}

fn used(item: &Item) -> String {
    let name = name(item);
    match item.shape {
        Shape::Cell => format!("{name}(x - 1)"),
        Shape::Generic => format!("{name}([x])"),
        Shape::Constant => name,
        Shape::Record => format!("{name}(value: x).value"),
    }
}

fn definition(items: &[Item], item: &Item) -> String {
    let (name, number) = (name(item), item.number);
    match item.shape {
        Shape::Constant => format!("pub const {name}: Int = {number}\n"),
        Shape::Record => format!("pub record {name}\n  value: Int where value > {number}\nend\n"),
        Shape::Generic => {
            format!("pub cell {name}[T](values: list[T]) -> Int\n  length(values) * {number}\nend\n")
        }
        Shape::Cell => {
            let mut body = number.to_string();
            for id in &item.uses {
                body += &format!(" + {}", used(find(items, *id)));
            }
            format!("pub cell {name}(x: Int) -> Int\n  if x < 0\n    return 0\n  end\n  {body}\nend\n")
        }
    }
}

/// Documents with the definitions in the given order, and a test for each cell.
fn documents(items: &[Item]) -> BTreeMap<String, String> {
    let document = |module: usize| {
        let own = || items.iter().filter(move |item| item.module == module);
        let imported: BTreeSet<usize> = own().flat_map(|item| item.uses.clone()).collect();
        let imported = imported.into_iter().map(|id| find(items, id));
        let mut text = "```lumen\n".to_owned();
        for item in imported.filter(|item| item.module != module) {
            let _ = writeln!(text, "import m{}: {}", item.module, name(item));
        }
        for item in own() {
            text += &definition(items, item);
            if item.shape == Shape::Cell {
                let id = item.id;
                // A loop, so that the compiler does not compute what the test is about.
                let _ = write!(
                    text,
                    "@test\ncell t{id}()\n  let mut x = 0\n  for each in [1, 2]\n    x = x + each\n  end\n  print(c{id}(x))\nend\n"
                );
            }
        }
        (format!("m{module}"), text + "```\n")
    };
    (0..MODULES).map(document).collect()
}

struct Fixture {
    files: MemoryFiles,
    store: Arc<MemoryStore>,
}

impl Fixture {
    fn new() -> Fixture {
        let files = MemoryFiles::new();
        files.write(
            "/w/lumen.toml",
            "[package]\nname = \"@w/p\"\nversion = \"1.0.0\"\n",
        );
        Fixture {
            files,
            store: Arc::new(MemoryStore::new()),
        }
    }

    /// The closure of each test, by name.
    fn closures(&self, documents: &BTreeMap<String, String>) -> BTreeMap<String, Digest> {
        for (module, text) in documents {
            self.files.write(format!("/w/src/{module}.lm.md"), text.as_str());
        }
        let store: Box<dyn Store> = Box::new(Arc::clone(&self.store));
        let build = Build::with(
            Options::new("/w", "/cache"),
            Box::new(self.files.clone()),
            store,
            Box::new(Lumen),
        );
        let mut outcome = build.run(&Silent).expect("there is a workspace");
        let errors: Vec<&str> = outcome
            .reports
            .iter()
            .flat_map(|report| &report.diagnostics)
            .map(|diagnostic| diagnostic.message.as_str())
            .collect();
        assert!(outcome.succeeded(), "{errors:?} {documents:#?}");
        let tests = build.tests(&outcome);
        let entries: BTreeSet<_> = tests.iter().map(|test| test.module.clone()).collect();
        let entries: Vec<_> = entries.into_iter().collect();
        let program = build
            .program(&mut outcome, &entries, &Silent)
            .expect("it was built");
        let closures = Closures::of(program.modules.iter().map(|module| &module.module));
        let closure = |test: &crate::TestCase| {
            let closure = closures.of_cell(test.module.as_str(), &test.test.cell);
            (test.test.name.clone(), closure.expect("everything is there"))
        };
        tests.iter().map(closure).collect()
    }
}

/// What the test of a cell reaches, by the sources alone.
fn reached(items: &[Item], from: usize) -> Vec<usize> {
    let mut reached = vec![from];
    let mut next = 0;
    while let Some(id) = reached.get(next).copied() {
        next += 1;
        for used in &find(items, id).uses {
            if !reached.contains(used) {
                reached.push(*used);
            }
        }
    }
    reached
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn an_edit_concerns_the_tests_that_reach_it(items in items(), edited in 0..COUNT) {
        let fixture = Fixture::new();
        let before = fixture.closures(&documents(&items));
        let mut changed = items.clone();
        changed[edited].number += 50;
        let after = fixture.closures(&documents(&changed));
        for item in items.iter().filter(|item| item.shape == Shape::Cell) {
            let test = format!("t{}", item.id);
            let concerned = reached(&items, item.id).contains(&edited);
            prop_assert_eq!(before[&test] != after[&test], concerned, "{} {:#?}", test, documents(&items));
        }
    }

    #[test]
    fn what_is_added_elsewhere_concerns_nobody(items in items(), more in items()) {
        let fixture = Fixture::new();
        let before = fixture.closures(&documents(&items));
        // In front of the others, so that every table of the modules begins differently.
        let added = more.into_iter().map(|item| Item {
            id: item.id + COUNT,
            uses: item.uses.iter().map(|used| used + COUNT).collect(),
            ..item
        });
        let all: Vec<Item> = added.chain(items).collect();
        let after = fixture.closures(&documents(&all));
        for (test, closure) in before {
            prop_assert_eq!(after.get(&test), Some(&closure), "{} {:#?}", test, documents(&all));
        }
    }
}

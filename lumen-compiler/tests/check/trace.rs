//! The trace is complete: as long as all consulted answers stay the same, so does the result, whatever else changes in
//! other modules.

use crate::modules::Modules;
use lumen_compiler::compile::Compilation;
use lumen_compiler::document::parse_document;
use lumen_compiler::interface::{Consulted, Environment};
use proptest::prelude::*;

/// Items of the module `records`, each in several versions; the last is its absence.
const RECORDS: [[&str; 4]; 8] = [
    [
        "record Point\n  x: Int\n  y: Int = 2\nend",
        "record Point\n  x: Int\n  y: Int\nend",
        "record Point\n  x: Float\n  y: Int = 2\n  z: Int = 3\nend",
        "",
    ],
    [
        "enum Color\n  Red\n  Green\nend",
        "enum Color\n  Red\n  Green\n  Blue(Int)\nend",
        "record Color\n  x: Int\nend",
        "",
    ],
    [
        "const LIMIT = 3",
        "const LIMIT = \"x\"",
        "cell LIMIT() -> Int\n  1\nend",
        "",
    ],
    [
        "cell helper() -> Int\n  1\nend",
        "cell helper(a: Int = 1) -> Int\n  a\nend",
        "cell helper() -> String\n  \"x\"\nend",
        "",
    ],
    [
        "trait Shape\n  cell area(self: Self) -> Int\nend",
        "trait Shape\n  cell area(self: Self) -> String\nend",
        "trait Shape\n  cell area(self: Self) -> Int\n  cell name(self: Self) -> String\nend",
        "",
    ],
    [
        "impl Shape for Point\n  cell area(self: Self)\n    halt(\"{self}\")\n  end\nend",
        "impl Shape for Int\n  cell area(self: Self)\n    halt(\"{self}\")\n  end\nend",
        "impl[T: Shape] Shape for list[T]\n  cell area(self: Self)\n    self[0].area()\n  end\nend",
        "",
    ],
    [
        "cell sized[T: Shape](x: T) -> Int\n  print(x.area())\n  1\nend",
        "cell sized[T](x: T) -> T\n  x\nend",
        "cell sized[T: Ordered](x: T) -> Bool\n  x < x\nend",
        "",
    ],
    [
        "enum Opt[T]\n  Non\n  Som(T)\n\n  cell get_or(self: Self, other: T) -> T\n    other\n  end\nend",
        "enum Opt[T]\n  Non\n  Som(T)\nend",
        "record Opt[T]\n  value: T\nend",
        "",
    ],
];

/// Items of the module `tools`, which imports `records` as a whole, so that its signatures mention what stands there.
const TOOLS: [[&str; 4]; 8] = [
    [
        "cell origin() -> records.Point\n  records.Point(x: 0)\nend",
        "cell origin() -> records.Point?\n  null\nend",
        "cell origin(a: Int = 0) -> records.Point\n  records.Point(x: a)\nend",
        "",
    ],
    [
        "type Place = records.Point",
        "type Place = list[records.Point]",
        "type Place = Int",
        "",
    ],
    [
        "cell favourite() -> records.Color\n  Red\nend",
        "cell favourite() -> Int\n  1\nend",
        "cell favourite() -> Never\n  1\nend",
        "",
    ],
    [
        "cell helper() -> Int\n  2\nend",
        "cell helpers() -> Int\n  2\nend",
        "cell helpful() -> Int\n  3\nend",
        "",
    ],
    [
        "record Box[T]\n  value: T\nend",
        "record Box[T: Shape]\n  value: T\nend",
        "record Box\n  value: Int\nend",
        "",
    ],
    [
        "impl Shape for Box[T]\n  cell area(self: Self)\n    halt(\"{self}\")\n  end\nend",
        "trait Shape\n  cell area(self: Self) -> Int\nend",
        "trait Other\n  cell area(self: Self) -> Int\nend\n\nimpl Other for Box[T]\n  cell area(self: Self) -> Int\n    print(self)\n    1\n  end\nend",
        "",
    ],
    [
        "cell some() -> Opt[Int]\n  Som(1)\nend",
        "cell some() -> list[Int]\n  [1]\nend",
        "cell some[T](x: T) -> list[T]\n  [x]\nend",
        "",
    ],
    [
        "type Two[T] = (T, T)",
        "type Two[T] = list[T]",
        "type Two = Int",
        "",
    ],
];

const IMPORTS: [&str; 13] = [
    "import records: Point",
    "import records: Color as Paint, LIMIT",
    "import records",
    "import records: *",
    "import tools: origin, Place",
    "import tools",
    "import tools: *",
    "import tools: favourite",
    "import records: Shape",
    "import records: sized, Opt",
    "import tools: Box",
    "import tools: some",
    "import tools: Two",
];

const USES: [&str; 27] = [
    "print(Point(x: 1))",
    "print(records.Point(x: 1, y: 2).y)",
    "print(LIMIT)",
    "print(Red)",
    "let c: Paint = Green",
    "print(origin())",
    "print(origin().x)",
    "let p: Place = origin()",
    "print(tools.origin())",
    "print(tools.favourite() == Red)",
    "print(helper())",
    "print(helpr())",
    "print(tools.helper())",
    "match favourite()\n    Red -> print(1)\n    Green -> print(2)\n  end",
    "match origin()\n    Point(x: n) -> print(n)\n  end",
    "print(1.helper())",
    "print(Point(x: 1).area())",
    "print(records.Point(x: 1).area())",
    "print(Shape.area(1))",
    "print(sized(1))",
    "print(sized([Point(x: 1)]))",
    "print(Som(1).get_or(2))",
    "print(some().get_or(2))",
    "print(Box(value: 1).area())",
    "print(tools.Box(value: Point(x: 1)).area())",
    "print([1].area())",
    "let t: Two[Int] = (1, 2)\n  print(t)",
];

#[derive(Clone, Debug)]
struct World {
    records: [usize; 8],
    tools: [usize; 8],
}

impl World {
    fn modules(&self) -> Modules {
        let mut modules = Modules::default();
        modules.add("records", &fence(&pick(&RECORDS, self.records)));
        modules.add(
            "tools",
            &fence(&format!(
                "import records\nimport records: *\n\n{}",
                pick(&TOOLS, self.tools)
            )),
        );
        modules
    }
}

fn pick(items: &[[&str; 4]; 8], versions: [usize; 8]) -> String {
    items
        .iter()
        .zip(versions)
        .map(|(item, version)| item[version])
        .collect::<Vec<_>>()
        .join("\n\n")
}

fn fence(code: &str) -> String {
    format!("```lumen\n{code}\n```\n")
}

/// Whether a consulted answer is what another world would answer.
fn holds(consulted: &Consulted, modules: &Modules) -> bool {
    match modules.interface(&consulted.module) {
        Some(interface) if consulted.name.is_empty() => consulted.hash == Some(interface.names_hash),
        Some(interface) => consulted.hash == interface.item(&consulted.name).map(|item| item.hash),
        None => false,
    }
}

fn compile(modules: &Modules, text: &str) -> Compilation {
    let document = parse_document(text);
    assert!(
        document.diagnostics.is_empty(),
        "{text}{:?}",
        document.diagnostics
    );
    modules.check_document(&Modules::id("main"), &document)
}

/// Everything a build keeps of a compilation.
fn outcome(compilation: Compilation) -> impl PartialEq + std::fmt::Debug {
    (
        compilation.interface,
        compilation.lowered.map(|lowered| (lowered.module, lowered.debug)),
        compilation.diagnostics,
        compilation.trace,
    )
}

fn worlds() -> impl Strategy<Value = World> {
    let versions = proptest::array::uniform8(prop_oneof![5 => Just(0usize), 1 => 1usize..4]);
    (versions.clone(), versions).prop_map(|(records, tools)| World { records, tools })
}

fn documents() -> impl Strategy<Value = String> {
    let imports = proptest::sample::subsequence(IMPORTS.to_vec(), 1..=3);
    let uses = proptest::sample::subsequence(USES.to_vec(), 0..=4);
    (imports, uses).prop_map(|(imports, uses)| {
        let body: String = uses.iter().map(|line| format!("  {line}\n")).collect();
        fence(&format!(
            "{}\n\ncell main()\n{body}  null\nend",
            imports.join("\n")
        ))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_not_consulted_changes_nothing(before in worlds(), after in worlds(), text in documents()) {
        let (before, after) = (before.modules(), after.modules());
        let first = compile(&before, &text);
        let resolves_alike = ["records", "tools"].iter().all(|path| {
            std::mem::discriminant(&before.resolve(None, path)) == std::mem::discriminant(&after.resolve(None, path))
        });
        if resolves_alike && first.trace.iter().all(|consulted| holds(consulted, &after)) {
            let second = compile(&after, &text);
            prop_assert_eq!(outcome(first), outcome(second), "{}", text);
        }
    }

    #[test]
    fn the_trace_is_sorted_and_says_what_was_answered(world in worlds(), text in documents()) {
        let modules = world.modules();
        let trace = compile(&modules, &text).trace;
        prop_assert!(trace.is_sorted_by(|a, b| a < b));
        prop_assert!(trace.iter().all(|consulted| holds(consulted, &modules)));
    }
}

#[test]
fn other_items_of_an_imported_module_are_not_consulted() {
    let world = World {
        records: [0; 8],
        tools: [0; 8],
    };
    let text = fence("import records: helper\n\ncell main() -> Int\n  helper()\nend");
    let trace = compile(&world.modules(), &text).trace;
    let names: Vec<&str> = trace.iter().map(|consulted| consulted.name.as_str()).collect();
    assert_eq!(names, ["helper"]);
}

#[test]
fn a_type_that_is_only_passed_on_is_not_looked_into() {
    let world = World {
        records: [0; 8],
        tools: [0; 8],
    };
    let passed = fence("import tools: origin\n\ncell main()\n  print(origin())\nend");
    let looked = fence("import tools: origin\n\ncell main()\n  print(origin().x)\nend");
    let names = |text: &str| {
        let trace = compile(&world.modules(), text).trace;
        trace
            .iter()
            .map(|consulted| format!("{} {}", consulted.module.path(), consulted.name))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&passed), ["tools origin"]);
    assert_eq!(names(&looked), ["records Point", "tools origin"]);
}

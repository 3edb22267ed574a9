//! Builds with the Lumen compiler: programs, tests and snippets.

use crate::build::Build;
use crate::image::LoadError;
use crate::lumen::Lumen;
use crate::memory::MemoryFiles;
use crate::options::{Options, Scope};
use crate::outcome::Outcome;
use crate::program::ProgramError;
use crate::progress::Silent;
use crate::snippet::SnippetResult;
use crate::store::{BlobKind, MemoryStore, Store};
use lumen_compiler::diagnostic::Code;
use lumen_vm::lir::ModuleId;
use std::fs;
use std::path::Path;
use std::sync::Arc;

struct Shop {
    files: MemoryFiles,
    store: Arc<MemoryStore>,
    snippets: bool,
}

impl Shop {
    /// `@w/shop` with `tax`, its user `main`, and `alone`.
    fn new() -> Shop {
        let shop = Shop {
            files: MemoryFiles::new(),
            store: Arc::new(MemoryStore::new()),
            snippets: false,
        };
        shop.files.write(
            "/w/lumen.toml",
            "[package]\nname = \"@w/shop\"\nversion = \"1.0.0\"\n",
        );
        shop.write("tax", TAX);
        shop.write(
            "main",
            "```lumen\nimport tax: rate, Rule\n\ncell main() -> Int\n  return rate(2)\nend\n```\n",
        );
        shop.write("alone", "```lumen\ncell one() -> Int\n  return 1\nend\n```\n");
        shop
    }

    fn write(&self, module: &str, text: &str) {
        self.files.write(format!("/w/src/{module}.lm.md"), text);
    }

    fn tool(&self) -> Build {
        let options = Options {
            snippets: self.snippets,
            jobs: 2,
            ..Options::new("/w", "/cache")
        };
        let store: Box<dyn Store> = Box::new(Arc::clone(&self.store));
        Build::with(options, Box::new(self.files.clone()), store, Box::new(Lumen))
    }

    fn build(&self) -> Outcome {
        self.tool().run(&Silent).expect("the workspace can be built")
    }
}

const TAX: &str = r"# Tax

```lumen
pub record Rule
  percent: Int
end

pub cell rate(x: Int) -> Int
  return x * 3
end

@test
cell triples() -> Bool
  return rate(2) == 6
end
```

It triples:

```lumen test
assert_eq(rate(1), 3)
```

It takes no text:

```lumen error(E0012)
let x: Int = rate(1)
let y: String = x
```

```lumen no_run
let z = rate(5)
print(z)
```
";

fn id(path: &str) -> ModuleId {
    ModuleId::in_package("@w/shop", "1.0.0", path)
}

fn problems(outcome: &Outcome) -> Vec<(Code, &str)> {
    let diagnostics = outcome.reports.iter().flat_map(|report| &report.diagnostics);
    diagnostics
        .map(|diagnostic| (diagnostic.code, diagnostic.message.as_str()))
        .collect()
}

#[test]
fn a_program_is_what_its_entry_reaches() {
    let shop = Shop::new();
    let mut outcome = shop.build();
    assert_eq!(
        (outcome.compiled, problems(&outcome)),
        (3, vec![(Code::W0002, "import `Rule` is never used")])
    );
    let program = shop
        .tool()
        .program(&mut outcome, &[id("main")], &Silent)
        .expect("it was built");
    let names: Vec<&str> = program
        .modules
        .iter()
        .map(|module| module.module.id.path())
        .collect();
    assert_eq!(names, ["main", "tax"]);
}

#[test]
fn the_bundled_package_is_there_for_those_who_import_it() {
    let shop = Shop::new();
    let clean = shop.build();
    let image = |outcome: &Outcome| outcome.image.as_ref().expect("a build leaves an image").hash();
    let alone = |body: &str| format!("```lumen\n{body}\n```\n");
    shop.write(
        "alone",
        &alone("import std.text: title\n\ncell one() -> String\n  title(\"a b\")\nend"),
    );
    let mut outcome = shop.build();
    assert_eq!((outcome.modules, outcome.compiled, outcome.up_to_date), (3, 1, 2));
    let program = shop
        .tool()
        .program(&mut outcome, &[id("alone")], &Silent)
        .expect("it was built");
    let names: Vec<&str> = program
        .modules
        .iter()
        .map(|module| module.module.id.as_str())
        .collect();
    assert_eq!(names, ["@w/shop@1.0.0:alone", "@lumen/std@1.0.0:text"]);
    assert!(crate::bundled_text(&program.modules[1].path).is_some());
    assert!(shop.build().is_up_to_date());
    let documents = outcome.image.as_ref().map(|image| image.documents().len());
    assert_eq!((shop.tool().tests(&outcome).len(), documents), (1, Some(3)));

    shop.write("alone", &alone("cell one() -> Int\n  return 1\nend"));
    let again = shop.build();
    assert_eq!((again.compiled, again.cached), (0, 1));
    assert_eq!(image(&again), image(&clean));
    shop.files.forget_state();
    assert_eq!(image(&shop.build()), image(&clean));
}

#[test]
fn users_of_a_declaration_learn_that_it_is_deprecated() {
    let shop = Shop::new();
    shop.build();
    let deprecated = TAX.replace("pub cell rate", "@deprecated(\"use `tax`\")\npub cell rate");
    shop.write("tax", &deprecated);
    let outcome = shop.build();
    let warnings = [
        (Code::W0007, "`rate` is deprecated: use `tax`"),
        (Code::W0002, "import `Rule` is never used"),
    ];
    assert_eq!((outcome.compiled, outcome.up_to_date), (2, 1));
    let mut found = problems(&outcome);
    found.sort();
    found.reverse();
    assert_eq!(found, [warnings[0], warnings[0], warnings[1]]);
    shop.write("tax", &deprecated.replace("use `tax`", "no more"));
    assert_eq!(shop.build().compiled, 2);
    shop.write("tax", TAX);
    assert_eq!(problems(&shop.build()), warnings[1..]);
}

#[test]
fn an_artefact_that_the_cache_has_lost_is_compiled_again() {
    let shop = Shop::new();
    let mut outcome = shop.build();
    let modules = outcome.image.as_ref().expect("a build leaves an image").modules();
    let tax = modules
        .iter()
        .find(|module| module.id == id("tax"))
        .expect("it was built");
    shop.store.forget(BlobKind::Module, &tax.artefact);
    let program = shop
        .tool()
        .program(&mut outcome, &[id("main")], &Silent)
        .expect("it is made again");
    assert_eq!(program.modules.len(), 2);
    assert_eq!((outcome.compiled, outcome.up_to_date), (1, 2));
    let missing = shop.tool().program(&mut outcome, &[id("nothing")], &Silent);
    assert!(
        matches!(missing, Err(ProgramError::Load(LoadError::Missing(modules))) if modules == [id("nothing")])
    );
}

#[test]
fn tests_are_those_of_modules_and_of_their_snippets() {
    let mut shop = Shop::new();
    shop.build();
    shop.snippets = true;
    for _ in 0..2 {
        let mut outcome = shop.build();
        assert!(outcome.is_up_to_date());
        let results: Vec<String> = outcome
            .snippets
            .iter()
            .map(|snippet| format!("{} {:?}", snippet.id, kind(&snippet.result)))
            .collect();
        assert_eq!(
            results,
            [
                "@w/shop@1.0.0:tax#0 \"compiled\"",
                "@w/shop@1.0.0:tax#1 \"failed as announced\"",
                "@w/shop@1.0.0:tax#2 \"compiled\"",
            ]
        );
        let tool = shop.tool();
        let cases = tool.tests(&outcome);
        let names: Vec<(&str, Option<usize>)> = cases
            .iter()
            .map(|case| (case.test.cell.as_str(), case.snippet))
            .collect();
        assert_eq!(names, [("triples", None), ("test", Some(0))]);
        let program = tool
            .program(&mut outcome, &[cases[1].module.clone()], &Silent)
            .expect("it was compiled");
        assert_eq!(program.modules.len(), 2);
    }
}

#[test]
fn a_snippet_that_fails_otherwise_than_announced_is_reported() {
    let mut shop = Shop::new();
    shop.snippets = true;
    shop.write(
        "tax",
        &TAX.replace("let y: String = x", "let y: Int = x + 1\nprint(y)"),
    );
    let outcome = shop.build();
    assert!(matches!(
        &outcome.snippets[1].result,
        SnippetResult::NotAsAnnounced { announced: Code::E0012, report } if report.snippet == Some(1)
    ));
    shop.write(
        "tax",
        &TAX.replace("assert_eq(rate(1), 3)", "assert_eq(rate(true), 3)"),
    );
    let outcome = shop.build();
    assert!(outcome.succeeded(), "snippets are no part of the build");
    assert!(
        matches!(&outcome.snippets[0].result, SnippetResult::Failed(report) if !report.diagnostics.is_empty())
    );
}

#[test]
fn a_snippet_is_compiled_again_when_what_it_uses_changes() {
    let mut shop = Shop::new();
    shop.snippets = true;
    shop.build();
    let text = TAX
        .replace("rate(x: Int)", "rate(x: Int, y: Int)")
        .replace("rate(2)", "rate(2, 1)");
    shop.write("tax", &text);
    let outcome = shop.build();
    assert!(
        matches!(outcome.snippets[0].result, SnippetResult::Failed(_)),
        "{:?}",
        problems(&outcome)
    );
}

#[test]
fn a_snippet_whose_document_lost_its_interface_is_compiled_after_it_was_made_again() {
    let mut shop = Shop::new();
    shop.build();
    shop.store.clear_plain();
    shop.snippets = true;
    let outcome = shop.build();
    assert_eq!(
        (outcome.compiled, outcome.snippets.len(), outcome.failed),
        (2, 3, 0),
        "`main` too, whose warning was lost"
    );
    assert_eq!(problems(&outcome), [(Code::W0002, "import `Rule` is never used")]);
    assert!(matches!(outcome.snippets[0].result, SnippetResult::Compiled(_)));
}

#[test]
fn snippets_may_use_what_only_tests_depend_on() {
    let mut shop = Shop::new();
    let manifest = "[package]\nname = \"@w/shop\"\nversion = \"1.0.0\"\n\n[dev-dependencies]\n\"@w/kit\" = { path = \"kit\" }\n";
    shop.files.write("/w/lumen.toml", manifest);
    shop.files.write(
        "/w/kit/lumen.toml",
        "[package]\nname = \"@w/kit\"\nversion = \"1.0.0\"\n",
    );
    shop.files.write(
        "/w/kit/src/lib.lm.md",
        "```lumen\npub cell three() -> Int\n  return 3\nend\n```\n",
    );
    shop.write(
        "tax",
        &TAX.replace(
            "assert_eq(rate(1), 3)",
            "import @w/kit: three\nassert_eq(rate(1), three())",
        ),
    );
    shop.snippets = true;
    let scope = Scope::Document("/w/src/tax.lm.md".into());
    let options = Options {
        scope,
        snippets: true,
        ..Options::new("/w", "/cache")
    };
    let store: Box<dyn Store> = Box::new(Arc::clone(&shop.store));
    let tool = Build::with(options, Box::new(shop.files.clone()), store, Box::new(Lumen));
    let mut outcome = tool.run(&Silent).expect("it can be built");
    assert!(
        matches!(outcome.snippets[0].result, SnippetResult::Compiled(_)),
        "{:?}",
        outcome.snippets[0]
    );
    let entry = outcome.snippets[0].id.clone();
    assert_eq!(
        tool.program(&mut outcome, &[entry], &Silent)
            .expect("it was compiled")
            .modules
            .len(),
        3
    );
    shop.write("alone", "```lumen\nimport @w/kit: three\n```\n");
    assert_eq!(shop.build().failed, 1, "modules may not");
}

#[test]
fn real_edits_recompile_what_they_must() {
    let cases = [
        ("prose", TAX.replace("It triples", "It multiplies by three"), 0, 0),
        ("body", TAX.replace("x * 3", "x + x + x"), 1, 0),
        (
            "addition",
            TAX.replace(
                "pub record",
                "pub cell more() -> Int\n  return 1\nend\n\npub record",
            ),
            1,
            0,
        ),
        (
            "snippet",
            TAX.replace("assert_eq(rate(1), 3)", "assert_eq(rate(2), 6)"),
            0,
            0,
        ),
        (
            "wider result",
            TAX.replace("rate(x: Int) -> Int", "rate(x: Int) -> Int?"),
            1,
            1,
        ),
    ];
    for (edit, text, compiled, failed) in cases {
        let shop = Shop::new();
        shop.build();
        shop.write("tax", &text);
        let outcome = shop.build();
        assert_eq!(
            (outcome.compiled, outcome.failed),
            (compiled, failed),
            "{edit}: {:?}",
            problems(&outcome)
        );
    }
}

#[test]
fn a_document_that_stands_alone_can_be_run() {
    let shop = Shop::new();
    shop.files.write(
        "/x/notes.lm.md",
        "```lumen\ncell main() -> Int\n  return 1\nend\n```\n",
    );
    let options = Options {
        scope: Scope::Document("/x/notes.lm.md".into()),
        ..Options::new("/x", "/cache")
    };
    let store: Box<dyn Store> = Box::new(Arc::clone(&shop.store));
    let tool = Build::with(options, Box::new(shop.files.clone()), store, Box::new(Lumen));
    let mut outcome = tool.run(&Silent).expect("it can be built");
    let program = tool
        .program(&mut outcome, &[ModuleId::document("notes")], &Silent)
        .expect("it was built");
    assert_eq!(program.modules[0].path, "notes.lm.md");
}

/// Copies the folder of documents and manifests.
#[expect(clippy::disallowed_methods, reason = "a test on disk")]
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).expect("the folder can be listed") {
        let entry = entry.expect("the folder can be listed");
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        match entry.file_type().expect("it has a type").is_dir() {
            true => copy(&entry.path(), &to.join(name)),
            false => drop(fs::copy(entry.path(), to.join(name)).expect("it can be copied")),
        }
    }
}

#[test]
fn the_shop_has_the_same_digests_in_any_folder_with_any_number_of_threads() {
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/shop");
    let built: Vec<_> = [1, 2, 7]
        .into_iter()
        .map(|jobs| {
            let folder = tempfile::TempDir::new().expect("a folder for the test");
            let root = folder.path().join(format!("shop{jobs}"));
            copy(&shop, &root);
            let options = Options {
                jobs,
                ..Options::new(root, folder.path().join("cache"))
            };
            let tool = Build::new(options);
            let outcome = tool.run(&Silent).expect("the workspace can be built");
            assert!(outcome.succeeded(), "{:?}", problems(&outcome));
            assert!(tool.run(&Silent).expect("it can be built again").is_up_to_date());
            let image = outcome.image.expect("a build leaves an image");
            (image.modules(), image.hash())
        })
        .collect();
    assert!(built.iter().all(|other| *other == built[0]) && built[0].0.len() > 10);
}

fn kind(result: &SnippetResult) -> &'static str {
    match result {
        SnippetResult::Compiled(_) => "compiled",
        SnippetResult::Checked => "checked",
        SnippetResult::FailedAsAnnounced => "failed as announced",
        SnippetResult::NotAsAnnounced { .. } => "not as announced",
        SnippetResult::Failed(_) => "failed",
    }
}

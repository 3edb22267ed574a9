//! What an edit makes the build do, and that an incremental build yields what a clean one does.

use super::Workspace;
use super::workspace::{counts, digests, messages};
use crate::reason::{Decision, PackagePart, Reason};
use crate::store::MemoryStore;
use lumen_vm::lir::ModuleId;
use proptest::prelude::*;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// `a.base` <- `a.user`, `b.far`; `b.far` <- `b.top`.
pub(super) fn small() -> Workspace {
    let workspace = Workspace::new(&[("a", &[]), ("b", &["a"])]);
    workspace.write("a.base", "Prose.\ncell f Int\ncell g Int\nbody 1\n");
    workspace.write("a.user", "import base: f\ncell h Int\n");
    workspace.write("b.far", "import @w/a.base: g\ncell k Int\n");
    workspace.write("b.top", "import far: k\nwarn careful\n");
    workspace
}

#[test]
fn a_second_build_reads_no_document_and_warns_again() {
    let workspace = small();
    assert_eq!(counts(&workspace.build()), (4, 0, 0, 0));
    workspace.files.take_reads();
    let outcome = workspace.build();
    assert!(outcome.is_up_to_date());
    assert_eq!(outcome.up_to_date, 4);
    assert_eq!(messages(&outcome), ["packages/b/src/top.lm.md: W0001 careful"]);
    assert_eq!(
        workspace.files.take_reads(),
        1,
        "only the document with a warning"
    );
}

#[test]
fn each_kind_of_edit_recompiles_what_it_must() {
    let cases = [
        ("prose", "More prose.\ncell f Int\ncell g Int\nbody 1\n", 0),
        ("touch", "Prose.\ncell f Int\ncell g Int\nbody 1\n", 0),
        ("body", "cell f Int\ncell g Int\nbody 2\n", 1),
        ("addition", "cell e Int\ncell f Int\ncell g Int\nbody 1\n", 1),
        (
            "signature that one module uses",
            "cell f Float\ncell g Int\nbody 1\n",
            2,
        ),
        (
            "signature that another one uses",
            "cell f Int\ncell g Float\nbody 1\n",
            2,
        ),
    ];
    for (kind, text, compiled) in cases {
        let workspace = small();
        workspace.build();
        workspace.write("a.base", text);
        let outcome = workspace.build();
        assert_eq!(
            (outcome.compiled, outcome.cached, outcome.failed),
            (compiled, 0, 0),
            "{kind}"
        );
        assert_eq!(
            messages(&outcome),
            ["packages/b/src/top.lm.md: W0001 careful"],
            "{kind}"
        );
        assert!(workspace.build().is_up_to_date(), "{kind}");
    }
}

#[test]
fn an_edit_that_is_taken_back_is_found_in_the_cache() {
    let workspace = small();
    let first = workspace.build();
    workspace.write("a.base", "cell f Float\ncell g Float\nbody 1\n");
    assert_eq!(counts(&workspace.build()), (3, 0, 0, 0));
    workspace.write("a.base", "Prose.\ncell f Int\ncell g Int\nbody 1\n");
    let back = workspace.build();
    assert_eq!(counts(&back), (0, 3, 0, 0));
    assert_eq!(digests(&first), digests(&back));
}

#[test]
fn a_lost_state_is_made_again_from_the_cache() {
    let workspace = small();
    let first = workspace.build();
    workspace.files.forget_state();
    let outcome = workspace.build();
    assert_eq!(counts(&outcome), (0, 4, 0, 0));
    assert_eq!(digests(&first), digests(&outcome));
    assert_eq!(messages(&outcome), ["packages/b/src/top.lm.md: W0001 careful"]);
}

#[test]
fn errors_are_shown_again_until_they_are_mended() {
    let workspace = small();
    workspace.build();
    workspace.write("a.base", "cell f Int\nfail\n");
    for _ in 0..2 {
        let outcome = workspace.build();
        assert_eq!(counts(&outcome), (0, 0, 1, 3));
        assert_eq!(messages(&outcome), ["packages/a/src/base.lm.md: E0001 fail"]);
    }
    workspace.write("a.base", "cell f Int\n");
    let outcome = workspace.build();
    assert_eq!(messages(&outcome), ["packages/b/src/far.lm.md: E0010 no g"]);
    assert_eq!(counts(&outcome), (1, 0, 1, 1), "the user of f is as it was");
    workspace.write("a.base", "cell f Int\ncell g Int\n");
    assert_eq!(counts(&workspace.build()), (1, 1, 0, 0));
}

#[test]
fn a_missing_module_is_an_error_until_it_is_there() {
    let workspace = small();
    workspace.build();
    workspace.remove("b.far");
    let outcome = workspace.build();
    assert_eq!(
        messages(&outcome),
        [
            "packages/b/src/top.lm.md: E0030 no module far",
            "packages/b/src/top.lm.md: W0001 careful"
        ]
    );
    workspace.write("b.far", "import @w/a.base: g\ncell k Int\n");
    assert_eq!(counts(&workspace.build()), (0, 2, 0, 0));
}

#[test]
fn a_dependency_taken_out_of_a_manifest_is_noticed() {
    let workspace = small();
    workspace.build();
    workspace.manifest("b", &[]);
    let outcome = workspace.build();
    assert_eq!(
        messages(&outcome),
        ["packages/b/src/far.lm.md: E0030 no module base"]
    );
    assert_eq!(outcome.skipped.len(), 1);
}

#[test]
fn a_defect_of_the_compiler_is_an_error_of_its_document_alone() {
    let mut workspace = small();
    workspace.options.keep_going = true;
    workspace.write("a.other", "panic\n");
    let outcome = workspace.build();
    assert_eq!(counts(&outcome), (4, 0, 1, 0));
    assert!(
        messages(&outcome)[0].contains("a defect of Lumen"),
        "{:?}",
        messages(&outcome)
    );
    workspace.write("a.other", "body 1\n");
    assert_eq!(counts(&workspace.build()), (1, 0, 0, 0));
}

#[test]
fn a_paranoid_build_reads_everything_and_compiles_nothing() {
    let mut workspace = small();
    workspace.build();
    workspace.options.paranoid = true;
    workspace.files.take_reads();
    let outcome = workspace.build();
    assert!(outcome.is_up_to_date());
    assert_eq!(
        workspace.files.take_reads(),
        5,
        "each document, and again the one with a warning"
    );
}

#[test]
fn another_compiler_compiles_everything_again() {
    let mut workspace = small();
    workspace.build();
    workspace.toy.version = 1;
    assert_eq!(counts(&workspace.build()), (4, 0, 0, 0));
    workspace.toy.version = 0;
    assert_eq!(counts(&workspace.build()), (0, 4, 0, 0));
}

#[test]
fn a_cycle_is_reported_once_with_its_chain() {
    let workspace = small();
    workspace.build();
    workspace.write("a.base", "import user: h\ncell f Int\ncell g Int\n");
    for _ in 0..2 {
        let outcome = workspace.build();
        assert_eq!(
            messages(&outcome),
            ["packages/a/src/base.lm.md: E0031 base -> user -> base"]
        );
        assert_eq!(counts(&outcome), (0, 0, 2, 2));
    }
    workspace.write("a.base", "import base: f\ncell f Int\ncell g Int\n");
    assert_eq!(
        messages(&workspace.build()),
        ["packages/a/src/base.lm.md: E0031 base -> base"]
    );
    workspace.write("a.base", "cell f Int\ncell g Int\n");
    assert_eq!(workspace.build().failed, 0);
}

#[test]
fn another_version_of_a_package_is_why_its_modules_are_built() {
    let workspace = small();
    workspace.build();
    let manifest = "[package]\nname = \"@w/a\"\nversion = \"0.2.0\"\n";
    workspace.files.write("/w/packages/a/lumen.toml", manifest);
    let outcome = workspace.build();
    let base = ModuleId::in_package("@w/a", "0.2.0", "base");
    let why = workspace
        .tool()
        .why(&outcome.root, &base)
        .expect("the module was built");
    let change = Reason::PackageChanged {
        part: PackagePart::Version,
        old: "0.1.0".to_owned(),
        new: "0.2.0".to_owned(),
    };
    assert_eq!(why.steps[0].reason, change);
}

#[test]
fn why_names_the_item_and_the_root_cause() {
    let workspace = small();
    workspace.build();
    workspace.write("a.base", "cell f Int\ncell g Float\nbody 1\n");
    let outcome = workspace.build();
    let far = ModuleId::in_package("@w/b", "0.1.0", "far");
    let base = ModuleId::in_package("@w/a", "0.1.0", "base");
    let explanation = workspace
        .tool()
        .why(&outcome.root, &far)
        .expect("it was compiled");
    assert_eq!((explanation.builds_ago, explanation.cascade), (0, 2));
    assert_eq!(explanation.others, 0, "the two are its steps");
    let [step, root] = explanation.steps.as_slice() else {
        panic!("two steps: {explanation:?}")
    };
    assert!(
        matches!(&step.reason, Reason::ItemChanged { module, name, .. } if *module == base && name == "g")
    );
    assert_eq!(step.decision, Decision::Compiled);
    assert!(matches!(root.reason, Reason::CodeChanged { .. }) && root.module == base);
    let user = ModuleId::in_package("@w/a", "0.1.0", "user");
    let explanation = workspace
        .tool()
        .why(&outcome.root, &user)
        .expect("it was compiled");
    assert_eq!(
        (explanation.builds_ago, &explanation.steps[0].reason),
        (1, &Reason::FirstBuild)
    );
}

#[test]
fn why_a_module_still_fails_goes_back_to_the_build_that_broke_it() {
    let workspace = small();
    workspace.build();
    workspace.write("a.base", "cell f Int\n");
    workspace.build();
    let outcome = workspace.build();
    assert_eq!(messages(&outcome), ["packages/b/src/far.lm.md: E0010 no g"]);
    let top = ModuleId::in_package("@w/b", "0.1.0", "top");
    let explanation = workspace.tool().why(&outcome.root, &top).expect("it was skipped");
    let steps: Vec<(&str, bool)> = explanation
        .steps
        .iter()
        .map(|step| {
            (
                step.module.path(),
                matches!(
                    step.reason,
                    Reason::ItemChanged { .. } | Reason::CodeChanged { .. }
                ),
            )
        })
        .collect();
    assert_eq!(steps, [("top", false), ("far", true), ("base", true)]);
}

/// A step of a random history. Numbers are taken modulo what there is.
#[derive(Clone, Debug)]
pub(super) enum Edit {
    Prose(usize, u8),
    Body(usize, u8),
    Signature(usize, u8, u8),
    RemoveItem(usize, u8),
    Import(usize, usize, u8),
    DropImports(usize),
    Fail(usize, bool),
    Warn(usize, u8),
    Delete(usize),
    Rename(usize, usize),
    /// The cache loses interfaces and warnings.
    Lose,
    Build(bool),
}

pub(super) fn edits() -> impl Strategy<Value = Edit> {
    let module = 0..MODULES.len();
    prop_oneof![
        2 => (module.clone(), any::<u8>()).prop_map(|(module, value)| Edit::Prose(module, value)),
        2 => (module.clone(), 0..3u8).prop_map(|(module, value)| Edit::Body(module, value)),
        4 => (module.clone(), 0..3u8, 0..3u8).prop_map(|(module, item, value)| Edit::Signature(module, item, value)),
        1 => (module.clone(), 0..3u8).prop_map(|(module, item)| Edit::RemoveItem(module, item)),
        4 => (module.clone(), module.clone(), 0..3u8).prop_map(|(module, other, item)| Edit::Import(module, other, item)),
        1 => module.clone().prop_map(Edit::DropImports),
        1 => (module.clone(), any::<bool>()).prop_map(|(module, fail)| Edit::Fail(module, fail)),
        1 => (module.clone(), 0..2u8).prop_map(|(module, value)| Edit::Warn(module, value)),
        1 => module.clone().prop_map(Edit::Delete),
        1 => (module.clone(), module).prop_map(|(from, to)| Edit::Rename(from, to)),
        5 => any::<bool>().prop_map(Edit::Build),
    ]
}

/// Edits, and a cache that is damaged in between.
fn edits_and_losses() -> impl Strategy<Value = Edit> {
    prop_oneof![25 => edits(), 2 => Just(Edit::Lose)]
}

pub(super) const MODULES: [&str; 6] = ["a.one", "a.two", "a.three", "b.four", "b.five", "b.deep.six"];

/// The text of a module, line by line.
fn lines(workspace: &Workspace, module: &str) -> Vec<String> {
    let content = workspace
        .files
        .content(Workspace::path(module))
        .unwrap_or_default();
    String::from_utf8(content)
        .expect("we wrote it")
        .lines()
        .map(str::to_owned)
        .collect()
}

/// Replaces the lines that start with `start`.
fn put(workspace: &Workspace, module: &str, start: &str, line: Option<String>) {
    let mut text = lines(workspace, module);
    text.retain(|line| !line.starts_with(start));
    text.extend(line);
    workspace.write(module, &(text.join("\n") + "\n"));
}

fn import_of(from: &str, to: &str) -> String {
    let (package, path) = to.split_once('.').expect("PACKAGE.PATH");
    match from.starts_with(package) {
        true => format!("import {path}"),
        false => format!("import @w/{package}.{path}"),
    }
}

pub(super) fn apply(workspace: &Workspace, edit: &Edit) {
    match edit {
        Edit::Prose(module, value) => put(
            workspace,
            MODULES[*module],
            "Prose",
            Some(format!("Prose {value}")),
        ),
        Edit::Body(module, value) => put(workspace, MODULES[*module], "body", Some(format!("body {value}"))),
        Edit::Signature(module, item, value) => {
            put(
                workspace,
                MODULES[*module],
                &format!("cell i{item} "),
                Some(format!("cell i{item} T{value}")),
            );
        }
        Edit::RemoveItem(module, item) => put(workspace, MODULES[*module], &format!("cell i{item} "), None),
        Edit::Import(module, other, item) => {
            let import = import_of(MODULES[*module], MODULES[*other]);
            put(
                workspace,
                MODULES[*module],
                &format!("{import}: "),
                Some(format!("{import}: i{item}")),
            );
        }
        Edit::DropImports(module) => put(workspace, MODULES[*module], "import", None),
        Edit::Fail(module, fail) => put(
            workspace,
            MODULES[*module],
            "fail",
            fail.then(|| "fail".to_owned()),
        ),
        Edit::Warn(module, value) => put(
            workspace,
            MODULES[*module],
            "warn",
            (*value > 0).then(|| "warn w".to_owned()),
        ),
        Edit::Delete(module) => workspace.remove(MODULES[*module]),
        Edit::Rename(from, to) => {
            let content = workspace
                .files
                .content(Workspace::path(MODULES[*from]))
                .unwrap_or_default();
            workspace.remove(MODULES[*from]);
            workspace.files.write(Workspace::path(MODULES[*to]), content);
        }
        Edit::Lose => workspace.store.clear_plain(),
        Edit::Build(_) => {}
    }
}

/// The same documents with nothing known about them.
fn clean(workspace: &Workspace, keep_going: bool) -> Workspace {
    let clean = Workspace::new(&[("a", &[]), ("b", &["a"])]);
    for module in MODULES {
        if let Some(content) = workspace.files.content(Workspace::path(module)) {
            clean.files.write(Workspace::path(module), content);
        }
    }
    Workspace {
        options: crate::Options {
            keep_going,
            jobs: 2,
            ..clean.options.clone()
        },
        ..clean
    }
}

proptest! {
    #[test]
    fn incremental_equals_clean(history in proptest::collection::vec(edits_and_losses(), 1..60)) {
        let mut workspace = Workspace::new(&[("a", &[]), ("b", &["a"])]);
        for module in MODULES {
            workspace.write(module, "cell i0 T\n");
        }
        for edit in history.iter().chain([&Edit::Build(true)]) {
            apply(&workspace, edit);
            let Edit::Build(keep_going) = edit else { continue };
            workspace.options.keep_going = *keep_going;
            let outcome = workspace.build();
            let expected = clean(&workspace, *keep_going).build();
            prop_assert_eq!(messages(&outcome), messages(&expected));
            prop_assert_eq!(outcome.failed, expected.failed);
            prop_assert_eq!(&outcome.skipped, &expected.skipped);
            if expected.succeeded() || *keep_going {
                prop_assert_eq!(digests(&outcome), digests(&expected));
            }
            let again = workspace.build();
            prop_assert_eq!(messages(&again), messages(&expected));
            if expected.succeeded() || *keep_going {
                prop_assert_eq!(again.compiled, 0, "a second build compiles nothing");
            }
            // With a new cache and an old state, everything is made again.
            if *keep_going && outcome.succeeded() {
                let other = Workspace { store: Arc::new(MemoryStore::new()), files: workspace.files.clone(), toy: workspace.toy.clone(), options: workspace.options.clone() };
                other.files.forget_state();
                prop_assert_eq!(digests(&other.build()), digests(&expected));
            }
        }
    }

    #[test]
    fn an_edit_of_one_module_recompiles_exactly_who_uses_what_changed(base in 0..3usize, item in 0..3u8, used in proptest::collection::vec(proptest::collection::btree_set(0..3u8, 0..3), 3)) {
        let workspace = Workspace::new(&[("a", &[]), ("b", &["a"])]);
        let base_module = MODULES[base];
        workspace.write(base_module, "cell i0 T\ncell i1 T\ncell i2 T\n");
        for (user, items) in MODULES.iter().skip(3).zip(&used) {
            let imports = items.iter().map(|item| format!("{}: i{item}\n", import_of(user, base_module)));
            workspace.write(user, &imports.collect::<String>());
        }
        workspace.build();
        workspace.toy.compilations.store(0, Ordering::Relaxed);
        put(&workspace, base_module, &format!("cell i{item} "), Some(format!("cell i{item} U")));
        let outcome = workspace.build();
        let expected = 1 + used.iter().filter(|items| items.contains(&item)).count();
        prop_assert_eq!(outcome.compiled, expected);
        prop_assert_eq!(workspace.toy.compilations.load(Ordering::Relaxed), expected);
    }
}

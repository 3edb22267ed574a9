//! Findings are told while the build runs, in an order that nothing but the documents decides.

use super::Workspace;
use super::workspace::messages;
use crate::outcome::Report;
use crate::progress::Progress;
use lumen_pkg::Loaded;
use lumen_vm::lir::ModuleId;
use std::path::Path;
use std::sync::Mutex;

/// Notes what happens.
#[derive(Default)]
struct Recorder(Mutex<Vec<String>>);

impl Recorder {
    fn note(&self, line: String) {
        self.0.lock().expect("no test panics with it").push(line);
    }

    fn lines(self) -> Vec<String> {
        self.0.into_inner().expect("no test panics with it")
    }
}

impl Progress for Recorder {
    fn compiling(&self, module: &ModuleId) {
        self.note(format!("compile {}", module.path()));
    }

    fn manifests(&self, _manifests: &Loaded) {
        self.note("manifests".to_owned());
    }

    fn found(&self, root: &Path, report: &Report) {
        assert_eq!(root, Path::new("/w"));
        self.note(format!("tell {}", report.path));
    }
}

/// `a.z` <- `a.middle` <- `b.top`; `a.broken` and `b.alone` import nothing.
fn workspace() -> Workspace {
    let mut workspace = Workspace::new(&[("a", &[]), ("b", &["a"])]);
    workspace.write("a.broken", "fail\n");
    workspace.write("a.middle", "import z: f\ncell g Int\nwarn middle\n");
    workspace.write("a.z", "cell f Int\nwarn z\n");
    workspace.write("b.alone", "warn alone\n");
    workspace.write("b.top", "import @w/a.middle: g\nwarn top\n");
    workspace.options.keep_going = true;
    workspace
}

const ORDER: [&str; 5] = [
    "packages/a/src/broken.lm.md: E0001 fail",
    "packages/a/src/z.lm.md: W0001 z",
    "packages/b/src/alone.lm.md: W0001 alone",
    "packages/a/src/middle.lm.md: W0001 middle",
    "packages/b/src/top.lm.md: W0001 top",
];

#[test]
fn what_others_depend_on_is_told_first_clean_or_not() {
    for jobs in [1, 4] {
        let mut workspace = workspace();
        workspace.options.jobs = jobs;
        assert_eq!(messages(&workspace.build()), ORDER, "clean");
        assert_eq!(messages(&workspace.build()), ORDER, "with one failure");
        workspace.write("a.z", "cell f Int\nbody 2\nwarn z\n");
        assert_eq!(messages(&workspace.build()), ORDER, "after an edit");
        workspace.write("a.broken", "body 1\n");
        assert_eq!(messages(&workspace.build()), ORDER[1..], "mended");
        let outcome = workspace.build();
        assert!(outcome.is_up_to_date());
        assert_eq!(messages(&outcome), ORDER[1..], "up to date");
        workspace.files.forget_state();
        assert_eq!(messages(&workspace.build()), ORDER[1..], "from the cache");
    }
}

#[test]
fn an_error_is_told_before_the_next_module_is_compiled() {
    let mut workspace = workspace();
    workspace.options.jobs = 1;
    let recorder = Recorder::default();
    let outcome = workspace.tool().run(&recorder).expect("it can be built");
    let lines = recorder.lines();
    assert_eq!(
        lines[..3],
        ["manifests", "compile broken", "tell packages/a/src/broken.lm.md"],
        "{lines:#?}"
    );
    let told: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("tell "))
        .collect();
    let reports: Vec<&str> = outcome.reports.iter().map(|report| &*report.path).collect();
    assert_eq!(told, reports);
}

#[test]
fn what_an_edit_breaks_is_told_before_what_comes_later_is_compiled() {
    let mut workspace = workspace();
    workspace.options.jobs = 1;
    workspace.write("a.broken", "body 1\n");
    workspace.build();
    workspace.write("a.z", "cell f Int\nfail\n");
    workspace.write("b.alone", "body 2\nwarn alone\n");
    let recorder = Recorder::default();
    workspace.tool().run(&recorder).expect("it can be built");
    let expected = [
        "manifests",
        "compile z",
        "tell packages/a/src/z.lm.md",
        "compile alone",
        "tell packages/b/src/alone.lm.md",
    ];
    assert_eq!(recorder.lines()[..], expected);
}

#[test]
fn a_cycle_is_told_last() {
    let workspace = workspace();
    workspace.write("a.z", "import middle: g\ncell f Int\n");
    let told = messages(&workspace.build());
    assert_eq!(told[..2], [ORDER[0], ORDER[2]]);
    assert!(told[2].contains("E0031"), "{told:?}");
}

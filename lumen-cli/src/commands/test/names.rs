//! What tests are called: by cell or by document line.

use lumen_build::{Build, Outcome, TestCase};
use lumen_compiler::document::Form;
use lumen_vm::lir::ModuleId;
use std::path::{Path, PathBuf};

/// A test and its full name, `@acme/money fx: adds_up` or `notes: line 12`.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) case: TestCase,
}

impl Named {
    /// The command that runs it alone.
    pub(super) fn command(&self) -> String {
        match self.case.module.package() {
            Some(_) => format!("lumen test \"{}\"", self.name),
            None => format!("lumen test {}", self.case.path),
        }
    }
}

/// The parts of a full name: what holds the test, and what it is called there.
pub(super) fn split_name(name: &str) -> (&str, &str) {
    name.split_once(": ").unwrap_or(("", name))
}

/// All tests of a build, in the order of modules and cells.
pub(super) fn named_tests(build: &Build, outcome: &Outcome) -> Vec<Named> {
    let mut tests = Vec::new();
    let mut lines = SnippetLines::new(outcome.root.clone());
    for case in build.tests(outcome) {
        let host = case.module.as_str().split('#').next().unwrap_or_default();
        let host = ModuleId::parse(host);
        let place = match host.package() {
            Some(package) => format!("{package} {}", host.path()),
            None => host.path().to_owned(),
        };
        let what = match case.snippet {
            Some(number) => format!("line {}", lines.line(&case.path, number)),
            None => case.test.name.clone(),
        };
        tests.push(Named {
            name: format!("{place}: {what}"),
            case,
        });
    }
    tests
}

/// Document and line of a test, `src/fx.lm.md:23`; the document alone if it has changed meanwhile.
pub(super) fn source_of(root: &Path, case: &TestCase) -> String {
    let maps = Form::of_path(&case.path).positions(&text_of(root, &case.path));
    let map = match case.snippet {
        Some(number) => maps.snippets.get(number),
        None => Some(&maps.module),
    };
    match map {
        Some(map) => format!("{}:{}", case.path, map.range(case.test.span).start.line),
        None => case.path.clone(),
    }
}

fn text_of(root: &Path, path: &str) -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are called after lines of documents"
    )]
    std::fs::read_to_string(root.join(path)).unwrap_or_default()
}

/// Lines at which snippets begin, each document read once.
struct SnippetLines {
    root: PathBuf,
    current: Option<(String, Vec<u32>)>,
}

impl SnippetLines {
    fn new(root: PathBuf) -> SnippetLines {
        SnippetLines { root, current: None }
    }

    /// The line of the first code of a snippet; 0 if its document has changed meanwhile.
    fn line(&mut self, path: &str, number: usize) -> u32 {
        if self.current.as_ref().is_none_or(|(known, _)| known != path) {
            let lines = Form::of_path(path)
                .positions(&text_of(&self.root, path))
                .snippets
                .iter()
                .map(|map| map.start(Default::default()).line)
                .collect();
            self.current = Some((path.to_owned(), lines));
        }
        self.current
            .as_ref()
            .and_then(|(_, lines)| lines.get(number).copied())
            .unwrap_or_default()
    }
}

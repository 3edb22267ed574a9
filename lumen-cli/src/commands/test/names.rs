//! What tests are called: by cell or by document line.

use crate::commands::builder::Built;
use lumen_build::TestCase;
use lumen_compiler::document::Form;
use lumen_vm::lir::ModuleId;
use std::path::PathBuf;

/// A test and its full name, `@acme/money fx: adds_up` or `notes: line 12`.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) case: TestCase,
}

/// All tests of a build, in the order of modules and cells.
pub(super) fn named_tests(built: &Built<'_>) -> Vec<Named> {
    let mut tests = Vec::new();
    let mut lines = SnippetLines::new(built.outcome.root.clone());
    for case in built.build().tests(&built.outcome) {
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
            #[expect(clippy::disallowed_methods, reason = "test names hold line numbers")]
            let text = std::fs::read_to_string(self.root.join(path)).unwrap_or_default();
            let lines = Form::of_path(path)
                .positions(&text)
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

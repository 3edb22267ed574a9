//! Fences of the documentation that do not do what they announce.

use crate::commands::Session;
use crate::commands::builder::Built;
use crate::paths::shown;
use lumen_build::{Report, SnippetResult};
use lumen_compiler::document::Form;

/// A fence that does not do what it announces.
pub(super) struct Broken {
    /// Document and line.
    pub(super) place: String,
    /// What it does instead.
    pub(super) problem: String,
}

/// Snippets that should compile and do not, or should fail and do not: printed.
pub(super) fn broken_snippets(session: &Session, built: &Built<'_>) -> Vec<Broken> {
    let folder = &session.environment.folder;
    let mut broken = Vec::new();
    for snippet in &built.outcome.snippets {
        let file = shown(&built.outcome.root.join(&snippet.path), folder);
        let (report, problem) = match &snippet.result {
            SnippetResult::Compiled(_) | SnippetResult::Checked | SnippetResult::FailedAsAnnounced => {
                continue;
            }
            SnippetResult::Failed(report) if report.diagnostics.is_empty() => {
                (report, Some("imports a module that has errors".to_owned()))
            }
            SnippetResult::Failed(report) => (report, None),
            SnippetResult::NotAsAnnounced { announced, report } => {
                let code = announced.info().name;
                (
                    report,
                    Some(format!("announces {code}, and does not fail with that alone")),
                )
            }
        };
        session.output.document(report, &built.outcome.root, folder);
        let line = opening_line(report, snippet.number);
        if let Some(problem) = &problem {
            session
                .output
                .error(&format!("the fence at {file}:{line} {problem}"));
        }
        broken.push(Broken {
            place: format!("{}:{line}", snippet.path),
            problem: problem.unwrap_or_else(|| "has errors".to_owned()),
        });
    }
    broken
}

/// The line on which a snippet's fence begins, from 1.
fn opening_line(report: &Report, number: usize) -> usize {
    let text = &*report.text;
    let snippets = Form::of_path(&report.path).positions(text).snippets;
    let fence = snippets.get(number).and_then(|map| map.fences().first());
    let before = fence
        .and_then(|fence| text.get(..fence.range.start))
        .unwrap_or_default();
    before.matches('\n').count() + 1
}

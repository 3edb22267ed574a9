//! `lumen fix`: follows the advice of findings, or shows what that would change.

use super::Session;
use super::builder::{Target, print_error};
use crate::arguments::FixArguments;
use crate::exit::Exit;
use crate::output::{BuildProgress, plural};
use crate::paths::shown;
use anyhow::Result;
use lumen_build::{Fixed, FixedDocument, Fixing, Outcome, fix as follow_advice, replace_document};
use lumen_compiler::diagnostic::{Code, Confidence, Severity, closest};
use serde_json::json;
use similar::TextDiff;

/// Changes documents, or prints the changes.
pub(crate) fn fix(session: &Session, arguments: &FixArguments) -> Result<Exit> {
    let output = &session.output;
    let mut codes = Vec::new();
    for name in &arguments.codes {
        let upper = name.to_ascii_uppercase();
        let Some(code) = Code::from_name(&upper) else {
            let near = closest(&upper, Code::TABLE.iter().map(|row| row.name));
            let question = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            output.error(&format!("there is no code `{name}`{question}"));
            return Ok(Exit::Usage);
        };
        codes.push(code);
    }
    let target = Target::of(
        session,
        arguments.target.document.as_deref(),
        arguments.target.package.as_deref(),
    );
    let options = target.options(session, &arguments.options);
    let progress = BuildProgress::new(output, &session.interrupt);
    let fixing = Fixing {
        least: match arguments.all {
            true => Confidence::Maybe,
            false => Confidence::Sure,
        },
        codes: &codes,
        progress: &progress,
    };
    let fixed = follow_advice(&options, &fixing);
    progress.clear();
    let fixed = match fixed {
        Ok(fixed) => fixed,
        Err(error) => return Ok(print_error(session, &error)),
    };
    let written = match arguments.dry_run {
        true => show(session, &fixed),
        false => write(session, &fixed),
    };
    tell_the_rest(session, &fixed, written);
    let has_errors = !fixed.outcome.succeeded();
    Ok(match written && !has_errors {
        true => Exit::Done,
        false => Exit::Failed,
    })
}

/// Prints the changes as a unified diff; changes nothing.
fn show(session: &Session, fixed: &Fixed) -> bool {
    for document in &fixed.documents {
        let diff = TextDiff::from_lines(&*document.before, &*document.after);
        let name = name(session, fixed, document);
        let text = diff
            .unified_diff()
            .context_radius(2)
            .header(&name, &name)
            .to_string();
        session
            .output
            .item(text.trim_end(), &event(&name, document, "would-fix"));
    }
    true
}

/// Writes the documents; whether all could be.
fn write(session: &Session, fixed: &Fixed) -> bool {
    let mut all = true;
    for document in &fixed.documents {
        let (path, name) = (
            fixed.outcome.root.join(&document.path),
            name(session, fixed, document),
        );
        match replace_document(&path, &document.before, &document.after) {
            Ok(()) => {
                for fix in &document.applied {
                    let line = format!("{name}:{} {}: {}", fix.line, fix.code.info().name, fix.help);
                    session.output.status("Fixed", &line);
                }
                session.output.event(&event(&name, document, "fixed"));
            }
            Err(reason) => {
                all = false;
                session
                    .output
                    .error(&format!("`{name}` is left as it was: {reason}"));
            }
        }
    }
    all
}

/// The document, as people in the current folder would write it.
fn name(session: &Session, fixed: &Fixed, document: &FixedDocument) -> String {
    shown(
        &fixed.outcome.root.join(&document.path),
        &session.environment.folder,
    )
}

fn event(name: &str, document: &FixedDocument, what: &str) -> serde_json::Value {
    let fixes: Vec<_> = document
        .applied
        .iter()
        .map(|fix| json!({"code": fix.code.info().name, "line": fix.line, "message": fix.help}))
        .collect();
    json!({"event": what, "version": 1, "file": name, "fixes": fixes})
}

/// What is left to be done by hand.
fn tell_the_rest(session: &Session, fixed: &Fixed, written: bool) {
    let applied: usize = fixed
        .documents
        .iter()
        .map(|document| document.applied.len())
        .sum();
    let count = |severity| count(&fixed.outcome, severity);
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let left = match (errors, warnings) {
        (0, 0) => "nothing is left".to_owned(),
        (errors, 0) => format!("{} left", plural(errors, "error")),
        (0, warnings) => format!("{} left", plural(warnings, "warning")),
        _ => format!(
            "{} and {} left",
            plural(errors, "error"),
            plural(warnings, "warning")
        ),
    };
    if written {
        let documents = plural(fixed.documents.len(), "document");
        session.output.status(
            "Followed",
            &format!("{} in {documents}: {left}", plural(applied, "suggestion")),
        );
    }
}

fn count(outcome: &Outcome, severity: Severity) -> usize {
    let found = outcome.reports.iter().flat_map(|report| &report.diagnostics);
    found.filter(|diagnostic| diagnostic.severity == severity).count()
}

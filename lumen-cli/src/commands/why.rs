//! `lumen why`: what the last builds did with a module, and the chain of reasons. Builds nothing: it reads what they left.

use super::Session;
use super::builder::{Builder, Target};
use super::modules::{Naming, spoken};
use super::reasons::{decision, reason, step_fields, versioned};
use crate::arguments::{BuildOptions, WhyArguments};
use crate::exit::Exit;
use crate::output::{MessageFormat, plural};
use anyhow::Result;
use lumen_build::{Build, Decision, Explanation, Image};
use lumen_compiler::diagnostic::closest;
use lumen_vm::lir::ModuleId;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

/// Longer chains are not shown whole.
const MOST_STEPS: usize = 8;
/// What is shown of those before the middle.
const FIRST_STEPS: usize = 4;
/// What is shown of those after the middle.
const LAST_STEPS: usize = 2;

/// Explains the module's last event.
pub(crate) fn why(session: &Session, arguments: &WhyArguments) -> Result<Exit> {
    let builder = Builder::new(session, Target::of(session, None, None), &BuildOptions::default());
    let build = builder.build();
    let Some((root, image)) = build.last() else {
        session
            .output
            .error("nothing has been built here yet: `lumen build` does it");
        return Ok(Exit::Usage);
    };
    let naming = Naming::new(session, &root, &arguments.module);
    let known: Vec<ModuleId> = image.documents().into_iter().map(|(id, _)| id).collect();
    let found = match naming.module_at(&image) {
        Some(module) => vec![module],
        None => naming.among(&known).into_iter().cloned().collect(),
    };
    match found.as_slice() {
        [module] => answer(session, build, &root, &image, module),
        [] => unknown(session, build, &root, &naming, &known),
        several => {
            session.output.error(&naming.ambiguous(several));
            Ok(Exit::Usage)
        }
    }
}

/// Says what the logs know of a module of the workspace, or why they know nothing.
fn answer(session: &Session, build: &Build, root: &Path, image: &Image, module: &ModuleId) -> Result<Exit> {
    if let Some(explanation) = build.why(root, module) {
        print(session, module, &explanation);
        return Ok(Exit::Done);
    }
    let logs = build.logs(root);
    let has_result = image.modules().iter().any(|other| other.id == *module);
    let (status, text) = match has_result {
        true if logs.is_empty() => (
            "no-log",
            "no log of a build is kept here: the next one that has something to do writes one",
        ),
        true if logs.iter().any(Option::is_none) => (
            "no-log",
            "the logs that may know are of another version of Lumen, or damaged: builds from now on will say",
        ),
        true => (
            "quiet",
            "none of the last builds had to look at it: what it was compiled from has not changed since",
        ),
        false => (
            "never-compiled",
            "it has not been compiled yet: the build stopped before its turn, at an error elsewhere; \
             `lumen build --keep-going` compiles everything that does not depend on an error",
        ),
    };
    let line = format!("{}: {text}", spoken(module));
    session
        .output
        .item(&line, &event(status, &spoken(module), Vec::new(), Map::new()));
    Ok(Exit::Done)
}

/// No document that the last build knew has this name: perhaps it is gone, comes with lumen, or is misspelt.
fn unknown(
    session: &Session,
    build: &Build,
    root: &Path,
    naming: &Naming,
    known: &[ModuleId],
) -> Result<Exit> {
    let now = modules_now(session);
    if let Some((module, path)) = now
        .iter()
        .find(|(module, path)| naming.is_path(path) || naming.among(std::slice::from_ref(module)).len() == 1)
    {
        let text = format!(
            "{} has not been built yet: its document, `{path}`, is new since the last build; `lumen build` compiles it",
            spoken(module)
        );
        return refuse(session, naming, "not-built", &text, Vec::new());
    }
    let logs = build.logs(root);
    let mentioned: Vec<ModuleId> = logs
        .iter()
        .flatten()
        .flat_map(|log| &log.events)
        .map(|event| event.module.clone())
        .collect();
    if let [module, ..] = naming.among(&mentioned).as_slice()
        && let Some(explanation) = build.why(root, module)
    {
        print(session, module, &explanation);
        return Ok(Exit::Done);
    }
    let known: Vec<ModuleId> = known
        .iter()
        .chain(now.iter().map(|(module, _)| module))
        .cloned()
        .collect();
    let near = near_names(naming.text(), &known);
    let advice = match near.as_slice() {
        [] => "name it like `@acme/money fx`, or by its document's path".to_owned(),
        near => format!("did you mean `{}`?", near.join("` or `")),
    };
    let text = format!("there is no module `{}`: {advice}", naming.text());
    refuse(session, naming, "unknown", &text, near)
}

/// Names of modules that are nearly what was written.
fn near_names(written: &str, known: &[ModuleId]) -> Vec<String> {
    let names: Vec<String> = known.iter().map(spoken).collect();
    let paths = known.iter().map(ModuleId::path);
    let Some(near) = closest(written, names.iter().map(String::as_str).chain(paths)) else {
        return Vec::new();
    };
    let same = known
        .iter()
        .filter(|module| module.path() == near || spoken(module) == near);
    let near: BTreeSet<String> = same.map(spoken).collect();
    near.into_iter().take(5).collect()
}

/// The workspace's own modules as they are now, and the paths of their documents; none if that cannot be said.
fn modules_now(session: &Session) -> Vec<(ModuleId, String)> {
    let target = Target::of(session, None, None);
    let builder = Builder::asking(session, target, &BuildOptions::default());
    let graph = builder.build().graph().unwrap_or_default();
    let is_member = |package: usize| graph.packages.get(package).is_some_and(|package| package.member);
    let modules = graph.modules.iter().filter(|module| is_member(module.package));
    modules
        .map(|module| (module.id.clone(), module.path.clone()))
        .collect()
}

fn refuse(
    session: &Session,
    naming: &Naming,
    status: &str,
    text: &str,
    suggestions: Vec<String>,
) -> Result<Exit> {
    match session.output.format {
        MessageFormat::Text => session.output.error(text),
        MessageFormat::Json => {
            let mut more = Map::new();
            more.insert("suggestions".to_owned(), suggestions.into());
            more.insert("message".to_owned(), text.into());
            let event = event(status, naming.text(), Vec::new(), more);
            session.output.event(&event);
        }
    }
    Ok(Exit::Usage)
}

/// The answer for programs.
fn event(status: &str, module: &str, steps: Vec<Value>, more: Map<String, Value>) -> Value {
    let mut fields = more;
    fields.insert("module".to_owned(), module.into());
    fields.insert("status".to_owned(), status.into());
    fields.insert("steps".to_owned(), steps.into());
    versioned("why", 2, fields)
}

fn print(session: &Session, module: &ModuleId, explanation: &Explanation) {
    if session.output.format == MessageFormat::Json {
        let steps = explanation.steps.iter();
        let steps = steps
            .map(|step| Value::Object(step_fields(&step.module, &step.decision, &step.reason)))
            .collect();
        let mut more = Map::new();
        more.insert("builds_ago".to_owned(), explanation.builds_ago.into());
        more.insert("time".to_owned(), explanation.time.into());
        more.insert("cascade".to_owned(), explanation.cascade.into());
        let event = event("explained", &spoken(module), steps, more);
        return session.output.event(&event);
    }
    for line in chain_lines(explanation) {
        session.output.data(&line);
    }
    if explanation.others > 0 {
        let others = plural(explanation.others, "other module");
        session
            .output
            .data(&format!("the same cause reached {others} in that build"));
    }
}

/// The steps, each a little further in than what it led to.
fn chain_lines(explanation: &Explanation) -> Vec<String> {
    let when = match explanation.builds_ago {
        0 => "in the last build that had something to do".to_owned(),
        ago => format!("{} before the last", plural(ago, "build")),
    };
    let left_out = left_out(explanation.steps.len());
    let mut lines: Vec<String> = Vec::new();
    for (position, step) in explanation.steps.iter().enumerate() {
        let indent = "  ".repeat(lines.len());
        if left_out.contains(&position) {
            if position == left_out.start {
                lines.push(format!(
                    "{indent}because of {} more modules, each because of the next",
                    left_out.len()
                ));
            }
            continue;
        }
        let (lead, time) = match position {
            0 => (String::new(), format!(" {when}")),
            _ => (format!("{indent}because "), String::new()),
        };
        let reason = match step.decision {
            // The next step says why.
            Decision::Skipped(_) => String::new(),
            _ => format!(": {}", reason(&step.reason)),
        };
        lines.push(format!(
            "{lead}{}: {}{time}{reason}",
            spoken(&step.module),
            decision(&step.decision)
        ));
    }
    lines
}

/// The steps of a chain of this length that are only counted: of a long one those in the middle, since its begin and its root
/// cause say most.
fn left_out(steps: usize) -> Range<usize> {
    match steps > MOST_STEPS {
        true => FIRST_STEPS..steps - LAST_STEPS,
        false => steps..steps,
    }
}

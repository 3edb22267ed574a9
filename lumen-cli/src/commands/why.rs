//! `lumen why`: what the last build did with a module, and the chain of reasons. Builds nothing: it reads what the last
//! build left.

use super::Session;
use super::builder::{Builder, Target};
use super::modules::{find_module, spoken};
use crate::arguments::{BuildOptions, WhyArguments};
use crate::exit::Exit;
use crate::output::{MessageFormat, plural};
use anyhow::Result;
use lumen_build::{Decision, Explanation, ExplanationStep, Reason, short_hex};
use lumen_vm::lir::ModuleId;
use serde_json::json;

/// Explains the module's last event.
pub(crate) fn why(session: &Session, arguments: &WhyArguments) -> Result<Exit> {
    let builder = Builder::new(session, Target::of(session, None, None), &BuildOptions::default());
    let Some((root, image)) = builder.build().last() else {
        session
            .output
            .error("nothing has been built here yet: `lumen build` does it");
        return Ok(Exit::Usage);
    };
    let Some(module) = find_module(session, &root, &image, &arguments.module) else {
        return Ok(Exit::Usage);
    };
    match builder.build().why(&root, &module) {
        None => {
            let text = format!("{}: none of the last builds had to look at it", spoken(&module));
            session.output.item(
                &text,
                &json!({"event": "why", "version": 1, "module": spoken(&module), "steps": []}),
            );
        }
        Some(explanation) if session.output.format == MessageFormat::Json => {
            session.output.event(&event(&module, &explanation));
        }
        Some(explanation) => print(session, &explanation),
    }
    Ok(Exit::Done)
}

/// The explanation for programs.
fn event(module: &ModuleId, explanation: &Explanation) -> serde_json::Value {
    let steps: Vec<serde_json::Value> = explanation
        .steps
        .iter()
        .map(|step| {
            json!({
                "module": spoken(&step.module),
                "decision": decision(step),
                "reason": reason(&step.reason),
            })
        })
        .collect();
    json!({
        "event": "why",
        "version": 1,
        "module": spoken(module),
        "builds_ago": explanation.builds_ago,
        "steps": steps,
        "cascade": explanation.cascade,
    })
}

fn print(session: &Session, explanation: &Explanation) {
    let when = match explanation.builds_ago {
        0 => "in the last build that had something to do".to_owned(),
        ago => format!("{} before the last", plural(ago, "build")),
    };
    for (depth, step) in explanation.steps.iter().enumerate() {
        let lead = if depth == 0 {
            String::new()
        } else {
            format!("{}because ", "  ".repeat(depth))
        };
        let time = if depth == 0 {
            format!(" {when}")
        } else {
            String::new()
        };
        let reason = match step.decision {
            // The next step says why.
            Decision::Skipped(_) => String::new(),
            _ => format!(": {}", reason(&step.reason)),
        };
        session.output.data(&format!(
            "{lead}{}: {}{time}{reason}",
            spoken(&step.module),
            decision(step)
        ));
    }
    if explanation.cascade > 1 {
        let others = plural(explanation.cascade - 1, "other module");
        session.output.data(&format!("the same cause reached {others}"));
    }
}

fn decision(step: &ExplanationStep) -> String {
    match &step.decision {
        Decision::Compiled => "compiled".to_owned(),
        Decision::Cached => "taken from the cache".to_owned(),
        Decision::Kept => "not compiled".to_owned(),
        Decision::Failed => "has errors, looked at".to_owned(),
        Decision::Skipped(because) => format!("skipped ({} has no result)", spoken(because)),
        Decision::Removed => "removed".to_owned(),
    }
}

fn reason(reason: &Reason) -> String {
    match reason {
        Reason::FirstBuild => "the workspace had no state of an earlier build".to_owned(),
        Reason::NewModule => "the document is new".to_owned(),
        Reason::PackageChanged => "the name, version or folder of its package changed".to_owned(),
        Reason::CodeChanged { old, new } => {
            format!("its code changed (hash {} -> {})", short_hex(old), short_hex(new))
        }
        Reason::ProseChanged => "its prose changed, its code did not".to_owned(),
        Reason::ItemChanged {
            module,
            name,
            old,
            new,
        } => {
            let item = match name.as_str() {
                "" => format!("the names in {}", spoken(module)),
                name => format!("`{name}` of {}", spoken(module)),
            };
            match (old, new) {
                (None, _) => format!("{item} appeared"),
                (_, None) => format!("{item} is gone"),
                (Some(old), Some(new)) => {
                    format!("{item} changed (hash {} -> {})", short_hex(old), short_hex(new))
                }
            }
        }
        Reason::ImportsMoved => "its imports lead to other modules than before".to_owned(),
        Reason::NoResult => "it had no result, since it or an import had errors".to_owned(),
        Reason::NewCompiler => "it was compiled by another version of Lumen".to_owned(),
        Reason::ResultGone => "its result was no longer in the cache".to_owned(),
    }
}

//! Why a module was dealt with, in sentences for people and in fields for programs.

use super::modules::spoken;
use lumen_build::{Decision, Lookup, Miss, ModuleEvent, Reason, ReasonField, Setting, hex, short_hex};
use lumen_vm::lir::ModuleId;
use serde_json::{Map, Value};

/// What was done, as a participle.
pub(crate) fn decision(decision: &Decision) -> String {
    match decision {
        Decision::Compiled => "compiled".to_owned(),
        Decision::Cached => "taken from the cache".to_owned(),
        Decision::Kept => "not compiled".to_owned(),
        Decision::Failed => "failed".to_owned(),
        Decision::Skipped(because) => format!("skipped ({} has no result)", spoken(because)),
        Decision::Removed => "removed".to_owned(),
    }
}

/// Why, as a sentence without a full stop.
pub(crate) fn reason(reason: &Reason) -> String {
    match reason {
        Reason::FirstBuild => "the workspace had no state of an earlier build".to_owned(),
        Reason::NewModule => "the document is new".to_owned(),
        Reason::SettingChanged { setting, old, new } => match setting {
            Setting::Compiler => format!(
                "the compiler is another one (hash {} -> {})",
                short(old),
                short(new)
            ),
            Setting::Lir => format!("LIR has another version ({old} -> {new})"),
            Setting::Profile => format!("the profile is another one ({old} -> {new})"),
        },
        Reason::PackageChanged { part, old, new } => {
            format!("the {} of its package changed ({old} -> {new})", part.name())
        }
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
        Reason::ImportMoved { import, old, new } => match (old, new) {
            (Some(old), None) if import.is_empty() => {
                format!("its imports do not lead to {} any more", spoken(old))
            }
            (Some(old), None) => {
                format!("its import `{import}` leads nowhere now ({old} is gone)")
            }
            (None, None) => format!("its import `{import}` leads nowhere now"),
            (old, Some(new)) => format!(
                "its import `{import}` leads to another module ({} -> {})",
                old.as_ref().map_or("none".to_owned(), ToString::to_string),
                new
            ),
        },
        Reason::ImportCycle => "it imports itself, over other modules".to_owned(),
        Reason::DocumentGone => "its document is gone, or its package has another name or version".to_owned(),
        Reason::ImportFailed => "what it imports has no result".to_owned(),
        Reason::NoResult => "it had no result, since it or an import had errors".to_owned(),
        Reason::ResultGone => "its result was no longer in the cache".to_owned(),
    }
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

/// `reason`, `component` (the part of the key that differs first, or null), and what else belongs to it, as in the build log.
pub(crate) fn reason_fields(reason: &Reason, fields: &mut Map<String, Value>) {
    let mut put = |key: &str, value: Value| drop(fields.insert(key.to_owned(), value));
    put("reason", reason.name().into());
    put("component", reason.component().into());
    reason.fields(|key, value| {
        put(
            key,
            match value {
                Some(ReasonField::Text(text)) => text.into(),
                Some(ReasonField::Hash(hash)) => hex(hash).into(),
                Some(ReasonField::Module(module)) => spoken(module).into(),
                None => Value::Null,
            },
        );
    });
}

/// `module`, `decision`, for skipped ones `because`, and what [`reason_fields`] says.
pub(crate) fn step_fields(module: &ModuleId, decision: &Decision, reason: &Reason) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("module".to_owned(), spoken(module).into());
    fields.insert("decision".to_owned(), decision.name().into());
    if let Decision::Skipped(because) = decision {
        fields.insert("because".to_owned(), spoken(because).into());
    }
    reason_fields(reason, &mut fields);
    fields
}

/// [`step_fields`] of a module in a build log, what the cache said, and times in microseconds since the build began.
pub(crate) fn event_fields(event: &ModuleEvent) -> Map<String, Value> {
    let mut fields = step_fields(&event.module, &event.decision, &event.reason);
    let mut put = |key: &str, value: Value| drop(fields.insert(key.to_owned(), value));
    put("cache", event.lookup.as_ref().map(Lookup::name).into());
    if let Some(Lookup::Miss(miss)) = &event.lookup {
        let mut fields = Map::new();
        fields.insert("why".to_owned(), miss.name().into());
        if let Miss::OtherAnswer(difference) = miss {
            reason_fields(difference, &mut fields);
        }
        put("miss", fields.into());
    }
    put("duration", event.duration().into());
    put("bytes", event.bytes.into());
    for (key, work) in [("read", event.read), ("build", event.build)] {
        if let Some(work) = work {
            put(
                key,
                serde_json::json!({"lane": work.lane, "start": work.start, "end": work.end}),
            );
        }
    }
    fields
}

/// An event with its name and version in front of other fields.
pub(crate) fn versioned(event: &str, version: u32, mut fields: Map<String, Value>) -> Value {
    fields.insert("event".to_owned(), event.into());
    fields.insert("version".to_owned(), version.into());
    Value::Object(fields)
}

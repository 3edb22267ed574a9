//! The build log: one JSON object a line, first the build, then one for each module that was dealt with
//! (`docs/spec/build-cache-v1.md`, Log). Written once, when the build ends; read by `why`.

use crate::digest;
use crate::reason::{Decision, Reason};
use lumen_compiler::interface::Digest;
use lumen_vm::lir::ModuleId;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// Version of the log format, in its first line.
const VERSION: u64 = 1;

/// What was done with a module, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) module: ModuleId,
    pub(crate) decision: Decision,
    pub(crate) reason: Reason,
}

/// The log of one build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Log {
    /// When it ended, nanoseconds since 1970.
    pub(crate) time: i64,
    pub(crate) events: Vec<Event>,
}

impl Log {
    pub(crate) fn render(&self, settings: &Digest) -> String {
        let first = json!({"event": "build", "version": VERSION, "time": self.time, "settings": digest::hex(settings)});
        let mut text = String::with_capacity(200 * self.events.len() + 200);
        writeln!(text, "{first}").expect("a String takes everything");
        for event in &self.events {
            writeln!(text, "{}", Value::Object(event.to_json())).expect("a String takes everything");
        }
        text
    }

    /// Reads a log; lines that it does not understand are passed over. Nothing if it is of another version.
    pub(crate) fn parse(text: &str) -> Option<Log> {
        let mut lines = text.lines();
        let first: Value = serde_json::from_str(lines.next()?).ok()?;
        if first.get("version")?.as_u64()? != VERSION {
            return None;
        }
        let time = first.get("time")?.as_i64()?;
        let events = lines
            .filter_map(|line| Event::from_json(&serde_json::from_str(line).ok()?))
            .collect();
        Some(Log { time, events })
    }
}

impl Event {
    fn to_json(&self) -> Map<String, Value> {
        let mut object = Map::new();
        let mut put = |key: &str, value: Value| drop(object.insert(key.to_owned(), value));
        put("event", "module".into());
        put("module", self.module.as_str().into());
        let decision = match &self.decision {
            Decision::Compiled => "compiled",
            Decision::Cached => "cached",
            Decision::Kept => "kept",
            Decision::Failed => "failed",
            Decision::Removed => "removed",
            Decision::Skipped(because) => {
                put("because", because.as_str().into());
                "skipped"
            }
        };
        put("decision", decision.into());
        let reason = match &self.reason {
            Reason::FirstBuild => "first build",
            Reason::NewModule => "new module",
            Reason::PackageChanged => "package changed",
            Reason::ProseChanged => "prose changed",
            Reason::ImportsMoved => "imports moved",
            Reason::NoResult => "no result",
            Reason::NewCompiler => "new compiler",
            Reason::ResultGone => "result gone",
            Reason::CodeChanged { old, new } => {
                put("old", digest::hex(old).into());
                put("new", digest::hex(new).into());
                "code changed"
            }
            Reason::ItemChanged {
                module,
                name,
                old,
                new,
            } => {
                put("of", module.as_str().into());
                put("item", name.as_str().into());
                put("old", old.as_ref().map(digest::hex).into());
                put("new", new.as_ref().map(digest::hex).into());
                "item changed"
            }
        };
        put("reason", reason.into());
        object
    }

    fn from_json(value: &Value) -> Option<Event> {
        let text = |key: &str| value.get(key)?.as_str();
        let hash = |key: &str| text(key).and_then(from_hex);
        let module = ModuleId::parse(text("module")?);
        let decision = match text("decision")? {
            "compiled" => Decision::Compiled,
            "cached" => Decision::Cached,
            "kept" => Decision::Kept,
            "failed" => Decision::Failed,
            "removed" => Decision::Removed,
            "skipped" => Decision::Skipped(ModuleId::parse(text("because")?)),
            _ => return None,
        };
        let reason = match text("reason")? {
            "first build" => Reason::FirstBuild,
            "new module" => Reason::NewModule,
            "package changed" => Reason::PackageChanged,
            "prose changed" => Reason::ProseChanged,
            "imports moved" => Reason::ImportsMoved,
            "no result" => Reason::NoResult,
            "new compiler" => Reason::NewCompiler,
            "result gone" => Reason::ResultGone,
            "code changed" => Reason::CodeChanged {
                old: hash("old")?,
                new: hash("new")?,
            },
            "item changed" => Reason::ItemChanged {
                module: ModuleId::parse(text("of")?),
                name: text("item")?.to_owned(),
                old: hash("old"),
                new: hash("new"),
            },
            _ => return None,
        };
        Some(Event {
            module,
            decision,
            reason,
        })
    }
}

fn from_hex(text: &str) -> Option<Digest> {
    let mut digest = digest::NONE;
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_reads_back_as_it_was_written() {
        let module = ModuleId::in_package("@a/b", "1.0.0", "c.d");
        let (old, new) = ([1; 32], [0xfe; 32]);
        let reasons = [
            Reason::FirstBuild,
            Reason::NewModule,
            Reason::PackageChanged,
            Reason::ProseChanged,
            Reason::ImportsMoved,
            Reason::NoResult,
            Reason::NewCompiler,
            Reason::ResultGone,
            Reason::CodeChanged { old, new },
            Reason::ItemChanged {
                module: module.clone(),
                name: "f\"\n".to_owned(),
                old: Some(old),
                new: None,
            },
            Reason::ItemChanged {
                module: module.clone(),
                name: String::new(),
                old: None,
                new: Some(new),
            },
        ];
        let decisions = [
            Decision::Compiled,
            Decision::Cached,
            Decision::Kept,
            Decision::Failed,
            Decision::Removed,
            Decision::Skipped(module.clone()),
        ];
        let pairs = decisions
            .iter()
            .flat_map(|decision| reasons.iter().map(move |reason| (decision, reason)));
        let events = pairs.map(|(decision, reason)| Event {
            module: module.clone(),
            decision: decision.clone(),
            reason: reason.clone(),
        });
        let log = Log {
            time: 7,
            events: events.collect(),
        };
        assert_eq!(Log::parse(&log.render(&[0; 32])), Some(log));
    }
}

//! A build log from its lines. Lines that are not understood are passed over, but for the first; a log of another version is none.

use super::{BuildLog, Lookup, Miss, ModuleEvent, Phase, PhaseKind, VERSION, Work};
use crate::digest;
use crate::reason::{Decision, PackagePart, Reason, Setting};
use lumen_compiler::interface::Digest;
use lumen_vm::lir::ModuleId;
use serde_json::Value;

impl BuildLog {
    /// Reads a log. Nothing if it is of another version.
    pub(crate) fn parse(text: &str) -> Option<BuildLog> {
        let mut lines = text.lines();
        let first: Value = serde_json::from_str(lines.next()?).ok()?;
        if first.get("version")?.as_u64()? != VERSION {
            return None;
        }
        let setting = |setting: Setting| text_of(&first, setting.name()).unwrap_or_default().to_owned();
        let number = |key: &str| first.get(key).and_then(Value::as_u64).unwrap_or_default();
        let mut log = BuildLog {
            time: first.get("time")?.as_i64()?,
            settings: Setting::ALL.map(setting),
            jobs: u32::try_from(number("jobs")).unwrap_or(u32::MAX),
            modules: number("modules"),
            duration: number("duration"),
            phases: Vec::new(),
            events: Vec::new(),
        };
        for line in lines {
            let Ok(value) = serde_json::from_str::<Value>(line) else {
                continue;
            };
            match text_of(&value, "event") {
                Some("phase") => log.phases.extend(phase(&value)),
                Some("module") => log.events.extend(event(&value)),
                _ => {}
            }
        }
        Some(log)
    }
}

fn text_of<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str()
}

fn phase(value: &Value) -> Option<Phase> {
    let name = text_of(value, "phase")?;
    Some(Phase {
        kind: PhaseKind::ALL.into_iter().find(|kind| kind.name() == name)?,
        start: value.get("start")?.as_u64()?,
        end: value.get("end")?.as_u64()?,
    })
}

fn event(value: &Value) -> Option<ModuleEvent> {
    let needs = value.get("needs").and_then(Value::as_array);
    let needs = needs.into_iter().flatten().filter_map(Value::as_u64);
    Some(ModuleEvent {
        module: ModuleId::parse(text_of(value, "module")?),
        decision: decision(value)?,
        reason: reason(value)?,
        lookup: lookup(value),
        read: value.get("read").and_then(work),
        build: value.get("build").and_then(work),
        bytes: value.get("bytes").and_then(Value::as_u64).unwrap_or_default(),
        needs: needs.filter_map(|need| u32::try_from(need).ok()).collect(),
    })
}

fn lookup(value: &Value) -> Option<Lookup> {
    let miss = |name: &str| {
        Some(match name {
            "no result" => Miss::NoResult,
            "result gone" => Miss::ResultGone,
            "other answer" => Miss::OtherAnswer(reason(value.get("answer")?)?),
            _ => return None,
        })
    };
    match text_of(value, "cache")? {
        "hit" => Some(Lookup::Hit),
        "miss" => text_of(value, "miss").and_then(miss).map(Lookup::Miss),
        _ => None,
    }
}

fn work(value: &Value) -> Option<Work> {
    Some(Work {
        lane: u32::try_from(value.get("lane")?.as_u64()?).ok()?,
        start: value.get("start")?.as_u64()?,
        end: value.get("end")?.as_u64()?,
    })
}

fn decision(value: &Value) -> Option<Decision> {
    Some(match text_of(value, "decision")? {
        "compiled" => Decision::Compiled,
        "cached" => Decision::Cached,
        "kept" => Decision::Kept,
        "failed" => Decision::Failed,
        "removed" => Decision::Removed,
        "skipped" => Decision::Skipped(ModuleId::parse(text_of(value, "because")?)),
        _ => return None,
    })
}

fn reason(value: &Value) -> Option<Reason> {
    let text = |key: &str| text_of(value, key).map(str::to_owned);
    let hash = |key: &str| text_of(value, key).and_then(from_hex);
    let module = |key: &str| text_of(value, key).map(ModuleId::parse);
    Some(match text_of(value, "reason")? {
        "first build" => Reason::FirstBuild,
        "new module" => Reason::NewModule,
        "prose changed" => Reason::ProseChanged,
        "import cycle" => Reason::ImportCycle,
        "import failed" => Reason::ImportFailed,
        "document gone" => Reason::DocumentGone,
        "no result" => Reason::NoResult,
        "result gone" => Reason::ResultGone,
        "setting changed" => Reason::SettingChanged {
            setting: named(Setting::ALL, Setting::name, text_of(value, "component")?)?,
            old: text("old")?,
            new: text("new")?,
        },
        "package changed" => Reason::PackageChanged {
            part: named(PackagePart::ALL, PackagePart::name, text_of(value, "part")?)?,
            old: text("old")?,
            new: text("new")?,
        },
        "code changed" => Reason::CodeChanged {
            old: hash("old")?,
            new: hash("new")?,
        },
        "import moved" => Reason::ImportMoved {
            import: text("import")?,
            old: module("old"),
            new: module("new"),
        },
        "item changed" => Reason::ItemChanged {
            module: module("of")?,
            name: text("item")?,
            old: hash("old"),
            new: hash("new"),
        },
        _ => return None,
    })
}

fn named<T: Copy>(
    all: impl IntoIterator<Item = T>,
    name: impl Fn(T) -> &'static str,
    text: &str,
) -> Option<T> {
    all.into_iter().find(|one| name(*one) == text)
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

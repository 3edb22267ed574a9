//! A build log as lines of JSON. Keys come in the order in which they are written here.

use super::{BuildLog, Lookup, Miss, ModuleEvent, VERSION, Work};
use crate::digest;
use crate::reason::{Decision, Reason, ReasonField, Setting};
use std::fmt::Write as _;

impl BuildLog {
    /// The whole file.
    pub(crate) fn render(&self) -> String {
        let mut text = String::with_capacity(320 * self.events.len() + 1024);
        let mut line = Line::new(&mut text, "build");
        line.number("version", VERSION);
        line.raw("time", &self.time.to_string());
        for setting in Setting::ALL {
            line.text(setting.name(), self.setting(setting));
        }
        line.number("jobs", u64::from(self.jobs));
        line.number("modules", self.modules);
        line.number("duration", self.duration);
        line.end();
        for phase in &self.phases {
            let mut line = Line::new(&mut text, "phase");
            line.text("phase", phase.kind.name());
            line.number("start", phase.start);
            line.number("end", phase.end);
            line.end();
        }
        for event in &self.events {
            event.render(&mut text);
        }
        text
    }
}

impl ModuleEvent {
    fn render(&self, text: &mut String) {
        let mut line = Line::new(text, "module");
        line.text("module", self.module.as_str());
        line.text("decision", self.decision.name());
        if let Decision::Skipped(because) = &self.decision {
            line.text("because", because.as_str());
        }
        self.reason.render(&mut line);
        if let Some(lookup) = &self.lookup {
            line.text("cache", lookup.name());
            lookup.render(&mut line);
        }
        for (key, work) in [("read", self.read), ("build", self.build)] {
            if let Some(Work { lane, start, end }) = work {
                line.raw(
                    key,
                    &format!("{{\"lane\":{lane},\"start\":{start},\"end\":{end}}}"),
                );
            }
        }
        if self.bytes > 0 {
            line.number("bytes", self.bytes);
        }
        if !self.needs.is_empty() {
            let needs: Vec<String> = self.needs.iter().map(u32::to_string).collect();
            line.raw("needs", &format!("[{}]", needs.join(",")));
        }
        line.end();
    }
}

impl Lookup {
    /// Why there was nothing.
    fn render(&self, line: &mut Line<'_>) {
        let Lookup::Miss(miss) = self else { return };
        line.text("miss", miss.name());
        if let Miss::OtherAnswer(difference) = miss {
            line.key("answer");
            let mut inner = Line::open(line.text);
            difference.render(&mut inner);
            inner.close();
        }
    }
}

impl Reason {
    /// Its name, the part of the key that it is about, and what else belongs to it.
    fn render(&self, line: &mut Line<'_>) {
        line.text("reason", self.name());
        if let Some(component) = self.component() {
            line.text("component", component);
        }
        self.fields(|key, value| match value {
            Some(ReasonField::Text(text)) => line.text(key, text),
            Some(ReasonField::Hash(hash)) => line.text(key, &digest::hex(hash)),
            Some(ReasonField::Module(module)) => line.text(key, module.as_str()),
            None => line.raw(key, "null"),
        });
    }
}

/// An object on a line of its own.
struct Line<'t> {
    text: &'t mut String,
}

impl<'t> Line<'t> {
    fn new(text: &'t mut String, event: &str) -> Line<'t> {
        let mut line = Line::open(text);
        line.text("event", event);
        line
    }

    fn open(text: &'t mut String) -> Line<'t> {
        text.push('{');
        Line { text }
    }

    fn key(&mut self, key: &str) {
        if !self.text.ends_with('{') {
            self.text.push(',');
        }
        let _ = write!(self.text, "\"{key}\":");
    }

    /// `value` is JSON.
    fn raw(&mut self, key: &str, value: &str) {
        self.key(key);
        self.text.push_str(value);
    }

    fn number(&mut self, key: &str, value: u64) {
        self.key(key);
        let _ = write!(self.text, "{value}");
    }

    fn text(&mut self, key: &str, value: &str) {
        let plain = value
            .bytes()
            .all(|byte| (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b'\\');
        self.key(key);
        let _ = match plain {
            true => write!(self.text, "\"{value}\""),
            false => write!(self.text, "{}", serde_json::Value::from(value)),
        };
    }

    fn close(self) {
        self.text.push('}');
    }

    fn end(self) {
        self.text.push_str("}\n");
    }
}

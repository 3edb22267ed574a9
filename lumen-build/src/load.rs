//! The first job of a dirty module: read its document, and say what it depends on.

use crate::digest;
use crate::files::MAXIMUM_DOCUMENT_BYTES;
use crate::outcome::{Report, Unreadable};
use crate::plan::Plan;
use crate::reason::{Decision, Reason};
use crate::scheduler::{Dependencies, Known};
use crate::session::{Document, Finished, Seen, Session};
use crate::topology::{Importer, Target};
use lumen_compiler::interface::Digest;
use std::sync::Arc;

/// How loading ended.
pub(crate) enum Loaded {
    /// It depends on these.
    Waits(Dependencies),
    /// The document cannot be read.
    Unreadable,
}

impl Session<'_> {
    /// Performs [`crate::scheduler::Job::Load`].
    pub(crate) fn load(&self, module: u32) -> Loaded {
        let (bytes, seen) = match self.read(module) {
            Ok(read) => read,
            Err(reason) => {
                return self.unreadable(
                    module,
                    Unreadable {
                        reason,
                        position: None,
                    },
                    None,
                );
            }
        };
        let source = digest::of(&bytes);
        let may_keep = *self.plan(module) == Plan::Reread && self.slot(module).may_keep();
        let record = self.old.record(module).filter(|_| may_keep);
        if let Some(record) = record.filter(|record| record.source == source) {
            self.keep(
                module,
                source,
                record.code,
                record.snippets,
                Reason::ProseChanged,
                seen,
            );
            return self.suspect(module);
        }
        let text: Arc<str> = match self.toolchain.text(&bytes) {
            Ok(text) => text.into(),
            Err(unreadable) => return self.unreadable(module, unreadable, Some((source, seen))),
        };
        let reading = self.toolchain.read(&text, self.topology.form(module));
        let code = reading.code;
        let snippets = reading.snippets.len() as u32;
        let imports = self.targets(module, &reading.imports);
        let mut slot = self.slot(module);
        slot.document = Some(Box::new(Document {
            source,
            text,
            reading,
            seen,
        }));
        slot.finished = None;
        drop(slot);
        match record.filter(|record| record.code == code) {
            Some(_) => {
                self.keep(module, source, code, snippets, Reason::ProseChanged, seen);
                self.suspect(module)
            }
            None => Loaded::Waits(Dependencies {
                imports,
                known: Known::Not,
            }),
        }
    }

    /// Content and state of a module's document.
    fn read(&self, module: u32) -> Result<(Vec<u8>, Seen), String> {
        let scanned = self.topology.file(module).stat.clone()?;
        if let Some(text) = self.bundled_text(module) {
            let seen = Seen {
                stat: scanned,
                settled: true,
            };
            return Ok((text.as_bytes().to_vec(), seen));
        }
        let hashed_at = self.files.now();
        let path = self.root.join(self.topology.path(module));
        let (bytes, stat) = self.files.read(&path, MAXIMUM_DOCUMENT_BYTES)?;
        let settled = self.topology.is_fixed(module) || stat.is_some_and(|stat| stat.is_settled(hashed_at));
        Ok((
            bytes,
            Seen {
                stat: stat.unwrap_or(scanned),
                settled,
            },
        ))
    }

    /// The text of a document of the bundled package.
    pub(crate) fn bundled_text(&self, module: u32) -> Option<&'static str> {
        let bundle = self
            .toolchain
            .bundle()
            .filter(|_| self.topology.is_bundled(module));
        bundle?.text(self.topology.path(module))
    }

    /// Modules that imports resolve to, each once.
    pub(crate) fn targets(&self, module: u32, imports: &[crate::state::Import]) -> Vec<u32> {
        let package = self.topology.file(module).package;
        let resolved = imports
            .iter()
            .map(|import| self.topology.resolve(package, import, Importer::Module));
        let mut targets: Vec<u32> = resolved
            .filter_map(|target| match target {
                Target::Module(module) => Some(module),
                Target::NoPackage(_) | Target::NoModule(_) => None,
            })
            .collect();
        targets.sort_unstable();
        targets.dedup();
        targets
    }

    fn suspect(&self, module: u32) -> Loaded {
        Loaded::Waits(self.old_dependencies(module))
    }

    /// Notes that the old result holds, for now.
    fn keep(&self, module: u32, source: Digest, code: Digest, snippets: u32, reason: Reason, seen: Seen) {
        let decision = Decision::Kept;
        let finished = Finished {
            decision,
            reason,
            source,
            code,
            snippets,
            seen: Some(seen),
            result: None,
            report: None,
            waited_for: Vec::new(),
        };
        self.slot(module).finished = Some(Box::new(finished));
    }

    fn unreadable(&self, module: u32, unreadable: Unreadable, read: Option<(Digest, Seen)>) -> Loaded {
        let report = Report {
            path: self.topology.path(module).to_owned(),
            module: self.topology.id(module),
            snippet: None,
            text: "".into(),
            diagnostics: Vec::new(),
            unreadable: Some(unreadable),
        };
        let finished = Finished {
            decision: Decision::Failed,
            reason: self.reason(module, None),
            source: read.map_or(digest::NONE, |(source, _)| source),
            code: digest::NONE,
            snippets: 0,
            seen: read.map(|(_, seen)| seen),
            result: None,
            report: Some(report),
            waited_for: Vec::new(),
        };
        self.slot(module).finished = Some(Box::new(finished));
        Loaded::Unreadable
    }

    /// Why a module is dealt with. `code`: its code hash, if it was read.
    pub(crate) fn reason(&self, module: u32, code: Option<Digest>) -> Reason {
        let slot = self.slot(module);
        if slot.lost {
            return Reason::ResultGone;
        }
        if let Some(reason) = &slot.reason {
            return reason.clone();
        }
        let old = self
            .old
            .record(module)
            .map(|record| record.code)
            .filter(|old| *old != digest::NONE);
        match (self.plan(module), old, code) {
            (
                Plan::Build(Reason::NoResult | Reason::ImportMoved { .. } | Reason::ResultGone)
                | Plan::Reread
                | Plan::Keep,
                Some(old),
                Some(new),
            ) if old != new => Reason::CodeChanged { old, new },
            (Plan::Build(reason), _, _) => reason.clone(),
            (Plan::Reread | Plan::Keep, _, _) => Reason::ProseChanged,
        }
    }
}

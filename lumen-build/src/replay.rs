//! A build without changes: nothing is done, and the warnings of the results that hold are shown again.

use crate::build::Build;
use crate::digest;
use crate::files::MAXIMUM_DOCUMENT_BYTES;
use crate::image;
use crate::outcome::Report;
use crate::scope;
use crate::state::{Head, RecordRef, State};
use crate::store::BlobKind;
use crate::workspace::FoundWorkspace;
use lumen_compiler::interface;
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

impl Build {
    /// Warnings of results that need nothing, in the order in which a build would tell them. Nothing if the store has lost any, or a
    /// document is not what it was after all.
    pub(crate) fn replay(
        &self,
        found: &FoundWorkspace,
        head: &Head<'_>,
        state: &State,
    ) -> Option<Vec<Report>> {
        if !head.files.iter().any(|file| file.has_warnings) {
            return Some(Vec::new());
        }
        let body = state.body()?;
        let record = |position: u32| {
            let file = head.files.get(position as usize)?;
            RecordRef::parse(body.get(file.offset as usize..)?.get(..file.length as usize)?)
        };
        let scope = self.module_scope(&found.root, &found.packages);
        let mut depths = FxHashMap::default();
        let mut reports = Vec::new();
        for (position, file) in (0..).zip(&head.files).filter(|(_, file)| file.has_warnings) {
            let module = image::module_id(&head.packages, file)?;
            if !scope::shows_warnings(&module, scope.as_ref(), &found.packages) {
                continue;
            }
            let record_of_file = record(position)?;
            let stored = self
                .store
                .blob(BlobKind::Plain, &record_of_file.results.warnings)?;
            let (bytes, _) = self
                .files
                .read(&found.root.join(file.path), MAXIMUM_DOCUMENT_BYTES)
                .ok()
                .filter(|(bytes, _)| digest::of(bytes) == record_of_file.source)?;
            let report = Report {
                path: file.path.to_owned(),
                module,
                snippet: None,
                text: self.toolchain.text(&bytes).ok()?.into(),
                diagnostics: interface::decode_diagnostics(&stored)?,
                unreadable: None,
            };
            reports.push(((depth(position, &record, &mut depths), position), report));
        }
        reports.sort_by_key(|(turn, _)| *turn);
        Some(reports.into_iter().map(|(_, report)| report).collect())
    }
}

/// The longest chain of imports below the document at a position, as the state knows them; `known`: those of documents that have
/// been asked for. Without recursion: chains may be long.
fn depth<'s>(
    position: u32,
    record: &impl Fn(u32) -> Option<RecordRef<'s>>,
    known: &mut FxHashMap<u32, u32>,
) -> u32 {
    let edges = |position: u32| record(position).into_iter().flat_map(|record| record.edges());
    let mut open = vec![(position, false)];
    while let Some((position, is_left)) = open.pop() {
        if is_left {
            let below = edges(position).filter_map(|edge| known.get(&edge));
            let depth = below.map(|depth| depth + 1).max().unwrap_or(0);
            known.insert(position, depth);
        } else if let Entry::Vacant(unknown) = known.entry(position) {
            // Until it is left, in case that the state has a cycle after all.
            unknown.insert(0);
            open.push((position, true));
            open.extend(edges(position).map(|edge| (edge, false)));
        }
    }
    known.get(&position).copied().unwrap_or(0)
}

//! A build without changes: nothing is done, and the warnings of the results that hold are shown again.

use crate::build::Build;
use crate::digest;
use crate::files::MAXIMUM_DOCUMENT_BYTES;
use crate::image;
use crate::outcome::Report;
use crate::state::{Head, RecordRef, State, StateFile};
use crate::store::BlobKind;
use lumen_compiler::interface;
use std::path::Path;

impl Build {
    /// Warnings of results that need nothing. Nothing if the store has lost any, or a document is not what it was after all.
    pub(crate) fn replay(&self, root: &Path, head: &Head<'_>, state: &State) -> Option<Vec<Report>> {
        let mut reports = Vec::new();
        let of_member = |file: &StateFile<'_>| {
            let package = head.packages.get(file.package);
            package.is_some_and(|package| package.member)
        };
        let shown = || {
            head.files
                .iter()
                .filter(|file| file.has_warnings && of_member(file))
        };
        if shown().next().is_none() {
            return Some(reports);
        }
        let body = state.body()?;
        for file in shown() {
            let record = RecordRef::parse(body.get(file.offset as usize..)?.get(..file.length as usize)?)?;
            let stored = self.store.blob(BlobKind::Plain, &record.results.warnings)?;
            let (bytes, _) = self
                .files
                .read(&root.join(file.path), MAXIMUM_DOCUMENT_BYTES)
                .ok()
                .filter(|(bytes, _)| digest::of(bytes) == record.source)?;
            reports.push(Report {
                path: file.path.to_owned(),
                module: image::module_id(&head.packages, file)?,
                snippet: None,
                text: self.toolchain.text(&bytes).ok()?.into(),
                diagnostics: interface::decode_diagnostics(&stored)?,
                unreadable: None,
            });
        }
        reports.sort_by(|left, right| left.path.cmp(&right.path));
        Some(reports)
    }
}

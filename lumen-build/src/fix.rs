//! Follows the advice of findings: applies their edits in rounds, each checked before the next, and answers with the
//! texts that come of it. Nothing is written here.
//!
//! A round makes all edits that do not overlap. If a document then has more errors than before, its edits are made one
//! by one, and those that are to blame are given up.

use crate::build::Build;
use crate::lumen::Lumen;
use crate::options::{BuildError, Options};
use crate::outcome::{Outcome, Report};
use crate::overlay::{Overlay, Texts};
use crate::progress::Progress;
use crate::shell::{Disk, PackStore};
use crate::snippet::SnippetResult;
use lumen_compiler::diagnostic::{
    Code, Confidence, Report as Finding, ReportEdit, Severity, Source, rewrite,
};
use lumen_compiler::document::Form;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// More rounds are not made: advice that leads to other advice has come to an end long before.
const MOST_ROUNDS: usize = 24;
/// So many checks are made to find out which edits are to blame.
const MOST_TRIALS: usize = 200;

/// Which advice to follow, and when to stop.
pub struct Fixing<'f> {
    /// Follow advice of this confidence, and of higher ones.
    pub least: Confidence,
    /// Only that of these codes; of all if there are none.
    pub codes: &'f [Code],
    /// Where to show how far the builds are.
    pub progress: &'f dyn Progress,
}

/// What came of it.
#[derive(Debug)]
pub struct Fixed {
    /// The documents that change, by path.
    pub documents: Vec<FixedDocument>,
    /// What is found once they have changed.
    pub outcome: Outcome,
}

/// A document that changes.
#[derive(Debug)]
pub struct FixedDocument {
    /// As seen from the workspace's folder, with `/`.
    pub path: String,
    /// Its text.
    pub before: Arc<str>,
    /// Its text with all edits.
    pub after: Arc<str>,
    /// What was done, in order.
    pub applied: Vec<AppliedFix>,
}

/// Advice that was followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedFix {
    /// The code of the finding.
    pub code: Code,
    /// Its line when it was dealt with, from 1.
    pub line: u32,
    /// The advice.
    pub help: String,
}

/// Edits of one finding, with what they are known by.
#[derive(Clone, Debug)]
struct Candidate {
    fix: AppliedFix,
    edits: Vec<ReportEdit>,
}

/// Advice that was tried in vain: document, message and advice.
type Rejected = BTreeSet<(PathBuf, String)>;

/// Follows the advice of all findings in scope. The options say what is looked at; snippets are looked at as well.
///
/// # Errors
/// If it cannot be said what there is to build.
pub fn fix(options: &Options, fixing: &Fixing<'_>) -> Result<Fixed, BuildError> {
    let options = Options {
        keep_going: true,
        snippets: true,
        ..options.clone()
    };
    let mut state = State {
        outcome: check(&options, &Texts::new(), fixing.progress)?,
        options,
        fixing,
        texts: Texts::new(),
        documents: BTreeMap::new(),
        rejected: Rejected::new(),
        trials: MOST_TRIALS,
    };
    for _ in 0..MOST_ROUNDS {
        if state.outcome.cancelled || !state.round()? {
            break;
        }
    }
    let mut documents: Vec<FixedDocument> = state.documents.into_values().collect();
    documents.retain(|document| document.before != document.after);
    Ok(Fixed {
        documents,
        outcome: state.outcome,
    })
}

/// Builds the documents as they would be.
fn check(options: &Options, texts: &Texts, progress: &dyn Progress) -> Result<Outcome, BuildError> {
    let store = Box::new(PackStore::open(&options.cache));
    let files = Box::new(Overlay {
        files: Disk,
        texts: texts.clone(),
    });
    Build::with(options.clone(), files, store, Box::new(Lumen)).run(progress)
}

struct State<'f> {
    options: Options,
    fixing: &'f Fixing<'f>,
    /// What is found in `texts`.
    outcome: Outcome,
    texts: Texts,
    documents: BTreeMap<PathBuf, FixedDocument>,
    rejected: Rejected,
    trials: usize,
}

impl State<'_> {
    /// Follows all advice that there is at present; whether anything has changed.
    fn round(&mut self) -> Result<bool, BuildError> {
        let candidates = self.candidates();
        if candidates.is_empty() {
            return Ok(false);
        }
        if self.attempt(&candidates)? {
            return Ok(true);
        }
        let mut changed = false;
        for (path, found) in candidates {
            if self.attempt(&BTreeMap::from([(path.clone(), found.clone())]))? {
                changed = true;
                continue;
            }
            // One after another, from the end of the document: what stands above keeps its place.
            for candidate in found.into_iter().rev() {
                let known = known_as(&path, &candidate);
                if self.attempt(&BTreeMap::from([(path.clone(), vec![candidate])]))? {
                    changed = true;
                } else {
                    self.rejected.insert(known);
                }
            }
        }
        Ok(changed)
    }

    /// Makes edits, and takes them back if a document has more errors then; whether they stay.
    fn attempt(&mut self, candidates: &BTreeMap<PathBuf, Vec<Candidate>>) -> Result<bool, BuildError> {
        if self.trials == 0 {
            return Ok(false);
        }
        self.trials -= 1;
        let mut texts = self.texts.clone();
        for (path, found) in candidates {
            let Some(text) = self.text(path) else {
                return Ok(false);
            };
            let edits = found.iter().flat_map(|candidate| &candidate.edits);
            match rewrite(&Source::new(&*text), edits) {
                Some(text) => texts.insert(path.clone(), text.into()),
                None => return Ok(false),
            };
        }
        let outcome = check(&self.options, &texts, self.fixing.progress)?;
        if outcome.cancelled || has_more_errors(&self.outcome, &outcome) {
            return Ok(false);
        }
        for (path, found) in candidates {
            let (Some(before), Some(after)) = (self.text(path), texts.get(path)) else {
                continue;
            };
            let shown = path.strip_prefix(&outcome.root).unwrap_or(path);
            let document = self
                .documents
                .entry(path.clone())
                .or_insert_with(|| FixedDocument {
                    path: shown.to_string_lossy().replace('\\', "/"),
                    after: Arc::clone(&before),
                    before,
                    applied: Vec::new(),
                });
            document.after = Arc::clone(after);
            document
                .applied
                .extend(found.iter().map(|candidate| candidate.fix.clone()));
        }
        self.outcome = outcome;
        self.texts = texts;
        Ok(true)
    }

    /// The text of a document that has findings.
    fn text(&self, path: &Path) -> Option<Arc<str>> {
        let covered = self.texts.get(path).cloned();
        covered.or_else(|| {
            let mut reports = reports(&self.outcome);
            let report = reports.find(|report| self.outcome.root.join(&report.path) == *path)?;
            Some(Arc::clone(&report.text))
        })
    }

    /// Advice with edits that can be made at once, by document; of edits that overlap the first.
    fn candidates(&self) -> BTreeMap<PathBuf, Vec<Candidate>> {
        let mut found: BTreeMap<PathBuf, Vec<Candidate>> = BTreeMap::new();
        for report in reports(&self.outcome).filter(|report| self.is_ours(report)) {
            let path = self.outcome.root.join(&report.path);
            let source = Source::new(&*report.text);
            let maps = Form::of_path(&report.path).positions(&report.text);
            let map = match report.snippet {
                None => Some(&maps.module),
                Some(number) => maps.snippets.get(number),
            };
            let Some(map) = map else { continue };
            for diagnostic in &report.diagnostics {
                if !self.fixing.codes.is_empty() && !self.fixing.codes.contains(&diagnostic.code) {
                    continue;
                }
                let finding = Finding::of(diagnostic, "", Some(&source), map);
                let line = finding.range.map_or(1, |range| range.start.line);
                let followed = |confidence| match self.fixing.least {
                    Confidence::Sure => confidence == Confidence::Sure,
                    Confidence::Maybe => true,
                };
                let mut advice = finding.help.into_iter();
                let Some(help) = advice.find(|help| !help.edits.is_empty() && followed(help.confidence))
                else {
                    continue;
                };
                let candidate = Candidate {
                    fix: AppliedFix {
                        code: diagnostic.code,
                        line,
                        help: help.text,
                    },
                    edits: help.edits,
                };
                if !self.rejected.contains(&known_as(&path, &candidate)) {
                    found.entry(path.clone()).or_default().push(candidate);
                }
            }
        }
        found.values_mut().for_each(keep_apart);
        found
    }

    /// Whether the document may be changed: it is in scope, and lies in the workspace.
    fn is_ours(&self, report: &Report) -> bool {
        let inside = !report.path.starts_with("../") && !report.path.starts_with('/');
        inside && (report.snippet.is_some() || self.outcome.is_in_scope(&report.module))
    }
}

/// Findings of modules, and of snippets that failed.
fn reports(outcome: &Outcome) -> impl Iterator<Item = &Report> {
    let snippets = outcome
        .snippets
        .iter()
        .filter_map(|snippet| match &snippet.result {
            SnippetResult::Failed(report) => Some(report),
            _ => None,
        });
    outcome.reports.iter().chain(snippets)
}

fn known_as(path: &Path, candidate: &Candidate) -> (PathBuf, String) {
    let AppliedFix { code, line, help } = &candidate.fix;
    (path.to_owned(), format!("{} {line} {help}", code.info().name))
}

/// Leaves out candidates whose edits touch those of an earlier one; equal edits are made once.
fn keep_apart(candidates: &mut Vec<Candidate>) {
    candidates.sort_by_key(|candidate| candidate.edits.iter().map(|edit| edit.range).min());
    let mut taken: Vec<ReportEdit> = Vec::new();
    candidates.retain(|candidate| {
        // What is put in at one place has no order.
        let before = |edit: &ReportEdit, other: &ReportEdit| {
            let is_insertion = |edit: &ReportEdit| edit.range.start == edit.range.end;
            match edit.range.end.cmp(&other.range.start) {
                Ordering::Less => true,
                Ordering::Equal => !is_insertion(edit) && !is_insertion(other),
                Ordering::Greater => false,
            }
        };
        let apart = |edit: &ReportEdit, other: &ReportEdit| before(edit, other) || before(other, edit);
        let fits = candidate
            .edits
            .iter()
            .all(|edit| taken.iter().all(|other| apart(edit, other)));
        if fits {
            taken.extend(candidate.edits.iter().cloned());
        }
        fits
    });
}

/// Whether a document has more errors than before. What was not looked at before may have any number.
fn has_more_errors(before: &Outcome, after: &Outcome) -> bool {
    let skipped: BTreeSet<_> = before.skipped.iter().map(|skipped| &skipped.module).collect();
    let known = errors(before);
    errors(after)
        .into_iter()
        .any(|(module, count)| !skipped.contains(module) && count > known.get(module).copied().unwrap_or(0))
}

fn errors(outcome: &Outcome) -> BTreeMap<&lumen_vm::lir::ModuleId, usize> {
    let mut counts = BTreeMap::new();
    for report in reports(outcome) {
        let is_error = |severity| severity == Severity::Error;
        let found = report.diagnostics.iter();
        let count = found.filter(|diagnostic| is_error(diagnostic.severity)).count();
        *counts.entry(&report.module).or_insert(0) += count + usize::from(report.unreadable.is_some());
    }
    counts
}

//! `lumen test --coverage`: which lines of the documents tests ran, and which ways branches went.
//!
//! The machine counts (`lumen_vm::Program::counting`), the debug sections say where; nothing is compiled again. What can
//! run is known from the debug sections of all modules in scope, so that what no test reaches counts as not run.

mod cell;
mod graph;
mod html;
mod lcov;
mod model;
mod summary;

use crate::commands::Session;
use crate::commands::builder::Built;
use crate::exit::Exit;
use crate::output::MessageFormat;
use crate::paths::shown;
use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use lumen_vm::Program;
use lumen_vm::lir::ModuleId;
use model::{DocumentCoverage, ProgramCounts, Share, document_coverage};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use summary::{table, total};

/// Options of `lumen test` for coverage.
#[derive(Clone, Debug, Args)]
pub(crate) struct CoverageArguments {
    /// Count which lines and branches tests run: a summary, and files as `lcov` or `html`
    #[arg(
        long,
        value_name = "FORMAT",
        value_delimiter = ',',
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "text"
    )]
    pub(crate) coverage: Vec<Format>,
    /// The folder for files of coverage [default: .lumen/coverage of the workspace]
    #[arg(long, value_name = "FOLDER", requires = "coverage")]
    pub(crate) coverage_folder: Option<PathBuf>,
    /// Fail if less than so many percent of the lines ran
    #[arg(long, value_name = "PERCENT", value_parser = percent, requires = "coverage")]
    pub(crate) coverage_minimum: Option<u64>,
}

/// A form of coverage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// The summary alone, which is always printed
    Text,
    /// `lcov.info`, an lcov tracefile
    Lcov,
    /// `index.html`, and a page for each document
    Html,
}

impl CoverageArguments {
    /// Whether tests are to count.
    pub(crate) fn is_wanted(&self) -> bool {
        !self.coverage.is_empty()
    }
}

/// A percentage in tenths.
fn percent(text: &str) -> Result<u64, String> {
    let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str, most: usize| {
        let plain = text.len() <= most && text.bytes().all(|octet| octet.is_ascii_digit());
        text.parse::<u64>().ok().filter(|_| plain)
    };
    digits(whole, 3)
        .zip(digits(tenth, 1))
        .map(|(whole, tenth)| whole * 10 + tenth)
        .filter(|&tenths| tenths <= 1000)
        .ok_or_else(|| "not a percentage: a number from 0 to 100 such as `80` or `87.5`".to_owned())
}

/// Says what was covered: a table, events, files. The exit status if it is too little.
pub(super) fn report_coverage(
    session: &Session,
    built: &mut Built<'_>,
    program: Option<&Program>,
    arguments: &CoverageArguments,
) -> Result<Option<Exit>> {
    let documents = documents(built, program)?;
    let output = &session.output;
    if output.format == MessageFormat::Text {
        table(&documents).iter().for_each(|line| output.data(line));
    }
    let root = built.outcome.root.clone();
    let folder = match &arguments.coverage_folder {
        Some(folder) => session.environment.folder.join(folder),
        None => root.join(".lumen/coverage"),
    };
    let mut files = Vec::new();
    if arguments.coverage.contains(&Format::Lcov) {
        let path = folder.join("lcov.info");
        write(&path, &lcov::tracefile(&documents))?;
        files.push(path);
    }
    if arguments.coverage.contains(&Format::Html) {
        for page in html::pages(&documents) {
            write(&folder.join(&page.path), &page.html)?;
        }
        files.push(folder.join("index.html"));
    }
    let files: Vec<String> = files
        .iter()
        .map(|path| shown(path, &session.environment.folder))
        .collect();
    for file in &files {
        output.status("Wrote", file);
    }
    let (lines, branches) = total(&documents);
    output.event(&event(&documents, lines, branches, &files));
    match arguments.coverage_minimum {
        Some(minimum) if lines.tenths() < minimum => {
            output.error(&format!(
                "the tests run {} of the lines, less than the {}.{} % of `--coverage-minimum`",
                lines.percent(),
                minimum / 10,
                minimum % 10
            ));
            Ok(Some(Exit::Failed))
        }
        _ => Ok(None),
    }
}

/// The coverage of all documents in scope, by path.
fn documents(built: &mut Built<'_>, program: Option<&Program>) -> Result<Vec<DocumentCoverage>> {
    let modules: Vec<ModuleId> = built.outcome.image.as_ref().map_or_else(Vec::new, |image| {
        let wanted = |module: &ModuleId| built.outcome.is_in_scope(module) && image.is_member(module);
        let ids = image.modules().into_iter().map(|module| module.id);
        ids.filter(wanted).collect()
    });
    let loaded = built.program(&modules)?;
    let counts = ProgramCounts::of(program);
    let root = built.outcome.root.clone();
    let mut documents = Vec::new();
    for module in &loaded.modules {
        if !modules.contains(&module.module.id) {
            continue;
        }
        let path = root.join(&module.path);
        #[expect(clippy::disallowed_methods, reason = "the document is shown with its counts")]
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read `{}` again", path.display()))?;
        documents.push(document_coverage(module, text, &counts));
    }
    documents.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(documents)
}

fn event(documents: &[DocumentCoverage], lines: Share, branches: Share, files: &[String]) -> Value {
    let share = |share: Share| json!({"found": share.found, "hit": share.hit});
    let documents: Vec<Value> = documents
        .iter()
        .map(|document| {
            let counts = document.lines.iter().map(|(line, count)| json!([line, count]));
            json!({
                "path": document.path,
                "lines": share(document.line_share()),
                "branches": share(document.branch_share()),
                "cells": share(document.cell_share()),
                "counts": counts.collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "event": "coverage",
        "version": 1,
        "lines": share(lines),
        "branches": share(branches),
        "documents": documents,
        "files": files,
    })
}

fn write(path: &Path, text: &str) -> Result<()> {
    #[expect(clippy::disallowed_methods, reason = "the user asked for the report")]
    let written =
        std::fs::create_dir_all(path.parent().unwrap_or(path)).and_then(|()| std::fs::write(path, text));
    written.with_context(|| format!("cannot write `{}`", path.display()))
}

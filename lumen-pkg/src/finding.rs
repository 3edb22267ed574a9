//! Findings: what is wrong with one manifest, lock or configuration, by byte span; with file, line and column they are `Problem`s.

use crate::position::{Region, Span};
use crate::problem::{Location, Problem, Severity};
use std::path::Path;
use toml_edit::TomlError;

/// "... is not supported yet", in manifests as in documents.
pub(crate) const NOT_SUPPORTED: &str = "E0060";

/// One error or warning of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) severity: Severity,
    pub(crate) code: Option<&'static str>,
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Finding {
    /// The problem that it is in `file`, whose text is `text`.
    pub(crate) fn locate(self, file: &Path, text: &str) -> Problem {
        let location = Location {
            file: file.to_path_buf(),
            region: Some(Region::of(text, self.span)),
        };
        Problem {
            severity: self.severity,
            code: self.code,
            message: self.message,
            location,
            labels: Vec::new(),
            help: self.help,
        }
    }
}

/// At most this many findings of one file are kept; one more says that there are others.
const MAXIMUM_FINDINGS: usize = 100;

/// Collects findings.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Finding>,
    dropped: usize,
    /// Stands in for findings beyond the limit, so that callers can always fill in code and help.
    overflow: Option<Finding>,
}

impl Findings {
    /// Adds an error; code and help can be filled in on the result.
    pub(crate) fn error(&mut self, span: Span, message: impl Into<String>) -> &mut Finding {
        self.add(Severity::Error, span, message.into())
    }

    /// Adds a warning; help can be filled in on the result.
    pub(crate) fn warning(&mut self, span: Span, message: impl Into<String>) -> &mut Finding {
        self.add(Severity::Warning, span, message.into())
    }

    fn add(&mut self, severity: Severity, span: Span, message: String) -> &mut Finding {
        let finding = Finding {
            severity,
            code: None,
            span,
            message,
            help: None,
        };
        if self.list.len() < MAXIMUM_FINDINGS {
            self.list.push(finding);
            return self.list.last_mut().expect("a finding was just added");
        }
        self.dropped += 1;
        self.overflow.insert(finding)
    }

    /// Adds the one error of a text that is not TOML.
    pub(crate) fn syntax(&mut self, text: &str, error: &TomlError) {
        let span = error.span().unwrap_or(text.len()..text.len());
        let unquoted = text.get(span.start..).is_some_and(|rest| rest.starts_with('@'));
        let finding = self.error(span.into(), format!("not valid TOML: {}", error.message()));
        if unquoted {
            finding.help =
                Some("put package names in quotes: `\"@scope/name\" = { path = \"...\" }`".to_owned());
        }
    }

    /// The problems that they are in `file`, whose text is `text`, in its order.
    pub(crate) fn into_problems(self, file: &Path, text: &str) -> Vec<Problem> {
        let mut list = self.into_list();
        list.sort_by_key(|finding| finding.span);
        list.into_iter()
            .map(|finding| finding.locate(file, text))
            .collect()
    }

    pub(crate) fn into_list(mut self) -> Vec<Finding> {
        if self.dropped > 0 {
            let severity = Severity::Error;
            let message = format!("{} more problems in this file are not shown", self.dropped);
            let span = self.overflow.map(|finding| finding.span).unwrap_or_default();
            self.list.push(Finding {
                severity,
                code: None,
                span,
                message,
                help: None,
            });
        }
        self.list
    }
}

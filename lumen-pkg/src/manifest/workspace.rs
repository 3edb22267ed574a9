//! `[workspace]`: which folders are members, and what members inherit.

use super::dependency::{Declaration, Origin};
use super::package::SharedFields;
use crate::finding::Findings;
use crate::glob::Pattern;
use crate::position::Span;
use crate::reader::{Entry, UnknownKeys, entries, excerpt};

/// `[workspace]`.
#[derive(Debug)]
pub(crate) struct WorkspaceSection {
    /// The word `workspace` in the header.
    pub(crate) header: Span,
    pub(crate) members: Vec<MemberPattern>,
    pub(crate) exclude: Vec<MemberPattern>,
    /// Whether every pattern could be read; if not, nothing follows from a folder matching none.
    pub(crate) complete: bool,
    pub(crate) package: SharedFields,
    pub(crate) dependencies: Vec<Declaration>,
}

/// One pattern of `members` or `exclude`.
#[derive(Debug)]
pub(crate) struct MemberPattern {
    /// As written.
    pub(crate) text: String,
    pub(crate) span: Span,
    pub(crate) pattern: Pattern,
}

const KEYS: [&str; 4] = ["members", "exclude", "package", "dependencies"];

impl WorkspaceSection {
    /// Reads `[workspace]`; `None` (and a finding) if it is not a table.
    pub(crate) fn read(section: &Entry<'_>, findings: &mut Findings) -> Option<Self> {
        let table = section.table(findings)?;
        let mut workspace = Self {
            header: section.key_span,
            members: Vec::new(),
            exclude: Vec::new(),
            complete: true,
            package: SharedFields::default(),
            dependencies: Vec::new(),
        };
        let mut unknown = UnknownKeys::default();
        for entry in entries(table) {
            match entry.key {
                "members" => workspace.members = workspace.patterns(&entry, findings),
                "exclude" => workspace.exclude = workspace.patterns(&entry, findings),
                "package" => workspace.package = SharedFields::read_workspace(&entry, findings),
                "dependencies" => workspace.dependencies = shared_dependencies(&entry, findings),
                _ => unknown.push(entry),
            }
        }
        unknown.warn("key", &KEYS, findings);
        Some(workspace)
    }

    /// Whether the folder at `path`, seen from the workspace's folder, is a member.
    pub(crate) fn includes(&self, path: &[&str]) -> bool {
        !self.excludes(path)
            && (!self.complete || self.members.iter().any(|member| member.pattern.matches(path)))
    }

    /// Whether `exclude` has the folder or one above it.
    pub(crate) fn excludes(&self, path: &[&str]) -> bool {
        self.exclude.iter().any(|excluded| excluded.pattern.covers(path))
    }

    fn patterns(&mut self, entry: &Entry<'_>, findings: &mut Findings) -> Vec<MemberPattern> {
        let Some(list) = entry.text_list(findings) else {
            self.complete = false;
            return Vec::new();
        };
        self.complete &= list.complete;
        let mut patterns = Vec::with_capacity(list.texts.len());
        for text in list.texts {
            match Pattern::parse(&text.value) {
                Ok(pattern) => patterns.push(MemberPattern {
                    text: text.value,
                    span: text.span,
                    pattern,
                }),
                Err(reason) => {
                    self.complete = false;
                    findings.error(
                        text.span,
                        format!("the pattern `{}` {reason}", excerpt(&text.value)),
                    );
                }
            }
        }
        patterns
    }
}

/// `[workspace.dependencies]`, where nothing can be inherited.
fn shared_dependencies(section: &Entry<'_>, findings: &mut Findings) -> Vec<Declaration> {
    let mut declarations = Declaration::read_all(section, findings);
    for declaration in &mut declarations {
        if let Origin::Workspace(span) = declaration.origin {
            let key = excerpt(&declaration.key);
            findings.error(
                span,
                format!("`{key}` cannot be inherited here, this is where members inherit it from"),
            );
            declaration.origin = Origin::Broken;
        }
    }
    declarations
}

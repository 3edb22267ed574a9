//! `[dependencies]`, `[dev-dependencies]` and `[workspace.dependencies]`: names and where their packages come from.

use crate::finding::Findings;
use crate::name::PackageName;
use crate::path::RelativePath;
use crate::position::{Span, Spanned};
use crate::reader::{Entry, entries, excerpt, warn_unknown};
use crate::requirement::Requirement;
use toml_edit::TableLike;

/// One entry of a dependency table.
#[derive(Debug, Clone)]
pub(crate) struct Declaration {
    /// The key as written.
    pub(crate) key: String,
    pub(crate) key_span: Span,
    /// `None` if the key is not a package name, which is reported.
    pub(crate) name: Option<PackageName>,
    pub(crate) origin: Origin,
}

/// Where the package of a dependency comes from.
#[derive(Debug, Clone)]
pub(crate) enum Origin {
    /// A folder of this disk.
    Path(PathOrigin),
    /// `workspace = true`, at this place: what `[workspace.dependencies]` says.
    Workspace(Span),
    /// A well-formed registry requirement at this place: E0060 when it is used.
    Registry(Span),
    /// A git repository: E0060 when it is used.
    Git(Span),
    /// Wrong and reported.
    Broken,
}

/// `{ path = "...", version = "..." }`.
#[derive(Debug, Clone)]
pub(crate) struct PathOrigin {
    pub(crate) path: Spanned<RelativePath>,
    /// The package in the folder must have such a version.
    pub(crate) requirement: Option<Spanned<Requirement>>,
}

const KEYS: [&str; 8] = [
    "path",
    "version",
    "workspace",
    "registry",
    "git",
    "rev",
    "tag",
    "branch",
];
const GIT_DETAILS: [&str; 3] = ["rev", "tag", "branch"];

impl Declaration {
    /// Reads a dependency table, sorted by name.
    pub(crate) fn read_all(section: &Entry<'_>, findings: &mut Findings) -> Vec<Self> {
        let Some(table) = section.table(findings) else {
            return Vec::new();
        };
        let mut declarations: Vec<Self> = entries(table).map(|entry| Self::read(&entry, findings)).collect();
        declarations.sort_by(|left, right| left.key.cmp(&right.key));
        declarations
    }

    fn read(entry: &Entry<'_>, findings: &mut Findings) -> Self {
        let name = match PackageName::parse(entry.key) {
            Ok(name) => Some(name),
            Err(error) => {
                let message = format!("`{}` is not a package name: {error}", excerpt(entry.key));
                let finding = findings.error(entry.key_span, message);
                finding.help = Some(
                    "a package name is `@scope/name`, in quotes as a key: `\"@acme/money\" = ...`".to_owned(),
                );
                None
            }
        };
        let origin = match (entry.item.as_str(), entry.item.as_table_like()) {
            (Some(_), _) => registry(entry, findings),
            (None, Some(table)) => read_table(entry, table, findings),
            (None, None) => {
                let expected = "a requirement such as \"^1.2\" or a table such as { path = \"../money\" }";
                entry.wrong_type::<()>(expected, findings);
                Origin::Broken
            }
        };
        Self {
            key: entry.key.to_owned(),
            key_span: entry.key_span,
            name,
            origin,
        }
    }
}

/// A requirement without a path.
fn registry(entry: &Entry<'_>, findings: &mut Findings) -> Origin {
    match requirement(entry, findings) {
        Some(requirement) => Origin::Registry(requirement.span),
        None => Origin::Broken,
    }
}

fn requirement(entry: &Entry<'_>, findings: &mut Findings) -> Option<Spanned<Requirement>> {
    let text = entry.text(findings)?;
    match Requirement::parse(text.value) {
        Ok(value) => Some(Spanned {
            value,
            span: text.span,
        }),
        Err(reason) => {
            let message = format!("`{}` is not a version requirement: {reason}", excerpt(text.value));
            findings.error(text.span, message).help =
                Some("write for example `^1.2`, `=1.2.3` or `>=1.2, <1.5`".to_owned());
            None
        }
    }
}

/// Checks every key first, so that all that is wrong with an entry is reported; then decides where the package comes from.
fn read_table(declaration: &Entry<'_>, table: &dyn TableLike, findings: &mut Findings) -> Origin {
    let mut found = Keys::default();
    for entry in entries(table) {
        found.read(&entry, findings);
    }
    if found.broken {
        return Origin::Broken;
    }
    let key = excerpt(declaration.key);
    if let Some(span) = found.workspace {
        let others: Vec<String> = entries(table)
            .filter(|entry| entry.key != "workspace" && KEYS.contains(&entry.key))
            .map(|entry| format!("`{}`", entry.key))
            .collect();
        if others.is_empty() {
            return Origin::Workspace(span);
        }
        let message = format!(
            "`{key}` is inherited from the workspace and cannot have {} of its own",
            others.join(", ")
        );
        findings.error(declaration.key_span, message).help =
            Some("write it in `[workspace.dependencies]`".to_owned());
        return Origin::Broken;
    }
    match (
        found.path,
        found.git,
        found
            .registry
            .or(found.requirement.as_ref().map(|requirement| requirement.span)),
    ) {
        (Some(_), Some(_), _) => {
            findings.error(
                declaration.key_span,
                format!("`{key}` has both `path` and `git`, but comes from one place"),
            );
            Origin::Broken
        }
        (None, Some(span), _) => Origin::Git(span),
        _ if found.git_detail.is_some() => {
            let detail = found.git_detail.unwrap_or_default();
            findings.error(
                declaration.key_span,
                format!("`{key}` has `{detail}` but no `git`"),
            );
            Origin::Broken
        }
        (Some(_), None, _) if found.registry.is_some() => {
            findings.error(
                declaration.key_span,
                format!("`{key}` has both `path` and `registry`, but comes from one place"),
            );
            Origin::Broken
        }
        (Some(path), None, _) => Origin::Path(PathOrigin {
            path,
            requirement: found.requirement,
        }),
        (None, None, Some(span)) => Origin::Registry(span),
        (None, None, None) => {
            let finding = findings.error(
                declaration.span(),
                format!("`{key}` does not say where its package comes from"),
            );
            finding.help = Some("write `{ path = \"...\" }` or `{ workspace = true }`".to_owned());
            Origin::Broken
        }
    }
}

/// The keys of one entry, as far as they are well-formed.
#[derive(Default)]
struct Keys {
    path: Option<Spanned<RelativePath>>,
    requirement: Option<Spanned<Requirement>>,
    workspace: Option<Span>,
    registry: Option<Span>,
    git: Option<Span>,
    git_detail: Option<&'static str>,
    broken: bool,
}

impl Keys {
    fn read(&mut self, entry: &Entry<'_>, findings: &mut Findings) {
        let well_formed = match entry.key {
            "path" => path(entry, findings).map(|path| self.path = Some(path)),
            "version" => requirement(entry, findings).map(|requirement| self.requirement = Some(requirement)),
            "workspace" => inherited(entry, findings).map(|span| self.workspace = Some(span)),
            "registry" => entry.text(findings).map(|name| self.registry = Some(name.span)),
            "git" => entry.text(findings).map(|url| self.git = Some(url.span)),
            key => match GIT_DETAILS.into_iter().find(|detail| *detail == key) {
                Some(detail) => entry.text(findings).map(|_| self.git_detail = Some(detail)),
                None => {
                    warn_unknown(entry, "key", KEYS, findings);
                    Some(())
                }
            },
        };
        self.broken |= well_formed.is_none();
    }
}

fn path(entry: &Entry<'_>, findings: &mut Findings) -> Option<Spanned<RelativePath>> {
    let text = entry.text(findings)?;
    match RelativePath::parse(text.value) {
        Ok(value) => Some(Spanned {
            value,
            span: text.span,
        }),
        Err(reason) => {
            findings.error(text.span, format!("the path `{}` {reason}", excerpt(text.value)));
            None
        }
    }
}

fn inherited(entry: &Entry<'_>, findings: &mut Findings) -> Option<Span> {
    let flag = entry.boolean(findings)?;
    if !flag.value {
        findings.error(flag.span, "`workspace` can only be `true`; leave it out instead");
        return None;
    }
    Some(entry.key_span)
}

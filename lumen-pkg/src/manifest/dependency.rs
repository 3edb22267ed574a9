//! `[dependencies]`, `[dev-dependencies]` and `[workspace.dependencies]`: names and where their packages come from.

use crate::finding::Findings;
use crate::git::{GitReference, GitUrl};
use crate::name::PackageName;
use crate::path::RelativePath;
use crate::position::{Span, Spanned};
use crate::reader::{Entry, UnknownKeys, entries, excerpt};
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
    /// A registry.
    Registry(RegistryOrigin),
    /// A git repository.
    Git(GitOrigin),
    /// Wrong and reported.
    Broken,
}

/// `{ path = "...", version = "..." }`.
#[derive(Debug, Clone)]
pub(crate) struct PathOrigin {
    pub(crate) path: Spanned<RelativePath>,
    /// The package in the folder must have such a version; once this package is published, any such version will do.
    pub(crate) requirement: Option<Spanned<Requirement>>,
}

/// `"^1.2"` or `{ version = "^1.2", registry = "..." }`.
#[derive(Debug, Clone)]
pub(crate) struct RegistryOrigin {
    /// The requirement's place.
    pub(crate) span: Span,
    pub(crate) requirement: Requirement,
    /// The name of a registry. Without it, the one that the scope is bound to.
    pub(crate) registry: Option<Spanned<String>>,
}

/// `{ git = "https://...", tag = "..." }`.
#[derive(Debug, Clone)]
pub(crate) struct GitOrigin {
    pub(crate) url: Spanned<GitUrl>,
    pub(crate) reference: GitReference,
    /// The package in the repository must have such a version; once this package is published, any such version will do.
    pub(crate) requirement: Option<Spanned<Requirement>>,
}

impl Origin {
    /// The versions that will do; `None` means all.
    pub(crate) fn requirement(&self) -> Option<&Requirement> {
        match self {
            Self::Path(path) => path.requirement.as_ref().map(|requirement| &requirement.value),
            Self::Git(git) => git.requirement.as_ref().map(|requirement| &requirement.value),
            Self::Registry(registry) => Some(&registry.requirement),
            Self::Workspace(_) | Self::Broken => None,
        }
    }
}

/// The place that a package comes from, in words.
impl std::fmt::Display for Origin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(path) => write!(formatter, "the folder `{}`", path.path.value.as_str()),
            Self::Git(git) => write!(formatter, "{} of the repository {}", git.reference, git.url.value),
            Self::Registry(RegistryOrigin {
                registry: Some(name), ..
            }) => {
                write!(formatter, "the registry `{}`", name.value)
            }
            Self::Registry(_) => formatter.write_str("a registry"),
            Self::Workspace(_) => formatter.write_str("the workspace"),
            Self::Broken => formatter.write_str("nowhere"),
        }
    }
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
        Some(requirement) => Origin::Registry(RegistryOrigin {
            span: requirement.span,
            requirement: requirement.value,
            registry: None,
        }),
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
    let mut keys = Keys::default();
    let mut unknown = UnknownKeys::default();
    for entry in entries(table) {
        match KEYS.contains(&entry.key) {
            true => keys.read(&entry, findings),
            false => unknown.push(entry),
        }
    }
    let origin = match keys.broken {
        true => Origin::Broken,
        false => keys.origin().unwrap_or_else(|fault| {
            let (span, message, help) = fault.explain(declaration, &mut unknown);
            findings.error(span, message).help = help;
            Origin::Broken
        }),
    };
    unknown.warn("key", &KEYS, findings);
    origin
}

/// The keys of one entry, as far as they are well-formed.
#[derive(Default)]
struct Keys {
    present: Vec<&'static str>,
    path: Option<Spanned<RelativePath>>,
    requirement: Option<Spanned<Requirement>>,
    workspace: Option<Span>,
    registry: Option<Spanned<String>>,
    git: Option<Spanned<GitUrl>>,
    reference: GitReference,
    broken: bool,
}

/// Why the keys of an entry do not say where its package comes from.
enum Fault {
    /// `workspace = true` and these.
    InheritedAnd(Vec<&'static str>),
    /// `path` and this other place.
    PathAnd(&'static str),
    /// `git` and `registry`.
    GitAndRegistry,
    /// This, but no `git`.
    WithoutGit(&'static str),
    /// More than one of `rev`, `tag` and `branch`.
    SeveralReferences(Vec<&'static str>),
    /// `registry` without `version`, at this place.
    NoRequirement(Span),
    /// Nothing.
    Nowhere,
}

impl Keys {
    /// Reads one of `KEYS`.
    fn read(&mut self, entry: &Entry<'_>, findings: &mut Findings) {
        let well_formed = match entry.key {
            "path" => path(entry, findings).map(|path| self.path = Some(path)),
            "version" => requirement(entry, findings).map(|requirement| self.requirement = Some(requirement)),
            "workspace" => inherited(entry, findings).map(|span| self.workspace = Some(span)),
            "registry" => registry_name(entry, findings).map(|name| self.registry = Some(name)),
            "git" => git_url(entry, findings).map(|url| self.git = Some(url)),
            _ => reference(entry, findings).map(|reference| self.reference = reference),
        };
        self.broken |= well_formed.is_none();
        self.present
            .extend(KEYS.into_iter().find(|key| *key == entry.key));
    }

    /// Where the package comes from, if all keys are well-formed.
    fn origin(self) -> Result<Origin, Fault> {
        if let Some(span) = self.workspace {
            let others: Vec<&str> = self
                .present
                .into_iter()
                .filter(|key| *key != "workspace")
                .collect();
            return match others.is_empty() {
                true => Ok(Origin::Workspace(span)),
                false => Err(Fault::InheritedAnd(others)),
            };
        }
        let details: Vec<&str> = GIT_DETAILS
            .into_iter()
            .filter(|key| self.present.contains(key))
            .collect();
        let Self {
            path,
            git,
            registry,
            requirement,
            reference,
            ..
        } = self;
        match (path, git, registry) {
            (Some(_), Some(_), _) => Err(Fault::PathAnd("git")),
            (Some(_), _, Some(_)) => Err(Fault::PathAnd("registry")),
            (_, Some(_), Some(_)) => Err(Fault::GitAndRegistry),
            (None, Some(_), None) if details.len() > 1 => Err(Fault::SeveralReferences(details)),
            (None, Some(url), None) => Ok(Origin::Git(GitOrigin {
                url,
                reference,
                requirement,
            })),
            (path, None, registry) => match (details.first(), path, requirement, registry) {
                (Some(detail), ..) => Err(Fault::WithoutGit(detail)),
                (None, Some(path), requirement, _) => Ok(Origin::Path(PathOrigin { path, requirement })),
                (None, None, Some(requirement), registry) => Ok(Origin::Registry(RegistryOrigin {
                    span: requirement.span,
                    requirement: requirement.value,
                    registry,
                })),
                (None, None, None, Some(registry)) => Err(Fault::NoRequirement(registry.span)),
                (None, None, None, None) => Err(Fault::Nowhere),
            },
        }
    }
}

impl Fault {
    /// Place, message and help.
    fn explain(
        self,
        declaration: &Entry<'_>,
        unknown: &mut UnknownKeys<'_>,
    ) -> (Span, String, Option<String>) {
        let key = excerpt(declaration.key);
        let at_key = declaration.key_span;
        match self {
            Self::InheritedAnd(others) => {
                let others: Vec<String> = others.into_iter().map(|other| format!("`{other}`")).collect();
                let others = others.join(", ");
                let message =
                    format!("`{key}` is inherited from the workspace and cannot have {others} of its own");
                (
                    at_key,
                    message,
                    Some("write it in `[workspace.dependencies]`".to_owned()),
                )
            }
            Self::PathAnd(other) => (
                at_key,
                format!("`{key}` has both `path` and `{other}`, but comes from one place"),
                None,
            ),
            Self::GitAndRegistry => (
                at_key,
                format!("`{key}` has both `git` and `registry`, but comes from one place"),
                None,
            ),
            Self::SeveralReferences(details) => {
                let details: Vec<String> = details.into_iter().map(|detail| format!("`{detail}`")).collect();
                let message = format!("`{key}` has {}, but is at one commit", details.join(" and "));
                (at_key, message, Some("keep one of them".to_owned()))
            }
            Self::NoRequirement(span) => {
                let message = format!("`{key}` names a registry but no versions");
                let help = "add `version = \"^1.2\"`, or `version = \"*\"` for any".to_owned();
                (span, message, Some(help))
            }
            Self::WithoutGit(detail) => (at_key, format!("`{key}` has `{detail}` but no `git`"), None),
            Self::Nowhere => {
                let message = format!("`{key}` does not say where its package comes from");
                match unknown.take_misspelt(&KEYS, &KEYS) {
                    Some((entry, meant)) => {
                        let help = format!("did you mean `{meant}` instead of `{}`?", excerpt(entry.key));
                        (entry.key_span, message, Some(help))
                    }
                    None => {
                        let help = "write a requirement such as `\"^1.2\"`, `{ path = \"...\" }`, `{ git = \"https://...\" }` or `{ workspace = true }`"
                                .to_owned();
                        (declaration.span(), message, Some(help))
                    }
                }
            }
        }
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

fn registry_name(entry: &Entry<'_>, findings: &mut Findings) -> Option<Spanned<String>> {
    let text = entry.text(findings)?;
    if text.value.contains("://") {
        let message = format!(
            "`registry` is the name of a registry, `{}` is an address",
            excerpt(text.value)
        );
        findings.error(text.span, message).help =
            Some("give the address a name in `[registries]` of the workspace".to_owned());
        return None;
    }
    Some(Spanned {
        value: text.value.to_owned(),
        span: text.span,
    })
}

fn git_url(entry: &Entry<'_>, findings: &mut Findings) -> Option<Spanned<GitUrl>> {
    let text = entry.text(findings)?;
    match GitUrl::parse(text.value) {
        Ok(value) => Some(Spanned {
            value,
            span: text.span,
        }),
        Err(reason) => {
            let message = format!("the repository `{}` {reason}", excerpt(text.value));
            findings.error(text.span, message);
            None
        }
    }
}

fn reference(entry: &Entry<'_>, findings: &mut Findings) -> Option<GitReference> {
    let text = entry.text(findings)?;
    match GitReference::parse(entry.key, text.value) {
        Ok(reference) => Some(reference),
        Err(reason) => {
            let message = format!("the `{}` `{}` {reason}", entry.key, excerpt(text.value));
            findings.error(text.span, message);
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

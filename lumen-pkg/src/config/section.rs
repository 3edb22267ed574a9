//! `[registries]` of one file: text to typed entries and findings. Used for manifests and for the user's configuration.

use super::duration::parse_duration;
use super::url::RegistryUrl;
use crate::finding::Findings;
use crate::path::RelativePath;
use crate::position::Spanned;
use crate::problem::Problem;
use crate::reader::{Entry, UnknownKeys, entries, excerpt};
use std::collections::BTreeMap;
use std::path::Path;
use toml_edit::Document;

/// `[registries]`.
#[derive(Debug, Clone, Default)]
pub(crate) struct RegistrySection {
    /// Those without a fault, by name.
    pub(crate) entries: Vec<RegistryEntry>,
    /// Names whose entries are wrong, which is reported.
    pub(crate) broken: Vec<String>,
}

/// `NAME = { url, root, scopes, minimum-release-age }`.
#[derive(Debug, Clone)]
pub(crate) struct RegistryEntry {
    pub(crate) name: Spanned<String>,
    pub(crate) url: RegistryUrl,
    pub(crate) root: Option<RelativePath>,
    pub(crate) scopes: Vec<Spanned<String>>,
    /// In seconds.
    pub(crate) minimum_release_age: Option<u64>,
}

const KEYS: [&str; 4] = ["url", "root", "scopes", "minimum-release-age"];

impl RegistrySection {
    /// Reads the table.
    pub(crate) fn read(section: &Entry<'_>, findings: &mut Findings) -> Self {
        let mut read = Self::default();
        for entry in section.table(findings).into_iter().flat_map(entries) {
            match RegistryEntry::read(&entry, findings) {
                Some(registry) => read.entries.push(registry),
                None => read.broken.push(entry.key.to_owned()),
            }
        }
        read.entries
            .sort_by(|left, right| left.name.value.cmp(&right.name.value));
        read.check_scopes(findings);
        read
    }

    /// The section of a file, whatever its other sections say; with what is wrong with it, in the order of the text.
    pub(crate) fn alone(file: &Path, text: &str) -> (Self, Vec<Problem>) {
        let mut findings = Findings::default();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut read = Self::default();
        match Document::parse(text) {
            Err(error) => findings.syntax(text, &error),
            Ok(document) => {
                let mut sections = entries(document.as_table());
                if let Some(section) = sections.find(|entry| entry.key == "registries") {
                    read = Self::read(&section, &mut findings);
                }
            }
        }
        (read, findings.into_problems(file, text))
    }

    /// A scope is bound once.
    fn check_scopes(&self, findings: &mut Findings) {
        let mut bound: BTreeMap<&str, &str> = BTreeMap::new();
        for registry in &self.entries {
            for scope in &registry.scopes {
                if let Some(first) = bound.insert(&scope.value, &registry.name.value) {
                    let message = match first == registry.name.value {
                        true => format!("the scope `{}` is listed twice", scope.value),
                        false => format!(
                            "the scope `{}` is bound to two registries, `{first}` and `{}`",
                            scope.value, registry.name.value
                        ),
                    };
                    findings.error(scope.span, message).help = Some(
                        "the packages of a scope come from exactly one registry; take it out of the others"
                            .to_owned(),
                    );
                }
            }
        }
    }
}

impl RegistryEntry {
    fn read(entry: &Entry<'_>, findings: &mut Findings) -> Option<Self> {
        let name = read_name(entry, findings);
        let table = entry.table(findings)?;
        let (mut url, mut root, mut scopes, mut age) = (None, None, Some(Vec::new()), None);
        let mut broken = name.is_none();
        let mut unknown = UnknownKeys::default();
        for entry in entries(table) {
            match entry.key {
                "url" => {
                    url = parsed(&entry, findings, RegistryUrl::parse);
                    broken |= url.is_none();
                }
                "root" => {
                    root = parsed(&entry, findings, RelativePath::parse);
                    broken |= root.is_none();
                }
                "scopes" => {
                    scopes = read_scopes(&entry, findings);
                    broken |= scopes.is_none();
                }
                "minimum-release-age" => {
                    age = parsed(&entry, findings, parse_duration);
                    broken |= age.is_none();
                }
                _ => unknown.push(entry),
            }
        }
        if !table.contains_key("url") {
            broken = true;
            let message = format!("the registry `{}` has no `url`", excerpt(entry.key));
            match unknown.take_misspelt(&["url"], &KEYS) {
                Some((wrong, _)) => {
                    let help = format!("did you mean `url` instead of `{}`?", excerpt(wrong.key));
                    findings.error(wrong.key_span, message).help = Some(help);
                }
                None => {
                    findings.error(entry.key_span, message).help =
                        Some("write for example `url = \"https://packages.example\"`".to_owned());
                }
            }
        }
        unknown.warn("key", &KEYS, findings);
        match (broken, name, url, scopes) {
            (false, Some(name), Some(url), Some(scopes)) => Some(Self {
                name,
                url,
                root,
                scopes,
                minimum_release_age: age,
            }),
            _ => None,
        }
    }
}

/// A string that a rule accepts; the rule's fault completes "`TEXT` ...".
fn parsed<T>(
    entry: &Entry<'_>,
    findings: &mut Findings,
    rule: impl Fn(&str) -> Result<T, &'static str>,
) -> Option<T> {
    let text = entry.text(findings)?;
    match rule(text.value) {
        Ok(value) => Some(value),
        Err(reason) => {
            let message = format!("the `{}` `{}` {reason}", entry.key, excerpt(text.value));
            findings.error(text.span, message);
            None
        }
    }
}

/// Names of registries and scopes follow the rule of a package name's parts.
fn is_word(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

const WORD_RULE: &str = "1 to 64 lower-case ASCII letters, digits and `-`, not at either end";

fn read_name(entry: &Entry<'_>, findings: &mut Findings) -> Option<Spanned<String>> {
    if is_word(entry.key) {
        return Some(Spanned {
            value: entry.key.to_owned(),
            span: entry.key_span,
        });
    }
    let message = format!("`{}` is not a name for a registry", excerpt(entry.key));
    findings.error(entry.key_span, message).help = Some(format!("a name has {WORD_RULE}"));
    None
}

fn read_scopes(entry: &Entry<'_>, findings: &mut Findings) -> Option<Vec<Spanned<String>>> {
    let list = entry.text_list(findings)?;
    let mut complete = list.complete;
    for scope in list.texts.iter().filter(|scope| !is_word(&scope.value)) {
        complete = false;
        let message = format!("`{}` is not a scope", excerpt(&scope.value));
        let bare = scope
            .value
            .strip_prefix('@')
            .map(|rest| rest.split('/').next().unwrap_or(rest));
        findings.error(scope.span, message).help = Some(match bare.filter(|bare| is_word(bare)) {
            Some(bare) => format!("write `\"{bare}\"`, without `@`"),
            None => format!("a scope has {WORD_RULE}"),
        });
    }
    complete.then_some(list.texts)
}

//! `[package]`, and the keys that it shares with `[workspace.package]`.

use crate::finding::Findings;
use crate::name::PackageName;
use crate::path::RelativePath;
use crate::position::{Span, Spanned};
use crate::reader::{Entry, UnknownKeys, entries, excerpt};
use semver::Version;

/// A key of `[package]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Field<T> {
    /// Not written.
    #[default]
    Absent,
    /// Written, wrong and reported.
    Broken,
    /// Written here.
    Value(Spanned<T>),
    /// `KEY.workspace = true`, at this place.
    Inherited(Span),
}

/// The keys that `[package]` and `[workspace.package]` have in common; those of the former can be inherited from the latter.
#[derive(Debug, Default)]
pub(crate) struct SharedFields {
    pub(crate) version: Field<Version>,
    pub(crate) description: Field<String>,
    pub(crate) license: Field<String>,
    pub(crate) authors: Field<Vec<String>>,
    pub(crate) repository: Field<String>,
    pub(crate) keywords: Field<Vec<String>>,
    pub(crate) publish: Field<bool>,
}

const SHARED_KEYS: [&str; 7] = [
    "version",
    "description",
    "license",
    "authors",
    "repository",
    "keywords",
    "publish",
];
const OWN_KEYS: [&str; 4] = ["name", "readme", "include", "exclude"];

/// The keys that `[package]` must have, with examples.
const REQUIRED: [(&str, &str); 2] = [("name", "\"@scope/name\""), ("version", "\"0.1.0\"")];

/// `[package]`.
#[derive(Debug)]
pub(crate) struct PackageSection {
    /// The word `package` in the header.
    pub(crate) header: Span,
    /// `None` if it is missing or wrong, which is reported.
    pub(crate) name: Option<Spanned<PackageName>>,
    pub(crate) shared: SharedFields,
    pub(crate) readme: Option<String>,
    pub(crate) include: Vec<String>,
    pub(crate) exclude: Vec<String>,
}

impl PackageSection {
    /// Reads `[package]`; `None` (and a finding) if it is not a table.
    pub(crate) fn read(section: &Entry<'_>, findings: &mut Findings) -> Option<Self> {
        let table = section.table(findings)?;
        let header = section.key_span;
        let mut package = Self {
            header,
            name: None,
            shared: SharedFields::default(),
            readme: None,
            include: Vec::new(),
            exclude: Vec::new(),
        };
        let mut unknown = UnknownKeys::default();
        for entry in entries(table) {
            if package.shared.read(&entry, Inheritance::Allowed, findings) {
                continue;
            }
            if OWN_KEYS.contains(&entry.key) && inherits(&entry) {
                let key = entry.key;
                findings.error(
                    entry.key_span,
                    format!("`{key}` belongs to one package and cannot be inherited"),
                );
                continue;
            }
            match entry.key {
                "name" => package.name = read_name(&entry, findings),
                "readme" => package.readme = read_path(&entry, findings),
                "include" => package.include = read_texts(&entry, findings).into_value().unwrap_or_default(),
                "exclude" => package.exclude = read_texts(&entry, findings).into_value().unwrap_or_default(),
                _ => unknown.push(entry),
            }
        }
        let known: Vec<&str> = OWN_KEYS.into_iter().chain(SHARED_KEYS).collect();
        for (key, example) in REQUIRED.into_iter().filter(|(key, _)| !table.contains_key(key)) {
            let message = format!("`[package]` has no `{key}`");
            match unknown.take_misspelt(&[key], &known) {
                Some((entry, _)) => {
                    let help = format!("did you mean `{key}` instead of `{}`?", excerpt(entry.key));
                    findings.error(entry.key_span, message).help = Some(help);
                }
                None => findings.error(header, message).help = Some(format!("add `{key} = {example}`")),
            }
        }
        unknown.warn("key", &known, findings);
        Some(package)
    }
}

/// Whether `KEY.workspace = true` makes sense at a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inheritance {
    Allowed,
    NotHere,
}

impl SharedFields {
    /// Reads `[workspace.package]`.
    pub(crate) fn read_workspace(section: &Entry<'_>, findings: &mut Findings) -> Self {
        let mut fields = Self::default();
        let mut unknown = UnknownKeys::default();
        for entry in section.table(findings).into_iter().flat_map(entries) {
            if fields.read(&entry, Inheritance::NotHere, findings) {
                continue;
            }
            match OWN_KEYS.contains(&entry.key) {
                true => {
                    let key = entry.key;
                    let finding = findings.error(
                        entry.key_span,
                        format!("`{key}` cannot be shared by the packages of a workspace"),
                    );
                    finding.help = Some(format!("write `{key}` in the `[package]` of each member"));
                }
                false => unknown.push(entry),
            }
        }
        unknown.warn("key", &SHARED_KEYS, findings);
        fields
    }

    /// Reads one entry; false if its key is not a shared one.
    fn read(&mut self, entry: &Entry<'_>, inheritance: Inheritance, findings: &mut Findings) -> bool {
        match entry.key {
            "version" => self.version = field(entry, inheritance, findings, read_version),
            "description" => self.description = field(entry, inheritance, findings, read_text),
            "license" => self.license = field(entry, inheritance, findings, read_text),
            "authors" => self.authors = field(entry, inheritance, findings, read_texts),
            "repository" => self.repository = field(entry, inheritance, findings, read_text),
            "keywords" => self.keywords = field(entry, inheritance, findings, read_texts),
            "publish" => self.publish = field(entry, inheritance, findings, read_boolean),
            _ => return false,
        }
        true
    }
}

impl<T> Field<T> {
    fn into_value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value.value),
            Self::Absent | Self::Broken | Self::Inherited(_) => None,
        }
    }
}

impl<T> From<Option<Spanned<T>>> for Field<T> {
    fn from(value: Option<Spanned<T>>) -> Self {
        value.map_or(Self::Broken, Self::Value)
    }
}

/// A table that contains `workspace`.
fn inherits(entry: &Entry<'_>) -> bool {
    entry
        .item
        .as_table_like()
        .is_some_and(|table| table.contains_key("workspace"))
}

fn field<T>(
    entry: &Entry<'_>,
    inheritance: Inheritance,
    findings: &mut Findings,
    read: fn(&Entry<'_>, &mut Findings) -> Field<T>,
) -> Field<T> {
    if !inherits(entry) {
        return read(entry, findings);
    }
    let key = entry.key;
    if inheritance == Inheritance::NotHere {
        findings.error(
            entry.key_span,
            format!("`{key}` cannot be inherited here, this is where others inherit it from"),
        );
        return Field::Broken;
    }
    let table = entry
        .item
        .as_table_like()
        .expect("an entry that inherits is a table");
    if table.len() > 1 || table.get("workspace").and_then(toml_edit::Item::as_bool) != Some(true) {
        let finding = findings.error(
            entry.key_span,
            format!("`{key}` is neither a value nor inherited"),
        );
        finding.help = Some(format!("inherit it with exactly `{key}.workspace = true`"));
        return Field::Broken;
    }
    Field::Inherited(entry.key_span)
}

fn read_text(entry: &Entry<'_>, findings: &mut Findings) -> Field<String> {
    entry
        .text(findings)
        .map(|text| Spanned {
            value: text.value.to_owned(),
            span: text.span,
        })
        .into()
}

fn read_boolean(entry: &Entry<'_>, findings: &mut Findings) -> Field<bool> {
    entry.boolean(findings).into()
}

fn read_texts(entry: &Entry<'_>, findings: &mut Findings) -> Field<Vec<String>> {
    let Some(list) = entry.text_list(findings) else {
        return Field::Broken;
    };
    let texts = list.texts.into_iter().map(|text| text.value).collect();
    Field::Value(Spanned {
        value: texts,
        span: entry.span(),
    })
}

fn read_name(entry: &Entry<'_>, findings: &mut Findings) -> Option<Spanned<PackageName>> {
    let text = entry.text(findings)?;
    match PackageName::parse(text.value) {
        Ok(value) => Some(Spanned {
            value,
            span: text.span,
        }),
        Err(error) => {
            let finding = findings.error(
                text.span,
                format!("`{}` is not a package name: {error}", excerpt(text.value)),
            );
            finding.help = Some("a package name is `@scope/name`, for example `@acme/money`".to_owned());
            None
        }
    }
}

fn read_path(entry: &Entry<'_>, findings: &mut Findings) -> Option<String> {
    let text = entry.text(findings)?;
    match RelativePath::parse(text.value) {
        Ok(_) => Some(text.value.to_owned()),
        Err(reason) => {
            findings.error(text.span, format!("the path `{}` {reason}", excerpt(text.value)));
            None
        }
    }
}

fn read_version(entry: &Entry<'_>, findings: &mut Findings) -> Field<Version> {
    let Some(text) = entry.text(findings) else {
        return Field::Broken;
    };
    match Version::parse(text.value) {
        Ok(value) => Field::Value(Spanned {
            value,
            span: text.span,
        }),
        Err(error) => {
            let finding = findings.error(
                text.span,
                format!("`{}` is not a version: {error}", excerpt(text.value)),
            );
            finding.help = Some(match corrected_version(text.value) {
                Some(version) => format!("write `version = \"{version}\"`"),
                None => "a version has three numbers, `1.2.0`, and may have a pre-release, `1.2.0-beta.1`"
                    .to_owned(),
            });
            Field::Broken
        }
    }
}

/// `v1.2` and `1.2` are meant as `1.2.0`.
fn corrected_version(text: &str) -> Option<Version> {
    let text = text.trim().trim_start_matches(['v', 'V', '=']);
    let candidates = [text.to_owned(), format!("{text}.0"), format!("{text}.0.0")];
    candidates
        .iter()
        .find_map(|candidate| Version::parse(candidate).ok())
}

//! `template.toml`: what a template is for and what it asks.

use super::variable::{Variable, VariableKind};
use crate::glob::Pattern;
use std::collections::BTreeSet;
use toml_edit::{DocumentMut, Item, TableLike};

/// The file that makes a folder a template. It is not copied.
pub const TEMPLATE_FILE: &str = "template.toml";

/// A template, read.
#[derive(Debug, Clone)]
pub struct Template {
    /// One line.
    pub description: String,
    /// In the order in which they are asked. Names are unique.
    pub variables: Vec<Variable>,
    /// Path and content of every file but `template.toml`, with `/`.
    pub(super) files: Vec<(String, Vec<u8>)>,
    /// Files that are copied as they are.
    pub(super) verbatim: Vec<Pattern>,
}

/// Why a folder is not a template, or cannot be expanded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// No `template.toml`.
    #[error("it has no {TEMPLATE_FILE}")]
    NoDescription,
    /// `template.toml` says something that it cannot say.
    #[error("its {TEMPLATE_FILE} is wrong: {0}")]
    Description(String),
    /// A file mentions what the template does not ask for.
    #[error("{place}: the template does not ask for `{variable}`")]
    UnknownVariable {
        /// The file and the line, `a.toml:3`; the file alone if it is its path that mentions it.
        place: String,
        /// What stands between `__`.
        variable: String,
    },
    /// A path mentions a variable that is not a package name.
    #[error("{path}: a path can only mention parts of package names")]
    PathVariable {
        /// The path, as the template has it.
        path: String,
    },
    /// A question has no answer.
    #[error("`{name}` is not given, and it has no default")]
    Missing {
        /// The variable.
        name: String,
    },
    /// An answer breaks the variable's rule.
    #[error("`{name}`: {reason}")]
    Answer {
        /// The variable.
        name: String,
        /// In words.
        reason: String,
    },
    /// An answer to a question that is not asked.
    #[error("the template does not ask for `{name}`; it asks for {asked}")]
    NotAsked {
        /// What was given.
        name: String,
        /// The names of all variables, in words.
        asked: String,
    },
}

impl Template {
    /// Reads a template from its files: paths relative to its folder, with `/`.
    ///
    /// # Errors
    /// [`TemplateError::NoDescription`] or [`TemplateError::Description`].
    pub fn read(mut files: Vec<(String, Vec<u8>)>) -> Result<Self, TemplateError> {
        let place = files
            .iter()
            .position(|(path, _)| path == TEMPLATE_FILE)
            .ok_or(TemplateError::NoDescription)?;
        let (_, text) = files.remove(place);
        files.sort();
        let text = String::from_utf8(text).map_err(|_| wrong("it is not UTF-8"))?;
        let document: DocumentMut = text
            .parse()
            .map_err(|error: toml_edit::TomlError| wrong(error.message()))?;
        known_keys(document.as_table(), &["description", "verbatim", "variables"])?;
        let description = string(document.as_table(), "description")?
            .ok_or_else(|| wrong("`description` is missing, one line for `--list`"))?;
        let verbatim = document.get("verbatim").map_or(Ok(Vec::new()), patterns)?;
        let variables = document.get("variables").map_or(Ok(Vec::new()), variables)?;
        Ok(Self {
            description,
            variables,
            files,
            verbatim,
        })
    }
}

fn wrong(message: impl Into<String>) -> TemplateError {
    TemplateError::Description(message.into())
}

fn known_keys(table: &dyn TableLike, known: &[&str]) -> Result<(), TemplateError> {
    let unknown = table.iter().map(|(key, _)| key).find(|key| !known.contains(key));
    unknown.map_or(Ok(()), |key| {
        Err(wrong(format!(
            "`{key}` is not one of its keys ({})",
            known.join(", ")
        )))
    })
}

fn string(table: &dyn TableLike, key: &str) -> Result<Option<String>, TemplateError> {
    match table.get(key).map(Item::as_str) {
        None => Ok(None),
        Some(Some(text)) if !text.contains('\n') => Ok(Some(text.to_owned())),
        Some(_) => Err(wrong(format!("`{key}` is a string of one line"))),
    }
}

fn patterns(item: &Item) -> Result<Vec<Pattern>, TemplateError> {
    let list = item
        .as_array()
        .ok_or_else(|| wrong("`verbatim` is a list of patterns"))?;
    list.iter()
        .map(|value| {
            let text = value
                .as_str()
                .ok_or_else(|| wrong("`verbatim` is a list of patterns"))?;
            Pattern::parse(text).map_err(|reason| wrong(format!("the pattern `{text}` {reason}")))
        })
        .collect()
}

/// `[variables.NAME]` tables, in the order of the file.
fn variables(item: &Item) -> Result<Vec<Variable>, TemplateError> {
    let tables = item
        .as_table_like()
        .ok_or_else(|| wrong("`variables` is made of tables, `[variables.name]`"))?;
    let mut names = BTreeSet::new();
    let mut variables = Vec::new();
    for (name, item) in tables.iter() {
        let table = item
            .as_table_like()
            .ok_or_else(|| wrong(format!("`variables.{name}` is a table")))?;
        if !is_variable_name(name) || !names.insert(name.to_owned()) {
            return Err(wrong(format!("`{name}` cannot be the name of a variable")));
        }
        variables.push(variable(name, table)?);
    }
    Ok(variables)
}

fn variable(name: &str, table: &dyn TableLike) -> Result<Variable, TemplateError> {
    known_keys(table, &["question", "kind", "default"])?;
    let question =
        string(table, "question")?.ok_or_else(|| wrong(format!("`variables.{name}` has no `question`")))?;
    let kind = string(table, "kind")?.unwrap_or_else(|| "text".to_owned());
    let kind = VariableKind::parse(&kind).ok_or_else(|| {
        wrong(format!(
            "`{kind}` is not a kind of variable (`package-name`, `text`)"
        ))
    })?;
    let default = string(table, "default")?;
    if let Some(default) = &default {
        kind.check(default)
            .map_err(|reason| wrong(format!("the default of `{name}`: {reason}")))?;
    }
    Ok(Variable {
        name: name.to_owned(),
        question,
        kind,
        default,
    })
}

/// Letters, digits and `-`, beginning with a letter, so that `__NAME__` and `__NAME.part__` can be told from anything else.
pub(super) fn is_variable_name(text: &str) -> bool {
    text.starts_with(|character: char| character.is_ascii_lowercase())
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

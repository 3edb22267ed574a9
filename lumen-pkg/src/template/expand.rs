//! From a template and answers to the files of a project.

use super::description::{Template, TemplateError, is_variable_name};
use super::variable::{Variable, VariableKind};
use std::collections::BTreeMap;

/// A file to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectFile {
    /// Relative to the project's folder, with `/`.
    pub path: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

const MARK: &str = "__";

impl Template {
    /// Checks answers and fills in defaults.
    ///
    /// # Errors
    /// The first answer that is missing, wrong, or not asked for.
    pub fn answers(
        &self,
        given: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, TemplateError> {
        let asked = || match self.variables.is_empty() {
            true => "nothing".to_owned(),
            false => {
                let names: Vec<String> = self
                    .variables
                    .iter()
                    .map(|variable| format!("`{}`", variable.name))
                    .collect();
                names.join(", ")
            }
        };
        let is_asked = |name: &str| self.variables.iter().any(|variable| variable.name == name);
        if let Some(name) = given.keys().find(|name| !is_asked(name)) {
            return Err(TemplateError::NotAsked {
                name: name.clone(),
                asked: asked(),
            });
        }
        self.variables
            .iter()
            .map(|variable| answer(variable, given))
            .collect()
    }

    /// The files of a project, sorted by path. `answers` come from [`Template::answers`].
    ///
    /// # Errors
    /// If a file mentions what is not asked for.
    pub fn expand(&self, answers: &BTreeMap<String, String>) -> Result<Vec<ProjectFile>, TemplateError> {
        let expansion = Expansion {
            template: self,
            answers,
        };
        let mut files = Vec::with_capacity(self.files.len());
        for (path, content) in &self.files {
            let expanded_path = expansion.path(path)?;
            let components: Vec<&str> = path.split('/').collect();
            let is_verbatim = self.verbatim.iter().any(|pattern| pattern.matches(&components));
            let content = match std::str::from_utf8(content) {
                Ok(text) if !is_verbatim => expansion.text(path, text)?.into_bytes(),
                _ => content.clone(),
            };
            files.push(ProjectFile {
                path: expanded_path,
                content,
            });
        }
        files.sort_by(|left, right| left.path.cmp(&right.path));
        Ok(files)
    }
}

fn answer(variable: &Variable, given: &BTreeMap<String, String>) -> Result<(String, String), TemplateError> {
    let answer = given
        .get(&variable.name)
        .or(variable.default.as_ref())
        .ok_or_else(|| TemplateError::Missing {
            name: variable.name.clone(),
        })?;
    match variable.kind.check(answer) {
        Ok(()) => Ok((variable.name.clone(), answer.clone())),
        Err(reason) => Err(TemplateError::Answer {
            name: variable.name.clone(),
            reason,
        }),
    }
}

struct Expansion<'t> {
    template: &'t Template,
    answers: &'t BTreeMap<String, String>,
}

impl Expansion<'_> {
    fn text(&self, path: &str, text: &str) -> Result<String, TemplateError> {
        replace(text, |variable| self.value(variable)).map_err(|(offset, variable)| {
            TemplateError::UnknownVariable {
                place: format!("{path}:{}", line_of(text, offset)),
                variable,
            }
        })
    }

    /// Only parts of package names, which are safe as components of a path.
    fn path(&self, path: &str) -> Result<String, TemplateError> {
        let part = |variable: &str| variable.contains('.').then(|| self.value(variable)).flatten();
        replace(path, part).map_err(|(_, variable)| match self.value(&variable) {
            Some(_) => TemplateError::PathVariable {
                path: path.to_owned(),
            },
            None => TemplateError::UnknownVariable {
                place: path.to_owned(),
                variable,
            },
        })
    }

    /// What `NAME` or `NAME.PART` stands for.
    fn value(&self, mention: &str) -> Option<String> {
        let (name, part) = match mention.split_once('.') {
            Some((name, part)) => (name, Some(part)),
            None => (mention, None),
        };
        let answer = self.answers.get(name)?;
        let kind = self
            .template
            .variables
            .iter()
            .find(|variable| variable.name == name)
            .map_or(VariableKind::Text, |variable| variable.kind);
        part.map_or_else(|| Some(answer.clone()), |part| kind.part(answer, part))
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.get(..offset).unwrap_or_default().matches('\n').count() + 1
}

/// Replaces each `__MENTION__`. `Err` is the offset and text of the first one that has no value.
fn replace(text: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, (usize, String)> {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(MARK) {
        let (before, after) = rest.split_at(start);
        replaced.push_str(before);
        let inside = after.strip_prefix(MARK).unwrap_or_default();
        let mention = inside
            .split_once(MARK)
            .map(|(mention, _)| mention)
            .filter(|mention| is_mention(mention));
        let Some(mention) = mention else {
            // An underscore at a time, so that `___name__` is `_` and a mention.
            replaced.push('_');
            rest = after.strip_prefix('_').unwrap_or_default();
            continue;
        };
        let offset = text.len() - after.len();
        replaced.push_str(&value(mention).ok_or_else(|| (offset, mention.to_owned()))?);
        rest = inside.get(mention.len() + MARK.len()..).unwrap_or_default();
    }
    replaced.push_str(rest);
    Ok(replaced)
}

fn is_mention(text: &str) -> bool {
    let (name, part) = text.split_once('.').unwrap_or((text, "base"));
    is_variable_name(name) && is_variable_name(part)
}

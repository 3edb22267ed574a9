//! What a template asks for, and the rules that answers have to keep, so that no answer can break the file that it stands in.

use crate::name::PackageName;

/// The longest text that is taken for an answer, in characters.
const MAXIMUM_TEXT: usize = 200;

/// One thing that a template asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Lower-case ASCII letters, digits and `-`, beginning with a letter; stands in files between `__`.
    pub name: String,
    /// What to ask a person.
    pub question: String,
    /// What may be answered.
    pub kind: VariableKind,
    /// The answer if none is given. Without it one is required.
    pub default: Option<String>,
}

/// What may be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariableKind {
    /// `@scope/name`. Files can say `__VARIABLE__`, `__VARIABLE.scope__` and `__VARIABLE.base__`, in their paths too.
    PackageName,
    /// A line of text that can stand in a TOML string and in a Lumen string as it is.
    Text,
}

impl VariableKind {
    /// As `template.toml` writes it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "package-name" => Some(Self::PackageName),
            "text" => Some(Self::Text),
            _ => None,
        }
    }

    /// Checks an answer.
    ///
    /// # Errors
    /// The rule that it breaks, in words.
    pub fn check(self, answer: &str) -> Result<(), String> {
        match self {
            Self::PackageName => PackageName::parse(answer)
                .map(drop)
                .map_err(|error| format!("`{answer}` is not a package name: {error}")),
            Self::Text => check_text(answer),
        }
    }

    /// What `__VARIABLE.PART__` stands for; `None` if there is no such part.
    pub(super) fn part(self, answer: &str, part: &str) -> Option<String> {
        let Self::PackageName = self else { return None };
        let name = PackageName::parse(answer).ok()?;
        match part {
            "scope" => Some(name.scope().to_owned()),
            "base" => Some(name.base().to_owned()),
            _ => None,
        }
    }
}

fn check_text(answer: &str) -> Result<(), String> {
    let forbidden = |character: &char| character.is_control() || "\"\\{}`".contains(*character);
    match answer.chars().find(forbidden) {
        Some(character) => Err(format!("a text cannot contain {character:?}")),
        None if answer.chars().count() > MAXIMUM_TEXT => {
            Err(format!("a text has at most {MAXIMUM_TEXT} characters"))
        }
        None => Ok(()),
    }
}

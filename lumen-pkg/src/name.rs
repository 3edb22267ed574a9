//! Package names: `@scope/name`, parsed at the border and correct from then on.
//!
//! Not module paths (`@acme/money.fx`): those belong to the compiler. Look-alike rules belong to the registry.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

/// Longest scope and longest name, in bytes.
const MAXIMUM_PART: usize = 64;

/// A valid package name, `@scope/name`. Both parts are made of lower-case ASCII letters, digits and `-`, begin and end with
/// a letter or digit, and have 1 to 64 characters. Ordered by its text. Cloning is cheap.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageName(Arc<str>);

impl PackageName {
    /// Parses `@scope/name`.
    ///
    /// # Errors
    /// The first rule that `text` breaks.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let rest = text.strip_prefix('@').ok_or(NameError::NoScope)?;
        let (scope, name) = rest.split_once('/').ok_or(NameError::NoName)?;
        check_part("scope", scope)?;
        check_part("name", name)?;
        Ok(Self(Arc::from(text)))
    }

    /// The whole name, `@acme/money`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The scope without `@`: `acme`.
    pub fn scope(&self) -> &str {
        self.parts().0
    }

    /// The name without its scope: `money`.
    pub fn base(&self) -> &str {
        self.parts().1
    }

    fn parts(&self) -> (&str, &str) {
        self.0
            .get(1..)
            .and_then(|rest| rest.split_once('/'))
            .expect("a package name is `@scope/name`")
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for PackageName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Serialize for PackageName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PackageName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text_form::deserialize(deserializer, |text| {
            Self::parse(text).map_err(|error| format!("not a package name: {error}"))
        })
    }
}

/// Why a text is not a package name. Shown to people after "`TEXT` is not a package name: ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// No `@` in front.
    #[error("it has no scope")]
    NoScope,
    /// No `/` after the scope.
    #[error("it has a scope but no name after it")]
    NoName,
    /// Nothing between `@` and `/`, or after `/`.
    #[error("its {part} is empty")]
    Empty {
        /// `scope` or `name`.
        part: &'static str,
    },
    /// More than 64 characters.
    #[error("its {part} is longer than {MAXIMUM_PART} characters")]
    TooLong {
        /// `scope` or `name`.
        part: &'static str,
    },
    /// A character that is neither lower-case ASCII letter, digit nor `-`.
    #[error("its {part} contains {character:?}; only lower-case ASCII letters, digits and `-` are allowed")]
    BadCharacter {
        /// `scope` or `name`.
        part: &'static str,
        /// The first such character.
        character: char,
    },
    /// `-` at either end.
    #[error("its {part} begins or ends with `-`")]
    OuterDash {
        /// `scope` or `name`.
        part: &'static str,
    },
}

fn check_part(part: &'static str, text: &str) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty { part });
    }
    let allowed =
        |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-';
    if let Some(character) = text.chars().find(|character| !allowed(*character)) {
        return Err(NameError::BadCharacter { part, character });
    }
    if text.len() > MAXIMUM_PART {
        return Err(NameError::TooLong { part });
    }
    if text.starts_with('-') || text.ends_with('-') {
        return Err(NameError::OuterDash { part });
    }
    Ok(())
}

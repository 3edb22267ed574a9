//! The entry of a new dependency.

use crate::git::{GitReference, GitUrl};
use crate::requirement::Requirement;
use toml_edit::Value;

/// What an entry is to say. Made of checked values, so that it is always a right one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewDependency {
    /// `"^1.2"`, or with the name of a registry `{ version = "^1.2", registry = "acme" }`.
    Registry {
        /// Which versions will do.
        requirement: Requirement,
        /// The name of a registry, if the one that the scope is bound to is not meant.
        registry: Option<String>,
    },
    /// `{ path = "../money" }`.
    Path {
        /// Relative to the manifest's folder, with `/`.
        path: String,
        /// Which versions will do.
        requirement: Option<Requirement>,
    },
    /// `{ git = "https://...", tag = "v1" }`.
    Git {
        /// The repository.
        url: GitUrl,
        /// Which state of it.
        reference: GitReference,
        /// Which versions will do.
        requirement: Option<Requirement>,
    },
    /// What `[workspace.dependencies]` says.
    Workspace,
}

impl NewDependency {
    /// The value as it is written in a manifest.
    pub fn render(&self) -> String {
        let quoted = |text: &str| Value::from(text).to_string();
        let versions = |requirement: &Option<Requirement>| match requirement {
            None => String::new(),
            Some(requirement) => format!(", version = {}", quoted(&requirement.to_string())),
        };
        match self {
            Self::Registry {
                requirement,
                registry: None,
            } => quoted(&requirement.to_string()),
            Self::Registry {
                requirement,
                registry: Some(registry),
            } => format!(
                "{{ version = {}, registry = {} }}",
                quoted(&requirement.to_string()),
                quoted(registry)
            ),
            Self::Path { path, requirement } => {
                format!("{{ path = {}{} }}", quoted(path), versions(requirement))
            }
            Self::Git {
                url,
                reference,
                requirement,
            } => {
                let reference = match reference.key_and_value() {
                    None => String::new(),
                    Some((key, value)) => format!(", {key} = {}", quoted(value)),
                };
                format!(
                    "{{ git = {}{reference}{} }}",
                    quoted(url.as_str()),
                    versions(requirement)
                )
            }
            Self::Workspace => "{ workspace = true }".to_owned(),
        }
    }
}

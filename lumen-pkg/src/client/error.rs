//! What can go wrong between client and registry, by what a caller can do about it.

use super::transport::TransportError;
use super::violation::{Rule, Violation};
use crate::name::PackageName;
use crate::protocol::ApiProblem;
use semver::Version;

/// Why a registry did not give what was asked of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The network is in the way. Try again, or with what is kept here.
    #[error("{}", network_message(.needed, .failure))]
    Network {
        /// What it was to be asked: "for the record of ...", "to publish ...".
        needed: String,
        /// What happened.
        failure: TransportError,
    },
    /// The registry answers, and has no metadata: not the network's fault, and nothing that could be verified.
    #[error(
        "{host} has no `tuf/{file}`, without which nothing of a registry can be verified\n  help: look at the registry's address; if it is right, its operator has to mend it"
    )]
    NoMetadata {
        /// Of the registry.
        host: String,
        /// Relative to `tuf/`.
        file: String,
    },
    /// The registry understood, and says no.
    #[error("the registry at {host} refused to {doing}: {}", problem.detail)]
    Refused {
        /// Of the registry.
        host: String,
        /// What was asked.
        doing: String,
        /// Its words.
        problem: Box<ApiProblem>,
    },
    /// The registry answered with something that is not in the protocol.
    #[error("{host} gave no usable answer when asked to {doing}: {reason}")]
    Answer {
        /// Of the registry.
        host: String,
        /// What was asked.
        doing: String,
        /// What is wrong with the answer.
        reason: String,
    },
    /// Something did not verify. Nothing was installed, and what was trusted before is unchanged.
    #[error("{0}")]
    Security(Box<Violation>),
    /// The registry proves that it has no such package.
    #[error("there is no package {package} in the registry `{registry}`")]
    NoPackage {
        /// The package.
        package: PackageName,
        /// The registry's origin.
        registry: String,
    },
    /// The registry proves that the package has no such version.
    #[error("{package} has no version {version} in the registry `{registry}`; it has {has}")]
    NoVersion {
        /// The package.
        package: PackageName,
        /// The version.
        version: Version,
        /// The registry's origin.
        registry: String,
        /// What there is, for people.
        has: String,
    },
    /// Files of the own machine are in the way.
    #[error("{what}: {reason}")]
    Local {
        /// What could not be done, with the path.
        what: String,
        /// Why.
        reason: String,
    },
}

impl ClientError {
    /// Whether something did not verify: exit status 4.
    pub fn is_security(&self) -> bool {
        matches!(self, Self::Security(_))
    }

    /// The rule that was broken.
    pub fn rule(&self) -> Option<Rule> {
        match self {
            Self::Security(violation) => Some(violation.rule),
            _ => None,
        }
    }

    /// Whether the network was in the way.
    pub fn is_network(&self) -> bool {
        matches!(self, Self::Network { .. })
    }

    /// A failure of the network, while this was needed.
    pub(crate) fn network(needed: impl std::fmt::Display) -> impl FnOnce(TransportError) -> Self {
        let needed = needed.to_string();
        move |failure| Self::Network { needed, failure }
    }
}

fn network_message(needed: &str, failure: &TransportError) -> String {
    let help = match failure {
        TransportError::Unreachable { .. } => {
            "\n  help: try again later; what is on this disk can be used with `--offline`"
        }
        TransportError::Offline { .. } => {
            "\n  help: run it once without `--offline`; what was verified is kept"
        }
        TransportError::TooLarge { .. } => "",
    };
    format!("{failure}\n  it was to be asked {needed}{help}")
}

impl From<Box<Violation>> for ClientError {
    fn from(violation: Box<Violation>) -> Self {
        Self::Security(violation)
    }
}

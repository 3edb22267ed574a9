//! Why there is no graph, by what one can do about it.

use super::FetchError;
use crate::grant::Grant;
use crate::lock::PROOFS_FILE;
use crate::name::PackageName;
use crate::problem::Problem;
use crate::solve::SolveError;
use semver::Version;

/// Why there is no whole graph.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The manifests ask for something that cannot be.
    #[error("the manifests have errors")]
    Manifests(Vec<Problem>),
    /// `--locked`, and the lock would change.
    #[error("{}", outdated(.0))]
    Outdated(Vec<String>),
    /// `--offline`, and something is not here.
    #[error("{}", offline_message(.0))]
    Offline(Vec<String>),
    /// `--offline --locked`, and there is nothing to verify the lock's packages with.
    #[error(
        "`{PROOFS_FILE}` is needed to verify the lock without a network, and is not there\n  help: `lumen verify` with a network writes it; commit it beside the lock"
    )]
    NoProofs,
    /// The same, and what there is cannot be read: why.
    #[error(
        "`{PROOFS_FILE}` is needed to verify the lock without a network, and is damaged: {0}\n  help: bring back the version that was committed, or write it anew with `lumen verify` and a network"
    )]
    DamagedProofs(String),
    /// No choice of versions fits.
    #[error(transparent)]
    Unsolvable(Box<SolveError>),
    /// Packages ask for grants that nobody gave.
    #[error("{}", ungranted(.0))]
    Ungranted(Vec<(PackageName, Version, Vec<Grant>)>),
    /// An update of something that the lock does not have, or to a version that does not fit.
    #[error("{0}")]
    Update(String),
    /// Something was not fetched, or did not verify.
    #[error(transparent)]
    Fetch(#[from] FetchError),
}

impl SyncError {
    /// An update of a package that the lock does not have.
    pub(super) fn not_locked(name: &PackageName) -> Self {
        Self::Update(format!(
            "the lock has no package `{name}`\n  help: `lumen tree` shows what it has"
        ))
    }

    /// Whether something did not verify: exit status 4.
    pub fn is_security(&self) -> bool {
        matches!(self, Self::Fetch(error) if error.is_security())
    }

    /// Whether a registry did not answer: exit status 5.
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Fetch(error) if error.is_unreachable())
    }
}

fn outdated(differences: &[String]) -> String {
    let mut text =
        "`lumen.lock` is not what the manifests ask for, and must not be changed (`--locked`)".to_owned();
    for difference in differences {
        text += &format!("\n  {difference}");
    }
    text + "\n  help: run `lumen fetch`, which brings it up to date, and commit it"
}

fn offline_message(missing: &[String]) -> String {
    let mut text =
        "not everything that is needed is on this disk, and nobody is to be asked (`--offline`)".to_owned();
    for what in missing {
        text += &format!("\n  missing: {what}");
    }
    text += "\n  whether the lock has the newest versions was not checked either";
    text + "\n  help: run `lumen fetch` once without `--offline`"
}

fn ungranted(asked: &[(PackageName, Version, Vec<Grant>)]) -> String {
    let mut text = "packages ask for grants that the workspace does not give".to_owned();
    for (name, version, grants) in asked {
        for grant in grants {
            text += &format!("\n  {name} {version} asks for {grant}");
        }
    }
    text + "\n  help: give them in `[grants]` of the root manifest, or run the command again with `--accept-grants`"
}

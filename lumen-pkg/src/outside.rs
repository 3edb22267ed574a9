//! What the packages of a disk need from elsewhere: plain data that `members` collects and `sync` meets.

use crate::config::{Registries, RegistrySection, UserConfig};
use crate::git::{GitReference, GitUrl};
use crate::grant::Consent;
use crate::graph::PackageIndex;
use crate::name::PackageName;
use crate::problem::Location;
use crate::requirement::Requirement;
use std::collections::BTreeMap;
use std::path::Path;

/// Needs that nothing on this disk meets, and what the root's manifest says about meeting them.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// Sorted by the package that has them; those of its tests behind the others.
    pub wants: Vec<Want>,
    /// `[patch]`.
    pub patches: BTreeMap<PackageName, Patched>,
    /// `[grants]`.
    pub consent: Consent,
    /// `[registries]`.
    pub(crate) registries: RegistrySection,
}

/// A dependency on a package from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Want {
    /// The package that has it, in [`crate::Loaded::workspace`].
    pub owner: PackageIndex,
    /// The package that is needed.
    pub name: PackageName,
    /// Whether only tests need it.
    pub dev: bool,
    /// The versions that will do; `None` for all, which only what comes from a repository can say.
    pub requirement: Option<Requirement>,
    /// Where it is to come from.
    pub place: Place,
    /// Where that is written.
    pub location: Location,
}

/// Where a package is to come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A registry.
    Registry {
        /// The name that the dependency gives, if it does.
        asked: Option<String>,
    },
    /// A git repository.
    Git {
        /// The repository.
        url: GitUrl,
        /// Which state.
        reference: GitReference,
    },
}

/// What stands for a name, wherever it is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Patched {
    /// A package in [`crate::Loaded::workspace`].
    Here(PackageIndex),
    /// A state of a repository.
    Git {
        /// The repository.
        url: GitUrl,
        /// Which state.
        reference: GitReference,
    },
}

impl Outside {
    /// Whether everything lies on this disk.
    pub fn is_empty(&self) -> bool {
        self.wants.is_empty()
    }

    /// The registries that packages of the workspace in `root` may come from: the workspace's, and the user's under them.
    pub fn registries(&self, root: &Path, user: Option<&UserConfig>) -> Registries {
        Registries::join(Some((root, &self.registries)), user)
    }
}

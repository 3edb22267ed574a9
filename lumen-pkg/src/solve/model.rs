//! What goes into a resolution: packages and their sources, needs, candidates, the lock's versions, the policy.

use crate::name::PackageName;
use crate::requirement::Requirement;
use semver::Version;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Where a package comes from. Shown as the lock writes it: `registry+ORIGIN`, `path+../money`, `git+URL#REVISION`, `workspace`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// A member of the workspace.
    Workspace,
    /// A folder, relative to the root of the workspace.
    Path(Arc<str>),
    /// A commit of a git repository.
    Git {
        /// Its address, without user and password.
        url: Arc<str>,
        /// The full hash of the commit.
        revision: Arc<str>,
    },
    /// The registry of this origin (not its address).
    Registry(Arc<str>),
}

impl Source {
    /// Reads what `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "workspace" {
            return Some(Self::Workspace);
        }
        let (kind, rest) = text.split_once('+')?;
        match kind {
            _ if rest.is_empty() => None,
            "path" => Some(Self::Path(rest.into())),
            "registry" => Some(Self::Registry(rest.into())),
            "git" => rest.rsplit_once('#').map(|(url, revision)| Self::Git {
                url: url.into(),
                revision: revision.into(),
            }),
            _ => None,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workspace => formatter.write_str("workspace"),
            Self::Path(path) => write!(formatter, "path+{path}"),
            Self::Git { url, revision } => write!(formatter, "git+{url}#{revision}"),
            Self::Registry(origin) => write!(formatter, "registry+{origin}"),
        }
    }
}

/// A package, all versions of it: the same name from two sources is two packages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourcedName {
    /// The name.
    pub name: PackageName,
    /// Where it comes from.
    pub source: Source,
}

/// That a package is needed in a version that fits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Need {
    /// The package. Its source may be replaced by [`Policy::patches`].
    pub package: SourcedName,
    /// `None` accepts every version, pre-releases too: a path or git dependency without `version`.
    pub requirement: Option<Requirement>,
}

/// One version of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The version.
    pub version: Version,
    /// What it needs to be compiled.
    pub needs: Vec<Need>,
    /// What its tests need; counts only in members of the workspace.
    pub dev_needs: Vec<Need>,
    /// Chosen only if the lock has it.
    pub yanked: bool,
    /// When the registry's log recorded it, in seconds since 1970-01-01T00:00:00Z. `None` for what comes from no registry.
    pub time: Option<u64>,
}

impl Candidate {
    /// A version that needs nothing, is not yanked and has no time: to be filled in.
    pub const fn new(version: Version) -> Self {
        Self {
            version,
            needs: Vec::new(),
            dev_needs: Vec::new(),
            yanked: false,
            time: None,
        }
    }
}

/// A version that the lock has: chosen before all others as long as it fits, also if it is yanked or too young. `lumen update -p`
/// leaves the package out, `--precise` puts another version here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locked {
    /// The package.
    pub package: SourcedName,
    /// The version.
    pub version: Version,
}

/// Which of the versions that fit is tried first, after those of the lock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Preference {
    /// The highest.
    #[default]
    Newest,
    /// The lowest: `--minimal`, which shows whether requirements say too little.
    Oldest,
}

/// What may be chosen, and in which order.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Newest or oldest first.
    pub preference: Preference,
    /// The present, in seconds since 1970-01-01T00:00:00Z.
    pub now: u64,
    /// By registry origin, in seconds: versions whose log time is more recent are left out unless the lock has them.
    pub minimum_release_age: BTreeMap<String, u64>,
    /// `[patch]`: the source of a name, wherever it is needed.
    pub patches: BTreeMap<PackageName, Source>,
    /// Scopes (without `@`) that are bound to one registry, by its origin. Any other registry's package of the scope is refused.
    pub scopes: BTreeMap<String, String>,
    /// Decisions that the search may make, backtracking included, before it gives up with [`super::SolveError::TooHard`].
    pub maximum_steps: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            preference: Preference::Newest,
            now: 0,
            minimum_release_age: BTreeMap::new(),
            patches: BTreeMap::new(),
            scopes: BTreeMap::new(),
            maximum_steps: 1_000_000,
        }
    }
}

/// What is to be resolved.
#[derive(Debug, Clone, Default)]
pub struct Problem {
    /// What must be there: usually one need a member of the workspace, without a requirement.
    pub roots: Vec<Need>,
    /// What the lock has, in any order.
    pub locked: Vec<Locked>,
    /// What may be chosen.
    pub policy: Policy,
}

//! The rules of a registry that are its own choice: which names it takes, which a person looks at first, how much a user may do in a time.
//!
//! Pure: names, owners and times in, decisions out. What the client checks too is `lumen-pkg`'s; who may do what is `authority`'s.

mod name;
mod quota;
mod resemblance;
mod review;

pub use name::{NameFault, check_name};
pub use quota::{Quotas, Rate};
pub use resemblance::{Resemblance, resembles};
pub use review::{Neighbours, Suspicion, review};

/// What an operator chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// What becomes of names that look like others.
    pub look_alikes: LookAlikes,
    /// Scopes that nobody gets without a person's consent, and nothing that looks like them.
    pub reserved_scopes: Vec<String>,
    /// How much a user may do.
    pub quotas: Quotas,
}

/// What becomes of a new name that looks like that of somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookAlikes {
    /// A person looks at it first.
    Hold,
    /// It is published.
    Allow,
}

/// Scopes that belong to the language and its tools.
const RESERVED: [&str; 8] = [
    "lumen", "std", "core", "registry", "admin", "official", "security", "internal",
];

impl Default for Policy {
    fn default() -> Self {
        Self {
            look_alikes: LookAlikes::Hold,
            reserved_scopes: RESERVED.map(str::to_owned).to_vec(),
            quotas: Quotas::default(),
        }
    }
}

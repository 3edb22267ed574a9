//! Quotas of users: what a request costs, and whether he has it left.

use crate::http::Refusal;
use crate::policy::{Quotas, Rate};
use crate::server::Registry;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charge {
    /// A package that was not there.
    NewPackage,
    /// A further version.
    Update,
    /// A yank, or one taken back.
    Yank,
    /// Owners, keys, tokens.
    Account,
}

impl Charge {
    /// As it is stored, its rate, and what it is called.
    const fn row(self, quotas: &Quotas) -> (&'static str, Rate, &'static str) {
        match self {
            Self::NewPackage => ("new-package", quotas.new_package, "new packages"),
            Self::Update => ("update", quotas.update, "new versions"),
            Self::Yank => ("yank", quotas.yank, "yanks"),
            Self::Account => ("account", quotas.account, "changes of owners, keys and tokens"),
        }
    }
}

/// Takes one from a user's quota.
///
/// # Errors
/// [`crate::http::Kind::TooMany`], with the time after which there is one again.
pub async fn charge(registry: &Registry, user: &str, what: Charge) -> Result<(), Refusal> {
    let (action, rate, words) = what.row(&registry.policy.quotas);
    if rate.seconds == 0 {
        return Ok(());
    }
    let now = registry.clock.now();
    let charged = registry.database.charge(user, action, rate, now).await?;
    charged.map_err(|wait| too_many(wait, words))
}

/// Whether [`charge`] would succeed; takes nothing.
///
/// # Errors
/// Like [`charge`].
pub async fn would_charge(registry: &Registry, user: &str, what: Charge) -> Result<(), Refusal> {
    let (action, rate, words) = what.row(&registry.policy.quotas);
    if rate.seconds == 0 {
        return Ok(());
    }
    let earliest = registry.database.quota(user, action).await?;
    match rate.admit(earliest, registry.clock.now()) {
        Ok(_) => Ok(()),
        Err(wait) => Err(too_many(wait, words)),
    }
}

fn too_many(wait: u64, words: &str) -> Refusal {
    Refusal::too_many(wait, format!("Too many {words}; try again in {wait} seconds."))
}

//! New names that a person has to look at: `registry-server holds`.
//!
//! A name is compared with all others before the transaction that adds its leaf, and in that transaction with those that have come since: of
//! look-alikes that are new in the same moment the first is published and the others are held.

use super::charge::{Charge, charge};
use crate::database::{HoldState, Standing};
use crate::http::{Kind, Refusal};
use crate::policy::{check_name, review};
use crate::sequencer::Rejection;
use crate::server::Registry;
use lumen_pkg::PackageName;
use std::sync::Arc;

/// What is to become of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Publish it, unless the sequencer holds it.
    Publish {
        /// With names of leaves from this index on it has not been compared.
        compared: u64,
    },
    /// A person looks first.
    Held {
        /// Why, in words.
        reason: String,
    },
}

/// Whether a name is refused whatever is in the package; one that is there is not looked at again.
///
/// # Errors
/// [`Kind::BadName`] and, if a person has refused it, [`Kind::Forbidden`].
pub async fn check(registry: &Registry, user: &str, package: &PackageName) -> Result<(), Refusal> {
    match registry.database.standing(user, package).await? {
        Standing::NewScope | Standing::NewPackage => decided(registry, user, package, 0).await.map(drop),
        Standing::Owner | Standing::Stranger => Ok(()),
    }
}

/// What becomes of a package that somebody publishes. That a name is held for the first time counts as a new package.
///
/// # Errors
/// Like [`check`], and [`Kind::TooMany`].
pub async fn look(registry: &Registry, user: &str, package: &PackageName) -> Result<Verdict, Refusal> {
    // Before anything is read: what is published by then is seen by all reads that follow.
    let compared = registry.sequencer.published().size;
    let publish = Verdict::Publish { compared };
    let new_scope = match registry.database.standing(user, package).await? {
        Standing::NewScope => true,
        Standing::NewPackage => false,
        Standing::Owner | Standing::Stranger => return Ok(publish),
    };
    if let Some(verdict) = decided(registry, user, package, compared).await? {
        return Ok(verdict);
    }
    let others = registry.database.neighbours(user).await?;
    let (policy, name) = (Arc::clone(&registry.policy), package.clone());
    let reviewed = tokio::task::spawn_blocking(move || review(&policy, &name, new_scope, &others)).await;
    let failed = |_| Refusal::new(Kind::Internal, "Looking at the name failed; try again later.");
    let Some(suspicion) = reviewed.map_err(failed)? else {
        return Ok(publish);
    };
    charge(registry, user, Charge::NewPackage).await?;
    let reason = suspicion.to_string();
    let now = registry.clock.now();
    registry.database.add_hold(package, user, &reason, now).await?;
    tracing::warn!(package = %package, user, reason, "held");
    Ok(held(&reason))
}

/// What rules and people have said already.
async fn decided(
    registry: &Registry,
    user: &str,
    package: &PackageName,
    compared: u64,
) -> Result<Option<Verdict>, Refusal> {
    check_name(package).map_err(|fault| {
        Refusal::new(
            Kind::BadName,
            format!("`{package}` cannot be published: {fault}."),
        )
    })?;
    let Some(hold) = registry.database.hold(package, user).await? else {
        return Ok(None);
    };
    match hold.state {
        HoldState::Released => Ok(Some(Verdict::Publish { compared })),
        HoldState::Held => Ok(Some(held(&hold.reason))),
        HoldState::Refused => Err(Rejection::NameRefused {
            package: package.clone(),
            reason: hold.reason,
        }
        .into()),
    }
}

fn held(reason: &str) -> Verdict {
    Verdict::Held {
        reason: held_words(reason),
    }
}

/// What the publisher of a held name is told.
pub fn held_words(reason: &str) -> String {
    format!("{reason}; the registry's operator looks at it, then publish again")
}

//! New names that a person has to look at: `registry-server holds`.
//!
//! Looked at before the transaction that adds the leaf: of two look-alikes that are new in the same moment neither is held.

use super::charge::{Charge, charge};
use crate::database::{HoldState, Standing};
use crate::http::{Kind, Refusal};
use crate::policy::{check_name, review};
use crate::server::Registry;
use lumen_pkg::PackageName;

/// What is to become of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Publish it.
    Publish,
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
        Standing::NewScope | Standing::NewPackage => decided(registry, user, package).await.map(drop),
        Standing::Owner | Standing::Stranger => Ok(()),
    }
}

/// What becomes of a package that somebody publishes. That a name is held for the first time counts as a new package.
///
/// # Errors
/// Like [`check`], and [`Kind::TooMany`].
pub async fn look(registry: &Registry, user: &str, package: &PackageName) -> Result<Verdict, Refusal> {
    let new_scope = match registry.database.standing(user, package).await? {
        Standing::NewScope => true,
        Standing::NewPackage => false,
        Standing::Owner | Standing::Stranger => return Ok(Verdict::Publish),
    };
    if let Some(verdict) = decided(registry, user, package).await? {
        return Ok(verdict);
    }
    let others = registry.database.neighbours(user).await?;
    let (policy, name) = (registry.policy.clone(), package.clone());
    let reviewed = tokio::task::spawn_blocking(move || review(&policy, &name, new_scope, &others)).await;
    let failed = |_| Refusal::new(Kind::Internal, "Looking at the name failed; try again later.");
    let Some(suspicion) = reviewed.map_err(failed)? else {
        return Ok(Verdict::Publish);
    };
    charge(registry, user, Charge::NewPackage).await?;
    let reason = suspicion.to_string();
    let now = registry.clock.now();
    registry.database.add_hold(package, user, &reason, now).await?;
    tracing::warn!(package = %package, user, reason, "held");
    Ok(held(&reason))
}

/// What rules and people have said already.
async fn decided(registry: &Registry, user: &str, package: &PackageName) -> Result<Option<Verdict>, Refusal> {
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
        HoldState::Released => Ok(Some(Verdict::Publish)),
        HoldState::Held => Ok(Some(held(&hold.reason))),
        HoldState::Refused => {
            let detail = format!(
                "The registry's operator has refused `{package}`: {}.",
                hold.reason
            );
            Err(Refusal::new(Kind::Forbidden, detail))
        }
    }
}

fn held(reason: &str) -> Verdict {
    Verdict::Held {
        reason: format!("{reason}; the registry's operator looks at it, then publish again"),
    }
}

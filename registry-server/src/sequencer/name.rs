//! Whether a new name may go into the log, asked in the transaction that would put it there. It has been compared with all others before
//! (`account::look`), off the one writer; here it is compared with the few that have come since, so that no two look-alikes pass each other.

use super::journal::Journal;
use super::proposal::{Fault, Rejection};
use crate::database::{HoldState, Standing, holds};
use crate::policy::review;
use lumen_pkg::PackageName;

/// Why a person has to look at the name first, if one has to. A name that looks like another for the first time is held from now on.
pub(super) async fn review_name(
    journal: &mut Journal<'_>,
    user: &str,
    package: &PackageName,
    standing: Standing,
    compared: u64,
) -> Result<Option<String>, Fault> {
    if let Some(hold) = holds::hold(journal.connection(), package, user).await? {
        return match hold.state {
            HoldState::Released => Ok(None),
            HoldState::Held => Ok(Some(hold.reason)),
            HoldState::Refused => Err(Rejection::NameRefused {
                package: package.clone(),
                reason: hold.reason,
            }
            .into()),
        };
    }
    let others = holds::neighbours_since(journal.connection(), user, compared).await?;
    let new_scope = standing == Standing::NewScope;
    let Some(suspicion) = review(journal.policy(), package, new_scope, &others) else {
        return Ok(None);
    };
    let reason = suspicion.to_string();
    journal.hold(package, user, &reason).await?;
    Ok(Some(reason))
}

//! Owners of packages.

use super::charge::{Charge, charge};
use crate::authority::{Action, Caller};
use crate::http::{Kind, Refusal};
use crate::sequencer::Proposal;
use crate::server::Registry;
use lumen_pkg::PackageName;
use lumen_pkg::protocol::Change;

/// Makes somebody an owner, or no longer. The answer is the leaf, `None` if things were so already.
///
/// # Errors
/// If the caller may not, there is no such user, or the last owner would go.
pub async fn change_owner(
    registry: &Registry,
    caller: &Caller,
    package: PackageName,
    owner: String,
    change: Change,
) -> Result<Option<u64>, Refusal> {
    let action = Action::ChangeOwners(&package);
    registry.authority.allow(caller, action).await?;
    // Ownership is looked at again by the sequencer; here so that strangers learn nothing about users and use no quota.
    let owners = registry.database.owners(&package).await?;
    if !owners.contains(&caller.user) {
        let detail = format!("{} is not an owner of {package}.", caller.user);
        return Err(Refusal::new(Kind::Forbidden, detail));
    }
    if change == Change::Add && !registry.database.is_active(&owner).await? {
        let detail = format!("There is no user `{owner}`.");
        return Err(Refusal::new(Kind::UnknownUser, detail));
    }
    charge(registry, &caller.user, Charge::Account).await?;
    let proposal = Proposal::Owner {
        package,
        owner,
        change,
        user: caller.user.clone(),
    };
    Ok(registry.sequencer.propose(proposal).await?.added())
}

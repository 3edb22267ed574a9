//! `lumen owner`.

use super::Session;
use super::registry::{Access, package_name};
use crate::arguments::{OwnedPackage, OwnerArguments, OwnerChange, OwnerCommand};
use crate::exit::Exit;
use anyhow::Result;
use lumen_pkg::client::{Account, Freshness, owners};
use lumen_pkg::protocol::Change;
use serde_json::json;

/// Lists or changes the owners of a package.
pub(crate) fn owner(session: &Session, arguments: &OwnerArguments) -> Result<Exit> {
    match &arguments.command {
        OwnerCommand::List(owned) => list(session, owned),
        OwnerCommand::Add(added) => change(session, added, Change::Add),
        OwnerCommand::Remove(removed) => change(session, removed, Change::Remove),
    }
}

fn list(session: &Session, owned: &OwnedPackage) -> Result<Exit> {
    let package = package_name(&owned.package)?;
    let access = Access::new(session, Freshness::Now)?;
    let opened = access.open(access.choose(&owned.registry, Some(&package))?)?;
    for owner in owners(opened.transport(), &package)? {
        let event = json!({"event": "owner", "version": 1, "package": package, "user": owner});
        session.output.item(&owner, &event);
    }
    Ok(Exit::Done)
}

fn change(session: &Session, arguments: &OwnerChange, change: Change) -> Result<Exit> {
    let OwnerChange { owned, user } = arguments;
    let package = package_name(&owned.package)?;
    let access = Access::new(session, Freshness::Now)?;
    let registry = access.choose(&owned.registry, Some(&package))?;
    let token = access.token(registry)?;
    let opened = access.open(registry)?;
    let answer = Account::new(opened.transport(), &token).change_owner(&package, user, change)?;
    let place = match answer.leaf {
        Some(leaf) => format!(", leaf {leaf} of the log"),
        None => "; it was so already".to_owned(),
    };
    match change {
        Change::Add => session
            .output
            .status("Added", &format!("{user} to the owners of {package}{place}")),
        Change::Remove => session
            .output
            .status("Removed", &format!("{user} from the owners of {package}{place}")),
    }
    Ok(Exit::Done)
}

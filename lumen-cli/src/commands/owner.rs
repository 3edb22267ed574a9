//! `lumen owner`.

use super::Session;
use super::registry::{Access, package_name};
use crate::arguments::{OwnerArguments, OwnerCommand, RegistryArguments};
use crate::exit::Exit;
use anyhow::Result;
use lumen_pkg::client::{Account, Freshness, owners};
use lumen_pkg::protocol::Change;
use serde_json::json;

/// Lists or changes the owners of a package.
pub(crate) fn owner(session: &Session, arguments: &OwnerArguments) -> Result<Exit> {
    match &arguments.command {
        OwnerCommand::List { package, registry } => list(session, package, registry),
        OwnerCommand::Add {
            package,
            user,
            registry,
        } => change(session, package, user, registry, Change::Add),
        OwnerCommand::Remove {
            package,
            user,
            registry,
        } => change(session, package, user, registry, Change::Remove),
    }
}

fn list(session: &Session, package: &str, registry: &RegistryArguments) -> Result<Exit> {
    let package = package_name(package)?;
    let access = Access::new(session, Freshness::Now)?;
    let opened = access.open(access.choose(registry, Some(&package))?)?;
    for owner in owners(opened.transport(), &package)? {
        let event = json!({"event": "owner", "version": 1, "package": package, "user": owner});
        session.output.item(&owner, &event);
    }
    Ok(Exit::Done)
}

fn change(
    session: &Session,
    package: &str,
    user: &str,
    registry: &RegistryArguments,
    change: Change,
) -> Result<Exit> {
    let package = package_name(package)?;
    let access = Access::new(session, Freshness::Now)?;
    let registry = access.choose(registry, Some(&package))?;
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

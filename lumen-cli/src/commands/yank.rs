//! `lumen yank`.

use super::Session;
use super::registry::{Access, exact};
use crate::arguments::YankArguments;
use crate::exit::Exit;
use anyhow::Result;
use lumen_pkg::client::{Account, Freshness};
use lumen_pkg::protocol::Change;
use serde_json::json;

/// Yanks a version or takes that back, and looks the result up in the map.
pub(crate) fn yank(session: &Session, arguments: &YankArguments) -> Result<Exit> {
    let (package, version) = exact(&arguments.release)?;
    let change = match arguments.undo {
        true => Change::Remove,
        false => Change::Add,
    };
    let access = Access::new(session, Freshness::Now)?;
    let registry = access.choose(&arguments.registry, Some(&package))?;
    let token = access.token(registry)?;
    let opened = access.open(registry)?;
    let answer = Account::new(opened.transport(), &token).yank(&package, &version, change)?;
    opened.refresh()?;
    let release = opened.release(&package, &version)?;
    let (verb, expected) = match change {
        Change::Add => ("Yanked", true),
        Change::Remove => ("Unyanked", false),
    };
    if release.published.yanked != expected {
        anyhow::bail!(
            "the registry has accepted it and does not show it yet; `lumen info {package}@{version}` shows how it stands"
        );
    }
    let place = match answer.leaf {
        Some(leaf) => format!(", leaf {leaf} of the log"),
        None => "; it was so already".to_owned(),
    };
    session
        .output
        .status(verb, &format!("{package} {version}{place}"));
    session.output.event(&json!({
        "event": "yank", "version": 1, "package": package, "release": version, "yanked": expected, "leaf": answer.leaf,
    }));
    Ok(Exit::Done)
}

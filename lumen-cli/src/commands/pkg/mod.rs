//! `lumen pkg`: the long form of package verbs, one file a verb.

mod pack;

use super::{Session, add, fetch, info, new, owner, publish, remove, search, tree, update, verify, yank};
use crate::arguments::PkgCommand;
use crate::exit::Exit;
use anyhow::Result;

/// Runs a package verb.
pub(crate) fn pkg(session: &Session, command: &PkgCommand) -> Result<Exit> {
    match command {
        PkgCommand::Init(arguments) => new::init(session, arguments),
        PkgCommand::New(arguments) => new::new(session, arguments),
        PkgCommand::Add(arguments) => add::add(session, arguments),
        PkgCommand::Remove(arguments) => remove::remove(session, arguments),
        PkgCommand::Update(arguments) => update::update(session, arguments),
        PkgCommand::Fetch(arguments) => fetch::fetch(session, arguments),
        PkgCommand::Tree(arguments) => tree::tree(session, arguments),
        PkgCommand::Publish(arguments) => publish::publish(session, arguments),
        PkgCommand::Yank(arguments) => yank::yank(session, arguments),
        PkgCommand::Owner(arguments) => owner::owner(session, arguments),
        PkgCommand::Search(arguments) => search::search(session, arguments),
        PkgCommand::Info(arguments) => info::info(session, arguments),
        PkgCommand::Verify(arguments) => verify::verify(session, arguments),
        PkgCommand::Pack(arguments) => pack::pack(session, arguments),
    }
}

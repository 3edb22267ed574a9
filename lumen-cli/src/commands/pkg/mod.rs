//! `lumen pkg`: the long form of package verbs, one file a verb.

mod pack;

use super::{Session, new};
use crate::arguments::PkgCommand;
use crate::exit::Exit;
use anyhow::Result;

/// Runs a package verb.
pub(crate) fn pkg(session: &Session, command: &PkgCommand) -> Result<Exit> {
    match command {
        PkgCommand::Init(arguments) => new::init(session, arguments),
        PkgCommand::New(arguments) => new::new(session, arguments),
        PkgCommand::Pack(arguments) => pack::pack(session, arguments),
    }
}

//! Builds of a world by the real binary, side by side or to be killed.

use crate::history::{Ask, World};
use crate::support::{lumen, text};
use std::process::{Child, Command, Stdio};

/// The command that builds, with its streams closed.
pub(crate) fn command(world: &World, ask: &Ask) -> Command {
    let mut command = lumen(&world.cache(), &world.root());
    command
        .args(ask.arguments())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// A build whose words are kept for [`end`].
pub(crate) fn start(world: &World, ask: &Ask) -> Child {
    let mut command = command(world, ask);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("lumen starts")
}

/// Waits for a build: its status, and everything that it said.
pub(crate) fn end(build: Child) -> (Option<i32>, String) {
    let output = build.wait_with_output().expect("it ends");
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    (output.status.code(), said)
}

//! `lumen clean`: removes the build state of the workspace. Compiled modules stay in the shared cache, so the next build
//! finds them there.

use super::Session;
use crate::exit::Exit;
use anyhow::{Context, Result};
use lumen_pkg::shell::Disk;
use std::io::ErrorKind;

/// The folder of the build state, beside the workspace's manifest.
const STATE_FOLDER: &str = ".lumen";

/// Removes it, if there is one.
pub(crate) fn clean(session: &Session) -> Result<Exit> {
    let folder = &session.environment.folder;
    let Some(root) = lumen_pkg::load(&Disk, folder).root else {
        session.output.error(&format!(
            "there is no `lumen.toml` in `{}` or above it",
            folder.display()
        ));
        return Ok(Exit::Usage);
    };
    let state = root.join(STATE_FOLDER);
    #[expect(
        clippy::disallowed_methods,
        reason = "removing the state is this command's purpose"
    )]
    let removed = std::fs::remove_dir_all(&state);
    match removed {
        Ok(()) => session
            .output
            .status("Removed", &crate::paths::shown(&state, folder)),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            session.output.status("Removed", "nothing: there was no state")
        }
        Err(error) => return Err(error).with_context(|| format!("`{}` cannot be removed", state.display())),
    }
    Ok(Exit::Done)
}

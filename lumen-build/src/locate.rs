//! Where a build begins: the workspace around the start, by its state file if that is still right, else by its manifests.

use crate::build::{Build, DAMAGED_STATE, Keep};
use crate::options::{BuildError, Scope};
use crate::outcome::Note;
use crate::state::{NotState, State};
use crate::workspace::{self, FoundWorkspace, OwnedInput};

/// A workspace, and the state that its last build left if that can be used.
pub(crate) struct Located {
    pub(crate) found: FoundWorkspace,
    pub(crate) state: Option<State>,
}

impl Build {
    /// The workspace. Nothing for a document that stands alone.
    ///
    /// # Errors
    /// If there is none, or it is wrong.
    pub(crate) fn locate(&self, keep: Keep) -> Result<Option<Located>, BuildError> {
        let start = match &self.options.scope {
            Scope::Document(path) => path.parent().unwrap_or(path),
            Scope::Workspace | Scope::Package(_) => &self.options.start,
        };
        let bundle = self.toolchain.bundle();
        let mut state = workspace::nearest_state(&*self.files, start);
        if let Some((root, Ok(state))) = &state
            && let Some(head) = state
                .start_of_head()
                .filter(|head| workspace::is_fresh(&*self.files, start, root, head))
        {
            let found = FoundWorkspace {
                root: root.clone(),
                inputs: head.inputs.iter().map(OwnedInput::of).collect(),
                packages: head.packages.with_bundle(bundle),
                notes: Vec::new(),
                loaded: None,
                written_lock: None,
            };
            let state = Some(state.clone());
            return Ok(Some(Located { found, state }));
        }
        let found = workspace::load(&*self.files, &*self.surroundings, start, &self.request(), keep)?;
        let Some(mut found) = found else {
            return match &self.options.scope {
                Scope::Document(_) => Ok(None),
                _ => Err(BuildError::NoWorkspace(start.to_owned())),
            };
        };
        found.packages = found.packages.with_bundle(bundle);
        if state.as_ref().is_none_or(|(root, _)| *root != found.root) {
            state = self
                .files
                .load_state(&found.root)
                .map(|bytes| (found.root.clone(), State::parse(bytes)));
        }
        if let Some((_, Err(NotState::Damaged))) = state {
            found.notes.push(Note::new(DAMAGED_STATE.to_owned()));
        }
        let state = state.and_then(|(_, state)| state.ok());
        Ok(Some(Located { found, state }))
    }
}

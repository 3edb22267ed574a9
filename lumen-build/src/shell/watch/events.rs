//! Events of the file system, by the `notify` crate: inotify, FSEvents, ReadDirectoryChangesW, kqueue.

use super::inbox::Inbox;
use crate::watch::window::Follow;
use notify::{Error, ErrorKind, Event, RecommendedWatcher, RecursiveMode, Watcher};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// A watcher of folders, each without its subfolders.
pub(crate) struct Events {
    watcher: RecommendedWatcher,
}

impl Events {
    /// Sends what happens to the inbox.
    ///
    /// # Errors
    /// In words, if the system has no watcher for us.
    pub(crate) fn start(inbox: Arc<Inbox>) -> Result<Events, String> {
        let handler = move |event| handle(&inbox, event);
        let watcher = notify::recommended_watcher(handler).map_err(|error| in_words(&error))?;
        Ok(Events { watcher })
    }
}

fn handle(inbox: &Inbox, event: Result<Event, Error>) {
    match event {
        // The queue ran over: anything may have happened.
        Ok(event) if event.need_rescan() => inbox.rescan(),
        // That something was opened and read, as by every build.
        Ok(event) if event.kind.is_access() => {}
        // FSEvents names files by their real paths, whatever the folder was called by.
        Ok(_) if cfg!(target_os = "macos") => inbox.rescan(),
        Ok(event) => event.paths.into_iter().for_each(|path| inbox.hint(path)),
        Err(error) if matches!(error.kind, ErrorKind::MaxFilesWatch) => inbox.refuse(in_words(&error)),
        Err(_) => inbox.rescan(),
    }
}

impl Follow for Events {
    fn change(&mut self, leave: &[PathBuf], join: &[PathBuf]) -> Result<(), String> {
        // In one step: FSEvents starts anew with every change.
        let mut paths = self.watcher.paths_mut();
        for folder in leave {
            // A folder that is gone has been left already.
            let _ = paths.remove(folder);
        }
        let mut refused = Ok(());
        for folder in join {
            refused = match paths.add(folder, RecursiveMode::NonRecursive) {
                Err(error) if !is_passing(&error) => Err(in_words(&error)),
                _ => continue,
            };
            break;
        }
        let done = paths.commit().map_err(|error| in_words(&error));
        refused.and(done)
    }
}

/// Whether it is about one folder, which is gone or may not be read. The folder above it tells when that changes.
fn is_passing(error: &Error) -> bool {
    match &error.kind {
        ErrorKind::PathNotFound => true,
        ErrorKind::Io(error) => matches!(
            error.kind(),
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::PermissionDenied
        ),
        _ => false,
    }
}

/// What stands in the way, and what to do.
fn in_words(error: &Error) -> String {
    const WATCHES: &str = "the system watches no more folders: raise `fs.inotify.max_user_watches`";
    const INSTANCES: &str = "the system has no watcher left: raise `fs.inotify.max_user_instances`";
    match &error.kind {
        ErrorKind::MaxFilesWatch => WATCHES.to_owned(),
        ErrorKind::Io(error) if cfg!(target_os = "linux") && error.raw_os_error() == Some(TOO_MANY_FILES) => {
            INSTANCES.to_owned()
        }
        _ => format!("the system cannot watch folders: {error}"),
    }
}

/// `EMFILE`, which inotify_init(2) gives for that limit too.
const TOO_MANY_FILES: i32 = 24;

#[cfg(test)]
mod tests {
    use super::{handle, in_words};
    use crate::shell::watch::inbox::Inbox;
    use crate::watch::settle::AT_ONCE;
    use notify::event::{AccessKind, AccessMode, CreateKind, Flag};
    use notify::{Error, ErrorKind, Event, EventKind};
    use std::path::PathBuf;

    #[test]
    fn a_queue_that_ran_over_means_everywhere() {
        let inbox = Inbox::default();
        handle(&inbox, Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan)));
        assert!(inbox.wait(AT_ONCE, None).hints.is_everywhere());
        handle(&inbox, Err(Error::generic("torn")));
        assert!(inbox.wait(AT_ONCE, None).hints.is_everywhere());
    }

    #[test]
    fn reading_is_no_event() {
        let inbox = Inbox::default();
        let opened = EventKind::Access(AccessKind::Open(AccessMode::Any));
        handle(&inbox, Ok(Event::new(opened).add_path(PathBuf::from("/a"))));
        handle(
            &inbox,
            Ok(Event::new(EventKind::Create(CreateKind::File)).add_path(PathBuf::from("/b"))),
        );
        let hints = inbox.wait(AT_ONCE, None).hints;
        assert!(hints.is_everywhere() || hints.paths().count() == 1);
    }

    #[test]
    fn a_full_table_of_watches_says_which_limit_to_raise() {
        let inbox = Inbox::default();
        handle(&inbox, Err(Error::new(ErrorKind::MaxFilesWatch)));
        let refused = inbox.wait(AT_ONCE, None).refused.expect("it is refused");
        assert!(refused.contains("fs.inotify.max_user_watches"), "{refused}");
        if cfg!(target_os = "linux") {
            let full = Error::io(std::io::Error::from_raw_os_error(super::TOO_MANY_FILES));
            assert!(in_words(&full).contains("fs.inotify.max_user_instances"));
        }
    }
}

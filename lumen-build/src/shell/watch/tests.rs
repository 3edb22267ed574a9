//! A watch over real folders: what happens when events are refused.

use super::{Awoken, Inbox, Mode, Watch};
use crate::Scope;
use crate::watch::interest::Subject;
use crate::watch::window::Follow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// As a system that allows a number of watched folders.
struct Limited {
    left: usize,
}

impl Follow for Limited {
    fn change(&mut self, leave: &[PathBuf], join: &[PathBuf]) -> Result<(), String> {
        self.left += leave.len();
        match self.left.checked_sub(join.len()) {
            Some(left) => self.left = left,
            None => return Err("no more folders".to_owned()),
        }
        Ok(())
    }
}

fn write(path: impl AsRef<Path>, text: &str) {
    let path = path.as_ref();
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    std::fs::write(path, text).expect("a writable folder");
}

fn workspace() -> (tempfile::TempDir, Subject) {
    let folder = tempfile::tempdir().expect("a folder");
    write(
        folder.path().join("lumen.toml"),
        "[package]\nname = \"@acme/one\"\nversion = \"0.1.0\"\n",
    );
    write(folder.path().join("src/lib.lm.md"), "# One\n");
    let subject = Subject {
        start: folder.path().to_owned(),
        scope: Scope::Workspace,
        tests: false,
        configuration: None,
    };
    (folder, subject)
}

#[test]
fn a_limit_that_is_reached_later_is_told_and_nothing_is_lost() {
    let (folder, subject) = workspace();
    let inbox = Arc::<Inbox>::default();
    let mode = Mode::Events(Box::new(Limited { left: 2 }));
    let mut watch = Watch::with(subject, Arc::clone(&inbox), mode);
    assert_eq!((watch.polling(), watch.folders()), (None, 2));

    let new = folder.path().join("src/new");
    write(new.join("part.lm.md"), "# Part\n");
    inbox.hint(new.clone());
    assert_eq!(watch.wait(None), Awoken::Polling);
    assert_eq!(watch.polling(), Some("no more folders"));
    match watch.wait(None) {
        Awoken::Changed(changes) => assert!(changes.paths.contains(&new.join("part.lm.md")), "{changes:?}"),
        other => panic!("{other:?}"),
    }
    // From here on without any hint.
    write(new.join("part.lm.md"), "# Another part\n");
    loop {
        match watch.wait(None) {
            Awoken::Called => {}
            Awoken::Changed(changes) => break assert_eq!(changes.count, 1, "{changes:?}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_limit_that_is_reached_at_once_is_told() {
    let (_folder, subject) = workspace();
    let mode = Mode::Events(Box::new(Limited { left: 1 }));
    let watch = Watch::with(subject, Arc::default(), mode);
    assert_eq!(watch.polling(), Some("no more folders"));
}

#[test]
fn a_hint_about_what_is_as_it_was_changes_nothing() {
    let (folder, subject) = workspace();
    let inbox = Arc::<Inbox>::default();
    let mut watch = Watch::with(
        subject,
        Arc::clone(&inbox),
        Mode::Events(Box::new(Limited { left: 9 })),
    );
    let document = folder.path().join("src/lib.lm.md");
    inbox.hint(document.clone());
    assert_eq!(watch.wait(None), Awoken::Unchanged);
    // What is nobody's business is not told: a log in the workspace, in a source folder, beside the workspace.
    for name in ["watch.log", "src/watch.log", "src/.hidden.lm.md", "watch.json"] {
        let path = folder.path().join(name);
        write(&path, "{}\n");
        inbox.hint(crate::watch::interest::normal(&path));
        assert_eq!(watch.wait_once(None), None, "{name}");
        std::fs::remove_file(path).expect("it is there");
    }
    inbox.rescan();
    assert_eq!(watch.wait(None), Awoken::Unchanged);
    // The same text again, under another number, as by an editor that writes beside and renames.
    write(folder.path().join("src/other.tmp"), "# One\n");
    std::fs::rename(folder.path().join("src/other.tmp"), &document).expect("a rename");
    inbox.hint(document.clone());
    assert_eq!(watch.wait(None), Awoken::Unchanged);
    write(&document, "# Two\n");
    inbox.hint(document);
    assert!(matches!(watch.wait(None), Awoken::Changed(_)));
}

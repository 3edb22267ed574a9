//! Random edits of a small tree, seen through events as inotify has them: only folders that were joined tell of what happens in
//! them, and they are told by number, not by path. Whatever happens, what is known afterwards is what is there.

use super::changes::Changes;
use super::hints::Hints;
use super::interest::{Interest, Kind};
use super::known::Known;
use super::window::{Follow, Found, Listing, Look};
use crate::files::Stat;
use lumen_compiler::interface::Digest;
use proptest::prelude::*;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Nanoseconds after which equal times mean equal content, and then some.
const LONG: i64 = 10_000_000_001;

#[derive(Clone, Debug)]
enum Node {
    Folder { inode: u64 },
    File { stat: Stat, content: u8 },
}

/// A file system, its clock, and who is told of what.
#[derive(Default)]
struct World {
    nodes: BTreeMap<PathBuf, Node>,
    inodes: u64,
    now: i64,
    /// By the number of a folder, the path that it was joined by.
    joined: BTreeMap<u64, PathBuf>,
    events: Vec<PathBuf>,
}

impl World {
    fn inode(&self, path: &Path) -> Option<u64> {
        match self.nodes.get(path)? {
            Node::Folder { inode } => Some(*inode),
            Node::File { stat, .. } => Some(stat.inode),
        }
    }

    fn is_folder(&self, path: &Path) -> bool {
        matches!(self.nodes.get(path), Some(Node::Folder { .. }))
    }

    /// What the folder of a path tells of it.
    fn tell_parent(&mut self, path: &Path) {
        let parent = path.parent().and_then(|parent| self.inode(parent));
        if let (Some(joined), Some(name)) =
            (parent.and_then(|inode| self.joined.get(&inode)), path.file_name())
        {
            self.events.push(joined.join(name));
        }
    }

    fn tell_self(&mut self, path: &Path) {
        let inode = self.inode(path);
        if let Some(joined) = inode.and_then(|inode| self.joined.get(&inode)) {
            self.events.push(joined.clone());
        }
    }

    fn make_folder(&mut self, path: &Path) {
        if self.nodes.contains_key(path) || !path.parent().is_some_and(|parent| self.is_folder(parent)) {
            return;
        }
        self.inodes += 1;
        self.nodes
            .insert(path.to_owned(), Node::Folder { inode: self.inodes });
        self.tell_parent(path);
    }

    fn write(&mut self, path: &Path, content: u8) {
        if self.is_folder(path) || !path.parent().is_some_and(|parent| self.is_folder(parent)) {
            return;
        }
        let inode = self.inode(path).unwrap_or(self.inodes + 1);
        self.inodes = self.inodes.max(inode);
        let stat = Stat {
            device: 1,
            inode,
            size: 1,
            modified: self.now,
            changed: self.now,
        };
        self.nodes.insert(path.to_owned(), Node::File { stat, content });
        self.tell_parent(path);
    }

    fn below(&self, path: &Path) -> Vec<PathBuf> {
        self.nodes
            .keys()
            .filter(|node| node.starts_with(path))
            .cloned()
            .collect()
    }

    fn remove(&mut self, path: &Path) {
        for node in self.below(path).into_iter().rev() {
            self.tell_self(&node);
            self.tell_parent(&node);
            if let Some(Node::Folder { inode }) = self.nodes.remove(&node) {
                self.joined.remove(&inode);
            }
        }
    }

    /// Folders keep their numbers, and go on to be told by the paths that they were joined by.
    fn rename(&mut self, from: &Path, to: &Path) {
        let possible = self.nodes.contains_key(from)
            && !self.nodes.contains_key(to)
            && !to.starts_with(from)
            && to.parent().is_some_and(|parent| self.is_folder(parent));
        if !possible {
            return;
        }
        self.tell_self(from);
        self.tell_parent(from);
        for node in self.below(from) {
            let rest = node.strip_prefix(from).expect("it is below").to_owned();
            let target = if rest.as_os_str().is_empty() {
                to.to_owned()
            } else {
                to.join(rest)
            };
            if let Some(moved) = self.nodes.remove(&node) {
                self.nodes.insert(target, moved);
            }
        }
        self.tell_parent(to);
    }
}

struct Window(RefCell<World>);

impl Look for Window {
    fn list(&self, folder: &Path, counts: &dyn Fn(&OsStr) -> bool) -> Listing {
        let world = self.0.borrow();
        if !world.is_folder(folder) {
            return Listing::Gone;
        }
        let entries = world
            .nodes
            .iter()
            .filter(|(path, _)| path.parent() == Some(folder));
        let entries = entries.filter_map(|(path, node)| {
            let name = path.file_name()?;
            match node {
                Node::Folder { .. } => Some((name.to_owned(), Found::Folder)),
                Node::File { stat, .. } => counts(name).then(|| (name.to_owned(), Found::File(Some(*stat)))),
            }
        });
        Listing::Entries(entries.collect())
    }

    fn stat(&self, path: &Path) -> Option<Stat> {
        match self.0.borrow().nodes.get(path)? {
            Node::Folder { inode } => Some(Stat {
                device: 1,
                inode: *inode,
                ..Stat::default()
            }),
            Node::File { stat, .. } => Some(*stat),
        }
    }

    fn digest(&self, path: &Path) -> Option<Digest> {
        match self.0.borrow().nodes.get(path)? {
            Node::Folder { .. } => None,
            Node::File { content, .. } => Some([*content; 32]),
        }
    }

    fn now(&self) -> i64 {
        self.0.borrow().now
    }
}

struct Joining<'w>(&'w Window);

impl Follow for Joining<'_> {
    fn change(&mut self, leave: &[PathBuf], join: &[PathBuf]) -> Result<(), String> {
        let mut world = self.0.0.borrow_mut();
        world.joined.retain(|_, path| !leave.contains(path));
        for path in join {
            if let Some(Node::Folder { inode }) = world.nodes.get(path) {
                let inode = *inode;
                world.joined.insert(inode, path.clone());
            }
        }
        Ok(())
    }
}

/// The files that matter, found by walking everything.
fn oracle(world: &World) -> BTreeMap<PathBuf, u8> {
    let matters = |path: &Path| {
        if path == Path::new("/w/lumen.toml") {
            return true;
        }
        let Ok(below) = path.strip_prefix("/w/src") else {
            return false;
        };
        let folders: Vec<&Path> = below
            .ancestors()
            .skip(1)
            .filter(|above| !above.as_os_str().is_empty())
            .collect();
        let skipped = |folder: &&Path| {
            let name = folder.file_name().unwrap_or_default();
            name == "target" || name.as_encoded_bytes().starts_with(b".")
        };
        let is_package = |folder: &Path| {
            world
                .nodes
                .contains_key(&Path::new("/w/src").join(folder).join("lumen.toml"))
        };
        let name = path.file_name().unwrap_or_default();
        let own_manifest = name == "lumen.toml" && folders.iter().skip(1).all(|folder| !is_package(folder));
        let in_package = folders.iter().any(|folder| is_package(folder));
        let document = name.as_encoded_bytes().ends_with(b".lm.md");
        !folders.iter().any(skipped) && ((document && !in_package) || own_manifest)
    };
    let files = world.nodes.iter().filter_map(|(path, node)| match node {
        Node::File { content, .. } if matters(path) => Some((path.clone(), *content)),
        _ => None,
    });
    files.collect()
}

#[derive(Clone, Debug)]
enum Edit {
    Write(PathBuf, u8),
    Folder(PathBuf),
    Remove(PathBuf),
    Rename(PathBuf, PathBuf),
    /// Enough time for equal times to mean equal content.
    Pause,
    Look,
    /// The events since the last look are lost, and the system says so.
    Overflow,
}

fn folders() -> impl Strategy<Value = PathBuf> {
    let name = prop::sample::select(vec!["a", "b", "a", "b", "target", ".git"]);
    let root = prop::sample::select(vec!["/w", "/w/src", "/w/src", "/w/src", "/w/packages"]);
    (root, prop::collection::vec(name, 0..3)).prop_map(|(root, names)| {
        names
            .iter()
            .fold(PathBuf::from(root), |path, name| path.join(name))
    })
}

fn files() -> impl Strategy<Value = PathBuf> {
    let name = prop::sample::select(vec!["x.lm.md", "y.lm.md", "z.txt", "lumen.toml"]);
    (folders(), name).prop_map(|(folder, name)| folder.join(name))
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = prop_oneof![
        6 => (files(), 0..3u8).prop_map(|(path, content)| Edit::Write(path, content)),
        5 => folders().prop_map(Edit::Folder),
        2 => files().prop_map(Edit::Remove),
        2 => folders().prop_map(Edit::Remove),
        2 => (files(), files()).prop_map(|(from, to)| Edit::Rename(from, to)),
        3 => (folders(), folders()).prop_map(|(from, to)| Edit::Rename(from, to)),
        2 => Just(Edit::Pause),
        5 => Just(Edit::Look),
        1 => Just(Edit::Overflow),
    ];
    prop::collection::vec(edit, 1..60)
}

fn interest() -> Interest {
    let trees = [("/w/src", Kind::Sources), ("/w/packages", Kind::Packages)];
    Interest {
        trees: trees
            .into_iter()
            .map(|(path, kind)| (PathBuf::from(path), kind))
            .collect(),
        points: [PathBuf::from("/w/lumen.toml")].into(),
    }
}

fn apply(world: &mut World, edit: &Edit) {
    match edit {
        Edit::Write(path, content) => world.write(path, *content),
        Edit::Folder(path) => world.make_folder(path),
        Edit::Remove(path) => world.remove(path),
        Edit::Rename(from, to) => world.rename(from, to),
        Edit::Pause => world.now += LONG,
        Edit::Overflow => world.events.clear(),
        Edit::Look => {}
    }
}

fn look(window: &Window, known: &mut Known, hints: &Hints) -> Changes {
    known
        .look(window, &mut Joining(window), hints)
        .expect("nothing is refused")
}

proptest! {
    #[test]
    fn what_is_known_is_what_is_there(edits in edits()) {
        let window = Window(RefCell::new(World { now: LONG, ..World::default() }));
        {
            let mut world = window.0.borrow_mut();
            world.nodes.insert(PathBuf::from("/"), Node::Folder { inode: 0 });
            for folder in ["/w", "/w/src", "/w/src/a", "/w/packages"] {
                world.make_folder(Path::new(folder));
            }
            world.write(Path::new("/w/src/a/x.lm.md"), 0);
        }
        let mut known = Known::default();
        known.set_interest(interest());
        look(&window, &mut known, &Hints::everywhere());
        let mut before = oracle(&window.0.borrow());
        let mut overflown = false;
        for edit in edits.iter().chain([&Edit::Look]) {
            apply(&mut window.0.borrow_mut(), edit);
            overflown |= matches!(edit, Edit::Overflow);
            if !matches!(edit, Edit::Look) {
                continue;
            }
            let mut hints = Hints::default();
            for event in std::mem::take(&mut window.0.borrow_mut().events) {
                hints.add(event);
            }
            if std::mem::take(&mut overflown) {
                hints = Hints::everywhere();
            }
            let changes = look(&window, &mut known, &hints);
            let after = oracle(&window.0.borrow());
            let differs = |path: &&PathBuf| before.get(*path) != after.get(*path);
            let differing: BTreeSet<&PathBuf> = before.keys().chain(after.keys()).filter(differs).collect();
            prop_assert!(
                differing.is_empty() || changes.count > 0,
                "{differing:?} changed, and nothing was noticed"
            );
            if changes.count < 20 {
                for path in &differing {
                    prop_assert!(changes.paths.contains(*path), "{path:?} changed, but not in {changes:?}");
                }
            }
            let all: Vec<PathBuf> = known.files();
            prop_assert_eq!(all, after.keys().cloned().collect::<Vec<_>>());
            // A look everywhere finds nothing more.
            let again = look(&window, &mut known, &Hints::everywhere());
            prop_assert_eq!(again, Changes::default());
            before = after;
        }
    }
}

#[test]
fn an_event_that_tells_nothing_new_is_no_change() {
    let window = Window(RefCell::new(World {
        now: LONG,
        ..World::default()
    }));
    {
        let mut world = window.0.borrow_mut();
        world.nodes.insert(PathBuf::from("/"), Node::Folder { inode: 0 });
        world.make_folder(Path::new("/w"));
        world.make_folder(Path::new("/w/src"));
        world.write(Path::new("/w/src/x.lm.md"), 1);
    }
    let mut known = Known::default();
    known.set_interest(interest());
    look(&window, &mut known, &Hints::everywhere());
    let hint = |path: &str| {
        let mut hints = Hints::default();
        hints.add(PathBuf::from(path));
        hints
    };
    // The same content again, right after the first look: the times alone could not tell.
    window.0.borrow_mut().write(Path::new("/w/src/x.lm.md"), 1);
    assert_eq!(
        look(&window, &mut known, &hint("/w/src/x.lm.md")),
        Changes::default()
    );
    // Another content of the same size at the same time.
    window.0.borrow_mut().write(Path::new("/w/src/x.lm.md"), 2);
    assert_eq!(look(&window, &mut known, &hint("/w/src/x.lm.md")).count, 1);
    for path in ["/w/src/z.txt", "/w/elsewhere", "/w", "/w/src", "/"] {
        assert_eq!(
            look(&window, &mut known, &hint(path)),
            Changes::default(),
            "{path}"
        );
    }
}

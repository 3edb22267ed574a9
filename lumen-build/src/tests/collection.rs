//! Builds of several workspaces over one cache while room is made in it: whatever is removed, interrupted or done at once, every
//! build gives what a clean one gives, and what live workspaces need stays.
#![expect(clippy::disallowed_methods, reason = "tests of the shell")]

use super::Toy;
use super::workspace::digests;
use crate::build::Build;
use crate::options::Options;
use crate::outcome::Outcome;
use crate::progress::Silent;
use crate::shell::{CollectionRequest, Disk, PackStore};
use crate::store::{MemoryStore, Store};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use tempfile::TempDir;

const WORKSPACES: usize = 3;
const MODULES: usize = 3;
const ENOUGH: u64 = 1 << 30;

/// A cache and workspaces that share it.
struct Place {
    directory: TempDir,
    toy: Toy,
}

impl Place {
    fn new() -> Place {
        Place {
            directory: TempDir::new().expect("a folder for the test"),
            toy: Toy::default(),
        }
    }

    fn cache(&self) -> PathBuf {
        self.directory.path().join("cache")
    }

    fn packs(&self) -> PathBuf {
        self.cache().join("v1")
    }

    fn root(&self, workspace: usize) -> PathBuf {
        self.directory.path().join(format!("w{workspace}"))
    }

    /// Each module imports the one before.
    fn write(&self, workspace: usize, module: usize, body: u8) {
        let root = self.root(workspace);
        fs::create_dir_all(root.join("src")).expect("the folder can be made");
        let manifest = format!("[package]\nname = \"@w/p{workspace}\"\nversion = \"0.1.0\"\n");
        fs::write(root.join("lumen.toml"), manifest).expect("the file can be written");
        let import = match module.checked_sub(1) {
            Some(before) => format!("import m{before}: f\n"),
            None => String::new(),
        };
        let filler = format!("body {body}\n").repeat(40 + 25 * usize::from(body));
        let text = format!("{import}cell f Int{}\n{filler}", body % 3);
        fs::write(root.join(format!("src/m{module}.lm.md")), text).expect("the file can be written");
    }

    fn write_all(&self, workspace: usize) {
        (0..MODULES).for_each(|module| self.write(workspace, module, 0));
    }

    fn tool(&self, workspace: usize, store: Box<dyn Store>) -> Build {
        let options = Options::new(self.root(workspace), self.cache());
        Build::with(options, Box::new(Disk), store, Box::new(self.toy.clone()))
    }

    fn build(&self, workspace: usize) -> Outcome {
        let tool = self.tool(workspace, Box::new(PackStore::open(&self.cache())));
        tool.run(&Silent).expect("the workspace can be built")
    }

    /// As a command does it: what has to be tidied up comes last.
    fn build_and_tidy(&self, workspace: usize, capacity: u64) -> (Outcome, Vec<String>) {
        let tool = self.tool(workspace, Box::new(PackStore::open(&self.cache())));
        let outcome = tool.run(&Silent).expect("the workspace can be built");
        let notes = tool.tidy(&|| capacity);
        (outcome, notes.into_iter().map(|note| note.text).collect())
    }

    /// What comes out without any cache and state.
    fn clean(&self, workspace: usize) -> Outcome {
        let copy = TempDir::new().expect("a folder for the test");
        copy_folder(&self.root(workspace).join("src"), &copy.path().join("src"));
        let manifest = "lumen.toml";
        fs::copy(self.root(workspace).join(manifest), copy.path().join(manifest)).expect("it can be copied");
        let options = Options::new(copy.path(), self.cache());
        let build = Build::with(
            options,
            Box::new(Disk),
            Box::new(MemoryStore::new()),
            Box::new(self.toy.clone()),
        );
        build.run(&Silent).expect("the workspace can be built")
    }

    fn collect(&self, capacity: u64) -> crate::Collected {
        let request = CollectionRequest {
            capacity,
            dry_run: false,
        };
        PackStore::open(&self.cache())
            .collect(&request)
            .expect("the cache can be listed")
    }

    /// A collection that is killed after some packs were written again or removed: some of what it removed is still there.
    fn interrupted_collection(&self, capacity: u64, survivors: u8) {
        let before = self.directory.path().join("before");
        copy_folder(&self.packs(), &before);
        self.collect(capacity);
        for (number, entry) in fs::read_dir(&before).expect("it was copied").enumerate() {
            let path = entry.expect("readable entry").path();
            let name = path.file_name().expect("a name");
            if path.is_file() && survivors & (1 << (number % 8)) != 0 {
                fs::copy(&path, self.packs().join(name)).expect("it can be put back");
            }
        }
        fs::write(self.packs().join("0.pack.1-1.tmp"), "half of a pack").expect("it can be written");
        fs::remove_dir_all(before).expect("it can be removed");
    }

    fn statistics(&self) -> crate::CacheStatistics {
        PackStore::open(&self.cache()).statistics()
    }

    fn forget_state(&self, workspace: usize) {
        fs::remove_dir_all(self.root(workspace).join(".lumen")).expect("there is a state");
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).into_iter().flatten().flatten() {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy_folder(&entry.path(), &target),
            false => _ = fs::copy(entry.path(), target).expect("the file can be copied"),
        }
    }
}

#[derive(Clone, Debug)]
enum Event {
    Edit(usize, usize, u8),
    Build(usize),
    Tidy(usize, u64),
    Collect(u64),
    Interrupt(u64, u8),
    Remove(usize),
    ForgetState(usize),
}

fn event() -> impl Strategy<Value = Event> {
    let workspace = 0..WORKSPACES;
    let room = prop_oneof![0u64..6_000, 6_000u64..60_000, Just(ENOUGH)];
    prop_oneof![
        4 => (workspace.clone(), 0..MODULES, 0u8..6).prop_map(|(workspace, module, body)| Event::Edit(workspace, module, body)),
        4 => workspace.clone().prop_map(Event::Build),
        3 => (workspace.clone(), room.clone()).prop_map(|(workspace, room)| Event::Tidy(workspace, room)),
        2 => room.clone().prop_map(Event::Collect),
        2 => (room, any::<u8>()).prop_map(|(room, survivors)| Event::Interrupt(room, survivors)),
        1 => workspace.clone().prop_map(Event::Remove),
        1 => workspace.prop_map(Event::ForgetState),
    ]
}

/// Plays events; after each build compares with a clean one, and after each collection asks whether what is needed is there.
fn play(events: &[Event]) {
    let place = Place::new();
    (0..WORKSPACES).for_each(|workspace| place.write_all(workspace));
    // Whether a workspace has been built and not been touched since.
    let mut current = [false; WORKSPACES];
    let agree = |workspace: usize, outcome: &Outcome| {
        assert!(outcome.succeeded(), "{events:?}");
        assert_eq!(digests(outcome), digests(&place.clean(workspace)), "{events:?}");
    };
    for event in events {
        let needed = place.statistics().needed;
        let room = match *event {
            Event::Edit(workspace, module, body) => {
                place.write(workspace, module, body);
                current[workspace] = false;
                continue;
            }
            Event::Build(workspace) => {
                agree(workspace, &place.build(workspace));
                current[workspace] = true;
                continue;
            }
            Event::Tidy(workspace, room) => {
                current[workspace] = true;
                let (outcome, notes) = place.build_and_tidy(workspace, room);
                agree(workspace, &outcome);
                assert!(notes.len() <= 1, "{notes:?}");
                // What is needed may be more than it was before the build; a note says if it was too much.
                if !notes.is_empty() {
                    current = [false; WORKSPACES];
                }
                needed
            }
            Event::Collect(room) => {
                assert_eq!(place.collect(room).overflow.is_some(), needed > room);
                room
            }
            Event::Interrupt(room, survivors) => {
                place.interrupted_collection(room, survivors);
                room
            }
            Event::Remove(workspace) => {
                fs::remove_dir_all(place.root(workspace)).expect("the workspace is there");
                place.write_all(workspace);
                current[workspace] = false;
                continue;
            }
            Event::ForgetState(workspace) => {
                let _ = fs::remove_dir_all(place.root(workspace).join(".lumen"));
                // Nothing says any more what it needs.
                current[workspace] = false;
                continue;
            }
        };
        if needed <= room {
            for workspace in (0..WORKSPACES).filter(|workspace| current[*workspace]) {
                place.forget_state(workspace);
                let outcome = place.build(workspace);
                assert_eq!(
                    outcome.compiled, 0,
                    "workspace {workspace} lost something: {events:?}"
                );
                agree(workspace, &outcome);
            }
        } else {
            current = [false; WORKSPACES];
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 60, ..ProptestConfig::with_cases(
        std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(16)) })]
    #[test]
    fn collections_lose_nothing_that_is_needed_and_falsify_nothing(events in proptest::collection::vec(event(), 1..25)) {
        play(&events);
    }
}

#[test]
fn builds_and_collections_at_once_disturb_nobody() {
    let place = Place::new();
    (0..WORKSPACES).for_each(|workspace| place.write_all(workspace));
    let expected: Vec<_> = (0..WORKSPACES)
        .map(|workspace| digests(&place.clean(workspace)))
        .collect();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for capacity in [0, 4_000] {
            let (place, done) = (&place, &done);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    place.collect(capacity);
                }
            });
        }
        let builders: Vec<_> = (0..WORKSPACES)
            .map(|workspace| {
                let (place, expected) = (&place, &expected);
                scope.spawn(move || {
                    for round in 0..12 {
                        if round % 3 == 0 {
                            let _ = fs::remove_dir_all(place.root(workspace).join(".lumen"));
                        }
                        let (outcome, _) = place.build_and_tidy(workspace, 8_000);
                        assert_eq!(digests(&outcome), expected[workspace]);
                    }
                })
            })
            .collect();
        let results: Vec<_> = builders.into_iter().map(|builder| builder.join()).collect();
        done.store(true, Ordering::Relaxed);
        assert!(results.iter().all(Result::is_ok));
    });
}

#[test]
fn what_was_used_lately_outlives_what_was_made_lately() {
    let place = Place::new();
    let day = crate::shell::clock::nanoseconds();
    let key = |number: u8| crate::digest::of(&vec![number; 3_000]);
    let put = |number: u8, age: i64| {
        let store = PackStore::open(&place.cache());
        store.put_blob(crate::BlobKind::Plain, &key(number), &vec![number; 3_000]);
        store.seal();
        // Packs are as old as their names say.
        let name = store.packs().into_iter().next().expect("it was sealed");
        let rest = name
            .split_once('-')
            .map(|(_, rest)| rest.to_owned())
            .expect("a name of three parts");
        let time = day - age * 24 * 60 * 60 * 1_000_000_000;
        fs::rename(
            place.packs().join(&name),
            place.packs().join(format!("{time:016x}-{number}{rest}")),
        )
        .expect("it can be renamed");
    };
    (0..4).for_each(|number| put(number, 30 - i64::from(number)));
    let store = PackStore::open(&place.cache());
    assert!(store.blob(crate::BlobKind::Plain, &key(0)).is_some());
    store.tidy(&|| ENOUGH);
    let collected = place.collect(9_000);
    assert_eq!(
        (collected.removed, collected.rewritten, collected.overflow),
        (2, 0, None)
    );
    let store = PackStore::open(&place.cache());
    let left: Vec<bool> = (0..4)
        .map(|number| store.has_blob(crate::BlobKind::Plain, &key(number)))
        .collect();
    assert_eq!(left, [true, false, false, true]);
}

#[test]
fn a_workspace_that_is_gone_holds_nothing_back() {
    let place = Place::new();
    (0..2).for_each(|workspace| place.write_all(workspace));
    (0..2).for_each(|workspace| _ = place.build(workspace));
    let both = place.statistics();
    assert_eq!((both.workspaces, both.needed > 0), (2, true));
    fs::remove_dir_all(place.root(0)).expect("it is there");
    assert!(place.statistics().needed < both.needed);
    let collected = place.collect(both.bytes * 2 / 3);
    assert_eq!(
        (collected.workspaces, collected.gone, collected.overflow),
        (1, 1, None)
    );
    place.forget_state(1);
    assert_eq!(place.build(1).compiled, 0);
    assert_eq!(place.collect(ENOUGH).gone, 0);
}

#[test]
fn a_build_makes_room_and_says_so_only_if_needed_results_do_not_fit() {
    let place = Place::new();
    place.write_all(0);
    let (_, notes) = place.build_and_tidy(0, ENOUGH);
    assert!(notes.is_empty());
    place.write(0, 0, 1);
    let (_, notes) = place.build_and_tidy(0, 500);
    assert_eq!(notes.len(), 1);
    assert!(
        notes[0].starts_with("the cache may take 500 B, and what"),
        "{}",
        notes[0]
    );
    assert!(place.statistics().bytes <= 500);
    // A build that seals nothing looks at nothing.
    let (outcome, notes) = place.build_and_tidy(0, ENOUGH);
    assert!(outcome.succeeded() && notes.is_empty());
}

#[test]
fn abandoned_files_go_after_a_day_and_damaged_packs_at_once() {
    let place = Place::new();
    place.write_all(0);
    place.build(0);
    let temporary = |name: &str, hours: u64| {
        let file = fs::File::create(place.packs().join(name)).expect("it can be made");
        let age = std::time::Duration::from_secs(hours * 60 * 60);
        file.set_modified(std::time::SystemTime::now() - age)
            .expect("its time can be set");
    };
    temporary("a.tmp", 1);
    temporary("b.tmp", 25);
    fs::write(place.packs().join("0000000000000001-1-1.pack"), vec![7; 40_000]).expect("it can be written");
    let collected = place.collect(40_000);
    assert_eq!((collected.removed, collected.rewritten), (1, 0));
    assert!(place.packs().join("a.tmp").exists() && !place.packs().join("b.tmp").exists());
}

#[test]
fn verify_finds_what_is_damaged_and_keeps_the_rest() {
    let place = Place::new();
    place.write_all(0);
    place.build(0);
    let [name] = PackStore::open(&place.cache())
        .packs()
        .try_into()
        .expect("one build makes one pack");
    let path = place.packs().join(name);
    let mut bytes = fs::read(&path).expect("it is there");
    bytes[100] ^= 1;
    fs::write(&path, bytes).expect("it can be written");
    fs::write(place.packs().join("0000000000000001-1-1.pack"), "no pack").expect("it can be written");
    let verify = || {
        let mut found = Vec::new();
        let store = PackStore::open(&place.cache());
        store
            .verify(|pack| found.push((pack.damaged, pack.fault)))
            .expect("the cache can be listed");
        found
    };
    use crate::shell::PackFault;
    assert_eq!(
        verify(),
        [
            (1, Some(PackFault::DamagedEntries)),
            (0, Some(PackFault::Unreadable))
        ]
    );
    assert_eq!(verify(), [(0, None)]);
    let outcome = place.build(0);
    assert!(
        outcome.notes.is_empty() && outcome.compiled <= 1,
        "{:?}",
        outcome.notes
    );
    assert_eq!(digests(&outcome), digests(&place.clean(0)));
}

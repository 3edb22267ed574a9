//! Builds on the file system: what lies in a folder, how changes show, what a cache goes through.
#![expect(clippy::disallowed_methods, reason = "tests of the shell")]

use super::Toy;
use super::workspace::{counts, digests, messages};
use crate::build::Build;
use crate::options::Options;
use crate::outcome::Outcome;
use crate::progress::{Progress, Silent};
use crate::shell::{Disk, PackStore, packs};
use lumen_vm::lir::ModuleId;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;

/// A workspace in a folder of its own, with a cache beside it.
struct Folder {
    directory: TempDir,
    toy: Toy,
    jobs: usize,
}

impl Folder {
    /// `@w/a` with `base` and two modules that use it.
    fn new() -> Folder {
        let folder = Folder {
            directory: TempDir::new().expect("a folder for the test"),
            toy: Toy::default(),
            jobs: 2,
        };
        folder.write("lumen.toml", "[package]\nname = \"@w/a\"\nversion = \"0.1.0\"\n");
        folder.write("src/base.lm.md", "Prose.\ncell f Int\ncell g Int\n");
        folder.write("src/one.lm.md", "import base: f\ncell h Int\nwarn careful\n");
        folder.write("src/deep/two.lm.md", "import base: g\nimport one: h\n");
        folder
    }

    fn root(&self) -> PathBuf {
        self.directory.path().join("w")
    }

    fn cache(&self) -> PathBuf {
        self.directory.path().join("cache")
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().expect("a path in the folder")).expect("the folder can be made");
        fs::write(path, content).expect("the file can be written");
    }

    fn tool(&self) -> Build {
        let options = Options {
            jobs: self.jobs,
            ..Options::new(self.root(), self.cache())
        };
        let store = Box::new(PackStore::open(&options.cache));
        Build::with(options, Box::new(Disk), store, Box::new(self.toy.clone()))
    }

    fn build(&self) -> Outcome {
        self.tool().run(&Silent).expect("the workspace can be built")
    }

    fn forget_state(&self) {
        fs::remove_dir_all(self.root().join(".lumen")).expect("there is a state");
    }

    fn packs(&self) -> Vec<PathBuf> {
        let folder = packs::version_folder(&self.cache());
        packs::sealed_packs(&folder)
            .unwrap_or_default()
            .into_iter()
            .map(|name| folder.join(name))
            .collect()
    }
}

fn notes(outcome: &Outcome) -> Vec<&str> {
    outcome.notes.iter().map(|note| note.text.as_str()).collect()
}

#[test]
fn an_edit_of_the_same_length_right_after_a_build_is_seen() {
    let folder = Folder::new();
    folder.build();
    for round in 0..20u8 {
        folder.write(
            "src/base.lm.md",
            format!(
                "Prose.\ncell f Int\ncell g Int\nbody {}\n",
                char::from(b'a' + round)
            ),
        );
        assert_eq!(counts(&folder.build()), (1, 0, 0, 0));
    }
}

#[test]
fn digests_depend_neither_on_the_folder_nor_on_the_number_of_threads() {
    let (mut one, mut other) = (Folder::new(), Folder::new());
    (one.jobs, other.jobs) = (1, 8);
    other.write("src/unrelated.lm.md", "body 1\n");
    fs::remove_file(other.root().join("src/unrelated.lm.md")).expect("it is there");
    let (one, other) = (one.build(), other.build());
    assert_eq!(digests(&one), digests(&other));
    let hash = |outcome: &Outcome| outcome.image.as_ref().map(|image| image.hash());
    assert_eq!(hash(&one), hash(&other));
    assert_eq!(digests(&one).len(), 3);
}

#[test]
fn a_workspace_that_moved_compiles_nothing() {
    let folder = Folder::new();
    let first = folder.build();
    let moved = folder.directory.path().join("moved");
    fs::rename(folder.root(), &moved).expect("it can be moved");
    let store = Box::new(PackStore::open(&folder.cache()));
    let build = Build::with(
        Options::new(moved, folder.cache()),
        Box::new(Disk),
        store,
        Box::new(folder.toy.clone()),
    );
    let outcome = build.run(&Silent).expect("it can be built");
    assert_eq!((outcome.compiled, digests(&outcome)), (0, digests(&first)));
}

#[cfg(unix)]
#[test]
fn odd_things_in_a_source_folder_are_named_and_passed_over() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let mut folder = Folder::new();
    folder.jobs = 1;
    let source = folder.root().join("src");
    fs::create_dir(source.join("folder.lm.md")).expect("made");
    symlink(&source, source.join("deep/loop")).expect("made");
    symlink("self.lm.md", source.join("self.lm.md")).expect("made");
    symlink("base.lm.md", source.join("linked.lm.md")).expect("made");
    fs::write(source.join(OsStr::from_bytes(b"bad\xff.lm.md")), "body 1\n").expect("made");
    folder.write("src/two.words.lm.md", "body 1\n");
    folder.write("src/my notes.lm.md", "body 1\n");
    folder.write("src/binary.lm.md", b"\xff\xfe");
    folder.write("src/.hidden/x.lm.md", "fail\n");
    folder.write("src/target/x.lm.md", "fail\n");
    folder.write(
        "src/nested/lumen.toml",
        "[package]\nname = \"@w/nested\"\nversion = \"0.1.0\"\n",
    );
    folder.write("src/nested/x.lm.md", "fail\n");
    folder.write("src/README.md", "Not a document of Lumen.\n");
    let outcome = folder.build();
    assert_eq!(
        notes(&outcome),
        [
            "`src/bad\u{fffd}.lm.md` is passed over: its name is not valid UTF-8",
            "`src/folder.lm.md` is a folder, although it is named like a document",
            "`src/my notes.lm.md` is passed over: names of modules consist of ASCII letters, digits, `_` and `-`",
            "`src/two.words.lm.md` is passed over: names of modules consist of ASCII letters, digits, `_` and `-`",
            "`src/deep/loop` is a link to a folder, which is not followed",
        ]
    );
    let found = messages(&outcome);
    let [binary, own] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(binary, "src/binary.lm.md: it is not UTF-8");
    let own_link = "src/self.lm.md: `src/self.lm.md` is a link to `self.lm.md`, which cannot be followed: ";
    assert!(own.starts_with(own_link), "{own}");
    assert_eq!((outcome.failed, outcome.compiled, outcome.not_started), (2, 2, 2));
}

#[test]
fn a_folder_named_like_a_twin_is_none() {
    let folder = Folder::new();
    folder.write("src/fx.lm", "body 1\n");
    folder.write("src/fx.lm.md/x.lm.md", "fail\n");
    let outcome = folder.build();
    assert_eq!((outcome.compiled, outcome.failed), (4, 0));
    let note = "`src/fx.lm.md` is a folder, although it is named like a document";
    assert_eq!(notes(&outcome), [note]);
}

#[cfg(unix)]
#[test]
fn links_and_pipes_that_are_no_documents_are_named() {
    use std::os::unix::fs::symlink;
    let mut folder = Folder::new();
    folder.jobs = 1;
    let source = folder.root().join("src");
    symlink("/nonexist/at all", source.join("dang.lm.md")).expect("made");
    symlink("user@host.1", source.join(".#base.lm.md")).expect("made");
    let socket = std::os::unix::net::UnixListener::bind(source.join("pipe.lm.md")).expect("made");
    let expected = [
        "src/dang.lm.md: `src/dang.lm.md` is a link to `/nonexist/at all`, which does not exist",
        "src/pipe.lm.md: `src/pipe.lm.md` is not a regular file: put a document in its place, or rename or remove it",
    ];
    // The same whether or not there is a state to compare with.
    for _ in 0..2 {
        let outcome = folder.build();
        let mut found = messages(&outcome);
        found.retain(|message| !message.starts_with("src/one"));
        assert_eq!(found, expected);
        assert_eq!(notes(&outcome), [""; 0]);
    }
    drop(socket);
    fs::remove_file(source.join("pipe.lm.md")).expect("removed");
    fs::remove_file(source.join("dang.lm.md")).expect("removed");
    assert_eq!(folder.build().failed, 0);
}

#[cfg(unix)]
#[test]
fn names_that_no_import_can_write_are_passed_over() {
    let folder = Folder::new();
    folder.write("src/größe.lm.md", "fail\n");
    folder.write("src/maß/x.lm.md", "fail\n");
    folder.write("src/two\nlines\u{1b}[31m.lm.md", "fail\n");
    const WHY: &str = "is passed over: names of modules consist of ASCII letters, digits, `_` and `-`";
    let outcome = folder.build();
    assert_eq!(
        notes(&outcome),
        ["größe.lm.md", "maß", "two\\nlines\\u{1b}[31m.lm.md"].map(|name| format!("`src/{name}` {WHY}"))
    );
    assert_eq!(outcome.failed, 0);
}

#[test]
fn a_damaged_state_is_a_build_from_the_cache() {
    let folder = Folder::new();
    let expected = digests(&folder.build());
    let path = folder.root().join(".lumen/state");
    let state = fs::read(&path).expect("there is a state");
    for at in (0..state.len()).step_by(37) {
        let mut damaged = state.clone();
        damaged[at] ^= 0x55;
        fs::write(&path, &damaged).expect("it can be written");
        let outcome = folder.build();
        assert_eq!(
            (outcome.compiled, digests(&outcome)),
            (0, expected.clone()),
            "byte {at}"
        );
        // The version is in bytes 8 to 12; what another version wrote is not damaged.
        assert_eq!(
            notes(&outcome).len(),
            usize::from(!(8..12).contains(&at)),
            "byte {at}"
        );
        fs::write(&path, &state[..at]).expect("it can be written");
        assert_eq!(digests(&folder.build()), expected, "cut at {at}");
    }
}

#[test]
fn a_damaged_cache_is_a_miss_and_one_note() {
    let folder = Folder::new();
    let expected = digests(&folder.build());
    let [path] = folder.packs().try_into().expect("one build makes one pack");
    let pack = fs::read(&path).expect("it is there");
    for at in (0..pack.len()).step_by(101) {
        for cut in [false, true] {
            folder
                .packs()
                .iter()
                .for_each(|pack| fs::remove_file(pack).expect("it is there"));
            let mut damaged = pack.clone();
            match cut {
                true => damaged.truncate(at),
                false => damaged[at] ^= 0x55,
            }
            fs::write(&path, damaged).expect("it can be written");
            folder.forget_state();
            let outcome = folder.build();
            assert_eq!(digests(&outcome), expected, "byte {at}, cut {cut}");
            assert_eq!(
                (outcome.failed, outcome.notes.len() <= 1),
                (0, true),
                "{:?}",
                outcome.notes
            );
            assert_eq!(messages(&outcome), ["src/one.lm.md: W0001 careful"]);
            assert!(outcome.compiled == 0 || !outcome.notes.is_empty() || !cut);
        }
    }
}

#[test]
fn interfaces_that_the_cache_has_lost_are_made_again_when_they_are_needed() {
    let folder = Folder::new();
    folder.build();
    let [path] = folder.packs().try_into().expect("one build makes one pack");
    let mut pack = fs::read(&path).expect("it is there");
    // Every payload is damaged, while the index still promises all of them.
    let index = pack.len() - 1048 - 48 * 20;
    pack[16..index].fill(0);
    fs::write(&path, pack).expect("it can be written");
    folder.write("src/deep/two.lm.md", "import base: g\nimport one: h\nbody 2\n");
    let outcome = folder.build();
    assert_eq!((outcome.failed, digests(&outcome).len()), (0, 3));
    assert_eq!(outcome.compiled, 3, "the edited module, and the two that it asks");
    assert_eq!(outcome.notes.len(), 1);
}

#[test]
fn packs_that_vanished_are_noticed_by_a_build_without_changes() {
    let folder = Folder::new();
    let expected = digests(&folder.build());
    fs::remove_dir_all(folder.cache()).expect("there is a cache");
    let outcome = folder.build();
    assert_eq!((outcome.compiled, outcome.failed), (3, 0));
    assert_eq!((digests(&outcome), notes(&outcome)), (expected, Vec::new()));
    assert!(folder.build().is_up_to_date());
}

#[test]
fn a_cache_that_cannot_be_written_is_one_note_and_a_whole_build() {
    let folder = Folder::new();
    fs::write(folder.cache(), "a file where the folder should be").expect("it can be written");
    for _ in 0..2 {
        let outcome = folder.build();
        assert_eq!(
            (counts(&outcome), outcome.notes.len()),
            ((3, 0, 0, 0), 1),
            "{:?}",
            outcome.notes
        );
    }
}

#[test]
fn a_workspace_that_cannot_be_written_is_one_note_and_a_whole_build() {
    let folder = Folder::new();
    folder.build();
    folder.forget_state();
    folder.write(".lumen", "a file where the folder should be");
    for _ in 0..2 {
        let outcome = folder.build();
        assert_eq!(
            (counts(&outcome), outcome.notes.len()),
            ((0, 3, 0, 0), 1),
            "{:?}",
            outcome.notes
        );
    }
}

#[test]
fn builds_at_the_same_time_do_not_disturb_each_other() {
    let folder = Folder::new();
    for module in 0..40 {
        folder.write(
            &format!("src/m{module}.lm.md"),
            format!("import base: f\nbody {module}\n"),
        );
    }
    let outcomes: Vec<Outcome> = std::thread::scope(|scope| {
        let builds: Vec<_> = (0..4).map(|_| scope.spawn(|| folder.build())).collect();
        builds
            .into_iter()
            .map(|build| build.join().expect("no build panics"))
            .collect()
    });
    for outcome in &outcomes {
        assert_eq!(outcome.notes, []);
        assert!(outcome.succeeded());
        assert_eq!(digests(outcome), digests(&outcomes[0]));
    }
    assert!(folder.build().is_up_to_date());
}

/// Cancels a build once so many modules have been compiled.
struct CancelAfter {
    modules: usize,
    toy: Toy,
    flag: OnceLock<Arc<AtomicBool>>,
}

impl Progress for CancelAfter {
    fn compiling(&self, _module: &ModuleId) {
        if self.toy.compilations.load(Ordering::Relaxed) >= self.modules {
            self.flag
                .get()
                .expect("set before the build")
                .store(true, Ordering::Relaxed);
        }
    }
}

#[test]
fn a_cancelled_build_keeps_what_it_has_done() {
    let mut folder = Folder::new();
    folder.jobs = 1;
    for module in 0..20 {
        folder.write(&format!("src/m{module}.lm.md"), format!("body {module}\n"));
    }
    let progress = CancelAfter {
        modules: 7,
        toy: folder.toy.clone(),
        flag: OnceLock::new(),
    };
    let tool = folder.tool();
    progress.flag.set(tool.cancellation()).expect("set once");
    let outcome = tool.run(&progress).expect("the workspace can be built");
    assert!(outcome.cancelled && !outcome.succeeded());
    assert_eq!((outcome.compiled, outcome.not_started), (8, 15));
    let outcome = folder.build();
    assert_eq!((outcome.compiled, outcome.up_to_date, outcome.failed), (15, 8, 0));
}

#[test]
fn many_small_builds_leave_few_packs_and_lose_nothing() {
    let folder = Folder::new();
    for round in 0..30 {
        folder.write(
            "src/base.lm.md",
            format!("cell f Int\ncell g Int\nbody {round}\n"),
        );
        assert_eq!(folder.build().failed, 0);
    }
    assert!(folder.packs().len() < 10, "{:?}", folder.packs());
    folder.write("src/base.lm.md", "cell f Int\ncell g Int\nbody 3\n");
    assert_eq!(counts(&folder.build()), (0, 1, 0, 0));
    folder.forget_state();
    assert_eq!(counts(&folder.build()), (0, 3, 0, 0));
}

#[test]
fn the_lock_is_written_and_a_damaged_one_is_left_alone() {
    let folder = Folder::new();
    folder.build();
    let lock = folder.root().join("lumen.lock");
    assert!(Path::new(&lock).is_file());
    fs::write(&lock, "<<<<<<< ours\n").expect("it can be written");
    assert!(matches!(
        folder.tool().run(&Silent),
        Err(crate::BuildError::Lock(_))
    ));
    assert_eq!(fs::read_to_string(&lock).expect("it is there"), "<<<<<<< ours\n");
}

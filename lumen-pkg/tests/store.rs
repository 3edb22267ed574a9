//! The package store on a real file system: what it holds is whole, read-only, and the same for everybody. Modes and links are those of Unix.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "the store is tested with real files and threads"
)]

use lumen_pkg::Digest;
use lumen_pkg::archive::{Archive, ArchivePath, FileEntry, pack, read};
use lumen_pkg::shell::PackageStore;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn archive(text: &str) -> Archive {
    let entry = |path: &str, content: &str, executable| FileEntry {
        path: ArchivePath::parse(path).expect("a good path"),
        executable,
        content: content.as_bytes().to_vec(),
    };
    let files = [
        entry("lumen.toml", "[package]\n", false),
        entry("src/main.lm.md", text, false),
        entry("src/deep/er/empty.lm.md", "", false),
        entry("tools/run", "#!/bin/sh\n", true),
    ];
    read(&pack(&files).expect("good files")).expect("canonical")
}

struct Home {
    folder: TempDir,
    store: PackageStore,
    archive: Archive,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = PackageStore::new(folder.path());
        Self {
            store,
            folder,
            archive: archive("hello\n"),
        }
    }

    fn installed() -> (Self, PathBuf) {
        let home = Self::new();
        let package = home.store.install(&home.archive).expect("installs");
        (home, package)
    }

    fn find(&self) -> Option<PathBuf> {
        self.store
            .find(&self.archive.digest(), &self.archive.tree().root())
    }

    fn verify(&self) -> Result<(), String> {
        self.store
            .verify(&self.archive.digest(), &self.archive.tree().root())
            .map_err(|fault| fault.to_string())
    }

    fn shelf(&self) -> PathBuf {
        let name = self.archive.digest().to_string();
        self.folder.path().join("packages/sha256").join(&name[..2])
    }

    /// What lies on the shelf besides the package, its listing and the lock.
    fn leftovers(&self) -> Vec<String> {
        let name = self.archive.digest().to_string();
        let expected = [name.clone(), format!("{name}.files"), ".lock".to_owned()];
        fs::read_dir(self.shelf())
            .expect("a folder")
            .map(|entry| entry.expect("listed").file_name().into_string().expect("UTF-8"))
            .filter(|name| !expected.contains(name))
            .collect()
    }
}

/// Replaces a file although it is read-only.
fn replace(path: &Path, content: &str) {
    fs::remove_file(path).expect("there");
    fs::write(path, content).expect("writable");
}

#[test]
fn what_is_installed_is_found_whole_and_read_only() {
    let home = Home::new();
    assert_eq!(home.find(), None);
    let package = home.store.install(&home.archive).expect("installs");
    let name = home.archive.digest().to_string();
    assert_eq!(package, home.shelf().join(&name));
    assert_eq!(home.find().as_ref(), Some(&package));
    assert_eq!(home.verify(), Ok(()));
    assert_eq!(home.leftovers(), Vec::<String>::new());
    for file in home.archive.files() {
        let path = package.join(file.path.as_str());
        assert_eq!(fs::read(&path).expect("there"), file.content);
        let permissions = fs::metadata(&path).expect("there").permissions();
        assert!(permissions.readonly());
        let mode = if file.executable { 0o555 } else { 0o444 };
        assert_eq!(permissions.mode() & 0o7777, mode, "{}", file.path);
    }
    // Other digests are not found, not even in the right folder.
    let other = Digest::of(b"other");
    assert_eq!(home.store.find(&home.archive.digest(), &other), None);
    assert_eq!(home.store.find(&other, &home.archive.tree().root()), None);
    assert_eq!(home.store.install(&home.archive).expect("is there"), package);
}

/// Each change is seen by `find` and named by `verify`, and `install` repairs it.
#[test]
fn what_departs_is_not_found_and_is_replaced() {
    type Change = fn(&Home, &Path);
    let changes: [(&str, Change, &str); 9] = [
        (
            "a file is gone",
            |_, package| fs::remove_file(package.join("tools/run")).expect("there"),
            "`tools/run` is missing",
        ),
        (
            "a file is longer",
            |_, package| replace(&package.join("lumen.toml"), "[package]\n#"),
            "`lumen.toml` has another size than was published",
        ),
        (
            "a file is cut off",
            |_, package| replace(&package.join("src/main.lm.md"), ""),
            "`src/main.lm.md` has another size than was published",
        ),
        (
            "a file is more",
            |_, package| fs::write(package.join("src/x"), "").expect("writable"),
            "EXTRA",
        ),
        (
            "the listing is gone",
            |home, _| {
                fs::remove_file(home.shelf().join(format!("{}.files", home.archive.digest()))).expect("there")
            },
            "it is not in the package store",
        ),
        (
            "the listing is cut off",
            |home, _| {
                replace(
                    &home.shelf().join(format!("{}.files", home.archive.digest())),
                    "lumen-files 1\n644 10 ",
                )
            },
            "the listing of its files in the package store is damaged",
        ),
        (
            "the listing is another's",
            |home, _| {
                replace(
                    &home.shelf().join(format!("{}.files", home.archive.digest())),
                    "lumen-files 1\n",
                )
            },
            "the listing of its files in the package store is damaged",
        ),
        (
            "a file may be executed",
            |_, package| {
                replace(&package.join("lumen.toml"), "[package]\n");
                fs::set_permissions(package.join("lumen.toml"), fs::Permissions::from_mode(0o755))
                    .expect("ours");
            },
            "`lumen.toml` has another mode than was published",
        ),
        (
            "a file is a link",
            |_, package| {
                fs::remove_file(package.join("lumen.toml")).expect("there");
                std::os::unix::fs::symlink("tools/run", package.join("lumen.toml")).expect("can link");
            },
            "`lumen.toml` is no regular file",
        ),
    ];
    for (name, change, fault) in changes {
        let (home, package) = Home::installed();
        change(&home, &package);
        assert_eq!(home.find(), None, "{name}");
        let found = home.verify().expect_err(name);
        match fault {
            "EXTRA" => assert!(
                found.ends_with("src/x` is there and was not published"),
                "{found}"
            ),
            _ => assert_eq!(found, fault, "{name}"),
        }
        home.store.install(&home.archive).expect("replaces");
        assert_eq!(home.verify(), Ok(()), "{name}");
        assert_eq!(home.leftovers(), Vec::<String>::new(), "{name}");
    }
}

/// What `find` does not see, since it hashes nothing, `verify` does.
#[test]
fn other_content_of_the_same_size_is_seen_by_verify() {
    let (home, package) = Home::installed();
    replace(&package.join("src/main.lm.md"), "hullo\n");
    assert!(home.find().is_some());
    assert_eq!(
        home.verify(),
        Err("`src/main.lm.md` has other content than was published".to_owned())
    );
}

/// Every state in which an install can be killed.
#[test]
fn what_a_crash_leaves_is_not_found_and_is_swept() {
    let name = Home::new().archive.digest().to_string();
    let partial = format!(".{name}.partial");
    let states: [(&str, &[(&str, &str)]); 5] = [
        ("an empty folder", &[("PARTIAL/", "")]),
        ("half a file", &[("PARTIAL/lumen.toml", "[pack")]),
        (
            "all files and half a listing",
            &[
                ("PARTIAL/lumen.toml", "[package]\n"),
                (".X.files.partial", "lumen"),
            ],
        ),
        (
            "the package without its listing",
            &[("NAME/lumen.toml", "[package]\n")],
        ),
        (
            "leftovers of another package",
            &[(".0000.partial/a/b", "x"), (".0000.files.partial", "x")],
        ),
    ];
    for (state, files) in states {
        let home = Home::new();
        for (path, content) in files {
            let path = home
                .shelf()
                .join(path.replace("PARTIAL", &partial).replace("NAME", &name));
            fs::create_dir_all(path.parent().expect("below the shelf")).expect("writable");
            if !path.to_string_lossy().ends_with('/') {
                fs::write(path, content).expect("writable");
            }
        }
        assert_eq!(home.find(), None, "{state}");
        home.store.install(&home.archive).expect("installs");
        assert_eq!(home.verify(), Ok(()), "{state}");
        assert_eq!(home.leftovers(), Vec::<String>::new(), "{state}");
    }
}

/// Many at once, some for the same package: everybody gets it whole, and whoever looks meanwhile sees nothing or all.
#[test]
fn installs_at_the_same_time_agree() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let archives: Vec<Archive> = (0..3)
        .map(|number| archive(&format!("{number}\n").repeat(500)))
        .collect();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (archives, folder) = (&archives, folder.path());
            scope.spawn(move || {
                for round in 0..archives.len() {
                    let archive = &archives[(thread + round) % archives.len()];
                    let store = PackageStore::new(folder);
                    let (digest, files) = (archive.digest(), archive.tree().root());
                    if store.find(&digest, &files).is_some() {
                        store.verify(&digest, &files).expect("found, so whole");
                    }
                    store.install(archive).expect("installs");
                    store.verify(&digest, &files).expect("installed, so whole");
                }
            });
        }
    });
}

#[test]
fn a_store_that_cannot_be_written_to_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("packages"), "a file").expect("writable");
    let error = PackageStore::new(folder.path())
        .install(&archive("x"))
        .expect_err("a file is in the way");
    assert!(
        error.to_string().starts_with("the package store cannot make `"),
        "{error}"
    );
}

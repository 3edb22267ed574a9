//! The two ways of reading a folder agree.
#![expect(clippy::disallowed_methods, reason = "tests of the shell")]

use super::{direct, portable};
use crate::files::Found;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use tempfile::TempDir;

type Listed = Result<BTreeMap<OsString, Found>, Option<String>>;

fn both(folder: &Path) -> [Listed; 2] {
    [direct::list, portable::list].map(|list| {
        let mut entries = BTreeMap::new();
        list(folder, &mut |name, found| {
            assert!(entries.insert(name.to_owned(), found).is_none(), "{name:?} twice");
        })?;
        Ok(entries)
    })
}

#[test]
fn everything_that_a_folder_may_hold_is_found_the_same() {
    let directory = TempDir::new().expect("a folder for the test");
    let folder = directory.path();
    for name in [
        "lumen.toml",
        "one.lm.md",
        "two.lm",
        ".hidden.lm.md",
        "README.md",
        "größe.lm.md",
    ] {
        fs::write(folder.join(name), name).expect("written");
    }
    fs::write(folder.join(OsStr::from_bytes(b"bad\xff.lm.md")), "").expect("written");
    fs::create_dir(folder.join("deep")).expect("made");
    fs::create_dir(folder.join("folder.lm.md")).expect("made");
    for (target, name) in [
        ("one.lm.md", "linked.lm.md"),
        ("one.lm.md", "linked.txt"),
        ("deep", "link"),
        ("deep", "link.lm.md"),
        ("self.lm.md", "self.lm.md"),
        ("one.lm.md/below", "through.lm.md"),
        ("/nonexist/at all", "dangling.lm.md"),
        ("nowhere", "dangling"),
        ("nowhere", "lumen.toml.lm"),
    ] {
        symlink(target, folder.join(name)).expect("made");
    }
    let socket = UnixListener::bind(folder.join("pipe.lm.md")).expect("made");
    let [direct, portable] = both(folder);
    drop(socket);
    assert_eq!(direct, portable);
    assert_eq!(direct.expect("it can be listed").len(), 16);
}

#[test]
fn a_folder_of_many_long_names_is_read_to_the_end() {
    let directory = TempDir::new().expect("a folder for the test");
    for number in 0..400 {
        let name = format!("{}{number}.lm.md", "n".repeat(240));
        fs::write(directory.path().join(name), "").expect("written");
    }
    let [direct, portable] = both(directory.path());
    assert_eq!(direct, portable);
    assert_eq!(direct.expect("it can be listed").len(), 400);
}

#[test]
fn what_is_no_folder_that_can_be_listed_is_told_the_same() {
    let directory = TempDir::new().expect("a folder for the test");
    let file = directory.path().join("file");
    fs::write(&file, "").expect("written");
    for path in [file.join("below"), file, directory.path().join("absent")] {
        assert_eq!(both(&path), [Err(None), Err(None)]);
    }
    let long = directory.path().join("n".repeat(300));
    let [direct, portable] = both(&long);
    assert!(matches!(&direct, Err(Some(_))), "{direct:?}");
    assert_eq!(direct, portable);
}

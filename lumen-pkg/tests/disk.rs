//! The shell on a real file system: links, pipes, permissions and the lock file.
#![expect(clippy::disallowed_methods, reason = "the shell is tested with real files")]

use lumen_pkg::shell::{Disk, read_lock, write_lock};
use lumen_pkg::{LOCK_FILE, Loaded, load};
use std::fs;
use std::path::Path;

fn write(root: &Path, path: &str, text: &str) {
    let file = root.join(path);
    fs::create_dir_all(file.parent().expect("a file has a folder")).expect("a fresh folder is writable");
    fs::write(file, text).expect("a fresh folder is writable");
}

fn package(root: &Path, path: &str, name: &str) {
    write(
        root,
        &format!("{path}/lumen.toml"),
        &format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\n"),
    );
}

fn names(loaded: &Loaded) -> Vec<String> {
    assert_eq!(loaded.problems, []);
    let workspace = loaded.workspace.as_ref().expect("nothing is wrong");
    workspace
        .packages
        .iter()
        .map(|package| package.name.to_string())
        .collect()
}

fn messages(loaded: &Loaded) -> Vec<&str> {
    loaded
        .problems
        .iter()
        .map(|problem| problem.message.as_str())
        .collect()
}

#[test]
fn a_workspace_on_disk_loads() {
    let root = tempfile::tempdir().expect("a temporary folder");
    write(
        root.path(),
        "lumen.toml",
        "[workspace]\nmembers = [\"packages/*\"]\n",
    );
    package(root.path(), "packages/b", "@x/b");
    package(root.path(), "packages/a", "@x/a");
    write(root.path(), "packages/readme.txt", "not a package");
    let loaded = load(&Disk, &root.path().join("packages/b"));
    assert_eq!(names(&loaded), ["@x/a", "@x/b"]);
    assert_eq!(loaded.root.as_deref(), Some(root.path()));
    assert_eq!(loaded.inputs.folders, [root.path().join("packages")]);
}

#[test]
fn a_folder_named_like_a_manifest_is_an_error() {
    let root = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(root.path().join("lumen.toml")).expect("a fresh folder is writable");
    assert_eq!(
        messages(&load(&Disk, root.path())),
        ["cannot read `lumen.toml`: it is a folder, not a file"]
    );
}

#[test]
fn a_large_file_is_refused() {
    let root = tempfile::tempdir().expect("a temporary folder");
    write(root.path(), "lumen.toml", &"#".repeat(10_000_000));
    assert_eq!(
        messages(&load(&Disk, root.path())),
        ["cannot read `lumen.toml`: it is larger than 1048576 bytes"]
    );
}

#[test]
fn the_lock_is_replaced_whole() {
    let root = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(read_lock(root.path()), Ok(None));
    write_lock(root.path(), "first, and longer\n").expect("a fresh folder is writable");
    write_lock(root.path(), "second\n").expect("a fresh folder is writable");
    assert_eq!(read_lock(root.path()), Ok(Some("second\n".to_owned())));
    let left = fs::read_dir(root.path()).expect("readable").count();
    assert_eq!(left, 1, "nothing but the lock is left");
}

#[test]
fn a_lock_that_cannot_be_written_leaves_the_old_one() {
    let root = tempfile::tempdir().expect("a temporary folder");
    write(root.path(), &format!("{LOCK_FILE}/occupied"), "");
    assert!(write_lock(root.path(), "text").is_err());
    assert!(read_lock(root.path()).is_err());
    let left = fs::read_dir(root.path()).expect("readable").count();
    assert_eq!(left, 1, "no temporary file is left");
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn wildcards_do_not_follow_links() {
        let root = tempfile::tempdir().expect("a temporary folder");
        write(root.path(), "lumen.toml", "[workspace]\nmembers = [\"**\"]\n");
        package(root.path(), "packages/a", "@x/a");
        symlink(root.path(), root.path().join("packages/up")).expect("links can be made");
        symlink("loop", root.path().join("packages/loop")).expect("links can be made");
        assert_eq!(names(&load(&Disk, root.path())), ["@x/a"]);
    }

    #[test]
    fn a_member_behind_a_link_is_named_or_an_error() {
        let root = tempfile::tempdir().expect("a temporary folder");
        package(root.path(), "real", "@x/a");
        package(root.path(), "packages/b", "@x/b");
        symlink("../real", root.path().join("packages/a")).expect("links can be made");
        write(
            root.path(),
            "lumen.toml",
            "[workspace]\nmembers = [\"packages/*\"]\n",
        );
        assert_eq!(
            messages(&load(&Disk, &root.path().join("packages/a"))),
            ["`packages/a` lies behind a symbolic link, which wildcards do not follow"]
        );
        write(
            root.path(),
            "lumen.toml",
            "[workspace]\nmembers = [\"packages/*\", \"packages/a\"]\n",
        );
        assert_eq!(
            names(&load(&Disk, &root.path().join("packages/a"))),
            ["@x/a", "@x/b"]
        );
    }

    #[test]
    fn a_manifest_that_is_a_loop_of_links_is_an_error() {
        let root = tempfile::tempdir().expect("a temporary folder");
        symlink("lumen.toml", root.path().join("lumen.toml")).expect("links can be made");
        let loaded = load(&Disk, root.path());
        assert_eq!(loaded.problems.len(), 1);
        assert!(
            messages(&loaded)[0].starts_with("cannot read `lumen.toml`"),
            "{:?}",
            messages(&loaded)
        );
    }

    #[test]
    fn paths_through_a_link_to_an_ancestor_end() {
        let root = tempfile::tempdir().expect("a temporary folder");
        symlink(".", root.path().join("again")).expect("links can be made");
        let text = |name: &str, other: &str| {
            format!(
                "[package]\nname = \"@x/{name}\"\nversion = \"1.0.0\"\n[dependencies]\n\"@x/{other}\" = {{ path = \"../again/{other}\" }}\n"
            )
        };
        write(root.path(), "a/lumen.toml", &text("a", "b"));
        write(root.path(), "b/lumen.toml", &text("b", "a"));
        assert_eq!(
            messages(&load(&Disk, &root.path().join("a"))),
            ["two packages are named `@x/a`"]
        );
    }

    #[test]
    fn a_pipe_is_not_opened() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let listener = std::os::unix::net::UnixListener::bind(root.path().join("lumen.toml"));
        let _listener = listener.expect("a socket can be made");
        assert_eq!(
            messages(&load(&Disk, root.path())),
            ["cannot read `lumen.toml`: it is a device or pipe, not a file"]
        );
    }

    #[test]
    fn a_folder_whose_name_is_not_text_is_passed_over_with_a_warning() {
        use std::os::unix::ffi::OsStrExt;
        let root = tempfile::tempdir().expect("a temporary folder");
        write(root.path(), "lumen.toml", "[workspace]\nmembers = [\"*\"]\n");
        package(root.path(), "a", "@x/a");
        fs::create_dir(root.path().join(std::ffi::OsStr::from_bytes(b"b\xff"))).expect("any name is allowed");
        let loaded = load(&Disk, root.path());
        assert_eq!(
            messages(&loaded),
            ["`*` passes over folders of `.` whose names are not valid UTF-8"]
        );
        assert!(loaded.workspace.is_some());
    }
}

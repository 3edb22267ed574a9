//! `lumen.lock`: round trips, states, and what is said of a lock that cannot be read.
//!
//! How a workspace is rendered is shown by the cases with `- show: lock`.

use lumen_pkg::{
    FolderEntry, Lock, LockState, LockedPackage, LockedSource, ManifestSource, MemoryTree, PackageName,
    ReadError, Version, Workspace, load,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

fn workspace() -> Workspace {
    let mut tree = MemoryTree::new();
    tree.write("/w/lumen.toml", "[workspace]\nmembers = [\"*\"]");
    tree.write(
        "/w/a/lumen.toml",
        "[package]\nname = \"@x/a\"\nversion = \"1.0.0\"\n[dependencies]\n\"@x/b\" = { path = \"../b\" }\n",
    );
    tree.write(
        "/w/b/lumen.toml",
        "[package]\nname = \"@x/b\"\nversion = \"2.0.0\"\n",
    );
    load(&tree, Path::new("/w")).workspace.expect("nothing is wrong")
}

#[test]
fn the_rendered_lock_is_up_to_date() {
    let workspace = workspace();
    assert_eq!(
        LockState::of(&workspace, Some(&Lock::of(&workspace).render())),
        LockState::UpToDate
    );
}

#[test]
fn no_lock_is_missing() {
    assert_eq!(LockState::of(&workspace(), None), LockState::Missing);
}

#[test]
fn line_ends_comments_and_order_do_not_make_a_lock_stale() {
    let workspace = workspace();
    let text = Lock::of(&workspace).render();
    let (head, packages) = text.split_once("\n[[package]]").expect("there are packages");
    let (first, second) = packages
        .split_once("\n[[package]]")
        .expect("there are two packages");
    let merged = format!("{head}\n[[package]]{second}\n# merged\n[[package]]{first}");
    assert_ne!(merged, text);
    assert_eq!(LockState::of(&workspace, Some(&merged)), LockState::UpToDate);
    assert_eq!(
        LockState::of(&workspace, Some(&text.replace('\n', "\r\n"))),
        LockState::UpToDate
    );
}

#[test]
fn another_version_or_dependency_makes_a_lock_stale() {
    let workspace = workspace();
    let text = Lock::of(&workspace).render();
    for (from, to) in [
        ("2.0.0", "2.0.1"),
        ("    \"@x/b\",\n", ""),
        ("\"workspace\"", "\"path+../a\""),
    ] {
        assert!(text.contains(from), "{from}");
        assert_eq!(
            LockState::of(&workspace, Some(&text.replacen(from, to, 1))),
            LockState::Stale,
            "{from}"
        );
    }
}

#[test]
fn a_lock_that_cannot_be_read_is_broken() {
    assert!(matches!(
        LockState::of(&workspace(), Some("version = 2")),
        LockState::Broken(_)
    ));
}

/// Lists folders in the opposite order.
struct Reversed(MemoryTree);

impl ManifestSource for Reversed {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        self.0.read(path, limit)
    }

    fn list(&self, folder: &Path) -> Result<Vec<FolderEntry>, ReadError> {
        self.0
            .list(folder)
            .map(|entries| entries.into_iter().rev().collect())
    }
}

#[test]
fn neither_place_nor_listing_order_changes_the_lock() {
    let render = |home: &str, reverse: bool| {
        let mut tree = MemoryTree::new();
        tree.write(
            format!("{home}/shop/lumen.toml"),
            "[workspace]\nmembers = [\"**\"]",
        );
        let manifest = |name: &str, dependency: &str| {
            format!("[package]\nname = \"@x/{name}\"\nversion = \"1.0.0\"\n[dependencies]\n{dependency}\n")
        };
        tree.write(
            format!("{home}/shop/b/lumen.toml"),
            manifest("a", "\"@x/z\" = { path = \"../../lib\" }"),
        );
        tree.write(
            format!("{home}/shop/a/deep/lumen.toml"),
            manifest("b", "\"@x/a\" = { path = \"../../b\" }"),
        );
        tree.write(format!("{home}/lib/lumen.toml"), manifest("z", ""));
        let start = Path::new(home).join("shop");
        let loaded = if reverse {
            load(&Reversed(tree), &start)
        } else {
            load(&tree, &start)
        };
        Lock::of(&loaded.workspace.expect("nothing is wrong")).render()
    };
    let expected = render("/w", false);
    assert!(expected.contains("path+../lib"));
    for (home, reverse) in [("/w", true), ("/some/other/żółć", false), ("/", true)] {
        assert_eq!(render(home, reverse), expected, "{home}");
    }
}

/// Each text and everything that is said about it, in one snapshot.
#[test]
fn unreadable_locks_are_explained() {
    let package = "[[package]]\nname = \"@x/a\"\nversion = \"1.0.0\"\nsource = \"workspace\"\n";
    let conflict = format!("version = 1\n\n<<<<<<< HEAD\n{package}=======\n>>>>>>> other\n");
    let twice = format!("version = 1\n{package}\n{package}");
    let texts = [
        ("nothing", ""),
        ("merge conflict", conflict.as_str()),
        ("newer version", "version = 2\n[new]\n"),
        ("version of a wrong type", "version = \"1\"\n"),
        ("not TOML", "version = 1\n[[package]\n"),
        (
            "unknown keys",
            "version = 1\nhash = \"x\"\n[[package]]\nname = \"@x/a\"\nversion = \"1.0.0\"\nsource = \"workspace\"\nchecksum = 1\n",
        ),
        ("missing keys", "version = 1\n[[package]]\nname = \"@x/a\"\n"),
        (
            "bad values",
            "version = 1\n[[package]]\nname = \"a\"\nversion = \"1\"\nsource = \"path+/abs\"\ndependencies = [\"b\", 1]\n",
        ),
        (
            "a registry",
            "version = 1\n[[package]]\nname = \"@x/a\"\nversion = \"1.0.0\"\nsource = \"registry+https://packages.example\"\n",
        ),
        ("package is a table", "version = 1\n[package]\nname = \"@x/a\"\n"),
        ("a package twice", twice.as_str()),
    ];
    let mut shown = String::new();
    for (title, text) in texts {
        let problems = Lock::parse(Path::new("lumen.lock"), text).expect_err(title);
        writeln!(shown, "## {title}\n{text}").expect("strings can be written to");
        for problem in problems {
            let region = problem.location.region.expect("a problem of a text has a place");
            let code = problem.code.map(|code| format!("[{code}]")).unwrap_or_default();
            let help = problem.help.map(|help| format!(" ({help})")).unwrap_or_default();
            writeln!(
                shown,
                "-> {}:{}{code} {}{help}",
                region.line, region.column, problem.message
            )
            .expect("strings can be written to");
        }
        shown.push('\n');
    }
    insta::with_settings!({ snapshot_path => "lock", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("unreadable-locks", shown);
    });
}

fn name() -> impl Strategy<Value = PackageName> {
    "@[a-z0-9]{1,4}/[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?"
        .prop_map(|text| PackageName::parse(&text).expect("a valid name"))
}

fn version() -> impl Strategy<Value = Version> {
    "(0|[1-9][0-9]{0,3})\\.(0|[1-9][0-9]{0,3})\\.(0|[1-9][0-9]{0,3})(-[a-z]{1,4}(\\.[1-9])?)?(\\+[a-z0-9]{1,4})?"
        .prop_map(|text| Version::parse(&text).expect("a valid version"))
}

fn source() -> impl Strategy<Value = LockedSource> {
    let path = "(\\.\\./){0,2}[^\\\\/\0:]{1,8}(/[^\\\\/\0]{1,8}){0,2}";
    prop_oneof![Just(LockedSource::Workspace), path.prop_map(LockedSource::Path)]
}

fn package() -> impl Strategy<Value = (PackageName, LockedPackage)> {
    let names =
        || proptest::collection::btree_set(name(), 0..4).prop_map(|names| names.into_iter().collect());
    (name(), version(), source(), names(), names()).prop_map(
        |(name, version, source, dependencies, dev_dependencies)| {
            (
                name.clone(),
                LockedPackage {
                    name,
                    version,
                    source,
                    dependencies,
                    dev_dependencies,
                },
            )
        },
    )
}

proptest! {
    #[test]
    fn parsing_undoes_rendering(packages in proptest::collection::vec(package(), 0..6)) {
        let packages: BTreeMap<PackageName, LockedPackage> = packages.into_iter().collect();
        let lock = Lock { packages: packages.into_values().collect() };
        let text = lock.render();
        prop_assert_eq!(Lock::parse(Path::new("lumen.lock"), &text), Ok(lock));
    }

    #[test]
    fn any_text_is_read_or_explained(text in "(version = 1\n)?([\\[\\]a-z=\"'{}@/. \n#]|\\PC){0,80}") {
        match Lock::parse(Path::new("lumen.lock"), &text) {
            Ok(lock) => prop_assert!(lock.packages.is_empty() || text.contains("package")),
            Err(problems) => prop_assert!(!problems.is_empty()),
        }
    }
}

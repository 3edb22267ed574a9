//! `lumen.lock`: round trips, states, and what is said of a lock that cannot be read.
//!
//! How a workspace is rendered is shown by the cases with `- show: lock`.

use lumen_pkg::{
    CommitId, Digest, FolderEntry, GitReference, GitUrl, Grant, Lock, LockState, LockedDependency,
    LockedPackage, LockedRegistry, LockedRepository, LockedSource, ManifestSource, MemoryTree, PackageName,
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
        LockState::of(&workspace(), Some("version = 3")),
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
    let lost = format!(
        "version = 2\n[[package]]\nname = \"@x/a\"\nversion = \"1.0.0\"\nsource = \"registry+packages.example\"\narchive = \"{0}\"\nfiles = \"{0}\"\nleaf = 3\n",
        "0".repeat(64)
    );
    let texts = [
        ("nothing", ""),
        ("merge conflict", conflict.as_str()),
        ("newer version", "version = 3\n[new]\n"),
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
            "a registry in a lock of version 1",
            "version = 1\n[[package]]\nname = \"@x/a\"\nversion = \"1.0.0\"\nsource = \"registry+packages.example\"\n",
        ),
        (
            "several conflicts",
            "version = 2\n<<<<<<< a\n||||||| base\n=======\n>>>>>>> b\n\n<<<<<<< a\n=======\n>>>>>>> b\n>>>>>>> c\n",
        ),
        (
            "proofs that are missing or too many",
            "version = 2\n[[package]]\nname = \"@x/a\"\nversion = \"1.0.0\"\nsource = \"registry+packages.example\"\nleaf = 3\n\n\
             [[package]]\nname = \"@x/b\"\nversion = \"1.0.0\"\nsource = \"workspace\"\nleaf = 3\n",
        ),
        (
            "sources",
            "version = 2\n[[package]]\nname = \"@x/a\"\nversion = \"1.0.0\"\nsource = \"oci+registry.example/a\"\n\n\
             [[package]]\nname = \"@x/b\"\nversion = \"1.0.0\"\nsource = \"git+ext::sh -c x#0123456789012345678901234567890123456789\"\n\n\
             [[package]]\nname = \"@x/c\"\nversion = \"1.0.0\"\nsource = \"git+https://git.example/c#v1\"\n",
        ),
        (
            "values of version 2",
            "version = 2\n[[registry]]\nname = \"r\"\norigin = \"a b\"\nsize = -1\nroot = \"00\"\n\n\
             [[package]]\nname = \"@x/a\"\nversion = \"1.0.0\"\nsource = \"workspace\"\ngrants = [\"http.get {}\"]\ndependencies = [\"@x/b 1\"]\n",
        ),
        ("a registry that is not there", lost.as_str()),
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

fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest::from_bytes)
}

fn source() -> impl Strategy<Value = LockedSource> {
    let path = "(\\.\\./){0,2}[^\\\\/\0:]{1,8}(/[^\\\\/\0]{1,8}){0,2}";
    let commit = "[0-9a-f]{40}|[0-9a-f]{64}";
    let leaf = 0..=i64::MAX.unsigned_abs();
    prop_oneof![
        Just(LockedSource::Workspace),
        path.prop_map(LockedSource::Path),
        ("https://git\\.example/[a-z+]{1,4}", commit).prop_map(|(url, commit)| LockedSource::Git {
            url: GitUrl::parse(&url).expect("a URL"),
            commit: CommitId::parse(&commit).expect("a commit"),
        }),
        ("[a-z0-9./-]{1,9}", digest(), digest(), leaf).prop_map(|(origin, archive, files, leaf)| {
            LockedSource::Registry {
                origin,
                archive,
                files,
                leaf,
            }
        }),
    ]
}

fn grant() -> impl Strategy<Value = Grant> {
    ("[a-z]{1,3}", proptest::option::of("[a-z\"\\\\é]{1,3}")).prop_map(|(tool, text)| {
        let mut grant = Grant::new(&tool).expect("a tool");
        if let Some(text) = text {
            grant
                .constrain("domain", lumen_pkg::Constraint::Texts([text].into()))
                .expect("a constraint");
        }
        grant
    })
}

fn package() -> impl Strategy<Value = LockedPackage> {
    let dependencies = || {
        let dependency = (name(), proptest::option::of(version()))
            .prop_map(|(name, version)| LockedDependency { name, version });
        proptest::collection::vec(dependency, 0..4)
    };
    let grants = proptest::collection::vec(grant(), 0..3);
    (
        name(),
        version(),
        source(),
        grants,
        dependencies(),
        dependencies(),
    )
        .prop_map(
            |(name, version, source, grants, dependencies, dev_dependencies)| LockedPackage {
                name,
                version,
                source,
                grants,
                dependencies,
                dev_dependencies,
            },
        )
}

fn registry() -> impl Strategy<Value = LockedRegistry> {
    let url = proptest::option::of("https://[a-z]{1,5}");
    (
        "[a-z]{1,5}",
        "[a-z./]{1,5}",
        url,
        0..=i64::MAX.unsigned_abs(),
        digest(),
    )
        .prop_map(|(name, origin, url, size, root)| LockedRegistry {
            name,
            origin,
            url,
            size,
            root,
        })
}

fn of_origin(origin: &str) -> LockedRegistry {
    LockedRegistry {
        name: "used".to_owned(),
        origin: origin.to_owned(),
        url: None,
        size: 1,
        root: Digest::of(origin.as_bytes()),
    }
}

fn repository() -> impl Strategy<Value = LockedRepository> {
    let reference = prop_oneof![
        Just(GitReference::DefaultBranch),
        "[a-z]{1,4}".prop_map(GitReference::Branch),
        "v[0-9]{1,2}".prop_map(GitReference::Tag),
        "[0-9a-f]{7,9}".prop_map(GitReference::Rev),
    ];
    ("https://git\\.example/[a-z+]{1,2}", reference, "[0-9a-f]{40}").prop_map(|(url, reference, commit)| {
        LockedRepository {
            url: GitUrl::parse(&url).expect("a URL"),
            reference,
            commit: CommitId::parse(&commit).expect("a commit"),
        }
    })
}

fn lock() -> impl Strategy<Value = Lock> {
    let registries = proptest::collection::vec(registry(), 0..3);
    let repositories = proptest::collection::vec(repository(), 0..3);
    let packages = proptest::collection::vec(package(), 0..6);
    (registries, repositories, packages).prop_map(|(registries, repositories, packages)| {
        let repositories: BTreeMap<_, LockedRepository> = repositories
            .into_iter()
            .map(|known| ((known.url.clone(), known.reference.clone()), known))
            .collect();
        // Each package of a registry has one.
        let used = packages
            .iter()
            .filter_map(|package| package.source.origin().map(of_origin));
        let registries: BTreeMap<String, LockedRegistry> = registries
            .into_iter()
            .chain(used)
            .map(|registry| (registry.origin.clone(), registry))
            .collect();
        let packages: BTreeMap<(PackageName, Version), LockedPackage> = packages
            .into_iter()
            .map(|package| ((package.name.clone(), package.version.clone()), package))
            .collect();
        let mut lock = Lock {
            repositories: repositories.into_values().collect(),
            registries: registries.into_values().collect(),
            packages: packages.into_values().collect(),
        };
        lock.sort();
        lock
    })
}

/// The blocks of a lock's text in the opposite order, as a merge may leave them.
fn reversed_blocks(text: &str) -> String {
    let (head, body) = text.split_once("\n[[").unwrap_or((text, ""));
    let blocks: Vec<&str> = body.split("\n[[").collect();
    let blocks: Vec<String> = blocks
        .into_iter()
        .rev()
        .filter(|block| !block.is_empty())
        .map(|block| format!("\n[[{block}"))
        .collect();
    format!("{head}{}", blocks.concat())
}

#[test]
fn a_lock_of_version_1_is_read_and_stale() {
    let workspace = workspace();
    let new = Lock::of(&workspace).render();
    let old = new.replacen("version = 2", "version = 1", 1);
    assert_eq!(
        Lock::parse(Path::new("lumen.lock"), &old),
        Ok(Lock::of(&workspace))
    );
    assert_eq!(LockState::of(&workspace, Some(&old)), LockState::Stale);
}

const EXAMPLE: &str = include_str!("../../lumen.lock.example");

#[test]
fn the_example_is_a_lock_with_every_kind_of_source() {
    let lock = Lock::parse(Path::new("lumen.lock.example"), EXAMPLE).expect("it is a lock");
    let rendered: Vec<String> = EXAMPLE
        .lines()
        .filter(|line| !line.starts_with("# ") || line.contains("generated"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(lock.render(), rendered.concat());
    let kinds: std::collections::BTreeSet<String> = lock
        .packages
        .iter()
        .map(|package| {
            package
                .source
                .to_string()
                .split('+')
                .next()
                .expect("a kind")
                .to_owned()
        })
        .collect();
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        ["git", "path", "registry", "workspace"]
    );
    assert!(
        lock.packages.iter().any(|package| !package.grants.is_empty()),
        "a package with grants"
    );
    let edges = lock
        .packages
        .iter()
        .flat_map(|package| package.dependencies.iter().chain(&package.dev_dependencies));
    let mut with_version = 0;
    for edge in edges {
        assert!(lock.find(edge).is_some(), "{edge}");
        with_version += usize::from(edge.version.is_some());
    }
    assert!(with_version > 0, "a name with several versions");
    assert!(!lock.repositories.is_empty(), "what a branch or tag stood for");
    for package in &lock.packages {
        if let LockedSource::Registry { origin, leaf, .. } = &package.source {
            let registry = lock
                .registries
                .iter()
                .find(|registry| registry.origin == *origin)
                .expect("its registry is there");
            assert!(*leaf < registry.size);
        }
    }
}

proptest! {
    #[test]
    fn parsing_undoes_rendering(lock in lock()) {
        let text = lock.render();
        prop_assert_eq!(Lock::parse(Path::new("lumen.lock"), &text), Ok(lock.clone()));
        prop_assert_eq!(Lock::parse(Path::new("lumen.lock"), &reversed_blocks(&text)), Ok(lock));
    }

    #[test]
    fn any_text_is_read_or_explained(text in "(version = [12]\n)?([\\[\\]a-z=\"'{}@/. \n#]|\\PC){0,80}") {
        match Lock::parse(Path::new("lumen.lock"), &text) {
            Ok(lock) => prop_assert!(lock.packages.is_empty() || text.contains("package")),
            Err(problems) => prop_assert!(!problems.is_empty()),
        }
    }
}

//! Packages in git repositories, with the real git command and repositories made on the spot. No network.
#![expect(clippy::disallowed_methods, reason = "repositories are made and looked at")]

use lumen_pkg::shell::git::{GitError, GitRepositories, Network};
use lumen_pkg::{CommitId, GitReference, GitUrl};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// A repository to fetch from, and Lumen's folder for repositories.
struct World {
    folder: TempDir,
}

impl World {
    fn new() -> Self {
        let world = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        fs::create_dir(world.origin()).expect("a folder");
        world.git(&["init", "--quiet", "--initial-branch=main"]);
        world.commit("lumen.toml", "[package]\nname = \"@a/b\"\nversion = \"1.0.0\"\n");
        world
    }

    fn origin(&self) -> PathBuf {
        self.folder.path().join("origin")
    }

    fn url(&self) -> GitUrl {
        GitUrl::parse(&format!("file://{}", self.origin().display())).expect("a URL")
    }

    fn repositories(&self) -> GitRepositories {
        GitRepositories::new(self.folder.path().join("git"))
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=a",
                "-c",
                "user.email=a@example",
                "-c",
                "commit.gpgSign=false",
            ])
            .args(arguments)
            .current_dir(self.origin())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .expect("git runs");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
    }

    /// Writes a file and commits everything.
    fn commit(&self, path: &str, content: &str) -> CommitId {
        let file = self.origin().join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(file, content).expect("written");
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", path]);
        CommitId::parse(&self.git(&["rev-parse", "HEAD"])).expect("a commit")
    }

    fn resolve(&self, reference: &GitReference) -> Result<CommitId, GitError> {
        self.repositories()
            .resolve(&self.url(), reference, Network::Allowed)
    }

    fn checkout(&self, commit: &CommitId) -> Result<PathBuf, GitError> {
        self.repositories()
            .checkout(&self.url(), commit, Network::Forbidden)
    }
}

fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => open.push(path),
                false => found.push(path.strip_prefix(folder).expect("below").display().to_string()),
            }
        }
    }
    found.sort();
    found
}

#[test]
fn references_become_commits() {
    let world = World::new();
    let first = world.commit("src/a.lm.md", "# a\n");
    world.git(&["tag", "v1"]);
    world.git(&["tag", "--annotate", "--message", "two", "v2"]);
    world.git(&["branch", "old"]);
    let second = world.commit("src/a.lm.md", "# b\n");
    let cases = [
        (GitReference::DefaultBranch, &second),
        (GitReference::Branch("main".to_owned()), &second),
        (GitReference::Branch("old".to_owned()), &first),
        (GitReference::Tag("v1".to_owned()), &first),
        (GitReference::Tag("v2".to_owned()), &first),
        (GitReference::Rev(first.as_str()[..8].to_owned()), &first),
        (GitReference::Rev(first.to_string()), &first),
    ];
    for (reference, commit) in cases {
        assert_eq!(
            world.resolve(&reference).expect("resolved"),
            *commit,
            "{reference}"
        );
    }
    for reference in [
        GitReference::Tag("v3".to_owned()),
        GitReference::Branch("v1".to_owned()),
        GitReference::Rev("0123456789".to_owned()),
    ] {
        let error = world.resolve(&reference).expect_err("unknown");
        assert!(
            error.to_string().ends_with(&format!("has no {reference}")),
            "{error}"
        );
    }
}

#[test]
fn a_branch_called_like_a_commit_is_not_the_commit() {
    let world = World::new();
    let first = world.commit("src/a.lm.md", "# a\n");
    let second = world.commit("src/a.lm.md", "# evil\n");
    let start = first.as_str()[..8].to_owned();
    world.git(&["branch", &start, second.as_str()]);
    world.git(&["tag", &start, second.as_str()]);
    // Git itself prefers the branch; who has pinned a commit gets that, or nothing.
    let resolved = world.resolve(&GitReference::Rev(start));
    assert!(resolved.is_err() || resolved.is_ok_and(|commit| commit == first));
    let whole = GitReference::Rev(first.to_string());
    assert_eq!(world.resolve(&whole).expect("resolved"), first);
}

#[test]
fn a_commit_is_a_folder_that_stays() {
    let world = World::new();
    world.commit("src/a.lm.md", "# a\n");
    fs::write(world.origin().join("run.sh"), "#!/bin/sh\n").expect("written");
    world.git(&["add", "run.sh"]);
    world.git(&["update-index", "--chmod=+x", "run.sh"]);
    let commit = world.commit(".gitattributes", "*.md export-ignore\n*.toml ident filter=evil\n");
    assert_eq!(
        world.resolve(&GitReference::DefaultBranch).expect("resolved"),
        commit
    );
    let folder = world.checkout(&commit).expect("checked out");
    assert_eq!(
        files(&folder),
        [".gitattributes", "lumen.toml", "run.sh", "src/a.lm.md"]
    );
    assert_eq!(
        fs::read_to_string(folder.join("src/a.lm.md")).expect("text"),
        "# a\n"
    );
    assert!(
        fs::metadata(folder.join("run.sh"))
            .expect("there")
            .permissions()
            .readonly()
    );
    // The branch moves on and its history is rewritten: the commit of a lock is still there.
    world.git(&["commit", "--quiet", "--amend", "--message", "other"]);
    let moved = world.resolve(&GitReference::DefaultBranch).expect("resolved");
    assert_ne!(moved, commit);
    assert_eq!(world.checkout(&commit).expect("still there"), folder);
}

#[test]
fn nothing_of_a_repository_is_run_and_no_link_is_made() {
    let world = World::new();
    let marker = world.folder.path().join("marker");
    let hook = format!("#!/bin/sh\ntouch {}\n", marker.display());
    for name in [
        "post-checkout",
        "reference-transaction",
        "pre-auto-gc",
        "post-update",
    ] {
        let path = world.origin().join(".git/hooks").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, &hook).expect("written");
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/passwd", world.origin().join("link")).expect("a link");
    world.git(&[
        "config",
        "uploadpack.packObjectsHook",
        &format!("touch {}", marker.display()),
    ]);
    let commit = world.commit(
        ".gitmodules",
        "[submodule \"x\"]\n\tpath = x\n\turl = ext::sh -c touch\n",
    );
    assert_eq!(
        world.resolve(&GitReference::DefaultBranch).expect("resolved"),
        commit
    );
    let folder = world.checkout(&commit).expect("checked out");
    assert_eq!(files(&folder), [".gitmodules", "lumen.toml"]);
    assert!(!marker.exists());
}

#[test]
fn without_the_network_only_what_was_fetched_is_there() {
    let world = World::new();
    let commit = CommitId::parse(&world.git(&["rev-parse", "HEAD"])).expect("a commit");
    let error = world.checkout(&commit).expect_err("not fetched");
    assert!(matches!(error, GitError::Offline { .. }), "{error}");
    world.resolve(&GitReference::DefaultBranch).expect("fetched");
    world.checkout(&commit).expect("there now");
    let whole = GitReference::Rev(commit.to_string());
    let offline = world
        .repositories()
        .resolve(&world.url(), &whole, Network::Forbidden);
    assert_eq!(offline.expect("a whole commit needs no network"), commit);
    let branch = world
        .repositories()
        .resolve(&world.url(), &GitReference::DefaultBranch, Network::Forbidden);
    assert!(matches!(branch, Err(GitError::Offline { .. })));
}

#[test]
fn paths_that_no_package_has_are_refused_and_leave_nothing() {
    let world = World::new();
    let commit = world.commit("aux.lm.md", "# reserved on Windows\n");
    world.resolve(&GitReference::DefaultBranch).expect("fetched");
    let error = world.checkout(&commit).expect_err("refused");
    assert!(matches!(error, GitError::Content { .. }), "{error}");
    let left: Vec<String> = files(&world.folder.path().join("git/tree"));
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn a_missing_command_and_a_missing_repository_are_said() {
    let world = World::new();
    let without = world
        .repositories()
        .with_program("no-such-git", Duration::from_secs(60));
    let error = without.resolve(&world.url(), &GitReference::DefaultBranch, Network::Allowed);
    let error = error.expect_err("there is no such command");
    assert!(matches!(error, GitError::Missing), "{error}");
    let nowhere = GitUrl::parse("file:///no/such/repository").expect("a URL");
    let error = world
        .repositories()
        .resolve(&nowhere, &GitReference::DefaultBranch, Network::Allowed);
    let error = error.expect_err("there is no such repository").to_string();
    assert!(
        error.starts_with("file:///no/such/repository cannot be fetched: "),
        "{error}"
    );
}

#[test]
fn a_host_where_nobody_listens_is_not_reached() {
    let world = World::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let url = GitUrl::parse(&format!("https://127.0.0.1:{port}/a.git")).expect("a URL");
    let error = world
        .repositories()
        .resolve(&url, &GitReference::DefaultBranch, Network::Allowed);
    let error = error.expect_err("nobody listens");
    assert!(matches!(error, GitError::Unreachable { .. }), "{error}");
}

/// What git says is read, so it has to be said in the one language in which it is read.
#[cfg(unix)]
#[test]
fn git_speaks_no_language_of_the_user() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    let program = world.folder.path().join("git-speaks");
    fs::write(
        &program,
        "#!/bin/sh\ncase \"$*\" in *fetch*) echo \"LC_ALL is $LC_ALL\" >&2; exit 128;; esac\n",
    )
    .expect("written");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("executable");
    let repositories = world
        .repositories()
        .with_program(&program, Duration::from_secs(60));
    let error = repositories.resolve(&world.url(), &GitReference::DefaultBranch, Network::Allowed);
    let error = error.expect_err("it fails").to_string();
    assert!(error.ends_with("cannot be fetched: LC_ALL is C"), "{error}");
}

#[test]
fn several_at_once_get_the_same_folder() {
    let world = World::new();
    let commit = world.commit("src/a.lm.md", "# a\n");
    let folders: Vec<PathBuf> = std::thread::scope(|scope| {
        let work = || {
            let repositories = world.repositories();
            let found = repositories.resolve(&world.url(), &GitReference::DefaultBranch, Network::Allowed);
            assert_eq!(found.expect("resolved"), commit);
            repositories
                .checkout(&world.url(), &commit, Network::Allowed)
                .expect("checked out")
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    assert!(folders.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(files(&folders[0]), ["lumen.toml", "src/a.lm.md"]);
}

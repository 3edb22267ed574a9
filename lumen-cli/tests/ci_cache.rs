//! What docs/ci.md says of sharing compiled modules between jobs, with the real binary and real clones: another folder, other times and
//! inodes, and the cache of the first job.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "the test makes files, starts processes, and says what it skips"
)]

mod support;

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;
use support::{copy, fences, lumen, text};

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Runs git with nothing of the caller's configuration; false if it is not installed.
fn git(folder: &Path, arguments: &[&str]) -> bool {
    let ran = Command::new("git")
        .args(["-c", "user.name=Test", "-c", "user.email=test@example.org"])
        .args(["-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output();
    match ran {
        Ok(output) => {
            assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
            true
        }
        Err(_) => {
            eprintln!("skipped: git is not installed");
            false
        }
    }
}

/// Builds; compiled modules, modules from the cache, and the hash of everything.
fn build(cache: &Path, folder: &Path) -> (u64, u64, String) {
    let output = lumen(cache, folder)
        .args(["build", "--locked", "--message-format", "json"])
        .env("LUMEN_CACHE_SIZE", "500 MB")
        .output()
        .expect("lumen starts");
    let printed = text(&output.stdout);
    assert!(output.status.success(), "{printed}{}", text(&output.stderr));
    let events = printed
        .lines()
        .map(|line| serde_json::from_str(line).expect("one JSON object a line"));
    let finished: serde_json::Value = events
        .into_iter()
        .find(|event: &serde_json::Value| event["event"] == "build-finished")
        .expect("the build says how it ended");
    let count = |name: &str| finished[name].as_u64().expect("a number");
    let image = finished["image"].as_str().expect("a hash").to_owned();
    (count("compiled"), count("cached"), image)
}

#[test]
fn a_clone_with_the_cache_of_another_checkout_compiles_nothing() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let place = place.path();
    let first = place.join("job 1/shop");
    copy(&repository().join("examples/shop"), &first);
    std::fs::write(first.join(".gitignore"), ".lumen\n").expect("it can be written");
    if !(git(&first, &["init", "-q"])
        && git(&first, &["add", "-A"])
        && git(&first, &["commit", "-qm", "Shop"]))
    {
        return;
    }
    let (compiled, cached, image) = build(&place.join("cache 1"), &first);
    assert!(
        compiled > 10 && cached == 0,
        "{compiled} compiled, {cached} cached"
    );

    // What a service does: the folder is saved, and appears elsewhere with new files.
    let (second, cache) = (place.join("runner/checkout/clone"), place.join("runner/cache"));
    std::fs::create_dir_all(place.join("runner/checkout")).expect("a new folder");
    git(place, &["clone", "-q", "job 1/shop", "runner/checkout/clone"]);
    copy(&place.join("cache 1"), &cache);
    let inode = |folder: &Path| {
        std::fs::metadata(folder.join("lumen.toml"))
            .expect("a manifest")
            .ino()
    };
    assert_ne!(inode(&first), inode(&second));
    assert_eq!(build(&cache, &second), (0, compiled, image.clone()));

    // An edit of one body compiles one module, wherever the rest comes from.
    std::fs::remove_dir_all(&second).expect("it was cloned");
    git(place, &["clone", "-q", "job 1/shop", "runner/checkout/clone"]);
    let edited = edit_a_body(&second);
    let (compiled_now, cached_now, other) = build(&cache, &second);
    assert_eq!((compiled_now, cached_now), (1, compiled - 1), "{edited}");
    assert_ne!(other, image);
}

/// Adds a cell that nobody asks for to the first document.
fn edit_a_body(root: &Path) -> String {
    let mut folders = vec![root.to_owned()];
    let mut documents = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("readable folder") {
            let path = entry.expect("readable entry").path();
            if path.is_dir() && !path.ends_with(".git") {
                folders.push(path);
            } else if path.to_string_lossy().ends_with("/src/lib.lm.md") {
                documents.push(path);
            }
        }
    }
    documents.sort();
    let path = documents.first().expect("a library");
    let added = "\n```lumen\ncell nobody_asks() -> Int\n  1\nend\n```\n";
    let content = std::fs::read_to_string(path).expect("readable") + added;
    std::fs::write(path, content).expect("it can be written");
    path.display().to_string()
}

#[test]
fn caches_of_two_jobs_can_be_poured_together() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let place = place.path();
    for job in ["one", "two"] {
        copy(&repository().join("examples/shop"), &place.join(job));
        build(&place.join(format!("cache {job}")), &place.join(job));
        copy(&place.join(format!("cache {job}")), &place.join("both"));
    }
    copy(&repository().join("examples/shop"), &place.join("three"));
    assert_eq!(build(&place.join("both"), &place.join("three")).0, 0);
    let verified = lumen(&place.join("both"), place)
        .args(["cache", "verify"])
        .output()
        .expect("lumen starts");
    assert!(verified.status.success(), "{}", text(&verified.stdout));
}

/// The recipe of the page is the one of every template, and names the same folder and size as the other recipes.
#[test]
fn recipes_agree() {
    let page = std::fs::read_to_string(repository().join("docs/ci.md")).expect("the page");
    let recipes: Vec<String> = fences(&page)
        .into_iter()
        .filter(|fence| fence.info == "yaml")
        .map(|fence| fence.content)
        .collect();
    let [github, gitlab] = recipes.as_slice() else {
        panic!("{} recipes, 2 expected", recipes.len())
    };
    for template in ["app", "lib", "pipeline", "workspace"] {
        let path = repository().join(format!("templates/{template}/.github/workflows/ci.yml"));
        let recipe = std::fs::read_to_string(path).expect("a recipe");
        assert!(
            recipe.ends_with(github.as_str()),
            "{template} and docs/ci.md differ"
        );
    }
    for recipe in [github, gitlab] {
        for part in [
            "LUMEN_CACHE_DIR: ",
            "/.lumen-cache",
            "LUMEN_CACHE_SIZE: 500 MB",
            "lumen build",
            "lumen test",
        ] {
            assert!(recipe.contains(part), "no `{part}` in\n{recipe}");
        }
    }
}

//! The same sources give the same program, wherever, whenever and by whomever they are built: the link manifest's hash
//! (`image` of the event `build-finished`) covers every compiled module and its positions.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "the test makes files and starts processes"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// The workspace that is built: relative paths and contents, sorted.
fn sources() -> Vec<(PathBuf, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/shop");
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("readable folder") {
            let path = entry.expect("readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&root).expect("below the root").to_owned();
                files.push((name, std::fs::read(&path).expect("readable file")));
            }
        }
    }
    files.retain(|(name, _)| !name.starts_with(".lumen"));
    files.sort();
    files
}

/// Writes the sources in this order to a folder of this name and builds them with a fresh cache, started by `shell`, which
/// may set the environment first. The hash of what comes out.
fn image(sources: &[(PathBuf, Vec<u8>)], name: &str, shell: &str, options: &str) -> String {
    let place = tempfile::tempdir().expect("a temporary folder");
    let folder = place.path().join(name);
    for (path, content) in sources {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        std::fs::write(path, content).expect("a writable folder");
    }
    let lumen = env!("CARGO_BIN_EXE_lumen");
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!(
            "{shell}\nexec '{lumen}' build --message-format json {options}"
        ))
        .current_dir(&folder)
        .env("LUMEN_CACHE_DIR", place.path().join("cache"))
        .output()
        .expect("the shell starts");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{printed}");
    let last = printed.lines().last().expect("an event");
    let event: serde_json::Value = serde_json::from_str(last).expect("one JSON object a line");
    assert_eq!(event["cached"], 0, "{event}");
    assert!(event["compiled"].as_u64() > Some(10), "{event}");
    event["image"].as_str().expect("a hash").to_owned()
}

#[test]
fn place_time_zone_locale_umask_threads_and_order_change_nothing() {
    let sources = sources();
    let reversed: Vec<_> = sources.iter().rev().cloned().collect();
    let expected = image(&sources, "shop", "", "--jobs 1");
    assert_eq!(expected.len(), 64);
    let variations = [
        ("another folder", &sources, "elsewhere/and deeper", "", "--jobs 1"),
        ("many threads", &sources, "shop", "", "--jobs 8"),
        (
            "time zone",
            &sources,
            "shop",
            "export TZ=Pacific/Kiritimati",
            "--jobs 2",
        ),
        (
            "locale",
            &sources,
            "shop",
            "export LC_ALL=tr_TR.UTF-8 LANG=tr_TR.UTF-8",
            "--jobs 2",
        ),
        ("umask", &sources, "shop", "umask 077", "--jobs 2"),
        ("order of creation", &reversed, "shop", "", "--jobs 2"),
        (
            "home and user",
            &sources,
            "shop",
            "export HOME=/ USER=nobody",
            "--paranoid",
        ),
    ];
    for (what, sources, name, shell, options) in variations {
        assert_eq!(image(sources, name, shell, options), expected, "{what}");
    }
}

#[test]
fn an_edit_changes_the_hash() {
    let mut sources = sources();
    let expected = image(&sources, "shop", "", "");
    let (_, content) = sources
        .iter_mut()
        .find(|(path, _)| path.ends_with("lib.lm.md"))
        .expect("a document");
    content.extend_from_slice(b"\n```lumen\npub cell added() -> Int\n  1\nend\n```\n");
    assert_ne!(image(&sources, "shop", "", ""), expected);
}

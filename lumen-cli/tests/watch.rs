//! `lumen watch` through the real binary: what changes a build, what does not, and what happens to files meanwhile.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "the test makes files, starts processes, and says what it skips"
)]

mod support;

use serde_json::Value;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicBool, Ordering};
use support::watching::{Watching, Workspace, document, errors, manifest};
use support::{lumen, text};

const GOOD: &str = "cell one() -> Int\n  1\nend";
const BAD: &str = "cell one() -> Int\n  \"one\"\nend";

/// A watch that has built once.
fn watching(workspace: &Workspace, words: &str) -> Watching {
    let mut watching = workspace.watch(words);
    assert_eq!(watching.result().0, "passed");
    watching
}

/// The paths that a change was about, before the end of the cycle.
fn changed(events: &[Value]) -> BTreeSet<&str> {
    let paths = events
        .iter()
        .filter_map(|event| event["paths"].as_array())
        .flatten();
    paths.filter_map(Value::as_str).collect()
}

#[test]
fn an_error_is_told_and_then_mended() {
    let workspace = Workspace::new();
    let mut watching = workspace.watch("");
    let (started, _) = watching.until("watch-started", |event| event["event"] == "watch-started");
    assert_eq!(
        (
            &started["version"],
            &started["command"],
            &started["mode"],
            &started["reason"]
        ),
        (&1.into(), &"build".into(), &"events".into(), &Value::Null)
    );
    assert_eq!(watching.idle().0, "passed");
    workspace.write("src/lib.lm.md", &document(BAD));
    let (result, events) = watching.result();
    assert_eq!((result.as_str(), errors(&events).len()), ("failed", 1));
    assert_eq!(changed(&events), ["src/lib.lm.md"].into());
    workspace.replace("src/lib.lm.md", &document(GOOD));
    let (result, events) = watching.result();
    assert_eq!((result.as_str(), errors(&events).len()), ("passed", 0));
}

#[test]
fn what_is_as_it_was_is_not_built() {
    let workspace = Workspace::new();
    for number in 0..200 {
        workspace.write(&format!("src/part{number}.lm.md"), &document(GOOD));
    }
    let mut watching = watching(&workspace, "build");
    // All are touched, and none is another: the build knows, and nothing is printed.
    for number in 0..200 {
        workspace.write(&format!("src/part{number}.lm.md"), &document(GOOD));
    }
    let (result, events) = watching.idle();
    assert_eq!((result.as_str(), &events[..]), ("unchanged", &[][..]));
    // Written beside and renamed, and the same.
    workspace.replace("src/part7.lm.md", &document(GOOD));
    workspace.write("src/notes.txt", "no document");
    workspace.write("src/.lib.lm.md.swp", "no document");
    // What the build writes itself is not looked at.
    workspace.write(".lumen/log/other", "nothing");
    // Only this one is told: all before is unchanged.
    workspace.write("src/lib.lm.md", &document("cell two() -> Int\n  2\nend"));
    let (result, events) = watching.result();
    assert_eq!(result, "passed");
    let finished = events.iter().filter(|event| event["event"] == "build-finished");
    let compiled: Vec<_> = finished.map(|event| &event["compiled"]).collect();
    assert_eq!(compiled, [1]);
}

/// What it prints goes to a file that it could see. Builds in between give it time to see it: each takes longer than it waits for quiet.
#[test]
fn its_own_output_does_not_wake_it() {
    for log in ["watch.log", "src/watch.json", "../watch.log"] {
        let workspace = Workspace::new();
        let path = workspace.folder().join(log);
        // The first build writes the lock, which is watched.
        assert!(
            workspace
                .command()
                .arg("build")
                .status()
                .expect("lumen starts")
                .success()
        );
        let mut watching = workspace.watch_into(&path);
        let read = || std::fs::read_to_string(&path).expect("the log");
        for results in 1..=2 {
            while read().matches("\"passed\"").count() < results {
                assert!(watching.is_running(), "{}", read());
                std::thread::yield_now();
            }
            for _ in 0..4 {
                let built = workspace.command().arg("build").output().expect("lumen starts");
                assert!(built.status.success());
            }
            let code = format!("cell one() -> Int\n  {results}0\nend");
            if results == 1 {
                workspace.replace("src/lib.lm.md", &document(&code));
            }
        }
        watching.signal("-TERM");
        assert_eq!(watching.end().0.code(), Some(0));
        let events = read();
        let names = events
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("an event"))
            .map(|event| event["event"].as_str().unwrap_or_default().to_owned());
        let names: Vec<String> = names.filter(|name| name.starts_with("watch-")).collect();
        let expected = [
            "watch-started",
            "watch-idle",
            "watch-changed",
            "watch-idle",
            "watch-stopped",
        ];
        assert_eq!(names, expected, "{log}: {events}");
    }
}

#[test]
fn a_thousand_files_at_once_are_few_builds() {
    let workspace = Workspace::new();
    let mut watching = watching(&workspace, "build");
    for number in 0..1000 {
        workspace.write(&format!("src/part{number}.lm.md"), &document(GOOD));
    }
    let mut builds = 0;
    loop {
        let (_, events) = watching.result();
        builds += 1;
        let finished = events.iter().find(|event| event["event"] == "build-finished");
        if finished.is_some_and(|event| event["modules"] == 1001) {
            break;
        }
        assert!(builds < 500, "one build after nearly every file");
    }
}

#[test]
fn new_folders_and_packages_are_followed() {
    let workspace = Workspace::new();
    workspace.write(
        "lumen.toml",
        &format!("{}\n[workspace]\nmembers = [\"packages/*\"]\n", manifest("one")),
    );
    workspace.write("packages/two/lumen.toml", &manifest("two"));
    workspace.write("packages/two/src/lib.lm.md", &document(GOOD));
    let mut watching = watching(&workspace, "build");
    workspace.write("src/deep/deeper/part.lm.md", &document(GOOD));
    assert_eq!(watching.result().0, "passed");
    workspace.write("src/deep/deeper/part.lm.md", &document(BAD));
    let events = watching.until_result("failed");
    assert!(changed(&events).contains("src/deep/deeper/part.lm.md"));
    workspace.write("packages/three/src/lib.lm.md", &document(BAD));
    workspace.write("packages/three/lumen.toml", &manifest("three"));
    workspace.write("src/deep/deeper/part.lm.md", &document(GOOD));
    let in_new_package = |event: &Value| event["file"] == "packages/three/src/lib.lm.md";
    watching.until("an error in the new package", in_new_package);
    workspace.write("packages/three/src/lib.lm.md", &document(GOOD));
    watching.until_result("passed");
}

#[test]
fn a_broken_manifest_is_told_and_mended() {
    let workspace = Workspace::new();
    let mut watching = watching(&workspace, "build");
    workspace.write("lumen.toml", "[package\n");
    assert_eq!(watching.result().0, "failed");
    // Still broken, in the same way: nothing new.
    workspace.replace("lumen.toml", "[package\n");
    workspace.write("lumen.toml", &manifest("one"));
    watching.until_result("passed");
    workspace.write("src/lib.lm.md", &document(BAD));
    assert_eq!(watching.result().0, "failed");
}

#[test]
fn folders_may_go_and_come_back() {
    let workspace = Workspace::new();
    let mut watching = watching(&workspace, "build");
    std::fs::remove_dir_all(workspace.folder().join("src")).expect("it is removed");
    workspace.write("src/lib.lm.md", &document(BAD));
    watching.until_result("failed");
    // The folder is another one now, and is followed.
    workspace.write("src/lib.lm.md", &document(GOOD));
    watching.until_result("passed");

    let elsewhere = workspace.place().join("elsewhere");
    std::fs::rename(workspace.folder(), &elsewhere).expect("a rename");
    let (result, _) = watching.result();
    assert_eq!(result, "failed");
    std::fs::rename(&elsewhere, workspace.folder()).expect("a rename");
    watching.until_result("passed");
    workspace.write("src/lib.lm.md", &document(BAD));
    watching.until_result("failed");
}

#[test]
fn a_name_that_is_no_text_is_passed_over_aloud() {
    let workspace = Workspace::new();
    let mut watching = watching(&workspace, "build");
    let name = workspace
        .folder()
        .join("src")
        .join(OsStr::from_bytes(b"caf\xe9.lm.md"));
    std::fs::write(name, document(GOOD)).expect("a file");
    let (_, events) = watching.result();
    let is_note = |event: &&Value| event["event"] == "note";
    let note = events.iter().find(is_note).expect("a note");
    assert!(
        note["message"]
            .as_str()
            .is_some_and(|text| text.contains("not valid UTF-8")),
        "{note}"
    );
}

#[test]
fn a_file_that_may_not_be_read_is_told_and_mended() {
    use std::os::unix::fs::PermissionsExt;
    let workspace = Workspace::new();
    let path = workspace.folder().join("src/lib.lm.md");
    let set =
        |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("permissions");
    set(0o000);
    if std::fs::read(&path).is_ok() {
        eprintln!("skipped: this user may read everything");
        return;
    }
    set(0o644);
    let mut watching = watching(&workspace, "build");
    set(0o000);
    // What is known of it still holds, so nothing has to be read until the content is another.
    set(0o644);
    workspace.write("src/lib.lm.md", &document(BAD));
    set(0o000);
    watching.until_result("failed");
    workspace.replace("src/lib.lm.md", &document(GOOD));
    watching.until_result("passed");
}

#[test]
fn a_writer_without_pause_does_not_keep_builds_from_running() {
    let workspace = Workspace::new();
    let mut watching = watching(&workspace, "build");
    let enough = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut number = 0_u64;
            while !enough.load(Ordering::Relaxed) {
                number += 1;
                workspace.replace(
                    "src/lib.lm.md",
                    &document(&format!("cell one() -> Int\n  {number}\nend")),
                );
            }
        });
        for _ in 0..3 {
            assert_eq!(watching.result().0, "passed");
        }
        enough.store(true, Ordering::Relaxed);
    });
}

#[test]
fn polling_is_said_and_works() {
    let workspace = Workspace::new();
    let mut watching = workspace.watch("--poll build");
    let (started, _) = watching.until("watch-started", |event| event["event"] == "watch-started");
    assert_eq!(started["mode"], "polling");
    assert!(
        started["reason"]
            .as_str()
            .is_some_and(|reason| reason.contains("--poll"))
    );
    assert_eq!(watching.idle().0, "passed");
    workspace.write("src/lib.lm.md", &document(BAD));
    assert_eq!(watching.result().0, "failed");
    workspace.write("src/new/part.lm.md", &document(GOOD));
    workspace.write("src/lib.lm.md", &document(GOOD));
    watching.until_result("passed");
}

#[test]
fn ctrl_c_ends_it_well() {
    for (words, signal) in [("", "-INT"), ("test", "-TERM"), ("run", "-INT")] {
        let workspace = Workspace::new();
        workspace.write("src/main.lm.md", &document("cell main() -> Int\n  1\nend"));
        let mut watching = watching(&workspace, words);
        watching.signal(signal);
        watching.until("watch-stopped", |event| event["event"] == "watch-stopped");
        let (status, errors) = watching.end();
        assert_eq!((status.code(), errors.as_str()), (Some(0), ""), "{words}");
    }
}

#[test]
fn what_cannot_be_watched_is_wrong_usage() {
    let workspace = Workspace::new();
    for (words, message) in [
        ("build -p @acme/none", "no package"),
        ("build none.lm.md", "does not exist"),
        ("run --stdin text", "standard input"),
        ("test none.lm.md", "does not exist"),
        ("test src/lib.lm.md src/lib.lm.md", "one document"),
    ] {
        let output = workspace.command().arg("watch").args(words.split(' ')).output();
        let output = output.expect("lumen starts");
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{words}: {errors}");
        assert!(errors.contains(message), "{words}: {errors}");
        let is_known_before = words.contains("none") || words.contains("stdin");
        assert!(
            !(is_known_before && errors.contains("Watching")),
            "{words}: {errors}"
        );
    }
    let outside = lumen(&workspace.place().join("cache"), workspace.place())
        .arg("watch")
        .output()
        .expect("lumen starts");
    let errors = text(&outside.stderr);
    assert_eq!(outside.status.code(), Some(2), "{errors}");
    assert!(
        errors.starts_with("error: ") && !errors.contains("Watching"),
        "{errors}"
    );
}

#[test]
fn a_program_is_started_anew_when_its_code_has_changed() {
    let run = |event: &Value, state: &str| event["event"] == "watch-run" && event["state"] == state;
    let workspace = Workspace::new();
    let program = |text: &str| document(&format!("cell main() -> Int\n  print(\"{text}\")\n  1\nend"));
    workspace.write("src/main.lm.md", &program("first"));
    let mut watching = workspace.watch("run");
    let (_, events) = watching.until("an end", |event| run(event, "ended"));
    assert!(events.contains(&"first".into()), "{events:?}");
    workspace.write("src/main.lm.md", &program("second"));
    let (_, events) = watching.until("an end", |event| run(event, "ended"));
    assert!(events.contains(&"second".into()), "{events:?}");
    // Prose is no code.
    workspace.write(
        "src/main.lm.md",
        &program("second").replace("# A document", "# Words"),
    );
    watching.until_result("unchanged");
    // One without an end is stopped by a change, by an error, and at the end.
    let endless = |word: &str| {
        document(&format!(
            "cell main() -> Int\n  print(\"{word}\")\n  while true\n    1\n  end\n  1\nend"
        ))
    };
    workspace.write("src/main.lm.md", &endless("endless"));
    watching.until("its word", |event| event == "endless");
    workspace.write("src/main.lm.md", &endless("again"));
    watching.until("a stop", |event| run(event, "stopped"));
    watching.until("its word", |event| event == "again");
    workspace.write("src/main.lm.md", &document(BAD));
    watching.until("a stop", |event| run(event, "stopped"));
    watching.until_result("failed");
    workspace.write("src/main.lm.md", &endless("last"));
    watching.until("its word", |event| event == "last");
    watching.signal("-TERM");
    // Its pipe is closed only when the program has ended too.
    let (status, _) = watching.end();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn tests_run_again_and_an_endless_one_is_stopped() {
    let workspace = Workspace::new();
    let test = |body: &str| document(&format!("@test\ncell holds() -> Bool\n  {body}\nend"));
    workspace.write("src/lib.lm.md", &test("true"));
    let mut watching = watching(&workspace, "test");
    workspace.write("src/lib.lm.md", &test("false"));
    watching.until_result("failed");
    workspace.write("src/lib.lm.md", &test("while true\n    1\n  end\n  true"));
    watching.until("a start", |event| {
        event["event"] == "watch-run" && event["state"] == "started"
    });
    workspace.write("src/lib.lm.md", &test("true"));
    watching.until_result("passed");
}

/// While it is stopped, more happens in the workspace's folder than the system's queue holds, and then an error appears elsewhere, of
/// which nobody tells.
#[cfg(target_os = "linux")]
#[test]
fn a_queue_that_ran_over_loses_nothing() {
    let limit = std::fs::read_to_string("/proc/sys/fs/inotify/max_queued_events");
    let limit = limit.ok().and_then(|text| text.trim().parse::<usize>().ok());
    let Some(limit) = limit.filter(|limit| *limit <= 1 << 17) else {
        println!("skipped: the queue is too long to be filled");
        return;
    };
    let workspace = Workspace::new();
    let mut watching = watching(&workspace, "build");
    watching.signal("-STOP");
    // Events that are equal to the one before are one, so that two files take turns.
    for number in 0..=limit {
        workspace.write(["noise.txt", "other noise.txt"][number % 2], "");
    }
    workspace.write("src/deep/part.lm.md", &document(BAD));
    watching.signal("-CONT");
    let events = watching.until_result("failed");
    assert!(changed(&events).contains("src/deep/part.lm.md"));
    workspace.write("src/deep/part.lm.md", &document(GOOD));
    watching.until_result("passed");
}

/// Resident memory of a process, in MB.
#[cfg(target_os = "linux")]
fn resident(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("the process runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.expect("its memory") / 1024
}

/// 200 edits; `LUMEN_WATCH_EDITS` says another number. What a session holds does not grow with them.
#[cfg(target_os = "linux")]
#[test]
fn a_long_session_stays_small() {
    const ALLOWED_GROWTH: u64 = 24;
    let edits = std::env::var("LUMEN_WATCH_EDITS")
        .ok()
        .and_then(|number| number.parse().ok());
    let edits: u64 = edits.unwrap_or(200);
    let workspace = Workspace::new();
    for number in 0..30 {
        let code = format!("import lib: one\n\ncell part{number}() -> Int\n  one() + {number}\nend");
        workspace.write(&format!("src/part{number}.lm.md"), &document(&code));
    }
    let mut watching = watching(&workspace, "build");
    let warm = edits / 4;
    let mut before = 0;
    for edit in 0..edits {
        if edit == warm {
            before = resident(watching.id());
        }
        match edit % 5 {
            // A body, an interface, an error, its end, and a document that comes and goes.
            0 => workspace.write(
                "src/lib.lm.md",
                &document(&format!("cell one() -> Int\n  {edit}\nend")),
            ),
            1 => workspace.write(
                "src/lib.lm.md",
                &document(&format!(
                    "cell one() -> Int\n  1\nend\n\ncell new{edit}() -> Int\n  2\nend"
                )),
            ),
            2 => workspace.replace("src/part1.lm.md", &document(BAD)),
            3 => workspace.replace(
                "src/part1.lm.md",
                &document(&format!("cell other() -> Int\n  {edit}\nend")),
            ),
            _ => {
                let path = workspace.folder().join("src/sometimes/here.lm.md");
                match path.exists() {
                    true => std::fs::remove_dir_all(path.parent().expect("a parent")).expect("it is removed"),
                    false => workspace.write("src/sometimes/here.lm.md", &document(GOOD)),
                }
            }
        }
        let (result, _) = watching.result();
        assert_eq!(result == "failed", edit % 5 == 2, "edit {edit} {result}");
    }
    let after = resident(watching.id());
    println!("{edits} edits: {before} MB after {warm}, {after} MB at the end");
    assert!(
        after <= before + ALLOWED_GROWTH,
        "{before} MB after {warm} edits, {after} MB after {edits}"
    );
}

//! `kill -9` of `lumen cache gc` and of builds that make room, at moments spread over their run: afterwards nothing that a workspace
//! needs is gone, and builds give what they gave. 10 rounds; `LUMEN_CRASH_ROUNDS` says another number.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "the test makes files and starts processes"
)]

mod support;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use support::{copy, lumen, text};

const WORKSPACES: usize = 2;
const MODULES: usize = 12;

struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    fn cache(&self) -> PathBuf {
        self.directory.path().join("cache")
    }

    fn root(&self, workspace: usize) -> PathBuf {
        self.directory.path().join(format!("w{workspace}"))
    }

    fn write(&self, workspace: usize, number: usize) {
        let root = self.root(workspace);
        std::fs::create_dir_all(root.join("src")).expect("a new folder");
        let manifest = format!("[package]\nname = \"@demo/w{workspace}\"\nversion = \"0.1.0\"\n");
        std::fs::write(root.join("lumen.toml"), manifest).expect("a writable folder");
        for module in 0..MODULES {
            let text = format!("```lumen\npub cell value() -> Int\n  {number} * {module} + 1\nend\n```\n");
            std::fs::write(root.join(format!("src/m{module}.lm.md")), text).expect("a writable folder");
        }
    }

    fn command(&self, workspace: usize, arguments: &[&str]) -> Command {
        let mut command = lumen(&self.cache(), &self.root(workspace));
        command.args(arguments);
        command
    }

    /// Compiled modules, and the hash of everything.
    fn build(&self, workspace: usize) -> (u64, String) {
        let output = self
            .command(workspace, &["build", "--message-format", "json"])
            .env("LUMEN_CACHE_SIZE", "1 GiB")
            .output()
            .expect("lumen starts");
        assert!(output.status.success(), "{}", text(&output.stdout));
        let printed = text(&output.stdout);
        let last = printed.lines().last().expect("an event");
        let event: serde_json::Value = serde_json::from_str(last).expect("one JSON object a line");
        (
            event["compiled"].as_u64().expect("a number"),
            event["image"].to_string(),
        )
    }

    /// Bytes that workspaces need, and bytes of all packs.
    fn sizes(&self) -> (u64, u64) {
        let output = self
            .command(0, &["cache", "stats", "--message-format", "json"])
            .output()
            .expect("lumen starts");
        let event: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
        let number = |name: &str| event[name].as_u64().expect("a number");
        (number("needed"), number("bytes"))
    }
}

/// Several packs, of which the workspaces need the newest results.
fn filled() -> Place {
    let place = Place {
        directory: tempfile::tempdir().expect("a temporary folder"),
    };
    for number in 0..4 {
        for workspace in 0..WORKSPACES {
            place.write(workspace, number);
            place.build(workspace);
        }
    }
    place
}

#[test]
fn a_killed_collection_takes_nothing_that_is_needed() {
    let place = filled();
    let images: Vec<String> = (0..WORKSPACES)
        .map(|workspace| place.build(workspace).1)
        .collect();
    let (needed, bytes) = place.sizes();
    assert!(needed > 0 && needed * 2 < bytes, "{needed} of {bytes}");
    let room = format!("{} B", needed + needed / 4);
    let full = place.directory.path().join("full");
    copy(&place.cache(), &full);
    let began = Instant::now();
    let collected = place
        .command(0, &["cache", "gc", "--max-size", &room])
        .output()
        .expect("lumen starts");
    assert!(collected.status.success());
    let whole = began.elapsed();
    assert!(place.sizes().1 < bytes);

    let rounds: u32 = std::env::var("LUMEN_CRASH_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(10);
    for round in 0..rounds {
        std::fs::remove_dir_all(place.cache()).expect("it is there");
        copy(&full, &place.cache());
        kill(
            place.command(0, &["cache", "gc", "--max-size", &room]),
            whole * (round + 1) / (rounds + 1),
        );
        for (workspace, image) in images.iter().enumerate() {
            // Without its state a workspace finds its results by their actions.
            std::fs::remove_dir_all(place.root(workspace).join(".lumen")).expect("there is a state");
            assert_eq!(place.build(workspace), (0, image.clone()), "round {round}");
        }
        // A build that makes room is killed too; what it loses is made again.
        std::fs::remove_dir_all(place.root(0).join(".lumen")).expect("there is a state");
        place.write(0, 4);
        let mut build = place.command(0, &["build"]);
        build.env("LUMEN_CACHE_SIZE", "2 kB");
        kill(build, whole * 3 * (round + 1) / (rounds + 1));
        place.write(0, 3);
        assert_eq!(place.build(0).1, images[0], "round {round}");
    }
}

fn kill(mut command: Command, after: Duration) {
    let mut process = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("lumen starts");
    // Not to wait for something: to be killed at another moment each time.
    std::thread::sleep(after);
    drop(process.kill());
    drop(process.wait());
}

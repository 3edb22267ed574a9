//! What goes wrong around a build: damaged caches, two builds at once, Ctrl-C, and input that is made to hurt. Nothing of it
//! may panic, hang, or spoil the next build.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "the test makes files and starts processes"
)]

mod support;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use support::{LUMEN, lumen, program, text};
use tempfile::TempDir;

/// The entry of every generated workspace.
const MAIN: &str = "```lumen\nimport m4: value4\n\ncell main() -> Int\n  value4()\nend\n```\n";

/// What it prints.
const VALUE: &str = "13\n";

/// A generated workspace and a cache of its own.
struct Place {
    folder: TempDir,
}

impl Place {
    /// A package of so many modules and `main`; each imports the one whose number is half of its own.
    fn new(modules: usize) -> Place {
        let place = Place {
            folder: tempfile::tempdir().expect("a temporary folder"),
        };
        place.write(
            "lumen.toml",
            "[package]\nname = \"@demo/large\"\nversion = \"0.1.0\"\n",
        );
        for number in 1..=modules {
            let mut document = format!("# Module {number}\n\n```lumen\n");
            if number > 1 {
                let _ = writeln!(document, "import m{0}: value{0}\n", number / 2);
            }
            for cell in 0..10 {
                let _ = writeln!(
                    document,
                    "cell step{cell}(number: Int) -> Int\n  let half = number / 2\n  half * {cell} + {number}\nend\n"
                );
            }
            let base = match number {
                1 => "1".to_owned(),
                _ => format!("value{}() + step3(2)", number / 2),
            };
            let _ = writeln!(document, "pub cell value{number}() -> Int\n  {base}\nend\n```");
            place.write(&format!("src/m{number}.lm.md"), &document);
        }
        place.write("src/main.lm.md", MAIN);
        place
    }

    fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.project().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        std::fs::write(path, content).expect("a writable folder");
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = lumen(&self.cache(), &self.project());
        command.args(arguments).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("lumen starts")
    }

    /// Builds, which must succeed; the final event.
    fn build(&self) -> serde_json::Value {
        let output = self.run(&["build", "--message-format", "json"]);
        let printed = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{printed}{}", text(&output.stderr));
        serde_json::from_str(printed.lines().last().expect("an event")).expect("one JSON object a line")
    }
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("readable entry").path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort();
    files
}

/// A way to damage a file.
type Damage = fn(&Path);

const DAMAGES: &[(&str, Damage)] = &[
    ("emptied", |path| std::fs::write(path, b"").expect("writable")),
    ("cut in half", |path| {
        let bytes = std::fs::read(path).expect("readable");
        std::fs::write(path, &bytes[..bytes.len() / 2]).expect("writable");
    }),
    ("spoiled in its first half", |path| {
        let mut bytes = std::fs::read(path).expect("readable");
        let half = bytes.len() / 2;
        bytes[..half]
            .iter_mut()
            .skip(40)
            .step_by(16)
            .for_each(|byte| *byte ^= 0xa5);
        std::fs::write(path, bytes).expect("writable");
    }),
    ("replaced by text", |path| {
        std::fs::write(path, "this is no cache\n".repeat(100)).expect("writable");
    }),
    ("removed", |path| std::fs::remove_file(path).expect("removable")),
];

fn notes(output: &Output) -> Vec<String> {
    let errors = text(&output.stderr);
    errors
        .lines()
        .filter(|line| line.starts_with("note:"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_damaged_cache_is_a_miss_with_one_note() {
    for (what, damage) in DAMAGES {
        let place = Place::new(8);
        place.build();
        let packs = files(&place.cache());
        assert!(!packs.is_empty());
        packs.iter().for_each(|pack| damage(pack));
        assert_eq!(place.run(&["clean"]).status.code(), Some(0));
        let output = place.run(&["run"]);
        let errors = text(&output.stderr);
        assert_eq!(text(&output.stdout), VALUE, "{what}: {errors}");
        assert_eq!(output.status.code(), Some(0), "{what}: {errors}");
        let expected = usize::from(*what != "removed");
        assert_eq!(notes(&output).len(), expected, "{what}: {errors}");
        // The damage is mended, or at least no longer in the way.
        place.run(&["clean"]);
        assert_eq!(place.build()["compiled"], 0, "{what}");
    }
}

#[test]
fn a_damaged_state_is_a_rebuild_from_the_cache_with_at_most_one_note() {
    for (what, damage) in DAMAGES {
        let place = Place::new(8);
        place.build();
        for file in files(&place.project().join(".lumen")) {
            damage(&file);
        }
        let output = place.run(&["build"]);
        assert_eq!(output.status.code(), Some(0), "{what}: {}", text(&output.stderr));
        assert!(notes(&output).len() <= 1, "{what}: {}", text(&output.stderr));
        assert_eq!(place.build()["up_to_date"], 9, "{what}");
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_one_note() {
    let place = Place::new(8);
    std::fs::write(place.cache(), "a file where a folder should be").expect("writable");
    let output = place.run(&["build"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(notes(&output).len(), 1, "{}", text(&output.stderr));
    let output = place.run(&["run"]);
    assert_eq!(text(&output.stdout), VALUE, "{}", text(&output.stderr));
}

#[test]
fn two_builds_at_once_both_succeed() {
    let place = Place::new(60);
    let start = || {
        place
            .command(&["build"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("lumen starts")
    };
    let builds = [start(), start(), start()];
    for build in builds {
        let output = build.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
    let event = place.build();
    assert_eq!(event["modules"], 61);
    assert_eq!(event["compiled"], 0, "{event}");
}

#[test]
fn an_interrupted_build_leaves_what_it_did() {
    let place = Place::new(400);
    let mut reused = None;
    // How far a build gets is up to the machine: one that ends by itself, or before anything is done, shows nothing.
    for milliseconds in [50, 100, 200, 400, 800, 1600] {
        let mut build = place
            .command(&["build", "--quiet", "--jobs", "1"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("lumen starts");
        std::thread::sleep(Duration::from_millis(milliseconds));
        let signal = Command::new("kill")
            .args(["-INT", &build.id().to_string()])
            .status();
        signal.expect("kill starts");
        let status = build.wait().expect("it ends");
        assert!(
            matches!(status.code(), Some(0 | 130)) || status.code().is_none(),
            "{status}"
        );
        let event = place.build();
        assert_eq!(event["modules"], 401);
        let compiled = event["compiled"].as_u64().expect("a number");
        if status.code() == Some(130) && compiled < 401 && compiled > 0 {
            reused = Some(401 - compiled);
            break;
        }
        assert_eq!(place.run(&["clean"]).status.code(), Some(0));
        assert_eq!(place.run(&["cache", "clear"]).status.code(), Some(0));
    }
    assert!(reused > Some(0), "no build could be interrupted in the middle");
}

/// A document with this code.
fn code(text: &str) -> String {
    format!("# Case\n\n```lumen\n{text}\n```\n")
}

#[test]
fn hostile_documents_end_with_a_status() {
    let deep = 20_000;
    let cell = |body: String| code(&format!("cell main()\n{body}\nend"));
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("parentheses", cell("(".repeat(1_000_000)).into()),
        ("parentheses outside code", "(".repeat(1_000_000).into()),
        (
            "nested blocks",
            cell("if true\n".repeat(deep) + &"end\n".repeat(deep)).into(),
        ),
        ("open blocks", cell("if true\n".repeat(deep)).into()),
        (
            "a long line",
            cell(format!("  print(\"{}\")", "x".repeat(1_000_000))).into(),
        ),
        (
            "a long line with an error",
            cell(format!("  print({})", "x".repeat(1_000_000))).into(),
        ),
        (
            "bytes that are no text",
            b"```lumen\ncell main()\n  print(\"\xff\xfe\")\nend\n```\n".to_vec(),
        ),
        ("zeros", vec![0; 100_000]),
        (
            "nested types",
            code(&format!(
                "cell f(x: {}Int{})\nend",
                "list[".repeat(deep),
                "]".repeat(deep)
            ))
            .into(),
        ),
        ("minuses", cell(format!("  {}1", "-".repeat(100_000))).into()),
        ("nots", cell(format!("  {}true", "not ".repeat(deep))).into()),
        ("additions", cell(format!("  1{}", " + 1".repeat(deep))).into()),
        (
            "field accesses",
            cell(format!("  let x = 1{}", ".a".repeat(deep))).into(),
        ),
        (
            "else ifs",
            cell(format!("  if false\n{}  end", "  else if false\n".repeat(deep))).into(),
        ),
        (
            "a long list",
            cell(format!("  print(length([{}]))", "1, ".repeat(deep))).into(),
        ),
        ("quote levels", ("> ".repeat(deep) + "text\n").into()),
        ("open fences", "```lumen\n".repeat(deep).into()),
        (
            "nested interpolations",
            cell(format!(
                "  print({}1{})",
                "\"{".repeat(2_000),
                "}\"".repeat(2_000)
            ))
            .into(),
        ),
    ];
    let place = tempfile::tempdir().expect("a temporary folder");
    let mut failures = String::new();
    for (name, content) in cases {
        std::fs::write(place.path().join("case.lm.md"), content).expect("writable");
        let output = program("sh")
            .args(["-c", "ulimit -t 30; exec \"$0\" check case.lm.md"])
            .arg(LUMEN)
            .current_dir(place.path())
            .env("LUMEN_CACHE_DIR", place.path().join("cache"))
            .output()
            .expect("the shell starts");
        let errors = text(&output.stderr);
        if !matches!(output.status.code(), Some(0..=2)) || errors.contains("panicked") {
            let start: String = errors.chars().take(300).collect();
            let _ = writeln!(failures, "{name}: {}: {start}", output.status);
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

#[test]
fn odd_entries_in_a_package_are_passed_over_or_told() {
    let place = Place::new(1);
    std::fs::create_dir(place.project().join("src/folder.lm.md")).expect("a new folder");
    std::os::unix::fs::symlink("..", place.project().join("src/loop")).expect("a new link");
    std::os::unix::fs::symlink("self.lm.md", place.project().join("src/self.lm.md")).expect("a new link");
    let output = place.run(&["build"]);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", output.status);
    assert!(!text(&output.stderr).contains("panicked"));
    for manifest in [
        format!("x = {}", "[".repeat(200_000)),
        "# padding\n".repeat(200_000),
        "\0".repeat(1000),
    ] {
        place.write("lumen.toml", &manifest);
        let output = place.run(&["check"]);
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        assert!(!text(&output.stderr).contains("panicked"));
    }
}

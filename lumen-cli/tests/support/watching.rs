//! A running `lumen watch` in a workspace of its own. Tests wait for its events, never for time; a watchdog ends those that wait in
//! vain.

use super::lumen;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Longer than anything takes on a machine that has much else to do.
const WATCHDOG: Duration = Duration::from_secs(240);

/// A folder with a workspace and a cache.
pub(crate) struct Workspace {
    place: tempfile::TempDir,
}

impl Workspace {
    /// One package, `@acme/one`, with a library.
    pub(crate) fn new() -> Workspace {
        let workspace = Workspace {
            place: tempfile::tempdir().expect("a temporary folder"),
        };
        workspace.write("lumen.toml", &manifest("one"));
        workspace.write("src/lib.lm.md", &document("cell one() -> Int\n  1\nend"));
        workspace
    }

    /// Its folder.
    pub(crate) fn folder(&self) -> PathBuf {
        self.place.path().join("workspace")
    }

    /// The folder around it.
    pub(crate) fn place(&self) -> &Path {
        self.place.path()
    }

    /// Writes a file, and the folders that it needs.
    pub(crate) fn write(&self, path: &str, content: &str) {
        let path = self.folder().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a new folder");
        std::fs::write(path, content).expect("a writable folder");
    }

    /// Writes a file beside, and puts it in its place, as many editors do.
    pub(crate) fn replace(&self, path: &str, content: &str) {
        let beside = format!("{path}.tmp~");
        self.write(&beside, content);
        self.rename(&beside, path);
    }

    /// Renames a file or folder.
    pub(crate) fn rename(&self, from: &str, to: &str) {
        std::fs::rename(self.folder().join(from), self.folder().join(to)).expect("a rename");
    }

    /// A command in it.
    pub(crate) fn command(&self) -> Command {
        let mut command = lumen(&self.place.path().join("cache"), &self.folder());
        command.env("LUMEN_HOME", self.place.path().join("home"));
        command
    }

    /// Starts `lumen watch` with these words behind it.
    pub(crate) fn watch(&self, words: &str) -> Watching {
        let mut command = self.command();
        command.args(["--message-format", "json", "watch"]);
        Watching::start(command.args(words.split_whitespace()))
    }

    /// Starts `lumen watch` with its events going to a file.
    pub(crate) fn watch_into(&self, path: &Path) -> Watching {
        let mut command = self.command();
        command.args(["--message-format", "json", "watch"]);
        Watching::start_into(&mut command, std::fs::File::create(path).expect("a new file"))
    }
}

/// The manifest of a package.
pub(crate) fn manifest(name: &str) -> String {
    format!("[package]\nname = \"@acme/{name}\"\nversion = \"0.1.0\"\n")
}

/// A document with this code.
pub(crate) fn document(code: &str) -> String {
    format!("# A document\n\n```lumen\n{code}\n```\n")
}

/// A running `lumen watch`; killed when it is dropped.
pub(crate) struct Watching {
    process: Child,
    lines: Receiver<String>,
    errors: Option<std::thread::JoinHandle<String>>,
}

impl Watching {
    fn start(command: &mut Command) -> Watching {
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("lumen starts");
        let stdout = process.stdout.take().expect("a pipe");
        Watching::of(process, stdout)
    }

    /// Its events are in the file; there are no lines to read.
    fn start_into(command: &mut Command, file: std::fs::File) -> Watching {
        let process = command
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(Stdio::piped())
            .spawn()
            .expect("lumen starts");
        Watching::of(process, std::io::empty())
    }

    fn of(mut process: Child, stdout: impl Read + Send + 'static) -> Watching {
        let (send, lines) = channel();
        let stdout = BufReader::new(stdout);
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        let mut stderr = process.stderr.take().expect("a pipe");
        let errors = std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = stderr.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        Watching {
            process,
            lines,
            errors: Some(errors),
        }
    }

    /// Whether it has not ended yet.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// The number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// The next line.
    pub(crate) fn line(&mut self) -> String {
        self.lines.recv_timeout(WATCHDOG).unwrap_or_else(|error| {
            let _ = self.process.kill();
            let errors = self.errors.take().map(|errors| errors.join());
            panic!("{error}; on standard error: {errors:?}")
        })
    }

    /// Reads on to the first event that this holds of; gives it and all before it.
    pub(crate) fn until(&mut self, what: &str, holds: impl Fn(&Value) -> bool) -> (Value, Vec<Value>) {
        let mut passed = Vec::new();
        loop {
            let line = self.line();
            // What a program prints is no event.
            let event = serde_json::from_str(&line).unwrap_or(Value::String(line));
            if holds(&event) {
                return (event, passed);
            }
            passed.push(event);
            assert!(passed.len() < 10_000, "no {what} among {passed:?}");
        }
    }

    /// Reads on until it waits for changes; how it went, and all events before.
    pub(crate) fn idle(&mut self) -> (String, Vec<Value>) {
        let (event, passed) = self.until("watch-idle", |event| event["event"] == "watch-idle");
        assert_eq!(event["version"], 1);
        (event["result"].as_str().expect("a result").to_owned(), passed)
    }

    /// The same, without what changed nothing.
    pub(crate) fn result(&mut self) -> (String, Vec<Value>) {
        loop {
            let (result, passed) = self.idle();
            if result != "unchanged" {
                return (result, passed);
            }
        }
    }

    /// Reads on until a build went so.
    pub(crate) fn until_result(&mut self, wanted: &str) -> Vec<Value> {
        let wanted_event = |event: &Value| event["event"] == "watch-idle" && event["result"] == wanted;
        self.until(wanted, wanted_event).1
    }

    /// Sends a signal, by the name that kill(1) has for it.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.id().to_string()]).status();
        assert!(sent.expect("kill(1)").success());
    }

    /// Waits for its end, and gives what it still had to say.
    pub(crate) fn end(&mut self) -> (ExitStatus, String) {
        while self.lines.recv_timeout(WATCHDOG).is_ok() {}
        let status = self.process.wait().expect("it can be waited for");
        let errors = self.errors.take().map(|errors| errors.join().expect("it reads"));
        (status, errors.unwrap_or_default())
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Codes of the errors among events.
pub(crate) fn errors(events: &[Value]) -> Vec<&str> {
    let errors = events.iter().filter(|event| event["severity"] == "error");
    errors.filter_map(|event| event["code"].as_str()).collect()
}

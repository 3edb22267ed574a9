//! The real binary as a process of its own.

use crate::registry::Remote;
use registry_server::clock::SystemClock;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

/// The binary, killed when it goes out of scope.
pub(crate) struct Process(pub(crate) Child);

impl Process {
    /// Asks it to end in order; whether it did.
    pub(crate) fn end(&mut self) -> bool {
        let asked = Command::new("kill")
            .arg(self.0.id().to_string())
            .status()
            .expect("kill");
        assert!(asked.success());
        self.0.wait().expect("it ends").success()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the binary and reads what it prints for its user.
pub(crate) fn start(data: &Path) -> (Process, Remote, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_registry-server"));
    command.args(["serve", "--dev", "--data"]).arg(data);
    start_with(command).expect("it announces itself")
}

/// Starts the binary with a command; `None` if it ends before it has announced itself.
pub(crate) fn start_with(mut command: Command) -> Option<(Process, Remote, String)> {
    let mut child = command
        .env("LUMEN_LOG", "error")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let output = child.stdout.take().expect("its output");
    let process = Process(child);
    let mut told = BTreeMap::new();
    for line in BufReader::new(output).lines().map(|line| line.expect("text")) {
        if let Some((key, value)) = line.split_once(" = ") {
            told.insert(key.to_owned(), value.to_owned());
        }
        if told.contains_key("token") {
            break;
        }
    }
    let token = told.get("token")?.clone();
    let remote = Remote {
        url: told["url"].clone(),
        client: reqwest::Client::new(),
        root: told["root"].clone().into(),
        clock: Arc::new(SystemClock),
    };
    Some((process, remote, token))
}

//! Running the git command: without questions, hooks and helpers of a transport, in bounded time. The user's own configuration counts where it says
//! how to reach a host: proxies, certificates, credential helpers.

use super::GitError;
use crate::git::GitUrl;
use std::ffi::OsString;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Settings of every call. The first three keep hooks and programs of the user's configuration from being run; the protocols are those of `GitUrl`.
const SETTINGS: [&str; 10] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.askPass=",
    "protocol.allow=never",
    "protocol.https.allow=always",
    "protocol.ssh.allow=always",
    "protocol.file.allow=always",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
];

/// Variables that would change what git does, or where.
const CLEARED: [&str; 12] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_EXTERNAL_DIFF",
    "GIT_EXEC_PATH",
];

/// The most that a command may print, in bytes: all files of a package with a line before each.
const MAXIMUM_OUTPUT: u64 = 72 * 1024 * 1024;

/// How much of an error is shown, in lines.
const SHOWN_LINES: usize = 3;

/// The git command in one bare repository.
#[derive(Debug)]
pub(super) struct Git {
    program: OsString,
    folder: PathBuf,
    time_limit: Duration,
}

/// How a command ended.
struct Ended {
    success: bool,
    output: Vec<u8>,
    errors: String,
}

impl Git {
    pub(super) fn new(program: OsString, folder: PathBuf, time_limit: Duration) -> Self {
        Self {
            program,
            folder,
            time_limit,
        }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What a command prints.
    pub(super) fn run(&self, url: &GitUrl, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
        self.run_with(url, arguments, Stdio::null())
    }

    /// What a command prints that reads `input`.
    pub(super) fn run_with(
        &self,
        url: &GitUrl,
        arguments: &[&str],
        input: Stdio,
    ) -> Result<Vec<u8>, GitError> {
        let ended = self.execute(url, arguments, input)?;
        match ended.success {
            true => Ok(ended.output),
            false => Err(failure(url, &ended.errors)),
        }
    }

    /// What a command prints; `None` if it fails.
    pub(super) fn output(&self, url: &GitUrl, arguments: &[&str]) -> Result<Option<Vec<u8>>, GitError> {
        let ended = self.execute(url, arguments, Stdio::null())?;
        Ok(ended.success.then_some(ended.output))
    }

    /// Whether a command succeeds.
    pub(super) fn succeeds(&self, url: &GitUrl, arguments: &[&str]) -> Result<bool, GitError> {
        self.execute(url, arguments, Stdio::null())
            .map(|ended| ended.success)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the shell")]
    fn execute(&self, url: &GitUrl, arguments: &[&str], input: Stdio) -> Result<Ended, GitError> {
        let mut command = Command::new(&self.program);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command
            .arg("--git-dir")
            .arg(&self.folder)
            .args(arguments)
            .current_dir(&self.folder)
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_LFS_SKIP_SMUDGE", "1")
            .env("LC_ALL", "C")
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if std::env::var_os("GIT_SSH_COMMAND").is_none() {
            command.env("GIT_SSH_COMMAND", "ssh -o BatchMode=yes");
        }
        for variable in CLEARED {
            command.env_remove(variable);
        }
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => GitError::Missing,
            _ => GitError::Fetch {
                url: url.to_string(),
                reason: error.to_string(),
            },
        };
        let mut child = command.spawn().map_err(failed)?;
        let output = reader(child.stdout.take());
        let errors = reader(child.stderr.take());
        let finished = wait(&mut child, Instant::now() + self.time_limit);
        let success = match finished {
            Some(success) => success,
            None => {
                // Both can only fail for a process that has ended by itself.
                drop(child.kill());
                drop(child.wait());
                return Err(GitError::Unreachable {
                    url: url.to_string(),
                    reason: format!("it takes longer than {} seconds", self.time_limit.as_secs()),
                });
            }
        };
        let output = output.join().unwrap_or_default();
        if output.len() as u64 > MAXIMUM_OUTPUT {
            return Err(GitError::Fetch {
                url: url.to_string(),
                reason: format!("git prints more than {MAXIMUM_OUTPUT} bytes"),
            });
        }
        Ok(Ended {
            success,
            output,
            errors: String::from_utf8_lossy(&errors.join().unwrap_or_default()).into_owned(),
        })
    }
}

/// Reads a pipe on a thread of its own, so that git never waits for us; what is beyond the limit is thrown away.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn reader(pipe: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // A pipe that breaks ends the text; the exit status says whether that matters.
            drop(pipe.by_ref().take(MAXIMUM_OUTPUT + 1).read_to_end(&mut bytes));
            drop(io::copy(&mut pipe, &mut io::sink()));
        }
        bytes
    })
}

/// Whether the command succeeded; `None` if it did not end in time.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn wait(child: &mut Child, deadline: Instant) -> Option<bool> {
    let mut pause = Duration::from_millis(1);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Ok(None) if Instant::now() < deadline => std::thread::sleep(pause),
            Ok(None) | Err(_) => return None,
        }
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// What git, curl and ssh say of a host that is not reached or stops talking; in small letters. Git's exit status does not tell it apart.
const UNREACHED: [&str; 17] = [
    "could not resolve host",
    "could not resolve proxy",
    "temporary failure in name resolution",
    "name or service not known",
    "failed to connect",
    "couldn't connect to server",
    "could not connect to server",
    "connection refused",
    "connection reset",
    "connection timed out",
    "connection closed by",
    "operation timed out",
    "network is unreachable",
    "no route to host",
    "the remote end hung up unexpectedly",
    "recv failure",
    "returned error: 5",
];

fn failure(url: &GitUrl, errors: &str) -> GitError {
    let (url, reason, said) = (url.to_string(), last_lines(errors), errors.to_lowercase());
    match UNREACHED.iter().any(|unreached| said.contains(unreached)) {
        true => GitError::Unreachable { url, reason },
        false => GitError::Fetch { url, reason },
    }
}

/// The end of what git says, on one line, without control characters.
fn last_lines(errors: &str) -> String {
    let lines: Vec<&str> = errors
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let start = lines.len().saturating_sub(SHOWN_LINES);
    let text = lines.get(start..).unwrap_or_default().join("; ");
    let text: String = text
        .chars()
        .filter(|character| !character.is_control())
        .take(500)
        .collect();
    match text.is_empty() {
        true => "git gave no reason".to_owned(),
        false => text,
    }
}

//! What the harnesses over the real binary share: starting it, the code fences of Markdown, and what lies beside this file.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "each harness uses a part, which makes files, starts processes, and says what it skips"
)]

pub(crate) mod console;
pub(crate) mod registry;
#[cfg(unix)]
pub(crate) mod watching;

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// The command under test.
pub(crate) const LUMEN: &str = env!("CARGO_BIN_EXE_lumen");

/// A program that is or starts the command under test, without the variables that the command reads: whoever runs the
/// tests may have set them, as continuous integration does with `CI`.
pub(crate) fn program(path: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(path);
    for variable in [
        "CI",
        "LUMEN_CACHE_DIR",
        "LUMEN_CACHE_SIZE",
        "LUMEN_HOME",
        "LUMEN_REGISTRY_TOKEN",
        "NO_COLOR",
    ] {
        command.env_remove(variable);
    }
    command
}

/// The command under test, with a cache of its own.
pub(crate) fn lumen(cache: &Path, folder: &Path) -> Command {
    let mut command = program(LUMEN);
    command
        .current_dir(folder)
        .env("LUMEN_CACHE_DIR", cache)
        .env("NO_COLOR", "1");
    command
}

/// What a program wrote.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Copies a folder with all that is in it, but for folders named `.lumen`, which builds make.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a new folder");
    for entry in std::fs::read_dir(from).expect("readable folder") {
        let path = entry.expect("readable entry").path();
        let name = path.file_name().expect("a name");
        match path.is_dir() {
            true if name == ".lumen" => {}
            true => copy(&path, &to.join(name)),
            false => _ = std::fs::copy(&path, to.join(name)).expect("it can be copied"),
        }
    }
}

/// A code fence that begins at the margin.
#[derive(Debug)]
pub(crate) struct Fence<'a> {
    /// What stands after the opening marks, trimmed.
    pub(crate) info: &'a str,
    /// The lines between the marks.
    pub(crate) content: String,
    /// Line of the opening marks, from 1.
    pub(crate) line: usize,
}

/// The fences of a document, in order. A fence is closed by at least as many marks as opened it.
pub(crate) fn fences(document: &str) -> Vec<Fence<'_>> {
    let mut fences: Vec<Fence<'_>> = Vec::new();
    let mut open: Option<&str> = None;
    for (index, line) in document.lines().enumerate() {
        let rest = line.trim_start_matches('`');
        let marks = &line[..line.len() - rest.len()];
        match open {
            None if marks.len() >= 3 => {
                open = Some(marks);
                fences.push(Fence {
                    info: rest.trim(),
                    content: String::new(),
                    line: index + 1,
                });
            }
            None => {}
            Some(opening) if marks.len() >= opening.len() && rest.trim().is_empty() => {
                open = None;
            }
            Some(_) => {
                let fence = fences.last_mut().expect("a fence is open");
                fence.content.push_str(line);
                fence.content.push('\n');
            }
        }
    }
    fences
}

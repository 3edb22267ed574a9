//! Completion scripts complete in the shells that they are for, and manual pages are what their readers and checkers understand. What
//! is not installed is skipped by name.
#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "the test makes files, starts processes, and says what it skips"
)]

use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

fn lumen(arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_lumen"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("lumen starts");
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// What a program says; nothing if it is not installed.
fn tool(name: &str, arguments: &[&str], folder: &Path) -> Option<Output> {
    let mut command = Command::new(name);
    // A configuration of whoever runs the test would be in the way, and a terminal is there for nobody.
    command
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder)
        .env("TERM", "dumb")
        .env("MANPAGER", "cat");
    match command.output() {
        Ok(output) => Some(output),
        Err(_) => {
            eprintln!("skipped: {name} is not installed");
            None
        }
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A folder with `script`, which is what `lumen completions SHELL` prints.
fn script(shell: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let script = lumen(&["completions", shell], folder.path());
    std::fs::write(folder.path().join("script"), script).expect("it can be written");
    folder
}

#[test]
fn bash_completes_commands_and_options() {
    let folder = script("bash");
    let complete = |words: &str, position: usize| {
        let program = format!(
            ". ./script; COMP_WORDS=({words}); COMP_CWORD={position}; _lumen lumen \"${{COMP_WORDS[COMP_CWORD]}}\" \
             \"${{COMP_WORDS[COMP_CWORD-1]}}\"; echo \"${{COMPREPLY[*]}}\""
        );
        tool("bash", &["--norc", "-c", &program], folder.path()).map(|output| text(&output).trim().to_owned())
    };
    let Some(found) = complete("lumen comp", 1) else {
        return;
    };
    assert_eq!(found, "completions");
    assert_eq!(complete("lumen cache ver", 2).as_deref(), Some("verify"));
    assert_eq!(complete("lumen cache gc --max", 3).as_deref(), Some("--max-size"));
    assert_eq!(complete("lumen completions el", 2).as_deref(), Some("elvish"));
}

#[test]
fn zsh_completes_commands() {
    let folder = script("zsh");
    // The completion system needs a line editor, and that a terminal: zpty is one.
    let program = "zmodload zsh/zpty || exit 3
        zpty shell 'TERM=dumb zsh -f -i'
        zpty -w shell \"PS1=; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u -d ./dump; source ./script; echo rea''dy\"
        zpty -r shell line '*ready*' || exit 4
        zpty -w -n shell $'lumen cache ver\\t'
        zpty -r shell line '*verify*' && print -r -- completed
        zpty -d shell";
    let Some(output) = tool("zsh", &["-f", "-c", program], folder.path()) else {
        return;
    };
    if output.status.code() == Some(3) {
        eprintln!("skipped: zsh has no zpty here");
        return;
    }
    assert!(text(&output).contains("completed"), "{}", text(&output));
}

#[test]
fn fish_completes_commands_and_options() {
    let folder = script("fish");
    let program = "source ./script; complete --do-complete 'lumen cache ver'; complete --do-complete 'lumen cache gc --max'";
    let Some(output) = tool("fish", &["--no-config", "-c", program], folder.path()) else {
        return;
    };
    let printed = text(&output);
    let found: Vec<&str> = printed
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(found, ["verify", "--max-size"], "{printed}");
}

#[test]
fn every_shell_has_a_script() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = lumen(&["completions", shell], folder.path());
        for word in ["cache", "gc", "max-size", "completions"] {
            assert!(script.contains(word), "{shell} has no `{word}`");
        }
    }
}

#[test]
fn manual_pages_are_sound() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    assert!(lumen(&["man"], folder.path()).starts_with(".ie"));
    lumen(&["man", "--output", "pages"], folder.path());
    let pages = folder.path().join("pages");
    let mut names: Vec<String> = std::fs::read_dir(&pages)
        .expect("they were written")
        .map(|entry| {
            entry
                .expect("readable entry")
                .file_name()
                .into_string()
                .expect("a name in ASCII")
        })
        .collect();
    names.sort();
    for name in ["lumen.1", "lumen-build.1", "lumen-cache-gc.1"] {
        assert!(names.iter().any(|other| other == name), "no {name}");
    }
    let arguments: Vec<&str> = ["-Tlint", "-W", "warning"]
        .into_iter()
        .chain(names.iter().map(String::as_str))
        .collect();
    if let Some(output) = tool("mandoc", &arguments, &pages) {
        // A date would change the pages from build to build.
        let printed = text(&output);
        let faults: Vec<&str> = printed
            .lines()
            .filter(|line| !line.contains("missing date") && !line.contains("STYLE:"))
            .collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
    if let Some(output) = tool("man", &["--warnings", "-l", "lumen-cache-gc.1"], &pages) {
        let printed = text(&output);
        assert!(
            output.status.success() && printed.contains("--max-size"),
            "{printed}"
        );
        assert!(!printed.contains("warning"), "{printed}");
    }
}

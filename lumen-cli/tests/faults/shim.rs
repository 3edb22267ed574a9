//! The real `lumen` with the shim in `shim.c` before the C library.

use crate::support::{lumen, text};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The compiled shim.
pub(crate) struct Shim {
    folder: TempDir,
}

/// What goes wrong, in the words of the shim.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    Nothing,
    /// The operation of this number, in this way.
    At(usize, &'static str),
    /// All from this number on, in this way, as far as it can happen to them.
    From(usize, &'static str),
    /// What the seed says: one in so many; the clock shifted, and times of files rounded, by so many seconds.
    Drawn {
        seed: u64,
        rate: usize,
        clock: i64,
        coarse: u64,
    },
}

/// A file operation of the process.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// The function, or what it does.
    pub(crate) name: String,
    /// What went wrong; "-" for nothing.
    pub(crate) fault: String,
    pub(crate) path: PathBuf,
}

/// How a process ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Nothing if a signal ended it.
    pub(crate) status: Option<i32>,
    pub(crate) output: String,
    pub(crate) errors: String,
    pub(crate) operations: Vec<Operation>,
}

impl Shim {
    /// Nothing where there is no such preloading, or no compiler for C.
    pub(crate) fn compile() -> Option<Shim> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/shim.c");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let compiled = cfg!(all(target_os = "linux", target_env = "gnu"))
            && Command::new("cc")
                .args(["-shared", "-fPIC", "-O1", "-o"])
                .arg(folder.path().join("shim.so"))
                .arg(source)
                .status()
                .is_ok_and(|status| status.success());
        if !compiled {
            eprintln!("skipped: faults are injected on Linux with glibc and `cc` alone");
        }
        compiled.then_some(Shim { folder })
    }

    /// Runs a command in the workspace `root`. Faults concern `below` alone.
    pub(crate) fn run(
        &self,
        root: &Path,
        cache: &Path,
        below: &Path,
        arguments: &[String],
        plan: &Plan,
    ) -> Ended {
        let log = self
            .folder
            .path()
            .join(format!("{:?}.log", std::thread::current().id()));
        let mut command = lumen(cache, root);
        command
            .args(arguments)
            .stdin(Stdio::null())
            .env("LD_PRELOAD", self.folder.path().join("shim.so"))
            .env("FAULTS_BELOW", below)
            .env("FAULTS_LOG", &log);
        let mut set = |name: &str, value: &dyn fmt::Display| _ = command.env(name, value.to_string());
        match plan {
            Plan::Nothing => {}
            Plan::At(number, fault) => {
                set("FAULTS_AT", number);
                set("FAULTS_WITH", fault);
            }
            Plan::From(number, fault) => {
                set("FAULTS_FROM", number);
                set("FAULTS_WITH", fault);
            }
            Plan::Drawn {
                seed,
                rate,
                clock,
                coarse,
            } => {
                set("FAULTS_SEED", &(seed % 1_000_000_007));
                set("FAULTS_RATE", rate);
                set("FAULTS_CLOCK", clock);
                set("FAULTS_COARSE", coarse);
            }
        }
        let output = command.output().expect("lumen starts");
        let operations = fs::read(&log)
            .map(|bytes| operations(&text(&bytes)))
            .unwrap_or_default();
        // Nothing to remove if there was no operation.
        let _ = fs::remove_file(&log);
        Ended {
            status: output.status.code(),
            output: text(&output.stdout),
            errors: text(&output.stderr),
            operations,
        }
    }
}

/// Whether a file is a source: without it nothing can be said, so an error is right.
fn is_source(root: &Path, path: &Path) -> bool {
    let Ok(path) = path.strip_prefix(root) else {
        return false;
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    !path.starts_with(".lumen") && !name.starts_with('.') && !name.starts_with("lumen.lock")
}

fn operations(log: &str) -> Vec<Operation> {
    let lines = log.lines().filter_map(|line| {
        let mut words = line.splitn(4, ' ').skip(1);
        Some(Operation {
            name: words.next()?.to_owned(),
            fault: words.next()?.to_owned(),
            path: words.next()?.into(),
        })
    });
    lines.collect()
}

impl Ended {
    /// The operations that something went wrong with.
    pub(crate) fn faults(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(|operation| operation.fault != "-")
    }

    /// Whether somebody else worked in the same folder.
    pub(crate) fn was_meddled_with(&self) -> bool {
        let others = ["vanish", "rename", "grow"];
        self.faults().any(|operation| others.contains(&&*operation.fault))
    }

    /// Whether the error can be put down to a source: something went wrong with it, and the error names it.
    pub(crate) fn is_excused(&self, root: &Path) -> bool {
        let said = format!("{}{}", self.output, self.errors);
        let is_named = |path: &Path| said.contains(&*path.file_name().unwrap_or_default().to_string_lossy());
        self.faults()
            .any(|operation| is_source(root, &operation.path) && is_named(&operation.path))
    }

    /// Document or manifest, code and message of every finding, sorted; of an output in JSON.
    pub(crate) fn findings(&self) -> Vec<(String, String, String)> {
        let events = self.events();
        let findings = events.iter().filter(|event| event.get("code").is_some());
        let word = |event: &serde_json::Value, key: &str| event[key].as_str().unwrap_or_default().to_owned();
        let mut findings: Vec<_> = findings
            .map(|event| (word(event, "file"), word(event, "code"), word(event, "message")))
            .collect();
        findings.sort();
        findings
    }

    /// The hash of the link manifest.
    pub(crate) fn image(&self) -> String {
        let events = self.events();
        let last = events.iter().rev().find_map(|event| event["image"].as_str());
        last.unwrap_or_default().to_owned()
    }

    fn events(&self) -> Vec<serde_json::Value> {
        let lines = self
            .output
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        lines.collect()
    }

    /// Why this is no way to end, whatever went wrong: a panic, a signal that nobody sent, a status that means something else than
    /// faulty sources.
    pub(crate) fn is_broken(&self) -> Option<String> {
        let killed = self.status.is_none() && self.faults().any(|operation| operation.fault == "kill");
        let orderly = matches!(self.status, Some(0..=2)) || killed;
        let panicked = self.errors.contains("panicked") || self.output.contains("a defect of Lumen");
        (!orderly || panicked).then(|| format!("it ended with {self}"))
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "status {:?}\n{}{}",
            self.status, self.output, self.errors
        )?;
        self.faults()
            .try_for_each(|operation| writeln!(formatter, "{operation:?}"))
    }
}

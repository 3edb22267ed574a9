//! Lumen's home, `$LUMEN_HOME` or `~/.lumen`: where things of one user are, and reading their configuration.

use super::Disk;
use crate::config::{MAXIMUM_CONFIG_BYTES, USER_CONFIG_FILE, UserConfig};
use crate::problem::{Location, Problem, Severity};
use crate::source::{ManifestSource, ReadError};
use std::path::{Path, PathBuf};

/// Lumen's home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home(PathBuf);

/// The user's configuration and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct ReadConfig {
    /// Empty if there is no file.
    pub config: UserConfig,
    /// In the order of the file. With an error among them the configuration is not complete.
    pub problems: Vec<Problem>,
    /// The text, for showing lines; empty if there is none.
    pub text: String,
}

impl Home {
    /// The home in a folder, which need not exist.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// The user's configuration: `config.toml`.
    pub fn config_file(&self) -> PathBuf {
        self.0.join(USER_CONFIG_FILE)
    }

    /// Git repositories and their checkouts: `git/`.
    pub fn git(&self) -> PathBuf {
        self.0.join("git")
    }

    /// Reads the user's configuration. That there is none is no problem.
    pub fn read_config(&self) -> ReadConfig {
        let file = self.config_file();
        let bytes = match Disk.read(&file, MAXIMUM_CONFIG_BYTES) {
            Ok(bytes) => bytes,
            Err(ReadError::Absent) => return ReadConfig::default(),
            Err(error) => return unreadable(file, &error.to_string()),
        };
        let Ok(text) = String::from_utf8(bytes) else {
            return unreadable(file, "it is not valid UTF-8");
        };
        let (config, problems) = UserConfig::parse(&file, &text);
        ReadConfig {
            config,
            problems,
            text,
        }
    }
}

fn unreadable(file: PathBuf, reason: &str) -> ReadConfig {
    let problem = Problem {
        severity: Severity::Error,
        code: None,
        message: format!("cannot read `{USER_CONFIG_FILE}`: {reason}"),
        location: Location { file, region: None },
        labels: Vec::new(),
        help: None,
    };
    ReadConfig {
        problems: vec![problem],
        ..ReadConfig::default()
    }
}

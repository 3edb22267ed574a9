//! The user's configuration, `config.toml` in Lumen's home: registries for every workspace of this user,
//! and how much room the build cache may take.

use super::cache::CacheSection;
use super::section::RegistrySection;
use crate::finding::Findings;
use crate::problem::Problem;
use crate::reader::{UnknownKeys, entries};
use std::path::{Path, PathBuf};
use toml_edit::Document;

/// The name of the file, in Lumen's home.
pub const USER_CONFIG_FILE: &str = "config.toml";

/// The largest that is read, in bytes (1 MiB).
pub const MAXIMUM_CONFIG_BYTES: u64 = 1024 * 1024;

const SECTIONS: [&str; 2] = ["cache", "registries"];

/// The user's configuration.
#[derive(Debug, Clone, Default)]
pub struct UserConfig {
    /// Paths in it are relative to this folder.
    pub(crate) folder: PathBuf,
    pub(crate) registries: RegistrySection,
    pub(crate) cache: CacheSection,
}

impl UserConfig {
    /// Reads the text of `file`. What is wrong comes with it, warnings too; entries that are wrong are left out.
    pub fn parse(file: &Path, text: &str) -> (Self, Vec<Problem>) {
        let mut findings = Findings::default();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut config = Self {
            folder: file.parent().map(Path::to_path_buf).unwrap_or_default(),
            registries: RegistrySection::default(),
            cache: CacheSection::default(),
        };
        match Document::parse(text) {
            Err(error) => findings.syntax(text, &error),
            Ok(document) => {
                let mut unknown = UnknownKeys::default();
                for entry in entries(document.as_table()) {
                    match entry.key {
                        "cache" => config.cache = CacheSection::read(&entry, &mut findings),
                        "registries" => config.registries = RegistrySection::read(&entry, &mut findings),
                        _ => unknown.push(entry),
                    }
                }
                unknown.warn("section", &SECTIONS, &mut findings);
            }
        }
        (config, findings.into_problems(file, text))
    }

    /// What the cache of compiled modules may take, in bytes, if this user says so.
    pub fn cache_size(&self) -> Option<u64> {
        self.cache.size
    }
}

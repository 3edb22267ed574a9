//! Which files of a package's folder are packed. Decides over paths; walking the folder and asking git is the shell's.
//!
//! In this order (`docs/spec/archive-v1.md`, section 6):
//! 1. the manifest and the readme are always in; `lumen.lock` and its proofs never are, since the lock of who builds counts;
//! 2. folders of version control, of builds and of other packages are out;
//! 3. with `include`, exactly what it picks is in (also the folder of another package, if a pattern matches that folder); else what `.gitignore` files or git ignore is out;
//! 4. what `exclude` picks is out.

use super::ignore::Patterns;
use crate::{LOCK_FILE, MANIFEST_FILE};
use std::collections::{BTreeMap, BTreeSet};

/// Folders that no package wants: version control, build state, what others install.
const FOLDERS: [&str; 14] = [
    ".git",
    ".hg",
    ".svn",
    ".jj",
    ".bzr",
    "_darcs",
    ".pijul",
    "CVS",
    ".lumen",
    "node_modules",
    "__pycache__",
    ".venv",
    ".direnv",
    ".idea",
];

/// Files that systems leave in folders, and the file by which a submodule or worktree names its repository.
const FILES: [&str; 4] = [".DS_Store", "Thumbs.db", "desktop.ini", ".git"];

/// The file that marks a folder as a cache (<https://bford.info/cachedir/>), for instance cargo's `target`.
pub(crate) const CACHE_TAG: &str = "CACHEDIR.TAG";

/// The file that makes a folder a template, whose inner manifests are part of it.
pub(crate) const TEMPLATE_FILE: &str = "template.toml";

/// The rules of one package.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    include: Patterns,
    exclude: Patterns,
    readme: Option<String>,
    /// Folders that are templates, with `/` at the end; `""` is the package's.
    templates: BTreeSet<String>,
    /// By folder, with `/` at the end; `""` is the package's.
    ignores: BTreeMap<String, Patterns>,
    /// What git ignores: files, and folders with `/` at the end.
    ignored: BTreeSet<String>,
}

impl Rules {
    /// Rules from a manifest's keys.
    pub(crate) fn new(include: &[String], exclude: &[String], readme: Option<&str>) -> Self {
        Self {
            include: Patterns::parse(include.iter().map(String::as_str)),
            exclude: Patterns::parse(exclude.iter().map(String::as_str)),
            readme: readme.map(str::to_owned),
            ..Self::default()
        }
    }

    /// A folder of the package is a template.
    pub(crate) fn add_template(&mut self, folder: &str) {
        self.templates.insert(folder.to_owned());
    }

    /// Whether a folder is a template, or lies in one.
    fn is_of_template(&self, path: &str) -> bool {
        let path = format!("{path}/");
        self.templates
            .iter()
            .any(|folder| path.starts_with(folder.as_str()))
    }

    /// Adds the text of a `.gitignore` in a folder of the package (`""`, `docs/`).
    pub(crate) fn add_ignore_file(&mut self, folder: &str, text: &str) {
        self.ignores
            .insert(folder.to_owned(), Patterns::parse(text.lines()));
    }

    /// Adds what git says that it ignores.
    pub(crate) fn add_ignored(&mut self, paths: impl IntoIterator<Item = String>) {
        self.ignored.extend(paths);
    }

    /// Whether the walk goes into a folder. `files` are the names of what lies in it.
    pub(crate) fn enters(&self, path: &str, files: &BTreeSet<String>) -> bool {
        let components: Vec<&str> = path.split('/').collect();
        let name = components.last().copied().unwrap_or_default();
        if FOLDERS.contains(&name)
            || files.contains(CACHE_TAG)
            || self.exclude.verdict(&components, true) == Some(true)
        {
            return false;
        }
        if self.include.is_empty() {
            let other_package = files.contains(MANIFEST_FILE) && !self.is_of_template(path);
            return !other_package && !self.is_ignored(&components, true);
        }
        let named = self.include.verdict(&components, true) == Some(true);
        named || self.is_of_template(path) || !files.contains(MANIFEST_FILE)
    }

    /// Whether a file in a folder that was entered is packed.
    pub(crate) fn takes(&self, path: &str) -> bool {
        if path == MANIFEST_FILE || Some(path) == self.readme.as_deref() {
            return true;
        }
        let components: Vec<&str> = path.split('/').collect();
        let name = components.last().copied().unwrap_or_default();
        let lock = path == LOCK_FILE || path.strip_prefix(LOCK_FILE) == Some(".proofs");
        if lock || FILES.contains(&name) || self.exclude.pick(&components) {
            return false;
        }
        match self.include.is_empty() {
            true => !self.is_ignored(&components, false),
            false => self.include.pick(&components),
        }
    }

    /// The `.gitignore` nearest to the path that says anything decides.
    fn is_ignored(&self, path: &[&str], is_folder: bool) -> bool {
        let whole = path.join("/");
        let by_git = match is_folder {
            true => self.ignored.contains(&format!("{whole}/")),
            false => self.ignored.contains(&whole),
        };
        let by_file = || {
            (0..path.len()).rev().find_map(|length| {
                let above = path.get(..length)?;
                let folder: String = above.iter().flat_map(|name| [*name, "/"]).collect();
                self.ignores.get(&folder)?.verdict(path.get(length..)?, is_folder)
            })
        };
        by_git || by_file() == Some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(patterns: &[&str]) -> Vec<String> {
        patterns.iter().map(|pattern| (*pattern).to_owned()).collect()
    }

    /// Walks a list of files as the shell walks a folder.
    fn packed(rules: &Rules, files: &[&str]) -> Vec<String> {
        let names_in = |folder: &str| -> BTreeSet<String> {
            let inside = files
                .iter()
                .filter_map(|file| file.strip_prefix(folder)?.strip_prefix('/'));
            inside
                .filter(|rest| !rest.contains('/'))
                .map(str::to_owned)
                .collect()
        };
        let entered = |file: &str| {
            file.match_indices('/')
                .all(|(at, _)| rules.enters(&file[..at], &names_in(&file[..at])))
        };
        files
            .iter()
            .filter(|file| entered(file) && rules.takes(file))
            .map(|file| (*file).to_owned())
            .collect()
    }

    const FILES: [&str; 14] = [
        ".DS_Store",
        ".git/config",
        ".lumen/state",
        "README.md",
        "docs/a.md",
        "docs/b.log",
        "inner/lumen.toml",
        "inner/src/x.lm.md",
        "lumen.lock",
        "lumen.lock.proofs",
        "lumen.toml",
        "src/main.lm.md",
        "tools/t/target/CACHEDIR.TAG",
        "tools/t/target/x",
    ];

    #[test]
    fn what_belongs_to_others_is_left_out() {
        let rules = Rules::new(&[], &[], None);
        assert_eq!(
            packed(&rules, &FILES),
            [
                "README.md",
                "docs/a.md",
                "docs/b.log",
                "lumen.toml",
                "src/main.lm.md"
            ]
        );
    }

    #[test]
    fn include_picks_and_exclude_takes_away() {
        let rules = Rules::new(&list(&["src/", "docs/*"]), &list(&["*.log"]), Some("README.md"));
        assert_eq!(
            packed(&rules, &FILES),
            ["README.md", "docs/a.md", "lumen.toml", "src/main.lm.md"]
        );
        let rules = Rules::new(&[], &list(&["docs", "*"]), None);
        assert_eq!(packed(&rules, &FILES), ["lumen.toml"]);
        // What is named explicitly is in, though it is ignored, or another package.
        let mut rules = Rules::new(&list(&["docs/b.log", "inner"]), &[], None);
        rules.add_ignore_file("", "*.log\n");
        assert_eq!(
            packed(&rules, &FILES),
            [
                "docs/b.log",
                "inner/lumen.toml",
                "inner/src/x.lm.md",
                "lumen.toml"
            ]
        );
    }

    #[test]
    fn ignored_files_are_left_out() {
        let mut rules = Rules::new(&[], &[], None);
        rules.add_ignore_file("", "*.log\n/src/\nREADME.md\n");
        assert_eq!(packed(&rules, &FILES), ["docs/a.md", "lumen.toml"]);
        rules.add_ignore_file("docs/", "!b.log\n");
        assert_eq!(packed(&rules, &FILES), ["docs/a.md", "docs/b.log", "lumen.toml"]);
        rules.add_ignored(list(&["docs/"]));
        assert_eq!(packed(&rules, &FILES), ["lumen.toml"]);
    }

    #[test]
    fn the_inner_manifests_of_a_template_are_part_of_it() {
        let mut rules = Rules::new(&[], &[], None);
        rules.add_template("");
        assert!(packed(&rules, &FILES).contains(&"inner/lumen.toml".to_owned()));
        let mut rules = Rules::new(&[], &[], None);
        rules.add_template("inner/");
        assert!(packed(&rules, &FILES).contains(&"inner/lumen.toml".to_owned()));
        let mut rules = Rules::new(&[], &[], None);
        rules.add_template("docs/");
        assert!(!packed(&rules, &FILES).contains(&"inner/lumen.toml".to_owned()));
    }
}

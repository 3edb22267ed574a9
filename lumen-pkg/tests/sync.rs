//! Cases of completing a package graph: each file of `tests/sync` holds workspaces, registries and repositories in memory, what is asked of
//! them step by step, and what must come of each step. `tests/sync/README.md` says how they are written. `LUMEN_UPDATE_CASES=1` writes what
//! was found into the files, to be read.

use lumen_pkg::config::UserConfig;
use lumen_pkg::solve::{Candidate, Need, Source, SourcedName};
use lumen_pkg::sync::{
    KeptProofs, MemoryPackages, MemoryRepositories, Request, Sources, SyncError, Synced, Update, sync,
};
use lumen_pkg::{
    CommitId, GitReference, GitUrl, Grant, Loaded, Lock, MemoryTree, PackageName, Problem, Proofs,
    Requirement, Version, load,
};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use toml_edit::{DocumentMut, Item, Table};

const ROOT: &str = "/w";

#[test]
#[expect(clippy::disallowed_methods, reason = "cases are files")]
fn every_step_gives_what_the_case_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sync");
    let update = std::env::var_os("LUMEN_UPDATE_CASES").is_some();
    let entries = std::fs::read_dir(&folder).expect("the folder of cases is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let (mut cases, mut steps, mut wrong) = (0, 0, String::new());
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a case file is text");
        let mut document: DocumentMut = text
            .parse()
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let tables = document.get_mut("case").and_then(Item::as_array_of_tables_mut);
        for case in tables.expect("a file has [[case]]").iter_mut() {
            cases += 1;
            let name = string(case, "name").expect("a case has a name");
            assert!(string(case, "why").is_some(), "{name}: a case says why");
            let mut world = World::default();
            let mut step = |table: &mut Table, number: usize| {
                check_keys(table, &name);
                steps += 1;
                let found = world.step(table);
                if string(table, "outcome").as_deref().map(str::trim_end) != Some(found.trim_end()) {
                    let _ = writeln!(wrong, "{}: {name}, step {number}\n{found}\n", path.display());
                    write(table, &found);
                }
            };
            step(case, 1);
            let then = case.get_mut("then").and_then(Item::as_array_of_tables_mut);
            for (number, table) in (2..).zip(then.into_iter().flat_map(|then| then.iter_mut())) {
                step(table, number);
            }
        }
        if update {
            std::fs::write(&path, document.to_string()).expect("the case file is written");
        }
    }
    assert!(wrong.is_empty() || update, "{wrong}");
    assert!(cases >= 50, "{cases} cases, at least 50 expected");
    println!("{cases} cases, {steps} steps");
}

/// A key that nobody reads would make a case that says less than it seems to.
fn check_keys(table: &Table, case: &str) {
    const KEYS: [&str; 24] = [
        "name",
        "why",
        "needs",
        "sections",
        "files",
        "user",
        "registries",
        "ages",
        "publish",
        "yank",
        "unyank",
        "forge",
        "references",
        "empty-store",
        "lock",
        "edit-lock",
        "proofs",
        "now",
        "flags",
        "update",
        "precise",
        "whole",
        "then",
        "outcome",
    ];
    for (key, _) in table {
        assert!(KEYS.contains(&key), "{case}: nobody knows the key {key}");
    }
}

fn write(table: &mut Table, outcome: &str) {
    let text = format!("outcome = '''\n{}\n'''", outcome.trim_end());
    let parsed: DocumentMut = text.parse().expect("outcomes have no '''");
    table.remove("outcome");
    table.insert("outcome", parsed.get("outcome").expect("it was written").clone());
}

/// What lives from step to step. At first there is one registry, which the user's configuration calls `default`.
struct World {
    files: MemoryTree,
    user: String,
    packages: MemoryPackages,
    repositories: MemoryRepositories,
    /// Origins by the names of registries.
    origins: BTreeMap<String, String>,
    lock: Option<String>,
    proofs: Option<Proofs>,
    /// Why they cannot be read, if they are damaged.
    damage: Option<String>,
}

impl Default for World {
    fn default() -> Self {
        let packages = MemoryPackages::default();
        packages.add_registry("default", "r.example");
        Self {
            files: MemoryTree::new(),
            user: "[registries]\ndefault = { url = \"https://r.example\" }\n".to_owned(),
            packages,
            repositories: MemoryRepositories::default(),
            origins: BTreeMap::from([("default".to_owned(), "r.example".to_owned())]),
            lock: None,
            proofs: None,
            damage: None,
        }
    }
}

impl World {
    /// Changes the world as a step says, and completes the graph.
    fn step(&mut self, step: &Table) -> String {
        self.change(step);
        let loaded = load(&self.files, Path::new(ROOT));
        let mut outcome = String::new();
        for problem in &loaded.problems {
            outcome += &shown(problem);
        }
        if loaded.workspace.is_none() {
            return format!("exit 1\n{outcome}");
        }
        let lock = match self.read_lock() {
            Ok(lock) => lock,
            Err(problems) => {
                let shown: String = problems.iter().map(shown).collect();
                return format!("exit 1\n{outcome}{shown}");
            }
        };
        self.packages.take_requests();
        self.repositories.take_requests();
        self.packages.take_evidence();
        let request = request(step);
        let result = self.sync(&loaded, lock.as_ref(), &request);
        let asked: Vec<String> = (self.packages.take_requests().into_iter())
            .chain(self.repositories.take_requests())
            .collect();
        let (exit, text) = match result {
            Ok(synced) => {
                self.check(&loaded, &synced, &request);
                self.lock = Some(synced.lock.render());
                let mut text = said(&synced, boolean(step, "whole"));
                text += &self.keep_proofs(synced.proofs);
                self.damage = None;
                (0, text)
            }
            Err(SyncError::Manifests(problems)) => (1, problems.iter().map(shown).collect()),
            Err(error) => {
                let exit = match (error.is_security(), error.is_unreachable()) {
                    (true, _) => 4,
                    (false, true) => 5,
                    (false, false) => 1,
                };
                (exit, format!("error: {error}\n"))
            }
        };
        // The first lines repeat the message.
        let evidence: String = (self.packages.take_evidence().iter())
            .flat_map(|evidence| evidence.lines().filter(|line| line.starts_with("== ")))
            .map(|line| format!("{line}\n"))
            .collect();
        let asked: String = asked.iter().map(|asked| format!("asked {asked}\n")).collect();
        format!("exit {exit}\n{outcome}{text}{evidence}{asked}")
    }

    fn sync(&self, loaded: &Loaded, lock: Option<&Lock>, request: &Request) -> Result<Synced, SyncError> {
        let (user, problems) = UserConfig::parse(Path::new("/home/config.toml"), &self.user);
        assert_eq!(problems, [], "the user's configuration is right");
        let registries = loaded.outside.registries(Path::new(ROOT), Some(&user));
        let sources = Sources {
            registries: &registries,
            packages: &self.packages,
            repositories: &self.repositories,
            manifests: &self.files,
            proofs: match (&self.damage, &self.proofs) {
                (Some(reason), _) => KeptProofs::Damaged(reason),
                (None, Some(proofs)) => KeptProofs::Whole(proofs),
                (None, None) => KeptProofs::Absent,
            },
        };
        sync(loaded, lock, &sources, request)
    }

    /// Keeps the proofs, and says what they prove if they are others than before.
    fn keep_proofs(&mut self, proofs: Proofs) -> String {
        assert_eq!(
            Proofs::parse(&proofs.render()).as_ref(),
            Ok(&proofs),
            "what is written can be read"
        );
        let proofs = (proofs != Proofs::default()).then_some(proofs);
        if proofs == self.proofs {
            return String::new();
        }
        let bundles = proofs.iter().flat_map(|proofs| &proofs.bundles);
        let names: Vec<String> = bundles
            .map(|bundle| format!("{} {}", bundle.name, bundle.version))
            .collect();
        let text = match names.as_slice() {
            [] => "no proofs any more\n".to_owned(),
            names => format!("proofs of {}\n", names.join(", ")),
        };
        self.proofs = proofs;
        text
    }

    fn read_lock(&self) -> Result<Option<Lock>, Vec<Problem>> {
        let path = Path::new(ROOT).join(lumen_pkg::LOCK_FILE);
        self.lock
            .as_ref()
            .map(|text| Lock::parse(&path, text))
            .transpose()
    }

    /// A lock reads as what it was written from, and the next command finds nothing to do and nobody to ask.
    fn check(&self, loaded: &Loaded, synced: &Synced, request: &Request) {
        let path = Path::new(ROOT).join(lumen_pkg::LOCK_FILE);
        let text = synced.lock.render();
        let read = Lock::parse(&path, &text).expect("what is written can be read");
        assert_eq!(read.render(), text, "one text for one lock");
        let (registries, repositories) = (self.packages.take_requests(), self.repositories.take_requests());
        let again = Request {
            locked: true,
            now: request.now,
            ..Request::default()
        };
        let again = self
            .sync(loaded, Some(&read), &again)
            .expect("a lock that was just made holds");
        assert_eq!(again.lock.render(), text, "a lock stays as it is");
        assert_eq!(again.changes, [], "a lock stays as it is");
        assert_eq!(
            self.packages.take_requests(),
            [] as [&str; 0],
            "nobody is asked again"
        );
        assert_eq!(
            self.repositories.take_requests(),
            [] as [&str; 0],
            "nobody is asked again"
        );
        drop((registries, repositories));
    }

    fn change(&mut self, step: &Table) {
        if step.contains_key("needs") || step.contains_key("sections") {
            let (needs, sections) = (strings(step, "needs").join("\n"), string(step, "sections"));
            let text = format!(
                "[package]\nname = \"@w/app\"\nversion = \"0.1.0\"\n\n[dependencies]\n{needs}\n{}",
                sections.unwrap_or_default()
            );
            self.files.write(place("lumen.toml"), text);
        }
        for (path, text) in texts(step, "files") {
            self.files.write(place(&path), text);
        }
        if let Some(user) = string(step, "user") {
            self.user = user;
        }
        for (name, origin) in texts(step, "registries") {
            self.packages.remove_registry(&name);
            if origin != "silent" {
                self.packages.add_registry(&name, &origin);
                self.origins.insert(name, origin);
            }
        }
        for (name, seconds) in numbers(step, "ages") {
            self.packages
                .set_minimum_release_age(&self.origin(&name), seconds);
        }
        let published = step.get("publish").and_then(Item::as_table_like);
        for (key, needs) in published.into_iter().flat_map(|table| table.iter()) {
            self.publish(key, &item_strings(needs));
        }
        for (key, yanked) in [("yank", true), ("unyank", false)] {
            for text in strings(step, key) {
                let (origin, name, version, _) = self.version(&text);
                self.packages.yank(&origin, &name, &version, yanked);
            }
        }
        for name in strings(step, "forge") {
            self.packages.forge(&package(&name));
        }
        for (reference, commit) in texts(step, "references") {
            let words: Vec<&str> = reference.split(' ').collect();
            let (url, reference) = match words.as_slice() {
                [url] => (url, GitReference::DefaultBranch),
                [url, key, value] => (url, GitReference::parse(key, value).expect("a reference")),
                _ => panic!("{reference}: URL [KEY VALUE]"),
            };
            let url = GitUrl::parse(url).expect("an address");
            self.repositories.set(url, reference, commit_id(&commit));
        }
        if boolean(step, "empty-store") {
            self.packages.empty_store();
        }
        match string(step, "proofs").as_deref() {
            None => {}
            Some("none") => self.proofs = None,
            Some("damaged") => {
                let whole = self.proofs.take().unwrap_or_default().render();
                let cut = &whole[..whole.len() - 1];
                self.damage = Proofs::parse(cut).err().map(|error| error.to_string());
            }
            Some("forged") => {
                let bundles = self.proofs.iter_mut().flat_map(|proofs| &mut proofs.bundles);
                bundles.for_each(|bundle| bundle.bundle = "something else\n".to_owned());
            }
            Some("partial") => {
                self.proofs
                    .iter_mut()
                    .for_each(|proofs| proofs.bundles.truncate(1));
            }
            Some(other) => panic!("proofs are none, damaged, forged or partial, not {other}"),
        }
        for (from, to) in texts(step, "edit-lock") {
            let lock = self.lock.as_mut().expect("a step before has made a lock");
            assert!(lock.contains(&from), "the lock has no {from}:\n{lock}");
            *lock = lock.replace(&from, &to);
        }
        if let Some(lock) = string(step, "lock") {
            self.lock = (!lock.is_empty()).then_some(lock);
        }
    }

    fn origin(&self, name: &str) -> String {
        let known = self.origins.get(name);
        known
            .unwrap_or_else(|| panic!("there is no registry {name}"))
            .clone()
    }

    /// `REGISTRY NAME VERSION [time=SECONDS]`
    fn version(&self, text: &str) -> (String, PackageName, Version, Option<u64>) {
        let words: Vec<&str> = text.split(' ').collect();
        let (registry, name, version, time) = match words.as_slice() {
            [registry, name, version] => (registry, name, version, Some(0)),
            [registry, name, version, time] => {
                let seconds = time.strip_prefix("time=").and_then(|time| time.parse().ok());
                (registry, name, version, Some(seconds.expect("time=SECONDS")))
            }
            _ => panic!("{text}: REGISTRY NAME VERSION [time=SECONDS]"),
        };
        let version = Version::parse(version).unwrap_or_else(|error| panic!("{text}: {error}"));
        (self.origin(registry), package(name), version, time)
    }

    /// What a version needs: `NAME REQUIREMENT [from=REGISTRY]`, or `asks GRANT`.
    fn publish(&mut self, key: &str, needs: &[String]) {
        let (origin, name, version, time) = self.version(key);
        let mut candidate = Candidate {
            time,
            ..Candidate::new(version.clone())
        };
        let mut grants = Vec::new();
        let (mut dependencies, mut tools) = (String::new(), String::new());
        for need in needs {
            if let Some(grant) = need.strip_prefix("asks ") {
                grants.push(Grant::parse(grant).expect("a grant"));
                let (tool, constraints) = grant.split_once(' ').unwrap_or((grant, "{}"));
                let _ = writeln!(tools, "\"{tool}\" = {}", constraints.replace("\":", "\" = "));
                continue;
            }
            let (need, from) = match need.split_once(" from=") {
                Some((need, registry)) => (need, self.origin(registry)),
                None => (need.as_str(), origin.clone()),
            };
            let (name, requirement) = need.split_once(' ').expect("NAME REQUIREMENT");
            let _ = writeln!(dependencies, "\"{name}\" = \"{requirement}\"");
            candidate.needs.push(Need {
                package: SourcedName {
                    name: package(name),
                    source: Source::Registry(from.as_str().into()),
                },
                requirement: Some(Requirement::parse(requirement).expect("a requirement")),
            });
        }
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"{version}\"\n[dependencies]\n{dependencies}[tools]\n{tools}"
        );
        let folder = MemoryPackages::folder(&origin, &name, &version);
        self.files.write(folder.join("lumen.toml"), manifest);
        self.packages.publish(&origin, &name, candidate, grants);
    }
}

/// What a step asks for.
fn request(step: &Table) -> Request {
    let mut request = Request::default();
    let names: Vec<PackageName> = strings(step, "update").iter().map(|name| package(name)).collect();
    if !names.is_empty() {
        request.update = Update::Packages(names);
    }
    if let Some(precise) = string(step, "precise") {
        let (name, version) = precise.split_once(' ').expect("NAME VERSION");
        request.update = Update::Precise(package(name), Version::parse(version).expect("a version"));
    }
    for flag in strings(step, "flags") {
        match flag.as_str() {
            "locked" => request.locked = true,
            "offline" => request.offline = true,
            "frozen" => (request.locked, request.offline) = (true, true),
            "accept-grants" => request.accept_grants = true,
            "minimal" => request.minimal = true,
            "last-seen-yanks" => request.last_seen_yanks = true,
            "update" => request.update = Update::Everything,
            _ => panic!("there is no flag {flag}"),
        }
    }
    request.now = step.get("now").map(number).unwrap_or_default();
    request
}

/// What a success says: changes and notes as people see them, then the lock, whole or a line a package.
fn said(synced: &Synced, whole: bool) -> String {
    let mut text = String::new();
    for change in &synced.changes {
        let _ = writeln!(text, "{change}");
    }
    for note in &synced.notes {
        let _ = writeln!(text, "note: {note}");
    }
    if whole {
        return text + &synced.lock.render();
    }
    let workspace = &synced.workspace;
    for (locked, node) in synced.lock.packages.iter().zip(&workspace.packages) {
        assert_eq!(
            (&locked.name, &locked.version),
            (&node.name, &node.version),
            "lock and graph run parallel"
        );
        let _ = write!(text, "{} {} from {}", locked.name, locked.version, locked.source);
        let edges = |ends: &[lumen_pkg::Dependency], dev: &str| -> Vec<String> {
            let ends = ends.iter().map(|end| workspace.package(end.package));
            ends.map(|end| format!("{dev}{} {}", end.name, end.version))
                .collect()
        };
        let mut ends = edges(&node.dependencies, "");
        ends.extend(edges(&node.dev_dependencies, "dev "));
        if !ends.is_empty() {
            let _ = write!(text, " -> {}", ends.join(", "));
        }
        for grant in &locked.grants {
            let _ = write!(text, " [asks {grant}]");
        }
        text.push('\n');
    }
    text
}

fn shown(problem: &Problem) -> String {
    let place = |location: &lumen_pkg::Location| match location.region {
        Some(region) => format!("{}:{}:{}", location.file.display(), region.line, region.column),
        None => location.file.display().to_string(),
    };
    let severity = match problem.severity {
        lumen_pkg::Severity::Error => "error",
        lumen_pkg::Severity::Warning => "warning",
    };
    let mut text = format!(
        "{severity}: {}\n  at {}\n",
        problem.message,
        place(&problem.location)
    );
    for label in &problem.labels {
        let _ = writeln!(text, "  {} at {}", label.message, place(&label.location));
    }
    if let Some(help) = &problem.help {
        let _ = writeln!(text, "  help: {help}");
    }
    text
}

fn package(name: &str) -> PackageName {
    PackageName::parse(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A commit is named by one hexadecimal digit, which stands for forty.
fn commit_id(digit: &str) -> CommitId {
    CommitId::parse(&digit.repeat(40)).expect("a commit")
}

/// Paths are relative to the workspace, or `git:DIGIT/...` for files of a commit.
fn place(path: &str) -> PathBuf {
    let commit = path.strip_prefix("git:").and_then(|path| path.split_once('/'));
    match commit {
        Some((digit, path)) => Path::new("/git").join(commit_id(digit).as_str()).join(path),
        None => match path.strip_prefix("../") {
            Some(beside) => Path::new("/").join(beside),
            None => Path::new(ROOT).join(path),
        },
    }
}

fn string(table: &Table, key: &str) -> Option<String> {
    table.get(key).map(|item| {
        item.as_str()
            .unwrap_or_else(|| panic!("{key} is a text"))
            .to_owned()
    })
}

fn boolean(table: &Table, key: &str) -> bool {
    table
        .get(key)
        .is_some_and(|item| item.as_bool().expect("true or false"))
}

fn number(item: &Item) -> u64 {
    u64::try_from(item.as_integer().expect("a number")).expect("not negative")
}

fn strings(table: &Table, key: &str) -> Vec<String> {
    table.get(key).map(item_strings).unwrap_or_default()
}

fn item_strings(item: &Item) -> Vec<String> {
    let array = item.as_array().expect("a list");
    array
        .iter()
        .map(|value| value.as_str().expect("texts").to_owned())
        .collect()
}

fn texts(table: &Table, key: &str) -> Vec<(String, String)> {
    let table = table.get(key).and_then(Item::as_table_like);
    let pairs = table.into_iter().flat_map(|table| table.iter());
    pairs
        .map(|(key, item)| (key.to_owned(), item.as_str().expect("a text").to_owned()))
        .collect()
}

fn numbers(table: &Table, key: &str) -> Vec<(String, u64)> {
    let table = table.get(key).and_then(Item::as_table_like);
    let pairs = table.into_iter().flat_map(|table| table.iter());
    pairs.map(|(key, item)| (key.to_owned(), number(item))).collect()
}

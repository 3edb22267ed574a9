//! Packages in git repositories, by the `git` command: a reference becomes a commit, a commit becomes a folder that never changes.
//!
//! ```text
//! $LUMEN_HOME/git/db/KEY          a bare repository for each URL, KEY is SHA-256 of the URL (16 digits)
//! $LUMEN_HOME/git/lock/KEY        held while the repository is written to
//! $LUMEN_HOME/git/tree/KEY/COMMIT a checkout, made beside it and renamed when it is complete
//! ```
//!
//! Nothing of a repository is run: hooks, submodules, filters and attributes of the user's configuration are off, and files are written here, from
//! `git ls-tree` and `git cat-file`, not by a checkout. Symbolic links are left out.

mod command;
mod repositories;
mod tree;

use crate::digest::Digest;
use crate::git::{CommitId, GitReference, GitUrl};
use command::Git;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why a package in a git repository cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no `git`.
    #[error("the command `git` is not installed or not on the PATH; packages from git repositories need it")]
    Missing,
    /// The repository could not be read.
    #[error("{url} cannot be fetched: {reason}")]
    Fetch {
        /// The repository.
        url: String,
        /// The last lines that git printed, or that time is over.
        reason: String,
    },
    /// Its host does not answer, or breaks off.
    #[error("{url} cannot be reached: {reason}")]
    Unreachable {
        /// The repository.
        url: String,
        /// The last lines that git printed, or that time is over.
        reason: String,
    },
    /// The repository has no such state.
    #[error("{url} has no {reference}")]
    Unknown {
        /// The repository.
        url: String,
        /// Key and value.
        reference: String,
    },
    /// Not fetched, and the network may not be used.
    #[error("{url} at {wanted} has not been fetched yet, and the network is not to be used")]
    Offline {
        /// The repository.
        url: String,
        /// The reference or commit.
        wanted: String,
    },
    /// The content breaks a limit or has names that no package has.
    #[error("commit {commit} of {url} cannot be used: {reason}")]
    Content {
        /// The repository.
        url: String,
        /// The commit.
        commit: String,
        /// Which.
        reason: String,
    },
    /// The disk.
    #[error("`{path}`: {error}")]
    Disk {
        /// The file or folder.
        path: String,
        /// The system's words.
        #[source]
        error: std::io::Error,
    },
}

/// Whether git may use the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// It may.
    Allowed,
    /// Only what was fetched before.
    Forbidden,
}

/// How long one git command may take.
const TIME_LIMIT: Duration = Duration::from_secs(300);

/// The repositories of one user. Processes and threads may use one folder at the same time.
#[derive(Debug, Clone)]
pub struct GitRepositories {
    folder: PathBuf,
    program: OsString,
    time_limit: Duration,
}

impl GitRepositories {
    /// Repositories below a folder, which is made when it is needed.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            program: "git".into(),
            time_limit: TIME_LIMIT,
        }
    }

    /// The same with another command and time limit, for tests.
    #[must_use]
    pub fn with_program(self, program: impl Into<OsString>, time_limit: Duration) -> Self {
        Self {
            program: program.into(),
            time_limit,
            ..self
        }
    }

    /// The commit that a reference stands for now. A whole `rev` that was fetched before needs no network.
    ///
    /// # Errors
    /// See [`GitError`].
    pub fn resolve(
        &self,
        url: &GitUrl,
        reference: &GitReference,
        network: Network,
    ) -> Result<CommitId, GitError> {
        let repository = self.repository(url);
        let _held = repository.lock()?;
        repository.make()?;
        let whole = match reference {
            GitReference::Rev(rev) => CommitId::parse(rev),
            _ => None,
        };
        if let Some(commit) = whole
            && repository.has(&commit)?
        {
            return Ok(commit);
        }
        if network == Network::Forbidden {
            return Err(GitError::Offline {
                url: url.to_string(),
                wanted: reference.to_string(),
            });
        }
        repository.fetch()?;
        repository.commit(reference)?.ok_or_else(|| GitError::Unknown {
            url: url.to_string(),
            reference: reference.to_string(),
        })
    }

    /// The folder with the files of a commit, fetched if it is not there. It is never changed again.
    ///
    /// # Errors
    /// See [`GitError`].
    pub fn checkout(&self, url: &GitUrl, commit: &CommitId, network: Network) -> Result<PathBuf, GitError> {
        let repository = self.repository(url);
        let target = repository.trees.join(commit.as_str());
        if is_folder(&target) {
            return Ok(target);
        }
        let _held = repository.lock()?;
        if is_folder(&target) {
            return Ok(target);
        }
        repository.make()?;
        if !repository.has(commit)? {
            if network == Network::Forbidden {
                return Err(GitError::Offline {
                    url: url.to_string(),
                    wanted: format!("commit {commit}"),
                });
            }
            repository.fetch()?;
            if !repository.has(commit)? {
                return Err(GitError::Unknown {
                    url: url.to_string(),
                    reference: format!("commit {commit}; its history may have been rewritten"),
                });
            }
        }
        tree::write(&repository.git, url, commit, &repository.trees, &target)?;
        Ok(target)
    }

    fn repository<'u>(&self, url: &'u GitUrl) -> Repository<'u> {
        let digits = Digest::of(url.as_str().as_bytes()).to_string();
        let key = digits.get(..16).unwrap_or(&digits).to_owned();
        let folder = self.folder.join("db").join(&key);
        Repository {
            url,
            git: Git::new(self.program.clone(), folder, self.time_limit),
            lock_file: self.folder.join("lock").join(&key),
            trees: self.folder.join("tree").join(&key),
        }
    }
}

/// The repository of one URL.
struct Repository<'u> {
    url: &'u GitUrl,
    git: Git,
    lock_file: PathBuf,
    trees: PathBuf,
}

impl Repository<'_> {
    /// Waits until nobody else writes to the repository; released with the file.
    #[expect(clippy::disallowed_methods, reason = "this is the shell")]
    fn lock(&self) -> Result<File, GitError> {
        make_folder(self.lock_file.parent().unwrap_or(&self.lock_file))?;
        let file = File::create(&self.lock_file).map_err(|error| disk(&self.lock_file, error))?;
        file.lock().map_err(|error| disk(&self.lock_file, error))?;
        Ok(file)
    }

    fn make(&self) -> Result<(), GitError> {
        if is_folder(&self.git.folder().join("objects")) {
            return Ok(());
        }
        make_folder(self.git.folder())?;
        make_folder(&self.trees)?;
        self.git
            .run(self.url, &["init", "--quiet", "--bare", "--template="])
            .map(drop)
    }

    fn has(&self, commit: &CommitId) -> Result<bool, GitError> {
        let object = format!("{commit}^{{commit}}");
        self.git.succeeds(self.url, &["cat-file", "-e", &object])
    }

    /// Branches and tags, and what `HEAD` names. Old commits stay, so that locks keep working.
    fn fetch(&self) -> Result<(), GitError> {
        let arguments = [
            "fetch",
            "--quiet",
            "--force",
            "--no-recurse-submodules",
            "--no-write-fetch-head",
            "--no-auto-gc",
            "--prune",
            "--",
            self.url.as_str(),
            "+refs/heads/*:refs/heads/*",
            "+refs/tags/*:refs/tags/*",
            "+HEAD:refs/lumen/head",
        ];
        self.git.run(self.url, &arguments).map(drop)
    }

    fn commit(&self, reference: &GitReference) -> Result<Option<CommitId>, GitError> {
        let name = match reference {
            GitReference::DefaultBranch => "refs/lumen/head".to_owned(),
            GitReference::Rev(rev) => rev.clone(),
            GitReference::Tag(tag) => format!("refs/tags/{tag}"),
            GitReference::Branch(branch) => format!("refs/heads/{branch}"),
        };
        let object = format!("{name}^{{commit}}");
        let arguments = ["rev-parse", "--quiet", "--verify", "--end-of-options", &object];
        let found = self.git.output(self.url, &arguments)?;
        let found = found.and_then(|text| CommitId::parse(String::from_utf8_lossy(&text).trim()));
        // A branch or tag may be called like the beginning of a commit, and git prefers it.
        Ok(found.filter(|commit| match reference {
            GitReference::Rev(rev) => commit.as_str().starts_with(rev.as_str()),
            _ => true,
        }))
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn is_folder(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn make_folder(path: &Path) -> Result<(), GitError> {
    fs::create_dir_all(path).map_err(|error| disk(path, error))
}

fn disk(path: &Path, error: std::io::Error) -> GitError {
    GitError::Disk {
        path: path.display().to_string(),
        error,
    }
}

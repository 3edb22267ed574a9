//! The files of a package's folder that are packed, read into memory, or everything that speaks against packing them.
//!
//! Which files those are is decided in `archive::selection`; here the folder is walked and git is asked.

use super::changes::changes;
use crate::archive::selection::{Rules, TEMPLATE_FILE};
use crate::archive::{
    ArchivePath, FileEntry, MAXIMUM_ARCHIVE_BYTES, MAXIMUM_FILES, PathFault, ToolFault, native_tools, secrets,
};
use crate::{MAXIMUM_MANIFEST_BYTES, Metadata};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The readme of a package whose manifest names none.
const README: &str = "README.md";

/// What to do about files that look like secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrets {
    /// They are no package's.
    Refuse,
    /// Somebody has said that they are none.
    Allow,
}

/// What to do about files that are not as in the last commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uncommitted {
    /// Nobody could tell later what was packed.
    Refuse,
    /// Somebody wants them.
    Allow,
}

/// What speaks against packing a folder.
#[derive(Debug, thiserror::Error)]
pub enum GatherFault {
    /// A path breaks the path rule.
    #[error("`{}` {fault}; rename it, or leave it out with `exclude`", path.escape_debug())]
    Path {
        /// From the package's folder.
        path: String,
        /// The rule.
        fault: PathFault,
    },
    /// A name is no text.
    #[error("`{}` is not UTF-8; rename it, or leave it out with `exclude`", .0.display())]
    NotText(PathBuf),
    /// A link, device or pipe.
    #[error(
        "`{path}` is {what}; a package has regular files only: replace it, or leave it out with `exclude`"
    )]
    Kind {
        /// From the package's folder.
        path: String,
        /// With its article.
        what: &'static str,
    },
    /// It looks like a secret.
    #[error("`{path}` looks like {what}; leave it out with `exclude`, or pack it with `--allow-secrets`")]
    Secret {
        /// The file.
        path: ArchivePath,
        /// With its article.
        what: &'static str,
    },
    /// It is not committed.
    #[error("`{path}` {what}; commit it, or pack it with `--allow-dirty`")]
    Uncommitted {
        /// From the package's folder.
        path: String,
        /// Completes "`PATH` ...".
        what: &'static str,
    },
    /// Git did not answer.
    #[error("what is committed is not known: {0}; `--allow-dirty` packs without knowing")]
    Git(String),
    /// The readme that the manifest names is not there.
    #[error("the `readme` of the manifest, `{0}`, is not a file of the package")]
    NoReadme(String),
    /// The files are too many or too large.
    #[error(
        "the package has more than {MAXIMUM_FILES} files or {MAXIMUM_ARCHIVE_BYTES} bytes; leave some out with `exclude`"
    )]
    TooLarge,
    /// A native tool is none.
    #[error(transparent)]
    Tool(#[from] ToolFault),
    /// A file or folder cannot be read.
    #[error("`{}` cannot be read: {source}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Reads the files of a package, sorted by path. Whether a file may be executed is what the file system says; where it does not know such a thing, none may.
///
/// # Errors
/// Everything that speaks against packing them; nothing has been written.
pub fn gather(
    package: &Path,
    metadata: &Metadata,
    secrets: Secrets,
    uncommitted: Uncommitted,
) -> Result<Vec<FileEntry>, Vec<GatherFault>> {
    let mut rules = Rules::new(
        &metadata.include,
        &metadata.exclude,
        Some(metadata.readme.as_deref().unwrap_or(README)),
    );
    let mut faults = Vec::new();
    let dirty = match changes(package) {
        Ok(None) => Vec::new(),
        Ok(Some(changes)) => {
            rules.add_ignored(changes.ignored);
            changes.uncommitted
        }
        Err(_) if uncommitted == Uncommitted::Allow => Vec::new(),
        Err(error) => return Err(vec![GatherFault::Git(error.to_string())]),
    };
    let mut walk = Walk {
        package,
        rules,
        found: BTreeMap::new(),
        faults: Vec::new(),
    };
    walk.run();
    faults.append(&mut walk.faults);
    if let Some(readme) = metadata
        .readme
        .as_ref()
        .filter(|readme| !walk.found.contains_key(*readme))
    {
        faults.push(GatherFault::NoReadme(readme.clone()));
    }
    if uncommitted == Uncommitted::Refuse {
        faults.extend(walk.uncommitted(dirty));
    }
    let files = read_files(package, &walk.found, &mut faults);
    if secrets == Secrets::Refuse {
        faults.extend(files.iter().filter_map(secret));
    }
    faults.extend(native_tools(&files).err().map(GatherFault::from));
    match faults.is_empty() {
        true => Ok(files),
        false => Err(faults),
    }
}

fn secret(file: &FileEntry) -> Option<GatherFault> {
    let what = secrets::suspicion(&file.path, &file.content)?;
    Some(GatherFault::Secret {
        path: file.path.clone(),
        what,
    })
}

/// A walk over a package's folder.
struct Walk<'p> {
    package: &'p Path,
    rules: Rules,
    /// What is packed: path from the package's folder, and what is there.
    found: BTreeMap<String, FileType>,
    faults: Vec<GatherFault>,
}

impl Walk<'_> {
    fn run(&mut self) {
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            let on_disk = self.package.join(&folder);
            let (entries, names) = match list(&on_disk) {
                Ok(listed) => listed,
                Err(source) => {
                    let path = on_disk;
                    self.faults.push(GatherFault::Unreadable { path, source });
                    continue;
                }
            };
            let path = folder.trim_end_matches('/');
            if names.contains(TEMPLATE_FILE) {
                self.rules.add_template(&folder);
            }
            if !path.is_empty() && !self.rules.enters(path, &names) {
                continue;
            }
            if names.contains(".gitignore") {
                self.read_ignore_file(&folder);
            }
            for (name, kind) in entries {
                let Ok(name) = name.into_string() else {
                    self.faults.push(GatherFault::NotText(on_disk.clone()));
                    continue;
                };
                let path = format!("{folder}{name}");
                match kind.is_dir() {
                    true => folders.push(path + "/"),
                    false if self.rules.takes(&path) => drop(self.found.insert(path, kind)),
                    false => {}
                }
            }
            if self.found.len() > MAXIMUM_FILES {
                self.faults.push(GatherFault::TooLarge);
                return;
            }
        }
    }

    fn read_ignore_file(&mut self, folder: &str) {
        let path = self.package.join(folder).join(".gitignore");
        match read(&path, MAXIMUM_MANIFEST_BYTES) {
            Ok(bytes) => self
                .rules
                .add_ignore_file(folder, &String::from_utf8_lossy(&bytes)),
            Err(source) => self.faults.push(GatherFault::Unreadable { path, source }),
        }
    }

    /// What git calls changed and would be packed, or would be if it were there.
    fn uncommitted(&self, dirty: Vec<(String, &'static str)>) -> impl Iterator<Item = GatherFault> {
        dirty.into_iter().filter_map(|(path, what)| {
            // A changed submodule is named as a folder.
            let below = format!("{path}/");
            let packed = self
                .found
                .keys()
                .any(|found| *found == path || found.starts_with(&below));
            let gone = !self.package.join(&path).exists() && self.rules.takes(&path);
            (packed || gone).then_some(GatherFault::Uncommitted { path, what })
        })
    }
}

type Entries = Vec<(std::ffi::OsString, FileType)>;

/// What lies in a folder, and those names that are text.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn list(folder: &Path) -> io::Result<(Entries, BTreeSet<String>)> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        entries.push((entry.file_name(), entry.file_type()?));
    }
    let names = entries
        .iter()
        .filter_map(|(name, _)| name.to_str().map(str::to_owned));
    let names = names.collect();
    Ok((entries, names))
}

fn read_files(
    package: &Path,
    found: &BTreeMap<String, FileType>,
    faults: &mut Vec<GatherFault>,
) -> Vec<FileEntry> {
    let mut room = MAXIMUM_ARCHIVE_BYTES;
    let mut files = Vec::new();
    for (path, kind) in found {
        if let Some(what) = wrong_kind(*kind) {
            let path = path.clone();
            faults.push(GatherFault::Kind { path, what });
            continue;
        }
        let archive_path = match ArchivePath::parse(path) {
            Ok(path) => path,
            Err(fault) => {
                let path = path.clone();
                faults.push(GatherFault::Path { path, fault });
                continue;
            }
        };
        let on_disk = package.join(path);
        let (content, executable) =
            match read(&on_disk, room).and_then(|content| Ok((content, is_executable(&on_disk)?))) {
                Ok(read) => read,
                Err(source) => {
                    let path = on_disk;
                    faults.push(GatherFault::Unreadable { path, source });
                    continue;
                }
            };
        let Some(left) = room.checked_sub(content.len() as u64) else {
            faults.push(GatherFault::TooLarge);
            break;
        };
        room = left;
        files.push(FileEntry {
            path: archive_path,
            executable,
            content,
        });
    }
    files
}

fn wrong_kind(kind: FileType) -> Option<&'static str> {
    match kind {
        _ if kind.is_file() => None,
        _ if kind.is_symlink() => Some("a symbolic link"),
        _ => Some("a device or pipe"),
    }
}

/// A file's content, but at most one byte more than `limit`.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    File::open(path)?.take(limit + 1).read_to_end(&mut content)?;
    Ok(content)
}

#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn is_executable(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o100 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> io::Result<bool> {
    Ok(false)
}

//! Writing the files of a commit into a folder: from `git ls-tree` and `git cat-file`, so that no filter, attribute, hook or link has a say.

use super::command::Git;
use super::{GitError, disk, make_folder};
use crate::archive::ArchivePath;
use crate::git::{CommitId, GitUrl};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};

/// The limits of archives hold for commits too.
const MAXIMUM_FILES: usize = 10_000;
/// Bytes of all files.
const MAXIMUM_BYTES: u64 = 64 * 1024 * 1024;

/// Holds the names of contents while they are asked for. Gone before the first file is written.
const NAMES_FILE: &str = ".git-contents";

/// One file of a commit.
struct Blob {
    executable: bool,
    object: String,
    size: u64,
    path: ArchivePath,
}

/// Writes the files of `commit` beside `target` and renames the folder when it is complete.
pub(super) fn write(
    git: &Git,
    url: &GitUrl,
    commit: &CommitId,
    trees: &Path,
    target: &Path,
) -> Result<(), GitError> {
    static WRITES: AtomicU64 = AtomicU64::new(0);
    let listing = git.run(
        url,
        &["ls-tree", "-r", "-z", "--long", "--full-tree", commit.as_str()],
    )?;
    let unusable = |reason: String| GitError::Content {
        url: url.to_string(),
        commit: commit.to_string(),
        reason,
    };
    let blobs = parse(&listing).map_err(unusable)?;
    make_folder(trees)?;
    let number = WRITES.fetch_add(1, Ordering::Relaxed);
    let temporary = trees.join(format!(".new-{}-{number}", std::process::id()));
    let written = fill(git, url, &blobs, &temporary).and_then(|()| rename(&temporary, target));
    if written.is_err() {
        discard(&temporary);
    }
    written
}

/// Asks git for all contents at once: the names come from a file, so that nobody waits for anybody.
fn fill(git: &Git, url: &GitUrl, blobs: &[Blob], folder: &Path) -> Result<(), GitError> {
    make_folder(folder)?;
    let names: String = blobs.iter().map(|blob| format!("{}\n", blob.object)).collect();
    let list = folder.join(NAMES_FILE);
    write_file(&list, names.as_bytes(), false).map_err(|error| disk(&list, error))?;
    let output = git.run_with(url, &["cat-file", "--batch"], open(&list)?)?;
    remove(&list)?;
    let mut rest = output.as_slice();
    for blob in blobs {
        let (content, after) = next_content(rest, blob).ok_or_else(|| GitError::Fetch {
            url: url.to_string(),
            reason: format!("git does not give out `{}`", blob.path.as_str()),
        })?;
        rest = after;
        let path = folder.join(blob.path.as_str());
        make_folder(path.parent().unwrap_or(folder))?;
        write_file(&path, content, blob.executable).map_err(|error| disk(&path, error))?;
    }
    Ok(())
}

/// `OBJECT blob SIZE\n`, the content, `\n`: the content, and what comes after.
fn next_content<'o>(output: &'o [u8], blob: &Blob) -> Option<(&'o [u8], &'o [u8])> {
    let header = format!("{} blob {}\n", blob.object, blob.size);
    let rest = output.strip_prefix(header.as_bytes())?;
    let (content, rest) = rest.split_at_checked(usize::try_from(blob.size).ok()?)?;
    Some((content, rest.strip_prefix(b"\n")?))
}

#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn open(path: &Path) -> Result<Stdio, GitError> {
    File::open(path)
        .map(Stdio::from)
        .map_err(|error| disk(path, error))
}

#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn remove(path: &Path) -> Result<(), GitError> {
    fs::remove_file(path).map_err(|error| disk(path, error))
}

/// Writes a file that nobody is to change.
fn write_file(path: &Path, content: &[u8], executable: bool) -> std::io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(content)?;
    let mut permissions = file.metadata()?.permissions();
    permissions.set_readonly(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        permissions.set_mode(match executable {
            true => 0o555,
            false => 0o444,
        });
    }
    #[cfg(not(unix))]
    let _ = executable;
    file.set_permissions(permissions)
}

#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn rename(from: &Path, to: &Path) -> Result<(), GitError> {
    fs::rename(from, to).map_err(|error| disk(to, error))
}

/// A leftover hurts nobody, and the first error is the one to report.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn discard(folder: &Path) {
    drop(fs::remove_dir_all(folder));
}

/// The files of `git ls-tree -r -z --long`: `MODE TYPE OBJECT SIZE\tPATH\0`. Links and submodules are left out.
fn parse(listing: &[u8]) -> Result<Vec<Blob>, String> {
    let mut blobs: Vec<Blob> = Vec::new();
    let mut bytes = 0_u64;
    for entry in listing.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()) {
        let entry = std::str::from_utf8(entry).map_err(|_| "it has a path that is not UTF-8".to_owned())?;
        let (head, path) = entry
            .split_once('\t')
            .ok_or("git lists its files in a way that is not understood")?;
        let mut words = head.split_ascii_whitespace();
        let (mode, kind, object, size) = (words.next(), words.next(), words.next(), words.next());
        let executable = match (mode, kind) {
            (Some("100644" | "100664"), Some("blob")) => false,
            (Some("100755"), Some("blob")) => true,
            (Some("120000" | "160000"), Some(_)) => continue,
            _ => return Err(format!("`{path}` is neither a file nor a link")),
        };
        let object = object
            .and_then(CommitId::parse)
            .ok_or("git lists its files in a way that is not understood")?;
        let size: u64 = size
            .and_then(|size| size.parse().ok())
            .ok_or("git lists its files in a way that is not understood")?;
        bytes = bytes.saturating_add(size);
        blobs.push(Blob {
            executable,
            object: object.to_string(),
            size,
            path: ArchivePath::parse(path).map_err(|fault| format!("the path `{path}` {fault}"))?,
        });
        if blobs.len() > MAXIMUM_FILES || bytes > MAXIMUM_BYTES {
            return Err(format!(
                "it has more than {MAXIMUM_FILES} files or {MAXIMUM_BYTES} bytes"
            ));
        }
    }
    Ok(blobs)
}

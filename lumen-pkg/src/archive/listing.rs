//! The listing that the package store keeps beside an unpacked archive: what must be there, so that it need not be hashed each time.
//!
//! ```text
//! lumen-files 1
//! 644 5120 0f2a...e1 src/main.lm.md        mode, size, SHA-256, path; in the order of the archive
//! ```
//!
//! It proves itself: its lines give the root of the file tree, which the reader knows from the lock or the log.

use super::path::ArchivePath;
use super::tar::MAXIMUM_FILES;
use super::tree::FileMeta;
use crate::digest::Digest;
use std::fmt::Write;

const HEADER: &str = "lumen-files 1";

/// The largest listing that is read, in bytes: 10,000 lines with the longest paths take 3.4 MB.
pub(crate) const MAXIMUM_LISTING_BYTES: u64 = 4 * 1024 * 1024;

/// The text of a listing.
pub(crate) fn render(files: &[FileMeta]) -> String {
    let mut text = format!("{HEADER}\n");
    for file in files {
        let mode = if file.executable { "755" } else { "644" };
        // Writing to a string does not fail.
        let _ = writeln!(text, "{mode} {} {} {}", file.size, file.sha256, file.path);
    }
    text
}

/// Reads a listing; `None` if it is none, or not ended.
pub(crate) fn parse(text: &str) -> Option<Vec<FileMeta>> {
    let lines = text.strip_prefix(HEADER)?.strip_prefix('\n')?;
    if !lines.is_empty() && !lines.ends_with('\n') {
        return None;
    }
    let files: Option<Vec<FileMeta>> = lines.lines().take(MAXIMUM_FILES + 1).map(line).collect();
    files.filter(|files| files.len() <= MAXIMUM_FILES)
}

fn line(line: &str) -> Option<FileMeta> {
    let mut parts = line.splitn(4, ' ');
    let executable = match parts.next()? {
        "644" => false,
        "755" => true,
        _ => return None,
    };
    Some(FileMeta {
        executable,
        size: parts.next()?.parse().ok()?,
        sha256: Digest::parse(parts.next()?)?,
        path: ArchivePath::parse(parts.next()?).ok()?,
    })
}

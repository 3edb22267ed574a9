//! Replacing a document by another text, only as long as it is still the one that was read.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Puts `after` in the place of a document that holds `before`: at once, by rename, with the permissions it had. Through a
/// symbolic link, the file behind it is replaced.
///
/// # Errors
/// In words, if the document holds something else by now, or cannot be read or written.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
pub fn replace_document(path: &Path, before: &str, after: &str) -> Result<(), String> {
    let in_words = |error: io::Error| error.to_string();
    let path = fs::canonicalize(path).map_err(in_words)?;
    if fs::metadata(&path).map_err(in_words)?.permissions().readonly() {
        return Err("it is read-only".to_owned());
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{:x}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let result = write_beside(&path, &temporary, after)
        .map_err(in_words)
        .and_then(|()| {
            // As late as possible: an editor may write it at any time.
            match fs::read(&path) {
                Ok(content) if content == before.as_bytes() => {
                    fs::rename(&temporary, &path).map_err(in_words)
                }
                Ok(_) => Err("it has changed meanwhile".to_owned()),
                Err(error) => Err(in_words(error)),
            }
        });
    if result.is_err() {
        // If it cannot be removed either, it only takes space.
        let _ = fs::remove_file(&temporary);
    }
    result
}

/// Writes a whole file with the permissions of another one; on disk when this returns.
#[expect(clippy::disallowed_methods, reason = "this is the shell")]
fn write_beside(path: &Path, temporary: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(temporary)?;
    file.write_all(text.as_bytes())?;
    file.set_permissions(fs::metadata(path)?.permissions())?;
    file.sync_all()
}

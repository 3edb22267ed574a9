//! Reads the folders of cases.
#![expect(clippy::disallowed_methods, reason = "cases are files")]

use std::fs;
use std::path::Path;

/// The files of `tests/FOLDER` whose names end in `suffix`: names without it and contents, sorted.
pub(crate) fn read(folder: &str, suffix: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut cases: Vec<(String, String)> = fs::read_dir(folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("an entry").path())
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?.strip_suffix(suffix)?.to_owned();
            Some((name, fs::read_to_string(&path).expect("a readable case")))
        })
        .collect();
    cases.sort();
    cases
}

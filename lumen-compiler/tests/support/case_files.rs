//! Cases that are files of a folder.
#![expect(clippy::disallowed_methods, reason = "tests read their cases")]

/// The names without ending and the texts of all `.md` files of a folder of this crate, in the order of their names.
pub(crate) fn read(folder: &str) -> Vec<(String, String)> {
    let folder = format!("{}/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut cases: Vec<(String, String)> = std::fs::read_dir(folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("a case").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .map(|path| {
            let name = path.file_stem().expect("a name").to_str().expect("UTF-8");
            (name.to_owned(), std::fs::read_to_string(&path).expect("a case"))
        })
        .collect();
    cases.sort();
    assert!(!cases.is_empty());
    cases
}

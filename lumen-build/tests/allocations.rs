//! A build that has nothing to do allocates nothing for a document: it costs what looking at the files costs.
#![expect(clippy::disallowed_methods, reason = "the test makes the workspaces")]

use allocation_counter::measure;
use lumen_build::{Build, Options, Outcome, Silent};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Folders of each workspace, whatever the number of documents.
const FOLDERS: usize = 5;

/// Tables that grow with the number of documents are allocated anew when it has doubled, or once in all; there are not this many.
const TABLES: u64 = 16;

/// A workspace of one package with so many documents, of both forms; none of them imports another.
fn workspace(documents: usize) -> TempDir {
    let directory = TempDir::new().expect("a folder for the test");
    let source = directory.path().join("w/src");
    for folder in 0..FOLDERS {
        fs::create_dir_all(source.join(format!("f{folder}"))).expect("made");
    }
    let manifest = "[package]\nname = \"@w/many\"\nversion = \"0.1.0\"\n";
    fs::write(directory.path().join("w/lumen.toml"), manifest).expect("written");
    for document in 0..documents {
        let cell = format!("pub cell number() -> Int\n  return {document}\nend\n");
        let (name, text) = match document % 2 {
            0 => (format!("m{document}.lm.md"), format!("```lumen\n{cell}```\n")),
            _ => (format!("m{document}.lm"), cell),
        };
        let folder = source.join(format!("f{}", document % FOLDERS));
        fs::write(folder.join(name), text).expect("written");
    }
    directory
}

fn build(directory: &Path) -> Outcome {
    let options = Options::new(directory.join("w"), directory.join("cache"));
    let build = Build::new(options);
    build.run(&Silent).expect("the workspace can be built")
}

/// How many allocations a build of so many documents makes that has nothing to do.
fn allocations(documents: usize) -> u64 {
    let directory = workspace(documents);
    let first = build(directory.path());
    assert_eq!((first.compiled, first.failed), (documents, 0));
    // What was written shortly before it was read is read again, until its times are old enough to be trusted.
    while build(directory.path()).log.is_some() {}
    let mut outcome = None;
    let measured = measure(|| outcome = Some(build(directory.path())));
    let outcome = outcome.expect("it was built");
    assert!(outcome.is_up_to_date() && outcome.log.is_none());
    assert_eq!(outcome.modules, documents);
    measured.count_total
}

#[test]
fn a_build_without_changes_allocates_nothing_for_a_document() {
    let (few, many) = (allocations(60), allocations(240));
    assert!(
        many <= few + TABLES,
        "{few} allocations for 60 documents, {many} for 240"
    );
}

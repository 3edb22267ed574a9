//! The bundled package, `std/`, as a package like any other: its tests and the tests in its documentation pass.
#![expect(clippy::disallowed_methods, reason = "tests copy files and start the binary")]

mod support;

use std::path::Path;
use support::{lumen, text};

#[test]
fn the_standard_library_passes_its_tests() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../std");
    let folder = place.path().join("std");
    std::fs::create_dir_all(folder.join("src")).expect("a new folder");
    std::fs::copy(package.join("lumen.toml"), folder.join("lumen.toml")).expect("readable manifest");
    let mut modules = 0;
    for entry in std::fs::read_dir(package.join("src")).expect("readable folder") {
        let path = entry.expect("readable entry").path();
        let name = path.file_name().expect("a file").to_owned();
        std::fs::copy(&path, folder.join("src").join(name)).expect("readable module");
        modules += 1;
    }
    let output = lumen(&place.path().join("cache"), &folder)
        .arg("test")
        .output()
        .expect("lumen starts");
    let errors = text(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert!(!errors.contains("warning"), "{errors}");
    let tests = errors
        .lines()
        .filter(|line| line.trim_start().starts_with("ok "))
        .count();
    assert!(tests >= 5 * modules, "{tests} tests in {modules} modules");
}

#[test]
fn everything_in_the_standard_library_is_documented() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../std/src");
    for entry in std::fs::read_dir(modules).expect("readable folder") {
        let name = entry
            .expect("readable entry")
            .file_name()
            .to_string_lossy()
            .into_owned();
        let module = format!("std.{}", name.trim_end_matches(".lm.md"));
        let output = lumen(&place.path().join("cache"), place.path())
            .args(["doc", &module, "--json"])
            .output()
            .expect("lumen starts");
        let page: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let items = page["items"].as_array().expect("a list");
        let silent: Vec<_> = items.iter().filter(|item| item["documentation"] == "").collect();
        assert!(!items.is_empty() && silent.is_empty(), "{module}: {silent:?}");
        assert_ne!(page["introduction"], "", "{module}");
    }
}

//! Archives that were made to hurt (`raw_tar` writes them): each is refused with its own words, and the package store is as it was before.
//!
//! What a case publishes is what a hostile publisher or registry would: size and digest are those of its own bytes, so that nothing but the format can
//! refuse it.
#![expect(clippy::disallowed_methods, reason = "the store is on a real file system")]

mod case;
mod collisions;
mod ends;
mod fields;
mod kinds;
mod paths;
#[path = "../raw_tar/mod.rs"]
mod raw_tar;
mod transports;

use case::{Case, manifest, zstd};
use collisions::collisions;
use ends::ends;
use fields::fields;
use kinds::kinds;

use lumen_pkg::Digest;
use lumen_pkg::archive::receive;
use lumen_pkg::shell::PackageStore;
use paths::paths;
use raw_tar::tar;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use transports::transports;

/// Every file and folder of the store, with its content.
fn snapshot(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("can be listed").into_path())
        .map(|path| (path.clone(), std::fs::read(path).ok()))
        .collect()
}

#[test]
fn hostile_archives_are_refused_and_leave_no_trace() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let store = PackageStore::new(home.path());
    let good = tar(&[manifest()]);
    let archive = lumen_pkg::archive::read(&good).expect("what the cases depart from is good");
    store.install(&archive).expect("installs");
    let before = snapshot(home.path());

    let tables = [paths(), collisions(), kinds(), fields(), ends(), transports()];
    let cases: Vec<Case> = tables.into_iter().flatten().collect();
    let mut wrong = Vec::new();
    for case in &cases {
        let served = case.served.clone().unwrap_or_else(|| zstd(&case.tar));
        let digest = Digest::of(&case.tar);
        let received = receive(
            served.as_slice(),
            case.tar.len() as u64,
            &digest,
            &archive.tree().root(),
        );
        let found = match received {
            Ok(archive) => store
                .install(&archive)
                .map(|_| "it was installed".to_owned())
                .unwrap_or_else(|error| error.to_string()),
            Err(error) => error.to_string(),
        };
        if found != case.refusal {
            wrong.push(format!(
                "{}:\n  expected {}\n  found    {found}",
                case.name, case.refusal
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(snapshot(home.path()), before, "the store has changed");
    assert!(cases.len() >= 60, "{}", cases.len());
    println!("{} hostile archives refused", cases.len());
}

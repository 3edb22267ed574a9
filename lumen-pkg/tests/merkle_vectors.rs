//! The public vectors of inclusion and consistency proofs (transparency-dev/merkle, `testdata/`): good ones and every way to spoil them.
//! They are read from `merkle/` in the folder that `LUMEN_TEST_DATA` names, and skipped by name where they are absent.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "test data outside of the repository, and what was skipped"
)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lumen_pkg::Digest;
use lumen_pkg::log::{verify_consistency, verify_inclusion_of_hash};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// All files below a folder, sorted; `None` where it is absent.
fn vectors(name: &str) -> Option<Vec<(PathBuf, Value)>> {
    let data = std::env::var_os("LUMEN_TEST_DATA")
        .map(PathBuf::from)
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"));
    let folder = data.join("merkle").join(name);
    if !folder.is_dir() {
        println!("skipped: merkle/{name}, not in {}", data.display());
        return None;
    }
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    let files = files.map(|entry| entry.expect("readable").into_path());
    let read = |path: PathBuf| {
        let text = std::fs::read(&path).expect("readable");
        (path, serde_json::from_slice(&text).expect("JSON"))
    };
    Some(files.filter(|path| path.is_file()).map(read).collect())
}

/// Without a hash nothing can even be asked. Some roots are words, since any will do; their digest stands for them.
fn digest(value: &Value) -> Option<Digest> {
    let bytes = STANDARD.decode(value.as_str()?).expect("base64");
    match <[u8; 32]>::try_from(bytes.as_slice()) {
        Ok(hash) => Some(Digest::from_bytes(hash)),
        Err(_) if bytes.is_empty() => None,
        Err(_) => Some(Digest::of(&bytes)),
    }
}

fn proof(value: &Value) -> Option<Vec<Digest>> {
    value
        .as_array()
        .map_or(Some(Vec::new()), |hashes| hashes.iter().map(digest).collect())
}

fn check(name: &str, least: usize, is_good: impl Fn(&Value) -> Option<bool>) {
    let Some(vectors) = vectors(name) else { return };
    assert!(vectors.len() >= least, "{}", vectors.len());
    for (path, vector) in vectors {
        let good = is_good(&vector).unwrap_or(false);
        assert_eq!(
            good,
            !vector["wantErr"].as_bool().expect("an outcome"),
            "{}",
            path.display()
        );
    }
}

#[test]
fn inclusion_agrees_with_the_public_vectors() {
    check("inclusion", 98, |vector| {
        let (leaf, root) = (digest(&vector["leafHash"])?, digest(&vector["root"])?);
        let (index, size) = (vector["leafIdx"].as_u64()?, vector["treeSize"].as_u64()?);
        Some(verify_inclusion_of_hash(&leaf, index, size, &root, &proof(&vector["proof"])?).is_ok())
    });
}

#[test]
fn consistency_agrees_with_the_public_vectors() {
    check("consistency", 98, |vector| {
        let (old, new) = (digest(&vector["root1"])?, digest(&vector["root2"])?);
        let (old_size, new_size) = (vector["size1"].as_u64()?, vector["size2"].as_u64()?);
        Some(verify_consistency((old_size, &old), (new_size, &new), &proof(&vector["proof"])?).is_ok())
    });
}

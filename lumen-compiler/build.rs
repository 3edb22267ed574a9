//! Fixes the compiler's identity when it is built, a hash over the sources that decide what a document compiles to, and
//! the machine's, which decide what a program does.
//!
//! The compiler's goes into every action key of the build cache (`docs/spec/build-cache-v1.md`), so a changed compiler never meets
//! results of another one. Line ends are normalised and paths are relative with `/`: the same sources give the same
//! identity on every platform.
#![expect(
    clippy::disallowed_methods,
    reason = "a build script reads the sources that it hashes"
)]

use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The folders that decide, as seen from this crate's folder: the compiler, and the machine that computes constants.
const COMPILER: &[&str] = &["src", MACHINE];
const MACHINE: &str = "../lumen-vm/src";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let compiler = identity(b"lumen compiler v1\0", COMPILER)?;
    fs::write(out.join("compiler_id.rs"), format!("{compiler:?}"))?;
    let machine = identity(b"lumen machine v1\0", &[MACHINE])?;
    fs::write(out.join("machine_id.rs"), format!("{machine:?}"))
}

/// The hash over all sources in some folders.
fn identity(domain: &[u8], folders: &[&str]) -> io::Result<[u8; 32]> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut hasher = Sha256::new();
    hasher.update(domain);
    for folder in folders {
        println!("cargo::rerun-if-changed={folder}");
        for (name, content) in sources(&root.join(folder))? {
            for part in [folder.as_bytes(), name.as_bytes(), &content] {
                hasher.update((part.len() as u64).to_le_bytes());
                hasher.update(part);
            }
        }
    }
    Ok(hasher.finalize().into())
}

/// Every Rust source below `folder`: its path there with `/`, and its text with `\n` line ends. Sorted by path.
fn sources(folder: &Path) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut pending = vec![(String::new(), folder.to_path_buf())];
    let mut found = Vec::new();
    while let Some((prefix, folder)) = pending.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                pending.push((format!("{name}/"), entry.path()));
            } else if name.ends_with(".rs") {
                let mut content = fs::read(entry.path())?;
                content.retain(|byte| *byte != b'\r');
                found.push((name, content));
            }
        }
    }
    found.sort();
    Ok(found)
}

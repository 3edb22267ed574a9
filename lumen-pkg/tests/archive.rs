//! Archives: what is packed is read again, the same files give the same bytes, and proofs agree with another implementation.

#![expect(clippy::disallowed_methods, reason = "the tests run tar on a file")]

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use lumen_pkg::Digest;
use lumen_pkg::archive::{
    ArchiveError, ArchivePath, FileEntry, FileMeta, FileProof, FileTree, ProofFault, compress, decompress,
    pack, read, verify_file,
};
use proptest::prelude::*;
use std::process::{Command, Stdio};

fn file(path: &str, content: &[u8]) -> FileEntry {
    FileEntry {
        path: ArchivePath::parse(path).expect("a good path"),
        executable: false,
        content: content.to_vec(),
    }
}

fn sample() -> Vec<FileEntry> {
    let mut files = vec![
        file("lumen.toml", b"[package]\nname = \"@x/a\"\nversion = \"1.0.0\"\n"),
        file("src/main.lm.md", &[b'x'; 513]),
        file("src/empty.lm.md", b""),
        file("docs/caf\u{e9}.md", &[0; 512]),
        file(&format!("{}/{}/b.md", "p".repeat(80), "q".repeat(60)), b"long"),
    ];
    files[1].executable = true;
    files
}

/// Folders of up to three short names, so that some files share folders. Never `lumen.toml`.
fn files() -> impl Strategy<Value = Vec<FileEntry>> {
    let content = (any::<bool>(), prop::collection::vec(any::<u8>(), 0..1500));
    prop::collection::btree_map("[a-c]{1,2}(/[d-f]{1,2}){0,2}/[g-iä]{1,3}", content, 0..12).prop_map(|map| {
        let mut files = vec![file("lumen.toml", b"")];
        files.extend(map.into_iter().map(|(path, (executable, content))| FileEntry {
            executable,
            ..file(&path, &content)
        }));
        files
    })
}

proptest! {
    #[test]
    fn what_is_packed_is_read_again(files in files(), seed in any::<u64>()) {
        let tar = pack(&files).expect("good files");
        let archive = read(&tar).expect("a canonical archive");
        let mut sorted = files.clone();
        sorted.sort_by(|left, right| left.path.cmp(&right.path));
        prop_assert_eq!(archive.files(), &sorted);
        prop_assert_eq!(archive.digest(), Digest::of(&tar));
        // The order in which files are given does not matter.
        let mut turned = files;
        let length = turned.len();
        turned.rotate_left(usize::try_from(seed % length as u64).expect("small"));
        prop_assert_eq!(pack(&turned).expect("good files"), tar.clone());
        let compressed = compress(&tar).expect("not too small");
        prop_assert_eq!(decompress(compressed.as_slice(), tar.len() as u64, &Digest::of(&tar)).expect("the same"), tar);
    }

    /// `ct-merkle` builds the same tree from the leaves' data.
    #[test]
    fn roots_and_proofs_are_those_of_rfc_6962(files in files()) {
        let archive = read(&pack(&files).expect("good files")).expect("canonical");
        let metas: Vec<FileMeta> = archive.files().iter().map(FileMeta::of).collect();
        check_against_oracle(&metas);
    }

    #[test]
    fn a_changed_byte_is_refused_or_another_archive(at in any::<prop::sample::Index>(), flip in 1..=255_u8) {
        let tar = pack(&sample()).expect("good files");
        let mut changed = tar.clone();
        changed[at.index(tar.len())] ^= flip;
        if let Ok(archive) = read(&changed) {
            prop_assert_ne!(archive.digest(), Digest::of(&tar));
            prop_assert_ne!(archive.tree().root(), read(&tar).expect("canonical").tree().root());
            prop_assert_eq!(pack(archive.files()).expect("good files"), changed);
        }
    }
}

fn check_against_oracle(metas: &[FileMeta]) {
    let tree = FileTree::of(metas);
    let mut oracle = MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
    for meta in metas {
        oracle.push(meta.leaf());
    }
    assert_eq!(
        tree.root().as_bytes().as_slice(),
        oracle.root().as_bytes().as_slice()
    );
    for (index, meta) in metas.iter().enumerate() {
        let proof = tree.prove(index).expect("there is such a file");
        let hashes: Vec<u8> = proof.hashes.iter().flat_map(|hash| *hash.as_bytes()).collect();
        assert_eq!(hashes, oracle.prove_inclusion(index).as_bytes());
        assert_eq!(verify_file(&tree.root(), meta, &proof), Ok(()));
    }
    assert_eq!(tree.prove(metas.len()), None);
}

#[test]
fn trees_of_every_small_size_agree_with_the_oracle() {
    let metas: Vec<FileMeta> = (0..70)
        .map(|number| FileMeta::of(&file(&format!("f{number:03}"), &[number])))
        .collect();
    for size in 0..=metas.len() {
        check_against_oracle(&metas[..size]);
    }
}

/// What `rs_merkle` would accept, and more.
#[test]
fn proofs_that_were_tampered_with_prove_nothing() {
    let metas: Vec<FileMeta> = (0..40)
        .map(|number| FileMeta::of(&file(&format!("f{number:03}"), &[number])))
        .collect();
    for size in 1..=metas.len() {
        let tree = FileTree::of(&metas[..size]);
        for (index, meta) in metas.iter().enumerate().take(size) {
            let proof = tree.prove(index).expect("there is such a file");
            let refused = |change: &dyn Fn(&mut FileProof)| {
                let mut proof = proof.clone();
                change(&mut proof);
                verify_file(&tree.root(), meta, &proof).expect_err("refused")
            };
            let padded = refused(&|proof| proof.hashes.push(Digest::of(b"junk")));
            assert!(matches!(padded, ProofFault::Length { .. }), "{padded}");
            if let Some(last) = proof.hashes.last() {
                let doubled = refused(&|proof| proof.hashes.push(*last));
                assert!(matches!(doubled, ProofFault::Length { .. }), "{doubled}");
                let cut = refused(&|proof| proof.hashes.truncate(proof.hashes.len() - 1));
                assert!(matches!(cut, ProofFault::Length { .. }), "{cut}");
                let other = refused(&|proof| proof.hashes[0] = Digest::of(b"junk"));
                assert!(matches!(other, ProofFault::Root { .. }), "{other}");
                refused(&|proof| proof.index ^= 1);
            }
            let beyond = refused(&|proof| proof.index = proof.count);
            assert!(matches!(beyond, ProofFault::Place { .. }), "{beyond}");
            let huge = refused(&|proof| proof.count = u64::MAX);
            assert!(matches!(huge, ProofFault::Place { .. }), "{huge}");
            let other = FileMeta {
                executable: true,
                ..meta.clone()
            };
            let root = tree.root();
            assert_eq!(verify_file(&root, &other, &proof), Err(ProofFault::Root { root }));
        }
    }
}

#[test]
fn files_that_cannot_be_packed_are_refused() {
    let manifest = || file("lumen.toml", b"");
    assert_eq!(pack(&[file("a", b"")]), Err(ArchiveError::NoManifest));
    assert_eq!(
        pack(&[manifest(), manifest()]),
        Err(ArchiveError::Twice {
            path: "lumen.toml".to_owned()
        })
    );
    let many: Vec<FileEntry> = (0..10_000)
        .map(|number| file(&format!("f{number}"), b""))
        .collect();
    assert_eq!(
        pack(&[many, vec![manifest()]].concat()),
        Err(ArchiveError::TooManyFiles)
    );
    let large = vec![0; 64 * 1024 * 1024 - 2047];
    assert_eq!(
        pack(&[manifest(), file("a", &large)]),
        Err(ArchiveError::TooLarge {
            size: 64 * 1024 * 1024 + 512
        })
    );
}

/// Any tar program can read what is written here.
#[test]
fn the_systems_tar_lists_the_files() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.tar");
    std::fs::write(&path, pack(&sample()).expect("good files")).expect("writable");
    let listing = Command::new("tar")
        .args(["--quoting-style=literal", "-tf"])
        .arg(&path)
        .stderr(Stdio::null())
        .output();
    let Ok(listing) = listing else {
        println!("skipped the_systems_tar_lists_the_files: there is no `tar`");
        return;
    };
    let mut expected: Vec<String> = sample().iter().map(|file| file.path.to_string()).collect();
    expected.sort();
    assert_eq!(
        String::from_utf8_lossy(&listing.stdout)
            .lines()
            .collect::<Vec<_>>(),
        expected
    );
}

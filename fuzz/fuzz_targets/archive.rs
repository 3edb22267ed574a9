//! Foreign archives: whatever the bytes are, nothing panics; a tar that is read is the one that its files give; a transport never gives more than is asked for.
//!
//! The first byte chooses: `T` for a tar, anything else for a transport of a tar of as many KiB.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lumen_pkg::Digest;
use lumen_pkg::archive::{FileMeta, decompress, pack, read, verify_file};

fuzz_target!(|data: &[u8]| {
    let Some((choice, bytes)) = data.split_first() else { return };
    if *choice != b'T' {
        let size = u64::from(*choice) * 1024;
        if let Ok(tar) = decompress(bytes, size, &Digest::of(b"")) {
            assert!(tar.is_empty());
        }
        return;
    }
    let Ok(archive) = read(bytes) else { return };
    assert_eq!(pack(archive.files()).as_deref(), Ok(bytes));
    for (index, file) in archive.files().iter().enumerate() {
        let proof = archive.tree().prove(index).expect("every file has a proof");
        assert_eq!(verify_file(&archive.tree().root(), &FileMeta::of(file), &proof), Ok(()));
    }
});

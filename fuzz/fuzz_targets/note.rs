//! Texts of the log that come from outside: notes, checkpoints, keys, proof bundles. Whatever the bytes are, nothing panics, and what is read
//! is written again byte for byte.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lumen_pkg::log::{Checkpoint, LogPolicy, Note, ProofBundle, SignerKey, VerifierKey, verify_checkpoint};

fuzz_target!(|data: &[u8]| {
    let log = SignerKey::from_seed("registry.example", &[1; 32]).expect("a valid name");
    let policy = LogPolicy::new(log.verifier().clone(), Vec::new(), 0).expect("a valid policy");
    if let Ok(note) = Note::parse(data) {
        assert_eq!(note.render().as_bytes(), data);
        if let Ok(checkpoint) = Checkpoint::parse(note.text()) {
            assert!(note.text().starts_with(&checkpoint.text()));
        }
    }
    // A checkpoint that is believed was signed, and the fuzzer does not have the key of a log of another size than the seeds'.
    if let Ok(checkpoint) = verify_checkpoint(data, &policy, 0) {
        assert_eq!(checkpoint.size, 7);
    }
    if let Ok(bundle) = ProofBundle::parse(data) {
        assert_eq!(bundle.render().as_bytes(), data);
        if let Ok(proved) = bundle.verify(&policy, 0) {
            assert!(proved.index < 7);
        }
    }
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(key) = VerifierKey::parse(text)
    {
        assert_eq!(key.to_string(), text);
    }
});

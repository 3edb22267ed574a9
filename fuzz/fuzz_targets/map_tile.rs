//! Tiles and proofs of the map that come from outside. The bytes are served as the only tile, under whatever name is asked for: nothing panics,
//! reading ends, and nothing but the tile's own hash makes it the root of a map. As a proof, what is read is written again byte for byte.

#![no_main]

use libfuzzer_sys::fuzz_target;
use lumen_pkg::log::{SourceError, TileSource};
use lumen_pkg::map::{MapError, MapProof, lookup, prove};
use lumen_pkg::{Digest, PackageName};

struct OneTile<'a>(&'a [u8]);

impl TileSource for OneTile<'_> {
    fn tile(&self, _path: &str) -> Result<Vec<u8>, SourceError> {
        Ok(self.0.to_vec())
    }
}

fuzz_target!(|data: &[u8]| {
    let package = PackageName::parse("@acme/money").expect("a valid name");
    let source = OneTile(data);
    // Asked for by a wrong name, it says which name is its own.
    let wrong = Digest::of(b"wrong");
    match lookup(&wrong, &package, &source) {
        Err(MapError::Tile { found, .. }) => {
            let value = lookup(&found, &package, &source);
            if let Ok(proof) = prove(&found, &package, &source) {
                let value = value.expect("what is proved is found");
                assert_eq!(proof.verify(&found, &package).expect("its own proof"), value);
            }
        }
        Err(_) => {}
        Ok(_) => panic!("a tile under a wrong name was believed"),
    }
    if let Ok(proof) = MapProof::parse(data) {
        assert_eq!(proof.to_bytes(), data);
        assert!(proof.verify(&wrong, &package).is_err());
    }
});

//! The verifiable map: tiles against a plain recursion over bits, lookups, and proofs of presence and absence.

use lumen_pkg::log::MemoryTiles;
use lumen_pkg::map::{EMPTY_MAP, MapError, MapProof, MapTree, lookup, lookup_many, prove, root_of};
use lumen_pkg::protocol::MapValue;
use lumen_pkg::{Digest, PackageName};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn package(number: u32) -> PackageName {
    PackageName::parse(&format!("@scope-{}/package-{number}", number % 97)).expect("valid")
}

fn value(number: u32) -> MapValue {
    MapValue {
        last: u64::from(number) * 3,
        count: u64::from(number % 5) + 1,
        record: Digest::of(&number.to_be_bytes()),
    }
}

/// The root as the specification words it: bit by bit over unsorted keys, without tiles.
fn oracle(packages: &BTreeMap<PackageName, MapValue>) -> Digest {
    fn subtree(leaves: &[([u8; 32], Vec<u8>)], depth: usize) -> [u8; 32] {
        match leaves {
            [] => [0; 32],
            [(_, leaf)] => *Digest::of(leaf).as_bytes(),
            leaves => {
                let side = |bit: u8| -> Vec<_> {
                    let on = |key: &[u8; 32]| key[depth / 8] >> (7 - depth % 8) & 1 == bit;
                    leaves.iter().filter(|(key, _)| on(key)).cloned().collect()
                };
                let mut node = vec![1];
                node.extend(subtree(&side(0), depth + 1));
                node.extend(subtree(&side(1), depth + 1));
                *Digest::of(&node).as_bytes()
            }
        }
    }
    let leaves: Vec<_> = packages
        .iter()
        .map(|(name, value)| {
            let key = *Digest::of(name.as_str().as_bytes()).as_bytes();
            let mut leaf = vec![0];
            leaf.extend(key);
            leaf.extend(value.last.to_be_bytes());
            leaf.extend(value.count.to_be_bytes());
            leaf.extend(value.record.as_bytes());
            (key, leaf)
        })
        .collect();
    Digest::from_bytes(subtree(&leaves, 0))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn batches_lead_to_the_root_of_the_whole(batches in prop::collection::vec(prop::collection::vec((0u32..900, any::<u32>()), 0..200), 1..6)) {
        let (mut tree, mut store) = (MapTree::new(), MemoryTiles::new());
        let mut all = BTreeMap::new();
        for batch in batches {
            let changes: Vec<_> = batch.iter().map(|(name, number)| (package(*name), value(*number))).collect();
            all.extend(changes.iter().cloned());
            let root = tree.update(&mut store, &changes).expect("stored");
            prop_assert_eq!(root, oracle(&all));
            prop_assert_eq!(root, root_of(all.clone()));
        }
        let names: Vec<_> = (0..1000).map(package).collect();
        let found = lookup_many(&tree.root(), &names, &store).expect("there");
        for (place, (name, found)) in names.iter().zip(found).enumerate() {
            prop_assert_eq!(found, all.get(name).copied());
            if place % 25 != 0 {
                continue;
            }
            let proof = prove(&tree.root(), name, &store).expect("there");
            prop_assert_eq!(proof.verify(&tree.root(), name).expect("proved"), found);
            prop_assert_eq!(MapProof::parse(&proof.to_bytes()).expect("its own form"), proof);
        }
    }

    #[test]
    fn a_proof_with_one_bit_changed_is_refused(count in 1u32..200, name in 0u32..400, bit in any::<prop::sample::Index>()) {
        let mut store = MemoryTiles::new();
        let changes: Vec<_> = (0..count).map(|number| (package(number), value(number))).collect();
        let root = MapTree::new().update(&mut store, &changes).expect("stored");
        let mut bytes = prove(&root, &package(name), &store).expect("there").to_bytes();
        let place = bit.index(bytes.len() * 8);
        bytes[place / 8] ^= 1 << (place % 8);
        let verified = MapProof::parse(&bytes).and_then(|proof| proof.verify(&root, &package(name)));
        prop_assert!(verified.is_err(), "{:?}", verified);
    }
}

#[test]
fn an_empty_map_has_nothing() {
    let store = MemoryTiles::new();
    assert_eq!(
        lookup(&EMPTY_MAP, &package(1), &store).expect("nothing to read"),
        None
    );
    let proof = prove(&EMPTY_MAP, &package(1), &store).expect("nothing to read");
    assert_eq!(proof.verify(&EMPTY_MAP, &package(1)).expect("absent"), None);
    let other = root_of([(package(2), value(2))]);
    assert!(matches!(
        proof.verify(&other, &package(1)),
        Err(MapError::Root { .. })
    ));
}

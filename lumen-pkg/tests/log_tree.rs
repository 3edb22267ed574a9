//! Trees of the log against an independent implementation: roots, proofs, tiles, resuming, and mutations that must be refused.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use lumen_pkg::Digest;
use lumen_pkg::log::{
    Checkpoint, CompactTree, LogError, LogWriter, MemoryTiles, consistency_from_tiles, entries_from_tiles,
    inclusion_from_tiles, leaf_hash, leaf_hashes_from_tiles, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;
use sha2::Sha256;

type Oracle = MemoryBackedTree<Sha256, Vec<u8>>;

fn leaf(index: u64) -> Vec<u8> {
    format!("leaf {index} {}", "x".repeat((index % 7) as usize)).into_bytes()
}

fn oracle_root(oracle: &Oracle) -> Digest {
    Digest::from_bytes((*oracle.root().as_bytes()).into())
}

fn chunks(bytes: &[u8]) -> Vec<Digest> {
    bytes
        .as_chunks()
        .0
        .iter()
        .copied()
        .map(Digest::from_bytes)
        .collect()
}

/// A log of `size` leaves whose files were written after every `batch` leaves, and what an independent tree says of each checkpoint.
struct World {
    writer: LogWriter,
    tiles: MemoryTiles,
    oracle: Oracle,
    checkpoints: Vec<Checkpoint>,
}

impl World {
    fn new() -> Self {
        Self {
            writer: LogWriter::new(),
            tiles: MemoryTiles::new(),
            oracle: Oracle::new(),
            checkpoints: Vec::new(),
        }
    }

    fn grow(&mut self, leaves: u64) {
        for _ in 0..leaves {
            let bytes = leaf(self.writer.size());
            self.writer.append(&bytes).expect("short");
            self.oracle.push(bytes);
        }
        for file in self.writer.take_files() {
            self.tiles.insert(file.path, file.bytes);
        }
        self.checkpoints.push(self.checkpoint());
    }

    fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            origin: "registry.example".to_owned(),
            size: self.writer.size(),
            root: self.writer.root(),
        }
    }
}

#[test]
fn roots_and_all_inclusion_proofs_of_small_trees_agree() {
    let mut world = World::new();
    for size in 1..=300u64 {
        world.grow(1);
        let checkpoint = world.checkpoint();
        assert_eq!(checkpoint.root, oracle_root(&world.oracle), "{size}");
        if size > 40 && !(250..260).contains(&size) {
            continue;
        }
        for index in 0..size {
            let expected = chunks(world.oracle.prove_inclusion(index as usize).as_bytes());
            assert_eq!(
                inclusion_from_tiles(index, &checkpoint, &world.tiles).expect("there"),
                expected
            );
            let proof = world.writer.prove_inclusion(index, size, &world.tiles);
            assert_eq!(proof.expect("there"), expected, "{index} of {size}");
            verify_inclusion(&leaf(index), index, size, &checkpoint.root, &expected).expect("proved");
        }
    }
}

#[test]
fn consistency_of_every_two_checkpoints_is_proved_from_tiles() {
    let mut world = World::new();
    for batch in [1, 2, 4, 100, 148, 1, 1, 255, 1, 300, 65_000, 700, 3] {
        world.grow(batch);
    }
    for (place, new) in world.checkpoints.iter().enumerate() {
        for old in &world.checkpoints[..=place] {
            let proof = consistency_from_tiles(old, new, &world.tiles).expect("consistent");
            verify_consistency((old.size, &old.root), (new.size, &new.root), &proof).expect("again");
            if old.size < new.size {
                let reversed = consistency_from_tiles(new, old, &world.tiles);
                assert!(matches!(reversed, Err(LogError::Consistency { .. })));
                let mut forged = new.clone();
                forged.root = leaf_hash(b"forged");
                let refused = consistency_from_tiles(old, &forged, &world.tiles);
                assert!(matches!(refused, Err(LogError::Tile { .. })), "{refused:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn random_logs_agree_with_the_oracle(batches in prop::collection::vec(1u64..400, 1..8), picks in prop::collection::vec(any::<prop::sample::Index>(), 8)) {
        let mut world = World::new();
        for batch in &batches {
            world.grow(*batch);
        }
        let checkpoint = world.checkpoint();
        prop_assert_eq!(checkpoint.root, oracle_root(&world.oracle));
        let size = checkpoint.size;
        let indexes: Vec<u64> = picks.iter().map(|pick| pick.index(size as usize) as u64).collect();
        let hashes: Vec<Digest> = indexes.iter().map(|index| leaf_hash(&leaf(*index))).collect();
        prop_assert_eq!(leaf_hashes_from_tiles(&indexes, &checkpoint, &world.tiles).expect("there"), hashes);
        for index in indexes {
            let expected = chunks(world.oracle.prove_inclusion(index as usize).as_bytes());
            prop_assert_eq!(inclusion_from_tiles(index, &checkpoint, &world.tiles).expect("there"), expected);
            let entries = entries_from_tiles(index / 256, &checkpoint, &world.tiles).expect("there");
            prop_assert_eq!(&entries[(index % 256) as usize], &leaf(index));
            // An earlier tree is proved as well.
            let old = &world.checkpoints[(index % world.checkpoints.len() as u64) as usize];
            if index < old.size {
                let proof = world.writer.prove_inclusion(index, old.size, &world.tiles).expect("there");
                verify_inclusion(&leaf(index), index, old.size, &old.root, &proof).expect("proved");
            }
        }
        for old in &world.checkpoints {
            let proof = consistency_from_tiles(old, &checkpoint, &world.tiles).expect("consistent");
            let additions = (size - old.size) as usize;
            prop_assert_eq!(proof, chunks(world.oracle.prove_consistency(additions).as_bytes()));
        }
    }

    #[test]
    fn a_resumed_writer_goes_on_as_the_first(before in 0u64..1200, after in 1u64..600) {
        let mut world = World::new();
        world.grow(before);
        let root = world.writer.root();
        let mut resumed = LogWriter::resume(before, &root, &world.tiles).expect("whole");
        prop_assert!(resumed.take_files().is_empty());
        for index in before..before + after {
            prop_assert_eq!(resumed.append(&leaf(index)).expect("short"), index);
            world.writer.append(&leaf(index)).expect("short");
        }
        prop_assert_eq!(resumed.root(), world.writer.root());
        prop_assert_eq!(resumed.take_files(), world.writer.take_files());
        prop_assert!(LogWriter::resume(before, &leaf_hash(b"other"), &world.tiles).is_err());
    }

    #[test]
    fn mutated_proofs_are_refused(size in 2u64..700, pick in any::<prop::sample::Index>(), older in any::<prop::sample::Index>(), flip in any::<prop::sample::Index>()) {
        let mut world = World::new();
        let (index, old) = (pick.index(size as usize) as u64, older.index(size as usize - 1) as u64 + 1);
        world.grow(old);
        world.grow(size - old);
        let (old, new) = (&world.checkpoints[0], &world.checkpoints[1]);
        let inclusion = inclusion_from_tiles(index, new, &world.tiles).expect("there");
        let consistency = consistency_from_tiles(old, new, &world.tiles).expect("there");
        let included = |proof: &[Digest]| verify_inclusion(&leaf(index), index, size, &new.root, proof).is_ok();
        let consistent = |proof: &[Digest]| verify_consistency((old.size, &old.root), (size, &new.root), proof).is_ok();
        prop_assert!(included(&inclusion) && consistent(&consistency));
        for (proof, verify) in [(&inclusion, &included as &dyn Fn(&[Digest]) -> bool), (&consistency, &consistent)] {
            let padded = [&proof[..], &[leaf_hash(b"junk")]].concat();
            prop_assert!(!verify(&padded));
            let led = [&[leaf_hash(b"junk")], &proof[..]].concat();
            prop_assert!(!verify(&led));
            if let Some((_, shorter)) = proof.split_last() {
                prop_assert!(!verify(shorter));
                let mut changed = proof.clone();
                let place = flip.index(changed.len());
                changed[place] = leaf_hash(changed[place].as_bytes());
                prop_assert!(!verify(&changed));
            }
        }
        prop_assert!(verify_inclusion(b"another", index, size, &new.root, &inclusion).is_err());
        prop_assert!(verify_inclusion(&leaf(index), size, size, &new.root, &inclusion).is_err());
    }
}

#[test]
fn a_log_is_replayed_from_its_entries() {
    let mut world = World::new();
    world.grow(1000);
    let checkpoint = world.checkpoint();
    let mut tree = CompactTree::new();
    for tile in 0..4 {
        for entry in entries_from_tiles(tile, &checkpoint, &world.tiles).expect("there") {
            tree.push(leaf_hash(&entry));
        }
    }
    assert_eq!((tree.size(), tree.root()), (checkpoint.size, checkpoint.root));
}

#[test]
fn files_are_those_that_the_tile_format_asks_for() {
    let mut world = World::new();
    let mut before = 0;
    for batch in [1u64, 3, 252, 1, 700, 0, 64_900, 1000] {
        for _ in 0..batch {
            world.writer.append(&leaf(world.writer.size())).expect("short");
        }
        let after = before + batch;
        let name = |tile: &tlog_tiles::Tile| tile.path().replacen("tile/8/", "log/tile/", 1);
        let mut expected: Vec<String> = tlog_tiles::Tile::new_tiles(8, before, after)
            .iter()
            .map(name)
            .collect();
        let entries = expected
            .clone()
            .into_iter()
            .filter(|path| path.starts_with("log/tile/0/"));
        expected.extend(entries.map(|path| path.replacen("/0/", "/entries/", 1)));
        let mut found: Vec<String> = world
            .writer
            .take_files()
            .into_iter()
            .map(|file| file.path)
            .collect();
        expected.sort();
        found.sort();
        assert_eq!(found, expected, "{before} to {after}");
        before = after;
    }
}

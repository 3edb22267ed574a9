//! Tiles of the log that were made to deceive, and how many tiles verifying takes.

use lumen_pkg::Digest;
use lumen_pkg::log::{
    Checkpoint, LogError, LogWriter, MemoryTiles, SourceError, TileSource, consistency_from_tiles,
    entries_from_tiles, inclusion_from_tiles, leaf_hashes_from_tiles,
};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// A log and its files, with checkpoints after the sizes that were asked for.
fn log(sizes: &[u64], leaf: impl Fn(u64) -> String) -> (LogWriter, MemoryTiles, Vec<Checkpoint>) {
    let (mut writer, mut tiles, mut checkpoints) = (LogWriter::new(), MemoryTiles::new(), Vec::new());
    for size in sizes {
        while writer.size() < *size {
            writer.append(leaf(writer.size()).as_bytes()).expect("short");
        }
        for file in writer.take_files() {
            tiles.insert(file.path, file.bytes);
        }
        checkpoints.push(Checkpoint {
            origin: "registry.example".to_owned(),
            size: *size,
            root: writer.root(),
        });
    }
    (writer, tiles, checkpoints)
}

fn plain(index: u64) -> String {
    format!("leaf {index}")
}

/// Remembers what was kept, and that nothing is kept of what is refused.
struct Keeping<'a> {
    tiles: &'a MemoryTiles,
    kept: RefCell<BTreeMap<String, Vec<u8>>>,
}

impl<'a> Keeping<'a> {
    fn new(tiles: &'a MemoryTiles) -> Self {
        let kept = RefCell::default();
        Self { tiles, kept }
    }
}

impl TileSource for Keeping<'_> {
    fn tile(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        match self.kept.borrow().get(path) {
            Some(bytes) => Ok(bytes.clone()),
            None => self.tiles.tile(path),
        }
    }

    fn keep(&self, path: &str, bytes: &[u8]) {
        self.kept.borrow_mut().insert(path.to_owned(), bytes.to_vec());
    }
}

type Spoil = fn(&mut Vec<u8>);

/// Ways to spoil a tile.
const SPOILED: [(&str, Spoil); 9] = [
    ("one bit of the first hash", |bytes| bytes[0] ^= 1),
    ("one bit of the last hash", |bytes| {
        *bytes.last_mut().expect("some") ^= 0x80
    }),
    ("two hashes exchanged", |bytes| bytes[..64].rotate_left(32)),
    ("a hash less", |bytes| bytes.truncate(bytes.len() - 32)),
    ("a byte less", |bytes| bytes.truncate(bytes.len() - 1)),
    ("a byte more", |bytes| bytes.push(0)),
    ("a hash more", |bytes| bytes.extend([0; 32])),
    ("nothing in it", Vec::clear),
    ("zeroes", |bytes| bytes.fill(0)),
];

#[test]
fn spoiled_hash_tiles_are_refused_and_not_kept() {
    let (writer, good, checkpoints) = log(&[300, 700], plain);
    let new = &checkpoints[1];
    for path in ["log/tile/0/000", "log/tile/1/000.p/2", "log/tile/0/002.p/188"] {
        for (what, spoil) in SPOILED {
            let mut tiles = good.clone();
            let mut bytes = tiles.remove(path).expect("there");
            spoil(&mut bytes);
            tiles.insert(path, bytes);
            let source = Keeping::new(&tiles);
            let refused = inclusion_from_tiles(5, new, &source).expect_err(what);
            assert!(refused.is_security(), "{path}, {what}: {refused}");
            let refused = leaf_hashes_from_tiles(&[5, 699], new, &source).expect_err(what);
            assert!(refused.is_security(), "{path}, {what}: {refused}");
            assert!(source.kept.borrow().is_empty(), "{path}, {what}");
            if path != "log/tile/0/000" {
                assert!(
                    consistency_from_tiles(&checkpoints[0], new, &source).is_err(),
                    "{path}, {what}"
                );
                assert!(
                    LogWriter::resume(700, &new.root, &tiles).is_err(),
                    "{path}, {what}"
                );
            } else {
                assert!(writer.prove_inclusion(5, 700, &tiles).is_err(), "{path}, {what}");
            }
        }
    }
}

#[test]
fn spoiled_entries_are_refused() {
    let (_, good, checkpoints) = log(&[700], plain);
    let (full, narrow) = ("log/tile/entries/000", "log/tile/entries/002.p/188");
    let spoiled: [(&str, Spoil); 8] = [
        ("one bit", |bytes| bytes[5] ^= 1),
        ("a length too long", |bytes| bytes[1] += 1),
        ("a length too short", |bytes| bytes[1] -= 1),
        ("the longest length", |bytes| bytes[..2].fill(0xff)),
        ("a byte less", |bytes| bytes.truncate(bytes.len() - 1)),
        ("half a length more", |bytes| bytes.push(0)),
        ("an empty entry more", |bytes| bytes.extend([0, 0])),
        ("nothing in it", Vec::clear),
    ];
    for (index, path) in [(0, full), (2, narrow)] {
        assert!(entries_from_tiles(index, &checkpoints[0], &good).is_ok());
        for (what, spoil) in spoiled {
            let mut tiles = good.clone();
            let mut bytes = tiles.remove(path).expect("there");
            spoil(&mut bytes);
            tiles.insert(path, bytes);
            let refused = entries_from_tiles(index, &checkpoints[0], &tiles).expect_err(what);
            assert!(refused.is_security(), "{path}, {what}: {refused}");
            if path == narrow {
                assert!(
                    LogWriter::resume(700, &checkpoints[0].root, &tiles).is_err(),
                    "{what}"
                );
            }
        }
    }
}

#[test]
fn a_tile_in_place_of_another_is_refused() {
    let (_, mut tiles, checkpoints) = log(&[700], plain);
    let other = tiles.all()["log/tile/0/001"].clone();
    tiles.insert("log/tile/0/000", other);
    let refused = inclusion_from_tiles(5, &checkpoints[0], &tiles);
    assert!(matches!(refused, Err(LogError::Tile { .. })), "{refused:?}");
}

#[test]
fn a_narrow_tile_that_is_gone_is_taken_from_the_full_one() {
    let (_, mut tiles, checkpoints) = log(&[300, 700], plain);
    let expected = inclusion_from_tiles(299, &checkpoints[0], &tiles).expect("there");
    tiles.remove("log/tile/0/001.p/44").expect("there");
    tiles.remove("log/tile/entries/001.p/44").expect("there");
    assert_eq!(
        inclusion_from_tiles(299, &checkpoints[0], &tiles).expect("from the full tile"),
        expected
    );
    assert_eq!(
        entries_from_tiles(1, &checkpoints[0], &tiles)
            .expect("from the full tile")
            .len(),
        44
    );
    let mut forged = tiles.remove("log/tile/0/001").expect("there");
    forged[0] ^= 1;
    tiles.insert("log/tile/0/001", forged);
    assert!(
        inclusion_from_tiles(299, &checkpoints[0], &tiles)
            .expect_err("forged")
            .is_security()
    );
}

#[test]
fn a_tile_that_is_absent_is_no_proof_of_anything() {
    let (_, mut tiles, checkpoints) = log(&[300], plain);
    tiles.remove("log/tile/0/001.p/44").expect("there");
    let refused = inclusion_from_tiles(5, &checkpoints[0], &tiles).expect_err("absent");
    assert_eq!(refused.to_string(), "`log/tile/0/001.p/44` cannot be read");
    assert!(!refused.is_security());
}

#[test]
fn indexes_beyond_the_log_are_refused() {
    let (writer, tiles, checkpoints) = log(&[300], plain);
    for index in [300, 301, u64::MAX] {
        let results = [
            inclusion_from_tiles(index, &checkpoints[0], &tiles).err(),
            leaf_hashes_from_tiles(&[0, index], &checkpoints[0], &tiles).err(),
            writer.prove_inclusion(index, 300, &tiles).err(),
            entries_from_tiles(index, &checkpoints[0], &tiles).err(),
        ];
        for refused in results {
            assert!(
                matches!(refused, Some(LogError::OutOfRange { .. })),
                "{index}: {refused:?}"
            );
        }
    }
    let refused = writer.prove_inclusion(0, 301, &tiles);
    assert!(matches!(refused, Err(LogError::OutOfRange { .. })));
    // A size that no log has is refused before anything is computed from it.
    let endless = Checkpoint {
        size: u64::MAX,
        ..checkpoints[0].clone()
    };
    assert!(
        inclusion_from_tiles(0, &endless, &tiles)
            .expect_err("too large")
            .is_security()
    );
}

#[test]
fn other_histories_are_refused() {
    let (_, _, seen) = log(&[300, 700], plain);
    let changed = |index| {
        if index == 7 {
            "changed".to_owned()
        } else {
            plain(index)
        }
    };
    let (_, tiles, rewritten) = log(&[300, 700, 1000], changed);
    let refuse =
        |old: &Checkpoint, new: &Checkpoint| consistency_from_tiles(old, new, &tiles).expect_err("refused");
    let cases = [
        ("a leaf was changed", refuse(&seen[0], &rewritten[1])),
        (
            "a leaf was changed, and more were added",
            refuse(&seen[1], &rewritten[2]),
        ),
        ("the same size with another root", refuse(&seen[1], &rewritten[1])),
        ("leaves were taken away", refuse(&seen[1], &rewritten[0])),
        (
            "everything was taken away",
            refuse(
                &seen[1],
                &Checkpoint {
                    size: 0,
                    root: Digest::of(b""),
                    ..seen[1].clone()
                },
            ),
        ),
        (
            "an empty log with a root of its own",
            refuse(
                &Checkpoint {
                    size: 0,
                    root: Digest::of(b"x"),
                    ..seen[1].clone()
                },
                &rewritten[1],
            ),
        ),
    ];
    for (what, refused) in cases {
        assert!(
            matches!(refused, LogError::Consistency { .. }),
            "{what}: {refused}"
        );
    }
    let other = Checkpoint {
        origin: "mirror.example".to_owned(),
        ..rewritten[1].clone()
    };
    assert!(matches!(refuse(&rewritten[0], &other), LogError::Origin { .. }));
    let empty = Checkpoint {
        size: 0,
        root: Digest::of(b""),
        ..seen[0].clone()
    };
    assert!(
        consistency_from_tiles(&empty, &rewritten[2], &tiles).is_ok(),
        "nothing was seen"
    );
}

#[test]
fn consistency_takes_few_tiles() {
    let sizes = [69_000, 70_000, 70_001, 70_300, 100_000, 131_050, 131_100, 131_200];
    let (_, tiles, checkpoints) = log(&sizes, plain);
    let source = Keeping::new(&tiles);
    consistency_from_tiles(&checkpoints[0], &checkpoints[1], &source).expect("consistent");
    tiles.take_count();
    for pair in checkpoints[1..].windows(2) {
        consistency_from_tiles(&pair[0], &pair[1], &source).expect("consistent");
        let (requests, bytes) = tiles.take_count();
        println!(
            "{} to {}: {requests} tiles, {bytes} bytes",
            pair[0].size, pair[1].size
        );
        let crosses = pair[0].size / 65_536 != pair[1].size / 65_536;
        assert!(
            requests <= if crosses { 5 } else { 3 },
            "{} to {}",
            pair[0].size,
            pair[1].size
        );
    }
}

//! Tiles and proofs of the map that were made to deceive, and how large both are with 100,000 packages.

use lumen_pkg::log::{Checkpoint, CosignerKey, LogWriter, MemoryTiles, ProofBundle, SignerKey};
use lumen_pkg::map::{MAXIMUM_TILE_BYTES, MapError, MapProof, MapTree, lookup, lookup_many, prove, root_of};
use lumen_pkg::protocol::{
    Event, Leaf, MapValue, PublicKey, PublishStatement, PublishedDependency, Signature, paths,
};
use lumen_pkg::{Digest, PackageName, Version};

fn package(number: u32) -> PackageName {
    PackageName::parse(&format!("@scope-{}/package-{number}", number % 97)).expect("valid")
}

fn value(number: u32) -> MapValue {
    MapValue {
        last: u64::from(number) * 3,
        count: 1,
        record: Digest::of(&number.to_be_bytes()),
    }
}

fn key(package: &PackageName) -> [u8; 32] {
    *Digest::of(package.as_str().as_bytes()).as_bytes()
}

fn map(packages: std::ops::Range<u32>) -> (Digest, MemoryTiles) {
    let mut store = MemoryTiles::new();
    let changes: Vec<_> = packages.map(|number| (package(number), value(number))).collect();
    let root = MapTree::new().update(&mut store, &changes).expect("stored");
    (root, store)
}

/// The bytes of an entry with a single key.
fn single(package: &PackageName, value: &MapValue) -> Vec<u8> {
    let mut bytes = vec![key(package)[0], 2];
    bytes.extend(key(package));
    bytes.extend(value.last.to_be_bytes());
    bytes.extend(value.count.to_be_bytes());
    bytes.extend(value.record.as_bytes());
    bytes
}

fn subtree(slot: u8, hash: &Digest) -> Vec<u8> {
    [&[slot, 1][..], hash.as_bytes()].concat()
}

/// The name that a tile says it has when it is asked for by another.
fn name_of(bytes: &[u8]) -> Option<Digest> {
    let mut store = MemoryTiles::new();
    let wrong = Digest::of(b"wrong");
    store.insert(paths::map_tile(&wrong), bytes.to_vec());
    match lookup(&wrong, &package(0), &store) {
        Err(MapError::Tile { found, .. }) => Some(found),
        _ => None,
    }
}

#[test]
fn malformed_tiles_are_refused_under_any_name() {
    let (one, two) = (single(&package(0), &value(0)), single(&package(1), &value(1)));
    let (low, high) = if one[0] < two[0] { (one, two) } else { (two, one) };
    let good = [&low[..], &high].concat();
    assert!(name_of(&good).is_some());
    let mut unknown = good.clone();
    unknown[1] = 3;
    let cases = [
        ("nothing", Vec::new()),
        ("a slot only", vec![0]),
        ("an entry that is cut off", good[..good.len() - 1].to_vec()),
        ("a byte more", [&good[..], &[0]].concat()),
        ("slots in another order", [&high[..], &low].concat()),
        ("a slot twice", [&low[..], &low].concat()),
        ("an unknown kind", unknown),
        ("an empty subtree", subtree(0, &Digest::from_bytes([0; 32]))),
        (
            "a subtree that is cut off",
            subtree(0, &Digest::of(b"x"))[..33].to_vec(),
        ),
    ];
    for (what, bytes) in cases {
        assert_eq!(name_of(&bytes), None, "{what}");
    }
}

#[test]
fn a_tile_that_was_changed_is_refused_by_its_name() {
    let (root, good) = map(0..500);
    let path = paths::map_tile(&root);
    for place in [0, 1, 2, 40, 100, 5000] {
        let mut store = good.clone();
        let mut bytes = store.remove(&path).expect("there");
        bytes[place] ^= 1;
        store.insert(&path, bytes);
        assert!(
            lookup(&root, &package(3), &store)
                .expect_err("changed")
                .is_security(),
            "{place}"
        );
        assert!(
            MapTree::open(root)
                .update(&mut store, &[(package(3), value(4))])
                .is_err(),
            "{place}"
        );
    }
    let absent = lookup(&root, &package(3), &MemoryTiles::new()).expect_err("no tile");
    assert!(!absent.is_security());
}

/// Puts hand-made tiles, the last of which is the top, and looks a package up.
fn look_up(tiles: &[Vec<u8>], package: &PackageName) -> Result<Option<MapValue>, MapError> {
    let mut store = MemoryTiles::new();
    let mut top = Digest::of(b"");
    for bytes in tiles {
        top = name_of(bytes).expect("well-formed");
        store.insert(paths::map_tile(&top), bytes.clone());
    }
    lookup(&top, package, &store)
}

#[test]
fn tiles_that_are_not_the_one_form_of_a_map_are_refused() {
    let (wanted, other) = (package(0), package(1));
    let slot = key(&wanted)[0];
    assert_ne!(slot, key(&other)[0]);
    let mut stray = single(&other, &value(1));
    stray[0] = slot;
    let refused = look_up(&[stray], &wanted)
        .expect_err("a key under another slot")
        .to_string();
    assert!(
        refused.ends_with("a key is under another slot or prefix than its own"),
        "{refused}"
    );
    // A subtree of one key: in the form of its tile nothing is wrong, so that it is refused where it is read.
    let mut lower = single(&wanted, &value(0));
    lower[0] = key(&wanted)[1];
    let lower_name = name_of(&lower).expect("well-formed");
    let refused = look_up(&[lower.clone(), subtree(slot, &lower_name)], &wanted)
        .expect_err("one key")
        .to_string();
    assert!(
        refused.ends_with("it has a single key, below the top"),
        "{refused}"
    );
    // The root of such a map is not the root of the map with that package.
    assert_ne!(
        name_of(&subtree(slot, &lower_name)),
        Some(root_of([(wanted.clone(), value(0))]))
    );
    // A subtree of two keys under the prefix of a third.
    let mut third = single(&other, &value(1));
    third[0] = key(&other)[1];
    let mut both = [lower, third];
    both.sort();
    let both = both.concat();
    let name = name_of(&both).expect("well-formed");
    let refused = look_up(&[both, subtree(slot, &name)], &wanted)
        .expect_err("a stray key")
        .to_string();
    assert!(
        refused.ends_with("a key is under another slot or prefix than its own"),
        "{refused}"
    );
}

#[test]
fn a_chain_of_tiles_is_no_deeper_than_a_key() {
    let wanted = package(0);
    let mut store = MemoryTiles::new();
    let mut next = Digest::of(b"bottom");
    for depth in (0..32).rev() {
        let bytes = subtree(key(&wanted)[depth], &next);
        next = name_of(&bytes).expect("well-formed");
        store.insert(paths::map_tile(&next), bytes);
    }
    // The tile below the last byte is asked for by its name, and whatever is there is too deep.
    let bottom = [single(&package(1), &value(1)), single(&package(2), &value(2))];
    store.insert(paths::map_tile(&Digest::of(b"bottom")), bottom.concat());
    assert!(
        lookup(&next, &wanted, &store)
            .expect_err("too deep")
            .is_security()
    );
    let (requests, _) = store.take_count();
    assert!(requests <= 33, "{requests}");
}

#[test]
fn proofs_that_lie_are_refused() {
    let (root, store) = map(0..300);
    let (present, absent) = (package(7), package(1000));
    let good = prove(&root, &present, &store).expect("there").to_bytes();
    let gone = prove(&root, &absent, &store).expect("there").to_bytes();
    assert_eq!(
        MapProof::parse(&good)
            .expect("its own form")
            .verify(&root, &present)
            .expect("there"),
        Some(value(7))
    );
    assert_eq!(
        MapProof::parse(&gone)
            .expect("its own form")
            .verify(&root, &absent)
            .expect("absent"),
        None
    );
    let depth = usize::from(u16::from_be_bytes([good[0], good[1]]));
    let siblings = &good[2..2 + 32 * depth];
    let build = |depth: usize, siblings: &[u8], end: &[u8]| {
        let depth = u16::try_from(depth).expect("small").to_be_bytes();
        [&depth, siblings, end].concat()
    };
    let end = &good[2 + 32 * depth..];
    let other = [&[2][..], &key(&package(8)), &end[1..]].concat();
    let itself = [&[2][..], &key(&present), &end[1..]].concat();
    let mut older = end.to_vec();
    older[8] ^= 1;
    let deeper = [siblings, &[0; 32]].concat();
    let cases = [
        (
            "a present package as absent",
            build(depth, siblings, &[0]),
            &present,
        ),
        (
            "a present package as another",
            build(depth, siblings, &itself),
            &present,
        ),
        (
            "another key from elsewhere",
            build(depth, siblings, &other),
            &present,
        ),
        (
            "an absent package as present",
            build(depth, siblings, end),
            &absent,
        ),
        ("the proof of another package", good.clone(), &package(8)),
        ("the absence of another package", gone.clone(), &present),
        ("an older value", build(depth, siblings, &older), &present),
        (
            "a level less",
            build(depth - 1, &siblings[..32 * (depth - 1)], end),
            &present,
        ),
        ("an empty level more", build(depth + 1, &deeper, end), &present),
        (
            "a level that is cut off",
            build(depth + 1, siblings, end),
            &present,
        ),
        ("257 levels", build(257, &[1; 32 * 257], end), &present),
        ("a byte more", [&good[..], &[0]].concat(), &present),
        ("a byte less", good[..good.len() - 1].to_vec(), &present),
        ("an unknown end", build(depth, siblings, &[3]), &present),
        ("no end", build(depth, siblings, &[]), &present),
        ("nothing", Vec::new(), &present),
    ];
    for (what, bytes, package) in cases {
        let verified = MapProof::parse(&bytes).and_then(|proof| proof.verify(&root, package));
        assert!(
            verified.as_ref().is_err_and(MapError::is_security),
            "{what}: {verified:?}"
        );
    }
    let (other_root, _) = map(0..301);
    let stale = MapProof::parse(&good)
        .expect("its own form")
        .verify(&other_root, &present);
    assert!(
        matches!(stale, Err(MapError::Root { .. })),
        "a proof of an earlier map"
    );
}

#[test]
fn an_update_touches_a_tile_once() {
    let (root, mut store) = map(0..3000);
    store.take_count();
    let changes: Vec<_> = (0..200)
        .map(|number| (package(number), value(number + 1)))
        .collect();
    let mut tree = MapTree::open(root);
    tree.update(&mut store, &changes).expect("stored");
    let (requests, _) = store.take_count();
    let names: Vec<_> = changes.iter().map(|(name, _)| name.clone()).collect();
    lookup_many(&tree.root(), &names, &store).expect("there");
    assert_eq!(
        requests,
        store.take_count().0,
        "an update reads the tiles on the ways of its packages, each once"
    );
}

/// A leaf as large as they usually are: three dependencies, two grants.
fn leaf(number: u32) -> Leaf {
    let signer = SignerKey::from_seed("a", &[3; 32]).expect("valid");
    let dependency = |other: u32| PublishedDependency {
        name: package(other),
        requirement: "^1.2.3".to_owned(),
        registry: None,
    };
    let statement = PublishStatement {
        package: package(number),
        version: Version::new(1, 2, 3),
        archive: Digest::of(b"archive"),
        size: 123_456,
        files: Digest::of(b"files"),
        manifest: Digest::of(b"manifest"),
        dependencies: (1..=3).map(|step| dependency(number + step)).collect(),
        grants: vec!["http.get".to_owned(), "llm.chat".to_owned()],
    };
    let event = Event::Publish {
        statement: Box::new(statement),
        user: "a-user-of-the-registry".to_owned(),
        key: PublicKey::from_bytes(signer.verifier().public_key().as_bytes()).expect("valid"),
        signature: Signature::from_bytes([0xa5; 64]),
    };
    Leaf {
        time: 1_700_000_000,
        previous: Some(99_000),
        event,
    }
}

#[test]
fn sizes_with_100_000_packages() {
    let (root, store) = map(0..100_000);
    let sizes: Vec<usize> = store.all().values().map(Vec::len).collect();
    let largest = sizes.iter().max().copied().unwrap_or_default();
    println!(
        "{} tiles, {} bytes, the largest {largest}",
        sizes.len(),
        sizes.iter().sum::<usize>()
    );
    assert!(largest <= MAXIMUM_TILE_BYTES);
    store.take_count();
    for number in (0..100_000).step_by(1000) {
        assert_eq!(
            lookup(&root, &package(number), &store).expect("there"),
            Some(value(number))
        );
    }
    let (requests, bytes) = store.take_count();
    println!(
        "a lookup reads {:.1} tiles, {} bytes",
        requests as f64 / 100.0,
        bytes / 100
    );

    let (mut writer, mut tiles) = (LogWriter::new(), MemoryTiles::new());
    for number in 0..110_000u32 {
        let bytes = if number == 77_777 {
            leaf(number).to_bytes()
        } else {
            number.to_be_bytes().to_vec()
        };
        writer.append(&bytes).expect("short");
    }
    for file in writer.take_files() {
        tiles.insert(file.path, file.bytes);
    }
    let checkpoint = Checkpoint {
        origin: "registry.example".to_owned(),
        size: writer.size(),
        root: writer.root(),
    };
    let mut note = checkpoint
        .sign(&SignerKey::from_seed("registry.example", &[1; 32]).expect("valid"))
        .expect("its key");
    for number in 0..2 {
        let witness =
            CosignerKey::from_seed(&format!("witness-{number}.example"), &[9 + number; 32]).expect("valid");
        note.add(witness.cosign(&checkpoint.text(), 1_700_000_000));
    }
    let bundle = ProofBundle {
        leaf: leaf(77_777).to_bytes(),
        index: 77_777,
        hashes: writer
            .prove_inclusion(77_777, writer.size(), &tiles)
            .expect("there"),
        checkpoint: note,
    };
    let text = bundle.render().len();
    let proofs: Vec<usize> = (0..100_000)
        .step_by(1000)
        .map(|number| {
            prove(&root, &package(number), &store)
                .expect("there")
                .to_bytes()
                .len()
        })
        .collect();
    let proof = proofs.iter().max().copied().unwrap_or_default();
    println!(
        "bundle {text} bytes (leaf {}), map proof at most {proof} bytes",
        bundle.leaf.len()
    );
    assert!(
        text + proof.div_ceil(3) * 4 <= 4096,
        "{text} and {proof} in base64"
    );
}

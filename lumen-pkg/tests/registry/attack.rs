//! The attacks of `registry/attacks.toml`, by name. What the registry does after a client has seen it honest: with all its keys, or as somebody in between.

use super::maker::{Maker, NOW, name, version};
use lumen_pkg::Digest;
use lumen_pkg::archive::compress;
use lumen_pkg::client::MemoryTransport;
use lumen_pkg::log::SignerKey;
use lumen_pkg::protocol::{Change, Event, Signature, paths};

/// The package and version that the client asks for.
pub(crate) const PACKAGE: &str = "@acme/money";
pub(crate) const RELEASE: &str = "1.1.0";

/// What the client saw before, and what the honest registry then went on to do.
pub(crate) fn before(maker: &mut Maker) {
    maker.publish("@acme/money", "1.0.0");
    maker.publish("@acme/fx", "0.1.0");
    maker.settle();
}

pub(crate) fn progress(maker: &mut Maker) {
    maker.publish(PACKAGE, RELEASE);
    maker.publish("@acme/rates", "2.0.0");
    maker.yank("@acme/money", "1.0.0");
}

/// Plays an attack: everything is honest but the one thing that its name says.
pub(crate) fn play(attack: &str, maker: &mut Maker, transport: &MemoryTransport) {
    let served = |maker: &mut Maker| {
        maker.settle();
        maker.serve(transport);
    };
    match attack {
        "none" => {
            progress(maker);
            served(maker);
        }
        "truncated-log" => {
            maker.leaves.truncate(2);
            maker.values.remove(&name("@acme/fx"));
            maker.records.remove(&name("@acme/fx"));
            maker.bind_records();
            maker.serve(transport);
        }
        "split-view" => {
            *maker = other(maker);
            maker.publish("@acme/money", "1.0.0");
            maker.publish("@acme/evil", "0.1.0");
            served(maker);
        }
        "rewritten-history" => {
            *maker = other(maker);
            maker.publish("@acme/evil", "0.1.0");
            maker.publish("@acme/money", "1.0.0");
            progress(maker);
            served(maker);
        }
        "two-maps-for-one-log" => {
            maker.values.remove(&name("@acme/fx"));
            maker.serve(transport);
        }
        "map-root-of-another-size" => {
            progress(maker);
            maker.map_size = Some(3);
            served(maker);
        }
        "stale-checkpoint-with-fresh-tuf" => {
            let old = maker.signed(&maker.checkpoint()).render().into_bytes();
            progress(maker);
            maker.note = Some(old);
            served(maker);
        }
        "origin-changes" => {
            let mut new = Maker::new("other.example");
            new.version = maker.version;
            before(&mut new);
            progress(&mut new);
            *maker = new;
            served(maker);
        }
        _ => checkpoint_attack(attack, maker, transport),
    }
}

/// Another history of the same registry.
fn other(maker: &Maker) -> Maker {
    let mut new = Maker::new(&maker.origin);
    new.version = maker.version;
    new
}

/// The note is wrong; all else is honest.
fn checkpoint_attack(attack: &str, maker: &mut Maker, transport: &MemoryTransport) {
    let progressed = |maker: &mut Maker| {
        progress(maker);
        maker.settle();
    };
    match attack {
        "checkpoint-of-another-log" => {
            progressed(maker);
            let stranger = SignerKey::from_seed("stranger.example", &[77; 32]).expect("a key");
            let mut checkpoint = maker.checkpoint();
            checkpoint.origin = "stranger.example".to_owned();
            maker.note = Some(checkpoint.sign(&stranger).expect("a note").render().into_bytes());
        }
        "checkpoint-with-another-key" => {
            progressed(maker);
            let thief = SignerKey::from_seed(&maker.origin, &[77; 32]).expect("a key");
            maker.note = Some(
                maker
                    .checkpoint()
                    .sign(&thief)
                    .expect("a note")
                    .render()
                    .into_bytes(),
            );
        }
        "checkpoint-changed-after-signing" => {
            progressed(maker);
            let note = maker.signed(&maker.checkpoint()).render();
            let size = maker.checkpoint().size;
            maker.note = Some(
                note.replace(&format!("\n{size}\n"), &format!("\n{}\n", size - 1))
                    .into_bytes(),
            );
        }
        "quorum-short" => {
            progressed(maker);
            maker.cosigned = vec![(0, NOW)];
        }
        "one-witness-twice" => {
            progressed(maker);
            maker.cosigned = vec![(0, NOW), (0, NOW - 1)];
        }
        "cosignatures-from-the-future" => {
            progressed(maker);
            maker.cosigned = vec![(0, NOW + 1_000_000), (1, NOW + 1_000_000)];
        }
        "cosignature-of-another-checkpoint" => {
            let old = maker.checkpoint();
            progressed(maker);
            let mut note = maker.checkpoint().sign(&maker.log).expect("a note");
            for witness in &maker.witnesses {
                note.add(witness.cosign(&old.text(), NOW));
            }
            maker.note = Some(note.render().into_bytes());
        }
        _ => return record_attack(attack, maker, transport),
    }
    maker.serve(transport);
}

/// The map holds a record that the log does not give.
fn record_attack(attack: &str, maker: &mut Maker, transport: &MemoryTransport) {
    progress(maker);
    match attack {
        "map-that-is-not-in-the-log" | "log-that-ends-without-a-map" => {
            maker.settle();
            if attack == "log-that-ends-without-a-map" {
                let key = maker.public();
                let (owner, change) = ("eve".to_owned(), Change::Add);
                maker.append(Event::KeyChange { owner, key, change });
            } else {
                // One victim is shown a map in which 1.0.0 was never yanked; log and witnesses know nothing of it.
                let published = maker.published(PACKAGE, RELEASE).leaf;
                maker.published("@acme/money", "1.0.0").yanked = false;
                let value = maker.values.get_mut(&name(PACKAGE)).expect("a value");
                (value.last, value.count) = (published, 2);
            }
            maker.bind_records();
            return maker.serve(transport);
        }
        "record-with-another-archive" => maker.published(PACKAGE, RELEASE).archive = Digest::of(b"evil"),
        "record-with-another-time" => maker.published(PACKAGE, RELEASE).time -= 86_400 * 30,
        "record-with-more-grants" => maker.published(PACKAGE, RELEASE).grants = vec!["http.get".to_owned()],
        "record-names-another-leaf" => maker.published(PACKAGE, RELEASE).leaf += 1,
        "record-hides-a-yank" => maker.published("@acme/money", "1.0.0").yanked = false,
        "record-of-another-package" => {
            let record = maker.records.get_mut(&name(PACKAGE)).expect("a record");
            record.package = name("@acme/fx");
        }
        "record-names-a-leaf-beyond" => maker.published(PACKAGE, RELEASE).leaf = 5_000,
        "record-with-more-versions-than-leaves" => {
            let value = maker.values.get_mut(&name(PACKAGE)).expect("a value");
            value.count = 1;
        }
        "map-names-a-leaf-beyond" => {
            maker.values.get_mut(&name(PACKAGE)).expect("a value").last = 1_000_000;
        }
        "map-names-a-leaf-of-another-package" => {
            let rates = maker.values[&name("@acme/rates")].last;
            maker.values.get_mut(&name(PACKAGE)).expect("a value").last = rates;
            maker.published(PACKAGE, RELEASE).leaf = rates - 1;
        }
        "record-hides-the-newest-version" => {
            maker.publish(PACKAGE, "1.2.0");
            let record = maker.records.get_mut(&name(PACKAGE)).expect("a record");
            record.versions.pop();
        }
        _ => return leaf_attack(attack, maker, transport),
    }
    maker.settle();
    maker.serve(transport);
}

/// What was published is not what was signed.
fn leaf_attack(attack: &str, maker: &mut Maker, transport: &MemoryTransport) {
    let release = "1.3.0";
    match attack {
        "signature-of-nobody" => {
            let statement = maker.packed(PACKAGE, release);
            maker.publish_signed(statement, Signature::from_bytes([7; 64]));
        }
        "signature-over-another-version" => {
            let signature = maker.published(PACKAGE, RELEASE).signature;
            let statement = maker.packed(PACKAGE, release);
            maker.publish_signed(statement, signature);
        }
        "file-tree-of-other-files" => {
            let mut statement = maker.packed(PACKAGE, release);
            statement.files = Digest::of(b"other files");
            publish(maker, statement);
        }
        "digest-of-another-manifest" => {
            let mut statement = maker.packed(PACKAGE, release);
            statement.manifest = Digest::of(b"another manifest");
            publish(maker, statement);
        }
        "manifest-of-another-package" => {
            let mut statement = maker.packed("@acme/evil", release);
            statement.package = name(PACKAGE);
            publish(maker, statement);
        }
        "manifest-of-another-version" => {
            let mut statement = maker.packed(PACKAGE, "9.9.9");
            statement.version = version(release);
            publish(maker, statement);
        }
        "manifest-with-a-hidden-dependency" => {
            let manifest = format!(
                "[package]\nname = \"{PACKAGE}\"\nversion = \"{release}\"\n[dependencies]\n\"@acme/evil\" = \"1\"\n"
            );
            let statement = maker.packed_with(PACKAGE, release, &manifest);
            publish(maker, statement);
        }
        "archive-that-is-no-canonical-tar" => {
            let tar = vec![0x55; 2048];
            let mut statement = maker.packed(PACKAGE, release);
            statement.archive = Digest::of(&tar);
            statement.size = tar.len() as u64;
            maker
                .archives
                .insert(statement.archive, compress(&tar).expect("compressible"));
            publish(maker, statement);
        }
        _ => return file_attack(attack, maker, transport),
    }
    maker.settle();
    maker.serve(transport);
}

fn publish(maker: &mut Maker, statement: lumen_pkg::protocol::PublishStatement) {
    let signature = maker.sign(&statement);
    maker.publish_signed(statement, signature);
}

/// The registry is honest; somebody in between changes a file.
fn file_attack(attack: &str, maker: &mut Maker, transport: &MemoryTransport) {
    maker.settle();
    maker.serve(transport);
    let leaf = maker.published(PACKAGE, RELEASE).leaf;
    let archive = paths::archive(&maker.published(PACKAGE, RELEASE).archive);
    let record = paths::record(&name(PACKAGE));
    let last = |start: &str| {
        transport
            .paths()
            .into_iter()
            .rfind(|path| path.starts_with(start))
    };
    let (log_tile, entries) = (
        format!("log/tile/0/000.p/{}", maker.leaves.len()),
        "log/tile/entries/",
    );
    match attack {
        "forged-log-tile" => flip(transport, &log_tile, 40),
        "short-log-tile" => cut(transport, &log_tile, 32),
        "absent-log-tile" => drop(transport.remove(&log_tile)),
        "forged-map-tile" => all(transport, "map/tile/", |path| flip(transport, path, 40)),
        "absent-map-tile" => all(transport, "map/tile/", |path| drop(transport.remove(path))),
        "cut-map-tile" => all(transport, "map/tile/", |path| cut(transport, path, 5)),
        "flipped-record" => flip(transport, &record, 60),
        "absent-record" => drop(transport.remove(&record)),
        "old-record" => {
            maker
                .records
                .get_mut(&name(PACKAGE))
                .expect("a record")
                .versions
                .pop();
            let old = maker.records[&name(PACKAGE)].to_bytes();
            transport.put(&record, old);
        }
        "swapped-leaf" => {
            let stolen = transport.file(&paths::leaf_proof(leaf - 1)).expect("a proof");
            transport.put(&paths::leaf_proof(leaf), stolen);
        }
        "absent-leaf" => {
            transport.remove(&paths::leaf_proof(leaf));
            all(transport, entries, |path| drop(transport.remove(path)));
        }
        "swapped-entries" => {
            transport.remove(&paths::leaf_proof(leaf));
            all(transport, entries, |path| flip(transport, path, 30));
        }
        "proof-that-is-none" => transport.put(&paths::leaf_proof(leaf), b"proof\n".to_vec()),
        "flipped-archive" => flip(transport, &archive, 60),
        "cut-archive" => cut(transport, &archive, 10),
        "absent-archive" => drop(transport.remove(&archive)),
        "archive-of-another-version" => {
            let other = paths::archive(&maker.published("@acme/money", "1.0.0").archive);
            let other = transport.file(&other).expect("an archive");
            transport.put(&archive, other);
        }
        "archive-with-bytes-after-it" => {
            let mut bytes = transport.file(&archive).expect("an archive");
            bytes.extend(b"more");
            transport.put(&archive, bytes);
        }
        "endless-record" => transport.put(&record, vec![b'x'; 9 * 1024 * 1024]),
        "forged-state" => flip(transport, &last("tuf/2.state").expect("a file"), 200),
        other => panic!("the attack `{other}` is not known"),
    }
}

fn all(transport: &MemoryTransport, start: &str, change: impl Fn(&str)) {
    let paths: Vec<String> = transport
        .paths()
        .into_iter()
        .filter(|path| path.starts_with(start))
        .collect();
    paths.iter().for_each(|path| change(path));
}

fn flip(transport: &MemoryTransport, path: &str, at: usize) {
    let mut bytes = transport.file(path).unwrap_or_else(|| panic!("no file `{path}`"));
    bytes[at] ^= 1;
    transport.put(path, bytes);
}

fn cut(transport: &MemoryTransport, path: &str, bytes: usize) {
    let mut content = transport.file(path).unwrap_or_else(|| panic!("no file `{path}`"));
    content.truncate(content.len() - bytes);
    transport.put(path, content);
}

/// Attacks on the log that only somebody who replays it sees.
pub(crate) fn hide(attack: &str, maker: &mut Maker) {
    match attack {
        "none" => {}
        "key-that-was-not-announced" => {
            maker.append(Event::KeyChange {
                owner: "ada".to_owned(),
                key: maker.public(),
                change: Change::Remove,
            });
            maker.publish("@acme/late", "1.0.0");
        }
        "version-twice" => {
            maker.publish("@acme/fx", "0.1.0");
            maker
                .records
                .get_mut(&name("@acme/fx"))
                .expect("a record")
                .versions
                .pop();
        }
        "yank-of-nothing" => {
            maker.append(Event::Yank {
                package: name("@acme/fx"),
                version: version("7.7.7"),
                user: "ada".to_owned(),
            });
        }
        "map-root-over-something-else" => {
            maker.append(Event::MapRoot {
                root: Digest::of(b"another map"),
                packages: 2,
            });
        }
        "map-without-a-package" => {
            maker.values.remove(&name("@acme/fx"));
        }
        "leaf-that-is-none" => maker.leaves.push(b"{}".to_vec()),
        other => panic!("the attack `{other}` is not known"),
    }
}

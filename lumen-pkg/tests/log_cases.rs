//! Notes, checkpoints, quorums, keys and bundles that were made to deceive, as data in `tests/log/`.

use lumen_pkg::Digest;
use lumen_pkg::log::{
    CLOCK_SKEW, Checkpoint, CosignerKey, LogError, LogPolicy, LogWriter, MemoryTiles, Note, NoteSignature,
    ProofBundle, SignerKey, VerifierKey, verify_checkpoint,
};
use toml_edit::DocumentMut;

const NOW: u64 = 1_700_000_000;
const CASES: &str = include_str!("log/notes.toml");

fn signer(name: &str, seed: u8) -> SignerKey {
    SignerKey::from_seed(name, &[seed; 32]).expect("valid")
}

fn witness(number: u8) -> CosignerKey {
    CosignerKey::from_seed(&format!("w{number}.example"), &[100 + number; 32]).expect("valid")
}

fn policy(quorum: usize) -> LogPolicy {
    let witnesses = (1..=3).map(|number| witness(number).verifier().clone()).collect();
    LogPolicy::new(
        signer("registry.example", 1).verifier().clone(),
        witnesses,
        quorum,
    )
    .expect("valid")
}

fn checkpoint(origin: &str) -> Checkpoint {
    Checkpoint {
        origin: origin.to_owned(),
        size: 7,
        root: Digest::of(b"root"),
    }
}

/// The line of a signature as it stands in a note.
fn line(signature: NoteSignature) -> String {
    let mut note = Note::unsigned("-\n").expect("a text");
    note.add(signature);
    note.render().split_off("-\n\n".len())
}

fn id(key: &VerifierKey) -> String {
    key.id().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Adds the order of the group of edwards25519 to the second half of a signature.
fn malleable(bytes: &mut [u8]) {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut carry = 0;
    for (byte, order) in bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
}

/// What a placeholder stands for, in a note with this text.
fn placeholder(name: &str, text: &str) -> String {
    let log = signer("registry.example", 1);
    let changed = |change: fn(&mut NoteSignature)| {
        let mut signature = log.sign(text);
        change(&mut signature);
        line(signature)
    };
    let cosigned = |time: u64, change: fn(&mut NoteSignature)| {
        let mut signature = witness(2).cosign(text, time);
        change(&mut signature);
        line(signature)
    };
    match name {
        "log" => line(log.sign(text)),
        "log*65" => line(log.sign(text)).repeat(65),
        "log_cut" => line(log.sign(text)).trim_end().to_owned(),
        "log_stale" => line(log.sign("another\n")),
        "log_other_id" => changed(|signature| signature.id[0] ^= 1),
        "log_long" => changed(|signature| signature.bytes.push(0)),
        "log_malleable" => changed(|signature| malleable(&mut signature.bytes)),
        "log_cosigns" => line(
            CosignerKey::from_seed("registry.example", &[1; 32])
                .expect("valid")
                .cosign(text, NOW),
        ),
        "other" => line(signer("mirror.example", 2).sign(text)),
        "w1" => line(witness(1).cosign(text, NOW)),
        "w2" => line(witness(2).cosign(text, NOW)),
        "w3" => line(witness(3).cosign(text, NOW)),
        "w2_old" => cosigned(5, |_| ()),
        "w2_soon" => cosigned(NOW + CLOCK_SKEW, |_| ()),
        "w2_future" => cosigned(NOW + CLOCK_SKEW + 1, |_| ()),
        "w2_last" => cosigned(1 << 63, |_| ()),
        "w2_moved" => cosigned(NOW, |signature| signature.bytes[7] ^= 1),
        "w2_plain" => cosigned(NOW, |signature| signature.bytes = signature.bytes.split_off(8)),
        "w2_stale" => line(witness(2).cosign("another\n", NOW)),
        other => panic!("unknown placeholder `{other}`"),
    }
}

/// Replaces the placeholders of texts, then those of signatures over what stands before the last empty line.
fn expand(template: &str) -> String {
    let text = template
        .replace("{text}", &checkpoint("registry.example").text())
        .replace("{other_text}", &checkpoint("mirror.example").text())
        .replace("{root}", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
        .replace(
            "{long}",
            &format!("{}{}", checkpoint("registry.example").text(), "x".repeat(140_000)),
        );
    let signed = text
        .rfind("\n\n")
        .map_or_else(|| text.clone(), |place| text[..=place].to_owned());
    let mut pieces = text.split('{');
    let mut note = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once('}').expect("closed");
        note += &placeholder(name, &signed);
        note += rest;
    }
    note
}

#[test]
fn notes_are_refused_with_the_reason() {
    let cases: DocumentMut = CASES.parse().expect("TOML");
    let cases = cases["case"].as_array_of_tables().expect("cases");
    let ids = [
        ("LOGID", id(signer("registry.example", 1).verifier())),
        ("W2ID", id(witness(2).verifier())),
    ];
    let (mut refusals, mut wrong) = (0, Vec::new());
    for case in cases {
        let what = case["what"].as_str().expect("named");
        let quorum = case.get("quorum").and_then(|item| item.as_integer()).unwrap_or(0);
        let note = expand(case["note"].as_str().expect("a note"));
        let found = verify_checkpoint(note.as_bytes(), &policy(quorum as usize), NOW);
        let expected = case.get("refused").map(|item| {
            let message = item.as_str().expect("a message").to_owned();
            ids.iter()
                .fold(message, |message, (name, id)| message.replace(name, id))
        });
        refusals += usize::from(expected.is_some());
        let message = found.as_ref().err().map(ToString::to_string);
        if message != expected {
            wrong.push(format!("{what}: {message:?}; expected {expected:?}"));
        }
        if let Ok(found) = found {
            assert_eq!(found, checkpoint("registry.example"), "{what}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(refusals >= 40, "{refusals}");
}

#[test]
fn the_example_of_the_specification_is_a_note() {
    // C2SP signed-note 1.0.0 and tlog-cosignature 1.0.0, without the secret keys, so for their form only.
    let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
    let note = Note::parse(text.as_bytes()).expect("a note");
    assert_eq!(note.render(), text);
    assert_eq!(
        Checkpoint::parse(note.text()).expect("a checkpoint").size,
        20_852_163
    );
    assert_eq!(note.signatures()[1].bytes[..8], 1_679_315_147_u64.to_be_bytes());
}

#[test]
fn a_key_and_its_signature_are_those_that_others_make() {
    // The key and note of Go's `golang.org/x/mod/sumdb/note`, its documentation's example.
    let key = VerifierKey::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
        .expect("a key");
    assert_eq!(
        key.to_string(),
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    );
    let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let note = Note::parse(text.as_bytes()).expect("a note");
    assert_eq!(note.verify(&key).expect("verifies"), Some(None));
}

#[test]
fn keys_have_one_text() {
    let good = signer("registry.example", 1).verifier().to_string();
    let base64 = good.rsplit_once('+').expect("three parts").1.to_owned();
    assert_eq!(VerifierKey::parse(&good).expect("its own text").to_string(), good);
    let cases = [
        ("two parts", "registry.example+00000000".to_owned()),
        ("no name", good.replacen("registry.example", "", 1)),
        ("another name", good.replacen("registry", "register", 1)),
        ("a name with a space", good.replacen("registry.", "registry ", 1)),
        (
            "another id",
            good.replacen(&id(signer("registry.example", 1).verifier()), "00000000", 1),
        ),
        (
            "an id in upper case",
            good.replacen(
                &id(signer("registry.example", 1).verifier()),
                &id(signer("registry.example", 1).verifier()).to_uppercase(),
                1,
            ),
        ),
        ("not base64", good.replacen(&base64, "****", 1)),
        (
            "a type that is not known",
            good.replacen(&base64, &base64.replacen("AY", "Ao", 1), 1),
        ),
        (
            "a key of 31 bytes",
            "a+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned(),
        ),
        (
            "a key of small order",
            "a+00000000+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        ),
        ("white space around it", format!(" {good}")),
    ];
    for (what, text) in cases {
        assert_ne!(text, good, "{what}: the case changes nothing");
        assert!(VerifierKey::parse(&text).is_err(), "{what}");
    }
}

#[test]
fn policies_that_cannot_be_meant_are_refused() {
    let log = signer("registry.example", 1).verifier().clone();
    let key = |name, seed: u8| {
        CosignerKey::from_seed(name, &[seed; 32])
            .expect("valid")
            .verifier()
            .clone()
    };
    let build = |log: &VerifierKey, witnesses: Vec<VerifierKey>, quorum| {
        LogPolicy::new(log.clone(), witnesses, quorum)
    };
    build(&log, vec![], 0).expect("no witnesses");
    build(&log, vec![key("a", 5), key("b", 6)], 2).expect("two of two");
    assert!(build(&log, vec![key("a", 5)], 2).is_err(), "more than there are");
    assert!(
        build(&log, vec![key("a", 5), key("b", 5)], 1).is_err(),
        "one key under two names"
    );
    assert!(
        build(&log, vec![key("a", 5), key("a", 6)], 1).is_err(),
        "one name with two keys"
    );
    assert!(build(&log, vec![key("a", 1)], 1).is_err(), "the log's key");
    assert!(
        build(&log, vec![log.clone()], 1).is_err(),
        "a witness with a key of a log"
    );
    assert!(
        build(&key("a", 5), vec![], 0).is_err(),
        "a log with a key of a witness"
    );
}

/// A bundle of leaf 5 of seven, and the text of it.
fn bundle() -> ProofBundle {
    let (mut writer, mut tiles) = (LogWriter::new(), MemoryTiles::new());
    for index in 0..7u8 {
        writer.append(&[b'a' + index]).expect("short");
    }
    for file in writer.take_files() {
        tiles.insert(file.path, file.bytes);
    }
    let checkpoint = Checkpoint {
        origin: "registry.example".to_owned(),
        size: 7,
        root: writer.root(),
    };
    ProofBundle {
        leaf: b"f".to_vec(),
        index: 5,
        hashes: writer.prove_inclusion(5, 7, &tiles).expect("there"),
        checkpoint: checkpoint.sign(&signer("registry.example", 1)).expect("its key"),
    }
}

fn verify(text: &str) -> Result<Vec<u8>, LogError> {
    let bundle = ProofBundle::parse(text.as_bytes())?;
    assert_eq!(bundle.render(), text);
    bundle.verify(&policy(0), NOW).map(|proved| proved.leaf)
}

#[test]
fn bundles_are_refused_with_the_reason() {
    let good = bundle();
    let text = good.render();
    assert_eq!(verify(&text).expect("proved"), b"f");
    let hash = |place: usize| text.lines().nth(3 + place).expect("a hash").to_owned() + "\n";
    let unproved =
        |index, root: Digest| format!("the leaf is not number {index} of the log of size 7 with root {root}");
    let root = Checkpoint::parse(good.checkpoint.text()).expect("its text").root;
    let malformed = |why: &str| format!("the proof bundle is malformed: {why}");
    let cases = [
        (
            "nothing",
            String::new(),
            malformed("it has no empty line before the checkpoint"),
        ),
        (
            "another format",
            text.replacen("@v1", "@v2", 1),
            malformed("its first line is not `c2sp.org/tlog-proof@v1`"),
        ),
        (
            "no leaf",
            text.replacen("extra Zg==\n", "", 1),
            malformed("its second line is not `extra` and a leaf in base64"),
        ),
        (
            "a leaf without padding",
            text.replacen("Zg==", "Zg", 1),
            malformed("its second line is not `extra` and a leaf in base64"),
        ),
        (
            "no index",
            text.replacen("index 5\n", "", 1),
            malformed("its third line is not `index` and a number"),
        ),
        (
            "an index with a zero",
            text.replacen("index 5", "index 05", 1),
            malformed("its third line is not `index` and a number"),
        ),
        (
            "an index above 64 bits",
            text.replacen("index 5", "index 18446744073709551616", 1),
            malformed("its third line is not `index` and a number"),
        ),
        (
            "a hash of 31 bytes",
            text.replacen(&hash(0), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\n", 1),
            malformed("a hash is not 32 bytes in base64"),
        ),
        (
            "64 hashes",
            text.replacen(&hash(0), &hash(0).repeat(62), 1),
            malformed("it has more than 63 hashes"),
        ),
        (
            "63 hashes",
            text.replacen(&hash(0), &hash(0).repeat(61), 1),
            unproved(5, root),
        ),
        (
            "another leaf",
            text.replacen("Zg==", "Zw==", 1),
            unproved(5, root),
        ),
        ("an empty leaf", text.replacen("Zg==", "", 1), unproved(5, root)),
        (
            "another index",
            text.replacen("index 5", "index 4", 1),
            unproved(4, root),
        ),
        (
            "an index at the size",
            text.replacen("index 5", "index 7", 1),
            "there is no leaf 7 in a log of size 7".to_owned(),
        ),
        (
            "the largest index",
            text.replacen("index 5", "index 18446744073709551615", 1),
            "there is no leaf 18446744073709551615 in a log of size 7".to_owned(),
        ),
        (
            "a hash too many",
            text.replacen(&hash(0), &hash(0).repeat(2), 1),
            unproved(5, root),
        ),
        (
            "a hash too few",
            text.replacen(&hash(0), "", 1),
            unproved(5, root),
        ),
        (
            "hashes in another order",
            text.replacen(&(hash(0) + &hash(1)), &(hash(1) + &hash(0)), 1),
            unproved(5, root),
        ),
        (
            "no checkpoint",
            text[..text.find("\n\n").expect("an empty line") + 2].to_owned(),
            "the note is malformed: it has no empty line before its signatures".to_owned(),
        ),
        (
            "another size in the checkpoint",
            text.replacen("\n7\n", "\n8\n", 1),
            format!(
                "the signature by `registry.example+{}` does not verify",
                id(signer("registry.example", 1).verifier())
            ),
        ),
    ];
    assert!(good.hashes.len() == 3);
    for (what, changed, expected) in cases {
        assert_ne!(changed, text, "{what}: the case changes nothing");
        assert_eq!(verify(&changed).expect_err(what).to_string(), expected, "{what}");
    }
    let refused = good.verify(&policy(1), NOW).expect_err("no witness").to_string();
    assert_eq!(
        refused,
        "the checkpoint has cosignatures of 0 witnesses; expected 1"
    );
}

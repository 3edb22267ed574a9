//! Leaves, records and statements: one text for one value, and everything else refused.

use super::*;
use crate::digest::Digest;
use crate::name::PackageName;
use ed25519_dalek::SigningKey;
use proptest::prelude::*;
use semver::Version;

fn package(text: &str) -> PackageName {
    PackageName::parse(text).expect("valid")
}

fn key() -> PublicKey {
    PublicKey::from_bytes(SigningKey::from_bytes(&[7; 32]).verifying_key().as_bytes()).expect("valid")
}

fn statement(version: Version, size: u64) -> PublishStatement {
    let dependency = |name, registry: Option<&str>| PublishedDependency {
        name: package(name),
        requirement: "^1.2".to_owned(),
        registry: registry.map(str::to_owned),
    };
    PublishStatement {
        package: package("@acme/money"),
        version,
        archive: Digest::of(b"archive"),
        size,
        files: Digest::of(b"files"),
        manifest: Digest::of(b"manifest"),
        dependencies: vec![
            dependency("@acme/fx", None),
            dependency("@b/c", Some("other.example")),
        ],
        grants: vec!["http".to_owned()],
    }
}

fn published(version: Version, leaf: u64, yanked: bool) -> PublishedVersion {
    let said = statement(version, 4096);
    PublishedVersion {
        version: said.version,
        leaf,
        time: 1_700_000_000,
        archive: said.archive,
        size: said.size,
        files: said.files,
        manifest: said.manifest,
        dependencies: said.dependencies,
        grants: said.grants,
        yanked,
        user: "ann".to_owned(),
        key: key(),
        signature: Signature::from_bytes([9; 64]),
    }
}

fn record() -> Record {
    let versions = ["1.0.0", "1.1.0-rc.1", "1.1.0"].into_iter().zip([4, 9, 12]);
    Record {
        package: package("@acme/money"),
        versions: versions
            .map(|(version, leaf)| published(Version::parse(version).expect("valid"), leaf, leaf == 9))
            .collect(),
    }
}

/// One event of each kind.
fn events() -> Vec<Event> {
    let (name, version) = (package("@acme/money"), Version::new(1, 2, 3));
    let user = || "ann".to_owned();
    vec![
        Event::Publish {
            statement: Box::new(statement(version.clone(), 1)),
            user: user(),
            key: key(),
            signature: Signature::from_bytes([1; 64]),
        },
        Event::Yank {
            package: name.clone(),
            version: version.clone(),
            user: user(),
        },
        Event::Unyank {
            package: name.clone(),
            version: version.clone(),
            user: user(),
        },
        Event::OwnerChange {
            package: name.clone(),
            owner: "bob".to_owned(),
            change: Change::Add,
            user: user(),
        },
        Event::KeyChange {
            owner: user(),
            key: key(),
            change: Change::Remove,
        },
        Event::ScopeCreate {
            scope: "acme".to_owned(),
            owner: user(),
        },
        Event::Transfer {
            package: name.clone(),
            from: user(),
            to: "bob".to_owned(),
        },
        Event::Takedown {
            package: name.clone(),
            version: version.clone(),
            reason: "it is \"malware\"\n\u{e9}".to_owned(),
        },
        Event::RebuildAttestation {
            package: name,
            version,
            attestation: Digest::of(b"attestation"),
        },
        Event::MapRoot {
            root: Digest::of(b"root"),
            packages: 3,
        },
    ]
}

#[test]
fn every_kind_of_leaf_comes_back_from_its_text() {
    for event in events() {
        for (time, previous) in [(0, None), (MAXIMUM_NUMBER, Some(0)), (5, Some(MAXIMUM_NUMBER))] {
            let leaf = Leaf {
                time,
                previous,
                event: event.clone(),
            };
            assert_eq!(Leaf::from_bytes(&leaf.to_bytes()).expect("its own text"), leaf);
        }
    }
}

#[test]
fn the_text_of_a_leaf_does_not_drift() {
    let leaf = Leaf {
        time: 12,
        previous: Some(3),
        event: events().remove(1),
    };
    let text =
        r#"{"kind":"yank","package":"@acme/money","previous":3,"time":12,"user":"ann","version":"1.2.3"}"#;
    assert_eq!(String::from_utf8(leaf.to_bytes()).expect("UTF-8"), text);
}

/// Each differs in one thing from `{"kind":"yank","package":"@a/b","time":12,"user":"ann","version":"1.2.3"}`.
const NOT_LEAVES: [(&str, &str); 17] = [
    (
        "an unknown key",
        r#"{"extra":1,"kind":"yank","package":"@a/b","time":12,"user":"ann","version":"1.2.3"}"#,
    ),
    (
        "another order of keys",
        r#"{"package":"@a/b","kind":"yank","time":12,"user":"ann","version":"1.2.3"}"#,
    ),
    (
        "white space",
        r#"{"kind":"yank","package":"@a/b","time":12,"user":"ann", "version":"1.2.3"}"#,
    ),
    (
        "a byte after the end",
        "{\"kind\":\"yank\",\"package\":\"@a/b\",\"time\":12,\"user\":\"ann\",\"version\":\"1.2.3\"}\n",
    ),
    (
        "an unknown kind",
        r#"{"kind":"yanks","package":"@a/b","time":12,"user":"ann","version":"1.2.3"}"#,
    ),
    (
        "a missing key",
        r#"{"kind":"yank","package":"@a/b","time":12,"version":"1.2.3"}"#,
    ),
    (
        "a key twice",
        r#"{"kind":"yank","package":"@a/b","time":12,"time":12,"user":"ann","version":"1.2.3"}"#,
    ),
    (
        "the kind twice",
        r#"{"kind":"yank","kind":"unyank","package":"@a/b","time":12,"user":"ann","version":"1.2.3"}"#,
    ),
    (
        "null for absent",
        r#"{"kind":"yank","package":"@a/b","previous":null,"time":12,"user":"ann","version":"1.2.3"}"#,
    ),
    (
        "a fraction",
        r#"{"kind":"yank","package":"@a/b","time":12.0,"user":"ann","version":"1.2.3"}"#,
    ),
    (
        "an exponent",
        r#"{"kind":"yank","package":"@a/b","time":1e3,"user":"ann","version":"1.2.3"}"#,
    ),
    (
        "a negative number",
        r#"{"kind":"yank","package":"@a/b","time":-1,"user":"ann","version":"1.2.3"}"#,
    ),
    (
        "an escape that is not needed",
        r#"{"kind":"yank","package":"@a/b","time":12,"user":"\u0061nn","version":"1.2.3"}"#,
    ),
    (
        "a bad name",
        r#"{"kind":"yank","package":"@A/b","time":12,"user":"ann","version":"1.2.3"}"#,
    ),
    (
        "a bad version",
        r#"{"kind":"yank","package":"@a/b","time":12,"user":"ann","version":"1.2"}"#,
    ),
    (
        "2^53",
        r#"{"kind":"yank","package":"@a/b","time":9007199254740992,"user":"ann","version":"1.2.3"}"#,
    ),
    ("a list", r#"["yank"]"#),
];

#[test]
fn what_is_not_exactly_the_text_of_a_leaf_is_refused() {
    let good = r#"{"kind":"yank","package":"@a/b","time":12,"user":"ann","version":"1.2.3"}"#;
    Leaf::from_bytes(good.as_bytes()).expect("good");
    for (what, text) in NOT_LEAVES {
        assert!(Leaf::from_bytes(text.as_bytes()).is_err(), "{what}");
    }
}

#[test]
fn numbers_that_json_does_not_carry_exactly_are_refused() {
    for number in [1 << 53, (1 << 53) + 1, 1 << 60, u64::MAX] {
        let leaf = Leaf {
            time: number,
            previous: None,
            event: events().remove(5),
        };
        assert!(Leaf::from_bytes(&leaf.to_bytes()).is_err(), "{number}");
        let signed = to_canonical(&statement(Version::new(1, 0, 0), number));
        assert!(from_canonical::<PublishStatement>(&signed).is_err(), "{number}");
    }
    // Digits in a string are no number.
    let leaf = Leaf {
        time: 1,
        previous: None,
        event: Event::ScopeCreate {
            scope: "99999999999999999999".to_owned(),
            owner: "a".to_owned(),
        },
    };
    assert_eq!(Leaf::from_bytes(&leaf.to_bytes()).expect("a text"), leaf);
}

#[test]
fn a_record_comes_back_from_its_lines() {
    let record = record();
    let bytes = record.to_bytes();
    assert_eq!(Record::from_bytes(&bytes).expect("its own lines"), record);
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    assert_eq!(lines[0], b"{\"format\":1,\"package\":\"@acme/money\"}\n");
    assert_eq!(lines.len(), 4);
    let yanked = Version::parse("1.1.0-rc.1").expect("valid");
    assert!(record.version(&yanked).expect("there").yanked);
    // A package whose owners changed before anything was published.
    let empty = Record {
        versions: Vec::new(),
        ..record
    };
    assert_eq!(
        Record::from_bytes(&empty.to_bytes()).expect("its own line"),
        empty
    );
}

#[test]
fn what_is_not_exactly_a_record_is_refused() {
    let text = String::from_utf8(record().to_bytes()).expect("UTF-8");
    let lines: Vec<&str> = text.lines().collect();
    let join = |places: &[usize]| {
        let lines: Vec<&str> = places.iter().map(|place| lines[*place]).collect();
        lines.join("\n") + "\n"
    };
    let cases = [
        ("nothing", String::new()),
        ("no first line", join(&[1, 2])),
        ("no end of the last line", text.trim_end().to_owned()),
        ("an empty line at the end", text.clone() + "\n"),
        ("an empty line between", text.replace("}\n{", "}\n\n{")),
        ("lines that end in CRLF", text.replace('\n', "\r\n")),
        ("versions in another order", join(&[0, 2, 1, 3])),
        ("a version twice", join(&[0, 1, 1])),
        (
            "a version twice at other leaves",
            text.replace("1.1.0\"", "1.0.0\""),
        ),
        ("another format", text.replacen("\"format\":1", "\"format\":2", 1)),
        (
            "an unknown key in the first line",
            text.replacen("{\"format\"", "{\"a\":1,\"format\"", 1),
        ),
        (
            "an unknown key in a version",
            text.replacen("{\"archive\"", "{\"a\":1,\"archive\"", 1),
        ),
        (
            "`yanked` spelled out where it is not",
            text.replacen(
                "\"version\":\"1.0.0\"}",
                "\"version\":\"1.0.0\",\"yanked\":false}",
                1,
            ),
        ),
        (
            "a leaf beyond 2^53 - 1",
            text.replacen("\"leaf\":4", "\"leaf\":9007199254740993", 1),
        ),
        (
            "a digest in upper case",
            text.replacen(
                &Digest::of(b"archive").to_string(),
                &Digest::of(b"archive").to_string().to_uppercase(),
                1,
            ),
        ),
        (
            "a weak key",
            text.replacen(
                &key().to_string(),
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                1,
            ),
        ),
    ];
    for (what, changed) in cases {
        assert_ne!(changed, text, "{what}: the case changes nothing");
        assert!(Record::from_bytes(changed.as_bytes()).is_err(), "{what}");
    }
}

#[test]
fn a_record_gives_back_what_was_signed() {
    let record = record();
    let version = &record.versions[0];
    assert_eq!(
        version.statement(&record.package),
        statement(Version::new(1, 0, 0), 4096)
    );
    let signed = version.statement(&record.package).signed_bytes();
    let json = signed
        .strip_prefix(b"lumen publish v1\n")
        .expect("the context line");
    let back: PublishStatement = from_canonical(json).expect("canonical");
    assert_eq!(back.signed_bytes(), signed);
    let unknown = [b"{\"a\":1,", &json[1..]].concat();
    assert!(from_canonical::<PublishStatement>(&unknown).is_err());
}

proptest! {
    #[test]
    fn statements_of_any_numbers_and_texts_come_back(major in 0u64..1000, size in 0..=MAXIMUM_NUMBER, grant in ".{0,20}", requirement in ".{0,20}") {
        let mut said = statement(Version::new(major, 0, 1), size);
        said.grants = vec![grant];
        said.dependencies[0].requirement = requirement;
        let back: PublishStatement = from_canonical(&to_canonical(&said)).expect("its own text");
        prop_assert_eq!(back, said);
    }

    #[test]
    fn records_of_any_texts_and_numbers_come_back(user in ".{0,20}", grant in ".{0,20}", requirement in ".{0,20}", time in 0..=MAXIMUM_NUMBER) {
        let mut record = record();
        let version = &mut record.versions[1];
        version.dependencies[0].requirement = requirement;
        (version.user, version.grants, version.time) = (user, vec![grant], time);
        prop_assert_eq!(Record::from_bytes(&record.to_bytes()).expect("its own lines"), record);
    }

    #[test]
    fn any_bytes_are_read_exactly_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(leaf) = Leaf::from_bytes(&bytes) {
            prop_assert_eq!(leaf.to_bytes(), bytes.clone());
        }
        if let Ok(record) = Record::from_bytes(&bytes) {
            prop_assert_eq!(record.to_bytes(), bytes);
        }
    }
}

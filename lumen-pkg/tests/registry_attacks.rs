//! A client meets registries that lie. Each case of `registry/attacks.toml` says what is done, and which rule refuses it; afterwards nothing is
//! installed, what was trusted before is unchanged, and the evidence is kept.

mod registry;

use lumen_pkg::archive::{ArchivePath, FileEntry, pack};
use lumen_pkg::client::{
    Answer, Call, ClientError, Freshness, Get, MemoryTransport, MemoryTrust, RegistrySession, Rule, Traffic,
    Transport, TransportError, TrustStore, verify_bundle,
};
use lumen_pkg::config::{Registries, UserConfig};
use lumen_pkg::log::ProofBundle;
use lumen_pkg::protocol::paths;
use lumen_pkg::shell::{PackageStore, Proved, RegistryPackages, TrustFolder};
use lumen_pkg::solve::{Source, SourcedName};
use lumen_pkg::sync::Packages as _;
use lumen_pkg::{LockedPackage, LockedSource};
use registry::attack::{self, PACKAGE, RELEASE};
use registry::maker::{Maker, NOW, name, version};
use std::sync::Arc;

struct Case {
    attack: String,
    release: String,
    rule: String,
    found: String,
}

fn cases(table: &str) -> Vec<Case> {
    let text = include_str!("registry/attacks.toml");
    let document: toml_edit::DocumentMut = text.parse().expect("TOML");
    let tables = document[table].as_array_of_tables().expect("cases");
    let field = |table: &toml_edit::Table, key: &str| {
        table
            .get(key)
            .and_then(|item| item.as_str())
            .unwrap_or_default()
            .to_owned()
    };
    tables
        .iter()
        .map(|table| Case {
            attack: field(table, "attack"),
            release: field(table, "release"),
            rule: field(table, "rule"),
            found: field(table, "found"),
        })
        .collect()
}

struct Scene {
    maker: Maker,
    transport: Arc<MemoryTransport>,
    trust: Arc<MemoryTrust>,
}

impl Scene {
    /// A client that has seen the honest registry.
    fn new() -> Self {
        let mut maker = Maker::new("registry.example");
        let transport = Arc::new(MemoryTransport::default());
        attack::before(&mut maker);
        maker.serve(&transport);
        let scene = Self {
            maker,
            transport,
            trust: Arc::new(MemoryTrust::default()),
        };
        scene.open().expect("an honest registry");
        scene
    }

    fn open(&self) -> Result<RegistrySession, ClientError> {
        let transport = Arc::clone(&self.transport) as Arc<dyn lumen_pkg::client::Transport>;
        let trust = Arc::clone(&self.trust) as Arc<dyn TrustStore>;
        RegistrySession::open(&self.maker.root(), transport, trust, NOW, Freshness::Now)
    }

    /// What `lumen add` and `lumen build` do; the number of archives installed.
    fn fetch(&self, release: &str) -> (usize, Result<(), ClientError>) {
        let mut installed = 0;
        let outcome = self.open().and_then(|session| {
            let release = session.release(&name(PACKAGE), &version(release))?;
            session.obtain(&[release], &(), &mut |_, _| {
                installed += 1;
                Ok(())
            })
        });
        (installed, outcome)
    }
}

#[test]
fn every_attack_is_refused_by_its_rule() {
    let cases = cases("case");
    assert!(cases.len() >= 45, "{} cases", cases.len());
    let faults: Vec<String> = cases.iter().filter_map(|case| refused(case).err()).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Plays a case; says what is not as it should be.
fn refused(case: &Case) -> Result<(), String> {
    let mut scene = Scene::new();
    let before = scene.trust.load().expect("a state");
    let seen = scene.open().expect("honest").checkpoint();
    attack::play(&case.attack, &mut scene.maker, &scene.transport);
    let release = if case.release.is_empty() {
        RELEASE
    } else {
        &case.release
    };
    let (installed, outcome) = scene.fetch(release);
    let Err(error) = outcome else {
        return Err(format!("`{}` was not refused", case.attack));
    };
    let after = scene.trust.load().expect("a state").expect("a state");
    let state_is_right = match seen_before_the_refusal(&case.rule) {
        // The refusal came with the refresh: nothing has moved.
        true => before == Some(after),
        // The log had verified by then: the state has moved forwards with it.
        false => after.map_root.size >= seen.size,
    };
    let text = error.to_string();
    let checks = [
        (
            "rule",
            error.rule().map(|rule| rule.code()) == Some(case.rule.as_str()),
        ),
        ("exit", error.is_security()),
        ("found", text.contains(&case.found)),
        (
            "evidence",
            text.contains("\n  evidence: ") && scene.trust.evidence().len() == 1,
        ),
        ("store", installed == 0),
        ("state", state_is_right),
    ];
    match checks.into_iter().find(|(_, right)| !right) {
        Some((what, _)) => Err(format!("`{}`: the {what} is wrong: {text}\n", case.attack)),
        None => Ok(()),
    }
}

fn seen_before_the_refusal(rule: &str) -> bool {
    [
        "metadata",
        "pinned",
        "checkpoint",
        "rollback",
        "split-view",
        "history",
        "map-root",
    ]
    .contains(&rule)
}

#[test]
fn both_notes_of_a_rewritten_history_are_kept() {
    let mut scene = Scene::new();
    let old = scene.open().expect("honest").note().render();
    attack::play("rewritten-history", &mut scene.maker, &scene.transport);
    scene.open().err().expect("refused");
    let evidence = scene.trust.evidence().concat();
    let new = scene.maker.signed(&scene.maker.checkpoint()).render();
    assert!(evidence.contains(&old) && evidence.contains(&new), "{evidence}");
}

#[test]
fn an_honest_registry_gives_the_package() {
    let mut scene = Scene::new();
    attack::play("none", &mut scene.maker, &scene.transport);
    let (installed, outcome) = scene.fetch(RELEASE);
    outcome.expect("honest");
    assert_eq!(installed, 1);
    let session = scene.open().expect("honest");
    assert!(session.record(&name("@acme/nothing")).expect("proved").is_none());
    let missing = session.release(&name("@acme/nothing"), &version("1.0.0"));
    assert!(matches!(missing, Err(ClientError::NoPackage { .. })));
    let missing = session.release(&name(PACKAGE), &version("8.0.0"));
    assert!(matches!(missing, Err(ClientError::NoVersion { .. })));
    assert!(
        session
            .release(&name("@acme/money"), &version("1.0.0"))
            .expect("proved")
            .published
            .yanked
    );
}

#[test]
fn a_refresh_costs_few_requests() {
    let mut scene = Scene::new();
    let Traffic { requests, bytes, .. } = scene.open().expect("honest").traffic();
    assert!(
        requests <= 2 && bytes <= 2_000,
        "{requests} requests, {bytes} bytes when nothing changed"
    );
    attack::play("none", &mut scene.maker, &scene.transport);
    let Traffic { requests, .. } = scene.open().expect("honest").traffic();
    assert!(requests <= 7, "{requests} requests when something changed");
}

#[test]
fn a_record_that_is_ahead_of_tuf_is_waited_for() {
    let mut scene = Scene::new();
    let session = scene.open().expect("honest");
    attack::play("none", &mut scene.maker, &scene.transport);
    let record = session.record(&name(PACKAGE)).expect("proved").expect("there");
    assert_eq!(record.record.versions.len(), 2);
}

#[test]
fn what_was_seen_is_answered_offline() {
    let mut scene = Scene::new();
    attack::play("none", &mut scene.maker, &scene.transport);
    scene.fetch(RELEASE).1.expect("honest");
    let offline: Arc<dyn lumen_pkg::client::Transport> =
        Arc::new(lumen_pkg::client::NoTransport::new("registry.example"));
    let trust = Arc::clone(&scene.trust) as Arc<dyn TrustStore>;
    let session =
        RegistrySession::open(&scene.maker.root(), offline, trust, NOW, Freshness::LastSeen).expect("known");
    assert!(session.record(&name(PACKAGE)).expect("cached").is_some());
}

#[test]
fn a_damaged_cache_is_no_attack() {
    let mut scene = Scene::new();
    for (round, packages) in [(0, 260), (1, 10)] {
        for number in 0..packages {
            scene.maker.publish(&format!("@many/p{round}-{number}"), "1.0.0");
        }
        attack::before(&mut scene.maker);
        scene.maker.records.retain(|package, _| package.scope() == "many");
        scene.maker.values.retain(|package, _| package.scope() == "many");
        scene.maker.settle();
        scene.maker.serve(&scene.transport);
        for path in scene
            .transport
            .paths()
            .iter()
            .filter(|path| path.contains("/tile/"))
        {
            if round == 1 && scene.trust.cached(path).is_some() {
                scene.trust.cache(path, b"damaged");
            }
        }
        let session = scene.open().expect("honest");
        session
            .release(&name(&format!("@many/p{round}-7")), &version("1.0.0"))
            .expect("honest");
    }
    assert_eq!(scene.trust.evidence(), Vec::<String>::new());
}

#[test]
fn an_audit_finds_what_a_client_cannot() {
    let cases = cases("audit");
    assert!(cases.len() >= 6);
    for case in &cases {
        let mut scene = Scene::new();
        attack::hide(&case.attack, &mut scene.maker);
        scene.maker.settle();
        scene.maker.serve(&scene.transport);
        let error = scene.open().expect("it verifies").audit().err();
        let error = error.unwrap_or_else(|| panic!("`{}` was not found", case.attack));
        assert_eq!(error.rule().map(|rule| rule.code()), Some("audit"), "{error}");
        assert!(
            error.to_string().contains(&case.found),
            "`{}`: {error}",
            case.attack
        );
    }
    let mut scene = Scene::new();
    attack::play("none", &mut scene.maker, &scene.transport);
    let audited = scene.open().expect("honest").audit().expect("honest");
    assert_eq!((audited.packages, audited.releases, audited.map_roots), (3, 4, 2));
}

#[test]
fn a_bundle_stands_alone_and_nothing_of_it_may_change() {
    let mut scene = Scene::new();
    attack::play("none", &mut scene.maker, &scene.transport);
    let session = scene.open().expect("honest");
    let release = session
        .release(&name(PACKAGE), &version(RELEASE))
        .expect("honest");
    let bundle = session.bundle(release.published.leaf).expect("a proof");
    let policy = session.policy();
    let proved = verify_bundle(bundle.render().as_bytes(), &policy, NOW).expect("proved");
    assert_eq!(proved.statement.version, version(RELEASE));
    let last = bundle.hashes.last().copied().expect("a hash");
    let mut lonely = Maker::new("registry.example");
    lonely.cosigned = vec![(0, NOW)];
    attack::before(&mut lonely);
    lonely.settle();
    type Change<'c> = (&'c str, Box<dyn Fn(&mut ProofBundle) + 'c>);
    let changes: Vec<Change<'_>> = vec![
        ("padded", Box::new(|bundle| bundle.hashes.push(last))),
        ("cut", Box::new(|bundle| bundle.hashes.truncate(1))),
        ("other index", Box::new(|bundle| bundle.index += 1)),
        (
            "other leaf",
            Box::new(|bundle| bundle.leaf = scene.maker.leaves[1].clone()),
        ),
        (
            "no publish leaf",
            Box::new(|bundle| *bundle = scene.maker.bundle(0)),
        ),
        ("quorum short", Box::new(|bundle| *bundle = lonely.bundle(1))),
    ];
    for (change, apply) in &changes {
        let mut changed = bundle.clone();
        apply(&mut changed);
        let refused = verify_bundle(changed.render().as_bytes(), &policy, NOW).err();
        let rule = refused.and_then(|error| error.rule()).map(|rule| rule.code());
        assert_eq!(rule, Some("proof-bundle"), "{change}");
    }
}

/// A second registry of the workspace claims the origin of the first, to have its packages pass for those of the first in the lock.
#[test]
#[expect(clippy::disallowed_methods, reason = "the test pins roots")]
fn two_registries_of_one_origin_are_refused() {
    let home = tempfile::tempdir().expect("a folder");
    let mut manifest = "[workspace]\nmembers = []\n[registries]\n".to_owned();
    let mut honest = Maker::new("registry.example");
    let mut evil = Maker::new("registry.example");
    evil.log = lumen_pkg::log::SignerKey::from_seed("registry.example", &[66; 32]).expect("a key");
    for (registry, maker) in [("corp", &mut evil), ("default", &mut honest)] {
        attack::before(maker);
        let transport = Arc::new(MemoryTransport::default());
        maker.serve(&transport);
        // The same key pins both here; as pinned files they are two.
        let root = [maker.root(), b"\n".repeat(usize::from(registry == "corp"))].concat();
        std::fs::write(home.path().join(format!("{registry}.json")), &root).expect("written");
        manifest +=
            &format!("{registry} = {{ url = \"https://{registry}.example\", root = \"{registry}.json\" }}\n");
        let trust = TrustFolder::new(home.path(), &root);
        RegistrySession::open(&root, transport, Arc::new(trust), NOW, Freshness::Now)
            .expect("it verifies alone");
    }
    let registries = Registries::of_workspace(home.path(), &manifest, &UserConfig::default())
        .expect("well-formed registries");
    let (corp, default) = (
        registries.get("corp").expect("there"),
        registries.get("default").expect("there"),
    );
    for order in [[corp, default], [default, corp]] {
        let packages =
            RegistryPackages::new(registries.clone(), home.path(), Freshness::LastSeen, Box::new(()));
        assert!(packages.origin(order[0]).is_ok());
        let refused = packages.origin(order[1]).expect_err("the origin is taken");
        assert!(
            refused.is_security() && refused.to_string().contains("with another log"),
            "{refused}"
        );
    }
    // What a lock has seen of the log has to be its beginning.
    let packages = RegistryPackages::new(registries.clone(), home.path(), Freshness::LastSeen, Box::new(()));
    packages.origin(default).expect("known");
    let seen = packages.registry("registry.example").expect("asked");
    packages.continues(&seen).expect("the same");
    let root = lumen_pkg::Digest::of(b"another history");
    let other = lumen_pkg::LockedRegistry { root, ..seen };
    assert!(packages.continues(&other).expect_err("another").is_security());
    // Whoever comes first by name does not get the packages of the other.
    let packages = RegistryPackages::new(registries.clone(), home.path(), Freshness::LastSeen, Box::new(()));
    let wanted = SourcedName {
        name: name(PACKAGE),
        source: Source::Registry("registry.example".into()),
    };
    let published = packages.published(&wanted, &version("1.0.0"));
    drop(published);
    assert_eq!(
        packages
            .traffic()
            .into_iter()
            .map(|(name, _)| name)
            .collect::<Vec<_>>(),
        ["default"]
    );
}

/// The store is shared by workspaces that trust different registries, and an origin is what a registry says of itself.
#[test]
#[expect(clippy::disallowed_methods, reason = "the test pins roots")]
fn what_a_namesake_has_proved_is_not_taken() {
    let home = tempfile::tempdir().expect("a folder");
    let entry = FileEntry {
        path: ArchivePath::parse("lumen.toml").expect("a path"),
        executable: false,
        content: b"[package]\nname = \"@acme/money\"\nversion = \"1.0.0\"\n".to_vec(),
    };
    let archive = lumen_pkg::archive::read(&pack(&[entry]).expect("packed")).expect("canonical");
    let store = PackageStore::new(home.path());
    store.install(&archive).expect("installed");
    for root in ["honest", "namesake"] {
        std::fs::write(home.path().join(root), root).expect("written");
    }
    let proved = Proved::new(&TrustFolder::id(b"namesake"), "registry.example", 3);
    store.keep_proved(&archive.digest(), &proved).expect("kept");
    let locked = LockedPackage {
        name: name(PACKAGE),
        version: version("1.0.0"),
        source: LockedSource::Registry {
            origin: "registry.example".to_owned(),
            archive: archive.digest(),
            files: archive.tree().root(),
            leaf: 3,
        },
        grants: Vec::new(),
        dependencies: Vec::new(),
        dev_dependencies: Vec::new(),
    };
    let stored = |root: &str| {
        let manifest =
            format!("[registries]\ndefault = {{ url = \"https://registry.example\", root = \"{root}\" }}\n");
        let registries = Registries::of_workspace(home.path(), &manifest, &UserConfig::default())
            .expect("well-formed registries");
        let packages = RegistryPackages::new(registries, home.path(), Freshness::LastSeen, Box::new(()));
        packages.stored(&locked).is_some()
    };
    assert!(stored("namesake"));
    assert!(!stored("honest"));
}

/// Somebody between client and registry who answers for some of its files.
struct Between {
    registry: Arc<MemoryTransport>,
    start: &'static str,
    status: u16,
}

impl Transport for Between {
    fn host(&self) -> &str {
        "registry.example"
    }

    fn each(&self, requests: &[Get], done: &mut dyn FnMut(usize, Result<Answer, TransportError>)) {
        for (place, request) in requests.iter().enumerate() {
            let answer = match request.path.starts_with(self.start) {
                true => Ok(Answer {
                    status: self.status,
                    body: b"<html>".to_vec(),
                }),
                false => self
                    .registry
                    .get(std::slice::from_ref(request))
                    .pop()
                    .expect("an answer"),
            };
            done(place, answer);
        }
    }

    fn call(&self, call: &Call) -> Result<Answer, TransportError> {
        self.registry.call(call)
    }
}

/// A proxy in trouble or an overloaded registry is the network's fault, whatever file it was; one that withholds what was signed is not.
#[test]
fn a_status_means_the_same_for_every_file() {
    let scene = Scene::new();
    let fetch = |start, status| {
        let between = Between {
            registry: Arc::clone(&scene.transport),
            start,
            status,
        };
        let trust: Arc<dyn TrustStore> = Arc::<MemoryTrust>::default();
        let root = scene.maker.root();
        let session = RegistrySession::open(&root, Arc::new(between), trust, NOW, Freshness::Now)?;
        let release = session.release(&name(PACKAGE), &version("1.0.0"))?;
        session.obtain(&[release], &(), &mut |_, _| Ok(()))
    };
    fetch("nothing", 500).expect("nothing of it is in between");
    for start in ["tuf/", "log/tile/", "map/tile/", "index/", "blob/"] {
        for status in [302, 429, 503] {
            let error = fetch(start, status).expect_err("nothing verifies");
            assert!(error.is_network(), "{start} {status}: {error}");
            let reason = format!("registry.example cannot be reached: it answers with status {status}");
            assert!(
                error.to_string().starts_with(&reason),
                "{start} {status}: {error}"
            );
        }
        for status in [403, 410] {
            let error = fetch(start, status).expect_err("nothing verifies");
            let expected = (start != "tuf/", false);
            assert_eq!(
                (error.is_security(), error.is_network()),
                expected,
                "{start} {status}: {error}"
            );
        }
    }
}

/// A registry that writes records before it signs what they are proved by: the record is new from the start, everything else until it has been asked for so often.
struct Racing {
    before: Arc<MemoryTransport>,
    after: Arc<MemoryTransport>,
    record: String,
    late: usize,
    asked: std::sync::atomic::AtomicUsize,
}

impl Transport for Racing {
    fn host(&self) -> &str {
        "racing.example"
    }

    fn each(&self, requests: &[Get], done: &mut dyn FnMut(usize, Result<Answer, TransportError>)) {
        use std::sync::atomic::Ordering;
        for (place, request) in requests.iter().enumerate() {
            let seen = self.asked.load(Ordering::SeqCst);
            let transport = match request.path == self.record || seen >= self.late {
                true => &self.after,
                false => &self.before,
            };
            if request.path == self.record {
                self.asked.store(seen + 1, Ordering::SeqCst);
            }
            let answer = transport.get(std::slice::from_ref(request)).pop();
            done(place, answer.expect("an answer for a request"));
        }
    }

    fn call(&self, call: &Call) -> Result<Answer, TransportError> {
        self.before.call(call)
    }
}

/// What a client makes of a registry that signs only when the record was asked for `late` times, and how often it asked.
fn race(late: usize) -> (Result<Vec<String>, ClientError>, usize) {
    let mut maker = Maker::new("registry.example");
    let (before, after) = (
        Arc::<MemoryTransport>::default(),
        Arc::<MemoryTransport>::default(),
    );
    attack::before(&mut maker);
    maker.serve(&before);
    maker.serve(&after);
    attack::progress(&mut maker);
    maker.settle();
    maker.serve(&after);
    let racing = Arc::new(Racing {
        before,
        after,
        record: paths::record(&name(PACKAGE)),
        late,
        asked: Default::default(),
    });
    let transport = Arc::clone(&racing) as Arc<dyn Transport>;
    let trust: Arc<dyn TrustStore> = Arc::<MemoryTrust>::default();
    let session =
        RegistrySession::open(&maker.root(), transport, trust, NOW, Freshness::Now).expect("honest");
    let record = session.record(&name(PACKAGE)).map(|record| {
        let record = record.expect("it is published").record;
        record
            .versions
            .iter()
            .map(|published| published.version.to_string())
            .collect()
    });
    (record, racing.asked.load(std::sync::atomic::Ordering::SeqCst))
}

#[test]
fn a_record_that_came_before_its_proof_is_asked_for_again() {
    for late in [1, 2, 4] {
        let (record, asked) = race(late);
        assert_eq!(record.expect("it is honest, only late"), ["1.0.0", RELEASE]);
        assert_eq!(asked, late + 1, "once more than it was too early");
    }
    let (record, asked) = race(usize::MAX);
    let refused = record.expect_err("a record that nothing ever proves");
    assert_eq!(refused.rule(), Some(Rule::RecordDigest));
    assert_eq!(asked, 5, "patience has an end");
}

//! The life of a registry's keys as docs/registry-keys.md tells it, with the real binary: a ceremony, one rotation after the other, a renewal.
//! A client that has pinned the first root follows them all.

use crate::folder::copy;
use crate::publisher::{Package, Publisher};
use crate::registry::Remote;
use registry_server::clock::SystemClock;
use registry_server::config::Config;
use registry_server::keys::KeyFolder;
use registry_server::server::Server;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// Runs the binary; whether it succeeded, and what it printed for that.
fn run(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_registry-server"))
        .args(arguments)
        .current_dir(folder)
        .env("LUMEN_LOG", "error")
        .output()
        .expect("the binary runs");
    let text = match output.status.success() {
        true => output.stdout,
        false => output.stderr,
    };
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

/// A command, its words, who signs, and how many roots and targets there are afterwards.
type Step = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    (usize, usize),
);

/// What is done after the ceremony, in order. Keys of `offline/` are of the ceremony, those of `new/` are made for the step.
const STEPS: [Step; 5] = [
    (
        "rotate-root",
        &[
            "--key",
            "offline/root-1",
            "--key",
            "offline/root-2",
            "--key",
            "new/root-4",
            "--threshold",
            "2",
        ],
        &["offline/root-1", "offline/root-2", "new/root-4"],
        (2, 1),
    ),
    (
        "rotate-targets",
        &["--key", "new/targets-3", "--threshold", "1"],
        &["offline/root-1", "new/root-4", "new/targets-3"],
        (3, 2),
    ),
    (
        "rotate-online",
        &["--key", "new/online"],
        &["offline/root-2", "new/root-4", "new/targets-3"],
        (4, 3),
    ),
    (
        "describe",
        &["--minimum-release-age", "60"],
        &["new/targets-3"],
        (4, 4),
    ),
    (
        "renew",
        &[],
        &["offline/root-1", "new/root-4", "new/targets-3"],
        (5, 5),
    ),
];

fn pem(name: &str) -> String {
    format!("{name}.pem")
}

/// Makes what a step signs, and puts it in place.
fn take(place: &Path, number: usize) {
    let (command, words, signers, _) = STEPS[number];
    let out = format!("out-{number}");
    let mut arguments = vec!["keys".to_owned(), command.to_owned()];
    for word in words {
        arguments.push(match word.contains('/') {
            true => pem(word),
            false => (*word).to_owned(),
        });
    }
    arguments.extend(["--files", "data/files", "--out", &out].map(str::to_owned));
    let sign = |signers: &[&str]| {
        let mut all = arguments.clone();
        for signer in signers {
            all.extend(["--sign".to_owned(), pem(signer)]);
        }
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        run(place, &all)
    };
    let (done, words) = sign(&["offline/root-3"]);
    assert!(
        !done && words.contains("of its keys to sign"),
        "{command}: {words}"
    );
    assert!(!place.join(&out).exists(), "{command}: nothing is written");
    let (done, words) = sign(signers);
    assert!(done, "{command}: {words}");
    for line in words.lines() {
        assert!(place.join(line).is_file(), "{command} says what it wrote: {line}");
    }
    copy(&place.join(&out), &place.join("data/files"));
    if command == "rotate-online" {
        std::fs::copy(place.join("new/online.pem"), place.join("keys/online.pem")).expect("in place");
    }
}

/// How many roots and targets the registry has.
fn versions(place: &Path) -> (usize, usize) {
    let count = |role: &str| {
        let file = |number: &usize| place.join(format!("data/files/tuf/{number}.{role}.json"));
        (1..100).take_while(|number| file(number).is_file()).count()
    };
    (count("root"), count("targets"))
}

fn configure(place: &Path) -> Config {
    let file: PathBuf = place.join("registry.toml");
    let text = "data = \"data\"\nlisten = \"127.0.0.1:0\"\norigin = \"registry.test\"\nkeys = \"keys\"\n";
    std::fs::write(&file, text).expect("written");
    Config::read(&file).expect("a configuration")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_of_the_first_root_follows_ceremony_rotations_and_renewal() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = folder.path();
    let ceremony = [
        "keys",
        "ceremony",
        "--origin",
        "registry.test",
        "--threshold",
        "2",
        "--keys",
        "3",
        "--targets-threshold",
        "1",
        "--targets-keys",
        "2",
        "--out",
        "ceremony",
    ];
    let (held, wrote) = run(place, &ceremony);
    assert!(
        held && wrote.contains("1.root.json") && wrote.contains("1.targets.json"),
        "{wrote}"
    );
    let (again, words) = run(place, &ceremony);
    assert!(!again && words.contains("is there already"), "{words}");
    copy(&place.join("ceremony/offline"), &place.join("offline"));
    copy(&place.join("ceremony/online"), &place.join("keys"));
    copy(&place.join("ceremony/files"), &place.join("data/files"));
    let pinned = place.join("pinned.json");
    std::fs::copy(place.join("ceremony/files/tuf/1.root.json"), &pinned).expect("pinned");
    let new = KeyFolder::new(place.join("new"));
    for name in ["root-4", "targets-3", "online"] {
        new.generate(name).expect("a key");
    }
    let config = configure(place);
    let (added, token) = run(place, &["user", "add", "ann", "--config", "registry.toml"]);
    assert!(added, "{token}");
    assert_eq!(versions(place), (1, 1));
    let mut seen = None;
    for number in 0..=STEPS.len() {
        if let Some(step) = number.checked_sub(1) {
            take(place, step);
            assert_eq!(versions(place), STEPS[step].3, "after {}", STEPS[step].0);
        }
        let server = Server::start(&config, Arc::new(SystemClock))
            .await
            .expect("it starts");
        let remote = Remote {
            url: format!("http://{}", server.address()),
            client: reqwest::Client::new(),
            root: pinned.clone(),
            clock: Arc::new(SystemClock),
        };
        let ann = Publisher::new(&remote, "ann", token.trim().to_owned());
        ann.announce().await;
        ann.publish(&Package::new("@ann/money", &format!("1.{number}.0")))
            .await;
        let now = remote.audit().await;
        if let Some(before) = seen.replace(now) {
            remote.look(move |seen| seen.continues(&before)).await;
        }
        let age = remote.look(|seen| seen.release_age).await;
        assert_eq!(age, if number < 4 { 0 } else { 60 }, "after {number} steps");
        server.stop().await;
    }
}

//! A registry whose files cannot grow: the real binary under a limit of file sizes, which a write meets like a full disk. What it cannot do it
//! refuses in words, what it has acknowledged it keeps, and without the limit it goes on.

use crate::crashes::{Acknowledged, check, random};
use crate::process::{start, start_with};
use crate::publisher::{Package, Publisher};
use lumen_pkg::protocol::PublishAnswer;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// Starts with different limits.
const ROUNDS: u64 = 6;

/// Versions that are tried in a round.
const TRIES: u64 = 40;

/// Refusals after which a round ends.
const REFUSED: u64 = 4;

/// The binary under a limit, in blocks of 512 or 1024 bytes as the shell likes. Without the trap a write beyond it would end the process.
fn limited(data: &Path, blocks: u64) -> Command {
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!(
            "trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" serve --dev --data \"$1\""
        ))
        .arg(env!("CARGO_BIN_EXE_registry-server"))
        .arg(data);
    command
}

/// A package whose archive has more than a megabyte, also when it is compressed.
fn large(seed: &mut u64, version: &str) -> Package {
    let mut text = String::from("// ");
    while text.len() < 3 << 20 {
        let _ = write!(text, "{:x}", random(seed, u64::MAX));
    }
    Package::with_text("@dev/large", version, &text)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_no_file_can_grow() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path();
    let (mut acknowledged, mut seen, mut seed): (Vec<Acknowledged>, _, _) = (Vec::new(), Vec::new(), 7);
    let (mut refusals, mut full) = (0, 0);
    for round in 0..=ROUNDS {
        // Without a limit everything is there, and publishing goes on.
        let (mut process, remote, token) = start(data);
        seen.push(check(&remote, &acknowledged, &seen).await);
        let publisher = Publisher::new(&remote, "dev", token);
        publisher.announce().await;
        let package = Package::new("@dev/steady", &format!("1.{round}.0"));
        let leaf = publisher.publish(&package).await;
        acknowledged.push((package, leaf));
        assert!(process.end(), "it ends in order");
        let blocks = 600 + random(&mut seed, 1500);
        let Some((mut process, remote, token)) = start_with(limited(data, blocks)) else {
            continue;
        };
        let publisher = Publisher::new(&remote, "dev", token);
        let too_large = publisher
            .try_publish(&large(&mut seed, &format!("1.{round}.0")))
            .await;
        if too_large.status != 200 {
            assert!([503, 507].contains(&too_large.status), "{}", too_large.detail());
            full += u64::from(too_large.status == 507 && too_large.problem() == "full");
        }
        let mut refused = 0;
        for number in 0..TRIES {
            let package = Package::new(&format!("@dev/p{number}"), &format!("1.{round}.0"));
            let answer = publisher.try_publish(&package).await;
            if answer.status == 200 {
                let PublishAnswer::Published { leaf } = answer.json() else {
                    panic!("a registry for development holds no name");
                };
                acknowledged.push((package, leaf));
                continue;
            }
            let refusal = (answer.status, answer.problem());
            let clear = [(503, "unavailable".to_owned()), (507, "full".to_owned())];
            assert!(clear.contains(&refusal), "{refusal:?}: {}", answer.detail());
            refusals += 1;
            refused += 1;
            // What fails once must not fail in another way from then on.
            if refused == REFUSED {
                break;
            }
        }
        // Whether the database can be folded up within the limit does not matter.
        process.end();
    }
    let (mut process, remote, _) = start(data);
    check(&remote, &acknowledged, &seen).await;
    assert!(process.end(), "it ends in order");
    println!(
        "{} acknowledged, {refusals} refusals, {full} uploads without space",
        acknowledged.len()
    );
    assert!(refusals + full > 0, "the limits were met");
}

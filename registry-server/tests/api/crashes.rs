//! `kill -9` of the real binary while many publish: nothing that was acknowledged is lost, and the log only ever grows.
//!
//! `LUMEN_CRASH_ROUNDS` sets the number of rounds (10 unless set; `make soak` runs 100).

use crate::process::start;
use crate::publisher::{Package, Publisher};
use crate::registry::Remote;
use lumen_pkg::log::Checkpoint;
use lumen_pkg::protocol::{Event, PublishAnswer};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

/// Publishers at once.
const PUBLISHERS: u64 = 8;

/// A version that the registry has said is published.
pub(crate) type Acknowledged = (Package, u64);

/// Publishes one version after the other until the registry is gone.
async fn publish_on(
    remote: Remote,
    token: String,
    names: Arc<AtomicU64>,
    done: mpsc::UnboundedSender<Acknowledged>,
) {
    let publisher = Publisher::new(&remote, "dev", token);
    loop {
        let number = names.fetch_add(1, Ordering::SeqCst);
        // New packages and further versions of old ones.
        let package = Package::new(&format!("@dev/p{}", number % 40), &format!("1.{number}.0"));
        let Ok(PublishAnswer::Published { leaf }) = publisher.until_gone(&package).await else {
            return;
        };
        if done.send((package, leaf)).is_err() {
            return;
        }
    }
}

/// Every number from 0 up to `bound`, in an order that a seed gives (SplitMix64).
pub(crate) fn random(seed: &mut u64, bound: u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut value = *seed;
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (value ^ (value >> 31)) % bound
}

/// That everything acknowledged is in the log where it was said to be, and that every checkpoint seen is one of this log.
pub(crate) async fn check(remote: &Remote, acknowledged: &[Acknowledged], seen: &[Checkpoint]) -> Checkpoint {
    let checkpoint = remote.audit().await;
    let acknowledged = acknowledged.to_vec();
    let seen = seen.to_vec();
    remote
        .look(move |now| {
            let leaves = now.leaves();
            for (package, leaf) in &acknowledged {
                let index = usize::try_from(*leaf).expect("an index");
                let Some(Event::Publish { statement, .. }) = leaves.get(index).map(|leaf| &leaf.event) else {
                    panic!("leaf {leaf} of {} is lost", package.statement.version);
                };
                assert_eq!(**statement, package.statement);
            }
            for before in &seen {
                now.continues(before);
            }
        })
        .await;
    checkpoint
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_registry_is_killed() {
    let rounds = std::env::var("LUMEN_CRASH_ROUNDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(10);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let names = Arc::new(AtomicU64::new(0));
    let (mut acknowledged, mut seen, mut seed) = (Vec::new(), Vec::new(), 4);
    for round in 0..rounds {
        let (mut process, remote, token) = start(folder.path());
        seen.push(check(&remote, &acknowledged, &seen).await);
        Publisher::new(&remote, "dev", token.clone()).announce().await;
        let (done, mut answers) = mpsc::unbounded_channel();
        let publishers: Vec<_> = (0..PUBLISHERS)
            .map(|_| {
                tokio::spawn(publish_on(
                    remote.clone(),
                    token.clone(),
                    Arc::clone(&names),
                    done.clone(),
                ))
            })
            .collect();
        drop(done);
        let enough = acknowledged.len() as u64 + random(&mut seed, 30);
        while (acknowledged.len() as u64) < enough {
            acknowledged.push(
                answers
                    .recv()
                    .await
                    .expect("the registry works until it is killed"),
            );
        }
        tokio::time::sleep(Duration::from_micros(random(&mut seed, 40_000))).await;
        process.0.kill().expect("killed");
        process.0.wait().expect("gone");
        for publisher in publishers {
            publisher.await.expect("no panic");
        }
        while let Some(answer) = answers.recv().await {
            acknowledged.push(answer);
        }
        println!("round {round}: {} acknowledged", acknowledged.len());
    }
    let (mut process, remote, _) = start(folder.path());
    check(&remote, &acknowledged, &seen).await;
    assert!(process.end(), "it ends in order");
}

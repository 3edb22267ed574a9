//! What a client of a registry of 100,000 packages transfers, in bytes and requests: counted, not timed. The registry is the one of the
//! attack cases, in memory, with a log of 100,000 publishes, two witnesses of three, and 200 packages that are asked for.
//! `make bench-registry` builds and runs it; with `--gate`, a bound that is not held is exit status 1.

#![expect(clippy::print_stdout, reason = "it prints a table")]

#[path = "../../lumen-pkg/tests/registry/maker.rs"]
#[expect(dead_code, reason = "made for attacks; only what is honest is used here")]
mod maker;

use lumen_pkg::client::{
    ClientError, Freshness, MemoryTransport, MemoryTrust, RegistrySession, Traffic, Transport, TrustStore,
};
use lumen_pkg::protocol::Signature;
use maker::{Maker, NOW, name, version};
use std::process::ExitCode;
use std::sync::Arc;

const PACKAGES: usize = 100_000;

/// Every so many is asked for.
const STRIDE: usize = 500;

fn main() -> Result<ExitCode, ClientError> {
    let gate = std::env::args().any(|argument| argument == "--gate");
    let mut table = Table { held: true };
    let (mut maker, leaves) = registry();
    let transport = Arc::new(MemoryTransport::default());
    maker.bundled = Some(leaves.clone());
    maker.serve(&transport);
    let way = || Arc::clone(&transport) as Arc<dyn Transport>;
    let trust: Arc<dyn TrustStore> = Arc::new(MemoryTrust::default());
    let session = RegistrySession::open(&maker.root(), way(), trust, NOW, Freshness::Now)?;

    println!("{PACKAGES} packages, a log of {} leaves", maker.leaves.len());
    let cold = session.traffic();
    let bytes = cold.bytes + maker.root().len() as u64;
    table.row(
        "first trust, the pinned root included",
        cold.requests,
        bytes,
        None,
        Some(10_000),
    );
    lookups(&mut table, &session, &leaves)?;

    let before = session.traffic();
    session.refresh()?;
    let (requests, bytes) = since(&session, before);
    table.row("refresh, nothing changed", requests, bytes, Some(2), Some(2_000));

    maker.publish("@acme/new", "1.0.0");
    maker.settle();
    maker.serve(&transport);
    let before = session.traffic();
    session.refresh()?;
    let (requests, bytes) = since(&session, before);
    table.row("refresh, a package was published", requests, bytes, Some(7), None);
    Ok(match gate && !table.held {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

/// The registry, and the leaves of the packages that are asked for: theirs alone are signed.
fn registry() -> (Maker, Vec<u64>) {
    let mut maker = Maker::new("registry.example");
    let mut statement = maker.packed("@acme/p0", "1.0.0");
    let mut leaves = Vec::new();
    for number in 0..PACKAGES {
        statement.package = package(number);
        let signature = match number % STRIDE {
            0 => {
                leaves.push(maker.leaves.len() as u64);
                maker.sign(&statement)
            }
            _ => Signature::from_bytes([7; 64]),
        };
        maker.publish_signed(statement.clone(), signature);
    }
    maker.settle();
    (maker, leaves)
}

fn package(number: usize) -> lumen_pkg::PackageName {
    name(&format!("@acme/p{number}"))
}

/// Records one after the other, releases likewise, and the proof bundles of the releases.
fn lookups(table: &mut Table, session: &RegistrySession, leaves: &[u64]) -> Result<(), ClientError> {
    let asked: Vec<_> = (0..PACKAGES).step_by(STRIDE).map(package).collect();
    let (mut tiles, mut logs, mut bundle) = (Vec::new(), Vec::new(), 0);
    for (package, leaf) in asked.iter().zip(leaves) {
        let before = session.traffic();
        let record = session.record(package)?;
        let record = record.map_or(0, |found| found.record.to_bytes().len() as u64);
        let (requests, bytes) = since(session, before);
        // The record itself is no tile.
        tiles.push((requests.saturating_sub(1), bytes.saturating_sub(record)));
        let before = session.traffic();
        session.release(package, &version("1.0.0"))?;
        logs.push(since(session, before));
        bundle = bundle.max(session.bundle(*leaf)?.render().len() as u64);
    }
    let mean = |list: &[(u64, u64)]| {
        let others = list.get(1..).unwrap_or_default();
        let count = others.len().max(1) as u64;
        let sum = |take: fn(&(u64, u64)) -> u64| others.iter().map(take).sum::<u64>() / count;
        (sum(|row| row.0), sum(|row| row.1))
    };
    for (what, list) in [("map tiles", &tiles), ("log tiles and proof", &logs)] {
        let (requests, bytes) = list.first().copied().unwrap_or_default();
        table.row(&format!("{what} of a first package"), requests, bytes, None, None);
        let (requests, bytes) = mean(list);
        table.row(
            &format!("{what} of each of 199 more"),
            requests,
            bytes,
            None,
            None,
        );
    }
    table.row("proof bundle, the largest of 200", 1, bundle, None, Some(4_000));
    Ok(())
}

fn since(session: &RegistrySession, before: Traffic) -> (u64, u64) {
    let Traffic { requests, bytes, .. } = session.traffic();
    (requests - before.requests, bytes - before.bytes)
}

struct Table {
    held: bool,
}

impl Table {
    fn row(&mut self, what: &str, requests: u64, bytes: u64, most: Option<u64>, most_bytes: Option<u64>) {
        let bound = |bound: Option<u64>| bound.map_or(String::new(), |bound| format!(" (<= {bound})"));
        println!(
            "{what:<40} {requests:>4} requests{:<8} {bytes:>8} bytes{}",
            bound(most),
            bound(most_bytes)
        );
        self.held &= most.is_none_or(|most| requests <= most) && most_bytes.is_none_or(|most| bytes <= most);
    }
}

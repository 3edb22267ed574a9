//! How the log's writer behaves at scale: memory, appends, root and inclusion proof, resuming. `make bench-log` builds and runs it with
//! 10,000,000 leaves; with `--gate`, a bound that is not held is exit status 1.
//!
//! ```sh
//! cargo run --release -p lumen-pkg --example log_scale -- 10000000 --gate
//! ```
//!
//! Tiles go to a temporary folder, as a registry stores them, and proofs read them from there. The peer is `rs_merkle`, which holds the
//! whole tree in memory, with 1,000,000 leaves beside the same here.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement: it writes files, reads the clock and prints"
)]

use lumen_pkg::log::{LogError, LogWriter, SourceError, TileSource, verify_inclusion};
use rs_merkle::Hasher as _;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Leaves between two times that files are written.
const BATCH: u64 = 10_000;

/// How many proofs are measured.
const PROOFS: u64 = 10_000;

/// Between two leaves that are proved: a prime, so that places of all kinds are visited.
const STRIDE: u64 = 7_368_787;

struct Folder<'a>(&'a Path);

impl TileSource for Folder<'_> {
    fn tile(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        fs::read(self.0.join(path)).map_err(|error| SourceError::Failed(error.into()))
    }
}

/// The most memory, in megabytes, while leaves are appended and proved.
const MEMORY: f64 = 100.0;

/// The longest median of root and proof, in microseconds.
const PROOF: f64 = 50.0;

/// Leaves of the comparison.
const PEER_LEAVES: u64 = 1_000_000;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let gate = arguments.iter().any(|argument| argument == "--gate");
    let leaves = match arguments.iter().find(|argument| !argument.starts_with("--")) {
        Some(text) => text.parse()?,
        None => 10_000_000,
    };
    let (memory, median) = measure(leaves)?;
    let held = memory < MEMORY && median < PROOF;
    println!("\nbeside rs_merkle");
    measure(PEER_LEAVES.min(leaves))?;
    peer(PEER_LEAVES.min(leaves));
    Ok(match gate && !held {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

/// Prints what so many leaves cost. The answer is the most memory so far in megabytes and the median of root and proof in microseconds.
fn measure(leaves: u64) -> Result<(f64, f64), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let mut writer = LogWriter::new();
    let (mut appending, mut storing) = (Duration::ZERO, Duration::ZERO);
    while writer.size() < leaves {
        let started = Instant::now();
        for _ in 0..BATCH.min(leaves - writer.size()) {
            writer.append(&leaf(writer.size()))?;
        }
        let files = writer.take_files();
        appending += started.elapsed();
        let started = Instant::now();
        for file in files {
            let path = folder.path().join(file.path);
            fs::create_dir_all(path.parent().unwrap_or(folder.path()))?;
            fs::write(path, file.bytes)?;
        }
        storing += started.elapsed();
    }
    println!("leaves            {leaves}");
    let rate = leaves as f64 / appending.as_secs_f64();
    println!("appending         {rate:.0} leaves a second");
    println!("writing files     {:.2} s", storing.as_secs_f64());
    let median = proofs("root and proof    ", &writer, folder.path())?;
    // A second pass, over tiles that the system has read before.
    proofs("  the same again  ", &writer, folder.path())?;
    let started = Instant::now();
    let resumed = LogWriter::resume(writer.size(), &writer.root(), &Folder(folder.path()))?;
    let resuming = started.elapsed().as_secs_f64() * 1e3;
    println!("resuming          {resuming:.2} ms");
    println!("root              {}", resumed.root());
    let memory = megabytes("VmHWM");
    println!(
        "resident memory   {:.0} MB, at most {memory:.0} MB (bound {MEMORY:.0})",
        megabytes("VmRSS")
    );
    Ok((memory, median))
}

/// The same by a tree that is held as a whole.
fn peer(leaves: u64) {
    let before = megabytes("VmRSS");
    let started = Instant::now();
    let mut tree = rs_merkle::MerkleTree::<rs_merkle::algorithms::Sha256>::new();
    for index in 0..leaves {
        tree.insert(rs_merkle::algorithms::Sha256::hash(&leaf(index)));
    }
    tree.commit();
    let rate = leaves as f64 / started.elapsed().as_secs_f64();
    let mut times = Vec::new();
    for number in 0..PROOFS {
        let index = number.wrapping_mul(STRIDE) % leaves;
        let started = Instant::now();
        let root = tree.root();
        let proof = tree.proof(&[usize::try_from(index).unwrap_or_default()]);
        times.push(started.elapsed());
        drop((root, proof));
    }
    println!("rs_merkle         {leaves} leaves");
    println!("  appending       {rate:.0} leaves a second");
    report("  root and proof  ", times, ", from memory");
    println!("  memory          {:.0} MB more", megabytes("VmRSS") - before);
}

/// Root and proof of leaves all over the log, each proof verified outside of the measured time.
fn proofs(what: &str, writer: &LogWriter, folder: &Path) -> Result<f64, LogError> {
    let (source, size) = (Folder(folder), writer.size());
    let mut times = Vec::new();
    for number in 0..PROOFS {
        let index = number.wrapping_mul(STRIDE) % size;
        let started = Instant::now();
        let root = writer.root();
        let proof = writer.prove_inclusion(index, size, &source)?;
        times.push(started.elapsed());
        verify_inclusion(&leaf(index), index, size, &root, &proof)?;
    }
    let median = report(
        what,
        times,
        ", with its tile read from disk (bound 50 in the median)",
    );
    Ok(median)
}

/// Prints times; the answer is their median, in microseconds.
fn report(what: &str, mut times: Vec<Duration>, how: &str) -> f64 {
    times.sort_unstable();
    let at = |share: f64| {
        let found = times.get((times.len() as f64 * share) as usize);
        found.copied().unwrap_or_default().as_secs_f64() * 1e6
    };
    println!(
        "{what}{:.1} us median, {:.1} us mean, {:.1} us in 99 of 100{how}",
        at(0.5),
        times.iter().sum::<Duration>().as_secs_f64() * 1e6 / PROOFS as f64,
        at(0.99),
    );
    at(0.5)
}

fn leaf(index: u64) -> Vec<u8> {
    format!("leaf {index}").into_bytes()
}

/// A size in `/proc/self/status`, in megabytes; none where there is no such file.
fn megabytes(key: &str) -> f64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    number.unwrap_or_default() / 1024.0
}

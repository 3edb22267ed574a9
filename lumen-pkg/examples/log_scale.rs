//! How the log's writer behaves at scale: memory, appends, root and inclusion proof, resuming. Not a test; run it in release:
//!
//! ```sh
//! cargo run --release -p lumen-pkg --example log_scale -- 10000000
//! ```
//!
//! Tiles go to a temporary folder, as a registry stores them, and proofs read them from there.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement: it writes files, reads the clock and prints"
)]

use lumen_pkg::log::{LogError, LogWriter, SourceError, TileSource, verify_inclusion};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Leaves between two times that files are written.
const BATCH: u64 = 10_000;

/// How many proofs are measured.
const PROOFS: u64 = 10_000;

struct Folder<'a>(&'a Path);

impl TileSource for Folder<'_> {
    fn tile(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        fs::read(self.0.join(path)).map_err(|error| SourceError::Failed(error.into()))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let leaves = match std::env::args().nth(1) {
        Some(text) => text.parse()?,
        None => 10_000_000,
    };
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
    println!(
        "appending         {:.2} s, {:.2} us each",
        appending.as_secs_f64(),
        each(appending, leaves)
    );
    println!("writing files     {:.2} s", storing.as_secs_f64());
    println!(
        "resident memory   {}, at most {}",
        status("VmRSS"),
        status("VmHWM")
    );
    proofs(&writer, folder.path())?;
    let started = Instant::now();
    let resumed = LogWriter::resume(writer.size(), &writer.root(), &Folder(folder.path()))?;
    println!(
        "resuming          {:.2} ms",
        started.elapsed().as_secs_f64() * 1e3
    );
    println!("root              {}", resumed.root());
    println!(
        "resident memory   {}, at most {}",
        status("VmRSS"),
        status("VmHWM")
    );
    Ok(())
}

/// Root and proof of leaves all over the log, each proof verified outside of the measured time.
fn proofs(writer: &LogWriter, folder: &Path) -> Result<(), LogError> {
    let (source, size) = (Folder(folder), writer.size());
    let mut times = Vec::new();
    for number in 0..PROOFS {
        // A stride that is prime visits places of all kinds.
        let index = number.wrapping_mul(7_368_787) % size;
        let started = Instant::now();
        let root = writer.root();
        let proof = writer.prove_inclusion(index, size, &source)?;
        times.push(started.elapsed());
        verify_inclusion(&leaf(index), index, size, &root, &proof)?;
    }
    times.sort_unstable();
    let at = |share: f64| {
        times
            .get((times.len() as f64 * share) as usize)
            .copied()
            .unwrap_or_default()
    };
    let micro = |time: Duration| time.as_secs_f64() * 1e6;
    println!(
        "root and proof    {:.1} us median, {:.1} us mean, {:.1} us in 99 of 100, with its tile read from disk",
        micro(at(0.5)),
        each(times.iter().sum(), PROOFS),
        micro(at(0.99)),
    );
    Ok(())
}

fn leaf(index: u64) -> Vec<u8> {
    format!("leaf {index}").into_bytes()
}

fn each(time: Duration, count: u64) -> f64 {
    time.as_secs_f64() * 1e6 / count.max(1) as f64
}

/// A line of `/proc/self/status`; `unknown` where there is none.
fn status(key: &str) -> String {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    line.map_or_else(|| "unknown".to_owned(), |value| value.trim().to_owned())
}

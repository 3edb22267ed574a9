//! Speed of publishing: a real `registry-server` on the loopback, clients that publish different small packages through its API at once and
//! then verify with the client's own session that the version is in log and map. `make bench-registry` builds and runs it; with `--gate`,
//! a bound that is not held is exit status 1.
//!
//! ```sh
//! registry_speed --server PATH [--clients 8] [--publishes 50] [--gate]
//! ```
//!
//! Server and clients share the machine, so the clients' own work (packing, signing, verifying) counts too. A publish is durable: the server
//! answers after everything that speaks of it is flushed. How long one flush takes on this disk is printed beside it, as the floor.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement: it starts a server, writes files, reads the clock and prints"
)]

mod server;

use ed25519_dalek::{Signer as _, SigningKey};
use lumen_pkg::archive::{ArchivePath, FileEntry, compress, pack, read};
use lumen_pkg::client::{Account, Freshness, MemoryTrust, Publication, RegistrySession, Token, Transport};
use lumen_pkg::protocol::{Commit, PublicKey, PublishStatement, Signature, key_proof_bytes};
use lumen_pkg::shell::Http;
use lumen_pkg::{Digest, PackageName, Version};
use server::Server;
use std::error::Error;
use std::fs::File;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// At least so many publishes a minute.
const RATE: f64 = 1000.0;

/// From the first request to a verified proof, for 99 of 100.
const LATENCY: Duration = Duration::from_secs(1);

/// What a client that knows nothing may have to transfer, the pinned root included, in bytes.
const BOOTSTRAP: u64 = 10_000;

type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

struct Options {
    server: String,
    clients: usize,
    publishes: usize,
    gate: bool,
}

fn main() -> Fallible<ExitCode> {
    let options = options()?;
    let folder = tempfile::tempdir()?;
    println!("clients                    {}", options.clients);
    println!(
        "flush of a small file      {:.1} ms median",
        flush(folder.path())?
    );
    let server = Server::start(&options.server, &folder.path().join("registry"))?;
    let (requests, bytes) = first_trust(&server)?;
    println!("first trust                {requests} requests, {bytes} bytes (at most {BOOTSTRAP})");
    announce(&server)?;
    let started = Instant::now();
    let clients: Fallible<Vec<Vec<Published>>> = std::thread::scope(|scope| {
        let client = |number| {
            let (server, options) = (&server, &options);
            scope.spawn(move || client(server, number, options.publishes))
        };
        let threads: Vec<_> = (0..options.clients).map(client).collect();
        let joined = threads.into_iter().map(|thread| match thread.join() {
            Ok(times) => times,
            Err(_) => Err("a client panicked".into()),
        });
        joined.collect()
    });
    let all: Vec<Published> = clients?.into_iter().flatten().collect();
    let rate = all.len() as f64 / started.elapsed().as_secs_f64() * 60.0;
    let answered = sorted(all.iter().map(|one| one.answered));
    let proved = sorted(all.iter().map(|one| one.proved));
    println!("publishes                  {}", all.len());
    println!("publishes a minute         {rate:.0} (at least {RATE:.0})");
    println!("publish to answer          {}", shown(&answered));
    println!(
        "publish to verified proof  {} (99 of 100 in at most {} ms)",
        shown(&proved),
        LATENCY.as_millis()
    );
    server.stop()?;
    let held = rate >= RATE && at(&proved, 0.99) <= LATENCY && bytes <= BOOTSTRAP;
    Ok(match options.gate && !held {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

fn options() -> Fallible<Options> {
    let mut options = Options {
        server: String::new(),
        clients: 8,
        publishes: 50,
        gate: false,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or("a value is missing");
        match argument.as_str() {
            "--gate" => options.gate = true,
            "--server" => options.server = value()?,
            "--clients" => options.clients = value()?.parse()?,
            "--publishes" => options.publishes = value()?.parse()?,
            other => return Err(format!("unknown argument {other}").into()),
        }
    }
    match options.server.is_empty() {
        true => Err("--server PATH is missing".into()),
        false => Ok(options),
    }
}

/// The median time that writing and flushing a small file takes, in milliseconds.
fn flush(folder: &std::path::Path) -> Fallible<f64> {
    let mut times = Vec::new();
    for number in 0..20 {
        let started = Instant::now();
        let mut file = File::create(folder.join(number.to_string()))?;
        file.write_all(b"a small file")?;
        file.sync_all()?;
        times.push(started.elapsed());
    }
    Ok(at(&sorted(times.into_iter()), 0.5).as_secs_f64() * 1e3)
}

/// How long a publish took: until the registry answered, and until it was verified.
struct Published {
    answered: Duration,
    proved: Duration,
}

/// Requests and bytes of a client that knows nothing but the root.
fn first_trust(server: &Server) -> Fallible<(u64, u64)> {
    let traffic = session(server)?.1.traffic();
    Ok((traffic.requests, traffic.bytes + server.root.len() as u64))
}

fn session(server: &Server) -> Fallible<(Arc<dyn Transport>, RegistrySession)> {
    let http: Arc<dyn Transport> = Arc::new(Http::new(&server.url)?);
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let trust = Arc::new(MemoryTrust::default());
    let session = RegistrySession::open(&server.root, Arc::clone(&http), trust, now, Freshness::Now)?;
    Ok((http, session))
}

/// The one publishing key of all clients.
fn key() -> SigningKey {
    SigningKey::from_bytes(Digest::of(b"registry_speed").as_bytes())
}

fn sign(message: &[u8]) -> Signature {
    Signature::from_bytes(key().sign(message).to_bytes())
}

fn public() -> Fallible<PublicKey> {
    Ok(PublicKey::from_bytes(key().verifying_key().as_bytes())?)
}

fn announce(server: &Server) -> Fallible<()> {
    let http = Http::new(&server.url)?;
    let account = Account::new(&http, &Token::parse(&server.token)?);
    account.announce_key(public()?, sign(&key_proof_bytes(&server.user)))?;
    Ok(())
}

/// Publishes packages of its own one after the other, and verifies each.
fn client(server: &Server, number: usize, publishes: usize) -> Fallible<Vec<Published>> {
    let (http, session) = session(server)?;
    let account = Account::new(http.as_ref(), &Token::parse(&server.token)?);
    let mut times = Vec::with_capacity(publishes);
    for round in 0..publishes {
        let name = PackageName::parse(&format!("@{}/c{number}-p{round}", server.user))?;
        let version = Version::new(1, 0, 0);
        let publication = publication(&name, &version)?;
        let started = Instant::now();
        account.publish(&publication)?;
        let answered = started.elapsed();
        session.refresh()?;
        session.release(&name, &version)?;
        let proved = started.elapsed();
        times.push(Published { answered, proved });
    }
    Ok(times)
}

/// A package with a manifest and a module.
fn publication(name: &PackageName, version: &Version) -> Fallible<Publication> {
    let file = |path: &str, content: String| {
        Ok::<_, Box<dyn Error + Send + Sync>>(FileEntry {
            path: ArchivePath::parse(path)?,
            executable: false,
            content: content.into_bytes(),
        })
    };
    let tar = pack(&[
        file(
            "lumen.toml",
            format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\n"),
        )?,
        file(
            "src/lib.lm",
            format!("pub def name() -> str:\n    return \"{name}\"\n"),
        )?,
    ])?;
    let archive = read(&tar)?;
    let statement = PublishStatement {
        package: name.clone(),
        version: version.clone(),
        archive: archive.digest(),
        size: archive.size(),
        files: archive.tree().root(),
        manifest: Digest::of(archive.manifest()),
        dependencies: Vec::new(),
        grants: Vec::new(),
    };
    let signature = sign(&statement.signed_bytes());
    Ok(Publication {
        commit: Commit {
            statement,
            key: public()?,
            signature,
        },
        upload: compress(&tar)?,
    })
}

fn sorted(times: impl Iterator<Item = Duration>) -> Vec<Duration> {
    let mut times: Vec<Duration> = times.collect();
    times.sort_unstable();
    times
}

/// The time that a share of all is at most; of an empty list, none.
fn at(sorted: &[Duration], share: f64) -> Duration {
    let place = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(place.saturating_sub(1)).copied().unwrap_or_default()
}

fn shown(sorted: &[Duration]) -> String {
    let milliseconds = |share| at(sorted, share).as_secs_f64() * 1e3;
    format!(
        "{:.0} ms median, {:.0} ms in 99 of 100",
        milliseconds(0.5),
        milliseconds(0.99)
    )
}

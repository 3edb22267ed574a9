//! Publishes as fast as it can through the real API, and verifies the inclusion of each version: `publish_load FOLDER PUBLISHERS PACKAGES`.
//! Client and server share one process and its cores. Prints how many a minute were durable and proved, and how long that took each, from `begin` to the verified
//! proof. `make bench-registry` runs it.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement reads the clock and prints"
)]

use anyhow::{Context as _, ensure};
use ed25519_dalek::{Signer as _, SigningKey};
use lumen_pkg::archive::{ArchivePath, FileEntry, compress, pack, read};
use lumen_pkg::log::{LogPolicy, ProofBundle, SignerKey};
use lumen_pkg::protocol::{
    Begin, BeginAnswer, Commit, KeyRequest, PublicKey, PublishAnswer, PublishStatement, Signature, paths,
};
use lumen_pkg::{Digest, PackageName, Version};
use registry_server::clock::{Clock as _, SystemClock};
use registry_server::development::{LIFETIME, prepare, user_with_token};
use registry_server::keys::{KeyFolder, Keys as _, LOG_KEY};
use registry_server::server::Server;
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const USER: &str = "load";

struct Load {
    client: reqwest::Client,
    url: String,
    token: String,
    key: SigningKey,
    policy: LogPolicy,
    next: AtomicU64,
    count: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || {
        arguments
            .next()
            .context("publish_load FOLDER PUBLISHERS PACKAGES")
    };
    let (folder, publishers, count) = (PathBuf::from(next()?), next()?.parse::<u64>()?, next()?.parse()?);
    let config = prepare(&folder, &SystemClock).await?;
    let server = Server::start(&config, Arc::new(SystemClock)).await?;
    let database = &server.registry().database;
    let log = KeyFolder::new(config.keys.clone()).key(LOG_KEY)?;
    let log = SignerKey::from_seed(&config.origin, &log.to_bytes())?;
    let load = Arc::new(Load {
        client: reqwest::Client::new(),
        url: format!("http://{}", server.address()),
        token: user_with_token(database, USER, SystemClock.now(), LIFETIME).await?,
        key: SigningKey::from_bytes(&[1; 32]),
        policy: LogPolicy::new(log.verifier().clone(), Vec::new(), 0)?,
        next: AtomicU64::new(SystemClock.now() * 1_000_000),
        count,
    });
    load.announce().await?;
    let first = load.next.load(Ordering::SeqCst);
    let begin = Instant::now();
    let tasks: Vec<_> = (0..publishers)
        .map(|_| tokio::spawn(Arc::clone(&load).work(first)))
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    let elapsed = begin.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len().saturating_sub(1)));
    let milliseconds = |share| at(share).map_or(0, Duration::as_millis);
    println!(
        "published and proved {} in {elapsed:.1} s: {:.0} a minute; p50 {} ms, p99 {} ms ({publishers} publishers)",
        times.len(),
        60.0 * times.len() as f64 / elapsed,
        milliseconds(50),
        milliseconds(99),
    );
    server.stop().await;
    Ok(())
}

impl Load {
    async fn send(&self, method: reqwest::Method, path: &str, body: Vec<u8>) -> anyhow::Result<Vec<u8>> {
        let request = self.client.request(method, format!("{}/{path}", self.url));
        let response = request.bearer_auth(&self.token).body(body).send().await?;
        let status = response.status();
        let body = response.bytes().await?.to_vec();
        ensure!(
            status.is_success(),
            "{path}: {status} {}",
            String::from_utf8_lossy(&body)
        );
        Ok(body)
    }

    async fn post(&self, path: &str, body: &impl Serialize) -> anyhow::Result<Vec<u8>> {
        self.send(reqwest::Method::POST, path, serde_json::to_vec(body)?)
            .await
    }

    async fn announce(&self) -> anyhow::Result<()> {
        let proof = self.key.sign(format!("lumen key v1\n{USER}").as_bytes());
        let request = KeyRequest {
            key: PublicKey::from_bytes(self.key.verifying_key().as_bytes())?,
            proof: Some(Signature::from_bytes(proof.to_bytes())),
        };
        self.send(reqwest::Method::PUT, "api/v1/keys", serde_json::to_vec(&request)?)
            .await?;
        Ok(())
    }

    /// One publish after the other, until all are taken; how long each took.
    async fn work(self: Arc<Self>, first: u64) -> anyhow::Result<Vec<Duration>> {
        let mut times = Vec::new();
        loop {
            let number = self.next.fetch_add(1, Ordering::SeqCst);
            if number - first >= self.count {
                return Ok(times);
            }
            let (statement, upload) = package(number)?;
            let begin = Instant::now();
            let leaf = self.publish(statement, upload).await?;
            let bundle = self
                .send(reqwest::Method::GET, &paths::leaf_proof(leaf), Vec::new())
                .await?;
            ProofBundle::parse(&bundle)?.verify(&self.policy, SystemClock.now())?;
            times.push(begin.elapsed());
        }
    }

    async fn publish(&self, statement: PublishStatement, upload: Vec<u8>) -> anyhow::Result<u64> {
        let begin = Begin {
            package: statement.package.clone(),
            version: statement.version.clone(),
            archive: statement.archive,
            size: statement.size,
        };
        let begun: BeginAnswer = serde_json::from_slice(&self.post(paths::PUBLISH_BEGIN, &begin).await?)?;
        self.send(
            reqwest::Method::PUT,
            &paths::publish_archive(&begun.upload),
            upload,
        )
        .await?;
        let signature = self.key.sign(&statement.signed_bytes());
        let commit = Commit {
            statement,
            key: PublicKey::from_bytes(self.key.verifying_key().as_bytes())?,
            signature: Signature::from_bytes(signature.to_bytes()),
        };
        let answer = self.post(&paths::publish_commit(&begun.upload), &commit).await?;
        match serde_json::from_slice(&answer)? {
            PublishAnswer::Published { leaf } => Ok(leaf),
            PublishAnswer::Held { reason } => anyhow::bail!("held: {reason}"),
        }
    }
}

/// A package of its own for each number.
fn package(number: u64) -> anyhow::Result<(PublishStatement, Vec<u8>)> {
    let name = format!("@{USER}/p{number}");
    let entry = |path: &str, content: String| {
        Ok::<_, anyhow::Error>(FileEntry {
            path: ArchivePath::parse(path)?,
            executable: false,
            content: content.into_bytes(),
        })
    };
    let manifest = format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\n");
    let tar = pack(&[
        entry("lumen.toml", manifest)?,
        entry("one.lm.md", format!("# {number}\n"))?,
    ])?;
    let archive = read(&tar)?;
    let statement = PublishStatement {
        package: PackageName::parse(&name)?,
        version: Version::new(1, 0, 0),
        archive: archive.digest(),
        size: archive.size(),
        files: archive.tree().root(),
        manifest: Digest::of(archive.manifest()),
        dependencies: Vec::new(),
        grants: Vec::new(),
    };
    Ok((statement, compress(&tar)?))
}

//! The command that theupdateframework/tuf-conformance drives (its `CLIENT-CLI.md`): `init`, `refresh` and `download` over our
//! TUF client, with a folder as its store and HTTP as its transport. Run by `make tuf-conformance`; it is no tool for people.
#![expect(
    clippy::disallowed_methods,
    reason = "an adapter is a shell: it reads arguments, files and the clock"
)]
#![expect(clippy::print_stderr, reason = "the suite shows it beside a failed case")]

use jiff::Timestamp;
use lumen_pkg::Digest;
use lumen_pkg::tuf::{Fetch, FetchError, Limits, MetadataStore, StoreError, TargetFile, TufClient, TufError};
use reqwest::{Client, StatusCode, Url};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// The pinned root, beside the chain of roots and out of the suite's sight, which takes each `*.json` for trusted metadata.
const PINNED: &str = "roots/pinned";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("tuf_client: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let folder = Folder(PathBuf::from(arguments.one("--metadata-dir")?));
    match arguments.words.as_slice() {
        [command, root] if command == "init" => {
            let root = fs::read(root).map_err(|error| format!("{root}: {error}"))?;
            for name in [PINNED, "root.json"] {
                folder.replace(name, &root).map_err(|error| error.to_string())?;
            }
            Ok(())
        }
        [command] if command == "refresh" => {
            let mut client = client(&arguments, folder)?;
            let outcome = client.with_verified(Timestamp::now(), |_| Ok(()));
            outcome.map_err(|error| shown(&error))
        }
        [command] if command == "download" => download(&arguments, folder),
        _ => Err("expected init ROOT, refresh or download".to_owned()),
    }
}

fn client(arguments: &Arguments, folder: Folder) -> Result<TufClient, String> {
    let pinned = folder.load(PINNED).map_err(|error| error.to_string())?;
    let pinned = pinned.ok_or("there is no pinned root; run init")?;
    let metadata = base(arguments.one("--metadata-url")?)?;
    let targets = match arguments.one("--target-base-url") {
        Ok(url) => base(url)?,
        Err(_) => base(&format!("{metadata}targets"))?,
    };
    let http = Http::new(metadata, targets)?;
    // The suite lists many delegations, large targets, and moves the clock to and fro.
    let limits = Limits {
        roots: 32,
        delegations: 32,
        target: 50_000_000,
        clock: u64::MAX,
        ..Limits::default()
    };
    Ok(TufClient::new(&pinned, Arc::new(http), Arc::new(folder)).with_limits(limits))
}

fn download(arguments: &Arguments, folder: Folder) -> Result<(), String> {
    let output = Path::new(arguments.one("--target-dir")?);
    let names: Vec<&str> = arguments.all("--target-name").collect();
    let mut client = client(arguments, folder)?;
    let outcome = client.with_verified(Timestamp::now(), |verified| {
        for name in names {
            let unreachable = |reason: String| TufError::Unreachable {
                file: format!("targets/{name}"),
                reason,
            };
            let target = verified
                .find(name)?
                .ok_or_else(|| unreachable("no role lists it".to_owned()))?;
            // A target's name is the registry's; the file's is ours, so that none leads out of the folder.
            let path = output.join(Digest::of(name.as_bytes()).to_string());
            if !fs::read(&path).is_ok_and(|bytes| same(&bytes, &target)) {
                let bytes = verified.download(name, &target)?;
                fs::write(&path, bytes).map_err(|error| unreachable(error.to_string()))?;
            }
        }
        Ok(())
    });
    outcome.map_err(|error| shown(&error))
}

fn same(bytes: &[u8], target: &TargetFile) -> bool {
    target
        .hashes
        .get("sha256")
        .is_some_and(|hash| *hash == Digest::of(bytes).to_string())
}

fn shown(error: &TufError) -> String {
    error.to_string()
}

fn base(url: &str) -> Result<Url, String> {
    let folder = format!("{}/", url.trim_end_matches('/'));
    Url::parse(&folder).map_err(|error| format!("{url}: {error}"))
}

/// `--name value` pairs and the words between.
struct Arguments {
    options: Vec<(String, String)>,
    words: Vec<String>,
}

impl Arguments {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut options, mut words) = (Vec::new(), Vec::new());
        while let Some(argument) = arguments.next() {
            match argument.starts_with("--") {
                true => {
                    let value = arguments
                        .next()
                        .ok_or_else(|| format!("{argument} needs a value"))?;
                    options.push((argument, value));
                }
                false => words.push(argument),
            }
        }
        Ok(Self { options, words })
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.options
            .iter()
            .filter(move |(option, _)| option == name)
            .map(|(_, value)| value.as_str())
    }

    fn one(&self, name: &str) -> Result<&str, String> {
        self.all(name).next().ok_or_else(|| format!("{name} is missing"))
    }
}

/// The store: a folder.
struct Folder(PathBuf);

impl Folder {
    fn error(name: &str, error: &std::io::Error) -> StoreError {
        StoreError::Io {
            file: name.to_owned(),
            reason: error.to_string(),
        }
    }
}

impl MetadataStore for Folder {
    fn load(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match fs::read(self.0.join(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Self::error(name, &error)),
        }
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.0.join(name);
        let written = fs::create_dir_all(path.parent().unwrap_or(&self.0))
            .and_then(|()| fs::write(path.with_extension("new"), bytes))
            .and_then(|()| fs::rename(path.with_extension("new"), &path));
        written.map_err(|error| Self::error(name, &error))
    }
}

/// The transport: HTTP, one request after the other.
struct Http {
    runtime: tokio::runtime::Runtime,
    client: Client,
    metadata: Url,
    targets: Url,
}

impl Http {
    fn new(metadata: Url, targets: Url) -> Result<Self, String> {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let client = Client::builder().timeout(Duration::from_secs(60));
        Ok(Self {
            runtime: runtime.enable_all().build().map_err(|error| error.to_string())?,
            client: client.build().map_err(|error| error.to_string())?,
            metadata,
            targets,
        })
    }

    async fn get(&self, url: Url, maximum: u64) -> Result<Option<Vec<u8>>, FetchError> {
        let unreachable = |error: reqwest::Error| FetchError::Unreachable(error.to_string());
        let mut answer = self.client.get(url).send().await.map_err(unreachable)?;
        match answer.status() {
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => return Ok(None),
            status if !status.is_success() => return Err(FetchError::Unreachable(status.to_string())),
            _ => {}
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
            if (bytes.len() + chunk.len()) as u64 > maximum {
                return Err(FetchError::TooLarge { maximum });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Some(bytes))
    }
}

impl Fetch for Http {
    fn fetch(&self, file: &str, maximum: u64) -> Result<Option<Vec<u8>>, FetchError> {
        let url = match file.strip_prefix("targets/") {
            Some(target) => self.targets.join(target),
            None => self.metadata.join(file),
        };
        let url = url.map_err(|error| FetchError::Unreachable(error.to_string()))?;
        self.runtime.block_on(self.get(url, maximum))
    }
}

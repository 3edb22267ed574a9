//! `registry-server keys ...`: the offline roles. `ceremony` makes the first keys, root and targets; the others sign new ones. They
//! run where the offline keys are, on a copy of the registry's `tuf/` folder, and write the files that are to be copied back; the
//! procedures are in `docs/registry-keys.md`.

use crate::clock::{Clock as _, SystemClock};
use crate::keys::{KeyFolder, Keys as _, LOG_KEY, ONLINE_KEY};
use crate::metadata::{
    Change, Metadata, MetadataFile, OfflineRole, Opening, RoleKey, RolePublicKey, amend, ceremony,
};
use anyhow::{Context as _, bail, ensure};
use clap::{Args, Subcommand};
use lumen_pkg::log::{SignerKey, VerifierKey};
use lumen_pkg::tuf::{RegistryConfig, WitnessPolicy};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// Make all keys of a new registry, and sign its first root and targets
    Ceremony(Ceremony),
    /// Give the root role other keys
    RotateRoot(Rotate),
    /// Give the targets role other keys
    RotateTargets(Rotate),
    /// Give timestamp, snapshot and state another key
    RotateOnline(Online),
    /// Change what the registry says of itself: log key, witnesses, release age
    Describe(Describe),
    /// Sign root and targets again, for another year
    Renew(Amend),
}

#[derive(Debug, Args)]
pub(super) struct Ceremony {
    /// The registry's name for itself, for ever: usually its host
    #[arg(long)]
    origin: String,
    /// A folder that is not there yet: offline/, online/, files/
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How many root keys must sign
    #[arg(long, default_value_t = 3)]
    threshold: u64,
    /// How many root keys there are
    #[arg(long, default_value_t = 5)]
    keys: u64,
    /// How many targets keys must sign
    #[arg(long, default_value_t = 2)]
    targets_threshold: u64,
    /// How many targets keys there are
    #[arg(long, default_value_t = 3)]
    targets_keys: u64,
    /// Seconds for which new versions are passed over by default
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    minimum_release_age: u64,
}

#[derive(Debug, Args)]
pub(super) struct Amend {
    /// The registry's files: the folder that holds tuf/
    #[arg(long, value_name = "DIR")]
    files: PathBuf,
    /// A secret key that signs, PKCS#8 PEM; once for each
    #[arg(long = "sign", value_name = "PEM", required = true)]
    signers: Vec<PathBuf>,
    /// Where the new files are written; the folder of --files is never changed
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Rotate {
    #[command(flatten)]
    amend: Amend,
    /// A key of the role from now on, secret or public PEM; once for each
    #[arg(long = "key", value_name = "PEM", required = true)]
    keys: Vec<PathBuf>,
    /// How many of them must sign
    #[arg(long)]
    threshold: u64,
}

#[derive(Debug, Args)]
pub(super) struct Online {
    #[command(flatten)]
    amend: Amend,
    /// The new key, secret or public PEM
    #[arg(long, value_name = "PEM")]
    key: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Describe {
    #[command(flatten)]
    amend: Amend,
    /// The log's new key: its PEM file, or a note verifier key
    #[arg(long, value_name = "PEM|VKEY")]
    log_key: Option<String>,
    /// A witness's verifier key; once for each. Replaces all, together with --quorum
    #[arg(long = "witness", value_name = "VKEY", requires = "quorum")]
    witnesses: Vec<String>,
    /// How many witnesses a checkpoint needs
    #[arg(long)]
    quorum: Option<u64>,
    /// Seconds for which new versions are passed over by default
    #[arg(long, value_name = "SECONDS")]
    minimum_release_age: Option<u64>,
}

/// Runs a command.
pub(super) fn run(keys: Keys) -> anyhow::Result<()> {
    match keys {
        Keys::Ceremony(arguments) => hold(&arguments),
        Keys::RotateRoot(Rotate {
            amend,
            keys,
            threshold,
        }) => sign(&amend, |_| {
            let root = Some(role(&keys, threshold)?);
            Ok(Change {
                root,
                ..Change::default()
            })
        }),
        Keys::RotateTargets(Rotate {
            amend,
            keys,
            threshold,
        }) => sign(&amend, |_| {
            let targets = Some(role(&keys, threshold)?);
            Ok(Change {
                targets,
                ..Change::default()
            })
        }),
        Keys::RotateOnline(Online { amend, key }) => sign(&amend, |_| {
            let online = Some(public_key(&key)?);
            Ok(Change {
                online,
                ..Change::default()
            })
        }),
        Keys::Describe(arguments) => sign(&arguments.amend, |current| describe(&arguments, current)),
        Keys::Renew(amend) => sign(&amend, |_| Ok(Change::default())),
    }
}

fn hold(arguments: &Ceremony) -> anyhow::Result<()> {
    let out = &arguments.out;
    ensure!(
        !out.exists(),
        "{} is there already; a ceremony makes a folder of its own",
        out.display()
    );
    let (offline, online) = (
        KeyFolder::new(out.join("offline")),
        KeyFolder::new(out.join("online")),
    );
    let make = |stem: &str, count: u64| -> anyhow::Result<Vec<RoleKey>> {
        let name = |number| format!("{stem}-{number}");
        (1..=count)
            .map(|number| make_key(&offline, &name(number)))
            .collect()
    };
    let (root, targets) = (
        make("root", arguments.keys)?,
        make("targets", arguments.targets_keys)?,
    );
    let (online_key, log_key) = (make_key(&online, ONLINE_KEY)?, make_key(&online, LOG_KEY)?);
    let log = SignerKey::from_seed(&arguments.origin, log_key.seed())?
        .verifier()
        .to_string();
    let registry = RegistryConfig::new(
        &arguments.origin,
        &log,
        WitnessPolicy::default(),
        arguments.minimum_release_age,
    );
    let registry = registry.map_err(anyhow::Error::msg)?;
    let all = |keys: &[RoleKey], threshold| OfflineRole {
        keys: keys.iter().map(RoleKey::public).collect(),
        threshold,
    };
    let (_, files) = ceremony(
        all(&root, arguments.threshold),
        all(&targets, arguments.targets_threshold),
        online_key.public(),
        &registry,
        &[root, targets].concat(),
        SystemClock.now(),
    )?;
    write(&out.join("files"), &files)
}

fn make_key(folder: &KeyFolder, name: &str) -> anyhow::Result<RoleKey> {
    folder.generate(name)?;
    Ok(RoleKey::from_seed(&folder.key(name)?.to_bytes()))
}

fn sign(arguments: &Amend, change: impl FnOnce(&Metadata) -> anyhow::Result<Change>) -> anyhow::Result<()> {
    let current = open(&arguments.files)?;
    let signers = arguments
        .signers
        .iter()
        .map(|path| Ok(RoleKey::from_pem(&text(path)?)?));
    let signers: Vec<RoleKey> = signers.collect::<anyhow::Result<_>>()?;
    let files = amend(&current, change(&current)?, &signers, SystemClock.now())?;
    write(&arguments.out, &files)
}

fn describe(arguments: &Describe, current: &Metadata) -> anyhow::Result<Change> {
    let old = current.registry()?;
    let witnesses = match arguments.quorum {
        Some(quorum) => WitnessPolicy {
            keys: arguments.witnesses.clone(),
            quorum,
        },
        None => old.witnesses,
    };
    let log_key = match &arguments.log_key {
        Some(key) => log_verifier(key, &old.origin)?,
        None => old.log_key,
    };
    let age = arguments.minimum_release_age.unwrap_or(old.minimum_release_age);
    let registry = RegistryConfig::new(&old.origin, &log_key, witnesses, age).map_err(anyhow::Error::msg)?;
    Ok(Change {
        registry: Some(registry),
        ..Change::default()
    })
}

/// A note verifier key as it is, or the one of the secret key in a file: the log's name is the registry's origin.
fn log_verifier(key: &str, origin: &str) -> anyhow::Result<String> {
    let path = Path::new(key);
    if !path.is_file() {
        VerifierKey::parse(key)
            .with_context(|| format!("`{key}` is neither a file nor a verifier key, NAME+ID+KEY"))?;
        return Ok(key.to_owned());
    }
    let secret =
        RoleKey::from_pem(&text(path)?).with_context(|| format!("the key file {}", path.display()))?;
    Ok(SignerKey::from_seed(origin, secret.seed())?
        .verifier()
        .to_string())
}

fn role(paths: &[PathBuf], threshold: u64) -> anyhow::Result<OfflineRole> {
    let keys = paths
        .iter()
        .map(|path| public_key(path))
        .collect::<anyhow::Result<_>>()?;
    Ok(OfflineRole { keys, threshold })
}

fn public_key(path: &Path) -> anyhow::Result<RolePublicKey> {
    RolePublicKey::from_pem(&text(path)?).with_context(|| format!("the key file {}", path.display()))
}

fn text(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The current metadata in a folder of files.
fn open(folder: &Path) -> anyhow::Result<Metadata> {
    let mut opening = Opening::default();
    while let Some(path) = opening.wants() {
        let path = folder.join(path);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => bail!("cannot read {}: {error}", path.display()),
        };
        opening.give(bytes)?;
    }
    Ok(opening.finish()?)
}

#[expect(clippy::print_stdout, reason = "data of the command: what it wrote")]
fn write(folder: &Path, files: &[MetadataFile]) -> anyhow::Result<()> {
    for file in files {
        let path = folder.join(&file.path);
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        std::fs::write(&path, &file.bytes).with_context(|| format!("cannot write {}", path.display()))?;
        println!("{}", path.display());
    }
    Ok(())
}
